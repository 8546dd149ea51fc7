"""培训档案 as tables: what lines and papers there are, who may. Pure."""

from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.org.api import Role


class LineKind(StrEnum):
    """What a line of a person's file tells."""

    WORK = "work"
    SKILL = "skill"
    APPRENTICE = "apprentice"
    BEFORE = "before"
    VIOLATION = "violation"


LINE_LABELS: dict[str, object] = {
    LineKind.WORK: _("工作经历"),
    LineKind.SKILL: _("技能等级和晋升"),
    LineKind.APPRENTICE: _("师带徒（跟师实习）"),
    LineKind.BEFORE: _("入系统前的培训"),
    LineKind.VIOLATION: _("违规违章和处理"),
}


class PaperKind(StrEnum):
    """What a scanned paper of a person is."""

    PHOTO = "photo"
    IDENTITY = "identity"
    DIPLOMA = "diploma"
    CERTIFICATE = "certificate"
    APPRENTICE = "apprentice"
    OTHER = "other"


PAPER_LABELS: dict[str, object] = {
    PaperKind.PHOTO: _("照片"),
    PaperKind.IDENTITY: _("身份证复印件"),
    PaperKind.DIPLOMA: _("学历证书复印件"),
    PaperKind.CERTIFICATE: _("证照复印件"),
    PaperKind.APPRENTICE: _("实习合格证明"),
    PaperKind.OTHER: _("其他资料"),
}


class ClassPaperKind(StrEnum):
    """What a scanned paper of a class is."""

    PLAN = "plan"
    SIGNED = "signed"
    PHOTOS = "photos"
    EXAM = "exam"
    REPORT = "report"
    OTHER = "other"


CLASS_PAPER_LABELS: dict[str, object] = {
    ClassPaperKind.PLAN: _("培训计划、通知"),
    ClassPaperKind.SIGNED: _("纸质签到表"),
    ClassPaperKind.PHOTOS: _("培训照片"),
    ClassPaperKind.EXAM: _("试卷、答卷、成绩单"),
    ClassPaperKind.REPORT: _("签字的综合考评报告"),
    ClassPaperKind.OTHER: _("其他资料"),
}

EDUCATION: dict[str, object] = {
    "": _("未填"),
    "primary": _("小学"),
    "middle": _("初中"),
    "high": _("高中、中专"),
    "college": _("大专"),
    "bachelor": _("本科"),
    "master": _("硕士及以上"),
}


def months_between(begin: date, end: date) -> int:
    """How many whole months lie between two days."""
    return (end.year - begin.year) * 12 + end.month - begin.month - (end.day < begin.day)


_KEEPERS = frozenset({Role.TRAINING_OFFICER})
_SEERS = frozenset({Role.TRAINING_OFFICER, Role.MINE_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
MAY: dict[str, frozenset[Role]] = {"file.see": _SEERS, "file.keep": _KEEPERS}
POWER_LABELS: dict[str, object] = {"file.see": _("查看一人一档、一期一档"), "file.keep": _("整理培训档案")}
