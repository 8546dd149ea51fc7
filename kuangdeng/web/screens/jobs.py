"""What the screens do by themselves."""

from datetime import datetime

from django.core.cache import cache
from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.web.screens import queries
from kuangdeng.web.screens.services import report_back, report_lost

WATCHING = "screens.watching-since"


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="screens.watch", lock="screens.watch", name="screens.watch")
def watch_screens(timestamp: int) -> int:
    """Every minute: alarm lost screens, say which are back. Late or twice does no harm."""
    return watch(cache.get_or_set(WATCHING, clock.now, None) or clock.now())


def watch(since: datetime) -> int:
    """Tell what is lost and what is back; returns how many. Since `since` this system has been watching.

    Kept in the worker's memory: after a standstill every screen gets its full time to be heard of again.
    """
    told = sum(report_back(screen_id) is not None for screen_id in queries.found_again())
    return told + sum(report_lost(screen_id) is not None for screen_id in queries.newly_lost(since))
