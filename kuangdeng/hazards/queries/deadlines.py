"""Reading the deadline and ladder rules."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import DeadlineRule, Grade, Hazard, LadderRule
from kuangdeng.hazards.rules import deadline
from kuangdeng.kernel import clock
from kuangdeng.org.api import Unit, timetable_of


@dataclass(frozen=True)
class Proposed:
    """The deadline that a rule gives, and the rule, so that the page can say why."""

    due_at: datetime
    rule: DeadlineRule

    @property
    def words(self) -> str:
        """Why this deadline, in words."""
        grade = self.rule.grade.name if self.rule.grade else _("其他等级")
        text = f"{grade}：{rule_words(self.rule)}"
        return text if self.rule.confirmed else _("%s（规则未确认）") % text


def rule_words(rule: DeadlineRule) -> str:
    """A deadline rule as people say it."""
    match rule.kind:
        case "hours":
            return _("下达后 %d 小时") % rule.amount
        case "days":
            return _("下达后 %d 天") % rule.amount
        case "end_of_shift":
            return _("本班结束前")
        case _:
            return _("下一班结束前")


def deadline_rule(mine_id: UUID, grade: Grade | None, at: datetime) -> DeadlineRule | None:
    """The rule that holds for this grade at this instant: the latest that has begun, else the one for other grades."""
    rows = DeadlineRule.objects.filter(mine_id=mine_id, valid_from__lte=clock.local(at).date())
    found = list(rows.filter(Q(grade=grade) | Q(grade=None)).select_related("grade"))
    own = [row for row in found if row.grade_id is not None]
    return max(own or found, key=lambda row: row.valid_from, default=None)


def proposed_due(hazard: Hazard, unit: Unit | None, grade: Grade | None, at: datetime | None = None) -> Proposed | None:
    """The deadline that an order given at `at` to `unit` gets by rule; a person may set another.

    None for a major hazard, whose plan decides, and when the mine has no rule. Refused when the rule counts in
    shifts and the unit has no scheme.
    """
    at = at or clock.now()
    rule = None if hazard.is_major else deadline_rule(hazard.mine_id, grade, at)
    if rule is None:
        return None
    ends = timetable_of(hazard.mine, unit).ends_after(at, 2) if rule.kind.startswith("end_of") else []
    return Proposed(deadline(rule.kind, rule.amount, at=at, shift_ends=ends), rule)


def deadline_rules(mine_id: UUID) -> QuerySet[DeadlineRule]:
    """All deadline rules of the mine."""
    return DeadlineRule.objects.filter(mine_id=mine_id).select_related("grade")


def ladder_rules(mine_id: UUID) -> QuerySet[LadderRule]:
    """The steps of the overdue ladder."""
    return LadderRule.objects.filter(mine_id=mine_id)


def ladder_words(rule: LadderRule) -> str:
    """When a step is told, as people say it."""
    if rule.amount == 0:
        return _("到期时")
    before = {"hours": _("到期前 %d 小时"), "shifts": _("到期前 %d 个班"), "days": _("到期前 %d 天")}
    after = {"hours": _("超期 %d 小时"), "shifts": _("超期 %d 个班"), "days": _("超期 %d 天")}
    return (before if rule.amount < 0 else after)[rule.step] % abs(rule.amount)
