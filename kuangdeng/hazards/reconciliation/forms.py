"""Forms of the reconciliation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.forms import Area, PersonForm


class ExplainForm(PersonForm):
    """说明对账差异."""

    words = forms.CharField(
        label=_("查明的情况"), max_length=500, widget=Area(4), help_text=_("写明原因和怎么处理的，会记入台账。"),
        error_messages={"required": _("请写明查明的情况和怎么处理的。")},
    )  # fmt: skip
