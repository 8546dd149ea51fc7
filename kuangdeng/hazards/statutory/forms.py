"""Forms of legal reports."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.forms import Area, PersonForm, offer, unit_field
from kuangdeng.hazards.statutory import queries
from kuangdeng.hazards.statutory.fields import FORMATS
from kuangdeng.hazards.statutory.rules import KIND_LABELS, LEVEL_LABELS
from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput, DateTimeInput

ACCEPT = {"accept": ".pdf,image/jpeg,image/png"}


def scan_field(label: Any, **own: Any) -> forms.FileField:
    """A scan: PDF or photo."""
    own.setdefault("help_text", _("PDF，或者手机拍的照片（JPEG、PNG），最大 20 MB。"))
    return forms.FileField(label=label, widget=forms.ClearableFileInput(attrs=ACCEPT), **own)


def day_field(label: Any, **own: Any) -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, widget=DateInput(), **own)


class SignForm(PersonForm):
    """签字: the scan of the signed paper."""

    drafted = forms.CharField(widget=forms.HiddenInput(attrs={"data-no-draft": ""}), required=False, max_length=40)
    scan = scan_field(_("签字盖章后的扫描件"))
    signed_on = day_field(_("签字日期"), initial=clock.today)


class SendForm(PersonForm):
    """登记回执."""

    receiver = forms.ChoiceField(label=_("接收部门"))
    number = forms.CharField(label=_("回执号"), max_length=60, required=False, help_text=_("没有编号就不填。"))
    received_on = day_field(_("签收日期"), initial=clock.today)
    scan = scan_field(_("回执扫描件"))

    def __init__(self, *args: Any, missing: list[str], **kwargs: Any) -> None:
        self.missing = missing
        super().__init__(*args, **kwargs)

    def arrange(self) -> None:
        offer(self, "receiver", [(one, one) for one in self.missing])


class CorrectForm(PersonForm):
    """出更正版."""

    reason = forms.CharField(
        label=_("更正原因"), max_length=300, widget=Area(3), help_text=_("原来的一版不改动；原因印在更正版上。")
    )


class RuleForm(PersonForm):
    """报送规则."""

    kind = forms.ChoiceField(label=_("报表"), choices=list(KIND_LABELS.items()))
    valid_from = day_field(_("生效日期"))
    months_after = forms.IntegerField(label=_("期末以后第几个月"), min_value=1, max_value=12, initial=1)
    due_day = forms.IntegerField(
        label=_("几号以前"), min_value=1, max_value=31, required=False, help_text=_("不填就不算期限、不提醒。")
    )
    remind_days = forms.IntegerField(label=_("提前几天提醒"), min_value=0, max_value=60, initial=5)
    receivers = forms.CharField(
        label=_("报给谁"), widget=Area(3), help_text=_("一行一个部门，每个部门要有自己的回执。")
    )
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
    confirmed = forms.BooleanField(label=_("已对照文件核对"), required=False)


class TickForm(PersonForm):
    """双报告的一半."""

    at = forms.DateTimeField(label=_("报告时间"), widget=DateTimeInput)
    way = forms.CharField(label=_("报告方式"), max_length=40, help_text=_("如 书面送达、传真、会议、信息系统。"))
    text = forms.CharField(label=_("报告内容"), required=False, widget=Area(3))
    receipt = forms.CharField(label=_("回执号"), max_length=60, required=False)
    scan = scan_field(_("回执或会议记录扫描件"), required=False)


class OrderForm(PersonForm):
    """上级挂牌督办."""

    number = forms.CharField(label=_("隐患编号"), max_length=20)
    level = forms.ChoiceField(label=_("级别"), choices=list(LEVEL_LABELS.items()))
    authority = forms.CharField(label=_("督办部门"), max_length=60)
    document_no = forms.CharField(label=_("文号"), max_length=60, required=False)
    ordered_on = day_field(_("挂牌日期"), initial=clock.today)

    def clean_number(self) -> Any:
        """The hazard of that number."""
        found = queries.hazard_numbered(self.cleaned_data["number"].strip(), by=self.by)
        if found is None:
            raise forms.ValidationError(_("没有这个编号的隐患。请核对。"))
        return found


class LiftForm(PersonForm):
    """摘牌."""

    lifted_on = day_field(_("摘牌日期"), initial=clock.today)


class NoticeForm(PersonForm):
    """打印告知书."""

    paper = forms.ChoiceField(label=_("纸张"), choices=[("A4", "A4"), ("A3", "A3")])
    posted_where = forms.CharField(
        label=_("张贴地点"), max_length=100, help_text=_("如 综采一队会议室、副井口公示栏。")
    )

    def arrange(self) -> None:
        self.fields["unit"] = unit_field(
            self.by, label=_("单位"), required=not queries.tells_all(self.by), help_text=_("不选就是全矿。")
        )
        self.order_fields(["unit", "paper", "posted_where"])


class ExportForm(PersonForm):
    """导出上报数据."""

    mapping = forms.ChoiceField(label=_("字段对照表"))
    format = forms.ChoiceField(label=_("格式"), choices=list(FORMATS.items()))
    since = day_field(_("发现日期从"))
    until = day_field(_("到"))
    grade = forms.ChoiceField(label=_("等级"), required=False)
    allow_gaps = forms.BooleanField(label=_("缺项也导出"), required=False)

    def arrange(self) -> None:
        offer(self, "mapping", [(str(one.id), str(one)) for one in queries.mappings(self.by)])
        offer(self, "grade", [("", _("全部")), ("major", _("重大")), *queries.grade_choices(self.by)])
        first = clock.today().replace(day=1)
        self.initial = {"since": first, "until": clock.today(), **self.initial}

    def clean_mapping(self) -> Any:
        """The mapping itself."""
        return queries.get_mapping(UUID(self.cleaned_data["mapping"]), by=self.by)


class MappingForm(PersonForm):
    """上传字段对照表."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("接收平台的名称。同名就是下一版。"))
    source = forms.CharField(label=_("依据"), max_length=200, required=False, help_text=_("平台给的文件名、日期。"))
    confirmed = forms.BooleanField(label=_("已与接收方核对"), required=False)
    file = forms.FileField(
        label=_("对照表（Excel）"), widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        help_text=_("先下载一份现有的，在它上面改。"),
    )  # fmt: skip
