"""A row in every list of the classes, certificates and files for each number, for the tests that go through all pages.

Written straight into the tables: the pages are counted here, not the verbs.
"""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance.models import Attendee, Sheet
from kuangdeng.learning.certificates.models import (
    BarredList,
    Certificate,
    CertificateStep,
    CertificateType,
    SurfaceTrade,
)
from kuangdeng.learning.classes import services
from kuangdeng.learning.classes.models import (
    Batch,
    ClassExam,
    HoursCorrection,
    Lesson,
    LessonHours,
    PlanLine,
    RosterRule,
    Seat,
    Teacher,
    TrainingClass,
    TrainingNeed,
    TrainingPlan,
)
from kuangdeng.learning.classes.testkit import EVIDENCE, REPORT, rules_of
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.files.models import PersonRecord, RecordLine
from kuangdeng.learning.standards.models import TrainingRule
from kuangdeng.org.models import Person, Unit
from kuangdeng.org.testkit import Cast


def classes_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Needs, plan lines, classes with batches, seats, lessons and hours, teachers, certificates, lines of files."""
    rules_of(cast)
    if not Teacher.objects.filter(mine=cast.mine, person=cast.teacher).exists():
        data = services.TeacherData(person=cast.teacher, qualification="煤矿安全培训教师证", fee=Decimal(50))
        services.add_teacher(data=data, by=cast.training_officer)
    PersonRecord.objects.get_or_create(person=cast.miner, defaults={"education": "high", "identity_end": "012X"})
    for number in numbers:
        _one_more(cast, number)


def _one_more(cast: Cast, number: int) -> None:
    mine, now, today = cast.mine, clock.now(), clock.today()
    persons = [cast.miner, cast.team_leader, *Person.objects.filter(mine=mine, number=f"7{number:03d}")]
    plan, _new = TrainingPlan.objects.get_or_create(mine=mine, year=today.year)
    line = PlanLine.objects.create(
        plan=plan, number=plan.lines.count() + 1, title=f"第{number}项防治水培训", kind="special", mode="off_the_job", month=11,
        hours=16, heads=40,
    )  # fmt: skip
    one = TrainingClass.objects.create(
        mine=mine, year=today.year, number=100 + number, title=f"第{number}个防治水培训班", kind="special", mode="off_the_job",
        purpose=EVIDENCE, begin_on=today, end_on=today + timedelta(days=1), place_text="培训楼", manager=cast.training_officer,
        status="running", plan_line=line, report=REPORT,
        left=[{"person": str(cast.other_miner.id), "name": "刘二喜", "unit": "掘进一队", "why": "各批座位都满了。", "code": "seats"}],
    )  # fmt: skip
    one.units.set([cast.units["mining"]])
    need = TrainingNeed.objects.create(
        mine=mine, topic=f"第{number}项防治水", evidence=EVIDENCE, proposed_by=cast.unit_head
    )
    need.units.set([cast.units["mining"]])
    Teacher.objects.create(mine=mine, name=f"专家{number}", organisation="示例矿业大学", qualification="教授", fee=200)
    TrainingRule.objects.create(
        mine=mine, key="hours.serving", valid_from=today + timedelta(days=number + 1), value=20, source="示例"
    )
    RosterRule.objects.create(
        mine=mine, unit=cast.units["mining"], valid_from=today + timedelta(days=number + 1), unit_percent=25, unit_most=40,
        team_percent=30, team_most=8, trade_stay=1,
    )  # fmt: skip
    Unit.objects.create(
        mine=mine,
        name=f"综采一队{number}班",
        kind="team",
        parent=cast.units["mining"],
        ancestors=[cast.units["mining"].id],
    )
    for batch_number in (1, 2) if number == 0 else (1,):
        _batch(cast, one, persons, batch_number)
    _certificates(cast, persons[-1], number)
    _exam(cast, number)
    RecordLine.objects.create(
        person=cast.miner, kind="work", begin_on=today, text=f"第{number}段工作经历", by=cast.training_officer
    )
    BarredList.objects.create(
        mine=mine, month=today.replace(day=1), lines=[], made_by=cast.training_officer, made_at=now
    )


def _exam(cast: Cast, number: int) -> None:
    """Every published exam of the rows belongs to the class whose pages are looked at."""
    first = TrainingClass.objects.filter(mine=cast.mine).order_by("number")[0]
    for exam in exams.Exam.objects.filter(mine=cast.mine, title=f"第{number}次季度考试"):
        ClassExam.objects.create(training_class=first, exam=exam)


def _batch(cast: Cast, one: TrainingClass, persons: list[Person], number: int) -> None:
    now = clock.now()
    teacher = Teacher.objects.get(mine=cast.mine, person=cast.teacher)
    batch = Batch.objects.create(training_class=one, number=number, begin_on=one.begin_on, end_on=one.end_on, seats=60)
    seats = [
        Seat.objects.create(
            batch=batch, person=person, unit=cast.units["mining"], team=cast.units["mining_team"], trade="采煤工"
        )
        for person in persons
    ]
    for start, settled in ((now - timedelta(hours=5), now), (now + timedelta(hours=20), None)):
        sheet = Sheet.objects.create(
            mine=cast.mine, kind="专项培训", title="探放水规定", starts_at=start, ends_at=start + timedelta(hours=2),
            opens_at=start - timedelta(minutes=30), closes_at=start + timedelta(hours=2), secret="0" * 64,
        )  # fmt: skip
        Attendee.objects.bulk_create(
            Attendee(sheet=sheet, person=person, unit=cast.units["mining"]) for person in persons
        )
        lesson = Lesson.objects.create(
            batch=batch, starts_at=start, ends_at=start + timedelta(hours=2), hours=2, topic="探放水规定", kind="theory",
            teacher=teacher, room="第一教室", room_key="第一教室", sheet=sheet, settled_at=settled,
            settled_by=cast.teacher if settled else None,
        )  # fmt: skip
        if settled:
            for seat in seats:
                row = LessonHours.objects.create(
                    lesson=lesson, seat=seat, person=seat.person, on=clock.today(), planned=2, valid=0, why="missing"
                )
                HoursCorrection.objects.create(
                    row=row, before=0, after=2, reason="纸质签到表有签名", asked_by=cast.teacher
                )


def _certificates(cast: Cast, person: Person, number: int) -> None:
    today = clock.today()
    kind = CertificateType.objects.create(
        mine=cast.mine, name=f"第{number}种特种作业", group="trade", trades=["瓦斯检查工", "采煤工"], valid_years=6
    )
    begin = today - timedelta(days=1000)
    one = Certificate.objects.create(
        mine=cast.mine, person=person, type=kind, number=f"T{number:04d}", first_on=begin, valid_from=begin,
        valid_until=today + timedelta(days=20),
    )  # fmt: skip
    SurfaceTrade.objects.create(
        mine=cast.mine, trade=f"第{number}种地面工", valid_from=today, surface=True, source="示例"
    )
    CertificateStep.objects.create(certificate=one, step="issue", on=begin, valid_until=one.valid_until)
