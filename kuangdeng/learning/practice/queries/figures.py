"""参与 and 巩固: how many answered, and how many still knew an item after thirty days. Counted, never estimated."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Min, Q

from kuangdeng.learning.practice import rules
from kuangdeng.learning.practice.models import Away, PracticeAnswer, PracticeMeeting
from kuangdeng.org.api import Person, Unit, head_counts, reach


@dataclass
class UnitLine:
    """One unit (its teams with it) in a span of days.

    `owed` are person-days: heads of today times days, less the days on which somebody was away. `done` are those with
    at least one answer, `on_day` of them on the day itself. `repeated` are answers to items last met thirty or more
    days ago, `kept` of them right.
    """

    unit: Unit | None
    heads: int = 0
    owed: int = 0
    done: int = 0
    on_day: int = 0
    answers: int = 0
    right: int = 0
    repeated: int = 0
    kept: int = 0
    meetings: int = 0

    @property
    def taken_part(self) -> float | None:
        """参与率."""
        return rules.share(min(self.done, self.owed), self.owed)

    @property
    def right_share(self) -> float | None:
        """正确率 of all answers."""
        return rules.share(self.right, self.answers)

    @property
    def retention(self) -> float | None:
        """巩固率 after thirty days; None under thirty repetitions."""
        return rules.retained(self.kept, self.repeated)

    def add(self, other: "UnitLine") -> None:
        """Take another line into this one."""
        for name in ("heads", "owed", "done", "on_day", "answers", "right", "repeated", "kept", "meetings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Figures:
    """The units that somebody sees, and all of them together."""

    first: date
    last: date
    lines: list[UnitLine] = field(default_factory=list)
    whole: UnitLine = field(default_factory=lambda: UnitLine(None))

    @property
    def days(self) -> int:
        """How many days the span has."""
        return (self.last - self.first).days + 1


def units_to_see(person: Person) -> list[Unit]:
    """Main units of which this person sees the figures; a team leader sees his team."""
    return _shown(person, _units(person))


def _units(person: Person) -> list[Unit]:
    return list(Unit.objects.filter(mine_id=person.mine_id).order_by("position", "name"))


def _shown(person: Person, units: list[Unit]) -> list[Unit]:
    ids = reach(person, "practice.see")
    found = [one for one in units if one.closed_on is None and (ids is None or one.id in ids)]
    shown = {one.id for one in found}
    return [one for one in found if one.kind != Unit.Kind.TEAM or one.parent_id not in shown]


def figures(person: Person, first: date, last: date) -> Figures:
    """Participation and retention of the units that this person sees; days before the first answer owe nothing."""
    begun = PracticeAnswer.objects.filter(mine_id=person.mine_id).aggregate(day=Min("for_day"))["day"]
    found = Figures(min(max(first, begun or first), last), last)
    first = found.first
    units = _units(person)
    lines = {unit.id: UnitLine(unit) for unit in _shown(person, units)}
    home = _homes(units, lines)
    heads = head_counts(person)
    away = _away_days(person.mine_id, first, last, home)
    for unit_id, line in lines.items():
        line.heads = heads.get(unit_id, 0)
        line.owed = max(0, line.heads * found.days - away[unit_id])
    _count_answers(person.mine_id, first, last, lines, home)
    meetings = PracticeMeeting.objects.filter(mine_id=person.mine_id, day__gte=first, day__lte=last)
    for unit_id, n in meetings.values_list("unit_id").annotate(n=Count("id")).order_by():
        if unit_id in home:
            lines[home[unit_id]].meetings += n
    found.lines = [one for one in lines.values() if one.heads or one.answers]
    for one in found.lines:
        found.whole.add(one)
    return found


def _homes(units: list[Unit], lines: dict[UUID, UnitLine]) -> dict[UUID, UUID]:
    """To which line each unit belongs: its own, or that of the nearest unit above."""
    home: dict[UUID, UUID] = {}
    for unit in units:
        above = [one for one in reversed([*unit.ancestors, unit.id]) if one in lines]
        if above:
            home[unit.id] = above[0]
    return home


def _count_answers(mine_id: UUID, first: date, last: date, lines: dict[UUID, UnitLine], home: dict[UUID, UUID]) -> None:
    asked = Q(for_day__gte=first, for_day__lte=last)
    again = Q(day__gte=first, day__lte=last, gap_days__gte=rules.RETAINED_AFTER)
    counted = PracticeAnswer.objects.filter(asked | again, mine_id=mine_id).values("unit_id").order_by()
    for row in counted.annotate(
        done=Count("id", filter=asked & Q(first=True)),
        on_day=Count("id", filter=asked & Q(first=True, for_day=F("day"))),
        answers=Count("id", filter=asked),
        right_ones=Count("id", filter=asked & Q(right=True)),
        repeated=Count("id", filter=again),
        kept=Count("id", filter=again & Q(right=True)),
    ):
        if row["unit_id"] in home:
            line = lines[home[row["unit_id"]]]
            line.done += row["done"]
            line.on_day += row["on_day"]
            line.answers += row["answers"]
            line.right += row["right_ones"]
            line.repeated += row["repeated"]
            line.kept += row["kept"]


def _away_days(mine_id: UUID, first: date, last: date, home: dict[UUID, UUID]) -> dict[UUID, int]:
    """Person-days away in the span, by line; two entries over the same day count once."""
    found: dict[UUID, int] = defaultdict(int)
    for (_person, unit_id), gone in _days_away(Q(mine_id=mine_id, person__is_active=True), first, last).items():
        if unit_id in home:
            found[home[unit_id]] += len(gone)
    return found


def _days_away(whose: Q, first: date, last: date) -> dict[tuple[UUID, UUID | None], set[date]]:
    """Person and his unit → the days of the span on which he was away; two entries over the same day count once."""
    days: dict[tuple[UUID, UUID | None], set[date]] = defaultdict(set)
    rows = Away.objects.filter(whose, cancelled_at=None, last_day__gte=first, first_day__lte=last)
    for person_id, unit_id, begin, end in rows.values_list("person_id", "person__unit_id", "first_day", "last_day"):
        start, stop = max(begin, first), min(end, last)
        days[person_id, unit_id] |= {start + timedelta(days=n) for n in range((stop - start).days + 1)}
    return days


def taken_part(unit_ids: Sequence[UUID], first: date, last: date) -> tuple[int, int, int, int]:
    """Of some units in a span of days: person-days answered, people, right answers, answers."""
    rows = PracticeAnswer.objects.filter(unit_id__in=unit_ids, for_day__gte=first, for_day__lte=last)
    found = rows.aggregate(
        done=Count("id", filter=Q(first=True)), people=Count("person_id", distinct=True),
        good=Count("id", filter=Q(right=True)), n=Count("id"),
    )  # fmt: skip
    return found["done"], found["people"], found["good"], found["n"]


@dataclass
class PersonLine:
    """One person in a span of days, for who leads his unit; `owed` are the days on which he was not away."""

    person: Person
    owed: int = 0
    done: int = 0
    answers: int = 0
    right: int = 0


def person_lines(first: date, last: date, staff: list[Person]) -> list[PersonLine]:
    """Each of the staff with what he answered in the span, those who answered least first."""
    rows = PracticeAnswer.objects.filter(person_id__in=[one.id for one in staff], for_day__gte=first, for_day__lte=last)
    counted = {
        row["person_id"]: row
        for row in rows.values("person_id").order_by().annotate(
            done=Count("id", filter=Q(first=True)), n=Count("id"), good=Count("id", filter=Q(right=True))
        )
    }  # fmt: skip
    away = _days_away(Q(person_id__in=[one.id for one in staff]), first, last)
    found = []
    for one in staff:
        row = counted.get(one.id, {"done": 0, "n": 0, "good": 0})
        owed = (last - first).days + 1 - len(away.get((one.id, one.unit_id), ()))
        found.append(PersonLine(one, owed, row["done"], row["n"], row["good"]))
    return sorted(found, key=lambda line: (line.done - line.owed, line.person.pinyin, line.person.number))
