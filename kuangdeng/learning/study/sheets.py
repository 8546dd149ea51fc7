"""学习出勤统计 as an Excel file: by branch, by person."""

from typing import BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from kuangdeng.learning.attendance.api import Counts
from kuangdeng.learning.study.queries import Statistics


def heads() -> list[str]:
    """The columns of numbers."""
    return [_("应到"), _("实到"), _("其中迟到"), _("请假"), _("补学"), _("未到"), _("出勤率（%）"), _("参学率（%）")]


def cells(counts: Counts) -> list[float | int | str]:
    """The numbers of one line; a rate of nobody is empty."""
    rates = [round(one, 1) if one is not None else "" for one in (counts.rate, counts.covered)]
    return [counts.expected, counts.there, counts.late, counts.leave, counts.made_up, counts.missing, *rates]


def write(found: Statistics, period: str, file: BinaryIO) -> None:
    """Both tables in one workbook."""
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, first, lines in (
            (_("按支部"), [_("支部")], [[one or _("（无支部）"), *cells(counts)] for one, counts in found.branches]),
            (
                _("按人员"),
                [_("工号"), _("姓名"), _("单位"), _("支部")],
                [
                    [one.person.number, one.person.name, one.unit, one.branch, *cells(one.counts)]
                    for one in found.persons
                ],
            ),
        ):
            sheet = book.add_worksheet(name)
            sheet.write(0, 0, f"{_('学习出勤统计')}　{period}　{_('共 %d 次') % found.sessions}")
            sheet.write_row(1, 0, [*first, *heads()], bold)
            for number, line in enumerate(lines, 2):
                sheet.write_row(number, 0, line)
            sheet.freeze_panes(2, len(first))
            sheet.set_column(0, len(first) - 1, 14)
