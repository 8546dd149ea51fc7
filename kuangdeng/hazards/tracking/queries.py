"""Reading what is open: line by line with its questions, gathered by unit, place and branch, and the accidents' share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Count, Min, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents import queries as accidents
from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure
from kuangdeng.hazards.accidents.rules import MEASURE_OPEN, OPEN
from kuangdeng.hazards.groups.models import GroupCase, RectificationGroup
from kuangdeng.hazards.groups.queries import standing
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import WORKING, overdue, scope, visible
from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.questions.rules import Status as Asked
from kuangdeng.hazards.rules import ENDED
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import newest
from kuangdeng.org.api import Branch, Person, Place, Unit

NOBODY = "none"
"""In an address: what has no unit, no place, no branch."""
MOST = 200
"""How many accidents, and how many of their measures, are listed at most; their own lists have them all."""


def open_hazards(person: Person) -> QuerySet[Hazard]:
    """Every hazard that this person may know of and that has not ended."""
    return visible(person).filter(~Q(status__in=sorted(ENDED)))


# Questions ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asking:
    """What is asked about one item and not settled: how many, how many without an answer, the day promised last."""

    count: int
    unanswered: int
    promised: date | None


def asked_about(mine_id: UUID, subject_ids: Iterable[UUID]) -> dict[UUID, Asking]:
    """The unsettled questions on these items; one statement."""
    rows: dict[UUID, list[Question]] = defaultdict(list)
    asked = Question.objects.filter(mine_id=mine_id, subject_id__in=list(subject_ids)).exclude(status=Asked.SETTLED)
    for one in asked.only("subject_id", "status", "promised_on").order_by("answered_at"):
        rows[one.subject_id].append(one)
    return {
        subject_id: Asking(
            len(found),
            sum(one.status == Asked.ASKED for one in found),
            next((one.promised_on for one in reversed(found) if one.promised_on), None),
        )
        for subject_id, found in rows.items()
    }


def with_asked(rows: QuerySet[Hazard]) -> QuerySet[Hazard]:
    """The unsettled questions on each row come with the rows themselves: a list stays within its statements."""
    open_ones = Question.objects.filter(subject_id=OuterRef("id")).exclude(status=Asked.SETTLED).order_by("answered_at")
    said = open_ones.values(said=JSONObject(status="status", promised="promised_on"))
    return rows.annotate(asked_rows=ArraySubquery(said))


def with_standing(rows: Sequence[Any]) -> None:
    """Each row knows what is asked about it (`asking`), and how it stands with its group (`standing`). One statement."""
    stands = standing([row.id for row in rows]) if rows else {}
    for row in rows:
        row.standing = stands.get(row.id)
        days = [date.fromisoformat(one["promised"]) for one in row.asked_rows if one["promised"]]
        unanswered = sum(one["status"] == Asked.ASKED for one in row.asked_rows)
        row.asking = Asking(len(row.asked_rows), unanswered, days[-1] if days else None) if row.asked_rows else None


def with_words(rows: Sequence[Any]) -> None:
    """Each row knows what is asked about it (`asking`), and how it stands with its group (`standing`). Two statements."""
    ids = [row.id for row in rows]
    asking = asked_about(rows[0].mine_id, ids) if rows else {}
    stands = standing(ids) if rows else {}
    for row in rows:
        row.asking, row.standing = asking.get(row.id), stands.get(row.id)


def asked(mine_id: UUID, *, unanswered: bool) -> QuerySet[Question, UUID]:
    """On what something is asked and not settled, or not even answered."""
    rows = Question.objects.filter(mine_id=mine_id)
    rows = rows.filter(status=Asked.ASKED) if unanswered else rows.exclude(status=Asked.SETTLED)
    return rows.values_list("subject_id", flat=True)


# By unit, place, branch, group -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """What is open in one unit, place, branch or rectification group. `next` is the nearest deadline that has not passed."""

    key: str
    name: str
    count: int
    overdue: int
    oldest: datetime
    next: datetime | None

    def joined(self, other: "Group") -> "Group":
        """Both together, under this one's name."""
        ahead = [one.next for one in (self, other) if one.next]
        return Group(
            self.key, self.name, self.count + other.count, self.overdue + other.overdue,
            min(self.oldest, other.oldest), min(ahead, default=None),
        )  # fmt: skip


def groups(person: Person, by: str) -> list[Group]:
    """What is open, gathered by `unit`, `place`, `branch` or `group`, the most overdue first.

    Kept until the mine's ledger moves, at most to the end of the minute, like the summary of the units: every step of
    a hazard is an entry, and what is overdue changes with the clock.
    """
    seen = "all" if scope(person) is None else person.id
    key = f"tracking:{by}:{seen}:{newest(person.mine_id)}:{clock.local():%Y%m%d%H%M}:{person.mine_id}:{get_language()}"
    found: list[Group] | None = cache.get(key)
    if found is None:
        found = sorted(_made(person, by), key=lambda one: (-one.overdue, -one.count, one.name))
        cache.set(key, found, 60)
    return found


def _made(person: Person, by: str) -> list[Group]:
    column = {"place": "place_id", "group": "case__group_id"}.get(by, "unit_id")
    single = _counted(open_hazards(person), column)
    if by == "group":
        names = RectificationGroup.objects.filter(mine_id=person.mine_id).order_by().values_list("id", "name")
        return _rolled(single, {str(key): [(str(key), name)] for key, name in names}, _("没有小组负责"))
    if by == "place":
        return _rolled(single, _places(single), _("没有写明地点"))
    homes = _units(person.mine_id)
    if by == "unit":
        return _rolled(single, homes, _("还没有责任单位"))
    branches = branches_of(person.mine_id)
    led = {str(unit_id): [(str(branch.id), branch.name)] for unit_id, branch in branches.items()}
    return _rolled(single, led, _("没有党支部的单位"))


def _counted(rows: QuerySet[Hazard], column: str) -> dict[str, Group]:
    """One statement that reads nothing but an index: the open hazards by one column."""
    ahead = Q(status__in=WORKING, due_at__gte=clock.now())
    counted = (
        rows.order_by()
        .values_list(column)
        .annotate(n=Count("id"), late=Count("id", filter=overdue()), since=Min("received_at"), due=Min("due_at", filter=ahead))
    )  # fmt: skip
    return {str(key or NOBODY): Group(str(key or NOBODY), "", *rest) for key, *rest in counted}


Homes = Mapping[str, Sequence[tuple[str, str]]]
"""For each unit or place that holds something: under which keys it counts, each with its name."""


def _rolled(single: Mapping[str, Group], homes: Homes, nobody: str) -> list[Group]:
    """What each group counts with everything below it, so that it is what a click on it lists."""
    found: dict[str, Group] = {}
    for key, one in single.items():
        for home, name in homes.get(key) or [(NOBODY, nobody)]:
            mine = Group(home, name, one.count, one.overdue, one.oldest, one.next)
            found[home] = found[home].joined(mine) if home in found else mine
    return list(found.values())


def _units(mine_id: UUID) -> Homes:
    """Each unit counts for itself and for all above it; a team (班组) only for those above."""
    units = {unit.id: unit for unit in Unit.objects.filter(mine_id=mine_id)}
    return {
        str(unit.id): [
            (str(one), units[one].name)
            for one in (*unit.ancestors, unit.id)
            if one in units and not (units[one].kind == Unit.Kind.TEAM and unit.ancestors)
        ]
        for unit in units.values()
    }


def _places(single: Mapping[str, Group]) -> Homes:
    """Each place counts for itself and for those above it that hold something too."""
    places = {place.id: place for place in Place.objects.filter(id__in=[key for key in single if key != NOBODY])}
    return {
        str(place.id): [(str(one), places[one].full_name) for one in (*place.ancestors, place.id) if one in places]
        for place in places.values()
    }


def branches_of(mine_id: UUID) -> dict[UUID, Branch]:
    """The branch of each unit: its own, or that of the nearest unit above it."""
    units = {unit.id: unit for unit in Unit.objects.filter(mine_id=mine_id).select_related("branch").order_by()}
    own = {unit.id: branch for unit in units.values() if (branch := getattr(unit, "branch", None))}
    found = {}
    for unit in units.values():
        nearest = next((one for one in (unit.id, *reversed(unit.ancestors)) if one in own), None)
        if nearest is not None:
            found[unit.id] = own[nearest]
    return found


def under_branch(rows: QuerySet[Hazard], mine_id: UUID, key: str) -> QuerySet[Hazard]:
    """The hazards whose unit belongs to this branch; `NOBODY`: to none, or that no unit holds yet."""
    branches = branches_of(mine_id)
    if key == NOBODY:
        return rows.filter(Q(unit=None) | ~Q(unit_id__in=list(branches)))
    return rows.filter(unit_id__in=[unit_id for unit_id, branch in branches.items() if str(branch.id) == key])


def in_group(rows: QuerySet[Hazard], key: str) -> QuerySet[Hazard]:
    """The hazards that this rectification group has; `NOBODY`: that none has, published or not."""
    if key == NOBODY:
        return rows.exclude(
            id__in=GroupCase.objects.filter(hazard__isnull=False, group__isnull=False).values("hazard_id")
        )
    return rows.filter(case__group_id=UUID(key))


# Accidents and their measures -----------------------------------------------------------------------------------------


@dataclass
class Aside:
    """The accidents that are not closed and their measures that are not accepted, each with what is asked about it."""

    accidents: list[Accident]
    measures: list[AccidentMeasure]
    more: int


def beside(person: Person) -> Aside:
    """What is open of accidents; the longest under way first, the measures by their deadline."""
    rows = accidents.visible(person).filter(status__in=sorted(OPEN)).select_related("investigator", "place")
    found = list(rows.order_by("status_since", "id")[: MOST + 1])
    with_words(found)
    wanted = accidents.visible_measures(person).filter(status__in=sorted(MEASURE_OPEN))
    measures = list(wanted.select_related("accident", "person").order_by("due_at", "id")[: MOST + 1])
    more = max(0, len(found) - MOST) + max(0, len(measures) - MOST)
    return Aside(found[:MOST], measures[:MOST], more)
