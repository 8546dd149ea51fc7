"""培训规定: the numbers that a law, a rule or the mine says, with what a new mine begins; how months are counted. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kuangdeng.org.api import Role

MAY: dict[str, frozenset[Role]] = {"standard.set": frozenset({Role.TRAINING_OFFICER, Role.ADMINISTRATOR})}
POWER_LABELS: dict[str, object] = {"standard.set": _("设置培训规定")}

LAW92 = "《煤矿安全培训规定》（摘录，未核对原文）"
LAW92_MEMORY = "《煤矿安全培训规定》（凭记忆，须核对原文）"
EXAM_LAW = "《安全生产资格考试与证书管理暂行办法》第九、十条（摘录，未核对原文）"
HOUSE = "系统预设，请按本矿制度修改"
IN_FORCE = date(2018, 3, 1)
MOST = 9999


@dataclass(frozen=True)
class Number:
    """One number of the training rules: what it says, in what unit, with what a new mine begins, from where it is, and
    the largest that makes sense."""

    label: object
    unit: object
    value: Decimal
    source: str
    most: int = MOST


def _n(label: object, unit: object, value: int, source: str, most: int = MOST) -> Number:
    return Number(label, unit, Decimal(value), source, most)


NUMBERS: dict[str, Number] = {
    "hours.new": _n(_("新工人岗前培训"), _("学时"), 72, LAW92),
    "hours.serving": _n(_("在岗职工每年再培训"), _("学时"), 20, LAW92),
    "hours.trade_first": _n(_("特种作业初次培训"), _("学时"), 90, LAW92_MEMORY),
    "hours.trade_review": _n(_("特种作业复审前培训"), _("学时"), 24, LAW92_MEMORY),
    "records.year": _n(_("学时从哪一年起按本系统核算"), _("年"), 0, HOUSE),
    "exam.pass_mark": _n(_("考试合格分数"), _("分"), 80, EXAM_LAW, 100),
    "exam.makeups": _n(_("可以补考几次"), _("次"), 1, EXAM_LAW, 9),
    "exam.valid_months": _n(_("考试成绩有效期"), _("个月"), 12, EXAM_LAW, 600),
    "manager.months": _n(_("管理人员任职后多久内考核合格"), _("个月"), 6, LAW92, 600),
    "apprentice.months": _n(_("井下新工人跟师实习"), _("个月"), 4, LAW92_MEMORY, 600),
    "class.attend_percent": _n(_("结业至少要有的学时比例"), "%", 80, HOUSE, 100),
    "class.late_minutes": _n(_("迟到超过多久不计学时"), _("分钟"), 15, HOUSE),
    "class.makeup_counts": _n(_("补学的课计学时（1 计，0 不计）"), "", 1, HOUSE, 1),
    "keep.managers": _n(_("主要负责人、安全管理人员培训档案保存"), _("年"), 3, LAW92, 100),
    "keep.trades": _n(_("特种作业人员培训档案保存"), _("年"), 6, LAW92, 100),
    "keep.others": _n(_("其他从业人员培训档案保存"), _("年"), 3, LAW92, 100),
    "notice.first": _n(_("证照到期第一次提醒"), _("天"), 90, HOUSE),
    "notice.second": _n(_("证照到期第二次提醒"), _("天"), 60, HOUSE),
    "notice.last": _n(_("证照到期第三次提醒"), _("天"), 30, HOUSE),
}


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or back; in a month that has no such day its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February becomes 28."""
    return months_later(day, 12 * years)
