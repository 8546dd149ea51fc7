"""Forms of the training files. They read and word; the verbs decide."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.files import rules
from kuangdeng.learning.files.models import PersonRecord
from kuangdeng.learning.files.services import RecordData
from kuangdeng.learning.forms import day


class RecordForm(forms.Form):
    """登记表."""

    education = forms.ChoiceField(label=_("文化程度"), choices=list(rules.EDUCATION.items()), required=False)
    school = forms.CharField(label=_("毕业院校"), max_length=60, required=False)
    diploma_number = forms.CharField(label=_("学历证书编号"), max_length=40, required=False)
    title = forms.CharField(label=_("职称"), max_length=40, required=False)
    skill = forms.CharField(label=_("技能等级"), max_length=40, required=False)
    identity_end = forms.CharField(
        label=_("身份证号后四位"), max_length=4, required=False, help_text=_("系统只保存后四位，复印件放进扫描件。")
    )

    def data_of(self) -> RecordData:
        """What was filled in."""
        return RecordData(**self.cleaned_data)

    @staticmethod
    def initial_of(row: PersonRecord | None) -> dict[str, Any]:
        """The values that are there."""
        return {name: getattr(row, name) for name in RecordForm.base_fields} if row else {}


class LineForm(forms.Form):
    """补记一条."""

    kind = forms.ChoiceField(label=_("类别"), choices=list(rules.LINE_LABELS.items()))
    begin_on = day(_("开始日期"))
    end_on = day(_("结束日期"), required=False)
    text = forms.CharField(
        label=_("内容"), max_length=200,
        help_text=_("工作经历写单位和岗位；师带徒写师傅姓名；培训写班名和学时；违章写事实和处理。"),
    )  # fmt: skip
    detail = forms.CharField(label=_("说明"), max_length=200, required=False)
    passed = forms.NullBooleanField(
        label=_("合格"),
        required=False,
        widget=forms.Select(choices=[("", _("不适用")), ("true", _("合格")), ("false", _("不合格"))]),
    )


class PaperForm(forms.Form):
    """放入扫描件."""

    file = forms.FileField(label=_("扫描件"), help_text=_("PDF 或照片，20 MB 以内。"))

    def __init__(self, *args: Any, kinds: dict[str, object], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(label=_("类别"), choices=list(kinds.items()))
        self.order_fields(["kind", "file"])
