"""What the groups do by themselves."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

from procrastinate.contrib.django import app

from kuangdeng.hazards.groups import queries, services
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.org.api import Mine

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="hazards.groups", lock="hazards.groups", name="hazards.groups")
def follow_groups(timestamp: int) -> int:
    """Every minute: published lines find their groups, who is late is told (分组、催办). Late or twice does no harm."""
    return run_groups()


def run_groups(at: datetime | None = None) -> int:
    """Hand out what was published, find groups for gaps, tell who is late; returns how many steps were done.

    May run as often as one likes; after a standstill it catches up. One mine that cannot go on does not stop the others.
    """
    at, done = at or clock.now(), 0
    for mine in Mine.objects.all():
        try:
            done += sum(1 for _step in _run(mine, at))
        except Exception:
            log.exception("groups of %s", mine.code)
    return done


def _run(mine: Mine, at: datetime) -> Iterator[object]:
    for bulletin in queries.not_handed_out(mine):
        yield from _once(services.assign_bulletin, bulletin.id)
    if queries.gaps(mine.id).exists():
        yield from _once(services.assign_gaps, mine=mine)
    for teams in queries.late_teams(mine, at):
        yield from _once(services.tell_teams, late=teams)
    for group in queries.late_groups(mine, at):
        yield from _once(services.tell_group, late=group)


def _once(do: Callable[..., object], *args: object, **more: object) -> Iterator[object]:
    """Do it, unless another worker did it first."""
    try:
        yield do(*args, **more)
    except Refused:
        return
