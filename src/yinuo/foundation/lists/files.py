"""Rows of values as CSV and XLSX, written piece by piece: the memory needed does not grow with the rows."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

import xlsxwriter

ROWS_A_SHEET = 1_048_575
# A cell that begins so is a formula to a spreadsheet, and a customer may have written it.
_FORMULA_SIGNS = tuple("=+-@\t\r\n＝＋－＠")
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets count days on a wall clock
_FIRST_DAY = date(1900, 3, 1)
_LONGEST_CELL = 32_767
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_PIECE_BYTES = 64_000
_DAY_SECONDS = 86_400
Row = Sequence[Any]


def csv_pieces(heads: Sequence[str], rows: Iterable[Row], *, zone: tzinfo) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8; its first sign tells spreadsheets so. Instants are in `zone`, days as ISO writes them.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow([_harmless(head) for head in heads])
    for row in rows:
        writer.writerow([_as_text(value, zone) for value in row])
        if buffer.tell() > _PIECE_BYTES:
            yield _drained(buffer)
    yield _drained(buffer)


def xlsx_pieces(
    heads: Sequence[str],
    rows: Iterable[Row],
    *,
    row_count: int,
    title: str,
    zone: tzinfo,
    per_sheet: int = ROWS_A_SHEET,
) -> Iterator[bytes]:
    """Yield an XLSX file, its first bytes before the last row is read. row_count: exactly how many rows there are.

    XlsxWriter makes the workbook without its rows, which flow through it: written by it alone, nothing could be sent
    before the end. Instants and days are real dates. A sheet holds `per_sheet` rows; what is more goes to further ones.
    """
    out: Any = _Pipe()
    frame = _frame(heads, row_count=row_count, title=title, per_sheet=per_sheet)
    left = iter(rows)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name in frame.namelist():
            if not name.startswith("xl/worksheets/"):
                package.writestr(name, frame.read(name))
                continue
            head, foot, styles = _split_sheet(frame.read(name).decode())
            with package.open(name, "w") as sheet:
                sheet.write(head.encode())
                for number, row in zip(range(2, per_sheet + 2), left, strict=False):
                    sheet.write(_sheet_row(number, row, styles, zone).encode())
                    if out.size > _PIECE_BYTES:
                        yield out.drained()
                sheet.write(foot.encode())
    yield out.drained()


class _Pipe:
    """What a ZIP file is written to when it cannot go back: collects bytes until they are fetched."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits to be written."""

    def drained(self) -> bytes:
        data = b"".join(self._parts)
        self._parts, self.size = [], 0
        return data


def _frame(heads: Sequence[str], *, row_count: int, title: str, per_sheet: int) -> zipfile.ZipFile:
    """Return a workbook with the sheets that the rows need, each with its head and, in row 2, a cell of each style."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    bold = book.add_format({"bold": True, "bottom": 1})
    plain = book.add_format({})
    styles = [plain, book.add_format({"num_format": "yyyy-mm-dd hh:mm"}), book.add_format({"num_format": "yyyy-mm-dd"})]
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:25] or "Sheet"
    for index in range(max(1, -(-row_count // per_sheet))):
        rows_here = min(per_sheet, row_count - index * per_sheet)
        sheet = book.add_worksheet(name if index == 0 else f"{name} {index + 1}")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 18)
        sheet.autofilter(0, 0, max(rows_here, 1), len(heads) - 1)
        for column, head in enumerate(heads):
            sheet.write_string(0, column, _cell_text(head), bold)
        for column, style in enumerate(styles):
            sheet.write_blank(1, column, None, style)
    book.close()
    return zipfile.ZipFile(buffer)


def _split_sheet(xml: str) -> tuple[str, str, dict[str, str]]:
    """Return what stands before and behind the rows of a sheet, and the number of the style of instants and of days."""
    end_of_head = xml.index("</row>") + len("</row>")
    end_of_rows = xml.index("</sheetData>")
    numbers = dict(re.findall(r'<c r="([BC])2" s="(\d+)"', xml[end_of_head:end_of_rows]))
    # The extent is only a hint to readers, and a wrong one is worse than none.
    head = re.sub(r"<dimension [^>]*/>", "", xml[:end_of_head])
    return head, xml[end_of_rows:], {"instant": numbers["B"], "day": numbers["C"]}


def _sheet_row(number: int, row: Row, styles: dict[str, str], zone: tzinfo) -> str:
    return f'<row r="{number}">{"".join(_cell(value, styles, zone) for value in row)}</row>'


def _cell(value: Any, styles: dict[str, str], zone: tzinfo) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, datetime):
        days = value.astimezone(zone).replace(tzinfo=None) - _EPOCH
        return f'<c s="{styles["instant"]}"><v>{days.days + days.seconds / _DAY_SECONDS:.8f}</v></c>'
    if isinstance(value, date) and value >= _FIRST_DAY:
        return f'<c s="{styles["day"]}"><v>{(value - _EPOCH.date()).days}</v></c>'
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"<c><v>{value}</v></c>"
    text = _cell_text(str(value)).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _cell_text(text: str) -> str:
    return _NOT_XML.sub("", text)[:_LONGEST_CELL]


def _as_text(value: Any, zone: tzinfo) -> str | int | float | Decimal:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | Decimal) else _harmless(str(value))


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _drained(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data
