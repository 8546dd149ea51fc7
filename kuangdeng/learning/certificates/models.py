"""Tables of the certificates. A certificate is one row; what was done with it is its history."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.certificates import rules
from kuangdeng.learning.certificates.rules import Status
from kuangdeng.org.api import Mine, Person


@tracked()
class CertificateType(models.Model):
    """证照种类: for which trades and posts, how long it holds, how often it is reviewed, by which paper."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="certificate_types")
    name = models.CharField(_("名称"), max_length=60)
    group = models.CharField(_("类别"), max_length=12, choices=list(rules.GROUP_LABELS.items()))
    trades = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("哪些工种要持证"))
    posts = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("哪些岗位要持证"))
    valid_years = models.PositiveSmallIntegerField(_("有效期（年）"))
    review_years = models.PositiveSmallIntegerField(_("几年复审一次（0 不复审）"), default=0)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)
    in_use = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["group", "name"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "name"], name="certificate_type_name"),
            models.CheckConstraint(condition=Q(valid_years__range=(1, 50)), name="certificate_type_years"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class Certificate(models.Model):
    """证照 of one person, as it is now."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="certificates")
    person = models.ForeignKey(Person, models.PROTECT, related_name="certificates")
    type = models.ForeignKey(CertificateType, models.PROTECT, related_name="certificates", verbose_name=_("证照种类"))
    number = models.CharField(_("证号"), max_length=40)
    issuer = models.CharField(_("发证机关"), max_length=100, blank=True)
    first_on = models.DateField(_("初领日期"))
    valid_from = models.DateField(_("有效期起"))
    valid_until = models.DateField(_("有效期止"))
    review_by = models.DateField(_("应复审日期"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=list(rules.STATUS_LABELS.items()), default=Status.HELD)
    is_sample = models.BooleanField(_("示例"), default=False)
    added_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine", "type", "number"], name="certificate_number"),
            models.UniqueConstraint(
                fields=["person", "type"], condition=Q(status=Status.HELD), name="one_certificate_of_a_type"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from"), valid_from__gte=F("first_on")), name="certificate_days"
            ),
        ]
        indexes = [models.Index(fields=["mine", "valid_until", "id"], name="certificate_by_end")]

    def __str__(self) -> str:
        return self.number


class CertificateStep(models.Model):
    """One thing that happened to a certificate: issued, reviewed, renewed, corrected, taken back."""

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="steps")
    step = models.CharField(max_length=10, choices=list(rules.STEP_LABELS.items()))
    on = models.DateField(_("日期"))
    valid_until = models.DateField(null=True)
    review_by = models.DateField(null=True)
    remark = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at", "-id"]


class CertificateReminder(models.Model):
    """That the holder and those in charge were told that a date comes near: each step once for each date."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="reminders")
    due_on = models.DateField()
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "due_on", "step"], name="certificate_reminder_once")
        ]


class ManagerReminder(models.Model):
    """That a manager and the training department were told until when he has to pass: each step once for each date."""

    person = models.ForeignKey(Person, models.CASCADE, db_index=False, related_name="+")
    due_on = models.DateField()
    step = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "due_on", "step"], name="manager_reminder_once")]


@tracked()
class SurfaceTrade(models.Model):
    """地面工种: that a trade works only on the surface, or does not any more, from a day on; the newest row that has begun
    holds. Who has no trade is known by his post."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="surface_trades")
    trade = models.CharField(_("工种（没有工种的写岗位）"), max_length=40)
    valid_from = models.DateField(_("从哪天起"))
    surface = models.BooleanField(_("只在地面工作"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["-valid_from", "trade"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "trade", "valid_from"], name="surface_trade_a_day"),
            models.CheckConstraint(condition=~Q(trade=""), name="surface_trade_named"),
        ]

    def __str__(self) -> str:
        return self.trade


class BarredList(models.Model):
    """下月不能入井名单 as it went out: never changed, a later one stands beside it. `surface` were left out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="barred_lists")
    month = models.DateField(_("月份"))
    lines = models.JSONField(default=list)
    surface = models.PositiveIntegerField(_("只在地面工作、没有列入的人数"), default=0)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-month", "-made_at"]
