"""Reading people and units: who sees whom, who is found by what, what held on which day."""

from datetime import date
from hashlib import sha256
from uuid import UUID

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Replace

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.search import fold
from kuangdeng.org.models import Membership, Person, Unit, UnitName
from kuangdeng.org.queries import below, may, reach


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
    own = below([main_unit_id(viewer.unit)]) if viewer.unit else []
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


def main_unit_id(unit: Unit) -> UUID:
    """The unit itself, or for a team the unit that it belongs to."""
    if unit.kind == Unit.Kind.TEAM and unit.parent_id:
        return unit.parent_id
    return unit.id
