"""What the forms of learning share: who, which unit, which day, a reason, or nothing but to be sure."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.widgets import DateInput, PickerField
from kuangdeng.org.api import Person, open_unit, pickable_persons, search_persons, search_units

SPLIT = re.compile(r"[\s、,，;；]+")


class Area(forms.Textarea):
    """A few lines of words."""

    def __init__(self, rows: int = 3) -> None:
        super().__init__({"rows": rows})


class ReasonForm(forms.Form):
    """A reason and nothing else."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=Area(2))

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label


class NothingForm(forms.Form):
    """A verb that needs no words, only to be sure."""


def words_of(text: str) -> list[str]:
    """Several words of one field: 瓦检员、放炮员."""
    return [one for one in SPLIT.split(text) if one]


def day(label: Any, **own: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=DateInput, **own)


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
