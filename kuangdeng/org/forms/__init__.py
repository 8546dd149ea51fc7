"""Forms of people, units, roles and signing in."""

from typing import Any
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput, PickerField
from kuangdeng.org.models import Mine, Person, Unit
from kuangdeng.org.queries import people as queries
from kuangdeng.org.rules import ONE_TIME_DAYS, PASSWORD_LENGTH, PASSWORD_LONGEST, ROLE_LABELS, Role


def unit_field(viewer: Person, label: Any, **kwargs: Any) -> PickerField:
    """Choose a unit by name, pinyin initials or down the tree."""
    return PickerField(
        label=label,
        url=lambda: reverse("org:pick_unit"),
        find=lambda key: queries.open_unit(UUID(str(key)), viewer),
        label_of=lambda unit: unit.name,
        search=lambda words: queries.search_units(viewer, words),
        kind="unit",
        icon="unit",
        placeholder=gettext("名称或拼音首字母"),
        **kwargs,
    )


def date_field(label: Any, **kwargs: Any) -> forms.DateField:
    """A day, as the mine writes it."""
    return forms.DateField(label=label, widget=DateInput(), **kwargs)


class SignInForm(forms.Form):
    """Number and password; the mine is asked for where there is more than one."""

    mine = forms.ModelChoiceField(label=_("矿"), queryset=Mine.objects.none(), empty_label=None, to_field_name="code")
    number = forms.CharField(
        label=_("工号"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "inputmode": "text"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=PASSWORD_LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    shared = forms.BooleanField(
        label=_("这是公用设备"), required=False, help_text=_("10 分钟不用自动退出，别人可以快速换人登录。")
    )

    def __init__(self, *args: Any, mines: Any, known: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = self.fields["mine"]
        assert isinstance(chooser, forms.ModelChoiceField)
        chooser.queryset = mines
        if known is not None:
            del self.fields["mine"], self.fields["number"], self.fields["shared"]
            self.fields["password"].widget.attrs["autofocus"] = True
        elif len(mines) <= 1:
            del self.fields["mine"]


class ChangePasswordForm(forms.Form):
    """The old password and the new one, twice."""

    old = forms.CharField(
        label=_("原密码"),
        strip=False,
        max_length=PASSWORD_LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        strip=False,
        help_text=format_lazy(
            _("至少 {n} 个字符；不能是工号、姓名、生日、手机号；只用数字要 10 位以上。"), n=PASSWORD_LENGTH
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("两遍输入的新密码不一样。请重新输入。"))
        return cleaned


class FactsForm(forms.Form):
    """The facts of a person that the administrator corrects."""

    number = forms.CharField(label=_("工号"), max_length=30)
    name = forms.CharField(label=_("姓名"), max_length=60)
    sex = forms.ChoiceField(label=_("性别"), required=False, choices=[("", _("未填")), *Person.Sex.choices])
    born_on = date_field(_("出生日期"), required=False)
    member_since = date_field(_("入党日期"), required=False, help_text=_("填了就是党员。"))
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)


class NewPersonForm(FactsForm):
    """A new person: facts, and where he works from when on."""

    trade = forms.CharField(label=_("工种"), max_length=40, required=False)
    post = forms.CharField(label=_("岗位"), max_length=40, required=False)
    valid_from = date_field(_("从哪天起"))
    field_order = (
        "number",
        "name",
        "unit",
        "valid_from",
        "trade",
        "post",
        "sex",
        "born_on",
        "member_since",
        "phone",
        "email",
    )

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(viewer, _("单位"))
        self.fields["valid_from"].initial = clock.today
        self.order_fields(self.field_order)


class ContactForm(forms.Form):
    """What everybody keeps up to date himself."""

    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    email = forms.EmailField(label=_("邮箱"), required=False)


class MoveForm(forms.Form):
    """Where a person works from a day on."""

    trade = forms.CharField(label=_("工种"), max_length=40, required=False)
    post = forms.CharField(label=_("岗位"), max_length=40, required=False)
    valid_from = date_field(_("从哪天起"), help_text=_("可以是以后的日期，到那天自动生效。"))
    end_roles = forms.BooleanField(label=_("同时收回他在原单位的角色"), required=False, initial=True)
    field_order = ("unit", "valid_from", "trade", "post", "end_roles")

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(viewer, _("到哪个单位"))
        self.fields["valid_from"].initial = clock.today
        self.order_fields(self.field_order)


class DayForm(forms.Form):
    """From which day on."""

    on = date_field(_("从哪天起"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = clock.today


class GrantForm(forms.Form):
    """A role, for a unit, for a time."""

    role = forms.ChoiceField(
        label=_("角色"), choices=[(key, label) for key, label in ROLE_LABELS.items() if key != Role.MINER]
    )
    valid_from = date_field(_("从哪天起"))
    valid_to = date_field(_("到哪天止"), required=False, help_text=_("不填就一直有效，直到收回。"))
    field_order = ("role", "unit", "valid_from", "valid_to")

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(
            viewer,
            _("管到哪个单位"),
            required=False,
            help_text=_("含下属班组。安监、培训、政工、矿领导、集团的角色都管全矿；系统管理员不填就是全矿。"),
        )
        self.fields["valid_from"].initial = clock.today
        self.order_fields(self.field_order)


class UnitForm(forms.Form):
    """What a unit is."""

    kind = forms.ChoiceField(label=_("类别"), choices=Unit.Kind.choices)
    code = forms.CharField(label=_("编码"), max_length=30, required=False)
    short_name = forms.CharField(label=_("简称"), max_length=20, required=False)
    is_front_line = forms.BooleanField(label=_("一线单位"), required=False)
    position = forms.IntegerField(
        label=_("排列次序"), min_value=0, max_value=9999, initial=0, help_text=_("小的排在前面。")
    )


class NewUnitForm(UnitForm):
    """A new unit and where it stands."""

    name = forms.CharField(label=_("名称"), max_length=60)
    valid_from = date_field(_("从哪天起"))
    field_order = ("name", "kind", "parent", "valid_from", "code", "short_name", "is_front_line", "position")

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = unit_field(viewer, _("上级单位"), required=False, help_text=_("不填就直属本矿。"))
        self.fields["valid_from"].initial = clock.today
        self.order_fields(self.field_order)


class RenameForm(forms.Form):
    """A new name from a day on."""

    name = forms.CharField(label=_("新名称"), max_length=60)
    valid_from = date_field(_("从哪天起"), help_text=_("以前的记录保留旧名称。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today


class ParentForm(forms.Form):
    """Another place in the tree."""

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = unit_field(viewer, _("新的上级单位"), required=False, help_text=_("不填就直属本矿。"))


class BranchForm(forms.Form):
    """The name of the unit's Party branch."""

    name = forms.CharField(label=_("党支部名称"), max_length=60, required=False, help_text=_("清空就是撤销。"))


class TokenForm(forms.Form):
    """What a token is for, and until when."""

    name = forms.CharField(label=_("给谁用、做什么用"), max_length=60)
    expires_on = date_field(_("有效期至"), required=False, help_text=_("最长两年；不填就一直有效，直到停用。"))


class SlipsForm(forms.Form):
    """For which unit first passwords are drawn."""

    def __init__(self, *args: Any, viewer: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(
            viewer,
            _("单位"),
            required=False,
            help_text=_("含下属班组；不填就是全矿。只给从未登录过的职工发，%(n)d 天内有效。") % {"n": ONE_TIME_DAYS},
        )


class ImportForm(forms.Form):
    """A file with units, persons or places."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_(".xlsx 或 .csv。单位、职工、地点可以在一个文件的几张工作表里，也可以分几个文件，先单位后职工。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    valid_from = date_field(_("调动从哪天起算"), help_text=_("文件里换了单位、工种、岗位的职工，从这天起算。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today
