"""Hours: planned, valid, why not; of a class, of a person, of a unit's people against what they owe."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, DecimalField, Exists, Min, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.classes.models import (
    HoursCorrection,
    Lesson,
    LessonCalendar,
    LessonHours,
    Seat,
    TrainingClass,
    TrainingNeed,
)
from kuangdeng.learning.classes.rules import Conclusion, CorrectionStatus, NeedStatus, Status, year_bounds
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import Person, Unit, has_power, reach

NOTHING = Decimal(0)
HOURS = DecimalField(max_digits=7, decimal_places=1)


@dataclass
class Learner:
    """One learner of a class with the hours of each lesson of his batch."""

    seat: Seat
    rows: dict[UUID, LessonHours] = field(default_factory=dict)

    @property
    def planned(self) -> Decimal:
        """The hours of the settled lessons of his batch."""
        return sum((row.planned for row in self.rows.values()), NOTHING)

    @property
    def valid(self) -> Decimal:
        """What of it counts."""
        return sum((row.valid for row in self.rows.values()), NOTHING)


def learners(seats: Sequence[Seat]) -> list[Learner]:
    """The learners of some seats with their hours. One statement."""
    rows = LessonHours.objects.filter(seat__in=[seat.id for seat in seats])
    by_seat: dict[UUID, dict[UUID, LessonHours]] = defaultdict(dict)
    for row in rows:
        by_seat[row.seat_id][row.lesson_id] = row
    return [Learner(seat, by_seat[seat.id]) for seat in seats]


def unsettled(one: TrainingClass) -> list[Lesson]:
    """Lessons that are over, or to come, whose hours were not counted."""
    return list(Lesson.objects.filter(batch__training_class=one, settled_at=None).select_related("batch"))


def planned_hours(one: TrainingClass) -> Decimal:
    """The hours of the timetable: of the batch that has the most, because the batches hear the same."""
    sums = Lesson.objects.filter(batch__training_class=one).order_by().values("batch").annotate(n=Sum("hours"))
    return max((row["n"] for row in sums), default=NOTHING)


# Corrections ------------------------------------------------------------------------------------------------------------


def get_hours(row_id: int, *, by: Person) -> LessonHours:
    """The hours of one learner for one lesson. NotVisible for who neither keeps, teaches nor is him."""
    rows = LessonHours.objects.select_related("lesson__batch__training_class", "lesson__teacher", "person", "seat")
    found = one_of(rows.filter(id=row_id, lesson__batch__training_class__mine_id=by.mine_id))
    if found is None or not (has_power(by, "hours.correct") or found.person_id == by.id):
        raise NotVisible
    return found


def corrections(by: Person) -> QuerySet[HoursCorrection]:
    """The corrections of the mine, those that wait first."""
    rows = HoursCorrection.objects.filter(row__lesson__batch__training_class__mine_id=by.mine_id)
    joined = rows.select_related(
        "row__person__unit__parent", "row__lesson__batch__training_class", "asked_by", "decided_by"
    )
    return joined.order_by("-status", "-asked_at")


def get_correction(correction_id: UUID, *, by: Person) -> HoursCorrection:
    """One correction. NotVisible when the mine has none like it."""
    found = one_of(corrections(by).filter(id=correction_id))
    if found is None:
        raise NotVisible
    return found


def corrections_of(one: TrainingClass) -> list[HoursCorrection]:
    """The corrections of a class, for its file."""
    rows = HoursCorrection.objects.filter(row__lesson__batch__training_class=one)
    return list(rows.select_related("row__person", "row__lesson", "asked_by", "decided_by").order_by("asked_at"))


# A person's own ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """Hours of one calendar year: what is owed, what counts."""

    year: int
    owed: Decimal
    valid: Decimal
    is_new: bool

    @property
    def short(self) -> Decimal:
        """What is missing."""
        return max(NOTHING, self.owed - self.valid)

    @property
    def percent(self) -> int:
        """How far he is, up to a hundred."""
        return min(100, int(self.valid * 100 / self.owed)) if self.owed else 100


def balances(person: Person, years: Sequence[int]) -> list[Balance]:
    """A person's hours of some years against what the rule asks of each. Three statements."""
    numbers = standards.numbers_on(person.mine_id)
    first = person.memberships.aggregate(first=Min("valid_from"))["first"]
    rows = LessonHours.objects.filter(person=person, on__gte=date(min(years), 1, 1)).order_by()
    sums = dict(rows.values_list("on__year").annotate(n=Sum("valid")))
    found = []
    for year in years:
        if first is not None and first.year > year:
            continue
        new = first is not None and first.year == year
        found.append(Balance(year, numbers["hours.new" if new else "hours.serving"], sums.get(year) or NOTHING, new))
    return found


def balance(person: Person, year: int) -> Balance:
    """The same for one year."""
    found = balances(person, [year])
    return found[0] if found else Balance(year, NOTHING, NOTHING, False)


def seats_of_person(person: Person) -> list[Seat]:
    """The classes of a person, the last first, with planned and valid hours (`planned`, `valid`)."""
    rows = Seat.objects.filter(person=person).exclude(batch__training_class__status=Status.CANCELLED)
    rows = rows.select_related("batch__training_class").annotate(
        planned=Sum("settled_hours__planned"), valid=Sum("settled_hours__valid")
    )
    return list(rows.order_by("-batch__begin_on", "-at"))


def hours_of_person(person: Person, year: int | None = None) -> list[LessonHours]:
    """Each lesson of a person with what of it counted, the last first."""
    rows = LessonHours.objects.filter(person=person)
    if year is not None:
        rows = rows.filter(on__range=year_bounds(year))
    return list(rows.select_related("lesson__batch__training_class", "lesson__teacher").order_by("-on", "-id"))


def lessons_ahead(person: Person, *, back: timedelta = timedelta(0), most: int = 60) -> list[Lesson]:
    """The lessons that a person has to attend from now on (or since a while), in classes that are running."""
    rows = Lesson.objects.filter(
        batch__roster__person=person, ends_at__gte=clock.now() - back, batch__training_class__status=Status.RUNNING
    )
    rows = rows.select_related("batch__training_class", "teacher", "sheet").prefetch_related("handouts")
    return list(rows.order_by("starts_at")[:most])


def owner_of_calendar(digest: str) -> Person | None:
    """Whose timetable stands under this secret; None when it was revoked or he has left."""
    rows = LessonCalendar.objects.select_related("person__mine").filter(digest=digest, person__is_active=True)
    found = one_of(rows)
    return found.person if found else None


def has_calendar(person: Person) -> LessonCalendar | None:
    """The address that the person has given out, if any."""
    return one_of(LessonCalendar.objects.filter(person=person))


# The people of a unit ---------------------------------------------------------------------------------------------------


def people(by: Person) -> QuerySet[Person]:
    """Whose hours he may see: those of his units, or of the whole mine."""
    rows = Person.objects.filter(mine_id=by.mine_id, is_active=True)
    limits = reach(by, "class.people")
    return rows if limits is None else rows.filter(unit_id__in=limits)


def with_hours(rows: QuerySet[Person], year: int) -> QuerySet[Person]:
    """These people with the `hours` that count in a year."""
    inside = LessonHours.objects.filter(person=OuterRef("pk"), on__range=year_bounds(year)).order_by().values("person")
    hours = Coalesce(Subquery(inside.annotate(n=Sum("valid")).values("n")), Value(NOTHING), output_field=HOURS)
    return rows.annotate(hours=hours)


def joined_in(persons: Iterable[Person], year: int) -> set[UUID]:
    """Who of these came to the mine in this year."""
    first: Any = (
        Person.objects.filter(id__in=[one.id for one in persons])
        .order_by()
        .annotate(first=Min("memberships__valid_from"))
        .filter(first__range=year_bounds(year))
    )
    return set(first.values_list("id", flat=True))


def short_of(rows: QuerySet[Person], year: int, numbers: dict[str, Decimal]) -> QuerySet[Person]:
    """Those who have fewer hours than the year asks of them."""
    first = Min("memberships__valid_from")
    begin, end = year_bounds(year)
    counted = with_hours(rows, year).annotate(first=first)
    new = Q(first__range=(begin, end))
    return counted.filter(new & Q(hours__lt=numbers["hours.new"]) | ~new & Q(hours__lt=numbers["hours.serving"]))


@dataclass(frozen=True)
class UnitHours:
    """How far a unit's people are this year."""

    unit_id: UUID
    name: str
    heads: int
    hours: Decimal
    done: int

    @property
    def per_head(self) -> Decimal | None:
        """Hours for each person; None where nobody works."""
        return self.hours / self.heads if self.heads else None

    @property
    def percent(self) -> int | None:
        """How many of the people have what they owe."""
        return self.done * 100 // self.heads if self.heads else None


def by_unit(by: Person, year: int) -> list[UnitHours]:
    """Every unit with its people's hours of the year: how many have what they owe. Two statements."""
    owed = standards.numbers_on(by.mine_id, min(clock.today(), year_bounds(year)[1]))
    units = {one.id: one for one in Unit.objects.filter(mine_id=by.mine_id, closed_on=None)}
    sums: dict[UUID, list[Any]] = defaultdict(lambda: [0, NOTHING, 0])
    begin, end = year_bounds(year)
    rows = with_hours(people(by), year).annotate(first=Min("memberships__valid_from")).order_by()
    for unit_id, hours, first in rows.values_list("unit_id", "hours", "first"):
        unit = units.get(unit_id) if unit_id else None
        if unit is None:
            continue
        top = unit.parent_id if unit.kind == Unit.Kind.TEAM and unit.parent_id in units else unit.id
        key = "hours.new" if first and begin <= first <= end else "hours.serving"
        line = sums[top]
        line[0] += 1
        line[1] += hours
        line[2] += hours >= owed[key]
    found = [UnitHours(one, units[one].name, *line) for one, line in sums.items()]
    return sorted(found, key=lambda one: (units[one.unit_id].position, one.name))


# Owed retraining --------------------------------------------------------------------------------------------------------


def failed_and_not_retrained(mine_id: UUID) -> list[Seat]:
    """Who failed a class and has passed none of the same kind since."""
    later = Seat.objects.filter(
        person=OuterRef("person"), conclusion=Conclusion.PASSED,
        batch__training_class__kind=OuterRef("batch__training_class__kind"),
        batch__end_on__gt=OuterRef("batch__end_on"),
    )  # fmt: skip
    rows = Seat.objects.filter(
        ~Exists(later), batch__training_class__mine_id=mine_id, conclusion=Conclusion.FAILED, person__is_active=True
    )
    return list(rows.select_related("person__unit__parent", "batch__training_class"))


def newcomers_short(mine_id: UUID, year: int) -> list[Person]:
    """Who came to the mine in this year and has fewer hours than a new worker needs, with `hours`."""
    owed = standards.numbers_on(mine_id)["hours.new"]
    rows = Person.objects.filter(mine_id=mine_id, is_active=True)
    found: QuerySet[Any] = with_hours(rows, year).annotate(first=Min("memberships__valid_from"))
    return list(found.filter(first__range=year_bounds(year), hours__lt=owed).select_related("unit"))


def serving_short(mine_id: UUID, year: int) -> list[Person]:
    """Who worked here before this year and had fewer hours in it than the rule asks, with `hours`."""
    owed = standards.numbers_on(mine_id, year_bounds(year)[1])["hours.serving"]
    rows = Person.objects.filter(mine_id=mine_id, is_active=True)
    found: QuerySet[Any] = with_hours(rows, year).annotate(first=Min("memberships__valid_from"))
    return list(found.filter(Q(first=None) | Q(first__lt=date(year, 1, 1)), hours__lt=owed).select_related("unit"))


# The home page ----------------------------------------------------------------------------------------------------------


def waiting_rows(person: Person) -> list[Part]:
    """A lesson to go to, to teach or to settle, a need, a correction of hours (see learning.waiting)."""
    now = clock.now()
    running = Lesson.objects.filter(
        batch__training_class__mine_id=person.mine_id, batch__training_class__status=Status.RUNNING
    )
    ahead = running.filter(ends_at__gt=now)
    settles = running.filter(settled_at=None, ends_at__lt=now)
    if not has_power(person, "class.conclude"):
        settles = settles.filter(teacher__person=person)
    lessons = {
        "lesson": ahead.filter(batch__roster__person=person, starts_at__lt=now + timedelta(days=2)),
        "teach": ahead.filter(teacher__person=person, starts_at__lt=now + timedelta(days=3)),
    }
    parts = [lines(rows, kind, title="topic", at="starts_at") for kind, rows in lessons.items()]
    parts.append(lines(settles, "settle", title="topic", at="ends_at"))
    if has_power(person, "need.accept"):
        needs = TrainingNeed.objects.filter(mine_id=person.mine_id, status=NeedStatus.OPEN)
        parts.append(lines(needs, "need", title="topic", at="proposed_at"))
    if has_power(person, "hours.approve"):
        asked = HoursCorrection.objects.filter(
            row__lesson__batch__training_class__mine_id=person.mine_id, status=CorrectionStatus.WAITING
        ).exclude(asked_by=person)
        parts.append(lines(asked, "correction", title="row__person__name", at="asked_at"))
    return parts


def figures(by: Person) -> dict[str, int]:
    """How many classes run, how many people sit in them. One statement."""
    rows = TrainingClass.objects.filter(mine_id=by.mine_id)
    return rows.aggregate(
        running=Count("id", filter=Q(status=Status.RUNNING), distinct=True),
        preparing=Count("id", filter=Q(status=Status.PREPARING), distinct=True),
        open=Count("id", filter=Q(status=Status.CONCLUDED), distinct=True),
        heads=Count("batches__roster__person", filter=Q(status=Status.RUNNING), distinct=True),
    )
