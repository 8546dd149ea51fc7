"""Training in the demo mine: a class that is archived, a drive that runs in four batches, certificates from a spreadsheet."""

from types import SimpleNamespace
from typing import Any

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.certificates.models import Certificate, SurfaceTrade
from kuangdeng.learning.classes.models import LessonHours, Seat, Teacher, TrainingClass, TrainingNeed
from kuangdeng.learning.exams.models import Exam
from kuangdeng.learning.talks.models import Retraining
from kuangdeng.org.api import Role
from kuangdeng.org.models import Person, Unit
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.demo_classes import DemoClasses
from kuangdeng.web.demo_exams import DemoExams
from kuangdeng.web.demo_items import DemoItems
from kuangdeng.web.demo_talks import DemoTalks


def cast_as_demo(roles: dict[str, str]) -> Any:
    """Who does what, as the demo mine says it."""
    return SimpleNamespace(grants=(), cast=roles)


@pytest.mark.django_db
def test_a_class_is_over_a_drive_runs_and_certificates_run_out() -> None:
    cast = make_cast()
    units = {}
    trades = ("地质工", "探放水工", "掘进机司机", "采煤机司机", "采煤工", "掘进工", "采煤工")
    for place, key in enumerate(("dc", "zj", "jjj", "zf", "zc1", "jj1", "jj2")):
        unit = Unit.objects.create(mine=cast.mine, name=f"示例{key}", kind="production", position=30 + place)
        Person.objects.bulk_create(
            Person(mine=cast.mine, number=f"6{place}{n:03d}", name=f"职工{place}{n}", unit=unit, trade=trades[place])
            for n in range(24)
        )
        units[key] = unit
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    roles = {
        Role.TRAINING_OFFICER: "5001",
        Role.MINE_LEADER: "4001",
        Role.SAFETY: "3001",
        Role.UNIT_HEAD: cast.unit_head.number,
    }
    Person.objects.filter(number__startswith="64").update(unit=cast.units["mining_team"])
    demo, now = cast_as_demo(roles), clock.now()
    exams = DemoExams(demo, people)
    steps = DemoItems(demo, people).steps(now) + exams.steps(now) + DemoTalks(demo, people, exams).steps(now)
    steps += DemoClasses(cast.mine, demo, people, units).steps(now)
    for at, take in sorted(steps, key=lambda one: one[0]):
        with clock.set_to(at):
            take()
    over, drive, anew = TrainingClass.objects.order_by("begin_on")
    assert (over.status, drive.status) == ("closed", "running")
    assert over.is_sample
    assert drive.batches.count() == 4
    assert drive.batches.filter(lessons__isnull=True).count() == 0
    assert LessonHours.objects.filter(lesson__batch__training_class=drive, valid=4).count() > 20
    assert LessonHours.objects.filter(why="missing").exists()
    assert LessonHours.objects.filter(why="late").exists()
    assert set(Seat.objects.filter(batch__training_class=over).values_list("conclusion", flat=True)) == {
        "passed",
        "unfinished",
    }
    assert Teacher.objects.filter(is_sample=True).count() == 2
    assert TrainingNeed.objects.filter(status="open").count() == 1
    [held] = Exam.objects.filter(class_link__training_class=over)
    assert held.status == "published" and not held.sittings.exclude(passed=True).exists()
    [coming] = Exam.objects.filter(class_link__training_class=drive)
    assert coming.status == "drafted" and coming.sittings.count() > 20
    again = Retraining.objects.get()
    assert again.class_id == anew.id and Seat.objects.get(batch__training_class=anew).person == again.person
    assert SurfaceTrade.objects.filter(surface=True, confirmed=False).count() == 10
    assert 30 < Certificate.objects.filter(number__startswith="示例").count() < 72
