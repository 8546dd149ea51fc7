"""Needs, plans, classes and teachers: one, or those of a list. Whoever may not know of one gets NotVisible."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.classes.models import (
    Batch,
    Handout,
    Lesson,
    PlanLine,
    Seat,
    Teacher,
    TrainingClass,
    TrainingNeed,
    TrainingPlan,
)
from kuangdeng.learning.classes.rules import PlanStatus, Status
from kuangdeng.org.api import Person, Unit, has_power, reach

# Needs ------------------------------------------------------------------------------------------------------------------


def needs(by: Person) -> QuerySet[TrainingNeed]:
    """The needs of the mine: all of them for who decides, else one's own and those about one's units."""
    rows = TrainingNeed.objects.filter(mine_id=by.mine_id)
    limits = None if has_power(by, "need.accept") else reach(by, "need.propose")
    if limits is None:
        return rows
    mine = Q(proposed_by=by) | Q(id__in=TrainingNeed.units.through.objects.filter(unit_id__in=limits).values("trainingneed_id"))  # fmt: skip
    return rows.filter(mine)


def need_rows(rows: QuerySet[TrainingNeed]) -> QuerySet[TrainingNeed]:
    """What a page of needs shows."""
    return rows.select_related("proposed_by", "training_class").prefetch_related("units")


def get_need(need_id: UUID, *, by: Person) -> TrainingNeed:
    """One need. NotVisible when there is none that he may see."""
    found = one_of(need_rows(needs(by).filter(id=need_id)))
    if found is None:
        raise NotVisible
    return found


# Plans ------------------------------------------------------------------------------------------------------------------


def plan_of(mine_id: UUID, year: int) -> TrainingPlan | None:
    """The plan of a year, if one was begun."""
    return one_of(TrainingPlan.objects.select_related("approved_by").filter(mine_id=mine_id, year=year))


def plan_lines(plan: TrainingPlan) -> list[PlanLine]:
    """The lines of a plan with how many classes came of each (`held`) and how many people sat in them (`trained`)."""
    live = ~Q(classes__status=Status.CANCELLED)
    held = Count("classes", filter=live, distinct=True)
    trained = Count("classes__batches__roster__person", filter=live, distinct=True)
    return list(plan.lines.annotate(held=held, trained=trained))


def get_plan_line(line_id: UUID, *, by: Person) -> PlanLine:
    """A line of a plan. NotVisible when the mine has none like it."""
    found = one_of(PlanLine.objects.select_related("plan").filter(id=line_id, plan__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def open_plan_lines(mine_id: UUID, year: int) -> list[PlanLine]:
    """Lines of the year to which a class may belong."""
    rows = PlanLine.objects.filter(plan__mine_id=mine_id, plan__year__in=(year, year + 1), dropped_reason="")
    return list(rows.select_related("plan").order_by("plan__year", "number"))


def is_approved(plan: TrainingPlan) -> bool:
    """Whether the plan holds."""
    return plan.status == PlanStatus.APPROVED


# Classes ----------------------------------------------------------------------------------------------------------------


def classes(by: Person) -> QuerySet[TrainingClass]:
    """Every class of the mine: who may see classes sees all, because a list of courses is no secret."""
    return TrainingClass.objects.filter(mine_id=by.mine_id)


def class_rows(rows: QuerySet[TrainingClass]) -> QuerySet[TrainingClass]:
    """What a page of classes shows; `heads` are the learners, `unsettled` the past lessons without hours."""
    return rows.select_related("manager", "plan_line").annotate(heads=Count("batches__roster__person", distinct=True))


def get_class(class_id: UUID, *, by: Person) -> TrainingClass:
    """One class. NotVisible when the mine has none like it."""
    rows = TrainingClass.objects.select_related("manager", "plan_line__plan", "concluded_by", "closed_by")
    found = one_of(rows.filter(id=class_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def next_number(mine_id: UUID, year: int) -> int:
    """The number of the next class of a year."""
    last = TrainingClass.objects.filter(mine_id=mine_id, year=year).aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def batches_of(one: TrainingClass) -> list[Batch]:
    """The batches of a class with their lessons (`lessons_there`), how many sit in each, and planned hours."""
    lessons = Lesson.objects.select_related("teacher", "sheet").prefetch_related("handouts").order_by("starts_at", "id")
    rows = Batch.objects.filter(training_class=one).annotate(heads=Count("roster"))
    return list(rows.prefetch_related(Prefetch("lessons", lessons, "lessons_there")).order_by("number"))


def get_batch(batch_id: UUID, *, by: Person) -> Batch:
    """One batch with its class. NotVisible when the mine has none like it."""
    rows = Batch.objects.select_related("training_class")
    found = one_of(rows.filter(id=batch_id, training_class__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def get_lesson(lesson_id: UUID, *, by: Person) -> Lesson:
    """One lesson. NotVisible when the mine has none, or when he neither sees classes nor sits in this one."""
    rows = Lesson.objects.select_related("batch__training_class", "teacher__person", "sheet", "settled_by")
    found = one_of(rows.filter(id=lesson_id, batch__training_class__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    if not has_power(by, "class.see") and not teaches(by, found) and not sits_in(by, found.batch):
        raise NotVisible
    return found


def teaches(by: Person, lesson: Lesson) -> bool:
    """Whether this person is the teacher of the lesson."""
    return lesson.teacher is not None and lesson.teacher.person_id == by.id


def sits_in(by: Person, batch: Batch) -> bool:
    """Whether this person is a learner of the batch."""
    return Seat.objects.filter(batch=batch, person=by).exists()


def get_handout(handout_id: UUID, *, by: Person) -> Handout:
    """A handout of a lesson that he may see."""
    found = one_of(Handout.objects.select_related("file", "lesson__batch").filter(id=handout_id))
    if found is None:
        raise NotVisible
    get_lesson(found.lesson_id, by=by)
    return found


def week_of(by: Person, first: date) -> list[Lesson]:
    """Every lesson of the mine in the seven days from `first`."""
    start = clock.at(first)
    return lessons_between(by.mine_id, start, start + timedelta(days=7))


def lessons_between(mine_id: UUID, start: datetime, end: datetime) -> list[Lesson]:
    """The lessons of classes that are not cancelled in a span."""
    rows = Lesson.objects.filter(batch__training_class__mine_id=mine_id, starts_at__lt=end, ends_at__gt=start)
    rows = rows.exclude(batch__training_class__status=Status.CANCELLED)
    return list(rows.select_related("batch__training_class", "teacher").order_by("starts_at", "id"))


# Teachers ---------------------------------------------------------------------------------------------------------------


def teachers(by: Person) -> QuerySet[Teacher]:
    """Every teacher of the mine."""
    return Teacher.objects.filter(mine_id=by.mine_id)


def teacher_rows(rows: QuerySet[Teacher]) -> QuerySet[Teacher]:
    """What a page of teachers shows: the hours that each taught this year (`taught`)."""
    begin = clock.at(clock.today().replace(month=1, day=1))
    past = Q(lessons__ends_at__lte=clock.now(), lessons__starts_at__gte=begin)
    live = ~Q(lessons__batch__training_class__status=Status.CANCELLED)
    return rows.select_related("person__unit__parent").annotate(taught=Sum("lessons__hours", filter=past & live))


def active_teachers(mine_id: UUID) -> list[Teacher]:
    """Who may be given a lesson."""
    return list(Teacher.objects.filter(Q(left_on=None) | Q(left_on__gt=clock.today()), mine_id=mine_id))


def get_teacher(teacher_id: UUID, *, by: Person) -> Teacher:
    """One teacher. NotVisible when the mine has none like it."""
    found = one_of(Teacher.objects.select_related("person__unit__parent").filter(id=teacher_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def lessons_of_teacher(teacher: Teacher, most: int = 100) -> list[Lesson]:
    """What a teacher teaches and taught, the next first."""
    rows = Lesson.objects.filter(teacher=teacher).exclude(batch__training_class__status=Status.CANCELLED)
    return list(rows.select_related("batch__training_class").order_by("-starts_at")[:most])


def lessons_to_teach(by: Person, most: int = 60) -> list[Lesson]:
    """The lessons of this person as a teacher from a week ago on."""
    begin = clock.now() - timedelta(days=7)
    rows = Lesson.objects.filter(teacher__person=by, ends_at__gte=begin)
    rows = rows.exclude(batch__training_class__status=Status.CANCELLED)
    rows = rows.select_related("batch__training_class", "sheet").prefetch_related("handouts")
    return list(rows.annotate(heads=Count("batch__roster")).order_by("starts_at")[:most])


def units_named(units: Any) -> str:
    """The names of some units in a line."""
    return "、".join(unit.name for unit in units)


def units_of_class(one: TrainingClass) -> list[Unit]:
    """The units that a class takes."""
    return list(one.units.all())
