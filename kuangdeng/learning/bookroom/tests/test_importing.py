"""Files of records: preview, confirmation, duplicates, what is refused; and what goes out comes in again."""

from io import BytesIO

import openpyxl
import pytest

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.bookroom import exporting, importing, marc, services
from kuangdeng.learning.bookroom.models import BookImport, Copy, Title
from kuangdeng.learning.bookroom.testkit import book, queued, rooms_of
from kuangdeng.learning.bookroom.tests.scenarios import read_in
from kuangdeng.learning.bookroom.tests.test_marc import RULES, iso
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def confirm(cast: Cast, run: BookImport, known: str = "copies") -> BookImport:
    return services.confirm_import(run.id, room_id=rooms_of(cast)[0].id, known=known, by=cast.librarian)


def sheet(*rows: tuple[object, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_nothing_is_written_before_a_person_says_so(cast: Cast) -> None:
    run = read_in(cast, iso(RULES, "gb18030") + b"00123 damaged\x1d", "馆藏.iso")
    assert (run.form, run.records, run.state) == ("ISO 2709（GBK / GB18030）", 2, "preview")
    assert Title.objects.count() == Copy.objects.count() == 0
    (problem,) = run.problems
    assert (problem["number"], problem["offset"], problem["skipped"]) == (2, len(iso(RULES, "gb18030")), True)
    assert "头标" in problem["what"]
    done = confirm(cast, run)
    assert done.written == {"titles": 1, "copies": 3, "skipped": 0}
    title = Title.objects.get()
    assert (title.isbn, title.main_class, title.marc_form) == ("9787502041243", "T", "unimarc")
    assert set(title.copies.values_list("barcode", flat=True)) == {"00012345", "00012346", "01000001"}
    with pytest.raises(Refused, match="已经写入"):
        confirm(cast, run)


def test_a_dropped_preview_leaves_nothing(cast: Cast) -> None:
    run = read_in(cast)
    services.drop_import(run.id, by=cast.librarian)
    with pytest.raises(Refused, match="已经写入或放弃"):
        confirm(cast, run)
    assert Title.objects.count() == 0


def test_a_mine_s_own_list_by_the_meaning_of_its_headers(cast: Cast) -> None:
    data = sheet(
        ("某某煤矿职工书屋图书登记表",),
        (
            "序号",
            "图书名称",
            "责任者",
            "国际标准书号",
            "出版者",
            "出版日期",
            "中图法分类号",
            "单价",
            "复本数",
            "登录号",
            "馆藏地",
        ),
        (1, "煤矿安全规程", "示例编写组", 9787502041243, "示例出版社", 2022, "TD7-65", 35.5, 2, None, "第二职工书屋"),
        (2, "红楼梦", "曹雪芹", "9787020002208", "人民文学出版社", "1982", "I242.4", 59.7, None, "A0001、A0002", None),
        (3, None, "无名", None, None, None, None, None, None, None, None),
        (4, "煤矿安全规程", "示例编写组", "978-7-5020-4124-3", None, None, None, None, 1, None, None),
        (5, "井下电工", "示例作者", None, None, None, None, None, "很多", None, None),
    )
    run = read_in(cast, data, "图书登记表.xlsx")
    said = [(one["number"], one["offset"], one["skipped"]) for one in run.problems]
    assert said == [(2, 4, False), (3, 5, True), (4, 6, False), (5, 7, True)]
    done = confirm(cast, run)
    assert done.written["titles"] == 2
    rules_book, novel = Title.objects.get(title="煤矿安全规程"), Title.objects.get(title="红楼梦")
    assert (rules_book.isbn, rules_book.price, rules_book.year) == ("9787502041243", "35.5", "2022")
    assert novel.isbn == "", "a wrong check digit is said and left empty"
    assert {copy.room.name for copy in rules_book.copies.all()} == {"第二职工书屋"}
    assert rules_book.copies.count() == 3, "twice in the file: put together"
    assert set(novel.copies.values_list("barcode", flat=True)) == {"A0001", "A0002"}


def test_books_that_are_there_get_copies_or_nothing(cast: Cast) -> None:
    there = book(cast, "煤矿安全", author="示例作者")
    run = read_in(cast)
    found = importing.proposal(run)
    assert (found["new"], found["there"]) == (1, 1)
    assert confirm(cast, run, "skip").written == {"titles": 1, "copies": 1, "skipped": 1}
    assert there.copies.count() == 1
    again = confirm(cast, read_in(cast))
    assert again.written == {"titles": 0, "copies": 3, "skipped": 0}
    assert there.copies.count() == 3


def test_two_editions_with_their_own_isbn_stay_two(cast: Cast) -> None:
    book(cast, "煤矿安全规程", author="示例编写组", isbn="9787502041243")
    run = read_in(cast, sheet(("书名", "作者", "ISBN"), ("煤矿安全规程", "示例编写组", "9787020002207")), "a.xlsx")
    assert importing.proposal(run)["new"] == 1
    confirm(cast, run)
    assert Title.objects.filter(title="煤矿安全规程").count() == 2


def test_who_waits_gets_the_copy_that_an_import_brings(cast: Cast) -> None:
    waiting = queued(cast)
    title = waiting.title
    confirm(cast, read_in(cast, sheet(("书名", "作者"), (title.title, title.author)), "新书.xlsx"))
    waiting.refresh_from_db()
    assert waiting.status == "ready"


def test_a_barcode_of_another_book_is_left_out(cast: Cast) -> None:
    taken = book(cast).copies.get().barcode
    run = read_in(cast, sheet(("书名", "条码"), ("矿山救护", f"{taken}、B77")), "a.xlsx")
    assert importing.proposal(run)["taken"] == [taken]
    confirm(cast, run)
    assert list(Title.objects.get(title="矿山救护").copies.values_list("barcode", flat=True)) == ["B77"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaa'>]><collection><record/></collection>", "DOCTYPE"),
        (b"<html><body>record</body></html>", "没有书目记录"),
        (b"%PDF-1.7 \x00\x01", "不是表格文件"),
        (b"PK\x03\x04" + b"\x00" * 40, "损坏"),
        ("姓名,工号\n王铁柱,1001\n".encode(), "没有找到书目表头"),
    ],
)
def test_what_is_no_book_list_is_refused_in_words(cast: Cast, data: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_in(cast, data, "文件.xlsx")
    assert BookImport.objects.count() == 0


def test_files_that_are_too_large_are_refused(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "MOST_BYTES", 1024 * 1024)
    with pytest.raises(Refused, match="超过 1 MB"):
        read_in(cast, iso(RULES) * 5000, "大.iso")
    monkeypatch.setattr(importing, "MOST_RECORDS", 10)
    many = b"".join(iso([("200", f"1 \x1fa第{number}种书")]) for number in range(11))
    with pytest.raises(Refused, match="最多导入 10 条"):
        read_in(cast, many, "多.iso")


@pytest.mark.parametrize("kind", exporting.FORMATS)
def test_what_goes_out_comes_in_again(cast: Cast, kind: str) -> None:
    confirm(
        cast,
        read_in(cast, iso(RULES) + iso([("200", "1 \x1fa红楼梦\x1ff曹雪芹"), ("690", "  \x1faI242.4")]), "馆藏.iso"),
    )
    names = (
        "title",
        "subtitle",
        "author",
        "isbn",
        "publisher",
        "place",
        "year",
        "pages",
        "price",
        "class_number",
        "main_class",
        "subjects",
    )
    before = {row["title"]: row for row in Title.objects.values(*names)}
    codes = set(Copy.objects.values_list("title__title", "barcode"))
    data = b"".join(exporting.export(cast.mine.id, kind))
    other = make_cast("OTHER")
    confirm(other, read_in(other, data, "导出"))
    rows = Title.objects.filter(mine=other.mine)
    assert {row["title"]: row for row in rows.values(*names)} == before
    assert set(Copy.objects.filter(mine=other.mine).values_list("title__title", "barcode")) == codes


def test_an_export_of_one_room_has_its_copies_only(cast: Cast) -> None:
    book(cast, "在第一间")
    elsewhere = book(cast, "在第二间", copies=0)
    services.add_copies(elsewhere.id, room_id=rooms_of(cast)[1].id, count=1, by=cast.librarian)
    data = b"".join(exporting.export(cast.mine.id, "cnmarc", rooms_of(cast)[1].id))
    assert [one.title for one in marc.read_iso2709(data)] == ["在第二间"]  # type: ignore[union-attr]
