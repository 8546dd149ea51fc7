"""课题 as a list."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.learning.topics import queries, rules
from kuangdeng.learning.topics.rules import Status
from kuangdeng.org.api import Person

TONES = {
    Status.DRAFTED: "void", Status.APPLIED: "wait", Status.RUNNING: "work", Status.REPORTED: "wait",
    Status.REVIEWING: "work", Status.REVIEWED: "done", Status.ADOPTED: "done", Status.ARCHIVED: "done",
    Status.DECLINED: "void", Status.WITHDRAWN: "void",
}  # fmt: skip


def state_chip(topic: Any) -> SafeString:
    """Where a topic stands."""
    return chip(str(rules.STATUS_LABELS[topic.status]), "state", TONES[Status(topic.status)])


def steps_words(topic: Any) -> str:
    """How many milestones are done."""
    words = f"{topic.done}/{topic.steps}"
    return _("%(words)s，超期 %(n)d") % {"words": words, "n": topic.late} if topic.late and topic.number else words


def topics(by: Person) -> Register:
    """Every topic that this person may know of."""
    return Register(
        key="topics",
        title=_("课题调研"),
        noun=_("课题"),
        columns=[
            Column("title", _("课题名称"), lambda row: cut(row.title, 36), sort="title", link=True, width="wide", phone="title",
                   export=lambda row: row.title),
            Column("state", _("状态"), state_chip, sort="status", phone="chip", export=lambda row: rules.STATUS_LABELS[row.status]),
            Column("number", _("编号"), "number", sort="number", phone="meta", label_on_phone=False),
            Column("leader", _("负责人"), "leader.name", phone="meta"),
            Column("unit", _("单位"), lambda row: row.unit.full_name if row.unit else "", phone="meta"),
            Column("branch", _("支部"), lambda row: row.branch.name if row.branch else "", phone="hide"),
            Column("steps", _("节点"), steps_words, phone="meta"),
            Column("due", _("结题期限"), lambda row: f"{row.due_on:%Y-%m-%d}", sort="due_on", phone="meta"),
            Column("score", _("评审得分"), lambda row: row.score if row.score is not None else "", align="right", phone="hide"),
            Column("changed", _("因此改变了什么"), lambda row: cut(row.changed, 24), phone="line", export=lambda row: row.changed),
            Column("written", _("申报时间"), lambda row: said(row.written_at), sort="written_at", show=False,
                   export=lambda row: row.written_at),
        ],
        filters=[
            Text("q", placeholder=_("名称、编号、负责人"), fields=["title", "number", "leader__name"]),
            Choice("status", _("状态"), list(rules.STATUS_LABELS.items()), lookup="status", any=_("全部")),
            Flag("mine", _("我的"), yes=_("我负责的"), any=_("所有人的"), apply=lambda rows, _yes: rows.filter(leader=by)),
            Dates("written", _("申报时间"), lookup="written_at"),
        ],
        views=[View(_("全部课题")), View(_("研究中"), "status=running"), View(_("已采纳"), "status=adopted"), View(_("我负责的"), "mine=1")],
        default_sort="-written",
        rows=queries.for_list,
        row_url=lambda row: reverse("learning:topic", args=[row.id]),
        empty_title=_("还没有课题"),
        empty_text=_("现场有想弄明白的事，写一份申报书；立项后按节点研究，结题后看用上了没有。"),
        empty_url=reverse("learning:topic_new"),
        empty_label=_("写申报书"),
    )  # fmt: skip
