"""Small valid pictures for attachments: grey block JPEGs, like a blurred photo of a machine in a dim kitchen."""

import struct
from random import Random

# ITU T.81 Annex K.3: lengths and values of the standard Huffman table for luminance DC differences.
_DC_COUNTS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)
_DC_VALUES = tuple(range(12))
_QUANTISER = 8


def jpeg(seed: int, *, columns: int = 20, rows: int = 15) -> bytes:
    """Return a grey baseline JPEG of `columns` x `rows` blocks of 8 pixels; the same seed gives the same bytes."""
    random = Random(seed)  # noqa: S311 - a picture, no secret
    levels = _levels(random, columns, rows)
    return b"".join(
        (
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"),
            _segment(0xDB, b"\x00" + bytes([_QUANTISER]) * 64),
            _segment(0xC0, struct.pack(">BHHB", 8, rows * 8, columns * 8, 1) + b"\x01\x11\x00"),
            _segment(0xC4, b"\x00" + bytes(_DC_COUNTS) + bytes(_DC_VALUES)),
            # One AC code is enough, for no block has detail: end of block, code 0.
            _segment(0xC4, b"\x10" + bytes((1, *(0,) * 15)) + b"\x00"),
            _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            _entropy(levels),
            b"\xff\xd9",
        )
    )


def _levels(random: Random, columns: int, rows: int) -> list[int]:
    """Brightness of each block: a light wall, a darker machine, some noise."""
    left, right = sorted(random.sample(range(2, columns - 2), 2))
    top = random.randint(1, rows // 2)
    wall, machine = random.randint(30, 90), random.randint(-90, 10)
    return [
        (machine if left <= column <= right and row >= top else wall) + random.randint(-9, 9)
        for row in range(rows)
        for column in range(columns)
    ]


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _entropy(levels: list[int]) -> bytes:
    codes = _codes()
    bits: list[str] = []
    previous = 0
    for level in levels:
        difference, previous = level - previous, level
        size = abs(difference).bit_length()
        bits.append(codes[size])
        if size:
            bits.append(f"{difference if difference > 0 else difference + (1 << size) - 1:0{size}b}")
        bits.append("0")  # end of block
    stream = "".join(bits)
    stream += "1" * (-len(stream) % 8)
    raw = bytes(int(stream[at : at + 8], 2) for at in range(0, len(stream), 8))
    return raw.replace(b"\xff", b"\xff\x00")


def _codes() -> dict[int, str]:
    codes: dict[int, str] = {}
    code, values = 0, iter(_DC_VALUES)
    for length, count in enumerate(_DC_COUNTS, start=1):
        for _ in range(count):
            codes[next(values)] = f"{code:0{length}b}"
            code += 1
        code <<= 1
    return codes
