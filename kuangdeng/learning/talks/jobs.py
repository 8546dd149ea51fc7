"""What the talks do by themselves: list who failed, open the make-up, settle it, remind."""

from collections.abc import Callable

from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.talks import queries, services

FIRST_HOUR = 8
"""Nobody is told at night that a talk is late."""


def run_clock() -> int:
    """Do every step that has come; returns how many. May run as often as one likes."""
    done = sum(_quietly(services.open_talks, exam_id) for exam_id in queries.exams_to_go_through())
    for talk_id, sitting_id in queries.holds_to_lift():
        done += _quietly(services.let_sit, talk_id, sitting_id=sitting_id)
    for talk_id, sitting_id in queries.makeups_to_settle():
        done += _quietly(services.settle, talk_id, sitting_id=sitting_id)
    if clock.local().hour >= FIRST_HOUR:
        for one in queries.reminders_due():
            facts = {"status": one.status, "since": one.since, "after_days": one.after_days, "tells": one.tells}
            done += _quietly(services.remind, one.talk_id, **facts)
    return done


def _quietly(step: Callable[..., object], *args: object, **facts: object) -> bool:
    """A person may have done it in the same moment; then there is nothing left to do."""
    try:
        step(*args, **facts)
    except Refused:
        return False
    return True


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="learning.talks", lock="learning.talks", name="learning.talks")
def tend_talks(timestamp: int) -> int:
    """Every minute: 列入谈心、放行补考、补考结果、超期提醒. Late or twice does no harm."""
    return run_clock()
