"""Tables of research topics."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.learning.topics import rules
from kuangdeng.learning.topics.rules import Status
from kuangdeng.org.api import Branch, Mine, Person, Unit


@tracked()
class TopicCall(models.Model):
    """课题征集: what the mine wants to have looked into, and until when one may apply."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="topic_calls")
    title = models.CharField(_("标题"), max_length=120)
    text = models.TextField(_("征集内容"))
    until = models.DateField(_("申报截止"))
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-until"]
        indexes = [models.Index(fields=["mine", "-until"], name="topic_call_by_day")]

    def __str__(self) -> str:
        return self.title


@tracked()
class Topic(models.Model):
    """课题. `unit` is the leader's unit when it was written, `remark` why it was last sent back or ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="topics")
    call = models.ForeignKey(TopicCall, models.PROTECT, null=True, related_name="topics", verbose_name=_("征集"))
    number = models.CharField(_("编号"), max_length=20, blank=True)
    title = models.CharField(_("课题名称"), max_length=120)
    leader = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("负责人"))
    branch = models.ForeignKey(Branch, models.PROTECT, null=True, related_name="topics", verbose_name=_("支部"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("单位"))
    question = models.TextField(_("要解决的问题"))
    plan = models.TextField(_("研究方法和计划"))
    expected = models.TextField(_("预期成果"), blank=True)
    members = models.ManyToManyField(Person, related_name="topics", blank=True, verbose_name=_("参加人"))
    status = models.CharField(
        _("状态"), max_length=10, choices=list(rules.STATUS_LABELS.items()), default=Status.DRAFTED
    )
    remark = models.CharField(_("意见"), max_length=500, blank=True)
    written_at = models.DateTimeField(_("申报时间"), default=now)
    status_since = models.DateTimeField(default=now)
    approved_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    approved_at = models.DateTimeField(_("立项时间"), null=True)
    due_on = models.DateField(_("结题期限"))
    summary = models.TextField(_("结题摘要"), blank=True)
    reported_at = models.DateTimeField(_("交报告时间"), null=True)
    round = models.PositiveSmallIntegerField(_("第几轮评审"), default=0)
    score = models.DecimalField(_("评审得分"), max_digits=4, decimal_places=1, null=True)
    verdict = models.TextField(_("评审结论"), blank=True)
    changed = models.TextField(_("因此改变了什么"), blank=True)
    adopted_on = models.DateField(_("采纳日期"), null=True)
    adopted_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    archived_at = models.DateTimeField(_("归档时间"), null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine", "number"], condition=~Q(number=""), name="topic_number"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None, number="")
                | Q(approved_at__isnull=False, approved_by__isnull=False) & ~Q(number=""),
                name="topic_approved_whole",
            ),
            models.CheckConstraint(
                condition=Q(adopted_on=None, adopted_by=None, changed="")
                | Q(adopted_on__isnull=False, adopted_by__isnull=False) & ~Q(changed=""),
                name="topic_adopted_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ADOPTED) | Q(adopted_on__isnull=False), name="topic_adopted_says_what"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.ARCHIVED) | Q(archived_at__isnull=False), name="topic_archived_when"
            ),
        ]
        indexes = [
            models.Index(fields=["mine", "-written_at", "-id"], name="topic_by_time"),
            models.Index(fields=["mine", "status", "-status_since"], name="topic_by_status"),
        ]

    def __str__(self) -> str:
        return self.title


@tracked()
class Milestone(models.Model):
    """节点: what is to be there by when, and what was done."""

    topic = models.ForeignKey(Topic, models.PROTECT, db_index=False, related_name="milestones")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("节点"), max_length=120)
    due_on = models.DateField(_("期限"))
    done_at = models.DateTimeField(_("完成时间"), null=True)
    done_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    words = models.TextField(_("完成情况"), blank=True)
    told_late_on = models.DateField(null=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "position"], name="topic_milestone_place"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, words="")
                | Q(done_at__isnull=False, done_by__isnull=False) & ~Q(words=""),
                name="topic_milestone_done_whole",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_at=None), name="topic_milestone_due")]


class TopicFile(models.Model):
    """A file of a topic: of a milestone, the report of a round, the evidence that it was adopted."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="files")
    milestone = models.ForeignKey(Milestone, models.PROTECT, null=True, db_index=False, related_name="files")
    kind = models.CharField(max_length=10, choices=list(rules.FILE_LABELS.items()))
    round = models.PositiveSmallIntegerField(default=0)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["at"]


@tracked()
class TopicReview(models.Model):
    """评审: one reviewer's opinion and score in one round."""

    topic = models.ForeignKey(Topic, models.PROTECT, db_index=False, related_name="reviews")
    round = models.PositiveSmallIntegerField()
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="topic_reviews")
    due_on = models.DateField(_("评审期限"))
    score = models.PositiveSmallIntegerField(_("得分"), null=True)
    opinion = models.TextField(_("评审意见"), blank=True)
    given_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "id"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "round", "reviewer"], name="topic_reviewer_once"),
            models.CheckConstraint(
                condition=Q(given_at=None, score=None, opinion="")
                | Q(given_at__isnull=False, score__gte=0, score__lte=100) & ~Q(opinion=""),
                name="topic_review_whole",
            ),
        ]
