"""课表: lessons of a batch without clash, handouts, the same timetable for another batch."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import keep_bytes
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes.models import Batch, Handout, Lesson, Teacher
from kuangdeng.learning.classes.queries import get_handout, get_lesson, teaches
from kuangdeng.learning.classes.rules import LessonKind, Status
from kuangdeng.learning.classes.services._steps import (
    changing_batch,
    check,
    hang_sheet,
    lock_mine,
    move_sheet,
    of_class,
    of_lesson,
    refuse_clash,
    room_key,
    span_words,
)
from kuangdeng.ledger.api import enter
from kuangdeng.org.api import Person

LONGEST = timedelta(hours=12)
MOST_BYTES = 20 * 1024 * 1024
SIGNS = {
    b"%PDF-": "application/pdf",
    b"PK\x03\x04": "application/zip",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG": "image/png",
}
"""What a handout may be: PDF, Word/PowerPoint/Excel of today (a zip), a photo."""
ENDINGS = {
    "application/pdf": (".pdf",),
    "application/zip": (".docx", ".pptx", ".xlsx"),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
}


@dataclass(frozen=True)
class LessonData:
    """What a lesson is: when, how many hours, what about, who, where."""

    starts_at: datetime
    ends_at: datetime
    hours: Decimal
    topic: str
    room: str
    kind: str = LessonKind.THEORY
    teacher_id: UUID | None = None


def _teacher(data: LessonData, by: Person) -> Teacher | None:
    if data.teacher_id is None:
        return None
    found = one_of(Teacher.objects.select_related("person").filter(id=data.teacher_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    if found.left_on is not None and found.left_on <= clock.local(data.starts_at).date():
        raise Refused(_("%s那时已停聘。请换一位教师。") % found.name, field="teacher")
    return found


def _checked(data: LessonData, batch: Batch, by: Person, but: UUID | None = None) -> dict[str, object]:
    topic = need(data.topic, _("请填写课题。"), field="topic", most=100)
    room = need(data.room, _("请填写教室。"), field="room", most=60)
    if data.ends_at <= data.starts_at:
        raise Refused(_("下课时间要晚于上课时间。"), field="ends_at")
    if data.ends_at - data.starts_at > LONGEST:
        raise Refused(_("一次课最长 12 小时。请分成几次课。"), field="ends_at")
    if data.hours <= 0:
        raise Refused(_("请填写学时。"), field="hours")
    day = clock.local(data.starts_at).date()
    if not batch.begin_on <= day <= batch.end_on:
        said = _("第 %(n)d 批是 %(begin)s 到 %(end)s，课要排在这些日期里。")
        raise Refused(
            said % {"n": batch.number, "begin": batch.begin_on, "end": batch.end_on}, field="starts_at", code="outside"
        )
    teacher = _teacher(data, by)
    refuse_clash(batch, data.starts_at, data.ends_at, teacher, room, but)
    return {"starts_at": data.starts_at, "ends_at": data.ends_at, "hours": data.hours, "topic": topic, "room": room,
            "room_key": room_key(room), "kind": data.kind, "teacher": teacher}  # fmt: skip


def _told(lesson: Lesson) -> dict[str, object]:
    return {
        "batch": lesson.batch.number, "starts_at": lesson.starts_at.isoformat(), "hours": str(lesson.hours),
        "teacher": lesson.teacher.name if lesson.teacher else "", "room": lesson.room,
    }  # fmt: skip


@verb
def add_lesson(batch_id: UUID, *, data: LessonData, by: Person) -> Lesson:
    """Put a lesson on a batch's timetable (排课); in an open class it gets its sign-in sheet at once.

    Refused when batch, teacher or room have something else then, and outside the days of the batch.
    """
    lock_mine(by.mine_id)
    batch = changing_batch(batch_id, by)
    lesson = Lesson.objects.create(batch=batch, **_checked(data, batch, by))
    if batch.training_class.status == Status.RUNNING:
        hang_sheet(lesson, by)
    enter("lesson.add", of_lesson(lesson), by.mine_id, by, _told(lesson))
    return lesson


def _open_lesson(lesson_id: UUID, by: Person) -> Lesson:
    """A lesson whose hours were not counted, its batch and class locked."""
    lock_mine(by.mine_id)
    ids = list(Lesson.objects.filter(id=lesson_id).values_list("batch_id", flat=True))
    if not ids:
        raise NotVisible
    batch = changing_batch(ids[0], by)
    rows = Lesson.objects.select_for_update(of=("self",)).select_related("teacher__person", "sheet")
    lesson = one_of(rows.filter(id=lesson_id))
    if lesson is None:
        raise NotVisible
    lesson.batch = batch
    if lesson.settled_at is not None:
        raise Refused(_("这次课已经核定学时，不能再改。"), code="settled")
    return lesson


@verb
def change_lesson(lesson_id: UUID, *, data: LessonData, by: Person) -> Lesson:
    """Move a lesson, or give it another teacher or room (调课); its learners are told. Refused as for a new one, and once
    its hours were counted."""
    lesson = _open_lesson(lesson_id, by)
    with in_chinese():
        before = span_words(lesson)
    for name, value in _checked(data, lesson.batch, by, lesson.id).items():
        setattr(lesson, name, value)
    lesson.save()
    move_sheet(lesson)
    enter("lesson.change", of_lesson(lesson), by.mine_id, by, {**_told(lesson), "before": before})
    return lesson


@verb
def drop_lesson(lesson_id: UUID, *, by: Person) -> Batch:
    """Take a lesson off the timetable (删课). Refused once somebody signed in or its hours were counted."""
    lesson = _open_lesson(lesson_id, by)
    sheet = lesson.sheet
    if sheet is not None:
        if attendance.counts(sheet.id).there:
            raise Refused(_("已经有人签到，不能删。"), code="signed")
        attendance.cancel_sheet(sheet)
    subject, told = of_lesson(lesson), _told(lesson)
    lesson.delete()
    enter("lesson.drop", subject, by.mine_id, by, told)
    return lesson.batch


@verb
def copy_timetable(batch_id: UUID, *, to_id: UUID, by: Person) -> Batch:
    """Give another batch of the class the same lessons, each as many days after its beginning (复制课表).

    Refused when that batch has lessons, is shorter, or one of them clashes; then nothing is copied.
    """
    lock_mine(by.mine_id)
    source = changing_batch(batch_id, by)
    target = changing_batch(to_id, by)
    if source.training_class_id != target.training_class_id or source.id == target.id:
        raise Refused(_("请选同一个班的另一批。"), field="to")
    if target.lessons.exists():
        raise Refused(_("第 %(n)d 批已经有课，不能再复制进去。") % {"n": target.number}, field="to", code="used")
    shift = target.begin_on - source.begin_on
    made = []
    for one in source.lessons.select_related("teacher__person").order_by("starts_at"):
        data = LessonData(
            one.starts_at + shift, one.ends_at + shift, one.hours, one.topic, one.room, one.kind, one.teacher_id
        )
        made.append(Lesson.objects.create(batch=target, **_checked(data, target, by)))
    if not made:
        raise Refused(_("第 %(n)d 批还没有课，没有可复制的。") % {"n": source.number}, code="empty")
    if target.training_class.status == Status.RUNNING:
        for lesson in made:
            hang_sheet(lesson, by)
    told = {"batch": source.number, "to_batch": target.number, "lessons": len(made)}
    enter("lesson.copy", of_class(target.training_class), by.mine_id, by, told, quantity=len(made))
    return target


# Handouts ---------------------------------------------------------------------------------------------------------------


def _kind(content: bytes, name: str) -> str:
    kind = next((kind for sign, kind in SIGNS.items() if content.startswith(sign)), "")
    if not kind or not name.lower().endswith(ENDINGS[kind]):
        raise Refused(
            _("讲义要 PDF、Word、PPT、Excel（.docx .pptx .xlsx）或照片。旧格式请先另存。"), field="file", code="kind"
        )
    return kind


@verb
def add_handout(lesson_id: UUID, *, name: str, content: bytes, by: Person) -> Handout:
    """Hang a handout on a lesson (上传讲义), by its teacher or who keeps the classes. Refused for other kinds of files,
    over 20 MB, and the same one twice."""
    lesson = get_lesson(lesson_id, by=by)
    if not teaches(by, lesson):
        check(by, "class.prepare")
    if len(content) > MOST_BYTES:
        raise Refused(_("讲义超过 20 MB。请压缩图片后再传。"), field="file", code="too_large")
    kind = _kind(content, name)
    file = keep_bytes(content, kind=kind)
    if Handout.objects.filter(lesson=lesson, file=file).exists():
        raise Refused(_("这份讲义已经传过了。"), field="file", code="again")
    made = Handout.objects.create(lesson=lesson, file=file, name=name[-120:], by=by, at=clock.now())
    enter("lesson.handout", of_lesson(lesson), by.mine_id, by, {"file": made.name})
    return made


@verb
def drop_handout(handout_id: UUID, *, by: Person) -> Lesson:
    """Take a handout away (撤下讲义). Refused once the class is in the archive."""
    found = get_handout(handout_id, by=by)
    lesson = get_lesson(found.lesson_id, by=by)
    if not teaches(by, lesson):
        check(by, "class.prepare")
    if lesson.batch.training_class.status == Status.CLOSED:
        raise Refused(_("这个班已经归档，讲义不能再撤。"), code="wrong_state")
    name = found.name
    found.delete()
    enter("lesson.drop_handout", of_lesson(lesson), by.mine_id, by, {"file": name})
    return lesson
