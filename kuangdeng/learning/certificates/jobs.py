"""What the certificates do by themselves: reminders before they run out, and before a manager has to have passed."""

from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.learning.certificates.managers import managers_to_remind
from kuangdeng.learning.certificates.queries import reminders_due
from kuangdeng.learning.certificates.services import remind, remind_manager
from kuangdeng.org.api import Mine

FIRST_HOUR = 8
"""Nobody is told at midnight that a certificate runs out."""


def run_clock() -> int:
    """Tell every reminder that has come; returns how many. May run as often as one likes."""
    if clock.local().hour < FIRST_HOUR:
        return 0
    done = 0
    for mine in Mine.objects.all():
        for one in reminders_due(mine.id):
            done += remind(one.certificate_id, due_on=one.due_on, step=one.step) is not None
        for late in managers_to_remind(mine.id):
            done += remind_manager(late.person_id, due_on=late.due_on, step=late.step) is not None
    return done


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="learning.certificates", lock="learning.certificates", name="learning.certificates")
def tend_certificates(timestamp: int) -> int:
    """Every hour: reminders at 90, 60 and 30 days (证照到期提醒、管理人员考核提醒). Late or twice does no harm."""
    return run_clock()
