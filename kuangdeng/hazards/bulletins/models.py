"""Tables of the daily bulletin. What is published is refused to change by the database itself."""

from datetime import datetime, time

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.bulletins.rules import STATUS_LABELS, Balance, Status
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.search import Pieces
from kuangdeng.org.api import Mine, Person, Unit

PRIVATE_RANGES = "10.0.0.0/8\n172.16.0.0/12\n192.168.0.0/16\n127.0.0.0/8"


class BulletinPolicy(models.Model):
    """When the mine publishes, who may read it without signing in, and what is said of persons."""

    mine = models.OneToOneField(Mine, models.PROTECT, primary_key=True, related_name="bulletin_policy")
    hour = models.TimeField(_("编制时刻"), default=time(7, 30))
    cut_off = models.TimeField(_("自动发布时刻"), default=time(9, 0))
    open_reading = models.BooleanField(_("办公网内不用登录就能看"), default=False)
    ranges = models.TextField(_("可以不登录看的地址范围"), default=PRIVATE_RANGES, blank=True)
    show_persons = models.BooleanField(_("写出责任人姓名"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cut_off__gte=models.F("hour")), name="bulletin_hours_in_order")
        ]


class Bulletin(models.Model):
    """One day's bulletin (一期). It covers [since, until); `figures` is what was counted, frozen with it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="bulletins")
    day = models.DateField(_("日期"))
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(_("期号"))
    status = models.CharField(_("状态"), max_length=10, choices=list(STATUS_LABELS.items()), default=Status.COMPILED)
    since = models.DateTimeField()
    until = models.DateTimeField()
    figures = models.JSONField(default=dict)
    note = models.CharField(_("编者的话"), max_length=500, blank=True)
    compiled_at = models.DateTimeField(default=now)
    compiled_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-day"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "day"], name="bulletin_once_a_day"),
            models.UniqueConstraint(fields=["mine", "year", "number"], name="bulletin_number"),
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="bulletin_has_time"),
            models.CheckConstraint(
                condition=Q(status=Status.PUBLISHED, published_at__isnull=False) & ~Q(digest="")
                | ~Q(status=Status.PUBLISHED) & Q(published_at__isnull=True, digest=""),
                name="bulletin_published_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="published"),
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """2026年第327期."""
        return _("%(year)d年第%(number)d期") % {"year": self.year, "number": self.number}

    @property
    def by_itself(self) -> bool:
        """Whether it went out at the cut-off without anybody's check."""
        return self.status == Status.PUBLISHED and self.published_by_id is None

    @property
    def balance(self) -> Balance:
        """The account of the day."""
        names = Balance.__dataclass_fields__
        return Balance(**{name: int(self.figures.get("balance", {}).get(name, 0)) for name in names})


FROZEN = """
IF EXISTS (SELECT 1 FROM hazards_bulletin
           WHERE id = (CASE WHEN TG_OP = 'DELETE' THEN OLD.bulletin_id ELSE NEW.bulletin_id END)
             AND status = 'published') THEN
  RAISE EXCEPTION 'a published bulletin does not change';
END IF;
RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
"""


class BulletinItem(models.Model):
    """One published line: what it is about, and what was said of it that day."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, db_index=False, related_name="items")
    part = models.CharField(max_length=10)
    position = models.PositiveIntegerField()
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    text = models.TextField()
    line = models.JSONField(default=dict)
    search_text = models.TextField(default="", editable=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "part", "position"], name="bulletin_item_place")]
        indexes = [
            models.Index(fields=["subject_id", "part"], name="bulletin_item_subject"),
            GinIndex(Pieces("search_text"), name="bulletin_item_pieces"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="published_lines_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=FROZEN,
            )
        ]

    @property
    def due(self) -> datetime | None:
        """The deadline that it had that day."""
        return datetime.fromisoformat(self.line["due"]) if self.line.get("due") else None

    @property
    def received(self) -> datetime:
        """When it had been reported."""
        return datetime.fromisoformat(self.line["received"])


class Addendum(models.Model):
    """A correction of a published bulletin (更正), with a number of its own; never an edit."""

    bulletin = models.ForeignKey(Bulletin, models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "number"], name="addendum_number")]
        triggers = [pgtrigger.Protect(name="addendum_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
