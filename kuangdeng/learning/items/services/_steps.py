"""What the verbs of the item bank share."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import claimed
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.models import StoredFile
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.asking import refuse_without
from kuangdeng.learning.items.models import Item, ItemBank, ItemCategory, ItemVersion, Sorting, VersionPicture
from kuangdeng.learning.items.queries import able
from kuangdeng.learning.items.rules import FLOW, POWER_LABELS, TYPE_LABELS
from kuangdeng.learning.items.rules.content import Content, folded_of, pictures_of
from kuangdeng.learning.items.rules.folding import stem_key
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Person, has_power


def demand(by: Person, power: str, bank: ItemBank | None = None) -> None:
    """Refused for who does not have this power, in this bank if one is given."""
    refuse_without(able(by, power, bank) if bank else has_power(by, power), POWER_LABELS[power])


def begin(what: str, item_id: UUID, by: Person) -> Item:
    """The item, locked, with the step allowed from its state. NotVisible for another mine's."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("bank__unit", "latest", "mine")
    item = one_of(rows.filter(id=item_id, mine_id=by.mine_id))
    if item is None:
        raise NotVisible
    FLOW.target(what, item.status)
    return item


def bank_of(bank_id: UUID, by: Person, power: str) -> ItemBank:
    """The bank to write into. Refused when there is none, it is closed, or it is not for `by`."""
    bank = one_of(ItemBank.objects.select_related("unit").filter(id=bank_id, mine_id=by.mine_id))
    if bank is None:
        raise Refused(_("没有这个题库。请重新选择。"), field="bank")
    demand(by, power, bank)
    if not bank.is_active:
        raise Refused(_("题库「%(name)s」已经停用。请选别的题库。") % {"name": bank.name}, field="bank")
    return bank


def set_stem(item: Item, content: Content) -> None:
    """What lists, search and the duplicates go by."""
    item.type, item.stem = content["type"], content["stem"] or _("（看图）")
    item.folded = folded_of(content)
    item.stem_key = stem_key(item.folded)


def with_stored_pictures(content: Content, by: Person, before: ItemVersion | None = None) -> Content:
    """The content with its pictures by the names under which they are stored.

    A picture is one that the version before had, or one that `by` has just sent. Refused when it is neither.
    """
    names = pictures_of(content)
    if not names:
        return content
    kept = set(pictures_of(before.content)) if before else set()
    sent = claimed([one for one in names if one not in kept], owner_id=by.id)
    stored = {one: one if one in kept else sent[one].file_id if one in sent else None for one in names}
    if None in stored.values():
        raise Refused(_("有图片还没有传完。请等图片传完，或者删掉后重新选。"), field="pictures")

    def rows(name: str) -> list[dict[str, object]]:
        return [{**one, "picture": stored[one["picture"]]} if one.get("picture") else one for one in content[name]]

    new: Content = {**content, "pictures": [stored[one] for one in content.get("pictures", ())]}
    return {**new, **{name: rows(name) for name in ("options", "left", "right") if name in content}}


def new_version(version: ItemVersion) -> ItemVersion:
    """Write a version with its pictures; the item that points to it is saved in the same transaction."""
    version.save(force_insert=True)
    files = StoredFile.objects.filter(sha256__in=pictures_of(version.content))
    VersionPicture.objects.bulk_create([VersionPicture(version=version, file=file) for file in files])
    return version


def check_marks(marks: Decimal) -> Decimal:
    """The full mark of an item. Refused outside half a mark to a hundred."""
    if not marks.is_finite() or not Decimal("0.1") <= marks <= 100 or marks != marks.quantize(Decimal("0.01")):
        raise Refused(_("分值要在 0.1 到 100 之间，最多两位小数。"), field="marks")
    return marks


def check_difficulty(value: int) -> int:
    """Refused outside 1 to 5."""
    if not 1 <= value <= 5:
        raise Refused(_("难度是 1 到 5。"), field="difficulty")
    return value


def sort_under(item: Item, ids: Iterable[UUID]) -> list[ItemCategory]:
    """Sort the item under exactly these categories. Refused when one is not the mine's."""
    wanted = list(dict.fromkeys(ids))
    found = list(ItemCategory.objects.filter(mine_id=item.mine_id, id__in=wanted))
    if len(found) != len(wanted):
        raise Refused(_("选的分类已经不在了。请重新选。"), field="categories")
    Sorting.objects.filter(item=item).exclude(category__in=found).delete()
    Sorting.objects.bulk_create([Sorting(item=item, category=one) for one in found], ignore_conflicts=True)
    return found


def enter(what: str, item: Item, by: Person, payload: Mapping[str, object] | None = None) -> Entry:
    """The line of the ledger. An item's words stay in the bank: what is on the ledger, those who sit it may read."""
    with in_chinese():
        label = f"{item.bank.name} {TYPE_LABELS[item.type]}"
        facts = {"status": str(item.status), "bank": item.bank.name, "type": item.type, **(payload or {})}
    return post(
        f"item.{what}",
        Subject("item", item.id, label),
        mine_id=item.mine_id,
        by=by,
        payload=facts,
    )
