"""盘点: scan the copies of a room, list what is missing."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.tables import compact
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.bookroom.models import Copy, StockScan, StockTake
from kuangdeng.learning.bookroom.queries import stock_of
from kuangdeng.learning.bookroom.services._steps import check, enter, locked_room
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Person

MOST_AT_ONCE = 5000


def _subject(take: StockTake) -> Subject:
    return Subject("stock_take", take.id, take.room.name)


def _locked(stock_id: UUID, by: Person) -> StockTake:
    check(by, "book.stock")
    rows = StockTake.objects.select_for_update(of=("self",)).select_related("room")
    take = one_of(rows.filter(id=stock_id, mine_id=by.mine_id))
    if take is None:
        raise NotVisible
    if take.finished_at is not None:
        raise Refused(_("这次盘点已经结束。请新开一次盘点。"), code="wrong_state")
    return take


@verb
def start_stock(*, room_id: UUID, by: Person) -> StockTake:
    """Begin to take stock of a room (开始盘点). Refused while another stock-taking of it runs."""
    check(by, "book.stock")
    room = locked_room(room_id, by)
    if StockTake.objects.filter(room=room, finished_at=None).exists():
        raise Refused(_("%s正在盘点，请接着那一次扫。") % room.name, code="running")
    take = StockTake.objects.create(mine_id=by.mine_id, room=room, started_by=by, started_at=clock.now())
    enter("start_stock", _subject(take), by.mine_id, by, {})
    return take


@verb
def scan(stock_id: UUID, *, barcodes: Sequence[str], by: Person) -> list[StockScan]:
    """Scan copies (扫码), one or a whole batch of a hand scanner; what was scanned before counts once.

    Refused when there is nothing to read, for more than some thousand at once, and once the stock-taking has ended.
    """
    take = _locked(stock_id, by)
    wanted = list(dict.fromkeys(compact(one)[:30] for one in barcodes if compact(one)))
    if not wanted:
        raise Refused(_("请扫一册书的条码。"), field="barcodes")
    if len(wanted) > MOST_AT_ONCE:
        raise Refused(_("一次最多 %(n)d 个条码，请分几次。") % {"n": MOST_AT_ONCE}, field="barcodes")
    known = {one.barcode: one for one in Copy.objects.filter(mine_id=by.mine_id, barcode__in=wanted)}
    before = set(take.scans.filter(barcode__in=wanted).values_list("barcode", flat=True))
    fresh = [one for one in wanted if one not in before]
    made = StockScan.objects.bulk_create(
        [StockScan(stock_take=take, barcode=one, copy=known.get(one), by=by, at=clock.now()) for one in fresh]
    )
    told = {"scanned": len(made), "again": len(before), "unknown": [one for one in fresh if one not in known][:50]}
    enter("scan", _subject(take), by.mine_id, by, told, quantity=max(len(made), 1))
    return made


@verb
def finish_stock(stock_id: UUID, *, by: Person) -> StockTake:
    """End the stock-taking (结束盘点): what is missing is written down as it stands at this moment.

    Refused when nothing was scanned: an empty list would call every book missing.
    """
    take = _locked(stock_id, by)
    if not take.scans.exists():
        raise Refused(_("还没有扫过一册，不能结束。不盘了也请至少扫一册，或者留着以后接着盘。"), code="empty")
    stock = stock_of(take)
    take.finished_at = clock.now()
    take.result = {
        "expected": stock.expected,
        "found": stock.found,
        "missing": [one.copy.barcode for one in stock.missing],
        "elsewhere": [copy.barcode for copy in stock.elsewhere],
        "on_loan": [copy.barcode for copy in stock.on_loan],
        "gone": [copy.barcode for copy in stock.gone],
        "unknown": stock.unknown,
    }
    take.save(update_fields=["finished_at", "result"])
    counts = {"expected": stock.expected, "found": stock.found, "missing": len(stock.missing)}
    enter("finish_stock", _subject(take), by.mine_id, by, counts)
    return take
