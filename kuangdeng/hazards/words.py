"""How the ledger lines of the hazard loop are read aloud."""

from kuangdeng.hazards.models import CheckType, Extension, Source
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


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=VERBS,
        subjects={"hazard": "隐患", "round": "检查", "import_run": "导入"},
        fields=FIELDS,
        values={
            "status": STATUS_LABELS,
            "source": dict(Source.choices),
            "check_type": dict(CheckType.choices),
            "state": dict(Extension.State.choices),
            "nobody": ROLE_LABELS,
        },
        hidden={"person", "extension", "quarantine", "into", "hazard.reopen.of", "hazard.ladder.rule", "tell"},
    )
