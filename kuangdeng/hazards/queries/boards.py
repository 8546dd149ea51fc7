"""What hangs on walls: figures and lines of the whole mine, without the names of persons."""

from dataclasses import dataclass
from uuid import UUID

from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import overdue
from kuangdeng.hazards.queries.work import day_in, late_units, midnight
from kuangdeng.hazards.rules import Status

UNITS = 60
"""More units than any mine has: the count over them is the mine's."""


@dataclass(frozen=True)
class LateBoard:
    """What is overdue: how many, in which units (the most first), and the lines that are late the longest."""

    count: int
    units: list[tuple[str, int]]
    oldest: list[Hazard]


def late_board(mine_id: UUID, *, most: int) -> LateBoard:
    """The overdue board (超期), two statements."""
    units = [(name, n) for _id, name, n, _since in late_units(mine_id, UNITS)]
    oldest = Hazard.objects.filter(overdue(), mine_id=mine_id).order_by("due_at", "id")[:most]
    return LateBoard(sum(n for _name, n in units), units, list(oldest))


@dataclass(frozen=True)
class DayBoard:
    """Today in the mine, with the newest hazards."""

    reported: int
    closed: int
    open: int
    late: int
    newest: list[Hazard]


def day_board(mine_id: UUID, *, most: int) -> DayBoard:
    """Today's hazards (今日隐患), two statements. What was voided or merged does not hang on a wall."""
    day = day_in(mine_id)
    newest = (
        Hazard.objects.filter(mine_id=mine_id, received_at__gte=midnight())
        .exclude(status__in=(Status.VOID, Status.MERGED, Status.RETURNED))
        .select_related("place")
        .order_by("-received_at", "-id")[:most]
    )
    return DayBoard(day.reported, day.closed, day.open, day.late, list(newest))
