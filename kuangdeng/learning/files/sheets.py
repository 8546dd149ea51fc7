"""The training files as spreadsheets: the same pieces in the same order as on the paper."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.learning.files.queries import ClassFile, PersonFile, kept_until
from kuangdeng.learning.files.rules import EDUCATION, LINE_LABELS


class _Sheet:
    """One worksheet that is written from the top down."""

    def __init__(self, book: Any, name: str, widths: Sequence[int]) -> None:
        self.sheet, self.row = book.add_worksheet(name[:31]), 0
        self.bold = book.add_format({"bold": True, "bottom": 1})
        self.wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for place, width in enumerate(widths):
            self.sheet.set_column(place, place, width)

    def head(self, *cells: object) -> None:
        self._put(cells, self.bold)

    def line(self, *cells: object) -> None:
        self._put(cells, self.wrap)

    def table(self, title: str, head: Sequence[object], rows: Iterable[Sequence[object]]) -> None:
        self.row += 1
        self.head(title)
        self.head(*head)
        for row in rows:
            self.line(*row)

    def _put(self, cells: Iterable[object], style: Any) -> None:
        for place, cell in enumerate(cells):
            self.sheet.write_string(self.row, place, "" if cell is None else str(cell)[:32_000], style)
        self.row += 1


def _book() -> tuple[BytesIO, Any]:
    out = BytesIO()
    return out, xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


def person_xlsx(file: PersonFile) -> bytes:
    """一人一档."""
    out, book = _book()
    person, record = file.person, file.record
    sheet = _Sheet(book, _("一人一档"), (18, 26, 18, 26, 18, 18, 14, 14))
    sheet.table(_("缺件"), [_("缺什么")], [[gap.text] for gap in file.gaps] or [[_("不缺")]])
    sheet.row += 1
    sheet.head(_("学员登记表"))
    sheet.line(_("姓名"), person.name, _("工号"), person.number)
    sheet.line(_("性别"), person.get_sex_display(), _("出生日期"), person.born_on)
    sheet.line(_("单位"), person.unit.full_name if person.unit else "", _("工种"), person.trade)
    sheet.line(_("岗位"), person.post, _("入矿日期"), file.joined_on)
    sheet.line(_("文化程度"), EDUCATION.get(record.education, ""), _("毕业院校"), record.school)
    sheet.line(_("职称"), record.title, _("技能等级"), record.skill)
    sheet.line(_("身份证号后四位"), record.identity_end, _("学历证书编号"), record.diploma_number)
    for kind, label in LINE_LABELS.items():
        rows = [[row.begin_on, row.end_on, row.text, row.detail] for row in file.lines[kind]]
        sheet.table(str(label), [_("开始日期"), _("结束日期"), _("内容"), _("说明")], rows)
    held = [
        [one.type.name, one.number, one.issuer, one.first_on, one.valid_from, one.valid_until, one.review_by]
        for one in file.certificates
    ]
    sheet.table(
        _("证照"),
        [_("证照种类"), _("证号"), _("发证机关"), _("初领日期"), _("有效期起"), _("有效期止"), _("应复审日期")],
        held,
    )
    trained = [
        [seat.batch.training_class.code, seat.batch.training_class.title, seat.batch.training_class.get_kind_display(),
         f"{seat.batch.begin_on}—{seat.batch.end_on}", seat.planned or 0, seat.valid or 0, seat.get_conclusion_display(), seat.diploma]
        for seat in file.seats
    ]  # fmt: skip
    sheet.table(
        _("历次培训"),
        [_("期次号"), _("班名"), _("类别"), _("日期"), _("计划学时"), _("有效学时"), _("结论"), _("合格证明编号")],
        trained,
    )
    sheet.table(
        _("历次考核"),
        [_("考试"), _("类别"), _("日期"), _("成绩"), _("结论"), _("补考"), _("有效至")],
        [
            [one.exam, one.kind, one.on, one.mark, one.outcome, one.attempt or "", one.valid_until or ""]
            for one in file.exams
        ],
    )
    balances = [[one.year, one.owed, one.valid, one.short] for one in file.balances]
    sheet.table(_("年度学时"), [_("年度"), _("应有"), _("有效学时"), _("还差")], balances)
    sheet.row += 1
    sheet.line(_("保存期限"), kept_until(file))
    book.close()
    return out.getvalue()


def class_xlsx(file: ClassFile) -> bytes:
    """一期一档."""
    out, book = _book()
    one = file.one
    sheet = _Sheet(book, _("一期一档"), (18, 28, 18, 24, 18, 18))
    sheet.table(_("缺件"), [_("缺什么")], [[gap.text] for gap in file.gaps] or [[_("不缺")]])
    sheet.row += 1
    sheet.head(_("培训计划"))
    sheet.line(_("期次号"), one.code, _("班名"), one.title)
    sheet.line(_("类别"), one.get_kind_display(), _("方式"), one.get_mode_display())
    sheet.line(_("日期"), f"{one.begin_on}—{one.end_on}", _("地点"), one.place_text)
    sheet.line(
        _("培训单位"),
        "、".join(unit.name for unit in file.units),
        _("年度计划项"),
        one.plan_line.title if one.plan_line else "",
    )
    sheet.line(_("培训目的"), one.purpose)
    lessons = _Sheet(book, _("课程表"), (8, 20, 10, 28, 10, 16, 20, 16, 10, 10, 10))
    lessons.head(
        _("批次"),
        _("时间"),
        _("学时"),
        _("课题"),
        _("形式"),
        _("教师"),
        _("任教资格"),
        _("教室"),
        _("应到"),
        _("实到"),
        _("未到"),
    )
    for batch in file.batches:
        for lesson in batch.lessons_there:
            start, end = clock.local(lesson.starts_at), clock.local(lesson.ends_at)
            counts, teacher = file.sheets[lesson.id].counts, lesson.teacher
            lessons.line(
                batch.number, f"{start:%Y-%m-%d %H:%M}—{end:%H:%M}", lesson.hours, lesson.topic, lesson.get_kind_display(),
                teacher.name if teacher else "", teacher.qualification if teacher else "", lesson.room, counts.expected,
                counts.there, counts.missing,
            )  # fmt: skip
    people = _Sheet(book, _("名册考勤考核"), (8, 10, 12, 20, 14, 10, 10, 16, 14, 16, 24))
    people.head(
        _("批次"),
        _("工号"),
        _("姓名"),
        _("单位"),
        _("工种"),
        _("计划学时"),
        _("有效学时"),
        _("考试成绩"),
        _("结论"),
        _("合格证明编号"),
        _("备注"),
    )
    for row, lines in file.marked:
        seat = row.seat
        home = "·".join(one.name for one in (seat.unit, seat.team) if one)
        people.line(
            seat.batch.number, seat.person.number, seat.person.name, home,
            seat.trade, row.planned, row.valid, "；".join(f"{one.mark} {one.outcome}".strip() for one in lines),
            seat.get_conclusion_display(), seat.diploma, seat.remark or seat.forced,
        )  # fmt: skip
    rest = _Sheet(book, _("更正和报告"), (14, 24, 10, 10, 30, 14, 14))
    rest.head(_("姓名"), _("课题"), _("更正前"), _("更正后"), _("原因"), _("申请人"), _("批准人"))
    for found in file.corrections:
        rest.line(
            found.row.person.name, found.row.lesson.topic, found.before, found.after, found.reason, found.asked_by.name,
            found.decided_by.name if found.decided_by else "",
        )  # fmt: skip
    rest.row += 1
    rest.line(_("综合考评报告"), one.report)
    rest.line(_("学员评教（5 分制）"), f"{file.rating:.1f}" if file.rating else "", _("评教人数"), file.raters)
    rest.line(_("费用（元）"), one.cost, _("课酬合计（元）"), file.fees)
    rest.line(_("归档"), one.closed_by.name if one.closed_by else "", _("保存到"), one.keep_until)
    book.close()
    return out.getvalue()
