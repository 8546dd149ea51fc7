"""Forms of the daily bulletin."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.forms import Area, PersonForm


class CheckForm(PersonForm):
    """核对: a word to the readers, if there is one."""

    note = forms.CharField(
        label=_("编者的话"), max_length=500, required=False, widget=Area(2), help_text=_("印在标题下面，没有就不填。")
    )


class CorrectForm(PersonForm):
    """更正."""

    text = forms.CharField(
        label=_("更正内容"), max_length=2000, widget=Area(4),
        help_text=_("写明哪一条、原来怎么写、应当怎么写。原公布不改动，更正附在后面。"),
    )  # fmt: skip


class PolicyForm(PersonForm):
    """每日公布设置."""

    hour = forms.TimeField(label=_("编制时刻"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    cut_off = forms.TimeField(
        label=_("自动发布时刻"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("到这时还没有人发布，系统自动发布，并写明“到点自动发布”。"),
    )  # fmt: skip
    open_reading = forms.BooleanField(
        label=_("办公网内不用登录就能看"), required=False, help_text=_("只对下面写明的地址开放，看的是已发布的公布。")
    )
    ranges = forms.CharField(
        label=_("可以不登录看的地址范围"), required=False, widget=Area(4), help_text=_("一行一个，如 10.0.0.0/8。")
    )
    show_persons = forms.BooleanField(
        label=_("写出责任人姓名"), required=False, help_text=_("不勾时公布里只有单位，没有人名。")
    )
