"""Reading study: the sessions one may know of, what waits for whom, attendance over a period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.attendance.api import Attendee, Counts, State
from kuangdeng.learning.study.models import StudyKind, StudyMaterial, StudyPhoto, StudySession
from kuangdeng.learning.study.rules import HELD, Chosen, Status
from kuangdeng.org.api import Branch, Person, Role, Unit, has_power, holders, may, reach

_NEAR = ("kind", "unit", "chair", "recorder", "sheet")


def kinds(mine_id: UUID, *, all_of_them: bool = False) -> list[StudyKind]:
    """The kinds of study that are in use, or all."""
    rows = StudyKind.objects.filter(mine_id=mine_id)
    return list(rows if all_of_them else rows.filter(is_active=True))


def get_kind(kind_id: UUID, *, by: Person) -> StudyKind:
    """One kind of the mine. NotVisible when there is none."""
    found = one_of(StudyKind.objects.filter(id=kind_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


# Sessions ---------------------------------------------------------------------------------------------------------------


def visible(person: Person) -> QuerySet[StudySession]:
    """The sessions that this person may know of: his own, those he runs, those of units he plans for; or all."""
    rows = StudySession.objects.filter(mine_id=person.mine_id)
    if has_power(person, "study.see_all"):
        return rows
    own = Exists(Attendee.objects.filter(sheet_id=OuterRef("sheet_id"), person=person))
    units = reach(person, "study.plan") or []
    runs = Q(chair=person) | Q(recorder=person) | Q(made_by=person) | Q(unit_id__in=units)
    return rows.filter(runs | (Q(own) & ~Q(status=Status.PLANNED)))


def with_names(rows: QuerySet[StudySession]) -> QuerySet[StudySession]:
    """Sessions with what lists show of them."""
    return rows.select_related(*_NEAR)


def get_session(session_id: UUID, *, by: Person) -> StudySession:
    """A session that the person may know of. NotVisible otherwise."""
    found = one_of(visible(by).filter(id=session_id).select_related(*_NEAR, "approved_by", "mine"))
    if found is None:
        raise NotVisible
    return found


def runs(session: StudySession, person: Person) -> bool:
    """Whether this person runs the session: its chair, its recorder, who planned it, or who may plan for its unit."""
    if person.id in (session.chair_id, session.recorder_id, session.made_by_id):
        return True
    return may(person, "study.plan", session.unit)


def get_material(material_id: UUID, *, by: Person) -> StudyMaterial:
    """A file of a session that the person may know of."""
    found = one_of(StudyMaterial.objects.filter(id=material_id).select_related("session"))
    if found is None:
        raise NotVisible
    get_session(found.session_id, by=by)
    return found


def get_photo(photo_id: UUID, *, by: Person) -> StudyPhoto:
    """A photo of a session that the person may know of."""
    found = one_of(StudyPhoto.objects.filter(id=photo_id).select_related("session"))
    if found is None:
        raise NotVisible
    get_session(found.session_id, by=by)
    return found


def files_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a session shows; the sweeper keeps them."""
    wanted = list(names)
    found = set(StudyMaterial.objects.filter(file_id__in=wanted).values_list("file_id", flat=True))
    return found | set(StudyPhoto.objects.filter(file_id__in=wanted).values_list("file_id", flat=True))


def people_of(mine_id: UUID, chosen: Chosen) -> QuerySet[Person]:
    """Whom a choice means today: who works in these units or below (members only, if so), leaders, single persons."""
    people = Person.objects.filter(mine_id=mine_id, is_active=True, left_on=None)
    in_units = Q(unit_id__in=chosen.units) | Q(unit__ancestors__overlap=list(chosen.units))
    if chosen.members_only:
        in_units &= Q(member_since__isnull=False)
    wanted = Q(id__in=chosen.persons)
    if chosen.units:
        wanted |= in_units
    if chosen.leaders:
        wanted |= Q(id__in=holders(mine_id, [Role.MINE_LEADER]).values("id"))
    return people.filter(wanted).distinct()


# One's own --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Own:
    """A session with one's own row."""

    session: StudySession
    row: Attendee

    @property
    def owes(self) -> bool:
        """Whether it is to be made up."""
        return self.row.expected and self.session.is_held and self.row.state in (State.MISSING, State.LEAVE)

    @property
    def may_ask_leave(self) -> bool:
        """Whether one may still say that one cannot come."""
        return self.session.is_noticed and self.row.is_missing and not self.row.asks_leave


def own_sessions(person: Person, most: int = 200) -> list[Own]:
    """The sessions to which this person is or was expected or came, the last first. Two statements."""
    rows = Attendee.objects.select_related("sheet").filter(
        person=person, sheet__study_session__isnull=False, sheet__starts_at__gte=clock.now() - timedelta(days=730)
    )
    mine = {one.sheet_id: one for one in rows.order_by("-sheet__starts_at")[:most]}
    found = with_names(StudySession.objects.filter(sheet_id__in=mine).exclude(status=Status.PLANNED))
    return [Own(one, mine[one.sheet_id]) for one in found.order_by("-starts_at")]


SOON = timedelta(days=7)
"""So long before a session it stands on the home page of who is expected."""


def waiting_rows(person: Person) -> list[Part]:
    """What waits for this person: to attend, to make up, to end, to record, to sign (see learning.waiting)."""
    now = clock.now()
    own = Attendee.objects.filter(person=person, expected=True)
    coming = own.filter(
        state=State.MISSING, leave_asked_at=None, sheet__study_session__status=Status.NOTIFIED,
        sheet__starts_at__lt=now + SOON, sheet__ends_at__gt=now,
    )  # fmt: skip
    owed = own.filter(
        ~Exists(attendance.MakeUp.objects.filter(attendee_id=OuterRef("id"), decided_at=None)),
        state__in=[State.MISSING, State.LEAVE], sheet__study_session__status__in=HELD,
    )  # fmt: skip
    mine = StudySession.objects.filter(mine_id=person.mine_id)
    to_do = {
        "finish": mine.filter(recorder=person, status=Status.NOTIFIED, ends_at__lt=now),
        "record": mine.filter(recorder=person, status=Status.FINISHED),
        "approve": mine.filter(chair=person, status=Status.RECORDED),
    }
    session, title, at = "sheet__study_session__id", "sheet__title", "sheet__starts_at"
    return [
        *(lines(rows, kind, session, title=title, at=at) for kind, rows in (("attend", coming), ("make_up", owed))),
        *(lines(rows, kind, title="title", at="starts_at") for kind, rows in to_do.items()),
    ]


# The record ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A session that was held as its record tells it: who was there, who was not and why, who has caught up since."""

    session: StudySession
    counts: Counts
    there: list[Attendee]
    leave: list[Attendee]
    missing: list[Attendee]
    made_up: list[tuple[Attendee, attendance.MakeUp | None]]


def record_of(session_id: UUID, *, by: Person) -> Held:
    """The record of a session. NotVisible before it was held, and for who may not know of it."""
    session = get_session(session_id, by=by)
    if not session.is_held:
        raise NotVisible
    rows = list(attendance.attendees(session.sheet_id))
    caught_up = [one for one in rows if one.expected and one.state == State.MADE_UP]
    handed = attendance.makeups_of([one.id for one in caught_up])
    accepted = {key: one for key, ones in handed.items() for one in ones if one.decided_at and not one.refusal}
    return Held(
        session=session, counts=attendance.count_rows(rows),
        there=[one for one in rows if one.state in attendance.THERE],
        leave=[one for one in rows if one.expected and one.state == State.LEAVE],
        missing=[one for one in rows if one.expected and one.state == State.MISSING],
        made_up=[(one, accepted.get(one.id)) for one in caught_up],
    )  # fmt: skip


# Statistics -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonLine:
    """One person over a period."""

    person: Person
    unit: str
    branch: str
    counts: Counts


@dataclass(frozen=True)
class Statistics:
    """Attendance over a period: by branch, by person, in all."""

    sessions: int
    branches: list[tuple[str, Counts]] = field(default_factory=list)
    persons: list[PersonLine] = field(default_factory=list)
    whole: Counts = field(default_factory=Counts)


def branches_by_unit(mine_id: UUID) -> Mapping[UUID | None, str]:
    """The name of the branch to which each unit belongs: its own, or that of the nearest unit above with one."""
    return _branches(mine_id, dict(Unit.objects.filter(mine_id=mine_id).values_list("id", "ancestors")))


def in_order(names: Iterable[str], branch_of: Mapping[UUID | None, str]) -> list[str]:
    """Names of branches in the order of their units; who has none comes last."""
    places = {name: place for place, name in enumerate(dict.fromkeys(branch_of.values()))}
    return sorted(names, key=lambda name: (not name, places.get(name, 0)))


def _branches(mine_id: UUID, ancestors: Mapping[UUID, list[UUID]]) -> dict[UUID | None, str]:
    own = {one.unit_id: one.name for one in Branch.objects.filter(mine_id=mine_id)}
    return {
        unit_id: next((own[one] for one in (unit_id, *reversed(above)) if one in own), "")
        for unit_id, above in ancestors.items()
    }


def held_by(unit_ids: Iterable[UUID], first: date, last: date, *, most: int) -> list[StudySession]:
    """What these units held in these days, the last first, each with how many were `expected` and `there`."""
    rows = StudySession.objects.filter(
        unit_id__in=list(unit_ids), status__in=HELD, starts_at__gte=clock.at(first),
        starts_at__lt=clock.at(last + timedelta(days=1)),
    )  # fmt: skip
    counted = rows.annotate(
        expected=Count("sheet__attendees", filter=Q(sheet__attendees__expected=True)),
        there=Count("sheet__attendees", filter=Q(sheet__attendees__state__in=[State.PRESENT, State.LATE])),
    )
    return list(counted.select_related("kind").order_by("-starts_at")[:most])


def statistics(
    person: Person, *, first: date, last: date, kind_id: UUID | None = None, unit_id: UUID | None = None
) -> Statistics:
    """Who was expected, there, late, on leave, caught up, from one day to another, as far as the person reaches."""
    rows = StudySession.objects.filter(
        mine_id=person.mine_id,
        status__in=HELD,
        starts_at__gte=clock.at(first),
        starts_at__lt=clock.at(last + timedelta(days=1)),
    )
    if kind_id is not None:
        rows = rows.filter(kind_id=kind_id)
    sheets = list(rows.values_list("sheet_id", flat=True))
    rows_of_units = list(Unit.objects.select_related("parent").filter(mine_id=person.mine_id))
    units = {one.id: one.full_name for one in rows_of_units}
    above = {one.id: one.ancestors for one in rows_of_units}
    limits = reach(person, "study.statistics")
    allowed = set(units) if limits is None else set(limits)
    if unit_id is not None:
        allowed &= {key for key, line in above.items() if unit_id in (key, *line)}
    branch_of = _branches(person.mine_id, above)
    lines: list[PersonLine] = []
    branches: dict[str, Counts] = {}
    whole = Counts()
    for who, where, counts in attendance.by_person(sheets):
        if where not in allowed and not (where is None and limits is None and unit_id is None):
            continue
        name = branch_of.get(where, "")
        lines.append(PersonLine(who, units.get(where, "") if where else "", name, counts))
        branches[name] = branches.get(name, Counts()) + counts
        whole += counts
    return Statistics(len(sheets), [(name, branches[name]) for name in in_order(branches, branch_of)], lines, whole)
