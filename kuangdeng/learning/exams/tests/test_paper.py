"""Papers as they are printed and as a clerk enters them; what a reader gave can be put right until it is published."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.learning.exams import services
from kuangdeng.learning.exams.models import HandMark
from kuangdeng.learning.exams.rules import Kind
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, begun, give, sitting_of
from kuangdeng.learning.exams.views.printing import parts_of
from kuangdeng.learning.items.testkit import SHORT, SINGLE, TRUE_FALSE, items_in_use, sent_picture
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def browser(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_items_of_one_type_are_one_part_with_its_marks() -> None:
    rows = [{"label": "单选题", "marks": "2"}, {"label": "单选题", "marks": "2.5"}, {"label": "简答题", "marks": "10"}]
    first, second = parts_of(rows)
    assert (first["numeral"], first["count"], first["marks"]) == ("一", 2, "4.5")
    assert [one["number"] for one in first["rows"]] == [1, 2]
    assert (second["numeral"], second["marks"], len(second["rows"][0]["lines"])) == ("二", "10", 10)


def test_pictures_are_printed_and_served_to_who_prints(cast: Cast) -> None:
    sha = sent_picture(cast, "red")
    items = items_in_use(cast, [{**SINGLE, "stem": "图中是什么设备？", "pictures": [sha]}])
    paper = a_paper(cast, items=items)
    exam = a_drawn_exam(cast, paper, kind=Kind.ON_PAPER)
    sitting = sitting_of(exam, cast.miner)
    teacher = browser(cast.teacher)
    (kept,) = items[0].latest.content["pictures"]
    address = reverse("learning:exam_sitting_picture", args=[sitting.id, kept])
    assert address in teacher.get(reverse("learning:exam_sheets", args=[exam.id])).content.decode()
    assert teacher.get(address).status_code == 200
    assert browser(cast.miner).get(address).status_code == 404
    assert teacher.get(address.replace(kept, "0" * 64)).status_code == 404
    page = teacher.get(reverse("learning:exam_paper_print", args=[paper.id]), {"key": "1"}).content.decode()
    assert kept in page
    assert "参考答案" in page
    assert "答案：C" in page


def test_points_given_on_the_paper_are_entered_without_the_words(cast: Cast) -> None:
    exam = a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, [TRUE_FALSE, SHORT])), kind=Kind.ON_PAPER)
    sitting = sitting_of(exam, cast.miner)
    teacher, url = browser(cast.teacher), reverse("learning:exam_entry", args=[sitting.id])
    assert teacher.post(url, {"line-0": "×", "line-1": "", "points-1": "3"}).status_code == 422
    assert teacher.post(url, {"line-0": "×", "line-1": "", "points-1": "1.5"}).status_code == 302
    done = sitting_of(exam, cast.miner)
    assert done.result.final
    assert done.result.lines[1]["s"] == "1.50"
    assert done.result.lines[1]["a"] == {"text": "见纸卷"}


def test_a_mark_typed_wrong_is_put_right_before_the_results_are_out(cast: Cast) -> None:
    exam = a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, [SHORT])))
    sitting = begun(cast, exam)
    give(sitting, {0: {"text": "现场和设备"}})
    services.hand_in(sitting.id, by=cast.miner)
    teacher, name = browser(cast.teacher), f"{sitting.id} 0"
    wrong = teacher.post(reverse("learning:marking_exam", args=[exam.id]), {f"p {name}": "7", f"r {name}": "要点不全"})
    assert wrong.status_code == 200
    assert 'value="7"' in wrong.content.decode() and "要点不全" in wrong.content.decode()
    assert not HandMark.objects.exists()
    teacher.post(reverse("learning:marking_exam", args=[exam.id]), {f"p {name}": "1", f"r {name}": "要点不全"})
    again = reverse("learning:marking_read", args=[exam.id])
    assert "现场和设备" in teacher.get(again).content.decode()
    teacher.post(again, {f"p {name}": "1", f"r {name}": "要点不全", f"was {name}": "1|要点不全"})
    assert HandMark.objects.count() == 1, "what was not touched is not marked again"
    teacher.post(again, {f"p {name}": "2", f"r {name}": "", f"was {name}": "1|要点不全"})
    assert sitting_of(exam, cast.miner).score == Decimal(2)
    assert HandMark.objects.count() == 2
