"""How the ledger lines of the hazard loop are read aloud."""

from django.db.models import Model

from kuangdeng.hazards.models import (
    CheckType,
    DeadlineRule,
    Extension,
    Grade,
    LadderRule,
    RoundPlan,
    Source,
    Specialty,
    StandardHazard,
)
from kuangdeng.hazards.rules import STATUS_LABELS, VERB_LABELS
from kuangdeng.ledger.api import declare_words
from kuangdeng.org.api import ROLE_LABELS

VERBS = {
    **{f"hazard.{verb}": label for verb, label in VERB_LABELS.items()},
    "hazard.report": "上报隐患",
    "hazard.grade": "定级",
    "hazard.close": "销号",
    "hazard.plan": "编制治理方案",
    "hazard.quarantine": "留存同号不同内容的上报",
    "hazard.ladder": "超期阶梯提醒",
    "hazard.record_penalty": "登记扣分、罚款",
    "hazard.decide_quarantine": "核对重号上报",
    "hazard.import": "从旧台账导入",
    "hazard.set_up": "初始化隐患设置",
    "hazard.save_grade": "设置等级",
    "hazard.save_specialty": "设置专业",
    "hazard.save_standard": "设置标准隐患",
    "hazard.import_standards": "导入标准隐患",
    "hazard.save_deadline_rule": "设置期限规则",
    "hazard.save_ladder_rule": "设置超期阶梯",
    "hazard.save_wording": "设置五定叫法和匿名上报",
    "hazard.correct_catalogue": "校正判定标准",
    "hazard.confirm_situation": "核对判定标准条文",
    "hazard.record_round": "登记检查",
    "hazard.save_round_plan": "设置检查计划",
    "hazard.confirm_import": "确认导入旧台账",
}

FIELDS = {
    "status": "办理后状态",
    "text": "隐患内容",
    "before": "原内容",
    "photos": "照片",
    "source": "来源",
    "fixed_on_site": "现场处理情况",
    "grade": "等级",
    "specialty": "专业",
    "is_major": "重大隐患",
    "situation": "判定情形",
    "catalogue": "判定目录",
    "reason": "理由",
    "into_number": "合并到",
    "of_number": "复发自",
    "due_at": "整改期限",
    "measure": "整改措施",
    "words": "情况说明",
    "hazard.transfer.from": "原责任单位",
    "until": "申请延至",
    "state": "延期申请",
    "supervisor": "督办人",
    "goals": "治理目标和任务",
    "methods": "治理方法和措施",
    "resources": "经费和物资",
    "organisation": "机构和人员",
    "schedule": "时限和要求",
    "safety": "安全措施和应急预案",
    "stopped_area": "停产停工区域",
    "stopped_at": "停产停工时间",
    "regulator_at": "向监管监察部门报告时间",
    "regulator_text": "报告内容和回执",
    "congress_at": "向职代会报告时间",
    "congress_text": "报告方式和内容",
    "whom": "考核对象",
    "step": "阶梯",
    "nobody": "没有人担任的角色",
    "propose_supervision": "建议挂牌督办",
    "guessed_shifts": "按默认班制推算",
    "points": "扣分",
    "fine": "罚款（元）",
    "decision": "核对结果",
    "first": "先来的编号",
    "tell": "告知",
    "file_sha256": "文件校验值",
    "rows": "数据行数",
    "good": "可导入行数",
    "sheet": "工作表",
    "row": "行号",
}

SUBJECTS = {
    "hazard": "隐患",
    "round": "检查",
    "round_plan": "检查计划",
    "import_run": "导入",
    "grade": "等级",
    "specialty": "专业",
    "standardhazard": "标准隐患",
    "deadlinerule": "期限规则",
    "ladderrule": "超期阶梯",
    "minesettings": "隐患设置",
    "catalogueversion": "判定标准",
    "situation": "判定标准条文",
}

ROUNDS_AND_SETTINGS = {
    "hazard.record_round.places": "检查地点",
    "hazard.record_round.ended_at": "结束时间",
    "hazard.record_round.shift": "班次",
    "hazard.import_standards.new": "新增",
    "hazard.import_standards.replaced": "替换",
    "hazard.correct_catalogue.situations": "校正的条文",
    "hazard.confirm_situation.text": "条文",
    "hazard.save_wording.five_points_title": "五定的叫法",
    "hazard.save_wording.five_point_labels": "五定各项的叫法",
    "hazard.save_wording.anonymous_reports": "允许匿名上报",
    "hazard.set_up.catalogues": "判定标准数",
    "hazard.set_up.grades": "等级数",
    "hazard.set_up.specialties": "专业数",
    "hazard.set_up.deadline_rules": "期限规则数",
    "hazard.set_up.ladder_rules": "超期阶梯数",
    "hazard.set_up.round_plans": "检查计划数",
    "hazard.set_up.library": "标准隐患数",
}

ROWS: dict[str, type[Model]] = {
    "hazard.save_grade": Grade,
    "hazard.save_specialty": Specialty,
    "hazard.save_standard": StandardHazard,
    "hazard.save_deadline_rule": DeadlineRule,
    "hazard.save_ladder_rule": LadderRule,
    "hazard.save_round_plan": RoundPlan,
}
"""Verbs whose payload says what changed in a row, field by field: the fields have their Chinese names already."""


HIDDEN = {
    "extension",
    "hazard.ladder.rule",
    "hazard.record_round.led_by",
    "hazard.record_round.members",
    "hazard.record_round.plan",
    "hazard.reopen.of",
    "into",
    "person",
    "quarantine",
    "search_text",
    "tell",
}
"""Ids and digests that only programs need."""


def _row_fields() -> dict[str, object]:
    return {f"{verb}.{one.name}": one.verbose_name for verb, row in ROWS.items() for one in row._meta.fields}


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=VERBS,
        subjects=SUBJECTS,
        fields={**FIELDS, **ROUNDS_AND_SETTINGS, **_row_fields()},
        values={
            "status": STATUS_LABELS,
            "source": dict(Source.choices),
            "check_type": dict(CheckType.choices),
            "state": dict(Extension.State.choices),
            "nobody": ROLE_LABELS,
        },
        hidden=HIDDEN,
    )
