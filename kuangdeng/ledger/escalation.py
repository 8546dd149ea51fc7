"""Unread tasks climb: what was not read in the inbox by the hour of a rule goes out by the next stronger channel.

Inbox, then mail, then SMS; which of them are possible depends on the person's addresses and on what the installation
has. Every rule is applied once to a notice, and what came of it is kept, also when nobody could be reached.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.conf import settings

from kuangdeng.kernel.clock import now
from kuangdeng.ledger import rules
from kuangdeng.ledger.models import Channel, Delivery, Escalation, EscalationRule, Notice
from kuangdeng.ledger.people import Contact, people
from kuangdeng.ledger.plans import MAIL, SMS, Choices, send_to, sms_gateway
from kuangdeng.ledger.rules import Plan

FRESH = timedelta(days=7)
"""What is older is not woken up by a new rule or after a standstill."""
BATCH = 200


def ripe() -> Iterator[tuple[UUID, UUID]]:
    """Notices and the rules that are due for them and were not applied yet."""
    for rule in EscalationRule.objects.filter(removed_at=None).order_by("kind", "hours"):
        for notice in _candidates(rule):
            ends = people().shift_ends([notice.person_id], notice.delivered_at) if rule.kind == "shift" else {}
            at = rules.escalates_at(rule.kind, rule.hours, notice.delivered_at, ends.get(notice.person_id))
            if at <= now():
                yield notice.id, rule.id


def _candidates(rule: EscalationRule) -> list[Notice]:
    """Unread tasks of the rule's mine and topic that are old enough to be looked at; none from before the rule."""
    oldest = max(now() - FRESH, rule.since)
    youngest = now() - timedelta(hours=rule.hours)
    rows = Notice.objects.filter(
        mine_id=rule.mine_id, must_act=True, acted_at=None, read_at=None,
        delivered_at__gte=oldest, delivered_at__lte=youngest,
    ).exclude(escalations__rule=rule)  # fmt: skip
    return list((rows.filter(topic=rule.topic) if rule.topic else rows).order_by("delivered_at")[:BATCH])


def climb(notice_id: UUID, rule_id: UUID) -> Escalation | None:
    """Apply a rule to a notice, inside the verb's transaction; None when it was read, done or raised meanwhile."""
    notice = Notice.objects.select_for_update().filter(id=notice_id, read_at=None, acted_at=None).first()
    if notice is None or Escalation.objects.filter(notice_id=notice_id, rule_id=rule_id).exists():
        return None
    addresses, gateway = _addresses(notice)
    channel = rules.stronger(_used(notice), [one for one, address in addresses.items() if address])
    if channel is not None:
        _send(notice, channel, addresses[channel], gateway if channel == SMS else None)
    return Escalation.objects.create(notice=notice, rule_id=rule_id, channel=channel or "", at=now())


def _addresses(notice: Notice) -> tuple[dict[str, str], Channel | None]:
    contact = people().contacts([notice.person_id]).get(notice.person_id, Contact(""))
    gateway = sms_gateway(notice.mine_id)
    possible = {MAIL: bool(settings.EMAIL_CONFIGURED) and contact.active, SMS: gateway is not None and contact.active}
    return {
        one: getattr(contact, field) if possible[one] else "" for one, field in ((MAIL, "email"), (SMS, "phone"))
    }, gateway


def _used(notice: Notice) -> set[str]:
    """By which channels this notice went out, is going out or failed to; what waits for a digest has told nobody yet."""
    alone = Delivery.objects.filter(notice=notice).values_list("channel", flat=True)
    gathered = Delivery.objects.filter(lines__notice=notice, state=Delivery.State.SENT).values_list(
        "channel", flat=True
    )
    return {*alone, *gathered}


def _send(notice: Notice, channel: str, address: str, via: Channel | None) -> None:
    """Now, or when his quiet hours are over."""
    habits = Choices(notice.mine_id, [notice]).habits
    habit = habits.get(notice.person_id) or habits.get(None)
    at = now() if notice.urgent else rules.after_quiet(now(), habit.quiet if habit else None)
    send_to(notice, channel, address, via, at=Plan(at), escalation=True)
