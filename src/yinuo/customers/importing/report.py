"""The rejected rows as a table that can be mended and imported again."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from yinuo.customers.models import RejectedRow

from .files import written

# What a spreadsheet would take for a formula; the import takes the apostrophe off again.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_BYTE_ORDER_MARK = "\ufeff"


def table_of_rejected(header: Sequence[str], rows: Iterable[RejectedRow]) -> Iterator[str]:
    """Yield the lines of a CSV file, each with its end: line number, reason, then the cells as they were."""
    yield f"{_BYTE_ORDER_MARK}{written([_('Line'), _('Reason'), *map(_harmless, header)])}\r\n"
    for row in rows:
        cells = next(csv.reader(io.StringIO(row.text, newline="")), [])
        yield f"{written([str(row.line_number), row.reason, *map(_harmless, cells)])}\r\n"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA_SIGNS) else cell
