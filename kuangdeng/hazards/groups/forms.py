"""Forms of the rectification groups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.forms import Area, PersonForm, offer, person_field, place_field, unit_field
from kuangdeng.hazards.groups.models import CLOCK_KINDS
from kuangdeng.hazards.groups.rules import CLOCKS
from kuangdeng.hazards.groups.services import HOURS_ONLY
from kuangdeng.kernel.widgets import PhotosField


class GroupForm(PersonForm):
    """设立、调整小组: who leads, who belongs, what it covers."""

    name = forms.CharField(
        label=_("小组名称"), max_length=60, error_messages={"required": _("请写小组名称。")},
        widget=forms.TextInput(attrs={"placeholder": _("例：顶板整治落实小组")}),
    )  # fmt: skip
    branch = forms.ChoiceField(label=_("牵头支部"), error_messages={"required": _("请选牵头支部。")})

    def __init__(
        self, *args: Any, branches: list[tuple[str, str]], specialties: list[tuple[str, str]], **more: Any
    ) -> None:
        self.branches, self.specialties = branches, specialties
        super().__init__(*args, **more)

    def arrange(self) -> None:
        offer(self, "branch", [("", _("请选择")), *self.branches])
        self.fields["leader"] = person_field(self.by, label=_("组长"))
        self.fields["members"] = person_field(self.by, label=_("成员"), required=False, multiple=True)
        self.fields["specialties"] = forms.MultipleChoiceField(
            label=_("负责的专业"), required=False, widget=forms.CheckboxSelectMultiple,
            choices=self.specialties,
        )  # fmt: skip
        self.fields["units"] = unit_field(self.by, label=_("负责的责任单位"), required=False, multiple=True)
        self.fields["places"] = place_field(
            self.by, label=_("负责的地点"), required=False, multiple=True, help_text=_("选上级地点，里面的都归它。")
        )
        self.fields["whole_mine"] = forms.BooleanField(
            label=_("其余的都归这个小组"), required=False,
            help_text=_("先按地点，再按责任单位，再按专业找小组；都找不到的，归勾了这一项的小组。"),
        )  # fmt: skip


class FeedbackForm(PersonForm):
    """反馈、反馈结果: what was found, what was done, what to watch; to whom."""

    found = forms.CharField(
        label=_("查明了什么"), max_length=1000, widget=Area(3), error_messages={"required": _("请写明查明了什么。")}
    )
    done = forms.CharField(
        label=_("做了什么"), max_length=1000, widget=Area(3), error_messages={"required": _("请写明做了什么。")}
    )
    watch = forms.CharField(
        label=_("各队要注意什么"), max_length=1000, widget=Area(3),
        error_messages={"required": _("请写明各队要注意什么。")}, help_text=_("班前会上照这一段念，用大白话写。"),
    )  # fmt: skip
    photos = PhotosField(label=_("照片"), required=False, limit=9)
    units = forms.MultipleChoiceField(
        label=_("告诉哪些单位"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请至少选一个要告诉的单位。")}, help_text=_("每个班组都要在班前会上签认。"),
    )  # fmt: skip

    def __init__(self, *args: Any, units: list[tuple[str, str]], **more: Any) -> None:
        self.unit_options = units
        super().__init__(*args, **more)

    def arrange(self) -> None:
        offer(self, "units", self.unit_options)


class HandOverForm(PersonForm):
    """交给别的小组."""

    group = forms.ChoiceField(label=_("交给"), error_messages={"required": _("请选小组。")})
    reason = forms.CharField(
        label=_("为什么"), max_length=500, widget=Area(2), error_messages={"required": _("请写明为什么。")}
    )

    def __init__(self, *args: Any, groups: list[tuple[str, str]], **more: Any) -> None:
        self.groups = groups
        super().__init__(*args, **more)

    def arrange(self) -> None:
        offer(self, "group", [("", _("请选择")), *self.groups])


class MeetingForm(PersonForm):
    """班前会: which shift, who is there, what was said."""

    shift = forms.ChoiceField(label=_("班次"), error_messages={"required": _("请选班次。")})
    persons = forms.MultipleChoiceField(label=_("到会的人"), required=False, widget=forms.CheckboxSelectMultiple)
    present = forms.IntegerField(
        label=_("到会人数"), min_value=0, max_value=500, required=False,
        help_text=_("点名的不用填；有别的队来的人，填总人数。"), widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )  # fmt: skip
    note = forms.CharField(label=_("会上强调了什么"), max_length=500, required=False, widget=Area(2))

    def __init__(self, *args: Any, shifts: list[tuple[str, str]], staff: list[tuple[str, str]], **more: Any) -> None:
        self.shifts, self.staff = shifts, staff
        super().__init__(*args, **more)

    def arrange(self) -> None:
        offer(self, "shift", self.shifts)
        if self.staff:
            offer(self, "persons", self.staff)
        else:
            del self.fields["persons"]


class ClocksForm(PersonForm):
    """反馈和签认时限."""

    def arrange(self) -> None:
        for name, label in CLOCKS.items():
            if name not in HOURS_ONLY:
                self.fields[f"{name}_kind"] = forms.ChoiceField(label=label, choices=CLOCK_KINDS)
            self.fields[f"{name}_amount"] = forms.IntegerField(
                label=label if name in HOURS_ONLY else _("小时数"), required=name in HOURS_ONLY, min_value=0, max_value=720,
                help_text=_("小时") if name in HOURS_ONLY else _("按班算的不用填。"),
            )  # fmt: skip

    def clocks(self) -> dict[str, tuple[str, int]]:
        """What was filled in, as the verb takes it."""
        data = self.cleaned_data
        return {name: (data.get(f"{name}_kind", "hours"), data.get(f"{name}_amount") or 0) for name in CLOCKS}
