"""How many make-ups a person may sit is a training rule: it is read on the day of the exam that he failed."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.certificates.queries import owed_by_exams
from kuangdeng.learning.exams.api import Exam, People, enrol, start
from kuangdeng.learning.exams.testkit import sitting_of
from kuangdeng.learning.results import services as results
from kuangdeng.learning.results.testkit import over, version_at
from kuangdeng.learning.talks import queries, services
from kuangdeng.learning.talks.jobs import run_clock
from kuangdeng.learning.talks.models import Retraining, Talk
from kuangdeng.learning.talks.rules import Cause, Chances, Status
from kuangdeng.learning.talks.testkit import allow_makeups, makeup, makeup_exam, owed, talk_in, talk_of, talked
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def states(cast: Cast) -> list[str]:
    """The miner's talks, the first first."""
    return list(Talk.objects.filter(person=cast.miner).order_by("exam__opens_at").values_list("status", flat=True))


def test_with_two_make_ups_the_second_failure_leads_to_another_talk_and_the_last_to_retraining(cast: Cast) -> None:
    allow_makeups(cast, 2)
    first = talk_in(Status.MAKEUP, cast)
    failed = makeup(cast, first.exam, right=False)
    run_clock()
    assert states(cast) == [Status.DONE, Status.OWED]
    second = talk_of(failed.exam, cast.miner)
    assert second.cause == Cause.FAILED and second.weak["items"], "its own weak points"
    assert not Retraining.objects.exists()
    assert any("再谈心补考" in one for one in cast.told("miner"))
    made = makeup_exam(cast, failed.exam, "第二次补考")
    assert made.makeup_of == first.exam, "every make-up makes up the first exam"
    run_clock()
    held = sitting_of(made, cast.miner)
    with pytest.raises(Refused, match="补考前要先谈心"):
        start(held.id, by=cast.miner)
    assert [one.person for one in owed_by_exams(cast.mine.id)] == [cast.miner], "once, though he failed twice"
    talked(cast, second)
    run_clock()
    assert talk_of(failed.exam, cast.miner).makeup_id == held.id
    makeup(cast, failed.exam, right=False, title="第三张卷")
    run_clock()
    assert states(cast) == [Status.DONE, Status.RETRAINING]
    assert Retraining.objects.get().talk_id == second.id


def test_who_passes_the_second_make_up_is_through_everywhere(cast: Cast) -> None:
    allow_makeups(cast, 2)
    first = talk_in(Status.MAKEUP, cast)
    failed = makeup(cast, first.exam, right=False)
    run_clock()
    talked(cast, talk_of(failed.exam, cast.miner))
    makeup(cast, failed.exam, right=True, title="第二次补考")
    run_clock()
    assert states(cast) == [Status.DONE, Status.DONE]
    assert owed_by_exams(cast.mine.id) == [] and not Retraining.objects.exists()
    again = makeup_exam_without_people(cast, first.exam)
    with pytest.raises(Refused, match="不用补考"):
        enrol(again.id, people=People(person_ids=[cast.miner.id]), by=cast.training_officer)


def makeup_exam_without_people(cast: Cast, exam: Exam) -> Exam:
    from kuangdeng.learning.exams.api import Kind, arrange
    from kuangdeng.learning.exams.testkit import a_paper, data_of

    told = data_of(a_paper(cast, "又一张卷"), title="又一次补考", kind=Kind.MAKEUP, makeup_of=exam.id)
    return arrange(data=told, by=cast.training_officer)


def test_the_rule_of_the_day_of_the_exam_counts(cast: Cast) -> None:
    allow_makeups(cast, 2, clock.today() + timedelta(days=1))
    talk = talk_in(Status.MAKEUP, cast)
    makeup(cast, talk.exam, right=False)
    run_clock()
    assert states(cast) == [Status.RETRAINING], "the rule begins tomorrow"


def test_without_any_make_up_the_talk_leads_to_retraining(cast: Cast) -> None:
    allow_makeups(cast, 0)
    talk = owed(cast)
    client = Client()
    client.force_login(cast.miner)
    assert not any("就能补考" in one for one in cast.told("miner"))
    services.assign(talk.id, talker_id=cast.branch_secretary.id, by=cast.unit_head)
    page = client.get(reverse("learning:talk", args=[talk.id])).content.decode()
    assert "按规定可补考 0 次" in page and "待补考" not in page
    again = talk_in(Status.TALKED, cast, "二号考试")
    assert "签字以后列入重新培训" in client.get(reverse("learning:talk", args=[again.id])).content.decode()
    services.sign(again.id, by=cast.miner)
    assert Retraining.objects.get().talk_id == again.id
    assert any("不能再补考，请安排重新培训" in one for one in cast.told("training_officer"))
    chances = Chances(0, {})
    assert chances.left(cast.other_miner.id, Cause.ABSENT), "who never came has not sat once"
    assert not chances.left(cast.miner.id, Cause.FAILED)


def test_set_on_its_page_the_rule_is_what_the_talk_goes_by(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.training_officer)
    data = {"key": "exam.makeups", "valid_from": "2020-01-01", "value": "3", "source": "矿培训管理办法"}
    assert client.post(reverse("learning:training_rule_new"), data).status_code == 302
    talk = talk_in(Status.MAKEUP, cast)
    page = client.get(reverse("learning:talk", args=[talk.id])).content.decode()
    assert "按规定可补考 3 次" in page
    assert f"kind=makeup&amp;makeup_of={talk.exam_id}" in page
    form = client.get(reverse("learning:exam_new"), {"kind": "makeup", "makeup_of": str(talk.exam_id)}).content.decode()
    assert f'value="{talk.exam_id}" selected' in form


def test_a_make_up_that_is_passed_after_all_ends_what_came_of_it(cast: Cast) -> None:
    talk = talk_in(Status.MAKEUP, cast)
    failed = makeup(cast, talk.exam, right=False)
    run_clock()
    assert states(cast) == [Status.RETRAINING]
    for line in (1, 2):
        regrade = results.propose(
            asked_id=version_at(failed.exam, line - 1).id, key_id=None, why="题错了", by=cast.teacher
        )
        results.approve(regrade.id, by=cast.training_officer)
    run_clock()
    assert states(cast) == [Status.DROPPED] and not Retraining.objects.exists()


def test_make_ups_of_make_ups_come_to_make_up_the_first_exam(cast: Cast) -> None:
    first = over(cast)
    made = makeup_exam(cast, first)
    third = makeup_exam(cast, first, "第三场")
    Exam.objects.filter(id=third.id).update(makeup_of=made)
    flatten = import_module("kuangdeng.learning.migrations.0012_make_ups_and_managers").FIRST
    with connection.cursor() as cursor:
        cursor.execute(flatten)
        assert cursor.rowcount == 1
        cursor.execute(flatten)
        assert cursor.rowcount == 0
    third.refresh_from_db()
    assert third.makeup_of == first
    assert queries.chances_after(third).used == {}
