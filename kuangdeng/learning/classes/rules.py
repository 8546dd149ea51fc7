"""培训班 as tables: states, kinds, who may, what counts as an hour. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class NeedStatus(StrEnum):
    """What became of a training need."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"


NEED_LABELS: dict[str, object] = {
    NeedStatus.OPEN: _("待安排"),
    NeedStatus.ACCEPTED: _("已开班"),
    NeedStatus.DECLINED: _("不安排"),
}
NEED_FLOW = Flow(
    [
        Step("propose", None, NeedStatus.OPEN),
        Step("accept", NeedStatus.OPEN, NeedStatus.ACCEPTED),
        Step("decline", NeedStatus.OPEN, NeedStatus.DECLINED),
    ],
    states=NEED_LABELS,
    verbs={"propose": _("提出培训需求"), "accept": _("按需求开班"), "decline": _("不安排培训")},
)


class PlanStatus(StrEnum):
    """Whether a year's plan holds."""

    DRAFT = "draft"
    APPROVED = "approved"


PLAN_LABELS: dict[str, object] = {PlanStatus.DRAFT: _("编制中"), PlanStatus.APPROVED: _("已批准")}
PLAN_FLOW = Flow(
    [
        Step("draft", None, PlanStatus.DRAFT),
        Step("approve", PlanStatus.DRAFT, PlanStatus.APPROVED),
        Step("reopen", PlanStatus.APPROVED, PlanStatus.DRAFT),
    ],
    states=PLAN_LABELS,
    verbs={"draft": _("编制计划"), "approve": _("批准计划"), "reopen": _("退回修改")},
)


class Status(StrEnum):
    """Where a class stands."""

    PREPARING = "preparing"
    RUNNING = "running"
    CONCLUDED = "concluded"
    CLOSED = "closed"
    CANCELLED = "cancelled"


STATUS_LABELS: dict[str, object] = {
    Status.PREPARING: _("筹备中"),
    Status.RUNNING: _("已开班"),
    Status.CONCLUDED: _("已结业，待归档"),
    Status.CLOSED: _("已归档"),
    Status.CANCELLED: _("已取消"),
}
FLOW = Flow(
    [
        Step("prepare", None, Status.PREPARING),
        Step("open", Status.PREPARING, Status.RUNNING),
        Step("conclude", Status.RUNNING, Status.CONCLUDED),
        Step("reopen", Status.CONCLUDED, Status.RUNNING),
        Step("close", Status.CONCLUDED, Status.CLOSED),
        Step("cancel", Status.PREPARING, Status.CANCELLED),
        Step("cancel", Status.RUNNING, Status.CANCELLED),
    ],
    states=STATUS_LABELS,
    verbs={
        "prepare": _("筹备培训班"),
        "open": _("开班"),
        "conclude": _("结业"),
        "reopen": _("退回重办结业"),
        "close": _("归档"),
        "cancel": _("取消培训班"),
    },
)
CHANGING = (Status.PREPARING, Status.RUNNING)
"""Timetable and roster may change only so long."""
EXAMINED = (Status.RUNNING, Status.CONCLUDED)
"""An exam may be arranged from the opening to the archive."""


class CorrectionStatus(StrEnum):
    """What became of a request to count hours otherwise."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"


CORRECTION_LABELS: dict[str, object] = {
    CorrectionStatus.WAITING: _("待批准"),
    CorrectionStatus.APPROVED: _("已批准"),
    CorrectionStatus.REFUSED: _("不同意"),
}
CORRECTION_FLOW = Flow(
    [
        Step("correct", None, CorrectionStatus.WAITING),
        Step("approve", CorrectionStatus.WAITING, CorrectionStatus.APPROVED),
        Step("refuse", CorrectionStatus.WAITING, CorrectionStatus.REFUSED),
    ],
    states=CORRECTION_LABELS,
    verbs={"correct": _("申请更正学时"), "approve": _("批准更正"), "refuse": _("不同意更正")},
)


class Kind(StrEnum):
    """类别: for whom a class is."""

    MEMBERS = "members"
    POST = "post"
    SPECIAL = "special"
    NEW = "new"
    TRANSFER = "transfer"
    RETURN = "return"
    NEW_TECH = "new_tech"
    TRADE_FIRST = "trade_first"
    TRADE_REVIEW = "trade_review"
    MANAGERS = "managers"


KIND_LABELS: dict[str, object] = {
    Kind.MEMBERS: _("党员轮训"),
    Kind.POST: _("岗位培训"),
    Kind.SPECIAL: _("专项培训"),
    Kind.NEW: _("新工人培训"),
    Kind.TRANSFER: _("转岗培训"),
    Kind.RETURN: _("复岗培训"),
    Kind.NEW_TECH: _("四新培训"),
    Kind.TRADE_FIRST: _("特种作业初训"),
    Kind.TRADE_REVIEW: _("特种作业复训"),
    Kind.MANAGERS: _("安全管理人员培训"),
}


class Mode(StrEnum):
    """How people come: off the job, in their own time, before the shift."""

    OFF_THE_JOB = "off_the_job"
    SPARE_TIME = "spare_time"
    PRE_SHIFT = "pre_shift"


MODE_LABELS: dict[str, object] = {
    Mode.OFF_THE_JOB: _("脱产"),
    Mode.SPARE_TIME: _("业余"),
    Mode.PRE_SHIFT: _("班前"),
}


class Audience(StrEnum):
    """Whom of the units a class takes by itself."""

    ALL = "all"
    MEMBERS = "members"
    TRADES = "trades"
    NOBODY = "nobody"


AUDIENCE_LABELS: dict[str, object] = {
    Audience.ALL: _("单位全体职工"),
    Audience.MEMBERS: _("单位的党员"),
    Audience.TRADES: _("单位里指定工种"),
    Audience.NOBODY: _("不自动编，逐人加"),
}


class LessonKind(StrEnum):
    """Theory in a room or practice at a machine."""

    THEORY = "theory"
    PRACTICE = "practice"
    EXAM = "exam"


LESSON_LABELS: dict[str, object] = {
    LessonKind.THEORY: _("理论"),
    LessonKind.PRACTICE: _("实操"),
    LessonKind.EXAM: _("考试"),
}


class Conclusion(StrEnum):
    """结论: how a learner came out of a class."""

    NONE = ""
    PASSED = "passed"
    FAILED = "failed"
    UNFINISHED = "unfinished"


CONCLUSION_LABELS: dict[str, object] = {
    Conclusion.NONE: _("未定"),
    Conclusion.PASSED: _("合格"),
    Conclusion.FAILED: _("不合格"),
    Conclusion.UNFINISHED: _("学时不足，未结业"),
}


class Why(StrEnum):
    """Why the hours of a lesson do not count, or count although he was not there on time."""

    COUNTED = ""
    MISSING = "missing"
    LEAVE = "leave"
    LATE = "late"
    MADE_UP = "made_up"
    MADE_UP_NOT = "made_up_not"
    NOT_LISTED = "not_listed"
    CORRECTED = "corrected"


WHY_LABELS: dict[str, object] = {
    Why.COUNTED: "",
    Why.MISSING: _("没有签到"),
    Why.LEAVE: _("请假，没有补学"),
    Why.LATE: _("迟到超过规定的分钟数"),
    Why.MADE_UP: _("补学，计入"),
    Why.MADE_UP_NOT: _("补学，按规定不计入"),
    Why.NOT_LISTED: _("上课时还不在名册"),
    Why.CORRECTED: _("经批准更正"),
}

# Who may ----------------------------------------------------------------------------------------------------------------

_KEEPERS = frozenset({Role.TRAINING_OFFICER, Role.POLITICAL_WORK})
_HEADS = frozenset({Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
_WIDE = _KEEPERS | {Role.MINE_LEADER, Role.SAFETY, Role.GROUP_OFFICE}
MAY: dict[str, frozenset[Role]] = {
    "class.mine": frozenset(Role),
    "class.see": _WIDE | _HEADS | {Role.TEACHER},
    "class.people": _HEADS | {Role.TEAM_LEADER} | _WIDE,
    "class.summary": _WIDE,
    "class.teach": frozenset({Role.TEACHER}) | _KEEPERS,
    "class.teachers": _KEEPERS,
    "class.prepare": _KEEPERS,
    "class.open": _KEEPERS,
    "class.conclude": _KEEPERS,
    "class.reopen": _KEEPERS | {Role.MINE_LEADER},
    "class.close": _KEEPERS,
    "class.cancel": _KEEPERS,
    "class.limits": frozenset({Role.TRAINING_OFFICER, Role.ADMINISTRATOR}),
    "need.propose": _KEEPERS | _HEADS | {Role.SAFETY, Role.MINE_LEADER, Role.TEACHER},
    "need.accept": _KEEPERS,
    "need.decline": _KEEPERS,
    "plan.draft": _KEEPERS,
    "plan.approve": frozenset({Role.MINE_LEADER}),
    "plan.reopen": frozenset({Role.MINE_LEADER}),
    "hours.correct": _KEEPERS | {Role.TEACHER},
    "hours.approve": frozenset({Role.TRAINING_OFFICER, Role.MINE_LEADER}),
    "hours.refuse": frozenset({Role.TRAINING_OFFICER, Role.MINE_LEADER}),
}
POWER_LABELS: dict[str, object] = {
    "class.mine": _("我的培训：课表、学时、档案"),
    "class.see": _("查看培训班、课表、名册"),
    "class.people": _("查看职工学时"),
    "class.summary": _("查看全矿培训情况"),
    "class.teach": _("授课：上传讲义、核定学时"),
    "class.teachers": _("管理教师"),
    "class.prepare": _("筹备培训班：课表、名册"),
    "class.open": _("开班"),
    "class.conclude": _("办理结业"),
    "class.reopen": _("退回重办结业"),
    "class.close": _("培训班归档"),
    "class.cancel": _("取消培训班"),
    "class.limits": _("设置编班限额"),
    "need.propose": _("提出培训需求"),
    "need.accept": _("按需求开班"),
    "need.decline": _("不安排培训需求"),
    "plan.draft": _("编制年度培训计划"),
    "plan.approve": _("批准年度培训计划"),
    "plan.reopen": _("退回年度培训计划"),
    "hours.correct": _("申请更正学时"),
    "hours.approve": _("批准更正学时"),
    "hours.refuse": _("不同意更正学时"),
}

# Which of the training rules are meant, by the kind of class ------------------------------------------------------------

KEEP_OF: dict[str, str] = {
    Kind.MANAGERS: "keep.managers",
    Kind.TRADE_FIRST: "keep.trades",
    Kind.TRADE_REVIEW: "keep.trades",
}
"""How long the file of a class is kept, by its kind; every other kind as for others."""
HOURS_OF: dict[str, str] = {
    Kind.NEW: "hours.new",
    Kind.TRADE_FIRST: "hours.trade_first",
    Kind.TRADE_REVIEW: "hours.trade_review",
}
"""How many hours a rule asks of a class, by its kind; of the others none."""


@dataclass(frozen=True)
class Limits:
    """At most so many of a unit and of a team in one batch; so many of each trade of a team stay at work."""

    unit_percent: int = 25
    unit_most: int = 40
    team_percent: int = 30
    team_most: int = 8
    trade_stay: int = 1


def most_of(size: int, percent: int, most: int) -> int:
    """How many of `size` may go at once: at least one of any unit that has somebody, else it could never be trained."""
    return min(most, max(1, size * percent // 100)) if size > 0 else 0


# Hours ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """What the sign-in sheet says of one person: its state, and how many minutes after the beginning he signed."""

    state: str
    minutes: int = 0


def counted(hours: Decimal, mark: Mark | None, *, late_minutes: int, makeup_counts: bool) -> tuple[Decimal, Why]:
    """How many hours of a lesson count for one person, and why not."""
    nothing = Decimal(0)
    if mark is None:
        return nothing, Why.NOT_LISTED
    if mark.state == "present" or (mark.state == "late" and mark.minutes <= late_minutes):
        return hours, Why.COUNTED
    if mark.state == "late":
        return nothing, Why.LATE
    if mark.state == "made_up":
        return (hours, Why.MADE_UP) if makeup_counts else (nothing, Why.MADE_UP_NOT)
    return nothing, Why.LEAVE if mark.state == "leave" else Why.MISSING


def proposed(*, enough_hours: bool, passed: bool | None) -> Conclusion:
    """The conclusion that hours and exam speak for; None for an exam of which there is no result."""
    if not enough_hours:
        return Conclusion.UNFINISHED
    return Conclusion.FAILED if passed is False else Conclusion.PASSED


def retrained(conclusion: str, passed: bool | None, *, enough_hours: bool) -> bool | None:
    """Whether somebody has completed his retraining in a class; None while the result of its exam is not there."""
    if conclusion != Conclusion.PASSED or not enough_hours or passed is False:
        return False
    return passed


def enough(valid: Decimal, planned: Decimal, percent: Decimal) -> bool:
    """Whether somebody has enough hours to be concluded."""
    return planned > 0 and valid * 100 >= planned * percent


def year_bounds(year: int) -> tuple[date, date]:
    """First and last day of a calendar year."""
    return date(year, 1, 1), date(year, 12, 31)
