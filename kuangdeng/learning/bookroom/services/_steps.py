"""Steps that the verbs of the book rooms share: lock, check, serve the queue, write the ledger."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.bookroom.models import Copy, Loan, Reservation, Room, Title
from kuangdeng.learning.bookroom.queries import terms_on
from kuangdeng.learning.bookroom.rules import RESERVATION_FLOW, CopyStatus, ReservationStatus
from kuangdeng.ledger.api import Entry, Subject, only_told, post
from kuangdeng.org.api import Person, has_power


def check(by: Person, power: str) -> None:
    """Refused for who has not this power."""
    if not has_power(by, power):
        raise Refused(_("您没有权限办理书屋的这项工作。请联系书屋管理员。"), code="not_allowed")


def locked_copy(mine_id: UUID, **wanted: object) -> Copy:
    """The copy, locked until the verb ends, its title before it: everything about one title goes one after the other,
    so that a copy that comes back and a reader who queues at the same moment find each other.

    Refused when the mine has none like it.
    """
    rows = Copy.objects.filter(mine_id=mine_id, **wanted)
    titles = rows.values_list("title_id", flat=True)[:1]
    list(Title.objects.select_for_update(no_key=True).filter(id__in=list(titles)).values_list("id"))
    copy = one_of(rows.select_for_update(of=("self",)).select_related("title", "room"))
    if copy is None:
        raise Refused(_("没有这个条码的书。请再扫一次，或找书屋管理员。"), field="barcode", code="unknown")
    return copy


def locked_title(title_id: UUID, by: Person) -> Title:
    """The title, locked. NotVisible when the mine has none like it."""
    title = one_of(Title.objects.select_for_update(of=("self",), no_key=True).filter(id=title_id, mine_id=by.mine_id))
    if title is None:
        raise NotVisible
    return title


def locked_room(room_id: UUID, by: Person) -> Room:
    """A room in use, locked: its next barcode is given out once. Refused when it was closed."""
    room = one_of(Room.objects.select_for_update(of=("self",)).filter(id=room_id, mine_id=by.mine_id))
    if room is None:
        raise NotVisible
    if room.closed_on is not None:
        raise Refused(_("%s已经停用。请选另一间书屋。") % room.name, field="room")
    return room


def open_loan_of(copy: Copy) -> Loan | None:
    """Who has this copy now."""
    rows = Loan.objects.select_for_update(of=("self",)).select_related("person__unit", "unit", "title", "copy")
    return one_of(rows.filter(copy=copy, ended_at=None))


def hold_of(copy: Copy) -> Reservation | None:
    """For whom this copy is held."""
    rows = Reservation.objects.select_for_update(of=("self",)).select_related("person")
    return one_of(rows.filter(copy=copy, status=ReservationStatus.READY))


def serve(copy: Copy) -> list[str]:
    """Hold a copy that is free again for the first who waits for its title; the ids that the ledger line names."""
    if copy.status != CopyStatus.IN_USE:
        return []
    waiting = Reservation.objects.select_for_update(of=("self",)).filter(
        title_id=copy.title_id, status=ReservationStatus.WAITING, person__is_active=True
    )
    first = waiting.order_by("made_at", "id").first()
    if first is None:
        return []
    first.status = RESERVATION_FLOW.target("hold", first.status)
    first.copy, first.ready_at = copy, clock.now()
    first.held_until = clock.today() + timedelta(days=terms_on(copy.mine_id).hold_days)
    first.save(update_fields=["status", "copy", "ready_at", "held_until"])
    return [str(first.id)]


def enter(
    verb: str,
    subject: Subject,
    mine_id: UUID,
    by: Person | None,
    payload: Mapping[str, object],
    *,
    reader: Person | None = None,
    quantity: int = 1,
) -> Entry:
    """The ledger line of a verb of the book rooms; the unit is the reader's, because reading counts for it."""
    unit = reader.unit if reader else None
    return post(
        f"book.{verb}",
        subject,
        mine_id=mine_id,
        by=by,
        unit=unit,
        payload=only_told(payload),
        quantity=quantity,
    )


def of_loan(loan: Loan) -> Subject:
    """A loan as the ledger names it."""
    return Subject("book_loan", loan.id, f"《{loan.title.title}》{loan.copy.barcode}")


def of_copy(copy: Copy) -> Subject:
    """A copy as the ledger names it."""
    return Subject("book_copy", copy.id, f"《{copy.title.title}》{copy.barcode}")


def of_title(title: Title) -> Subject:
    """A title as the ledger names it."""
    return Subject("book", title.id, f"《{title.title}》")
