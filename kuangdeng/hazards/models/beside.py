"""What belongs to a hazard: more time, the plan of a major one, penalties, told steps, captures put aside."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models.hazard import Hazard
from kuangdeng.hazards.models.tables import LadderRule
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.api import Mine, Person, Unit


class Extension(models.Model):
    """延期: a unit asks for more time, a mine leader and then the safety department approve; two different persons."""

    class State(models.TextChoices):
        ASKED = "asked", _("待领导批准")
        FIRST = "first", _("待安监批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="extensions")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.TextField(_("延期原因"))
    due_before = models.DateTimeField(_("原期限"))
    asked_until = models.DateTimeField(_("申请延至"))
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    first_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refuse_reason = models.TextField(_("不批准原因"), blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(state__in=["asked", "first"]), name="one_open_extension"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason"),
            models.CheckConstraint(condition=Q(asked_until__gt=F("due_before")), name="extension_is_later"),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("asked_by")))
                & (Q(second_by=None) | (~Q(second_by=F("asked_by")) & ~Q(second_by=F("first_by")))),
                name="extension_approved_by_others",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(first_by__isnull=False, second_by__isnull=False),
                name="extension_two_approvals",
            ),
        ]


class MajorPlan(models.Model):
    """重大隐患治理方案: six parts, the stopped area, and the double report to the regulator and the workers' congress."""

    hazard = models.OneToOneField(Hazard, models.PROTECT, primary_key=True, related_name="plan")
    condition = models.TextField(_("现状及产生原因"), blank=True)
    analysis = models.TextField(_("危害程度和整改难易程度分析"), blank=True)
    goals = models.TextField(_("治理目标和任务"), blank=True)
    methods = models.TextField(_("治理方法和措施"), blank=True)
    resources = models.TextField(_("经费和物资"), blank=True)
    organisation = models.TextField(_("机构和人员"), blank=True)
    schedule = models.TextField(_("时限和要求"), blank=True)
    safety = models.TextField(_("安全措施和应急预案"), blank=True)
    stopped_area = models.CharField(_("停产停工区域"), max_length=200, blank=True)
    stopped_at = models.DateTimeField(_("停产停工时间"), null=True, blank=True)
    regulator_at = models.DateTimeField(_("向监管监察部门报告时间"), null=True, blank=True)
    regulator_text = models.TextField(_("报告内容和回执"), blank=True)
    regulator_way = models.CharField(_("报告方式"), max_length=40, blank=True)
    regulator_receipt = models.CharField(_("回执号"), max_length=60, blank=True)
    regulator_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, db_index=False, related_name="+")
    congress_at = models.DateTimeField(_("向职代会报告时间"), null=True, blank=True)
    congress_text = models.TextField(_("报告方式和内容"), blank=True)
    congress_way = models.CharField(_("报告方式"), max_length=40, blank=True)
    congress_receipt = models.CharField(_("回执号"), max_length=60, blank=True)
    congress_scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, db_index=False, related_name="+")
    updated_at = models.DateTimeField(default=now)
    updated_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PARTS = ("goals", "methods", "resources", "organisation", "schedule", "safety")

    def missing(self) -> list[str]:
        """What the law asks for before dispatch and is not there yet, in the words of the page."""
        fields = [*self.PARTS, "stopped_area", "stopped_at", "regulator_at", "congress_at"]
        labels = {field.name: str(field.verbose_name) for field in self._meta.concrete_fields}
        return [labels[name] for name in fields if not getattr(self, name)]


class Penalty(models.Model):
    """扣分、罚款 for a hazard: of a person or a unit. Kept apart from the report, so that reporting never costs."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="penalties")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    points = models.DecimalField(_("扣分"), max_digits=6, decimal_places=2, default=0)
    fine = models.DecimalField(_("罚款（元）"), max_digits=10, decimal_places=2, default=0)
    reason = models.CharField(_("事由"), max_length=200)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None), name="penalty_of_one"
            )
        ]


class LadderFiring(models.Model):
    """That a step of the ladder was told for one deadline of one hazard; once, never twice."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="firings")
    rule = models.ForeignKey(LadderRule, models.PROTECT, related_name="firings")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hazard", "rule", "due_at"], name="ladder_fires_once")]


class Quarantine(models.Model):
    """A capture that came with an id that was there already, and another content: the first is kept, a person looks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="quarantined")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=now)
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hazard", "digest"], name="quarantine_once")]
