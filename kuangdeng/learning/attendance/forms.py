"""Forms of the sign-in. They read and word; the verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput, DateTimeInput
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Sheet
from kuangdeng.learning.forms import Area
from kuangdeng.org.api import Person


def approver_field(people: list[Person]) -> forms.ChoiceField:
    """Who stands for what is entered afterwards."""
    choices = [("", _("请选择"))] + [
        (str(one.id), f"{one.name}（{one.unit.name}）" if one.unit else one.name) for one in people
    ]
    return forms.ChoiceField(label=_("批准人"), choices=choices, help_text=_("会收到通知；不能是自己。"))


class WindowForm(forms.Form):
    """签到时间."""

    opens_at = forms.DateTimeField(label=_("开放签到"), widget=DateTimeInput)
    closes_at = forms.DateTimeField(label=_("截止签到"), widget=DateTimeInput)
    late_after = forms.IntegerField(label=_("开始后几分钟算迟到"), min_value=0, max_value=120)

    @staticmethod
    def initial_of(sheet: Sheet) -> dict[str, Any]:
        """What holds now."""
        return {
            "opens_at": clock.local(sheet.opens_at),
            "closes_at": clock.local(sheet.closes_at),
            "late_after": sheet.late_after,
        }


class ReopenForm(forms.Form):
    """重新开放."""

    reason = forms.CharField(label=_("为什么重新开放"), max_length=200, widget=Area(2))
    closes_at = forms.DateTimeField(label=_("新的截止时间"), widget=DateTimeInput)


class CorrectForm(forms.Form):
    """更正签到."""

    state = forms.ChoiceField(
        label=_("更正为"), choices=[(one, rules.STATE_LABELS[one]) for one in rules.MARKS], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("为什么更正"), max_length=200, widget=Area(2))

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approver"] = approver_field(people)


class PaperForm(forms.Form):
    """纸质补录: the reason and the approver; who signed is ticked in the list below."""

    reason = forms.CharField(
        label=_("为什么用纸质签到"), max_length=200, widget=Area(2), help_text=_("如：会场断电、网络不通。")
    )

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approver"] = approver_field(people)


class MakeUpForm(forms.Form):
    """交补学."""

    on = forms.DateField(label=_("补学日期"), widget=DateInput)
    text = forms.CharField(
        label=_("补学了什么，有什么体会"), max_length=4000, widget=Area(6),
        help_text=_("写明看了哪份材料、哪一段讲稿，联系本岗位的体会。"),
    )  # fmt: skip
