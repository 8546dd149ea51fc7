"""隐患 itself, with its photos."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.models.rounds import CheckType, Round
from kuangdeng.hazards.models.tables import CatalogueVersion, Category, Grade, Situation, Specialty, StandardHazard
from kuangdeng.hazards.rules import ENDED, STATUS_LABELS, Status
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.kernel.search import Pieces
from kuangdeng.org.api import ImportRun, Mine, Person, Place, Unit


class Cause(models.TextChoices):
    """人物管环: what kind of failure it is."""

    PERSON = "person", _("人的不安全行为")
    THING = "thing", _("物的不安全状态")
    MANAGEMENT = "management", _("管理缺陷")
    ENVIRONMENT = "environment", _("环境")


class Source(models.TextChoices):
    """来源: who found it."""

    UNIT = "unit", _("本单位自查")
    SAFETY = "safety", _("安监检查")
    MINE = "mine", _("矿级检查")
    GROUP = "group", _("集团检查")
    REGULATOR = "regulator", _("监管监察部门")
    PUBLIC = "public", _("群众举报")


class Way(models.TextChoices):
    """整改方式."""

    ON_SITE = "on_site", _("现场整改")
    DEADLINE = "deadline", _("限期整改")
    SUPERVISED = "supervised", _("挂牌督办")


def _pair(name: str, at: str, by: str) -> models.CheckConstraint:
    """A step's time and its person belong together; only an imported old row may lack the person."""
    return models.CheckConstraint(
        condition=Q(**{f"{at}__isnull": True, f"{by}__isnull": True})
        | Q(**{f"{at}__isnull": False, f"{by}__isnull": False})
        | Q(**{f"{at}__isnull": False, "import_run__isnull": False}),
        name=name,
    )


_ENDED = sorted(str(status) for status in ENDED)
_WORKING = [Status.DISPATCHED.value, Status.RECTIFYING.value]
RUNNING = Case(When(status__in=_WORKING, then=F("due_at")))
"""The deadline as long as it runs for the unit; the tracking list is in this order, by an index of its own."""


def _where_named(reference: str) -> models.Index:
    """The few hazards that name such a thing, by that thing."""
    named = Q(**{f"{reference}__isnull": False})
    return models.Index(fields=[reference], condition=named, name=f"hazard_by_{reference}")


@tracked(exclude=["search_text"])
class Hazard(models.Model):
    """隐患. The verbs in `services` are the only writers; the ledger has the story, this row the present state.

    `occurred_at` is when it was found, as said; `captured_at` what the device's clock showed (`clock_offset` seconds
    ahead of the server), `received_at` when the server got it. `status_since` is when it came to its present stage, and
    to the unit that has it there. `due_original` is the first deadline and never moves.

    Its references carry no index of their own, except where a question is asked by them: every step rewrites the row,
    and writes every index with it. See `Meta.indexes` for the questions.
    """

    as_locked: dict[str, object]
    """The columns when a verb locked the row; see `services._steps.keep`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="hazards")
    number = models.CharField(_("编号"), max_length=20, editable=False)
    status = models.CharField(_("状态"), max_length=12, choices=list(STATUS_LABELS.items()), default=Status.REPORTED)
    status_since = models.DateTimeField(default=now)

    # found
    text = models.TextField(_("隐患内容"))
    standard = models.ForeignKey(
        StandardHazard,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="hazards",
        verbose_name=_("标准隐患"),
    )
    standard_text = models.CharField(_("规范描述"), max_length=300, blank=True)
    place = models.ForeignKey(
        Place, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards", verbose_name=_("地点")
    )
    place_text = models.CharField(_("具体位置"), max_length=200, blank=True)
    tag_scanned = models.BooleanField(_("扫码上报"), default=False)
    occurred_at = models.DateTimeField(_("发现时间"))
    captured_at = models.DateTimeField(null=True)
    clock_offset = models.DurationField(null=True)
    received_at = models.DateTimeField(default=now)
    shift_name = models.CharField(_("班次"), max_length=20, blank=True)
    shift_day = models.DateField(null=True)
    source = models.CharField(_("来源"), max_length=12, choices=Source, default=Source.UNIT)
    source_text = models.CharField(_("检查单位"), max_length=60, blank=True)
    check_type = models.CharField(_("检查类型"), max_length=12, choices=CheckType, default=CheckType.DAILY)
    round = models.ForeignKey(Round, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards")
    anonymous = models.BooleanField(_("匿名"), default=False)
    reporter = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="reported_hazards")
    reporter_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    finders = models.ManyToManyField(Person, related_name="found_hazards", blank=True, verbose_name=_("发现人"))
    finders_text = models.CharField(_("发现人（原文）"), max_length=100, blank=True)
    content_digest = models.CharField(max_length=64, editable=False, blank=True)

    # judged
    specialty = models.ForeignKey(
        Specialty, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards", verbose_name=_("专业")
    )
    grade = models.ForeignKey(
        Grade, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards", verbose_name=_("等级")
    )
    cause = models.CharField(_("成因"), max_length=12, choices=Cause, blank=True)
    clause = models.CharField(_("依据条款"), max_length=300, blank=True)
    is_major = models.BooleanField(_("重大隐患"), default=False)
    catalogue = models.ForeignKey(
        CatalogueVersion, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards"
    )
    situation = models.ForeignKey(
        Situation, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards"
    )
    category = models.ForeignKey(
        Category, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards"
    )
    graded_at = models.DateTimeField(null=True)
    graded_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")
    returned_reason = models.TextField(_("退回原因"), blank=True)
    void_reason = models.TextField(_("作废原因"), blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, db_index=False, null=True, related_name="merged")
    recurrence_of = models.ForeignKey("self", models.PROTECT, db_index=False, null=True, related_name="recurrences")

    # ordered
    way = models.CharField(_("整改方式"), max_length=12, choices=Way, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, db_index=False, null=True, blank=True, related_name="hazards", verbose_name=_("责任单位")
    )
    unit_name = models.CharField(max_length=60, blank=True, editable=False)
    helper_unit = models.ForeignKey(
        Unit, models.PROTECT, db_index=False, null=True, blank=True, related_name="+", verbose_name=_("协作单位")
    )
    person = models.ForeignKey(
        Person,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="ordered_hazards",
        verbose_name=_("责任人"),
    )
    person_text = models.CharField(_("责任人（原文）"), max_length=100, blank=True)
    measure = models.TextField(_("整改措施"), blank=True)
    goal = models.CharField(_("整改目标"), max_length=300, blank=True)
    funds = models.DecimalField(_("资金（元）"), max_digits=12, decimal_places=2, null=True, blank=True)
    contingency = models.TextField(_("应急预案"), blank=True)
    due_at = models.DateTimeField(_("整改期限"), null=True, blank=True)
    due_original = models.DateTimeField(_("原定期限"), null=True)
    notice_number = models.CharField(_("通知单号"), max_length=30, blank=True)
    dispatched_at = models.DateTimeField(null=True)
    dispatched_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")

    # done
    rectification = models.TextField(_("整改情况"), blank=True)
    rectified_at = models.DateTimeField(null=True)
    rectified_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")
    acceptance = models.TextField(_("验收情况"), blank=True)
    reject_reason = models.TextField(_("不合格原因"), blank=True)
    reject_count = models.PositiveSmallIntegerField(_("验收不合格次数"), default=0)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")
    closed_at = models.DateTimeField(_("销号时间"), null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")

    # watched
    supervised_at = models.DateTimeField(_("挂牌时间"), null=True)
    supervised_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")
    supervisor = models.ForeignKey(
        Person,
        models.PROTECT,
        db_index=False,
        null=True,
        blank=True,
        related_name="supervised_hazards",
        verbose_name=_("督办人"),
    )
    supervision_proposed = models.BooleanField(default=False)
    escalated_at = models.DateTimeField(null=True)
    escalated_by = models.ForeignKey(Person, models.PROTECT, db_index=False, null=True, related_name="+")
    escalate_reason = models.TextField(_("升级理由"), blank=True)
    stop_area = models.BooleanField(_("停产停工"), default=False)

    import_run = models.ForeignKey(ImportRun, models.PROTECT, db_index=False, null=True, related_name="hazards")
    imported = models.JSONField(null=True)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "number"], name="hazard_number"),
            models.CheckConstraint(
                condition=Q(unit=None, due_at=None, due_original=None)
                | Q(unit__isnull=False, due_at__isnull=False, due_original__isnull=False)
                | Q(import_run__isnull=False),
                name="hazard_unit_with_due",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[*_WORKING, Status.RECTIFIED.value])
                | Q(unit__isnull=False, due_at__isnull=False, dispatched_at__isnull=False),
                name="hazard_working_has_order",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED.value) ^ Q(closed_at=None), name="hazard_closed_at"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.VOID.value) ^ Q(void_reason=""), name="hazard_void_reason"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.MERGED.value) ^ Q(merged_into=None), name="hazard_merged_into"
            ),
            models.CheckConstraint(
                condition=Q(is_major=False) | Q(catalogue__isnull=False) | Q(import_run__isnull=False),
                name="hazard_major_version",
            ),
            models.CheckConstraint(condition=Q(anonymous=False) | Q(reporter=None), name="hazard_anonymous"),
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(rectified_by=None) | ~Q(accepted_by=F("rectified_by")),
                name="hazard_acceptor_is_another",
            ),
            _pair("hazard_graded_pair", "graded_at", "graded_by"),
            _pair("hazard_dispatched_pair", "dispatched_at", "dispatched_by"),
            _pair("hazard_signed_pair", "signed_at", "signed_by"),
            _pair("hazard_rectified_pair", "rectified_at", "rectified_by"),
            _pair("hazard_accepted_pair", "accepted_at", "accepted_by"),
            _pair("hazard_closed_pair", "closed_at", "closed_by"),
            _pair("hazard_supervised_pair", "supervised_at", "supervised_by"),
            _pair("hazard_escalated_pair", "escalated_at", "escalated_by"),
        ]
        indexes = [
            # What they include lets the summary, the home and the tracking pages count and sort without reading a row.
            models.Index(
                fields=["mine", "-received_at", "-id"],
                include=["unit", "status", "rectified_at", "due_at"],
                name="hazard_by_time",
            ),
            models.Index(fields=["mine", "status", "-received_at", "-id"], name="hazard_by_status"),
            models.Index(fields=["mine", "unit", "-received_at", "-id"], name="hazard_by_unit"),
            models.Index(fields=["mine", "due_at", "id"], condition=Q(status__in=_WORKING), name="hazard_by_due"),
            models.Index(
                fields=["mine", "unit", "status", "due_at"],
                include=["is_major", "supervised_at", "place", "id", "received_at", "status_since"],
                condition=~Q(status__in=_ENDED),
                name="hazard_open",
            ),
            models.Index(F("mine"), RUNNING, F("id"), condition=~Q(status__in=_ENDED), name="hazard_running"),
            models.Index(fields=["mine", "status_since"], condition=Q(status__in=_ENDED), name="hazard_ended"),
            models.Index(fields=["mine", "place", "-occurred_at"], name="hazard_by_place"),
            models.Index(fields=["reporter", "-received_at"], name="hazard_by_reporter"),
            *(_where_named(name) for name in ("person", "supervisor", "helper_unit", "round", "import_run")),
            *(_where_named(name) for name in ("merged_into", "recurrence_of")),
            GinIndex(Pieces("search_text"), name="hazard_pieces"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"


class HazardPhoto(models.Model):
    """A photo of a hazard: before (整改前) or after (整改后)."""

    class When(models.TextChoices):
        BEFORE = "before", _("整改前")
        AFTER = "after", _("整改后")

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    when = models.CharField(max_length=6, choices=When)
    added_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["hazard", "file", "when"], name="photo_once")]
