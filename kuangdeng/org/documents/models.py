"""The mine's own templates, version by version."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.org.models import Mine, Person


class MineTemplate(models.Model):
    """One version of the mine's template for a kind of document. The newest that is not withdrawn is used."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="document_templates")
    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    file = models.ForeignKey(StoredFile, models.PROTECT, db_index=False, related_name="+")
    file_name = models.CharField(_("文件名"), max_length=200)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    uploaded_by = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="+")
    uploaded_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")

    class Meta:
        app_label = "org"
        ordering = ["kind", "-version"]
        constraints = [models.UniqueConstraint(fields=["mine", "kind", "version"], name="mine_template_version")]
        triggers = [pgtrigger.Protect(name="template_stays", operation=pgtrigger.Delete)]
