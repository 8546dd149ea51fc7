"""The form of a training rule."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.forms import day
from kuangdeng.learning.standards.rules import MOST, NUMBERS


class RuleForm(forms.Form):
    """A number of the training rules from a day on."""

    key = forms.ChoiceField(label=_("规定"), choices=[(key, one.label) for key, one in NUMBERS.items()])
    valid_from = day(_("从哪天起"))
    value = forms.DecimalField(label=_("数值"), min_value=0, max_value=MOST, decimal_places=1)
    source = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("哪个文件、第几条。"))
    confirmed = forms.BooleanField(label=_("已对照原文核对"), required=False)
