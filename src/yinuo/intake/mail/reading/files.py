"""Files that come with a mail: their names made safe, and what they really are by their first bytes."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_NAME_BYTES = 200
_LONGEST_EXTENSION = 12
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (8, b"WEBP", "image/webp"),
    (8, b"WAVE", "audio/x-wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"#!SILK", "audio/silk"),
    (0, b"\x02#!SILK", "audio/silk"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"BEGIN:VCALENDAR", "text/calendar"),
    (0, b"BEGIN:VCARD", "text/vcard"),
    (0, b"%!PS", "application/postscript"),
)
_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "audio/mpeg": "mp3",
    "audio/amr": "amr",
    "application/zip": "zip",
    "application/gzip": "gz",
    "text/plain": "txt",
    "text/html": "html",
    "text/calendar": "ics",
    "text/vcard": "vcf",
    "message/rfc822": "eml",
    "message/delivery-status": "txt",
    "message/feedback-report": "txt",
    "message/disposition-notification": "txt",
    "text/rfc822-headers": "txt",
    "application/ms-tnef": "dat",
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file of a mail. `content_type` is what the sender declared, `sniffed_type` what the bytes say (None: cannot
    tell).
    """

    filename: str
    content_type: str
    sniffed_type: str | None
    content: bytes
    content_id: str | None = None
    disposition: str = ""
    is_inline: bool = False
    charset: str | None = None

    @property
    def size_bytes(self) -> int:
        return len(self.content)


def sniff_type(content: bytes) -> str | None:
    """Return the content type that the first bytes prove, or None."""
    for offset, magic, content_type in _MAGIC:
        if content.startswith(magic, offset):
            return content_type
    if content.startswith(b"PK\x03\x04"):
        return _zip_type(content[:4_000])
    head = content[:1_000].lstrip().lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "text/html"
    if head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in head):
        return "image/svg+xml"
    return None


def safe_filename(written: str, content_type: str, number: int) -> str:
    """Return a name without folders, control and direction signs, at most 200 bytes; one is made when there is none."""
    name = unicodedata.normalize("NFC", written.encode("utf-8", "replace").decode("utf-8"))
    name = "".join(
        " " if sign in "\r\n\t" else sign
        for sign in name
        if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"} or sign in "\r\n\t"
    )
    name = re.sub(r"\s+", " ", re.split(r"[/\\]", name)[-1]).strip(" .")
    name = re.sub(r'[<>:"|?*]', "_", name)
    if not name:
        return f"attachment-{number}.{_EXTENSIONS.get(content_type, 'bin')}"
    return _cut(name)


def _zip_type(head: bytes) -> str:
    if b"word/" in head:
        return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    if b"xl/" in head:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    if b"ppt/" in head:
        return "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    if b"mimetypeapplication/vnd.oasis.opendocument" in head[:120]:
        return head[38:120].split(b"PK")[0].decode("ascii", "ignore")
    return "application/zip"


def _cut(name: str) -> str:
    if len(name.encode()) <= LONGEST_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        stem, dot, extension = name, "", ""
    room = LONGEST_NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + dot + extension
