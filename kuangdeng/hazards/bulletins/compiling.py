"""What a day brought, read from the hazards as they stood at the bulletin's hour.

Everything is asked "as of `until`", also when a missed day is made up later: what ended after that moment was still
open then. A hazard comes in once and ends once over all bulletins, so that the account of the days closes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuangdeng.hazards.accidents.queries import Told, between
from kuangdeng.hazards.accidents.rules import Kind
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem, BulletinPolicy
from kuangdeng.hazards.bulletins.rules import MOST_STANDING, Balance, Part
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.questions.queries import unanswered
from kuangdeng.hazards.rules import ENDED, Status
from kuangdeng.kernel.search import fold
from kuangdeng.org.api import Mine, Unit

LOOK_BACK = timedelta(hours=6)
"""How long after its stamp a report may have been committed and is still taken into the next bulletin."""
ORDER = {part: number for number, part in enumerate(Part)}
PLACES = 12
"""How many units, specialties and places a table of the figures names."""


@dataclass
class Line:
    """One line to be published."""

    part: Part
    subject_kind: str
    subject_id: UUID
    unit_id: UUID | None
    text: str
    line: dict[str, object]


@dataclass
class Draft:
    """A compiled day, not yet written."""

    figures: dict[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def items(self, bulletin: Bulletin) -> Iterator[BulletinItem]:
        """The lines as rows of a bulletin."""
        for position, one in enumerate(self.lines, start=1):
            yield BulletinItem(
                bulletin=bulletin, part=one.part, position=position, subject_kind=one.subject_kind,
                subject_id=one.subject_id, unit_id=one.unit_id, text=one.text, line=one.line,
                search_text=fold(" ".join(str(value) for value in (one.text, *one.line.values()) if value)),
            )  # fmt: skip


class Moment:
    """The mine's hazards as they stood at one moment."""

    def __init__(self, mine: Mine, at: datetime) -> None:
        self.mine, self.at = mine, at
        unfinished = mine.import_runs.filter(Q(finished_at=None) | Q(finished_at__gte=at)).values_list("id", flat=True)
        self.there = Q(import_run=None, received_at__lt=at) | Q(import_run__isnull=False) & ~Q(
            import_run_id__in=list(unfinished)
        )
        unrectified = Q(rectified_at=None) | Q(rectified_at__gte=at)
        self.late = unrectified & Q(due_at__lt=at, dispatched_at__lt=at)
        self.watched = Q(supervised_at__lt=at)

    def open(self) -> QuerySet[Hazard]:
        """What had not ended. Everything that is open now, and what ended since."""
        now_open = ~Q(status__in=sorted(ENDED))
        ended_later = Q(status__in=sorted(ENDED), status_since__gte=self.at)
        return Hazard.objects.filter(self.there, now_open | ended_later, mine=self.mine)

    def overdue(self) -> QuerySet[Hazard]:
        """What a unit had not finished although its deadline had passed."""
        return self.open().filter(self.late)

    def by_unit(self) -> list[dict[str, Any]]:
        """How many stood open, late, as major and under supervision, unit by unit; None is what no unit holds yet."""
        counted: QuerySet[Any, Any] = (
            self.open()
            .order_by()
            .values("unit_id")
            .annotate(
                open=Count("id"),
                overdue=Count("id", filter=self.late),
                major=Count("id", filter=Q(is_major=True)),
                supervised=Count("id", filter=self.watched),
            )
        )
        return list(counted)


def draft(policy: BulletinPolicy, since: datetime, until: datetime, before: Bulletin | None) -> Draft:
    """Compile what happened in [since, until) and what stood at `until`.

    What came in a moment before an earlier bulletin's hour but was committed after it is taken now: the test is
    whether it has stood in a bulletin, not only the clock.
    """
    now, then = Moment(policy.mine, until), Moment(policy.mine, since)
    came = _came(now, then, before)
    ended = _ended(now, since, before)
    closed = [one for one in ended if one.status == Status.CLOSED]
    aside = [one for one in ended if one.status != Status.CLOSED]
    standing = now.open()
    late = list(_related(now.overdue()).order_by("due_at", "id")[:MOST_STANDING])
    major = list(_related(standing.filter(is_major=True)).order_by("received_at", "id")[:MOST_STANDING])
    watched = _related(standing.filter(now.watched, is_major=False)).order_by("supervised_at", "id")
    parts: list[tuple[Part, Iterable[Hazard]]] = [
        (Part.MAJOR, major), (Part.OVERDUE, late), (Part.NEW, came), (Part.CLOSED, closed),
        (Part.SUPERVISED, watched[:MOST_STANDING]), (Part.ASIDE, aside),
    ]  # fmt: skip
    lines = [_line(part, one, until, policy) for part, hazards in parts for one in hazards]
    accidents = _accidents(policy.mine, since, until, before)
    lines += [_happened(one) for one in accidents]
    lines += [_asked(one, until) for one in unanswered(policy.mine_id, until)[:MOST_STANDING]]
    lines.sort(key=lambda one: ORDER[one.part])
    figures = _figures(now, then, before, came, ended)
    near = sum(one.kind == Kind.NEAR_MISS for one in accidents)
    figures["counts"] |= {"accident": len(accidents) - near, "near_miss": near}
    return Draft(figures, lines)


def _related(hazards: QuerySet[Hazard]) -> QuerySet[Hazard]:
    return hazards.select_related("unit", "place", "grade", "specialty", "person").defer("imported", "search_text")


def _told(part: Part) -> Exists:
    """Whether it has stood in this part of an earlier bulletin."""
    return Exists(BulletinItem.objects.filter(subject_id=OuterRef("id"), part=part))


def _came(now: Moment, then: Moment, before: Bulletin | None) -> list[Hazard]:
    """What was reported, each once over all bulletins."""
    rows = Hazard.objects.filter(mine=now.mine, import_run=None, received_at__lt=now.at)
    if before is None:
        rows = rows.filter(received_at__gte=then.at)
    else:
        shown = Q(_told(Part.NEW)) | Q(received_at__lt=before.since)
        rows = rows.filter(received_at__gte=then.at - LOOK_BACK).exclude(Q(received_at__lt=then.at) & shown)
    return list(_related(rows).order_by("received_at", "id"))


def _imported(now: Moment, then: Moment) -> int:
    """What old ledgers brought in, less what had long ended: counted when the import is done, not listed."""
    rows = Hazard.objects.filter(
        mine=now.mine, import_run__finished_at__gte=then.at, import_run__finished_at__lt=now.at
    )
    return rows.exclude(status__in=sorted(ENDED), status_since__lt=then.at).count()


def _ended(now: Moment, since: datetime, before: Bulletin | None) -> list[Hazard]:
    """What was closed, merged or voided, each once over all bulletins."""
    rows = Hazard.objects.filter(now.there, mine=now.mine, status__in=sorted(ENDED), status_since__lt=now.at)
    if before is None:
        rows = rows.filter(status_since__gte=since)
    else:
        rows = rows.filter(status_since__gte=since - LOOK_BACK)
        shown = Q(_told(Part.CLOSED)) | Q(_told(Part.ASIDE)) | Q(import_run__finished_at__gte=since)
        rows = rows.exclude(Q(status_since__lt=since) & (shown | Q(status_since__lt=before.since)))
    return list(_related(rows).order_by("status_since", "id"))


def _figures(
    now: Moment, then: Moment, before: Bulletin | None, came: list[Hazard], ended: list[Hazard]
) -> dict[str, Any]:
    ways = Counter(one.status for one in ended)
    imported = _imported(now, then)
    standing = now.by_unit()
    sums = {name: sum(row[name] for row in standing) for name in ("open", "overdue", "major", "supervised")}
    balance = Balance(
        carried=before.balance.still_open if before else then.open().count(), came=len(came) + imported,
        closed=ways[Status.CLOSED], merged=ways[Status.MERGED], voided=ways[Status.VOID], still_open=sums["open"],
    )  # fmt: skip
    return {
        "counts": {
            "new": len(came),
            "closed": ways[Status.CLOSED],
            **sums,
            "question": unanswered(now.mine.id, now.at).count(),
        },
        "balance": vars(balance),
        "units": _by_unit(standing, came, ended),
        "specialties": _shares(came, lambda one: one.specialty.name if one.specialty else ""),
        "grades": _shares(came, lambda one: one.grade.name if one.grade else ""),
        "imported": imported,
    }


def _shares(hazards: list[Hazard], name: Callable[[Hazard], str]) -> list[list[object]]:
    """How many of what came in fall to each name, the most first; "" is what nobody has judged yet."""
    return [[one, n] for one, n in Counter(map(name, hazards)).most_common(PLACES)]


def _by_unit(standing: list[dict[str, Any]], came: list[Hazard], ended: list[Hazard]) -> list[dict[str, object]]:
    """Unit by unit: what came for it, what it had closed, what is open and late; the latest ones first."""
    rows: dict[UUID, dict[str, Any]] = {}

    def row(unit_id: UUID) -> dict[str, Any]:
        return rows.setdefault(unit_id, {"id": str(unit_id), "new": 0, "closed": 0, "open": 0, "overdue": 0})

    for counted in standing:
        if counted["unit_id"]:
            row(counted["unit_id"]).update(open=counted["open"], overdue=counted["overdue"])
    for key, hazards in (("new", came), ("closed", [one for one in ended if one.status == Status.CLOSED])):
        for one in hazards:
            if one.unit_id:
                row(one.unit_id)[key] += 1
    names = dict(Unit.objects.filter(id__in=list(rows)).values_list("id", "name"))
    for unit_id, found in rows.items():
        found["name"] = names[unit_id]
    return sorted(rows.values(), key=lambda one: (-one["overdue"], -one["open"], one["name"]))


def _line(part: Part, hazard: Hazard, until: datetime, policy: BulletinPolicy) -> Line:
    """A hazard as it is published: names of persons only where the mine's policy says so."""
    place = " ".join(filter(None, [hazard.place.full_name if hazard.place else "", hazard.place_text]))
    line: dict[str, object] = {
        "number": hazard.number,
        "place": place,
        "unit": hazard.unit.name if hazard.unit else "",
        "grade": hazard.grade.name if hazard.grade else "",
        "colour": hazard.grade.colour if hazard.grade else "",
        "specialty": hazard.specialty.name if hazard.specialty else "",
        "major": hazard.is_major,
        "received": hazard.received_at.isoformat(),
        "due": hazard.due_at.isoformat() if hazard.due_at else "",
    }
    if part == Part.OVERDUE and hazard.due_at:
        line["late_hours"] = int((until - hazard.due_at).total_seconds() // 3600)
    if part == Part.CLOSED:
        line["done"] = hazard.rectification or hazard.acceptance
        line["on_time"] = bool(hazard.rectified_at and hazard.due_at and hazard.rectified_at <= hazard.due_at)
    if part == Part.ASIDE:
        line["how"] = str(hazard.status)
    if policy.show_persons and part in (Part.OVERDUE, Part.MAJOR, Part.SUPERVISED):
        line["person"] = hazard.person.name if hazard.person else hazard.person_text
    return Line(part, "hazard", hazard.id, hazard.unit_id, hazard.text, line)


def _accidents(mine: Mine, since: datetime, until: datetime, before: Bulletin | None) -> list[Told]:
    """Accidents and near misses that were reported, each once over all bulletins, like hazards."""
    found = between(mine.id, since - LOOK_BACK if before else since, until)
    early = [one.id for one in found if one.received_at < since]
    if before is None or not early:
        return found
    parts = (Part.ACCIDENT, Part.NEAR_MISS)
    shown = set(BulletinItem.objects.filter(subject_id__in=early, part__in=parts).values_list("subject_id", flat=True))
    return [
        one for one in found if one.received_at >= since or (one.id not in shown and one.received_at >= before.since)
    ]


def _happened(one: Told) -> Line:
    """An accident as it is published: what the mine may be told, no names of persons."""
    part = Part.NEAR_MISS if one.kind == Kind.NEAR_MISS else Part.ACCIDENT
    line: dict[str, object] = {
        "number": one.number,
        "place": one.place,
        "unit": one.unit_name,
        "kind": one.kind_label,
        "level": one.level if one.level_confirmed else "",
        "hurt": one.hurt,
        "stopped": one.stopped_area,
        "status": one.status_label,
        "received": one.received_at.isoformat(),
        "occurred": one.occurred_at.isoformat(),
        "due": "",
    }
    return Line(part, "accident", one.id, one.unit_id, one.text, line)


def _asked(question: Question, until: datetime) -> Line:
    """A question that nobody has answered, as it is published: units, no persons."""
    line: dict[str, object] = {
        "number": question.item.line.get("number", ""),
        "on": question.item.text,
        "unit": question.holder.name if question.holder else "",
        "asker": question.asker_unit.name,
        "received": question.asked_at.isoformat(),
        "due": question.due_at.isoformat(),
        "presses": question.presses,
        "late": question.due_at < until,
    }
    return Line(Part.QUESTION, "question", question.id, question.holder_id, question.text, line)


def trend(bulletin: Bulletin) -> dict[str, dict[str, Any]]:
    """Each count beside the day before and the mean of the last 30 published days; None where there is no such day."""
    earlier = list(
        Bulletin.objects.filter(mine_id=bulletin.mine_id, day__lt=bulletin.day, status="published")
        .order_by("-day")
        .values_list("day", "figures")[:30]
    )
    found: dict[str, dict[str, Any]] = {}
    for name, value in bulletin.figures.get("counts", {}).items():
        past = [figures.get("counts", {}).get(name) for _day, figures in earlier]
        known = [one for one in past if one is not None]
        yesterday = past[0] if earlier and earlier[0][0] == bulletin.day - timedelta(days=1) else None
        mean = round(sum(known) / len(known), 1) if known else None
        found[name] = {"now": value, "yesterday": yesterday, "mean": mean, "days": len(known)}
    return found
