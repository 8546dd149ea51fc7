"""Tables of the talks: the mine's rule and ladder, one row per person and exam, reminders told, retraining owed."""

from datetime import datetime
from uuid import UUID

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams.api import Exam, Result, Sitting
from kuangdeng.learning.talks import rules
from kuangdeng.learning.talks.rules import Status
from kuangdeng.org.api import Mine, Person, Unit


class TalkRule(models.Model):
    """谈心办法 from a day on: the manager's bar and the days that each step may take."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="talk_rules")
    valid_from = models.DateField(_("从哪天起"))
    bar = models.DecimalField(_("谈心线（满分的百分之几）"), max_digits=5, decimal_places=2, null=True)
    assign_days = models.PositiveSmallIntegerField(_("几天内安排谈话人"))
    talk_days = models.PositiveSmallIntegerField(_("几天内谈心"))
    sign_days = models.PositiveSmallIntegerField(_("几天内本人签字"))
    makeup_days = models.PositiveSmallIntegerField(_("几天内补考"))
    retrain_days = models.PositiveSmallIntegerField(_("几天内重新培训"))
    source = models.CharField(_("依据"), max_length=200)
    confirmed = models.BooleanField(_("已确认"), default=False)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-valid_from", "-at"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "valid_from"], name="talk_rule_day"),
            models.CheckConstraint(condition=Q(bar=None) | Q(bar__gt=0, bar__lte=100), name="talk_rule_bar"),
        ]

    @property
    def terms(self) -> rules.Terms:
        """As the rules take it."""
        return rules.Terms(
            self.bar, self.assign_days, self.talk_days, self.sign_days, self.makeup_days, self.retrain_days
        )


class TalkStep(models.Model):
    """A step of the ladder of reminders: so many days after a step was due, who is told."""

    id = models.BigAutoField(primary_key=True)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="talk_steps")
    after_days = models.PositiveSmallIntegerField(_("超期几天"))
    tell = models.CharField(_("提醒谁"), max_length=6, choices=list(rules.TELL_LABELS.items()))

    class Meta:
        ordering = ["after_days"]
        constraints = [models.UniqueConstraint(fields=["mine", "after_days", "tell"], name="talk_step_once")]


class TalkRound(models.Model):
    """That the results of an exam were gone through for talks; again when sheets were marked anew since."""

    exam = models.OneToOneField(Exam, models.PROTECT, primary_key=True, related_name="talk_round")
    at = models.DateTimeField()


@tracked(exclude=["weak"])
class Talk(models.Model):
    """谈心: one person after one exam, from the result to the make-up exam or to the retraining.

    `since` is when the open step began. `weak` is what the sheet showed by itself, as `rules.weak_points` gives it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="talks")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="talks", verbose_name=_("谈心对象"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("单位"))
    exam = models.ForeignKey(Exam, models.PROTECT, db_index=False, related_name="talks", verbose_name=_("考试"))
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="+")
    result = models.ForeignKey(Result, models.PROTECT, null=True, db_index=False, related_name="+")
    cause = models.CharField(_("缘由"), max_length=8, choices=list(rules.CAUSE_LABELS.items()))
    status = models.CharField(_("状态"), max_length=10, choices=list(rules.STATUS_LABELS.items()), default=Status.OWED)
    since = models.DateTimeField(_("本步开始"), default=now)
    due_at = models.DateTimeField(_("应在何时前办"), null=True)
    weak = models.JSONField(_("薄弱知识点"), default=dict)
    talker = models.ForeignKey(
        Person, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("谈话人")
    )
    helper = models.ForeignKey(
        Person, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("一带一帮扶人")
    )
    talked_at = models.DateTimeField(_("谈话时间"), null=True)
    place = models.CharField(_("谈话地点"), max_length=80, blank=True)
    reason = models.TextField(_("没考好的原因"), blank=True)
    measures = models.TextField(_("改进措施"), blank=True)
    recorded_at = models.DateTimeField(_("谈话人签字"), null=True)
    signed_at = models.DateTimeField(_("本人签字"), null=True)
    signed_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    sign_note = models.CharField(_("签字说明"), max_length=200, blank=True)
    makeup = models.ForeignKey(Sitting, models.PROTECT, null=True, related_name="+", verbose_name=_("补考"))
    ended_at = models.DateTimeField(_("办结时间"), null=True)
    end_note = models.CharField(_("办结说明"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "person"], name="talk_once"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.ASSIGNED, Status.TALKED]) | Q(talker__isnull=False),
                name="talk_has_talker",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.TALKED, Status.MAKEUP, Status.RETRAINING])
                | Q(recorded_at__isnull=False, talked_at__isnull=False),
                name="talk_is_recorded",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.MAKEUP, Status.RETRAINING]) | Q(signed_at__isnull=False),
                name="talk_is_signed",
            ),
        ]
        indexes = [
            models.Index(fields=["mine", "status", "due_at"], name="talk_by_status"),
            models.Index(fields=["person", "-since"], name="talk_by_person"),
            models.Index(fields=["talker"], condition=Q(status__in=["assigned", "talked"]), name="talk_by_talker"),
            models.Index(fields=["due_at"], condition=Q(status__in=[str(one) for one in rules.OPEN]), name="talk_due"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.exam_id}"

    @property
    def made_up_id(self) -> UUID:
        """The exam that the make-ups make up: his, or the first one where his was a make-up itself."""
        return self.exam.makeup_of_id or self.exam_id

    @property
    def owes_exam(self) -> bool:
        """Whether he has to sit the exam again: he failed it, or was not there."""
        return self.cause != rules.Cause.BELOW


class TalkReminder(models.Model):
    """A step of the ladder that was told for one open step of a talk."""

    id = models.BigAutoField(primary_key=True)
    talk = models.ForeignKey(Talk, models.PROTECT, db_index=False, related_name="reminders")
    status = models.CharField(max_length=10)
    since = models.DateTimeField()
    after_days = models.PositiveSmallIntegerField()
    tells = ArrayField(models.CharField(max_length=6))
    at: "models.DateTimeField[datetime, datetime]" = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["talk", "status", "since", "after_days"], name="talk_reminder_once")
        ]
        triggers = [pgtrigger.Protect(name="reminder_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


@tracked()
class Retraining(models.Model):
    """欠的重新培训: who failed the make-up as well; a class takes it over, and says when it is done."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    talk = models.OneToOneField(Talk, models.PROTECT, related_name="retraining")
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    since = models.DateTimeField(_("从何时起欠"), default=now)
    accepted_at = models.DateTimeField(_("列入培训时间"), null=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    where = models.CharField(_("列入哪个班"), max_length=120, blank=True)
    class_id = models.UUIDField(null=True)
    done_at = models.DateTimeField(_("培训完成时间"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | Q(accepted_at__isnull=False), name="retraining_in_order")
        ]
        indexes = [models.Index(fields=["mine", "since"], condition=Q(done_at=None), name="retraining_owed")]
