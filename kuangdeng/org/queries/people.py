"""Reading people and units: who sees whom, who is found by what, what held on which day."""

from collections.abc import Iterable
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.contrib.sessions.models import Session
from django.db.models import CharField, Count, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.search import fold
from kuangdeng.org import pinyin
from kuangdeng.org.models import (
    ApiToken,
    Branch,
    Membership,
    Mine,
    Person,
    RoleGrant,
    ShiftScheme,
    SignIn,
    Unit,
    UnitName,
)
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


def open_unit(unit_id: UUID, viewer: Person) -> Unit | None:
    """A unit of the viewer's mine that still exists."""
    return Unit.objects.select_related("parent").filter(id=unit_id, mine_id=viewer.mine_id, closed_on=None).first()


def unit_tree(viewer: Person, *, closed: bool = False) -> list[Unit]:
    """All units of the mine from the top down, each behind its parent; `depth` is how far down it stands."""
    units = list(
        Unit.objects.filter(mine_id=viewer.mine_id, **({} if closed else {"closed_on": None})).select_related(
            "branch", "parent"
        )
    )
    children: dict[UUID | None, list[Unit]] = {}
    known = {unit.id for unit in units}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    ordered: list[Unit] = []

    def walk(parent: UUID | None, depth: int) -> None:
        for unit in children.get(parent, []):
            unit.depth = depth  # type: ignore[attr-defined]
            ordered.append(unit)
            walk(unit.id, depth + 1)

    walk(None, 0)
    return ordered


def search_units(viewer: Person, words: str) -> list[Unit]:
    """Open units whose name, short name or code contain the words, or their initials; then a team by unit and team."""
    units = unit_tree(viewer)
    plain = fold(words).replace(" ", "")
    if not plain:
        return units
    found = [
        unit for unit in units if plain in fold(unit.name) or plain in fold(unit.short_name) or plain == fold(unit.code)
    ]
    if not found and plain.isascii() and plain.isalnum():
        found = [
            unit
            for unit in units
            if plain in pinyin.initials(unit.name) or plain in "".join(pinyin.syllables(unit.name))
        ]
    return found or [unit for unit in units if plain in fold(unit.full_name).replace("·", "")]


def head_counts(viewer: Person | Unit) -> dict[UUID, int]:
    """How many people work in each unit of a mine, those of the units below included."""
    counts: dict[UUID, int] = {}
    rows = (
        Person.objects.filter(mine_id=viewer.mine_id, is_active=True, unit__isnull=False)
        .values_list("unit_id", "unit__ancestors")
        .annotate(n=Count("id"))
    )
    for unit_id, ancestors, number in rows:
        for one in (unit_id, *ancestors):
            counts[one] = counts.get(one, 0) + number
    return counts


def held_now(person_ids: Iterable[UUID]) -> dict[UUID, list[RoleGrant]]:
    """The roles that these persons hold today, by person."""
    day = clock.today()
    grants = RoleGrant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day, person_id__in=list(person_ids)
    ).select_related("unit")
    held: dict[UUID, list[RoleGrant]] = {}
    for grant in grants.order_by("role"):
        held.setdefault(grant.person_id, []).append(grant)
    return held


def with_roles(persons: QuerySet[Person]) -> QuerySet[Person]:
    """Persons with the roles that they hold today, as `role_codes`."""
    day = clock.today()
    now = (Q(grants__valid_to=None) | Q(grants__valid_to__gte=day)) & Q(grants__valid_from__lte=day)
    return persons.annotate(role_codes=ArrayAgg("grants__role", filter=now, distinct=True, default=Value([])))


def grants_of(person: Person) -> list[RoleGrant]:
    """All roles that a person held, holds or will hold, the last first."""
    return list(RoleGrant.objects.filter(person=person).select_related("unit").order_by("-valid_from"))


def visible_grants(viewer: Person) -> QuerySet[RoleGrant]:
    """Roles given in the mine, of the people whom the viewer reaches."""
    return RoleGrant.objects.filter(person__in=visible_persons(viewer))


def memberships_of(person: Person) -> list[Membership]:
    """Where a person worked from when on, the last first."""
    return list(person.memberships.select_related("unit").order_by("-valid_from"))


def sessions_of(person: Person) -> list[SignIn]:
    """The devices on which a person is signed in now, the last used first."""
    alive = Session.objects.filter(expire_date__gt=clock.now()).values("session_key")
    return list(SignIn.objects.filter(person=person, session_key__in=alive).order_by("-last_seen_at"))


def tokens_of(person: Person) -> list[ApiToken]:
    """The tokens of a person that are not stopped."""
    return list(ApiToken.objects.filter(person=person, revoked_at=None).order_by("-created_at"))


def never_signed_in(viewer: Person) -> int:
    """How many people of the mine wait for their first password."""
    return Person.objects.filter(
        mine_id=viewer.mine_id, is_active=True, last_login=None, must_change_password=True
    ).count()


def words_of(viewer: Person) -> tuple[list[str], list[str]]:
    """The trades and the posts that occur in the mine, for the filters."""
    persons = Person.objects.filter(mine_id=viewer.mine_id).order_by()
    trades = persons.exclude(trade="").values_list("trade", Value("t", output_field=CharField())).distinct()
    posts = persons.exclude(post="").values_list("post", Value("p", output_field=CharField())).distinct()
    found = sorted(trades.union(posts))
    return [word for word, kind in found if kind == "t"], [word for word, kind in found if kind == "p"]


def mines() -> QuerySet[Mine]:
    """The mines that people can sign in to."""
    return Mine.objects.order_by("created_at")


def the_mine(code: str = "") -> Mine | None:
    """The mine of this code; without a code the only one there is."""
    if code:
        return Mine.objects.filter(code=code).first()
    first = list(mines()[:2])
    return first[0] if len(first) == 1 else None


def of_device(person_ids: Iterable[str]) -> list[Person]:
    """The people who used a shared device lately, in the order given; who has left is not named."""
    found = {
        str(person.id): person
        for person in Person.objects.filter(id__in=list(person_ids), is_active=True).select_related("mine", "unit")
    }
    return [found[key] for key in person_ids if key in found]


def of_unit(persons: QuerySet[Person], unit_id: UUID) -> QuerySet[Person]:
    """Those of a unit and of what is below it."""
    return persons.filter(Q(unit_id=unit_id) | Q(unit__ancestors__contains=[unit_id]))


def with_children(viewer: Person) -> set[UUID]:
    """Units that have open units below them."""
    rows = Unit.objects.filter(mine_id=viewer.mine_id, closed_on=None, parent__isnull=False)
    return {parent for parent in rows.values_list("parent_id", flat=True).distinct() if parent is not None}


def branch_of(unit: Unit) -> Branch | None:
    """The Party branch of a unit."""
    return getattr(unit, "branch", None)


def around(unit: Unit) -> tuple[list[Unit], list[Unit]]:
    """The units above, from the top down, and the open units right below; in one statement."""
    found = Unit.objects.filter(Q(id__in=unit.ancestors) | Q(parent=unit, closed_on=None))
    by_id = {one.id: one for one in found}
    above = [by_id[key] for key in unit.ancestors if key in by_id]
    return above, [one for one in by_id.values() if one.parent_id == unit.id]


def names_of(unit: Unit) -> list[UnitName]:
    """What the unit was called from when on, the last first."""
    return list(unit.names.order_by("-valid_from"))


def heads_of(unit: Unit) -> list[RoleGrant]:
    """Who holds a role for this unit today."""
    day = clock.today()
    grants = RoleGrant.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), unit=unit, valid_from__lte=day, person__is_active=True
    )
    return list(grants.select_related("person").order_by("role", "person__pinyin"))


def scheme_words(unit: Unit) -> str:
    """By which shift scheme the unit works today; where it is not its own, from whom it has it."""
    line = [unit.id, *reversed(unit.ancestors)]
    rows = ShiftScheme.objects.filter(
        Q(is_default=True) | Q(unit_rows__unit_id__in=line, unit_rows__valid_from__lte=clock.today()),
        mine_id=unit.mine_id,
    ).values_list("name", "unit_rows__unit_id", "unit_rows__unit__name", "unit_rows__valid_from", "is_default")
    own = [row for row in rows if row[1] in line and row[3] <= clock.today()]
    best = max(own, key=lambda row: (-line.index(row[1]), row[3]), default=None)
    if best is not None:
        return (
            str(best[0]) if best[1] == unit.id else _("%(scheme)s（随%(unit)s）") % {"scheme": best[0], "unit": best[2]}
        )
    return next((_("%s（全矿默认）") % row[0] for row in rows if row[4]), "")
