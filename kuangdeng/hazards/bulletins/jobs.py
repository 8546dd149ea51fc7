"""The bulletin makes itself: no day is missed."""

import logging
from datetime import datetime

from procrastinate.contrib.django import app

from kuangdeng.hazards.bulletins import queries, services
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.org.api import Mine

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.bulletins", lock="hazards.bulletins", name="hazards.bulletins")
def make_bulletins(timestamp: int) -> int:
    """Every minute: compile and publish what is due (每日公布). Late or twice does no harm."""
    return run_bulletins()


def run_bulletins(at: datetime | None = None) -> int:
    """Compile the days whose hour has come, publish those whose cut-off has passed, mine by mine, in order.

    Returns how many steps were done. One mine that cannot go on does not stop the others.
    """
    at, done = at or clock.now(), 0
    for mine in Mine.objects.all():
        try:
            for owed in queries.owed_by(mine, at):
                services.compile_day(mine=mine, owed=owed)
                done += 1
            for bulletin in queries.past_cut_off(mine, at):
                services.publish(bulletin.id, by=None)
                done += 1
        except Refused as refusal:
            log.warning("bulletin of %s: %s", mine.code, refusal)
    return done
