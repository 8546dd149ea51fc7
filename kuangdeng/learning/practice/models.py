"""Tables of the daily item. One answer for each person, item and day is a constraint: a double tap is one answer."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.items.api import Item, ItemBank, ItemCategory, ItemVersion
from kuangdeng.learning.practice import rules
from kuangdeng.org.api import Mine, Person, Unit


@tracked()
class PracticeRule(models.Model):
    """每日一题规则 from a day on: how many items, when they open, when answers are shown. The newest that has begun holds."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="practice_rules")
    valid_from = models.DateField(_("从哪天起"))
    per_day = models.PositiveSmallIntegerField(_("每天几题"))
    opens_at = models.TimeField(_("几点开始"))
    night_until_end = models.BooleanField(_("跨零点的夜班算到下班"))
    reveal = models.CharField(_("什么时候公布答案"), max_length=8, choices=list(rules.REVEAL_LABELS.items()))
    slow_after = models.PositiveSmallIntegerField(_("超过几秒算慢"))
    retention = models.DecimalField(_("复习时希望还记得的比例"), max_digits=3, decimal_places=2)
    clear_after = models.PositiveSmallIntegerField(_("连续答对几次移出错题本"))
    catch_up_days = models.PositiveSmallIntegerField(_("可以补做最近几天"))
    catch_up_most = models.PositiveSmallIntegerField(_("一次最多补几题"))
    banks = models.ManyToManyField(ItemBank, related_name="+", blank=True, verbose_name=_("用哪些题库"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "valid_from"], name="practice_rule_a_day"),
            models.CheckConstraint(
                condition=Q(per_day__gte=1, per_day__lte=rules.MOST_PER_DAY), name="practice_rule_per_day"
            ),
            models.CheckConstraint(
                condition=Q(retention__gte="0.70", retention__lte="0.97"), name="practice_rule_retention"
            ),
            models.CheckConstraint(condition=Q(slow_after__gte=5, clear_after__gte=1), name="practice_rule_counts"),
        ]

    @property
    def terms(self) -> rules.Terms:
        """The row as the verbs use it."""
        return rules.Terms(
            self.per_day, self.opens_at, self.night_until_end, self.reveal, self.slow_after, self.retention,
            self.clear_after, self.catch_up_days, self.catch_up_most,
        )  # fmt: skip


@tracked()
class MustKnow(models.Model):
    """必会题 of a trade: all items of a category, or one item; without a trade they are everybody's."""

    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="must_knows")
    trade = models.CharField(_("工种"), max_length=40, blank=True)
    category = models.ForeignKey(
        ItemCategory, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("题目分类")
    )
    item = models.ForeignKey(Item, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("题目"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["trade", "at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__isnull=False, item=None) | Q(category=None, item__isnull=False),
                name="must_know_one_of_two",
            ),
            models.UniqueConstraint(
                fields=["mine", "trade", "category"], condition=Q(ended_at=None, item=None), name="must_know_category"
            ),
            models.UniqueConstraint(
                fields=["mine", "trade", "item"], condition=Q(ended_at=None, category=None), name="must_know_item"
            ),
        ]


class PracticeCard(models.Model):
    """What one person remembers of one item, and when it comes back. Written when he answers, never by a job.

    No history is kept beside it: it can be reckoned again from the answers at any time (`rules.replay`).
    """

    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="practice_cards")
    item = models.ForeignKey(Item, models.PROTECT, related_name="practice_cards")
    stability = models.FloatField(null=True)
    difficulty = models.FloatField(null=True)
    last_at = models.DateTimeField(_("最近作答"), null=True)
    due_on = models.DateField(_("下次复习"))
    times = models.PositiveIntegerField(_("答过几次"), default=0)
    wrong = models.PositiveIntegerField(_("错过几次"), default=0)
    streak = models.PositiveIntegerField(_("连续答对"), default=0)
    in_book = models.BooleanField(_("在错题本里"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "item"], name="practice_card_once"),
            models.CheckConstraint(
                condition=Q(last_at=None, stability=None, difficulty=None, times=0)
                | Q(last_at__isnull=False, stability__gt=0, difficulty__isnull=False, times__gte=1),
                name="practice_card_memory",
            ),
        ]

    @property
    def memory(self) -> rules.Memory:
        """The row as the rules take it."""
        return rules.Memory(
            self.stability,
            self.difficulty,
            self.last_at,
            self.due_on,
            self.times,
            self.wrong,
            self.streak,
            self.in_book,
        )

    def keep(self, memory: rules.Memory) -> "PracticeCard":
        """Take over what the rules found; the caller saves."""
        for name in ("stability", "difficulty", "last_at", "due_on", "times", "wrong", "streak", "in_book"):
            setattr(self, name, getattr(memory, name))
        return self


class PracticeMeeting(models.Model):
    """班前会上的每日一题: one item asked before a team, and how many knew it, by hands or by name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="practice_meetings")
    unit = models.ForeignKey(Unit, models.PROTECT, db_index=False, related_name="+")
    day = models.DateField(_("日期"))
    shift_name = models.CharField(_("班次"), max_length=20, blank=True)
    item = models.ForeignKey(Item, models.PROTECT, db_index=False, related_name="+")
    version = models.ForeignKey(ItemVersion, models.PROTECT, db_index=False, related_name="+")
    present = models.PositiveSmallIntegerField(_("到会人数"))
    right = models.PositiveSmallIntegerField(_("答对人数"))
    by_name = models.BooleanField(_("按姓名登记"), default=False)
    led_by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(present__gte=1, right__lte=F("present")), name="practice_meeting_counts"
            ),
            models.UniqueConstraint(fields=["unit", "day", "item"], name="practice_meeting_once"),
        ]
        indexes = [models.Index(fields=["mine", "day"], name="practice_meeting_by_day")]


class PracticeAnswer(models.Model):
    """One answer to one item. Its id is made where it was given, so that what is sent twice is there once.

    `for_day` is the day whose item it was, `day` the day on which it was answered; `gap_days` since the same person
    last answered the same item, `recall` the chance that FSRS gave it before, `first` the first one for that day.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="practice_answers")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, db_index=False, related_name="+")
    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="+")
    meeting = models.ForeignKey(PracticeMeeting, models.PROTECT, null=True, db_index=False, related_name="answers")
    for_day = models.DateField(_("哪天的题"))
    day = models.DateField(_("作答日期"))
    way = models.CharField(_("方式"), max_length=8, choices=list(rules.WAY_LABELS.items()))
    why = models.CharField(max_length=8, choices=list(rules.WHY_LABELS.items()), blank=True)
    answer = models.JSONField(default=dict)
    right = models.BooleanField(_("答对"))
    rating = models.PositiveSmallIntegerField()
    seconds = models.PositiveIntegerField(_("用时（秒）"), null=True)
    changed = models.BooleanField(_("改过答案"), default=False)
    first = models.BooleanField(default=False)
    gap_days = models.PositiveIntegerField(null=True)
    recall = models.FloatField(null=True)
    occurred_at = models.DateTimeField(_("作答时间"))
    captured_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "item", "day"], name="practice_answer_once_a_day"),
            models.UniqueConstraint(
                fields=["person", "for_day"], condition=Q(first=True), name="practice_first_of_a_day"
            ),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=3), name="practice_never_easy"),
            models.CheckConstraint(condition=Q(right=False, rating=1) | Q(right=True, rating__gte=2),
                                   name="practice_rating_follows"),
            models.CheckConstraint(condition=Q(for_day__lte=F("day")), name="practice_days_in_order"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["person", "for_day"], name="practice_by_person"),
            models.Index(fields=["mine", "for_day"], include=["unit", "first"], name="practice_by_day"),
            models.Index(
                fields=["mine", "day"], include=["unit", "right"], condition=Q(gap_days__gte=rules.RETAINED_AFTER),
                name="practice_repeated",
            ),
        ]  # fmt: skip


class ExamMistake(models.Model):
    """A wrong answer in an exam that went into the mistake book; `source_key` keeps it from coming in twice."""

    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="exam_mistakes")
    item = models.ForeignKey(Item, models.PROTECT, db_index=False, related_name="+")
    version = models.ForeignKey(ItemVersion, models.PROTECT, db_index=False, related_name="+")
    source_key = models.CharField(max_length=120)
    title = models.CharField(_("考试"), max_length=120, blank=True)
    answer = models.JSONField(default=dict)
    at = models.DateTimeField()
    taken_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "source_key"], name="exam_mistake_once")]
        indexes = [models.Index(fields=["person", "-at"], name="exam_mistake_by_person")]


@tracked()
class Away(models.Model):
    """不在岗: leave, training elsewhere, sickness. These days are not counted to anybody's participation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="practice_away")
    first_day = models.DateField(_("从"))
    last_day = models.DateField(_("到"))
    reason = models.CharField(_("原因"), max_length=100)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-first_day"]
        constraints = [models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="away_in_order")]
        indexes = [
            models.Index(fields=["person", "last_day"], condition=Q(cancelled_at=None), name="away_by_person"),
            models.Index(fields=["mine", "last_day"], condition=Q(cancelled_at=None), name="away_by_day"),
        ]
