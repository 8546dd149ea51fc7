"""Results as the training section reads them, and marking anew with everything kept."""

from decimal import Decimal

import pytest
from django.urls import reverse

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.exams.api import Correction, Result, hand_in
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, begun, give, sitting_of
from kuangdeng.learning.items.testkit import MATCHING, SHORT, SINGLE, items_in_use
from kuangdeng.learning.results import queries, services
from kuangdeng.learning.results.rules import fits
from kuangdeng.learning.results.testkit import key_put_right, over, proposed, version_at
from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_units_with_leaders_beside_workers(cast: Cast) -> None:
    exam = over(cast)
    rows, whole = queries.by_unit(exam)
    assert (whole.every.listed, whole.every.came, whole.every.absent, whole.every.passed) == (3, 2, 1, 1)
    assert whole.leaders.average == 100
    assert round(whole.workers.average or 0, 1) == Decimal("33.3")
    assert (whole.every.rate, whole.workers.rate, whole.leaders.rate) == (50, 0, 100)
    assert sum(one.every.listed for one in rows) == 3
    assert [one.person for one in queries.leaders(exam)] == [cast.unit_head]
    page = cast.browser("mine_leader").get(reverse("learning:result_units", args=[exam.id])).content.decode()
    assert "33.3" in page and cast.unit_head.name in page


def test_the_list_filters_exports_and_prints(cast: Cast) -> None:
    exam, client = over(cast), cast.browser("training_officer")
    url = reverse("learning:results", args=[exam.id])
    assert cast.miner.name in client.get(url).content.decode()
    failed = client.get(url, {"verdict": "no"}).context["listing"].objects
    assert [one.person for one in failed] == [cast.miner]
    book = b"".join(client.get(url, {"export": "csv"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert "33.3%" in book and "缺考" in book and "不合格" in book
    sheet = client.get(reverse("learning:results_print", args=[exam.id]), {"verdict": "no"}).content.decode()
    assert cast.miner.name in sheet and cast.unit_head.name not in sheet


def test_a_sheet_shows_what_he_saw_in_his_letters(cast: Cast) -> None:
    exam = over(cast)
    sitting = sitting_of(exam, cast.miner)
    page = cast.browser("teacher").get(reverse("learning:result_sheet", args=[sitting.id]))
    line = page.context["lines"][0]
    assert line["answer"] == line["key"], "the first was right"
    chosen = next(one for one in line["options"] if one.startswith(f"{line['key']}. "))
    assert chosen.endswith("1.5%"), "the letter is the one that stood before the right option on his paper"
    assert page.context["lines"][1]["answer"] == "没有作答"
    assert cast.browser("miner").get(reverse("learning:result_sheet", args=[sitting.id])).status_code == 404


def test_the_item_page_says_how_few_there_are(cast: Cast) -> None:
    page = cast.browser("teacher").get(reverse("learning:result_items", args=[over(cast).id]))
    assert "只有 2 份答卷" in page.content.decode()
    assert [one["n"] for one in page.context["rows"]] == [2, 2, 2]


def test_the_item_page_is_reckoned_once_and_anew_for_other_results(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    exam = over(cast)
    client, url = cast.browser("teacher"), reverse("learning:result_items", args=[exam.id])
    reckoned = []
    real = queries.figures.analyse
    monkeypatch.setattr(queries.figures, "analyse", lambda sheets: reckoned.append(len(sheets)) or real(sheets))

    def shown() -> list[str]:
        return [one["facility"] for one in client.get(url).context["rows"]]

    assert shown() == shown() == ["100", "50", "50"]
    assert reckoned == [2]
    services.approve(proposed(cast, exam).id, by=cast.training_officer)
    assert shown() == shown() == ["100", "50", "0"], "nobody had what the corrected key asks for"
    assert reckoned == [2, 2]
    sitting = sitting_of(exam, cast.miner)
    sitting.status, sitting.passed = "void", None
    sitting.save()
    assert (shown(), reckoned) == (["100", "100", "0"], [2, 2, 1])


def test_everybody_is_marked_anew_and_the_old_results_stay(cast: Cast) -> None:
    exam = over(cast)
    asked = version_at(exam, 2)
    before = sitting_of(exam, cast.unit_head)
    regrade = proposed(cast, exam)
    assert sitting_of(exam, cast.unit_head).result_id == before.result_id, "asked for is not done"
    page = cast.browser("training_officer").get(reverse("learning:regrade", args=[regrade.id]))
    assert [one["turned"] for one in page.context["changes"]] == [True], "what it would do stands there before"
    done = services.approve(regrade.id, opinion="同意", by=cast.training_officer)
    after = sitting_of(exam, cast.unit_head)
    assert (done.sheets, before.score, after.score, before.passed, after.passed) == (2, 6, 4, True, False)
    assert list(Result.objects.filter(sitting=after).order_by("number").values_list("score", flat=True)) == [6, 4]
    assert Result.objects.get(id=before.result_id).passed is True
    assert (after.result.lines[2]["a"], after.result.lines[2]["k"]) == (
        before.result.lines[2]["a"],
        str(regrade.key_id),
    )
    assert Correction.objects.get(exam=exam).asked_id == asked.id, "who hands in later is marked by it too"
    seal_all()
    tell_all()
    told = list(Notice.objects.filter(topic="regrade.turned").values_list("person_id", "title"))
    assert [one for one, _title in told] == [cast.unit_head.id]
    assert "由合格改为不合格" in told[0][1]
    again = services.propose(asked_id=asked.id, key_id=None, why="两个答案都说得通", by=cast.teacher)
    services.approve(again.id, by=cast.mine_leader)
    assert [sitting_of(exam, one).score for one in (cast.unit_head, cast.miner)] == [6, 4]
    assert Result.objects.filter(sitting=after).count() == 3


def test_four_eyes_and_only_a_version_with_the_same_choices(cast: Cast) -> None:
    exam = over(cast)
    asked = version_at(exam, 0)
    regrade = services.propose(asked_id=asked.id, key_id=None, why="题错了", by=cast.training_officer)
    with pytest.raises(Refused, match="不能自己批准"):
        services.approve(regrade.id, by=cast.training_officer)
    with pytest.raises(Refused, match="已经有一份"):
        services.propose(asked_id=asked.id, key_id=None, why="题错了", by=cast.teacher)
    with pytest.raises(Refused, match="不能用来重判"):
        services.propose(asked_id=version_at(exam, 1).id, key_id=asked.id, why="题错了", by=cast.teacher)
    services.decline(regrade.id, opinion="没错", by=cast.mine_leader)
    new = key_put_right(cast, asked, ["d"])
    assert queries.keys_for(version_at(exam, 0)) == [new]
    assert fits(SINGLE, {**SINGLE, "correct": ["a"]})
    swapped = [*SINGLE["options"][1::-1], *SINGLE["options"][2:]]
    moved = [{**one, "id": other["id"]} for one, other in zip(swapped, SINGLE["options"], strict=True)]
    assert not fits(SINGLE, {**SINGLE, "options": moved}), "a letter that stands for other words is another answer"
    assert not fits(SINGLE, MATCHING)


def test_by_pages_from_the_item_to_the_new_marks(cast: Cast) -> None:
    exam = over(cast)
    asked = version_at(exam, 2)
    teacher, leader = cast.browser("teacher"), cast.browser("mine_leader")
    url = reverse("learning:regrade_new", args=[asked.id])
    assert "2 份答卷会重判" in teacher.get(url).content.decode()
    assert teacher.post(url, {"key": "all", "why": ""}).status_code == 422
    where = teacher.post(url, {"key": "all", "why": "图印错了"})["Location"]
    assert "由别人批准" in teacher.get(where).content.decode()
    assert teacher.post(where, {"do": "approve"}).status_code == 200
    assert sitting_of(exam, cast.miner).score == 2, "who asked for it cannot approve it"
    assert leader.post(where, {"do": "decline", "opinion": ""}).status_code == 422
    assert "1 份的分数会变" in leader.get(where).content.decode()
    leader.post(where, {"do": "approve", "opinion": "同意"})
    assert sitting_of(exam, cast.miner).score == 4
    assert cast.browser("miner").get(url).status_code == 404


def test_short_answers_are_read_without_names_and_never_ones_own(cast: Cast) -> None:
    paper = a_paper(cast, "简答卷", items=items_in_use(cast, [SHORT]))
    exam = a_drawn_exam(cast, paper, people=[cast.miner, cast.teacher], title="交接班考试")
    for person in (cast.miner, cast.teacher):
        sitting = begun(cast, exam, person)
        give(sitting, {0: {"text": f"{person.number}号答：当面交清"}})
        hand_in(sitting.id, by=person)
    teacher, url = cast.browser("teacher"), reverse("learning:marking_exam", args=[exam.id])
    assert "交接班考试" in teacher.get(reverse("learning:marking")).content.decode()
    page = teacher.get(url).content.decode()
    assert f"{cast.miner.number}号答" in page and cast.miner.name not in page
    assert f"{cast.teacher.number}号答" not in page, "nobody marks his own"
    name = f"p {sitting_of(exam, cast.miner).id} 0"
    assert "不是分数" in teacher.post(url, {name: "两分"}, follow=True).content.decode()
    assert "0 到 2" in teacher.post(url, {name: "3"}, follow=True).content.decode()
    assert sitting_of(exam, cast.miner).passed is None
    page = teacher.post(url, {name: "1.5", f"r{name[1:]}": "没说设备"}, follow=True).content.decode()
    assert "没有要阅的答案了" in page
    done = sitting_of(exam, cast.miner)
    assert (done.score, done.passed) == (Decimal("1.50"), False)
    assert cast.browser("miner").get(url).status_code == 404
