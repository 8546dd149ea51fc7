"""Verbs of the channels. No address and no secret ever stands on the ledger, only where a channel leads."""

from collections.abc import Mapping
from datetime import time
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import (
    AFTER,
    TOPICS,
    Channel,
    Escalation,
    EscalationRule,
    Habit,
    Subject,
    choose_habit,
    climb,
    drop_waiting,
    post,
)
from kuangdeng.org.api import Person, has_power
from kuangdeng.web.channels import rules
from kuangdeng.web.channels.rules import ChannelData


@verb
def add_channel(*, kind: str, data: ChannelData, by: Person) -> Channel:
    """Add a channel (增加通知通道): from now on it hears its topics.

    Refused for everybody but the administrator, for an address that is none or leads back into this machine, for a
    name that is taken, and for a second SMS gateway while one is on.
    """
    _check(by)
    rules.check(kind, data, TOPICS)
    channel = Channel(mine_id=by.mine_id, kind=kind)
    _take(channel, data)
    _only_one_gateway(channel)
    channel.save(force_insert=True)
    _enter("channel.add", channel, by, _about(channel))
    return channel


@verb
def change_channel(channel_id: UUID, *, data: ChannelData, by: Person) -> Channel:
    """Correct a channel (更正通知通道). An empty address or secret leaves what is there.

    Refused like a new one. Whether address or secret were replaced stands on the ledger, what they are does not.
    """
    channel = _locked(channel_id, by)
    elsewhere = bool(data.address) and rules.shown(data.address) != rules.shown(channel.address)
    if channel.secret and not data.secret and (elsewhere or data.proxy != channel.proxy):
        raise Refused(_("换了服务器或代理，请重新填写密钥。"), field="secret")
    replaced = [name for name in ("address", "secret") if getattr(data, name)]
    whole = ChannelData(
        **{**vars(data), "address": data.address or channel.address, "secret": data.secret or channel.secret}
    )
    rules.check(channel.kind, whole, TOPICS)
    _take(channel, whole)
    channel.paused_until = None
    channel.save()
    _enter("channel.change", channel, by, {**_about(channel), "replaced": replaced})
    return channel


@verb
def switch_channel(channel_id: UUID, *, on: bool, by: Person) -> Channel:
    """Switch a channel on or off (启用、停用). What waits for it goes nowhere when it is switched off.

    Refused when it is so already, and for a second SMS gateway.
    """
    channel = _locked(channel_id, by)
    if channel.is_on == on:
        raise Refused(_("通道已经是这个状态。请刷新页面。"), code="wrong_state")
    channel.is_on, channel.paused_until = on, None
    if on:
        _only_one_gateway(channel)
    channel.save(update_fields=["is_on", "paused_until"])
    dropped = 0 if on else drop_waiting(channel.id)
    _enter("channel.switch_on" if on else "channel.switch_off", channel, by, {"dropped": dropped} if dropped else {})
    return channel


@verb
def remove_channel(channel_id: UUID, *, by: Person) -> Channel:
    """Remove a channel (撤除): address and secret are wiped, what it sent stays on record."""
    channel = _locked(channel_id, by)
    channel.is_on, channel.removed_at, channel.address, channel.secret = False, clock.now(), "", ""
    channel.save(update_fields=["is_on", "removed_at", "address", "secret"])
    dropped = drop_waiting(channel.id)
    _enter("channel.remove", channel, by, {"dropped": dropped} if dropped else {})
    return channel


@verb
def note_test(channel_id: UUID, *, error: str, by: Person) -> Channel:
    """Write down that a test message was sent and what came of it (发送测试消息); the sending itself is over by then."""
    channel = _locked(channel_id, by)
    if error:
        channel.last_error, channel.last_error_at = error, clock.now()
    else:
        channel.last_ok_at, channel.last_error, channel.last_error_at, channel.paused_until = (
            clock.now(),
            "",
            None,
            None,
        )
    channel.save(update_fields=["last_ok_at", "last_error", "last_error_at", "paused_until"])
    _enter("channel.test", channel, by, {"error": error} if error else {"result": "taken"})
    return channel


# Quiet hours and escalation -----------------------------------------------------------------------------------------


@verb
def set_quiet_hours(*, quiet_from: time | None, quiet_until: time | None, daily_at: time, by: Person) -> Habit:
    """Say for the mine when nobody is disturbed (全矿免打扰), and when the digest of the day goes out.

    It holds for robots and for everybody who has not chosen otherwise. Refused for half an interval.
    """
    _check(by)
    habit = choose_habit(
        mine_id=by.mine_id, person_id=None, quiet_from=quiet_from, quiet_until=quiet_until, daily_at=daily_at
    )
    said = {
        "quiet_from": f"{quiet_from:%H:%M}" if quiet_from else "",
        "quiet_until": f"{quiet_until:%H:%M}" if quiet_until else "",
        "daily_at": f"{daily_at:%H:%M}",
    }
    _post("notice.quiet", Subject("quiet_hours", str(habit.pk), gettext_lazy("全矿免打扰")), by, said)
    return habit


@verb
def add_escalation(*, topic: str, kind: str, hours: int, by: Person) -> EscalationRule:
    """Let unread tasks of a topic climb to the next stronger channel after so long (升级规则).

    It holds for notices from now on. Refused for a topic that is none, for no hours, and for a rule that is there.
    """
    _check(by)
    if topic and topic not in TOPICS:
        raise Refused(_("没有这个通知类别。请刷新页面后重新选择。"), field="topic")
    if kind not in dict(AFTER) or (kind == "hours" and not 1 <= hours <= 240):
        raise Refused(_("按小时算的，小时数填 1 到 240。"), field="hours")
    hours = hours if kind == "hours" else 0
    same = EscalationRule.objects.filter(mine_id=by.mine_id, topic=topic, kind=kind, hours=hours, removed_at=None)
    if same.exists():
        raise Refused(_("已经有一样的规则。"), field="topic")
    rule = EscalationRule.objects.create(mine_id=by.mine_id, topic=topic, kind=kind, hours=hours, since=clock.now())
    _enter_rule("notice.add_escalation", rule, by)
    return rule


@verb
def remove_escalation(rule_id: UUID, *, by: Person) -> EscalationRule:
    """Take a rule of climbing away (撤销升级规则); what it did stays on record."""
    _check(by)
    rows = EscalationRule.objects.select_for_update().filter(id=rule_id, mine_id=by.mine_id, removed_at=None)
    rule = one_of(rows)
    if rule is None:
        raise NotVisible
    rule.removed_at = clock.now()
    rule.save(update_fields=["removed_at"])
    _enter_rule("notice.remove_escalation", rule, by)
    return rule


@verb
def escalate(notice_id: UUID, *, rule_id: UUID) -> Escalation | None:
    """Send an unread task by the next stronger channel (升级), once for each rule. The system does it by itself.

    Nothing happens when it was read or done since it was found, or another worker has done it.
    """
    done = climb(notice_id, rule_id)
    if done is None:
        return None
    said = {"escalated_to": done.channel or "nowhere", "topic_label": _topic_words(done.notice.topic)}
    subject = Subject("notice", done.notice.id, done.notice.title)
    post("notice.escalate", subject, mine_id=done.notice.mine_id, by=None, payload=said)
    return done


# Steps --------------------------------------------------------------------------------------------------------------


def _check(by: Person) -> None:
    if not has_power(by, "channel.manage"):
        raise Refused(_("只有系统管理员可以设置通知通道。请联系系统管理员。"), code="not_allowed")


def _locked(channel_id: UUID, by: Person) -> Channel:
    _check(by)
    channel = one_of(Channel.objects.select_for_update().filter(id=channel_id, mine_id=by.mine_id, removed_at=None))
    if channel is None:
        raise NotVisible
    return channel


def _take(channel: Channel, data: ChannelData) -> None:
    name = " ".join(data.name.split())
    twins = Channel.objects.filter(mine_id=channel.mine_id, name=name, removed_at=None).exclude(id=channel.id)
    if twins.exists():
        raise Refused(_("已经有叫“%(name)s”的通道。请换一个名称。") % {"name": name}, field="name")
    channel.name, channel.address, channel.secret, channel.proxy = name, data.address, data.secret, data.proxy
    channel.unit_id, channel.unit_name = data.unit_id, data.unit_name
    channel.topics, channel.options = list(data.topics), dict(data.options)


def _only_one_gateway(channel: Channel) -> None:
    if channel.kind != Channel.Kind.SMS:
        return
    others = Channel.objects.filter(mine_id=channel.mine_id, kind=channel.kind, is_on=True, removed_at=None)
    if others.exclude(id=channel.id).exists():
        raise Refused(_("已经有一个启用的短信网关。请先停用它。"), code="wrong_state")


def _about(channel: Channel) -> dict[str, object]:
    return {
        "channel_kind": channel.kind,
        "host": rules.shown(channel.address),
        "proxy": rules.shown(channel.proxy) if channel.proxy else "",
        "channel_unit": channel.unit_name,
        "topics": [_topic_words(code) for code in channel.topics],
    }


def _topic_words(code: str) -> str:
    with in_chinese():
        return str(TOPICS[code].label) if code in TOPICS else code


def _enter(verb: str, channel: Channel, by: Person, payload: Mapping[str, object]) -> None:
    _post(verb, Subject("channel", channel.id, channel.name), by, payload)


def _enter_rule(verb: str, rule: EscalationRule, by: Person) -> None:
    label = _topic_words(rule.topic) if rule.topic else gettext_lazy("所有待办通知")
    said = {"after": rule.kind, "hours": rule.hours or None}
    _post(verb, Subject("escalation_rule", rule.id, label), by, said)


def _post(verb: str, subject: Subject, by: Person, payload: Mapping[str, object]) -> None:
    post(verb, subject, mine_id=by.mine_id, by=by, payload=payload)
