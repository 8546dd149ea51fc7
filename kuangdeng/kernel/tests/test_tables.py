"""Tables as offices write them: titles above, gaps inside, totals below, and dates in every fashion."""

import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import Workbook

from kuangdeng.kernel import tables
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import (
    Column,
    Record,
    Unreadable,
    compact,
    open_book,
    to_bool,
    to_date,
    to_moment,
    to_number,
)

PEOPLE = [
    Column("number", "工号", ("职工编号", "员工号", "编号"), required=True),
    Column("name", "姓名", ("职工姓名", "名字"), required=True),
    Column("unit", "单位", ("部门", "区队")),
    Column("born_on", "出生日期", ("出生年月",)),
]
HAZARDS = [
    Column("text", "隐患内容", ("隐患描述", "问题描述")),
    Column("person", "整改责任人", ("责任人",)),
    Column("due", "整改期限", ("期限",)),
    Column("checker", "验收人", ("复查人",)),
]


def save(tmp_path: Path, rows: list[list[object]], merges: tuple[str, ...] = (), **formats: str) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表一"
    for row in rows:
        sheet.append(row)
    for merge in merges:
        sheet.merge_cells(merge)
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    book.save(tmp_path / "t.xlsx")
    return tmp_path / "t.xlsx"


def read(path: Path, columns: list[Column]) -> list[Record]:
    with open_book(path) as book:
        table = book.table(book.sheets[0], columns)
        assert table is not None
        return list(table)


def test_a_dirty_roster_is_read_by_the_meaning_of_its_headers(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        [
            ["红旗煤矿职工花名册", None, None, None, None],
            [],
            ["序号", "职 工 编 号", "职工\n姓名*", "部门（区队）", "出生年月：", "备注"],
            [1, 123, "张　三", "综采一队", 28000, None],
            [],
            ["合计", 1, None, None, None],
            ["序号", "职 工 编 号", "职工\n姓名*", "部门（区队）", "出生年月：", "备注"],
            [2, "００124", "李四", None, "1985.3", None],
            ["制表人：王五", None, None, "审核："],
        ],
        ("A1:F1",),
        B4="000000",
    )
    records = read(path, PEOPLE)
    assert [record.number for record in records] == [4, 8]
    first, second = records
    assert first["number"] == "000123"
    assert compact(first["name"]) == "张三"
    assert to_date(first["born_on"]) == date(1976, 8, 28)
    assert compact(second["number"]) == "00124"
    assert to_date(second["born_on"], month_only=True) == date(1985, 3, 1)
    assert second["unit"] is None
    assert str(first.problem("born_on", "不对。")) == "「表一」第 4 行「出生年月：」列（E4）：不对。"
    assert first.header.unknown == ["序号", "备注"]


def test_two_storey_merged_headers_and_cells_merged_downwards(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        [
            ["隐患台账"],
            ["隐患描述", "整改", None, "验收", None],
            [None, "责任人", "期限", "人", "时间"],
            ["顶板离层", "张三", "3月5日", "李四", None],
            [None, "王五", "3月6日", "赵六", None],
        ],
        ("A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A5"),
    )
    first, second = read(path, HAZARDS)
    assert (first.header.first_row, first.header.last_row) == (2, 3)
    assert [first[key] for key in ("text", "person", "due", "checker")] == ["顶板离层", "张三", "3月5日", "李四"]
    assert second["text"] == "顶板离层"
    assert to_date(second["due"], year=2018) == date(2018, 3, 6)


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("工号,姓名,单位\n001,张三,综采一队\n", "gbk"),
        ("工号,姓名,单位\n001,张三,综采一队\n", "utf-8"),
        ("工号,姓名,单位\r\n001,张三,综采一队\r\n", "utf-8-sig"),
        ("工号\t姓名\t单位\n001\t张三\t综采一队\n", "utf-16"),
        ("花名册;;\n工号;姓名;单位\n001;张三;综采一队\n", "gb18030"),
    ],
)
def test_csv_in_every_encoding_that_offices_use(tmp_path: Path, content: str, encoding: str) -> None:
    path = tmp_path / "人员.csv"
    path.write_bytes(content.encode(encoding))
    (record,) = read(path, PEOPLE)
    assert (record.sheet, record["number"], record["name"], record["unit"]) == ("人员", "001", "张三", "综采一队")


def test_csv_row_numbers_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('工号,姓名\n1,"张\n三"\n\n2,李四\n')
    assert [record.number for record in read(path, PEOPLE)] == [2, 5]


def test_a_sheet_without_the_header_is_no_table(tmp_path: Path) -> None:
    with open_book(save(tmp_path, [["说明"], ["请先阅读"], [1, 2, 3]])) as book:
        assert book.table("表一", PEOPLE) is None


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    with open_book(save(tmp_path, [["姓名", "单位"], ["张三", "综采一队"]])) as book:
        table = book.table("表一", PEOPLE)
        assert table is not None
        assert [column.label for column in table.header.missing] == ["工号"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2018.3.5", date(2018, 3, 5)),
        ("2018年3月5日", date(2018, 3, 5)),
        ("2018 / 03 / 05", date(2018, 3, 5)),
        ("２０１８－０３－０５", date(2018, 3, 5)),
        ("18.3.5", date(2018, 3, 5)),
        ("68.3.5", date(1968, 3, 5)),
        ("20180305", date(2018, 3, 5)),
        (20180305, date(2018, 3, 5)),
        (43164, date(2018, 3, 5)),
        ("43164", date(2018, 3, 5)),
        ("二〇一八年十二月二十一日", date(2018, 12, 21)),
        ("3月5日", date(2020, 3, 5)),
        ("3.5", date(2020, 3, 5)),
        ("元月9号", date(2020, 1, 9)),
        ("2018年3月5日早班", date(2018, 3, 5)),
        (datetime(2018, 3, 5), date(2018, 3, 5)),
        (date(2018, 3, 5), date(2018, 3, 5)),
        ("", None),
        ("—", None),
        (None, None),
    ],
)
def test_days_as_people_write_them(said: object, meant: date | None) -> None:
    assert to_date(said, year=2020) == meant


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("2018年3月5日14时30分", time(14, 30)),
        ("2018-03-05 8:05:10", time(8, 5)),
        ("2018.3.5 14点", time(14, 0)),
        (43164.5, time(12, 0)),
        ("2018-3-5", None),
    ],
)
def test_times_behind_the_day(said: object, clock: time | None) -> None:
    assert to_moment(said) == (date(2018, 3, 5), clock)


def test_midnight_as_24_is_the_next_day() -> None:
    assert to_moment("2018-12-31 24:00") == (date(2019, 1, 1), time(0, 0))


@pytest.mark.parametrize("said", ["2018.13.5", "2018-2-30", "3月5日", "上旬", "2018", "9999.1.1", "2018.3"])
def test_what_is_no_day_is_said_so(said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        to_date(said)


def test_words_for_yes_no_and_numbers() -> None:
    assert [to_bool(word) for word in ("是", "√", "否", "×", " 已 ", None)] == [True, True, False, False, True, None]
    with pytest.raises(Unreadable):
        to_bool("大概")
    assert [to_number(word) for word in ("3.5万元", "1,200", 7, "")] == [3.5, 1200.0, 7.0, None]
    with pytest.raises(Unreadable):
        to_number("若干")


def _zip(tmp_path: Path, parts: dict[str, bytes]) -> Path:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _with(path: Path, name: str, content: bytes) -> Path:
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old_xls"),
        (b"<html><table><tr><td>1</td></tr></table>", "html"),
        (b"%PDF-1.7 ...", "wrong_type"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "wrong_type"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\xff\xff\xff\xff abc", "encoding"),
    ],
)
def test_what_is_no_table_is_refused_in_words(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused, open_book(path):
        pass
    assert refused.value.code == code
    assert "。" in str(refused.value)


def test_hostile_workbooks_are_refused(tmp_path: Path) -> None:
    def code(path: Path) -> str:
        with pytest.raises(Refused) as refused, open_book(path) as book:
            list(book.rows(book.sheets[0]))
        return refused.value.code

    good = [["工号", "姓名"], [1, "张三"]]
    assert code(_with(save(tmp_path, good), "xl/vbaProject.bin", b"x")) == "macro"
    assert code(_with(save(tmp_path, good), "xl/media/a.xml", b"0" * 80_000_000)) == "bomb"
    assert (
        code(_with(save(tmp_path, good), "xl/a.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]>'))
        == "hostile"
    )
    assert code(_zip(tmp_path, {"word/document.xml": b"<a/>"})) == "wrong_type"
    assert code(_zip(tmp_path, {"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"})) == "broken"
    whole = save(tmp_path, good).read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(whole[: len(whole) // 2])
    assert code(cut) == "broken"


def test_an_unclosed_quote_does_not_swallow_the_file(tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text('工号,姓名\n1,"张三\n' + "2,李四\n" * 60_000)
    with pytest.raises(Refused, match="引号"), open_book(path) as book:
        list(book.rows("q"))


def test_a_wrong_declared_extent_loses_no_cells(tmp_path: Path) -> None:
    path = save(tmp_path, [["工号", "姓名"], [1, "张三"]])
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'ref="A1:B2"', b'ref="A1"'))
    path.write_bytes(buffer.getvalue())
    assert [record["name"] for record in read(path, PEOPLE)] == ["张三"]


def test_columns_are_lettered_as_in_a_spreadsheet() -> None:
    assert [tables.column_letters(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
