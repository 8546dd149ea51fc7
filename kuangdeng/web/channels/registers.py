"""The register of the channels."""

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.listing import Choice, Column, Register
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.ledger.api import TOPICS, Channel


def state(channel: Channel) -> SafeString:
    """How a channel is, as a chip."""
    if not channel.is_on:
        return chip(_("已停用"), "state", "void")
    if channel.paused_until and channel.paused_until > now():
        return chip(_("稍后再试"), "state", "wait")
    if channel.last_error:
        return chip(_("有问题"), "state", "late")
    return chip(_("正常"), "state", "done") if channel.last_ok_at else chip(_("还没用过"), "state", "wait")


def topic_words(channel: Channel) -> str:
    """Which topics go there, in words."""
    return "、".join(str(TOPICS[code].label) for code in channel.topics if code in TOPICS)


def channel_register() -> Register:
    """All channels of the mine."""
    return Register(
        key="channels",
        title=_("通知通道"),
        noun=_("通道"),
        columns=[
            Column("name", _("名称"), link=True, sort="name", phone="title"),
            Column("state", _("状态"), state, phone="chip", width="narrow", export=False),
            Column("kind", _("类别"), lambda row: row.get_kind_display(), phone="meta"),
            Column("unit", _("范围"), lambda row: row.unit_name or _("全矿"), phone="meta"),
            Column("topics", _("通知类别"), lambda row: cut(topic_words(row), 24), phone="meta", export=topic_words),
            Column("ok", _("最近送出"), lambda row: said(row.last_ok_at) if row.last_ok_at else "—", sort="last_ok_at",
                   phone="meta", width="narrow", export=lambda row: row.last_ok_at),
            Column("waiting", _("等待发送"), "waiting", align="right", width="narrow", phone="meta"),
            Column("dead", _("没有送出"), "dead", align="right", width="narrow", phone="meta"),
        ],
        filters=[Choice("kind", _("类别"), Channel.Kind.choices, lookup="kind", any=_("各种通道"))],
        default_sort="name",
        row_url=lambda row: reverse("channels:channel", args=[row.pk]),
        row_late=lambda row: bool(row.is_on and row.last_error),
        empty_title=_("还没有通知通道"),
        empty_text=_("收件箱和邮件之外，可以把通知发到企业微信、钉钉、飞书的群里，发短信，或者送给其他系统。"),
        empty_url=reverse("channels:new"),
        empty_label=_("增加通知通道"),
        saved_views=False,
    )  # fmt: skip
