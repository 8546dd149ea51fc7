"""学时: counted from the sign-in sheet, corrected only with a reason and somebody else's approval."""

from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, plain
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes.models import HoursCorrection, Lesson, LessonHours, Seat
from kuangdeng.learning.classes.queries import get_lesson, teaches
from kuangdeng.learning.classes.rules import CORRECTION_FLOW, Mark, Status, Why, counted
from kuangdeng.learning.classes.services._steps import check, locked_class, of_lesson
from kuangdeng.learning.standards import api as standards
from kuangdeng.ledger.api import Subject, enter
from kuangdeng.org.api import Person

SIGNED = (attendance.Method.CODE, attendance.Method.CARD, attendance.Method.NUMBER)
"""Ways of signing in that know the minute; who was entered from paper as late has no minute."""


def _mark(row: attendance.Attendee | None, lesson: Lesson) -> Mark | None:
    if row is None:
        return None
    late = row.at is not None and row.method in SIGNED
    minutes = int((row.at - lesson.starts_at).total_seconds() // 60) if late and row.at else 0
    return Mark(row.state, max(0, minutes))


@verb
def settle_lesson(lesson_id: UUID, *, by: Person) -> Lesson:
    """Count the hours of a lesson that is over (核定学时): what the sign-in sheet says of each learner, and why not.

    It ends the sign-in. May be done again after an entry from paper or a make-up; what was corrected by approval stays.
    Refused before the lesson is over, and once the class is concluded.
    """
    seen = get_lesson(lesson_id, by=by)
    if not teaches(by, seen):
        check(by, "class.conclude")
    one = locked_class(seen.batch.training_class_id, by)
    lesson = Lesson.objects.select_for_update(of=("self",)).select_related("batch", "sheet").get(id=lesson_id)
    if one.status != Status.RUNNING or lesson.sheet is None:
        raise Refused(_("这个班没有在开班，不能核定学时。"), code="wrong_state")
    if lesson.ends_at > clock.now():
        raise Refused(_("课还没有上完，下课后再核定。"), code="early")
    attendance.close_sheet(lesson.sheet)
    totals = _count(lesson, one.mine_id)
    lesson.settled_at, lesson.settled_by = clock.now(), by
    lesson.save(update_fields=["settled_at", "settled_by"])
    lesson.batch.training_class = one
    enter("hours.settle", of_lesson(lesson), one.mine_id, by, totals)
    return lesson


def _count(lesson: Lesson, mine_id: UUID) -> dict[str, object]:
    """Write the hours of each learner; returns how many, how many in full, and the hours altogether."""
    numbers = standards.numbers_on(mine_id, clock.local(lesson.starts_at).date())
    late, makeup = int(numbers["class.late_minutes"]), bool(numbers["class.makeup_counts"])
    marks = {row.person_id: row for row in attendance.attendees(lesson.sheet_id)} if lesson.sheet_id else {}
    there = {row.person_id: row for row in LessonHours.objects.filter(lesson=lesson)}
    day, total, full, fresh = clock.local(lesson.starts_at).date(), Decimal(0), 0, []
    seats = list(Seat.objects.filter(batch_id=lesson.batch_id))
    for seat in seats:
        valid, why = counted(
            lesson.hours, _mark(marks.get(seat.person_id), lesson), late_minutes=late, makeup_counts=makeup
        )
        row = there.get(seat.person_id)
        if row is None:
            fresh.append(LessonHours(lesson=lesson, seat=seat, person_id=seat.person_id, on=day, planned=lesson.hours,
                                     valid=valid, why=why))  # fmt: skip
        elif row.why != Why.CORRECTED:
            row.valid, row.why, row.planned = valid, why, lesson.hours
            row.save()
        else:
            valid = row.valid
        total += valid
        full += valid == lesson.hours
    LessonHours.objects.bulk_create(fresh)
    return {"heads": len(seats), "counted": full, "valid": str(total)}


# Corrections ------------------------------------------------------------------------------------------------------------


def _of_row(row: LessonHours) -> Subject:
    return Subject("lesson_hours", str(row.id), f"{row.person.name}：{row.lesson.topic}")


@verb
def ask_correction(row_id: int, *, after: Decimal, reason: str, by: Person) -> HoursCorrection:
    """Ask that hours count otherwise than they were settled (申请更正学时). They stay as they are until somebody approves.

    Refused without a reason, for more than the lesson has, for what they are already, and while another request waits.
    """
    rows = LessonHours.objects.select_for_update(of=("self",)).select_related(
        "lesson__batch__training_class", "lesson__teacher", "person__unit"
    )
    row = one_of(rows.filter(id=row_id, lesson__batch__training_class__mine_id=by.mine_id))
    if row is None:
        raise NotVisible
    if not teaches(by, row.lesson):
        check(by, "hours.correct")
    why = need(reason, _("请写明更正的原因和依据。"), field="reason", most=200)
    if not 0 <= after <= row.planned:
        raise Refused(_("学时应在 0 到 %s 之间。") % plain(row.planned), field="after")
    if after == row.valid:
        raise Refused(_("现在就是这个学时，不用更正。"), field="after", code="same")
    if row.corrections.filter(status="waiting").exists():
        raise Refused(_("这一条已有更正在等批准。"), code="again")
    if row.lesson.batch.training_class.status == Status.CLOSED:
        raise Refused(_("这个班已经归档，学时不能再改。"), code="wrong_state")
    made = HoursCorrection.objects.create(
        row=row, before=row.valid, before_why=row.why, after=after, reason=why, asked_by=by, asked_at=clock.now(),
        status=CORRECTION_FLOW.target("correct", None),
    )  # fmt: skip
    told = {"before": str(row.valid), "after": str(after), "reason": why, "correction": str(made.id)}
    enter("hours.correct", _of_row(row), by.mine_id, by, told, unit=row.person.unit)
    return made


def _open_correction(correction_id: UUID, by: Person, power: str) -> HoursCorrection:
    rows = HoursCorrection.objects.select_for_update(of=("self",)).select_related(
        "row__lesson__batch__training_class", "row__person__unit", "asked_by"
    )
    found = one_of(rows.filter(id=correction_id, row__lesson__batch__training_class__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    check(by, power)
    if found.asked_by_id == by.id:
        raise Refused(_("不能批自己申请的更正。请另一位培训专员或矿领导批。"), code="own")
    return found


@verb
def approve_correction(correction_id: UUID, *, by: Person) -> HoursCorrection:
    """Let hours count as was asked (批准更正). Refused for one's own request, and when it was decided."""
    found = _open_correction(correction_id, by, "hours.approve")
    found.status = CORRECTION_FLOW.target("approve", found.status)
    found.decided_by, found.decided_at = by, clock.now()
    found.save()
    row = LessonHours.objects.select_for_update(of=("self",)).get(id=found.row_id)
    row.valid, row.why = found.after, Why.CORRECTED
    row.save(update_fields=["valid", "why"])
    told = {"before": str(found.before), "after": str(found.after), "reason": found.reason, "correction": str(found.id)}
    enter("hours.approve", _of_row(found.row), by.mine_id, by, told, unit=found.row.person.unit)
    return found


@verb
def refuse_correction(correction_id: UUID, *, reason: str, by: Person) -> HoursCorrection:
    """Leave the hours as they are (不同意更正); who asked reads why. Refused without a reason."""
    found = _open_correction(correction_id, by, "hours.refuse")
    found.status = CORRECTION_FLOW.target("refuse", found.status)
    found.refusal = need(reason, _("请写明为什么不同意。"), field="reason", most=200)
    found.decided_by, found.decided_at = by, clock.now()
    found.save()
    told = {"after": str(found.after), "reason": found.refusal, "correction": str(found.id)}
    enter("hours.refuse", _of_row(found.row), by.mine_id, by, told, unit=found.row.person.unit)
    return found
