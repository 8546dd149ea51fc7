"""The lists of the exams: papers, exams, the people of one exam."""

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Bulk, Choice, Column, Dates, Flag, Multi, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams import rules
from kuangdeng.learning.exams.models import Exam, Paper, Sitting
from kuangdeng.learning.exams.rules import PaperStatus, Sat, Status
from kuangdeng.org.api import Person, Unit, has_power

PAPER_TONES = {PaperStatus.DRAFTED: "wait", PaperStatus.READY: "done", PaperStatus.RETIRED: "void"}
SAT_TONES = {
    Sat.WAITING: "wait", Sat.SITTING: "work", Sat.HANDED_IN: "done", Sat.TIMED_OUT: "done", Sat.ABSENT: "late",
    Sat.VOID: "void",
}  # fmt: skip


def paper_chip(paper: Paper) -> SafeString:
    """The state of a paper."""
    return chip(rules.PAPER_STATUS_LABELS[paper.status], "state", PAPER_TONES[PaperStatus(paper.status)])


def exam_chip(exam: Exam) -> SafeString:
    """The state of an exam; drawn, it says whether it is on."""
    at = clock.now()
    if exam.status == Status.DRAWN and exam.opens_at <= at < exam.closes_at:
        return chip(_("正在考"), "state", "work")
    tones = {Status.DRAFTED: "wait", Status.DRAWN: "wait", Status.CLOSED: "work", Status.PUBLISHED: "done"}
    return chip(rules.STATUS_LABELS[exam.status], "state", tones.get(Status(exam.status), "void"))


def sat_chip(sitting: Sitting) -> SafeString:
    """The state of a sitting."""
    if sitting.status == Sat.WAITING and sitting.held:
        return chip(_("等谈心"), "state", "wait")
    return chip(rules.SAT_LABELS[sitting.status], "state", SAT_TONES[Sat(sitting.status)])


def score_words(sitting: Sitting) -> str:
    """Score of full mark; a dash while there is none."""
    if sitting.score is None or sitting.out_of is None:
        return "—"
    return f"{plain(sitting.score)} / {plain(sitting.out_of)}"


def passed_chip(sitting: Sitting) -> SafeString | str:
    """合格 or not, in words; nothing while it is open."""
    if sitting.passed is None:
        return ""
    return chip(_("合格"), "state", "done") if sitting.passed else chip(_("不合格"), "state", "late")


def papers(person: Person) -> Register:
    """试卷."""
    return Register(
        key="exam_papers",
        title=_("试卷"),
        noun=_("试卷"),
        columns=[
            Column("title", _("试卷名称"), lambda row: cut(row.title, 40), sort="title", link=True, width="wide", phone="title",
                   export=lambda row: row.title),
            Column("state", _("状态"), paper_chip, sort="status", phone="chip", export=lambda row: str(rules.PAPER_STATUS_LABELS[row.status])),
            Column("mode", _("组卷方式"), lambda row: str(rules.MODE_LABELS[row.mode]), phone="meta"),
            Column("items", _("题数"), "items_count", sort="items_count", align="right", phone="meta"),
            Column("marks", _("满分"), lambda row: plain(row.marks), sort="marks", align="right", phone="meta"),
            Column("author", _("组卷人"), "author.name", phone="meta"),
            Column("changed", _("修改时间"), "changed_at", sort="changed_at", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("试卷名称里的字"), fields=["title"]),
            Choice("state", _("状态"), list(rules.PAPER_STATUS_LABELS.items()), any=_("任何状态"), lookup="status"),
        ],
        default_sort="-changed",
        rows=lambda rows: rows.select_related("author"),
        row_url=lambda row: reverse("learning:exam_paper", args=[row.id]),
        empty_title=_("没有试卷"),
        empty_text=_("点“组卷”：写明哪类题抽几道，或者一题一题地选。"),
        empty_url=reverse("learning:exam_paper_new"),
        empty_label=_("组卷"),
    )  # fmt: skip


def exams(person: Person) -> Register:
    """考试."""
    return Register(
        key="exams",
        title=_("考试"),
        noun=_("考试"),
        columns=[
            Column("title", _("考试名称"), lambda row: cut(row.title, 40), sort="title", link=True, width="wide", phone="title",
                   export=lambda row: row.title),
            Column("state", _("状态"), exam_chip, sort="status", phone="chip", export=lambda row: str(rules.STATUS_LABELS[row.status])),
            Column("kind", _("类别"), lambda row: str(rules.KIND_LABELS[row.kind]), sort="kind", phone="meta"),
            Column("opens", _("开考时间"), "opens_at", sort="opens_at", phone="meta"),
            Column("minutes", _("分钟"), "minutes", align="right", phone="meta"),
            Column("place", _("考场"), lambda row: cut(row.place, 16), phone="meta", export=lambda row: row.place),
            Column("listed", _("应考"), "listed", align="right", phone="meta"),
            Column("ended", _("交卷"), "ended", align="right", phone="meta"),
            Column("passes", _("合格"), "passes", align="right", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("考试名称里的字"), fields=["title"]),
            Multi("kind", _("类别"), list(rules.KIND_LABELS.items()), lookup="kind"),
            Choice("state", _("状态"), list(rules.STATUS_LABELS.items()), any=_("任何状态"), lookup="status"),
            Dates("opens", _("开考时间"), lookup="opens_at"),
        ],
        views=[View(_("全部")), View(_("筹备"), "state=drafted"), View(_("待考和在考"), "state=drawn"), View(_("已收卷"), "state=closed")],
        default_sort="-opens",
        rows=lambda rows: rows,
        row_url=lambda row: reverse("learning:exam", args=[row.id]),
        empty_title=_("没有考试"),
        empty_text=_("先组一张卷，再点“安排考试”。"),
        empty_url=reverse("learning:exam_new") if has_power(person, "exam.arrange") else "",
        empty_label=_("安排考试"),
    )  # fmt: skip


def people(exam: Exam, by: Person) -> Register:
    """应考名单 of one exam, with what came of it."""
    units = Unit.objects.filter(mine_id=exam.mine_id).exclude(kind=Unit.Kind.TEAM).order_by("position", "name")
    strike = Bulk(
        "strike", _("移出名单"), reverse("learning:exam_strike", args=[exam.id]), icon="close", danger=True,
        confirm=_("把选中的人移出应考名单。已经开考的不会移出。"),
    )  # fmt: skip
    may_strike = exam.status in (Status.DRAFTED, Status.DRAWN) and has_power(by, "exam.arrange")
    return Register(
        key="exam_people",
        title=_("应考名单"),
        noun=_("人"),
        columns=[
            Column("name", _("姓名"), "person.name", sort="person__pinyin", link=True, phone="title"),
            Column("state", _("状态"), sat_chip, sort="status", phone="chip", export=lambda row: str(rules.SAT_LABELS[row.status])),
            Column("number", _("工号"), "person.number", sort="person__number", phone="meta"),
            Column("unit", _("单位"), "unit.full_name", sort="unit__name", phone="meta"),
            Column("leader", _("领导"), lambda row: _("领导") if row.leader else "", phone="meta"),
            Column("form", _("卷号"), lambda row: row.form.number if row.form else "", align="right", phone="meta"),
            Column("score", _("得分"), score_words, sort="score", align="right", phone="line",
                   export=lambda row: "" if row.score is None else float(row.score)),
            Column("passed", _("合格"), passed_chip, sort="passed", phone="chip",
                   export=lambda row: "" if row.passed is None else (_("合格") if row.passed else _("不合格"))),
        ],
        filters=[
            Text("q", placeholder=_("姓名或工号"), fields=["person__name", "person__number"]),
            Choice("state", _("状态"), list(rules.SAT_LABELS.items()), any=_("任何状态"), lookup="status"),
            Choice("unit", _("单位"), [(str(one.id), one.name) for one in units], any=_("所有单位"),
                   apply=lambda rows, key: rows.filter(unit_id=key) | rows.filter(unit__parent_id=key)),
            Flag("leader", _("领导"), yes=_("领导"), any=_("不论职务"), apply=lambda rows, _yes: rows.filter(leader=True)),
            Choice("passed", _("合格"), [("1", _("合格")), ("0", _("不合格"))], any=_("不论合格"),
                   apply=lambda rows, key: rows.filter(passed=key == "1")),
        ],
        bulk=[strike] if may_strike else [],
        default_sort="name",
        row_url=lambda row: reverse("learning:exam_sitting", args=[row.id]),
        empty_title=_("还没有应考人"),
        empty_text=_("按单位、工种加入，或者随机抽人。"),
        export=True,
    )  # fmt: skip
