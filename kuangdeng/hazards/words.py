"""How the ledger lines of the hazard loop are read aloud."""

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.accidents.models import AccidentDeadline, AccidentLevel
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
    "hazard.report": _("上报隐患"),
    "hazard.grade": _("定级"),
    "hazard.close": _("销号"),
    "hazard.plan": _("编制治理方案"),
    "hazard.quarantine": _("留存同号不同内容的上报"),
    "hazard.ladder": _("超期阶梯提醒"),
    "hazard.ladder_backlog": _("旧台账超期隐患汇总提醒"),
    "hazard.record_penalty": _("登记扣分、罚款"),
    "hazard.decide_quarantine": _("核对重号上报"),
    "hazard.import": _("从旧台账导入"),
    "hazard.fill_place": _("按已认得的写法补填地点"),
    "hazard.set_up": _("初始化隐患设置"),
    "hazard.save_grade": _("设置等级"),
    "hazard.save_specialty": _("设置专业"),
    "hazard.save_standard": _("设置标准隐患"),
    "hazard.import_standards": _("导入标准隐患"),
    "hazard.save_deadline_rule": _("设置期限规则"),
    "hazard.save_ladder_rule": _("设置超期阶梯"),
    "hazard.save_accident_level": _("设置事故等级"),
    "hazard.save_accident_deadline": _("设置事故办理期限"),
    "hazard.save_wording": _("设置五定叫法和匿名上报"),
    "hazard.correct_catalogue": _("校正判定标准"),
    "hazard.confirm_situation": _("核对判定标准条文"),
    "hazard.record_round": _("登记检查"),
    "hazard.save_round_plan": _("设置检查计划"),
    "hazard.confirm_import": _("确认导入旧台账"),
}

FIELDS = {
    "status": _("办理后状态"),
    "text": _("隐患内容"),
    "before": _("原内容"),
    "photos": _("照片"),
    "source": _("来源"),
    "fixed_on_site": _("现场处理情况"),
    "grade": _("等级"),
    "specialty": _("专业"),
    "is_major": _("重大隐患"),
    "situation": _("判定情形"),
    "catalogue": _("判定目录"),
    "reason": _("理由"),
    "into_number": _("合并到"),
    "of_number": _("复发自"),
    "due_at": _("整改期限"),
    "measure": _("整改措施"),
    "words": _("情况说明"),
    "hazard.transfer.from": _("原责任单位"),
    "until": _("申请延至"),
    "state": _("延期申请"),
    "supervisor": _("督办人"),
    "condition": _("现状及产生原因"),
    "analysis": _("危害程度和整改难易程度分析"),
    "goals": _("治理目标和任务"),
    "methods": _("治理方法和措施"),
    "resources": _("经费和物资"),
    "organisation": _("机构和人员"),
    "schedule": _("时限和要求"),
    "safety": _("安全措施和应急预案"),
    "stopped_area": _("停产停工区域"),
    "stopped_at": _("停产停工时间"),
    "regulator_at": _("向监管监察部门报告时间"),
    "regulator_text": _("报告内容和回执"),
    "congress_at": _("向职代会报告时间"),
    "congress_text": _("报告方式和内容"),
    "whom": _("考核对象"),
    "step": _("阶梯"),
    "nobody": _("没有人担任的角色"),
    "propose_supervision": _("建议挂牌督办"),
    "guessed_shifts": _("按默认班制推算"),
    "points": _("扣分"),
    "fine": _("罚款（元）"),
    "decision": _("核对结果"),
    "first": _("先来的编号"),
    "tell": _("告知"),
    "file_sha256": _("文件校验值"),
    "rows": _("数据行数"),
    "good": _("可导入行数"),
    "sheet": _("工作表"),
    "row": _("行号"),
    "hazards": _("隐患条数"),
    "units": _("责任单位"),
    "oldest_due": _("最早的期限"),
    "proposed": _("建议挂牌督办条数"),
}

SUBJECTS = {
    "hazard": _("隐患"),
    "round": _("检查"),
    "round_plan": _("检查计划"),
    "import_run": _("导入"),
    "grade": _("等级"),
    "specialty": _("专业"),
    "standardhazard": _("标准隐患"),
    "deadlinerule": _("期限规则"),
    "accidentdeadline": _("事故办理期限"),
    "ladderrule": _("超期阶梯"),
    "accidentlevel": _("事故等级"),
    "minesettings": _("隐患设置"),
    "catalogueversion": _("判定标准"),
    "situation": _("判定标准条文"),
}

ROUNDS_AND_SETTINGS = {
    "hazard.record_round.places": _("检查地点"),
    "hazard.record_round.ended_at": _("结束时间"),
    "hazard.record_round.shift": _("班次"),
    "hazard.import_standards.new": _("新增"),
    "hazard.import_standards.replaced": _("替换"),
    "hazard.correct_catalogue.situations": _("校正的条文"),
    "hazard.confirm_situation.text": _("条文"),
    "hazard.save_wording.five_points_title": _("五定的叫法"),
    "hazard.save_wording.five_point_labels": _("五定各项的叫法"),
    "hazard.save_wording.anonymous_reports": _("允许匿名上报"),
    "hazard.set_up.catalogues": _("判定标准数"),
    "hazard.set_up.grades": _("等级数"),
    "hazard.set_up.specialties": _("专业数"),
    "hazard.set_up.deadline_rules": _("期限规则数"),
    "hazard.set_up.ladder_rules": _("超期阶梯数"),
    "hazard.set_up.round_plans": _("检查计划数"),
    "hazard.set_up.accident_levels": _("事故等级数"),
    "hazard.set_up.accident_deadlines": _("事故办理期限数"),
    "hazard.set_up.library": _("标准隐患数"),
    "hazard.set_up.report_rules": _("报送规则数"),
    "hazard.set_up.export_mappings": _("字段对照表数"),
}

ROWS: dict[str, type[Model]] = {
    "hazard.save_accident_deadline": AccidentDeadline,
    "hazard.save_accident_level": AccidentLevel,
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
