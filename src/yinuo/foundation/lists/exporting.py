"""A whole list as a file: read in one consistent snapshot by a thread of its own, and sent while it is read.

The thread has its own connection, so the web server may fetch the pieces from wherever it likes, and a snapshot that
only reads holds up nobody: it has no transaction number, so the followers of the log do not wait for it. The pieces
wait in a short queue: a slow reader slows the writing down and does not fill the memory.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from enum import StrEnum
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from yinuo.foundation.refusals import Refusal

from .declaring import Column, DeclaredList, Pill
from .files import csv_pieces, xlsx_pieces

_BATCH = 1_000
_QUEUED_PIECES = 16
# Who fetches nothing for so long has gone away without a word.
_PATIENCE_SECONDS = 120
_AT_ONCE = threading.BoundedSemaphore(3)


class ExportFormat(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


class TooManyExports(Refusal):
    """The others on this server must not wait for files."""

    code = "lists.too_many_exports"
    status = 429

    def sentence(self) -> str:
        return _("Several large lists are being exported right now. Try again in a minute.")


class _GoneAway(Exception):
    """Nobody wants the file any more."""


class Export:
    """One file under way. `row_count` waits until the snapshot is counted; `pieces` yields the file.

    Write down who takes what between the two: only `pieces` lets anything leave the house.
    """

    def __init__(
        self, declared: DeclaredList, columns: Sequence[Column], rows: QuerySet[Any], *, form: ExportFormat, title: str
    ) -> None:
        if not _AT_ONCE.acquire(blocking=False):
            raise TooManyExports
        self._declared, self._columns, self._rows = declared, columns, rows
        self._form, self._title = form, title
        self._language = translation.get_language() or "en"
        self._counted: Future[int] = Future()
        self._pieces: queue.Queue[bytes | BaseException | None] = queue.Queue(_QUEUED_PIECES)
        self._is_unwanted = threading.Event()
        self._thread = threading.Thread(target=self._run, name="export", daemon=True)
        self._thread.start()

    def row_count(self) -> int:
        """Return how many rows the file has."""
        return self._counted.result()

    def pieces(self) -> Iterator[bytes]:
        """Yield the file. A fault while reading breaks it off, so that a part is never taken for the whole."""
        try:
            while (piece := self._pieces.get()) is not None:
                if isinstance(piece, BaseException):
                    raise piece
                yield piece
        finally:
            self.drop()

    def drop(self) -> None:
        """Let nothing more be read."""
        self._is_unwanted.set()

    def _run(self) -> None:
        try:
            with translation.override(self._language), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                count = self._rows.order_by().count()
                self._counted.set_result(count)
                for piece in self._file(count):
                    self._put(piece)
            self._put(None)
        except _GoneAway:
            pass
        except BaseException as fault:  # noqa: BLE001 - carried over to the thread that answers, which raises it
            if not self._counted.done():
                self._counted.set_exception(fault)
            self._put_last(fault)
        finally:
            connection.close()
            _AT_ONCE.release()

    def _file(self, count: int) -> Iterator[bytes]:
        heads = [str(column.label) for column in self._columns]
        zone = self._declared.moment.zone
        if self._form is ExportFormat.CSV:
            return csv_pieces(heads, self._values(), zone=zone)
        return xlsx_pieces(heads, self._values(), row_count=count, title=self._title, zone=zone)

    def _values(self) -> Iterator[list[Any]]:
        rows = self._rows.iterator(chunk_size=_BATCH)
        cells = [(column.exported or column.value) for column in self._columns]
        while batch := list(islice(rows, _BATCH)):
            for row in self._declared.dress(batch):
                yield [_plain(cell(row)) for cell in cells]

    def _put(self, piece: bytes | None) -> None:
        for _second in range(_PATIENCE_SECONDS):
            if self._is_unwanted.is_set():
                raise _GoneAway
            try:
                return self._pieces.put(piece, timeout=1)
            except queue.Full:
                continue
        raise _GoneAway

    def _put_last(self, fault: BaseException) -> None:
        try:
            self._pieces.put(fault, timeout=1)
        except queue.Full:
            self._is_unwanted.set()


def exported_name(title: str, stamp: str, form: ExportFormat) -> str:
    """Return a file's name in the person's language: the list, the local minute, the kind of file."""
    safe: Callable[[str], str] = lambda sign: sign if sign.isalnum() or sign in " -_" else "-"  # noqa: E731
    return f"{''.join(map(safe, title)).strip()} {stamp}.{form}"


def _plain(value: Any) -> Any:
    """Return a cell as a file holds it."""
    if isinstance(value, Pill):
        return str(value.label)
    if isinstance(value, tuple | list):
        return _(", ").join(map(str, value))
    if hasattr(value, "due_at"):
        return value.due_at
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return value
