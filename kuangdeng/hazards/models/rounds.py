"""Inspections: who has to go how often, and what took place."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.org.api import Mine, Person, Place, Unit


class CheckType(models.TextChoices):
    """检查类型."""

    DAILY = "daily", _("日常检查")
    SPECIAL = "special", _("专项检查")
    LEADER = "leader", _("领导带队")
    CAMPAIGN = "campaign", _("专项整治")
    STANDARD = "standard", _("标准化检查")
    SUPERIOR = "superior", _("上级检查")
    TIP = "tip", _("群众举报")


@tracked()
class RoundPlan(models.Model):
    """排查计划: who has to inspect how often."""

    class Every(models.TextChoices):
        MONTH = "month", _("每月")
        HALF_MONTH = "half_month", _("每半月")
        TEN_DAYS = "ten_days", _("每旬")
        WEEK = "week", _("每周")
        DAY = "day", _("每日")
        SHIFT = "shift", _("每班")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    role = models.CharField(_("责任角色"), max_length=20)
    posts = models.CharField(_("岗位"), max_length=100, blank=True)
    """Only holders of the role in one of these posts, when anybody is in one: 矿长, or 副矿长、总工程师."""
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    every = models.CharField(_("频次"), max_length=12, choices=Every)
    scope = models.CharField(_("范围"), max_length=200, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)
    active = models.BooleanField(_("在用"), default=True)

    def __str__(self) -> str:
        return self.name


class Round(models.Model):
    """检查: an inspection that took place, also when nothing was found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="rounds")
    plan = models.ForeignKey(RoundPlan, models.PROTECT, null=True, blank=True, related_name="rounds")
    check_type = models.CharField(_("检查类型"), max_length=12, choices=CheckType, default=CheckType.DAILY)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("检查单位")
    )
    led_by = models.ForeignKey(Person, models.PROTECT, related_name="rounds_led", verbose_name=_("带队人"))
    members = models.ManyToManyField(Person, related_name="rounds_joined", blank=True, verbose_name=_("参加人"))
    places = models.ManyToManyField(Place, related_name="rounds", blank=True, verbose_name=_("检查地点"))
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"))
    shift_name = models.CharField(_("班次"), max_length=20, blank=True)
    shift_day = models.DateField(null=True)
    note = models.TextField(_("检查情况"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["mine", "-started_at"], name="round_by_time"),
            models.Index(fields=["plan", "started_at"], name="round_by_plan"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="round_ends_after_start")
        ]
