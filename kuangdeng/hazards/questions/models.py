"""Tables of the questions. A turn that was taken is refused to change by the database itself."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.questions.rules import STATUS_LABELS, VERB_LABELS, Status
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.api import Mine, Person, Unit

KINDS = [
    ("end_of_shift", _("本班结束前")),
    ("end_of_next_shift", _("下一班结束前")),
    ("hours", _("若干小时内")),
]


class QuestionRule(models.Model):
    """追问时限: how soon an answer is owed, for major hazards and for the others."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="question_rules")
    major = models.BooleanField(_("重大隐患"))
    kind = models.CharField(_("算法"), max_length=20, choices=KINDS)
    amount = models.PositiveIntegerField(_("小时数"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "major"], name="question_rule_once")]


@tracked()
class Question(models.Model):
    """One question on one published line. `due_at` is when the present answer is owed, `level` who owes it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="questions")
    item = models.ForeignKey(BulletinItem, models.PROTECT, related_name="questions")
    subject_kind = models.CharField(max_length=20)
    subject_id = models.UUIDField()
    text = models.TextField(_("追问内容"))
    asker = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    asker_unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+", verbose_name=_("追问单位"))
    holder = models.ForeignKey(
        Unit, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("答复单位")
    )
    status = models.CharField(_("状态"), max_length=10, choices=list(STATUS_LABELS.items()), default=Status.ASKED)
    level = models.PositiveSmallIntegerField(default=0)
    presses = models.PositiveSmallIntegerField(_("再追问次数"), default=0)
    asked_at = models.DateTimeField(_("追问时间"), default=now)
    due_at = models.DateTimeField(_("答复时限"))
    answered_at = models.DateTimeField(null=True)
    promised_on = models.DateField(_("承诺日期"), null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.SETTLED, settled_at__isnull=False)
                | ~Q(status=Status.SETTLED) & Q(settled_at__isnull=True),
                name="question_settled_pair",
            ),
            models.CheckConstraint(condition=~Q(holder=F("asker_unit")), name="question_not_to_oneself"),
        ]
        indexes = [
            models.Index(fields=["mine", "-asked_at", "-id"], name="question_by_time"),
            models.Index(fields=["mine", "holder", "due_at"], condition=Q(status=Status.ASKED), name="question_open"),
            models.Index(fields=["subject_id"], name="question_subject"),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class QuestionUnit(models.Model):
    """A unit that asks: the first one, and those that joined (同问)."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="units")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    joined_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["joined_at"]
        constraints = [models.UniqueConstraint(fields=["question", "unit"], name="question_unit_once")]


class Turn(models.Model):
    """One turn of the thread: who said what, when. It stays as it was said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    question = models.ForeignKey(Question, models.PROTECT, related_name="turns")
    verb = models.CharField(max_length=10, choices=list(VERB_LABELS.items()))
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    unit_name = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(default=now)
    text = models.TextField(blank=True)
    promised_on = models.DateField(null=True)
    level = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["at", "id"]
        triggers = [pgtrigger.Protect(name="turn_stays", operation=pgtrigger.Update | pgtrigger.Delete)]


class TurnPhoto(models.Model):
    """A photo that an answer shows."""

    turn = models.ForeignKey(Turn, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["turn", "file"], name="turn_photo_once")]
