"""The list of study sessions."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing import Choice, Column, Dates, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.study import queries, rules
from kuangdeng.learning.study.models import StudySession
from kuangdeng.learning.study.rules import Status
from kuangdeng.org.api import Person

TONES = {
    Status.PLANNED: "wait", Status.NOTIFIED: "work", Status.FINISHED: "wait", Status.RECORDED: "wait", Status.FILED: "done",
    Status.CANCELLED: "void",
}  # fmt: skip


def status_chip(session: StudySession) -> str:
    """The state as a chip."""
    return chip(rules.STATUS_LABELS[session.status], "state", TONES[Status(session.status)])


def with_counts(rows: list[StudySession]) -> None:
    """The numbers of the sheets, for the whole page in one statement."""
    counts = attendance.counts_of(one.sheet_id for one in rows)
    for one in rows:
        one.counts = counts[one.sheet_id]  # type: ignore[attr-defined]


def sessions(by: Person) -> Register:
    """Study sessions, the last first."""
    kinds = [(str(one.id), one.name) for one in queries.kinds(by.mine_id, all_of_them=True)]
    return Register(
        key="study-sessions",
        title=_("学习活动"),
        noun=_("次学习"),
        columns=[
            Column("title", _("主题"), lambda row: cut(row.title, 30), link=True, width="wide", phone="title", export=lambda row: row.title),
            Column("status", _("状态"), status_chip, phone="chip", export=lambda row: rules.STATUS_LABELS[row.status]),
            Column("kind", _("类别"), "kind.name", phone="line"),
            Column("starts", _("时间"), lambda row: said(row.starts_at), sort="starts_at", phone="meta", export=lambda row: row.starts_at),
            Column("place", _("地点"), "place_text", phone="meta"),
            Column("unit", _("组织单位"), lambda row: row.unit.name if row.unit else _("全矿"), phone="meta"),
            Column("chair", _("主持人"), "chair.name", phone="meta"),
            Column("expected", _("应到"), lambda row: row.counts.expected, align="right", phone="meta"),
            Column("there", _("实到"), lambda row: row.counts.there, align="right", phone="meta"),
            Column("missing", _("未到"), lambda row: row.counts.missing, align="right", phone="hide"),
            Column("made_up", _("补学"), lambda row: row.counts.made_up, align="right", phone="hide"),
        ],
        filters=[
            Text("q", placeholder=_("主题、地点、主讲人"), fields=["title", "place_text", "lecturer"]),
            Choice("kind", _("类别"), kinds, lookup="kind_id", any=_("全部类别")),
            Choice("status", _("状态"), list(rules.STATUS_LABELS.items()), lookup="status", any=_("全部状态")),
            Dates("starts", _("时间"), lookup="starts_at"),
        ],
        views=[View(_("全部")), View(_("已通知"), "status=notified"), View(_("待记录"), "status=finished"), View(_("待审签"), "status=recorded")],
        default_sort="-starts",
        rows=queries.with_names,
        enrich=with_counts,
        row_url=lambda row: reverse("learning:study", args=[row.id]),
        empty_title=_("还没有学习活动"),
        empty_text=_("安排了的学习会列在这里；您应到的，通知发出后能看到。"),
    )  # fmt: skip
