"""The moment before each verb of the classes, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from kuangdeng.kernel import clock
from kuangdeng.learning.classes import services
from kuangdeng.learning.classes.models import Lesson, Seat
from kuangdeng.learning.classes.rules import Limits
from kuangdeng.learning.classes.testkit import (
    EVIDENCE,
    PDF,
    REPORT,
    all_passed,
    class_in,
    concluded,
    correction_in,
    data_for,
    finished,
    held,
    hours_row,
    lesson_data,
    lesson_in,
    need_in,
    opened,
    people_in,
    plan_line,
    rostered,
    settled,
    teacher_in,
)
from kuangdeng.learning.exams.testkit import a_paper, data_of
from kuangdeng.learning.talks.testkit import retraining
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def set_up_classes(cast: Cast) -> Run:
    return lambda: services.set_up_classes(mine=cast.mine, by=cast.administrator)


def save_roster_rule(cast: Cast) -> Run:
    return lambda: services.save_roster_rule(
        valid_from=clock.today(), limits=Limits(20, 30, 25, 6, 1), source="矿发〔2026〕示例号", confirmed=True,
        unit=cast.units["mining"], by=cast.training_officer,
    )  # fmt: skip


def add_teacher(cast: Cast) -> Run:
    data = services.TeacherData("郭教授", organisation="示例矿业大学", qualification="注册安全工程师", fee=Decimal(200))
    return lambda: services.add_teacher(data=data, by=cast.training_officer)


def change_teacher(cast: Cast) -> Run:
    teacher = teacher_in(cast, invited=True)
    data = services.TeacherData("郭教授", organisation="示例矿业大学", left_on=clock.today())
    return lambda: services.change_teacher(teacher.id, data=data, by=cast.training_officer)


def propose_need(cast: Cast) -> Run:
    return lambda: services.propose_need(
        topic="防治水", evidence=EVIDENCE, units=[cast.units["mining"]], wanted_by=clock.today() + timedelta(days=30),
        source_entry="8842", by=cast.unit_head,
    )  # fmt: skip


def accept_need(cast: Cast) -> Run:
    need = need_in(cast)
    return lambda: services.accept_need(need.id, data=data_for(cast), by=cast.training_officer)


def decline_need(cast: Cast) -> Run:
    need = need_in(cast)
    return lambda: services.decline_need(need.id, reason="本月已有同题培训班", by=cast.training_officer)


def save_plan_line(cast: Cast) -> Run:
    return lambda: plan_line(cast)


def drop_plan_line(cast: Cast) -> Run:
    line = plan_line(cast)
    return lambda: services.drop_plan_line(line.id, reason="并入岗位培训", by=cast.training_officer)


def approve_plan(cast: Cast) -> Run:
    year = plan_line(cast).plan.year
    return lambda: services.approve_plan(year=year, by=cast.mine_leader)


def reopen_plan(cast: Cast) -> Run:
    year = plan_line(cast).plan.year
    services.approve_plan(year=year, by=cast.mine_leader)
    return lambda: services.reopen_plan(year=year, reason="人数要核实", by=cast.mine_leader)


def prepare_class(cast: Cast) -> Run:
    return lambda: class_in(cast)


def change_class(cast: Cast) -> Run:
    one = class_in(cast)
    return lambda: services.change_class(
        one.id, data=data_for(cast, title="探放水专项培训班"), by=cast.training_officer
    )


def add_batch(cast: Cast) -> Run:
    one = class_in(cast)
    day = one.end_on + timedelta(days=1)
    return lambda: services.add_batch(one.id, begin_on=day, end_on=day, seats=30, by=cast.training_officer)


def change_batch(cast: Cast) -> Run:
    batch = class_in(cast).batches.get(number=2)
    return lambda: services.change_batch(
        batch.id, begin_on=batch.begin_on, end_on=batch.end_on + timedelta(days=1), seats=50, by=cast.training_officer
    )


def drop_batch(cast: Cast) -> Run:
    batch = class_in(cast).batches.get(number=2)
    return lambda: services.drop_batch(batch.id, by=cast.training_officer)


def open_class(cast: Cast) -> Run:
    one = rostered(cast)
    return lambda: services.open_class(one.id, by=cast.training_officer)


def cancel_class(cast: Cast) -> Run:
    one = rostered(cast)
    return lambda: services.cancel_class(one.id, reason="教室停电", by=cast.training_officer)


def conclude_class(cast: Cast) -> Run:
    one = finished(cast)
    return lambda: services.conclude_class(one.id, conclusions=all_passed(one), report=REPORT, by=cast.training_officer)  # type: ignore[arg-type]


def reopen_class(cast: Cast) -> Run:
    one = concluded(cast)
    return lambda: services.reopen_class(one.id, reason="有人的学时要更正", by=cast.training_officer)


def close_class(cast: Cast) -> Run:
    one = concluded(cast)
    return lambda: services.close_class(one.id, gaps="第 2 批没有照片", by=cast.training_officer)


def rate_class(cast: Cast) -> Run:
    seat = Seat.objects.filter(batch__training_class=concluded(cast)).select_related("person", "batch").first()

    def run() -> object:
        with clock.set_to(clock.now() + timedelta(days=10)):
            return services.rate_class(seat.id, rating=4, opinion="多讲现场的例子", by=seat.person)  # type: ignore[union-attr]

    return run


def add_lesson(cast: Cast) -> Run:
    one = class_in(cast)
    data = lesson_data(one, cast)
    return lambda: services.add_lesson(one.batches.get(number=1).id, data=data, by=cast.training_officer)


def change_lesson(cast: Cast) -> Run:
    one = class_in(cast)
    lesson = lesson_in(one, cast)
    data = lesson_data(one, cast, hour=14, room="第二教室")
    return lambda: services.change_lesson(lesson.id, data=data, by=cast.training_officer)


def drop_lesson(cast: Cast) -> Run:
    lesson = lesson_in(class_in(cast), cast)
    return lambda: services.drop_lesson(lesson.id, by=cast.training_officer)


def copy_timetable(cast: Cast) -> Run:
    one = class_in(cast)
    lesson_in(one, cast)
    first, second = one.batches.order_by("number")
    return lambda: services.copy_timetable(first.id, to_id=second.id, by=cast.training_officer)


def add_handout(cast: Cast) -> Run:
    lesson = lesson_in(class_in(cast), cast)
    return lambda: services.add_handout(lesson.id, name="探放水讲义.pdf", content=PDF, by=cast.teacher)


def drop_handout(cast: Cast) -> Run:
    lesson = lesson_in(class_in(cast), cast)
    made = services.add_handout(lesson.id, name="探放水讲义.pdf", content=PDF, by=cast.teacher)
    return lambda: services.drop_handout(made.id, by=cast.training_officer)


def make_roster(cast: Cast) -> Run:
    people_in(cast, cast.units["mining_team"], 5)
    one = class_in(cast, leaders_attend=True)
    return lambda: services.make_roster(one.id, by=cast.training_officer)


def add_seat(cast: Cast) -> Run:
    batch = class_in(cast).batches.get(number=1)
    return lambda: services.add_seat(
        batch.id, person_id=cast.other_miner.id, reason="新调来，急需补课", by=cast.training_officer
    )


def take_retraining(cast: Cast) -> Run:
    row = retraining(cast)
    batch = class_in(cast).batches.get(number=1)
    return lambda: services.take_retraining(
        batch.id, retraining_id=row.id, reason="要重新培训", by=cast.training_officer
    )


def move_seat(cast: Cast) -> Run:
    one = rostered(cast)
    seat = Seat.objects.filter(batch__training_class=one, batch__number=1).first()
    target = one.batches.get(number=2)
    return lambda: services.move_seat(seat.id, to_id=target.id, reason="第一批当班", by=cast.training_officer)  # type: ignore[union-attr]


def drop_seat(cast: Cast) -> Run:
    seat = Seat.objects.filter(batch__training_class=rostered(cast)).first()
    return lambda: services.drop_seat(seat.id, reason="调出本矿", by=cast.training_officer)  # type: ignore[union-attr]


def arrange_exam(cast: Cast) -> Run:
    one, data = opened(cast), data_of(a_paper(cast))
    return lambda: services.arrange_exam(one.id, data=data, by=cast.training_officer)


def settle_lesson(cast: Cast) -> Run:
    lesson = held(cast)

    def run() -> Lesson:
        with clock.set_to(lesson.ends_at + timedelta(minutes=10)):
            return services.settle_lesson(lesson.id, by=cast.teacher)

    return run


def ask_correction(cast: Cast) -> Run:
    row = hours_row(settled(cast))
    return lambda: services.ask_correction(row.id, after=Decimal(1), reason="纸质签到表有签名", by=cast.teacher)


def approve_correction(cast: Cast) -> Run:
    found = correction_in(cast)
    return lambda: services.approve_correction(found.id, by=cast.training_officer)


def refuse_correction(cast: Cast) -> Run:
    found = correction_in(cast)
    return lambda: services.refuse_correction(found.id, reason="签名笔迹不符", by=cast.training_officer)


def make_lesson_calendar(cast: Cast) -> Run:
    return lambda: services.make_lesson_calendar(by=cast.miner)


def revoke_lesson_calendar(cast: Cast) -> Run:
    services.make_lesson_calendar(by=cast.miner)
    return lambda: services.revoke_lesson_calendar(by=cast.miner)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    name: thing for name, thing in list(globals().items()) if name in services.__all__ and callable(thing)
}
