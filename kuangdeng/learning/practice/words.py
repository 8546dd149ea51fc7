"""How the ledger lines of the daily item are read aloud. Nobody is chased by notices: what waits stands on the home page."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.practice import rules
from kuangdeng.learning.practice.models import PracticeRule
from kuangdeng.ledger.api import declare_words


def declare() -> None:
    """Hand the words to the ledger."""
    rule = {
        f"practice.save_rule.{one.name}": one.verbose_name
        for one in [*PracticeRule._meta.fields, *PracticeRule._meta.many_to_many]
        if one.name not in ("id", "mine")
    }
    declare_words(
        verbs={
            "practice.answer": _("答每日一题"),
            "practice.record_meeting": _("班前会每日一题"),
            "practice.take_in": _("考试错题进错题本"),
            "practice.save_rule": _("设置每日一题规则"),
            "practice.add_must_know": _("设工种必会题"),
            "practice.end_must_know": _("取消工种必会题"),
            "practice.set_away": _("登记不在岗"),
            "practice.cancel_away": _("撤销不在岗"),
        },
        subjects={
            "practice_answer": _("每日一题作答"),
            "practice_meeting": _("班前会每日一题"),
            "practice_rule": _("每日一题规则"),
            "must_know": _("工种必会题"),
        },
        fields={
            "practice.answer.right": _("答对"),
            "practice.answer.way": _("方式"),
            "practice.answer.day": _("哪天的题"),
            "practice.answer.late": _("补做"),
            "practice.record_meeting.present": _("到会人数"),
            "practice.record_meeting.right": _("答对人数"),
            "practice.record_meeting.named": _("按姓名登记"),
            "practice.take_in.mistakes": _("错题数"),
            "practice.take_in.titles": _("考试"),
            "practice.add_must_know.trade": _("工种"),
            "practice.add_must_know.category": _("题目分类"),
            "practice.add_must_know.source": _("依据"),
            "practice.set_away.first_day": _("从"),
            "practice.set_away.last_day": _("到"),
            "practice.set_away.reason": _("原因"),
            "practice.cancel_away.first_day": _("从"),
            "practice.cancel_away.last_day": _("到"),
            **rule,
        },
        values={"practice.answer.way": dict(rules.WAY_LABELS), "practice.save_rule.reveal": dict(rules.REVEAL_LABELS)},
    )
