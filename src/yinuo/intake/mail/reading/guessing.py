"""Which charset unlabelled bytes are in, by how ordinary the characters would be in each.

GB2312 and Big5 sort their common characters first, so the share of "level 1" characters tells Chinese charsets apart
without a
word list.
"""

# ruff: noqa: PLR2004 - byte values and shares stand beside the sentence that explains them

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

SAMPLE_BYTES = 20_000
JIS_ESCAPE = re.compile(rb"\x1b(\$[@B]|\(I|\([BJ])")
T = TypeVar("T")


def guess_charset(raw: bytes) -> str:
    """Return the most likely charset of unlabelled bytes: UTF-8 first, then by how ordinary the characters are."""
    if JIS_ESCAPE.search(raw, 0, SAMPLE_BYTES):
        return "iso-2022-jp-ms"
    if is_utf8(raw):
        return "utf-8"
    sample = raw[:SAMPLE_BYTES]
    high = bytes(byte for byte in sample if byte >= 0x80)
    if not high:
        return "us-ascii"
    if charset := _alphabet(sample, high):
        return charset
    scores = {
        "gb18030": gb_score(sample),
        "cp950": big5_score(sample),
        "cp932": _sjis_score(sample),
        "cp949": _korean_score(sample),
    }
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] > 0.55 else "utf-8" if is_nearly_utf8(sample) else "gb18030"


def is_utf8(raw: bytes) -> bool:
    """Return whether the bytes are valid UTF-8 throughout."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def is_nearly_utf8(raw: bytes) -> bool:
    """Return whether it is UTF-8 that was cut or damaged: few bad places among many good characters."""
    if is_utf8(raw):
        return True
    foreign = [character for character in raw[:SAMPLE_BYTES].decode("utf-8", "replace") if ord(character) > 0x7F]
    return bool(foreign) and foreign.count("\ufffd") / len(foreign) < 0.2


def share_of(items: Sequence[T], is_counted: Callable[[T], bool]) -> float:
    """Return which share (0..1) of `items` is counted; 0 when there are none."""
    return sum(1 for item in items if is_counted(item)) / len(items) if items else 0.0


def _alphabet(sample: bytes, high: bytes) -> str | None:
    """Western letters stand alone among ASCII; Russian ones fill one corner of the byte range."""
    runs = re.findall(rb"[\x80-\xff]+", sample)
    if share_of(runs, lambda run: len(run) == 1) > 0.5 and share_of(high, _is_western_letter) > 0.5:
        return "cp1252"
    if share_of(high, lambda byte: 0xC0 <= byte <= 0xDF) > 0.93:
        return "koi8-r"
    return "cp1251" if share_of(high, lambda byte: byte >= 0xE0) > 0.8 else None


def _is_western_letter(byte: int) -> bool:
    return byte >= 0xC0 or byte in {0x8A, 0x8C, 0x8E, 0x91, 0x92, 0x93, 0x94, 0x96, 0x97, 0x9A, 0x9C, 0x9E}


def _pairs(raw: bytes) -> list[tuple[int, int]]:
    """Return the (lead, trail) pairs of a double-byte text, walking over ASCII; at most the first 20,000 bytes."""
    pairs, at, raw = [], 0, raw[:SAMPLE_BYTES]
    while at < len(raw) - 1:
        if raw[at] < 0x80:
            at += 1
            continue
        pairs.append((raw[at], raw[at + 1]))
        at += 2
    return pairs


def gb_score(raw: bytes) -> float:
    """Share of characters in GB2312 level 1 (the 3,755 common ones, sorted by frequency of use) or its punctuation."""
    return share_of(_pairs(raw), lambda p: (0xB0 <= p[0] <= 0xD7 or p[0] in {0xA1, 0xA3}) and p[1] >= 0xA1)


def big5_score(raw: bytes) -> float:
    """Share of characters in Big5 level 1 (5,401 common ones) or its punctuation, with a trail that Big5 allows."""
    return share_of(_pairs(raw), lambda p: 0xA1 <= p[0] <= 0xC6 and (0x40 <= p[1] <= 0x7E or p[1] >= 0xA1)) - 0.01


def _sjis_score(raw: bytes) -> float:
    return share_of(_pairs(raw), lambda p: p[0] in {0x81, 0x82, 0x83} or 0x88 <= p[0] <= 0x97) - 0.05


def _korean_score(raw: bytes) -> float:
    """Share of Hangul syllables; Chinese text read as Korean gives many rare Hanja instead.

    All Hangul are also common characters of GB2312, so only ten in a row without any other can outweigh Chinese.
    """
    pairs = _pairs(raw)
    share = share_of(pairs, lambda pair: 0xB0 <= pair[0] <= 0xC8 and pair[1] >= 0xA1)
    return share + 0.05 if share > 0.98 and len(pairs) >= 10 else share - 0.02
