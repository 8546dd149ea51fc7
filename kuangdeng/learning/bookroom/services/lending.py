"""借、还、续借、预约、催还."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.tables import compact
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.models import Copy, Kiosk, Loan, Reminder, Reservation, Title
from kuangdeng.learning.bookroom.queries import free_copies, terms_on
from kuangdeng.learning.bookroom.rules import RESERVATION_FLOW, CopyStatus, Ending, ReservationStatus, Terms, Way
from kuangdeng.learning.bookroom.services._steps import (
    check,
    enter,
    hold_of,
    locked_copy,
    locked_title,
    of_loan,
    open_loan_of,
    serve,
)
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Person


def _reader(person_id: UUID, mine_id: UUID) -> Person:
    """The reader, locked against a second loan at the same moment. Refused when he has left."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).select_related("unit")
    person = one_of(rows.filter(id=person_id, mine_id=mine_id))
    if person is None:
        raise NotVisible
    if not person.is_active:
        raise Refused(_("%s已经离矿，不能借书。") % person.name, code="left")
    return person


def _may_borrow(person: Person, terms: Terms) -> None:
    """Refused with too many books, or with one that is late."""
    rows = Loan.objects.filter(person=person, ended_at=None)
    late = rows.filter(due_on__lt=clock.today()).select_related("title").first()
    if terms.block_late and late is not None:
        raise Refused(
            _("%(name)s有超期未还的书《%(title)s》，请先还书再借。") % {"name": person.name, "title": late.title.title},
            code="late",
        )
    if rows.count() >= terms.most:
        raise Refused(
            _("%(name)s已借满 %(n)d 册，请先还一册再借。") % {"name": person.name, "n": terms.most}, code="full"
        )


@verb
def lend(*, barcode: str, reader_id: UUID, by: Person | None = None, kiosk: Kiosk | None = None) -> Loan:
    """Lend a copy (借出): at the desk by the librarian, or at a kiosk, where nobody has signed in and the line has no author.

    The copy is locked first: of two kiosks that scan it at once one lends it, the other is told who was faster. Refused
    when it is on loan, held for somebody else, lost or withdrawn, and when the reader has too many or a late one.
    """
    mine_id = kiosk.mine_id if kiosk else by.mine_id if by else None
    if mine_id is None:
        raise NotVisible
    if kiosk is None and by is not None:
        check(by, "book.lend")
    person = _reader(reader_id, mine_id)
    copy = locked_copy(mine_id, barcode=compact(barcode))
    _is_here(copy, person)
    terms = terms_on(mine_id)
    _may_borrow(person, terms)
    _fetch(copy, person)
    at = clock.now()
    loan = Loan.objects.create(
        mine_id=mine_id, copy=copy, title=copy.title, room=copy.room, person=person, unit=person.unit, lent_at=at,
        lent_by=by, way=Way.KIOSK if kiosk else Way.DESK, due_on=clock.today() + timedelta(days=terms.days),
    )  # fmt: skip
    told = {"reader": person.name, "room": copy.room.name, "due_on": loan.due_on.isoformat(), "way": loan.way}
    enter("lend", of_loan(loan), mine_id, by, told, reader=person)
    return loan


def _is_here(copy: Copy, person: Person) -> None:
    """Refused when the copy is not there to be lent."""
    words = {"title": copy.title.title, "barcode": copy.barcode}
    if copy.status != CopyStatus.IN_USE:
        said = _("《%(title)s》这一册（%(barcode)s）已登记为丢失或剔旧，不能借出。请交给书屋管理员。")
        raise Refused(said % words, field="barcode", code="not_in_use")
    loan = open_loan_of(copy)
    if loan is not None and loan.person_id == person.id:
        raise Refused(
            _("《%(title)s》这一册已经在您名下，应还日期 %(due)s。") % {**words, "due": loan.due_on},
            field="barcode",
            code="yours",
        )
    if loan is not None:
        raise Refused(
            _("《%(title)s》这一册（%(barcode)s）刚由别人借走，还没有归还。请换一册，或者预约。") % words,
            field="barcode", code="taken",
        )  # fmt: skip
    hold = hold_of(copy)
    if hold is not None and hold.person_id != person.id:
        raise Refused(
            _("《%(title)s》这一册有人预约，留到 %(until)s。请换一册，或者排队预约。") % {**words, "until": hold.held_until},
            field="barcode", code="held",
        )  # fmt: skip


def _fetch(copy: Copy, person: Person) -> None:
    """The reader's own reservation of the title ends with the loan; a copy held for him elsewhere is free again."""
    mine = one_of(
        Reservation.objects.select_for_update(of=("self",)).filter(
            person=person, title_id=copy.title_id, status__in=rules.OPEN_RESERVATIONS
        )
    )
    if mine is None:
        return
    other = mine.copy if mine.status == ReservationStatus.READY and mine.copy_id != copy.id else None
    mine.status = RESERVATION_FLOW.target("lend", mine.status)
    mine.save(update_fields=["status"])
    if other is not None:
        serve(other)


@verb
def give_back(*, barcode: str, by: Person | None = None, kiosk: Kiosk | None = None) -> Loan:
    """Take a copy back (归还): whoever brings it. The first who waits for the title gets it held, and a notice.

    Refused when it is not on loan.
    """
    mine_id = kiosk.mine_id if kiosk else by.mine_id if by else None
    if mine_id is None:
        raise NotVisible
    if kiosk is None and by is not None:
        check(by, "book.lend")
    copy = locked_copy(mine_id, barcode=compact(barcode))
    loan = open_loan_of(copy)
    if loan is None:
        raise Refused(
            _("《%s》这一册没有借出，不用还。请放回书架。") % copy.title.title, field="barcode", code="not_out"
        )
    loan.ended_at, loan.ending = clock.now(), Ending.RETURNED
    loan.save(update_fields=["ended_at", "ending"])
    told = {
        "reader": loan.person.name, "way": Way.KIOSK if kiosk else Way.DESK, "room": copy.room.name,
        "days_late": max(0, (clock.today() - loan.due_on).days), "ready_for": serve(copy),
    }  # fmt: skip
    enter("give_back", of_loan(loan), mine_id, by, told, reader=loan.person)
    return loan


@verb
def renew(loan_id: UUID, *, by: Person | None = None, kiosk: Kiosk | None = None) -> Loan:
    """Renew a loan (续借): by the reader, the librarian, or at a kiosk. The days are added to the due date.

    Refused when it is late, was renewed often enough, or somebody waits for the title.
    """
    mine_id = kiosk.mine_id if kiosk else by.mine_id if by else None
    if mine_id is None:
        raise NotVisible
    rows = Loan.objects.select_for_update(of=("self",)).select_related("title", "copy", "person__unit")
    loan = one_of(rows.filter(id=loan_id, mine_id=mine_id))
    if loan is None:
        raise NotVisible
    if kiosk is None and by is not None and loan.person_id != by.id:
        check(by, "book.lend")
    terms, today = terms_on(loan.mine_id), clock.today()
    if loan.ended_at is not None:
        raise Refused(_("这本书已经还了，不用续借。"), code="ended")
    if loan.due_on < today:
        raise Refused(_("《%s》已经超期，不能续借。请先还书。") % loan.title.title, code="late")
    if loan.renewals >= terms.renewals:
        said = _("《%(title)s》已续借 %(n)d 次，不能再续。请按期归还。")
        raise Refused(said % {"title": loan.title.title, "n": loan.renewals}, code="often")
    waiting = Reservation.objects.filter(title_id=loan.title_id, status=ReservationStatus.WAITING)
    if waiting.exclude(person_id=loan.person_id).exists():
        raise Refused(_("有人在排队等《%s》，不能续借。请按期归还。") % loan.title.title, code="wanted")
    loan.due_on, loan.renewals = rules.renewed_until(loan.due_on, today, terms), loan.renewals + 1
    loan.save(update_fields=["due_on", "renewals"])
    told = {"reader": loan.person.name, "due_on": loan.due_on.isoformat(), "renewals": loan.renewals}
    enter("renew", of_loan(loan), loan.mine_id, by, told, reader=loan.person)
    return loan


@verb
def reserve(title_id: UUID, *, by: Person) -> Reservation:
    """Queue for a title (预约). Refused when a copy stands on the shelf, when one has it, or waits for it already."""
    check(by, "book.reserve")
    title = locked_title(title_id, by)
    if not title.copies.filter(status=CopyStatus.IN_USE).exists():
        raise Refused(_("《%s》现在没有馆藏，不能预约。请向书屋管理员荐购。") % title.title, code="none")
    free = free_copies().filter(title=title).select_related("room").first()
    if free is not None:
        raise Refused(
            _("《%(title)s》现在就有，在%(room)s，可以直接去借。") % {"title": title.title, "room": free.room.name},
            code="free",
        )
    if Loan.objects.filter(title=title, person=by, ended_at=None).exists():
        raise Refused(_("《%s》正在您手里，不用预约。") % title.title, code="yours")
    if Reservation.objects.filter(title=title, person=by, status__in=rules.OPEN_RESERVATIONS).exists():
        raise Refused(_("您已经预约了《%s》。") % title.title, code="again")
    made = Reservation.objects.create(mine_id=by.mine_id, title=title, person=by, made_at=clock.now())
    enter("reserve", Subject("book_reservation", made.id, f"《{title.title}》"), by.mine_id, by, {}, reader=by)
    return made


def _locked_reservation(reservation_id: UUID) -> Reservation:
    """The reservation, locked after its title. NotVisible when there is none."""
    titles = list(Reservation.objects.filter(id=reservation_id).values_list("title_id", flat=True))
    list(Title.objects.select_for_update(no_key=True).filter(id__in=titles).values_list("id"))
    rows = Reservation.objects.select_for_update(of=("self",)).select_related("title", "copy__title", "person__unit")
    found = one_of(rows.filter(id=reservation_id))
    if found is None:
        raise NotVisible
    return found


@verb
def cancel(reservation_id: UUID, *, by: Person) -> Reservation:
    """Give up a place in the queue (取消预约); a copy that was held goes to the next. Refused once it has ended."""
    found = _locked_reservation(reservation_id)
    if found.mine_id != by.mine_id:
        raise NotVisible
    if found.person_id != by.id:
        check(by, "book.lend")
    held = found.copy if found.status == ReservationStatus.READY else None
    found.status = RESERVATION_FLOW.target("cancel", found.status)
    found.save(update_fields=["status"])
    told = {"reader": found.person.name, "ready_for": serve(held) if held else []}
    subject = Subject("book_reservation", found.id, f"《{found.title.title}》")
    enter("cancel", subject, found.mine_id, by, told, reader=found.person)
    return found


@verb
def lapse(reservation_id: UUID) -> Reservation | None:
    """End a hold that nobody fetched (过期未取); the copy goes to the next. The system does this by itself.

    Nothing happens when it was fetched or cancelled meanwhile.
    """
    found = _locked_reservation(reservation_id)
    if found.status != ReservationStatus.READY or found.held_until is None or found.held_until >= clock.today():
        return None
    found.status = RESERVATION_FLOW.target("lapse", found.status)
    found.save(update_fields=["status"])
    told = {"reader": found.person.name, "ready_for": serve(found.copy) if found.copy else []}
    subject = Subject("book_reservation", found.id, f"《{found.title.title}》")
    enter("lapse", subject, found.mine_id, None, told, reader=found.person)
    return found


@verb
def remind(loan_id: UUID, *, due_on: date, step: str, count: int = 0) -> Reminder | None:
    """Tell a reader that a book is nearly due, due, or late (到期提醒、催还). The system does this by itself, each step once.

    Nothing happens when the book came back or was renewed meanwhile, or another worker has told it.
    """
    rows = Loan.objects.select_for_update(of=("self",)).select_related("title", "copy", "person__unit")
    loan = one_of(rows.filter(Q(ended_at=None), id=loan_id))
    if loan is None or loan.due_on != due_on:
        return None
    made, new = Reminder.objects.get_or_create(
        loan=loan, due_on=due_on, step=step, count=count, defaults={"at": clock.now()}
    )
    if not new:
        return None
    told = {"reader": loan.person.name, "due_on": due_on.isoformat(), "step": step, "count": count}
    enter("remind", of_loan(loan), loan.mine_id, None, told, reader=loan.person)
    return made
