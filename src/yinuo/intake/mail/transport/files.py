"""Mails out of files: .eml, mbox, Maildir with subfolders, folders of these, each also gzip-compressed.

Files are told by their content more than by their name. Whatever cannot be read is an entry with a problem, so that
an import accounts for every file; nothing is raised for it.
"""

import gzip
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, cast

from django.utils.translation import gettext as _

LARGEST_BYTES = 150 * 1024 * 1024
_SNIFF_BYTES = 64 * 1024
_LINE_BYTES = 256 * 1024
# What mail programs keep beside the mails.
_NOT_MAIL_SUFFIXES = frozenset({".msf", ".index", ".cache", ".log", ".lock", ".db", ".sqlite"})
_HEADER_LINE = re.compile(rb"[!-9;-~]+[ \t]*:")
_SEPARATOR = re.compile(rb"From .*\b\d{1,2}:\d\d(?::\d\d)?\b.*\b\d{4}\b|From .*\b\d{4}\b.*\b\d{1,2}:\d\d", re.DOTALL)
# With weekday and month it separates even when a mail without any header follows.
_DATED = re.compile(rb"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? (?:[A-Z][a-z]{2}|\d)")
_QUOTED_FROM = re.compile(rb">+From ")
_OUTLOOK_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True)
class Entry:
    """One mail found, or what stood in its place.

    source: path, for an mbox with `#` and the number of the mail in it (from 1). raw: None when it is no mail;
    then problem_code says why, stable, and sentence the same, translated, with what to do.
    """

    source: str
    raw: bytes | None = None
    problem_code: str = ""
    sentence: str = ""


def read_mails(paths: Iterable[Path], *, largest_bytes: int = LARGEST_BYTES) -> Iterator[Entry]:
    """Yield every mail under `paths`, in a stable order; memory holds one mail at a time, however large the file."""
    for path in paths:
        yield from _below(path, largest_bytes)


def _below(path: Path, largest_bytes: int) -> Iterator[Entry]:
    try:
        if path.is_dir():
            yield from _in_folder(path, largest_bytes)
        elif path.exists():
            yield from _in_file(path, largest_bytes)
        else:
            yield _problem(path, "not_found", _("There is no file or folder of this name. Check the path."))
    except OSError as error:
        reason = error.strerror or str(error)
        yield _problem(
            path, "unreadable", _("It cannot be read (%(reason)s). Check the permissions.") % {"reason": reason}
        )


def _in_folder(folder: Path, largest_bytes: int) -> Iterator[Entry]:
    """Read a Maildir's `cur` and `new`, then its subfolders (`.Sub` or plain); of other folders, all files."""
    is_maildir = (folder / "cur").is_dir() and (folder / "new").is_dir()
    entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    if is_maildir:
        mails = [Path(entry.path) for name in ("cur", "new") for entry in os.scandir(folder / name)]
        for path in sorted((path for path in mails if not path.name.startswith(".")), key=lambda path: path.name):
            yield from _below(path, largest_bytes)
    for entry in entries:
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if not (is_maildir and entry.name in ("cur", "new", "tmp")):
                yield from _below(path, largest_bytes)
        elif not is_maildir and not entry.name.startswith(".") and path.suffix.lower() not in _NOT_MAIL_SUFFIXES:
            yield from _below(path, largest_bytes)


def _in_file(path: Path, largest_bytes: int) -> Iterator[Entry]:
    if not path.is_file():
        yield _problem(path, "not_a_file", _("It is neither a file nor a folder. Leave it out."))
        return
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == _GZIP_MAGIC
            plain.seek(0)
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=plain)) if packed else plain
            yield from _in_stream(file, path, largest_bytes)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield _problem(
            path,
            "damaged_archive",
            _("The compressed file is damaged; what comes after this point is lost. Copy it again from its origin."),
        )


def _in_stream(file: IO[bytes], path: Path, largest_bytes: int) -> Iterator[Entry]:
    start = file.read(_SNIFF_BYTES)
    rest = _Joined(start, file)
    if not start.strip():
        yield _problem(path, "empty", _("The file is empty."))
    elif start.startswith(_OUTLOOK_MAGIC):
        yield _problem(
            path, "outlook", _("This is Outlook's own format. Save the mail as .eml or as an mbox and import that.")
        )
    elif _is_mbox(start):
        yield from _in_mbox(rest, path, largest_bytes)
    elif path.suffix.lower() in (".eml", ".mht", ".mhtml") or _is_mail(start):
        yield _single(start, file, path, largest_bytes)
    else:
        yield _problem(path, "not_mail", _("This is not a mail: it has no headers. Import .eml, mbox or Maildir."))


def _single(start: bytes, file: IO[bytes], path: Path, largest_bytes: int) -> Entry:
    raw = start + file.read(max(largest_bytes + 1 - len(start), 0))
    if len(raw) > largest_bytes:
        return _too_large(str(path), largest_bytes)
    return Entry(str(path), raw)


def _in_mbox(file: "_Joined", path: Path, largest_bytes: int) -> Iterator[Entry]:
    """Cut an mbox at its separators and take one `>` off each quoted From line (mboxrd; the same as mboxo for one).

    A separator follows an empty line or the file's start, carries a date, and a header line comes after it: so a
    sentence beginning with "From " that some program left unquoted does not cut a mail in two.
    """
    number = 0
    mail = _Growing(largest_bytes)
    after_blank, at_line_start = True, True
    line = file.readline(_LINE_BYTES)
    while line:
        following = file.readline(_LINE_BYTES)
        if at_line_start and after_blank and _separates(line, following):
            if number:
                yield mail.entry(f"{path}#{number}")
            number += 1
            mail = _Growing(largest_bytes)
        else:
            mail.add(line[1:] if at_line_start and _QUOTED_FROM.match(line) else line)
        after_blank = at_line_start and not line.strip(b"\r\n")
        at_line_start = line.endswith(b"\n")
        line = following
    yield mail.entry(f"{path}#{number}")


def _separates(line: bytes, following: bytes) -> bool:
    if not line.startswith(b"From ") or not _SEPARATOR.match(line):
        return False
    if _HEADER_LINE.match(following) or following.startswith(b">From "):
        return True
    return not following.strip() and _DATED.search(line) is not None


def _is_mbox(start: bytes) -> bool:
    first, _newline, rest = start.lstrip(b"\r\n").partition(b"\n")
    return _separates(first, rest)


def _is_mail(start: bytes) -> bool:
    lines = start.lstrip(b"\r\n").splitlines()
    if lines and lines[0].startswith(b"From "):
        lines = lines[1:]
    headers = 0
    for line in lines[:20]:
        if _HEADER_LINE.match(line):
            headers += 1
        elif not line.startswith((b" ", b"\t")):
            break
    return headers > 0 and b"\x00" not in start[:1024]


class _Growing:
    """One mail of an mbox while its lines come in; beyond the limit it only counts."""

    def __init__(self, largest_bytes: int) -> None:
        self.largest_bytes = largest_bytes
        self.buffer = BytesIO()
        self.size = 0

    def add(self, line: bytes) -> None:
        self.size += len(line)
        if self.size <= self.largest_bytes:
            self.buffer.write(line)
        else:
            self.buffer = BytesIO()

    def entry(self, source: str) -> Entry:
        if self.size > self.largest_bytes:
            return _too_large(source, self.largest_bytes)
        raw = self.buffer.getvalue()
        # The empty line before the next separator belongs to the mbox, not to the mail.
        for end in (b"\r\n\r\n", b"\n\n"):
            if raw.endswith(end):
                return Entry(source, raw[: -len(end) // 2])
        return Entry(source, raw)


class _Joined:
    """The bytes already looked at and the rest of the file, read by lines."""

    def __init__(self, start: bytes, file: IO[bytes]) -> None:
        self.start = BytesIO(start.lstrip(b"\r\n"))
        self.file = file

    def readline(self, limit: int) -> bytes:
        line = self.start.readline(limit)
        if line.endswith(b"\n") or len(line) == limit:
            return line
        return line + self.file.readline(limit - len(line))


def _too_large(source: str, largest_bytes: int) -> Entry:
    text = _("The mail is larger than %(limit)s MB. Raise the limit or remove its attachments.")
    return Entry(source, problem_code="too_large", sentence=text % {"limit": largest_bytes // (1024 * 1024)})


def _problem(path: Path, code: str, sentence: str) -> Entry:
    return Entry(str(path), problem_code=code, sentence=sentence)
