"""How the ledger lines of the shell are read aloud."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import TOPICS, declare_words

READERS = {"notices": _("发送通知"), "hazards.places": _("按写法补填地点")}
"""What the readers of the feed do with a ledger line."""


def declare() -> None:
    """Hand the words to the ledger; last of all, when every context has declared its topics."""
    channels = {"inbox": _("收件箱"), "email": _("邮件")}
    wanted = {
        f"{topic.code}/{channel}": format_lazy("{}（{}）", topic.label, word)
        for topic in TOPICS.values()
        for channel, word in channels.items()
    }
    declare_words(
        verbs={
            "notice.set_role": _("设置角色通知"),
            "notice.resend": _("重发邮件"),
            "feed.retry": _("重试未能处理的记录"),
        },
        subjects={"role": _("角色"), "mail": _("邮件"), "feed_problem": _("未能处理的记录")},
        fields={"wanted": _("接收"), "address": _("邮箱"), "error": _("原来的错误"), "reader": _("环节")},
        values={"wanted": wanted, "reader": READERS},
    )
