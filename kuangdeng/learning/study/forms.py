"""Forms of study. They read and word; the verbs decide."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput, DateTimeInput, PhotosField
from kuangdeng.learning.forms import Area
from kuangdeng.learning.pickers import person_field, unit_field
from kuangdeng.learning.study.models import StudyKind, StudySession
from kuangdeng.learning.study.rules import Record, SessionData
from kuangdeng.org.api import Person


class SessionForm(forms.Form):
    """安排学习."""

    title = forms.CharField(label=_("学习主题"), max_length=100, error_messages={"required": _("请填写学习主题。")})
    starts_at = forms.DateTimeField(label=_("开始时间"), widget=DateTimeInput)
    ends_at = forms.DateTimeField(label=_("结束时间"), widget=DateTimeInput)
    place_text = forms.CharField(label=_("地点"), max_length=100)
    lecturer = forms.CharField(
        label=_("主讲人"), max_length=60, required=False, help_text=_("外请的写单位和姓名；没有就空着。")
    )
    outline = forms.CharField(
        label=_("学习内容"), max_length=4000, required=False, widget=Area(4), help_text=_("写进通知页，让大家先看。")
    )

    def __init__(self, *args: Any, by: Person, kinds: list[StudyKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(label=_("类别"), choices=[(str(one.id), one.name) for one in kinds])
        self.fields["unit"] = unit_field(
            by, label=_("组织单位"), required=False, help_text=_("支部学习选本单位；全矿的学习、中心组学习不选。")
        )
        chair, recorder = self.initial.get("chair"), self.initial.get("recorder")
        self.fields["chair"] = person_field(by, [chair], label=_("主持人"), help_text=_("审签学习记录。"))
        self.fields["recorder"] = person_field(by, [recorder], label=_("记录人"), help_text=_("签到、写记录。"))
        self.order_fields(
            ["kind", "unit", "title", "starts_at", "ends_at", "place_text", "chair", "recorder", "lecturer", "outline"]
        )

    @property
    def data_of(self) -> SessionData:
        """What was filled in."""
        values = self.cleaned_data
        return SessionData(
            kind_id=UUID(values["kind"]), title=values["title"], starts_at=values["starts_at"], ends_at=values["ends_at"],
            chair_id=values["chair"].id, recorder_id=values["recorder"].id, place_text=values["place_text"],
            outline=values["outline"], lecturer=values["lecturer"], unit_id=values["unit"].id if values["unit"] else None,
        )  # fmt: skip

    @staticmethod
    def initial_of(session: StudySession) -> dict[str, Any]:
        """The values of a session that is there."""
        return {
            "kind": str(session.kind_id), "unit": session.unit, "title": session.title, "place_text": session.place_text,
            "starts_at": clock.local(session.starts_at), "ends_at": clock.local(session.ends_at), "chair": session.chair,
            "recorder": session.recorder, "lecturer": session.lecturer, "outline": session.outline,
        }  # fmt: skip


class RecordForm(forms.Form):
    """学习记录."""

    content = forms.CharField(label=_("学习了什么内容"), max_length=20000, widget=Area(8))
    talk = forms.CharField(
        label=_("讨论发言"), max_length=20000, required=False, widget=Area(8), help_text=_("一人一段：姓名：发言要点。")
    )
    outcome = forms.CharField(label=_("小结和贯彻意见"), max_length=8000, required=False, widget=Area(4))

    @property
    def record(self) -> Record:
        """What was written."""
        return Record(**self.cleaned_data)


class MaterialForm(forms.Form):
    """上传材料."""

    file = forms.FileField(
        label=_("学习材料"), help_text=_("PDF、Word、PPT、Excel 或照片，20 MB 以内。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.docx,.pptx,.xlsx,.jpg,.jpeg,.png"}),
    )  # fmt: skip


class PhotosForm(forms.Form):
    """上传照片."""

    photos = PhotosField(label=_("现场照片"), limit=9)


class KindForm(forms.Form):
    """学习类别."""

    name = forms.CharField(label=_("名称"), max_length=40)
    is_active = forms.BooleanField(label=_("在用"), required=False, initial=True)


class PeriodForm(forms.Form):
    """Which period, which kind, which unit."""

    first = forms.DateField(label=_("从"), widget=DateInput, required=False)
    last = forms.DateField(label=_("到"), widget=DateInput, required=False)

    def __init__(self, *args: Any, by: Person, kinds: list[StudyKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("全部类别")), *((str(one.id), one.name) for one in kinds)]
        self.fields["kind"] = forms.ChoiceField(label=_("类别"), choices=choices, required=False)
        self.fields["unit"] = unit_field(by, required=False)
