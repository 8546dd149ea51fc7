"""Tables of the exams. What was answered and what was marked is only ever added to; the database refuses the rest."""

from datetime import datetime

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams import rules
from kuangdeng.learning.exams.rules import Kind, Mode, PaperStatus, Sat, Status
from kuangdeng.learning.items.api import TYPE_LABELS, ItemBank, ItemCategory, ItemVersion
from kuangdeng.org.api import Mine, Person, Unit


def added_only(name: str) -> list[pgtrigger.Protect]:
    """The trigger of a table that is only added to."""
    return [pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)]


@tracked()
class Paper(models.Model):
    """试卷: what is asked, either item by item or as a blueprint from which each exam draws."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="papers")
    title = models.CharField(_("试卷名称"), max_length=80)
    mode = models.CharField(_("组卷方式"), max_length=10, choices=list(rules.MODE_LABELS.items()), default=Mode.FIXED)
    status = models.CharField(
        _("状态"), max_length=10, choices=list(rules.PAPER_STATUS_LABELS.items()), default=PaperStatus.DRAFTED
    )
    note = models.CharField(_("说明"), max_length=200, blank=True)
    items_count = models.PositiveIntegerField(_("题数"), default=0)
    marks = models.DecimalField(_("满分"), max_digits=7, decimal_places=2, default=0)
    author = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+", verbose_name=_("组卷人"))
    created_at = models.DateTimeField(_("建立时间"), default=now)
    changed_at = models.DateTimeField(_("修改时间"), default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "title"], name="paper_title")]
        indexes = [models.Index(fields=["mine", "-changed_at"], name="paper_by_time")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        """草稿: it may be changed."""
        return self.status == PaperStatus.DRAFTED


class PaperLine(models.Model):
    """One line of a paper: an item in one version, or so many items of a bank, category, type and difficulty."""

    paper = models.ForeignKey(Paper, models.CASCADE, db_index=False, related_name="lines")
    position = models.PositiveSmallIntegerField()
    marks = models.DecimalField(_("每题分值"), max_digits=5, decimal_places=2)
    version = models.ForeignKey(ItemVersion, models.PROTECT, null=True, db_index=False, related_name="+")
    count = models.PositiveSmallIntegerField(_("题数"), default=1)
    bank = models.ForeignKey(ItemBank, models.PROTECT, null=True, db_index=False, related_name="+")
    category = models.ForeignKey(ItemCategory, models.PROTECT, null=True, db_index=False, related_name="+")
    type = models.CharField(_("题型"), max_length=12, choices=list(TYPE_LABELS.items()), blank=True)
    easiest = models.PositiveSmallIntegerField(_("难度从"), default=1)
    hardest = models.PositiveSmallIntegerField(_("难度到"), default=5)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["paper", "position"], name="paper_line_place"),
            models.CheckConstraint(condition=Q(marks__gt=0, count__gt=0), name="paper_line_counts"),
            models.CheckConstraint(condition=Q(version=None) | Q(count=1), name="paper_line_one_item"),
            models.CheckConstraint(
                condition=Q(easiest__gte=1, hardest__lte=5, easiest__lte=F("hardest")), name="paper_line_difficulty"
            ),
        ]


@tracked()
class Exam(models.Model):
    """考试: who answers which paper, when, under which rules."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="exams")
    title = models.CharField(_("考试名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=10, choices=list(rules.KIND_LABELS.items()))
    status = models.CharField(
        _("状态"), max_length=10, choices=list(rules.STATUS_LABELS.items()), default=Status.DRAFTED
    )
    paper = models.ForeignKey(Paper, models.PROTECT, db_index=False, related_name="exams", verbose_name=_("试卷"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("组织单位")
    )
    place = models.CharField(_("考场"), max_length=80, blank=True)
    opens_at = models.DateTimeField(_("开考时间"))
    closes_at = models.DateTimeField(_("结束时间"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))
    late_minutes = models.PositiveSmallIntegerField(_("迟到多少分钟内可以开考"), null=True)
    pass_percent = models.DecimalField(_("合格线（满分的百分之几）"), max_digits=5, decimal_places=2)
    per_person = models.BooleanField(_("每人一卷"), default=False)
    mix_items = models.BooleanField(_("题目顺序每人不同"), default=True)
    mix_options = models.BooleanField(_("选项顺序每人不同"), default=True)
    by_sign_in = models.BooleanField(_("可以用自己的账号在手机上答"), default=True)
    by_code = models.BooleanField(_("可以在考场用工号和考场码答"), default=True)
    shows_score = models.BooleanField(_("交卷后马上看到分数"), default=True)
    shows_key = models.BooleanField(_("公布后可以看答案和解析"), default=True)
    seed = models.CharField(max_length=64, editable=False)
    code = models.CharField(max_length=8, editable=False, blank=True)
    policy = models.JSONField(editable=False)
    makeup_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="makeups", verbose_name=_("补考自"))
    note = models.CharField(_("考试须知"), max_length=500, blank=True)
    is_sample = models.BooleanField(_("示例"), default=False)
    created_by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    created_at = models.DateTimeField(default=now)
    drawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    drawing = models.JSONField(_("抽人记录"), null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at"), minutes__gt=0), name="exam_times"),
            models.CheckConstraint(condition=Q(pass_percent__gte=0, pass_percent__lte=100), name="exam_bar"),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.DRAWN, Status.CLOSED, Status.PUBLISHED]) | Q(drawn_at__isnull=False),
                name="exam_drawn_at",
            ),
            models.UniqueConstraint(
                fields=["mine", "code"], condition=Q(status=Status.DRAWN) & ~Q(code=""), name="exam_code_once"
            ),
            models.CheckConstraint(condition=~Q(kind=Kind.MAKEUP) | Q(makeup_of__isnull=False), name="exam_makeup_of"),
        ]
        indexes = [
            models.Index(fields=["mine", "-opens_at", "-id"], name="exam_by_time"),
            models.Index(fields=["closes_at"], condition=Q(status=Status.DRAWN), name="exam_running"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def in_preparation(self) -> bool:
        """筹备: nothing is drawn yet."""
        return self.status == Status.DRAFTED

    @property
    def is_ready(self) -> bool:
        """卷已备好: it waits, or it is on."""
        return self.status == Status.DRAWN

    @property
    def is_published(self) -> bool:
        """已公布."""
        return self.status == Status.PUBLISHED

    @property
    def is_told(self) -> bool:
        """Whether those on the list know of it: not while it is being prepared, nor once it was called off."""
        return self.status not in (Status.DRAFTED, Status.CANCELLED)

    @property
    def may_void(self) -> bool:
        """Whether a sitting may still be voided: until the results are published."""
        return self.status in (Status.DRAWN, Status.CLOSED)

    @property
    def times(self) -> rules.Times:
        """As the rules take them."""
        return rules.Times(self.opens_at, self.closes_at, self.minutes, self.late_minutes)


class Asked(Func):
    """The versions on a form, as the database indexes them.

    A function of its own that says how dear it is: the lines lie aside from their row, and of looking into each the
    database thinks too little; it would read every form of the mine rather than the index (40 times slower).
    """

    function = "kd_asked"
    output_field = ArrayField(models.UUIDField())


class ExamForm(models.Model):
    """卷面: a drawn paper, one for all or one for each person. `lines` is [[version id, mark], …] in the paper's order."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, models.PROTECT, related_name="forms")
    number = models.PositiveIntegerField(_("卷号"))
    lines = models.JSONField()
    marks = models.DecimalField(max_digits=7, decimal_places=2)
    expected = models.FloatField(_("预计得分"))
    seed = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["exam", "number"], name="exam_form_number")]
        indexes = [GinIndex(Asked("lines"), name="exam_form_asked")]
        triggers = [pgtrigger.Protect(name="form_stays", operation=pgtrigger.Update)]


@tracked()
class Sitting(models.Model):
    """答卷: one person in one exam, from being expected to the result."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    exam = models.ForeignKey(Exam, models.PROTECT, db_index=False, related_name="sittings")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="sittings")
    attempt = models.PositiveSmallIntegerField(default=1)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("单位"))
    leader = models.BooleanField(_("领导"), default=False)
    form = models.ForeignKey(ExamForm, models.PROTECT, null=True, db_index=False, related_name="sittings")
    status = models.CharField(_("状态"), max_length=10, choices=list(rules.SAT_LABELS.items()), default=Sat.WAITING)
    held = models.BooleanField(_("谈心后才能开考"), default=False)
    late_ok = models.BooleanField(_("准许迟到开考"), default=False)
    extra_minutes = models.PositiveSmallIntegerField(_("延长分钟"), default=0)
    started_at = models.DateTimeField(_("开考"), null=True)
    ends_at = models.DateTimeField(_("到时"), null=True)
    ended_at = models.DateTimeField(_("收卷"), null=True)
    late_counts = models.BooleanField(default=False)
    result = models.ForeignKey("Result", models.PROTECT, null=True, db_index=False, related_name="+")
    score = models.DecimalField(_("得分"), max_digits=7, decimal_places=2, null=True)
    out_of = models.DecimalField(_("满分"), max_digits=7, decimal_places=2, null=True)
    passed = models.BooleanField(_("合格"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "person", "attempt"], name="sitting_once"),
            models.CheckConstraint(
                condition=Q(started_at=None, ends_at=None) | Q(started_at__isnull=False, ends_at__isnull=False),
                name="sitting_started_pair",
            ),
            models.CheckConstraint(
                condition=~Q(status=Sat.SITTING) | Q(started_at__isnull=False, form__isnull=False, ended_at=None),
                name="sitting_is_timed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=rules.ENDED) | Q(ended_at__isnull=False, result__isnull=False),
                name="sitting_ended_has_result",
            ),
            models.CheckConstraint(
                condition=Q(passed=None) | Q(score__isnull=False, out_of__isnull=False), name="sitting_scored"
            ),
        ]
        indexes = [
            models.Index(fields=["exam", "status"], name="sitting_by_exam"),
            models.Index(fields=["person", "-id"], name="sitting_by_person"),
            models.Index(fields=["ends_at"], condition=Q(status=Sat.SITTING), name="sitting_running"),
        ]

    @property
    def cut_off(self) -> datetime | None:
        """收卷: the moment after which nothing that is given counts."""
        return self.ended_at or self.ends_at


class AnswerGiven(models.Model):
    """An answer as it was given (作答): the last one to a line is the one that counts.

    `at` is when it was given by the server's clock, `received_at` when it came in, `key` the browser's own name for
    it, so that the same answer sent twice is written once. `late`: it came in too late to count by itself.
    """

    id = models.BigAutoField(primary_key=True)
    # Written only by a statement that holds the sitting's row; the constraint would look it up once more per answer.
    sitting = models.ForeignKey(Sitting, models.PROTECT, db_index=False, db_constraint=False, related_name="answers")
    line = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    key = models.UUIDField()
    device = models.CharField(max_length=36, blank=True)
    late = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sitting", "key"], name="answer_once")]
        triggers = added_only("answer_stays")


class Pulse(models.Model):
    """When a sitting was last heard of and from which device; written with every answer, kept out of the sitting's row
    so that its history tells only what matters. `changes` counts the answers, by which two open pages find out that
    the other one has written."""

    sitting = models.OneToOneField(Sitting, models.CASCADE, primary_key=True, related_name="pulse")
    at = models.DateTimeField()
    device = models.CharField(max_length=36, blank=True)
    address = models.CharField(max_length=45, blank=True)
    changes = models.PositiveIntegerField(default=0)
    happenings = models.PositiveIntegerField(default=0)


class SittingLog(models.Model):
    """A line of the integrity log (考场记录)."""

    id = models.BigAutoField(primary_key=True)
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="log")
    kind = models.CharField(max_length=15, choices=list(rules.HAPPENING_LABELS.items()))
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=now)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        triggers = added_only("log_stays")


class HandMark(models.Model):
    """阅卷: the points that a person gave for a line that no rule can mark; the last one counts."""

    id = models.BigAutoField(primary_key=True)
    sitting = models.ForeignKey(Sitting, models.PROTECT, related_name="hand_marks")
    line = models.PositiveSmallIntegerField()
    points = models.DecimalField(max_digits=5, decimal_places=2)
    remark = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(points__gte=0), name="hand_mark_points")]
        triggers = added_only("hand_mark_stays")


class Result(models.Model):
    """成绩: one marking of a sitting. A new marking is a new row; the old one stays.

    `lines` is one object per line of the form: {"v": version marked by, "m": full mark, "s": points or null while a
    person has to mark it, "a": the answer in the item's own ids, "k": its key of a corrected version, if any}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sitting = models.ForeignKey(Sitting, models.PROTECT, db_index=False, related_name="results")
    number = models.PositiveSmallIntegerField()
    score = models.DecimalField(max_digits=7, decimal_places=2)
    out_of = models.DecimalField(max_digits=7, decimal_places=2)
    final = models.BooleanField()
    passed = models.BooleanField(null=True)
    lines = models.JSONField()
    answers_digest = models.CharField(max_length=64)
    why = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="result_number"),
            models.CheckConstraint(condition=Q(final=False) | Q(passed__isnull=False), name="result_final_says"),
        ]
        triggers = added_only("result_stays")


class Correction(models.Model):
    """更正题目: in this exam, what was asked in version `asked` is marked by the key of version `key` (重判).

    A null key: everybody gets the full mark of the line (送分).
    """

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="corrections")
    asked = models.ForeignKey(ItemVersion, models.PROTECT, db_index=False, related_name="+")
    key = models.ForeignKey(ItemVersion, models.PROTECT, null=True, db_index=False, related_name="+")
    why = models.CharField(max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        triggers = added_only("correction_stays")
