"""What a form offers to choose from, and the thing behind a chosen id; always only of the person's own mine."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet, Value

from kuangdeng.hazards.models import (
    CatalogueVersion,
    Grade,
    Hazard,
    MineSettings,
    Round,
    Situation,
    Specialty,
    StandardHazard,
)
from kuangdeng.hazards.queries.deadlines import proposed_due as by_rule
from kuangdeng.hazards.rules import FIVE_POINT_LABELS
from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import local
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.search import containing
from kuangdeng.org.api import Person, Place, Unit, below

Options = list[tuple[str, str]]


def tables_of(person: Person) -> tuple[Options, Options]:
    """The mine's grades and specialties in use, each as (id, name), sub-specialties under their main one.

    One statement, asked once per request.
    """
    kept = getattr(person, "_hazard_tables", None)
    if kept is None:
        kept = person._hazard_tables = _tables(person.mine_id, {})  # type: ignore[attr-defined]
    return kept


def tables_with(person: Person, named: Mapping[str, QuerySet[Any]]) -> dict[str, Options]:
    """What `tables_of` gives from now on, and other things that have a name, each as (id, name): in one statement."""
    others: dict[str, Options] = {}
    person._hazard_tables = _tables(person.mine_id, named, others)  # type: ignore[attr-defined]
    return {kind: sorted(others.get(kind, []), key=lambda one: one[1]) for kind in named}


def _tables(
    mine_id: UUID, named: Mapping[str, QuerySet[Any]], others: dict[str, Options] | None = None
) -> tuple[Options, Options]:
    grades = Grade.objects.filter(mine_id=mine_id, active=True).order_by()
    specialties = Specialty.objects.filter(mine_id=mine_id, active=True).order_by()
    columns = ("kind", "id", "name", "position", "top")
    rows = (
        grades.annotate(kind=Value("g"), top=F("id"))
        .values_list(*columns)
        .union(
            specialties.annotate(kind=Value("s"), top=F("parent_id")).values_list(*columns),
            *(
                things.order_by()
                .annotate(kind=Value(kind), no=Value(0), top=F("id"))
                .values_list("kind", "id", "name", "no", "top")
                for kind, things in named.items()
            ),
            all=True,
        )
    )
    found_grades: list[tuple[int, str, str]] = []
    mains: list[tuple[int, str, str]] = []
    subs: dict[str, list[tuple[int, str, str]]] = {}
    for kind, row_id, name, position, top in rows:
        if kind == "g":
            found_grades.append((position, str(row_id), name))
        elif kind in named and others is not None:
            others.setdefault(kind, []).append((str(row_id), name))
        elif top is None:
            mains.append((position, str(row_id), name))
        else:
            subs.setdefault(str(top), []).append((position, str(row_id), name))
    options: Options = []
    for _position, main_id, name in sorted(mains):
        options.append((main_id, name))
        options += [(sub_id, f"{name} · {sub}") for _place, sub_id, sub in sorted(subs.get(main_id, []))]
    return [(row_id, name) for _position, row_id, name in sorted(found_grades)], options


def grade_of(mine_id: UUID, value: str) -> Grade | None:
    """A grade of this mine."""
    return Grade.objects.filter(mine_id=mine_id, id=value).first()


def specialty_of(mine_id: UUID, value: str) -> Specialty | None:
    """A specialty of this mine."""
    return Specialty.objects.filter(mine_id=mine_id, id=value).first()


def unit_of(mine_id: UUID, value: str) -> Unit | None:
    """A unit of this mine."""
    return Unit.objects.filter(mine_id=mine_id, id=value).first()


def place_of(mine_id: UUID, value: str) -> Place | None:
    """A place of this mine."""
    return Place.objects.filter(mine_id=mine_id, id=value).first()


def place_by_tag(mine_id: UUID, tag: str) -> Place | None:
    """The place whose QR tag was scanned, or whose number was typed as it stands on the label (MVWXY-8FHU7)."""
    return Place.objects.filter(mine_id=mine_id, tag__in={tag, tag.replace("-", "").lower()}).first()


def person_of(mine_id: UUID, value: str) -> Person | None:
    """Somebody of this mine who still works here."""
    return Person.objects.select_related("unit").filter(mine_id=mine_id, id=value, is_active=True).first()


def persons_named(mine_id: UUID, text: str) -> QuerySet[Person]:
    """Who is meant by a typed name or number."""
    return Person.objects.filter(Q(name=text) | Q(number=text), mine_id=mine_id, is_active=True)


def units_named(mine_id: UUID, text: str) -> QuerySet[Unit]:
    """Which unit is meant by a typed name."""
    return Unit.objects.filter(Q(name=text) | Q(short_name=text), mine_id=mine_id, closed_on=None)


def standard_of(mine_id: UUID, value: str) -> StandardHazard | None:
    """A standard hazard of this mine's library."""
    return StandardHazard.objects.filter(mine_id=mine_id, id=value).first()


def find_standards(mine_id: UUID, words: str, *, specialty: str = "", limit: int = 12) -> Sequence[StandardHazard]:
    """Standard hazards that contain the words; without words the first of the library."""
    rows = StandardHazard.objects.filter(mine_id=mine_id, active=True).select_related("specialty", "grade")
    if specialty:
        rows = rows.filter(Q(specialty_id=specialty) | Q(specialty__parent_id=specialty))
    if words.strip():
        rows = rows.filter(containing("search_text", words))
    return list(rows.order_by("code")[:limit])


def hazard_by_number(mine_id: UUID, number: str) -> Hazard | None:
    """The hazard of this number; the year and the letters may be left out."""
    number = number.strip().upper()
    rows = Hazard.objects.filter(mine_id=mine_id)
    if number.isdecimal() and len(number) <= 6:
        number = f"YH{clock.today():%Y}-{int(number):06d}"
    return rows.filter(number=number).first()


def hazard_of(mine_id: UUID, value: str) -> Hazard | None:
    """A hazard of this mine."""
    return Hazard.objects.filter(mine_id=mine_id, id=value).first()


def catalogue_on(day: date) -> CatalogueVersion | None:
    """The legal catalogue of major hazards that was in force on a day."""
    rows = CatalogueVersion.objects.filter(effective_from__lte=day)
    return rows.filter(Q(effective_to=None) | Q(effective_to__gte=day)).order_by("-effective_from").first()


def situations_of(version: CatalogueVersion | None) -> list[tuple[str, Options]]:
    """The situations of a version of the catalogue, grouped by category."""
    if version is None:
        return []
    groups: dict[str, Options] = {}
    rows = Situation.objects.filter(category__version=version).select_related("category")
    for row in rows.order_by("category__no", "id"):
        groups.setdefault(str(row.category), []).append((str(row.id), f"（{row.no}）{row.text}"))
    return list(groups.items())


def situation_of(value: str) -> Situation | None:
    """A situation of any version; whether it was in force, the verb decides."""
    rows = Situation.objects.select_related("category__version")
    return rows.filter(id=int(value)).first() if value.isdecimal() else None


def unit_with_below(mine_id: UUID, value: str) -> Unit | None:
    """A unit of this mine that knows what is below it: both in one statement, for the filter of a list."""
    top = UUID(value)
    rows = Unit.objects.filter(Q(id=top) | Q(ancestors__contains=[top]), mine_id=mine_id)
    units = {unit.id: unit for unit in rows}
    found = units.get(top)
    if found is not None:
        found.with_below = list(units)  # type: ignore[attr-defined]
    return found


def units_below(unit: Unit) -> list[UUID]:
    """The unit and everything below it."""
    kept: list[UUID] | None = getattr(unit, "with_below", None)
    return below([unit.id]) if kept is None else kept


def places_below(place: Place) -> QuerySet[Place]:
    """The place and everything below it."""
    return Place.objects.filter(Q(id=place.id) | Q(ancestors__contains=[place.id]), mine_id=place.mine_id)


def proposed_due(hazard: Hazard, unit: Unit | None) -> tuple[datetime | None, str]:
    """The deadline that the rule of the grade gives an order of now, and where it comes from in words.

    None when the mine has no rule for the grade, or the unit no shifts to count by: whoever orders says it himself.
    """
    try:
        proposed = by_rule(hazard, unit, hazard.grade)
    except Refused:
        return None, ""
    return (proposed.due_at, proposed.words) if proposed else (None, "")


def settings_of(mine_id: UUID) -> MineSettings:
    """What the mine words its own way; the defaults when it has said nothing."""
    return MineSettings.objects.filter(mine_id=mine_id).first() or default_settings(mine_id)


def default_settings(mine_id: UUID) -> MineSettings:
    """What holds for a mine that has said nothing."""
    return MineSettings(mine_id=mine_id)


def five_point_labels(settings: MineSettings) -> dict[str, str]:
    """The names of the five points in this mine."""
    return {**FIVE_POINT_LABELS, **settings.five_point_labels}


def of_round(by: Person, value: str) -> dict[str, object]:
    """What a report takes over from the inspection in which the hazard was found; nothing for an unknown one."""
    try:
        row = Round.objects.filter(mine_id=by.mine_id, id=value).prefetch_related("places").first() if value else None
    except ValidationError:
        row = None
    if row is None:
        return {}
    places = list(row.places.all())
    found: dict[str, object] = {"round": row.id, "check_type": row.check_type, "occurred_at": local(row.started_at)}
    return found | ({"place": places[0]} if len(places) == 1 else {})
