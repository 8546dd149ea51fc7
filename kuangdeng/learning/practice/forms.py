"""Forms of the daily item. They read and word; the verbs decide."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateInput
from kuangdeng.learning.items.api import Kind, banks_of, categories_of
from kuangdeng.learning.practice import queries, rules
from kuangdeng.learning.practice.rules import Terms
from kuangdeng.org.api import Person, pickable_persons, search_persons


class TimeInput(forms.TimeInput):
    """A time of day, by the device's own clock."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class RuleForm(forms.Form):
    """每日一题规则."""

    valid_from = forms.DateField(label=_("从哪天起"), widget=DateInput())
    per_day = forms.IntegerField(label=_("每天几题"), min_value=1, max_value=rules.MOST_PER_DAY)
    opens_at = forms.TimeField(label=_("几点开始"), widget=TimeInput())
    night_until_end = forms.BooleanField(
        label=_("跨零点的夜班算到下班"), required=False, help_text=_("不选，就都在 24:00 截止。过后仍可以补做。")
    )
    reveal = forms.ChoiceField(
        label=_("什么时候公布答案"), choices=list(rules.REVEAL_LABELS.items()), widget=forms.RadioSelect
    )
    slow_after = forms.IntegerField(
        label=_("超过几秒算慢"), min_value=5, max_value=600, help_text=_("答对但慢的，会早一点再问。")
    )
    retention = forms.DecimalField(
        label=_("复习时希望还记得的比例"),
        min_value=0,
        max_value=1,
        decimal_places=2,
        help_text=_("0.70 到 0.97。越高，复习越勤。"),
    )
    clear_after = forms.IntegerField(label=_("连续答对几次移出错题本"), min_value=1, max_value=10)
    catch_up_days = forms.IntegerField(label=_("可以补做最近几天"), min_value=0, max_value=60)
    catch_up_most = forms.IntegerField(label=_("补一天最多几题"), min_value=0, max_value=10)
    banks = forms.MultipleChoiceField(
        label=_("用哪些题库"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("一个都不选，就用全部在用的题库。考试专用的题库不要选：每日一题会公布答案。"),
    )  # fmt: skip
    source = forms.CharField(label=_("依据"), max_length=200, required=False)
    confirmed = forms.BooleanField(label=_("已确认"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.id), one.name) for one in banks_of(by.mine_id)]
        self.fields["banks"].choices = choices  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        """What was filled in."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})

    @staticmethod
    def initial_of(by: Person) -> dict[str, Any]:
        """What holds now, from today on."""
        rule = queries.held_rule(by.mine_id)
        terms = rule.terms if rule else Terms()
        found = {name: getattr(terms, name) for name in Terms.__dataclass_fields__}
        banks = [str(one.id) for one in rule.banks.all()] if rule else []
        return {**found, "valid_from": clock.today(), "banks": banks, "source": rule.source if rule else ""}


class MustKnowForm(forms.Form):
    """工种必会题."""

    trade = forms.CharField(
        label=_("工种"), max_length=40, required=False, help_text=_("不填就是全部工种。要和职工档案里的写法一样。")
    )
    category = forms.ChoiceField(
        label=_("题目分类"), required=False, help_text=_("这一类在用的题都是必会题，以后新出的也算。")
    )
    source = forms.CharField(label=_("依据"), max_length=200, required=False)

    def __init__(self, *args: Any, by: Person, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {str(Kind.SPECIALTY): _("专业"), str(Kind.TRADE): _("工种"), str(Kind.TOPIC): _("知识点")}
        rows = [(str(one.id), f"{names[one.kind]} · {one.name}") for one in categories_of(by.mine_id)]
        self.fields["category"].choices = [("", _("请选择")), *rows]  # type: ignore[attr-defined]
        if fixed:
            del self.fields["category"]
        trades = queries.trades_of(by.mine_id)
        self.fields["trade"].widget = forms.TextInput(attrs={"list": "trades"}) if trades else forms.TextInput()
        self.trades = trades


class AwayForm(forms.Form):
    """登记不在岗."""

    who = forms.CharField(label=_("姓名或工号"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    first_day = forms.DateField(label=_("从"), widget=DateInput())
    last_day = forms.DateField(label=_("到"), widget=DateInput())
    reason = forms.CharField(label=_("原因"), max_length=100, help_text=_("休假、住院、外出培训等。"))

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_who(self) -> Person:
        """The one person whom the words name."""
        words = self.cleaned_data["who"].strip()
        rows = pickable_persons(self.by)
        found = list(rows.filter(number=words)[:2]) or list(search_persons(rows, words)[:2])
        if len(found) != 1:
            raise forms.ValidationError(_("没有找到这个人，或者不止一个。请填工号。"))
        return found[0]


class SpanForm(forms.Form):
    """From which day to which the figures are."""

    first = forms.DateField(label=_("从"), widget=DateInput(), required=False)
    last = forms.DateField(label=_("到"), widget=DateInput(), required=False)

    def span(self) -> tuple[date, date]:
        """The days asked for: this month so far when nothing is; at most a year."""
        today = clock.today()
        data = self.cleaned_data if self.is_valid() else {}
        last = min(data.get("last") or today, today)
        first = data.get("first") or last.replace(day=1)
        return max(min(first, last), last - timedelta(days=366)), last
