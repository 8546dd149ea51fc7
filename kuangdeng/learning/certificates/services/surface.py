"""地面工种: which trades do not go underground."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import source_of
from kuangdeng.learning.certificates.models import SurfaceTrade
from kuangdeng.learning.certificates.services._steps import check
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import Person


@verb
def save_surface_trades(
    *, trades: Sequence[str], surface: bool, valid_from: date, source: str, confirmed: bool, by: Person
) -> list[SurfaceTrade]:
    """Say of some trades that they work only on the surface, or do not any more, from a day on (设置地面工种).

    They leave the list of who may not go underground, so each row keeps its source and whether it was checked. Refused
    without a trade, for a past day, and when it is called confirmed without a source.
    """
    check(by, "cert.surface")
    names = list(dict.fromkeys(one.strip() for one in trades if one.strip()))
    if not names:
        raise Refused(_("请填写工种，几个用顿号隔开。"), field="trades")
    if any(len(one) > 40 for one in names):
        raise Refused(_("工种太长了，最多 40 个字。几个工种请用顿号隔开。"), field="trades")
    if valid_from < clock.today():
        raise Refused(_("从今天或以后的日期起用：已经发布的名单不会变。"), field="valid_from")
    words = source_of(source, confirmed=confirmed)
    values = {"surface": surface, "source": words, "confirmed": confirmed}
    rows = [
        SurfaceTrade.objects.update_or_create(mine_id=by.mine_id, trade=name, valid_from=valid_from, defaults=values)[0]
        for name in names
    ]
    told = {"trades": names, "valid_from": valid_from.isoformat(), **values}
    with in_chinese():
        label = _("地面工种")
    enter("cert.save_surface", Subject("surface_trade", by.mine_id, label), by.mine_id, by, told, quantity=len(rows))
    return rows
