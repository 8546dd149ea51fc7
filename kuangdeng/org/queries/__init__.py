"""Reading the organisation: who may what, which unit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.search import fold
from kuangdeng.org.models import Person, Place, RoleGrant, Unit
from kuangdeng.org.powers import POWERS
from kuangdeng.org.rules import MINE_WIDE, Role, in_office_since


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


def granted(mine_id: UUID, role: Role, unit: Unit | None = None) -> list[Person]:
    """Who holds this role today, working in `unit` or below it (None: anywhere in the mine), by name."""
    day = clock.today()
    grants = RoleGrant.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, role=role)
    rows = Person.objects.filter(mine_id=mine_id, is_active=True, id__in=grants.values("person_id"))
    if unit is not None:
        rows = rows.filter(Q(unit_id=unit.id) | Q(unit__ancestors__contains=[unit.id]))
    return list(rows.select_related("unit__parent").order_by("pinyin", "number"))


@dataclass(frozen=True)
class InOffice:
    """Somebody who holds one of some roles today, and since when without a break (任职日期)."""

    person: Person
    roles: tuple[Role, ...]
    since: date


def in_office(mine_id: UUID, roles: Sequence[Role]) -> list[InOffice]:
    """Who holds one of these roles today, and since when he is in such an office; in the order of the roles. One statement."""
    day = clock.today()
    rows = RoleGrant.objects.filter(
        person__mine_id=mine_id, person__is_active=True, role__in=roles, valid_from__lte=day
    )
    grants: dict[UUID, list[RoleGrant]] = {}
    for row in rows.select_related("person__unit").order_by("person__pinyin", "person__number", "valid_from"):
        grants.setdefault(row.person_id, []).append(row)
    found = []
    for held in grants.values():
        since = in_office_since([(one.valid_from, one.valid_to) for one in held], day)
        if since is not None:
            now = {one.role for one in held if one.valid_to is None or one.valid_to >= day}
            found.append(InOffice(held[0].person, tuple(one for one in roles if one in now), since))
    return sorted(found, key=lambda one: roles.index(one.roles[0]))


def same_unit(a: Unit | None, b: Unit | None) -> bool:
    """Whether two units are one for acceptance: the same unit, or one of them a team of the other, or sister teams."""
    if a is None or b is None:
        return False
    return _main_unit_id(a) == _main_unit_id(b)


def _main_unit_id(unit: Unit) -> UUID:
    if unit.kind == Unit.Kind.TEAM and unit.parent_id:
        return unit.parent_id
    return unit.id


# Looking things up --------------------------------------------------------------------------------------------------


def get_unit(unit_id: UUID, *, by: Person) -> Unit:
    """A unit of the person's mine. NotVisible when there is none."""
    unit = Unit.objects.filter(id=unit_id, mine_id=by.mine_id).first()
    if unit is None:
        raise NotVisible
    return unit


def get_person(person_id: UUID, *, by: Person) -> Person:
    """Somebody of the person's mine, to be named in an order. NotVisible when there is none."""
    person = Person.objects.select_related("unit").filter(id=person_id, mine_id=by.mine_id).first()
    if person is None:
        raise NotVisible
    return person


def units_of(by: Person) -> QuerySet[Unit]:
    """The units of the person's mine that are not closed, teams included."""
    return Unit.objects.filter(mine_id=by.mine_id, closed_on=None).order_by("position", "name", "id")


def matching_places(words: str, *, by: Person) -> QuerySet[Place]:
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
        raise Refused(_("您没有权限查看职工名册。如需查看，请联系系统管理员。"), code="not_allowed")
    persons = Person.objects.filter(mine_id=by.mine_id, is_active=True, left_on=None).select_related("unit")
    word = words.strip()
    if word:
        persons = persons.filter(Q(name__contains=word) | Q(initials__istartswith=word) | Q(number__startswith=word))
    return persons.order_by("pinyin", "number")
