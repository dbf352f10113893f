"""A table file as it comes: its encoding, its separator, its columns and its rows.

The whole file is looked through once before anything is stored, so a broken file is refused whole.
"""

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

DELIMITERS = (",", "\t", ";", "|", "，")
_CHUNK_BYTES = 1 << 20
_HEAD_BYTES = 4096
_LONGEST_FIELD = 100_000
_MOST_COLUMNS = 200
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class TableFile:
    """What is known of a file after the first look. `row_count`: rows below the header, empty lines left out."""

    path: Path
    digest: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    row_count: int


@dataclass(frozen=True)
class Row:
    """One row. `line_number` is that of its first line in the file, from 1; the header's is usually 1."""

    line_number: int
    cells: tuple[str, ...]


class FileMissing(Refusal):
    code = "customers.file_missing"
    status = 422

    def sentence(self) -> str:
        return _("The file %(path)s cannot be read. Check that it is there and that this account may read it.") % {
            "path": self.path
        }


class FileEmpty(Refusal):
    code = "customers.file_empty"
    status = 422

    def sentence(self) -> str:
        return _("The file is empty. It needs a first line with the names of the columns and a line for each customer.")


class FileIsWorkbook(Refusal):
    code = "customers.file_is_workbook"
    status = 422

    def sentence(self) -> str:
        return _("This is a spreadsheet workbook. Open it, save it as “CSV UTF-8” and import that file.")


class EncodingUnknown(Refusal):
    code = "customers.encoding_unknown"
    status = 422

    def sentence(self) -> str:
        return _("The text of the file is neither UTF-8, UTF-16 nor GB 18030. Save it as “CSV UTF-8” and try again.")


class FileHasNul(Refusal):
    code = "customers.file_has_nul"
    status = 422

    def sentence(self) -> str:
        return _(
            "The file holds NUL characters near line %(line)s, so it is damaged or no text. "
            "Export it again, as “CSV UTF-8”. Nothing was imported."
        ) % {"line": self.line}


class QuotesUnbalanced(Refusal):
    code = "customers.quotes_unbalanced"
    status = 422

    def sentence(self) -> str:
        return _(
            "In the row that begins on line %(line)s a quotation mark is opened and not closed, or stands inside a "
            "value. Write it twice inside a value, close it at the end, and try again. Nothing was imported."
        ) % {"line": self.line}


class TooManyColumns(Refusal):
    code = "customers.too_many_columns"
    status = 422

    def sentence(self) -> str:
        return _("The first line has %(count)s columns; at most %(most)s can be read. Keep those that matter.") % {
            "count": self.count,
            "most": _MOST_COLUMNS,
        }


def look_at(path: Path) -> TableFile:
    """Read a file once and return what it is.

    Refuses with FileMissing, FileEmpty, FileIsWorkbook, EncodingUnknown, FileHasNul, QuotesUnbalanced, TooManyColumns.
    """
    try:
        head, digest = _head(path), digest_of(path)
    except OSError as error:
        raise FileMissing(path=str(path)) from error
    if head.startswith(_WORKBOOKS):
        raise FileIsWorkbook
    encoding = _encoding_of(path, head)
    _check_text(path, encoding)
    delimiter = _delimiter_of(path, encoding)
    rows = _rows(path, encoding, delimiter)
    first = next(rows, None)
    if first is None:
        raise FileEmpty
    if len(first.cells) > _MOST_COLUMNS:
        raise TooManyColumns(count=len(first.cells))
    header = tuple(" ".join(cell.split()) for cell in first.cells)
    return TableFile(path, digest, encoding, delimiter, header, sum(1 for _row in rows))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rows_of(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    """Yield the rows below the header, empty lines left out. Refuses with FileMissing, QuotesUnbalanced."""
    try:
        rows = _rows(path, encoding, delimiter)
        next(rows, None)
        yield from rows
    except OSError as error:
        raise FileMissing(path=str(path)) from error


def written(cells: Sequence[str], delimiter: str = ",") -> str:
    """Return cells as one line of a table file, without its end."""
    line = io.StringIO(newline="")
    # The writer quotes only those line ends that it writes itself.
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue().removesuffix("\r\n")


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise FileEmpty
    return head


def _encoding_of(path: Path, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    elif _is_mostly_nul(head[1::2]):
        candidates = ("utf-16-le",)
    elif _is_mostly_nul(head[0::2]):
        candidates = ("utf-16-be",)
    else:
        candidates = ("utf-8-sig", "gb18030")
    for encoding in candidates:
        if _can_decode(path, encoding):
            return encoding
    raise EncodingUnknown


def _is_mostly_nul(sample: bytes) -> bool:
    """Return whether every second byte is nearly always zero, as in UTF-16 of Latin text and separators."""
    return len(sample) > 1 and sample.count(0) * 3 > len(sample)


def _can_decode(path: Path, encoding: str) -> bool:
    try:
        with path.open(encoding=encoding, newline="") as file:
            while file.read(_CHUNK_BYTES):
                pass
    except UnicodeError:
        return False
    return True


def _check_text(path: Path, encoding: str) -> None:
    line = 1
    with path.open(encoding=encoding, newline="") as file:
        while chunk := file.read(_CHUNK_BYTES):
            place = chunk.find("\0")
            if place >= 0:
                raise FileHasNul(line=line + chunk.count("\n", 0, place))
            line += chunk.count("\n")


def _delimiter_of(path: Path, encoding: str) -> str:
    """Return the separator that stands most often, outside quotes, in the first line that is not empty."""
    with path.open(encoding=encoding, newline="") as file:
        first = next((line for line in _capped_lines(file) if line.strip()), "")
    outside = "".join(first.split('"')[0::2])
    return max(DELIMITERS, key=outside.count)


def _capped_lines(file: IO[str]) -> Iterator[str]:
    while line := file.readline(_LONGEST_FIELD):
        yield line


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        before = 0
        try:
            for cells in reader:
                line_number, before = before + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    yield Row(line_number, tuple(cells))
        except csv.Error as error:
            raise QuotesUnbalanced(line=before + 1) from error
