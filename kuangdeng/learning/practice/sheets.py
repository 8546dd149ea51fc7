"""参与和巩固 as an Excel sheet."""

from io import BytesIO

import xlsxwriter
from django.utils.translation import gettext as _

from kuangdeng.learning.practice.queries import Figures, UnitLine
from kuangdeng.learning.practice.rules import FEW, RETAINED_AFTER


def _row(line: UnitLine, name: str) -> list[object]:
    def rounded(value: float | None) -> object:
        return round(value, 1) if value is not None else None

    return [
        name, line.heads, line.owed, line.done, rounded(line.taken_part), line.on_day, line.answers, line.right,
        rounded(line.right_share), line.repeated, line.kept, rounded(line.retention), line.meetings,
    ]  # fmt: skip


def figures_book(found: Figures) -> bytes:
    """The units one under the other, all of them last; a share that says nothing stays empty."""
    heads = [
        _("单位"), _("在册人数"), _("应答人日"), _("已答人日"), _("参与率（%）"), _("其中当天作答"), _("作答题次"), _("答对题次"),
        _("正确率（%）"), _("隔 %d 天以上再答题次") % RETAINED_AFTER, _("其中答对"), _("巩固率（%）"), _("班前会次数"),
    ]  # fmt: skip
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(_("参与和巩固"))
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, len(heads) - 1, 12)
        sheet.write_row(0, 0, [_("每日一题 %(first)s 至 %(last)s") % {"first": found.first, "last": found.last}])
        sheet.write_row(1, 0, heads, bold)
        rows = [_row(one, one.unit.name if one.unit else "") for one in found.lines]
        for at, row in enumerate([*rows, _row(found.whole, _("合计"))], start=2):
            sheet.write_row(at, 0, row)
        note = _("应答人日＝现在的在册人数×天数，减去登记不在岗的天数。再答不满 %d 题次不算巩固率。") % FEW
        sheet.write_string(len(rows) + 4, 0, note)
        sheet.freeze_panes(2, 1)
    return file.getvalue()
