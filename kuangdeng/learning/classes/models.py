"""Tables of the training classes. A learner has one seat in a batch; a lesson settles each learner's hours once."""

from decimal import Decimal

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.learning.classes import rules
from kuangdeng.learning.classes.rules import Audience, Conclusion, CorrectionStatus, NeedStatus, PlanStatus, Status
from kuangdeng.org.api import Mine, Person, Unit


def choices(labels: dict[str, object]) -> list[tuple[str, object]]:
    """The pairs of a table of labels."""
    return list(labels.items())


# Rules ------------------------------------------------------------------------------------------------------------------


@tracked()
class RosterRule(models.Model):
    """How many of a unit and a team may sit in one batch, from a day on; a row with a unit goes before the mine's."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="roster_rules")
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="roster_rules", verbose_name=_("单位")
    )
    valid_from = models.DateField(_("从哪天起"))
    unit_percent = models.PositiveSmallIntegerField(_("每批最多抽本单位的百分之几"))
    unit_most = models.PositiveSmallIntegerField(_("每批最多抽本单位几人"))
    team_percent = models.PositiveSmallIntegerField(_("每批最多抽一个班组的百分之几"))
    team_most = models.PositiveSmallIntegerField(_("每批最多抽一个班组几人"))
    trade_stay = models.PositiveSmallIntegerField(_("班组里每个工种至少留几人"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["unit__position", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["mine", "unit", "valid_from"], name="roster_rule_a_day", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(
                    unit_percent__range=(1, 100), team_percent__range=(1, 100), unit_most__gte=1, team_most__gte=1
                ),
                name="roster_rule_counts",
            ),
        ]

    @property
    def limits(self) -> rules.Limits:
        """The row as the roster uses it."""
        return rules.Limits(self.unit_percent, self.unit_most, self.team_percent, self.team_most, self.trade_stay)


# Teachers ---------------------------------------------------------------------------------------------------------------


@tracked()
class Teacher(models.Model):
    """教师: somebody of the mine, or an invited expert (外聘专家) from elsewhere."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="teachers")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="teaching", verbose_name=_("本矿职工")
    )
    name = models.CharField(_("姓名"), max_length=60)
    organisation = models.CharField(_("工作单位"), max_length=100, blank=True)
    title = models.CharField(_("职称职务"), max_length=60, blank=True)
    qualification = models.CharField(_("任教资格"), max_length=100, blank=True)
    qualified_until = models.DateField(_("资格有效期至"), null=True, blank=True)
    subjects = models.CharField(_("能讲什么"), max_length=200, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    fee = models.DecimalField(_("课酬（元/学时）"), max_digits=8, decimal_places=2, default=Decimal(0))
    is_sample = models.BooleanField(_("示例"), default=False)
    left_on = models.DateField(_("停聘日期"), null=True, blank=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "person"], condition=Q(person__isnull=False), name="teacher_once"),
            models.CheckConstraint(condition=Q(fee__gte=0), name="teacher_fee_counts"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_invited(self) -> bool:
        """外聘 or not."""
        return self.person_id is None


# Plan and needs ---------------------------------------------------------------------------------------------------------


@tracked()
class TrainingPlan(models.Model):
    """年度培训计划 of one year."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="training_plans")
    year = models.PositiveSmallIntegerField(_("年度"))
    status = models.CharField(max_length=10, choices=choices(rules.PLAN_LABELS), default=PlanStatus.DRAFT)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    reopen_reason = models.CharField(_("退回原因"), max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "year"], name="training_plan_a_year")]

    def __str__(self) -> str:
        return f"{self.year}"


@tracked()
class PlanLine(models.Model):
    """One line of the annual plan. `added_later`: it came after the plan had been approved (计划外追加)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(TrainingPlan, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(_("序号"))
    title = models.CharField(_("培训项目"), max_length=100)
    kind = models.CharField(_("类别"), max_length=12, choices=choices(rules.KIND_LABELS))
    mode = models.CharField(_("方式"), max_length=12, choices=choices(rules.MODE_LABELS))
    audience_text = models.CharField(_("培训对象"), max_length=200, blank=True)
    month = models.PositiveSmallIntegerField(_("计划月份"))
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1)
    heads = models.PositiveIntegerField(_("人数"))
    times = models.PositiveSmallIntegerField(_("期数"), default=1)
    budget = models.DecimalField(_("经费预算（元）"), max_digits=10, decimal_places=2, default=Decimal(0))
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    added_later = models.BooleanField(_("计划外追加"), default=False)
    dropped_reason = models.CharField(_("取消原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_line_number"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="plan_line_month"),
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class TrainingClass(models.Model):
    """培训班 (一期): what, for whom, from when to when. `number` counts the classes of a year."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="training_classes")
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveSmallIntegerField(_("期次"))
    title = models.CharField(_("班名"), max_length=100)
    kind = models.CharField(_("类别"), max_length=12, choices=choices(rules.KIND_LABELS))
    mode = models.CharField(_("方式"), max_length=12, choices=choices(rules.MODE_LABELS))
    purpose = models.TextField(_("培训目的"), blank=True)
    plan_line = models.ForeignKey(PlanLine, models.PROTECT, null=True, blank=True, related_name="classes")
    begin_on = models.DateField(_("开始日期"))
    end_on = models.DateField(_("结束日期"))
    place_text = models.CharField(_("地点"), max_length=100)
    units = models.ManyToManyField(Unit, related_name="training_classes", verbose_name=_("培训单位"))
    audience = models.CharField(
        _("编哪些人"), max_length=10, choices=choices(rules.AUDIENCE_LABELS), default=Audience.ALL
    )
    trades = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("指定工种"))
    leaders_attend = models.BooleanField(_("单位负责人、支部书记每批都参加"), default=False)
    needs_exam = models.BooleanField(_("要考试"), default=True)
    manager = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("班主任")
    )
    is_sample = models.BooleanField(_("示例"), default=False)
    status = models.CharField(max_length=10, choices=choices(rules.STATUS_LABELS), default=Status.PREPARING)
    left = models.JSONField(default=list, editable=False)
    """Who could not be placed when the roster was made last: person, name, unit, the sentence why."""
    report = models.TextField(_("综合考评报告"), blank=True)
    cost = models.DecimalField(_("实际费用（元）"), max_digits=10, decimal_places=2, default=Decimal(0))
    opened_at = models.DateTimeField(null=True)
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    keep_until = models.DateField(_("保存到"), null=True)
    stopped_reason = models.CharField(_("取消或退回原因"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine", "year", "number"], name="training_class_number"),
            models.CheckConstraint(condition=Q(end_on__gte=F("begin_on")), name="training_class_ends_after_start"),
            models.CheckConstraint(
                condition=~Q(status=Status.CLOSED) | Q(closed_at__isnull=False, keep_until__isnull=False),
                name="training_class_closed_with_date",
            ),
        ]
        indexes = [models.Index(fields=["mine", "-begin_on", "-id"], name="training_class_by_day")]

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        """期次号: 2026-03."""
        return f"{self.year}-{self.number:02d}"

    @property
    def may_change(self) -> bool:
        """Whether timetable and roster may still change."""
        return self.status in rules.CHANGING

    @property
    def may_examine(self) -> bool:
        """Whether an exam may be arranged for it."""
        return self.status in rules.EXAMINED


@tracked()
class TrainingNeed(models.Model):
    """培训需求: what has to be learned, by which units, and what shows it. `source_entry` is a ledger line, opaque here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="training_needs")
    topic = models.CharField(_("培训主题"), max_length=100)
    evidence = models.TextField(_("为什么要培训"))
    units = models.ManyToManyField(Unit, related_name="training_needs", verbose_name=_("培训单位"))
    wanted_by = models.DateField(_("希望完成日期"), null=True, blank=True)
    source_entry = models.CharField(max_length=40, blank=True, editable=False)
    proposed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"), default=now)
    status = models.CharField(max_length=10, choices=choices(rules.NEED_LABELS), default=NeedStatus.OPEN)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, null=True, related_name="needs")
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decline_reason = models.CharField(_("不安排的原因"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mine", "source_entry"], condition=~Q(source_entry=""), name="need_once_an_entry"
            ),
            models.CheckConstraint(
                condition=~Q(status=NeedStatus.ACCEPTED) | Q(training_class__isnull=False),
                name="need_accepted_into_class",
            ),
            models.CheckConstraint(
                condition=~Q(status=NeedStatus.DECLINED) | ~Q(decline_reason=""), name="need_declined_with_reason"
            ),
        ]
        indexes = [models.Index(fields=["mine", "-proposed_at", "-id"], name="training_need_by_time")]

    def __str__(self) -> str:
        return self.topic


# Batches, seats, lessons ------------------------------------------------------------------------------------------------


@tracked()
class Batch(models.Model):
    """批次: a part of the roster that comes together."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="batches")
    number = models.PositiveSmallIntegerField(_("批次"))
    begin_on = models.DateField(_("开始日期"))
    end_on = models.DateField(_("结束日期"))
    seats = models.PositiveSmallIntegerField(_("座位数"))

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["training_class", "number"], name="batch_number"),
            models.CheckConstraint(condition=Q(end_on__gte=F("begin_on"), seats__gte=1), name="batch_counts"),
        ]


@tracked()
class Seat(models.Model):
    """One learner in one batch. `unit` and `team` are those of the day; `forced` says why a limit was passed over."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="roster")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="training_seats")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    team = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    trade = models.CharField(_("工种"), max_length=40, blank=True)
    is_leader = models.BooleanField(_("单位负责人"), default=False)
    by_hand = models.BooleanField(_("逐人加入"), default=False)
    forced = models.CharField(_("超出限额的原因"), max_length=200, blank=True)
    conclusion = models.CharField(
        _("结论"), max_length=10, choices=choices(rules.CONCLUSION_LABELS), blank=True, default=Conclusion.NONE
    )
    remark = models.CharField(_("备注"), max_length=200, blank=True)
    diploma = models.CharField(_("合格证明编号"), max_length=40, blank=True)
    rating = models.PositiveSmallIntegerField(_("对教学的评分"), null=True)
    opinion = models.CharField(_("意见"), max_length=300, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "person"], name="seat_once"),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__range=(1, 5)), name="seat_rating"),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="seat_by_person")]


@tracked()
class Lesson(models.Model):
    """课次: one lesson of a batch. `sheet` is its sign-in sheet; `settled_at` says that its hours were counted."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    batch = models.ForeignKey(Batch, models.PROTECT, related_name="lessons")
    starts_at = models.DateTimeField(_("上课时间"))
    ends_at = models.DateTimeField(_("下课时间"))
    hours = models.DecimalField(_("学时"), max_digits=4, decimal_places=1)
    topic = models.CharField(_("课题"), max_length=100)
    kind = models.CharField(_("形式"), max_length=10, choices=choices(rules.LESSON_LABELS))
    teacher = models.ForeignKey(Teacher, models.PROTECT, null=True, related_name="lessons", verbose_name=_("教师"))
    room = models.CharField(_("教室"), max_length=60)
    room_key = models.CharField(max_length=60, editable=False)
    sheet = models.OneToOneField("learning.Sheet", models.PROTECT, null=True, related_name="lesson")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at"), hours__gt=0), name="lesson_counts")
        ]
        indexes = [
            models.Index(fields=["teacher", "starts_at"], name="lesson_by_teacher"),
            models.Index(fields=["starts_at"], name="lesson_by_time"),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def day(self) -> object:
        """The day on the mine's wall clock."""
        return local(self.starts_at).date()


class Handout(models.Model):
    """讲义 of a lesson."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lesson = models.ForeignKey(Lesson, models.CASCADE, related_name="handouts")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["lesson", "file"], name="handout_once")]


# Hours ------------------------------------------------------------------------------------------------------------------


@tracked()
class LessonHours(models.Model):
    """学时 of one learner for one lesson: planned, valid, and why they differ."""

    id = models.BigAutoField(primary_key=True)
    lesson = models.ForeignKey(Lesson, models.PROTECT, db_index=False, related_name="settled_hours")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="settled_hours")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="training_hours")
    on = models.DateField(_("日期"))
    planned = models.DecimalField(_("计划学时"), max_digits=4, decimal_places=1)
    valid = models.DecimalField(_("有效学时"), max_digits=4, decimal_places=1)
    why = models.CharField(_("说明"), max_length=12, choices=choices(rules.WHY_LABELS), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lesson", "person"], name="hours_once"),
            models.CheckConstraint(condition=Q(valid__gte=0) & Q(valid__lte=F("planned")), name="hours_within_plan"),
        ]
        indexes = [models.Index(fields=["person", "on"], include=["valid"], name="hours_by_person")]


@tracked()
class HoursCorrection(models.Model):
    """学时更正: who wants it, why, what it was, what it shall be, who said yes. Nobody approves his own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    row = models.ForeignKey(LessonHours, models.PROTECT, related_name="corrections")
    before = models.DecimalField(_("原学时"), max_digits=4, decimal_places=1)
    before_why = models.CharField(max_length=12, blank=True)
    after = models.DecimalField(_("更正为"), max_digits=4, decimal_places=1)
    reason = models.CharField(_("更正原因"), max_length=200)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    status = models.CharField(max_length=10, choices=choices(rules.CORRECTION_LABELS), default=CorrectionStatus.WAITING)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(_("不同意的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["row"], condition=Q(status=CorrectionStatus.WAITING), name="one_open_correction"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="correction_by_another"
            ),
            models.CheckConstraint(
                condition=Q(status=CorrectionStatus.WAITING, decided_by=None)
                | ~Q(status=CorrectionStatus.WAITING) & Q(decided_by__isnull=False),
                name="correction_decided_by_somebody",
            ),
        ]


class ClassExam(models.Model):
    """Which exam belongs to a class, and to which of its batches; a make-up exam belongs to the class of what it makes up."""

    training_class = models.ForeignKey(TrainingClass, models.PROTECT, related_name="exam_links")
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, related_name="exam_links")
    exam = models.OneToOneField("learning.Exam", models.PROTECT, related_name="class_link")
    at = models.DateTimeField(default=now)


class LessonCalendar(models.Model):
    """The secret address under which a phone reads its owner's timetable; only its digest is kept."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="lesson_calendar")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=now)
