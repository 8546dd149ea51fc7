"""重复题: items that ask the same are found, merged into one, or told apart by a person."""

from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errands import counted
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.models import Item, ItemTwin, Sorting
from kuangdeng.learning.items.queries import compared
from kuangdeng.learning.items.rules import FLOW, TYPE_LABELS, Status
from kuangdeng.learning.items.services._steps import begin, demand, enter
from kuangdeng.learning.items.twinning import near_pairs
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person


@verb
def merge(item_id: UUID, *, into: UUID, by: Person) -> Item:
    """Merge an item into another (合并): it is retired, its categories and count of uses go to the other.

    Exams that asked it keep it. Refused into itself, into one that is retired, and into one of another type.
    """
    first, second = sorted([item_id, into])
    list(Item.objects.select_for_update(of=("self",)).filter(id__in=[first, second]).order_by("id"))
    item = begin("merge", item_id, by)
    demand(by, "item.merge", item.bank)
    target = one_of(Item.objects.select_related("bank__unit", "latest").filter(id=into, mine_id=by.mine_id))
    if target is None:
        raise NotVisible
    if target.id == item.id:
        raise Refused(_("不能并入自己。请选另一道题。"), code="itself")
    if target.status == Status.RETIRED:
        raise Refused(_("要并入的那道题已经停用。请先恢复它，或者反过来合并。"), code="retired")
    if target.type != item.type:
        words = {"one": TYPE_LABELS[item.type], "other": TYPE_LABELS[target.type]}
        raise Refused(_("%(one)s和%(other)s不能合并成一道。请停用不要的那一道。") % words, code="type")
    demand(by, "item.merge", target.bank)
    _hand_over(item, target)
    item.status, item.changed_at = FLOW.target("merge", item.status), now()
    item.current, item.merged_into = None, target
    item.save()
    Item.objects.filter(merged_into=item).update(merged_into=target)
    enter("merge", item, by, {"into": f"{target.bank.name} {target.id}"})
    return target


def _hand_over(item: Item, target: Item) -> None:
    has = set(Sorting.objects.filter(item=target).values_list("category_id", flat=True))
    more = Sorting.objects.filter(item=item).exclude(category_id__in=has).values_list("category_id", flat=True)
    Sorting.objects.bulk_create([Sorting(item=target, category_id=one) for one in more])
    target.times_used += item.times_used
    target.last_used_at = max(filter(None, [target.last_used_at, item.last_used_at]), default=None)
    target.clause, target.source = target.clause or item.clause, target.source or item.source
    target.save()


@verb
def tell_apart(twin_id: int, *, by: Person) -> ItemTwin:
    """Say that two items that look alike are two (不是重复): they are not shown as a pair again."""
    twin = one_of(ItemTwin.objects.select_for_update(of=("self",)).filter(id=twin_id, mine_id=by.mine_id))
    if twin is None:
        raise NotVisible
    demand(by, "item.merge")
    twin.apart = True
    twin.save(update_fields=["apart"])
    item = Item.objects.select_related("bank").get(id=twin.first_id)
    enter("tell_apart", item, by, {"into": str(twin.second_id)})
    return twin


@verb
def find_twins(*, by: Person) -> int:
    """Compare all items of the mine that are not retired (查找近似题); returns how many pairs look alike.

    Pairs that were told apart stay apart; pairs that are no longer alike go.
    """
    demand(by, "item.merge")
    rows = compared(by.mine_id).order_by("id")
    found = near_pairs(list(rows.values_list("id", "folded")), counted=counted)
    ItemTwin.objects.filter(mine_id=by.mine_id, apart=False).delete()
    at = now()
    ItemTwin.objects.bulk_create(
        [
            ItemTwin(mine_id=by.mine_id, first_id=min(a, b), second_id=max(a, b), score=score, found_at=at)
            for a, b, score in found
        ],
        ignore_conflicts=True,
        batch_size=2000,
    )
    count = ItemTwin.objects.filter(mine_id=by.mine_id, apart=False).count()
    with in_chinese():
        label = _("近似题")
    post(
        "item.find_twins", Subject("item_twins", by.mine_id, label), mine_id=by.mine_id, by=by,
        payload={"pairs": count},
    )  # fmt: skip
    return count
