"""What the reconciliation found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.hazards.bulletins.models import Bulletin
from kuangdeng.hazards.reconciliation.rules import FIGURES, KIND_LABELS, Kind
from kuangdeng.hazards.rules import STATUS_LABELS
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.org.api import Mine, Person


class Finding(models.Model):
    """对账差异: one thing in which ledger, hazards and bulletin disagree. Alarmed once, when it is found.

    It stands until it is gone (`gone_at`) or explained; an explained one alarms no more as long as it lasts.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="+")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=list(KIND_LABELS.items()))
    bulletin = models.ForeignKey(Bulletin, models.PROTECT, null=True, related_name="findings")
    subject_id = models.UUIDField(null=True)
    label = models.CharField(max_length=200, blank=True)
    said = models.JSONField(default=dict)
    found_at = models.DateTimeField(default=now)
    gone_at = models.DateTimeField(null=True)
    explained_at = models.DateTimeField(null=True)
    explained_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    words = models.CharField(gettext_lazy("查明的情况"), max_length=500, blank=True)

    class Meta:
        ordering = ["-found_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "key"], condition=Q(gone_at=None), name="finding_once"),
            models.CheckConstraint(
                condition=Q(explained_at=None, explained_by=None, words="")
                | Q(explained_at__isnull=False, explained_by__isnull=False) & ~Q(words=""),
                name="finding_explained_whole",
            ),
        ]
        indexes = [models.Index(fields=["mine", "-found_at"], name="finding_by_time")]

    def __str__(self) -> str:
        return self.sentence

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence, with the hazard or the issue by name."""
        said = self.said
        words = {
            "what": self.label,
            "figure": FIGURES.get(said.get("figure", ""), ""),
            "is": STATUS_LABELS.get(said.get("is", ""), said.get("is", "")),
            "ledger": STATUS_LABELS.get(said.get("ledger", ""), said.get("ledger", "")),
            "published": said.get("published"),
            "gap": said.get("gap"),
            "day": said.get("day", ""),
        }
        return str(self._pattern()) % words

    def _pattern(self) -> str:
        match self.kind:
            case Kind.LOST:
                return _("%(what)s：台账上有它，隐患表里却没有了。")
            case Kind.UNBORN:
                return _("%(what)s：隐患表里有它，台账上却没有上报或导入的记录。")
            case Kind.STATE:
                return _("%(what)s：隐患表里是“%(is)s”，台账记的是“%(ledger)s”。")
            case Kind.UNLISTED:
                return _("%(what)s：台账上有这一步，%(day)s公布的“%(figure)s”里却没有它。")
            case Kind.UNFOUNDED:
                return _("%(what)s：%(day)s公布的“%(figure)s”里有它，台账上却没有这一步。")
            case Kind.IMPORT:
                return _("%(what)s：导入的旧台账计了 %(published)s 条，按台账应是 %(ledger)s 条。")
            case Kind.FIGURE:
                return _("%(what)s：“%(figure)s”公布的是 %(published)s 条，按台账是 %(ledger)s 条。")
            case _:
                return _("%(what)s：账不平，差 %(gap)s 条。")
