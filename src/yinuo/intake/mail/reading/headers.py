"""The header block of a mail or of one of its parts, as a list of fields in their order.

Broken blocks are read as mail programs do: a line that is no field continues the one before when more fields follow,
and
otherwise ends the block.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yinuo.intake.mail.reading.charsets import decode_text, known_charset
from yinuo.intake.mail.reading.problems import ProblemList
from yinuo.intake.mail.reading.words import decode_words, word_charsets

MOST_FIELDS = 2_000
LONGEST_VALUE = 65_536
LONGEST_BLOCK = 2_000_000
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_LEADING_BLANKS = re.compile(rb"(?:[ \t]*\r?\n)*")
_ENVELOPE = re.compile(rb">?From [^\n]*\n")


@dataclass(frozen=True, slots=True)
class Header:
    """One field: its name in lower case and its unfolded value, 8-bit bytes decoded but encoded words left as they
    are.
    """

    name: str
    value: str

    @property
    def text(self) -> str:
        """The value as a person reads it, without NUL bytes and line breaks."""
        return " ".join(decode_words(self.value).replace("\0", "").split())


@dataclass(frozen=True, slots=True)
class Headers:
    """All fields of one block, in order; names compare without case."""

    fields: tuple[Header, ...] = ()

    def first(self, name: str) -> str:
        """Return the raw value of the first field `name`, or an empty text."""
        return next((field.value for field in self.fields if field.name == name), "")

    def text(self, name: str) -> str:
        """Return the decoded text of the first field `name`, or an empty text."""
        return next((field.text for field in self.fields if field.name == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        return tuple(field.value for field in self.fields if field.name == name)

    def __contains__(self, name: str) -> bool:
        return any(field.name == name for field in self.fields)

    def __iter__(self) -> Iterator[Header]:
        return iter(self.fields)

    def encoded_word_charsets(self) -> set[str]:
        return set().union(*(word_charsets(field.value) for field in self.fields))


def split_headers(raw: bytes, problems: ProblemList, start: int = 0, end: int | None = None) -> tuple[Headers, int]:
    """Return the fields of the block at `start` of `raw` and the offset where the body begins."""
    end = len(raw) if end is None else end
    fields: list[tuple[bytes, list[bytes]]] = []
    at = _skip_envelope(raw, end) if start == 0 else start
    block_end = min(end, at + LONGEST_BLOCK)
    while at < end:
        if at >= block_end or len(fields) > MOST_FIELDS:
            problems.note("headers_too_long", f"fields after {len(fields)} are left out")
            at = _after_block(raw, at, end)
            break
        stop = _line_end(raw, at, end)
        line = raw[at:stop]
        if not line.strip(b"\r\n"):
            at = stop
            break
        if line[:1] in b" \t" and fields:
            fields[-1][1].append(line)
        elif field := _FIELD.match(line):
            fields.append((field[1].lower(), [field[2]]))
        elif fields and _field_follows(raw, stop, end):
            problems.note("broken_header_line", f"read as part of {fields[-1][0].decode('ascii')}")
            fields[-1][1].append(b" " + line)
        else:
            problems.note("no_line_between_headers_and_body", "the body begins at the first line that is no field")
            break
        at = stop
    label = _body_charset(fields)
    return Headers(tuple(_header(name, lines, label, problems) for name, lines in fields)), at


def _skip_envelope(raw: bytes, end: int) -> int:
    """Blank lines and an mbox line before a mail are no part of it; before a part inside, a blank line ends its
    headers.
    """
    at = _LEADING_BLANKS.match(raw, 0, min(end, 10_000)).end()  # type: ignore[union-attr]  # matches the empty text too
    envelope = _ENVELOPE.match(raw, at, min(end, at + 1_000))
    return envelope.end() if envelope else at


def _line_end(raw: bytes, at: int, end: int) -> int:
    found = raw.find(b"\n", at, end)
    return end if found < 0 else found + 1


def _after_block(raw: bytes, at: int, end: int) -> int:
    found = [place + len(blank) for blank in (b"\n\n", b"\n\r\n") if (place := raw.find(blank, at, end)) >= 0]
    return min(found, default=end)


def _field_follows(raw: bytes, at: int, end: int) -> bool:
    line = raw[at : min(_line_end(raw, at, end), at + 300)]
    return bool(_FIELD.match(line)) and not line.startswith((b"http:", b"https:"))


def _body_charset(fields: list[tuple[bytes, list[bytes]]]) -> str | None:
    """Return the charset the body is labelled with: raw 8-bit headers, too short to guess, are mostly written in the
    same.
    """
    for name, lines in fields:
        if name == b"content-type" and (match := _CHARSET.search(b"".join(lines)[:1_000])):
            label = match[1].decode("ascii")
            return None if known_charset(label) in {None, "cp1252"} else label
    return None


def _header(name: bytes, lines: list[bytes], label: str | None, problems: ProblemList) -> Header:
    value = lines[0].strip() if len(lines) == 1 else b"".join(line.rstrip(b"\r\n") for line in lines).strip()
    if len(value) > LONGEST_VALUE:
        problems.note(
            "header_too_long", f"{name.decode('ascii')} has {len(value)} bytes; the first {LONGEST_VALUE} are read"
        )
        value = value[:LONGEST_VALUE]
    if value.isascii() and b"\x1b" not in value:
        return Header(name.decode("ascii"), value.decode("ascii"))
    decoded = decode_text(value, label)
    problems.note("raw_8bit_header", f"{name.decode('ascii')} has raw 8-bit bytes; read as {decoded.charset}")
    return Header(name.decode("ascii"), decoded.text)
