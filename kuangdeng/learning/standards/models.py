"""The table of the training rules."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.history import tracked
from kuangdeng.learning.standards import rules
from kuangdeng.org.api import Mine


@tracked()
class TrainingRule(models.Model):
    """One number of the training rules from a day on; the newest row that has begun holds."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="training_rules")
    key = models.CharField(_("规定"), max_length=30)
    valid_from = models.DateField(_("从哪天起"))
    value = models.DecimalField(_("数值"), max_digits=7, decimal_places=1)
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["key", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "key", "valid_from"], name="training_rule_a_day"),
            models.CheckConstraint(condition=Q(value__gte=0), name="training_rule_counts"),
        ]

    @property
    def number(self) -> rules.Number:
        """What the key stands for."""
        return rules.NUMBERS[self.key]
