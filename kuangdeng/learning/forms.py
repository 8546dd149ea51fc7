"""What the forms of learning share: a day, a reason, or nothing but to be sure."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.widgets import DateInput

SPLIT = re.compile(r"[\s、,，;；]+")


class Area(forms.Textarea):
    """A few lines of words."""

    def __init__(self, rows: int = 3) -> None:
        super().__init__({"rows": rows})


class ReasonForm(forms.Form):
    """A reason and nothing else."""

    reason = forms.CharField(label=_("原因"), max_length=200, widget=Area(2))

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["reason"].label = label


class NothingForm(forms.Form):
    """A verb that needs no words, only to be sure."""


def words_of(text: str) -> list[str]:
    """Several words of one field: 瓦检员、放炮员."""
    return [one for one in SPLIT.split(text) if one]


def day(label: Any, **own: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=DateInput, **own)
