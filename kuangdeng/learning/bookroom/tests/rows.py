"""A row in every list of the book rooms for each number, for the tests that go through all pages."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from io import BytesIO

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom import importing, services
from kuangdeng.learning.bookroom.models import (
    BookImport,
    Copy,
    Kiosk,
    Loan,
    LoanRule,
    NoteReport,
    ReadingNote,
    Reservation,
    Room,
    StockScan,
    StockTake,
    Title,
    WorkCard,
)
from kuangdeng.learning.bookroom.rules import Terms
from kuangdeng.learning.bookroom.testkit import NOTE, a_copy, book, rooms_of
from kuangdeng.org.testkit import Cast


def books_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Books, loans, reservations, notes, stock-takings, imports, devices."""
    room = rooms_of(cast)[0]
    if not LoanRule.objects.filter(mine=cast.mine, most=50).exists():
        services.save_rule(
            valid_from=clock.today(),
            terms=Terms(most=50, block_late=False),
            source="",
            confirmed=True,
            by=cast.librarian,
        )
    for number in numbers:
        _one_more(cast, room, number)


def _one_more(cast: Cast, room: Room, number: int) -> None:
    """Written straight into the tables: the pages are counted here, not the verbs."""
    mine, now, persons = cast.mine, clock.now(), cast.persons
    late = number % 2 == 1
    due = clock.today() - timedelta(days=10) if late else clock.today() + timedelta(days=20)
    title, wanted = (
        Title.objects.create(
            mine=mine, title=f"第{number}种{kind}", author="示例作者", class_number=code, main_class=code[0],
            work_key=f"{kind}{number}", search_text=f"第{number}种{kind}",
        )
        for kind, code in (("煤矿安全读本", "TD7"), ("文学读本", "I247.5"))
    )  # fmt: skip
    copies = Copy.objects.bulk_create(
        Copy(mine=mine, title=one, room=room, barcode=f"{number:05d}{place}")
        for place, one in enumerate((title, title, wanted))
    )
    Loan.objects.bulk_create(
        Loan(
            mine=mine, copy=copy, title=copy.title, room=room, person=persons[part], unit=persons[part].unit, due_on=due,
            lent_at=now - timedelta(days=40 if late else 1),
        )
        for copy, part in zip(copies, ("safety", "librarian", "miner"), strict=True)
    )  # fmt: skip
    Reservation.objects.bulk_create(
        Reservation(mine=mine, title=wanted, person=persons[part]) for part in ("safety", "librarian", "unit_head")
    )
    notes = ReadingNote.objects.bulk_create(
        ReadingNote(mine=mine, title=title, person=persons[part], text=f"{NOTE}（{number}）")
        for part in ("unit_head", "administrator")
    )
    NoteReport.objects.create(note=notes[0], person=cast.miner, reason="抄来的")
    take = StockTake.objects.create(
        mine=mine, room=room, started_by=cast.librarian, finished_at=now,
        result={"expected": 3, "found": 1, "missing": ["01009999"]},
    )  # fmt: skip
    StockScan.objects.create(stock_take=take, barcode=copies[0].barcode, copy=copies[0], by=cast.librarian)
    Kiosk.objects.create(
        mine=mine, room=room, name=f"{number}号自助机", digest=f"{mine.code}{number}", opened_by=cast.librarian
    )
    WorkCard.objects.create(mine=mine, person=cast.safety, number=f"CARD{number:04d}")
    BookImport.objects.create(
        mine=mine, file_name=f"书目{number}.csv", file_sha256="0" * 64, form="电子表格", by=cast.librarian, records=2,
        drafts=[{"number": 1, "title": f"待入藏的书{one}"} for one in range(number + 1)],
        problems=[{"number": 2, "offset": 3, "what": "没有书名", "skipped": True}],
    )  # fmt: skip


def lived_in_books(cast: Cast, shelf: Sequence[tuple[str, str, str]], notes: Sequence[tuple[str, str]]) -> None:
    """What the pictures show: a month of a small book room. All invented but the titles."""
    start = clock.now() - timedelta(days=45)
    with clock.set_to(start):
        rooms_of(cast)
        made = {
            title: book(cast, title, author=author, class_number=number, copies=2) for title, author, number in shelf
        }
    names = list(made)
    parts = [
        "miner",
        "team_leader",
        "other_miner",
        "unit_head",
        "safety",
        "branch_secretary",
        "electric_head",
        "political_work",
    ]
    for number, part in enumerate(parts):
        copy = made[names[number % 5]].copies.order_by("barcode")[number // 5]
        with clock.set_to(start + timedelta(days=5 + number * 4)):
            services.lend(barcode=copy.barcode, reader_id=cast.persons[part].id, by=cast.librarian)
    services.lend(barcode=made[names[6]].copies.last().barcode, reader_id=cast.other_head.id, by=cast.librarian)
    with clock.set_to(start + timedelta(days=34)):
        services.reserve(made[names[0]].id, by=cast.mine_leader)
        services.give_back(barcode=made[names[1]].copies.order_by("barcode")[1].barcode, by=cast.librarian)
    written = [note for note in notes if note[0] in made]
    for number, (title, text) in enumerate(written):
        with clock.set_to(start + timedelta(days=20 + number)):
            note = services.write_note(made[title].id, text=text, by=cast.persons[parts[number % len(parts)]])
        if number == 1:
            services.pick_note(note.id, by=cast.librarian)
    services.report_note(note.id, reason="和书没有关系", by=cast.safety2)
    take = services.start_stock(room_id=rooms_of(cast)[0].id, by=cast.librarian)
    services.scan(take.id, barcodes=[a_copy(made[name]).barcode for name in names[7:12]], by=cast.librarian)
    data = "书名,作者,ISBN,册数\n平凡的世界,路遥,,1\n测量放线,示例作者,7020002201,1\n,无名,,1\n".encode()
    importing.take_in(BytesIO(data), name="捐赠图书登记（示例）.csv", by=cast.librarian)
    services.open_kiosk(room_id=rooms_of(cast)[0].id, name="门口自助机", by=cast.librarian)
    services.bind_card(cast.miner.id, number="0004123456", by=cast.librarian)
