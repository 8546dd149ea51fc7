"""How the ledger lines of the shell are read aloud."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import PACE_LABELS, TOPICS, declare_words

READERS = {"notices": _("发送通知"), "hazards.places": _("按写法补填地点")}
"""What the readers of the feed do with a ledger line."""


def declare() -> None:
    """Hand the words to the ledger; last of all, when every context has declared its topics."""
    channels = {"inbox": _("收件箱"), "email": _("邮件"), "sms": _("短信")}
    wanted = {
        f"{topic.code}/{channel}{mark}": format_lazy("{}（{}）", topic.label, format_lazy("{}{}", word, how))
        for topic in TOPICS.values()
        for channel, word in channels.items()
        for mark, how in (("", ""), *((f"/{pace}", format_lazy("，{}", label)) for pace, label in PACE_LABELS.items()))
    }
    declare_words(
        verbs={
            "notice.set_role": _("设置角色通知"),
            "notice.resend": _("重发消息"),
            "feed.retry": _("重试未能处理的记录"),
        },
        subjects={"role": _("角色"), "mail": _("消息"), "feed_problem": _("未能处理的记录")},
        fields={"wanted": _("接收"), "address": _("收件地址或通道"), "error": _("原来的错误"), "reader": _("环节")},
        values={"wanted": wanted, "reader": READERS},
    )
