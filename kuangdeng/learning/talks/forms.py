"""Forms of the talks."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.widgets import DateTimeInput
from kuangdeng.learning.forms import Area, day
from kuangdeng.learning.talks.models import Talk
from kuangdeng.learning.talks.queries import candidates, helpers, ladder_of, talkers, terms_on
from kuangdeng.learning.talks.rules import TELL_LABELS
from kuangdeng.learning.talks.services import Record, RuleData
from kuangdeng.org.api import Person


def _named(one: Person) -> tuple[str, str]:
    return str(one.id), f"{one.name}（{one.unit.full_name if one.unit else one.number}）"


class AssignForm(forms.Form):
    """安排谈话人."""

    talker = forms.ChoiceField(
        label=_("谈话人"), help_text=_("本单位负责人、支部书记，或者政工、培训部门、矿领导。"),
        error_messages={"required": _("请选谈话人。")},
    )  # fmt: skip

    def __init__(self, *args: Any, talk: Talk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["talker"].choices = [("", ""), *map(_named, candidates(talk))]  # type: ignore[attr-defined]
        self.initial.setdefault("talker", str(talk.talker_id or ""))


class TalkerForm(forms.Form):
    """安排谈话人 for several at once."""

    talker = forms.ChoiceField(label=_("谈话人"), help_text=_("由他和选中的每个人分别谈；不能是本人。"))

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["talker"].choices = [("", ""), *map(_named, talkers(by))]  # type: ignore[attr-defined]


class RecordForm(forms.Form):
    """记录谈心."""

    talked_at = forms.DateTimeField(label=_("谈话时间"), widget=DateTimeInput())
    place = forms.CharField(label=_("谈话地点"), max_length=80)
    reason = forms.CharField(
        label=_("没考好的原因"), max_length=1000, widget=Area(4),
        help_text=_("听他自己说：没学、没听懂、不会用机器答、身体或家里有事……"),
    )  # fmt: skip
    measures = forms.CharField(
        label=_("改进措施"),
        max_length=1000,
        widget=Area(4),
        help_text=_("对着薄弱知识点写：学什么、怎么学、到什么时候。"),
    )
    helper = forms.ChoiceField(label=_("一带一帮扶人"), required=False, help_text=_("本单位的人；没有就空着。"))

    def __init__(self, *args: Any, talk: Talk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["helper"].choices = [("", ""), *map(_named, helpers(talk))]  # type: ignore[attr-defined]
        at = clock.local(talk.talked_at) if talk.talked_at else clock.local()
        self.initial = {
            "talked_at": at, "place": talk.place, "reason": talk.reason, "measures": talk.measures,
            "helper": str(talk.helper_id or ""), **self.initial,
        }  # fmt: skip

    def record(self) -> Record:
        """What is written down, for the verb."""
        data = self.cleaned_data
        return Record(data["talked_at"], data["place"], data["reason"], data["measures"], data["helper"] or None)


class WhyForm(forms.Form):
    """退回、撤销、重新列入."""

    why = forms.CharField(
        label=_("原因"), max_length=200, widget=Area(2), error_messages={"required": _("请写明原因。")}
    )


class NoteForm(forms.Form):
    """登记纸质签字."""

    note = forms.CharField(label=_("纸质记录存在哪里"), max_length=200)


class WhereForm(forms.Form):
    """列入重新培训."""

    where = forms.CharField(label=_("列入哪个班"), max_length=120)


class FinishForm(forms.Form):
    """重新培训完成."""

    note = forms.CharField(label=_("培训结果"), max_length=200, help_text=_("学时、考核成绩，记在哪一期档案里。"))


class NothingForm(forms.Form):
    """A verb that asks for nothing."""


class RuleForm(forms.Form):
    """谈心办法."""

    valid_from = day(_("从哪天起"))
    bar = forms.DecimalField(
        label=_("谈心线（满分的百分之几）"), required=False, min_value=1, max_value=100, decimal_places=2,
        help_text=_("合格了但低于这条线的也要谈心，不用补考。不设就空着，只谈不合格和缺考的。"),
    )  # fmt: skip
    assign_days = forms.IntegerField(label=_("几天内安排谈话人"), min_value=1, max_value=365)
    talk_days = forms.IntegerField(label=_("几天内谈心"), min_value=1, max_value=365)
    sign_days = forms.IntegerField(label=_("几天内本人签字"), min_value=1, max_value=365)
    makeup_days = forms.IntegerField(label=_("几天内补考"), min_value=1, max_value=365)
    retrain_days = forms.IntegerField(label=_("几天内重新培训"), min_value=1, max_value=365)
    source = forms.CharField(label=_("依据"), max_length=200, help_text=_("哪份文件，或者谁定的。"))
    confirmed = forms.BooleanField(label=_("已由负责人核对过"), required=False)

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = terms_on(by.mine_id)
        names = ("bar", "assign_days", "talk_days", "sign_days", "makeup_days", "retrain_days")
        self.initial = {
            "valid_from": clock.today() + timedelta(days=1), **{name: getattr(terms, name) for name in names}, **self.initial,
        }  # fmt: skip

    def rule(self) -> RuleData:
        """What is set, for the verb."""
        return RuleData(**self.cleaned_data)


class LadderForm(forms.Form):
    """提醒阶梯: for each kind of people after how many days they are told; empty means never."""

    def __init__(self, *args: Any, by: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = dict[str, list[str]]()
        for days, tell in ladder_of(by.mine_id):
            held.setdefault(tell, []).append(str(days))
        said: Any = _("超期几天提醒，几次就用逗号隔开：0，3，7。空着就不提醒。")
        for tell, label in TELL_LABELS.items():
            self.fields[tell] = forms.CharField(label=str(label), required=False, max_length=40, help_text=said)
            self.initial.setdefault(tell, "，".join(held.get(tell, [])))
            said = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.steps: list[tuple[int, str]] = []
        for tell in TELL_LABELS:
            for word in re.split(r"[,，、;；\s]+", str(data.get(tell) or "").strip()):
                if word and not re.fullmatch(r"\d{1,3}", word):
                    self.add_error(tell, _("请写天数，用逗号隔开，如 0，3，7。"))
                    break
                if word:
                    self.steps.append((int(word), str(tell)))
        return data
