"""Forms of campaigns. They read and word; the verbs decide."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.widgets import DateInput
from kuangdeng.learning.campaigns import rules
from kuangdeng.learning.campaigns.models import Campaign, CampaignDay
from kuangdeng.learning.campaigns.rules import CampaignData, DayPlan
from kuangdeng.learning.forms import Area
from kuangdeng.learning.pickers import unit_field
from kuangdeng.learning.study.api import StudySession
from kuangdeng.org.api import Person

REST = frozenset({"休息", "rest"})
"""What a line of the plan says for a day of rest, in either language."""
LINE = re.compile(r"^\s*(?:第\s*)?(\d+)\s*(?:天)?\s*[:：,，、.\t|]\s*(.*)$")


class CampaignForm(forms.Form):
    """发起、更改."""

    title = forms.CharField(label=_("名称"), max_length=60, initial=_("百日集中学习活动"))
    starts_on = forms.DateField(label=_("从哪天起"), widget=DateInput)
    days = forms.IntegerField(label=_("共几天"), min_value=1, max_value=rules.MOST_DAYS, initial=rules.DAYS)
    goal = forms.CharField(label=_("目的和要求"), max_length=2000, required=False, widget=Area(4))

    def __init__(self, *args: Any, by: Person, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not fixed:
            self.fields["unit"] = unit_field(
                by, label=_("组织单位"), required=False, help_text=_("支部自己办的选本单位；全矿的不选。")
            )

    @property
    def data_of(self) -> CampaignData:
        """What was filled in."""
        values = self.cleaned_data
        unit = values.get("unit")
        return CampaignData(
            values["title"], values["starts_on"], values["days"], values["goal"], unit.id if unit else None
        )


class PlanForm(forms.Form):
    """排计划: one line for each day, pasted or typed."""

    lines = forms.CharField(
        label=_("每天学什么"), max_length=60_000, widget=Area(20),
        help_text=_("一天一行，如「12：探放水章节｜读第三章并对照本面写一条」；竖线后面是要求，写「休息」的那天不打卡。没写的天不变。"),
    )  # fmt: skip

    def clean_lines(self) -> list[DayPlan]:
        """The days that the lines mean."""
        found, wrong = [], []
        for number, line in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if not line.strip():
                continue
            hit = LINE.match(line)
            if hit is None:
                wrong.append(number)
                continue
            topic, _sep, task = hit[2].partition("｜") if "｜" in hit[2] else hit[2].partition("|")
            rest = topic.strip().lower() in REST
            found.append(DayPlan(int(hit[1]), "" if rest else topic.strip(), task.strip(), rest))
        if wrong:
            shown = "、".join(str(one) for one in wrong[:8])
            raise forms.ValidationError(_("第 %s 行看不出是哪一天。每行开头写天数和冒号。") % shown)
        if len({one.number for one in found}) != len(found):
            raise forms.ValidationError(_("有一天写了两行，请留一行。"))
        if not found:
            raise forms.ValidationError(_("请至少写一行。"))
        return found

    @staticmethod
    def initial_of(plan: list[CampaignDay]) -> dict[str, str]:
        """The plan that holds now, as lines."""
        return {
            "lines": "\n".join(
                f"{one.number}：{gettext('休息') if one.rest else one.topic}{f'｜{one.task}' if one.task else ''}"
                for one in plan
            )
        }


class DayForm(forms.Form):
    """安排一天."""

    topic = forms.CharField(label=_("学什么"), max_length=100, required=False)
    task = forms.CharField(label=_("要求"), max_length=2000, required=False, widget=Area(3))
    rest = forms.BooleanField(label=_("这一天休息，不打卡"), required=False)
    file = forms.FileField(
        label=_("学习材料"), required=False, help_text=_("PDF、Word、PPT、Excel 或照片，20 MB 以内。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.docx,.pptx,.xlsx,.jpg,.jpeg,.png"}),
    )  # fmt: skip
    drop = forms.BooleanField(label=_("去掉现有材料"), required=False)

    def __init__(self, *args: Any, sessions: list[StudySession], has_file: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_file:
            del self.fields["drop"]
        choices = [("", _("没有"))] + [(str(one.id), f"{one.starts_at:%Y-%m-%d} {one.title}") for one in sessions]
        self.fields["session"] = forms.ChoiceField(label=_("这一天的学习活动"), choices=choices, required=False)


class DoneForm(forms.Form):
    """打卡."""

    note = forms.CharField(label=_("学了什么，有什么体会"), max_length=4000, widget=Area(5))


class SummaryForm(forms.Form):
    """总结."""

    summary = forms.CharField(label=_("总结"), max_length=20000, widget=Area(10))
    lessons = forms.CharField(label=_("不足和改进"), max_length=8000, required=False, widget=Area(5))

    @staticmethod
    def initial_of(campaign: Campaign, words: str) -> dict[str, str]:
        """The numbers that the system knows, to begin with."""
        return {"summary": campaign.summary or words, "lessons": campaign.lessons}
