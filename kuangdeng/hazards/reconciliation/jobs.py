"""The account is reckoned by itself."""

import logging

from procrastinate.contrib.django import app

from kuangdeng.hazards.reconciliation import queries, services
from kuangdeng.kernel import clock
from kuangdeng.org.api import Mine

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.reconciliation", lock="hazards.reconciliation", name="hazards.reconciliation")
def reconcile_all(timestamp: int) -> int:
    """Every hour, and as soon as a bulletin is compiled: reckon the account of each mine (每日对账)."""
    at, wrong = clock.now(), 0
    for mine in Mine.objects.all():
        try:
            wrong += services.reconcile(mine) if queries.is_due(mine, at) else 0
        except Exception:
            log.exception("account of %s", mine.code)
    return wrong
