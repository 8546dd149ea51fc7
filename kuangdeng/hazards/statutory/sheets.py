"""The monthly statistics as an Excel form: merged heading over two rows, print titles, one landscape page wide."""

from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from kuangdeng.hazards.statutory.queries import Table
from kuangdeng.hazards.statutory.rules import BESIDE, FORM, FormGroup, Line, columns
from kuangdeng.kernel.language import in_chinese

SIGNATURES = "矿长（签字）：　　　　　审核：　　　　　填报人：　　　　　填报日期：　　年　　月　　日"
NO_INTEGERS = ("general_rate", "major_rate", "funds")
"""Columns that are not whole numbers."""


def month_xlsx(table: Table, *, mine: str, title: str, foot: str) -> bytes:
    """The table as a workbook, in Chinese. Figures are numbers, rates are words: 0 of 0 is none."""
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with in_chinese(), xlsxwriter.Workbook(out, options) as book:
        _fill(book, table, mine, title, foot)
    return out.getvalue()


def _fill(book: Any, table: Table, mine: str, title: str, foot: str) -> None:
    groups = (*FORM, *BESIDE)
    every = columns(groups)
    page = book.add_worksheet("统计月报")
    box = {"border": 1, "align": "center", "valign": "vcenter", "text_wrap": True, "font_name": "宋体"}
    head, words = book.add_format({**box, "bold": True}), book.add_format({**box, "align": "left"})
    number, money = book.add_format(box), book.add_format({**box, "num_format": "0.00"})
    top = book.add_format({"bold": True, "font_size": 16, "align": "center", "font_name": "宋体"})
    page.merge_range(0, 0, 0, len(every), title, top)
    page.merge_range(1, 0, 1, len(every), f"填报单位：{mine}", book.add_format({"font_name": "宋体"}))
    page.merge_range(2, 0, 3, 0, "单位", head)
    _heading(page, groups, head)
    lines = [*table.lines, *([table.total] if table.total else [])]
    for at, line in enumerate(lines, 4):
        page.write_string(at, 0, str(line.title), words)
        for column, one in enumerate(every, 1):
            _cell(page, at, column, line, one.key, number, money)
    last = 4 + len(lines)
    page.merge_range(
        last + 1,
        0,
        last + 1,
        len(every),
        SIGNATURES,
    )
    page.merge_range(last + 2, 0, last + 2, len(every), foot)
    page.set_column(0, 0, 18)
    page.set_column(1, len(every), 9)
    page.set_row(2, 30)
    page.set_row(3, 34)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(2, 3)
    page.freeze_panes(4, 1)
    page.set_footer("&L" + foot + "&R第 &P 页 / 共 &N 页")


def _heading(page: Any, groups: tuple[FormGroup, ...], head: Any) -> None:
    column = 1
    for group in groups:
        last = column + len(group.columns) - 1
        if last == column:
            page.merge_range(2, column, 3, column, str(group.label), head)
        else:
            page.merge_range(2, column, 2, last, str(group.label), head)
            for at, one in enumerate(group.columns):
                page.write_string(3, column + at, str(one.label), head)
        column = last + 1


def _cell(page: Any, at: int, column: int, line: Line, key: str, number: Any, money: Any) -> None:
    words = line.get_figure(key)
    if key == "funds":
        page.write_number(at, column, float(words), money)
    elif key in NO_INTEGERS:
        page.write_string(at, column, words, number)
    else:
        page.write_number(at, column, int(words), number)


def foot_of(snapshot: str) -> str:
    """What stands at the foot: the snapshot's number, or that nobody has signed."""
    return _("快照编号 %s") % snapshot if snapshot else _("未签字，仅供核对")
