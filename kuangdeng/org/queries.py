"""Reading the organisation: who may what, which unit, which shift."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.org.models import Mine, Person, RoleGrant, Shift, ShiftScheme, Unit, UnitShift
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


def roles_for(person: Person, unit: Unit | None, *, everywhere: bool = False) -> list[Held]:
    """The roles that the person holds for `unit` (None: only those over the whole mine), or everywhere."""
    line = {unit.id, *unit.ancestors} if unit else set()
    return [held for held in roles_of(person) if everywhere or held.unit_id is None or held.unit_id in line]


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


def scheme_of(mine: Mine, unit: Unit | None, on: date) -> ShiftScheme | None:
    """The scheme by which `unit` works on `on`: its own row, else the nearest unit above, else the mine's default."""
    if unit is not None:
        chain = [unit.id, *reversed(unit.ancestors)]
        rows = UnitShift.objects.filter(unit_id__in=chain, valid_from__lte=on).select_related("scheme")
        best = max(rows, key=lambda row: (-chain.index(row.unit_id), row.valid_from), default=None)
        if best:
            return best.scheme
    return ShiftScheme.objects.filter(mine=mine, is_default=True).first()


def spans_between(mine: Mine, unit: Unit | None, start: date, end: date) -> list[ShiftSpan]:
    """Every shift that begins on a day from `start` to `end`, by the scheme that holds on that day."""
    tz = ZoneInfo(mine.timezone)
    times: dict[UUID, list[ShiftTime]] = {}
    spans: list[ShiftSpan] = []
    day = start
    while day <= end:
        scheme = scheme_of(mine, unit, day)
        if scheme is not None:
            if scheme.id not in times:
                times[scheme.id] = [ShiftTime(s.name, s.start, s.end) for s in Shift.objects.filter(scheme=scheme)]
            spans += spans_on(day, times[scheme.id], tz)
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
