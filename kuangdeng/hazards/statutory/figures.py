"""The figures of a period, asked of the database: the same definition as `rules.cells_of`, which a test compares."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Sum, Value, When

from kuangdeng.hazards.models import Hazard, MajorPlan
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.statutory.models import SupervisionOrder
from kuangdeng.hazards.statutory.rules import CARRIED, Cell, Level, Line, Period
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import newest
from kuangdeng.org.api import Mine, Unit

FIVE = ("organisation", "methods", "resources", "schedule", "safety")
"""责任、措施、资金、时限、预案 of the plan: 五到位 when none of them is empty."""


@dataclass(frozen=True)
class Span:
    """A period in the mine, cut at this moment when it is not over."""

    mine: Mine
    period: Period
    start: datetime
    cut: datetime
    year: datetime

    @property
    def over(self) -> bool:
        """Whether the period has ended."""
        return self.cut == self.period.end(ZoneInfo(self.mine.timezone))


def span_of(mine: Mine, period: Period, at: datetime | None = None) -> Span:
    """The instants of a period by the mine's clock."""
    zone = ZoneInfo(mine.timezone)
    start = period.start(zone)
    cut = max(start, min(period.end(zone), at or clock.now()))
    return Span(mine, period, start, cut, period.year_start(zone))


def conditions(span: Span) -> dict[Cell, Q]:
    """Which hazards each figure counts."""
    general, major = Q(is_major=False), Q(is_major=True)
    found = Q(occurred_at__gte=span.start, occurred_at__lt=span.cut)
    before = Q(occurred_at__lt=span.start)

    def general_done(at: datetime) -> Q:
        return Q(accepted_at__lt=at) | Q(closed_at__lt=at)

    def major_done(at: datetime) -> Q:
        return Q(closed_at__lt=at)

    made: dict[Cell, Q] = {}
    for name, kind, done in (("general", general, general_done), ("major", major, major_done)):
        carried = kind & before & ~done(span.start)
        made[Cell(f"{name}_carried")] = carried
        made[Cell(f"{name}_carried_done")] = carried & done(span.cut)
        made[Cell(f"{name}_found")] = kind & found
        made[Cell(f"{name}_done")] = kind & found & done(span.cut)
        made[Cell(f"{name}_left")] = kind & (before | found) & ~done(span.cut)
    on_hand = found | (before & ((general & ~general_done(span.start)) | (major & ~major_done(span.start))))
    unwritten = Q(**{f"plan__{name}": "" for name in MajorPlan.PARTS})
    planned = on_hand & major & Q(plan__isnull=False) & ~unwritten
    made[Cell.PLANNED] = planned
    made[Cell.FIVE] = planned & ~Q(*[Q(**{f"plan__{name}": ""}) for name in FIVE], _connector=Q.OR)
    made[Cell.SUPERVISED] = on_hand & (Q(supervised_at__lt=span.cut) | Q(_orders(span)))
    made[Cell.PROVINCE] = on_hand & Q(_orders(span, Level.PROVINCE))
    made[Cell.FUNDED] = Q(dispatched_at__gte=span.year, dispatched_at__lt=span.cut, funds__gt=0)
    return made


def _orders(span: Span, level: str = "") -> Exists:
    zone = ZoneInfo(span.mine.timezone)
    first = span.start.astimezone(zone).date()
    last = (span.cut - timedelta(microseconds=1)).astimezone(zone).date()
    rows = SupervisionOrder.objects.filter(hazard_id=OuterRef("id"), ordered_on__lte=last)
    rows = rows.filter(Q(lifted_on=None) | Q(lifted_on__gte=first))
    return Exists(rows.filter(level=level) if level else rows)


def counted(mine_id: UUID) -> QuerySet[Hazard]:
    """Every hazard of the mine that is one: not void, and not merged into another."""
    return Hazard.objects.filter(mine_id=mine_id).exclude(status__in=[Status.VOID, Status.MERGED]).order_by()


def hazards_of_cell(span: Span, cell: Cell, units: list[UUID | None] | None = None) -> QuerySet[Hazard]:
    """The hazards that a figure counts; `units` as `homes` gives them, None for the whole mine."""
    rows = counted(span.mine.id).filter(conditions(span)[cell])
    if units is None:
        return rows
    named = [one for one in units if one is not None]
    return rows.filter(Q(unit_id__in=named) | Q(unit=None)) if None in units else rows.filter(unit_id__in=named)


# Rows -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Homes:
    """Under which unit the hazards of a team are counted, and which units have a row of their own."""

    main: dict[UUID, UUID]
    rows: list[Unit]

    def below(self, unit_id: UUID) -> list[UUID | None]:
        """The unit with its teams."""
        return [one for one, home in self.main.items() if home == unit_id]


def homes(mine_id: UUID) -> Homes:
    """The units of the mine, those that were closed too: their hazards stay on the account."""
    units = list(Unit.objects.filter(mine_id=mine_id).order_by("position", "name"))
    main = {one.id: one.parent_id if one.kind == Unit.Kind.TEAM and one.parent_id else one.id for one in units}
    return Homes(main, [one for one in units if main[one.id] == one.id])


def always(unit: Unit) -> bool:
    """Production and auxiliary units have their row also when they found nothing: that is a figure too."""
    return unit.closed_on is None and unit.kind in (Unit.Kind.PRODUCTION, Unit.Kind.AUXILIARY)


def live_lines(span: Span) -> list[Line]:
    """The rows of a period as they are now; kept until the mine's ledger moves."""
    key = f"statutory:{span.mine.id}:{span.period.code}:{newest(span.mine.id)}:{span.cut:%Y%m%d%H%M}"
    lines: list[Line] | None = cache.get(key)
    if lines is None:
        lines = _asked_lines(span)
        cache.set(key, lines, 60)
    return lines


def _asked_lines(span: Span) -> list[Line]:
    made = conditions(span)
    any_of = Q(*made.values(), _connector=Q.OR)
    counts = {cell.value: Count("id", filter=condition) for cell, condition in made.items()}
    rows = counted(span.mine.id).filter(any_of).values("unit_id")
    answers: Any = rows.annotate(**counts, yuan=Sum("funds", filter=made[Cell.FUNDED]))
    found: dict[UUID | None, Line] = {}
    where = homes(span.mine.id)
    for row in answers:
        home = where.main.get(row["unit_id"]) if row["unit_id"] else None
        line = found.setdefault(home, Line(str(home or ""), "", defaultdict(int)))
        for cell in made:
            line.counts[cell] += row[cell.value]
        line.funds += row["yuan"] or Decimal(0)
    return _ordered(found, where)


def _ordered(found: dict[UUID | None, Line], where: Homes) -> list[Line]:
    lines = []
    for unit in where.rows:
        if unit.id in found or always(unit):
            line = found.get(unit.id, Line(str(unit.id), "", {}))
            line.name = unit.name
            line.units = int(any(line.count(cell) for cell in CARRIED))
            lines.append(line)
    if None in found:
        lines.append(found[None])
    for line in lines:
        line.counts = {str(key): n for key, n in line.counts.items() if n}
    return lines


@dataclass(frozen=True)
class Member:
    """A hazard on the account of a period, and the figures that it goes into."""

    hazard_id: UUID
    unit_id: UUID | None
    cells: list[str]
    funds: Decimal | None


def members(span: Span) -> list[Member]:
    """Every hazard of the period with its figures, for the snapshot."""
    made = conditions(span)
    marks = {
        f"in_{cell}": Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField())
        for cell, condition in made.items()
    }
    rows: QuerySet[Any, Any] = counted(span.mine.id).filter(Q(*made.values(), _connector=Q.OR))
    found = rows.annotate(**marks).order_by("occurred_at", "id").values("id", "unit_id", "funds", *marks)
    return [
        Member(row["id"], row["unit_id"], [cell.value for cell in made if row[f"in_{cell}"]], row["funds"])
        for row in found.iterator(chunk_size=5000)
    ]


def lines_of(found: list[Member], mine_id: UUID) -> list[Line]:
    """The rows that these members make: what is signed is counted from what is listed."""
    where = homes(mine_id)
    lines: dict[UUID | None, Line] = {}
    for one in found:
        home = where.main.get(one.unit_id) if one.unit_id else None
        line = lines.setdefault(home, Line(str(home or ""), "", defaultdict(int)))
        for cell in one.cells:
            line.counts[cell] += 1
        if Cell.FUNDED in one.cells:
            line.funds += one.funds or Decimal(0)
    return _ordered(lines, where)
