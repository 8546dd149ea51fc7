"""The exams of a class: those that were arranged for it, and the make-up exams that came of them."""

from uuid import UUID

from django.db.models import F, Q

from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.classes.models import ClassExam, TrainingClass
from kuangdeng.learning.exams import api as exams


def exams_of(one: TrainingClass) -> list[exams.Exam]:
    """The exams of a class in the order in which they are held, with their counts (`listed`, `ended`, `passes`) and `batch_number`.

    A make-up exam that itself has a make-up is followed one step further: the second belongs to the class as well.
    """
    own = Q(class_link__training_class=one)
    second = Q(makeup_of__class_link__training_class=one)
    third = Q(makeup_of__makeup_of__class_link__training_class=one)
    rows = exams.Exam.objects.filter(own | second | third).annotate(batch_number=F("class_link__batch__number"))
    return list(exams.with_counts(rows).order_by("opens_at", "id"))


def class_of_exam(exam_id: UUID) -> ClassExam | None:
    """The class for which an exam was arranged, or the exam that it makes up. One statement."""
    own, second = Q(exam=exam_id), Q(exam__makeups=exam_id)
    rows = ClassExam.objects.filter(own | second | Q(exam__makeups__makeups=exam_id)).distinct()
    return one_of(rows.select_related("training_class", "batch"))


def exam_outcomes(one: TrainingClass) -> dict[UUID, bool]:
    """Who has a published result in an exam of the class, and whether he has passed one of them. One statement."""
    own = Q(exam__class_link__training_class=one)
    second = Q(exam__makeup_of__class_link__training_class=one)
    third = Q(exam__makeup_of__makeup_of__class_link__training_class=one)
    rows = exams.Sitting.objects.filter(
        own | second | third, exam__status=exams.Status.PUBLISHED, status__in=exams.ENDED, passed__isnull=False
    )
    found: dict[UUID, bool] = {}
    for person_id, passed in rows.values_list("person_id", "passed"):
        found[person_id] = found.get(person_id, False) or bool(passed)
    return found
