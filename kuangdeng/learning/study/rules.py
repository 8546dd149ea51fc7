"""学习活动 as tables: kinds to begin with, states, who may. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a study session stands."""

    PLANNED = "planned"
    NOTIFIED = "notified"
    FINISHED = "finished"
    RECORDED = "recorded"
    FILED = "filed"
    CANCELLED = "cancelled"


STATUS_LABELS: dict[str, object] = {
    Status.PLANNED: _("筹备中"),
    Status.NOTIFIED: _("已通知"),
    Status.FINISHED: _("已结束，待记录"),
    Status.RECORDED: _("已记录，待审签"),
    Status.FILED: _("已归档"),
    Status.CANCELLED: _("已取消"),
}
FLOW = Flow(
    [
        Step("plan", None, Status.PLANNED),
        Step("change", Status.PLANNED, Status.PLANNED),
        Step("change", Status.NOTIFIED, Status.NOTIFIED),
        Step("choose", Status.PLANNED, Status.PLANNED),
        Step("choose", Status.NOTIFIED, Status.NOTIFIED),
        Step("notify", Status.PLANNED, Status.NOTIFIED),
        Step("cancel", Status.PLANNED, Status.CANCELLED),
        Step("cancel", Status.NOTIFIED, Status.CANCELLED),
        Step("finish", Status.NOTIFIED, Status.FINISHED),
        Step("write_record", Status.FINISHED, Status.RECORDED),
        Step("write_record", Status.RECORDED, Status.RECORDED),
        Step("send_back", Status.RECORDED, Status.FINISHED),
        Step("approve", Status.RECORDED, Status.FILED),
    ],
    states=STATUS_LABELS,
    verbs={
        "plan": _("安排学习"),
        "change": _("更改安排"),
        "choose": _("选应到人员"),
        "notify": _("发通知"),
        "cancel": _("取消学习"),
        "finish": _("结束学习"),
        "write_record": _("写记录"),
        "send_back": _("退回重写"),
        "approve": _("审签归档"),
    },
)
OPEN = (Status.PLANNED, Status.NOTIFIED)
HELD = (Status.FINISHED, Status.RECORDED, Status.FILED)
"""Sessions that took place."""

OFFERED: dict[str, tuple[str, ...]] = {
    Status.PLANNED: ("notify", "cancel"),
    Status.NOTIFIED: ("finish", "cancel"),
    Status.FINISHED: ("write_record",),
    Status.RECORDED: ("approve", "send_back", "write_record"),
}
"""The verbs that the page offers in each state, the next one first; changing and choosing have their own links."""
JUDGED = ("approve", "send_back")
"""What the recorder leaves to the chair."""

KINDS = ("中心组学习", "专题辅导", "专题讲座", "座谈", "专题调研")
"""What a new mine starts with; its own kinds are rows beside them."""

_PLANNERS = frozenset({Role.POLITICAL_WORK, Role.BRANCH_SECRETARY})
_WIDE = frozenset({Role.POLITICAL_WORK, Role.TRAINING_OFFICER, Role.MINE_LEADER, Role.GROUP_OFFICE})
MAY: dict[str, frozenset[Role]] = {
    "study.see": frozenset(Role),
    "study.see_all": _WIDE,
    "study.plan": _PLANNERS,
    "study.statistics": _WIDE | _PLANNERS | {Role.UNIT_HEAD},
    "study.settings": frozenset({Role.POLITICAL_WORK, Role.ADMINISTRATOR}),
}
POWER_LABELS: dict[str, object] = {
    "study.see": _("看自己参加的学习活动"),
    "study.see_all": _("看全矿的学习活动"),
    "study.plan": _("安排学习活动、发通知、写记录"),
    "study.statistics": _("看学习出勤统计"),
    "study.settings": _("设置学习类别"),
}


@dataclass(frozen=True)
class SessionData:
    """What a session is planned with. Without a unit it is the mine's own, like that of the central group."""

    kind_id: UUID
    title: str
    starts_at: datetime
    ends_at: datetime
    chair_id: UUID
    recorder_id: UUID
    place_text: str = ""
    outline: str = ""
    lecturer: str = ""
    unit_id: UUID | None = None


@dataclass(frozen=True)
class Chosen:
    """Who is expected: units with everything below, only members or everybody, mine leaders, single persons."""

    units: tuple[UUID, ...] = ()
    members_only: bool = False
    leaders: bool = False
    persons: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Record:
    """学习记录 as it is written."""

    content: str
    talk: str = ""
    outcome: str = ""


# Material ---------------------------------------------------------------------------------------------------------------

MOST_MATERIAL = 20 * 1024 * 1024
MOST_MATERIALS = 20
MOST_PHOTOS = 30
OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def month_of(day: date) -> tuple[date, date]:
    """The first day of the month and the day itself: what a statistics page begins with."""
    return day.replace(day=1), day
