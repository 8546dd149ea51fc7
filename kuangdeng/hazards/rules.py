"""The hazard loop as tables: states, verbs, who may, five points, deadlines. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a hazard stands. Overdue and supervised are not states: they are computed, or marked beside the state."""

    REPORTED = "reported"
    RETURNED = "returned"
    MERGED = "merged"
    VOID = "void"
    RECHECK = "recheck"
    GRADED = "graded"
    DISPATCHED = "dispatched"
    RECTIFYING = "rectifying"
    RECTIFIED = "rectified"
    ACCEPTED = "accepted"
    CLOSED = "closed"


STATUS_LABELS: dict[str, object] = {
    Status.REPORTED: _("待定级"),
    Status.RETURNED: pgettext_lazy("状态", "退回补充"),
    Status.MERGED: _("已合并"),
    Status.VOID: _("已作废"),
    Status.RECHECK: _("待复查"),
    Status.GRADED: _("待下达"),
    Status.DISPATCHED: _("待签收"),
    Status.RECTIFYING: _("整改中"),
    Status.RECTIFIED: _("待验收"),
    Status.ACCEPTED: _("待销号"),
    Status.CLOSED: _("已销号"),
}

ENDED = frozenset({Status.MERGED, Status.VOID, Status.CLOSED})
OPEN = frozenset(Status) - ENDED

VERB_LABELS: dict[str, object] = {
    "report": _("上报"),
    "grade": _("定级"),
    "send_back": _("退回补充"),
    "resubmit": _("补充后重报"),
    "merge": _("合并"),
    "void": _("作废"),
    "fix_on_site": _("现场整改"),
    "dispatch": _("下达五定"),
    "sign": _("签收"),
    "transfer": _("转派"),
    "rectify": _("整改完成"),
    "request_extension": _("申请延期"),
    "approve_extension": _("批准延期"),
    "refuse_extension": _("不批准延期"),
    "accept": _("验收合格"),
    "reject": _("验收不合格"),
    "close": _("销号"),
    "reopen": _("按复发重开"),
    "supervise": _("挂牌督办"),
    "escalate": _("升级为重大隐患"),
}

_S = Status
FLOW = Flow(
    [
        Step("report", None, _S.REPORTED),
        Step("grade", _S.REPORTED, _S.GRADED),
        Step("send_back", _S.REPORTED, _S.RETURNED),
        Step("resubmit", _S.RETURNED, _S.REPORTED),
        Step("merge", _S.REPORTED, _S.MERGED),
        Step("merge", _S.GRADED, _S.MERGED),
        Step("void", _S.REPORTED, _S.VOID),
        Step("void", _S.RETURNED, _S.VOID),
        Step("void", _S.GRADED, _S.VOID),
        Step("fix_on_site", _S.REPORTED, _S.RECHECK),
        Step("fix_on_site", _S.GRADED, _S.RECHECK),
        Step("dispatch", _S.GRADED, _S.DISPATCHED),
        Step("sign", _S.DISPATCHED, _S.RECTIFYING),
        Step("transfer", _S.DISPATCHED, _S.DISPATCHED),
        Step("transfer", _S.RECTIFYING, _S.DISPATCHED),
        Step("rectify", _S.RECTIFYING, _S.RECTIFIED),
        Step("request_extension", _S.RECTIFYING, _S.RECTIFYING),
        Step("approve_extension", _S.RECTIFYING, _S.RECTIFYING),
        Step("refuse_extension", _S.RECTIFYING, _S.RECTIFYING),
        Step("accept", _S.RECTIFIED, _S.ACCEPTED),
        Step("accept", _S.RECHECK, _S.ACCEPTED),
        Step("reject", _S.RECTIFIED, _S.RECTIFYING),
        Step("reject", _S.RECHECK, _S.REPORTED),
        Step("close", _S.ACCEPTED, _S.CLOSED),
        Step("reopen", _S.CLOSED, _S.CLOSED),
        *[Step("supervise", status, status) for status in (_S.GRADED, _S.DISPATCHED, _S.RECTIFYING, _S.RECTIFIED)],
        *[Step("escalate", status, status) for status in (_S.REPORTED, _S.GRADED)],
        *[
            Step("escalate", status, _S.GRADED)
            for status in (_S.DISPATCHED, _S.RECTIFYING, _S.RECTIFIED, _S.RECHECK, _S.ACCEPTED)
        ],
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""The only order of the verbs. An escalated hazard goes back to 待下达: a major hazard needs its plan and its reports
before anybody works on it. A hazard that was fixed on site and fails the recheck is triaged again."""


_UNIT = frozenset({Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
_SAFETY = frozenset({Role.SAFETY})
_LEADER = frozenset({Role.MINE_LEADER})

MAY: dict[str, frozenset[Role]] = {
    "hazard.report": frozenset(Role),
    "hazard.see_all": _SAFETY
    | _LEADER
    | {Role.GROUP_OFFICE, Role.ADMINISTRATOR, Role.TRAINING_OFFICER, Role.POLITICAL_WORK},
    "hazard.see_unit": frozenset(Role),
    "hazard.grade": _SAFETY,
    "hazard.send_back": _SAFETY,
    "hazard.resubmit": frozenset(Role),
    "hazard.merge": _SAFETY,
    "hazard.void": _SAFETY,
    "hazard.fix_on_site": _UNIT | _SAFETY,
    "hazard.dispatch": _SAFETY,
    "hazard.sign": _UNIT,
    "hazard.transfer": _SAFETY,
    "hazard.rectify": _UNIT,
    "hazard.request_extension": frozenset({Role.UNIT_HEAD, Role.BRANCH_SECRETARY}),
    "hazard.approve_extension": _SAFETY | _LEADER,
    "hazard.refuse_extension": _SAFETY | _LEADER,
    "hazard.accept": _SAFETY | _LEADER,
    "hazard.reject": _SAFETY | _LEADER,
    "hazard.close": _SAFETY,
    "hazard.reopen": _SAFETY,
    "hazard.supervise": _SAFETY | _LEADER,
    "hazard.escalate": _SAFETY | _LEADER,
    "hazard.record_penalty": _SAFETY | {Role.UNIT_HEAD},
    "hazard.rounds": _UNIT | _SAFETY | _LEADER,
    "hazard.settings": _SAFETY | {Role.ADMINISTRATOR},
    "hazard.import": _SAFETY | {Role.ADMINISTRATOR},
    "hazard.export": _UNIT | _SAFETY | _LEADER | {Role.GROUP_OFFICE, Role.ADMINISTRATOR},
}
"""Which role may do what. A unit's role reaches its own unit and below, safety and mine leaders the whole mine."""

BY_PERSON_IN_CHARGE = frozenset({"sign", "rectify"})
"""What the person named in the order (责任人) may do besides whoever heads the unit: it is his own order."""

POWER_LABELS: dict[str, object] = {
    **{f"hazard.{verb}": label for verb, label in VERB_LABELS.items()},
    "hazard.see_all": _("查看全矿隐患"),
    "hazard.see_unit": _("查看本单位隐患"),
    "hazard.record_penalty": _("登记扣分、罚款"),
    "hazard.rounds": _("登记检查"),
    "hazard.settings": _("管理等级、专业、期限规则、目录"),
    "hazard.import": _("导入旧隐患台账"),
    "hazard.export": _("导出隐患台账"),
}


@dataclass(frozen=True)
class FivePoints:
    """五定: who, what is done, with which money, until when, and what if it fails. Labels are the mine's own."""

    person_id: UUID | None
    measure: str
    funds: Decimal | None
    due_at: datetime
    contingency: str


class DeadlineKind(StrEnum):
    """How a deadline is told: hours from dispatch, the end of this or the next shift, or days until a clock time."""

    HOURS = "hours"
    END_OF_SHIFT = "end_of_shift"
    END_OF_NEXT_SHIFT = "end_of_next_shift"
    DAYS = "days"


def deadline(kind: str, amount: int, *, at: datetime, shift_ends: Sequence[datetime]) -> datetime:
    """When an order given at `at` is due.

    `shift_ends` are the ends of this shift and the next by the unit's scheme; hazards run day and night, so hours
    and days count around the clock, never office hours. Refused when a shift deadline is asked for and the unit has
    no shift scheme.
    """
    if kind == DeadlineKind.HOURS:
        return at + timedelta(hours=amount)
    if kind == DeadlineKind.DAYS:
        return at + timedelta(days=amount)
    wanted = 0 if kind == DeadlineKind.END_OF_SHIFT else 1
    if len(shift_ends) <= wanted:
        raise Refused(
            _("责任单位没有设置班制，算不出班末时间。请先在「班制」里为该单位设置，或直接填写整改期限。"),
            field="due_at",
        )
    return shift_ends[wanted]


WITHOUT_SHIFTS = {"end_of_shift": timedelta(hours=8), "end_of_next_shift": timedelta(hours=16)}
"""A unit without a shift scheme still owes its answers and acknowledgements."""


def owed_by(kind: str, amount: int, *, at: datetime, shift_ends: Sequence[datetime]) -> datetime:
    """When an answer, a feedback or an acknowledgement is owed: by the unit's shifts, or by shifts of eight hours."""
    if kind in WITHOUT_SHIFTS and len(shift_ends) < 2:
        return at + WITHOUT_SHIFTS[kind]
    return deadline(kind, amount, at=at, shift_ends=shift_ends)


FIVE_POINT_LABELS: dict[str, object] = {
    "person": _("责任人"),
    "measure": _("整改措施"),
    "funds": _("资金（元）"),
    "deadline": _("整改期限"),
    "contingency": _("应急预案"),
}
"""Defaults; the mine may word them its own way (五定, 五落实, 五到位)."""


# Inspection plans -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """One period in which an inspection is owed: from the first day to the last, both counted."""

    first: date
    last: date
    label: str


def periods(every: str, first: date, last: date) -> list[Span]:
    """The periods of a frequency that begin between two days: months, halves and thirds of them, weeks, days."""
    found = []
    day = first
    while day <= last:
        span = period_of(every, day)
        if span.first >= first:
            found.append(span)
        day = span.last + timedelta(days=1)
    return found


def period_of(every: str, day: date) -> Span:
    """The period in which a day lies."""
    end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    match every:
        case "month":
            return Span(day.replace(day=1), end, _("%(y)d年%(m)d月") % {"y": day.year, "m": day.month})
        case "half_month":
            if day.day <= 15:
                return Span(day.replace(day=1), day.replace(day=15), _("%d月上半月") % day.month)
            return Span(day.replace(day=16), end, _("%d月下半月") % day.month)
        case "ten_days":
            third = min((day.day - 1) // 10, 2)
            last = (10, 20, end.day)[third]
            words = (_("%d月上旬"), _("%d月中旬"), _("%d月下旬"))[third] % day.month
            return Span(day.replace(day=third * 10 + 1), day.replace(day=last), words)
        case "week":
            monday = day - timedelta(days=day.weekday())
            said = _("%(m)d月%(d)d日这周") % {"m": monday.month, "d": monday.day}
            return Span(monday, monday + timedelta(days=6), said)
        case _:
            return Span(day, day, _("%(m)d月%(d)d日") % {"m": day.month, "d": day.day})
