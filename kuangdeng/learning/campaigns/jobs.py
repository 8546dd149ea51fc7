"""What campaigns do by themselves: remind those who have not done their day."""

from procrastinate.contrib.django import app

from kuangdeng.kernel import clock
from kuangdeng.learning.campaigns.queries import to_remind
from kuangdeng.learning.campaigns.services import remind
from kuangdeng.org.api import Mine

FROM_HOUR = 18
"""In the evening, when the shift of the day is up and there is time left."""


def run_clock() -> int:
    """Remind for every running campaign once a day; returns how many. May run as often as one likes."""
    if clock.local().hour < FROM_HOUR:
        return 0
    due = [one for mine in Mine.objects.all() for one in to_remind(mine.id)]
    return sum(remind(campaign.id, number=number) is not None for campaign, number in due)


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="learning.campaigns", lock="learning.campaigns", name="learning.campaigns")
def remind_campaigns(timestamp: int) -> int:
    """Every hour: reminders of today's task (打卡提醒), once a day. Late or twice does no harm."""
    return run_clock()
