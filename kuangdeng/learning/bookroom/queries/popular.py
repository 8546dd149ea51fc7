"""What is read: titles, units and notes of a month."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import F

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.models import (
    Loan,
    ReadingNote,
    Title,
)
from kuangdeng.org.api import Person, Unit, head_counts


@dataclass
class UnitReading:
    """One unit's reading in a month. `heads` are who works there now; `readers` are those of them who borrowed."""

    unit: Unit
    loans: int = 0
    readers: int = 0
    heads: int = 0
    top: str = ""
    rank: int | None = None

    @property
    def per_head(self) -> float | None:
        """Loans for each person."""
        return rules.per_head(self.loans, self.heads)


@dataclass
class Popular:
    """What a month's loans say."""

    titles: list[tuple[Title, int]] = field(default_factory=list)
    classes: list[tuple[str, int]] = field(default_factory=list)
    units: list[UnitReading] = field(default_factory=list)
    loans: int = 0
    readers: int = 0

    @property
    def ranked_titles(self) -> list[tuple[int | None, Title, int]]:
        """The books with their places; books lent equally often share one."""
        places = rules.ranked([count for _title, count in self.titles])
        return [(place, title, count) for place, (title, count) in zip(places, self.titles, strict=True)]


def month_bounds(first: date) -> tuple[datetime, datetime]:
    """The month as instants of the mine's wall clock."""
    zone = clock.local().tzinfo
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    return (
        datetime(first.year, first.month, 1, tzinfo=zone),
        datetime(after.year, after.month, 1, tzinfo=zone),
    )


def popular(by: Person, first: date, most: int = 20) -> Popular:
    """Books, classes and units of the month that begins on `first`."""
    begin, end = month_bounds(first)
    rows = Loan.objects.filter(mine_id=by.mine_id, lent_at__gte=begin, lent_at__lt=end).order_by()
    lines = list(rows.values_list("title_id", "unit_id", "person_id", "title__main_class", "title__title"))
    by_title = Counter(line[0] for line in lines)
    best = sorted(by_title.items(), key=lambda one: (-one[1], str(one[0])))[:most]
    known = Title.objects.in_bulk([title_id for title_id, _n in best])
    classes = Counter(line[3] for line in lines if line[3])
    return Popular(
        titles=[(known[title_id], n) for title_id, n in best],
        classes=[(f"{letter} {rules.clc()[letter]}", n) for letter, n in classes.most_common()],
        units=_unit_readings(by, [(line[1], line[2], line[4]) for line in lines]),
        loans=len(lines),
        readers=len({line[2] for line in lines}),
    )


def notes_of_units(unit_ids: Sequence[UUID], first: date, last: date, *, most: int = 6) -> list[ReadingNote]:
    """The notes that people of these units wrote in a span of days and everybody may read, recommended ones first."""
    begin = month_bounds(first)[0].replace(day=first.day)
    end = month_bounds(last)[0].replace(day=last.day) + timedelta(days=1)
    rows = ReadingNote.objects.filter(person__unit_id__in=unit_ids, status=rules.NoteStatus.SHOWN)
    rows = rows.filter(written_at__gte=begin, written_at__lt=end).select_related("title", "person")
    return list(rows.order_by(F("picked_at").desc(nulls_last=True), "-written_at")[:most])


def shown_notes(ids: Iterable[UUID]) -> list[ReadingNote]:
    """These notes, as far as everybody may read them."""
    rows = ReadingNote.objects.filter(id__in=list(ids), status=rules.NoteStatus.SHOWN)
    return list(rows.select_related("title", "person"))


def reading_of_unit(unit: Unit, first: date) -> UnitReading | None:
    """What one unit (its teams with it) read in the month that begins on `first`, with its place among the units."""
    begin, end = month_bounds(first)
    rows = Loan.objects.filter(mine_id=unit.mine_id, lent_at__gte=begin, lent_at__lt=end).order_by()
    lines = list(rows.values_list("unit_id", "person_id", "title__title"))
    readings = _unit_readings(unit, lines) if lines else []
    return next((one for one in readings if one.unit.id == unit.id), None)


def _unit_readings(by: Person | Unit, lines: Sequence[tuple[UUID | None, UUID, str]]) -> list[UnitReading]:
    """Every unit of the mine with what its people borrowed, teams counted to their unit; the most per head first."""
    units = {unit.id: unit for unit in Unit.objects.filter(mine_id=by.mine_id, closed_on=None)}
    heads = head_counts(by)
    kept = {
        unit.id: UnitReading(unit, heads=heads.get(unit.id, 0))
        for unit in units.values()
        if unit.kind != "team" and heads.get(unit.id) and unit.kind != "mine"
    }
    readers: dict[UUID, set[UUID]] = defaultdict(set)
    books: dict[UUID, Counter[str]] = defaultdict(Counter)
    for unit_id, person_id, title in lines:
        main = _main_of(units.get(unit_id)) if unit_id else None
        if main in kept:
            kept[main].loans += 1
            readers[main].add(person_id)
            books[main][title] += 1
    for unit_id, one in kept.items():
        one.readers = len(readers[unit_id])
        one.top = next(iter(books[unit_id].most_common(1)), ("", 0))[0]
    found = sorted(kept.values(), key=lambda one: (-(one.per_head or 0), one.unit.position, one.unit.name))
    for one, rank in zip(found, rules.ranked([one.per_head for one in found]), strict=True):
        one.rank = rank
    return found


def _main_of(unit: Unit | None) -> UUID | None:
    if unit is None:
        return None
    return unit.parent_id if unit.kind == "team" and unit.parent_id else unit.id
