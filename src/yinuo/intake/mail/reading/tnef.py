"""What Outlook packs into `winmail.dat`: the files, and the body when the mail itself has none.

Written from Microsoft's open specifications MS-OXTNEF, MS-OXRTFCP and MS-OXPROPS, because the library for it loops
for hours on a forged
property count. Every loop here is bounded by the bytes that are there.
"""

# ruff: noqa: PLR2004 - sizes and marks of the format as its specification writes them

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from yinuo.intake.mail.reading.charsets import decode_text
from yinuo.intake.mail.reading.problems import ProblemList

SIGNATURE = b"\x78\x9f\x3e\x22"
_BODY, _ATTACH_DATA, _ATTACH_TITLE, _ATTACH_START = 0x800C, 0x800F, 0x8010, 0x9002
_MESSAGE_PROPERTIES, _ATTACH_PROPERTIES, _CODE_PAGE = 0x9003, 0x9005, 0x9007
_TEXT_BODY, _RTF_BODY, _HTML_BODY, _INTERNET_CODE_PAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_DATA_OBJECT, _SHORT_NAME, _LONG_NAME, _DISPLAY_NAME, _MIME_TYPE, _CONTENT_ID = (
    0x3701,
    0x3704,
    0x3707,
    0x3001,
    0x370E,
    0x3712,
)
_STRING, _UNICODE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_FIXED_SIZES = {
    0x0001: 0,
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x000A: 4,
    0x000B: 4,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_MESSAGE_INTERFACE = b"\x07\x03\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00\x46"
_CODE_PAGES = {
    936: "gb18030",
    54936: "gb18030",
    950: "cp950",
    932: "cp932",
    949: "cp949",
    65001: "utf-8",
    20127: "cp1252",
    28591: "cp1252",
    50220: "iso-2022-jp",
}
_LARGEST_RTF = 20_000_000
_RTF_START = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New "
    b"RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)


@dataclass(slots=True)
class TnefFile:
    """One file of a TNEF stream."""

    name: str = ""
    content: bytes = b""
    content_type: str = ""
    content_id: str = ""


@dataclass(slots=True)
class TnefMessage:
    """The files and bodies of a TNEF stream; `rtf` is uncompressed."""

    files: list[TnefFile] = field(default_factory=list)
    text: str = ""
    html: str = ""
    rtf: bytes = b""


def unpack_tnef(content: bytes, problems: ProblemList) -> TnefMessage | None:
    """Return what a TNEF stream holds, or None when it is none; a damaged one is read as far as it goes."""
    if not content.startswith(SIGNATURE):
        return None
    message, code_page = TnefMessage(), "cp1252"
    for name, value in _attributes(content, problems):
        if name == _CODE_PAGE and len(value) >= 4:
            code_page = _charset_of(struct.unpack_from("<I", value)[0], code_page)
        elif name == _ATTACH_START:
            message.files.append(TnefFile())
        elif name == _BODY:
            message.text = _text(value, code_page)
        elif name == _MESSAGE_PROPERTIES:
            _read_message(message, value, code_page, problems)
        elif name in {_ATTACH_DATA, _ATTACH_TITLE, _ATTACH_PROPERTIES}:
            if not message.files:
                message.files.append(TnefFile())
            _read_file(message.files[-1], name, value, code_page, problems)
    message.files = [file for file in message.files if file.content or file.name]
    return message


def _attributes(content: bytes, problems: ProblemList) -> Iterator[tuple[int, bytes]]:
    """Yield (attribute id, value): level byte, id, type, length, value, checksum."""
    at = 6
    while at + 11 <= len(content):
        level, name, _type, size = struct.unpack_from("<BHHI", content, at)
        if level not in {1, 2}:
            problems.note("tnef_rest_ignored", f"{len(content) - at} bytes after the last attribute")
            return
        start = at + 9
        if start + size > len(content):
            problems.note("tnef_cut_off", "the last attribute is shorter than it says")
        yield name, content[start : start + size]
        at = start + size + 2


def _read_message(message: TnefMessage, value: bytes, code_page: str, problems: ProblemList) -> None:
    bodies: dict[int, bytes] = {}
    unicode_text = ""
    for kind, name, found in _properties(value, problems):
        if name == _INTERNET_CODE_PAGE and len(found) >= 4:
            code_page = _charset_of(struct.unpack_from("<I", found)[0], code_page)
        elif name == _TEXT_BODY and kind == _UNICODE:
            unicode_text = _utf16(found)
        elif name in {_TEXT_BODY, _HTML_BODY, _RTF_BODY}:
            bodies[name] = found
    message.text = unicode_text or _text(bodies.get(_TEXT_BODY, b""), code_page) or message.text
    message.html = _text(bodies.get(_HTML_BODY, b""), code_page) or message.html
    if _RTF_BODY in bodies:
        message.rtf = uncompress_rtf(bodies[_RTF_BODY], problems)


def _read_file(file: TnefFile, name: int, value: bytes, code_page: str, problems: ProblemList) -> None:
    if name == _ATTACH_DATA:
        file.content = value
        return
    if name == _ATTACH_TITLE:
        file.name = file.name or _text(value, code_page)
        return
    names: dict[int, str] = {}
    for kind, key, found in _properties(value, problems):
        if key == _DATA_OBJECT:
            file.content = found.removeprefix(_MESSAGE_INTERFACE) if kind == _OBJECT else found
            if found.startswith(_MESSAGE_INTERFACE):
                file.content_type = "application/ms-tnef"
        elif kind in {_STRING, _UNICODE}:
            names[key] = _utf16(found) if kind == _UNICODE else _text(found, code_page)
    file.name = names.get(_LONG_NAME) or file.name or names.get(_SHORT_NAME) or names.get(_DISPLAY_NAME, "")
    file.content_type = file.content_type or names.get(_MIME_TYPE, "").lower()
    file.content_id = names.get(_CONTENT_ID, "").strip("<>")


def _properties(value: bytes, problems: ProblemList) -> Iterator[tuple[int, int, bytes]]:
    """Yield (type, property id, value bytes) of a MAPI property list; stops where the list stops making sense."""
    at = 4
    try:
        for _ in range(min(struct.unpack_from("<I", value)[0], len(value) // 4)):
            if at >= len(value):
                return
            kind, name = struct.unpack_from("<HH", value, at)
            at = _after_property_name(value, at + 4, name)
            is_multiple, kind = bool(kind & 0x1000), kind & 0xEFFF
            count = 1
            if is_multiple or kind in {_STRING, _UNICODE, _OBJECT, _BINARY}:
                count = struct.unpack_from("<I", value, at)[0]
                at += 4
            for _repeat in range(min(count, len(value))):
                found, at = _one_value(value, at, kind)
                yield kind, name, found
    except struct.error:
        problems.note("tnef_broken_properties", "a property list is damaged; the rest of it is left out")


def _after_property_name(value: bytes, at: int, name: int) -> int:
    if name < 0x8000:
        return at
    if struct.unpack_from("<I", value, at + 16)[0] == 0:
        return at + 24
    size = struct.unpack_from("<I", value, at + 20)[0]
    return at + 24 + size + (-size % 4)


def _one_value(value: bytes, at: int, kind: int) -> tuple[bytes, int]:
    if kind in _FIXED_SIZES:
        size, start = _FIXED_SIZES[kind], at
    elif kind in {_STRING, _UNICODE, _OBJECT, _BINARY}:
        size, start = struct.unpack_from("<I", value, at)[0], at + 4
    else:
        raise struct.error(f"property type {kind:#x}")
    if start + size > len(value):
        raise struct.error("value longer than the list")
    return value[start : start + size], start + size + (-size % 4)


def uncompress_rtf(packed: bytes, problems: ProblemList) -> bytes:
    """Return compressed RTF (MS-OXRTFCP) as RTF; what cannot be read is left out."""
    if len(packed) < 16:
        return b""
    _packed_size, size, mark = struct.unpack_from("<III", packed)
    if mark == 0x414C454D:  # "MELA": stored as it is
        return packed[16 : 16 + size]
    if mark != 0x75465A4C:  # "LZFu"
        problems.note("tnef_unknown_rtf", "the RTF body is packed in an unknown way and left out")
        return b""
    return _unpack_lz(packed, min(size, _LARGEST_RTF))


def _unpack_lz(packed: bytes, size: int) -> bytes:
    window = bytearray(4096)
    window[: len(_RTF_START)] = _RTF_START
    write, out, at = len(_RTF_START), bytearray(), 16
    while at < len(packed) and len(out) < size:
        control, at = packed[at], at + 1
        for bit in range(8):
            if at >= len(packed):
                break
            if not control & (1 << bit):
                run = packed[at : at + 1]
                at += 1
            else:
                if at + 1 >= len(packed):
                    return bytes(out)
                token, at = packed[at] << 8 | packed[at + 1], at + 2
                offset = token >> 4
                if offset == write:
                    return bytes(out)
                run = None
            for step in range(1 if run else (token & 0xF) + 2):
                byte = run[0] if run else window[(offset + step) % 4096]
                out.append(byte)
                window[write] = byte
                write = (write + 1) % 4096
    return bytes(out[:size])


def _charset_of(code_page: int, otherwise: str) -> str:
    if code_page in _CODE_PAGES:
        return _CODE_PAGES[code_page]
    return f"cp{code_page}" if 0 < code_page < 2000 else otherwise


def _text(value: bytes, code_page: str) -> str:
    return decode_text(value.split(b"\0", 1)[0], code_page).text


def _utf16(value: bytes) -> str:
    return value.decode("utf-16-le", "replace").split("\0", 1)[0]
