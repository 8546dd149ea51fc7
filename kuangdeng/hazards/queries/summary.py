"""Unit by unit: what is open, what is late, what became of the last days' hazards."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import overdue, scope
from kuangdeng.hazards.rules import ENDED, Status
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import newest
from kuangdeng.org.api import Person, Unit

DAYS = 30
OPEN = ~Q(status__in=sorted(ENDED))


@dataclass
class UnitLine:
    """One unit's figures, its teams included. `timely` of `finished` were rectified by their deadline."""

    unit: Unit
    open: int = 0
    to_sign: int = 0
    working: int = 0
    to_accept: int = 0
    overdue: int = 0
    major: int = 0
    supervised: int = 0
    ordered: int = 0
    closed: int = 0
    finished: int = 0
    timely: int = 0

    @property
    def timely_rate(self) -> int | None:
        """Per cent rectified in time; None when nothing was finished, because 0 of 0 is not 0 %."""
        return round(100 * self.timely / self.finished) if self.finished else None


@dataclass(frozen=True)
class Figure:
    """A figure of the summary page, and the filters of the list that show what it counts."""

    name: str
    label: object
    query: str


FIGURES = [
    Figure("open", _("未办结"), "open=1"),
    Figure("to_sign", _("待签收"), "status=dispatched"),
    Figure("working", _("整改中"), "status=rectifying"),
    Figure("to_accept", _("待验收"), "status=rectified"),
    Figure("overdue", _("超期"), "late=1"),
    Figure("major", _("重大"), "open=1&major=1"),
    Figure("supervised", _("督办"), "open=1&supervised=1"),
    Figure("ordered", _("下达"), f"received={DAYS}d"),
    Figure("closed", _("已销号"), f"received={DAYS}d&status=closed"),
]
NAMES = [field.name for field in fields(UnitLine) if field.name != "unit"]


def unit_summary(person: Person) -> list[UnitLine]:
    """The units that this person may look into, each with its figures; five statements, however many hazards.

    What is open is counted now; ordered, closed, finished and timely count the hazards received in the last 30 days.
    The board hangs on walls and is asked again and again, so its figures are kept until the mine's ledger moves, at
    most to the end of the minute: every step of a hazard is an entry, and what is overdue changes with the clock.
    """
    return _kept_lines(person.mine_id, scope(person))


def mine_summary(mine_id: UUID) -> list[UnitLine]:
    """The same for the whole mine, for a board that no person looks at."""
    return _kept_lines(mine_id, None)


def _kept_lines(mine_id: UUID, reach: list[UUID] | None) -> list[UnitLine]:
    seen = "all" if reach is None else sha256(",".join(sorted(map(str, reach))).encode()).hexdigest()
    key = f"unit-summary:{mine_id}:{seen}:{newest(mine_id)}:{clock.local():%Y%m%d%H%M}"
    lines: list[UnitLine] | None = cache.get(key)
    if lines is None:
        lines = _unit_lines(mine_id, reach)
        cache.set(key, lines, 60)
    return lines


def _unit_lines(mine_id: UUID, reach: list[UUID] | None) -> list[UnitLine]:
    hazards = Hazard.objects.filter(mine_id=mine_id, unit__isnull=False)
    units = Unit.objects.filter(mine_id=mine_id, closed_on=None).order_by("position", "name")
    if reach is not None:
        hazards, units = hazards.filter(unit_id__in=reach), units.filter(id__in=reach)
    rows = list(units)
    home = {unit.id: _main(unit) for unit in rows}
    lines = {unit.id: UnitLine(unit) for unit in rows if home[unit.id] == unit.id}
    _add(lines, home, _open_figures(hazards))
    _add(lines, home, _recent_figures(hazards))
    return [line for line in lines.values() if any(getattr(line, name) for name in NAMES)]


def _main(unit: Unit) -> UUID:
    """The unit under which a team's hazards are counted."""
    return unit.parent_id if unit.kind == Unit.Kind.TEAM and unit.parent_id else unit.id


def _open_figures(hazards: QuerySet[Hazard]) -> Iterable[Any]:
    return (
        hazards.filter(OPEN)
        .values("unit_id")
        .order_by()
        .annotate(
            open=Count("unit_id"),
            to_sign=Count("unit_id", filter=Q(status=Status.DISPATCHED)),
            working=Count("unit_id", filter=Q(status=Status.RECTIFYING)),
            to_accept=Count("unit_id", filter=Q(status=Status.RECTIFIED)),
            overdue=Count("unit_id", filter=overdue()),
            major=Count("unit_id", filter=Q(is_major=True)),
            supervised=Count("unit_id", filter=Q(supervised_at__isnull=False)),
        )
    )


def _recent_figures(hazards: QuerySet[Hazard]) -> Iterable[Any]:
    since = clock.local().replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS - 1)
    return (
        hazards.filter(received_at__gte=since)
        .values("unit_id")
        .order_by()
        .annotate(
            ordered=Count("unit_id"),
            closed=Count("unit_id", filter=Q(status=Status.CLOSED)),
            finished=Count("unit_id", filter=Q(rectified_at__isnull=False)),
            timely=Count("unit_id", filter=Q(rectified_at__lte=F("due_at"))),
        )
    )


def _add(lines: dict[UUID, UnitLine], home: dict[UUID, UUID], rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        line = lines.get(home.get(row.pop("unit_id"), UUID(int=0)))
        if line is not None:
            for name, value in row.items():
                setattr(line, name, getattr(line, name) + value)
