"""Choosing people: units with what is below, members only, mine leaders, single persons. Used by study and campaigns."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.widgets import PickerField
from kuangdeng.learning.study.rules import Chosen
from kuangdeng.org.api import Person, Unit, open_unit, search_persons, search_units


def _person(by: Person) -> Callable[[str], Person | None]:
    rows = Person.objects.select_related("unit__parent").filter(mine_id=by.mine_id, is_active=True)
    return lambda value: rows.filter(id=UUID(value)).first()


def person_field(by: Person, label: Any, **own: Any) -> PickerField:
    """Somebody of the mine, found by name, pinyin or number."""
    return PickerField(
        url=lambda: reverse("org:pick_person"), find=_person(by), kind="person", icon="person", label=label,
        search=lambda text: list(search_persons(Person.objects.filter(mine_id=by.mine_id, is_active=True), text)[:2]),
        label_of=lambda one: f"{one.name}（{one.unit.full_name}）" if one.unit else one.name,
        placeholder=gettext("姓名、拼音首字母或工号"), **own,
    )  # fmt: skip


def unit_field(by: Person, label: Any, **own: Any) -> PickerField:
    """A unit of the mine."""
    return PickerField(
        url=lambda: reverse("org:pick_unit"), find=lambda value: open_unit(UUID(value), by), kind="unit", icon="unit", label=label,
        search=lambda text: search_units(by, text)[:2], label_of=lambda one: one.full_name, placeholder=gettext("单位名称或拼音首字母"), **own,
    )  # fmt: skip


class ChooseForm(forms.Form):
    """选应到人员."""

    members_only = forms.BooleanField(label=_("这些单位里只要党员（支部党员学习）"), required=False)
    leaders = forms.BooleanField(label=_("全体矿领导（中心组成员）"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"] = unit_field(
            by,
            _("单位、支部、班组"),
            multiple=True,
            required=False,
            help_text=_("选中的单位和下面的班组都应到；党小组选班组。"),
        )
        self.fields["persons"] = person_field(by, _("另外加上的人"), multiple=True, required=False)
        self.order_fields(["units", "members_only", "leaders", "persons"])

    @property
    def chosen(self) -> Chosen:
        """Whom the form means."""
        values = self.cleaned_data
        return Chosen(
            tuple(one.id for one in values["units"]), values["members_only"], values["leaders"],
            tuple(one.id for one in values["persons"]),
        )  # fmt: skip

    @staticmethod
    def initial_of(chosen: dict[str, Any], unit_id: UUID | None = None) -> dict[str, Any]:
        """The choice that holds now; before anybody has chosen, the whole unit that holds it."""
        if unit_id and not any(chosen.values()):
            chosen = {"units": [unit_id]}
        return {
            "units": list(Unit.objects.select_related("parent").filter(id__in=chosen.get("units", []))),
            "persons": list(Person.objects.select_related("unit__parent").filter(id__in=chosen.get("persons", []))),
            "members_only": chosen.get("members_only", False),
            "leaders": chosen.get("leaders", False),
        }
