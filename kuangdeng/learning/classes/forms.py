"""Forms of the training classes. They read and word; the verbs decide."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateTimeInput
from kuangdeng.kernel.words import plain
from kuangdeng.learning.classes import rules
from kuangdeng.learning.classes.models import (
    Batch,
    Lesson,
    PlanLine,
    RosterRule,
    Seat,
    Teacher,
    TrainingClass,
    TrainingNeed,
)
from kuangdeng.learning.classes.rules import Audience, Limits
from kuangdeng.learning.classes.services import ClassData, LessonData, LineData, TeacherData
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.forms import Area, day, words_of
from kuangdeng.learning.pickers import person_field, unit_field
from kuangdeng.org.api import Person, Unit


def offer(form: forms.Form, name: str, options: Iterable[Any]) -> None:
    """What a field of a form offers to choose from."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = list(options)


class NeedForm(forms.Form):
    """提出培训需求."""

    topic = forms.CharField(label=_("培训主题"), max_length=100, help_text=_("如：防治水、探放水操作。"))
    evidence = forms.CharField(
        label=_("为什么要培训"), max_length=4000, widget=Area(4),
        help_text=_("写清发现了什么、在哪些单位、有多少次；会写进培训班的档案。"),
    )  # fmt: skip
    wanted_by = day(_("希望完成日期"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"] = unit_field(by, label=_("培训单位"), multiple=True)
        self.order_fields(["topic", "units", "evidence", "wanted_by"])


class JoinForm(forms.Form):
    """并入已有的班."""

    training_class = forms.ChoiceField(label=_("并入哪个班"))

    def __init__(self, *args: Any, classes: Iterable[TrainingClass], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "training_class", [(str(one.id), f"{one.code} {one.title}") for one in classes])


class LineForm(forms.Form):
    """年度计划的一项."""

    title = forms.CharField(label=_("培训项目"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=list(rules.KIND_LABELS.items()))
    mode = forms.ChoiceField(label=_("方式"), choices=list(rules.MODE_LABELS.items()))
    audience_text = forms.CharField(label=_("培训对象"), max_length=200, required=False)
    month = forms.IntegerField(label=_("计划月份"), min_value=1, max_value=12)
    hours = forms.DecimalField(label=_("学时"), min_value=Decimal("0.5"), max_value=999, decimal_places=1)
    heads = forms.IntegerField(label=_("人数"), min_value=0, max_value=100_000)
    times = forms.IntegerField(label=_("期数"), min_value=1, max_value=100, initial=1)
    budget = forms.DecimalField(label=_("经费预算（元）"), min_value=0, max_digits=10, decimal_places=2, initial=0)
    remark = forms.CharField(label=_("备注"), max_length=200, required=False)

    def line(self) -> LineData:
        """What was filled in."""
        return LineData(**self.cleaned_data)

    @staticmethod
    def initial_of(line: PlanLine) -> dict[str, Any]:
        """The values of a line that is there."""
        return {name: getattr(line, name) for name in LineForm.base_fields}


class ClassForm(forms.Form):
    """培训班."""

    title = forms.CharField(label=_("班名"), max_length=100)
    kind = forms.ChoiceField(label=_("类别"), choices=list(rules.KIND_LABELS.items()), initial=rules.Kind.SPECIAL)
    mode = forms.ChoiceField(label=_("方式"), choices=list(rules.MODE_LABELS.items()))
    audience = forms.ChoiceField(
        label=_("编哪些人"), choices=list(rules.AUDIENCE_LABELS.items()), initial=Audience.ALL,
        help_text=_("按编班限额自动分批，保证每个班组留够人。"),
    )  # fmt: skip
    trades = forms.CharField(
        label=_("指定工种"),
        max_length=400,
        required=False,
        help_text=_("只在上一项选「指定工种」时填，几个用顿号隔开。"),
    )
    leaders_attend = forms.BooleanField(label=_("单位负责人、支部书记每批都参加"), required=False)
    begin_on = day(_("开始日期"))
    batches = forms.IntegerField(label=_("分几批"), min_value=1, max_value=40, initial=2)
    batch_days = forms.IntegerField(label=_("每批几天"), min_value=1, max_value=366, initial=2)
    seats = forms.IntegerField(label=_("每批座位数"), min_value=1, max_value=500, initial=60)
    place_text = forms.CharField(label=_("地点"), max_length=100)
    needs_exam = forms.BooleanField(label=_("要考试"), required=False, initial=True)
    purpose = forms.CharField(label=_("培训目的"), max_length=4000, required=False, widget=Area(3))

    def __init__(self, *args: Any, by: Person, lines: Iterable[PlanLine], there: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"] = unit_field(by, label=_("培训单位"), multiple=True, required=False)
        self.fields["manager"] = person_field(by, [self.initial.get("manager")], label=_("班主任"), required=False)
        choices = [
            ("", _("不在年度计划内")),
            *((str(one.id), f"{one.plan.year} {one.number} {one.title}") for one in lines),
        ]
        self.fields["plan_line"] = forms.ChoiceField(label=_("年度计划项"), choices=choices, required=False)
        order = ["title", "units", "kind", "mode", "begin_on", "batches", "batch_days", "seats", "place_text", "audience",
                 "trades", "leaders_attend", "needs_exam", "manager", "plan_line", "purpose"]  # fmt: skip
        self.order_fields(order)
        if there:
            for name in ("begin_on", "batches", "batch_days", "seats"):
                del self.fields[name]

    def data_of(self, one: TrainingClass | None = None) -> ClassData:
        """What was filled in; days and batches are those of a class that is there."""
        values = dict(self.cleaned_data)
        line = values.pop("plan_line")
        values["trades"] = words_of(values["trades"])
        if one is not None:
            values["begin_on"] = one.begin_on
        return ClassData(**values, plan_line_id=UUID(line) if line else None)

    @staticmethod
    def initial_of(one: TrainingClass, units: list[Unit]) -> dict[str, Any]:
        """The values of a class that is there."""
        names = ("title", "kind", "mode", "audience", "leaders_attend", "place_text", "needs_exam", "purpose")
        return {
            **{name: getattr(one, name) for name in names}, "trades": "、".join(one.trades), "units": units,
            "manager": one.manager, "plan_line": str(one.plan_line_id or ""),
        }  # fmt: skip

    @staticmethod
    def initial_from(need: TrainingNeed, by: Person) -> dict[str, Any]:
        """What a need says already: two clicks make a class of it."""
        return {
            "title": f"{need.topic}{_('专项培训班')}", "units": list(need.units.all()), "purpose": need.evidence,
            "begin_on": clock.today() + timedelta(days=7), "place_text": str(_("培训楼")), "leaders_attend": True,
            "manager": by, "batches": 2, "batch_days": 2, "seats": 60, "needs_exam": True,
        }  # fmt: skip

    @staticmethod
    def initial_to_retrain(names: Iterable[str], by: Person) -> dict[str, Any]:
        """A class for those who failed the make-up exam as well: nobody is put in by itself, and there is an exam."""
        purpose = gettext("补考不合格，重新培训：%s。") % "、".join(names)
        return {
            "title": str(_("重新培训班")), "audience": Audience.NOBODY, "purpose": purpose[:4000], "needs_exam": True,
            "begin_on": clock.today() + timedelta(days=7), "place_text": str(_("培训楼")), "manager": by, "batches": 1,
            "batch_days": 2, "seats": 60,
        }  # fmt: skip


class BatchForm(forms.Form):
    """批次."""

    begin_on = day(_("开始日期"))
    end_on = day(_("结束日期"))
    seats = forms.IntegerField(label=_("座位数"), min_value=1, max_value=500)


class LessonForm(forms.Form):
    """排课."""

    starts_at = forms.DateTimeField(label=_("上课时间"), widget=DateTimeInput)
    ends_at = forms.DateTimeField(label=_("下课时间"), widget=DateTimeInput)
    hours = forms.DecimalField(label=_("学时"), min_value=Decimal("0.5"), max_value=24, decimal_places=1, initial=2)
    topic = forms.CharField(label=_("课题"), max_length=100)
    kind = forms.ChoiceField(label=_("形式"), choices=list(rules.LESSON_LABELS.items()))
    teacher = forms.ChoiceField(label=_("教师"), required=False)
    room = forms.CharField(label=_("教室"), max_length=60)

    def __init__(self, *args: Any, teachers: Iterable[Teacher], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "teacher", [("", _("待定")), *((str(one.id), teacher_words(one)) for one in teachers)])
        self.order_fields(["topic", "starts_at", "ends_at", "hours", "kind", "teacher", "room"])

    def data_of(self) -> LessonData:
        """What was filled in."""
        values = dict(self.cleaned_data)
        teacher = values.pop("teacher")
        return LessonData(**values, teacher_id=UUID(teacher) if teacher else None)

    @staticmethod
    def initial_of(lesson: Lesson) -> dict[str, Any]:
        """The values of a lesson that is there."""
        names = ("starts_at", "ends_at", "hours", "topic", "kind", "room")
        return {**{name: getattr(lesson, name) for name in names}, "teacher": str(lesson.teacher_id or "")}

    @staticmethod
    def next_of(batch: Batch, one: TrainingClass, last: Lesson | None) -> dict[str, Any]:
        """The next lesson: after the last one, two hours long, in the same room."""
        if last is None:
            begin = clock.at(batch.begin_on, 8)
            return {"starts_at": begin, "ends_at": begin + timedelta(hours=2), "room": one.place_text, "hours": 2}
        begin = last.ends_at
        if clock.local(begin).hour >= 17:
            begin = (clock.local(begin) + timedelta(days=1)).replace(hour=8, minute=0)
        elif 11 <= clock.local(begin).hour < 14:
            begin = clock.local(begin).replace(hour=14, minute=0)
        return {
            "starts_at": begin, "ends_at": begin + (last.ends_at - last.starts_at), "room": last.room, "hours": last.hours,
            "kind": last.kind, "teacher": str(last.teacher_id or ""),
        }  # fmt: skip


def teacher_words(one: Teacher) -> str:
    """郭教授（外聘，示例矿业大学）."""
    where = _("外聘，%s") % one.organisation if one.is_invited else _("本矿")
    return f"{one.name}（{where}）"


class BatchChoiceForm(forms.Form):
    """Which other batch: 换批、复制课表."""

    to = forms.ChoiceField(label=_("到哪一批"))

    def __init__(self, *args: Any, batches: Iterable[Batch], asks: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = _("第 %(n)d 批（%(begin)s 至 %(end)s）")
        options = [
            (str(one.id), words % {"n": one.number, "begin": one.begin_on, "end": one.end_on}) for one in batches
        ]
        offer(self, "to", options)
        if asks:
            self.fields["reason"] = forms.CharField(
                label=_("超出限额的原因"),
                max_length=200,
                required=False,
                widget=Area(2),
                help_text=_("目标批次没有超出限额时不用填。"),
            )


class SeatForm(forms.Form):
    """逐人加入."""

    reason = forms.CharField(
        label=_("超出限额的原因"), max_length=200, required=False, widget=Area(2),
        help_text=_("没有超出编班限额时不用填。"),
    )  # fmt: skip

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = person_field(by)
        self.order_fields(["person", "reason"])


class RetrainForm(forms.Form):
    """列入重新培训: which batch of which class."""

    batch = forms.ChoiceField(label=_("列入哪个班"))
    reason = forms.CharField(
        label=_("超出限额的原因"), max_length=200, required=False, widget=Area(2),
        help_text=_("没有超出编班限额时不用填。"),
    )  # fmt: skip

    def __init__(self, *args: Any, batches: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("%(code)s %(title)s 第 %(n)d 批（%(begin)s 至 %(end)s，%(heads)d / %(seats)d 人）")
        options = [
            (str(one.id), words % {
                "code": one.training_class.code, "title": one.training_class.title, "n": one.number, "begin": one.begin_on,
                "end": one.end_on, "heads": one.heads, "seats": one.seats,
            }) for one in batches
        ]  # fmt: skip
        offer(self, "batch", [("", _("请选")), *options])


class RateForm(forms.Form):
    """评教."""

    rating = forms.ChoiceField(
        label=_("教学怎么样"), widget=forms.RadioSelect,
        choices=[(5, _("很好")), (4, _("好")), (3, _("一般")), (2, _("差")), (1, _("很差"))],
    )  # fmt: skip
    opinion = forms.CharField(label=_("意见和建议"), max_length=300, required=False, widget=Area(3))


class HandoutForm(forms.Form):
    """讲义."""

    file = forms.FileField(label=_("讲义文件"), help_text=_("PDF、Word、PPT、Excel 或照片，20 MB 以内。"))


class CorrectionForm(forms.Form):
    """更正学时."""

    after = forms.DecimalField(label=_("更正为几学时"), min_value=0, max_value=24, decimal_places=1)
    reason = forms.CharField(
        label=_("更正的原因和依据"),
        max_length=200,
        widget=Area(2),
        help_text=_("批准后才生效，原因和批准人会留在档案里。"),
    )


class ConcludeForm(forms.Form):
    """结业: the report and the cost; the conclusions stand in a table beside it."""

    report = forms.CharField(
        label=_("综合考评报告"), max_length=20_000, widget=Area(6),
        help_text=_("教学、出勤、考核情况，存在问题，改进意见。"),
    )  # fmt: skip
    cost = forms.DecimalField(label=_("实际费用（元）"), min_value=0, max_digits=10, decimal_places=2, initial=0)

    def __init__(self, *args: Any, seats: Iterable[Seat], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        options = [(key, label) for key, label in rules.CONCLUSION_LABELS.items() if key]
        self.seats = list(seats)
        for seat in self.seats:
            self.fields[f"c-{seat.id}"] = forms.ChoiceField(
                choices=options, label=seat.person.name, widget=forms.Select({"class": "select"})
            )
            self.fields[f"r-{seat.id}"] = forms.CharField(
                max_length=200, required=False, label=_("备注"), widget=forms.TextInput({"class": "input"})
            )

    def conclusions(self) -> dict[UUID, tuple[str, str]]:
        """What was chosen for each seat."""
        data = self.cleaned_data
        return {seat.id: (data[f"c-{seat.id}"], data[f"r-{seat.id}"].strip()) for seat in self.seats}


class ClassExamForm(forms.Form):
    """安排考试 of a class: what the class says of itself is filled in."""

    title = forms.CharField(label=_("考试名称"), max_length=80)
    paper = forms.ChoiceField(
        label=_("试卷"), help_text=_("只列已定稿的试卷。没有合适的，请先到「试卷」里组卷、定稿。")
    )
    batch = forms.ChoiceField(label=_("哪一批考"), required=False)
    opens_at = forms.DateTimeField(label=_("开考时间"), widget=DateTimeInput())
    closes_at = forms.DateTimeField(label=_("结束时间"), widget=DateTimeInput())
    minutes = forms.IntegerField(label=_("时长（分钟）"), min_value=1, initial=60)
    place = forms.CharField(label=_("考场"), max_length=80, required=False)
    pass_percent = forms.DecimalField(
        label=_("合格线（满分的百分之几）"), min_value=0, max_value=100, decimal_places=2,
        help_text=_("按培训规定里的合格分数填好了。"),
    )  # fmt: skip
    per_person = forms.BooleanField(
        label=_("每人抽一份不同的卷"), required=False, help_text=_("按蓝图抽题的试卷才行。")
    )

    def __init__(self, *args: Any, by: Person, batches: Iterable[Batch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = [
            (str(one.id), gettext("%(title)s（%(n)d 题 %(marks)s 分）")
             % {"title": one.title, "n": one.items_count, "marks": plain(one.marks)})
            for one in exams.ready_papers(by)
        ]  # fmt: skip
        self.fields["paper"].choices = papers  # type: ignore[attr-defined]
        numbers = [(str(one.id), gettext("第 %(n)d 批") % {"n": one.number}) for one in batches]
        self.fields["batch"].choices = [("", _("全班")), *numbers]  # type: ignore[attr-defined]

    @staticmethod
    def initial_for(one: TrainingClass, pass_mark: Decimal) -> dict[str, Any]:
        """Named after the class, at eight in the morning after its last day or of tomorrow, with the pass mark of the rules."""
        opens = clock.at(max(one.end_on, clock.today()) + timedelta(days=1), 8)
        title = gettext("%(title)s结业考试") % {"title": one.title[:70]}
        return {"title": title, "opens_at": opens, "closes_at": opens + timedelta(hours=2), "place": one.place_text[:80],
                "pass_percent": min(pass_mark, Decimal(100))}  # fmt: skip

    def data_of(self, one: TrainingClass) -> tuple[exams.ExamData, UUID | None]:
        """For the verb: the exam, and the batch when it is for one only."""
        data = dict(self.cleaned_data)
        paper, batch = UUID(data.pop("paper")), data.pop("batch")
        told = exams.ExamData(kind=exams.Kind.CLASS, paper_id=paper, is_sample=one.is_sample, **data)
        return told, UUID(batch) if batch else None


class CloseForm(forms.Form):
    """归档."""

    gaps = forms.CharField(
        label=_("缺件说明"),
        max_length=200,
        required=False,
        widget=Area(2),
        help_text=_("档案缺的材料为什么补不了，写在这里。"),
    )


class TeacherForm(forms.Form):
    """教师."""

    name = forms.CharField(label=_("姓名"), max_length=60, required=False, help_text=_("选了本矿职工的不用填。"))
    organisation = forms.CharField(label=_("工作单位"), max_length=100, required=False, help_text=_("外聘专家必填。"))
    title = forms.CharField(label=_("职称职务"), max_length=60, required=False)
    qualification = forms.CharField(
        label=_("任教资格"), max_length=100, required=False, help_text=_("证书名称和编号。")
    )
    qualified_until = day(_("资格有效期至"), required=False)
    subjects = forms.CharField(label=_("能讲什么"), max_length=200, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    fee = forms.DecimalField(label=_("课酬（元/学时）"), min_value=0, max_digits=8, decimal_places=2, initial=0)
    left_on = day(_("停聘日期"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = person_field(by, label=_("本矿职工"), required=False)
        self.order_fields(
            [
                "person",
                "name",
                "organisation",
                "title",
                "qualification",
                "qualified_until",
                "subjects",
                "phone",
                "fee",
                "left_on",
            ]
        )

    def data_of(self, one: Teacher | None = None) -> TeacherData:
        """What was filled in."""
        return TeacherData(**self.cleaned_data, is_sample=one.is_sample if one else False)

    @staticmethod
    def initial_of(one: Teacher) -> dict[str, Any]:
        """The values of a teacher who is there."""
        return {**{name: getattr(one, name) for name in TeacherForm.base_fields}, "person": one.person}


class LimitsForm(forms.Form):
    """编班限额 from a day on, of the mine or of one unit."""

    valid_from = day(_("从哪天起"))
    unit_percent = forms.IntegerField(min_value=1, max_value=100)
    unit_most = forms.IntegerField(min_value=1, max_value=500)
    team_percent = forms.IntegerField(min_value=1, max_value=100)
    team_most = forms.IntegerField(min_value=1, max_value=200)
    trade_stay = forms.IntegerField(
        min_value=0, max_value=50, help_text=_("一个班组只有这几个人时一个也不抽；填 0 不看工种。")
    )
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
    confirmed = forms.BooleanField(label=_("已确认"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit_field(by, label=_("单位"), required=False, help_text=_("不填就是全矿的限额。"))
        for name in Limits.__dataclass_fields__:
            self.fields[name].label = getattr(RosterRule._meta.get_field(name), "verbose_name", name)
        self.order_fields(["unit", "valid_from", *Limits.__dataclass_fields__, "source", "confirmed"])

    def limits(self) -> Limits:
        """The numbers that were filled in."""
        return Limits(**{name: self.cleaned_data[name] for name in Limits.__dataclass_fields__})
