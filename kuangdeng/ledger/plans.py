"""From notices to deliveries: who is reached by which channel besides the inbox, when, alone or in a digest.

`rules.plan` decides; this module asks what was chosen and writes down what was decided.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.rows import one_of
from kuangdeng.ledger import rules
from kuangdeng.ledger.channels import GROUPS, ROBOTS
from kuangdeng.ledger.models import Channel, Delivery, DigestLine, Entry, Habit, Notice, Subscription
from kuangdeng.ledger.people import Contact, people
from kuangdeng.ledger.routes import TOPICS, Recipient, Topic
from kuangdeng.ledger.rules import Pace, Plan
from kuangdeng.ledger.words import verb_word

MAIL, SMS = rules.PERSONAL
INBOX = "inbox"


def default_pace(topic: Topic, channel: str) -> str:
    """How a topic goes over a channel until somebody chooses."""
    wanted = {INBOX: topic.inbox, MAIL: topic.mail}.get(channel, False)
    return Pace.NOW if wanted else Pace.NONE


def sms_gateway(mine_id: UUID) -> Channel | None:
    """The mine's SMS gateway, if one is on."""
    return one_of(Channel.objects.filter(mine_id=mine_id, kind=SMS, is_on=True, removed_at=None))


# To people ----------------------------------------------------------------------------------------------------------


def queue_for_people(mine_id: UUID, made: list[Notice], told: Mapping[UUID, Recipient]) -> None:
    """Queue these new notices for mail and SMS, for those who can be reached so and want it."""
    if not made:
        return
    gateway = sms_gateway(mine_id)
    if not settings.EMAIL_CONFIGURED and gateway is None:
        return
    choices = Choices(mine_id, made)
    for notice in made:
        mail = told[notice.person_id].addresses.get(MAIL, "")
        if settings.EMAIL_CONFIGURED and mail:
            _queue(notice, MAIL, mail, None, choices.plan(notice, MAIL))
        if gateway is not None and notice.topic in gateway.topics:
            phone = choices.contacts.get(notice.person_id, Contact("")).phone
            if phone:
                _queue(notice, SMS, phone, gateway, choices.plan(notice, SMS))


class Choices:
    """What a handful of notices need to be planned, asked once for all of them."""

    def __init__(self, mine_id: UUID, made: Iterable[Notice | Recipient]) -> None:
        notices = list(made)
        self.mine_id = mine_id
        self.ids = [one.person_id for one in notices]
        rows = Subscription.objects.filter(mine_id=mine_id, topic__in={one.topic for one in notices}).filter(
            Q(person_id__in=self.ids) | Q(person_id=None, role__in={one.role for one in notices})
        )
        self.chosen = {
            (row.person_id, row.role, row.topic, row.channel): row.pace if row.wanted else Pace.NONE for row in rows
        }

    @cached_property
    def channels(self) -> list[str]:
        """By which ways the mine can tell its people."""
        mail = [MAIL] if settings.EMAIL_CONFIGURED else []
        sms = [SMS] if any(over == SMS for *_who, over in self.chosen) and sms_gateway(self.mine_id) else []
        return [INBOX, *mail, *sms]

    @cached_property
    def habits(self) -> Mapping[UUID | None, Habit]:
        """Quiet hours and hours of the digest, of the people and of the mine."""
        rows = Habit.objects.filter(mine_id=self.mine_id).filter(Q(person_id=None) | Q(person_id__in=self.ids))
        return {row.person_id: row for row in rows}

    @cached_property
    def contacts(self) -> Mapping[UUID, Contact]:
        """Where each of them can be reached."""
        return people().contacts(self.ids)

    def pace(self, notice: Notice | Recipient, channel: str) -> str:
        """How he wants it: his own choice before his role's before the topic's."""
        default = default_pace(TOPICS[notice.topic], channel)
        by_role = self.chosen.get((None, notice.role, notice.topic, channel), default) if notice.role else default
        return self.chosen.get((notice.person_id, "", notice.topic, channel), by_role)

    def plan(self, notice: Notice, channel: str) -> Plan | None:
        """When it goes out over this channel."""
        pace = self.pace(notice, channel)
        at, habit = notice.delivered_at, self.habits.get(notice.person_id) or self.habits.get(None)
        ends = people().shift_ends([notice.person_id], at) if pace == Pace.SHIFT else {}
        return rules.plan(
            at, pace=pace, urgent=notice.urgent, must_act=notice.must_act, due_at=notice.due_at,
            shift_end=ends.get(notice.person_id), quiet=habit.quiet if habit else None,
            daily_at=habit.daily_at if habit else rules.DAILY_AT,
        )  # fmt: skip


def _queue(notice: Notice, channel: str, address: str, via: Channel | None, plan: Plan | None) -> None:
    if plan is None:
        return
    if plan.digest:
        _gather(notice, channel, address[:200], via, plan)
        return
    send_to(notice, channel, address, via, at=plan)


def send_to(
    notice: Notice, channel: str, address: str, via: Channel | None, *, at: Plan, escalation: bool = False
) -> None:
    """Queue one notice for its person, alone; not again to an address that it was queued for."""
    Delivery.objects.bulk_create(
        [
            Delivery(
                mine_id=notice.mine_id, person_id=notice.person_id, notice=notice, channel=channel, via=via,
                address=address[:200], next_try_at=at.at, held=at.at > (now() if escalation else notice.delivered_at),
                escalation=escalation,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _gather(notice: Notice, channel: str, address: str, via: Channel | None, plan: Plan) -> None:
    """Put it into the digest of that moment. One that is being sent takes nothing more: then the next one is begun."""
    waiting = Delivery.objects.select_for_update().filter(
        person_id=notice.person_id, channel=channel, address=address, digest_for=plan.at, state=Delivery.State.WAITING
    )
    digest = one_of(waiting) or Delivery.objects.create(
        mine_id=notice.mine_id, person_id=notice.person_id, channel=channel, via=via, address=address,
        digest_for=plan.at, next_try_at=plan.at, held=True,
    )  # fmt: skip
    DigestLine.objects.create(delivery=digest, notice=notice)


def asleep(due: Sequence[Delivery]) -> dict[datetime, list[UUID]]:
    """Which of these would ring in quiet hours now, by the moment at which those are over."""
    at = now()
    quiet_ones = [one for one in due if not _breaks_through(one)]
    people_told = {one.person_id for one in quiet_ones if one.person_id}
    rows = Habit.objects.filter(mine_id__in={one.mine_id for one in quiet_ones})
    habits = {
        (row.mine_id, row.person_id): row for row in rows.filter(Q(person_id=None) | Q(person_id__in=people_told))
    }
    found: dict[datetime, list[UUID]] = {}
    for one in quiet_ones:
        habit = habits.get((one.mine_id, one.person_id)) or habits.get((one.mine_id, None))
        until = rules.after_quiet(at, habit.quiet if habit else None)
        if until > at:
            found.setdefault(until, []).append(one.id)
    return found


def _breaks_through(delivery: Delivery) -> bool:
    """Whether it is urgent, or goes to a program, which does not sleep."""
    if delivery.notice is not None:
        return delivery.notice.urgent
    if delivery.digest_for is not None:
        return False
    topic = TOPICS.get(delivery.topic)
    return (topic is not None and topic.urgent) or (delivery.via is not None and delivery.via.kind not in ROBOTS)


# To groups ----------------------------------------------------------------------------------------------------------


def queue_for_groups(entry: Entry, told: list[Recipient]) -> None:
    """Queue what a ledger line tells for the robots and webhooks that chose its topic and whose unit it concerns."""
    topics = {one.topic for one in told}
    if not topics:
        return
    wanting = Channel.objects.filter(
        mine_id=entry.mine_id, kind__in=GROUPS, is_on=True, removed_at=None, topics__overlap=sorted(topics)
    )
    channels = list(wanting)
    if not channels:
        return
    above = people().units_above(entry.unit_id) if entry.unit_id else frozenset()
    quiet = _quiet_of(entry.mine_id)
    made = []
    for channel in channels:
        topic = _topic_for(channel, told, above)
        if topic is not None:
            made.append(_to_group(channel, entry, [one for one in told if one.topic == topic.code], topic, quiet))
    Delivery.objects.bulk_create(made, ignore_conflicts=True)


def _topic_for(channel: Channel, told: list[Recipient], above: frozenset[UUID]) -> Topic | None:
    """The first topic of the line that the channel chose and may hear; urgent ones first."""
    found = [TOPICS[one.topic] for one in told if one.topic in channel.topics]
    hears = [one for one in found if channel.unit_id is None or one.everybody or channel.unit_id in above]
    return min(hears, key=lambda topic: not topic.urgent, default=None)


def _quiet_of(mine_id: UUID) -> rules.Quiet | None:
    habit = one_of(Habit.objects.filter(mine_id=mine_id, person_id=None))
    return habit.quiet if habit else None


def _to_group(
    channel: Channel, entry: Entry, told: list[Recipient], topic: Topic, quiet: rules.Quiet | None
) -> Delivery:
    """The delivery, with its words as they leave: a robot heeds the mine's quiet hours, a program does not sleep."""
    one = next((one for one in told if one.role), told[0])
    title = one.public or (one.title if one.role and rules.impersonal(one.title) else "")
    title = title or f"{verb_word(entry.verb)}：{entry.subject_label}"
    at = now()
    urgent = topic.urgent or any(one.urgent for one in told)
    plan = Plan(at) if urgent or channel.kind not in ROBOTS else Plan(rules.after_quiet(at, quiet))
    title, body = outgoing(entry.mine_id, topic, title, one.body)
    return Delivery(
        mine_id=entry.mine_id, via=channel, entry=entry, channel=channel.kind, topic=topic.code, title=title[:200],
        body=body, url=one.public_url or one.url, made_at=at, next_try_at=plan.at,
    )  # fmt: skip


def outgoing(mine_id: UUID, topic: Topic | None, title: str, body: str) -> tuple[str, str]:
    """What of a notice leaves the mine: everything that is sent, to whomever, passes here."""
    names = people().names_in(mine_id, f"{title}\n{body}")
    return rules.leaving(title, body, names, body_leaves=topic is not None and topic.body_leaves)
