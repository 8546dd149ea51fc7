"""How the ledger lines of the shell are read aloud."""

from kuangdeng.ledger.api import TOPICS, declare_words


def declare() -> None:
    """Hand the words to the ledger; last of all, when every context has declared its topics."""
    channels = {"inbox": "收件箱", "email": "邮件"}
    wanted = {
        f"{topic.code}/{channel}": f"{topic.label}（{word}）"
        for topic in TOPICS.values()
        for channel, word in channels.items()
    }
    declare_words(
        verbs={"notice.set_role": "设置角色通知", "notice.resend": "重发邮件"},
        subjects={"role": "角色", "mail": "邮件"},
        fields={"wanted": "接收", "address": "邮箱", "error": "原来的错误"},
        values={"wanted": wanted},
    )
