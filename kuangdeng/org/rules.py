"""Roles, what each may do here, and the arithmetic of shifts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum


class Role(StrEnum):
    """Who somebody is in the mine. A role is given for one unit (and what is below it) from a day on."""

    MINER = "miner"
    TEAM_LEADER = "team_leader"
    UNIT_HEAD = "unit_head"
    BRANCH_SECRETARY = "branch_secretary"
    SAFETY = "safety"
    TRAINING_OFFICER = "training_officer"
    POLITICAL_WORK = "political_work"
    MINE_LEADER = "mine_leader"
    GROUP_OFFICE = "group_office"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[str, str] = {
    Role.MINER: "矿工",
    Role.TEAM_LEADER: "班组长",
    Role.UNIT_HEAD: "区队长",
    Role.BRANCH_SECRETARY: "支部书记",
    Role.SAFETY: "安监员",
    Role.TRAINING_OFFICER: "培训专员",
    Role.POLITICAL_WORK: "政工干事",
    Role.MINE_LEADER: "矿领导",
    Role.GROUP_OFFICE: "集团人员",
    Role.ADMINISTRATOR: "系统管理员",
}

EVERYBODY = frozenset(Role)
"""Every signed-in person has at least the miner's role in his own unit."""

MINE_WIDE = frozenset({Role.SAFETY, Role.TRAINING_OFFICER, Role.POLITICAL_WORK, Role.MINE_LEADER, Role.GROUP_OFFICE})
"""Roles that reach over the whole mine although the person sits in one office."""

MAY: dict[str, frozenset[Role]] = {
    "org.see_people": frozenset(
        {Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY, Role.TRAINING_OFFICER}
        | {Role.POLITICAL_WORK, Role.MINE_LEADER, Role.GROUP_OFFICE, Role.ADMINISTRATOR}
    ),
    "org.manage": frozenset({Role.ADMINISTRATOR}),
    "org.import": frozenset({Role.ADMINISTRATOR}),
    "org.grant_roles": frozenset({Role.ADMINISTRATOR}),
    "org.reset_password": frozenset({Role.ADMINISTRATOR, Role.UNIT_HEAD, Role.TEAM_LEADER}),
    "org.manage_places": frozenset({Role.ADMINISTRATOR, Role.SAFETY}),
    "org.print_tags": frozenset({Role.ADMINISTRATOR, Role.SAFETY}),
    "org.see_ledger": frozenset(
        {Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY, Role.TRAINING_OFFICER, Role.POLITICAL_WORK}
        | {Role.MINE_LEADER, Role.GROUP_OFFICE, Role.ADMINISTRATOR}
    ),
}

POWER_LABELS: dict[str, str] = {
    "org.see_people": "查看职工名册",
    "org.manage": "管理单位、职工、班次、日历",
    "org.import": "从 Excel 导入单位、职工、地点",
    "org.grant_roles": "授予和收回角色",
    "org.reset_password": "重置本单位职工密码",
    "org.manage_places": "管理地点、合并地点写法",
    "org.print_tags": "打印地点二维码",
    "org.see_ledger": "查看台账",
}


@dataclass(frozen=True)
class ShiftTime:
    """One shift of a scheme by the wall clock; `end` at or before `start` means that it crosses midnight."""

    name: str
    start: time
    end: time


@dataclass(frozen=True)
class ShiftSpan:
    """One shift on one day: [start, end). `day` is the day it is counted to, the one on which it begins."""

    name: str
    day: date
    start: datetime
    end: datetime


def spans_on(day: date, shifts: Sequence[ShiftTime], tz: object) -> list[ShiftSpan]:
    """The shifts that begin on `day`, earliest first. `tz` is the mine's tzinfo."""
    spans = []
    for shift in shifts:
        start = datetime.combine(day, shift.start, tzinfo=tz)  # type: ignore[arg-type]
        last = day + timedelta(days=1) if shift.end <= shift.start else day
        spans.append(ShiftSpan(shift.name, day, start, datetime.combine(last, shift.end, tzinfo=tz)))  # type: ignore[arg-type]
    return sorted(spans, key=lambda span: span.start)
