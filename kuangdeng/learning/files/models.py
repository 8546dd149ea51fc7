"""Tables of the training files: what nothing else of the product knows of a person or a class."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.models import StoredFile
from kuangdeng.learning.files import rules
from kuangdeng.org.api import Person


@tracked()
class PersonRecord(models.Model):
    """学员登记表: what a person's file says on its first page. Of the identity number only the last four are kept."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="training_record")
    identity_end = models.CharField(_("身份证号后四位"), max_length=4, blank=True)
    education = models.CharField(_("文化程度"), max_length=10, choices=list(rules.EDUCATION.items()), blank=True)
    school = models.CharField(_("毕业院校"), max_length=60, blank=True)
    diploma_number = models.CharField(_("学历证书编号"), max_length=40, blank=True)
    title = models.CharField(_("职称"), max_length=40, blank=True)
    skill = models.CharField(_("技能等级"), max_length=40, blank=True)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(identity_end="") | Q(identity_end__regex=r"^[0-9]{3}[0-9X]$"), name="identity_end_digits"
            )
        ]


@tracked()
class RecordLine(models.Model):
    """One line of a person's file: where he worked, a skill, a master, a training before the system, a violation."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="record_lines")
    kind = models.CharField(_("类别"), max_length=12, choices=list(rules.LINE_LABELS.items()))
    begin_on = models.DateField(_("开始日期"))
    end_on = models.DateField(_("结束日期"), null=True, blank=True)
    text = models.CharField(_("内容"), max_length=200)
    detail = models.CharField(_("说明"), max_length=200, blank=True)
    passed = models.BooleanField(_("合格"), null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    struck_at = models.DateTimeField(null=True)
    struck_reason = models.CharField(_("划去的原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "begin_on", "id"]


class RecordPaper(models.Model):
    """A scanned paper of a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="record_papers")
    kind = models.CharField(_("类别"), max_length=12, choices=list(rules.PAPER_LABELS.items()))
    name = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["kind", "at"]
        constraints = [models.UniqueConstraint(fields=["person", "kind", "file"], name="record_paper_once")]


class ClassPaper(models.Model):
    """A scanned paper of a class."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    training_class = models.ForeignKey("learning.TrainingClass", models.PROTECT, related_name="papers")
    kind = models.CharField(_("类别"), max_length=12, choices=list(rules.CLASS_PAPER_LABELS.items()))
    name = models.CharField(max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["kind", "at"]
        constraints = [models.UniqueConstraint(fields=["training_class", "kind", "file"], name="class_paper_once")]
