"""Forms of templates."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TemplateForm(forms.Form):
    """A new version."""

    file = forms.FileField(
        label=_("Word 模板"),
        help_text=_("一个 .docx 文件。先下载自带模板，在 Word 里改文字和版式，双大括号里的标签照字段表写。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("改了什么，给以后的人看。"))
