"""编目、入藏、丢失和赔偿、剔旧."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.models import Copy, Title
from kuangdeng.learning.bookroom.queries import free_copies
from kuangdeng.learning.bookroom.rules import COPY_FLOW, Amends, CopyStatus, Ending
from kuangdeng.learning.bookroom.services._steps import (
    check,
    enter,
    hold_of,
    locked_copy,
    locked_room,
    locked_title,
    of_copy,
    of_loan,
    of_title,
    open_loan_of,
    serve,
)
from kuangdeng.learning.bookroom.services._titles import TitleData, checked_barcodes, next_barcodes, values_of
from kuangdeng.org.api import Person

MOST_COPIES = 200


def _unique(isbn: object, by: Person, but: UUID | None = None) -> None:
    if not isbn:
        return
    twin = one_of(Title.objects.filter(mine_id=by.mine_id, isbn=isbn).exclude(id__in=[but] if but else []))
    if twin is not None:
        raise Refused(
            _("书目里已经有这个 ISBN：《%s》。请打开它，给它加复本。") % twin.title, field="isbn", code="twin"
        )


@verb
def add_title(*, data: TitleData, by: Person) -> Title:
    """Catalogue a title (编目). Refused without a name, with a wrong ISBN, and when the ISBN is there already."""
    check(by, "book.catalogue")
    need(data.title, _("请填写书名。"), field="title", most=300)
    values = values_of(data)
    _unique(values["isbn"], by)
    title = Title.objects.create(mine_id=by.mine_id, added_at=clock.now(), **values)
    enter("add_title", of_title(title), by.mine_id, by, {"isbn": title.isbn, "author": title.author})
    return title


@verb
def change_title(title_id: UUID, *, data: TitleData, by: Person) -> Title:
    """Correct a title (更正书目). Refused as when it is catalogued."""
    check(by, "book.catalogue")
    title = locked_title(title_id, by)
    need(data.title, _("请填写书名。"), field="title", most=300)
    values = values_of(data)
    _unique(values["isbn"], by, title.id)
    changed = {name: value for name, value in values.items() if getattr(title, name) != value}
    for name, value in changed.items():
        setattr(title, name, value)
    title.save()
    with in_chinese():
        fields = [Title._meta.get_field(name) for name in changed if name in _SHOWN]
        shown = [str(getattr(one, "verbose_name", one.name)) for one in fields]
    enter("change_title", of_title(title), by.mine_id, by, {"changed": shown})
    return title


_SHOWN = frozenset(TitleData.__dataclass_fields__)


@verb
def add_copies(
    title_id: UUID, *, room_id: UUID, by: Person, count: int = 0, barcodes: Sequence[str] = ()
) -> list[Copy]:
    """Take copies of a title into a room (入藏): so many with fresh barcodes, or those whose labels are on already.

    Who waits for the title gets the first of them held. Refused for none, for too many, for a barcode that is known.
    """
    check(by, "book.add_copy")
    title = locked_title(title_id, by)
    room = locked_room(room_id, by)
    numbers = checked_barcodes(barcodes, by.mine_id) or next_barcodes(room, min(max(count, 0), MOST_COPIES + 1))
    if not 1 <= len(numbers) <= MOST_COPIES:
        raise Refused(_("一次入藏 1 到 %(n)d 册。") % {"n": MOST_COPIES}, field="count")
    status = COPY_FLOW.target("add_copy", None)
    made = [
        Copy.objects.create(
            mine_id=by.mine_id, title=title, room=room, barcode=one, status=status, added_at=clock.now()
        )
        for one in numbers
    ]
    ready = [reservation for copy in made for reservation in serve(copy)]
    told = {"room": room.name, "barcodes": numbers, "ready_for": ready}
    enter("add_copy", of_title(title), by.mine_id, by, told, quantity=len(made))
    return made


@verb
def lose_copy(copy_id: UUID, *, note: str, by: Person, amends: str = Amends.NONE) -> Copy:
    """Enter a copy as lost (登记丢失): its loan ends with it, and what became of it is said: paid, replaced, open.

    Refused without a word, and when the copy is not in use.
    """
    check(by, "book.lose")
    copy = locked_copy(by.mine_id, id=copy_id)
    words = need(note, _("请写明怎么丢的、由谁负责。"), field="note", most=200)
    _known(amends)
    copy.status = COPY_FLOW.target("lose", copy.status)
    copy.status_note, copy.amends = words, amends
    copy.save(update_fields=["status", "status_note", "amends"])
    loan = open_loan_of(copy)
    if loan is not None:
        loan.ended_at, loan.ending = clock.now(), Ending.LOST
        loan.save(update_fields=["ended_at", "ending"])
    told = {"note": words, "amends": amends, "reader": loan.person.name if loan else "", **_back_into_queue(copy)}
    enter("lose", of_loan(loan) if loan else of_copy(copy), by.mine_id, by, told, reader=loan.person if loan else None)
    return copy


def _known(amends: str) -> None:
    if amends not in Amends._value2member_map_:
        raise Refused(_("请选择赔付情况。"), field="amends")


def _back_into_queue(copy: Copy) -> dict[str, list[str]]:
    """A copy that was held is not there any more: another that is free is held, or the reader waits on at his place."""
    hold = hold_of(copy)
    if hold is None:
        return {}
    hold.status, hold.copy, hold.ready_at, hold.held_until = rules.ReservationStatus.WAITING, None, None, None
    hold.save(update_fields=["status", "copy", "ready_at", "held_until"])
    other = free_copies().filter(title_id=copy.title_id).first()
    return {"ready_for": serve(other)} if other else {"waits_on": [str(hold.id)]}


@verb
def settle_loss(copy_id: UUID, *, amends: str, by: Person) -> Copy:
    """Say what became of a lost copy (赔付): replaced, paid, waived. Refused when it is not lost."""
    check(by, "book.lose")
    copy = locked_copy(by.mine_id, id=copy_id)
    _known(amends)
    if copy.status != CopyStatus.LOST:
        raise Refused(_("这一册没有登记丢失，不用登记赔付。"), code="wrong_state")
    copy.amends = amends
    copy.save(update_fields=["amends"])
    enter("settle_loss", of_copy(copy), by.mine_id, by, {"amends": amends})
    return copy


@verb
def find_copy(copy_id: UUID, *, by: Person) -> Copy:
    """A lost copy is there again (找回); the first who waits gets it. Refused when it is not lost."""
    check(by, "book.find")
    copy = locked_copy(by.mine_id, id=copy_id)
    copy.status = COPY_FLOW.target("find", copy.status)
    copy.status_note, copy.amends = "", ""
    copy.save(update_fields=["status", "status_note", "amends"])
    enter("find", of_copy(copy), by.mine_id, by, {"ready_for": serve(copy)})
    return copy


@verb
def withdraw_copy(copy_id: UUID, *, note: str, by: Person) -> Copy:
    """Take a copy out of the stock (剔旧). Refused without a reason, while it is on loan, and while it is held."""
    check(by, "book.withdraw")
    copy = locked_copy(by.mine_id, id=copy_id)
    words = need(note, _("请写明为什么剔旧。"), field="note", most=200)
    if open_loan_of(copy) is not None:
        raise Refused(_("这一册还在读者手里，不能剔旧。请等归还后再办。"), code="out")
    if hold_of(copy) is not None:
        raise Refused(_("这一册正为预约的人留着，不能剔旧。"), code="held")
    copy.status, copy.status_note = COPY_FLOW.target("withdraw", copy.status), words
    copy.save(update_fields=["status", "status_note"])
    enter("withdraw", of_copy(copy), by.mine_id, by, {"note": words})
    return copy


@verb
def move_copy(copy_id: UUID, *, room_id: UUID, by: Person) -> Copy:
    """Bring a copy into another room (调拨). Refused when it stands there already."""
    check(by, "book.catalogue")
    copy = locked_copy(by.mine_id, id=copy_id)
    room = locked_room(room_id, by)
    if copy.room_id == room.id:
        raise Refused(_("这一册已经在%s。") % room.name, field="room")
    before, copy.room = copy.room, room
    copy.save(update_fields=["room"])
    enter("move_copy", of_copy(copy), by.mine_id, by, {"room": room.name, "from_room": before.name})
    return copy
