"""Tables of the regrading: who asked for it, who approved it, and whose result became what."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams.api import Result, Sitting
from kuangdeng.learning.items.api import ItemVersion
from kuangdeng.learning.results.rules import STATUS_LABELS, Status
from kuangdeng.org.api import Mine, Person


@tracked()
class Regrade(models.Model):
    """重判: answers to version `asked` are marked by the key of version `key`; without one everybody gets the mark."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="regrades")
    asked = models.ForeignKey(
        ItemVersion, models.PROTECT, db_index=False, related_name="+", verbose_name=_("考过的版本")
    )
    key = models.ForeignKey(
        ItemVersion, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("按哪一版的答案")
    )
    why = models.CharField(_("原因"), max_length=200)
    status = models.CharField(_("状态"), max_length=10, choices=list(STATUS_LABELS.items()), default=Status.PROPOSED)
    proposed_by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+", verbose_name=_("申请人"))
    proposed_at = models.DateTimeField(_("申请时间"), default=now)
    decided_by = models.ForeignKey(
        Person, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("批准人")
    )
    decided_at = models.DateTimeField(_("批准时间"), null=True)
    opinion = models.CharField(_("意见"), max_length=200, blank=True)
    sheets = models.PositiveIntegerField(_("重判的答卷"), default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.PROPOSED, decided_by=None) | ~Q(status=Status.PROPOSED) & ~Q(decided_by=None),
                name="regrade_decided_by",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="regrade_four_eyes"),
            models.UniqueConstraint(fields=["asked"], condition=Q(status=Status.PROPOSED), name="regrade_one_open"),
        ]
        indexes = [models.Index(fields=["mine", "-proposed_at"], name="regrade_by_time")]

    def __str__(self) -> str:
        return f"{self.asked}"


class RegradeChange(models.Model):
    """One sheet that was marked anew: its result before and after; both rows stay."""

    id = models.BigAutoField(primary_key=True)
    regrade = models.ForeignKey(Regrade, models.PROTECT, related_name="changes")
    sitting = models.ForeignKey(Sitting, models.PROTECT, db_index=False, related_name="+")
    before = models.ForeignKey(Result, models.PROTECT, db_index=False, related_name="+")
    after = models.ForeignKey(Result, models.PROTECT, db_index=False, related_name="+")
    turned = models.BooleanField(_("结论变了"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrade", "sitting"], name="regrade_change_once")]
        triggers = [pgtrigger.Protect(name="regrade_change_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
