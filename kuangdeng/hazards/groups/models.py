"""Tables of the rectification groups. What was fed back, and who acknowledged it, is refused to change by the database."""

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.groups.rules import CLOCKS, KIND_LABELS, STATUS_LABELS, Kind, Status
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.api import Branch, Mine, Person, Place, Unit

CLOCK_KINDS = [
    ("end_of_shift", _("本班结束前")),
    ("end_of_next_shift", _("下一班结束前")),
    ("hours", _("若干小时内")),
]


class GroupClock(models.Model):
    """反馈和签认时限: how soon a group feeds back, how soon a team acknowledges, when who is late climbs."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="group_clocks")
    name = models.CharField(max_length=20, choices=list(CLOCKS.items()))
    kind = models.CharField(_("算法"), max_length=20, choices=CLOCK_KINDS)
    amount = models.PositiveIntegerField(_("小时数"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "name"], name="group_clock_once")]


@tracked()
class RectificationGroup(models.Model):
    """整治落实小组: led by a branch; `leader` answers for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="rectification_groups")
    name = models.CharField(_("小组名称"), max_length=60)
    branch = models.ForeignKey(Branch, models.PROTECT, related_name="+", verbose_name=_("牵头支部"))
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("组长"))
    position = models.PositiveIntegerField(default=0)
    ended_on = models.DateField(_("撤销日期"), null=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["mine", "name"], condition=Q(ended_on=None), name="group_name")]

    def __str__(self) -> str:
        return self.name


@tracked()
class GroupMember(models.Model):
    """Who belongs to a group from a day on, until a day."""

    group = models.ForeignKey(RectificationGroup, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="group_member_in_order"
            ),
            models.UniqueConstraint(fields=["group", "person"], condition=Q(valid_to=None), name="group_member_once"),
        ]


@tracked()
class GroupCover(models.Model):
    """What a group covers from a day on, until a day: a place and all in it, a unit and all below, a specialty, the mine."""

    group = models.ForeignKey(RectificationGroup, models.PROTECT, related_name="covers")
    kind = models.CharField(max_length=10, choices=list(KIND_LABELS.items()))
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    specialty = models.ForeignKey("hazards.Specialty", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="group_cover_in_order"
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.PLACE, place__isnull=False, unit=None, specialty=None)
                | Q(kind=Kind.UNIT, unit__isnull=False, place=None, specialty=None)
                | Q(kind=Kind.SPECIALTY, specialty__isnull=False, place=None, unit=None)
                | Q(kind=Kind.MINE, place=None, unit=None, specialty=None),
                name="group_cover_names_its_kind",
            ),
        ]

    @property
    def what(self) -> str:
        """What is covered, in words."""
        return str(self.place or self.unit or self.specialty or KIND_LABELS[Kind.MINE])


class GroupAssignment(models.Model):
    """That the lines of a bulletin have found their groups: once for each bulletin."""

    bulletin = models.OneToOneField("hazards.Bulletin", models.PROTECT, primary_key=True, related_name="+")
    at = models.DateTimeField(default=now)
    cases = models.PositiveIntegerField()
    gaps = models.PositiveIntegerField()


@tracked()
class GroupCase(models.Model):
    """整治事项: a published hazard or accident in the hands of a group. No group: a gap."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    item = models.ForeignKey(BulletinItem, models.PROTECT, db_index=False, related_name="+")
    hazard = models.OneToOneField("hazards.Hazard", models.PROTECT, null=True, related_name="case")
    accident = models.OneToOneField("hazards.Accident", models.PROTECT, null=True, related_name="case")
    group = models.ForeignKey(RectificationGroup, models.PROTECT, null=True, related_name="cases")
    by_rule = models.CharField(max_length=10, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=list(STATUS_LABELS.items()), default=Status.WAITING)
    urgent = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(_("反馈时限"))
    fed_at = models.DateTimeField(_("最近一次反馈"), null=True)
    done_at = models.DateTimeField(null=True)
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hazard__isnull=False, accident=None) | Q(hazard=None, accident__isnull=False),
                name="case_is_about_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WAITING, fed_at=None, done_at=None)
                | Q(status=Status.FED, fed_at__isnull=False, done_at=None)
                | Q(status=Status.DONE, fed_at__isnull=False, done_at__isnull=False),
                name="case_stamps_follow_its_state",
            ),
        ]
        indexes = [
            models.Index(fields=["mine", "status", "due_at"], name="case_by_state"),
            models.Index(fields=["mine", "-opened_at", "id"], name="case_newest"),
            models.Index(fields=["mine", "opened_at"], condition=Q(group=None), name="case_gaps"),
        ]

    @property
    def is_urgent(self) -> bool:
        """An accident or a major hazard, also one that was judged major after it had been published."""
        return self.urgent or (self.hazard is not None and self.hazard.is_major)

    @property
    def subject_id(self) -> UUID:
        """The hazard or the accident that it is about."""
        return self.hazard_id or self.accident_id  # type: ignore[return-value]  # one of them, the database says


class Feedback(models.Model):
    """反馈: what a group told the front line about a case. It stays as it was said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(GroupCase, models.PROTECT, related_name="feedbacks")
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    number = models.PositiveSmallIntegerField()
    outcome = models.BooleanField(_("结果"), default=False)
    found = models.TextField(_("查明了什么"))
    done = models.TextField(_("做了什么"))
    watch = models.TextField(_("要注意什么"))
    group_name = models.CharField(max_length=60)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="feedback_number")]
        indexes = [models.Index(fields=["mine", "-at", "id"], name="feedback_newest")]
        triggers = [pgtrigger.Protect(name="feedback_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class FeedbackPhoto(models.Model):
    """A photo that a feedback shows."""

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["feedback", "file"], name="feedback_photo_once")]
        triggers = [pgtrigger.Protect(name="feedback_photo_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class PreShiftMeeting(models.Model):
    """班前会: one meeting of a team before one shift, who led it and how many were there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("班组"))
    unit_name = models.CharField(max_length=60)
    day = models.DateField(_("日期"))
    shift_name = models.CharField(_("班次"), max_length=20)
    chair = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+", verbose_name=_("主持人"))
    held_at = models.DateTimeField(_("登记时间"), default=now)
    present = models.PositiveSmallIntegerField(_("到会人数"))
    note = models.CharField(_("会上说的"), max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "day", "shift_name"], name="pre_shift_meeting_once"),
            models.CheckConstraint(condition=Q(present__gte=1), name="pre_shift_meeting_somebody_was_there"),
        ]
        indexes = [models.Index(fields=["mine", "-held_at", "id"], name="pre_shift_newest")]


class Presence(models.Model):
    """Who signed in to a pre-shift meeting by name."""

    meeting = models.ForeignKey(PreShiftMeeting, models.PROTECT, related_name="presences")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)

    class Meta:
        db_table = "hazards_pre_shift_presence"
        constraints = [models.UniqueConstraint(fields=["meeting", "person"], name="present_once")]


class Acknowledgement(models.Model):
    """签认: one feedback owed to one team, one by one; with the meeting at which the team heard it once it has."""

    feedback = models.ForeignKey(Feedback, models.PROTECT, related_name="acknowledgements")
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+")
    main_unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+")
    unit_name = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    meeting = models.ForeignKey(PreShiftMeeting, models.PROTECT, null=True, related_name="acknowledgements")
    by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feedback", "unit"], name="acknowledged_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, meeting=None, by=None)
                | Q(acknowledged_at__isnull=False, meeting__isnull=False, by__isnull=False),
                name="acknowledged_at_a_meeting",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mine", "unit", "due_at"], condition=Q(acknowledged_at=None), name="acknowledgement_owed"
            ),
            models.Index(fields=["mine", "due_at"], condition=Q(acknowledged_at=None), name="acknowledgement_late"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="acknowledged_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__acknowledged_at__isnull=False),
            )
        ]
