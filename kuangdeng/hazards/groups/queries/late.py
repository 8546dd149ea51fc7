"""For whom a step of the ladder has come: teams that have not acknowledged, groups that have not fed back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kuangdeng.hazards.groups.models import Acknowledgement, RectificationGroup
from kuangdeng.hazards.groups.queries.acknowledging import STILL_OWED
from kuangdeng.hazards.groups.queries.cases import late_cases
from kuangdeng.hazards.groups.queries.finding import clocks_of
from kuangdeng.hazards.groups.rules import LATE_ROLES, late_level
from kuangdeng.org.api import Mine, Unit


@dataclass(frozen=True)
class LateTeams:
    """Acknowledgements of one unit for which a step of the ladder has come."""

    unit: Unit
    level: int
    ids: Sequence[int]


@dataclass(frozen=True)
class LateGroup:
    """Cases of one group for which a step of the ladder has come."""

    group: RectificationGroup
    level: int
    ids: Sequence[UUID]


def late_teams(mine: Mine, at: datetime) -> list[LateTeams]:
    """Steps of the ladder that have come for teams, unit by unit."""
    steps = _steps(mine)
    rows = Acknowledgement.objects.filter(STILL_OWED, mine=mine, due_at__lt=at, told__lt=3)
    found: dict[tuple[UUID, int], list[int]] = defaultdict(list)
    for row_id, unit_id, due, told in rows.values_list("id", "main_unit_id", "due_at", "told"):
        level = late_level(at - due, *steps)
        if level > told:
            found[unit_id, level].append(row_id)
    units = Unit.objects.in_bulk({unit_id for unit_id, _level in found})
    return [LateTeams(units[unit_id], level, ids) for (unit_id, level), ids in sorted(found.items(), key=str)]


def late_groups(mine: Mine, at: datetime) -> list[LateGroup]:
    """Steps of the ladder that have come for groups. The outcome has steps of its own (4 to 6): who was told that the
    first word is late has not been told of the outcome."""
    steps = _steps(mine)
    found: dict[tuple[UUID, int], list[UUID]] = defaultdict(list)
    rows = late_cases(mine.id, at).filter(group__isnull=False, told__lt=2 * STEPS)
    for case_id, group_id, owed_at, told, ended in rows.values_list("id", "group_id", "owed_at", "told", "over"):
        level = late_level(at - owed_at, *steps) + (STEPS if ended else 0)
        if level > told:
            found[group_id, level].append(case_id)
    known = RectificationGroup.objects.select_related("branch__unit").in_bulk({one for one, _level in found})
    return [LateGroup(known[group_id], level, ids) for (group_id, level), ids in sorted(found.items(), key=str)]


STEPS = len(LATE_ROLES)


def _steps(mine: Mine) -> tuple[timedelta, timedelta]:
    clocks = clocks_of(mine.id)
    return timedelta(hours=clocks["late_2"][1]), timedelta(hours=clocks["late_3"][1])
