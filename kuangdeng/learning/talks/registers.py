"""The lists of the talks."""

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing import Bulk, Choice, Column, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, clock_chip, cut
from kuangdeng.learning.talks.models import Retraining, Talk
from kuangdeng.learning.talks.rules import CAUSE_LABELS, OPEN, STATUS_LABELS, Status
from kuangdeng.org.api import Person, has_power

TONES = {
    Status.OWED: "wait",
    Status.ASSIGNED: "wait",
    Status.TALKED: "work",
    Status.MAKEUP: "work",
    Status.RETRAINING: "late",
    Status.DONE: "done",
    Status.DROPPED: "void",
}


def state_chip(talk: Talk) -> SafeString:
    """Where a talk stands."""
    return chip(STATUS_LABELS[talk.status], "state", TONES[Status(talk.status)])


def due_chip(talk: Talk) -> SafeString | str:
    """How long the open step may still take."""
    return clock_chip(talk.due_at) if talk.due_at and talk.status in OPEN else ""


def talks(person: Person) -> Register:
    """谈心补考."""
    assign = Bulk(
        "assign", _("安排谈话人"), reverse("learning:talks_assign"), icon="people",
        confirm=_("请同一个人和选中的人分别谈心。"), primary=True, asks=True,
    )  # fmt: skip
    return Register(
        key="talks",
        title=_("谈心补考"),
        noun=_("谈心"),
        columns=[
            Column("person", _("谈心对象"), "person.name", sort="person__pinyin", link=True, phone="title"),
            Column(
                "state",
                _("状态"),
                state_chip,
                sort="status",
                phone="chip",
                export=lambda row: str(STATUS_LABELS[row.status]),
            ),
            Column(
                "due",
                _("时限"),
                due_chip,
                sort="due_at",
                phone="chip",
                export=lambda row: row.due_at if row.status in OPEN else None,
            ),
            Column(
                "unit", _("单位"), lambda row: row.unit.full_name if row.unit else "", sort="unit__name", phone="meta"
            ),
            Column(
                "exam", _("考试"), lambda row: cut(row.exam.title, 22), phone="line", export=lambda row: row.exam.title
            ),
            Column("cause", _("缘由"), lambda row: str(CAUSE_LABELS[row.cause]), sort="cause", phone="meta"),
            Column("talker", _("谈话人"), lambda row: row.talker.name if row.talker else "", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("姓名或工号"), fields=["person__name", "person__number", "person__pinyin"]),
            Choice("state", _("状态"), list(STATUS_LABELS.items()), any=_("任何状态"), lookup="status"),
            Choice("cause", _("缘由"), list(CAUSE_LABELS.items()), any=_("各种缘由"), lookup="cause"),
            Flag(
                "open",
                _("在办"),
                yes=_("还没办结的"),
                any=_("不论办结"),
                apply=lambda rows, _yes: rows.filter(status__in=OPEN),
            ),
            Flag(
                "mine",
                _("由我谈"),
                yes=_("由我谈的"),
                any=_("不论由谁谈"),
                apply=lambda rows, _yes: rows.filter(talker=person),
            ),
        ],
        views=[
            View(_("还没办结的"), "open=1&sort=due"),
            View(_("待安排谈话人"), "state=owed"),
            View(_("由我谈的"), "mine=1"),
            View(_("待补考"), "state=makeup"),
            View(_("待重新培训"), "state=retraining"),
            View(_("全部")),
        ],
        default_sort="due",
        bulk=[assign] if has_power(person, "talk.assign") else [],
        rows=lambda rows: rows.select_related("person", "unit__parent", "exam", "talker"),
        row_url=lambda row: reverse("learning:talk", args=[row.id]),
        empty_title=_("没有要谈心的"),
        empty_text=_("考试公布成绩以后，不合格、缺考和低于谈心线的人自动列在这里。"),
    )


def retraining_words(row: Retraining) -> str:
    """Where a retraining stands."""
    if row.done_at:
        return str(_("已完成"))
    return str(_("已列入培训班") if row.accepted_at else _("还没有列入培训班"))


def retrainings() -> Register:
    """欠的重新培训."""
    return Register(
        key="retrainings",
        title=_("重新培训"),
        noun=_("人"),
        columns=[
            Column("person", _("姓名"), "person.name", sort="person__pinyin", link=True, phone="title"),
            Column("state", _("状态"), retraining_words, phone="chip"),
            Column("unit", _("单位"), lambda row: row.person.unit.full_name if row.person.unit else "", phone="meta"),
            Column(
                "exam",
                _("考试"),
                lambda row: cut(row.talk.exam.title, 22),
                phone="line",
                export=lambda row: row.talk.exam.title,
            ),
            Column("since", _("从何时起欠"), "since", sort="since", phone="meta"),
            Column("where", _("列入哪个班"), "where", phone="meta"),
        ],
        filters=[
            Flag(
                "open",
                _("没完成"),
                yes=_("没完成的"),
                any=_("全部"),
                apply=lambda rows, _yes: rows.filter(done_at=None),
            )
        ],
        default_sort="-since",
        rows=lambda rows: rows.select_related("person__unit__parent", "talk__exam"),
        row_url=lambda row: reverse("learning:talk", args=[row.talk_id]),
        empty_title=_("没有欠重新培训的人"),
        empty_text=_("补考还不合格的人列在这里，等列入培训班。"),
        saved_views=False,
    )
