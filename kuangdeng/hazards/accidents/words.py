"""How the ledger lines of accidents are read aloud."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.accidents.rules import (
    KIND_LABELS,
    MEASURE_STATUS_LABELS,
    MEASURE_VERB_LABELS,
    OTHER_LABELS,
    POINT_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    STATUS_LABELS,
    VERB_LABELS,
)
from kuangdeng.ledger.api import declare_words

VERBS = {
    **{f"accident.{verb}": label for verb, label in {**MEASURE_VERB_LABELS, **VERB_LABELS, **OTHER_LABELS}.items()},
    "accident.confirm_import": _("确认导入旧事故台账"),
    "accident.close": _("事故结案"),
    "accident.void": _("作废事故"),
    "accident.complete": _("补充事故情况"),
    "accident.correct_level": _("更正事故级别"),
    "accident.open_investigation": _("开展事故调查"),
    "accident.sign_measure": _("签收事故整改措施"),
    "accident.finish_measure": _("报事故整改措施落实完成"),
    "accident.accept_measure": _("事故整改措施验收合格"),
    "accident.reject_measure": _("事故整改措施验收不合格"),
    "accident.withdraw_measure": _("撤销事故整改措施"),
}

FIELDS = {
    "kind": _("事故类型"),
    "level": _("级别"),
    "deaths": _("死亡"),
    "serious": _("重伤"),
    "minor": _("轻伤"),
    "unclear": _("伤情待查"),
    "severity": _("伤情"),
    "accident.import.reason": _("状态的根据"),
    "corrected": _("修改原有一行"),
    "loss": _("直接经济损失（元）"),
    "direct_cause": _("直接原因"),
    "indirect_cause": _("间接原因"),
    "management_cause": _("管理原因"),
    "resumed_at": _("恢复时间"),
    "investigator": _("调查组组长"),
    "team": _("调查组成员"),
    "point": _("四不放过"),
    "papers": _("证据照片张数"),
    "conclusion": _("调查结论"),
    "measure_status": _("办理后状态"),
    "accident.report.text": _("事故经过"),
    "accident.complete.text": _("事故经过"),
    "accident.complete.before": _("原来写的经过"),
    "accident.correct_level.before": _("原级别"),
    "accident.order_measure.due_at": _("完成期限"),
    "accident.ladder.due_at": _("期限"),
    "accident.ladder.stage": _("办理"),
    "accident.ladder.measure": _("整改措施"),
    **{f"accident.{verb}.measure": _("整改措施") for verb in MEASURE_VERB_LABELS},
    **{f"accident.{verb}.status": _("办理后状态") for verb in VERB_LABELS},
}

HIDDEN = {"accident.ladder.rule", "measure_id", "evidence_sha256", "report_sha256"}
"""An id, and a digest that only a check compares."""


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=VERBS,
        subjects={"accident": _("事故")},
        fields=FIELDS,
        values={
            "kind": KIND_LABELS,
            "severity": SEVERITY_LABELS,
            "point": POINT_LABELS,
            "measure_status": MEASURE_STATUS_LABELS,
            "accident.ladder.stage": STAGE_LABELS,
            "accident.import.status": STATUS_LABELS,
            "accident.ladder.status": STATUS_LABELS,
            **{f"accident.{verb}.status": STATUS_LABELS for verb in VERB_LABELS},
        },
        hidden=HIDDEN,
    )
