"""To which class an exam belongs, for the pages of the exam and of who sits it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.learning.classes.queries import class_of_exam
from kuangdeng.learning.exams.api import Belonging, Exam, declare_belonging
from kuangdeng.org.api import Person, has_power


def _class_of(exam: Exam, by: Person) -> Belonging | None:
    link = class_of_exam(exam.id)
    if link is None:
        return None
    one = link.training_class
    words = {"code": one.code, "title": one.title, "n": link.batch.number if link.batch else 0}
    text = _("第 %(code)s 期%(title)s第 %(n)d 批") if link.batch else _("第 %(code)s 期%(title)s")
    sees = has_power(by, "class.see")
    url = reverse("learning:training_class", args=[one.id]) if sees else reverse("learning:my_training")
    return Belonging(gettext_lazy("培训班"), text % words, url)


def declare() -> None:
    """Let the exams tell their class."""
    declare_belonging(_class_of)
