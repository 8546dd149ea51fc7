"""The exam of a class: everybody on the roster is on its list, and the class page says how it came out."""

from decimal import Decimal

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.classes import queries, services
from kuangdeng.learning.classes.models import ClassExam, LessonHours, Seat
from kuangdeng.learning.classes.testkit import class_in, examined, finished, made_up, opened
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, data_of
from kuangdeng.ledger.api import Entry, Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_learners_and_leaders_are_on_the_list_once_with_one_ledger_entry(cast: Cast) -> None:
    one = opened(cast, leaders_attend=True)
    seats = Seat.objects.filter(batch__training_class=one)
    people = set(seats.values_list("person_id", flat=True))
    assert seats.count() > len(people), "the leaders sit in both batches"
    before = Entry.objects.count()
    link = services.arrange_exam(one.id, data=data_of(a_paper(cast)), by=cast.training_officer)
    verbs = list(Entry.objects.order_by("id")[before:].values_list("verb", flat=True))
    assert verbs.count("class.arrange_exam") == 1
    assert not {"exam.arrange", "exam.enrol"} & set(verbs)
    sat = link.exam.sittings.all()
    assert {row.person_id for row in sat} == people
    assert sat.count() == len(people)
    assert sat.get(person=cast.unit_head).leader
    assert link.exam.kind == exams.Kind.CLASS


def test_one_batch_only(cast: Cast) -> None:
    one = opened(cast)
    batch = one.batches.get(number=2)
    link = services.arrange_exam(one.id, data=data_of(a_paper(cast)), batch_id=batch.id, by=cast.training_officer)
    assert set(link.exam.sittings.values_list("person_id", flat=True)) == set(
        batch.roster.values_list("person_id", flat=True)
    )


def test_refused_before_the_opening_without_learners_and_for_who_may_not(cast: Cast) -> None:
    data = data_of(a_paper(cast))
    with pytest.raises(Refused, match="开班以后"):
        services.arrange_exam(class_in(cast).id, data=data, by=cast.training_officer)
    one = opened(cast)
    for part in ("political_work", "unit_head", "miner"):
        with pytest.raises(Refused, match="没有权限"):
            services.arrange_exam(one.id, data=data, by=cast.persons[part])
    Seat.objects.filter(batch__training_class=one).delete()
    with pytest.raises(Refused, match="没有学员"):
        services.arrange_exam(one.id, data=data, by=cast.training_officer)
    assert not ClassExam.objects.exists()
    assert not exams.Exam.objects.exists()


def test_from_the_class_page_with_the_pass_mark_of_the_rules(cast: Cast) -> None:
    services.set_up_classes(mine=cast.mine, by=cast.administrator)
    one, paper = opened(cast), a_paper(cast)
    client = Client()
    client.force_login(cast.training_officer)
    page = client.get(f"/learning/classes/{one.id}/exam/")
    initial = page.context["form"].initial
    assert initial["title"] == f"{one.title}结业考试"
    assert initial["pass_percent"] == Decimal(80)
    opens = initial["opens_at"]
    data = {"title": initial["title"], "paper": str(paper.id), "opens_at": opens.strftime("%Y-%m-%dT%H:%M"), "minutes": 60,
            "closes_at": initial["closes_at"].strftime("%Y-%m-%dT%H:%M"), "place": "考试中心", "pass_percent": "80"}  # fmt: skip
    done = client.post(f"/learning/classes/{one.id}/exam/", data)
    assert done.status_code in (200, 302), done.content.decode()[:2000]
    exam = ClassExam.objects.get(training_class=one).exam
    assert (exam.opens_at, exam.pass_percent, exam.place) == (opens, Decimal(80), "考试中心")
    said = client.get(f"/learning/classes/{one.id}/").content.decode()
    assert f"/learning/exams/{exam.id}/" in said


def test_the_class_page_tells_who_passed_once_it_is_published(cast: Cast) -> None:
    one = opened(cast)
    learners = [seat.person for seat in Seat.objects.filter(batch__training_class=one).order_by("person__number")]
    exam = examined(cast, one, passing=learners[:2])
    [row] = queries.exams_of(one)
    assert (row.id, row.listed, row.passes) == (exam.id, len(learners), 2)  # type: ignore[attr-defined]
    client = Client()
    client.force_login(cast.training_officer)
    page = client.get(f"/learning/classes/{one.id}/").content.decode()
    assert f"应考 {len(learners)} 人，合格 2 人" in page
    assert f"/learning/results/{exam.id}/" in page


def test_the_conclusion_is_proposed_from_hours_and_exam(cast: Cast) -> None:
    one = finished(cast)
    seats = list(Seat.objects.filter(batch__training_class=one).select_related("person").order_by("person__number"))
    LessonHours.objects.filter(lesson__batch__training_class=one).update(valid=F("planned"), why="")
    exam = examined(cast, one, passing=[seats[0].person])
    failed = exam.sittings.get(passed=False).person_id
    client = Client()
    client.force_login(cast.training_officer)
    form = client.get(f"/learning/classes/{one.id}/conclude/").context["form"]
    said = {seat.person_id: form.initial[f"c-{seat.id}"] for seat in seats}
    assert said[seats[0].person_id] == "passed"
    assert said[failed] == "failed"
    LessonHours.objects.filter(person_id=failed).update(valid=0)
    form = client.get(f"/learning/classes/{one.id}/conclude/").context["form"]
    assert [form.initial[f"c-{seat.id}"] for seat in seats if seat.person_id == failed] == ["unfinished"]


def test_who_is_on_the_list_hears_it_and_the_pages_name_the_class(cast: Cast) -> None:
    one = opened(cast)
    batch = one.batches.get(number=1)
    learner = batch.roster.select_related("person").order_by("person__number")[0].person
    other = one.batches.get(number=2).roster.select_related("person").exclude(person=learner)[0].person
    data = data_of(a_paper(cast), place="考试中心")
    exam = services.arrange_exam(one.id, data=data, batch_id=batch.id, by=cast.training_officer).exam
    seal_all()
    tell_all()
    said = Notice.objects.filter(title__contains=f"第 {one.code} 期{one.title}要考试：{exam.title}")
    assert set(said.values_list("person_id", flat=True)) == set(exam.sittings.values_list("person_id", flat=True))
    assert not said.filter(person_id=other.id).exists()
    assert "考试中心" in said[0].title
    client = Client()
    client.force_login(cast.training_officer)
    page = client.get(f"/learning/exams/{exam.id}/").content.decode()
    assert f"第 {one.code} 期{one.title}第 1 批" in page and f"/learning/classes/{one.id}/" in page
    exams.draw(exam.id, by=cast.training_officer)
    client.force_login(learner)
    own = client.get(reverse("learning:my_exam", args=[exam.sittings.get(person=learner).id])).content.decode()
    assert f"第 {one.code} 期{one.title}第 1 批" in own and reverse("learning:my_training") in own


def test_the_make_up_belongs_to_the_class_and_another_exam_to_none(cast: Cast) -> None:
    one = finished(cast)
    exam = examined(cast, one)
    failed = exam.sittings.get(passed=False).person
    again = made_up(cast, exam, failed, right=False)
    third = made_up(cast, again, failed, right=True)
    for row in (exam, again, third):
        link = queries.class_of_exam(row.id)
        assert link is not None and link.training_class == one
    assert queries.class_of_exam(a_drawn_exam(cast, a_paper(cast, "别的卷"), [cast.miner]).id) is None
