"""The exams of a class: those that were arranged for it, and the make-up exams that came of them."""

from uuid import UUID

from django.db.models import F, Q, QuerySet

from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.classes.models import ClassExam, TrainingClass
from kuangdeng.learning.exams import api as exams

_LINK = "class_link__training_class_id"


def class_paths(prefix: str = "") -> list[str]:
    """How one comes from an exam to its class: its own, or that of the exam which it makes up."""
    return [f"{prefix}{_LINK}", f"{prefix}makeup_of__{_LINK}"]


def of_class(class_id: UUID, prefix: str = "") -> Q:
    """The exams of a class, its make-up exams too; with a prefix what hangs on them."""
    own, made_up = (Q(**{path: class_id}) for path in class_paths(prefix))
    return own | made_up


def exams_of(one: TrainingClass) -> list[exams.Exam]:
    """The exams of a class in the order in which they are held, with their counts (`listed`, `ended`, `passes`) and `batch_number`."""
    rows = exams.Exam.objects.filter(of_class(one.id)).annotate(batch_number=F("class_link__batch__number"))
    return list(exams.with_counts(rows).order_by("opens_at", "id"))


def class_of_exam(exam_id: UUID) -> ClassExam | None:
    """The class for which an exam was arranged, or the exam that it makes up. One statement."""
    rows = ClassExam.objects.filter(Q(exam=exam_id) | Q(exam__makeups=exam_id)).distinct()
    return one_of(rows.select_related("training_class", "batch"))


def passed_in(mine_id: UUID, kind: str) -> QuerySet[exams.Sitting]:
    """The published sheets that passed in the exams of classes of a kind, or in their make-ups."""
    own, made_up = (Q(**{path.replace("class_id", "class__kind"): kind}) for path in class_paths("exam__"))
    rows = exams.Sitting.objects.filter(own | made_up, exam__mine_id=mine_id, exam__status=exams.Status.PUBLISHED)
    return rows.filter(status__in=exams.ENDED, passed=True).select_related("exam__makeup_of")


def exam_outcomes(one: TrainingClass) -> dict[UUID, bool]:
    """Who has a published result in an exam of the class, and whether he has passed one of them. One statement."""
    rows = exams.Sitting.objects.filter(
        of_class(one.id, "exam__"), exam__status=exams.Status.PUBLISHED, status__in=exams.ENDED, passed__isnull=False
    )
    found: dict[UUID, bool] = {}
    for person_id, passed in rows.values_list("person_id", "passed"):
        found[person_id] = found.get(person_id, False) or bool(passed)
    return found
