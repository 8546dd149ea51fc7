"""Forms of the mine's own hazard tables."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.accidents.models import AccidentDeadline
from kuangdeng.hazards.accidents.rules import KIND_LABELS, Kind
from kuangdeng.hazards.models import Cause, DeadlineRule, Grade, LadderRule, RoundPlan, Specialty
from kuangdeng.hazards.queries.ladder import RECTIFIER
from kuangdeng.hazards.queries.settings import grades, specialties, top_specialties
from kuangdeng.hazards.rules import FIVE_POINT_LABELS
from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput
from kuangdeng.org.api import ROLE_LABELS, Person, Role

TOLD = [
    (RECTIFIER, _("责任人")),
    *[
        (role, ROLE_LABELS[role])
        for role in (
            Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY, Role.MINE_LEADER, Role.GROUP_OFFICE,
        )
    ],
]  # fmt: skip
INSPECTORS = [
    (role, ROLE_LABELS[role])
    for role in (Role.MINE_LEADER, Role.SAFETY, Role.UNIT_HEAD, Role.TEAM_LEADER, Role.GROUP_OFFICE)
]


class MineForm(forms.Form):
    """A form that knows whose mine it is."""

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.arrange()

    def arrange(self) -> None:
        """Choices that depend on the mine."""

    def order_last(self, *names: str) -> None:
        """Put these fields at the end."""
        self.order_fields([name for name in self.fields if name not in names] + list(names))


class GradeForm(MineForm):
    """One grade."""

    code = forms.CharField(label=_("代码"), max_length=20)
    name = forms.CharField(label=_("名称"), max_length=40)
    meaning = forms.CharField(
        label=_("含义"), max_length=200, required=False, help_text=_("例如：区队、科室自己能解决。")
    )
    colour = forms.ChoiceField(
        label=_("颜色"), choices=list(Grade._meta.get_field("colour").choices or ()), initial="blue"
    )
    position = forms.IntegerField(label=_("顺序"), min_value=0, max_value=9999, initial=0, help_text=_("小的排前面。"))
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)


class SpecialtyForm(MineForm):
    """One specialty."""

    name = forms.CharField(label=_("名称"), max_length=40)
    parent = forms.ChoiceField(label=_("所属大类"), required=False)
    position = forms.IntegerField(label=_("顺序"), min_value=0, max_value=9999, initial=0, help_text=_("小的排前面。"))
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def arrange(self) -> None:
        self.tops = {str(row.id): row for row in top_specialties(self.by.mine_id)}
        self.fields["parent"].choices = [("", _("本身就是大类")), *[(key, row.name) for key, row in self.tops.items()]]  # type: ignore[attr-defined]

    def clean_parent(self) -> Specialty | None:
        return self.tops.get(self.cleaned_data["parent"])


class StandardForm(MineForm):
    """One standard wording."""

    code = forms.CharField(label=_("编号"), max_length=20)
    text = forms.CharField(label=_("规范描述"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    specialty = forms.ChoiceField(label=_("专业"))
    sub = forms.CharField(label=_("小类"), max_length=40, required=False)
    grade = forms.ChoiceField(label=_("常见等级"), required=False)
    cause = forms.ChoiceField(label=_("成因"), choices=[("", _("不定")), *Cause.choices], required=False)
    measure = forms.CharField(
        label=_("建议措施"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    is_sample = forms.BooleanField(label=_("示例"), required=False, help_text=_("矿上核定过以后去掉这个勾。"))
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def arrange(self) -> None:
        self.specialties = {str(row.id): row for row in specialties(self.by.mine_id)}
        self.grades = {str(row.id): row for row in grades(self.by.mine_id)}
        self.fields["specialty"].choices = [  # type: ignore[attr-defined]
            (key, f"{row.parent.name} · {row.name}" if row.parent else row.name)
            for key, row in self.specialties.items()
        ]
        self.fields["grade"].choices = [("", _("不定")), *[(key, row.name) for key, row in self.grades.items()]]  # type: ignore[attr-defined]

    def clean_specialty(self) -> Specialty:
        return self.specialties[self.cleaned_data["specialty"]]

    def clean_grade(self) -> Grade | None:
        return self.grades.get(self.cleaned_data["grade"])


class FileForm(MineForm):
    """A table to take in."""

    file = forms.FileField(label=_("文件"))

    def __init__(self, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = help_text


class DeadlineForm(MineForm):
    """One deadline rule."""

    grade = forms.ChoiceField(label=_("等级"), required=False)
    kind = forms.ChoiceField(
        label=_("算法"), choices=list(DeadlineRule._meta.get_field("kind").choices or ()), widget=forms.RadioSelect
    )
    amount = forms.IntegerField(label=_("多少小时或多少天"), min_value=0, max_value=10_000, initial=0, required=False,
                                help_text=_("按班算的不用填。小时和天都是昼夜连着算，不扣节假日。"))  # fmt: skip
    valid_from = forms.DateField(label=_("从哪天起"), widget=DateInput, help_text=_("以前已经下达的期限不变。"))
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
    confirmed = forms.BooleanField(label=_("矿上已核定"), required=False)

    def arrange(self) -> None:
        self.grades = {str(row.id): row for row in grades(self.by.mine_id)}
        self.fields["grade"].choices = [  # type: ignore[attr-defined]
            ("", _("没有单独规则的等级")),
            *[(key, row.name) for key, row in self.grades.items()],
        ]  # type: ignore[attr-defined]
        self.fields["valid_from"].initial = clock.today()

    def clean_grade(self) -> Grade | None:
        return self.grades.get(self.cleaned_data["grade"])

    def clean_amount(self) -> int:
        return self.cleaned_data["amount"] or 0


class AccidentLevelForm(MineForm):
    """One line of the table of accident levels."""

    kind = forms.ChoiceField(
        label=_("事故类型"), choices=[(kind, KIND_LABELS[kind]) for kind in (Kind.INJURY, Kind.NON_CASUALTY)]
    )
    name = forms.CharField(label=_("名称"), max_length=40)
    position = forms.IntegerField(
        label=_("顺序"), min_value=0, max_value=9999, initial=0, help_text=_("最重的排最前。")
    )
    deaths = forms.IntegerField(label=_("死亡人数达到"), min_value=0, required=False,
                                help_text=_("几个数里达到一个就算这一级；不看的不填；填 0 是兜底的一级。"))  # fmt: skip
    serious = forms.IntegerField(label=_("重伤人数达到"), min_value=0, required=False)
    loss = forms.DecimalField(
        label=_("直接经济损失达到（元）"), min_value=0, max_digits=14, decimal_places=2, required=False
    )
    stop_hours = forms.DecimalField(
        label=_("停产达到（小时）"), min_value=0, max_digits=8, decimal_places=2, required=False
    )
    leader_closes = forms.BooleanField(label=_("由矿领导结案"), required=False)
    effective_from = forms.DateField(label=_("施行日期"), widget=DateInput)
    effective_to = forms.DateField(label=_("失效日期"), widget=DateInput, required=False)
    source = forms.CharField(label=_("依据"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(label=_("已核对原文"), required=False)


class AccidentDeadlineForm(MineForm):
    """One line of the table of deadlines of accidents."""

    stage = forms.ChoiceField(label=_("办理"), choices=AccidentDeadline.STAGES)
    hours = forms.IntegerField(
        label=_("小时数"), min_value=1, max_value=8784,
        help_text=_("补充完善从快报时算起，调查结案从事故发生时算起；60 天写 1440。"),
    )  # fmt: skip
    effective_from = forms.DateField(label=_("施行日期"), widget=DateInput)
    effective_to = forms.DateField(label=_("失效日期"), widget=DateInput, required=False)
    source = forms.CharField(label=_("依据"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    confirmed = forms.BooleanField(label=_("已核对原文"), required=False)


class LadderForm(MineForm):
    """One step of the ladder."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如 超期1班。"))
    when = forms.ChoiceField(label=_("什么时候"), choices=[("-", _("到期前")), ("0", _("到期时")), ("+", _("超期后"))],
                             widget=forms.RadioSelect)  # fmt: skip
    amount = forms.IntegerField(label=_("多久"), min_value=0, max_value=2000, required=False)
    step = forms.ChoiceField(
        label=_("单位"), choices=LadderRule.Step.choices, help_text=_("班按责任单位当天的班制数。")
    )
    roles = forms.MultipleChoiceField(label=_("告知谁"), choices=TOLD, widget=forms.CheckboxSelectMultiple)
    propose_supervision = forms.BooleanField(label=_("建议挂牌督办"), required=False)
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
    position = forms.IntegerField(label=_("顺序"), min_value=0, max_value=9999, initial=0)
    confirmed = forms.BooleanField(label=_("矿上已核定"), required=False)
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        amount = data.get("amount") or 0
        if data.get("when") != "0" and not amount and "amount" not in self.errors:
            self.add_error("amount", _("请填写提前或超过多久。"))
        data["amount"] = {"-": -amount, "+": amount}.get(data.pop("when", "0"), 0)
        return data


class PlanForm(MineForm):
    """One inspection plan."""

    name = forms.CharField(label=_("名称"), max_length=60)
    role = forms.ChoiceField(label=_("谁来查"), choices=INSPECTORS)
    posts = forms.CharField(label=_("岗位"), max_length=100, required=False,
                            help_text=_("只要某些岗位的人，用顿号隔开，例如 副矿长、总工程师。没有人在这些岗位时都算。"))  # fmt: skip
    every = forms.ChoiceField(label=_("多久一次"), choices=RoundPlan.Every.choices)
    scope = forms.CharField(label=_("查什么"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
    confirmed = forms.BooleanField(label=_("矿上已核定"), required=False)
    active = forms.BooleanField(label=_("在用"), required=False, initial=True)

    def arrange(self) -> None:
        from kuangdeng.hazards.forms import unit_field

        self.fields["unit"] = unit_field(
            self.by, label=_("哪个单位"), required=False, help_text=_("不选就是全矿每个单位、每个责任人。")
        )
        self.order_fields(["name", "role", "posts", "unit", "every", "scope", "source", "confirmed", "active"])


class WordingForm(MineForm):
    """How the mine calls the five points."""

    title = forms.CharField(label=_("整个叫什么"), max_length=20, help_text=_("五定、五落实、五到位……"))
    person = forms.CharField(label=_("第一项"), max_length=20, required=False)
    measure = forms.CharField(label=_("第二项"), max_length=20, required=False)
    funds = forms.CharField(label=_("第三项"), max_length=20, required=False)
    deadline = forms.CharField(label=_("第四项"), max_length=20, required=False)
    contingency = forms.CharField(label=_("第五项"), max_length=20, required=False)
    anonymous_reports = forms.BooleanField(label=_("允许匿名上报"), required=False)

    def arrange(self) -> None:
        for key, label in FIVE_POINT_LABELS.items():
            self.fields[key].help_text = _("不填就叫「%s」。") % label
