"""Files of rows: what spreadsheets read, what they must not run, and memory that does not grow with the rows."""

import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest

from yinuo.foundation.lists import ExportFormat, exported_name
from yinuo.foundation.lists.files import csv_pieces, xlsx_pieces

SHANGHAI = ZoneInfo("Asia/Shanghai")
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_of(*rows: list, heads=("a",)) -> list[list[str]]:
    data = b"".join(csv_pieces(heads, rows, zone=SHANGHAI))
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def sheets_of(*rows: list, heads=("a", "b"), per_sheet: int = 10) -> list[list[list[str]]]:
    pieces = xlsx_pieces(heads, rows, row_count=len(rows), title="工单", zone=SHANGHAI, per_sheet=per_sheet)
    book = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    assert book.testzip() is None
    names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
    return [
        [["".join(cell.itertext()) for cell in row] for row in ET.fromstring(book.read(name)).find(f"{SPACE}sheetData")]
        for name in names
    ]


@pytest.mark.parametrize(
    ("text", "is_written"),
    [
        ("=1+1", "'=1+1"),
        ("+8613800006721", "'+8613800006721"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("＝1", "'＝1"),
        ("王丽, “急”\n第二行", "王丽, “急”\n第二行"),
        ("a=1", "a=1"),
    ],
)
def test_what_would_be_a_formula_is_text_in_a_csv_file(text, is_written):
    assert csv_of([text])[1] == [is_written]


def test_numbers_stay_numbers_and_instants_stand_in_the_zone():
    rows = csv_of(
        [-3, Decimal("-1.50"), datetime(2026, 11, 2, 16, 30, tzinfo=UTC), date(2026, 11, 2), None], heads="abcde"
    )

    assert rows[1] == ["-3", "-1.50", "2026-11-03 00:30", "2026-11-02", ""]


def test_a_sheet_holds_dates_as_numbers_and_text_that_xml_cannot():
    (rows,) = sheets_of([datetime(2026, 11, 2, 16, 30, tzinfo=UTC), "a\x00\x0b<&>\ud800b"])

    assert rows == [["a", "b"], ["46329.02083333", "a<&>b"]]


def test_rows_beyond_a_sheet_go_to_the_next_one():
    sheets = sheets_of(*[[number, None] for number in range(25)])

    assert [len(rows) for rows in sheets] == [11, 11, 6]
    assert sheets[2][-1][0] == "24"


def test_a_file_without_rows_has_its_heads():
    assert sheets_of() == [[["a", "b"]]]
    assert csv_of() == [["a"]]


@pytest.mark.parametrize("form", [ExportFormat.CSV, ExportFormat.XLSX])
def test_memory_does_not_grow_with_the_rows(form):
    def peak(count: int) -> int:
        rows = ([number, "洗衣机漏水" * 4, datetime(2026, 11, 2, tzinfo=UTC)] for number in range(count))
        tracemalloc.start()
        try:
            pieces = (
                csv_pieces("abc", rows, zone=SHANGHAI)
                if form is ExportFormat.CSV
                else xlsx_pieces("abc", rows, row_count=count, title="x", zone=SHANGHAI)
            )
            size = sum(len(piece) for piece in pieces)
            assert size > count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few = peak(20_000)
    many = peak(100_000)

    assert many < few + 200_000


def test_a_file_is_called_what_the_person_reads():
    assert exported_name("全部工单", "2026-11-02 0900", ExportFormat.XLSX) == "全部工单 2026-11-02 0900.xlsx"
    assert exported_name("a/b: c", "x", ExportFormat.CSV) == "a-b- c x.csv"
