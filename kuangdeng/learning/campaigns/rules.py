"""百日集中学习 as tables and arithmetic: states, days, who may, how full a cell of the wall is. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a campaign stands. Which day it is follows from its first day."""

    DRAFT = "draft"
    RUNNING = "running"
    SUMMED_UP = "summed_up"
    CANCELLED = "cancelled"


STATUS_LABELS: dict[str, object] = {
    Status.DRAFT: _("筹备中"),
    Status.RUNNING: _("进行中"),
    Status.SUMMED_UP: _("已总结"),
    Status.CANCELLED: _("已取消"),
}
FLOW = Flow(
    [
        Step("set_up", None, Status.DRAFT),
        Step("change", Status.DRAFT, Status.DRAFT),
        Step("plan_days", Status.DRAFT, Status.DRAFT),
        Step("plan_days", Status.RUNNING, Status.RUNNING),
        Step("choose", Status.DRAFT, Status.DRAFT),
        Step("choose", Status.RUNNING, Status.RUNNING),
        Step("start", Status.DRAFT, Status.RUNNING),
        Step("cancel", Status.DRAFT, Status.CANCELLED),
        Step("cancel", Status.RUNNING, Status.CANCELLED),
        Step("sum_up", Status.RUNNING, Status.SUMMED_UP),
    ],
    states=STATUS_LABELS,
    verbs={
        "set_up": _("发起"),
        "change": _("更改"),
        "plan_days": _("排计划"),
        "choose": _("选参加人员"),
        "start": _("启动"),
        "cancel": _("取消活动"),
        "sum_up": _("总结"),
    },
)
TONES: dict[str, str] = {
    Status.DRAFT: "wait",
    Status.RUNNING: "work",
    Status.SUMMED_UP: "done",
    Status.CANCELLED: "void",
}
"""How each state looks as a chip."""


def offered(status: str, *, last_day_came: bool) -> tuple[str, ...]:
    """The verbs that the page offers: a campaign is summed up from its last day on."""
    if status == Status.RUNNING:
        return ("sum_up", "cancel") if last_day_came else ("cancel",)
    return ("start", "cancel") if status == Status.DRAFT else ()


_PLANNERS = frozenset({Role.POLITICAL_WORK, Role.BRANCH_SECRETARY})
_WIDE = frozenset({Role.POLITICAL_WORK, Role.MINE_LEADER, Role.TRAINING_OFFICER, Role.GROUP_OFFICE})
MAY: dict[str, frozenset[Role]] = {
    "campaign.take_part": frozenset(Role),
    "campaign.plan": _PLANNERS,
    "campaign.see_names": _WIDE | _PLANNERS | {Role.UNIT_HEAD},
}
POWER_LABELS: dict[str, object] = {
    "campaign.take_part": _("参加集中学习、打卡、补学"),
    "campaign.plan": _("发起集中学习，排计划、选人、总结"),
    "campaign.see_names": _("看谁落后几天"),
}

DAYS = 100
MOST_DAYS = 200
LEAST_NOTE = 4
LEAST_CATCH_UP = 15
"""A day that is caught up needs more words than one that was done on its day."""


@dataclass(frozen=True)
class CampaignData:
    """What a campaign is set up with. Without a unit it is the mine's."""

    title: str
    starts_on: date
    days: int = DAYS
    goal: str = ""
    unit_id: UUID | None = None


@dataclass(frozen=True)
class DayPlan:
    """What one day asks for; a day of rest asks for nothing and counts nowhere."""

    number: int
    topic: str
    task: str = ""
    rest: bool = False


def day_on(starts_on: date, number: int) -> date:
    """The date of a day of the campaign; the first has number 1."""
    return starts_on + timedelta(days=number - 1)


def number_on(starts_on: date, day: date, days: int) -> int:
    """Which day of the campaign a date is: 0 before it, `days` from its last day on."""
    return max(0, min(days, (day - starts_on).days + 1))


def level(done: int, expected: int) -> int:
    """How full a cell of the wall is: 0 nobody, 1 under half, 2 half, 3 four in five, 4 everybody."""
    if not expected or not done:
        return 0
    if done >= expected:
        return 4
    share = done / expected
    return 3 if share >= 0.8 else 2 if share >= 0.5 else 1
