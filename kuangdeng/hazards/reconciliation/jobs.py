"""The account is reckoned by itself."""

from procrastinate.contrib.django import app

from kuangdeng.hazards.reconciliation import queries, services
from kuangdeng.kernel import clock
from kuangdeng.org.api import Mine


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.reconciliation", lock="hazards.reconciliation", name="hazards.reconciliation")
def reconcile_all(timestamp: int) -> int:
    """Every hour, and as soon as a bulletin is compiled: reckon the account of each mine (每日对账)."""
    at = clock.now()
    return sum(services.reconcile(mine) for mine in Mine.objects.all() if queries.is_due(mine, at))
