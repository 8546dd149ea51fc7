"""The lists of the book rooms: the catalogue, the loans."""

from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Dates, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.learning.bookroom import queries, rules
from kuangdeng.learning.bookroom.models import Loan, Title
from kuangdeng.org.api import Person


def free_chip(title: Any) -> SafeString:
    """Whether one can take it from the shelf now."""
    if not title.in_use:
        return chip(_("无馆藏"), "state", "void")
    words = _("在架 %(free)d / 共 %(all)d 册") % {"free": title.free, "all": title.in_use}
    return chip(words, "state", "done" if title.free else "wait")


def due_chip(loan: Loan) -> SafeString:
    """The due date as a chip: late with its days, or how far off."""
    gap = (loan.due_on - clock.today()).days
    if loan.ended_at is not None:
        return chip(
            rules.ENDING_LABELS[loan.ending], "state", "done" if loan.ending == rules.Ending.RETURNED else "late"
        )
    if gap < 0:
        return chip(_("已超 %d 天") % -gap, "clock", "late")
    if gap == 0:
        return chip(_("今天到期"), "clock", "soon")
    return chip(_("还剩 %d 天") % gap, "clock", "soon" if gap <= 3 else "plain")


def class_words(title: Title) -> str:
    """The class number with the name of its main class."""
    return title.class_number


def classes() -> list[tuple[str, str]]:
    """The main classes to choose from."""
    return [(letter, f"{letter} {name}") for letter, name in rules.clc().items()]


def catalogue(by: Person) -> Register:
    """Every title, with what is free."""
    rooms = [(str(room.id), room.name) for room in queries.rooms(by.mine_id)]
    return Register(
        key="books",
        title=_("书目"),
        noun=_("书"),
        columns=[
            Column("title", _("书名"), lambda row: cut(row.title, 40), sort="title", link=True, width="wide", phone="title",
                   export=lambda row: row.title),
            Column("free", _("馆藏"), free_chip, phone="chip", export=lambda row: f"{row.free}/{row.in_use}"),
            Column("author", _("作者"), lambda row: cut(row.author, 20), phone="line", export=lambda row: row.author),
            Column("publisher", _("出版社"), lambda row: cut(row.publisher, 16), phone="hide", export=lambda row: row.publisher),
            Column("year", _("出版年"), "year", phone="hide"),
            Column("class", _("分类号"), class_words, sort="class_number", phone="meta"),
            Column("isbn", "ISBN", "shown_isbn", phone="hide", export=lambda row: row.isbn),
            Column("remark", _("备注"), "remark", phone="meta", label_on_phone=False),
            Column("added", _("编目时间"), lambda row: said(row.added_at), sort="added_at", show=False, export=lambda row: row.added_at),
        ],
        filters=[
            Text("q", placeholder=_("书名、作者、ISBN、分类号"), apply=lambda rows, words: rows.filter(queries.found_by(words))),
            Choice("class", _("类别"), classes(), lookup="main_class", any=_("全部类别")),
            Choice("room", _("书屋"), rooms, any=_("全部书屋"),
                   apply=lambda rows, value: rows.filter(id__in=queries.in_room(value))),
            Flag("free", _("在架"), yes=_("现在就能借"), any=_("不论是否在架"),
                 apply=lambda rows, _yes: rows.filter(id__in=queries.free_copies().values("title_id"))),
        ],
        views=[View(_("全部书目")), View(_("现在就能借"), "free=1"), View(_("新书"), "sort=-added")],
        default_sort="-added",
        row_url=lambda row: reverse("learning:book", args=[row.id]),
        enrich=queries.with_counts,
        empty_title=_("没有找到书"),
        empty_text=_("换一个词，或者去掉类别再找。书屋还没有书目时，请书屋管理员导入。"),
    )  # fmt: skip


def loans(by: Person) -> Register:
    """Who has what until when, for who keeps the rooms."""
    rooms = [(str(room.id), room.name) for room in queries.rooms(by.mine_id)]
    return Register(
        key="book-loans",
        title=_("借阅登记"),
        noun=_("借阅"),
        columns=[
            Column("title", _("书名"), lambda row: cut(row.title.title, 30), link=True, width="wide", phone="title",
                   export=lambda row: row.title.title),
            Column("due", _("应还日期"), due_chip, sort="due_on", phone="chip", export=lambda row: row.due_on),
            Column("reader", _("读者"), "person.name", phone="meta"),
            Column("number", _("工号"), "person.number", phone="meta"),
            Column("unit", _("单位"), lambda row: row.person.unit.full_name if row.person.unit else "", phone="meta"),
            Column("barcode", _("条码"), "copy.barcode", phone="meta"),
            Column("room", _("书屋"), "room.name", phone="meta"),
            Column("lent", _("借出时间"), lambda row: said(row.lent_at), sort="lent_at", phone="meta", export=lambda row: row.lent_at),
            Column("renewals", _("续借"), "renewals", align="right", phone="hide"),
            Column("reminders", _("已提醒"), lambda row: row.told, align="right", phone="meta"),
            Column("phone", _("电话"), "person.phone", phone="hide", show=False),
        ],
        filters=[
            Text("q", placeholder=_("书名、姓名、工号、条码"), fields=["title__title", "person__name", "person__number", "copy__barcode"]),
            Choice("state", _("状态"), [("late", _("超期未还")), ("open", _("未还的")), ("ended", _("已还的"))], any=_("全部"), default="open",
                   apply=lambda rows, value: rows.filter(**queries.LOAN_STATES[value]())),
            Choice("room", _("书屋"), rooms, lookup="room_id", any=_("全部书屋")),
            Dates("lent", _("借出时间"), lookup="lent_at"),
        ],
        views=[View(_("未还的")), View(_("超期未还"), "state=late"), View(_("全部"), "state=all")],
        default_sort="due",
        rows=queries.loan_rows,
        row_url=lambda row: reverse("learning:reader", args=[row.person_id]),
        row_late=lambda row: row.ended_at is None and row.due_on < clock.today(),
        print_url=reverse("learning:late_sheet"),
        empty_title=_("没有借阅"),
        empty_text=_("在服务台或自助机借出的书会列在这里。"),
        empty_url=reverse("learning:desk"),
        empty_label=_("去服务台"),
    )  # fmt: skip
