"""Reading the organisation: who may what, which unit, which shift."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.search import fold
from kuangdeng.org.models import (
    ApiToken,
    Membership,
    Mine,
    Person,
    RoleGrant,
    Shift,
    ShiftScheme,
    Unit,
    UnitName,
    UnitShift,
)
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


# People -------------------------------------------------------------------------------------------------------------


def get_person(person_id: UUID, viewer: Person) -> Person:
    """A person whose page the viewer may open: himself, or one of his reach. NotVisible otherwise."""
    person = Person.objects.select_related("unit", "mine").filter(id=person_id, mine_id=viewer.mine_id).first()
    if person is None or not sees_person(viewer, person):
        raise NotVisible
    return person


def sees_person(viewer: Person, person: Person) -> bool:
    """Whether the viewer may open the person's page."""
    if person.mine_id != viewer.mine_id:
        return False
    return person.id == viewer.id or may(viewer, "org.see_people", person.unit)


def visible_persons(viewer: Person) -> QuerySet[Person]:
    """The register of persons, as far as the viewer reaches."""
    persons = Person.objects.filter(mine_id=viewer.mine_id)
    limits = reach(viewer, "org.see_people")
    return persons if limits is None else persons.filter(unit_id__in=limits)


def pickable_persons(viewer: Person) -> QuerySet[Person]:
    """Whom the viewer may name in a form: everybody of his own unit with its teams, and whom he reaches."""
    persons = Person.objects.filter(mine_id=viewer.mine_id, is_active=True)
    limits = reach(viewer, "org.see_people")
    if limits is None:
        return persons
    own = below([_main_unit_id(viewer.unit)]) if viewer.unit else []
    return persons.filter(unit_id__in={*limits, *own})


def search_persons(persons: QuerySet[Person], words: str) -> QuerySet[Person]:
    """Those whose name, number, pinyin or initials fit every word: 王铁 · 1001 · wtz · wangtie."""
    for word in fold(words).split()[:5]:
        fit = Q(name__icontains=word) | Q(number__istartswith=word)
        if word.isascii() and word.isalpha():
            fit |= Q(initials__startswith=word) | Q(joined__startswith=word)
            persons = persons.alias(joined=Replace("pinyin", Value(" "), Value("")))
        persons = persons.filter(fit)
    return persons


def get_unit(unit_id: UUID, viewer: Person) -> Unit:
    """A unit of the viewer's mine; its name is no secret. NotVisible otherwise."""
    unit = Unit.objects.select_related("parent", "branch").filter(id=unit_id, mine_id=viewer.mine_id).first()
    if unit is None:
        raise NotVisible
    return unit


def unit_name_on(unit: Unit, day: date) -> str:
    """What the unit was called on a day; today's name when no older one is known."""
    row = UnitName.objects.filter(unit=unit, valid_from__lte=day).order_by("-valid_from").first()
    return row.name if row else unit.name


def unit_on(person: Person, day: date) -> Unit | None:
    """The unit in which the person worked on a day."""
    row = (
        Membership.objects.filter(person=person, valid_from__lte=day)
        .select_related("unit")
        .order_by("-valid_from")
        .first()
    )
    return row.unit if row else None


def handle(session_key: str) -> str:
    """How a page names a session: its key itself would open it."""
    return sha256(f"handle:{session_key}".encode()).hexdigest()[:16]


def person_of_token(secret: str) -> Person | None:
    """The person as whom a program acts with this token; None when it is unknown, stopped or past its day."""
    digest = sha256(secret.encode()).hexdigest()
    token = (
        ApiToken.objects.select_related("person__unit", "person__mine").filter(digest=digest, revoked_at=None).first()
    )
    if token is None or not token.person.is_active or (token.expires_on and token.expires_on < clock.today()):
        return None
    if token.last_used_at is None or clock.now() - token.last_used_at > timedelta(minutes=10):
        ApiToken.objects.filter(id=token.id).update(last_used_at=clock.now())
    return token.person


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
