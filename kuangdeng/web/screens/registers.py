"""The registers of the screens: which are alive, and what was said on them."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.listing import Choice, Column, Flag, Register, Text, View
from kuangdeng.kernel.templatetags.kd import chip, cut, said
from kuangdeng.web.models import Screen, ScreenMessage, ScreenPolicy
from kuangdeng.web.screens import rules
from kuangdeng.web.screens.boards import board_label
from kuangdeng.web.screens.feed import ALARM
from kuangdeng.web.screens.queries import running


def state(screen: Screen, policy: ScreenPolicy) -> SafeString:
    """How a screen is, as a chip: never colour alone."""
    if not screen.paired_at:
        return chip(_("未配对"), "state", "wait")
    seen = screen.last_seen_at
    if screen.lost_at or seen is None or seen < clock.now() - timedelta(minutes=policy.lost_minutes):
        return chip(_("失去联系"), "state", "late")
    return chip(_("正常"), "state", "done")


def showing(screen: Screen) -> str:
    """What it said that it shows."""
    return _("紧急插播") if screen.showing == ALARM else board_label(screen.showing)


def _silent(minutes: int) -> Q:
    return Q(paired_at__isnull=False, last_seen_at__lt=clock.now() - timedelta(minutes=minutes))


def screen_register(policy: ScreenPolicy) -> Register:
    """The health of all screens."""

    def lost(rows: QuerySet[Screen], yes: bool) -> QuerySet[Screen]:
        silent = _silent(policy.lost_minutes)
        return rows.filter(silent) if yes else rows.exclude(silent)

    return Register(
        key="screens",
        title=_("电子屏"),
        noun=_("电子屏"),
        columns=[
            Column("name", _("名称"), link=True, sort="name", phone="title"),
            Column("state", _("状态"), lambda row: state(row, policy), phone="chip", width="narrow"),
            Column("place", _("安装位置"), "place_text", phone="meta"),
            Column("format", _("版式"), lambda row: row.get_format_display(), phone="meta", width="narrow"),
            Column("seen", _("最近联系"), lambda row: said(row.last_seen_at) if row.last_seen_at else "—", sort="last_seen_at",
                   phone="meta", export=lambda row: row.last_seen_at, width="narrow"),
            Column("showing", _("正在播放"), showing, phone="meta"),
            Column("lost", _("失联报警"), lambda row: said(row.lost_at) if row.lost_at else "", phone="meta", sort="lost_at",
                   export=lambda row: row.lost_at, width="narrow"),
            Column("paired", _("配对时间"), "paired_at", show=False),
        ],
        filters=[
            Text("q", placeholder=_("名称、位置"), fields=["name", "place_text"]),
            Choice("format", _("版式"), list(rules.FORMAT_LABELS.items()), lookup="format", any=_("各种版式")),
            Flag("lost", _("联系"), yes=_("失去联系的"), no=_("其他的"), any=_("不论有没有联系"), apply=lost),
            Flag("paired", _("配对"), yes=_("已配对"), no=_("未配对"), any=_("配没配对"),
                 apply=lambda rows, yes: rows.filter(paired_at__isnull=not yes)),
        ],
        views=[View(_("全部")), View(_("失去联系的"), "lost=1"), View(_("未配对"), "paired=0")],
        default_sort="name",
        row_url=lambda row: reverse("screens:screen", args=[row.pk]),
        row_late=lambda row: bool(row.lost_at),
        empty_title=_("还没有电子屏"),
        empty_text=_("先让显示设备显示六位配对码，再登记到这里；打开哪个网址，登记页上有。"),
        empty_url=reverse("screens:new"),
        empty_label=_("登记电子屏"),
    )  # fmt: skip


def when(message: ScreenMessage) -> SafeString:
    """Whether it stands, as a chip."""
    at = clock.now()
    if message.ended_at:
        return chip(_("已撤下"), "state", "void")
    if message.ends_at <= at:
        return chip(_("已到期"), "state", "void")
    return chip(_("正在播"), "state", "work") if message.starts_at <= at else chip(_("未开始"), "state", "wait")


def message_register() -> Register:
    """Notices and interrupts, the newest first."""

    def on(rows: QuerySet[ScreenMessage], yes: bool) -> QuerySet[ScreenMessage]:
        return rows.filter(running(clock.now())) if yes else rows.exclude(running(clock.now()))

    return Register(
        key="screen-messages",
        title=_("屏上通知和插播"),
        noun=_("内容"),
        columns=[
            Column("state", _("状态"), when, phone="chip", width="narrow"),
            Column("kind", _("类别"), lambda row: row.get_kind_display(), phone="meta", width="narrow"),
            Column("words", _("内容"), lambda row: cut(row.title or row.words, 32), link=True, width="wide", phone="title",
                   export=lambda row: row.words),
            Column("start", _("开始"), lambda row: said(row.starts_at), sort="starts_at", phone="meta", width="narrow",
                   export=lambda row: row.starts_at),
            Column("end", _("结束"), lambda row: said(row.ended_at or row.ends_at), sort="ends_at", phone="meta", width="narrow",
                   export=lambda row: row.ended_at or row.ends_at),
            Column("by", _("发布人"), "by_name", phone="meta"),
        ],
        filters=[
            Text("q", placeholder=_("标题、内容"), fields=["title", "words"]),
            Choice("kind", _("类别"), ScreenMessage.Kind.choices, lookup="kind", any=_("通知和插播")),
            Flag("on", _("播放"), yes=_("正在播的"), no=_("不在播的"), any=_("在不在播"), apply=on),
        ],
        views=[View(_("全部")), View(_("正在播的"), "on=1")],
        default_sort="-start",
        row_url=lambda row: reverse("screens:message", args=[row.pk]),
        empty_title=_("屏上还没有发过通知"),
        empty_text=_("通知夹在画面之间播放，到时自动撤下；紧急插播独占全屏。"),
    )  # fmt: skip
