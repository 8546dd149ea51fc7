"""每日一题 before a team: which item, who belongs to the team, what was held."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.items.api import Item, ItemVersion
from kuangdeng.learning.practice import rules, tickets
from kuangdeng.learning.practice.models import PracticeCard, PracticeMeeting
from kuangdeng.learning.practice.queries.queue import day_now, pool_of
from kuangdeng.org.api import Person, Unit, reach

NOT_AGAIN_FOR = timedelta(days=14)
MOST_STAFF = 120


@dataclass(frozen=True)
class Asked:
    """An item for a team: its version, how many of the team have it in their mistake books, the ticket."""

    version: ItemVersion
    item: Item
    ticket: str
    wrong: int = 0


def teams_of(person: Person) -> list[Unit]:
    """The units before which this person may lead it, teams first."""
    units = reach(person, "practice.lead")
    rows = Unit.objects.filter(mine_id=person.mine_id, closed_on=None)
    if units is not None:
        rows = rows.filter(id__in=units)
    found = sorted(rows, key=lambda one: (one.kind != Unit.Kind.TEAM, one.position, one.name))
    own = [one for one in found if one.id == person.unit_id]
    return own + [one for one in found if one.id != person.unit_id]


def staff_of(unit: Unit) -> list[Person]:
    """Who works in a unit, those of its teams included, by name."""
    rows = Person.objects.filter(mine_id=unit.mine_id, is_active=True)
    rows = rows.filter(Q(unit_id=unit.id) | Q(unit__ancestors__contains=[unit.id]))
    return list(rows.select_related("unit", "mine").order_by("pinyin", "number")[:MOST_STAFF])


def item_for(unit: Unit, *, skip: int = 0, by: Person) -> Asked | None:
    """What to ask this team today: what most of them have wrong, else a must-know or another item that it has not
    heard for a fortnight. `skip` passes over the first ones. None when the bank has nothing for it."""
    day, items = day_now(by), pool_of(by)
    heard = PracticeMeeting.objects.filter(unit=unit, day__gt=day - NOT_AGAIN_FOR)
    gone = set(heard.values_list("item_id", flat=True))
    mine = Q(person__unit_id=unit.id) | Q(person__unit__ancestors__contains=[unit.id])
    rows = PracticeCard.objects.filter(mine, mine_id=unit.mine_id, in_book=True, person__is_active=True)
    counted = rows.exclude(item_id__in=gone).values("item_id").annotate(n=Count("id")).order_by("-n", "item_id")
    wrong = {row["item_id"]: row["n"] for row in counted[: 20 + skip] if row["item_id"] in items.every}
    seed = f"{unit.id.hex}\x1e{day}"
    seen = gone | set(wrong)
    others = rules.unseen(items.must, seen, items.coin, 20, seed) or rules.unseen(
        items.rest, seen, items.coin, 20, seed
    )
    ids = [*wrong, *others]
    if not ids:
        return None
    start = skip % len(ids)
    found = Item.objects.filter(id__in=ids, current__isnull=False).select_related("current").in_bulk()
    for item_id in [*ids[start:], *ids[:start]]:
        item = found.get(item_id)
        if item is not None and item.current is not None:
            ticket = tickets.issue(unit.id, item.current.id, day, rules.Why.MISTAKE if item_id in wrong else "")
            return Asked(item.current, item, ticket, wrong.get(item_id, 0))
    return None


def held_today(unit: Unit, by: Person) -> list[PracticeMeeting]:
    """What this team answered together today."""
    return list(PracticeMeeting.objects.filter(unit=unit, day=day_now(by)).select_related("item").order_by("at"))


def meetings(person: Person) -> QuerySet[PracticeMeeting]:
    """The meetings of the units of which this person sees the participation."""
    rows = PracticeMeeting.objects.filter(mine_id=person.mine_id).select_related("unit", "item", "version", "led_by")
    units = reach(person, "practice.see")
    return rows if units is None else rows.filter(unit_id__in=units)


def get_meeting(meeting_id: UUID, *, by: Person) -> PracticeMeeting:
    """One meeting. NotVisible for who has nothing to do with that unit."""
    found = one_of(meetings(by).filter(id=meeting_id))
    if found is None:
        raise NotVisible
    return found
