"""Which group a case falls to, by what the groups cover on a day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kuangdeng.hazards.accidents.models import Accident
from kuangdeng.hazards.groups.models import GroupClock, GroupCover, GroupMember, RectificationGroup
from kuangdeng.hazards.groups.rules import DEFAULT_CLOCKS, Cover, Where
from kuangdeng.hazards.models import Hazard, Specialty
from kuangdeng.hazards.rules import owed_by
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.org.api import Branch, Mine, Person, Unit, timetables


def holds_on(day: date) -> Q:
    """A dated row that holds on a day."""
    return Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gte=day))


def covers_on(mine_id: UUID, day: date) -> list[Cover]:
    """What the mine's groups cover on a day, in the order of the groups. One statement."""
    rows = GroupCover.objects.filter(holds_on(day), group__mine_id=mine_id, group__ended_on=None)
    columns = ("group_id", "kind", "place_id", "unit_id", "specialty_id")
    ordered = rows.order_by("group__position", "group__name", "id").values_list(*columns)
    return [Cover(group, kind, place or unit or specialty) for group, kind, place, unit, specialty in ordered]


def where_of(thing: Hazard | Accident) -> Where:
    """What a hazard or an accident is about, as covers name it; its place, unit and specialty are read already."""
    place, unit, specialty = thing.place, thing.unit, thing.specialty
    return Where(
        places=[place.id, *reversed(place.ancestors)] if place else [],
        units=[unit.id, *reversed(unit.ancestors)] if unit else [],
        specialties=[one for one in (specialty.id, specialty.parent_id) if one] if specialty else [],
    )


class Clocks:
    """The mine's clocks for feedback and acknowledgement, with the timetables of the units asked for."""

    def __init__(self, mine: Mine, units: Iterable[Unit | None] = ()) -> None:
        self.mine = mine
        self.rows = clocks_of(mine.id)
        self.tables = timetables(mine, list(units))

    def due(self, name: str, unit: Unit | None, at: datetime) -> datetime:
        """When what begins at `at` is owed by this unit."""
        kind, amount = self.rows[name]
        key = unit.id if unit else None
        if key not in self.tables:
            self.tables |= timetables(self.mine, [unit])
        return owed_by(kind, amount, at=at, shift_ends=self.tables[key].ends_after(at, 2))


def clocks_of(mine_id: UUID) -> Mapping[str, tuple[str, int]]:
    """Every clock of the mine: its own rows, else what it begins with."""
    rows = GroupClock.objects.filter(mine_id=mine_id).values_list("name", "kind", "amount")
    return {**DEFAULT_CLOCKS, **{name: (kind, amount) for name, kind, amount in rows}}


def groups(mine_id: UUID) -> QuerySet[RectificationGroup]:
    """The mine's groups that are not ended."""
    rows = RectificationGroup.objects.filter(mine_id=mine_id, ended_on=None)
    return rows.select_related("branch", "leader").order_by("position", "name")


def get_group(group_id: UUID, *, by: Person) -> RectificationGroup:
    """One group of the person's mine. NotVisible when there is none."""
    rows = RectificationGroup.objects.select_related("branch__unit", "leader").filter(mine_id=by.mine_id)
    found = one_of(rows.filter(id=group_id))
    if found is None:
        raise NotVisible
    return found


def members(group: RectificationGroup) -> list[Person]:
    """Who belongs to the group today, the leader among them."""
    rows = GroupMember.objects.filter(holds_on(clock.today()), group=group).select_related("person__unit")
    return [one.person for one in rows.order_by("person__pinyin")]


def covered(group: RectificationGroup) -> list[GroupCover]:
    """What the group covers today."""
    rows = GroupCover.objects.filter(holds_on(clock.today()), group=group)
    return list(rows.select_related("place", "unit", "specialty").order_by("kind", "id"))


def group_ids_of(person: Person) -> QuerySet[GroupMember, UUID]:
    """The groups in which this person works today, as a subquery."""
    rows = GroupMember.objects.filter(holds_on(clock.today()), person=person, group__ended_on=None)
    return rows.values_list("group_id", flat=True)


def is_member(group_id: UUID | None, person: Person) -> bool:
    """Whether this person works in the group today."""
    if group_id is None:
        return False
    return GroupMember.objects.filter(holds_on(clock.today()), group_id=group_id, person=person).exists()


def groups_of_subjects(subject_ids: Iterable[UUID]) -> dict[UUID, RectificationGroup]:
    """Which group has each of these hazards and accidents."""
    wanted = list(subject_ids)
    rows = RectificationGroup.objects.filter(Q(cases__hazard_id__in=wanted) | Q(cases__accident_id__in=wanted))
    pairs = rows.values_list("id", "cases__hazard_id", "cases__accident_id")
    known = {group.id: group for group in rows.select_related("branch", "leader").distinct()}
    return {hazard or accident: known[group] for group, hazard, accident in pairs if hazard or accident}


def heads_of(group: RectificationGroup) -> Iterator[Person]:
    """Who hears first what the group owes: the leader, then the members, each once."""
    yield group.leader
    yield from (one for one in members(group) if one.id != group.leader_id)


def describe(rows: list[RectificationGroup]) -> list[RectificationGroup]:
    """Say of each group what it covers today (`words`) and how many belong to it (`people`). Two statements."""
    today, covers = holds_on(clock.today()), defaultdict(list)
    held = GroupCover.objects.filter(today, group__in=rows).select_related("place", "unit", "specialty")
    for one in held.order_by("kind", "id"):
        covers[one.group_id].append(one.what)
    counted = GroupMember.objects.filter(today, group__in=rows).values_list("group_id").annotate(Count("id"))
    people = dict(counted.order_by())
    for row in rows:
        row.words, row.people = "、".join(covers[row.id]), people.get(row.id, 0)  # type: ignore[attr-defined]
    return rows


def branches(mine_id: UUID) -> list[Branch]:
    """The branches that may lead a group."""
    return list(Branch.objects.filter(mine_id=mine_id).select_related("unit").order_by("unit__position", "name"))


def main_specialties(mine_id: UUID) -> list[Specialty]:
    """What a group may cover: the main specialties, each with all below it."""
    return list(Specialty.objects.filter(mine_id=mine_id, active=True, parent=None).order_by("position", "code"))
