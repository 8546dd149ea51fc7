"""Choosing people: units with what is below, members only, mine leaders, single persons. Used by study and campaigns."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.pickers import person_field, unit_field
from kuangdeng.learning.study.rules import Chosen
from kuangdeng.org.api import Person, Unit


class ChooseForm(forms.Form):
    """选应到人员."""

    members_only = forms.BooleanField(label=_("这些单位里只要党员（支部党员学习）"), required=False)
    leaders = forms.BooleanField(label=_("全体矿领导（中心组成员）"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"] = unit_field(
            by,
            label=_("单位、支部、班组"),
            multiple=True,
            required=False,
            help_text=_("选中的单位和下面的班组都应到；党小组选班组。"),
        )
        there = self.initial.get("persons", ())
        self.fields["persons"] = person_field(by, there, label=_("另外加上的人"), multiple=True, required=False)
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
