"""Tables of the sign-in. One device signs for one person of a sheet, and one person is one row: both are constraints."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.rules import Method, SheetStatus, State
from kuangdeng.org.api import Mine, Person, Unit


@tracked(exclude=["secret"])
class Sheet(models.Model):
    """签到表 of one occasion. `kind` and `title` are the words of the part that made it, `back` is its page there.

    `secret` makes the codes of the room's screen; it never leaves the server.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="attendance_sheets")
    kind = models.CharField(_("类别"), max_length=40)
    title = models.CharField(_("事由"), max_length=200)
    place_text = models.CharField(_("地点"), max_length=100, blank=True)
    back = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"))
    opens_at = models.DateTimeField(_("开放签到"))
    closes_at = models.DateTimeField(_("截止签到"))
    late_after = models.PositiveSmallIntegerField(_("几分钟后算迟到"), default=rules.LATE_AFTER)
    secret = models.CharField(max_length=64, editable=False)
    status = models.CharField(max_length=10, choices=list(rules.SHEET_LABELS.items()), default=SheetStatus.RUNNING)
    made_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="sheet_ends_after_start"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="sheet_closes_after_opening"),
            models.CheckConstraint(
                condition=Q(status=SheetStatus.RUNNING, closed_at=None)
                | ~Q(status=SheetStatus.RUNNING) & Q(closed_at__isnull=False),
                name="sheet_closed_with_time",
            ),
        ]
        indexes = [models.Index(fields=["mine", "-starts_at", "-id"], name="sheet_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_running(self) -> bool:
        """Neither closed nor called off; whether one may sign now is a matter of the clock."""
        return self.status == SheetStatus.RUNNING

    @property
    def is_cancelled(self) -> bool:
        """Whether the occasion was called off."""
        return self.status == SheetStatus.CANCELLED


class SheetLeader(models.Model):
    """Who leads the room: sees names, opens the screen, enters paper (主持人、记录人、教师)."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="leaders")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "person"], name="sheet_leader_once")]


@tracked()
class Attendee(models.Model):
    """One person at one occasion. `unit` is that of the day; `expected` is false for who came without being on the list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, db_index=False, related_name="attendees")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="attendances")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    expected = models.BooleanField(_("应到"), default=True)
    state = models.CharField(max_length=10, choices=list(rules.STATE_LABELS.items()), default=State.MISSING)
    method = models.CharField(max_length=10, choices=list(rules.METHOD_LABELS.items()), blank=True, default=Method.NONE)
    at = models.DateTimeField(_("签到时间"), null=True)
    device = models.CharField(max_length=64, blank=True, editable=False)
    by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    approver = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    leave_reason = models.CharField(_("请假事由"), max_length=200, blank=True)
    leave_asked_at = models.DateTimeField(null=True)
    leave_decided_at = models.DateTimeField(null=True)
    leave_decided_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    leave_refusal = models.CharField(_("不准假的原因"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "person"], name="attendee_once"),
            models.UniqueConstraint(fields=["sheet", "device"], condition=~Q(device=""), name="one_person_a_device"),
            models.CheckConstraint(
                condition=~Q(state__in=rules.THERE) | Q(at__isnull=False) & ~Q(method=""), name="who_was_there_signed"
            ),
            models.CheckConstraint(
                condition=~Q(method__in=[Method.PAPER, Method.CORRECTED]) | Q(approver__isnull=False) & ~Q(reason=""),
                name="late_entry_has_reason_and_approver",
            ),
            models.CheckConstraint(
                condition=Q(leave_decided_at=None, leave_decided_by=None)
                | Q(leave_decided_at__isnull=False, leave_decided_by__isnull=False),
                name="leave_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="attendee_by_person"),
            models.Index(fields=["sheet", "state"], name="attendee_by_state"),
        ]

    @property
    def is_missing(self) -> bool:
        """Not there, and not excused."""
        return self.state == State.MISSING

    @property
    def is_late(self) -> bool:
        """There, but late."""
        return self.state == State.LATE

    @property
    def was_away(self) -> bool:
        """Expected and not in the room, whatever the reason, caught up or not."""
        return self.expected and self.state in (State.MISSING, State.LEAVE, State.MADE_UP)

    @property
    def unit_name(self) -> str:
        """The unit of the day as people tell it apart: a team with the unit that it belongs to."""
        return self.unit.full_name if self.unit else ""

    @property
    def asks_leave(self) -> bool:
        """Whether a request for leave waits for an answer."""
        return self.leave_asked_at is not None and self.leave_decided_at is None and self.state == State.MISSING


class Doubt(models.Model):
    """A second person on one device (一机多人): held back until the leader has looked into the room."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(Sheet, models.PROTECT, related_name="doubts")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    first = models.ForeignKey(Attendee, models.PROTECT, related_name="+")
    device = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    accepted = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sheet", "person"], condition=Q(settled_at=None), name="one_open_doubt"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_by=None, accepted=None)
                | Q(settled_at__isnull=False, settled_by__isnull=False, accepted__isnull=False),
                name="doubt_settled_by_somebody",
            ),
        ]


class SheetKiosk(models.Model):
    """签到机: a device at the door that reads cards for one sheet, signed in as nobody, until the sheet is over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="kiosks")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    opened_at = models.DateTimeField(default=now)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)


@tracked()
class MakeUp(models.Model):
    """补学: what somebody who was not there has read since; it counts when the leader has taken it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    attendee = models.ForeignKey(Attendee, models.PROTECT, related_name="makeups")
    on = models.DateField(_("补学日期"))
    text = models.TextField(_("补学内容"))
    handed_in_at = models.DateTimeField(default=now)
    handed_in_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    refusal = models.CharField(_("退回原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["-handed_in_at"]
        constraints = [
            models.UniqueConstraint(fields=["attendee"], condition=Q(decided_at=None), name="one_open_makeup"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None, refusal="")
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="makeup_decided_by_somebody",
            ),
        ]
