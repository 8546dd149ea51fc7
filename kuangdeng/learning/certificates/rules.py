"""证照 as tables: kinds, states, when somebody is reminded, the trades of coal mines that need one. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Whether a certificate was taken back. That it has run out is read from its date."""

    HELD = "held"
    REVOKED = "revoked"


STATUS_LABELS: dict[str, object] = {Status.HELD: _("持证"), Status.REVOKED: _("已吊销、注销")}
FLOW = Flow(
    [
        Step("issue", None, Status.HELD),
        Step("renew", Status.HELD, Status.HELD),
        Step("correct", Status.HELD, Status.HELD),
        Step("revoke", Status.HELD, Status.REVOKED),
    ],
    states=STATUS_LABELS,
    verbs={"issue": _("登记证照"), "renew": _("复审、延期"), "correct": _("更正证照"), "revoke": _("注销证照")},
)


class Group(StrEnum):
    """Whom a kind of certificate is for."""

    PRINCIPAL = "principal"
    MANAGER = "manager"
    TRADE = "trade"
    OTHER = "other"


GROUP_LABELS: dict[str, object] = {
    Group.PRINCIPAL: _("主要负责人"),
    Group.MANAGER: _("安全生产管理人员"),
    Group.TRADE: _("特种作业人员"),
    Group.OTHER: _("其他"),
}


class Event(StrEnum):
    """One line in the history of a certificate."""

    ISSUE = "issue"
    REVIEW = "review"
    RENEW = "renew"
    CORRECT = "correct"
    REVOKE = "revoke"
    IMPORT = "import"


STEP_LABELS: dict[str, object] = {
    Event.ISSUE: _("初次登记"),
    Event.REVIEW: _("复审"),
    Event.RENEW: _("延期换证"),
    Event.CORRECT: _("更正"),
    Event.REVOKE: _("注销"),
    Event.IMPORT: _("导入"),
}

_KEEPERS = frozenset({Role.TRAINING_OFFICER})
_SEERS = frozenset(
    {
        Role.TRAINING_OFFICER,
        Role.SAFETY,
        Role.MINE_LEADER,
        Role.GROUP_OFFICE,
        Role.UNIT_HEAD,
        Role.BRANCH_SECRETARY,
        Role.TEAM_LEADER,
    }
)
MAY: dict[str, frozenset[Role]] = {
    "cert.see": _SEERS,
    "cert.issue": _KEEPERS,
    "cert.renew": _KEEPERS,
    "cert.correct": _KEEPERS,
    "cert.revoke": _KEEPERS,
    "cert.types": _KEEPERS | {Role.ADMINISTRATOR},
    "cert.surface": _KEEPERS,
    "cert.publish": _KEEPERS,
}
POWER_LABELS: dict[str, object] = {
    "cert.see": _("查看证照、不能入井名单"),
    "cert.issue": _("登记、导入证照"),
    "cert.renew": _("证照复审、延期"),
    "cert.correct": _("更正证照"),
    "cert.revoke": _("注销证照"),
    "cert.types": _("设置证照种类"),
    "cert.surface": _("设置地面工种"),
    "cert.publish": _("发布不能入井名单"),
}

TRADE_SOURCE = "煤矿特种作业工种（山西省规定摘录，未核对原文）；有效期、复审年限凭记忆，须核对"
MANAGER_SOURCE = "《煤矿安全培训规定》（摘录，未核对原文）；有效期凭记忆，须核对"


@dataclass(frozen=True)
class Shipped:
    """A kind of certificate that a new mine begins with, never confirmed."""

    name: str
    group: Group
    trades: tuple[str, ...] = ()
    valid_years: int = 6
    review_years: int = 3
    source: str = TRADE_SOURCE


TYPES = (
    Shipped("主要负责人安全生产知识和管理能力考核合格证", Group.PRINCIPAL, (), 3, 0, MANAGER_SOURCE),
    Shipped("安全生产管理人员安全生产知识和管理能力考核合格证", Group.MANAGER, (), 3, 0, MANAGER_SOURCE),
    Shipped("煤矿井下电气作业", Group.TRADE, ("井下电钳工", "采煤电钳工", "掘进电钳工", "井下电工")),
    Shipped("煤矿井下爆破作业", Group.TRADE, ("爆破工", "放炮员")),
    Shipped("煤矿安全监测监控作业", Group.TRADE, ("安全监测监控工", "监测监控工")),
    Shipped("煤矿瓦斯检查作业", Group.TRADE, ("瓦斯检查工", "瓦检员")),
    Shipped("煤矿安全检查作业", Group.TRADE, ("安全检查工", "安检员")),
    Shipped("煤矿提升机操作作业", Group.TRADE, ("主提升机司机", "提升机司机")),
    Shipped("煤矿采煤机（掘进机）操作作业", Group.TRADE, ("采煤机司机", "掘进机司机")),
    Shipped("煤矿瓦斯抽采作业", Group.TRADE, ("瓦斯抽采工",)),
    Shipped("煤矿防突作业", Group.TRADE, ("防突工",)),
    Shipped("煤矿探放水作业", Group.TRADE, ("探放水工",)),
)
"""Which trades of the mine belong to which kind is the mine's own table; these are the usual names."""


def holds_on(valid_until: date, day: date) -> bool:
    """Whether a certificate still holds on a day: its last day counts."""
    return valid_until >= day


def month_after(day: date) -> date:
    """The first day of the month that follows the one of this day."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month in which a day lies."""
    return month_after(day) - timedelta(days=1)


def reminder_due(valid_until: date, today: date, steps: tuple[int, ...]) -> int | None:
    """Which reminder holds today: the smallest of the steps (90, 60, 30) that has come, 0 on and after the last day.

    After a standstill only the last one is told. None while there is time.
    """
    gap = (valid_until - today).days
    if gap < 0:
        return 0
    passed = [step for step in steps if gap <= step]
    return min(passed) if passed else None


MANAGING = (Role.MINE_LEADER, Role.UNIT_HEAD)
"""Whose office makes them managers (主要负责人、安全生产管理人员): they are assessed after taking it."""


class Assessed(StrEnum):
    """Where a manager stands with his assessment (考核)."""

    LATE = "late"
    OWED = "owed"
    UNKNOWN = "unknown"
    PASSED = "passed"
    CERTIFIED = "certified"


ASSESSED_LABELS: dict[str, object] = {
    Assessed.LATE: _("超期没有合格"),
    Assessed.OWED: _("期限内，还没有合格"),
    Assessed.UNKNOWN: _("任职在先，没有登记"),
    Assessed.PASSED: _("考试合格，没有登记证"),
    Assessed.CERTIFIED: _("持证"),
}


def assessed(*, certified: bool, passed: bool, due_on: date, today: date, first_year: int) -> Assessed:
    """Where a manager stands. Whose days ended before the first year whose records are whole, of him nothing is known."""
    if certified:
        return Assessed.CERTIFIED
    if passed:
        return Assessed.PASSED
    if due_on >= today:
        return Assessed.OWED
    return Assessed.LATE if first_year and due_on.year >= first_year else Assessed.UNKNOWN


class Reason(StrEnum):
    """Why somebody may not go underground."""

    MISSING = "missing"
    EXPIRED = "expired"
    EXPIRES = "expires"
    REVIEW = "review"
    NEWCOMER = "newcomer"
    HOURS = "hours"
    RETRAIN = "retrain"
    EXAM = "exam"


REASON_LABELS: dict[str, object] = {
    Reason.MISSING: _("无证"),
    Reason.EXPIRED: _("证已过期"),
    Reason.EXPIRES: _("证下月到期"),
    Reason.REVIEW: _("逾期未复审"),
    Reason.NEWCOMER: _("岗前培训学时不足"),
    Reason.HOURS: _("年度再培训学时不足"),
    Reason.RETRAIN: _("培训不合格，未重新培训"),
    Reason.EXAM: _("考试不合格，未补考或重训"),
}
