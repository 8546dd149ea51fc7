"""Forms of the exams: papers, arrangement, people, the hall, paper sheets."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.widgets import DateTimeInput
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams import queries, rules
from kuangdeng.learning.exams.models import Exam, Paper, Sitting
from kuangdeng.learning.exams.services import ExamData, LineData, PaperData, People
from kuangdeng.learning.items.api import DIFFICULTY_LABELS, TYPE_LABELS, banks_of, categories_of
from kuangdeng.org.api import Person, Unit

BLANK_ROWS = 3


class PaperForm(forms.Form):
    """The head of a paper."""

    title = forms.CharField(label=gettext_lazy("试卷名称"), max_length=80)
    mode = forms.ChoiceField(
        label=gettext_lazy("组卷方式"),
        choices=list(rules.MODE_LABELS.items()),
        widget=forms.RadioSelect,
        initial=rules.Mode.BLUEPRINT,
        help_text=gettext_lazy("按蓝图抽题：写明哪类题抽几道，每场考试自动抽；固定题目：一题一题地选。"),
    )
    note = forms.CharField(label=gettext_lazy("说明"), max_length=200, required=False)


class BlueprintRow(forms.Form):
    """One line of a blueprint."""

    type = forms.ChoiceField(label=gettext_lazy("题型"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("分类"), required=False)
    bank = forms.ChoiceField(label=gettext_lazy("题库"), required=False)
    easiest = forms.TypedChoiceField(label=gettext_lazy("难度从"), coerce=int, initial=1)
    hardest = forms.TypedChoiceField(label=gettext_lazy("难度到"), coerce=int, initial=5)
    count = forms.IntegerField(label=gettext_lazy("题数"), min_value=0, max_value=rules.MOST_ITEMS, required=False)
    marks = forms.DecimalField(
        label=gettext_lazy("每题分"), min_value=Decimal("0.1"), max_value=100, decimal_places=2, required=False
    )

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in choices.items():
            self.fields[name].choices = rows  # type: ignore[attr-defined]

    @property
    def is_used(self) -> bool:
        """Whether the author wrote a line here."""
        return bool(self.cleaned_data.get("count"))

    def line(self) -> LineData:
        """For the verb."""
        data = self.cleaned_data
        return LineData(
            marks=data.get("marks") or Decimal(1),
            count=data["count"],
            bank_id=UUID(data["bank"]) if data["bank"] else None,
            category_id=UUID(data["category"]) if data["category"] else None,
            type=data["type"],
            easiest=data["easiest"],
            hardest=data["hardest"],
        )


def blueprint_choices(by: Person) -> dict[str, list[tuple[str, str]]]:
    """What the lines of a blueprint choose from; read once for all of them."""
    grades = [(str(key), f"{key} {label}") for key, label in DIFFICULTY_LABELS.items()]
    return {
        "type": [("", _("任何题型")), *((key, str(label)) for key, label in TYPE_LABELS.items())],
        "category": [("", _("任何分类")), *((str(one.id), one.name) for one in categories_of(by.mine_id))],
        "bank": [("", _("所有题库")), *((str(one.id), one.name) for one in banks_of(by.mine_id))],
        "easiest": grades,
        "hardest": grades,
    }


def blueprint_rows(data: Any, by: Person, paper: Paper) -> list[BlueprintRow]:
    """The lines of a blueprint, and some empty ones to go on."""
    choices = blueprint_choices(by)
    lines = list(paper.lines.all())
    count = len(lines) + BLANK_ROWS
    if data is not None and str(data.get("rows", "")).isdigit():
        count = min(60, int(data["rows"]))
    rows = []
    for at in range(count):
        line = lines[at] if at < len(lines) else None
        initial = {
            "type": line.type, "category": str(line.category_id or ""), "bank": str(line.bank_id or ""),
            "easiest": line.easiest, "hardest": line.hardest, "count": line.count, "marks": plain(line.marks),
        } if line else None  # fmt: skip
        rows.append(BlueprintRow(data, prefix=f"r{at}", choices=choices, initial=initial))
    return rows


def paper_data(head: dict[str, Any], lines: Sequence[LineData]) -> PaperData:
    """For the verb."""
    return PaperData(head["title"], head["mode"], lines, head["note"])


class ExamForm(forms.Form):
    """安排考试."""

    title = forms.CharField(label=gettext_lazy("考试名称"), max_length=80)
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=list(rules.KIND_LABELS.items()))
    makeup_of = forms.ChoiceField(label=gettext_lazy("是哪一场的补考"), required=False)
    paper = forms.ChoiceField(label=gettext_lazy("试卷"))
    opens_at = forms.DateTimeField(label=gettext_lazy("开考时间"), widget=DateTimeInput())
    closes_at = forms.DateTimeField(label=gettext_lazy("结束时间"), widget=DateTimeInput())
    minutes = forms.IntegerField(
        label=gettext_lazy("时长（分钟）"), min_value=1, max_value=rules.MOST_MINUTES, initial=60
    )
    late_minutes = forms.IntegerField(
        label=gettext_lazy("迟到多少分钟内可以自己开考"), min_value=0, max_value=rules.MOST_MINUTES, required=False, initial=15,
        help_text=gettext_lazy("不填就是结束以前都可以。过了时限要监考准许。"),
    )  # fmt: skip
    pass_percent = forms.DecimalField(
        label=gettext_lazy("合格线（满分的百分之几）"), min_value=0, max_value=100, decimal_places=2
    )  # fmt: skip
    place = forms.CharField(label=gettext_lazy("考场"), max_length=80, required=False)
    unit = forms.ChoiceField(label=gettext_lazy("组织单位"), required=False)
    per_person = forms.BooleanField(label=gettext_lazy("每人抽一份不同的卷"), required=False)
    mix_items = forms.BooleanField(label=gettext_lazy("题目顺序每人不同"), required=False, initial=True)
    mix_options = forms.BooleanField(label=gettext_lazy("选项顺序每人不同"), required=False, initial=True)
    by_code = forms.BooleanField(label=gettext_lazy("可以在考场用工号和考场码答"), required=False, initial=True)
    by_sign_in = forms.BooleanField(label=gettext_lazy("可以用自己的账号在手机上答"), required=False, initial=True)
    shows_score = forms.BooleanField(label=gettext_lazy("交卷后马上看到分数"), required=False, initial=True)
    shows_key = forms.BooleanField(label=gettext_lazy("公布后可以看答案和解析"), required=False, initial=True)
    note = forms.CharField(
        label=gettext_lazy("考试须知"), max_length=500, required=False, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, *args: Any, by: Person, exam: Exam | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = Paper.objects.filter(mine_id=by.mine_id, status=rules.PaperStatus.READY).order_by("-changed_at")
        self.fields["paper"].choices = [  # type: ignore[attr-defined]
            (str(one.id), f"{one.title}（{one.items_count} {_('题')} {plain(one.marks)} {_('分')}）") for one in papers
        ]
        held = Exam.objects.filter(mine_id=by.mine_id, status__in=[rules.Status.CLOSED, rules.Status.PUBLISHED])
        held = held.exclude(kind=rules.Kind.MAKEUP)
        self.fields["makeup_of"].choices = [  # type: ignore[attr-defined]
            ("", _("不是补考")),
            *((str(key), title) for key, title in held.order_by("-opens_at").values_list("id", "title")[:100]),
        ]
        units = Unit.objects.filter(mine_id=by.mine_id).exclude(kind=Unit.Kind.TEAM).order_by("position", "name")
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", "—"),
            *((str(key), name) for key, name in units.values_list("id", "name")),
        ]

    def data_of(self) -> ExamData:
        """For the verb."""
        data = dict(self.cleaned_data)
        return ExamData(
            paper_id=UUID(data.pop("paper")),
            unit_id=UUID(data["unit"]) if data["unit"] else None,
            makeup_of=UUID(data["makeup_of"]) if data["makeup_of"] else None,
            **{name: value for name, value in data.items() if name not in ("unit", "makeup_of")},
        )


def exam_initial(exam: Exam) -> dict[str, Any]:
    """An exam as its form shows it."""
    names = [name for name in ExamForm.base_fields if name not in ("paper", "unit", "makeup_of")]
    return {name: getattr(exam, name) for name in names} | {
        "paper": str(exam.paper_id),
        "unit": str(exam.unit_id or ""),
        "makeup_of": str(exam.makeup_of_id or ""),
    }


class PeopleForm(forms.Form):
    """Whom it concerns: whole units, single teams (a team works one shift), and persons by employee number."""

    units = forms.MultipleChoiceField(
        label=gettext_lazy("单位"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("选中的单位和它下面的班组，全部在册的人。"),
    )  # fmt: skip
    teams = forms.MultipleChoiceField(
        label=gettext_lazy("班组"), required=False, widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy("只要某个班次的人时，不选单位，在这里选班组。按住 Ctrl 可以选几个。"),
    )  # fmt: skip
    trades = forms.MultipleChoiceField(
        label=gettext_lazy("只要这些工种"), required=False, widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("不选就是所有工种。按住 Ctrl 可以选几个。"),
    )  # fmt: skip
    numbers = forms.CharField(
        label=gettext_lazy("另加的人（工号，一行一个或用逗号隔开）"), required=False, widget=forms.Textarea({"rows": 4})
    )

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        units, teams = queries.known_units(by)
        self.fields["units"].choices = units  # type: ignore[attr-defined]
        self.fields["teams"].choices = teams  # type: ignore[attr-defined]
        if not teams:
            del self.fields["teams"]
        trades = queries.known_trades(by)
        self.fields["trades"].choices = [(one, one) for one in trades]  # type: ignore[attr-defined]
        if not trades:
            del self.fields["trades"]

    def clean_numbers(self) -> list[UUID]:
        """Employee numbers as persons; what names nobody is said."""
        typed = [one for one in re.split(r"[\s,，、;；]+", self.cleaned_data["numbers"]) if one]
        rows = Person.objects.filter(mine_id=self.by.mine_id, number__in=typed, is_active=True)
        found = dict(rows.values_list("number", "id"))
        missing = [one for one in dict.fromkeys(typed) if one not in found]
        if missing:
            raise forms.ValidationError(
                _("没有这些工号：%(numbers)s。请改正后再提交。") % {"numbers": "、".join(missing[:10])}
            )
        return list(found.values())

    def people(self) -> People:
        """For the verb."""
        data = self.cleaned_data
        return People(
            person_ids=data["numbers"],
            unit_ids=[UUID(one) for one in (*data["units"], *data.get("teams", ()))],
            trades=data.get("trades", []),
            leaders=bool(data.get("leaders")),
        )


class EnrolForm(PeopleForm):
    """加入应考人."""

    leaders = forms.BooleanField(
        label=gettext_lazy("工种以外，这些单位的队长、支部书记等领导也一起考"), required=False, initial=True
    )


class DrawPeopleForm(PeopleForm):
    """随机抽人."""

    count = forms.IntegerField(label=gettext_lazy("抽几个人"), min_value=1, max_value=500, initial=10)


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=gettext_lazy("原因"), max_length=200)


class ExtendForm(WhyForm):
    """延长时间."""

    minutes = forms.IntegerField(label=gettext_lazy("延长几分钟"), min_value=1, max_value=240, initial=10)
    field_order = ("minutes", "why")


_RIGHT, _WRONG = ("√", "对", "正确", "T", "Y"), ("×", "X", "错", "错误", "F", "N")


def typed_answer(shown: dict[str, Any], text: str) -> dict[str, Any] | None:
    """An answer that a clerk reads off a sheet: B, ABD, √, 1A 2C (matching), CAB (order); blanks parted by ；.

    Refused when it cannot be read as an answer of this type.
    """
    words = text.strip()
    if not words:
        return None
    letters = [one for one in words.upper() if one.isalpha() and one.isascii()]
    kind = shown["type"]
    if kind == "single" and len(letters) == 1:
        return {"choice": letters[0]}
    if kind in ("multiple", "ordering") and letters and len(set(letters)) == len(letters):
        return {"choices" if kind == "multiple" else "order": letters}
    if kind == "true_false" and words.upper() in (*_RIGHT, *_WRONG):
        return {"value": words.upper() in _RIGHT}
    if kind == "fill_in":
        return {"blanks": [one.strip() for one in re.split("[；;|]", words)]}
    if kind == "matching" and (pairs := re.findall(r"(\d+)\s*[-—:：]?\s*([A-Za-z])", words)):
        return {"pairs": {left: right.upper() for left, right in pairs}}
    if kind == "short_answer":
        return {"text": words}
    raise Refused(_("“%(text)s”读不出来。") % {"text": words[:20]}, field="answer")


ON_PAPER, READ_THERE = "见纸卷", "纸上阅的"
"""What is kept for a short answer that a reader marked on the paper: kept words are Chinese."""


class SheetForm(forms.Form):
    """录入纸卷: a field for every item of one sheet, in the order in which it is printed."""

    def __init__(
        self, *args: Any, sitting: Sitting, items: Sequence[dict[str, Any]], again: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        for at, item in enumerate(items, 1):
            short = item["type"] == "short_answer"
            words = forms.CharField(
                label=f"{at}", required=False, max_length=3000, strip=True, help_text=item["label"],
                widget=forms.Textarea({"rows": 3}) if short else forms.TextInput({"autocomplete": "off"}),
            )  # fmt: skip
            words.one_of_several = True  # type: ignore[attr-defined]
            self.fields[f"line-{item['line']}"] = words
            if short:
                self._put_points(at, item)
        if again:
            self.fields["why"] = forms.CharField(label=_("为什么改"), max_length=200)

    def _put_points(self, at: int, item: dict[str, Any]) -> None:
        """What a reader wrote on the paper beside a short answer: the words need not be typed then."""
        self.fields[f"points-{item['line']}"] = forms.DecimalField(
            label=_("%(n)d 得分") % {"n": at}, required=False, min_value=0, max_value=Decimal(item["marks"]),
            decimal_places=2, help_text=_("纸上已经阅过就填分，答案可以不录。"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Every answer read, or said to be unreadable beside its field."""
        data = super().clean() or {}
        self.answers: dict[int, Any] = {}
        self.points = {
            item["line"]: data[f"points-{item['line']}"]
            for item in self.items
            if data.get(f"points-{item['line']}") is not None
        }
        for item in self.items:
            name = f"line-{item['line']}"
            try:
                said = data.get(name) or (ON_PAPER if item["line"] in self.points else "")
                self.answers[item["line"]] = typed_answer(item, said)
            except Refused as refusal:
                self.add_error(name, str(refusal))
        return data
