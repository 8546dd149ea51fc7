"""Reading the organisation: who may what, which unit, which shift."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.search import fold
from kuangdeng.org.models import Mine, Person, Place, RoleGrant, Shift, ShiftScheme, Unit, UnitShift
from kuangdeng.org.powers import POWERS
from kuangdeng.org.rules import MINE_WIDE, Role, ShiftSpan, ShiftTime, spans_on


@dataclass(frozen=True)
class Held:
    """A role somebody holds now, and the unit it reaches (None: the whole mine)."""

    role: Role
    unit_id: UUID | None


def roles_of(person: Person) -> list[Held]:
    """The roles that hold today; everybody is a miner of his own unit. Kept on the person for this request."""
    kept: list[Held] | None = getattr(person, "_held_roles", None)
    if kept is not None:
        return kept
    day = clock.today()
    grants = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), person=person, valid_from__lte=day)
    held = [Held(Role.MINER, person.unit_id)] if person.unit_id else []
    for role, unit_id in grants.values_list("role", "unit_id"):
        held.append(Held(Role(role), None if Role(role) in MINE_WIDE else unit_id))
    person._held_roles = held  # type: ignore[attr-defined]
    return held


def has_power(person: Person, power: str) -> bool:
    """Whether the person may do this anywhere at all; decides what the menu shows."""
    return any(held.role in POWERS[power].roles for held in roles_of(person))


def may(person: Person, power: str, unit: Unit | None = None) -> bool:
    """Whether the person may do this for `unit` (None: for the mine as a whole).

    A role reaches its unit and everything below. A role given for no unit reaches the whole mine.
    """
    for held in roles_of(person):
        if held.role not in POWERS[power].roles:
            continue
        if held.unit_id is None:
            return True
        if unit is not None and (held.unit_id == unit.id or held.unit_id in unit.ancestors):
            return True
    return False


def reach(person: Person, power: str) -> list[UUID] | None:
    """Ids of the units (with everything below) for which the person has the power; None means the whole mine."""
    tops = []
    for held in roles_of(person):
        if held.role in POWERS[power].roles:
            if held.unit_id is None:
                return None
            tops.append(held.unit_id)
    return below(tops)


def below(unit_ids: Iterable[UUID]) -> list[UUID]:
    """These units and all units below them."""
    tops = list(dict.fromkeys(unit_ids))
    if not tops:
        return []
    return list(Unit.objects.filter(Q(id__in=tops) | Q(ancestors__overlap=tops)).values_list("id", flat=True))


def holders(mine_id: UUID, roles: Iterable[Role], unit: Unit | None = None) -> QuerySet[Person]:
    """Persons who hold one of the roles today, for `unit` or above it; mine-wide roles always count."""
    day = clock.today()
    grants = RoleGrant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, role__in=list(roles)
    )
    if unit is not None:
        grants = grants.filter(Q(unit=None) | Q(role__in=MINE_WIDE) | Q(unit_id__in=[unit.id, *unit.ancestors]))
    return Person.objects.filter(mine_id=mine_id, is_active=True, id__in=grants.values("person_id"))


def same_unit(a: Unit | None, b: Unit | None) -> bool:
    """Whether two units are one for acceptance: the same unit, or one of them a team of the other, or sister teams."""
    if a is None or b is None:
        return False
    return _main_unit_id(a) == _main_unit_id(b)


def _main_unit_id(unit: Unit) -> UUID:
    if unit.kind == Unit.Kind.TEAM and unit.parent_id:
        return unit.parent_id
    return unit.id


# Shifts -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timetable:
    """Everything that decides by which shifts a unit works on any day: read at once, asked for many days."""

    default: UUID | None
    times: Mapping[UUID, Sequence[ShiftTime]]
    rows: Sequence[tuple[date, int, UUID]]
    """(valid from, how near the unit it was set, scheme), the unit itself nearest."""

    def scheme_on(self, day: date) -> UUID | None:
        """The unit's own row that has begun, else the nearest unit's above, else the mine's default."""
        begun = [row for row in self.rows if row[0] <= day]
        return max(begun, key=lambda row: (row[1], row[0]))[2] if begun else self.default


def timetable(mine: Mine, unit: Unit | None) -> Timetable:
    """The shifts of a mine's schemes and the rows that hold for `unit`; two statements, however many days are asked."""
    times: dict[UUID, list[ShiftTime]] = {}
    default = None
    shifts = Shift.objects.filter(scheme__mine=mine).values_list("scheme_id", "scheme__is_default", "name", "start", "end")
    for scheme_id, is_default, name, start, end in shifts:
        times.setdefault(scheme_id, []).append(ShiftTime(name, start, end))
        default = scheme_id if is_default else default
    rows: list[tuple[date, int, UUID]] = []
    if unit is not None:
        chain = [*unit.ancestors, unit.id]
        found = UnitShift.objects.filter(unit_id__in=chain).values_list("valid_from", "unit_id", "scheme_id")
        rows = [(start, chain.index(unit_id), scheme_id) for start, unit_id, scheme_id in found]
    return Timetable(default, times, rows)


def scheme_of(mine: Mine, unit: Unit | None, on: date) -> ShiftScheme | None:
    """The scheme by which `unit` works on `on`: its own row, else the nearest unit above, else the mine's default."""
    scheme_id = timetable(mine, unit).scheme_on(on)
    return ShiftScheme.objects.filter(id=scheme_id).first()


def spans_between(mine: Mine, unit: Unit | None, start: date, end: date) -> list[ShiftSpan]:
    """Every shift that begins on a day from `start` to `end`, by the scheme that holds on that day."""
    tz = ZoneInfo(mine.timezone)
    table = timetable(mine, unit)
    spans: list[ShiftSpan] = []
    day = start
    while day <= end:
        scheme_id = table.scheme_on(day)
        if scheme_id is not None:
            spans += spans_on(day, table.times.get(scheme_id, ()), tz)
        day += timedelta(days=1)
    return _cut_at_changes(spans)


def _cut_at_changes(spans: list[ShiftSpan]) -> list[ShiftSpan]:
    """Where a new scheme begins while the last shift of the old one still runs, the old shift ends at that start."""
    cut: list[ShiftSpan] = []
    for span in spans:
        if cut and cut[-1].end > span.start:
            cut[-1] = ShiftSpan(cut[-1].name, cut[-1].day, cut[-1].start, span.start)
        cut.append(span)
    return cut


def shift_at(mine: Mine, unit: Unit | None, at: datetime) -> ShiftSpan | None:
    """In which shift this instant lies; None in a gap of the scheme."""
    day = at.astimezone(ZoneInfo(mine.timezone)).date()
    around = spans_between(mine, unit, day - timedelta(days=1), day + timedelta(days=1))
    return next((span for span in around if span.start <= at < span.end), None)


def end_of_shift(mine: Mine, unit: Unit | None, at: datetime, *, ahead: int = 0) -> datetime | None:
    """When the shift of this instant ends (ahead=0), or the one after it (ahead=1), and so on.

    In a gap between shifts the next one to begin counts as the present one. None when the unit has no scheme.
    """
    day = at.astimezone(ZoneInfo(mine.timezone)).date()
    spans = spans_between(mine, unit, day - timedelta(days=1), day + timedelta(days=2 + ahead))
    coming = [span for span in spans if span.end > at]
    return coming[ahead].end if len(coming) > ahead else None


# Looking things up --------------------------------------------------------------------------------------------------


def get_unit(unit_id: UUID, *, by: Person) -> Unit:
    """A unit of the person's mine. NotVisible when there is none."""
    unit = Unit.objects.filter(id=unit_id, mine_id=by.mine_id).first()
    if unit is None:
        raise NotVisible
    return unit


def get_place(place_id: UUID, *, by: Person) -> Place:
    """A place of the person's mine. NotVisible when there is none."""
    place = Place.objects.filter(id=place_id, mine_id=by.mine_id).first()
    if place is None:
        raise NotVisible
    return place


def get_person(person_id: UUID, *, by: Person) -> Person:
    """Somebody of the person's mine, to be named in an order. NotVisible when there is none."""
    person = Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id).first()
    if person is None:
        raise NotVisible
    return person


def units_of(by: Person) -> QuerySet[Unit]:
    """The units of the person's mine that are not closed, teams included."""
    return Unit.objects.filter(mine_id=by.mine_id, closed_on=None).order_by("position", "name", "id")


def find_places(words: str, *, by: Person) -> QuerySet[Place]:
    """The places in use whose name, or an alias of it, contains `words`; all of them when there are none."""
    places = Place.objects.filter(mine_id=by.mine_id, closed_on=None)
    for word in words.split():
        places = places.filter(Q(full_name__icontains=word) | Q(aliases__folded__contains=fold(word)))
    return places.distinct().order_by("full_name", "id")


def find_persons(words: str, *, by: Person) -> QuerySet[Person]:
    """Persons who work here, by name, initials of the pinyin, or the beginning of the number.

    Refused for who may not see the list of persons.
    """
    if not has_power(by, "org.see_people"):
        raise Refused("您没有权限查看职工名册。如需查看，请联系系统管理员。", code="not_allowed")
    persons = Person.objects.filter(mine_id=by.mine_id, is_active=True, left_on=None).select_related("unit")
    word = words.strip()
    if word:
        persons = persons.filter(Q(name__contains=word) | Q(initials__istartswith=word) | Q(number__startswith=word))
    return persons.order_by("pinyin", "number")
