"""Forms of the hazard loop: one for the report, one for each verb. They read and word; the verbs decide."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models import Cause, CheckType, Hazard, MajorPlan, Source
from kuangdeng.hazards.queries import choices
from kuangdeng.hazards.queries.similar import Hints
from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import local
from kuangdeng.kernel.widgets import DateTimeInput, FreeText, PhotosField, PickerField
from kuangdeng.org.api import Person

PICKERS = {
    "place": "org:pick_place",
    "unit": "org:pick_unit",
    "person": "org:pick_person",
    "standard": "hazards:pick_standard",
}


def pick_url(kind: str, query: str = "") -> Callable[[], str]:
    """The address of a picker, asked for when the page is drawn."""

    def url() -> str:
        from django.urls import NoReverseMatch, reverse

        try:
            return reverse(PICKERS[kind]) + query
        except NoReverseMatch:
            return ""

    return url


def place_field(by: Person, **own: Any) -> PickerField:
    """地点: by tree, recent, search; what the tree does not know may be typed."""
    words = {"label": _("地点"), "placeholder": _("地名或拼音首字母")}
    return PickerField(
        url=pick_url("place"), find=lambda value: choices.place_of(by.mine_id, value), kind="place", icon="place",
        **{**words, **own},
    )  # fmt: skip


def unit_field(by: Person, **own: Any) -> PickerField:
    """A unit of the mine."""
    return PickerField(
        url=pick_url("unit"), find=lambda value: choices.unit_of(by.mine_id, value), kind="unit", icon="unit",
        search=lambda text: list(choices.units_named(by.mine_id, text)[:2]),
        **{"label": _("单位"), "placeholder": _("单位名称或拼音首字母"), **own},
    )  # fmt: skip


def person_field(by: Person, *, unit_id: object = None, **own: Any) -> PickerField:
    """Somebody of the mine."""
    query = f"?unit={unit_id}" if unit_id else ""
    return PickerField(
        url=pick_url("person", query), find=lambda value: choices.person_of(by.mine_id, value), kind="person", icon="person",
        search=lambda text: list(choices.persons_named(by.mine_id, text)[:2]),
        label_of=lambda person: f"{person.name}（{person.unit.name}）" if person.unit else person.name,
        **{"label": _("人员"), "placeholder": _("姓名、拼音首字母或工号"), **own},
    )  # fmt: skip


class Area(forms.Textarea):
    """A few lines of words."""

    def __init__(self, rows: int = 3, **attrs: Any) -> None:
        super().__init__({"rows": rows, **attrs})


class PersonForm(forms.Form):
    """A form that knows who fills it in and, if there is one, for which hazard."""

    def __init__(
        self, *args: Any, by: Person, hazard: Hazard | None = None, hints: Hints | None = None, **kwargs: Any
    ) -> None:
        self.by, self.hazard, self.hints = by, hazard, hints or Hints()
        super().__init__(*args, **kwargs)
        self.arrange()

    def arrange(self) -> None:
        """Fields that depend on the person or the hazard."""


def offer(form: forms.Form, name: str, options: Iterable[Any]) -> None:
    """What a field of a form offers to choose from."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(options)


class ReportForm(PersonForm):
    """上报: the words first, then where, photos, and what may be left to others."""

    id = forms.UUIDField(widget=forms.HiddenInput(attrs={"data-no-draft": ""}))
    tag = forms.CharField(required=False, widget=forms.HiddenInput, max_length=12)
    round = forms.UUIDField(required=False, widget=forms.HiddenInput(attrs={"data-no-draft": ""}))
    text = forms.CharField(
        label=_("发现了什么隐患"), max_length=2000, error_messages={"required": _("请写清楚发现了什么隐患。")},
        widget=Area(4, autofocus=True, placeholder=_("例：回风顺槽超前段 3 根单体柱漏液，没有更换")),
        help_text=_("一条只写一处。写清在哪里、什么样、有多少。"),
    )  # fmt: skip
    spot = forms.CharField(
        label=_("具体位置"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("例：42#–46# 架、距迎头 20 米")}),
    )
    photos = PhotosField(label=_("照片"), required=False, limit=9)
    fixed = forms.BooleanField(label=_("已经现场整改了"), required=False)
    fixed_words = forms.CharField(
        label=_("怎么处理的（必填）"),
        required=False,
        max_length=500,
        widget=Area(2),
        help_text=_("已现场整改的，写明怎么处理的；会由他人复查。"),
    )
    occurred_at = forms.DateTimeField(label=_("发现时间"), required=False, widget=DateTimeInput)
    specialty = forms.ChoiceField(label=_("专业"), required=False)
    source = forms.ChoiceField(label=_("来源"), choices=Source.choices, required=False)
    check_type = forms.ChoiceField(label=_("检查类型"), choices=CheckType.choices, required=False)
    cause = forms.ChoiceField(label=_("属于哪一类"), choices=[("", _("说不准")), *Cause.choices], required=False)
    anonymous = forms.BooleanField(
        label=_("匿名上报"), required=False, help_text=_("系统不保存上报人，谁都查不到；也收不到处理结果。")
    )

    def arrange(self) -> None:
        self.fields["place"] = place_field(
            self.by, required=False, free=True, help_text=_("扫巷道里的二维码，地点会自动填好。")
        )
        self.fields["standard"] = PickerField(
            label=_("从标准隐患里选"), required=False, url=pick_url("standard"), kind="standard", icon="bookmark",
            find=lambda value: choices.standard_of(self.by.mine_id, value), placeholder=str(_("输入几个字，如：锚杆、护罩")),
        )  # fmt: skip
        self.fields["finders"] = person_field(self.by, label=_("发现人"), required=False, multiple=True,
                                              help_text=_("不填就是您自己。"))  # fmt: skip
        offer(self, "specialty", [("", _("说不准")), *choices.tables_of(self.by)[1]])
        if not choices.settings_of(self.by.mine_id).anonymous_reports:
            del self.fields["anonymous"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("text") and data.get("standard"):
            # A wording picked from the library is words enough.
            self.errors.pop("text", None)
            data["text"] = data["standard"].text
        if data.get("fixed") and not (data.get("fixed_words") or "").strip():
            self.add_error("fixed_words", _("请写清楚现场是怎么处理的。"))
        return data


# One form for each verb -----------------------------------------------------------------------------------------------


class GradeForm(PersonForm):
    """定级."""

    grade = forms.ChoiceField(label=_("等级"), widget=forms.RadioSelect)
    specialty = forms.ChoiceField(label=_("专业"))
    cause = forms.ChoiceField(label=_("成因"), choices=[("", _("不填")), *Cause.choices], required=False)
    clause = forms.CharField(label=_("依据条款"), required=False, max_length=300)
    situation = forms.ChoiceField(label=_("是否重大隐患"), required=False)

    def arrange(self) -> None:
        grades, specialties = choices.tables_of(self.by)
        offer(self, "grade", grades)
        offer(self, "specialty", [("", _("请选择")), *specialties])
        put_situations(self, optional=True)
        if self.hazard is not None:
            self.initial.setdefault("specialty", str(self.hazard.specialty_id or ""))
            self.initial.setdefault("cause", self.hazard.cause)
            standard = self.hazard.standard
            if standard is not None and standard.grade_id:
                self.initial.setdefault("grade", str(standard.grade_id))


def put_situations(form: PersonForm, *, optional: bool) -> None:
    """The situations of the catalogue that was in force when the hazard was found; those that the words remind of first.

    They are only moved up: none is ever chosen beforehand, because a person decides.
    """
    if form.hazard is None:
        return
    version = form.hints.catalogue or choices.catalogue_on(local(form.hazard.occurred_at).date())
    field = form.fields["situation"]
    first = ("", _("不是重大隐患") if optional else _("请选择情形"))
    hinted = [one.situation for one in form.hints.majors if one.situation]
    likely = (
        [(_("字词提示的情形，请核对"), [(str(one.id), f"（{one.no}）{one.text}") for one in hinted])] if hinted else []
    )
    field.choices = [first, *likely, *choices.situations_of(version)]  # type: ignore[attr-defined]
    if version is not None:
        field.help_text = _("按发现当天有效的《%(title)s》（%(no)s）由人判定。") % {
            "title": version.title,
            "no": version.document_no,
        }


class ReasonForm(PersonForm):
    """A verb that needs only a reason."""

    reason = forms.CharField(label=_("原因"), widget=Area(3), max_length=1000)


class SendBackForm(ReasonForm):
    """退回补充."""

    def arrange(self) -> None:
        self.fields["reason"].label = _("需要补充什么")
        self.fields["reason"].widget.attrs["placeholder"] = _("例：请写明是几号架，并补一张近照")


class VoidForm(ReasonForm):
    """作废."""

    def arrange(self) -> None:
        self.fields["reason"].label = _("作废理由")


class ResubmitForm(PersonForm):
    """补充后重报."""

    text = forms.CharField(label=_("隐患内容"), widget=Area(4), max_length=2000)
    spot = forms.CharField(label=_("具体位置"), max_length=200, required=False)
    photos = PhotosField(label=_("补充照片"), required=False)

    def arrange(self) -> None:
        self.fields["place"] = place_field(self.by, required=False)
        self.order_fields(["text", "place", "spot", "photos"])
        if self.hazard is not None:
            self.initial.setdefault("text", self.hazard.text)
            self.initial.setdefault("spot", self.hazard.place_text)
            self.initial.setdefault("place", self.hazard.place)


class MergeForm(PersonForm):
    """合并: pick one of the likely ones, or name its number."""

    into = forms.ChoiceField(label=_("与哪一条是同一处"), widget=forms.RadioSelect, required=False)
    number = forms.CharField(
        label=_("或者写编号"), required=False, max_length=20, help_text=_("只写后面的数字也行，如 123。")
    )

    def arrange(self) -> None:
        likely = [one.hazard for one in self.hints.duplicates]
        if likely:
            offer(self, "into", [(str(one.id), f"{one.number}　{one.text[:60]}") for one in likely])
        else:
            del self.fields["into"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        number = (data.get("number") or "").strip()
        if number:
            data["target"] = choices.hazard_by_number(self.by.mine_id, number)
            if data["target"] is None:
                self.add_error("number", _("没有这个编号的隐患，请检查。"))
        elif data.get("into"):
            data["target"] = choices.hazard_of(self.by.mine_id, data["into"])
        else:
            self.add_error("number", _("请选一条，或者写编号。"))
        return data


class WordsForm(PersonForm):
    """A verb that is told in words, with photos."""

    words = forms.CharField(label=_("情况"), widget=Area(3), max_length=2000)
    photos = PhotosField(label=_("照片"), required=False)


class FixForm(WordsForm):
    """现场整改."""

    def arrange(self) -> None:
        self.fields["words"].label = _("现场怎么处理的")
        self.fields["photos"].label = _("整改后照片")


class RectifyForm(WordsForm):
    """整改完成."""

    at = forms.DateTimeField(label=_("完成时间"), widget=DateTimeInput, required=False, help_text=_("不填就是现在。"))

    def arrange(self) -> None:
        self.fields["words"].label = _("做了哪些整改")
        self.fields["photos"].label = _("整改后照片")


class AcceptForm(WordsForm):
    """验收合格."""

    def arrange(self) -> None:
        self.fields["words"].label = _("验收情况")
        self.fields["words"].widget.attrs["placeholder"] = _("例：现场复查，三根已更换，初撑力合格")


class RejectForm(ReasonForm):
    """验收不合格."""

    photos = PhotosField(label=_("现场照片"), required=False)

    def arrange(self) -> None:
        self.fields["reason"].label = _("哪里不合格")


class ReopenForm(PersonForm):
    """按复发重开."""

    text = forms.CharField(label=_("这次发现的情况"), widget=Area(4), max_length=2000)
    photos = PhotosField(label=_("照片"), required=False)

    def arrange(self) -> None:
        if self.hazard is not None:
            self.initial.setdefault("text", self.hazard.text)


class DispatchForm(PersonForm):
    """下达五定."""

    measure = forms.CharField(widget=Area(3), max_length=2000)
    due_at = forms.DateTimeField(widget=DateTimeInput)
    funds = forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, required=False)
    contingency = forms.CharField(widget=Area(2), required=False, max_length=2000)
    goal = forms.CharField(label=_("整改目标"), required=False, max_length=300)

    def arrange(self) -> None:
        hazard = self.hazard
        labels = choices.five_point_labels(choices.settings_of(self.by.mine_id))
        self.fields["unit"] = unit_field(self.by, label=_("责任单位"))
        self.fields["person"] = person_field(self.by, label=labels["person"], required=False)
        self.fields["helper_unit"] = unit_field(self.by, label=_("协作单位"), required=False)
        for name, label in (
            ("measure", "measure"),
            ("due_at", "deadline"),
            ("funds", "funds"),
            ("contingency", "contingency"),
        ):
            self.fields[name].label = labels[label]
        self.order_fields(["unit", "person", "measure", "due_at", "funds", "contingency", "goal", "helper_unit"])
        if hazard is None:
            return
        unit = hazard.unit or (hazard.place.unit if hazard.place else None)
        self.initial.setdefault("unit", unit)
        self.initial.setdefault("person", hazard.person)
        for name in ("measure", "contingency", "goal", "funds"):
            self.initial.setdefault(name, getattr(hazard, name))
        if not self.initial["measure"] and hazard.standard is not None:
            self.initial["measure"] = hazard.standard.measure
        due, rule = choices.proposed_due(hazard, unit)
        if due is not None:
            self.initial.setdefault("due_at", due)
            self.fields["due_at"].help_text = _("按期限规则建议：%s。可以改。") % rule


class TransferForm(ReasonForm):
    """转派."""

    def arrange(self) -> None:
        self.fields["unit"] = unit_field(self.by, label=_("转给哪个单位"))
        self.fields["person"] = person_field(self.by, label=_("责任人"), required=False)
        self.fields["reason"].label = _("为什么转派")
        self.order_fields(["unit", "person", "reason"])


class ExtensionForm(ReasonForm):
    """申请延期."""

    until = forms.DateTimeField(label=_("申请延至"), widget=DateTimeInput)

    def arrange(self) -> None:
        self.fields["reason"].label = _("延期原因")
        self.fields["reason"].help_text = _("先由分管矿领导、再由安监部门批准。批准前原期限照算。")
        self.order_fields(["until", "reason"])


class SuperviseForm(PersonForm):
    """挂牌督办."""

    def arrange(self) -> None:
        self.fields["supervisor"] = person_field(self.by, label=_("督办人"))
        if self.hazard is not None:
            self.initial.setdefault("supervisor", self.hazard.supervisor)


class EscalateForm(ReasonForm):
    """升级为重大隐患."""

    situation = forms.ChoiceField(label=_("符合哪一种情形"))

    def arrange(self) -> None:
        self.fields["reason"].label = _("升级理由")
        self.order_fields(["situation", "reason"])
        put_situations(self, optional=False)


class PlanForm(PersonForm):
    """治理方案、停产停工、双报告: may be filled in several sittings."""

    stop_area = forms.BooleanField(label=_("已停产停工、撤出人员"), required=False)
    stopped_area = forms.CharField(label=_("停产停工区域"), required=False, max_length=200)
    stopped_at = forms.DateTimeField(label=_("停产停工时间"), required=False, widget=DateTimeInput)
    condition = forms.CharField(
        label=_("现状及产生原因"), required=False, widget=Area(2), help_text=_("季度报告和双报告要写，不影响下达。")
    )
    analysis = forms.CharField(label=_("危害程度和整改难易程度分析"), required=False, widget=Area(2))
    goals = forms.CharField(label=_("一、治理目标和任务"), required=False, widget=Area(2))
    methods = forms.CharField(label=_("二、治理方法和措施"), required=False, widget=Area(3))
    resources = forms.CharField(label=_("三、经费和物资"), required=False, widget=Area(2))
    organisation = forms.CharField(label=_("四、机构和人员"), required=False, widget=Area(2))
    schedule = forms.CharField(label=_("五、时限和要求"), required=False, widget=Area(2))
    safety = forms.CharField(label=_("六、安全措施和应急预案"), required=False, widget=Area(3))
    regulator_at = forms.DateTimeField(label=_("向监管监察部门报告的时间"), required=False, widget=DateTimeInput)
    regulator_text = forms.CharField(label=_("报告内容和回执"), required=False, widget=Area(2))
    congress_at = forms.DateTimeField(label=_("向职代会报告的时间"), required=False, widget=DateTimeInput)
    congress_text = forms.CharField(label=_("报告方式和内容"), required=False, widget=Area(2))

    def arrange(self) -> None:
        hazard = self.hazard
        if hazard is None:
            return
        plan = getattr(hazard, "plan", None)
        self.initial.setdefault("stop_area", hazard.stop_area)
        if isinstance(plan, MajorPlan):
            for name in self.fields:
                if name != "stop_area":
                    self.initial.setdefault(name, getattr(plan, name))

    def facts(self) -> dict[str, str | datetime | None]:
        """What goes into the plan."""
        return {name: value for name, value in self.cleaned_data.items() if name != "stop_area"}


class PenaltyForm(ReasonForm):
    """考核: a person or a unit."""

    points = forms.DecimalField(label=_("扣分"), min_value=0, max_digits=6, decimal_places=2, required=False)
    fine = forms.DecimalField(label=_("罚款（元）"), min_value=0, max_digits=10, decimal_places=2, required=False)

    def arrange(self) -> None:
        self.fields["person"] = person_field(
            self.by, label=_("考核到人"), required=False, help_text=_("人和单位填一个。")
        )
        self.fields["unit"] = unit_field(self.by, label=_("考核到单位"), required=False)
        self.fields["reason"].label = _("事由")
        self.fields["reason"].max_length = 200  # type: ignore[attr-defined]
        self.order_fields(["person", "unit", "points", "fine", "reason"])


class NothingForm(PersonForm):
    """A verb that asks for nothing more."""


# Over many rows -------------------------------------------------------------------------------------------------------


class BulkGrade(PersonForm):
    """The same grade for many."""

    grade = forms.ChoiceField(label=_("等级"), widget=forms.RadioSelect)
    specialty = forms.ChoiceField(label=_("专业"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bulk_grade_%s", **kwargs)

    def arrange(self) -> None:
        grades, specialties = choices.tables_of(self.by)
        offer(self, "grade", grades)
        offer(self, "specialty", [("", _("请选择")), *specialties])


class BulkSendBack(SendBackForm):
    """The same question to many reporters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bulk_send_back_%s", **kwargs)


class BulkAccept(PersonForm):
    """The same words of acceptance for many."""

    words = forms.CharField(label=_("验收情况"), widget=Area(2), max_length=500, initial=_("现场复查合格"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="bulk_accept_%s", **kwargs)


class QuarantineForm(PersonForm):
    """What becomes of a capture that came under a number that was taken."""

    decision = forms.ChoiceField(
        label=_("怎么办"), widget=forms.RadioSelect,
        choices=[("keep", _("是同一处隐患，保留先来的")), ("report", _("是另一处隐患，另立一条"))],
    )  # fmt: skip
    note = forms.CharField(label=_("说明"), required=False, max_length=150)


def free_place(value: object) -> tuple[object, str]:
    """What was chosen as the place, and the words that were typed where nothing was chosen."""
    return (None, value.text) if isinstance(value, FreeText) else (value, "")


def joined(parts: Iterable[str]) -> str:
    """Words one after the other, without the empty ones."""
    return " ".join(part.strip() for part in parts if part and part.strip())


def default_found() -> datetime:
    """Found now, unless somebody says otherwise."""
    return clock.now().replace(second=0, microsecond=0)
