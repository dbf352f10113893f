"""What a file is, read from its first bytes: what the sender calls it decides nothing. Pure."""

from dataclasses import dataclass

HEAD_LENGTH = 4096
# Encodings that Chinese files come in, the likelier first.
ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Kind:
    """What can be done with a file in a browser. name: picture, pdf, audio, video, text, or other: only to keep."""

    name: str
    content_type: str

    @property
    def is_shown(self) -> bool:
        return self.name != "other"


OTHER = Kind("other", "application/octet-stream")
TEXT = Kind("text", "text/plain; charset=utf-8")
_PDF = Kind("pdf", "application/pdf")
_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", Kind("picture", "image/png")),
    (b"\xff\xd8\xff", Kind("picture", "image/jpeg")),
    (b"GIF87a", Kind("picture", "image/gif")),
    (b"GIF89a", Kind("picture", "image/gif")),
    (b"%PDF-", _PDF),
    (b"ID3", Kind("audio", "audio/mpeg")),
    (b"fLaC", Kind("audio", "audio/flac")),
    (b"OggS", Kind("audio", "audio/ogg")),
    (b"\x1aE\xdf\xa3", Kind("video", "video/webm")),
)
_RIFF = {b"WEBP": Kind("picture", "image/webp"), b"WAVE": Kind("audio", "audio/wav")}
_SOUND_BRANDS = {b"M4A ", b"M4B "}
_FILM_BRANDS = {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"3gp4"}
# What a browser would run or draw by itself, if it were ever handed out under its own name.
_MARKUP = (b"<", b"\xef\xbb\xbf<")
_SYNC = 0xE0


def kind_of(head: bytes) -> Kind:
    """Return what a file is that begins with `head` (HEAD_LENGTH bytes, or all of a shorter one).

    HTML, SVG and everything else written in tags is `other`: it is never shown in place.
    """
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12], OTHER)
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if len(head) > 1 and head[0] == 0xFF and head[1] & _SYNC == _SYNC:  # noqa: PLR2004 - a frame of MPEG sound
        return Kind("audio", "audio/mpeg")
    return TEXT if _is_text(head) else OTHER


def decoded(content: bytes) -> str:
    """Return the text of a file of kind `text`; what cannot be read is marked."""
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("utf-8", errors="replace")


def _of_brand(brand: bytes) -> Kind:
    if brand in _SOUND_BRANDS:
        return Kind("audio", "audio/mp4")
    return Kind("video", "video/mp4") if brand in _FILM_BRANDS else OTHER


def _is_text(head: bytes) -> bool:
    if not head.strip() or head.lstrip().startswith(_MARKUP):
        return False
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):  # noqa: PLR2004 - control characters
        return False
    # The head may end within a character; no encoding here takes more than four bytes.
    return any(_decodes(head[: len(head) - cut], encoding) for encoding in ENCODINGS for cut in range(4))


def _decodes(head: bytes, encoding: str) -> bool:
    try:
        head.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
