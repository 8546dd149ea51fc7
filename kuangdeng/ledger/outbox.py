"""Sending: at most once, whatever the channel.

No mail server and no robot can be part of our transaction, so between "the other side took it" and "we wrote that
down" a crash leaves it open whether it went out. One must choose. We choose **at most once**: a claim is committed
before the first byte is sent (state `sending`, with a lease), and when a lease runs out, or the line broke after the
text was handed over, the delivery is given up and shown to the administrator, who may send it again by hand. The notice
itself stands in the inbox anyway, so a lost message costs little, while a second 已超期 costs trust. Everything that
surely did not go out (no connection, refused, too often) is tried again after 1, 2, 4 … minutes and given up after
`MOST_TRIES`; what no try can change is final at once. The senders say which it was: `channels.base`.

Several workers may send at once: claiming skips rows that another one holds. Mail goes over one connection for many;
every other channel is claimed by itself, as many as its rate allows, so that one that hangs delays no other's claim.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger import links, rules
from kuangdeng.ledger.channels import SENDERS, Config, Failure, Final, Message, NotSent, Uncertain
from kuangdeng.ledger.channels.base import Post
from kuangdeng.ledger.channels.smtp import DJANGO_SMTP
from kuangdeng.ledger.models import Channel, Delivery, Notice
from kuangdeng.ledger.people import people
from kuangdeng.ledger.plans import asleep, outgoing
from kuangdeng.ledger.routes import TOPICS
from kuangdeng.ledger.words import verb_word

__all__ = ["DJANGO_SMTP", "MOST_TRIES", "claim", "deliver_all", "deliver_mail", "deliver_posts"]

log = logging.getLogger(__name__)
BATCH = 20
MOST_TRIES = 10
LEASE = timedelta(minutes=10)
UNCERTAIN = "连接在交付正文时中断，不知道对方是否收到；为避免重复发送，不再自动重发。"
LEASE_RAN_OUT = "发送过程中程序中断，不知道是否已经发出；为避免重复发送，不再自动重发。"
READ_MEANWHILE = "收件人已经在收件箱里看过。"
TOO_OLD = "超过一天没有送出，已经不是新消息。"
MOST_AGE = timedelta(days=1)
"""A group is not told of what happened longer ago, after an outage."""
PAUSE = timedelta(minutes=1)
"""A channel that could not be reached is left alone for so long."""


def deliver_all() -> int:
    """Send everything that is due, over every channel; returns how many were sent."""
    return deliver_mail() + deliver_posts()


def deliver_mail() -> int:
    """Send the mails that are due. Stops at the first batch that sends nothing."""
    expire_leases()
    _put_off(Q(via=None))
    total = 0
    while claimed := claim():
        sent = _send("email", Config(), claimed)
        total += sent
        if not sent:
            break
    return total


def deliver_posts() -> int:
    """Send what is due over robots, SMS and webhooks, each channel as fast as it allows."""
    _put_off(Q(via__isnull=False))
    total = 0
    due = Q(deliveries__state=Delivery.State.WAITING, deliveries__next_try_at__lte=now())
    for channel_id in list(_open_channels().filter(due).order_by("id").values_list("id", flat=True).distinct()):
        while claimed := claim_for(channel_id):
            channel = claimed[0].via
            assert channel is not None
            sent = _send(channel.kind, config_of(channel), claimed, channel)
            total += sent
            if sent < len(claimed):
                break
    return total


def config_of(channel: Channel) -> Config:
    """Where a channel leads."""
    return Config(channel.address, channel.secret, channel.proxy, channel.options)


# Claiming -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def _put_off(which: Q) -> None:
    """What a broken line has kept back into somebody's quiet hours waits until they are over; what is urgent does not."""
    due = Delivery.objects.filter(which, state=Delivery.State.WAITING, next_try_at__lte=now())
    locked = due.select_related("notice", "via").select_for_update(of=("self",), skip_locked=True)
    for until, ids in asleep(list(locked)).items():
        Delivery.objects.filter(id__in=ids).update(next_try_at=until, held=True)


@transaction.atomic
def claim(most: int = BATCH) -> list[Delivery]:
    """Take mails that are due, for this process alone, and commit that before anything is sent."""
    return _claim(Q(via=None), most)


@transaction.atomic
def claim_for(channel_id: UUID, most: int = BATCH) -> list[Delivery]:
    """Take what is due over one channel, no more than its rate leaves; nothing while another process has it."""
    row = _open_channels().select_for_update(of=("self",), skip_locked=True).filter(id=channel_id).first()
    if row is None:
        return []
    sender = SENDERS[row.kind]
    lately = Delivery.objects.filter(via=row, tried_at__gt=now() - timedelta(minutes=1))
    left = rules.room(
        [at for at in lately.values_list("tried_at", flat=True) if at is not None], now(),
        per_minute=sender.per_minute, per_second=sender.per_second,
    )  # fmt: skip
    return _claim(Q(via=row), min(most, left)) if left else []


def _open_channels() -> QuerySet[Channel]:
    rows = Channel.objects.filter(Q(paused_until=None) | Q(paused_until__lte=now()))
    return rows.filter(is_on=True, removed_at=None)


def _claim(which: Q, most: int) -> list[Delivery]:
    due = Delivery.objects.filter(which, state=Delivery.State.WAITING, next_try_at__lte=now())
    ids = list(due.order_by("next_try_at").select_for_update(skip_locked=True).values_list("id", flat=True)[:most])
    at = now()
    Delivery.objects.filter(id__in=ids).update(
        state=Delivery.State.SENDING, claimed_at=at, tried_at=at, tries=F("tries") + 1
    )
    rows = Delivery.objects.filter(id__in=ids).select_related("notice__entry", "entry", "via").order_by("next_try_at")
    return list(rows.prefetch_related("lines__notice"))


@transaction.atomic
def expire_leases() -> int:
    """Give up what a process was sending when it died; see the top of this module for why it is not sent again."""
    stale = Delivery.objects.filter(state=Delivery.State.SENDING, claimed_at__lt=now() - LEASE)
    return stale.update(state=Delivery.State.DEAD, claimed_at=None, dead_at=now(), error=LEASE_RAN_OUT)


# Sending ------------------------------------------------------------------------------------------------------------


class _Stop(Exception):
    """The line is of no use now: the first of those left met `failure`, or was `settled` before it hung."""

    def __init__(self, failure: Failure, *, settled: bool) -> None:
        super().__init__(str(failure))
        self.failure, self.settled = failure, settled


def _send(kind: str, config: Config, claimed: list[Delivery], channel: Channel | None = None) -> int:
    """Send claimed deliveries over one line; each gets its own result as soon as it is known."""
    left, sent = _needed(claimed), 0
    try:
        with SENDERS[kind].line(config) as post:
            while left:
                sent += _send_one(post, left[0])
                left.pop(0)
    except NotSent as failure:  # the line could not be had at all
        _stopped(channel, left, _Stop(failure, settled=False))
    except _Stop as stop:
        _stopped(channel, left, stop)
    if channel is not None and sent:
        Channel.objects.filter(id=channel.id).update(last_ok_at=now(), last_error="", last_error_at=None)
    return sent


def _needed(claimed: list[Delivery]) -> list[Delivery]:
    """Without those that waited and were read or done meanwhile, and without what is no news any more."""
    needed = []
    for delivery in claimed:
        waited = delivery.held or delivery.made_at < now() - LONG_WAIT
        if waited and delivery.entry is None and not _still(delivery):
            _end(delivery, Delivery.State.DROPPED, READ_MEANWHILE)
        elif delivery.entry is not None and delivery.made_at < now() - MOST_AGE:
            _give_up(delivery, TOO_OLD)
        else:
            needed.append(delivery)
    return needed


LONG_WAIT = timedelta(minutes=30)
"""What could not go out for so long is looked at once more: a task that was done meanwhile rings nobody."""


def _still(delivery: Delivery) -> list[Notice]:
    """The notices of a held delivery that he has neither read nor done."""
    notices = [delivery.notice] if delivery.notice else [line.notice for line in delivery.lines.all()]
    return [one for one in notices if one.read_at is None and one.acted_at is None]


def _send_one(post: Post, delivery: Delivery) -> bool:
    """Send one; True when it was taken. Stops when the line itself is of no use."""
    try:
        post(message(delivery))
    except Uncertain as failure:
        _give_up(delivery, f"{UNCERTAIN}（{failure}）")
        if delivery.via_id:  # whoever hangs once hangs again: the others wait for the next round
            raise _Stop(failure, settled=True) from failure
    except Final as failure:
        _give_up(delivery, str(failure))
        _trouble(delivery.via_id, str(failure))
    except NotSent as failure:
        if failure.stop:
            raise _Stop(failure, settled=False) from failure
        _failed(delivery, failure)
        _trouble(delivery.via_id, str(failure))
    else:
        _sent(delivery)
        return True
    return False


def _stopped(channel: Channel | None, left: list[Delivery], stop: _Stop) -> None:
    """The line is gone: the first has failed, the others were not tried. A channel gets a pause before they are."""
    log.warning("%s cannot be reached: %s", channel or "mail server", stop)
    failure = stop.failure if isinstance(stop.failure, NotSent) else NotSent(str(stop))
    if channel is None:
        for delivery in left:
            _failed(delivery, failure)
        return
    wait = failure.wait or PAUSE
    Channel.objects.filter(id=channel.id).update(
        paused_until=now() + wait, last_error=str(stop)[:2000], last_error_at=now()
    )
    if left and not stop.settled:
        _failed(left[0], failure)
    _release([one.id for one in left[1:]], wait)


def _trouble(channel_id: UUID | None, words: str) -> None:
    """Note at the channel what the other side said, for its page."""
    if channel_id is not None:
        Channel.objects.filter(id=channel_id).update(last_error=words[:2000], last_error_at=now())


def _release(ids: list[UUID], wait: timedelta) -> None:
    """Not tried at all: back into the queue as they were."""
    Delivery.objects.filter(id__in=ids, state=Delivery.State.SENDING).update(
        state=Delivery.State.WAITING, claimed_at=None, tried_at=None, tries=F("tries") - 1, next_try_at=now() + wait
    )


def _sent(delivery: Delivery) -> None:
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.SENDING).update(
        state=Delivery.State.SENT, sent_at=now(), claimed_at=None, error=""
    )


def _failed(delivery: Delivery, failure: NotSent) -> None:
    """Surely not sent: try again after 1, 2, 4 … minutes, or give up."""
    if delivery.tries >= MOST_TRIES:
        _give_up(delivery, str(failure))
        return
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.SENDING).update(
        state=Delivery.State.WAITING,
        claimed_at=None,
        next_try_at=rules.next_try(now(), delivery.tries, failure.wait),
        error=str(failure)[:2000],
    )


def _give_up(delivery: Delivery, error: str) -> None:
    log.error("%s %s given up: %s", delivery.channel, delivery.id, error)
    _end(delivery, Delivery.State.DEAD, error, dead_at=now())


def _end(delivery: Delivery, state: str, error: str, **more: datetime) -> None:
    Delivery.objects.filter(id=delivery.id, state=Delivery.State.SENDING).update(
        state=state, claimed_at=None, error=error[:2000], **more
    )


# What it says -------------------------------------------------------------------------------------------------------


def message(delivery: Delivery) -> Message:
    """What a delivery says, with nothing in it that may not leave."""
    if delivery.entry is not None:
        return _to_group(delivery)
    if delivery.notice is not None:
        return _to_person(delivery, delivery.notice)
    return _digest(delivery, _still(delivery) or [line.notice for line in delivery.lines.all()])


def _to_group(delivery: Delivery) -> Message:
    """Words that were made to leave when it was queued; a plain link, as a group has no person's rights."""
    entry = delivery.entry
    assert entry is not None
    topic = TOPICS.get(delivery.topic)
    event = {
        "id": str(entry.id), "mine": people().mine_name(delivery.mine_id), "verb": entry.verb,
        "verb_label": verb_word(entry.verb), "topic": delivery.topic, "topic_label": str(topic.label) if topic else "",
        "occurred_at": entry.occurred_at.isoformat(timespec="seconds"), "unit": entry.unit_name,
    }  # fmt: skip
    return Message(delivery.id, delivery.title, delivery.body, links.absolute(delivery.url), event=event)


def _to_person(delivery: Delivery, notice: Notice) -> Message:
    title, body = outgoing(delivery.mine_id, TOPICS.get(notice.topic), notice.title, notice.body)
    return Message(
        delivery.id, title, body, links.personal(notice.id), to=delivery.address, page=links.absolute(notice.url)
    )


def _digest(delivery: Delivery, notices: list[Notice]) -> Message:
    """One line for each notice, the one with the nearest deadline first; in a mail each with its link."""
    far = now() + timedelta(days=3650)
    lines = []
    for number, one in enumerate(sorted(notices, key=lambda one: one.due_at or far), 1):
        title, _body = outgoing(delivery.mine_id, None, one.title, "")
        lines.append(f"{number}. {title}")
        if delivery.channel == "email" and (link := links.personal(one.id)):
            lines.append(f"   {link}")
    inbox = links.absolute("/inbox/")
    title = rules.digest_title(len(notices))
    if delivery.channel == "email":
        return Message(delivery.id, title, lines=tuple(lines), to=delivery.address, page=inbox)
    return Message(delivery.id, title, lines=tuple(lines), link=inbox, to=delivery.address)


# A test by hand -----------------------------------------------------------------------------------------------------


def send_test(channel: Channel, *, mine: str, to: str = "") -> str:
    """Send one message now, outside the queue; returns why it did not go out, or nothing when it was taken."""
    at = now()
    title = f"这是{mine}矿灯系统发来的测试消息（{local(at):%m月%d日 %H:%M}），收到说明通道“{channel.name}”已经接通。"
    event = {
        "id": str(uuid7()),
        "mine": mine,
        "verb": "channel.test",
        "verb_label": "测试",
        "topic": "",
        "topic_label": "",
    }
    said = Message(uuid7(), title, link=links.absolute("/"), to=to, at=at, event=event)
    try:
        with SENDERS[channel.kind].line(config_of(channel)) as post:
            post(said)
    except Failure as failure:
        return str(failure)
    return ""
