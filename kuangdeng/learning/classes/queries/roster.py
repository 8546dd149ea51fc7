"""The roster: whom a class means, who sits where, how much of each unit and team is away in each batch."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.classes import rostering
from kuangdeng.learning.classes.models import Batch, Lesson, Seat, TrainingClass
from kuangdeng.learning.classes.queries.limits import limits_of
from kuangdeng.learning.classes.rules import CHANGING, Audience, Limits, Status, most_of
from kuangdeng.org.api import Person, Role, Unit, below, granted, has_power, reach


def main_unit(unit: Unit) -> Unit:
    """The unit itself; for a team the unit that it belongs to."""
    return unit.parent if unit.kind == Unit.Kind.TEAM and unit.parent is not None else unit


def meant_by(one: TrainingClass) -> QuerySet[Person]:
    """Whom the class takes of its units: everybody who works there, the members, or some trades."""
    rows = Person.objects.filter(
        mine_id=one.mine_id, is_active=True, unit_id__in=below(one.units.values_list("id", flat=True))
    )
    if one.audience == Audience.MEMBERS:
        rows = rows.filter(member_since__isnull=False)
    elif one.audience == Audience.TRADES:
        rows = rows.filter(trade__in=one.trades)
    elif one.audience == Audience.NOBODY:
        rows = rows.none()
    return rows.select_related("unit__parent").order_by("pinyin", "number")


def leaders_of(one: TrainingClass) -> list[Person]:
    """Unit heads and branch secretaries of the units of a class."""
    found: dict[UUID, Person] = {}
    units = set(one.units.values_list("id", flat=True))
    for role in (Role.UNIT_HEAD, Role.BRANCH_SECRETARY):
        for person in granted(one.mine_id, role):
            if person.unit is not None and ({person.unit_id, *person.unit.ancestors} & units):
                found[person.id] = person
    return list(found.values())


def candidate(person: Person) -> rostering.Candidate | None:
    """A person as the roster sees him; None for who is in no unit."""
    if person.unit is None:
        return None
    unit = main_unit(person.unit)
    order = (unit.name, person.unit.name, person.trade, person.pinyin, person.number)
    return rostering.Candidate(person.id, unit.id, person.unit.id, person.trade, order)


def strength_of(one: TrainingClass, units: Sequence[Unit]) -> rostering.Strength:
    """How many work in these units, in their teams, and in each trade of a team. One statement."""
    ids = [unit.id for unit in units]
    rows = Person.objects.filter(mine_id=one.mine_id, is_active=True)
    rows = rows.filter(Q(unit_id__in=ids) | Q(unit__ancestors__overlap=ids))
    counts = rows.order_by().values_list("unit_id", "unit__ancestors", "trade").annotate(n=Count("id"))
    whole: Counter[UUID] = Counter()
    crews: Counter[UUID] = Counter()
    trades: Counter[tuple[UUID, str]] = Counter()
    for unit_id, ancestors, trade, number in counts:
        crews[unit_id] += number
        trades[unit_id, trade] += number
        for top in {unit_id, *ancestors} & set(ids):
            whole[top] += number
    return rostering.Strength(whole, crews, trades)


def seats_of(one: TrainingClass) -> list[Seat]:
    """Everybody on the roster, batch by batch."""
    rows = Seat.objects.filter(batch__training_class=one).select_related("person", "unit", "team", "batch")
    return list(rows.order_by("batch__number", "-is_leader", "unit__position", "team__position", "person__pinyin"))


def seats_for(one: TrainingClass, *, by: Person) -> list[Seat]:
    """Whose hours and conclusions he may see: all for who keeps or teaches classes, else those of his units."""
    seats = seats_of(one)
    if has_power(by, "class.summary") or has_power(by, "class.teach"):
        return seats
    limits = reach(by, "class.people")
    if limits is None:
        return seats
    known = set(limits)
    return [seat for seat in seats if seat.unit_id in known or seat.team_id in known or seat.person_id == by.id]


def with_seats(one: TrainingClass) -> list[rostering.Batch]:
    """The batches as the roster algorithm sees them, with who sits there; leaders do not count against their units."""
    batches = {row.id: rostering.Batch(row.id, row.seats) for row in Batch.objects.filter(training_class=one)}
    for seat in seats_of(one):
        batch = batches[seat.batch_id]
        batch.taken += 1
        if not seat.is_leader:
            crew = seat.team_id or seat.unit_id
            if seat.unit_id and crew:
                batch.units[seat.unit_id] += 1
                batch.crews[crew] += 1
                batch.trades[crew, seat.trade] += 1
    return list(batches.values())


def busy(one: TrainingClass, persons: Sequence[UUID]) -> dict[tuple[UUID, UUID], Lesson]:
    """Who of these sits in a lesson of another class while a batch of this one has its own, and in which."""
    others = (
        Seat.objects.filter(person_id__in=persons)
        .exclude(batch__training_class=one)
        .exclude(batch__training_class__status=Status.CANCELLED)
    )
    by_batch: dict[UUID, list[UUID]] = defaultdict(list)
    for person_id, batch_id in others.values_list("person_id", "batch_id"):
        by_batch[batch_id].append(person_id)
    if not by_batch:
        return {}
    theirs = Lesson.objects.filter(batch_id__in=list(by_batch)).select_related("batch__training_class")
    elsewhere = list(theirs)
    found: dict[tuple[UUID, UUID], Lesson] = {}
    for ours in Lesson.objects.filter(batch__training_class=one):
        for other in elsewhere:
            if ours.starts_at < other.ends_at and other.starts_at < ours.ends_at:
                for person_id in by_batch[other.batch_id]:
                    found.setdefault((person_id, ours.batch_id), other)
    return found


@dataclass(frozen=True)
class Cell:
    """How many of a unit or team sit in a batch, and how many may."""

    taken: int
    most: int

    @property
    def over(self) -> bool:
        """More than the rule allows: somebody was put there by hand."""
        return self.taken > self.most


@dataclass(frozen=True)
class Line:
    """One unit or team of a class across its batches."""

    unit: Unit
    is_team: bool
    size: int
    cells: list[Cell]
    placed: int


def occupancy(one: TrainingClass, batches: Sequence[Batch], seats: Sequence[Seat]) -> list[Line]:
    """The units and teams of a class, batch by batch: taken, and at most. Leaders are not counted."""
    chosen = one.units.through.objects.filter(trainingclass=one)
    theirs = Q(parent_id__in=chosen.values("unit_id"), kind=Unit.Kind.TEAM, closed_on=None)
    rows = Unit.objects.annotate(chosen=Exists(chosen.filter(unit=OuterRef("pk")))).filter(theirs | Q(chosen=True))
    found = list(rows.order_by("position", "name"))
    units = [unit for unit in found if unit.chosen]
    under: dict[UUID | None, list[Unit]] = defaultdict(list)
    for team in found:
        if team.kind == Unit.Kind.TEAM and team.closed_on is None:
            under[team.parent_id].append(team)
    strength = strength_of(one, units)
    limits = limits_of(one.mine_id, units, one.begin_on)
    taken: Counter[tuple[UUID | None, UUID]] = Counter()
    for seat in seats:
        if not seat.is_leader:
            for unit_id in {seat.unit_id, seat.team_id}:
                taken[unit_id, seat.batch_id] += 1
    lines: list[Line] = []
    for unit in units:
        lines.append(_line(unit, False, strength.units.get(unit.id, 0), limits[unit.id], batches, taken))
        lines += [_line(team, True, strength.crews.get(team.id, 0), limits[unit.id], batches, taken) for team in under[unit.id]]  # fmt: skip
    return lines


def _line(
    unit: Unit,
    is_team: bool,
    size: int,
    limits: Limits,
    batches: Sequence[Batch],
    taken: Counter[tuple[UUID | None, UUID]],
) -> Line:
    percent, most = (limits.team_percent, limits.team_most) if is_team else (limits.unit_percent, limits.unit_most)
    cap = most_of(size, percent, most)
    cells = [Cell(taken[unit.id, batch.id], cap) for batch in batches]
    return Line(unit, is_team, size, cells, sum(cell.taken for cell in cells))


def cap_words(one: TrainingClass, person: Person, batch: Batch) -> rostering.Left | None:
    """Which limit a person would break in this batch, if any."""
    who = candidate(person)
    if who is None or person.unit is None:
        return None
    unit = main_unit(person.unit)
    spaces = {space.key: space for space in with_seats(one)}
    strength = strength_of(one, [unit])
    limits = limits_of(one.mine_id, [unit], one.begin_on)
    taken = busy(one, [person.id])
    made = rostering.make([who], [spaces[batch.id]], strength, limits, set(taken))
    return made.left[0] if made.left else None


def batches_to_retrain(mine_id: UUID) -> list[Batch]:
    """Batches into which somebody may still be taken to be trained again, with how many sit in each (`heads`)."""
    rows = Batch.objects.filter(
        training_class__mine_id=mine_id, training_class__status__in=CHANGING, training_class__needs_exam=True,
        end_on__gte=clock.today(),
    )  # fmt: skip
    rows = rows.select_related("training_class").annotate(heads=Count("roster"))
    return list(rows.order_by("begin_on", "training_class__number", "number"))


def seat_in(class_id: UUID, person: Person) -> list[Seat]:
    """The seats of one person in a class; a leader has one in every batch."""
    return list(Seat.objects.filter(batch__training_class_id=class_id, person=person).select_related("batch"))


def get_seat(seat_id: UUID, *, by: Person) -> Seat:
    """One seat with its class. NotVisible when the mine has none like it."""
    rows = Seat.objects.select_related("person__unit__parent", "batch__training_class")
    found = one_of(rows.filter(id=seat_id, batch__training_class__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def own_seat(seat_id: UUID, *, by: Person) -> Seat:
    """One's own seat. NotVisible when it is somebody else's."""
    found = get_seat(seat_id, by=by)
    if found.person_id != by.id:
        raise NotVisible
    return found
