"""ISO-2022-JP as Windows writes it, which no codec of Python reads."""

# ruff: noqa: PLR2004 - byte values of the encoding, explained where they stand

from yinuo.intake.mail.reading.guessing import JIS_ESCAPE, guess_charset


def decode_jis(raw: bytes) -> str:
    """Return ISO-2022-JP text, ① and half-width kana included, by way of Shift-JIS, which has them."""
    pieces, mode, at = [], b"(B", 0
    for escape in JIS_ESCAPE.finditer(raw):
        pieces.append(_jis_run(raw[at : escape.start()], mode))
        mode, at = escape.group(1), escape.end()
    pieces.append(_jis_run(raw[at:], mode))
    return "".join(pieces)


def _jis_run(run: bytes, mode: bytes) -> str:
    if mode == b"(I":
        return bytes(byte | 0x80 for byte in run).decode("cp932", "replace")
    if mode not in {b"$@", b"$B"}:
        return run.decode("ascii") if run.isascii() else run.decode(guess_charset(run.replace(b"\x1b", b"")), "replace")
    pieces, at = [], 0
    while at < len(run):
        pair = run[at : at + 2]
        if len(pair) < 2 or not (0x21 <= pair[0] <= 0x7E and 0x21 <= pair[1] <= 0x7E):
            pieces.append(chr(run[at]) if run[at] < 0x80 else "\ufffd")
            at += 1
            continue
        pieces.append(_jis_pair_as_sjis(*pair).decode("cp932", "replace"))
        at += 2
    return "".join(pieces)


def _jis_pair_as_sjis(row: int, cell: int) -> bytes:
    lead = (row - 0x21) // 2 + 0x81
    lead += 0x40 if lead > 0x9F else 0
    if row % 2 == 0:
        return bytes((lead, cell + 0x7E))
    return bytes((lead, cell + 0x1F + (cell >= 0x60)))
