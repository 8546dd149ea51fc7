"""Stock-takings (盘点): what was found, what is missing."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.bookroom.models import (
    Copy,
    StockTake,
)
from kuangdeng.learning.bookroom.queries.shelves import CopyNow, copies_now
from kuangdeng.learning.bookroom.rules import CopyStatus
from kuangdeng.org.api import Person


def stock_takes(by: Person) -> list[StockTake]:
    """All stock-takings, the last first."""
    rows = StockTake.objects.filter(mine_id=by.mine_id).select_related("room", "started_by")
    return list(rows.annotate(scanned=Count("scans"))[:100])


def get_stock_take(stock_id: UUID, *, by: Person) -> StockTake:
    """One stock-taking. NotVisible when there is none."""
    rows = StockTake.objects.filter(id=stock_id, mine_id=by.mine_id).select_related("room", "started_by")
    found = one_of(rows)
    if found is None:
        raise NotVisible
    return found


@dataclass
class Stock:
    """A stock-taking as it stands: what should be there, what is, what is not."""

    expected: int = 0
    found: int = 0
    missing: list[CopyNow] = field(default_factory=list)
    elsewhere: list[Copy] = field(default_factory=list)
    on_loan: list[Copy] = field(default_factory=list)
    gone: list[Copy] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def stock_of(take: StockTake) -> Stock:
    """What was scanned against what should stand in the room: in use, of this room, and not on loan."""
    scans = list(take.scans.select_related("copy__title", "copy__room").order_by("-at"))
    seen = {scan.copy_id for scan in scans if scan.copy_id}
    here = copies_now(
        Copy.objects.filter(room=take.room, status=CopyStatus.IN_USE).order_by("title__class_number", "barcode")
    )
    out = {one.copy.id for one in here if one.loan}
    stock = Stock(
        expected=sum(one.loan is None for one in here),
        missing=[one for one in here if one.loan is None and one.copy.id not in seen],
        unknown=[scan.barcode for scan in scans if scan.copy is None],
    )
    for scan in scans:
        copy = scan.copy
        if copy is None:
            continue
        if copy.status != CopyStatus.IN_USE:
            stock.gone.append(copy)
        elif copy.room_id != take.room_id:
            stock.elsewhere.append(copy)
        elif copy.id in out:
            stock.on_loan.append(copy)
        else:
            stock.found += 1
    return stock
