"""Reading accidents: who sees which, what may be done next, what waits for whom, what the bulletin tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import (
    Accident,
    AccidentLevel,
    AccidentMeasure,
    AccidentPhoto,
    Casualty,
    NoLetPass,
)
from kuangdeng.hazards.accidents.rules import (
    BY_PERSON_IN_CHARGE,
    FLOW,
    KIND_LABELS,
    MEASURE_FLOW,
    MEASURE_OPEN,
    MEASURE_RUNNING,
    MEASURE_STATUS_LABELS,
    MEASURE_VERB_LABELS,
    POINT_LABELS,
    SEVERITY_LABELS,
    STATUS_LABELS,
    VERB_LABELS,
    MeasureStatus,
    Severity,
    Status,
    without_names,
)
from kuangdeng.hazards.queries import scope
from kuangdeng.hazards.queries.reading import read_cursor, write_cursor
from kuangdeng.hazards.queries.work import duty_units
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person, below, has_power, may, same_unit

# Who sees what ---------------------------------------------------------------------------------------------------------


def visible(person: Person) -> QuerySet[Accident]:
    """The accidents that this person may know of: the mine's, or his unit's, what he reported, what his unit must do."""
    rows = Accident.objects.filter(mine_id=person.mine_id)
    if has_power(person, "accident.see_all"):
        return rows
    units = scope(person) or []
    owed = AccidentMeasure.objects.filter(Q(unit_id__in=units) | Q(person=person), mine_id=person.mine_id)
    return rows.filter(
        Q(unit_id__in=units) | Q(reporter_unit_id__in=units) | Q(reporter=person) | Q(id__in=owed.values("accident_id"))
    )


def visible_measures(person: Person) -> QuerySet[AccidentMeasure]:
    """The measures that this person may know of: the mine's, or his units' and his own."""
    rows = AccidentMeasure.objects.filter(mine_id=person.mine_id)
    if has_power(person, "accident.see_all"):
        return rows
    return rows.filter(Q(unit_id__in=scope(person) or []) | Q(person=person))


def get_accident(accident_id: UUID, *, by: Person) -> Accident:
    """One accident with what its page shows. NotVisible when there is none that this person may know of."""
    rows = visible(by).select_related(
        "mine", "unit", "place", "specialty", "level", "level_by_rule", "reporter", "reporter_unit", "investigator"
    )
    accident = rows.filter(id=accident_id).first()
    if accident is None:
        raise NotVisible
    return accident


def get_measure(measure_id: UUID, *, by: Person) -> AccidentMeasure:
    """One measure. NotVisible when there is none that this person may know of."""
    rows = visible_measures(by).select_related("accident", "unit", "person", "finished_by__unit", "accepted_by")
    measure = rows.filter(id=measure_id).first()
    if measure is None:
        raise NotVisible
    return measure


def sees_persons(accident: Accident, by: Person) -> bool:
    """Whether this person may see who was hurt, and the papers about who was responsible."""
    return may(by, "accident.see_persons", accident.unit)


def get_casualty(accident: Accident, casualty_id: UUID, *, by: Person) -> Casualty:
    """One of the hurt. NotVisible for who may not see their names."""
    found = Casualty.objects.select_related("person").filter(accident=accident, id=casualty_id).first()
    if found is None or not sees_persons(accident, by):
        raise NotVisible
    return found


def get_photo(accident_id: UUID, sha256: str, *, by: Person) -> AccidentPhoto:
    """One photo. The scene for whoever knows of the accident, evidence about persons only for who may see persons."""
    accident = visible(by).select_related("unit").filter(id=accident_id).first()
    if accident is None:
        raise NotVisible
    photos = AccidentPhoto.objects.filter(accident=accident, file_id=sha256)
    if not sees_persons(accident, by):
        photos = photos.exclude(of__in=list(POINT_LABELS))
    photo = photos.first()
    if photo is None:
        raise NotVisible
    return photo


def without_the_hurt(accident_id: UUID, words: str) -> str:
    """What somebody says about an accident elsewhere, with the names of the hurt cut down (王某某)."""
    names = Casualty.objects.filter(accident_id=accident_id).values_list("name", flat=True)
    return without_names(words, [name for name in names if name])


def photos_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files an accident shows; the sweeper keeps them."""
    return set(AccidentPhoto.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))


def levels(mine_id: UUID, *, kind: str = "", on: date | None = None) -> QuerySet[AccidentLevel]:
    """The mine's table of levels, the gravest first; of one kind, and as it was on a day, when asked for."""
    rows = AccidentLevel.objects.filter(mine_id=mine_id)
    if kind:
        rows = rows.filter(kind=kind)
    if on is not None:
        rows = rows.filter(effective_from__lte=on).filter(Q(effective_to=None) | Q(effective_to__gte=on))
    return rows.order_by("kind", "position")


def was_reported(accident_id: UUID) -> bool:
    """Whether a report under this id, made on a device, is there already."""
    return Accident.objects.filter(id=accident_id).exists()


@dataclass(frozen=True)
class Slice:
    """One page of a list, newest first, and the cursor of the next; None when this was the last."""

    accidents: list[Accident]
    next_cursor: str | None


def accidents_after(
    cursor: str | None,
    *,
    by: Person,
    most: int,
    kinds: Sequence[str] = (),
    statuses: Sequence[str] = (),
    unit_ids: Sequence[UUID] = (),
    since: datetime | None = None,
) -> Slice:
    """The accidents that this person may know of, newest first, after `cursor`. Refused when it is none of ours."""
    rows = visible(by).select_related("unit", "place", "specialty", "level", "reporter", "investigator")
    narrow = {"kind__in": kinds, "status__in": statuses, "received_at__gte": since}
    rows = rows.filter(**{lookup: value for lookup, value in narrow.items() if value})
    if unit_ids:
        rows = rows.filter(unit_id__in=below(unit_ids))
    if cursor:
        at, last = read_cursor(cursor)
        rows = rows.filter(received_at__lte=at).filter(Q(received_at__lt=at) | Q(id__lt=last))
    found = list(rows.order_by("-received_at", "-id")[: most + 1])
    more = len(found) > most
    found = found[:most]
    return Slice(found, write_cursor(found[-1].received_at, found[-1].id) if more else None)


# What is next -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offer:
    """A verb that this person may do; `reason` is why it is not possible yet, if it is not."""

    verb: str
    label: str
    primary: bool = False
    reason: str = ""


PRIMARY = {
    Status.REPORTED: "complete",
    Status.COMPLETED: "open_investigation",
    Status.INVESTIGATING: "close",
}
BESIDE_THE_LIST = frozenset({"record_casualty", "remove_casualty", "tick", "untick", "order_measure"})
"""Verbs whose buttons stand in their own section of the page."""


def lacking(accident: Accident) -> list[str]:
    """What must be there before the accident may be closed, in words."""
    ticked = set(accident.points.values_list("point", flat=True))
    missing = [str(label) for point, label in POINT_LABELS.items() if point not in ticked]
    waiting = accident.measures.filter(status__in=sorted(MEASURE_OPEN)).count()
    if waiting:
        missing.append(_("还有 %(n)d 条整改措施没有验收") % {"n": waiting})
    return missing


def permitted(verb: str, accident: Accident, by: Person) -> bool:
    """Whether this verb is this person's at all, whatever the state; others do not know of its page."""
    return may(by, f"accident.{verb}", accident.unit)


def possible(verb: str, accident: Accident) -> bool:
    """Whether the table of states knows this verb from here."""
    return FLOW.allows(verb, accident.status)


def obstacle(verb: str, accident: Accident, by: Person, missing: Sequence[str]) -> str:
    """Why a verb that the person may do in general is not possible for him on this accident now."""
    if verb == "close":
        if accident.is_grave and not has_power(by, "accident.close_serious"):
            return _("有死亡、重伤或较大以上的事故由矿领导结案")
        if missing:
            return _("还缺：%s") % "、".join(missing)
    if verb == "void":
        if accident.reporter_id == by.id:
            return _("不能作废自己上报的事故")
        if accident.hurt:
            return _("登记了伤亡人员的事故不能作废")
    return ""


def offers(accident: Accident, by: Person, missing: Sequence[str]) -> list[Offer]:
    """The verbs that this person may do now, the one next action first."""
    found = []
    for verb in FLOW.from_(accident.status):
        if not permitted(verb, accident, by):
            continue
        primary = verb == PRIMARY.get(Status(accident.status))
        label = _("修改补充内容") if verb == "complete" and accident.completed_at else str(VERB_LABELS[verb])
        found.append(Offer(verb, label, primary, obstacle(verb, accident, by, missing)))
    return sorted(found, key=lambda one: not one.primary)


def measure_permitted(verb: str, measure: AccidentMeasure, by: Person) -> bool:
    """Whether this verb is this person's at all: by his role for the unit, or because the measure is his own."""
    in_charge = verb in BY_PERSON_IN_CHARGE and measure.person_id == by.id
    return in_charge or may(by, f"accident.{verb}", measure.unit)


def measure_offers(measure: AccidentMeasure, by: Person) -> list[Offer]:
    """The verbs on a measure that this person may do now."""
    found = []
    for verb in MEASURE_FLOW.from_(measure.status):
        if not measure_permitted(verb, measure, by):
            continue
        reason = own_work(measure, by) if verb in ("accept_measure", "reject_measure") else ""
        found.append(Offer(verb, str(MEASURE_VERB_LABELS[verb]), reason=reason))
    return found


def own_work(measure: AccidentMeasure, by: Person) -> str:
    """Why this person may not judge the work, in words: it is his own, or his unit's."""
    if by.id == measure.finished_by_id:
        return _("落实人和验收人不能是同一人")
    finisher = measure.finished_by.unit if measure.finished_by else None
    if same_unit(by.unit, measure.unit) or same_unit(by.unit, finisher):
        return _("验收人和落实人不能是同一单位")
    return ""


def late() -> Q:
    """Overdue measures: the deadline has passed and the unit still works on them."""
    return Q(status__in=sorted(MEASURE_RUNNING), due_at__lt=clock.now())


def is_late(measure: AccidentMeasure) -> bool:
    """Whether this measure is overdue now."""
    return measure.status in MEASURE_RUNNING and measure.due_at < clock.now()


def due_of(measure: AccidentMeasure) -> datetime | None:
    """The deadline as long as it runs for the unit."""
    return measure.due_at if measure.status in MEASURE_RUNNING else None


# The page ---------------------------------------------------------------------------------------------------------------


@dataclass
class PointShown:
    """One of the four points on the page: met by whom and when, or still open; its papers only for who may see them."""

    point: str
    label: str
    row: NoLetPass | None = None
    photos: list[AccidentPhoto] = field(default_factory=list)


@dataclass
class MeasureShown:
    """A measure on the page with what this person may do to it."""

    row: AccidentMeasure
    offers: list[Offer]
    photos: list[AccidentPhoto]
    late: bool
    due: datetime | None


@dataclass
class Shown:
    """Everything around one accident, in a constant number of statements."""

    persons: bool
    casualties: list[Casualty]
    points: list[PointShown]
    measures: list[MeasureShown]
    scene: list[AccidentPhoto]
    entries: list[Entry]
    missing: list[str]
    offers: list[Offer]
    holder: str

    @property
    def may(self) -> set[str]:
        """The names of the verbs that are offered and possible now."""
        return {one.verb for one in self.offers if not one.reason}

    @property
    def met(self) -> int:
        """How many of the four points are met."""
        return sum(1 for one in self.points if one.row)


def about(accident: Accident, by: Person) -> Shown:
    """Everything that the page shows to this person."""
    persons = sees_persons(accident, by)
    photos = list(AccidentPhoto.objects.filter(accident=accident))
    ticks = {row.point: row for row in NoLetPass.objects.filter(accident=accident).select_related("ticked_by")}
    rows = list(accident.measures.select_related("unit", "person", "finished_by__unit", "accepted_by"))
    missing = [str(label) for point, label in POINT_LABELS.items() if point not in ticks]
    waiting = sum(1 for row in rows if row.status in MEASURE_OPEN)
    if waiting:
        missing.append(_("还有 %(n)d 条整改措施没有验收") % {"n": waiting})
    return Shown(
        persons=persons,
        casualties=list(accident.casualties.select_related("person")) if persons else [],
        points=[
            PointShown(
                point, str(label), ticks.get(point), [one for one in photos if one.of == point] if persons else []
            )
            for point, label in POINT_LABELS.items()
        ],
        measures=[
            MeasureShown(
                row, measure_offers(row, by), [one for one in photos if one.measure_id == row.id], is_late(row), due_of(row)
            )
            for row in rows
        ],
        scene=[one for one in photos if one.of == AccidentPhoto.SCENE],
        entries=list(Entry.objects.filter(subject_kind="accident", subject_id=str(accident.id)).order_by("id")),
        missing=missing if accident.status == Status.INVESTIGATING else [],
        offers=offers(accident, by, missing),
        holder=holder(accident),
    )  # fmt: skip


def holder(accident: Accident) -> str:
    """Who has it now, in words."""
    match accident.status:
        case Status.REPORTED | Status.COMPLETED:
            return _("安监部门")
        case Status.INVESTIGATING:
            return _("调查组 %s") % (accident.investigator.name if accident.investigator else "")
    return ""


def hurt_words(accident: Accident) -> str:
    """死亡 1 人、轻伤 2 人; empty when nobody is hurt. Never a name."""
    counts = (
        (Severity.DEATH, accident.deaths),
        (Severity.SERIOUS, accident.serious),
        (Severity.MINOR, accident.minor),
        (Severity.UNCLEAR, accident.unclear),
    )
    return "、".join(_("%(what)s %(n)d 人") % {"what": SEVERITY_LABELS[one], "n": n} for one, n in counts if n)


# What waits for whom ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """One accident or measure that waits for this person, and the verb by which he is done with it."""

    accident_id: UUID
    measure_id: UUID | None
    number: str
    text: str
    unit_name: str
    since: datetime
    due: datetime | None
    verb: str

    @property
    def late(self) -> bool:
        """Whether its deadline has passed."""
        return self.due is not None and self.due < clock.now()


def waiting_for(person: Person, limit: int = 25) -> list[Waiting]:
    """What waits for this person: measures to sign, to work off, to accept; reports to complete, files to close. One statement."""
    mine = AccidentMeasure.objects.filter(mine_id=person.mine_id)
    owed = Q(status__in=sorted(MEASURE_RUNNING)) & (Q(unit_id__in=duty_units(person)) | Q(person=person))
    wanted = owed
    if has_power(person, "accident.complete"):
        wanted |= Q(status=MeasureStatus.DONE) & ~Q(finished_by=person)
    verb = Case(
        When(status=MeasureStatus.ORDERED, then=Value("sign_measure")),
        When(status=MeasureStatus.WORKING, then=Value("finish_measure")),
        default=Value("accept_measure"),
    )
    columns = ("about", "id", "no", "said", "at_unit", "since", "due", "verb")
    rows = (
        mine.filter(wanted)
        .order_by("due_at")
        .annotate(
            about=F("accident_id"), no=F("accident__number"), said=Left("text", 60), at_unit=F("unit_name"), verb=verb,
            since=F("status_since"), due=Case(When(status__in=sorted(MEASURE_RUNNING), then=F("due_at"))),
        )
        .values_list(*columns)[:limit]
    )  # fmt: skip
    found: Iterable[tuple[Any, ...]] = rows
    others = [
        accidents.annotate(
            about=F("id"), no=F("number"), said=Left("text", 60), at_unit=F("unit_name"), since=F("status_since"),
            due=Value(None, output_field=AccidentMeasure._meta.get_field("due_at")), verb=Value(name),
        ).order_by("status_since").values_list(*columns)[:limit]
        for name, accidents in _accidents_waiting(person)
    ]  # fmt: skip
    if others:
        found = rows.union(*others, all=True)
    return [
        Waiting(about, row_id if row_id != about else None, no, said, unit, since, due, verb)
        for about, row_id, no, said, unit, since, due, verb in found
    ]


def _accidents_waiting(person: Person) -> list[tuple[str, QuerySet[Accident]]]:
    """Quick reports to complete, and what has all that closing needs: the grave ones wait for a mine leader."""
    mine = Accident.objects.filter(mine_id=person.mine_id)
    working = AccidentMeasure.objects.filter(accident=OuterRef("id"), status__in=sorted(MEASURE_OPEN))
    met = NoLetPass.objects.filter(accident=OuterRef("id")).order_by().values("accident").values(n=Count("*"))
    ready = mine.filter(~Exists(working), status=Status.INVESTIGATING).alias(met=Subquery(met))
    ready = ready.filter(met=len(POINT_LABELS))
    grave = Q(deaths__gt=0) | Q(serious__gt=0) | Q(level__leader_closes=True)
    found = []
    if has_power(person, "accident.complete"):
        found += [("complete", mine.filter(status=Status.REPORTED)), ("close", ready.exclude(grave))]
    if has_power(person, "accident.close_serious"):
        found += [("close", ready.filter(grave))]
    return found


# For the bulletin and the screens -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """One accident or near miss as the mine may be told of it: no names of persons anywhere."""

    id: UUID
    number: str
    kind: str
    kind_label: str
    level: str
    level_confirmed: bool
    status: str
    status_label: str
    text: str
    place: str
    unit_id: UUID | None
    unit_name: str
    specialty: str
    occurred_at: datetime
    received_at: datetime
    shift: str
    deaths: int
    serious: int
    minor: int
    unclear: int
    hurt: str
    stopped_area: str
    resumed_at: datetime | None


def between(mine_id: UUID, start: datetime, end: datetime) -> list[Told]:
    """The accidents and near misses that were received from `start` to before `end`, the void ones left out."""
    rows = Accident.objects.filter(mine_id=mine_id, received_at__gte=start, received_at__lt=end)
    rows = rows.exclude(status=Status.VOID).select_related("place", "level", "specialty").order_by("received_at", "id")
    return [_told(row) for row in rows]


def _told(row: Accident) -> Told:
    return Told(
        id=row.id,
        number=row.number,
        kind=row.kind,
        kind_label=str(KIND_LABELS[row.kind]),
        level=row.level.name if row.level else "",
        level_confirmed=bool(row.level and row.level.confirmed),
        status=row.status,
        status_label=str(STATUS_LABELS[row.status]),
        text=row.text,
        place=place_words(row),
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        specialty=row.specialty.name if row.specialty else "",
        occurred_at=row.occurred_at,
        received_at=row.received_at,
        shift=row.shift_name,
        deaths=row.deaths,
        serious=row.serious,
        minor=row.minor,
        unclear=row.unclear,
        hurt=hurt_words(row),
        stopped_area=row.stopped_area,
        resumed_at=row.resumed_at,
    )


def place_words(row: Accident) -> str:
    """Where it happened, from the tree and as said."""
    return " ".join(filter(None, [row.place.full_name if row.place else "", row.place_text]))


@dataclass(frozen=True)
class OpenMeasure:
    """A measure that is not accepted yet; no names of persons."""

    id: UUID
    accident_id: UUID
    accident_number: str
    text: str
    unit_id: UUID
    unit_name: str
    status: str
    status_label: str
    due_at: datetime
    late: bool


def open_measures(mine_id: UUID, *, unit_ids: Sequence[UUID] | None = None) -> list[OpenMeasure]:
    """The measures of a mine (or of some of its units) that are not accepted yet, the nearest deadline first."""
    rows = AccidentMeasure.objects.filter(mine_id=mine_id, status__in=sorted(MEASURE_OPEN)).select_related("accident")
    if unit_ids is not None:
        rows = rows.filter(unit_id__in=unit_ids)
    return [
        OpenMeasure(
            row.id, row.accident_id, row.accident.number, row.text, row.unit_id, row.unit_name, row.status,
            str(MEASURE_STATUS_LABELS[row.status]), row.due_at, is_late(row),
        )
        for row in rows.order_by("due_at", "id")
    ]  # fmt: skip


def last_injury(mine_id: UUID) -> datetime | None:
    """When somebody was hurt last, for the board that counts the days without an accident; None: never on record."""
    rows = Accident.objects.filter(mine_id=mine_id, kind="injury").exclude(status=Status.VOID)
    return rows.order_by("-occurred_at").values_list("occurred_at", flat=True).first()
