"""Forms of the regrading."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.items.api import ItemVersion, key_words

EVERYBODY = "all"


class ProposeForm(forms.Form):
    """申请重判: by which key, and what was wrong."""

    key = forms.ChoiceField(label=_("怎么判"), widget=forms.RadioSelect)
    why = forms.CharField(
        label=_("哪里判错了"),
        max_length=200,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("批准人和被重判的人都会看到。"),
    )

    def __init__(self, *args: Any, keys: list[ItemVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("按第 %(n)d 版的答案判：%(key)s")
        choices = [(str(one.id), words % {"n": one.number, "key": key_words(one.content)[:60]}) for one in keys]
        self.fields["key"].choices = [*choices, (EVERYBODY, _("送分：做过这道题的人都得满分"))]  # type: ignore[attr-defined]


class DecideForm(forms.Form):
    """批准、不批准."""

    opinion = forms.CharField(
        label=_("意见"),
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("不批准的要写明原因。"),
    )
