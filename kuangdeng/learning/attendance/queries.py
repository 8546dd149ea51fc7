"""Reading the sign-in: the sheet of an occasion, who is there, who is missing, counts over a period."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Case, Count, Q, QuerySet, When

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.ids import digest_of
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.models import Attendee, Doubt, MakeUp, Sheet, SheetKiosk, SheetLeader
from kuangdeng.learning.attendance.rules import Counts, Phase, SheetStatus, State
from kuangdeng.org.api import Person, Role, Unit, has_power, holders


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
    rows = Attendee.objects.select_related("person", "unit__parent", "approver").filter(sheet_id=sheet_id)
    return rows.order_by("unit__position", "unit__name", "person__pinyin", "person__number")


class Mark(NamedTuple):
    """One line of a sheet without its rows: thousands of them are read at once, to count, group and choose.

    `unit` is the main unit of the day.
    """

    id: UUID
    unit_id: UUID | None
    unit: str
    name: str
    number: str
    initials: str
    expected: bool
    state: str
    at: datetime | None
    leave_asked_at: datetime | None
    leave_decided_at: datetime | None

    @property
    def asks_leave(self) -> bool:
        """Whether a request for leave waits for an answer."""
        return self.leave_asked_at is not None and self.leave_decided_at is None and self.state == State.MISSING

    def is_called(self, words: str) -> bool:
        """Whether somebody who types these words means this person: name, employee number, initials of the name."""
        said = words.lower()
        return said in self.name or said in self.number.lower() or self.initials.lower().startswith(said)


def marks(sheet_id: UUID) -> list[Mark]:
    """Every line of a sheet, by unit and name, in one statement. A team stands under the unit that it belongs to."""
    team = Q(unit__kind=Unit.Kind.TEAM, unit__parent__isnull=False)
    rows = Attendee.objects.filter(sheet_id=sheet_id).annotate(
        main_id=Case(When(team, then="unit__parent_id"), default="unit_id"),
        main=Case(When(team, then="unit__parent__name"), default="unit__name"),
        position=Case(When(team, then="unit__parent__position"), default="unit__position"),
    )
    found = rows.order_by("position", "main", "person__pinyin", "person__number").values_list(
        "id", "main_id", "main", "person__name", "person__number", "person__initials", "expected", "state", "at",
        "leave_asked_at", "leave_decided_at",
    )  # fmt: skip
    return [Mark(one[0], one[1], one[2] or "", *one[3:]) for one in found]


@dataclass(frozen=True)
class UnitPart:
    """One unit on a sheet with its counts."""

    id: UUID | None
    name: str
    counts: Counts


def units_of(found: Iterable[Mark]) -> list[UnitPart]:
    """The units of a sheet in the order of the register, each counted."""
    parts: dict[tuple[UUID | None, str], list[Mark]] = {}
    for one in found:
        parts.setdefault((one.unit_id, one.unit), []).append(one)
    return [UnitPart(unit_id, name, count_rows(rows)) for (unit_id, name), rows in parts.items()]


def rows_of(ids: Sequence[UUID]) -> dict[UUID, Attendee]:
    """These lines with their persons."""
    return Attendee.objects.select_related("person", "unit__parent", "approver").in_bulk(list(ids))


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


def count_rows(rows: Iterable[Attendee | Mark]) -> Counts:
    """The counts of rows that are in hand already."""
    found = {name.removeprefix("n_"): 0 for name in _NUMBERS}
    for row in rows:
        if row.expected:
            found["expected"] += 1
            found[row.state] += 1
        else:
            found["guests"] += 1
    return Counts(**found)


def by_person(sheet_ids: Collection[UUID]) -> list[tuple[Person, UUID | None, Counts]]:
    """For each person and the unit he was in, the counts over these sheets: the statistics of a period."""
    found = _counted(Attendee.objects.filter(sheet_id__in=sheet_ids), "person_id", "unit_id")
    persons = Person.objects.select_related("unit").in_bulk({key[0] for key in found})
    lines = [(persons[person_id], unit_id, numbers) for (person_id, unit_id), numbers in found.items()]
    return sorted(lines, key=lambda line: (line[0].pinyin, line[0].number))


def by_unit(sheet_ids: Collection[UUID]) -> dict[UUID | None, Counts]:
    """The counts over these sheets for each unit in which people were at the time."""
    return _counted(Attendee.objects.filter(sheet_id__in=sheet_ids), "unit_id")


@dataclass(frozen=True)
class Missing:
    """Who is not there yet, for the room's screen: names by unit."""

    unit: str
    names: list[str]


def missing_by_unit(rows: Iterable[Mark]) -> list[Missing]:
    """Expected and not there, without leave, by unit. For the room only."""
    found: dict[str, list[str]] = {}
    for one in rows:
        if one.expected and one.state == State.MISSING:
            found.setdefault(one.unit, []).append(one.name)
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


# Home -------------------------------------------------------------------------------------------------------------------


def waiting_rows(person: Person) -> list[Part]:
    """What waits for this person as the leader of rooms: requests for leave, make-ups handed in (see learning.waiting)."""
    led = Q(sheet__leaders__person=person) & ~Q(sheet__status=SheetStatus.CANCELLED)
    asking = Attendee.objects.filter(led, leave_asked_at__isnull=False, leave_decided_at=None, state=State.MISSING)
    handed = MakeUp.objects.filter(
        attendee__sheet__leaders__person=person, decided_at=None, attendee__sheet__mine_id=person.mine_id
    )
    return [
        lines(asking, "leave", "sheet_id", who="person__name", title="sheet__title", at="sheet__starts_at"),
        lines(
            handed, "makeup", "attendee__sheet_id", who="attendee__person__name", title="attendee__sheet__title",
            at="handed_in_at",
        ),
    ]  # fmt: skip
