"""Reading the channels for their pages."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.ledger import api as ledger
from kuangdeng.org.api import Person, has_power


def need(person: Person, power: str = "channel.manage") -> None:
    """NotVisible for who may not."""
    if not has_power(person, power):
        raise NotVisible


def channels(person: Person) -> QuerySet[ledger.Channel]:
    """The channels of his mine with what waits and what was given up."""
    need(person)
    waits = Q(deliveries__state=ledger.Delivery.State.WAITING)
    dead = Q(deliveries__state=ledger.Delivery.State.DEAD)
    return ledger.channels(person.mine_id).annotate(
        waiting=Count("deliveries", filter=waits), dead=Count("deliveries", filter=dead)
    )


def get_channel(channel_id: UUID, *, by: Person) -> ledger.Channel:
    """One of them. NotVisible when it is none."""
    found = one_of(channels(by).filter(id=channel_id))
    if found is None:
        raise NotVisible
    return found


def notice_of(token: str) -> tuple[ledger.Link | None, ledger.Notice | None]:
    """What the link of a message leads to: the link, and the notice when it is still there."""
    link = ledger.read_token(token)
    if link is None:
        return None, None
    return link, one_of(ledger.Notice.objects.filter(id=link.notice_id))
