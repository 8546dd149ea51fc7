"""The sentences of the list of who may not go underground: each reason says what, until when, how much is missing."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.words import plain
from kuangdeng.learning.certificates.models import Certificate, CertificateType
from kuangdeng.learning.exams import api as exams
from kuangdeng.org.api import Person


@dataclass(frozen=True)
class OwedExam:
    """Somebody failed an exam and has passed no make-up of it since; `retrains` says that he failed that one too."""

    person: Person
    exam_id: UUID
    exam: str
    on: date
    class_id: UUID | None
    retrains: bool


def missing(kind: CertificateType, person: Person) -> str:
    """No certificate for his trade."""
    return _("%(trade)s要持%(kind)s，没有登记有效证照") % {"trade": person.trade or person.post, "kind": kind.name}


def ended(one: Certificate, month: date) -> str:
    """Run out, or about to."""
    words = {"kind": one.type.name, "number": one.number, "day": one.valid_until}
    if one.valid_until < month:
        return _("%(kind)s（%(number)s）%(day)s 到期，没有延期") % words
    return _("%(kind)s（%(number)s）%(day)s 到期，次日起不得上岗") % words


def review(one: Certificate) -> str:
    """Not reviewed in time."""
    return _("%(kind)s（%(number)s）应在 %(day)s 前复审，没有登记复审") % {
        "kind": one.type.name, "number": one.number, "day": one.review_by,
    }  # fmt: skip


def hours(year: int, has: Any, owed: Any, *, new: bool) -> str:
    """Too few hours."""
    words = {"year": year, "has": plain(has), "owed": plain(owed), "short": plain(owed - has)}
    if new:
        return _("新工人岗前培训 %(has)s 学时，应有 %(owed)s，还差 %(short)s") % words
    return _("%(year)s 年再培训 %(has)s 学时，应有 %(owed)s，还差 %(short)s") % words


def retrain(seat: Any) -> str:
    """Failed a class."""
    one = seat.batch.training_class
    return _("第 %(code)s 期%(title)s结论不合格，没有重新培训合格") % {"code": one.code, "title": one.title}


def exam(one: OwedExam) -> str:
    """Failed an exam."""
    words = {"exam": one.exam, "day": one.on}
    if one.retrains:
        return _("%(day)s「%(exam)s」不合格，不能再补考，没有重新培训合格") % words
    return _("%(day)s「%(exam)s」不合格，没有补考合格") % words


def results(person: Person, found: list[tuple[exams.Sitting, date]]) -> str:
    """What he has passed last in a class, and whether it still counts; nothing where he has passed none here."""
    if not found:
        return ""
    sheet, until = found[0]
    words = {
        "name": person.name,
        "exam": sheet.exam.title,
        "day": clock.local(sheet.exam.opens_at).date(),
        "until": until,
    }
    if until < clock.today():
        return _("%(name)s %(day)s「%(exam)s」合格，成绩有效到 %(until)s，已过期，要重新考试。") % words
    return _("%(name)s %(day)s「%(exam)s」合格，成绩有效至 %(until)s。") % words
