"""The moment before each verb of the book rooms, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom import importing, rules, services
from kuangdeng.learning.bookroom.models import BookImport
from kuangdeng.learning.bookroom.testkit import (
    NOTE,
    a_copy,
    book,
    kiosk_in,
    lent,
    noted,
    queued,
    ready,
    rooms_of,
    stock_in,
)
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]
SHEET = "书名,作者,ISBN,册数\n煤矿安全,示例作者,,2\n矿井通风,示例作者,,1\n".encode()


def set_up_rooms(cast: Cast) -> Run:
    return lambda: services.set_up_rooms(mine=cast.mine, by=cast.administrator)


def add_room(cast: Cast) -> Run:
    return lambda: services.add_room(name="第三职工书屋", place_text="单身楼一层", by=cast.librarian)


def change_room(cast: Cast) -> Run:
    room = rooms_of(cast)[0]
    return lambda: services.change_room(room.id, name="东区书屋", hours="每天 8:00—20:00", by=cast.librarian)


def save_rule(cast: Cast) -> Run:
    day = clock.today()
    return lambda: services.save_rule(
        valid_from=day, terms=rules.Terms(days=45), source="矿工会〔示例〕1号", confirmed=True, by=cast.librarian
    )


def open_kiosk(cast: Cast) -> Run:
    room = rooms_of(cast)[0]
    return lambda: services.open_kiosk(room_id=room.id, name="门口自助机", by=cast.librarian)


def close_kiosk(cast: Cast) -> Run:
    kiosk, _secret = kiosk_in(cast)
    return lambda: services.close_kiosk(kiosk.id, by=cast.librarian)


def bind_card(cast: Cast) -> Run:
    return lambda: services.bind_card(cast.miner.id, number="0004123456", by=cast.librarian)


def unbind_card(cast: Cast) -> Run:
    card = services.bind_card(cast.miner.id, number="0004123456", by=cast.librarian)
    return lambda: services.unbind_card(card.id, by=cast.librarian)


def make_calendar(cast: Cast) -> Run:
    return lambda: services.make_calendar(by=cast.miner)


def revoke_calendar(cast: Cast) -> Run:
    services.make_calendar(by=cast.miner)
    return lambda: services.revoke_calendar(by=cast.miner)


def add_title(cast: Cast) -> Run:
    data = services.TitleData("煤矿安全规程读本", author="示例作者", class_number="TD7")
    return lambda: services.add_title(data=data, by=cast.librarian)


def change_title(cast: Cast) -> Run:
    title = book(cast)
    return lambda: services.change_title(
        title.id, data=services.TitleData("矿井防治水", year="2020"), by=cast.librarian
    )


def add_copies(cast: Cast) -> Run:
    title, room = book(cast, copies=0), rooms_of(cast)[1]
    return lambda: services.add_copies(title.id, room_id=room.id, count=3, by=cast.librarian)


def lose_copy(cast: Cast) -> Run:
    loan = lent(cast)
    return lambda: services.lose_copy(loan.copy_id, note="读者说在澡堂丢了", amends="paid", by=cast.librarian)


def settle_loss(cast: Cast) -> Run:
    copy = a_copy(book(cast))
    services.lose_copy(copy.id, note="盘点缺", by=cast.librarian)
    return lambda: services.settle_loss(copy.id, amends="waived", by=cast.librarian)


def find_copy(cast: Cast) -> Run:
    copy = a_copy(book(cast))
    services.lose_copy(copy.id, note="盘点缺", by=cast.librarian)
    return lambda: services.find_copy(copy.id, by=cast.librarian)


def withdraw_copy(cast: Cast) -> Run:
    copy = a_copy(book(cast))
    return lambda: services.withdraw_copy(copy.id, note="破损，内容已过时", by=cast.librarian)


def move_copy(cast: Cast) -> Run:
    copy, room = a_copy(book(cast)), rooms_of(cast)[1]
    return lambda: services.move_copy(copy.id, room_id=room.id, by=cast.librarian)


def lend(cast: Cast) -> Run:
    copy, (kiosk, _secret) = a_copy(book(cast)), kiosk_in(cast)
    return lambda: services.lend(barcode=copy.barcode, reader_id=cast.miner.id, kiosk=kiosk)


def give_back(cast: Cast) -> Run:
    title = lent(cast).title
    queued(cast, title=title)
    return lambda: services.give_back(barcode=a_copy(title).barcode, by=cast.librarian)


def renew(cast: Cast) -> Run:
    loan = lent(cast)
    return lambda: services.renew(loan.id, by=cast.miner)


def reserve(cast: Cast) -> Run:
    title = lent(cast).title
    return lambda: services.reserve(title.id, by=cast.other_miner)


def cancel(cast: Cast) -> Run:
    made = ready(cast)
    return lambda: services.cancel(made.id, by=cast.other_miner)


def lapse(cast: Cast) -> Run:
    made = ready(cast)

    def run() -> object:
        with clock.set_to(clock.now() + timedelta(days=4)):
            return services.lapse(made.id)

    return run


def remind(cast: Cast) -> Run:
    loan = lent(cast, days_ago=40)
    return lambda: services.remind(loan.id, due_on=loan.due_on, step="late", count=2)


def write_note(cast: Cast) -> Run:
    title = book(cast)
    return lambda: services.write_note(title.id, text=NOTE, by=cast.miner)


def hide_note(cast: Cast) -> Run:
    note = noted(cast)
    return lambda: services.hide_note(note.id, reason="与书无关", by=cast.librarian)


def show_note(cast: Cast) -> Run:
    note = noted(cast)
    services.hide_note(note.id, reason="与书无关", by=cast.librarian)
    return lambda: services.show_note(note.id, by=cast.librarian)


def keep_note(cast: Cast) -> Run:
    note = noted(cast)
    services.report_note(note.id, reason="抄来的", by=cast.other_miner)
    return lambda: services.keep_note(note.id, by=cast.librarian)


def pick_note(cast: Cast) -> Run:
    note = noted(cast)
    return lambda: services.pick_note(note.id, by=cast.librarian)


def report_note(cast: Cast) -> Run:
    note = noted(cast)
    return lambda: services.report_note(note.id, reason="抄来的", by=cast.other_miner)


def start_stock(cast: Cast) -> Run:
    room = rooms_of(cast)[0]
    return lambda: services.start_stock(room_id=room.id, by=cast.librarian)


def scan(cast: Cast) -> Run:
    copy, take = a_copy(book(cast)), stock_in(cast)
    return lambda: services.scan(take.id, barcodes=[copy.barcode, "99999999"], by=cast.librarian)


def finish_stock(cast: Cast) -> Run:
    copy, take = a_copy(book(cast, copies=3)), stock_in(cast)
    services.scan(take.id, barcodes=[copy.barcode], by=cast.librarian)
    return lambda: services.finish_stock(take.id, by=cast.librarian)


def read_in(cast: Cast, data: bytes = SHEET, name: str = "书目.csv") -> BookImport:
    """A file that waits to be confirmed."""
    rooms_of(cast)
    return importing.take_in(BytesIO(data), name=name, by=cast.librarian)


def confirm_import(cast: Cast) -> Run:
    run, room = read_in(cast), rooms_of(cast)[0]
    return lambda: services.confirm_import(run.id, room_id=room.id, by=cast.librarian)


def drop_import(cast: Cast) -> Run:
    run = read_in(cast)
    return lambda: services.drop_import(run.id, by=cast.librarian)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    one.__name__: one
    for one in (
        add_copies, add_room, add_title, bind_card, cancel, change_room, change_title, close_kiosk, confirm_import,
        drop_import, find_copy, finish_stock, give_back, hide_note, keep_note, lapse, lend, lose_copy, make_calendar,
        move_copy, open_kiosk, pick_note, remind, renew, report_note, reserve, revoke_calendar, save_rule, scan,
        set_up_rooms, settle_loss, show_note, start_stock, unbind_card, withdraw_copy, write_note,
    )
}  # fmt: skip
