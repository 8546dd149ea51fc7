"""Exam and talks of the demo mine: who failed is listed; one was talked with, signed and failed again, one has his talker, the rest wait."""

from types import SimpleNamespace

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.exams.models import Exam
from kuangdeng.learning.talks.models import Talk
from kuangdeng.learning.talks.rules import Cause, Status
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.demo_exams import DemoExams
from kuangdeng.web.demo_items import DemoItems
from kuangdeng.web.demo_talks import DemoTalks


@pytest.mark.django_db
def test_who_failed_is_talked_with() -> None:
    cast = make_cast()
    Person.objects.bulk_create(
        Person(mine=cast.mine, number=f"96{n:02d}", name=f"职工{n}", unit=cast.units["mining_team"], trade="采煤工")
        for n in range(40)
    )
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    demo = SimpleNamespace(cast={part: one.number for part, one in cast.persons.items()})
    now = clock.now()
    exams = DemoExams(demo, people)  # type: ignore[arg-type]
    steps = [*DemoItems(demo, people).steps(now), *exams.steps(now), *DemoTalks(demo, people, exams).steps(now)]  # type: ignore[arg-type]
    assert all(at < now for at, _step in steps)
    for at, take in sorted(steps, key=lambda one: one[0]):
        with clock.set_to(at):
            take()
    held = Exam.objects.get(id=exams.exam)
    assert held.is_published
    cases = Talk.objects.filter(exam=held)
    assert cases.filter(cause=Cause.FAILED).count() == held.sittings.filter(passed=False).count() >= 2
    assert cases.filter(cause=Cause.ABSENT).count() == held.sittings.filter(status="absent").count()
    assert (cases.filter(status=Status.RETRAINING).count(), cases.filter(status=Status.ASSIGNED).count()) == (1, 1)
    signed = cases.get(status=Status.RETRAINING)
    assert signed.signed_by == signed.person and "示例" in signed.reason
    assert set(cases.values_list("status", flat=True)) == {Status.RETRAINING, Status.ASSIGNED, Status.OWED}
