"""Choosing people and units, the same everywhere in learning: found by name, pinyin or number."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.widgets import PickerField
from kuangdeng.org.api import Person, open_unit, pickable_persons, search_persons, search_units


def unit_field(by: Person, **own: Any) -> PickerField:
    """A unit of the mine, or several."""
    return PickerField(
        url=lambda: reverse("org:pick_unit"), find=lambda key: open_unit(UUID(str(key)), by), label_of=lambda unit: unit.full_name,
        search=lambda words: search_units(by, words), kind="unit", icon="unit",
        **{"label": _("单位"), "placeholder": _("单位名称或拼音首字母"), **own},
    )  # fmt: skip


def person_field(by: Person, kept: Iterable[Person | None] = (), **own: Any) -> PickerField:
    """Somebody of the mine whom this person may name, or several; whoever stands there already (`kept`) may stay."""

    def rows() -> QuerySet[Person]:
        return pickable_persons(by).select_related("unit__parent")

    def find(key: str) -> Person | None:
        return there.get(key) or one_of(rows().filter(id=key))

    there = {str(one.id): one for one in kept if one is not None}
    return PickerField(
        url=lambda: reverse("org:pick_person"), find=find, search=lambda words: list(search_persons(rows(), words)[:2]),
        label_of=lambda one: f"{one.name}（{one.unit.full_name}）" if one.unit else one.name, kind="person", icon="person",
        **{"label": _("人员"), "placeholder": _("姓名、拼音首字母或工号"), **own},
    )  # fmt: skip
