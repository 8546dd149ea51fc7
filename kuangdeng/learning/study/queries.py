"""Reading study: the sessions one may know of, what waits for whom, attendance over a period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
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
        return self.row.expected and self.session.status in HELD and self.row.state in (State.MISSING, State.LEAVE)


def own_sessions(person: Person, most: int = 200) -> list[Own]:
    """The sessions to which this person is or was expected or came, the last first. Two statements."""
    rows = Attendee.objects.select_related("sheet").filter(
        person=person, sheet__study_session__isnull=False, sheet__starts_at__gte=clock.now() - timedelta(days=730)
    )
    mine = {one.sheet_id: one for one in rows.order_by("-sheet__starts_at")[:most]}
    found = with_names(StudySession.objects.filter(sheet_id__in=mine).exclude(status=Status.PLANNED))
    return [Own(one, mine[one.sheet_id]) for one in found.order_by("-starts_at")]


@dataclass(frozen=True)
class Waiting:
    """One thing of study that waits for a person: attend, make_up, record, approve, notify."""

    verb: str
    session: StudySession
    due: datetime | None


SOON = timedelta(days=7)


def waiting_for(person: Person) -> list[Waiting]:
    """What waits for this person, the nearest first. Three statements."""
    own = own_sessions(person, 30)
    found = [
        Waiting("attend", one.session, one.session.starts_at)
        for one in own
        if one.session.status == Status.NOTIFIED
        and one.row.expected
        and one.row.state == State.MISSING
        and clock.now() - timedelta(hours=2) < one.session.starts_at < clock.now() + SOON
    ]
    found += [Waiting("make_up", one.session, None) for one in own if one.owes]
    rows = with_names(StudySession.objects.filter(mine_id=person.mine_id))
    to_do = rows.filter(
        Q(recorder=person, status=Status.FINISHED)
        | Q(chair=person, status=Status.RECORDED)
        | Q(recorder=person, status=Status.NOTIFIED, ends_at__lt=clock.now())
    )
    verbs = {Status.FINISHED: "record", Status.RECORDED: "approve", Status.NOTIFIED: "finish"}
    return found + [Waiting(verbs[Status(one.status)], one, None) for one in to_do.order_by("starts_at")[:20]]


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
    own = {one.unit_id: one.name for one in Branch.objects.filter(mine_id=mine_id)}
    found: dict[UUID | None, str] = {}
    for unit_id, ancestors in Unit.objects.filter(mine_id=mine_id).values_list("id", "ancestors"):
        line = [unit_id, *reversed(ancestors)]
        found[unit_id] = next((own[one] for one in line if one in own), "")
    return found


def day_start(day: date) -> datetime:
    """The first instant of a day on the mine's clock."""
    return timezone.make_aware(datetime.combine(day, time()))


def statistics(
    person: Person, *, first: date, last: date, kind_id: UUID | None = None, unit_id: UUID | None = None
) -> Statistics:
    """Who was expected, there, late, on leave, caught up, from one day to another, as far as the person reaches."""
    rows = StudySession.objects.filter(
        mine_id=person.mine_id,
        status__in=HELD,
        starts_at__gte=day_start(first),
        starts_at__lt=day_start(last + timedelta(days=1)),
    )
    if kind_id is not None:
        rows = rows.filter(kind_id=kind_id)
    sheets = list(rows.values_list("sheet_id", flat=True))
    units = dict(Unit.objects.filter(mine_id=person.mine_id).values_list("id", "name"))
    limits = reach(person, "study.statistics")
    allowed = set(units) if limits is None else set(limits)
    if unit_id is not None:
        below = Unit.objects.filter(Q(id=unit_id) | Q(ancestors__contains=[unit_id]), mine_id=person.mine_id)
        allowed &= set(below.values_list("id", flat=True))
    branch_of = branches_by_unit(person.mine_id)
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
    return Statistics(len(sheets), sorted(branches.items()), lines, whole)
