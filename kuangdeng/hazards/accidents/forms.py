"""Forms of accidents: the quick report, its completion, one for each verb. They read and word; the verbs decide."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.accidents.models import Accident, Casualty
from kuangdeng.hazards.accidents.rules import KIND_LABELS, POINT_LABELS, SEVERITY_LABELS, Kind, Severity
from kuangdeng.hazards.accidents.services import Hurt
from kuangdeng.hazards.forms import Area, PersonForm, offer, person_field, place_field, unit_field
from kuangdeng.hazards.queries import choices
from kuangdeng.kernel.widgets import DateTimeInput, PhotosField

MOST_HURT = 200


class AccidentForm(PersonForm):
    """A form that knows who fills it in and for which accident."""

    def __init__(self, *args: Any, accident: Accident | None = None, levels: Sequence[Any] = (), **kwargs: Any) -> None:
        self.accident, self.levels = accident, {str(row.id): row for row in levels}
        super().__init__(*args, **kwargs)


class QuickForm(AccidentForm):
    """事故快报: what a man with a phone can say at once."""

    id = forms.UUIDField(widget=forms.HiddenInput(attrs={"data-no-draft": ""}))
    kind = forms.ChoiceField(
        label=_("有人受伤吗"),
        choices=[
            (Kind.INJURY, _("有人伤亡")),
            (Kind.NON_CASUALTY, _("没有人受伤，有损坏或停产")),
            (Kind.NEAR_MISS, _("未遂：差一点出事")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    text = forms.CharField(
        label=_("发生了什么"), max_length=2000, error_messages={"required": _("请写清楚发生了什么。")},
        widget=Area(3, placeholder=_("例：转载机机头检修时链条突然转动，一人右手被挤伤，已升井送医院")),
        help_text=_("伤者姓名不写在这里，写在下面「伤亡人员」里。"),
    )  # fmt: skip
    spot = forms.CharField(
        label=_("具体位置"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("例：转载机机头、距迎头 20 米")}),
    )  # fmt: skip
    occurred_at = forms.DateTimeField(label=_("什么时候"), widget=DateTimeInput)
    hurt_count = forms.IntegerField(
        label=_("几人伤亡"), required=False, min_value=0, max_value=MOST_HURT,
        help_text=_("姓名一时说不清也没关系，先报人数。"),
    )  # fmt: skip
    severity = forms.ChoiceField(
        label=_("最重的伤情"), required=False, initial=Severity.UNCLEAR,
        choices=[(Severity.UNCLEAR, _("说不准")), *[(one, SEVERITY_LABELS[one]) for one in list(Severity)[2::-1]]],
    )  # fmt: skip
    names = forms.CharField(
        label=_("不在册的伤亡人员"), required=False, max_length=200, help_text=_("外来人员写姓名，用顿号隔开。")
    )
    stopped_area = forms.CharField(
        label=_("停了什么"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"placeholder": _("例：2305 综放面停产，转载机停电闭锁")}),
    )  # fmt: skip
    photos = PhotosField(label=_("照片"), required=False, limit=9)

    def arrange(self) -> None:
        self.fields["place"] = place_field(self.by, label=_("在哪里"), required=False, free=True)
        self.fields["hurt"] = person_field(
            self.by, label=_("伤亡人员"), required=False, multiple=True,
            help_text=_("姓名只给有权限的人看，不出现在公布、通知和大屏上。"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Kind.INJURY and not self.casualties(data):
            self.add_error("hurt_count", _("请填几人伤亡，或者选伤亡人员。"))
        return data

    @staticmethod
    def casualties(data: dict[str, Any]) -> list[Hurt]:
        """Everybody who is said to be hurt: of the mine, others by name, and those whose name nobody knows yet.

        The gravest injury is known of one of them; when there is only one, it is his.
        """
        named = [Hurt(person=person) for person in data.get("hurt") or ()]
        typed = (data.get("names") or "").replace("，", "、").replace(",", "、").split("、")
        named += [Hurt(name=name.strip()) for name in typed if name.strip()]
        found = named + [Hurt()] * max(0, (data.get("hurt_count") or 0) - len(named))
        if found:
            first = found[0]
            found[0] = Hurt(person=first.person, name=first.name, severity=data.get("severity") or Severity.UNCLEAR)
        return found


class CompleteForm(AccidentForm):
    """补充完善."""

    text = forms.CharField(label=_("事故经过"), max_length=4000, widget=Area(5), help_text=_("不写伤亡人员姓名。"))
    kind = forms.ChoiceField(label=_("事故类型"), choices=list(KIND_LABELS.items()))
    specialty = forms.ChoiceField(label=_("事故类别"), required=False)
    occurred_at = forms.DateTimeField(label=_("发生时间"), widget=DateTimeInput)
    spot = forms.CharField(label=_("具体位置"), max_length=200, required=False)
    direct_cause = forms.CharField(label=_("直接原因"), max_length=2000, required=False, widget=Area(3))
    indirect_cause = forms.CharField(label=_("间接原因"), max_length=2000, required=False, widget=Area(3))
    management_cause = forms.CharField(label=_("管理原因"), max_length=2000, required=False, widget=Area(3))
    loss = forms.DecimalField(
        label=_("直接经济损失（元）"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    stopped_area = forms.CharField(label=_("停产停工范围"), max_length=200, required=False)
    stopped_at = forms.DateTimeField(label=_("停产停工时间"), required=False, widget=DateTimeInput)
    resumed_at = forms.DateTimeField(label=_("恢复时间"), required=False, widget=DateTimeInput)
    photos = PhotosField(label=_("现场照片"), required=False, limit=9)

    FROM_ROW = (
        "text", "kind", "occurred_at", "place", "unit", "direct_cause", "indirect_cause", "management_cause", "loss",
        "stopped_area", "stopped_at", "resumed_at",
    )  # fmt: skip

    def arrange(self) -> None:
        self.fields["place"] = place_field(self.by, required=False)
        self.fields["unit"] = unit_field(self.by, label=_("事故单位"))
        offer(self, "specialty", [("", _("说不准")), *choices.tables_of(self.by)[1]])
        self.order_fields(
            ["text", "kind", "specialty", "unit", "place", "spot", "occurred_at", "stopped_area", "stopped_at", "resumed_at",
             "loss", "direct_cause", "indirect_cause", "management_cause", "photos"]
        )  # fmt: skip
        if self.accident is not None:
            for name in self.FROM_ROW:
                self.initial.setdefault(name, getattr(self.accident, name))
            self.initial.setdefault("spot", self.accident.place_text)
            self.initial.setdefault("specialty", str(self.accident.specialty_id or ""))


class CasualtyForm(AccidentForm):
    """登记伤亡人员."""

    name = forms.CharField(label=_("姓名（不在册的）"), max_length=40, required=False)
    unit_name = forms.CharField(
        label=_("单位"), max_length=60, required=False, help_text=_("在册职工不填就是他的单位。")
    )
    severity = forms.ChoiceField(label=_("伤情"), choices=list(SEVERITY_LABELS.items()), widget=forms.RadioSelect)
    sex = forms.ChoiceField(
        label=_("性别"), required=False, choices=[("", _("不填")), *(Casualty._meta.get_field("sex").choices or ())]
    )
    age = forms.IntegerField(label=_("年龄"), required=False, min_value=14, max_value=100)
    note = forms.CharField(label=_("受伤部位和救治"), required=False, max_length=200)

    def arrange(self) -> None:
        self.fields["person"] = person_field(self.by, label=_("在册职工"), required=False)
        self.order_fields(["person", "name", "unit_name", "severity", "sex", "age", "note"])

    def hurt(self) -> Hurt:
        """What was filled in, as the verb wants it."""
        return Hurt(**self.cleaned_data)


class ReasonForm(AccidentForm):
    """A verb that needs only a reason."""

    reason = forms.CharField(label=_("原因"), widget=Area(3), max_length=1000)


class LevelForm(ReasonForm):
    """更正级别."""

    level = forms.ChoiceField(label=_("改为"), widget=forms.RadioSelect)

    def arrange(self) -> None:
        offer(self, "level", [(key, row.name) for key, row in self.levels.items()])
        self.fields["reason"].label = _("更正的理由和依据")
        self.order_fields(["level", "reason"])

    def clean_level(self) -> Any:
        return self.levels[self.cleaned_data["level"]]


class InvestigationForm(AccidentForm):
    """开展调查."""

    team = forms.CharField(label=_("调查组成员"), max_length=300, required=False, widget=Area(2))

    def arrange(self) -> None:
        self.fields["investigator"] = person_field(self.by, label=_("调查组组长"))
        self.order_fields(["investigator", "team"])


class TickForm(AccidentForm):
    """四不放过确认."""

    point = forms.ChoiceField(label=_("确认哪一项"), choices=list(POINT_LABELS.items()), widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("证据"), required=False, max_length=4000, widget=Area(4),
        help_text=_("写明依据的文件、会议、处理决定、培训记录；或者在下面附上文件照片。没有证据不能确认。"),
    )  # fmt: skip
    photos = PhotosField(label=_("文件照片"), required=False, limit=9)


class UntickForm(ReasonForm):
    """撤回四不放过确认."""

    point = forms.ChoiceField(choices=list(POINT_LABELS.items()), label=_("撤回哪一项"), widget=forms.RadioSelect)
    field_order = ["point", "reason"]


class MeasureForm(AccidentForm):
    """下达整改措施."""

    text = forms.CharField(label=_("整改措施"), widget=Area(3), max_length=2000)
    due_at = forms.DateTimeField(label=_("完成期限"), widget=DateTimeInput)

    def arrange(self) -> None:
        self.fields["unit"] = unit_field(self.by, label=_("责任单位"))
        self.fields["person"] = person_field(self.by, label=_("责任人"), required=False)
        self.order_fields(["text", "unit", "person", "due_at"])
        if self.accident is not None:
            self.initial.setdefault("unit", self.accident.unit)


class CloseForm(AccidentForm):
    """结案."""

    conclusion = forms.CharField(label=_("调查结论"), widget=Area(5), max_length=4000)


class VoidForm(ReasonForm):
    """作废."""

    def arrange(self) -> None:
        self.fields["reason"].label = _("作废理由")
        self.fields["reason"].help_text = _("不是事故，或者重复上报（写明与哪一起重复）。记录不会删除。")


class FinishForm(AccidentForm):
    """报落实完成."""

    words = forms.CharField(label=_("落实了什么"), widget=Area(3), max_length=2000)
    photos = PhotosField(label=_("照片"), required=False)


class AcceptForm(AccidentForm):
    """验收合格."""

    words = forms.CharField(label=_("验收情况"), widget=Area(3), max_length=2000)


class RejectForm(ReasonForm):
    """验收不合格."""

    def arrange(self) -> None:
        self.fields["reason"].label = _("哪里不合格")
