"""Tables of study. Who was there stands on the sheet of the sign-in (`attendance.Sheet`), never here."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.learning.study import rules
from kuangdeng.learning.study.rules import Status
from kuangdeng.org.api import Mine, Person, Unit


@tracked()
class StudyKind(models.Model):
    """学习类别: 中心组学习 and the like; the mine adds its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="study_kinds")
    name = models.CharField(_("名称"), max_length=40)
    position = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["mine", "name"], name="study_kind_name")]

    def __str__(self) -> str:
        return self.name


@tracked()
class StudySession(models.Model):
    """学习活动: one session. Without a unit it is the mine's. `chosen` is how the expected ones were picked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="study_sessions")
    kind = models.ForeignKey(StudyKind, models.PROTECT, related_name="sessions", verbose_name=_("类别"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("组织单位"))
    title = models.CharField(_("主题"), max_length=100)
    outline = models.TextField(_("学习内容"), blank=True)
    lecturer = models.CharField(_("主讲人"), max_length=60, blank=True)
    place_text = models.CharField(_("地点"), max_length=100, blank=True)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"))
    chair = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("主持人"))
    recorder = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    made_by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    sheet = models.OneToOneField("learning.Sheet", models.PROTECT, related_name="study_session")
    chosen = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=list(rules.STATUS_LABELS.items()), default=Status.PLANNED)
    cancel_reason = models.CharField(_("取消原因"), max_length=200, blank=True)
    content = models.TextField(_("学习内容记录"), blank=True)
    talk = models.TextField(_("讨论发言"), blank=True)
    outcome = models.TextField(_("小结和贯彻意见"), blank=True)
    recorded_at = models.DateTimeField(null=True)
    returned_reason = models.CharField(_("退回原因"), max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="study_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.RECORDED, Status.FILED])
                | Q(recorded_at__isnull=False) & ~Q(content=""),
                name="study_record_is_written",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.FILED, approved_at__isnull=False, approved_by__isnull=False)
                | ~Q(status=Status.FILED) & Q(approved_at=None, approved_by=None),
                name="study_filed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.CANCELLED) | ~Q(cancel_reason=""), name="study_cancelled_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["mine", "-starts_at", "-id"], name="study_by_time")]

    def __str__(self) -> str:
        return self.title


class StudyMaterial(models.Model):
    """学习材料: a file for a session; the name under which it was handed in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(StudySession, models.PROTECT, related_name="materials")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "file"], name="study_material_once")]


class StudyPhoto(models.Model):
    """A photo of a session."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    session = models.ForeignKey(StudySession, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [models.UniqueConstraint(fields=["session", "file"], name="study_photo_once")]
