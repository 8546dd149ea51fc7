"""Reports remind of themselves: some days before they are due, and once when they are late."""

import logging
from datetime import datetime, timedelta

from procrastinate.contrib.django import app

from kuangdeng.hazards.statutory import queries, services
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.org.api import Mine

log = logging.getLogger(__name__)


@app.periodic(cron="11 * * * *")
@app.task(queueing_lock="hazards.statutory", lock="hazards.statutory", name="hazards.statutory")
def remind_of_reports(timestamp: int) -> int:
    """Every hour: tell what is due (法定报表到期提醒). Late or twice does no harm."""
    return run_reminders()


def run_reminders(at: datetime | None = None) -> int:
    """Tell every report that is due soon or late and was not told; returns how many were."""
    at, told = at or clock.now(), 0
    for mine in Mine.objects.all():
        for owed in queries.owed(mine, clock.local(at).date()):
            if owed.due is None or clock.local(at).date() < owed.due.date() - timedelta(days=owed.rule.remind_days):
                continue
            try:
                told += services.remind(mine=mine, owed=owed, late=at > owed.due) is not None
            except Refused as refusal:
                log.warning("reports of %s: %s", mine.code, refusal)
    return told
