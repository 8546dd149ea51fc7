"""How a message leaves the mine: one small sender for each kind of channel, all behind `base.Sender`."""

from kuangdeng.ledger.channels.base import Answer, Config, Failure, Final, Message, NotSent, Request, Sender, Uncertain
from kuangdeng.ledger.channels.dingtalk import DingTalk
from kuangdeng.ledger.channels.feishu import Feishu
from kuangdeng.ledger.channels.sms import Sms
from kuangdeng.ledger.channels.smtp import Mail
from kuangdeng.ledger.channels.webhook import Webhook
from kuangdeng.ledger.channels.wecom import WeCom

SENDERS: dict[str, Sender] = {
    one.kind: one
    for one in (Mail(), WeCom(), DingTalk(), Feishu(), Sms(), Webhook())  # type: ignore[misc]
}
GROUPS = ("wecom", "dingtalk", "feishu", "webhook")
"""Kinds that hear what happens, not what is meant for one person."""
ROBOTS = ("wecom", "dingtalk", "feishu")

__all__ = [
    "GROUPS",
    "ROBOTS",
    "SENDERS",
    "Answer",
    "Config",
    "Failure",
    "Final",
    "Message",
    "NotSent",
    "Request",
    "Sender",
    "Uncertain",
]
