"""Tables of campaigns. A day is done once by each who takes part: a constraint."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.learning.campaigns import rules
from kuangdeng.learning.campaigns.rules import Status
from kuangdeng.org.api import Mine, Person, Unit


@tracked()
class Campaign(models.Model):
    """集中学习: a hundred days as a rule. Without a unit it is the mine's. `chosen` is how those who take part were picked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="campaigns")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("组织单位"))
    title = models.CharField(_("名称"), max_length=60)
    goal = models.TextField(_("目的和要求"), blank=True)
    starts_on = models.DateField(_("从哪天起"))
    days = models.PositiveSmallIntegerField(_("天数"), default=rules.DAYS)
    status = models.CharField(max_length=10, choices=list(rules.STATUS_LABELS.items()), default=Status.DRAFT)
    chosen = models.JSONField(default=dict)
    made_by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    summary = models.TextField(_("总结"), blank=True)
    lessons = models.TextField(_("不足和改进"), blank=True)
    summed_up_at = models.DateTimeField(null=True)
    summed_up_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=rules.MOST_DAYS), name="campaign_days"),
            models.CheckConstraint(
                condition=Q(status=Status.SUMMED_UP, summed_up_at__isnull=False, summed_up_by__isnull=False)
                & ~Q(summary="")
                | ~Q(status=Status.SUMMED_UP) & Q(summed_up_at=None, summed_up_by=None),
                name="campaign_summed_up_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | ~Q(cancel_reason=""), name="campaign_cancelled_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["mine", "-starts_on", "-id"], name="campaign_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Days may be marked done and caught up."""
        return self.status == Status.RUNNING

    @property
    def is_summed_up(self) -> bool:
        """It is over and its summary is written."""
        return self.status == Status.SUMMED_UP


@tracked()
class CampaignDay(models.Model):
    """One day of the plan. A day of rest asks for nothing."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, db_index=False, related_name="plan")
    number = models.PositiveSmallIntegerField(_("第几天"))
    topic = models.CharField(_("学什么"), max_length=100)
    task = models.TextField(_("要求"), blank=True)
    rest = models.BooleanField(_("休息"), default=False)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+")
    file_name = models.CharField(max_length=120, blank=True)
    file_kind = models.CharField(max_length=100, blank=True)
    session = models.ForeignKey("learning.StudySession", models.PROTECT, null=True, related_name="campaign_days")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="campaign_day_once")]


@tracked()
class Participant(models.Model):
    """Who takes part, with the unit at the time; `left_on` ends it, what was done stays."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    campaign = models.ForeignKey(Campaign, models.PROTECT, db_index=False, related_name="participants")
    person = models.ForeignKey(Person, models.PROTECT, related_name="campaign_parts")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    joined_on = models.DateField()
    left_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "person"], name="campaign_participant_once")]


@tracked()
class DayDone(models.Model):
    """打卡: one day done by one person. `caught_up`: after its day."""

    participant = models.ForeignKey(Participant, models.PROTECT, db_index=False, related_name="done")
    number = models.PositiveSmallIntegerField()
    note = models.TextField(_("心得"))
    caught_up = models.BooleanField(_("补学"), default=False)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["participant", "number"], name="campaign_day_done_once")]
