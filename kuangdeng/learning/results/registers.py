"""The lists of the results: exams that are over, who got what, regradings."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams.api import KIND_LABELS, SAT_LABELS, Exam, Sat, Sitting, percent
from kuangdeng.learning.results.models import Regrade
from kuangdeng.learning.results.rules import STATUS_LABELS, Status
from kuangdeng.org.api import Person

TONES = {Status.PROPOSED: "wait", Status.APPROVED: "done", Status.DECLINED: "void"}


def number(value: Any, digits: int = 1) -> str:
    """A figure with so many decimals; a dash where there is none."""
    if value is None:
        return "—"
    return str(Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def _rate(row: Any) -> str:
    read = row.came - row.unread
    return f"{100 * row.passes / read:.0f}%" if read else "—"


def exams(person: Person) -> Register:
    """考试成绩: the exams that are over."""
    return Register(
        key="exam_results",
        title=_("考试成绩"),
        noun=_("考试"),
        columns=[
            Column(
                "title",
                _("考试"),
                lambda row: cut(row.title, 30),
                sort="title",
                link=True,
                width="wide",
                phone="title",
                export=lambda row: row.title,
            ),
            Column(
                "state",
                _("状态"),
                lambda row: chip(row.get_status_display(), "state", "done" if row.published_at else "work"),
                phone="chip",
                export=lambda row: row.get_status_display(),
            ),
            Column("kind", _("类别"), lambda row: str(KIND_LABELS[row.kind]), sort="kind", phone="meta"),
            Column("opens", _("开考时间"), "opens_at", sort="opens_at", phone="meta"),
            Column("listed", _("应考"), "listed", align="right", phone="meta"),
            Column("came", _("实考"), "came", align="right", phone="meta"),
            Column("passes", _("合格"), "passes", align="right", phone="meta"),
            Column("rate", _("合格率"), _rate, align="right", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("考试名称"), fields=["title"]),
            Choice("kind", _("类别"), list(KIND_LABELS.items()), any=_("各种考试"), lookup="kind"),
            Dates("opens", _("开考时间"), lookup="opens_at"),
        ],
        default_sort="-opens",
        row_url=lambda row: reverse("learning:results", args=[row.id]),
        empty_title=_("还没有考完的考试"),
        empty_text=_("考试收卷以后，成绩列在这里。"),
    )


BEST_FIRST = Coalesce("score", Value(Decimal(-1)))
"""Downwards the best stands first and who did not come last."""


def score(row: Sitting) -> str:
    """Score, a dash while there is none."""
    return "—" if row.score is None else plain(row.score)


def share(row: Sitting) -> str:
    """Score in percent of the full mark."""
    return "—" if row.score is None or not row.out_of else f"{plain(percent(row.score, row.out_of))}%"


def verdict(row: Sitting) -> str:
    """合格、不合格、缺考、待阅卷、作废."""
    if row.passed is not None:
        return str(_("合格") if row.passed else _("不合格"))
    return str(SAT_LABELS[row.status] if row.status in (Sat.ABSENT, Sat.VOID) else _("待阅卷"))


def verdict_chip(row: Sitting) -> SafeString:
    """The same as a chip."""
    tone = {True: "done", False: "late", None: "void" if row.status in (Sat.ABSENT, Sat.VOID) else "wait"}[row.passed]
    return chip(verdict(row), "state", tone)


def minutes(row: Any) -> str:
    """How long he took."""
    return "—" if row.took is None else f"{row.took.total_seconds() / 60:.0f}"


def people(exam: Exam, units: list[tuple[str, str]]) -> Register:
    """成绩 by person."""
    return Register(
        key="results",
        title=_("%s 成绩") % exam.title,
        noun=_("答卷"),
        columns=[
            Column("name", _("姓名"), "person.name", sort="person__pinyin", link=True, phone="title"),
            Column("verdict", _("结论"), verdict_chip, sort="passed", phone="chip", export=verdict),
            Column("number", _("工号"), "person.number", sort="person__number", phone="meta"),
            Column(
                "unit", _("单位"), lambda row: row.unit.full_name if row.unit else "", sort="unit__name", phone="meta"
            ),
            Column("leader", _("领导"), lambda row: _("领导") if row.leader else "", phone="meta"),
            Column("score", _("得分"), score, sort=BEST_FIRST, align="right", phone="meta"),
            Column("share", _("百分比"), share, align="right", phone="meta"),
            Column("took", _("用时（分钟）"), minutes, sort="took", align="right", phone="hide"),
            Column(
                "marked",
                _("判过几次"),
                lambda row: row.result.number if row.result else "",
                align="right",
                phone="hide",
            ),
        ],
        filters=[
            Text("q", placeholder=_("姓名或工号"), fields=["person__name", "person__number", "person__pinyin"]),
            Choice("unit", _("单位"), units, any=_("所有单位"), lookup="unit_id"),
            Choice(
                "verdict",
                _("结论"),
                [("yes", _("合格")), ("no", _("不合格")), ("absent", _("缺考")), ("unread", _("待阅卷"))],
                any=_("各种结论"),
                apply=_by_verdict,
            ),
            Flag(
                "leader",
                _("领导"),
                yes=_("只看领导"),
                any=_("所有人"),
                apply=lambda rows, _yes: rows.filter(leader=True),
            ),
        ],
        views=[
            View(_("全部")),
            View(_("不合格"), "verdict=no"),
            View(_("缺考"), "verdict=absent"),
            View(_("领导"), "leader=1"),
        ],
        default_sort="-score",
        row_url=lambda row: reverse("learning:result_sheet", args=[row.id]),
        empty_title=_("没有答卷"),
        empty_text=_("名单上的人都在这里；换个条件再看。"),
        print_url=reverse("learning:results_print", args=[exam.id]),
        saved_views=False,
    )


def _by_verdict(rows: Any, key: str) -> Any:
    if key in ("yes", "no"):
        return rows.filter(passed=key == "yes")
    if key == "absent":
        return rows.filter(status=Sat.ABSENT)
    return rows.filter(passed=None).exclude(status__in=[Sat.ABSENT, Sat.VOID])


def state_chip(row: Regrade) -> SafeString:
    """The state of a regrading."""
    return chip(STATUS_LABELS[row.status], "state", TONES[Status(row.status)])


def regrades() -> Register:
    """重判."""
    return Register(
        key="regrades",
        title=_("重判"),
        noun=_("重判"),
        columns=[
            Column(
                "stem",
                _("题干"),
                lambda row: cut(row.asked.content["stem"], 40),
                link=True,
                width="wide",
                phone="title",
                export=lambda row: row.asked.content["stem"],
            ),
            Column(
                "state",
                _("状态"),
                state_chip,
                sort="status",
                phone="chip",
                export=lambda row: str(STATUS_LABELS[row.status]),
            ),
            Column("why", _("原因"), lambda row: cut(row.why, 30), phone="line", export=lambda row: row.why),
            Column("proposed", _("申请人"), "proposed_by.name", phone="meta"),
            Column("decided", _("批准人"), lambda row: row.decided_by.name if row.decided_by else "", phone="meta"),
            Column("sheets", _("重判的答卷"), "sheets", sort="sheets", align="right", phone="meta"),
            Column("at", _("申请时间"), "proposed_at", sort="proposed_at", phone="meta"),
        ],
        filters=[Choice("state", _("状态"), list(STATUS_LABELS.items()), any=_("任何状态"), lookup="status")],
        default_sort="-at",
        rows=lambda rows: rows.select_related("asked", "proposed_by", "decided_by"),
        row_url=lambda row: reverse("learning:regrade", args=[row.id]),
        empty_title=_("没有重判"),
        empty_text=_("哪道题的答案错了，从考试成绩的「题目体检」里申请重判。"),
        saved_views=False,
    )
