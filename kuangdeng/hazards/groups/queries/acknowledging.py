"""Reading acknowledgements: what a team still has to hear, who is late, how far a feedback has come, the meetings."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from kuangdeng.hazards.accidents.rules import Status as AccidentStatus
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem
from kuangdeng.hazards.bulletins.rules import Part
from kuangdeng.hazards.bulletins.rules import Status as Published
from kuangdeng.hazards.groups.models import Acknowledgement, Feedback, GroupCase, PreShiftMeeting
from kuangdeng.hazards.groups.rules import BEFORE_A_SHIFT, MAY
from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.questions.rules import Status as Asked
from kuangdeng.hazards.rules import Status as HazardStatus
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.org.api import Mine, Person, ShiftSpan, Unit, may, roles_of, timetable_of, units_of

SHOWN_AT_MEETING = (Part.ACCIDENT, Part.NEAR_MISS, Part.MAJOR, Part.OVERDUE, Part.NEW)


def tellable(mine_id: UUID) -> list[Unit]:
    """All units that may be told: every unit but teams, which are told with theirs."""
    units = Unit.objects.filter(mine_id=mine_id, closed_on=None).exclude(kind=Unit.Kind.TEAM)
    return list(units.order_by("position", "name"))


def concerned(case: GroupCase, units: Sequence[Unit]) -> list[Unit]:
    """Of these units, those to which a feedback goes unless the group says otherwise: the front line (where nobody has
    marked it, all production units), and who holds the thing."""
    front = [one for one in units if one.is_front_line]
    found = front or [one for one in units if one.kind == Unit.Kind.PRODUCTION]
    thing = case.hazard or case.accident
    holder = thing.unit if thing else None
    main_id = None
    if holder is not None:
        main_id = holder.parent_id if holder.kind == Unit.Kind.TEAM else holder.id
    return found + [one for one in units if one.id == main_id and one not in found]


def addressees(units: Iterable[Unit]) -> list[tuple[Unit, Unit]]:
    """To whom a feedback goes, one by one: the teams of each unit, or the unit itself where it has none. (unit, main)"""
    mains = list(units)
    teams: dict[UUID, list[Unit]] = {}
    rows = Unit.objects.filter(parent__in=mains, kind=Unit.Kind.TEAM, closed_on=None).order_by("position", "name")
    for team in rows:
        teams.setdefault(team.parent_id, []).append(team)  # type: ignore[arg-type]
    return [(one, main) for main in mains for one in teams.get(main.id, [main])]


@dataclass(frozen=True)
class Coverage:
    """How far the front line has heard it."""

    acknowledged: int = 0
    late: int = 0
    total: int = 0

    @property
    def words(self) -> str:
        """12/14."""
        return f"{self.acknowledged}/{self.total}" if self.total else ""


def coverage(subject_ids: Iterable[UUID]) -> dict[UUID, Coverage]:
    """How far everything fed back on each of these hazards and accidents has been heard. One statement."""
    wanted = list(subject_ids)
    about = Q(feedback__case__hazard_id__in=wanted) | Q(feedback__case__accident_id__in=wanted)
    rows = Acknowledgement.objects.filter(about).values_list("feedback__case__hazard_id", "feedback__case__accident_id")
    return {
        hazard or accident: Coverage(*counts) for hazard, accident, *counts in rows.annotate(**_counts()).order_by()
    }


@dataclass(frozen=True)
class Standing:
    """How a published thing stands with its group, beside the frozen line."""

    case_id: UUID
    group: str
    status: str
    coverage: Coverage


def standing(subject_ids: Iterable[UUID]) -> dict[UUID, Standing]:
    """Group, state and coverage of each of these hazards and accidents that has a case. One statement."""
    wanted = list(subject_ids)
    rows = GroupCase.objects.filter(Q(hazard_id__in=wanted) | Q(accident_id__in=wanted))
    heard = Q(feedbacks__acknowledgements__acknowledged_at__isnull=False)
    late = Q(feedbacks__acknowledgements__acknowledged_at=None, feedbacks__acknowledgements__due_at__lt=clock.now())
    counted = rows.annotate(
        heard=Count("feedbacks__acknowledgements", filter=heard),
        late=Count("feedbacks__acknowledgements", filter=late),
        all_of_them=Count("feedbacks__acknowledgements"),
    ).values_list("hazard_id", "accident_id", "id", "group__name", "status", "heard", "late", "all_of_them")
    return {
        hazard or accident: Standing(case_id, group or "", status, Coverage(*counts))
        for hazard, accident, case_id, group, status, *counts in counted.order_by()
    }


def _counts() -> dict[str, Count]:
    late = Q(acknowledged_at=None, due_at__lt=clock.now())
    return {"heard": Count("acknowledged_at"), "late": Count("id", filter=late), "all_of_them": Count("id")}


def of_units(person: Person) -> Q | None:
    """The acknowledgements of the units for which this person speaks; None when he speaks for none."""
    tops = [held.unit_id for held in roles_of(person) if held.role in MAY["group.acknowledge"] and held.unit_id]
    return Q(unit_id__in=tops) | Q(unit__ancestors__overlap=tops) if tops else None


STILL_OWED = (
    Q(acknowledged_at=None, unit__closed_on=None)
    & ~Q(feedback__case__hazard__status__in=(HazardStatus.MERGED, HazardStatus.VOID))
    & ~Q(feedback__case__accident__status=AccidentStatus.VOID)
)
"""What a team that is still there has to hear: a thing that was void or merged is owed to nobody any more."""


@dataclass(frozen=True)
class Owed:
    """What the teams of one person still have to hear."""

    unit_id: UUID
    unit_name: str
    count: int
    due_at: datetime

    @property
    def late(self) -> bool:
        """Whether one of them is late."""
        return self.due_at < clock.now()


def owed_by_teams(person: Person) -> list[Owed]:
    """The teams of this person with feedback that they have not acknowledged, the latest first. One statement."""
    mine = of_units(person)
    if mine is None:
        return []
    rows = Acknowledgement.objects.filter(mine, STILL_OWED, mine_id=person.mine_id)
    counted = rows.values_list("unit_id", "unit_name").annotate(Count("id"), first=Min("due_at")).order_by("first")
    return [Owed(*row) for row in counted]


def owed_to_hear(unit: Unit) -> list[Acknowledgement]:
    """What this team has to acknowledge, the nearest clock first, with everything that is read out."""
    rows = Acknowledgement.objects.filter(STILL_OWED, mine_id=unit.mine_id, unit=unit)
    return list(
        rows.select_related(
            "feedback__case__item__bulletin", "feedback__case__hazard__place", "feedback__case__hazard__unit",
            "feedback__case__accident__place", "feedback__case__accident__unit",
        )
        .prefetch_related("feedback__photos")
        .order_by("due_at", "id")[:60]
    )  # fmt: skip


def published_for(unit: Unit) -> list[BulletinItem]:
    """Lines of the newest bulletin that this team should know: accidents, major hazards, and those of its own unit."""
    newest = Bulletin.objects.filter(mine_id=unit.mine_id, status=Published.PUBLISHED).order_by("-day").values("id")[:1]
    own = [unit.id, unit.parent_id] if unit.parent_id else [unit.id]
    grave = Q(part__in=(Part.ACCIDENT, Part.NEAR_MISS, Part.MAJOR))
    rows = BulletinItem.objects.filter(grave | Q(unit_id__in=own), bulletin=newest, part__in=SHOWN_AT_MEETING)
    return list(rows.order_by("position")[:30])


def questions_to(unit: Unit) -> list[Question]:
    """Questions to which this unit owes an answer: the meeting is where they are talked over."""
    holders = [unit.id, unit.parent_id] if unit.parent_id else [unit.id]
    rows = Question.objects.filter(mine_id=unit.mine_id, holder_id__in=holders, status=Asked.ASKED)
    return list(rows.select_related("asker_unit", "item").order_by("due_at")[:10])


def questions_on(subject_id: UUID, mine_id: UUID) -> list[Question]:
    """What was asked about this: the group feeds the answer back too."""
    rows = Question.objects.filter(mine_id=mine_id, subject_id=subject_id)
    return list(rows.select_related("asker_unit", "holder").order_by("-asked_at")[:20])


# Meetings -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeetingShift:
    """A shift before which a team may meet: its day and name, and whether it is the one meant now."""

    day: date
    name: str
    chosen: bool

    @property
    def key(self) -> str:
        """2026-11-22|八点班."""
        return f"{self.day.isoformat()}|{self.name}"


def meeting_shifts(mine: Mine, unit: Unit, at: datetime) -> list[MeetingShift]:
    """The shifts to which a meeting held now may belong: the one before, the running one, the next.

    Meant is the one that begins within an hour and a half, else the one that runs. A unit without shifts meets by day.
    """
    table = timetable_of(mine, unit)
    today = at.astimezone(table.tz).date()
    spans = table.spans_between(today - timedelta(days=1), today + timedelta(days=1))
    around = [one for one in spans if one.start - timedelta(hours=12) <= at < one.end + timedelta(hours=8)]
    if not around:
        return [MeetingShift(today, "", True)]
    meant = _meant(around, at)
    return [MeetingShift(one.day, one.name, one is meant) for one in around]


def _meant(spans: list[ShiftSpan], at: datetime) -> ShiftSpan:
    soon = [one for one in spans if at < one.start <= at + BEFORE_A_SHIFT]
    running = [one for one in spans if one.start <= at < one.end]
    return next(iter([*soon, *running]), spans[-1])


def teams_of(person: Person) -> list[Unit]:
    """The teams (and units without teams, or that were told before they had any) for which this person may hold the
    meeting, his own first."""
    tops = [held.unit_id for held in roles_of(person) if held.role in MAY["group.acknowledge"] and held.unit_id]
    if not tops:
        return []
    owing = Acknowledgement.objects.filter(unit=OuterRef("id"), acknowledged_at=None)
    below = units_of(person).filter(Q(id__in=tops) | Q(ancestors__overlap=tops)).select_related("parent")
    found = list(below.annotate(owes=Exists(owing)))
    parents = {one.parent_id for one in found if one.kind == Unit.Kind.TEAM and one.parent_id}
    ends = [one for one in found if one.id not in parents or one.owes]
    return sorted(ends, key=lambda one: one.id != person.unit_id)


def get_team(unit_id: UUID, *, by: Person) -> Unit:
    """A team for which this person may acknowledge. NotVisible otherwise."""
    found = one_of(units_of(by).select_related("parent").filter(id=unit_id))
    if found is None or not may(by, "group.acknowledge", found):
        raise NotVisible
    return found


def staff_of(unit: Unit) -> QuerySet[Person]:
    """Who works in the team, by name: the list to tick who is there."""
    return Person.objects.filter(unit=unit, is_active=True, left_on=None).order_by("pinyin", "number")


def meetings(person: Person) -> QuerySet[PreShiftMeeting]:
    """The pre-shift meetings of the mine."""
    return PreShiftMeeting.objects.filter(mine_id=person.mine_id)


def get_meeting(meeting_id: UUID, *, by: Person) -> PreShiftMeeting:
    """One meeting with who was there and what was acknowledged. NotVisible when there is none."""
    rows = meetings(by).select_related("unit", "chair")
    found = one_of(
        rows.prefetch_related(
            "presences", "acknowledgements__feedback__case__item", "acknowledgements__feedback__photos"
        ).filter(id=meeting_id)
    )
    if found is None:
        raise NotVisible
    return found


# The matrix -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mark:
    """One cell: how a unit stands to one feedback."""

    acknowledged: int
    total: int
    late: int
    at: datetime | None

    @property
    def state(self) -> str:
        """done, late or waiting."""
        if self.acknowledged == self.total:
            return "done"
        return "late" if self.late else "waiting"


def marks(feedbacks: Iterable[Feedback]) -> Mapping[UUID, Mapping[UUID, Mark]]:
    """Feedback × main unit: who acknowledged, who is late, who still has time. One statement."""
    ids = [one.id for one in feedbacks]
    found: dict[UUID, dict[UUID, list[tuple[datetime, datetime | None]]]] = {one: {} for one in ids}
    rows = Acknowledgement.objects.filter(feedback_id__in=ids)
    for feedback, unit, due, at in rows.values_list("feedback_id", "main_unit_id", "due_at", "acknowledged_at"):
        found[feedback].setdefault(unit, []).append((due, at))
    return {one: {unit: _mark(cells) for unit, cells in units.items()} for one, units in found.items()}


def _mark(cells: list[tuple[datetime, datetime | None]]) -> Mark:
    now = clock.now()
    heard = [at for _due, at in cells if at]
    late = sum(at is None and due < now for due, at in cells)
    return Mark(len(heard), len(cells), late, max(heard, default=None))


def matrix_units(mine_id: UUID) -> list[Unit]:
    """The columns of the matrix: the units that were ever told something in these days."""
    since = clock.now() - timedelta(days=60)
    told = Acknowledgement.objects.filter(mine_id=mine_id, feedback__at__gte=since).values("main_unit_id")
    return list(Unit.objects.filter(id__in=told).order_by("position", "name"))


def feedbacks(person: Person) -> QuerySet[Feedback]:
    """What was fed back in the mine."""
    return Feedback.objects.filter(mine_id=person.mine_id)


def late_by_unit(mine_id: UUID) -> list[tuple[str, int, int, datetime]]:
    """Main units with feedback that they have not acknowledged: name, how many, how many of them late, since when."""
    rows = Acknowledgement.objects.filter(STILL_OWED, mine_id=mine_id)
    late = Count("id", filter=Q(due_at__lt=clock.now()))
    counted = rows.values_list("main_unit__name").annotate(n=Count("id"), late=late, first=Min("due_at"))
    return list(counted.order_by("-late", "first"))
