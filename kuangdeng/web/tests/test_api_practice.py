"""每日一题 over the API: fourteen days to take along, answers taken once however often they are sent."""

from datetime import timedelta
from typing import Any

import pytest

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.practice import queries, services
from kuangdeng.learning.practice.models import PracticeAnswer
from kuangdeng.learning.practice.rules import Reveal, Terms
from kuangdeng.learning.practice.testkit import singles
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.testkit import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_fourteen_days_are_taken_along_and_answered_offline(cast: Cast) -> None:
    singles(cast, 30)
    program = Program(cast.miner)
    found = program.get("/practice/queue").json()
    assert [len(day["turns"]) for day in found["days"]] == [2] * 14
    turn = found["days"][0]["turns"][0]
    assert "correct" not in turn["content"] and turn["full"]["correct"] == [turn["key"]["choice"]]
    right = next(one["text"] for one in turn["content"]["options"] if one["id"] == turn["key"]["choice"])
    assert right == "1.5%"
    at = clock.now()
    sent = [
        {"id": str(uuid7()), "ticket": day["turns"][0]["ticket"], "answer": day["turns"][0]["key"], "seconds": 8,
         "captured_at": (at + timedelta(days=number)).isoformat()}
        for number, day in enumerate(found["days"][:4])
    ]  # fmt: skip
    with clock.set_to(at + timedelta(days=10)):
        queries.forget_pools()
        results = program.post("/practice/answers", {"answers": sent}).json()["results"]
        again = program.post("/practice/answers", {"answers": sent}).json()["results"]
    assert [one["outcome"] for one in results] == ["new"] * 4 and all(one["right"] for one in results)
    assert [one["outcome"] for one in again] == ["same"] * 4
    assert [one["day"] for one in results] == [day["day"] for day in found["days"][:4]]
    assert PracticeAnswer.objects.count() == 4


def _wrong(turn: dict[str, Any]) -> str:
    return "A" if turn["key"]["choice"] != "A" else "B"


def test_one_bad_answer_spoils_none_of_the_others(cast: Cast) -> None:
    singles(cast, 6)
    program = Program(cast.miner)
    turns = program.get("/practice/queue?days=1").json()["days"][0]["turns"]
    sent = [
        {"id": str(uuid7()), "ticket": "x" * 20, "answer": {"choice": "c"}},
        {"id": str(uuid7()), "ticket": turns[0]["ticket"], "answer": {}},
        {"id": str(uuid7()), "ticket": turns[1]["ticket"], "answer": {"choice": _wrong(turns[1])}, "changed": True},
    ]
    results = program.post("/practice/answers", {"answers": sent}).json()["results"]
    assert [one["outcome"] for one in results] == ["refused", "refused", "new"]
    assert [one["code"] for one in results[:2]] == ["bad_ticket", "empty_answer"]
    assert results[2]["right"] is False
    stolen = Program(cast.other_miner).post("/practice/answers", {"answers": sent[2:]}).json()["results"]
    assert stolen[0]["outcome"] == "refused"


def test_a_mine_that_shows_answers_the_next_day_hands_out_no_key(cast: Cast) -> None:
    singles(cast, 6)
    services.save_rule(valid_from=clock.today(), terms=Terms(reveal=Reveal.NEXT_DAY), by=cast.training_officer)
    turn = Program(cast.miner).get("/practice/queue?days=2").json()["days"][0]["turns"][0]
    assert turn["key"] is None and turn["full"] is None and turn["explanation"] == ""


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "9b2d3c1e-1111-4111-8111-111111111111"}, "answers.0.id"),
        ({"ticket": ""}, "answers.0.ticket"),
        ({"seconds": -1}, "answers.0.seconds"),
        ({"answer": "c"}, "answers.0.answer"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(cast: Cast, change: dict[str, object], field: str) -> None:
    sent = {"id": str(uuid7()), "ticket": "x", "answer": {"choice": "c"}, **change}
    answer = Program(cast.miner).post("/practice/answers", {"answers": [sent]})
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_too_many_days_and_strangers_are_refused(cast: Cast) -> None:
    assert Program(cast.miner).get("/practice/queue?days=15").status_code == 422
