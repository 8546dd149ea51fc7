"""The form of an inspection."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.forms import PersonForm, person_field, place_field
from kuangdeng.hazards.models import CheckType, RoundPlan
from kuangdeng.hazards.queries.rounds import plans_for
from kuangdeng.hazards.services.rounds import RoundData
from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateTimeInput
from kuangdeng.org.api import Person


class RoundForm(PersonForm):
    """登记检查: plan, places, time; the rest has a sensible beginning."""

    plan = forms.ChoiceField(label=_("按哪个计划"), required=False)
    started_at = forms.DateTimeField(label=_("开始时间"), widget=DateTimeInput)
    ended_at = forms.DateTimeField(label=_("结束时间"), widget=DateTimeInput)
    check_type = forms.ChoiceField(label=_("检查类型"), choices=CheckType.choices, initial=CheckType.DAILY)
    note = forms.CharField(
        label=_("检查情况"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("查了什么、总体怎样。没有查出隐患也要登记；查出的隐患登记以后再逐条上报。"),
    )  # fmt: skip

    def arrange(self) -> None:
        self.plans: dict[str, RoundPlan] = {str(plan.id): plan for plan in plans_for(self.by)}
        named = [(key, f"{plan.name}（{plan.get_every_display()}）") for key, plan in self.plans.items()]
        self.fields["plan"].choices = [("", _("不属于计划")), *named]  # type: ignore[attr-defined]
        self.fields["places"] = place_field(self.by, label=_("检查了哪些地点"), multiple=True)
        self.fields["led_by"] = person_field(
            self.by, label=_("带队人"), required=False, help_text=_("不填就是您自己。")
        )
        self.fields["members"] = person_field(self.by, label=_("参加人"), required=False, multiple=True)
        self.fields["ended_at"].initial = clock.local().replace(second=0, microsecond=0, tzinfo=None)
        self.order_fields(["plan", "places", "started_at", "ended_at", "led_by", "members", "check_type", "note"])

    def clean_plan(self) -> RoundPlan | None:
        return self.plans.get(self.cleaned_data["plan"])

    def data_for_verb(self) -> RoundData:
        """The answers as the verb wants them."""
        data: dict[str, Any] = self.cleaned_data
        led_by: Person = data["led_by"] or self.by
        started: datetime = data["started_at"]
        return RoundData(
            started_at=started, ended_at=data["ended_at"], led_by=led_by, places=data["places"], members=data["members"],
            plan=data["plan"], check_type=data["check_type"], note=data["note"],
        )  # fmt: skip
