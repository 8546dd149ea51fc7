"""What a mine words for itself: grades, specialties, wordings, rules; and the legal catalogue."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.search import Pieces
from kuangdeng.org.api import Mine


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


@tracked()
class MineSettings(models.Model):
    """What a mine words or decides its own way for hazards."""

    mine = models.OneToOneField(Mine, models.PROTECT, primary_key=True, related_name="hazard_settings")
    five_points_title = models.CharField(_("五定的叫法"), max_length=20, default="五定")
    five_point_labels = models.JSONField(default=dict, blank=True)
    anonymous_reports = models.BooleanField(_("允许匿名上报"), default=True)
