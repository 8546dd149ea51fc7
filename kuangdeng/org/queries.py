"""Reading the organisation: who may what, which unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.org.models import Person, RoleGrant, Unit
from kuangdeng.org.powers import POWERS
from kuangdeng.org.rules import MINE_WIDE, Role


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
