"""Forms of research topics. They read and word; the verbs decide."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput
from kuangdeng.learning.forms import Area
from kuangdeng.learning.pickers import person_field
from kuangdeng.learning.topics import queries
from kuangdeng.learning.topics.models import Topic
from kuangdeng.learning.topics.services import Paper, TopicData
from kuangdeng.org.api import Person

STEPS = 6
ACCEPT = ".pdf,.docx,image/jpeg,image/png"


def paper_field(label: Any, *, required: bool) -> forms.FileField:
    """A PDF, a photo, a Word document."""
    return forms.FileField(
        label=label, required=required, help_text=_("PDF、Word（.docx）或照片，20 MB 以内。"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}), error_messages={"empty": _("文件是空的。请重新选择。")},
    )  # fmt: skip


def paper_of(file: Any) -> Paper | None:
    """What was sent, for the verb."""
    return (file.name or "", file.read()) if file else None


class TopicForm(forms.Form):
    """申报书."""

    title = forms.CharField(label=_("课题名称"), max_length=120)
    question = forms.CharField(
        label=_("要解决的问题"), max_length=8000, widget=Area(4), help_text=_("现场遇到了什么，为什么要研究。")
    )
    plan = forms.CharField(label=_("研究方法和计划"), max_length=8000, widget=Area(5))
    expected = forms.CharField(label=_("预期成果"), max_length=8000, required=False, widget=Area(3))
    due_on = forms.DateField(label=_("结题期限"), widget=DateInput())

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calls = queries.open_calls(by)
        if calls:
            rows = [("", _("不属于哪次征集")), *((str(one.id), one.title) for one in calls)]
            self.fields["call"] = forms.ChoiceField(label=_("征集"), required=False, choices=rows)
        self.fields["members"] = person_field(
            by, self.initial.get("members", ()), label=_("参加人"), multiple=True, required=False
        )
        for at in range(1, STEPS + 1):
            self.fields[f"step_{at}"] = forms.CharField(
                label=_("节点 %(n)d") % {"n": at}, max_length=120, required=at == 1,
                help_text=_("到期要交出什么，如「现场调查完成」。至少一个。") if at == 1 else "",
            )  # fmt: skip
            self.fields[f"due_{at}"] = forms.DateField(
                label=_("节点 %(n)d 的期限") % {"n": at}, required=at == 1, widget=DateInput()
            )

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each milestone with its day."""
        return [(self[f"step_{at}"], self[f"due_{at}"]) for at in range(1, STEPS + 1)]

    @property
    def facts(self) -> list[forms.BoundField]:
        """What is asked besides the milestones."""
        return [self[name] for name in self.fields if not name.startswith(("step_", "due_")) or name == "due_on"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for at in range(1, STEPS + 1):
            wrong = {f"step_{at}", f"due_{at}"} & set(self.errors)
            if not wrong and bool(data.get(f"step_{at}")) != bool(data.get(f"due_{at}")):
                self.add_error(f"due_{at}", _("节点的内容和期限要一起填。"))
        return data

    def data_of(self) -> TopicData:
        """What was filled in."""
        data = self.cleaned_data
        steps = [(data[f"step_{at}"], data[f"due_{at}"]) for at in range(1, STEPS + 1) if data[f"step_{at}"]]
        call = data.get("call")
        return TopicData(
            data["title"], data["question"], data["plan"], data["due_on"], data["expected"], UUID(call) if call else None,
            [one.id for one in data["members"] or []], steps,
        )  # fmt: skip

    @staticmethod
    def initial_of(topic: Topic) -> dict[str, Any]:
        """The values of a draft."""
        found: dict[str, Any] = {
            "title": topic.title, "question": topic.question, "plan": topic.plan, "expected": topic.expected,
            "due_on": topic.due_on, "call": str(topic.call_id or ""), "members": list(topic.members.select_related("unit__parent")),
        }  # fmt: skip
        for at, step in enumerate(topic.milestones.all()[:STEPS], 1):
            found |= {f"step_{at}": step.title, f"due_{at}": step.due_on}
        return found


class CallForm(forms.Form):
    """发布课题征集."""

    title = forms.CharField(label=_("标题"), max_length=120)
    text = forms.CharField(
        label=_("征集内容"), max_length=8000, widget=Area(6), help_text=_("方向、要求、怎么评、怎么用。")
    )
    until = forms.DateField(label=_("申报截止"), widget=DateInput())


class RemarkForm(forms.Form):
    """Why."""

    remark = forms.CharField(label=_("为什么"), max_length=500, widget=Area(3))


class MilestoneForm(forms.Form):
    """报节点完成."""

    words = forms.CharField(label=_("完成情况"), max_length=8000, widget=Area(5), help_text=_("做了什么，发现了什么。"))
    file = paper_field(_("节点材料"), required=False)


class ReportForm(forms.Form):
    """交结题报告."""

    summary = forms.CharField(
        label=_("结题摘要"), max_length=8000, widget=Area(6), help_text=_("发现了什么，建议怎么做。全矿看得到。")
    )
    file = paper_field(_("结题报告"), required=True)


class AssignForm(forms.Form):
    """安排评审."""

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewers"] = person_field(by, label=_("评审人"), multiple=True)
        self.fields["due_on"] = forms.DateField(label=_("评审期限"), widget=DateInput(), initial=lambda: in_days(10))


class OpinionForm(forms.Form):
    """写评审意见."""

    score = forms.IntegerField(label=_("得分（0—100）"), min_value=0, max_value=100)
    opinion = forms.CharField(label=_("评审意见"), max_length=8000, widget=Area(6))


class VerdictForm(forms.Form):
    """评审通过."""

    verdict = forms.CharField(label=_("评审结论"), max_length=8000, widget=Area(4))


class AdoptForm(forms.Form):
    """登记采纳."""

    changed = forms.CharField(
        label=_("因此改变了什么"),
        max_length=8000,
        widget=Area(4),
        help_text=_("改了哪条规程、哪个做法、在哪里用上了。"),
    )
    adopted_on = forms.DateField(label=_("采纳日期"), widget=DateInput(), initial=clock.today)
    file = paper_field(_("采纳证明"), required=True)


class ArchiveForm(forms.Form):
    """归档."""

    remark = forms.CharField(
        label=_("说明"), max_length=500, required=False, widget=Area(2), help_text=_("没有采纳的，写明为什么。")
    )


def in_days(days: int) -> date:
    """A day so many days from today."""
    return clock.today() + timedelta(days=days)
