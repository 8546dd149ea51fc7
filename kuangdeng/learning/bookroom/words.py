"""How the ledger lines of the book rooms are read aloud, and who is told of them."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.models import Loan, LoanRule, ReadingNote, Reservation
from kuangdeng.learning.bookroom.rules import Way
from kuangdeng.ledger.api import Entry, Recipient, Topic, declare_topics, declare_words, route
from kuangdeng.org.api import Person, Role, holders

DUE, READY, NOTES = "book.due", "book.ready", "book.notes"
declare_topics(
    Topic(DUE, _("我借的书：借出凭据、到期提醒、催还")),
    Topic(READY, _("我预约的书到了")),
    Topic(NOTES, _("读书心得：推荐、隐藏、举报")),
)
YES = {True: _("是"), False: _("否"), "True": _("是"), "False": _("否")}


def declare() -> None:
    """Hand the words to the ledger."""
    rule = {
        f"book.save_rule.{one.name}": one.verbose_name
        for one in LoanRule._meta.fields
        if one.name not in ("id", "mine")
    }
    declare_words(
        verbs={
            "book.set_up": _("初始化书屋"),
            "book.add_title": _("编目"),
            "book.change_title": _("更正书目"),
            "book.add_copy": _("图书入藏"),
            "book.move_copy": _("图书调拨"),
            "book.lose": _("登记图书丢失"),
            "book.settle_loss": _("登记图书赔付"),
            "book.find": _("登记图书找回"),
            "book.withdraw": _("图书剔旧"),
            "book.lend": _("借书"),
            "book.give_back": _("还书"),
            "book.renew": _("续借"),
            "book.reserve": _("预约图书"),
            "book.cancel": _("取消预约"),
            "book.lapse": _("预约过期未取"),
            "book.remind": _("还书提醒"),
            "book.write_note": _("写读书心得"),
            "book.hide": _("隐藏心得"),
            "book.show": _("恢复心得"),
            "book.pick": _("推荐心得"),
            "book.report": _("举报心得"),
            "book.keep_note": _("举报不予处理"),
            "book.start_stock": _("开始盘点"),
            "book.scan": _("盘点扫码"),
            "book.finish_stock": _("结束盘点"),
            "book.add_room": _("新开书屋"),
            "book.change_room": _("更改书屋"),
            "book.save_rule": _("设置借阅规则"),
            "book.open_kiosk": _("启用自助机"),
            "book.close_kiosk": _("停用自助机"),
            "book.bind_card": _("绑定工作证"),
            "book.unbind_card": _("解除工作证"),
            "book.make_calendar": _("启用还书日历"),
            "book.revoke_calendar": _("停用还书日历"),
            "book.import": _("导入书目"),
            "book.drop_import": _("放弃导入书目"),
        },
        subjects={
            "book": _("图书"),
            "book_copy": _("馆藏册"),
            "book_loan": _("借阅"),
            "book_reservation": _("预约"),
            "reading_note": _("读书心得"),
            "stock_take": _("盘点"),
            "book_room": _("书屋"),
            "loan_rule": _("借阅规则"),
            "book_kiosk": _("自助机"),
            "book_import": _("书目文件"),
        },
        fields={
            "reader": _("读者"),
            "room": _("书屋"),
            "from_room": _("原书屋"),
            "due_on": _("应还日期"),
            "way": _("办理方式"),
            "days_late": _("超期天数"),
            "ready_for": _("留给预约"),
            "waits_on": _("继续排队"),
            "renewals": _("续借次数"),
            "count": _("第几次催还"),
            "isbn": "ISBN",
            "author": _("作者"),
            "changed": _("改了什么"),
            "barcodes": _("条码"),
            "amends": _("赔付"),
            "length": _("字数"),
            "borrowed": _("借过这本书"),
            "off": _("撤回推荐"),
            "reports": _("举报数"),
            "scanned": _("扫到"),
            "again": _("重复扫"),
            "unknown": _("不认识的条码"),
            "expected": _("应有"),
            "found": _("实有"),
            "missing": _("缺"),
            "place_text": _("在哪里"),
            "hours": _("开放时间"),
            "card": _("卡号尾号"),
            "titles": _("新书目"),
            "copies": _("册数"),
            "skipped": _("跳过"),
            "form": _("格式"),
            "damaged": _("问题条数"),
            "file_sha256": _("文件校验值"),
            "book.lose.note": _("丢失情况"),
            "book.withdraw.note": _("剔旧原因"),
            "book.hide.reason": _("隐藏原因"),
            "book.report.reason": _("举报原因"),
            "book.remind.step": _("提醒"),
            "book.change_room.closed": _("停用"),
            "book.set_up.rooms": _("书屋"),
            "book.set_up.rules": _("借阅规则"),
            **rule,
        },
        values={
            "way": dict(rules.WAY_LABELS),
            "amends": dict(rules.AMENDS_LABELS),
            "book.remind.step": {"before": _("快到期"), "at": _("今天到期"), "late": _("已超期")},
        },
    )


def _day(text: object) -> str:
    day = date.fromisoformat(str(text))
    return f"{day.month}月{day.day}日"


def _to(
    person: Person, topic: str, title: str, url: str, *, act: bool = False, role: str = "", body: str = ""
) -> Recipient:
    addresses = {"email": person.email} if person.email else {}
    return Recipient(person.id, role, topic, title, url, body, act, addresses)


def _loan(entry: Entry) -> Loan:
    return Loan.objects.select_related("title", "copy", "person", "room").get(id=entry.subject_id)


def _reservations(entry: Entry, key: str) -> Iterator[Reservation]:
    """Those that a line names, of people who are still here."""
    raw = entry.payload.get(key)
    ids = [UUID(str(one)) for one in raw] if isinstance(raw, list) else []
    rows = Reservation.objects.select_related("person", "title", "copy__room")
    yield from rows.filter(id__in=ids, person__is_active=True)


def _ready(entry: Entry) -> Iterator[Recipient]:
    """Those for whom a copy is held now."""
    for one in _reservations(entry, "ready_for"):
        if one.copy is not None:
            title = f"您预约的《{one.title.title}》到了，在{one.copy.room.name}，给您留到 {_day(one.held_until)}。"
            yield _to(one.person, READY, title, reverse("learning:my_books"))


@route("book.lend")
def lent(entry: Entry) -> Iterator[Recipient]:
    """借出: at a kiosk nobody has signed in, so the reader hears what was taken in his name."""
    loan = _loan(entry)
    if loan.way == Way.KIOSK and loan.person.is_active:
        title = f"您在{loan.room.name}自助借了《{loan.title.title}》，{_day(entry.payload['due_on'])} 前还。"
        body = "不是您本人借的，请马上告诉书屋管理员。"
        yield _to(loan.person, DUE, title, reverse("learning:my_books"), body=body)


@route("book.give_back", settles=[DUE])
def back(entry: Entry) -> Iterator[Recipient]:
    """归还: the first in the queue hears that the book waits."""
    yield from _ready(entry)


@route("book.renew", settles=[DUE])
def renewed(entry: Entry) -> Iterator[Recipient]:
    """续借: nobody needs to hear it; the reminder of the old date is done."""
    yield from ()


@route("book.cancel", "book.lapse", "book.find", "book.add_copy", "book.import")
def freed(entry: Entry) -> Iterator[Recipient]:
    """A copy is free again: the next one hears it; who let it pass hears that too."""
    yield from _ready(entry)
    if entry.verb == "book.lapse":
        one = Reservation.objects.select_related("person", "title").get(id=entry.subject_id)
        title = f"您预约的《{one.title.title}》过期没有来取，已让给下一位。还想看可以重新预约。"
        yield _to(one.person, READY, title, reverse("learning:book", args=[one.title_id]))


@route("book.lose", settles=[DUE])
def lost(entry: Entry) -> Iterator[Recipient]:
    """丢失: the reader hears what was entered; for whom it was held, that it is not there, or which copy is instead."""
    yield from _ready(entry)
    for one in _reservations(entry, "waits_on"):
        title = f"给您留的《{one.title.title}》那一册登记丢失了，请先不要来取。您仍排在原来的位置，有书马上通知您。"
        yield _to(one.person, READY, title, reverse("learning:my_books"))
    if entry.subject_kind == "book_loan":
        loan = Loan.objects.select_related("title", "person").get(id=entry.subject_id)
        title = f"您借的《{loan.title.title}》已登记丢失，请到书屋办理赔付。"
        yield _to(loan.person, DUE, title, reverse("learning:my_books"))


@route("book.remind")
def reminded(entry: Entry) -> Iterator[Recipient]:
    """到期提醒、催还: before, at and after the day."""
    loan = _loan(entry)
    due, step = _day(entry.payload["due_on"]), entry.payload.get("step")
    name = f"《{loan.title.title}》"
    title = {
        "before": f"您借的{name}{due} 到期，请按时归还或续借。",
        "at": f"您借的{name}今天到期，请归还或续借。",
    }.get(str(step), f"您借的{name}{due} 已到期，请尽快归还。")
    if loan.ended_at is None and loan.person.is_active:
        yield _to(loan.person, DUE, title, reverse("learning:my_books"), act=True)


def _note(entry: Entry) -> ReadingNote:
    return ReadingNote.objects.select_related("title", "person").get(id=entry.subject_id)


@route("book.hide", "book.show", "book.pick")
def judged(entry: Entry) -> Iterator[Recipient]:
    """The writer hears what became of his note."""
    note = _note(entry)
    name = f"您写的《{note.title.title}》心得"
    said = {
        "book.hide": f"{name}已被隐藏：{entry.payload.get('reason', '')}",
        "book.show": f"{name}已恢复公开。",
        "book.pick": f"{name}被推荐了。",
    }[entry.verb]
    if not entry.payload.get("off") and note.person.is_active:
        yield _to(note.person, NOTES, said, reverse("learning:book", args=[note.title_id]))


@route("book.report")
def reported(entry: Entry) -> Iterator[Recipient]:
    """举报: who keeps the rooms judges."""
    note = _note(entry)
    title = f"有人举报{note.person.name}写的《{note.title.title}》心得，请处理。"
    for person in holders(entry.mine_id, [Role.LIBRARIAN]):
        yield _to(person, NOTES, title, reverse("learning:reported_notes"), role=Role.LIBRARIAN)
