import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from yinuo.customers.importing import files, mapping

ZH = '姓名,手机,城市\n王丽,13800136721,上海\n\n李强,13800136722,"北京\n朝阳"\n张三,13800136723,广州\n'


@pytest.fixture
def save(tmp_path):
    def save(text: str | bytes, encoding: str = "utf-8"):
        path = tmp_path / "customers.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return save


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("utf-8", "utf-8-sig"),
        ("utf-8-sig", "utf-8-sig"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
    ],
)
def test_a_file_is_read_in_the_encoding_it_is_written_in(save, written, read):
    path = save(ZH, written)

    table = files.look_at(path)

    assert (table.encoding, table.header, table.row_count) == (read, ("姓名", "手机", "城市"), 3)
    rows = list(files.rows_of(path, table.encoding, table.delimiter))
    assert [row.line_number for row in rows] == [2, 4, 6]
    assert rows[1].cells == ("李强", "13800136722", "北京\n朝阳")


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "，"])
def test_the_separator_is_the_one_that_parts_the_first_line(save, delimiter):
    path = save(delimiter.join(["name", '"mail, or; none"', "phone"]) + "\n")

    assert files.look_at(path).delimiter == delimiter


@pytest.mark.parametrize(
    ("content", "refusal", "words"),
    [
        (b"", files.FileEmpty, "empty"),
        (b"\xef\xbb\xbf\r\n", files.FileEmpty, "empty"),
        (b"PK\x03\x04rest of a workbook", files.FileIsWorkbook, "workbook"),
        (b"name,phone\n\xff\xff\xff,1\n", files.EncodingUnknown, "CSV UTF-8"),
        (b"name,phone\nWang,1\nLi\0,2\n", files.FileHasNul, "line 3"),
        (b'name,phone\nWang,1\n"Li,2\nZhang,3\n', files.QuotesUnbalanced, "line 3"),
        (b'name,phone\n"Wang"x,1\n', files.QuotesUnbalanced, "line 2"),
        (b"a," * 300 + b"\n", files.TooManyColumns, "301"),
    ],
)
def test_a_broken_file_is_refused_with_what_to_do(save, content, refusal, words):
    with pytest.raises(refusal) as raised:
        files.look_at(save(content))

    with override("en"):
        assert words in raised.value.sentence()


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(files.FileMissing):
        files.look_at(tmp_path / "nothing.csv")


@given(
    st.lists(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=5), min_size=1
    )
)
def test_cells_survive_being_written_and_read(tmp_path_factory, rows):
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    path = tmp_path_factory.mktemp("cells") / "cells.csv"
    path.write_text("h\n" + "".join(f"{files.written(row)}\n" for row in rows), encoding="utf-8", newline="")

    assert [list(row.cells) for row in files.rows_of(path, "utf-8", ",")] == rows


@pytest.mark.parametrize(
    ("header", "suggested"),
    [
        (["客户姓名", "手机号（必填）", "E-mail"], {"name": "客户姓名", "phone": "手机号（必填）", "mail": "E-mail"}),
        (
            ["Customer No.", "Full name", "Mobile", "Tier", "Registered on", "Remarks"],
            {
                "name": "Full name",
                "phone": "Mobile",
                "account_number": "Customer No.",
                "tier": "Tier",
                "registered_on": "Registered on",
            },
        ),
        (["备注", "x"], {}),
    ],
)
def test_columns_are_understood_by_their_names(header, suggested):
    assert mapping.suggest_mapping(header) == suggested


@pytest.mark.parametrize(
    ("columns", "refusal"),
    [
        ({"name": "姓名"}, mapping.MappingIncomplete),
        ({"phone": "手机"}, mapping.MappingIncomplete),
        ({"name": "姓名", "phone": "电话"}, mapping.ColumnMissing),
        ({"name": "姓名", "phone": "手机", "shoe_size": "城市"}, mapping.UnknownField),
        ({"name": "姓名", "phone": "手机", "city": "同名"}, mapping.ColumnTwice),
    ],
)
def test_a_mapping_that_cannot_work_is_refused(columns, refusal):
    with pytest.raises(refusal):
        mapping.check_mapping(columns, ["姓名", "手机", "城市", "同名", "同名"])
