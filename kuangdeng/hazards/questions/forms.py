"""Forms of the questions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.forms import Area, PersonForm
from kuangdeng.hazards.questions.models import KINDS
from kuangdeng.kernel.widgets import DateInput, PhotosField


class WordsForm(PersonForm):
    """追问、再追问."""

    text = forms.CharField(
        label=_("追问什么"), max_length=1000, widget=Area(3), error_messages={"required": _("请写明要追问什么。")}
    )


class AnswerForm(PersonForm):
    """答复: what was found and done, photos, and the day that is promised."""

    text = forms.CharField(
        label=_("答复"), max_length=2000, widget=Area(4), error_messages={"required": _("请写明答复。")}
    )
    promised_on = forms.DateField(
        label=_("承诺日期"),
        required=False,
        widget=DateInput,
        help_text=_("答应哪天解决。它不改变整改期限，只写在旁边。"),
    )
    photos = PhotosField(label=_("照片"), required=False, limit=9)


class NothingForm(PersonForm):
    """A verb that asks for nothing."""


class ClocksForm(PersonForm):
    """追问时限."""

    major_kind = forms.ChoiceField(label=_("重大隐患"), choices=KINDS)
    major_amount = forms.IntegerField(label=_("重大隐患的小时数"), required=False, min_value=0)
    other_kind = forms.ChoiceField(label=_("其他隐患"), choices=KINDS)
    other_amount = forms.IntegerField(
        label=_("其他隐患的小时数"), required=False, min_value=0, help_text=_("按班算的不用填小时数。")
    )
