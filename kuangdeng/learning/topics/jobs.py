"""What topics do by themselves: a milestone that is late is told once."""

from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.topics.queries import late_milestones
from kuangdeng.learning.topics.services import tell_late
from kuangdeng.org.api import Mine

FIRST_HOUR = 8
"""Nobody is told at midnight."""


def run_clock() -> int:
    """Tell every milestone that is late; returns how many. May run as often as one likes."""
    done = 0
    if clock.local().hour < FIRST_HOUR:
        return 0
    for mine in Mine.objects.all():
        for step in late_milestones(mine.id)[:500]:
            try:
                tell_late(step.id)
            except Refused:
                continue  # another worker was faster
            done += 1
    return done


@app.periodic(cron="25 * * * *")
@app.task(queueing_lock="learning.topics", lock="learning.topics", name="learning.topics")
def tend_topics(timestamp: int) -> int:
    """Every hour: milestones that are late (节点超期). Late or twice does no harm."""
    return run_clock()
