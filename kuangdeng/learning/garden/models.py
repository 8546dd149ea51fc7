"""What belongs to a branch's page itself; everything else on it is read from where it happened."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.api import Branch, Mine, Person


@tracked()
class GardenPage(models.Model):
    """园地的门面: the banner picture and a line under the branch's name."""

    branch = models.OneToOneField(Branch, models.PROTECT, primary_key=True, related_name="garden")
    banner = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("横幅图片"))
    motto = models.CharField(_("一句话"), max_length=40, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)


@tracked()
class GardenNotice(models.Model):
    """园地的通知, from one day to another; taken down with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    branch = models.ForeignKey(Branch, models.PROTECT, db_index=False, related_name="garden_notices")
    title = models.CharField(_("标题"), max_length=60)
    text = models.TextField(_("内容"))
    first_day = models.DateField(_("从哪天起"))
    last_day = models.DateField(_("到哪天止"))
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    down_at = models.DateTimeField(null=True)
    down_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    down_why = models.CharField(_("撤下原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["-first_day", "-at"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="garden_notice_in_order"),
            models.CheckConstraint(
                condition=Q(down_at=None, down_by=None, down_why="")
                | Q(down_at__isnull=False, down_by__isnull=False) & ~Q(down_why=""),
                name="garden_notice_down_whole",
            ),
        ]
        indexes = [models.Index(fields=["branch", "last_day"], condition=Q(down_at=None), name="garden_notice_runs")]


@tracked()
class GardenPick(models.Model):
    """推荐: something that somebody of the branch did, picked out by the secretary with a few words."""

    branch = models.ForeignKey(Branch, models.PROTECT, db_index=False, related_name="garden_picks")
    kind = models.CharField(max_length=20)
    thing_id = models.UUIDField()
    words = models.CharField(_("推荐语"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["branch", "kind", "thing_id"], name="garden_pick_once")]
