"""考试 of a class: arranged from the class page for everybody on its roster."""

from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.classes.models import Batch, ClassExam, TrainingClass
from kuangdeng.learning.classes.rules import EXAMINED
from kuangdeng.learning.classes.services._steps import check, locked_class, of_class
from kuangdeng.learning.exams import api as exams
from kuangdeng.ledger.api import enter
from kuangdeng.org.api import Person


@verb
def arrange_exam(class_id: UUID, *, data: exams.ExamData, by: Person, batch_id: UUID | None = None) -> ClassExam:
    """Arrange the exam of a class (安排考试): its learners and the leaders among them are on the list, and are told;
    papers are drawn there.

    Refused before the class is open and after it is archived, and for a class without learners.
    """
    one = locked_class(class_id, by, "class.prepare")
    check(by, "exam.arrange")
    if one.status not in EXAMINED:
        raise Refused(_("开班以后、归档以前才能安排考试。"), code="wrong_state")
    batch = _batch(one, batch_id)
    people = _learners(one, batch)
    if not people:
        raise Refused(_("名册里还没有学员，没有人可考。请先编班。"), field="batch", code="no_roster")
    exam = exams.new_exam(data, by)
    exams.put_on_list(exam, people)
    link = ClassExam.objects.create(training_class=one, batch=batch, exam=exam)
    told = {"exam": exam.title, "exam_id": str(exam.id), "paper": exam.paper.title, "opens_at": exam.opens_at.isoformat(), "heads": len(people),
            "pass_percent": str(exam.pass_percent), "batch": batch.number if batch else ""}  # fmt: skip
    enter("class.arrange_exam", of_class(one), one.mine_id, by, told, quantity=len(people))
    return link


def _batch(one: TrainingClass, batch_id: UUID | None) -> Batch | None:
    if batch_id is None:
        return None
    found = one_of(one.batches.filter(id=batch_id))
    if found is None:
        raise Refused(_("这个班没有这一批。请重新选。"), field="batch")
    return found


def _learners(one: TrainingClass, batch: Batch | None) -> list[Person]:
    """Who is on the roster, each once, and still at the mine."""
    rows = Person.objects.filter(training_seats__batch__training_class=one, is_active=True, left_on=None)
    if batch is not None:
        rows = rows.filter(training_seats__batch=batch)
    return list(rows.distinct().order_by("pinyin", "number"))
