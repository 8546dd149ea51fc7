"""整治落实小组 as tables: which group a case falls to, states, clocks, the ladder of who is late, who may. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """How far a group has told the front line. Whether the thing itself has ended is the hazard's own state."""

    WAITING = "waiting"
    FED = "fed"
    DONE = "done"


STATUS_LABELS: dict[str, object] = {
    Status.WAITING: _("等反馈"),
    Status.FED: _("已反馈，等结果"),
    Status.DONE: _("结果已反馈"),
}
VERB_LABELS: dict[str, object] = {
    "assign": _("分到小组"),
    "hand_over": _("交给别的小组"),
    "feed_back": pgettext_lazy("动作", "反馈"),
    "report_outcome": _("反馈结果"),
}
FLOW = Flow(
    [
        Step("assign", None, Status.WAITING),
        Step("hand_over", Status.WAITING, Status.WAITING),
        Step("hand_over", Status.FED, Status.FED),
        Step("feed_back", Status.WAITING, Status.FED),
        Step("feed_back", Status.FED, Status.FED),
        Step("report_outcome", Status.WAITING, Status.DONE),
        Step("report_outcome", Status.FED, Status.DONE),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""The outcome is told once the hazard is closed (the accident concluded); before that one feeds back as often as needed."""


class Kind(StrEnum):
    """What a group may cover, the narrowest first: that is the order in which a case looks for its group."""

    PLACE = "place"
    UNIT = "unit"
    SPECIALTY = "specialty"
    MINE = "mine"


KIND_LABELS: dict[str, object] = {
    Kind.PLACE: _("地点"),
    Kind.UNIT: _("责任单位"),
    Kind.SPECIALTY: _("专业"),
    Kind.MINE: _("全矿"),
}


FOUND_BY: dict[str, object] = {
    Kind.PLACE: _("按地点"),
    Kind.UNIT: _("按责任单位"),
    Kind.SPECIALTY: _("按专业"),
    Kind.MINE: _("别的小组都不管，归它"),
}
"""By which cover a case found its group."""


@dataclass(frozen=True)
class Cover:
    """What one group covers on a day; no target for the whole mine."""

    group_id: UUID
    kind: str
    target: UUID | None


@dataclass(frozen=True)
class Where:
    """What a case is about, each line from the narrowest to the widest: the place and those it lies in, the unit and
    those above it, the specialty and the main one above it."""

    places: Sequence[UUID] = ()
    units: Sequence[UUID] = ()
    specialties: Sequence[UUID] = ()


def find_group(covers: Iterable[Cover], where: Where) -> Cover | None:
    """The cover by which a case finds its group: the nearest place, else the nearest unit, else the specialty, else
    the group for the whole mine. Of two that cover the same, the one that stands first. None is a gap."""
    known: dict[tuple[str, UUID | None], Cover] = {}
    for cover in covers:
        known.setdefault((cover.kind, cover.target), cover)
    lines = ((Kind.PLACE, where.places), (Kind.UNIT, where.units), (Kind.SPECIALTY, where.specialties))
    for kind, targets in lines:
        for target in targets:
            if found := known.get((kind, target)):
                return found
    return known.get((Kind.MINE, None))


# Clocks ---------------------------------------------------------------------------------------------------------------

CLOCKS: dict[str, Any] = {
    "feedback_major": _("重大隐患、事故：小组反馈"),
    "feedback": _("其他隐患：小组反馈"),
    "outcome": _("办结以后：小组反馈结果"),
    "acknowledge_major": _("重大隐患、事故：各队签认"),
    "acknowledge": _("其他隐患：各队签认"),
    "late_2": _("超时多久报支部书记"),
    "late_3": _("超时多久报矿领导和安监部门"),
}
DEFAULT_CLOCKS: dict[str, tuple[str, int]] = {
    "feedback_major": ("end_of_shift", 0),
    "feedback": ("hours", 24),
    "outcome": ("hours", 24),
    "acknowledge_major": ("end_of_next_shift", 0),
    "acknowledge": ("hours", 24),
    "late_2": ("hours", 8),
    "late_3": ("hours", 24),
}
"""Until the mine sets its own: within 24 hours every shift has come round once."""

LATE_ROLES: tuple[tuple[Role, ...], ...] = (
    (Role.TEAM_LEADER, Role.UNIT_HEAD),
    (Role.BRANCH_SECRETARY,),
    (Role.MINE_LEADER, Role.SAFETY),
)
"""Who hears that an acknowledgement is late: at once, and one step higher after `late_2` and `late_3`."""


def late_level(overdue: timedelta, second: timedelta, third: timedelta) -> int:
    """How many steps of the ladder have come: 0 not late, 1 to 3."""
    return (overdue >= timedelta(0)) + (overdue >= second) + (overdue >= third)


BEFORE_A_SHIFT = timedelta(minutes=90)
"""A meeting held this long before a shift begins is the meeting before that shift."""

_LEADS = frozenset({Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
MAY: dict[str, frozenset[Role]] = {
    "group.see": frozenset(Role),
    "group.manage": frozenset({Role.SAFETY}),
    "group.hand_over": frozenset({Role.SAFETY}),
    "group.feed_back": frozenset({Role.SAFETY}),
    "group.report_outcome": frozenset({Role.SAFETY}),
    "group.clocks": frozenset({Role.SAFETY, Role.ADMINISTRATOR}),
    "group.acknowledge": _LEADS,
}
POWER_LABELS: dict[str, object] = {
    "group.see": _("看整治落实小组、反馈和签认"),
    "group.manage": _("设立、调整整治落实小组"),
    "group.hand_over": _("把整治事项交给别的小组"),
    "group.feed_back": _("代小组反馈（小组成员不需要这项权限）"),
    "group.report_outcome": _("代小组反馈结果（小组成员不需要这项权限）"),
    "group.clocks": _("设置反馈和签认时限"),
    "group.acknowledge": _("在班前会上签认反馈"),
}
