"""Bytes to text, whatever the label says.

Mail labels lie: `gb2312` on text that needs GB18030, Big5 on UTF-8 bytes, `iso-8859-1` on everything, or no label at
all.
This module holds what each label means in practice, and how to find the charset when the label is wrong or missing.
It never raises; what cannot be read becomes U+FFFD.
"""

# ruff: noqa: PLR2004 - byte values and shares stand beside the sentence that explains them

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache

from yinuo.intake.mail.reading.guessing import (
    SAMPLE_BYTES,
    big5_score,
    gb_score,
    guess_charset,
    is_nearly_utf8,
    is_utf8,
    share_of,
)
from yinuo.intake.mail.reading.japanese import decode_jis

# Labels are read as the superset that senders really use (as browsers do:
# https://encoding.spec.whatwg.org/#names-and-labels).
_WIDER = {
    **dict.fromkeys(
        (
            "gb2312",
            "gb231280",
            "gbk",
            "xgbk",
            "cp936",
            "ms936",
            "windows936",
            "euccn",
            "xeuccn",
            "chinese",
            "gb18030",
            "gb180302000",
            "isoir58",
            "csgb2312",
            "gb18030hz",
        ),
        "gb18030",
    ),
    **dict.fromkeys(("hz", "hzgb", "hzgb2312"), "hz"),
    **dict.fromkeys(("big5", "xbig5", "cp950", "ms950", "windows950", "big5eten", "cnbig5", "csbig5"), "cp950"),
    **dict.fromkeys(("big5hkscs", "big5hk", "hkscs"), "big5hkscs"),
    **dict.fromkeys(
        (
            "iso2022jp",
            "iso2022jpms",
            "iso2022jp1",
            "iso2022jp2",
            "iso2022jp3",
            "iso2022jpext",
            "csiso2022jp",
            "cp50220",
            "cp50221",
            "cp50222",
            "jis",
        ),
        "iso-2022-jp-ms",
    ),
    **dict.fromkeys(("shiftjis", "sjis", "xsjis", "mskanji", "windows31j", "cp932", "ms932", "cswindows31j"), "cp932"),
    **dict.fromkeys(("eucjp", "xeucjp", "ujis"), "euc_jp"),
    **dict.fromkeys(
        (
            "ksc5601",
            "ksc56011987",
            "ksc56011989",
            "euckr",
            "xeuckr",
            "isoir149",
            "korean",
            "cp949",
            "ms949",
            "windows949",
            "uhc",
            "xwindows949",
        ),
        "cp949",
    ),
    **dict.fromkeys(
        (
            "iso88591",
            "latin1",
            "usascii",
            "ascii",
            "ansix3.41968",
            "ansix341968",
            "cp1252",
            "windows1252",
            "iso646us",
            "l1",
        ),
        "cp1252",
    ),
    **dict.fromkeys(("iso88599", "latin5", "windows1254"), "cp1254"),
    **dict.fromkeys(("iso885911", "tis620", "windows874", "cp874"), "cp874"),
    **dict.fromkeys(("iso88598i", "iso88598e"), "iso8859-8"),
    **dict.fromkeys(("iso88596i", "iso88596e"), "iso8859-6"),
    **dict.fromkeys(("unicode11utf7", "xunicode20utf7", "csunicode11utf7", "utf7"), "utf-7"),
    **dict.fromkeys(("utf8", "unicode11utf8", "utf8mb4", "xutf8", "utf8n"), "utf-8"),
    **dict.fromkeys(("macintosh", "xmacroman", "mac"), "mac_roman"),
    **dict.fromkeys(("xmaccyrillic", "xmacukrainian"), "mac_cyrillic"),
    **dict.fromkeys(("koi8", "koi8r"), "koi8-r"),
}
_NO_LABEL = frozenset(
    {
        "",
        "unknown",
        "unknown8bit",
        "xunknown",
        "8bit",
        "7bit",
        "xuserdefined",
        "default",
        "none",
        "null",
        "binary",
        "charset",
        "utf",
    }
)
# Codecs that Python calls text but that are no charsets of mails (some are quadratic or run escapes).
_NO_CHARSET = frozenset(
    {
        "idna",
        "punycode",
        "unicode_escape",
        "raw_unicode_escape",
        "undefined",
        "rot13",
        "mbcs",
        "oem",
        "unicode-escape",
        "raw-unicode-escape",
    }
)
_CJK = frozenset({"gb18030", "cp950", "big5hkscs", "cp932", "cp949", "euc_jp"})
_LANGUAGES = {
    "gb18030": "zh-Hans",
    "hz": "zh-Hans",
    "cp950": "zh-Hant",
    "big5hkscs": "zh-Hant",
    "iso-2022-jp-ms": "ja",
    "cp932": "ja",
    "euc_jp": "ja",
    "cp949": "ko",
    "iso2022_kr": "ko",
    "koi8-r": "ru",
    "cp1251": "ru",
}


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text, the charset it was really read with, and the problem met on the way (None when the label was true)."""

    text: str
    charset: str
    problem: str | None = None


@lru_cache(maxsize=512)
def known_charset(label: str) -> str | None:
    """Return the codec that `label` stands for in practice, or None when it names no charset we can read."""
    key = re.sub(r"[^a-z0-9.]", "", label.lower())
    if key in _WIDER:
        return _WIDER[key]
    if key in _NO_LABEL:
        return None
    try:
        found = codecs.lookup(label.strip().strip("\"'").lower()[:40])
    except (LookupError, ValueError):
        return None
    if not getattr(found, "_is_text_encoding", False) or found.name in _NO_CHARSET:
        return None
    return _WIDER.get(re.sub(r"[^a-z0-9.]", "", found.name), found.name)


def charset_language(charset: str) -> str | None:
    """Return the language tag a charset hints at (`gb18030` -> `zh-Hans`), None for charsets of many languages."""
    return _LANGUAGES.get(charset)


def decode_text(raw: bytes, label: str | None = None) -> DecodedText:
    """Return `raw` as text, trusting `label` only as far as the bytes agree with it.

    Bytes that are plain UTF-8 win over a label that would turn them into nonsense. Without a usable label the charset
    is
    found from the bytes. Never raises.
    """
    if raw.isascii() and b"\x1b" not in raw and not _is_ascii_lookalike(label):
        return DecodedText(raw.decode("ascii"), "us-ascii", None)
    if raw.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decode_marked(raw)
    charset = known_charset(label) if label else None
    if charset is None:
        guessed = guess_charset(raw)
        strange = f"label {label!r} is unknown; read as {guessed}" if label else f"no charset given; read as {guessed}"
        return DecodedText(_decode(raw, guessed), guessed, strange)
    if (better := _true_charset(raw, charset)) != charset:
        return DecodedText(_decode(raw, better), better, f"labelled {label}, but the bytes are {better}")
    text = _decode(raw, charset)
    problem = f"some bytes are not valid {charset}" if "\ufffd" in text else None
    return DecodedText(text, charset, problem)


def _is_ascii_lookalike(label: str | None) -> bool:
    """Return whether text of this charset may look like ASCII although it is not (`~{` of HZ, `+` of UTF-7)."""
    return bool(label) and known_charset(label) in {
        "hz",
        "utf-7",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "cp037",
        "cp500",
    }


def _decode_marked(raw: bytes) -> DecodedText:
    charset = "utf-8-sig" if raw.startswith(codecs.BOM_UTF8) else "utf-16"
    return DecodedText(raw.decode(charset, "replace"), charset.removesuffix("-sig"), None)


def _decode(raw: bytes, charset: str) -> str:
    if charset == "iso-2022-jp-ms":
        return decode_jis(raw)
    if charset == "cp950" and not _decodes(raw, "cp950") and _decodes(raw, "big5hkscs"):
        charset = "big5hkscs"
    if charset == "cp1252":
        # Five bytes mean nothing in windows-1252; browsers and mail programs read them as Latin-1 controls.
        return raw.decode("cp1252") if _decodes(raw, "cp1252") else raw.decode("latin-1")
    try:
        return raw.decode(charset, "replace")
    except (UnicodeError, ValueError, LookupError):
        return raw.decode("utf-8", "replace")


def _true_charset(raw: bytes, charset: str) -> str:
    if charset in {"iso-2022-jp-ms", "hz", "utf-7", "utf-16", "utf-32", "iso2022_kr"} or raw.isascii():
        return charset
    if charset == "utf-8":
        return charset if is_nearly_utf8(raw) else guess_charset(raw)
    if is_utf8(raw) and _utf8_is_meant(raw, charset):
        return "utf-8"
    if charset in _CJK and _damaged_share(raw, charset) > 0.02:
        guessed = guess_charset(raw)
        return guessed if _damaged_share(raw, guessed) < _damaged_share(raw, charset) else charset
    if (
        charset == "cp1252"
        and share_of(re.findall(rb"[\x80-\xff]+", raw[:SAMPLE_BYTES]), lambda run: len(run) % 2 == 0) > 0.9
    ):
        # Long even runs of high bytes are no western words: an old webmail stamped its default label on Chinese text.
        guessed = guess_charset(raw)
        return guessed if guessed in {"gb18030", "cp950"} and max(gb_score(raw), big5_score(raw)) > 0.9 else charset
    return charset


def _utf8_is_meant(raw: bytes, charset: str) -> bool:
    """Two Chinese characters of GBK may by chance be valid two-byte UTF-8; three-byte sequences are no accident."""
    if charset not in _CJK:
        return True
    high = [character for character in raw[:SAMPLE_BYTES].decode("utf-8", "ignore") if ord(character) > 0x7F]
    return share_of(high, lambda character: ord(character) >= 0x800) >= 0.5


def _damaged_share(raw: bytes, charset: str) -> float:
    text = _decode(raw[:SAMPLE_BYTES], charset)
    foreign = [character for character in text if ord(character) > 0x7F]
    return foreign.count("\ufffd") / len(foreign) if foreign else 0.0


def _decodes(raw: bytes, charset: str) -> bool:
    try:
        raw.decode(charset)
    except (UnicodeError, ValueError):
        return False
    return True
