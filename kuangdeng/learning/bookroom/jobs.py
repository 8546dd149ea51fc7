"""What the book rooms do by themselves: reminders of due dates, and holds that nobody fetched."""

from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom.queries import lapsed_holds, reminders_due
from kuangdeng.learning.bookroom.services import lapse, remind
from kuangdeng.org.api import Mine

FIRST_HOUR = 8
"""Nobody is told at midnight that a book is due."""


def run_clock() -> int:
    """Tell every reminder that has come and end every hold that has passed; returns how many. May run as often as one
    likes."""
    done = 0
    for mine in Mine.objects.all():
        done += sum(lapse(one) is not None for one in lapsed_holds(mine.id))
        if clock.local().hour >= FIRST_HOUR:
            for one in reminders_due(mine.id):
                done += remind(one.loan_id, due_on=one.due_on, step=one.step, count=one.count) is not None
    return done


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="learning.books", lock="learning.books", name="learning.books")
def tend_books(timestamp: int) -> int:
    """Every ten minutes: reminders (催还), holds that have passed (预约过期). Late or twice does no harm."""
    return run_clock()
