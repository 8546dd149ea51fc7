"""How the ledger lines of the channels are read aloud."""

from django.utils.translation import gettext_lazy as _

from kuangdeng.ledger.api import AFTER, Channel, declare_words
from kuangdeng.web.channels import rules

CHANNEL_LABELS = {"inbox": _("收件箱"), "email": _("邮件"), "sms": _("短信"), "nowhere": _("没有更强的通道可用")}


def declare() -> None:
    """Hand the words to the ledger."""
    declare_words(
        verbs=rules.VERB_LABELS,
        subjects={
            "channel": _("通知通道"),
            "quiet_hours": _("免打扰"),
            "escalation_rule": _("升级规则"),
            "notice": _("通知"),
        },
        fields={
            "channel_kind": _("类别"),
            "host": _("服务器"),
            "proxy": _("代理"),
            "channel_unit": _("只收这个单位的"),
            "topics": _("通知类别"),
            "replaced": _("换了"),
            "dropped": _("不再发送的条数"),
            "channel.test.error": _("没有送出的原因"),
            "result": _("结果"),
            "quiet_from": _("免打扰从"),
            "quiet_until": _("免打扰到"),
            "daily_at": _("每天汇总时间"),
            "after": _("多久没读"),
            "notice.add_escalation.hours": _("小时数"),
            "notice.remove_escalation.hours": _("小时数"),
            "escalated_to": _("升级到"),
            "topic_label": _("通知类别"),
        },
        values={
            "channel_kind": dict(Channel.Kind.choices),
            "replaced": {"address": _("地址"), "secret": _("密钥")},
            "result": {"taken": _("对方已接收")},
            "after": dict(AFTER),
            "escalated_to": CHANNEL_LABELS,
        },
    )
