"""Book lists in Excel: read by the meaning of their headers, written with the same ones."""

import re
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import Column, Record, Unreadable, open_book, text, to_number
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.drafts import PLAIN, Draft, Fault, Found

COLUMNS = (
    Column("title", "书名", ("题名", "正题名", "图书名称", "名称", "书籍名称"), required=True),
    Column("subtitle", "副书名", ("副题名", "其他题名")),
    Column("isbn", "ISBN", ("ISBN号", "国际标准书号", "标准书号", "书号")),
    Column("author", "作者", ("责任者", "著者", "编者", "主编", "作者/编者")),
    Column("publisher", "出版社", ("出版者", "出版单位", "出版机构")),
    Column("place", "出版地"),
    Column("year", "出版年", ("出版日期", "出版时间", "出版年份", "出版年月")),
    Column("edition", "版次", ("版本",)),
    Column("pages", "页数", ("页码", "页数/册数")),
    Column("price", "定价", ("价格", "单价", "码洋", "价格（元）")),
    Column("series", "丛书", ("丛书名", "丛编")),
    Column("language", "语种", ("文种",)),
    Column("class_number", "分类号", ("中图分类号", "中图法分类号", "索书号", "分类", "类号")),
    Column("subjects", "主题词", ("关键词", "主题")),
    Column("summary", "内容简介", ("简介", "摘要", "提要")),
    Column("copies", "册数", ("数量", "复本数", "复本", "本数", "册")),
    Column("barcodes", "条码", ("条码号", "登录号", "馆藏条码", "财产号", "图书条码")),
    Column("room", "书屋", ("馆藏地", "所在书屋", "馆藏地点", "存放地点", "位置")),
    Column("remark", "备注", ("说明",)),
)
SPLIT = re.compile(r"[\s、,，;；]+")
MOST_COPIES = 200


def read_excel(path: Path, name: str) -> Iterator[Found]:
    """Every row of every sheet that has a book list. Refused when no sheet has a column with titles."""
    number = 0
    with open_book(path, name=name) as book:
        any_table = False
        for sheet in book.sheets:
            table = book.table(sheet, COLUMNS)
            if table is None or "title" not in table.header.columns:
                continue
            any_table = True
            for record in table:
                number += 1
                yield _draft(record, number)
    if not any_table:
        raise Refused(
            _("没有找到书目表头。至少要有「书名」（题名、图书名称也认得）和另一栏，如作者或 ISBN。"), code="no_header"
        )


def _draft(record: Record, number: int) -> Found:
    draft = Draft(number, record.number)
    for key in PLAIN:
        setattr(draft, key, text(record[key]))
    if not draft.title:
        return Fault(number, record.number, _("没有书名"))
    draft.isbn = text(record["isbn"])
    draft.subjects = [one for one in re.split(r"[、,，;；]", text(record["subjects"])) if one.strip()]
    draft.barcodes = [one for one in SPLIT.split(text(record["barcodes"])) if one]
    draft.room = text(record["room"])
    draft.language = draft.language if re.fullmatch(r"[a-z]{3}", draft.language) else ""
    try:
        copies = to_number(record["copies"])
    except Unreadable as wrong:
        return Fault(number, record.number, str(wrong))
    if copies is not None and not 0 <= copies <= MOST_COPIES:
        return Fault(number, record.number, _("册数应在 0 到 %(n)d 之间") % {"n": MOST_COPIES})
    draft.copies = max(int(copies or 0) - len(draft.barcodes), 0)
    return draft


def write_excel(
    rows: Iterable[tuple[dict[str, str], Sequence[str], Sequence[str], Sequence[str]]], into: BinaryIO
) -> None:
    """A book list that this same reader reads again: columns, subjects, barcodes, rooms of the copies."""
    book = xlsxwriter.Workbook(into, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("书目")
    bold = book.add_format({"bold": True})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(0, place, column.label, bold)
    for line, (values, subjects, barcodes, rooms) in enumerate(rows, 1):
        cells = {
            **values,
            "isbn": rules.shown_isbn(values["isbn"]),
            "subjects": "、".join(subjects),
            "barcodes": "、".join(barcodes),
            "copies": str(len(barcodes)),
            "room": "、".join(dict.fromkeys(rooms)),
        }
        for place, column in enumerate(COLUMNS):
            sheet.write_string(line, place, cells.get(column.key, "")[:32_000])
    book.close()


def excel_bytes(rows: Iterable[tuple[dict[str, str], Sequence[str], Sequence[str], Sequence[str]]]) -> bytes:
    """The same in memory."""
    buffer = BytesIO()
    write_excel(rows, buffer)
    return buffer.getvalue()
