"""Tables of the item bank. A version that was written is refused to change by the database itself."""

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.kernel.search import Pieces
from kuangdeng.learning.items.rules import KIND_LABELS, STATUS_LABELS, TYPE_LABELS, Status
from kuangdeng.learning.items.rules.marking import (
    DEFAULT_POLICY,
    FILL_IN_WAYS,
    MATCHING_WAYS,
    MULTIPLE_WAYS,
    ORDERING_WAYS,
    Policy,
)
from kuangdeng.org.api import Mine, Person, Unit


class ItemBank(models.Model):
    """题库: items that belong together and to somebody; without a unit it is the mine's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="item_banks")
    name = models.CharField(_("题库名称"), max_length=60)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("管理单位"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    is_sample = models.BooleanField(_("示例"), default=False)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["mine", "name"], name="item_bank_name")]

    def __str__(self) -> str:
        return self.name


class ItemCategory(models.Model):
    """分类: a specialty, a trade or a topic by which items are sorted and drawn."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="item_categories")
    kind = models.CharField(_("类别"), max_length=10, choices=list(KIND_LABELS.items()))
    name = models.CharField(_("名称"), max_length=60)
    is_active = models.BooleanField(_("在用"), default=True)

    class Meta:
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["mine", "kind", "name"], name="item_category_name")]

    def __str__(self) -> str:
        return self.name


@tracked(exclude=["times_used", "last_used_at"])
class Item(models.Model):
    """题目. `latest` is the version last written, whose state is `status`; `current` is the one that is asked.

    `stem` and `folded` are those of the latest version, for lists, search and finding duplicates.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="items")
    bank = models.ForeignKey(ItemBank, models.PROTECT, db_index=False, related_name="items", verbose_name=_("题库"))
    type = models.CharField(_("题型"), max_length=12, choices=list(TYPE_LABELS.items()))
    status = models.CharField(_("状态"), max_length=10, choices=list(STATUS_LABELS.items()), default=Status.DRAFTED)
    latest = models.ForeignKey("ItemVersion", models.PROTECT, db_index=False, related_name="+")
    current = models.ForeignKey("ItemVersion", models.PROTECT, null=True, db_index=False, related_name="+")
    stem = models.TextField(_("题干"))
    folded = models.TextField(editable=False)
    stem_key = models.CharField(max_length=32, editable=False)
    difficulty = models.PositiveSmallIntegerField(_("难度"), default=3)
    clause = models.CharField(_("条款"), max_length=200, blank=True)
    source = models.CharField(_("出处"), max_length=200, blank=True)
    categories = models.ManyToManyField(ItemCategory, related_name="items", through="Sorting", verbose_name=_("分类"))
    author = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name=_("出题人"))
    created_at = models.DateTimeField(_("录入时间"), default=now)
    changed_at = models.DateTimeField(_("修改时间"), default=now)
    reviewed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("审题人")
    )
    reviewed_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", verbose_name=_("并入"))
    remark = models.CharField(_("审题意见"), max_length=300, blank=True)
    import_run_id = models.UUIDField(null=True, editable=False)
    times_used = models.PositiveIntegerField(_("使用次数"), default=0)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(difficulty__gte=1, difficulty__lte=5), name="item_difficulty"),
            models.CheckConstraint(
                condition=Q(reviewed_by=None, reviewed_at=None) | Q(reviewed_at__isnull=False),
                name="item_reviewed_pair",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="item_not_into_itself"),
            models.CheckConstraint(
                condition=~Q(status=Status.IN_USE) | Q(current=F("latest")), name="item_in_use_is_asked"
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.RETIRED) | Q(current=None), name="item_retired_is_not_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["mine", "-changed_at", "-id"], name="item_by_time"),
            models.Index(fields=["mine", "status", "-changed_at"], name="item_by_status"),
            models.Index(fields=["bank", "type", "difficulty"], condition=Q(current__isnull=False), name="item_asked"),
            models.Index(fields=["mine", "stem_key"], name="item_by_stem"),
            GinIndex(Pieces(F("folded")), name="item_words"),
        ]

    def __str__(self) -> str:
        return self.stem[:60]


class Sorting(models.Model):
    """That an item is sorted under a category."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="sorted_under")
    category = models.ForeignKey(ItemCategory, models.PROTECT, db_index=False, related_name="sorted")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "item"], name="item_sorting_once")]


class ItemVersion(models.Model):
    """题目的一个版本: what is asked, its key, full mark and explanation. It stays as it was written."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, db_index=False, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    type = models.CharField(_("题型"), max_length=12, choices=list(TYPE_LABELS.items()))
    content = models.JSONField(_("内容"))
    marks = models.DecimalField(_("分值"), max_digits=5, decimal_places=2, default=Decimal(1))
    explanation = models.TextField(_("解析"), blank=True)
    why = models.CharField(_("修改原因"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+", verbose_name=_("执笔人"))
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="item_version_once"),
            models.CheckConstraint(condition=Q(marks__gt=0), name="item_version_marks"),
        ]
        triggers = [pgtrigger.Protect(name="version_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.content.get('stem', '')[:60]}"


class VersionPicture(models.Model):
    """A picture that a version shows; it keeps the file from being swept."""

    version = models.ForeignKey(ItemVersion, models.PROTECT, related_name="pictures")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "file"], name="version_picture_once")]


class ItemTwin(models.Model):
    """近似题: two items whose stems are nearly the same; `apart` once a person has said that they are two."""

    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    first = models.ForeignKey(Item, models.CASCADE, db_index=False, related_name="+")
    second = models.ForeignKey(Item, models.CASCADE, related_name="+")
    score = models.FloatField(_("相似度"))
    found_at = models.DateTimeField(default=now)
    apart = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="item_twin_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="item_twin_order"),
        ]
        indexes = [models.Index(fields=["mine", "-score"], condition=Q(apart=False), name="item_twin_open")]


class MarkingPolicy(models.Model):
    """判分办法 of a mine: what part of an answer earns what part of the mark. Exams keep a copy."""

    mine = models.OneToOneField(Mine, models.PROTECT, related_name="marking_policy")
    multiple = models.CharField(
        _("多选题"), max_length=8, choices=list(MULTIPLE_WAYS.items()), default=DEFAULT_POLICY.multiple
    )
    matching = models.CharField(
        _("匹配题"), max_length=8, choices=list(MATCHING_WAYS.items()), default=DEFAULT_POLICY.matching
    )
    ordering = models.CharField(
        _("排序题"), max_length=8, choices=list(ORDERING_WAYS.items()), default=DEFAULT_POLICY.ordering
    )
    fill_in = models.CharField(
        _("填空题"), max_length=8, choices=list(FILL_IN_WAYS.items()), default=DEFAULT_POLICY.fill_in
    )

    @property
    def policy(self) -> Policy:
        """As the rules take it."""
        return Policy(self.multiple, self.matching, self.ordering, self.fill_in)
