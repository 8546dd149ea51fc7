"""A class from the first word to the archive: prepare, open, conclude, close, cancel."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max, Min
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, plain
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes import rules
from kuangdeng.learning.classes.models import Batch, HoursCorrection, Lesson, Seat, TrainingClass
from kuangdeng.learning.classes.queries import exam_outcomes, learners, seats_of, unsettled
from kuangdeng.learning.classes.rules import FLOW, KEEP_OF, Conclusion, CorrectionStatus
from kuangdeng.learning.classes.services._classes import ClassData, checked, found_class
from kuangdeng.learning.classes.services._steps import (
    changing_batch,
    changing_class,
    check,
    hang_sheet,
    locked_class,
    of_class,
)
from kuangdeng.learning.standards import api as standards
from kuangdeng.learning.talks import api as talks
from kuangdeng.ledger.api import enter
from kuangdeng.org.api import Person


@verb
def prepare_class(*, data: ClassData, by: Person) -> TrainingClass:
    """Begin a class (筹备培训班) with its batches; it gets the next number of the year. Refused for a day that is past."""
    check(by, "class.prepare")
    one = found_class(data, by)
    told = {"units": [unit.name for unit in data.units], "batches": data.batches, "begin_on": one.begin_on.isoformat(),
            "kind": one.kind, "mode": one.mode}  # fmt: skip
    enter("class.prepare", of_class(one), one.mine_id, by, told)
    return one


@verb
def change_class(class_id: UUID, *, data: ClassData, by: Person) -> TrainingClass:
    """Change what a class says of itself (更正培训班). Days and seats are those of its batches. Refused once it is concluded."""
    one = changing_class(class_id, by)
    for name, value in checked(data, by).items():
        setattr(one, name, value)
    one.save()
    one.units.set(data.units)
    enter("class.change", of_class(one), one.mine_id, by, {"units": [unit.name for unit in data.units]})
    return one


def _span(one: TrainingClass) -> None:
    """The class lasts from its first batch to its last."""
    found = one.batches.aggregate(first=Min("begin_on"), last=Max("end_on"))
    if found["first"]:
        one.begin_on, one.end_on = found["first"], found["last"]
        one.save(update_fields=["begin_on", "end_on"])


def _days(begin_on: date, end_on: date, seats: int) -> None:
    if end_on < begin_on:
        raise Refused(_("结束日期不能早于开始日期。"), field="end_on")
    if not 1 <= seats <= 500:
        raise Refused(_("请填 %(least)d 到 %(most)d。") % {"least": 1, "most": 500}, field="seats")


@verb
def add_batch(class_id: UUID, *, begin_on: date, end_on: date, seats: int, by: Person) -> Batch:
    """One more batch (加一批). Refused once the class is concluded."""
    one = changing_class(class_id, by)
    _days(begin_on, end_on, seats)
    number = int(one.batches.aggregate(last=Max("number"))["last"] or 0) + 1
    batch = Batch.objects.create(training_class=one, number=number, begin_on=begin_on, end_on=end_on, seats=seats)
    _span(one)
    told = {"batch": number, "begin_on": begin_on.isoformat(), "end_on": end_on.isoformat(), "seats": seats}
    enter("class.add_batch", of_class(one), one.mine_id, by, told)
    return batch


@verb
def change_batch(batch_id: UUID, *, begin_on: date, end_on: date, seats: int, by: Person) -> Batch:
    """Move a batch, or give it more seats (调整批次). Refused when lessons would lie outside, or fewer seats than learners."""
    batch = changing_batch(batch_id, by)
    _days(begin_on, end_on, seats)
    sits = batch.roster.count()
    if seats < sits:
        raise Refused(_("这一批已经有 %(n)d 人，座位数不能更少。") % {"n": sits}, field="seats")
    for lesson in batch.lessons.all():
        if not begin_on <= clock.local(lesson.starts_at).date() <= end_on:
            raise Refused(_("《%s》不在这些日期里。请先调整课表。") % lesson.topic, field="begin_on")
    batch.begin_on, batch.end_on, batch.seats = begin_on, end_on, seats
    batch.save()
    _span(batch.training_class)
    told = {"batch": batch.number, "begin_on": begin_on.isoformat(), "end_on": end_on.isoformat(), "seats": seats}
    enter("class.change_batch", of_class(batch.training_class), batch.training_class.mine_id, by, told)
    return batch


@verb
def drop_batch(batch_id: UUID, *, by: Person) -> TrainingClass:
    """Take a batch away (撤销批次). Refused when it has lessons or learners, or is the only one."""
    batch = changing_batch(batch_id, by)
    one = batch.training_class
    if batch.lessons.exists() or batch.roster.exists():
        raise Refused(_("这一批已有课或学员。请先移走学员、删去课次。"), code="used")
    if one.batches.count() == 1:
        raise Refused(_("至少要留一批。"), code="last")
    number = batch.number
    batch.delete()
    _span(one)
    enter("class.drop_batch", of_class(one), one.mine_id, by, {"batch": number})
    return one


@verb
def open_class(class_id: UUID, *, by: Person) -> TrainingClass:
    """Open a class (开班): every learner and teacher is told, each lesson gets its sign-in sheet.

    Refused while a batch has no lesson or no learner.
    """
    one = locked_class(class_id, by, "class.open")
    one.status = FLOW.target("open", one.status)
    for batch in one.batches.all():
        words = {"n": batch.number}
        if not batch.roster.exists():
            raise Refused(_("第 %(n)d 批还没有学员。请先编班。") % words, code="no_roster")
        if not batch.lessons.exists():
            raise Refused(_("第 %(n)d 批还没有课表。请先排课。") % words, code="no_lessons")
    one.opened_at = clock.now()
    one.save(update_fields=["status", "opened_at"])
    lessons = list(Lesson.objects.filter(batch__training_class=one).select_related("batch", "teacher__person"))
    for lesson in lessons:
        lesson.batch.training_class = one
        if lesson.sheet_id is None:
            hang_sheet(lesson, by)
    heads = Seat.objects.filter(batch__training_class=one).values("person").distinct().count()
    told = {
        "heads": heads,
        "lessons": len(lessons),
        "batches": one.batches.count(),
        "begin_on": one.begin_on.isoformat(),
    }
    enter("class.open", of_class(one), one.mine_id, by, told, quantity=heads)
    return one


@verb
def cancel_class(class_id: UUID, *, reason: str, by: Person) -> TrainingClass:
    """Call a class off (取消培训班); its learners are told why. Refused without a reason, and once hours were counted."""
    one = locked_class(class_id, by, "class.cancel")
    one.status = FLOW.target("cancel", one.status)
    one.stopped_reason = need(reason, _("请写明取消的原因，学员会看到。"), field="reason", most=200)
    lessons = Lesson.objects.filter(batch__training_class=one).select_related("sheet")
    if any(lesson.settled_at for lesson in lessons):
        raise Refused(_("这个班已经核定过学时，不能取消。请办理结业。"), code="settled")
    for lesson in lessons:
        if lesson.sheet is not None and lesson.sheet.status == attendance.SheetStatus.RUNNING:
            attendance.cancel_sheet(lesson.sheet)
    one.save(update_fields=["status", "stopped_reason"])
    freed = talks.retraining.let_go(one.id)
    told = {"reason": one.stopped_reason, "retrain_again": freed or ""}
    enter("class.cancel", of_class(one), one.mine_id, by, told)
    return one


@verb
def conclude_class(
    class_id: UUID,
    *,
    conclusions: Mapping[UUID, tuple[str, str]],
    report: str,
    by: Person,
    cost: Decimal = Decimal(0),
) -> TrainingClass:
    """Say of every learner how he came out, and of the class how it went (结业): seat → conclusion and remark.

    Whom the class retrains is through with the hours, the exam and a good conclusion; else he owes it anew.
    Refused while hours are not counted, corrections wait, a learner has no conclusion, or the report is missing.
    """
    one = locked_class(class_id, by, "class.conclude")
    one.status = FLOW.target("conclude", one.status)
    one.report = need(report, _("请写综合考评报告：教学、考勤、考核情况和改进意见。"), field="report", most=20_000)
    _ready(one)
    seats = list(
        Seat.objects.select_for_update(of=("self",)).filter(batch__training_class=one).select_related("person")
    )
    for seat in seats:
        seat.conclusion, seat.remark = conclusions.get(seat.id, (Conclusion.NONE, ""))
        if seat.conclusion not in (Conclusion.PASSED, Conclusion.FAILED, Conclusion.UNFINISHED):
            raise Refused(_("%s还没有结论。") % seat.person.name, field="report", code="open")
    _number(one, seats)
    Seat.objects.bulk_update(seats, ["conclusion", "remark", "diploma"])
    one.cost, one.concluded_at, one.concluded_by = cost, clock.now(), by
    one.save()
    passed = sum(seat.conclusion == Conclusion.PASSED for seat in seats)
    told = {"heads": len(seats), "passed": passed, "failed": len(seats) - passed, "cost": str(cost) if cost else "",
            **_retrained(one, last=False)}  # fmt: skip
    enter("class.conclude", of_class(one), one.mine_id, by, told, quantity=len(seats))
    return one


def _retrained(one: TrainingClass, *, last: bool) -> dict[str, object]:
    """Settle the retraining of who was in the class for it. Before the archive (`last`) an exam may still be published."""
    if not talks.retrained_in(one.id):
        return {}
    outcomes, percent = exam_outcomes(one), standards.number_on(one.mine_id, "class.attend_percent")
    found: dict[UUID, tuple[bool | None, str]] = {}
    for row in learners(seats_of(one)):
        if found.get(row.seat.person_id, (False, ""))[0]:
            continue
        completed = rules.retrained(
            row.seat.conclusion, outcomes.get(row.seat.person_id),
            enough_hours=rules.enough(row.valid, row.planned, percent),
        )  # fmt: skip
        with in_chinese():
            words = {
                "code": one.code,
                "title": one.title,
                "hours": plain(row.valid),
                "diploma": row.seat.diploma,
            }
            note = _("第 %(code)s 期%(title)s：%(hours)s 学时，考试合格，合格证明 %(diploma)s。") % words
        found[row.seat.person_id] = (False if completed is None and last else completed, note)
    through, again = talks.retraining.settle_class(one.id, found)
    return {"retrained": len(through) or "", "retrain_again": len(again) or "", "again": [str(key) for key in again]}


def _ready(one: TrainingClass) -> None:
    open_lessons = unsettled(one)
    if open_lessons:
        said = _("还有 %(n)d 次课没有核定学时，如《%(topic)s》。请先核定。")
        raise Refused(said % {"n": len(open_lessons), "topic": open_lessons[0].topic}, code="unsettled")
    asked = HoursCorrection.objects.filter(row__lesson__batch__training_class=one, status=CorrectionStatus.WAITING)
    if asked.exists():
        raise Refused(_("还有学时更正没有批。请先办完。"), code="correction")


def _number(one: TrainingClass, seats: list[Seat]) -> None:
    """Who passed gets the number of his certificate of completion: class and place on the list; nobody gets two."""
    passed = sorted({seat.person.number: seat for seat in seats if seat.conclusion == Conclusion.PASSED}.items())
    for place, (_number, seat) in enumerate(passed, 1):
        seat.diploma = seat.diploma or f"{one.code}-{place:03d}"


@verb
def reopen_class(class_id: UUID, *, reason: str, by: Person) -> TrainingClass:
    """Send a concluded class back (退回重办结业): something was wrong, and who was retrained by it is in it again.

    Refused without a reason.
    """
    one = locked_class(class_id, by, "class.reopen")
    one.status = FLOW.target("reopen", one.status)
    one.stopped_reason = need(reason, _("请写明退回的原因。"), field="reason", most=200)
    one.save(update_fields=["status", "stopped_reason"])
    talks.retraining.take_back(one.id)
    enter("class.reopen", of_class(one), one.mine_id, by, {"reason": one.stopped_reason})
    return one


@verb
def close_class(class_id: UUID, *, by: Person, gaps: str = "") -> TrainingClass:
    """Put the file of a class away (归档) and reckon until when it is kept; `gaps` says why what is missing is missing.

    A retraining that waited for an exam until now is settled: without a result it is owed anew.
    """
    one = locked_class(class_id, by, "class.close")
    one.status = FLOW.target("close", one.status)
    years = int(standards.number_on(one.mine_id, KEEP_OF.get(one.kind, "keep.others")))
    one.closed_at, one.closed_by = clock.now(), by
    one.keep_until = standards.years_later(one.end_on, years)
    one.stopped_reason = gaps.strip()[:200]
    one.save()
    told = {"keep_until": one.keep_until.isoformat(), "gaps": one.stopped_reason, **_retrained(one, last=True)}
    enter("class.close", of_class(one), one.mine_id, by, told)
    return one


@verb
def rate_class(seat_id: UUID, *, rating: int, by: Person, opinion: str = "") -> Seat:
    """Say how good the teaching was (评教), one to five, by the learner himself. Refused before the class is over for him."""
    rows = Seat.objects.select_for_update(of=("self",)).select_related("batch__training_class", "unit")
    seat = one_of(rows.filter(id=seat_id, person=by))
    if seat is None:
        raise NotVisible
    if not 1 <= rating <= 5:
        raise Refused(_("请选 1 到 5 分。"), field="rating")
    if seat.batch.end_on > clock.today():
        raise Refused(_("课还没有上完，上完再评。"), code="early")
    seat.rating, seat.opinion = rating, opinion.strip()[:300]
    seat.save(update_fields=["rating", "opinion"])
    one = seat.batch.training_class
    enter("class.rate", of_class(one), one.mine_id, None, {"rating": rating})
    return seat
