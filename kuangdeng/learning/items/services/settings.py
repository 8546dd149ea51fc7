"""What the training section sets: banks, categories, how parts are marked."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.models import ItemBank, ItemCategory, MarkingPolicy
from kuangdeng.learning.items.rules import KIND_LABELS, Policy
from kuangdeng.learning.items.rules.marking import FILL_IN_WAYS, MATCHING_WAYS, MULTIPLE_WAYS, ORDERING_WAYS
from kuangdeng.learning.items.services._steps import demand
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Mine, Person, Unit

M = TypeVar("M", bound=Model)


def _name(text: str) -> str:
    name = " ".join(text.split())
    if not name or len(name) > 60:
        raise Refused(_("请写名称，最多 60 个字。"), field="name")
    return name


def _found(row: M | None) -> M:
    if row is None:
        raise NotVisible
    return row


def _one_at_a_time(by: Person) -> None:
    """Two who give the same name at once, or one who presses twice, come one after the other, and the second is told."""
    Mine.objects.select_for_update(of=("self",), no_key=True).get(id=by.mine_id)


@verb
def save_bank(
    bank_id: UUID | None = None,
    *,
    name: str,
    unit_id: UUID | None = None,
    note: str = "",
    is_active: bool = True,
    is_sample: bool = False,
    by: Person,
) -> ItemBank:
    """Open a bank or change it (题库). Refused for a name that another bank has."""
    demand(by, "item.settings")
    _one_at_a_time(by)
    bank = ItemBank(mine_id=by.mine_id)
    if bank_id:
        rows = ItemBank.objects.select_for_update(of=("self",))
        bank = _found(one_of(rows.filter(id=bank_id, mine_id=by.mine_id)))
    bank.name = _name(name)
    if ItemBank.objects.filter(mine_id=by.mine_id, name=bank.name).exclude(id=bank.id).exists():
        raise Refused(_("已经有叫「%(name)s」的题库。请换个名称。") % {"name": bank.name}, field="name")
    if unit_id and not Unit.objects.filter(id=unit_id, mine_id=by.mine_id).exists():
        raise NotVisible
    bank.unit_id, bank.note, bank.is_active = unit_id, note.strip()[:200], is_active
    bank.is_sample = is_sample or bank.is_sample
    bank.save()
    post(
        "item.save_bank", Subject("item_bank", bank.id, bank.name), mine_id=by.mine_id, by=by,
        payload={"name": bank.name, "note": bank.note, "is_active": bank.is_active},
    )  # fmt: skip
    return bank


@verb
def save_category(
    category_id: UUID | None = None, *, kind: str, name: str, is_active: bool = True, by: Person
) -> ItemCategory:
    """Add a category or change it (分类). Refused for a kind that is none, and for a name that is there."""
    demand(by, "item.settings")
    _one_at_a_time(by)
    category = ItemCategory(mine_id=by.mine_id)
    if category_id:
        rows = ItemCategory.objects.select_for_update(of=("self",))
        category = _found(one_of(rows.filter(id=category_id, mine_id=by.mine_id)))
    category.name, category.kind, category.is_active = _name(name), kind, is_active
    if kind not in KIND_LABELS:
        raise Refused(_("请选择分类的类别。"), field="kind")
    same = ItemCategory.objects.filter(mine_id=by.mine_id, kind=kind, name=category.name).exclude(id=category.id)
    if same.exists():
        raise Refused(_("已经有分类「%(name)s」。") % {"name": category.name}, field="name")
    category.save()
    post(
        "item.save_category", Subject("item_category", category.id, category.name), mine_id=by.mine_id,
        by=by, payload={"kind": kind, "name": category.name, "is_active": is_active},
    )  # fmt: skip
    return category


@verb
def save_policy(*, policy: Policy, by: Person) -> MarkingPolicy:
    """Say what part of an answer earns what part of the mark (判分办法), for exams that begin later."""
    demand(by, "item.settings")
    ways = {"multiple": MULTIPLE_WAYS, "matching": MATCHING_WAYS, "ordering": ORDERING_WAYS, "fill_in": FILL_IN_WAYS}
    values = policy.as_json()
    for field, known in ways.items():
        if values[field] not in known:
            raise Refused(_("请选择判分办法。"), field=field)
    row, _new = MarkingPolicy.objects.update_or_create(mine_id=by.mine_id, defaults=values)
    with in_chinese():
        label = _("判分办法")
    post(
        "item.save_policy", Subject("marking_policy", by.mine_id, label), mine_id=by.mine_id, by=by,
        payload=values,
    )  # fmt: skip
    return row
