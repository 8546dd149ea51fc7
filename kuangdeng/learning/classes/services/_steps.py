"""Steps that the verbs of the classes share: lock, check, clashes, sheets, the ledger line."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.search import fold
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes.models import Batch, Lesson, Seat, Teacher, TrainingClass
from kuangdeng.learning.classes.rules import KIND_LABELS, Status
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Mine, Person, Unit, has_power


def check(by: Person, power: str) -> None:
    """Refused for who has not this power."""
    if not has_power(by, power):
        raise Refused(_("您没有权限办理培训的这项工作。请联系培训科。"), code="not_allowed")


def lock_mine(mine_id: UUID) -> None:
    """Numbers and timetables of a mine are given out one after the other: two officers never take the same room."""
    list(Mine.objects.select_for_update(no_key=True).filter(id=mine_id).values_list("id"))


def locked_class(class_id: UUID, by: Person, power: str = "") -> TrainingClass:
    """The class, locked. NotVisible when the mine has none like it; Refused without the power."""
    rows = TrainingClass.objects.select_for_update(of=("self",), no_key=True).select_related("mine", "manager")
    found = one_of(rows.filter(id=class_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    if power:
        check(by, power)
    return found


def changing_class(class_id: UUID, by: Person) -> TrainingClass:
    """The same, as long as timetable and roster may change."""
    found = locked_class(class_id, by, "class.prepare")
    if not found.may_change:
        raise Refused(_("这个班已经结业、归档或取消，课表和名册不能再改。"), code="wrong_state")
    return found


def changing_batch(batch_id: UUID, by: Person) -> Batch:
    """A batch whose class may still change, both locked."""
    ids = list(Batch.objects.filter(id=batch_id, training_class__mine_id=by.mine_id).values_list("training_class_id"))
    if not ids:
        raise NotVisible
    one = changing_class(ids[0][0], by)
    batch = Batch.objects.select_for_update(of=("self",)).get(id=batch_id)
    batch.training_class = one
    return batch


def room_key(room: str) -> str:
    """One spelling of a room."""
    return fold(room).replace(" ", "")[:60]


# Clashes ----------------------------------------------------------------------------------------------------------------


def refuse_clash(
    batch: Batch, start: datetime, end: datetime, teacher: Teacher | None, room: str, but: UUID | None = None
) -> None:
    """Refused when in this span the batch has another lesson, the teacher teaches, or the room is taken."""
    rows = Lesson.objects.filter(
        batch__training_class__mine_id=batch.training_class.mine_id, starts_at__lt=end, ends_at__gt=start
    ).exclude(batch__training_class__status=Status.CANCELLED)
    for other in rows.exclude(id__in=[but] if but else []).select_related("batch__training_class", "teacher"):
        words = {"span": span_words(other), "where": class_words(other), "topic": other.topic}
        if other.batch_id == batch.id:
            said = _("这一批 %(span)s 已经有课《%(topic)s》。请错开时间。")
            raise Refused(said % words, field="starts_at", code="batch_clash")
        if teacher is not None and other.teacher_id == teacher.id:
            said = _("%(teacher)s %(span)s 在%(where)s讲《%(topic)s》。请换一位教师或错开时间。")
            raise Refused(said % {**words, "teacher": teacher.name}, field="teacher", code="teacher_clash")
        if room_key(room) == other.room_key:
            said = _("%(room)s %(span)s 已给%(where)s上《%(topic)s》。请换教室或错开时间。")
            raise Refused(said % {**words, "room": other.room}, field="room", code="room_clash")


def span_words(lesson: Lesson) -> str:
    """2026年11月25日 08:00—10:00: what is kept must not say "tomorrow"."""
    start, end = clock.local(lesson.starts_at), clock.local(lesson.ends_at)
    return f"{timetext.full(start.date())} {start:%H:%M}—{end:%H:%M}"


def class_words(lesson: Lesson) -> str:
    """第 2026-03 期第 2 批."""
    batch = lesson.batch
    return _("第 %(code)s 期第 %(n)d 批") % {"code": batch.training_class.code, "n": batch.number}


# Sign-in sheets ---------------------------------------------------------------------------------------------------------


def hang_sheet(lesson: Lesson, by: Person) -> None:
    """Give a lesson of an open class its sign-in sheet: the roster is expected, teacher and class teacher lead."""
    one = lesson.batch.training_class
    lesson.sheet = attendance.make_sheet(
        mine_id=one.mine_id, kind=str(KIND_LABELS[one.kind]), title=f"{one.title}：{lesson.topic}",
        starts_at=lesson.starts_at, ends_at=lesson.ends_at, by=by, place_text=lesson.room,
        back=f"/learning/classes/lessons/{lesson.id}/", leaders=_leaders(lesson), expected=expected(lesson.batch_id),
    )  # fmt: skip
    lesson.save(update_fields=["sheet"])


def _leaders(lesson: Lesson) -> list[Person]:
    own = lesson.teacher.person if lesson.teacher else None
    return [one for one in dict.fromkeys([own, lesson.batch.training_class.manager]) if one is not None]


def expected(batch_id: UUID) -> list[Person]:
    """Who sits in a batch."""
    return list(Person.objects.filter(training_seats__batch_id=batch_id, is_active=True))


def move_sheet(lesson: Lesson) -> None:
    """The lesson has another name, time, room or teacher: so has its sheet."""
    if lesson.sheet is not None:
        title = f"{lesson.batch.training_class.title}：{lesson.topic}"
        attendance.change_sheet(
            lesson.sheet, title=title, starts_at=lesson.starts_at, ends_at=lesson.ends_at, place_text=lesson.room
        )
        attendance.set_leaders(lesson.sheet, _leaders(lesson))


def expect_anew(batches: Iterable[UUID]) -> None:
    """The roster changed: the lessons of an open class that are not over expect whoever sits there now."""
    for batch_id in set(batches):
        rows = Lesson.objects.filter(batch_id=batch_id, sheet__isnull=False, ends_at__gt=clock.now())
        lessons = list(rows.select_related("sheet"))
        people = expected(batch_id) if lessons else []
        for lesson in lessons:
            if lesson.sheet is not None:
                attendance.set_expected(lesson.sheet, people)


def main_and_team(person: Person) -> tuple[Unit | None, Unit | None]:
    """The unit of a person and, when he is in one, his team."""
    unit = person.unit
    if unit is None:
        return None, None
    if unit.kind == Unit.Kind.TEAM and unit.parent is not None:
        return unit.parent, unit
    return unit, None


def seat_for(batch_id: UUID, person: Person, **more: object) -> Seat:
    """A seat with unit, team and trade of the day; not saved."""
    unit, team = main_and_team(person)
    return Seat(batch_id=batch_id, person=person, unit=unit, team=team, trade=person.trade, at=clock.now(), **more)


# Ledger -----------------------------------------------------------------------------------------------------------------


def of_class(one: TrainingClass) -> Subject:
    """A class as the ledger names it."""
    return Subject("training_class", one.id, f"{one.code} {one.title}")


def of_lesson(lesson: Lesson) -> Subject:
    """A lesson as the ledger names it."""
    return Subject("lesson", lesson.id, f"{lesson.batch.training_class.code} {lesson.topic}")
