"""What the mine's paper forms show: the order, the recheck, the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import choices, timeline
from kuangdeng.hazards.rules import STATUS_LABELS, Status
from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person

ROWS = 3000
"""More than that is no longer a ledger that somebody prints at once."""
ROWS_PDF = 600
"""What the server sets into a PDF while somebody waits."""
AFTER_ORDER = (Status.DISPATCHED, Status.RECTIFYING, Status.RECTIFIED, Status.ACCEPTED, Status.CLOSED)


@dataclass
class Sheet:
    """A paper form of one hazard."""

    hazard: Hazard
    labels: dict[str, str]
    five_points: str
    number: str
    unit: str
    place: str
    grade: str
    finders: str
    person: str
    due: str
    snapshot: str
    passed: str = ""
    marks: list[str] = field(default_factory=list)


def day(at: datetime | None, *, end: bool = False) -> str:
    """A day on paper, with the time when it matters: 2026年11月22日16时00分; the end of a day is not said."""
    if at is None:
        return ""
    there = clock.local(at)
    words = timetext.full(there.date())
    quiet = (there.hour, there.minute) in (((0, 0), (23, 59)) if end else ((0, 0),))
    return (
        words
        if quiet
        else _("%(day)s%(hour)s时%(minute)s分") % {"day": words, "hour": f"{there:%H}", "minute": f"{there:%M}"}
    )


def _sheet(hazard: Hazard) -> Sheet:
    settings = getattr(hazard.mine, "hazard_settings", None) or choices.default_settings(hazard.mine_id)
    place = hazard.place.full_name if hazard.place else ""
    grade = hazard.grade.name if hazard.grade else ""
    if hazard.is_major:
        grade = _("重大隐患（%(grade)s）") % {"grade": grade} if grade else _("重大隐患")
    if hazard.anonymous:
        finders = ""
    elif hazard.import_run_id:
        finders = hazard.finders_text
    else:
        names = [one.name for one in hazard.finders.all()]
        finders = "、".join(names) or (hazard.reporter.name if hazard.reporter else hazard.finders_text)
    last = timeline(hazard).values_list("id", flat=True).last()
    return Sheet(
        hazard=hazard,
        labels=choices.five_point_labels(settings),
        five_points=settings.five_points_title,
        number=hazard.notice_number or hazard.number,
        unit=hazard.unit_name or (hazard.unit.name if hazard.unit else ""),
        place="　".join(filter(None, [place, hazard.place_text])),
        grade=grade,
        finders=finders,
        person=hazard.person.name if hazard.person else hazard.person_text,
        due=day(hazard.due_at, end=True),
        snapshot=_short(last),
    )


def _short(entry_id: object) -> str:
    return str(entry_id or "")[:18].upper()


def notice_of(hazard: Hazard) -> Sheet:
    """隐患整改通知单. Refused before the order is given: there is nothing to notify of yet."""
    if hazard.unit is None or hazard.status not in AFTER_ORDER:
        raise Refused(_("这条隐患还没有下达给责任单位，没有整改通知单可以打印。请先下达五定。"), code="wrong_state")
    return _sheet(hazard)


def recheck_of(hazard: Hazard) -> Sheet:
    """复查单: filled in as far as it is known, the rest is left for the pen. Refused before anybody works on it."""
    if hazard.status not in (*AFTER_ORDER, Status.RECHECK):
        raise Refused(_("这条隐患还没有下达整改，也没有现场整改，没有复查单可以打印。"), code="wrong_state")
    sheet = _sheet(hazard)
    if hazard.status in (Status.ACCEPTED, Status.CLOSED):
        sheet.passed = "yes"
    elif hazard.status == Status.RECTIFYING and hazard.reject_count:
        sheet.passed = "no"
    return sheet


@dataclass
class LedgerRow:
    """A line of the printed ledger."""

    number: str
    found: str
    shift: str
    place: str
    text: str
    specialty: str
    grade: str
    unit: str
    person: str
    measure: str
    due: str
    rectified: str
    acceptor: str
    state: str


@dataclass
class LedgerSheet:
    """隐患排查治理台账: the lines, the period that they span, and how many there are by state."""

    rows: list[LedgerRow]
    period: str
    cut_off: bool
    snapshot: str
    closed: int
    working: int


RELATED = ("place", "unit", "specialty", "grade", "person", "accepted_by")


def ledger_of(found: QuerySet[Hazard], *, by: Person, most: int = ROWS) -> LedgerSheet:
    """The hazards of a list as the mine's ledger, in the list's own order."""
    hazards = list(found.select_related(*RELATED).defer("search_text", "imported")[: most + 1])
    cut_off, hazards = len(hazards) > most, hazards[:most]
    last = Entry.objects.filter(mine_id=by.mine_id).order_by("-received_at", "-id").values_list("id", flat=True).first()
    return LedgerSheet(
        rows=[_row(hazard) for hazard in hazards],
        period=_period(hazards),
        cut_off=cut_off,
        snapshot=_short(last),
        closed=sum(hazard.status == Status.CLOSED for hazard in hazards),
        working=sum(hazard.status not in (Status.CLOSED, Status.VOID, Status.MERGED) for hazard in hazards),
    )


def _period(hazards: Sequence[Hazard]) -> str:
    days = sorted(clock.local(hazard.occurred_at).date() for hazard in hazards)
    if not days:
        return ""
    first, last = timetext.full(days[0]), timetext.full(days[-1])
    return first if first == last else _("%(first)s至%(last)s") % {"first": first, "last": last}


def _row(hazard: Hazard) -> LedgerRow:
    def short(at: datetime | None) -> str:
        return f"{clock.local(at):%Y-%m-%d}" if at else ""

    def name(thing: Any) -> str:
        return str(thing.name) if thing else ""

    return LedgerRow(
        number=hazard.number,
        found=short(hazard.occurred_at),
        shift=hazard.shift_name,
        place=" ".join(filter(None, [hazard.place.full_name if hazard.place else "", hazard.place_text])),
        text=hazard.text,
        specialty=name(hazard.specialty),
        grade=_("重大") if hazard.is_major else name(hazard.grade),
        unit=hazard.unit_name or name(hazard.unit),
        person=name(hazard.person) or hazard.person_text,
        measure=hazard.measure,
        due=short(hazard.due_at),
        rectified=short(hazard.rectified_at),
        acceptor=name(hazard.accepted_by),
        state=str(STATUS_LABELS[hazard.status]),
    )
