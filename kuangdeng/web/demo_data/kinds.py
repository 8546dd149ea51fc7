"""Plain records of the demo mine; whoever loads them feeds them through the real verbs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from typing import Any

MINE_NAME = "示例矿"
LABEL = "示例"
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class DemoUnit:
    """A unit of the mine; `branch` is the name of its party branch, none for a team and for the mine leaders."""

    key: str
    name: str
    kind: str  # production | auxiliary | office | team
    parent: str | None
    branch: str | None = None
    scheme: str = "three_eight"
    front_line: bool = False


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo mine; the phone number is obviously not one."""

    number: str
    name: str
    sex: str  # 男 | 女
    birth: date
    unit: str
    trade: str
    post: str
    member_since: date | None
    phone: str
    joined: date


@dataclass(frozen=True, slots=True)
class DemoGrant:
    """A role held in a unit (none: in the whole mine); a person without any row is a miner."""

    number: str
    role: str
    unit: str | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place with the other spellings that people use for it; `unit` is who works or keeps it."""

    key: str
    name: str
    level: str  # surface | level | district | face | heading | roadway | chamber | shaft | part
    parent: str | None
    aliases: tuple[str, ...] = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One verb at one instant by one person; `data` holds what that verb asks for besides.

    Keys are the arguments of the verbs in `hazards.services`; units are unit keys, persons employee numbers, grades
    and specialties codes, a situation is (catalogue code, category no, situation code). `reopen` names the hazard
    `of` which it is the recurrence, `merge` the one `into` which it goes, by their demo keys.
    """

    verb: str
    by: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DemoHazard:
    """A hazard and its life so far; the first step is `report`, or `reopen` for one that came back."""

    key: str
    text: str
    place: str
    part: str
    specialty: str  # code, as in specialties.json
    grade: str
    cause: str
    unit: str
    check_type: str
    source: str
    found_at: datetime
    shift: str
    reporters: tuple[str, ...]
    steps: tuple[DemoStep, ...]
    standard: str | None = None
    merged_into: str | None = None
    recurrence_of: str | None = None
    major: tuple[str, int, str] | None = None


@dataclass(frozen=True, slots=True)
class DemoRound:
    """An inspection round that took place, found something or not."""

    plan: str
    by: str
    unit: str
    place: str
    at: datetime
    hazards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoMine:
    """Everything of the demo mine, made from one seed and one instant."""

    name: str
    units: tuple[DemoUnit, ...]
    persons: tuple[DemoPerson, ...]
    grants: tuple[DemoGrant, ...]
    places: tuple[DemoPlace, ...]
    hazards: tuple[DemoHazard, ...]
    rounds: tuple[DemoRound, ...]
    cast: dict[str, str]  # role -> employee number, one sign-in per role

    def timeline(self) -> list[tuple[DemoHazard, DemoStep]]:
        """All steps of all hazards in the order in which they happened."""
        pairs = [(hazard, step) for hazard in self.hazards for step in hazard.steps]
        return sorted(pairs, key=lambda pair: (pair[1].at, pair[0].key))
