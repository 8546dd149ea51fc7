"""Short ways to needs, classes, lessons and hours, for the tests of this part and of those above."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes import services
from kuangdeng.learning.classes.models import (
    HoursCorrection,
    Lesson,
    LessonHours,
    PlanLine,
    RosterRule,
    Seat,
    Teacher,
    TrainingClass,
    TrainingNeed,
)
from kuangdeng.learning.classes.rules import Conclusion
from kuangdeng.learning.classes.services import ClassData, LessonData, LineData, TeacherData
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.exams.api import Exam
from kuangdeng.learning.exams.testkit import a_paper, after, data_of, handed_in
from kuangdeng.learning.items.testkit import SINGLE, items_in_use
from kuangdeng.org.api import Person, Unit
from kuangdeng.org.testkit import Cast

EVIDENCE = "10 月防治水检查 12 处，地测、钻机、机掘、综放四队有 9 处探放水措施没有贯彻到班组。"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
REPORT = "四个单位分两批参加，出勤较好；探放水一章掌握不牢，下期加实操。"


def rules_of(cast: Cast) -> None:
    """The training rules of the mine, hours reckoned from this year on."""
    if not RosterRule.objects.filter(mine=cast.mine).exists():
        services.set_up_classes(mine=cast.mine, by=cast.administrator)


def people_in(cast: Cast, unit: Unit, count: int, trade: str = "采煤工", begin: int = 0) -> list[Person]:
    """More people of a unit or team."""
    made = [
        Person(
            mine=cast.mine,
            number=f"{unit.name[:4]}{begin + one:03d}",
            name=f"{unit.name[-2:]}{begin + one}",
            unit=unit,
            trade=trade,
        )
        for one in range(count)
    ]
    return Person.objects.bulk_create(made)


def need_in(cast: Cast, topic: str = "防治水") -> TrainingNeed:
    """A need that waits."""
    return services.propose_need(topic=topic, evidence=EVIDENCE, units=[cast.units["mining"]], by=cast.unit_head)


def data_for(
    cast: Cast, *, title: str = "防治水专项培训班", units: Iterable[str] = ("mining",), **more: Any
) -> ClassData:
    """What a class of two batches of two days says, from tomorrow on."""
    begin = clock.today() + timedelta(days=1)
    values: dict[str, Any] = {
        "title": title, "begin_on": begin, "place_text": "培训楼", "units": [cast.units[key] for key in units],
        "purpose": EVIDENCE, "batches": 2, "batch_days": 2, "seats": 40, "manager": cast.training_officer, **more,
    }  # fmt: skip
    return ClassData(**values)


def class_in(cast: Cast, **more: Any) -> TrainingClass:
    """A class that is being prepared."""
    return services.prepare_class(data=data_for(cast, **more), by=cast.training_officer)


def teacher_in(cast: Cast, *, invited: bool = False) -> Teacher:
    """The mine's teacher, or an invited expert."""
    if invited:
        data = TeacherData(
            "郭教授", organisation="示例矿业大学", title="教授", qualification="注册安全工程师", fee=Decimal(200)
        )
        return services.add_teacher(data=data, by=cast.training_officer)
    found = Teacher.objects.filter(mine=cast.mine, person=cast.teacher).first()
    data = TeacherData(person=cast.teacher, qualification="煤矿安全培训教师证", title="讲师", fee=Decimal(50))
    return found or services.add_teacher(data=data, by=cast.training_officer)


def lesson_data(
    one: TrainingClass, cast: Cast, *, batch: int = 1, day: int = 0, hour: int = 8, **more: Any
) -> LessonData:
    """A lesson of two hours on a day of a batch."""
    begin = one.batches.get(number=batch).begin_on + timedelta(days=day)
    values: dict[str, Any] = {
        "starts_at": clock.at(begin, hour), "ends_at": clock.at(begin, hour + 2), "hours": Decimal(2), "topic": "探放水规定",
        "room": "第一教室", "teacher_id": teacher_in(cast).id, **more,
    }  # fmt: skip
    return LessonData(**values)


def lesson_in(one: TrainingClass, cast: Cast, *, batch: int = 1, **more: Any) -> Lesson:
    """A lesson on the timetable."""
    data = lesson_data(one, cast, batch=batch, **more)
    return services.add_lesson(one.batches.get(number=batch).id, data=data, by=cast.training_officer)


def rostered(cast: Cast, **more: Any) -> TrainingClass:
    """A class with a roster and one lesson in each batch, ready to open."""
    people_in(cast, cast.units["mining_team"], 6)
    one = class_in(cast, **more)
    services.add_seat(one.batches.get(number=1).id, person_id=cast.miner.id, by=cast.training_officer)
    services.make_roster(one.id, by=cast.training_officer)
    for batch in (1, 2):
        lesson_in(one, cast, batch=batch)
    one.refresh_from_db()
    return one


def opened(cast: Cast, **more: Any) -> TrainingClass:
    """A class that is open."""
    return services.open_class(rostered(cast, **more).id, by=cast.training_officer)


def held(cast: Cast, *, present: int = 1, **more: Any) -> Lesson:
    """The first lesson of an open class is over; `present` learners signed with their cards."""
    lesson = (
        Lesson.objects.filter(batch__training_class=opened(cast, **more), batch__number=1).select_related("sheet").get()
    )
    assert lesson.sheet is not None
    seats = list(Seat.objects.filter(batch=lesson.batch).select_related("person").order_by("person__number"))
    with clock.set_to(lesson.starts_at - timedelta(minutes=5)):
        for seat in seats[:present]:
            attendance.sign_by_card(lesson.sheet.id, typed=seat.person.number, by=cast.training_officer)
    return lesson


def settled(cast: Cast, **more: Any) -> Lesson:
    """The hours of that lesson are counted."""
    lesson = held(cast, **more)
    with clock.set_to(lesson.ends_at + timedelta(minutes=10)):
        return services.settle_lesson(lesson.id, by=cast.teacher)


def hours_row(lesson: Lesson, *, valid: bool = False) -> LessonHours:
    """Somebody's hours of a lesson: of one who was there, or of one who was not."""
    rows = LessonHours.objects.filter(lesson=lesson)
    found = (rows.filter(valid__gt=0) if valid else rows.filter(valid=0)).order_by("id").first()
    assert found is not None
    return found


def correction_in(cast: Cast) -> HoursCorrection:
    """A correction that waits; the teacher asked for it."""
    row = hours_row(settled(cast))
    return services.ask_correction(row.id, after=Decimal(2), reason="当天签到机停电，纸质签到表有签名", by=cast.teacher)


def finished(cast: Cast, **more: Any) -> TrainingClass:
    """Every lesson of a class is over and counted."""
    one = opened(cast, **more)
    for lesson in Lesson.objects.filter(batch__training_class=one).order_by("starts_at"):
        with clock.set_to(lesson.ends_at + timedelta(minutes=10)):
            services.settle_lesson(lesson.id, by=cast.training_officer)
    return one


def examined(cast: Cast, one: TrainingClass, *, passing: Iterable[Person] = (), **more: Any) -> Exam:
    """The exam of a class is published: these passed, the first of the others failed, the rest never came."""
    with clock.set_to(clock.now() + timedelta(days=5)):
        asked = [
            {**SINGLE, "stem": stem}
            for stem in ("透水前的征兆有（ ）。", "探放水的原则是（ ）。", "老空水的特点是（ ）。")
        ]
        paper = a_paper(cast, f"第 {one.code} 期卷", items=items_in_use(cast, asked))
        exam = services.arrange_exam(one.id, data=data_of(paper, **more), by=cast.training_officer).exam
        drawn = exams.draw(exam.id, by=cast.training_officer)
        good = {person.id for person in passing}
        there = list(drawn.sittings.select_related("person").order_by("person__number"))
        failing = next((sat.person_id for sat in there if sat.person_id not in good), None)
        for sat in there:
            if sat.person_id in good or sat.person_id == failing:
                handed_in(cast, drawn, sat.person, lines=99 if sat.person_id in good else 1)
        with after(drawn):
            exams.close(drawn.id, by=cast.training_officer)
            return exams.publish(drawn.id, by=cast.training_officer)


def made_up(cast: Cast, exam: Exam, person: Person, *, right: bool) -> Exam:
    """The make-up exam of one person is published: all right, or all wrong. His talk is passed over."""
    title = f"{exam.title}补考{exam.makeups.count() + 1}"
    paper = a_paper(
        cast, f"{title}卷", items=items_in_use(cast, [{**SINGLE, "stem": f"{title}：透水前的征兆有（ ）。"}])
    )
    told = data_of(paper, title=title, kind=exams.Kind.MAKEUP, makeup_of=exam.id)
    made = exams.arrange(data=told, by=cast.training_officer)
    exams.enrol(made.id, people=exams.People(person_ids=[person.id]), by=cast.training_officer)
    drawn = exams.draw(made.id, by=cast.training_officer)
    drawn.sittings.update(held=False)
    handed_in(cast, drawn, person, lines=9 if right else 0)
    with after(drawn):
        exams.close(drawn.id, by=cast.training_officer)
        return exams.publish(drawn.id, by=cast.training_officer)


def all_passed(one: TrainingClass, conclusion: str = Conclusion.PASSED) -> dict[UUID, tuple[str, str]]:
    """The same conclusion for everybody."""
    return {seat.id: (conclusion, "") for seat in Seat.objects.filter(batch__training_class=one)}


def concluded(cast: Cast, **more: Any) -> TrainingClass:
    """A class that has come to its end."""
    one = finished(cast, **more)
    return services.conclude_class(one.id, conclusions=all_passed(one), report=REPORT, by=cast.training_officer)


def plan_line(cast: Cast, **more: Any) -> PlanLine:
    """A line of this year's plan."""
    values: dict[str, Any] = {
        "title": "防治水专项培训",
        "month": 11,
        "hours": Decimal(16),
        "heads": 320,
        "times": 4,
        **more,
    }
    data = LineData(**values)
    return services.save_plan_line(year=clock.today().year, data=data, by=cast.training_officer)
