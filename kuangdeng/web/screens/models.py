"""Tables of the screens."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.org.api import Mine
from kuangdeng.web.screens import rules

FORMATS = [(str(key), label) for key, label in rules.FORMAT_LABELS.items()]


@tracked(exclude=["last_seen_at", "showing"])
class Screen(models.Model):
    """电子屏: one display. Of its token only the digest is kept; `showing` is the board that it said it shows.

    `lost_at` stands from the alarm until the display is heard of again, so that an outage alarms once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="screens")
    name = models.CharField(_("名称"), max_length=40)
    place_text = models.CharField(_("安装位置"), max_length=80, blank=True)
    format = models.CharField(_("版式"), max_length=12, choices=FORMATS, default="landscape")
    playlist = models.JSONField(_("播放单"), default=list)
    token_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    paired_at = models.DateTimeField(_("配对时间"), null=True)
    last_seen_at = models.DateTimeField(_("最近联系"), null=True)
    showing = models.CharField(_("正在播放"), max_length=40, blank=True)
    lost_at = models.DateTimeField(_("失联报警"), null=True)
    removed_at = models.DateTimeField(_("撤除时间"), null=True)

    class Meta:
        app_label = "web"
        constraints = [
            models.UniqueConstraint(fields=["mine", "name"], condition=Q(removed_at=None), name="screen_name"),
            models.CheckConstraint(
                condition=Q(token_digest=None, paired_at=None) | Q(token_digest__isnull=False, paired_at__isnull=False),
                name="screen_paired_by_token",
            ),
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(token_digest=None), name="screen_removed_is_unpaired"
            ),
        ]
        indexes = [models.Index(fields=["last_seen_at"], condition=Q(paired_at__isnull=False), name="screen_seen")]

    def __str__(self) -> str:
        return self.name

    @property
    def slots(self) -> list[rules.Slot]:
        """The playlist in order."""
        return rules.slots_of(self.playlist)


class PairingCode(models.Model):
    """配对码: what a display shows that belongs to nobody yet. No fact of a mine, so it is on no ledger."""

    digest = models.CharField(max_length=64, primary_key=True)
    code = models.CharField(max_length=6, unique=True)
    address = models.CharField(max_length=45, blank=True)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "web"


@tracked()
class ScreenMessage(models.Model):
    """通知、紧急插播: words on the screens from one moment until another; on all of them, or on those that are named."""

    class Kind(models.TextChoices):
        NOTICE = "notice", _("通知")
        INTERRUPT = "interrupt", _("紧急插播")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    title = models.CharField(_("标题"), max_length=24, blank=True)
    words = models.TextField(_("内容"), max_length=800)
    starts_at = models.DateTimeField(_("开始"), default=now)
    ends_at = models.DateTimeField(_("结束"))
    everywhere = models.BooleanField(_("所有电子屏"), default=True)
    screens = models.ManyToManyField(Screen, related_name="messages", blank=True, verbose_name=_("电子屏"))
    by_name = models.CharField(_("发布人"), max_length=60)
    ended_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        app_label = "web"
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="screen_message_runs")]
        indexes = [
            models.Index(fields=["mine", "-starts_at", "-id"], name="screen_messages"),
            models.Index(fields=["mine", "ends_at"], condition=Q(ended_at=None), name="screen_message_on"),
        ]


@tracked()
class ScreenPolicy(models.Model):
    """电子屏时限: after how many minutes a screen looks stale, and counts as lost."""

    mine = models.OneToOneField(Mine, models.PROTECT, related_name="screen_policy")
    amber_minutes = models.PositiveSmallIntegerField(_("变黄（分钟）"), default=rules.AMBER)
    red_minutes = models.PositiveSmallIntegerField(_("变红（分钟）"), default=rules.RED)
    lost_minutes = models.PositiveSmallIntegerField(_("失联报警（分钟）"), default=rules.LOST)

    class Meta:
        app_label = "web"
        constraints = [
            models.CheckConstraint(
                condition=Q(amber_minutes__gte=1, red_minutes__gt=F("amber_minutes"), lost_minutes__gte=2),
                name="screen_policy_in_order",
            )
        ]
