"""Reading the book rooms: the catalogue, who has what until when, the queue, what is popular."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.ids import digest_of
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.search import containing
from kuangdeng.kernel.tables import compact
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.models import (
    Copy,
    DueCalendar,
    Kiosk,
    Loan,
    LoanRule,
    NoteReport,
    ReadingNote,
    Reservation,
    Room,
    Title,
    WorkCard,
)
from kuangdeng.learning.bookroom.rules import CopyStatus, NoteStatus, ReservationStatus, Terms
from kuangdeng.org.api import Person, has_power, search_persons

OPEN_LOAN = Loan.objects.filter(copy=OuterRef("pk"), ended_at=None)
HOLD = Reservation.objects.filter(copy=OuterRef("pk"), status=ReservationStatus.READY)


# Rules, rooms, devices ------------------------------------------------------------------------------------------------


def terms_on(mine_id: UUID, day: date | None = None) -> Terms:
    """The loan rule that holds on a day; what a new mine starts with when there is none."""
    rows = LoanRule.objects.filter(mine_id=mine_id, valid_from__lte=day or clock.today()).order_by("-valid_from")
    row = rows.first()
    return row.terms if row else Terms()


def loan_rules(by: Person) -> list[LoanRule]:
    """All rules of the mine, the newest first."""
    return list(LoanRule.objects.filter(mine_id=by.mine_id))


def rooms(mine_id: UUID) -> list[Room]:
    """The rooms in use."""
    return list(Room.objects.filter(mine_id=mine_id, closed_on=None))


def all_rooms(by: Person) -> QuerySet[Room]:
    """Every room with how many copies it has."""
    in_use = Count("copies", filter=Q(copies__status=CopyStatus.IN_USE))
    return Room.objects.filter(mine_id=by.mine_id).annotate(copy_count=in_use)


def get_room(room_id: UUID, *, by: Person) -> Room:
    """A room of the mine. NotVisible when there is none."""
    found = one_of(Room.objects.filter(id=room_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def kiosk_of(secret: str) -> Kiosk | None:
    """The kiosk whose device holds this secret, or None."""
    if not secret:
        return None
    rows = Kiosk.objects.select_related("room", "mine").filter(digest=digest_of(secret), closed_at=None)
    return one_of(rows)


def kiosks(by: Person) -> list[Kiosk]:
    """The kiosks in use."""
    rows = Kiosk.objects.select_related("room", "opened_by").filter(mine_id=by.mine_id, closed_at=None)
    return list(rows.order_by("room__code", "opened_at"))


# Readers ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Somebody who stands before the desk or the kiosk; `by_card` when his card said so, not only a number."""

    person: Person
    by_card: bool


def reader_of(mine_id: UUID, typed: str) -> Reader | None:
    """Whom a card or an employee number means; None when nobody."""
    number = compact(typed)
    if not number:
        return None
    cards = WorkCard.objects.select_related("person__unit__parent", "person__mine").filter(
        mine_id=mine_id, number=number
    )
    card = one_of(cards.filter(person__is_active=True))
    if card is not None:
        return Reader(card.person, by_card=True)
    person = one_of(
        Person.objects.select_related("unit__parent", "mine").filter(mine_id=mine_id, number=number, is_active=True)
    )
    return Reader(person, by_card=False) if person else None


def readers_named(mine_id: UUID, words: str) -> list[Person]:
    """Whom the librarian may mean by a name, pinyin or number; at most ten."""
    rows = Person.objects.select_related("unit__parent").filter(mine_id=mine_id, is_active=True)
    return list(search_persons(rows, words).order_by("pinyin", "number")[:10])


def get_reader(person_id: UUID, *, by: Person) -> Person:
    """Somebody of the mine. NotVisible when there is none."""
    found = one_of(Person.objects.select_related("unit__parent", "mine").filter(id=person_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def reader_in(mine_id: UUID, person_id: UUID) -> Person | None:
    """Somebody who works in this mine, by id."""
    rows = Person.objects.select_related("unit__parent", "mine").filter(id=person_id, mine_id=mine_id, is_active=True)
    return one_of(rows)


def cards_of(person: Person) -> list[WorkCard]:
    """The cards that mean this person."""
    return list(WorkCard.objects.filter(person=person).order_by("bound_at"))


# The catalogue ----------------------------------------------------------------------------------------------------------


def titles(by: Person) -> QuerySet[Title]:
    """Every title of the mine."""
    return Title.objects.filter(mine_id=by.mine_id)


def with_counts(rows: Sequence[Title]) -> None:
    """Give each title of a page its copies in use (`in_use`) and how many of them are free now (`free`)."""
    held = Copy.objects.filter(title_id__in=[row.id for row in rows], status=CopyStatus.IN_USE)
    counts = (
        held.annotate(out=Exists(OPEN_LOAN), held=Exists(HOLD))
        .order_by()
        .values("title_id", "out", "held")
        .annotate(n=Count("id"))
    )
    whole: Counter[UUID] = Counter()
    free: Counter[UUID] = Counter()
    for row in counts:
        whole[row["title_id"]] += row["n"]
        free[row["title_id"]] += 0 if row["out"] or row["held"] else row["n"]
    for title in rows:
        title.in_use, title.free = whole[title.id], free[title.id]  # type: ignore[attr-defined]


def free_copies() -> QuerySet[Copy]:
    """Copies that stand on the shelf and are held for nobody."""
    return Copy.objects.filter(status=CopyStatus.IN_USE).filter(~Exists(OPEN_LOAN), ~Exists(HOLD))


def found_by(words: str) -> Q:
    """Titles that contain the words, or whose ISBN this is."""
    digits = words.replace("-", "").replace(" ", "")
    fits = containing("search_text", words)
    return fits | Q(isbn=digits) if digits.isdigit() and len(digits) == 13 else fits


def get_title(title_id: UUID, *, by: Person) -> Title:
    """One title. NotVisible when the mine has none like it."""
    found = one_of(titles(by).filter(id=title_id))
    if found is None:
        raise NotVisible
    return found


@dataclass
class CopyNow:
    """A copy with what can be read of it now."""

    copy: Copy
    loan: Loan | None = None
    hold: Reservation | None = None

    @property
    def is_free(self) -> bool:
        """Whether anybody may take it from the shelf."""
        return self.copy.status == CopyStatus.IN_USE and self.loan is None and self.hold is None


def copies_now(rows: QuerySet[Copy]) -> list[CopyNow]:
    """These copies with their open loans and holds; three statements, however many they are."""
    open_loans = Prefetch(
        "loans", Loan.objects.filter(ended_at=None).select_related("person__unit__parent"), "open_loans"
    )
    ready = Prefetch("holds", Reservation.objects.filter(status=ReservationStatus.READY), "ready_holds")
    copies = rows.select_related("room", "title").prefetch_related(open_loans, ready)
    return [CopyNow(copy, next(iter(copy.open_loans), None), next(iter(copy.ready_holds), None)) for copy in copies]


def get_copy(copy_id: UUID, *, by: Person) -> CopyNow:
    """One copy as it is now. NotVisible when there is none."""
    found = copies_now(Copy.objects.filter(id=copy_id, mine_id=by.mine_id))
    if not found:
        raise NotVisible
    return found[0]


def copy_of(mine_id: UUID, barcode: str) -> CopyNow | None:
    """The copy with this barcode as it is now, or None."""
    found = copies_now(Copy.objects.filter(mine_id=mine_id, barcode=compact(barcode)))
    return found[0] if found else None


def copies_to_label(by: Person, *, room_id: str, added_from: date | None, barcodes: Sequence[str]) -> QuerySet[Copy]:
    """The copies whose labels are to be printed: these ones, or what came into a room since a day."""
    rows = Copy.objects.filter(mine_id=by.mine_id).select_related("title", "room")
    if barcodes:
        return rows.filter(barcode__in=list(barcodes))
    rows = rows.filter(status=CopyStatus.IN_USE)
    if room_id:
        rows = rows.filter(room_id=room_id)
    if added_from is not None:
        rows = rows.filter(added_at__gte=clock.at(added_from))
    return rows.order_by("barcode")


def history_of(copy: Copy) -> list[Loan]:
    """Who had this copy, the last first."""
    return list(Loan.objects.filter(copy=copy).select_related("person__unit__parent").order_by("-lent_at")[:20])


def queue_of(title: Title) -> list[Reservation]:
    """Who waits for the title, the first first; those for whom a copy is held stand in front."""
    rows = Reservation.objects.filter(title=title, status__in=rules.OPEN_RESERVATIONS).select_related("person")
    return sorted(rows, key=lambda one: (one.status != ReservationStatus.READY, one.made_at))


# A reader's own ---------------------------------------------------------------------------------------------------------


def open_loans(person: Person) -> list[Loan]:
    """What the person has now, the first to be given back first."""
    rows = Loan.objects.filter(person=person, ended_at=None).select_related("title", "copy", "room")
    return list(rows.order_by("due_on", "lent_at"))


def past_loans(person: Person, most: int = 50) -> list[Loan]:
    """What the person had, the last first."""
    rows = Loan.objects.filter(person=person, ended_at__isnull=False).select_related("title", "room")
    return list(rows.order_by("-ended_at")[:most])


def reservations_of(person: Person) -> list[Reservation]:
    """What the person waits for, with `before`: how many wait in front of him."""
    ahead = (
        Reservation.objects.filter(
            title=OuterRef("title"), status=ReservationStatus.WAITING, made_at__lt=OuterRef("made_at")
        )
        .order_by()
        .values("title")
        .annotate(n=Count("id"))
        .values("n")
    )
    rows = Reservation.objects.filter(person=person, status__in=rules.OPEN_RESERVATIONS)
    return list(rows.select_related("title", "copy__room").annotate(before=ahead[:1]).order_by("status", "made_at"))


def wanted_titles(title_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the titles for which somebody waits."""
    rows = Reservation.objects.filter(title_id__in=list(title_ids), status=ReservationStatus.WAITING)
    return set(rows.values_list("title_id", flat=True))


def calendar_of(secret: str) -> Person | None:
    """Whose due dates stand under this secret address; None when it was revoked or he has left."""
    rows = DueCalendar.objects.select_related("person__mine").filter(digest=digest_of(secret), person__is_active=True)
    found = one_of(rows)
    return found.person if found else None


def has_calendar(person: Person) -> DueCalendar | None:
    """The calendar address that the person has given out, if any."""
    return one_of(DueCalendar.objects.filter(person=person))


def waiting_rows(person: Person) -> list[Part]:
    """A book to give back, one that waits, notes that somebody reported (see learning.waiting)."""
    soon = clock.today() + timedelta(days=3)
    loans = Loan.objects.filter(person=person, ended_at=None, due_on__lte=soon)
    ready = Reservation.objects.filter(person=person, status=ReservationStatus.READY)
    parts = [
        lines(loans, "loan", title="title__title", on="due_on"),
        lines(ready, "ready", title="title__title", on="held_until"),
    ]
    if has_power(person, "book.hide"):
        asked = Exists(NoteReport.objects.filter(note_id=OuterRef("id"), settled_at=None))
        notes = ReadingNote.objects.filter(asked, mine_id=person.mine_id)
        parts.append(lines(notes, "report", title="title__title"))
    return parts


# The desk ---------------------------------------------------------------------------------------------------------------


def loans(by: Person) -> QuerySet[Loan]:
    """Every loan of the mine, for who keeps the rooms."""
    return Loan.objects.filter(mine_id=by.mine_id)


LOAN_STATES: dict[str, Callable[[], dict[str, object]]] = {
    "late": lambda: {"ended_at": None, "due_on__lt": clock.today()},
    "open": lambda: {"ended_at": None},
    "ended": lambda: {"ended_at__isnull": False},
}
"""What the list of loans can be narrowed to."""


def loan_rows(rows: QuerySet[Loan]) -> QuerySet[Loan]:
    """What a page of loans needs, with how often the reader was reminded (`told`)."""
    told = Count("reminders")
    return rows.select_related("title", "person__unit__parent", "copy", "room").annotate(told=told)


def in_room(room_id: str) -> QuerySet[Any]:
    """Ids of the titles of which a copy in use stands in this room."""
    return Copy.objects.filter(room_id=room_id, status=CopyStatus.IN_USE).values("title_id")


def late_loans(mine_id: UUID) -> QuerySet[Loan]:
    """Loans whose day has passed."""
    rows = Loan.objects.filter(mine_id=mine_id, ended_at=None, due_on__lt=clock.today())
    return rows.select_related("title", "copy", "person__unit__parent", "room").order_by("due_on", "person__pinyin")


@dataclass(frozen=True)
class DueReminder:
    """A reminder that has come and was not told."""

    loan_id: UUID
    due_on: date
    step: str
    count: int


def reminders_due(mine_id: UUID) -> list[DueReminder]:
    """Every reminder that has come for an open loan and was not told yet."""
    terms, today = terms_on(mine_id), clock.today()
    until = today + timedelta(days=terms.remind_before)
    rows = Loan.objects.filter(mine_id=mine_id, ended_at=None, due_on__lte=until).prefetch_related("reminders")
    found = []
    for loan in rows.order_by("due_on"):
        due = rules.reminder_due(loan.due_on, today, terms)
        if due is None or any((one.due_on, one.step, one.count) == (loan.due_on, *due) for one in loan.reminders.all()):
            continue
        found.append(DueReminder(loan.id, loan.due_on, *due))
    return found


def lapsed_holds(mine_id: UUID) -> list[UUID]:
    """Reservations whose copy was held until yesterday."""
    rows = Reservation.objects.filter(mine_id=mine_id, status=ReservationStatus.READY, held_until__lt=clock.today())
    return list(rows.values_list("id", flat=True))


# Notes ------------------------------------------------------------------------------------------------------------------


def notes(by: Person) -> QuerySet[ReadingNote]:
    """The notes that everybody reads, the newest first."""
    rows = ReadingNote.objects.filter(mine_id=by.mine_id, status=NoteStatus.SHOWN)
    return rows.select_related("title", "person").order_by("-written_at", "-id")


def notes_of_title(title: Title, most: int = 20) -> list[ReadingNote]:
    """What was written about a book, picks first."""
    rows = ReadingNote.objects.filter(title=title, status=NoteStatus.SHOWN).select_related("person", "title")
    return list(rows.order_by(F("picked_at").desc(nulls_last=True), "-written_at")[:most])


def get_note(note_id: UUID, *, by: Person) -> ReadingNote:
    """A note. A hidden one is seen by its writer and by who may hide; NotVisible for the others."""
    rows = ReadingNote.objects.select_related("title", "person").filter(id=note_id, mine_id=by.mine_id)
    found = one_of(rows)
    if found is None:
        raise NotVisible
    if found.status == NoteStatus.HIDDEN and found.person_id != by.id and not has_power(by, "book.hide"):
        raise NotVisible
    return found


def reported_notes(by: Person) -> list[ReadingNote]:
    """Notes that somebody reported and nobody has judged; hidden ones behind them."""
    asked = Prefetch("reports", NoteReport.objects.filter(settled_at=None), "open_reports")
    wanted = Q(reports__settled_at=None, reports__isnull=False) | Q(status=NoteStatus.HIDDEN)
    rows = ReadingNote.objects.filter(wanted, mine_id=by.mine_id).distinct().select_related("title", "person")
    return list(rows.prefetch_related(asked).order_by("status", "-written_at")[:100])
