"""Short ways to books, copies and loans, for the tests of this part and of those above."""

from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom import services
from kuangdeng.learning.bookroom.models import Copy, Kiosk, Loan, ReadingNote, Reservation, Room, StockTake, Title
from kuangdeng.org.testkit import Cast

NOTE = "读到防治水那一章，想起我们队探放水钻孔没封好的事，按书上说的该先封孔再掘进。"


def rooms_of(cast: Cast) -> list[Room]:
    """The two rooms of the mine."""
    if not Room.objects.filter(mine=cast.mine).exists():
        services.set_up_rooms(mine=cast.mine, by=cast.administrator)
    return list(Room.objects.filter(mine=cast.mine))


def book(cast: Cast, title: str = "矿井防治水", *, copies: int = 1, author: str = "示例作者", **more: str) -> Title:
    """A title with copies in the first room."""
    room = rooms_of(cast)[0]
    made = services.add_title(
        data=services.TitleData(title, author=author, class_number=more.pop("class_number", "TD74"), **more),
        by=cast.librarian,
    )
    if copies:
        services.add_copies(made.id, room_id=room.id, count=copies, by=cast.librarian)
    return made


def a_copy(title: Title) -> Copy:
    """The first copy of a title."""
    return title.copies.order_by("barcode")[:1].get()


def lent(cast: Cast, title: Title | None = None, part: str = "miner", *, days_ago: int = 0) -> Loan:
    """A loan from the desk."""
    copy = a_copy(title or book(cast))
    with clock.set_to(clock.now() - timedelta(days=days_ago)):
        return services.lend(barcode=copy.barcode, reader_id=cast.persons[part].id, by=cast.librarian)


def queued(cast: Cast, part: str = "other_miner", title: Title | None = None) -> Reservation:
    """Somebody waits for a book that another has."""
    title = title or lent(cast).title
    return services.reserve(title.id, by=cast.persons[part])


def ready(cast: Cast) -> Reservation:
    """A copy is held for somebody."""
    made = queued(cast)
    services.give_back(barcode=a_copy(made.title).barcode, by=cast.librarian)
    made.refresh_from_db()
    return made


def noted(cast: Cast, part: str = "miner", title: Title | None = None) -> ReadingNote:
    """A note of a reader."""
    return services.write_note((title or book(cast)).id, text=NOTE, by=cast.persons[part])


def stock_in(cast: Cast) -> StockTake:
    """A stock-taking of the first room that has begun."""
    return services.start_stock(room_id=rooms_of(cast)[0].id, by=cast.librarian)


def kiosk_in(cast: Cast, name: str = "门口自助机") -> tuple[Kiosk, str]:
    """A device that lends, and its secret."""
    return services.open_kiosk(room_id=rooms_of(cast)[0].id, name=name, by=cast.librarian)
