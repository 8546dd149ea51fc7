"""What waits for whom: the to-do list, the unit's day, the queues. A constant number of statements each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, Min, Q, QuerySet, Value, When

from kuangdeng.hazards.models import Extension, Hazard, Quarantine
from kuangdeng.hazards.queries import WORKING, is_overdue, overdue, scope
from kuangdeng.hazards.rules import ENDED, STATUS_LABELS, Status
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person, has_power, reach, roles_of

TO_ACCEPT = (Status.RECTIFIED, Status.RECHECK)


def still_open(person: Person) -> QuerySet[Hazard]:
    """The hazards of the person's mine that have not ended."""
    return open_in(person.mine_id)


def open_in(mine_id: UUID) -> QuerySet[Hazard]:
    """The mine's hazards that have not ended; worded so that the index over open hazards serves."""
    return Hazard.objects.filter(mine_id=mine_id).exclude(status__in=sorted(ENDED))


@dataclass(frozen=True)
class Waiting:
    """One hazard that waits for this person, and the verb by which he is done with it."""

    hazard: Hazard
    verb: str
    late: bool
    due: datetime | None

    @property
    def since(self) -> datetime:
        """Since when it has been lying here."""
        return self.hazard.status_since


def _duties(person: Person) -> list[tuple[str, Q, str]]:
    """For each verb that is this person's daily work: which hazards wait for it, and by which clock they run.

    One state each, so that an index gives the longest waiting without reading the others.
    """
    duties = [("resubmit", Q(status=Status.RETURNED, reporter=person), "received_at")]
    if has_power(person, "hazard.grade"):
        others = ~Q(rectified_by=person)
        duties += [
            ("grade", Q(status=Status.REPORTED), "received_at"),
            ("dispatch", Q(status=Status.GRADED), "received_at"),
            ("accept", Q(status=Status.RECTIFIED) & others, "received_at"),
            ("accept", Q(status=Status.RECHECK) & others, "received_at"),
            ("close", Q(status=Status.ACCEPTED), "received_at"),
        ]
    elif has_power(person, "hazard.accept"):
        duties += [("accept", Q(status__in=TO_ACCEPT, supervisor=person), "received_at")]
    units = duty_units(person)
    if units:
        duties += [
            ("sign", Q(status=Status.DISPATCHED, unit_id__in=units), "due_at"),
            ("rectify", Q(status=Status.RECTIFYING, unit_id__in=units), "due_at"),
        ]
    duties += [("look", Q(supervisor=person) & ~Q(status__in=TO_ACCEPT), "received_at")]
    return duties


def duty_units(person: Person) -> list[UUID]:
    """The units whose orders this person signs and works off; asked once per request."""
    kept = getattr(person, "_duty_units", None)
    if kept is None:
        kept = (reach(person, "hazard.sign") or []) if has_power(person, "hazard.sign") else []
        person._duty_units = kept  # type: ignore[attr-defined]
    return kept


def waiting_for(person: Person, limit: int = 25) -> list[Waiting]:
    """What waits for this person, late ones first, then by the clock: the nearest deadline, the longest wait.

    Two statements: the first of each duty by its index, then these rows.
    """
    duties = [
        still_open(person)
        .filter(condition)
        .order_by(by, "id")
        .annotate(duty=Value(verb))
        .values_list("id", "duty")[:limit]
        for verb, condition, by in _duties(person)
    ]
    verbs: dict[UUID, str] = {}
    for hazard_id, verb in duties[0].union(*duties[1:], all=True):
        verbs.setdefault(hazard_id, verb)
    rows = Hazard.objects.filter(id__in=list(verbs)).select_related("unit", "grade", "place", "reporter_unit")
    found = [_waiting(row, verbs[row.id]) for row in rows]
    return sorted(found, key=lambda one: (not one.late, one.due or one.since))[:limit]


def _waiting(row: Hazard, verb: str) -> Waiting:
    return Waiting(row, verb, is_overdue(row), row.due_at if row.status in WORKING else None)


@dataclass
class Day:
    """A unit's (or the mine's) day: what came in by shift, what was closed, what is open and late now."""

    by_status: dict[str, int] = field(default_factory=dict)
    late: int = 0
    by_shift: dict[str, int] = field(default_factory=dict)
    closed: int = 0

    @property
    def open(self) -> int:
        """Everything that has not ended."""
        return sum(self.by_status.values())

    @property
    def reported(self) -> int:
        """What came in today, over all shifts."""
        return sum(self.by_shift.values())

    def count(self, *statuses: str) -> int:
        """How many are in these states."""
        return sum(self.by_status.get(status, 0) for status in statuses)


def midnight() -> datetime:
    """When today began on the mine's wall clock."""
    return clock.local().replace(hour=0, minute=0, second=0, microsecond=0)


def day_of(person: Person) -> Day:
    """Today for the person's units, or for the whole mine for who sees all of it. One statement."""
    return day_in(person.mine_id, scope(person))


def day_in(mine_id: UUID, units: list[UUID] | None = None) -> Day:
    """Today in these units, or in the whole mine. One statement."""
    start = midnight()
    here = Q() if units is None else Q(unit_id__in=units)
    found_here = Q() if units is None else Q(unit_id__in=units) | Q(reporter_unit_id__in=units)
    opened = _counted("open", open_in(mine_id).filter(here), F("status"), overdue())
    came = _counted(
        "shift",
        Hazard.objects.filter(found_here, mine_id=mine_id, received_at__gte=start - timedelta(hours=12),
                              shift_day=start.date()),
        F("shift_name"),
    )  # fmt: skip
    closed = _counted(
        "closed",
        Entry.objects.filter(here, mine_id=mine_id, verb="hazard.close", received_at__gte=start),
        F("verb"),
    )
    day = Day()
    for kind, key, n, late in opened.union(came, closed, all=True):
        if kind == "open":
            day.by_status[key] = n
            day.late += late
        elif kind == "shift":
            day.by_shift[key] = n
        else:
            day.closed += n
    return day


def _counted(kind: str, rows: QuerySet[Any], key: F, late: Q | None = None) -> QuerySet[Any, Any]:
    """(kind, key, how many, how many late), in a shape that several tables share."""
    counted: QuerySet[Any, Any] = (
        rows.order_by()
        .annotate(kind=Value(kind), key=key)
        .values_list("kind", "key")
        .annotate(n=Count("key"), late=Count("key", filter=late) if late is not None else Value(0))
    )
    return counted


def reported_by(person: Person, limit: int = 8) -> list[Hazard]:
    """What this person reported under his name, the newest first."""
    rows = Hazard.objects.filter(reporter=person).select_related("grade", "place", "unit")
    return list(rows.order_by("-received_at")[:limit])


def changes_for(person: Person, limit: int = 8) -> list[Entry]:
    """What changed last with the hazards of the person's units, or of the mine."""
    units = scope(person)
    rows = Entry.objects.filter(mine_id=person.mine_id, subject_kind="hazard")
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    return list(rows.order_by("-received_at", "-id")[:limit])


def late_by_unit(person: Person, limit: int = 8) -> list[tuple[UUID, str, int, datetime]]:
    """Which units are late with how many, the most first, with their oldest deadline; for who watches the mine."""
    return late_units(person.mine_id, limit)


def late_units(mine_id: UUID, limit: int = 8) -> list[tuple[UUID, str, int, datetime]]:
    """The same of a mine, for a board that no person looks at."""
    rows = (
        Hazard.objects.filter(overdue(), mine_id=mine_id)
        .order_by()
        .values_list("unit_id", "unit__name")
        .annotate(n=Count("*"), since=Min("due_at"))
        .order_by("-n", "since")
    )
    return list(rows[:limit])


@dataclass(frozen=True)
class Watched:
    """A hazard on the supervision board."""

    hazard: Hazard
    late: bool

    @property
    def kind(self) -> str:
        """On which part of the board it stands."""
        return "major" if self.hazard.is_major else "supervised" if self.hazard.supervised_at else "proposed"


def watched(person: Person, limit: int = 300) -> list[Watched]:
    """Open hazards that a leader watches: major, under supervision, or proposed for it. Late ones first."""
    rows = (
        still_open(person)
        .filter(Q(is_major=True) | Q(supervised_at__isnull=False) | Q(supervision_proposed=True))
        .annotate(not_late=Case(When(overdue(), then=Value(0)), default=Value(1)))
        .select_related("unit", "grade", "place", "supervisor", "person", "category")
        .order_by("not_late", F("due_at").asc(nulls_last=True), "status_since")[:limit]
    )
    return [Watched(row, is_overdue(row)) for row in rows]


def orders_of(person: Person) -> QuerySet[Hazard]:
    """Everything that the person's units have been ordered to do and that is not closed."""
    return still_open(person).filter(unit_id__in=duty_units(person))


def to_accept_or_close(person: Person) -> QuerySet[Hazard]:
    """Everything that waits for acceptance or for being struck off."""
    return Hazard.objects.filter(mine_id=person.mine_id, status__in=[*TO_ACCEPT, Status.ACCEPTED])


def to_grade(person: Person, limit: int = 200) -> list[Hazard]:
    """The triage queue: what waits to be graded, the longest first."""
    rows = Hazard.objects.filter(mine_id=person.mine_id, status=Status.REPORTED)
    return list(rows.select_related("place", "reporter_unit").order_by("received_at", "id")[:limit])


def extensions_asked(person: Person, limit: int = 30) -> Sequence[Extension]:
    """Requests for more time of the person's own units, undecided ones first."""
    units = duty_units(person)
    if not units:
        return []
    rows = Extension.objects.filter(hazard__mine_id=person.mine_id, hazard__unit_id__in=units)
    return list(
        rows.select_related("hazard__unit", "asked_by", "first_by", "second_by", "refused_by").order_by("-asked_at")[
            :limit
        ]
    )


def aside(person: Person) -> QuerySet[Quarantine]:
    """Captures that came under an id that was taken, with other content, and wait for a person's decision."""
    rows = Quarantine.objects.filter(mine_id=person.mine_id, decided_at=None)
    return rows.select_related("hazard__place", "hazard__reporter", "by").order_by("received_at")


def state_words(status: str) -> str:
    """The state in the words of the mine."""
    return str(STATUS_LABELS[status])


def waits_as_leader(person: Person) -> bool:
    """Whether the person is somebody who watches the whole mine."""
    return any(held.role in ("mine_leader", "group_office") for held in roles_of(person))
