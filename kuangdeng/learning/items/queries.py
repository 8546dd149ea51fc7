"""Reading the bank: what is in it, what exams may draw, who may do what with one item."""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, summed
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.items.models import (
    Item,
    ItemBank,
    ItemCategory,
    ItemTwin,
    ItemVersion,
    MarkingPolicy,
    Sorting,
    VersionPicture,
)
from kuangdeng.learning.items.rules import DEFAULT_POLICY, FLOW, Policy, Status
from kuangdeng.org.api import Person, Unit, has_power, may

# What exams and the daily item read -----------------------------------------------------------------------------------


def pool(
    mine_id: UUID,
    *,
    banks: Collection[UUID] = (),
    categories: Collection[UUID] = (),
    types: Collection[str] = (),
) -> QuerySet[Item]:
    """The items that may be asked, each in its `current` version; an empty collection narrows nothing.

    An item belongs when it is sorted under any of the categories. Order by id before drawing with a seed.
    """
    rows = Item.objects.filter(mine_id=mine_id, current__isnull=False)
    if banks:
        rows = rows.filter(bank_id__in=banks)
    if types:
        rows = rows.filter(type__in=types)
    if categories:
        under = Sorting.objects.filter(item_id=OuterRef("id"), category_id__in=categories)
        rows = rows.filter(Exists(under))
    return rows


def sorted_under(categories: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Category → the items sorted under it, for each of these."""
    found: dict[UUID, set[UUID]] = {one: set() for one in categories}
    if found:
        for category, item in Sorting.objects.filter(category_id__in=found).values_list("category_id", "item_id"):
            found[category].add(item)
    return found


def sortings(mine_id: UUID, kind: str) -> tuple[dict[UUID, set[UUID]], dict[UUID, set[str]]]:
    """Which items are sorted under which category; and the names of those of one kind for each item that has any."""
    by_category: dict[UUID, set[UUID]] = {}
    names: dict[UUID, set[str]] = {}
    rows = Sorting.objects.filter(category__mine_id=mine_id)
    for category_id, item_id, of_kind, name in rows.values_list(
        "category_id", "item_id", "category__kind", "category__name"
    ):
        by_category.setdefault(category_id, set()).add(item_id)
        if of_kind == kind:
            names.setdefault(item_id, set()).add(name)
    return by_category, names


def versions(ids: Iterable[UUID]) -> dict[UUID, ItemVersion]:
    """Versions by id, with content, key and marks; whoever sat an exam is marked by exactly these."""
    return ItemVersion.objects.in_bulk(list(ids))


def policy_of(mine_id: UUID) -> Policy:
    """How this mine gives marks for parts (判分办法); an exam keeps a copy."""
    row = one_of(MarkingPolicy.objects.filter(mine_id=mine_id))
    return row.policy if row else DEFAULT_POLICY


def banks_of(mine_id: UUID) -> list[ItemBank]:
    """The banks of a mine that are in use, by name."""
    return list(ItemBank.objects.filter(mine_id=mine_id, is_active=True).select_related("unit"))


def categories_of(mine_id: UUID, kind: str | None = None) -> list[ItemCategory]:
    """The categories of a mine, of one kind or all."""
    rows = ItemCategory.objects.filter(mine_id=mine_id, is_active=True)
    return list(rows.filter(kind=kind) if kind else rows)


# The bank's own pages -------------------------------------------------------------------------------------------------


def visible(person: Person) -> QuerySet[Item]:
    """Items are secret from those who sit them: only who writes, reviews or keeps them sees the bank."""
    rows = Item.objects.filter(mine_id=person.mine_id)
    return rows if has_power(person, "item.see") else rows.none()


def get_item(item_id: UUID, *, by: Person) -> Item:
    """One item with its latest version. NotVisible for whoever may not see the bank."""
    rows = visible(by).select_related("bank__unit", "latest__by", "current", "author", "reviewed_by", "merged_into")
    found = one_of(rows.filter(id=item_id))
    if found is None:
        raise NotVisible
    return found


def history(item: Item) -> list[ItemVersion]:
    """All versions of an item, the last first."""
    return list(item.versions.select_related("by").order_by("-number"))


def get_version(version_id: UUID, *, by: Person) -> ItemVersion:
    """One version. NotVisible for whoever may not see the bank."""
    if not has_power(by, "item.see"):
        raise NotVisible
    found = one_of(ItemVersion.objects.select_related("item", "by").filter(id=version_id, item__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def get_bank(bank_id: UUID, *, by: Person) -> ItemBank:
    """One bank of the mine. NotVisible when there is none."""
    found = one_of(ItemBank.objects.select_related("unit").filter(id=bank_id, mine_id=by.mine_id))
    if found is None or not has_power(by, "item.see"):
        raise NotVisible
    return found


def get_category(category_id: UUID, *, by: Person) -> ItemCategory:
    """One category of the mine. NotVisible when there is none."""
    found = one_of(ItemCategory.objects.filter(id=category_id, mine_id=by.mine_id))
    if found is None or not has_power(by, "item.see"):
        raise NotVisible
    return found


def able(by: Person, power: str, bank: ItemBank) -> bool:
    """Whether this person may do it in this bank: in the mine's own wherever he sits, in a unit's if he reaches it."""
    return may(by, power, bank.unit) if bank.unit_id else has_power(by, power)


def wrote(item: Item, by: Person) -> bool:
    """Whether this person is the author of what is to be reviewed: he began the item, or wrote its latest version."""
    return by.id in (item.author_id, item.latest.by_id)


def offered(item: Item, by: Person) -> list[str]:
    """The verbs that this person may use on this item now."""
    allowed = {verb: able(by, f"item.{verb}", item.bank) for verb in dict.fromkeys(FLOW.from_(item.status))}
    own_draft = item.status == Status.DRAFTED and item.author_id == by.id
    if wrote(item, by):
        allowed["review"] = False
    if item.merged_into_id:
        allowed["bring_back"] = False
    if own_draft and item.current_id is None:
        allowed["retire"] = True
    return [verb for verb, may_do in allowed.items() if may_do]


def to_review(person: Person) -> QuerySet[Item]:
    """What waits for a reviewer and was not written by himself (待审题)."""
    if not has_power(person, "item.review"):
        return Item.objects.none()
    rows = Item.objects.filter(mine_id=person.mine_id, status=Status.SUBMITTED)
    return rows.exclude(Q(author=person) | Q(latest__by=person))


def sent_back(person: Person) -> QuerySet[Item]:
    """Own drafts that a reviewer gave back."""
    rows = Item.objects.filter(mine_id=person.mine_id, status=Status.DRAFTED, author=person)
    return rows.exclude(remark="")


def waiting_rows(person: Person) -> list[Part]:
    """How many items this person is to review or to mend, and since when (see learning.waiting)."""
    own = Q(author=person) | Q(latest__by=person)
    rows = Item.objects.filter(mine_id=person.mine_id)
    found = {}
    if has_power(person, "item.review"):
        found["review"] = rows.filter(~own, status=Status.SUBMITTED)
    if has_power(person, "item.write") or has_power(person, "item.review"):
        found["mend"] = rows.filter(status=Status.DRAFTED, author=person).exclude(remark="")
    return [summed(which, kind, "changed_at") for kind, which in found.items()]


def has_same_stem() -> Exists:
    """Whether another item of the mine has the same stem but for spaces, width and punctuation (重复题)."""
    others = Item.objects.filter(mine_id=OuterRef("mine_id"), stem_key=OuterRef("stem_key"), merged_into=None)
    return Exists(others.exclude(id=OuterRef("id")).exclude(status=Status.RETIRED))


def banks(person: Person) -> QuerySet[ItemBank]:
    """The banks of the mine, each with the number of its items."""
    return ItemBank.objects.filter(mine_id=person.mine_id).annotate(items_count=Count("items"))


def categories(person: Person) -> QuerySet[ItemCategory]:
    """The categories of the mine, each with the number of items under it."""
    return ItemCategory.objects.filter(mine_id=person.mine_id).annotate(items_count=Count("sorted"))


def units_for_banks(person: Person) -> list[tuple[str, str]]:
    """Units that may own a bank: all but teams."""
    rows = Unit.objects.filter(mine_id=person.mine_id).exclude(kind=Unit.Kind.TEAM).order_by("position", "name")
    return [(str(key), name) for key, name in rows.values_list("id", "name")]


def writable_banks(person: Person, power: str) -> list[ItemBank]:
    """The banks into which this person may write."""
    return [one for one in banks_of(person.mine_id) if able(person, power, one)]


def exported(person: Person, ids: QuerySet[Item]) -> QuerySet[Item]:
    """Items with all that a file of them needs."""
    rows = Item.objects.filter(id__in=ids.order_by().values("id"), mine_id=person.mine_id)
    return (
        rows.select_related("latest", "bank").prefetch_related("categories").order_by("bank__name", "created_at", "id")
    )


def merge_targets(item: Item) -> list[Item]:
    """Items into which this one may go: those with the same stem and those that look alike."""
    pairs = ItemTwin.objects.filter(Q(first=item) | Q(second=item), apart=False).values_list("first_id", "second_id")
    near = {one for pair in pairs for one in pair} - {item.id}
    rows = Item.objects.filter(Q(id__in=near) | Q(stem_key=item.stem_key), mine_id=item.mine_id, merged_into=None)
    return list(
        rows.filter(type=item.type).exclude(id=item.id).exclude(status=Status.RETIRED).select_related("bank")[:20]
    )


def compared(mine_id: UUID) -> QuerySet[Item]:
    """The items among which near-duplicates are looked for."""
    return Item.objects.filter(mine_id=mine_id).exclude(status=Status.RETIRED)


def twins(person: Person) -> QuerySet[ItemTwin]:
    """Pairs that look alike and were not told apart (近似题), the most alike first."""
    rows = ItemTwin.objects.filter(mine_id=person.mine_id, apart=False)
    rows = rows.filter(first__merged_into=None, second__merged_into=None)
    rows = rows.exclude(first__status=Status.RETIRED).exclude(second__status=Status.RETIRED)
    return rows if has_power(person, "item.see") else rows.none()


def counts(mine_id: UUID) -> dict[str, int]:
    """How many items stand in each state."""
    rows = Item.objects.filter(mine_id=mine_id).values("status").annotate(n=Count("id")).order_by()
    return {row["status"]: row["n"] for row in rows}


def get_picture(version_id: UUID, sha256: str, *, by: Person) -> VersionPicture:
    """A picture of a version. NotVisible for whoever may not see the bank."""
    if not has_power(by, "item.see"):
        raise NotVisible
    rows = VersionPicture.objects.filter(version_id=version_id, version__item__mine_id=by.mine_id, file_id=sha256)
    found = one_of(rows)
    if found is None:
        raise NotVisible
    return found


def picture_of(mine_id: UUID, version_id: UUID, sha256: str) -> VersionPicture | None:
    """A picture of a version, for a part that has checked itself who sees it."""
    rows = VersionPicture.objects.filter(version_id=version_id, version__item__mine_id=mine_id, file_id=sha256)
    return one_of(rows)


def pictures_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a version shows; the sweeper keeps them."""
    return set(VersionPicture.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))
