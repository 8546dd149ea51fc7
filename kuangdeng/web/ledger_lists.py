"""The registers of the ledger pages: the ledger itself, the inbox, the messages that were given up, what the feed could not do."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Multi, Picked, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.ledger.api import (
    SUBJECT_WORDS,
    TOPICS,
    VERB_WORDS,
    Channel,
    Delivery,
    Entry,
    FeedProblem,
    Notice,
    entries,
    subject_word,
    verb_word,
)
from kuangdeng.org.api import Person, Place, Unit, below, has_power, reach
from kuangdeng.web.words import READERS

CHANNEL_WORDS: dict[str, object] = {"email": gettext_lazy("邮件"), **dict(Channel.Kind.choices)}


def seen_entries(person: Person) -> QuerySet[Entry]:
    """The ledger lines that this person may see: the mine's, or his units' and his own. NotVisible without the power."""
    if not has_power(person, "org.see_ledger"):
        raise NotVisible
    return entries(person.mine_id, units=reach(person, "org.see_ledger"), person_id=person.id)


# Ledger -------------------------------------------------------------------------------------------------------------


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _of_unit(rows: QuerySet[Entry], unit: Unit) -> QuerySet[Entry]:
    return rows.filter(unit_id__in=below([unit.id]))


def _of_place(rows: QuerySet[Entry], place: Place) -> QuerySet[Entry]:
    inside = Place.objects.filter(ancestors__contains=[place.id]).values_list("id", flat=True)
    return rows.filter(place_id__in=[place.id, *inside])


def _verbs() -> list[tuple[str, object]]:
    return sorted(VERB_WORDS.items(), key=lambda item: item[0])


def ledger_register(person: Person) -> Register:
    """The ledger as this person may read it."""
    mine = person.mine_id

    def find_unit(key: str) -> Unit | None:
        return Unit.objects.filter(mine_id=mine, id=UUID(key)).first()

    def find_place(key: str) -> Place | None:
        return Place.objects.filter(mine_id=mine, id=UUID(key)).first()

    def find_person(key: str) -> Person | None:
        return Person.objects.filter(mine_id=mine, id=UUID(key)).first()

    filters = [
        Picked("unit", _("单位"), url=lambda: _address("org:pick_unit"), find=find_unit, apply=_of_unit, kind="unit", icon="unit",
               any=_("所有单位")),
        Picked("person", _("人员"), url=lambda: _address("org:pick_person"), find=find_person, kind="person", icon="person",
               apply=lambda rows, who: rows.filter(by_id=who.id), any=_("任何人")),
        Multi("verb", _("事项"), _verbs, any=_("全部事项")),
        Choice("kind", _("对象"), lambda: list(SUBJECT_WORDS.items()), lookup="subject_kind", any=_("各类对象")),
        Picked("place", _("地点"), url=lambda: _address("org:pick_place"), find=find_place, apply=_of_place, kind="place",
               icon="place", label_of=lambda place: place.name, any=_("任何地点")),
        Dates("received", _("登记时间"), lookup="received_at"),
        Dates("occurred", _("发生时间"), lookup="occurred_at"),
    ]  # fmt: skip
    return Register(
        key="ledger",
        title=_("台账流水"),
        noun=_("记录"),
        columns=_ledger_columns(),
        filters=filters,
        views=[View(_("全部")), View(_("今天"), "received=today"), View(_("近 7 天"), "received=7d")],
        default_sort="-received",
        row_url=lambda row: reverse("ledger_entry", args=[row.pk]),
        rows=lambda rows: rows.select_related("seal"),
        empty_title=_("台账里还没有记录"),
        empty_text=_("上报、下达、验收等每一步办理后，这里自动记一条，谁也改不了。"),
    )


def _seq(entry: Entry) -> object:
    seal = getattr(entry, "seal", None)
    return seal.seq if seal else _("待封存")


def _ledger_columns() -> list[Column]:
    return [
        Column("received", _("登记时间"), lambda row: said(row.received_at), sort="received_at", width="narrow", phone="meta",
               export=lambda row: row.received_at, label_on_phone=False),
        Column("verb", _("事项"), lambda row: verb_word(row.verb), width="narrow", phone="chip"),
        Column("subject", _("对象"), lambda row: cut(row.subject_label, 32), link=True, width="wide", phone="title",
               export=lambda row: row.subject_label),
        Column("kind", _("对象类别"), lambda row: subject_word(row.subject_kind), show=False),
        Column("by", _("办理人"), lambda row: row.by_name or _("系统或匿名"), phone="meta"),
        Column("unit", _("单位"), "unit_name", phone="meta"),
        Column("place", _("地点"), lambda row: cut(row.place_name, 18), phone="hide", export=lambda row: row.place_name),
        Column("occurred", _("发生时间"), lambda row: said(row.occurred_at), sort="occurred_at", width="narrow", phone="hide",
               export=lambda row: row.occurred_at),
        Column("seq", _("封存号"), _seq, align="right", width="narrow", phone="hide"),
    ]  # fmt: skip


# Inbox --------------------------------------------------------------------------------------------------------------


def _mark(notice: Notice) -> object:
    if notice.must_act:
        return chip(_("已办"), "state", "done") if notice.acted_at else chip(_("待办"), "state", "wait")
    return "" if notice.read_at or notice.acted_at else chip(_("未读"), "state", "work")


def _title(notice: Notice) -> object:
    if notice.read_at or notice.acted_at:
        return notice.title
    return format_html("<b>{}</b>", notice.title)


def _unread(rows: QuerySet[Notice], yes: bool) -> QuerySet[Notice]:
    return rows.filter(read_at=None, acted_at=None) if yes else rows


def _waiting(rows: QuerySet[Notice], yes: bool) -> QuerySet[Notice]:
    return rows.filter(must_act=True, acted_at=None) if yes else rows


def inbox_register() -> Register:
    """A person's notices."""
    return Register(
        key="inbox",
        title=_("收件箱"),
        noun=_("通知"),
        columns=[
            Column("mark", _("状态"), _mark, width="narrow", phone="chip", export=False),
            Column("title", _("通知"), _title, link=True, width="wide", phone="title", export=lambda row: row.title),
            Column("topic", _("类别"), lambda row: _topic(row.topic), phone="meta"),
            Column("by", _("办理人"), lambda row: row.entry.by_name or _("系统"), phone="meta"),
            Column("at", _("送达"), lambda row: said(row.delivered_at), sort="id", width="narrow", phone="meta",
                   export=lambda row: row.delivered_at, label_on_phone=False),
            Column("acted", _("办结"), lambda row: row.acted_at, show=False),
        ],
        filters=[
            Flag("unread", _("未读"), yes=_("只看未读"), apply=_unread, any=_("已读和未读")),
            Flag("waiting", _("待办"), yes=_("只看待办"), apply=_waiting, any=_("待办和其他")),
            Multi("topic", _("类别"), lambda: [(topic.code, topic.label) for topic in TOPICS.values()]),
            Text("q", placeholder=_("通知内容"), fields=["title"]),
        ],
        views=[View(_("全部")), View(_("未读"), "unread=1"), View(_("待办"), "waiting=1")],
        default_sort="-at",
        row_url=lambda row: reverse("inbox_open", args=[row.pk]),
        row_late=lambda row: row.topic.endswith(".late") and row.must_act and row.acted_at is None,
        rows=lambda rows: rows.select_related("entry"),
        empty_title=_("没有通知"),
        empty_text=_("有隐患下达、退回、验收，或者快到期限时，这里会告诉您。"),
        saved_views=False,
    )  # fmt: skip


def _topic(code: str) -> str:
    return str(TOPICS[code].label) if code in TOPICS else code


# Messages that were given up ----------------------------------------------------------------------------------------


def _receiver(delivery: Delivery) -> str:
    """To whom: the address of a person, or the group."""
    return delivery.address or (delivery.via.name if delivery.via else "")


def dead_letter_register(again: Any) -> Register:
    """Messages that were given up; `again` draws the button that sends one again."""
    return Register(
        key="dead-letters",
        title=_("没有送出的消息"),
        noun=_("消息"),
        columns=[
            Column("title", _("通知"), lambda row: cut(row.headline, 40), width="wide", phone="title",
                   export=lambda row: row.headline),
            Column("channel", _("通道"), lambda row: CHANNEL_WORDS.get(row.channel, row.channel), phone="meta"),
            Column("address", _("收件地址或通道"), _receiver, phone="meta"),
            Column("tries", _("次数"), "tries", align="right", width="narrow", phone="meta"),
            Column("error", _("原因"), lambda row: cut(row.error, 40), phone="meta", export=lambda row: row.error),
            Column("dead", _("放弃时间"), lambda row: said(row.dead_at), sort="dead_at", width="narrow", phone="meta",
                   export=lambda row: row.dead_at),
            Column("again", _("重发"), again, export=False, phone="chip"),
        ],
        filters=[Choice("channel", _("通道"), lambda: list(CHANNEL_WORDS.items()), lookup="channel", any=_("各种通道"))],
        default_sort="-dead",
        rows=lambda rows: rows.select_related("notice", "via"),
        empty_title=_("消息都送出去了"),
        empty_text=_("试过多次仍送不出去、或不能确定是否送到的消息会列在这里，由您决定是否重发。"),
        saved_views=False,
    )  # fmt: skip


# What the feed could not do -----------------------------------------------------------------------------------------


def _fate(problem: FeedProblem) -> object:
    if problem.given_up_at:
        return chip(_("已停止重试"), "state", "wait")
    return chip(_("稍后自动再试"), "state", "work")


def feed_problem_register(retry: Any) -> Register:
    """Ledger lines whose notices or other consequences failed; `retry` draws the button of those given up."""
    return Register(
        key="feed-problems",
        title=_("未能处理的记录"),
        noun=_("记录"),
        columns=[
            Column("fate", _("状态"), _fate, width="narrow", phone="chip", export=False),
            Column("subject", _("台账记录"), lambda row: cut(row.entry.subject_label, 32), link=True, width="wide", phone="title",
                   export=lambda row: row.entry.subject_label),
            Column("verb", _("事项"), lambda row: verb_word(row.entry.verb), phone="meta"),
            Column("reader", _("环节"), lambda row: READERS.get(row.reader, row.reader), phone="meta"),
            Column("tries", _("次数"), "tries", align="right", width="narrow", phone="meta"),
            Column("error", _("原因"), lambda row: cut(row.error, 40), phone="meta", export=lambda row: row.error),
            Column("first", _("发生时间"), lambda row: said(row.first_at), sort="first_at", width="narrow", phone="meta",
                   export=lambda row: row.first_at),
            Column("retry", _("重试"), retry, export=False, phone="chip"),
        ],
        filters=[Flag("given_up", _("放弃"), yes=_("只看已放弃"), any=_("已放弃和待重试"),
                      apply=lambda rows, yes: rows.exclude(given_up_at=None) if yes else rows)],
        default_sort="-first",
        row_url=lambda row: reverse("ledger_entry", args=[row.entry_id]),
        empty_title=_("台账记录都处理好了"),
        empty_text=_("台账记录引起的通知等后续，试过多次仍不成功的会列在这里；排除原因后由您点重试，一条也不会丢。"),
        saved_views=False,
    )  # fmt: skip
