"""管理人员考核: who took an office, until when he has to pass, and what counts as having passed, for how long."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.learning.certificates import services
from kuangdeng.learning.certificates.jobs import run_clock
from kuangdeng.learning.certificates.managers import Manager, managers, managers_seen
from kuangdeng.learning.certificates.models import ManagerReminder
from kuangdeng.learning.certificates.rules import Assessed, assessed
from kuangdeng.learning.certificates.services import CertificateData
from kuangdeng.learning.certificates.testkit import in_office_for, kind_in
from kuangdeng.learning.classes import testkit
from kuangdeng.learning.exams.api import results_to_rely_on
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.rules import in_office_since
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def number(cast: Cast, key: str, value: int) -> None:
    standards.save_training_rule(
        key=key, valid_from=date(2010, 1, 1), value=Decimal(value), source="矿培训办法", confirmed=True,
        by=cast.training_officer,
    )  # fmt: skip


def of(cast: Cast, part: str = "unit_head") -> Manager:
    return managers(cast.mine.id, cast.persons[part].id)[0]


def test_from_one_office_into_the_next_is_no_break() -> None:
    spans = [(date(2019, 3, 1), date(2022, 6, 30)), (date(2022, 7, 1), None)]
    assert in_office_since(spans, date(2026, 11, 23)) == date(2019, 3, 1)
    assert in_office_since([(date(2019, 3, 1), date(2022, 6, 29)), spans[1]], date(2026, 11, 23)) == date(2022, 7, 1)
    assert in_office_since(spans[:1], date(2026, 11, 23)) is None
    assert in_office_since([(date(2027, 1, 1), None)], date(2026, 11, 23)) is None


def test_within_so_many_months_of_taking_office_he_has_to_pass(cast: Cast) -> None:
    one = in_office_for(cast, months=5)
    assert one.state == Assessed.OWED and one.due_on == standards.months_later(one.since, 6)
    assert in_office_for(cast, months=7).state == Assessed.UNKNOWN, "nobody knows of days before the records"
    number(cast, "records.year", clock.today().year - 3)
    assert of(cast).state == Assessed.LATE
    number(cast, "manager.months", 8)
    assert of(cast).state == Assessed.OWED
    today = date(2026, 11, 23)
    asked = {"certified": False, "passed": False, "today": today, "first_year": 2026}
    assert assessed(due_on=today, **asked) == Assessed.OWED, "the last day counts"
    assert assessed(due_on=today - timedelta(days=1), **asked) == Assessed.LATE


def test_a_certificate_for_managers_is_enough_as_long_as_it_holds(cast: Cast) -> None:
    number(cast, "records.year", 2015)
    in_office_for(cast, months=30)
    day = clock.today()
    kind = kind_in(cast, "安全生产管理人员安全生产知识和管理能力考核合格证")
    data = CertificateData(
        kind.id, "G1003", day - timedelta(days=700), day - timedelta(days=700), day + timedelta(days=9)
    )
    services.issue_certificate(person_id=cast.unit_head.id, data=data, by=cast.training_officer)
    assert of(cast).state == Assessed.CERTIFIED
    with clock.set_to(clock.now() + timedelta(days=10)):
        assert of(cast).state == Assessed.LATE


def test_a_passed_class_for_managers_counts_as_long_as_results_hold(cast: Cast) -> None:
    number(cast, "records.year", 2015)
    in_office_for(cast, months=7)
    one = testkit.opened(cast, kind="managers", leaders_attend=True)
    exam = testkit.examined(cast, one, passing=[cast.unit_head])
    held_on = clock.local(exam.opens_at).date()
    found = of(cast)
    assert (found.state, found.exam) == (Assessed.PASSED, exam.title)
    assert found.valid_until == standards.months_later(held_on, 12)
    with clock.set_to(clock.at(standards.months_later(held_on, 12), 12)):
        assert of(cast).state == Assessed.PASSED, "the last day counts"
    with clock.set_to(clock.at(standards.months_later(held_on, 12) + timedelta(days=1), 12)):
        assert of(cast).state == Assessed.LATE
    number(cast, "exam.valid_months", 3)
    assert of(cast).valid_until == standards.months_later(held_on, 3)


def test_how_long_a_result_counts_stands_with_the_person_and_where_a_certificate_is_entered(cast: Cast) -> None:
    one = testkit.opened(cast, leaders_attend=True)
    exam = testkit.examined(cast, one, passing=[cast.unit_head])
    until = standards.months_later(clock.local(exam.opens_at).date(), 12)
    assert [day for _sheet, day in results_to_rely_on(cast.unit_head)] == [until]
    officer, head = Client(), Client()
    officer.force_login(cast.training_officer)
    head.force_login(cast.unit_head)
    new = f"{reverse('learning:certificate_new')}?person={cast.unit_head.id}"
    file = reverse("learning:person_file", args=[cast.unit_head.id])
    assert f"成绩有效至 {until}" in officer.get(new).content.decode()
    assert f"有效至 {until}" in head.get(reverse("learning:my_exams")).content.decode()
    assert f"{until}</td>" in officer.get(file).content.decode()
    with clock.set_to(clock.at(until + timedelta(days=1), 12)):
        officer.force_login(cast.training_officer)
        head.force_login(cast.unit_head)
        assert "已过期，要重新考试" in officer.get(new).content.decode()
        assert f"{until} 已过期" in head.get(reverse("learning:my_exams")).content.decode()
        assert f"{until}（已过期）" in officer.get(file).content.decode()
    failed = exam.sittings.get(passed=False).person
    assert results_to_rely_on(failed) == []


def test_he_and_the_training_department_are_told_once_a_step(cast: Cast) -> None:
    number(cast, "records.year", clock.today().year)
    for part in ("other_head", "electric_head", "mine_leader"):
        cast.persons[part].grants.update(valid_from=clock.today())
    one = in_office_for(cast, months=1)
    assert one.state == Assessed.OWED
    for days, told in ((100, []), (60, [60]), (60, [60]), (29, [30, 60]), (-1, [0, 30, 60]), (-40, [0, 30, 60])):
        with clock.set_to(clock.at(one.due_on - timedelta(days=days), 9)):
            run_clock()
        rows = ManagerReminder.objects.filter(person=cast.unit_head).order_by("step")
        assert list(rows.values_list("step", flat=True)) == told
    assert any("已超期" in line for line in cast.told("unit_head"))
    assert any(f"{cast.unit_head.name}（区队长）任职后应在" in line for line in cast.told("training_officer"))


def test_the_page_shows_who_is_late_to_those_in_charge(cast: Cast) -> None:
    number(cast, "records.year", 2015)
    in_office_for(cast, months=9)
    client = Client()
    client.force_login(cast.training_officer)
    page = client.get(reverse("learning:managers")).content.decode()
    row = page.split(cast.unit_head.number)[1].split("</tr>")[0]
    assert "超期" in row and "登记证照" in row and "区队长" in row
    assert {one.person.name for one in managers_seen(cast.unit_head)} == {cast.unit_head.name}, (
        "a head sees his own unit"
    )
    client.force_login(cast.miner)
    assert client.get(reverse("learning:managers")).status_code == 404
