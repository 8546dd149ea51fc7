"""What the channels do by themselves."""

from procrastinate.contrib.django import app

from kuangdeng.ledger.api import ripe
from kuangdeng.web.channels.services import escalate


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notices.escalate", lock="notices.escalate", name="notices.escalate")
def escalate_unread(timestamp: int) -> int:
    """Every minute: unread tasks whose hour has come climb to the next channel. Late or twice does no harm."""
    return climb_all()


def climb_all() -> int:
    """Apply every rule that is due; returns how many notices climbed."""
    return sum(escalate(notice_id, rule_id=rule_id) is not None for notice_id, rule_id in list(ripe()))
