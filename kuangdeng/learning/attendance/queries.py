"""Reading the sign-in: the sheet of an occasion, who is there, who is missing, counts over a period."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, Doubt, MakeUp, Sheet, SheetKiosk, SheetLeader
from kuangdeng.learning.attendance.rules import Counts, Phase, SheetStatus, State
from kuangdeng.org.api import Person, Role, has_power, holders


def digest_of(secret: str) -> str:
    """What is kept of a random secret."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def phase_of(sheet: Sheet) -> Phase:
    """Whether one may sign at this moment."""
    return rules.phase_at(clock.now(), sheet.opens_at, sheet.closes_at, sheet.status)


# Who may ----------------------------------------------------------------------------------------------------------------


def leads(sheet_id: UUID, person: Person) -> bool:
    """Whether this person leads the room of a sheet, or looks after all sheets of the mine."""
    if has_power(person, "attendance.manage"):
        return True
    return SheetLeader.objects.filter(sheet_id=sheet_id, person=person).exists()


def get_sheet(sheet_id: UUID, *, by: Person) -> Sheet:
    """A sheet whose names the person may see: he leads the room. NotVisible for everybody else."""
    sheet = one_of(Sheet.objects.select_related("mine").filter(id=sheet_id, mine_id=by.mine_id))
    if sheet is None or not leads(sheet_id, by):
        raise NotVisible
    return sheet


def leaders_of(sheet_id: UUID) -> list[Person]:
    """Who leads the room."""
    rows = SheetLeader.objects.select_related("person__unit").filter(sheet_id=sheet_id).order_by("id")
    return [one.person for one in rows]


def approvers(mine_id: UUID, but: Person) -> QuerySet[Person]:
    """Who may approve what is entered afterwards; nobody approves his own entry."""
    roles = rules.MAY["attendance.approve"]
    rows = holders(mine_id, [role for role in Role if role in roles])
    return rows.exclude(id=but.id).select_related("unit").order_by("pinyin", "number")


# One sheet --------------------------------------------------------------------------------------------------------------


def attendees(sheet_id: UUID) -> QuerySet[Attendee]:
    """Everybody of a sheet with unit, in the order of the register: by unit, then by name."""
    rows = Attendee.objects.select_related("person", "unit", "approver").filter(sheet_id=sheet_id)
    return rows.order_by("unit__position", "unit__name", "person__pinyin", "person__number")


def get_attendee(attendee_id: UUID, *, by: Person) -> Attendee:
    """One row of a sheet, for its leader or for the person himself. NotVisible for others."""
    rows = Attendee.objects.select_related("sheet__mine", "person__unit", "unit")
    one = one_of(rows.filter(id=attendee_id, sheet__mine_id=by.mine_id))
    if one is None or (one.person_id != by.id and not leads(one.sheet_id, by)):
        raise NotVisible
    return one


def mine_at(sheet_id: UUID, person: Person) -> Attendee | None:
    """The person's own row of a sheet; None when he is not on it."""
    return one_of(Attendee.objects.filter(sheet_id=sheet_id, person=person))


_NUMBERS = {
    "n_expected": Count("id", filter=Q(expected=True)),
    "n_present": Count("id", filter=Q(expected=True, state=State.PRESENT)),
    "n_late": Count("id", filter=Q(expected=True, state=State.LATE)),
    "n_leave": Count("id", filter=Q(expected=True, state=State.LEAVE)),
    "n_made_up": Count("id", filter=Q(expected=True, state=State.MADE_UP)),
    "n_missing": Count("id", filter=Q(expected=True, state=State.MISSING)),
    "n_guests": Count("id", filter=Q(expected=False)),
}


def _counted(rows: QuerySet[Attendee], *keys: str) -> dict[Any, Counts]:
    """The counts for each value of a column; several columns give tuples."""
    found = rows.order_by().values(*keys).annotate(**_NUMBERS).values_list(*keys, *_NUMBERS)
    return {(row[0] if len(keys) == 1 else row[: len(keys)]): Counts(*row[len(keys) :]) for row in found}


def counts_of(sheet_ids: Iterable[UUID]) -> dict[UUID, Counts]:
    """应到、实到、迟到… of each sheet; in one statement for any number of them."""
    wanted = list(sheet_ids)
    found = _counted(Attendee.objects.filter(sheet_id__in=wanted), "sheet_id")
    return {one: found.get(one, Counts()) for one in wanted}


def counts(sheet_id: UUID) -> Counts:
    """The counts of one sheet."""
    return counts_of([sheet_id])[sheet_id]


def by_person(sheet_ids: Collection[UUID]) -> list[tuple[Person, UUID | None, Counts]]:
    """For each person and the unit he was in, the counts over these sheets: the statistics of a period."""
    found = _counted(Attendee.objects.filter(sheet_id__in=sheet_ids), "person_id", "unit_id")
    persons = Person.objects.select_related("unit").in_bulk({key[0] for key in found})
    lines = [(persons[person_id], unit_id, numbers) for (person_id, unit_id), numbers in found.items()]
    return sorted(lines, key=lambda line: (line[0].pinyin, line[0].number))


def by_unit(sheet_ids: Collection[UUID]) -> dict[UUID | None, Counts]:
    """The counts over these sheets for each unit in which people were at the time."""
    return _counted(Attendee.objects.filter(sheet_id__in=sheet_ids), "unit_id")


def states_of(person: Person, sheet_ids: Collection[UUID]) -> dict[UUID, Attendee]:
    """One person's rows of these sheets, by sheet."""
    return {one.sheet_id: one for one in Attendee.objects.filter(person=person, sheet_id__in=sheet_ids)}


@dataclass(frozen=True)
class Missing:
    """Who is not there yet, for the room's screen: names by unit."""

    unit: str
    names: list[str]


def missing_by_unit(sheet_id: UUID) -> list[Missing]:
    """Expected and not there, without leave, by unit. For the room only."""
    rows = attendees(sheet_id).filter(expected=True, state=State.MISSING)
    found: dict[str, list[str]] = {}
    for one in rows:
        found.setdefault(one.unit.name if one.unit else "", []).append(one.person.name)
    return [Missing(unit, names) for unit, names in found.items()]


def open_doubts(sheet_id: UUID) -> list[Doubt]:
    """Second persons on one device who wait for the leader's look."""
    rows = Doubt.objects.select_related("person__unit", "first__person")
    return list(rows.filter(sheet_id=sheet_id, settled_at=None).order_by("at"))


def open_kiosks(sheet_id: UUID) -> list[SheetKiosk]:
    """The devices that read cards for this sheet."""
    return list(SheetKiosk.objects.select_related("opened_by").filter(sheet_id=sheet_id, closed_at=None))


def kiosk_of(secret: str) -> SheetKiosk | None:
    """The kiosk whose device holds this secret, while its sheet runs."""
    if not secret:
        return None
    rows = SheetKiosk.objects.select_related("sheet__mine", "opened_by")
    return one_of(rows.filter(digest=digest_of(secret), closed_at=None, sheet__status=SheetStatus.RUNNING))


def open_sheet(sheet_id: UUID) -> Sheet | None:
    """A sheet by its id, for a phone that nobody has signed in on; it shows no name."""
    return one_of(Sheet.objects.select_related("mine").filter(id=sheet_id))


# Leave and make-up ------------------------------------------------------------------------------------------------------


def leave_requests(sheet_ids: Collection[UUID]) -> list[Attendee]:
    """Who asks for leave and has no answer yet."""
    rows = Attendee.objects.select_related("person__unit", "sheet")
    return list(
        rows.filter(
            sheet_id__in=sheet_ids, leave_asked_at__isnull=False, leave_decided_at=None, state=State.MISSING
        ).order_by("leave_asked_at")
    )


def open_makeups(sheet_ids: Collection[UUID]) -> list[MakeUp]:
    """Make-ups that were handed in and wait for the leader."""
    rows = MakeUp.objects.select_related("attendee__person__unit", "attendee__sheet")
    return list(rows.filter(attendee__sheet_id__in=sheet_ids, decided_at=None).order_by("handed_in_at"))


def get_makeup(makeup_id: UUID, *, by: Person) -> MakeUp:
    """One make-up for who leads the room. NotVisible for others."""
    rows = MakeUp.objects.select_related("attendee__person__unit", "attendee__sheet")
    made = one_of(rows.filter(id=makeup_id, attendee__sheet__mine_id=by.mine_id))
    if made is None or not leads(made.attendee.sheet_id, by):
        raise NotVisible
    return made


def makeups_of(attendee_ids: Collection[UUID]) -> dict[UUID, list[MakeUp]]:
    """What was handed in for each row, the last first."""
    found: dict[UUID, list[MakeUp]] = {}
    for one in MakeUp.objects.select_related("decided_by").filter(attendee_id__in=attendee_ids):
        found.setdefault(one.attendee_id, []).append(one)
    return found


def led_sheets(person: Person) -> QuerySet[Sheet]:
    """The sheets whose room this person leads himself."""
    return Sheet.objects.filter(mine_id=person.mine_id, leaders__person=person)


# Home -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """One thing of the sign-in that waits for a person."""

    verb: str
    sheet: Sheet
    who: str
    count: int
    attendee_id: UUID | None = None


def waiting_for(person: Person) -> list[Waiting]:
    """What waits for this person as the leader of rooms: requests for leave, make-ups handed in. Two statements."""
    led = led_sheets(person).exclude(status=SheetStatus.CANCELLED).values("id")
    asking = Attendee.objects.select_related("person", "sheet").filter(
        sheet_id__in=led, leave_asked_at__isnull=False, leave_decided_at=None, state=State.MISSING
    )
    handed = MakeUp.objects.select_related("attendee__person", "attendee__sheet").filter(
        attendee__sheet_id__in=led, decided_at=None
    )
    found = [Waiting("leave", one.sheet, one.person.name, 1, one.id) for one in asking.order_by("leave_asked_at")[:20]]
    return found + [
        Waiting("makeup", one.attendee.sheet, one.attendee.person.name, 1, one.attendee_id)
        for one in handed.order_by("handed_in_at")[:20]
    ]
