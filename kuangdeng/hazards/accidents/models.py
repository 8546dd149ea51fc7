"""Tables of accidents. Names of the hurt stand in one of them only; see `Casualty`."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.hazards.accidents.rules import (
    KIND_LABELS,
    MEASURE_STATUS_LABELS,
    OPEN,
    POINT_LABELS,
    SEVERITY_LABELS,
    STAGE_LABELS,
    STATUS_LABELS,
    Kind,
    MeasureStatus,
    Severity,
    Stage,
    Status,
)
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.api import ImportRun, Mine, Person, Place, Unit


@tracked()
class AccidentLevel(models.Model):
    """事故等级: from which figures on an accident has which level, from a day on. The gravest line comes first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    kind = models.CharField(_("事故类型"), max_length=12, choices=list(KIND_LABELS.items()))
    name = models.CharField(_("名称"), max_length=40)
    position = models.PositiveIntegerField(_("顺序"), default=0)
    deaths = models.PositiveIntegerField(_("死亡人数达到"), null=True, blank=True)
    serious = models.PositiveIntegerField(_("重伤人数达到"), null=True, blank=True)
    loss = models.DecimalField(_("直接经济损失达到（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    stop_hours = models.DecimalField(_("停产达到（小时）"), max_digits=8, decimal_places=2, null=True, blank=True)
    leader_closes = models.BooleanField(_("由矿领导结案"), default=False)
    effective_from = models.DateField(_("施行日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300, blank=True)
    confirmed = models.BooleanField(_("已核对原文"), default=False)

    class Meta:
        ordering = ["kind", "position"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "kind", "name", "effective_from"], name="accident_level_once"),
            models.CheckConstraint(
                condition=~Q(deaths=None, serious=None, loss=None, stop_hours=None), name="accident_level_has_figure"
            ),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class AccidentDeadline(models.Model):
    """事故办理期限: how long after the report it must be completed, and after it happened investigated, from a day on."""

    STAGES = [(stage, STAGE_LABELS[stage]) for stage in (Stage.COMPLETE.value, Stage.INVESTIGATE.value)]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    stage = models.CharField(_("办理"), max_length=12, choices=STAGES)
    hours = models.PositiveIntegerField(_("小时数"))
    effective_from = models.DateField(_("施行日期"))
    effective_to = models.DateField(_("失效日期"), null=True, blank=True)
    source = models.CharField(_("依据"), max_length=300, blank=True)
    confirmed = models.BooleanField(_("已核对原文"), default=False)

    class Meta:
        ordering = ["stage", "-effective_from"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "stage", "effective_from"], name="accident_deadline_once")
        ]

    def __str__(self) -> str:
        return str(STAGE_LABELS[self.stage])


IMPORTED = Q(import_run__isnull=False)
"""Its steps were taken on paper: the old ledger says when, and seldom by whom."""


def _pair(name: str, at: str, by: str, besides: Q | None = None) -> models.CheckConstraint:
    """A step's time and its person belong together."""
    condition = Q(**{f"{at}__isnull": True, f"{by}__isnull": True}) | Q(
        **{f"{at}__isnull": False, f"{by}__isnull": False}
    )
    return models.CheckConstraint(condition=condition | besides if besides else condition, name=name)


def _who() -> models.ForeignKey:
    """Who took a step."""
    return models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)


@tracked()
class Accident(models.Model):
    """事故. The verbs in `services` are the only writers; its words never hold the names of the hurt.

    The counts are those of its `casualties`, written with them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(_("编号"), max_length=20, editable=False)
    status = models.CharField(_("状态"), max_length=14, choices=list(STATUS_LABELS.items()), default=Status.REPORTED)
    status_since = models.DateTimeField(default=now)

    # reported
    kind = models.CharField(_("事故类型"), max_length=12, choices=list(KIND_LABELS.items()))
    text = models.TextField(_("事故经过"))
    place = models.ForeignKey(Place, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("地点"))
    place_text = models.CharField(_("具体位置"), max_length=200, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("事故单位"))
    unit_name = models.CharField(_("事故单位"), max_length=60, blank=True)
    occurred_at = models.DateTimeField(_("发生时间"))
    received_at = models.DateTimeField(_("快报时间"), default=now)
    shift_name = models.CharField(_("班次"), max_length=20, blank=True)
    reporter = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("报告人")
    )
    reporter_unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+")
    deaths = models.PositiveIntegerField(_("死亡"), default=0)
    serious = models.PositiveIntegerField(_("重伤"), default=0)
    minor = models.PositiveIntegerField(_("轻伤"), default=0)
    unclear = models.PositiveIntegerField(_("伤情待查"), default=0)
    stopped_area = models.CharField(_("停产停工范围"), max_length=200, blank=True)
    stopped_at = models.DateTimeField(_("停产停工时间"), null=True, blank=True)
    resumed_at = models.DateTimeField(_("恢复时间"), null=True, blank=True)

    # completed
    specialty = models.ForeignKey(
        "hazards.Specialty", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("事故类别")
    )
    level_by_rule = models.ForeignKey(AccidentLevel, models.PROTECT, null=True, related_name="+")
    level = models.ForeignKey(AccidentLevel, models.PROTECT, null=True, related_name="+", verbose_name=_("事故等级"))
    level_reason = models.TextField(_("更正级别的理由"), blank=True)
    direct_cause = models.TextField(_("直接原因"), blank=True)
    indirect_cause = models.TextField(_("间接原因"), blank=True)
    management_cause = models.TextField(_("管理原因"), blank=True)
    loss = models.DecimalField(_("直接经济损失（元）"), max_digits=14, decimal_places=2, null=True, blank=True)
    completed_at = models.DateTimeField(null=True)
    completed_by = _who()

    # investigated
    investigator = models.ForeignKey(
        Person, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("调查组组长")
    )
    team = models.CharField(_("调查组成员"), max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = _who()
    conclusion = models.TextField(_("调查结论"), blank=True)
    closed_at = models.DateTimeField(_("结案时间"), null=True)
    closed_by = _who()
    void_reason = models.TextField(_("作废原因"), blank=True)

    # from an old ledger
    import_run = models.ForeignKey(ImportRun, models.PROTECT, null=True, related_name="+")
    imported = models.JSONField(null=True)
    """Where the row stood and its cells as they were, without the names of the hurt."""

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "number"], name="accident_number"),
            models.CheckConstraint(condition=~Q(text=""), name="accident_has_words"),
            models.CheckConstraint(
                condition=Q(kind=Kind.INJURY.value) | Q(deaths=0, serious=0, minor=0, unclear=0),
                name="accident_hurt_is_injury",
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.REPORTED.value, Status.VOID.value])
                | Q(completed_at__isnull=False)
                | IMPORTED,
                name="accident_completed_first",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.INVESTIGATING.value, Status.CLOSED.value])
                | Q(opened_at__isnull=False, investigator__isnull=False)
                | IMPORTED,
                name="accident_investigated_by",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.CLOSED.value) ^ Q(closed_at=None), name="accident_closed_at"
            ),
            models.CheckConstraint(
                condition=Q(status=Status.VOID.value) ^ Q(void_reason=""), name="accident_void_reason"
            ),
            models.CheckConstraint(
                condition=Q(resumed_at=None) | Q(stopped_at__isnull=False, resumed_at__gte=F("stopped_at")),
                name="accident_resumed_after_stop",
            ),
            _pair("accident_completed_pair", "completed_at", "completed_by"),
            _pair("accident_opened_pair", "opened_at", "opened_by"),
            _pair("accident_closed_pair", "closed_at", "closed_by", besides=IMPORTED),
            models.CheckConstraint(condition=IMPORTED | Q(reporter__isnull=False), name="accident_has_reporter"),
        ]
        indexes = [
            models.Index(fields=["mine", "-received_at", "-id"], name="accident_by_time"),
            models.Index(fields=["mine", "-occurred_at"], name="accident_by_occurrence"),
            models.Index(fields=["mine", "received_at"], condition=Q(status__in=sorted(OPEN)), name="accident_open"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.text[:40]}"

    @property
    def hurt(self) -> int:
        """How many are dead or hurt."""
        return self.deaths + self.serious + self.minor + self.unclear

    @property
    def stop_hours(self) -> Decimal | None:
        """How long work stood; None while it still stands, or when nothing was stopped."""
        if self.stopped_at is None or self.resumed_at is None:
            return None
        return Decimal((self.resumed_at - self.stopped_at).total_seconds()) / 3600

    @property
    def is_grave(self) -> bool:
        """Whether only a mine leader closes it: somebody is dead or badly hurt, or its level says so."""
        return bool(self.deaths or self.serious or (self.level and self.level.leader_closes))


@tracked()
class Casualty(models.Model):
    """伤亡人员: the only place where their names stand. Shown to who has `accident.see_persons` for the unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    accident = models.ForeignKey(Accident, models.PROTECT, related_name="casualties")
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("在册职工")
    )
    name = models.CharField(_("姓名"), max_length=40, blank=True)
    unit_name = models.CharField(_("单位"), max_length=60, blank=True)
    severity = models.CharField(
        _("伤情"), max_length=10, choices=list(SEVERITY_LABELS.items()), default=Severity.UNCLEAR
    )
    sex = models.CharField(_("性别"), max_length=6, blank=True, choices=[("male", _("男")), ("female", _("女"))])
    age = models.PositiveSmallIntegerField(_("年龄"), null=True, blank=True)
    note = models.CharField(_("受伤部位和救治"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["accident", "person"], condition=Q(person__isnull=False), name="casualty_once"
            )
        ]


@tracked()
class NoLetPass(models.Model):
    """四不放过: that one of the four points is met, by which evidence. Without evidence there is no such row."""

    accident = models.ForeignKey(Accident, models.PROTECT, related_name="points")
    point = models.CharField(max_length=12, choices=list(POINT_LABELS.items()))
    evidence = models.TextField(_("证据"), blank=True)
    photos = models.PositiveSmallIntegerField(default=0)
    ticked_at = models.DateTimeField(default=now)
    ticked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["accident", "point"], name="no_let_pass_once"),
            models.CheckConstraint(condition=~Q(evidence="") | Q(photos__gt=0), name="no_let_pass_has_evidence"),
        ]


@tracked()
class AccidentMeasure(models.Model):
    """整改措施 of an accident: one unit, one deadline, signed, done, and accepted by somebody of another unit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+", db_index=False)
    accident = models.ForeignKey(Accident, models.PROTECT, related_name="measures")
    status = models.CharField(
        _("状态"), max_length=10, choices=list(MEASURE_STATUS_LABELS.items()), default=MeasureStatus.ORDERED
    )
    status_since = models.DateTimeField(default=now)
    text = models.TextField(_("整改措施"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("责任单位"))
    unit_name = models.CharField(_("责任单位"), max_length=60)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任人")
    )
    due_at = models.DateTimeField(_("完成期限"))
    ordered_at = models.DateTimeField(default=now)
    ordered_by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    signed_at = models.DateTimeField(null=True)
    signed_by = _who()
    words = models.TextField(_("落实情况"), blank=True)
    finished_at = models.DateTimeField(_("完成时间"), null=True)
    finished_by = _who()
    acceptance = models.TextField(_("验收情况"), blank=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = _who()
    reject_reason = models.TextField(_("不合格原因"), blank=True)
    reject_count = models.PositiveSmallIntegerField(_("验收不合格次数"), default=0)
    withdraw_reason = models.TextField(_("撤销原因"), blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(accepted_by=None) | Q(finished_by=None) | ~Q(accepted_by=F("finished_by")),
                name="measure_acceptor_is_another",
            ),
            models.CheckConstraint(
                condition=Q(status=MeasureStatus.ACCEPTED.value) ^ Q(accepted_at=None), name="measure_accepted_at"
            ),
            models.CheckConstraint(
                condition=Q(status=MeasureStatus.WITHDRAWN.value) ^ Q(withdraw_reason=""),
                name="measure_withdraw_reason",
            ),
            _pair("measure_signed_pair", "signed_at", "signed_by"),
            _pair("measure_finished_pair", "finished_at", "finished_by"),
            _pair("measure_accepted_pair", "accepted_at", "accepted_by"),
        ]
        indexes = [models.Index(fields=["mine", "unit", "due_at"], name="measure_by_unit")]

    def __str__(self) -> str:
        return self.text[:40]


class AccidentFiring(models.Model):
    """超期阶梯: that one step was told for one deadline of an accident or a measure; each is told once."""

    accident = models.ForeignKey(Accident, models.PROTECT, related_name="firings")
    measure = models.ForeignKey(AccidentMeasure, models.PROTECT, null=True, related_name="firings")
    stage = models.CharField(max_length=12, choices=list(STAGE_LABELS.items()))
    rule = models.ForeignKey("hazards.LadderRule", models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["accident", "measure", "stage", "rule", "due_at"],
                nulls_distinct=False,
                name="accident_firing_once",
            )
        ]


class AccidentPhoto(models.Model):
    """A photo of the place, of a point's evidence (a scan, an attendance list), or of what a measure has done."""

    SCENE = "scene"

    accident = models.ForeignKey(Accident, models.PROTECT, related_name="photos")
    measure = models.ForeignKey(AccidentMeasure, models.PROTECT, null=True, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    of = models.CharField(max_length=12, default=SCENE)
    """`scene`, a point of the four, or `measure`."""
    added_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["accident", "measure", "file", "of"], nulls_distinct=False, name="accident_photo_once"
            )
        ]
