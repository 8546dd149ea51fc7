"""Tables of the hazard loop. What must be true together is a constraint here, not a hope in the code."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.rules import ENDED, STATUS_LABELS, Status
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.kernel.search import Pieces
from kuangdeng.org.api import ImportRun, Mine, Person, Place, Unit


class PerMine(models.Model):
    """A row of a table that each mine words for itself."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    code = models.CharField(_("代码"), max_length=20)
    name = models.CharField(_("名称"), max_length=40)
    position = models.PositiveIntegerField(_("顺序"), default=0)
    active = models.BooleanField(_("在用"), default=True)

    class Meta:
        abstract = True
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["mine", "code"], name="%(class)s_code")]

    def __str__(self) -> str:
        return self.name


@tracked()
class Grade(PerMine):
    """等级: how grave a general hazard is, by the mine's own scheme. Major is a legal judgement and kept apart."""

    meaning = models.CharField(_("含义"), max_length=200, blank=True)
    colour = models.CharField(
        _("颜色"),
        max_length=10,
        default="blue",
        choices=[
            ("red", _("红")),
            ("orange", _("橙")),
            ("yellow", _("黄")),
            ("blue", _("蓝")),
        ],
    )


@tracked()
class Specialty(PerMine):
    """专业: roof, ventilation, water control … with sub-specialties below."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("大类")
    )


class CatalogueVersion(models.Model):
    """One version of the legal catalogue of major hazards (重大事故隐患判定标准), in force from a day to a day."""

    code = models.CharField(primary_key=True, max_length=30)
    title = models.CharField(_("名称"), max_length=100)
    document_no = models.CharField(_("文号"), max_length=60)
    effective_from = models.DateField(_("施行日期"))
    effective_to = models.DateField(_("失效日期"), null=True)
    source = models.TextField(_("来源"))
    confirmed = models.BooleanField(_("已核对原文"), default=False)
    note = models.TextField(_("说明"), blank=True)

    class Meta:
        ordering = ["-effective_from"]
        constraints = [models.UniqueConstraint(fields=["effective_from"], name="catalogue_starts_once")]

    def __str__(self) -> str:
        return self.document_no


class Category(models.Model):
    """A category of a catalogue version."""

    version = models.ForeignKey(CatalogueVersion, models.PROTECT, related_name="categories")
    no = models.PositiveSmallIntegerField(_("序号"))
    name = models.CharField(_("类别"), max_length=200)
    situation_count = models.PositiveSmallIntegerField(_("情形数"), null=True)
    words = models.JSONField(default=list)
    """Groups of words that hint at the category as a whole, where its situations are not in the catalogue."""

    class Meta:
        ordering = ["version", "no"]
        constraints = [models.UniqueConstraint(fields=["version", "no"], name="category_no")]

    def __str__(self) -> str:
        return gettext("第%(no)s类 %(name)s") % {"no": self.no, "name": self.name}


class Situation(models.Model):
    """One situation (情形) that makes a hazard major; `keywords` only serve the hints, a person decides."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="situations")
    no = models.CharField(_("序号"), max_length=10)
    text = models.TextField(_("情形"))
    keywords = models.JSONField(default=dict)
    """What hints at it: `keywords`, `weak_keywords`, `place_words`, `exclude_words`, each a list; see hints.py."""
    confirmed = models.BooleanField(_("已核对原文"), default=False)

    class Meta:
        ordering = ["category", "id"]
        constraints = [models.UniqueConstraint(fields=["category", "no"], name="situation_no")]

    def __str__(self) -> str:
        return self.text


@tracked()
class StandardHazard(models.Model):
    """标准隐患: a wording to pick from, with its usual specialty, grade and measure."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    code = models.CharField(_("编号"), max_length=20)
    specialty = models.ForeignKey(Specialty, models.PROTECT, related_name="+", verbose_name=_("专业"))
    sub = models.CharField(_("小类"), max_length=40, blank=True)
    text = models.CharField(_("规范描述"), max_length=300)
    grade = models.ForeignKey(
        Grade, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("常见等级")
    )
    cause = models.CharField(_("成因"), max_length=12, blank=True)
    measure = models.CharField(_("建议措施"), max_length=300, blank=True)
    is_sample = models.BooleanField(_("示例"), default=False)
    active = models.BooleanField(_("在用"), default=True)
    search_text = models.TextField(editable=False)

    class Meta:
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["mine", "code"], name="standard_hazard_code")]
        indexes = [GinIndex(Pieces("search_text"), name="standard_hazard_pieces")]

    def __str__(self) -> str:
        return self.text


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


class CheckType(models.TextChoices):
    """检查类型."""

    DAILY = "daily", _("日常检查")
    SPECIAL = "special", _("专项检查")
    LEADER = "leader", _("领导带队")
    CAMPAIGN = "campaign", _("专项整治")
    STANDARD = "standard", _("标准化检查")
    SUPERIOR = "superior", _("上级检查")
    TIP = "tip", _("群众举报")


class Way(models.TextChoices):
    """整改方式."""

    ON_SITE = "on_site", _("现场整改")
    DEADLINE = "deadline", _("限期整改")
    SUPERVISED = "supervised", _("挂牌督办")


@tracked()
class RoundPlan(models.Model):
    """排查计划: who has to inspect how often."""

    class Every(models.TextChoices):
        MONTH = "month", _("每月")
        HALF_MONTH = "half_month", _("每半月")
        TEN_DAYS = "ten_days", _("每旬")
        WEEK = "week", _("每周")
        DAY = "day", _("每日")
        SHIFT = "shift", _("每班")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=60)
    role = models.CharField(_("责任角色"), max_length=20)
    posts = models.CharField(_("岗位"), max_length=100, blank=True)
    """Only holders of the role in one of these posts, when anybody is in one: 矿长, or 副矿长、总工程师."""
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位"))
    every = models.CharField(_("频次"), max_length=12, choices=Every)
    scope = models.CharField(_("范围"), max_length=200, blank=True)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)
    active = models.BooleanField(_("在用"), default=True)

    def __str__(self) -> str:
        return self.name


class Round(models.Model):
    """检查: an inspection that took place, also when nothing was found."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="rounds")
    plan = models.ForeignKey(RoundPlan, models.PROTECT, null=True, blank=True, related_name="rounds")
    check_type = models.CharField(_("检查类型"), max_length=12, choices=CheckType, default=CheckType.DAILY)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="rounds", verbose_name=_("检查单位")
    )
    led_by = models.ForeignKey(Person, models.PROTECT, related_name="rounds_led", verbose_name=_("带队人"))
    members = models.ManyToManyField(Person, related_name="rounds_joined", blank=True, verbose_name=_("参加人"))
    places = models.ManyToManyField(Place, related_name="rounds", blank=True, verbose_name=_("检查地点"))
    started_at = models.DateTimeField(_("开始时间"))
    ended_at = models.DateTimeField(_("结束时间"))
    shift_name = models.CharField(_("班次"), max_length=20, blank=True)
    shift_day = models.DateField(null=True)
    note = models.TextField(_("检查情况"), blank=True)
    recorded_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["mine", "-started_at"], name="round_by_time"),
            models.Index(fields=["plan", "started_at"], name="round_by_plan"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="round_ends_after_start")
        ]


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


def _where_named(reference: str) -> models.Index:
    """The few hazards that name such a thing, by that thing."""
    named = Q(**{f"{reference}__isnull": False})
    return models.Index(fields=[reference], condition=named, name=f"hazard_by_{reference}")


@tracked(exclude=["search_text"])
class Hazard(models.Model):
    """隐患. The verbs in `services` are the only writers; the ledger has the story, this row the present state.

    `occurred_at` is when it was found, as said; `captured_at` what the device's clock showed (`clock_offset` seconds
    ahead of the server), `received_at` when the server got it. `due_original` is the first deadline and never moves.

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
            # What they include lets the summary and the home page count without reading a single row.
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
                include=["is_major", "supervised_at"],
                condition=~Q(status__in=_ENDED),
                name="hazard_open",
            ),
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


class Extension(models.Model):
    """延期: a unit asks for more time, a mine leader and then the safety department approve; two different persons."""

    class State(models.TextChoices):
        ASKED = "asked", _("待领导批准")
        FIRST = "first", _("待安监批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="extensions")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    reason = models.TextField(_("延期原因"))
    due_before = models.DateTimeField(_("原期限"))
    asked_until = models.DateTimeField(_("申请延至"))
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=now)
    first_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    refused_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    refused_at = models.DateTimeField(null=True)
    refuse_reason = models.TextField(_("不批准原因"), blank=True)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(state__in=["asked", "first"]), name="one_open_extension"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason"),
            models.CheckConstraint(condition=Q(asked_until__gt=F("due_before")), name="extension_is_later"),
            models.CheckConstraint(
                condition=(Q(first_by=None) | ~Q(first_by=F("asked_by")))
                & (Q(second_by=None) | (~Q(second_by=F("asked_by")) & ~Q(second_by=F("first_by")))),
                name="extension_approved_by_others",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(first_by__isnull=False, second_by__isnull=False),
                name="extension_two_approvals",
            ),
        ]


class MajorPlan(models.Model):
    """重大隐患治理方案: six parts, the stopped area, and the double report to the regulator and the workers' congress."""

    hazard = models.OneToOneField(Hazard, models.PROTECT, primary_key=True, related_name="plan")
    goals = models.TextField(_("治理目标和任务"), blank=True)
    methods = models.TextField(_("治理方法和措施"), blank=True)
    resources = models.TextField(_("经费和物资"), blank=True)
    organisation = models.TextField(_("机构和人员"), blank=True)
    schedule = models.TextField(_("时限和要求"), blank=True)
    safety = models.TextField(_("安全措施和应急预案"), blank=True)
    stopped_area = models.CharField(_("停产停工区域"), max_length=200, blank=True)
    stopped_at = models.DateTimeField(_("停产停工时间"), null=True, blank=True)
    regulator_at = models.DateTimeField(_("向监管监察部门报告时间"), null=True, blank=True)
    regulator_text = models.TextField(_("报告内容和回执"), blank=True)
    congress_at = models.DateTimeField(_("向职代会报告时间"), null=True, blank=True)
    congress_text = models.TextField(_("报告方式和内容"), blank=True)
    updated_at = models.DateTimeField(default=now)
    updated_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    PARTS = ("goals", "methods", "resources", "organisation", "schedule", "safety")

    def missing(self) -> list[str]:
        """What the law asks for before dispatch and is not there yet, in the words of the page."""
        fields = [*self.PARTS, "stopped_area", "stopped_at", "regulator_at", "congress_at"]
        labels = {field.name: str(field.verbose_name) for field in self._meta.concrete_fields}
        return [labels[name] for name in fields if not getattr(self, name)]


class Penalty(models.Model):
    """扣分、罚款 for a hazard: of a person or a unit. Kept apart from the report, so that reporting never costs."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="penalties")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    points = models.DecimalField(_("扣分"), max_digits=6, decimal_places=2, default=0)
    fine = models.DecimalField(_("罚款（元）"), max_digits=10, decimal_places=2, default=0)
    reason = models.CharField(_("事由"), max_length=200)
    decided_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, unit__isnull=False) | Q(person__isnull=False, unit=None), name="penalty_of_one"
            )
        ]


@tracked()
class DeadlineRule(models.Model):
    """期限规则: the deadline that a grade gets by itself, from a day on. The latest row that has begun holds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    grade = models.ForeignKey(Grade, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("等级"))
    kind = models.CharField(
        _("算法"),
        max_length=20,
        choices=[
            ("hours", _("下达后若干小时")),
            ("end_of_shift", _("本班结束前")),
            ("end_of_next_shift", _("下一班结束前")),
            ("days", _("下达后若干天")),
        ],
    )
    amount = models.PositiveIntegerField(_("数值"), default=0)
    valid_from = models.DateField(_("生效日期"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["grade__position", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["mine", "grade", "valid_from"], nulls_distinct=False, name="deadline_rule_once"
            )
        ]


@tracked()
class LadderRule(models.Model):
    """超期阶梯: who is told how long before or after a deadline, and whether supervision is proposed."""

    class Step(models.TextChoices):
        HOURS = "hours", _("小时")
        SHIFTS = "shifts", _("班")
        DAYS = "days", _("天")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    name = models.CharField(_("名称"), max_length=40)
    step = models.CharField(_("单位"), max_length=10, choices=Step)
    amount = models.IntegerField(_("偏移"), help_text=_("负数是到期前，0 是到期时，正数是到期后"))
    roles = ArrayField(models.CharField(max_length=20), verbose_name=_("告知"))
    propose_supervision = models.BooleanField(_("建议挂牌督办"), default=False)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)
    active = models.BooleanField(_("在用"), default=True)
    position = models.PositiveIntegerField(_("顺序"), default=0)

    class Meta:
        ordering = ["position"]


class LadderFiring(models.Model):
    """That a step of the ladder was told for one deadline of one hazard; once, never twice."""

    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="firings")
    rule = models.ForeignKey(LadderRule, models.PROTECT, related_name="firings")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hazard", "rule", "due_at"], name="ladder_fires_once")]


class Quarantine(models.Model):
    """A capture that came with an id that was there already, and another content: the first is kept, a person looks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="quarantined")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=now)
    digest = models.CharField(max_length=64)
    content = models.JSONField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decision = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hazard", "digest"], name="quarantine_once")]


@tracked()
class MineSettings(models.Model):
    """What a mine words or decides its own way for hazards."""

    mine = models.OneToOneField(Mine, models.PROTECT, primary_key=True, related_name="hazard_settings")
    five_points_title = models.CharField(_("五定的叫法"), max_length=20, default="五定")
    five_point_labels = models.JSONField(default=dict, blank=True)
    anonymous_reports = models.BooleanField(_("允许匿名上报"), default=True)
