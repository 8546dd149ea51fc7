"""Tables of legal reports. What is signed is refused to change by the database itself."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models.hazard import Hazard
from kuangdeng.hazards.statutory.rules import (
    KIND_LABELS,
    LEVEL_LABELS,
    STATUS_LABELS,
    Kind,
    Period,
    Status,
    period_of,
)
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.api import Mine, Person, Unit


def _by(null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(Person, models.PROTECT, null=null, db_index=False, related_name="+")


@tracked()
class ReportRule(models.Model):
    """报送规则: until when a report must be out, and who gets it; from a day on. The latest row that has begun holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    kind = models.CharField(_("报表"), max_length=10, choices=list(KIND_LABELS.items()))
    valid_from = models.DateField(_("生效日期"))
    months_after = models.PositiveSmallIntegerField(_("期末以后第几个月"), default=1)
    due_day = models.PositiveSmallIntegerField(_("几号以前"), null=True, blank=True)
    remind_days = models.PositiveSmallIntegerField(_("提前几天提醒"), default=5)
    receivers = ArrayField(models.CharField(max_length=60), verbose_name=_("报给谁"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "kind", "valid_from"], name="report_rule_once"),
            models.CheckConstraint(condition=Q(due_day=None) | Q(due_day__range=(1, 31)), name="report_rule_day"),
        ]


SIGNED_STAYS = """
IF TG_OP = 'DELETE' THEN
  IF OLD.status <> 'drafted' THEN RAISE EXCEPTION 'a signed report stays'; END IF;
  RETURN OLD;
END IF;
IF OLD.status <> 'drafted' AND (to_jsonb(OLD) - 'status' - 'sent_at') <> (to_jsonb(NEW) - 'status' - 'sent_at') THEN
  RAISE EXCEPTION 'a signed report does not change';
END IF;
IF OLD.status <> 'drafted' AND NEW.status = 'drafted' THEN RAISE EXCEPTION 'a signed report stays signed'; END IF;
RETURN NEW;
"""
LINES_STAY = """
IF EXISTS (SELECT 1 FROM hazards_statutoryreport
           WHERE id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.report_id ELSE NEW.report_id END)
             AND status <> 'drafted') THEN
  RAISE EXCEPTION 'what is signed does not change';
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


class StatutoryReport(models.Model):
    """A report of a period, in one version. `words` is what a written report says, `lines` and `items` its figures."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="statutory_reports")
    kind = models.CharField(_("报表"), max_length=10, choices=list(KIND_LABELS.items()))
    first = models.DateField(_("期初"))
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    status = models.CharField(_("状态"), max_length=10, choices=list(STATUS_LABELS.items()), default=Status.DRAFTED)
    reason = models.CharField(_("更正原因"), max_length=300, blank=True)
    words = models.JSONField(default=dict)
    receivers = ArrayField(models.CharField(max_length=60))
    drafted_at = models.DateTimeField(default=now)
    drafted_by = _by()
    signed_at = models.DateTimeField(null=True)
    signed_by = _by(null=True)
    signed_on = models.DateField(_("签字日期"), null=True)
    scan = models.ForeignKey(StoredFile, models.PROTECT, null=True, db_index=False, related_name="+")
    document = models.ForeignKey(StoredFile, models.PROTECT, null=True, db_index=False, related_name="+")
    template_version = models.PositiveIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-first", "kind", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "kind", "first", "version"], name="statutory_report_version"),
            models.UniqueConstraint(
                fields=["mine", "kind", "first"], condition=Q(status="drafted"), name="statutory_one_draft"
            ),
            models.CheckConstraint(
                condition=Q(status="drafted", signed_at=None, signed_by=None, scan=None, digest="")
                | ~Q(status="drafted") & Q(signed_at__isnull=False, signed_by__isnull=False, scan__isnull=False)
                & ~Q(digest=""),
                name="statutory_signed_whole",
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="statutory_correction_has_reason"),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(
                name="signed_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=SIGNED_STAYS,
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Period:
        """The month or quarter that it is about."""
        return period_of(Kind(self.kind), self.first)

    @property
    def title(self) -> str:
        """2026年10月 事故隐患排查治理情况统计月报."""
        label = f"{self.period.label} {KIND_LABELS[self.kind]}"
        return label if self.version == 1 else gettext("%(label)s（第 %(n)d 版）") % {"label": label, "n": self.version}

    @property
    def snapshot(self) -> str:
        """What stands at the foot of the paper: 2026-10-1-1A2B3C4D5E6F."""
        return f"{self.period.code}-{self.version}-{self.digest[:12].upper()}" if self.digest else ""


def _lines_stay(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=LINES_STAY,
    )


class StatLine(models.Model):
    """A row of the statistics as it was drafted: a unit's, or that of hazards without a unit."""

    report = models.ForeignKey(StatutoryReport, models.CASCADE, db_index=False, related_name="lines")
    position = models.PositiveSmallIntegerField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    name = models.CharField(max_length=60)
    figures = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["report", "position"], name="stat_line_place")]
        triggers = [_lines_stay("signed_lines_stay")]


class StatItem(models.Model):
    """Into which figures a hazard went."""

    report = models.ForeignKey(StatutoryReport, models.CASCADE, db_index=False, related_name="items")
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    cells = ArrayField(models.CharField(max_length=24))
    funds = models.DecimalField(max_digits=12, decimal_places=2, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "hazard"], name="stat_item_once")]
        triggers = [_lines_stay("signed_items_stay")]


class Receipt(models.Model):
    """回执: a receiver has the report."""

    report = models.ForeignKey(StatutoryReport, models.PROTECT, db_index=False, related_name="receipts")
    receiver = models.CharField(_("接收部门"), max_length=60)
    number = models.CharField(_("回执号"), max_length=60, blank=True)
    received_on = models.DateField(_("签收日期"))
    scan = models.ForeignKey(StoredFile, models.PROTECT, db_index=False, related_name="+")
    by = _by()
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["report", "receiver"], name="receipt_once")]
        triggers = [pgtrigger.Protect(name="receipt_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


@tracked()
class SupervisionOrder(models.Model):
    """上级挂牌督办: an authority above the mine put a hazard under supervision, by a document."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="supervision_orders")
    level = models.CharField(_("级别"), max_length=10, choices=list(LEVEL_LABELS.items()))
    authority = models.CharField(_("督办部门"), max_length=60)
    document_no = models.CharField(_("文号"), max_length=60, blank=True)
    ordered_on = models.DateField(_("挂牌日期"))
    lifted_on = models.DateField(_("摘牌日期"), null=True, blank=True)
    by = _by()
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-ordered_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_on=None) | Q(lifted_on__gte=models.F("ordered_on")), name="supervision_order_lifted"
            ),
            models.UniqueConstraint(
                fields=["hazard", "level"], condition=Q(lifted_on=None), name="one_supervision_order_a_level"
            ),
        ]


class WorkerNotice(models.Model):
    """告知书: what was printed for the notice board, by whom, when: the record that workers were told."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("编号"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    unit_name = models.CharField(_("单位"), max_length=60, blank=True)
    paper = models.CharField(_("纸张"), max_length=2, choices=[("A4", "A4"), ("A3", "A3")])
    posted_where = models.CharField(_("张贴地点"), max_length=100)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    by = _by()
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["mine", "year", "number"], name="worker_notice_number")]
        triggers = [pgtrigger.Protect(name="worker_notice_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def title(self) -> str:
        """告知〔2026〕12号."""
        return gettext("告知〔%(y)d〕%(n)d号") % {"y": self.year, "n": self.number}


class ExportMapping(models.Model):
    """字段对照表: how a province's system words our fields, in one version. `rows` are its columns, left to right."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    version = models.PositiveIntegerField(_("版本"), default=1)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已与接收方核对"), default=False)
    is_sample = models.BooleanField(_("示例"), default=False)
    rows = models.JSONField()
    made_by = _by(null=True)
    made_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [models.UniqueConstraint(fields=["mine", "name", "version"], name="export_mapping_version")]
        triggers = [pgtrigger.Protect(name="mapping_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return gettext("%(name)s 第 %(n)d 版") % {"name": self.name, "n": self.version}


class ExportRun(models.Model):
    """A file that was made for a system outside: what went out, and its fingerprint."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    mapping = models.ForeignKey(ExportMapping, models.PROTECT, db_index=False, related_name="+")
    format = models.CharField(_("格式"), max_length=4)
    since = models.DateField(_("从"))
    until = models.DateField(_("到"))
    grade = models.CharField(_("等级"), max_length=20, blank=True)
    count = models.PositiveIntegerField(_("条数"))
    gaps = models.PositiveIntegerField(_("缺项的条数"), default=0)
    file = models.ForeignKey(StoredFile, models.PROTECT, db_index=False, related_name="+")
    by = _by()
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at"]
        triggers = [pgtrigger.Protect(name="export_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
