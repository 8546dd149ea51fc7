"""Tables of the organisation.

A fact that holds from a day on (a unit's name, a person's unit, a unit's shift scheme) is a row with `valid_from`
only; it ends when the next row of the same thing begins. Overlap is therefore impossible by construction.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.org.rules import MINE_WIDE, ROLE_LABELS, Role


@tracked()
class Mine(models.Model):
    """A mine: the root of everything; every top-level fact names its mine."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=60)
    timezone = models.CharField(max_length=40, default="Asia/Shanghai")
    is_sample = models.BooleanField(_("示例"), default=False)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name


@tracked()
class Unit(models.Model):
    """单位: a unit of the mine, from the office to the team (班组), which is a unit of the lowest level.

    `ancestors` holds the ids from the top down to the parent, for "this unit and below". `name` is today's name;
    `UnitName` keeps them all.
    """

    class Kind(models.TextChoices):
        PRODUCTION = "production", _("生产")
        AUXILIARY = "auxiliary", _("辅助")
        OFFICE = "office", _("科室")
        TEAM = "team", _("班组")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="units")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    ancestors = ArrayField(models.UUIDField(), default=list, editable=False)
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    code = models.CharField(_("编码"), max_length=30, blank=True)
    name = models.CharField(_("名称"), max_length=60)
    short_name = models.CharField(_("简称"), max_length=20, blank=True)
    is_front_line = models.BooleanField(_("一线单位"), default=False)
    position = models.PositiveIntegerField(default=0)
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["mine", "parent", "name"],
                condition=Q(closed_on=None),
                name="unit_name_here",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["mine", "code"], condition=~Q(code=""), name="unit_code"),
        ]
        indexes = [GinIndex(fields=["ancestors"], name="unit_ancestors")]

    def __str__(self) -> str:
        return self.name

    @property
    def in_full(self) -> str:
        """综采二队生产一班: a team with the unit it belongs to, for other units have a 生产一班 too; others by name.

        Reads `parent`: take it along where there are many rows.
        """
        above = self.parent.name if self.kind == self.Kind.TEAM and self.parent else ""
        return self.name if self.name.startswith(above) else f"{above}{self.name}"


class UnitName(models.Model):
    """What a unit was called from a day on."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="names")
    valid_from = models.DateField()
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "valid_from"], name="unit_named_once_a_day")]


class Branch(models.Model):
    """基层党支部: the Party branch of a unit, with its own name."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="branches")
    unit = models.OneToOneField(Unit, models.PROTECT, related_name="branch")
    name = models.CharField(_("支部名称"), max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "name"], name="branch_name")]

    def __str__(self) -> str:
        return self.name


@tracked(exclude=["password", "last_login"])
class Person(AbstractBaseUser):
    """职工: somebody who works here; signs in with the employee number (工号).

    `unit` is the unit of the membership that holds today; the memberships themselves are the history. `pinyin` is
    the sort key and the initials for the picker.
    """

    class Sex(models.TextChoices):
        MALE = "m", _("男")
        FEMALE = "f", _("女")

    USERNAME_FIELD = "id"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="persons")
    number = models.CharField(_("工号"), max_length=30)
    name = models.CharField(_("姓名"), max_length=60)
    pinyin = models.CharField(max_length=200, blank=True, editable=False)
    initials = models.CharField(max_length=30, blank=True, editable=False)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    member_since = models.DateField(_("入党日期"), null=True, blank=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="persons", verbose_name=_("单位")
    )
    trade = models.CharField(_("工种"), max_length=40, blank=True)
    post = models.CharField(_("岗位"), max_length=40, blank=True)
    left_on = models.DateField(_("离矿日期"), null=True, blank=True)
    is_active = models.BooleanField(default=True)  # type: ignore[misc]
    must_change_password = models.BooleanField(default=True)
    password_changed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pinyin", "number"]
        constraints = [models.UniqueConstraint(fields=["mine", "number"], name="person_number")]
        indexes = [
            models.Index(fields=["mine", "unit", "pinyin"], name="person_by_unit"),
            models.Index(fields=["mine", "pinyin", "id"], name="person_by_pinyin"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_member(self) -> bool:
        """党员 or not."""
        return self.member_since is not None


@tracked()
class Membership(models.Model):
    """In which unit a person works, with which trade and post, from a day on. A null unit: he left."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="memberships")
    trade = models.CharField(max_length=40, blank=True)
    post = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "valid_from"], name="one_membership_a_day")]
        indexes = [models.Index(fields=["unit", "valid_from"], name="membership_by_unit")]


@tracked()
class RoleGrant(models.Model):
    """A role that a person holds for a unit and what is below it, from a day, until a day or until taken back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="grants")
    role = models.CharField(_("角色"), max_length=20, choices=list(ROLE_LABELS.items()))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="grants", verbose_name=_("范围"))
    valid_from = models.DateField(_("起"))
    valid_to = models.DateField(_("止"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="grant_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(unit__isnull=False) | Q(role__in=sorted([*MINE_WIDE, Role.ADMINISTRATOR])),
                name="grant_of_a_unit_role_has_a_unit",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "unit", "valid_from"], nulls_distinct=False, name="grant_once"
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"], name="grant_by_unit")]


@tracked()
class Place(models.Model):
    """地点: a place of the mine, in a tree: 水平 → 采区 → 工作面、巷道 → 部位. `tag` is the secret of its QR tag's URL."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="places")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    ancestors = ArrayField(models.UUIDField(), default=list, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    full_name = models.CharField(max_length=300, editable=False)
    kind = models.CharField(_("类别"), max_length=20, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=True)
    tag = models.CharField(max_length=12, unique=True, editable=False)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="places", verbose_name=_("责任单位")
    )
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "parent", "name"], nulls_distinct=False, name="place_name_here")
        ]
        indexes = [
            GinIndex(fields=["ancestors"], name="place_ancestors"),
            models.Index(fields=["mine", "full_name"], name="place_by_name"),
        ]

    def __str__(self) -> str:
        return self.full_name


class PlaceAlias(models.Model):
    """Another spelling of a place, folded; one spelling means one place in a mine."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="place_aliases")
    place = models.ForeignKey(Place, models.PROTECT, related_name="aliases")
    spelling = models.CharField(_("写法"), max_length=200)
    folded = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "folded"], name="one_place_per_spelling")]


class PlaceProposal(models.Model):
    """A spelling that nobody knew, from an import or a report, waiting for a person to say which place it is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="place_proposals")
    spelling = models.CharField(_("写法"), max_length=200)
    folded = models.CharField(max_length=200)
    source = models.CharField(_("来源"), max_length=40)
    seen = models.PositiveIntegerField(_("出现次数"), default=1)
    first_seen_at = models.DateTimeField(default=now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="proposals")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine", "folded"], name="one_proposal_per_spelling"),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None) | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="proposal_decided_by_somebody",
            ),
        ]


@tracked()
class ShiftScheme(models.Model):
    """班制: 三八制, 四六制 or the mine's own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="shift_schemes")
    name = models.CharField(_("名称"), max_length=30)
    is_default = models.BooleanField(_("全矿默认"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine", "name"], name="scheme_name"),
            models.UniqueConstraint(fields=["mine"], condition=Q(is_default=True), name="one_default_scheme"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class Shift(models.Model):
    """班次: one shift of a scheme; an end at or before the start crosses midnight."""

    scheme = models.ForeignKey(ShiftScheme, models.CASCADE, related_name="shifts")
    name = models.CharField(_("名称"), max_length=20)
    start = models.TimeField(_("开始"))
    end = models.TimeField(_("结束"))
    aliases = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        ordering = ["start"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "name"], name="shift_name"),
            models.UniqueConstraint(fields=["scheme", "start"], name="shift_start"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class UnitShift(models.Model):
    """Which scheme a unit (and what is below it) works by from a day on."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="shift_rows")
    scheme = models.ForeignKey(ShiftScheme, models.PROTECT, related_name="unit_rows")
    valid_from = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "valid_from"], name="one_scheme_a_day")]


@tracked()
class CalendarDay(models.Model):
    """A day that is not what its weekday says: holiday or make-up workday. `confirmed`: checked against the notice."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        WORKDAY = "workday", _("调休上班")

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="calendar_days")
    day = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=30, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)
    source = models.CharField(_("依据"), max_length=200, blank=True)

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["mine", "day"], name="calendar_day")]


class SignIn(models.Model):
    """A signed-in session of a person, so that he can see his devices and end one."""

    session_key = models.CharField(primary_key=True, max_length=40)
    person = models.ForeignKey(Person, models.CASCADE, related_name="sign_ins")
    device = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    shared_device = models.BooleanField(default=False)
    signed_in_at = models.DateTimeField(default=now)
    last_seen_at = models.DateTimeField(default=now)


class ApiToken(models.Model):
    """A personal token with which a program acts as this person; only its digest is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    name = models.CharField(_("用途"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=now)
    expires_on = models.DateField(_("有效期至"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class ImportRun(models.Model):
    """An Excel file on its way in: read, shown with its errors, then written or thrown away; nothing in between."""

    class State(models.TextChoices):
        READING = "reading", _("读取中")
        PREVIEW = "preview", _("待确认")
        WRITING = "writing", _("写入中")
        DONE = "done", _("已写入")
        DROPPED = "dropped", _("已放弃")
        FAILED = "failed", _("失败")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="import_runs")
    kind = models.CharField(max_length=20)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.READING)
    started_at = models.DateTimeField(default=now)
    finished_at = models.DateTimeField(null=True)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    report = models.JSONField(default=dict)


# The tables of the parts of this app, so that Django finds them. Last, because they refer to the ones above.
import kuangdeng.org.documents.models  # noqa: E402, F401
