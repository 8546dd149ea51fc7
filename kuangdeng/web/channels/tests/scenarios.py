"""The moment before each verb of the channels, for the ledger walk."""

from collections.abc import Callable
from datetime import time, timedelta

from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import Channel, EscalationRule, Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast
from kuangdeng.web.channels import services
from kuangdeng.web.channels.rules import ChannelData

Run = Callable[[], object]
ADDRESS = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0f1e2d3c-secret"


def data(**more: object) -> ChannelData:
    """What is said about a robot."""
    said = {"name": "安监部群", "address": ADDRESS, "topics": ("hazard.major", "bulletin")}
    return ChannelData(**{**said, **more})  # type: ignore[arg-type]


def channel_in(cast: Cast, kind: str = "wecom", **more: object) -> Channel:
    """A channel of the mine."""
    return services.add_channel(kind=kind, data=data(**more), by=cast.administrator)


def unread_task(cast: Cast) -> Notice:
    """A task that nobody has read for three hours."""
    with clock.set_to(clock.now() - timedelta(hours=3)):
        hazard_in(Status.DISPATCHED, cast)
        seal_all()
        tell_all()
    return Notice.objects.filter(mine_id=cast.mine.id, must_act=True, acted_at=None).order_by("id").last()


def rule_in(cast: Cast, topic: str = "hazard.order") -> EscalationRule:
    """A rule that holds since yesterday."""
    with clock.set_to(clock.now() - timedelta(days=1)):
        return services.add_escalation(topic=topic, kind="hours", hours=2, by=cast.administrator)


def add_channel(cast: Cast) -> Run:
    return lambda: channel_in(cast, unit_id=cast.units["mining"].id, unit_name="综采一队", proxy="http://10.0.0.8:3128")


def change_channel(cast: Cast) -> Run:
    one = channel_in(cast)
    return lambda: services.change_channel(one.id, data=data(name="调度室群", address=""), by=cast.administrator)


def switch_channel(cast: Cast) -> Run:
    one = channel_in(cast)
    return lambda: services.switch_channel(one.id, on=False, by=cast.administrator)


def remove_channel(cast: Cast) -> Run:
    one = channel_in(cast)
    return lambda: services.remove_channel(one.id, by=cast.administrator)


def note_test(cast: Cast) -> Run:
    one = channel_in(cast)
    return lambda: services.note_test(one.id, error="企业微信不接受：机器人地址不对（93000）", by=cast.administrator)


def set_quiet_hours(cast: Cast) -> Run:
    return lambda: services.set_quiet_hours(
        quiet_from=time(22), quiet_until=time(6, 30), daily_at=time(7), by=cast.administrator
    )


def add_escalation(cast: Cast) -> Run:
    return lambda: services.add_escalation(topic="", kind="shift", hours=0, by=cast.administrator)


def remove_escalation(cast: Cast) -> Run:
    rule = rule_in(cast)
    return lambda: services.remove_escalation(rule.id, by=cast.administrator)


def escalate(cast: Cast) -> Run:
    rule, notice = rule_in(cast), unread_task(cast)
    return lambda: services.escalate(notice.id, rule_id=rule.id)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "add_channel": add_channel,
    "add_escalation": add_escalation,
    "change_channel": change_channel,
    "escalate": escalate,
    "note_test": note_test,
    "remove_channel": remove_channel,
    "remove_escalation": remove_escalation,
    "set_quiet_hours": set_quiet_hours,
    "switch_channel": switch_channel,
}
