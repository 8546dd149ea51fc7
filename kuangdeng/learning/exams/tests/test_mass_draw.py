"""抽题备卷 of a mass exam: by the worker, told on the page, never twice, and what went wrong is said."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import errands
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.models import Errand
from kuangdeng.learning.exams import handing, jobs, preparing, queries, services
from kuangdeng.learning.exams.models import Exam
from kuangdeng.learning.exams.rules import Status
from kuangdeng.learning.exams.testkit import a_blueprint, an_exam
from kuangdeng.learning.items.api import Item
from kuangdeng.learning.items.services import retire
from kuangdeng.learning.items.testkit import SINGLE, items_in_use
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def exam(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Exam:
    """Two people with three items each, where five lines are many."""
    monkeypatch.setattr(queries, "DRAWN_AT_ONCE", 5)
    items_in_use(cast, [{**SINGLE, "stem": f"第{n}处：停止作业的甲烷浓度是（ ）。"} for n in range(6)])
    return an_exam(cast, a_blueprint(cast), [cast.miner, cast.other_miner], per_person=True)


@pytest.fixture
def officer(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.training_officer)
    return client


def draw(officer: Client, exam: Exam) -> str:
    """Press the button; what the page says then."""
    return officer.post(reverse("learning:exam_verb", args=[exam.id, "draw"]), follow=True).content.decode()


def test_a_mass_exam_is_drawn_by_the_worker_and_the_page_tells(officer: Client, exam: Exam) -> None:
    page = draw(officer, exam)
    assert "一共 2 人，每人一卷" in page and "加入应考人" not in page
    assert not exam.forms.exists()
    assert "请不要再点" in draw(officer, exam)
    url = reverse("learning:exam", args=[exam.id])
    part = officer.get(url, headers={"HX-Request": "true"})
    assert "一共 2 人" in part.content.decode() and "HX-Refresh" not in part.headers
    assert jobs.draw_exam.func(str(exam.id))
    assert officer.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    exam.refresh_from_db()
    assert (exam.status, exam.forms.count()) == (Status.DRAWN, 2)
    assert not Errand.objects.exists()
    assert not jobs.draw_exam.func(str(exam.id)), "a job that comes twice draws once"


@pytest.mark.django_db(transaction=True)
def test_the_page_says_how_many_papers_are_ready_while_they_are_drawn(
    officer: Client, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, seen = reverse("learning:exam", args=[exam.id]), []
    monkeypatch.setattr(errands, "TELL_EVERY", 0)
    real = handing.fair_draw

    def drawn(*facts: Any) -> Any:
        with ThreadPoolExecutor(1) as other:
            seen.append(other.submit(asked, officer, url).result())
        return real(*facts)

    monkeypatch.setattr(handing, "fair_draw", drawn)
    monkeypatch.setattr(handing, "PIECE", 1)
    assert "排队中" in draw(officer, exam)
    assert jobs.draw_exam.func(str(exam.id))
    assert ["0 / 2 · 0%" in seen[0], "1 / 2 · 50%" in seen[1], "一共 2 人" in seen[1]] == [True] * 3


def asked(officer: Client, url: str) -> str:
    """What the page is told by somebody else's process, on a connection of its own."""
    try:
        return officer.get(url, headers={"HX-Request": "true"}).content.decode()
    finally:
        connection.close()


def test_what_went_wrong_is_told_and_it_can_be_tried_again(cast: Cast, officer: Client, exam: Exam) -> None:
    draw(officer, exam)
    for item in Item.objects.all()[:4]:
        retire(item.id, why="过时", by=cast.training_officer)
    assert not jobs.draw_exam.func(str(exam.id))
    page = officer.get(reverse("learning:exam", args=[exam.id])).content.decode()
    assert "没有备成卷" in page and "的题已经不够" in page and "加入应考人" in page
    items_in_use(cast, [{**SINGLE, "stem": f"新题{n}：停止作业的甲烷浓度是（ ）。"} for n in range(4)])
    assert "一共 2 人，每人一卷" in draw(officer, exam)
    assert jobs.draw_exam.func(str(exam.id))


def test_what_would_be_refused_is_refused_at_once(cast: Cast, officer: Client, exam: Exam) -> None:
    services.change(exam.id, data=_over(exam), by=cast.training_officer)
    assert "结束时间已经过了" in draw(officer, exam)
    assert not Errand.objects.exists()


def _over(exam: Exam) -> services.ExamData:
    day = exam.opens_at.replace(year=2020)
    return services.ExamData(
        title=exam.title, kind=exam.kind, paper_id=exam.paper_id, opens_at=day, closes_at=exam.closes_at.replace(year=2020),
        minutes=exam.minutes, per_person=True,
    )  # fmt: skip


def test_an_accident_of_the_system_is_told_too(exam: Exam, officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    draw(officer, exam)
    monkeypatch.setattr(jobs, "draw", lambda *_args, **_facts: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        jobs.draw_exam.func(str(exam.id))
    assert "系统出了意外" in officer.get(reverse("learning:exam", args=[exam.id])).content.decode()


def test_few_are_drawn_at_once_and_many_newcomers_are_not(
    cast: Cast, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.draw(exam.id, by=cast.training_officer)
    monkeypatch.setattr(preparing, "DRAWN_AT_ONCE", 3)
    with pytest.raises(Refused, match="一次最多再加 1 人"):
        services.enrol(exam.id, people=services.People(unit_ids=[cast.units["mining"].id]), by=cast.training_officer)
    people = services.People(person_ids=[cast.team_leader.id])
    assert services.enrol(exam.id, people=people, by=cast.training_officer) == 1
