"""出题: an item is written, revised, sorted, sent to review; brought back when it is wanted again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.models import Item, ItemVersion
from kuangdeng.learning.items.rules import FLOW, Status, check_content
from kuangdeng.learning.items.rules.content import Content
from kuangdeng.learning.items.services._steps import (
    bank_of,
    begin,
    check_difficulty,
    check_marks,
    demand,
    enter,
    new_version,
    set_stem,
    sort_under,
    with_stored_pictures,
)
from kuangdeng.org.api import Person


@dataclass(frozen=True)
class ItemData:
    """What an author says of an item."""

    bank_id: UUID
    content: Content
    marks: Decimal = Decimal(1)
    explanation: str = ""
    difficulty: int = 3
    category_ids: Sequence[UUID] = ()
    clause: str = ""
    source: str = ""


@verb
def write(*, data: ItemData, by: Person) -> Item:
    """Write a new item (出题) as a draft. Refused for what could not be asked or marked, in the words of the field."""
    bank = bank_of(data.bank_id, by, "item.write")
    content = with_stored_pictures(check_content(data.content), by)
    item = Item(mine_id=by.mine_id, bank=bank, author=by, status=FLOW.target("write", None))
    _put_facts(item, data)
    version_id = uuid7()
    item.latest_id = version_id
    set_stem(item, content)
    item.save(force_insert=True)
    version = ItemVersion(
        id=version_id, item=item, number=1, type=content["type"], content=content, marks=check_marks(data.marks),
        explanation=data.explanation.strip(), by=by,
    )  # fmt: skip
    new_version(version)
    names = [one.name for one in sort_under(item, data.category_ids)]
    enter("write", item, by, {"version": 1, "difficulty": item.difficulty, "categories": names})
    return item


@verb
def revise(item_id: UUID, *, data: ItemData, why: str = "", by: Person) -> Item:
    """Change an item (修改题目): a new version is written; who sat the old one is judged by the old one.

    What is in use stays in use as it was until the new version is reviewed and put into use.
    Refused while it waits for the reviewer, and without a reason once it has been in use.
    """
    item = begin("revise", item_id, by)
    demand(by, "item.revise", item.bank)
    if item.current_id and not why.strip():
        raise Refused(_("这道题正在用。请写明为什么修改。"), field="why")
    bank = bank_of(data.bank_id, by, "item.revise")
    content = with_stored_pictures(check_content(data.content), by, item.latest)
    number = item.latest.number + 1
    version = ItemVersion(
        id=uuid7(), item=item, number=number, type=content["type"], content=content, marks=check_marks(data.marks),
        explanation=data.explanation.strip(), why=why.strip()[:200], by=by,
    )  # fmt: skip
    new_version(version)
    item.bank, item.latest, item.status = bank, version, FLOW.target("revise", item.status)
    item.reviewed_by, item.reviewed_at, item.changed_at = None, None, now()
    _put_facts(item, data)
    set_stem(item, content)
    item.save()
    sort_under(item, data.category_ids)
    enter("revise", item, by, {"version": number, "why": why.strip()})
    return item


def _put_facts(item: Item, data: ItemData) -> None:
    item.difficulty = check_difficulty(data.difficulty)
    item.clause, item.source = data.clause.strip()[:200], data.source.strip()[:200]


@verb
def classify(
    item_id: UUID,
    *,
    by: Person,
    difficulty: int | None = None,
    category_ids: Sequence[UUID] | None = None,
) -> Item:
    """Sort an item anew (改分类、难度): what is asked stays the same, so there is no new version and no new review."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("bank__unit")
    item = one_of(rows.filter(id=item_id, mine_id=by.mine_id))
    if item is None:
        raise NotVisible
    demand(by, "item.revise", item.bank)
    if difficulty is not None:
        item.difficulty = check_difficulty(difficulty)
    item.changed_at = now()
    item.save()
    names = [one.name for one in sort_under(item, category_ids)] if category_ids is not None else []
    enter("classify", item, by, {"difficulty": item.difficulty, "categories": names})
    return item


@verb
def submit(item_id: UUID, *, by: Person) -> Item:
    """Send a draft to review (送审). Refused when it is no draft."""
    item = begin("submit", item_id, by)
    demand(by, "item.submit", item.bank)
    item.status, item.remark, item.changed_at = FLOW.target("submit", item.status), "", now()
    item.save()
    enter("submit", item, by, {"version": item.latest.number})
    return item


@verb
def bring_back(item_id: UUID, *, by: Person) -> Item:
    """Bring a retired item back as a draft (恢复). Refused when it was merged into another."""
    item = begin("bring_back", item_id, by)
    demand(by, "item.bring_back", item.bank)
    if item.merged_into_id:
        raise Refused(_("这道题已经并入另一题，不能恢复。请用并入的那一题。"), code="merged")
    item.status, item.changed_at = FLOW.target("bring_back", item.status), now()
    item.reviewed_by, item.reviewed_at = None, None
    assert item.status == Status.DRAFTED
    item.save()
    enter("bring_back", item, by, {"version": item.latest.number})
    return item
