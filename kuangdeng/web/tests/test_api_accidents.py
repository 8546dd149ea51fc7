"""Accidents over the API: once under one id, with the powers of the pages, names for those only who may see them."""

import pytest

from kuangdeng.hazards.accidents.models import Accident, Casualty
from kuangdeng.hazards.accidents.rules import Kind, Status
from kuangdeng.hazards.accidents.testkit import NEAR_MISS, accident_in, quick
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.api import Entry
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.testkit import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def body(cast: Cast, **more: object) -> dict[str, object]:
    return {
        "id": str(uuid7()), "kind": "injury", "text": "转载机机头检修，王铁柱右手被挤伤", "occurred_at": "2026-03-05T14:20:00+08:00",
        "place": str(cast.places["gate"].id), "unit": str(cast.units["mining"].id), "stopped_area": "2305综放面",
        "hurt": [{"person": str(cast.miner.id), "severity": "minor"}], **more,
    }  # fmt: skip


def test_a_report_is_there_once_and_its_ledger_line_names_nobody(cast: Cast) -> None:
    program, said = Program(cast.team_leader), body(cast)
    first = program.post("/accidents", said)
    assert (first.status_code, first.json()["outcome"]) == (201, "new"), first.json()
    again = program.post("/accidents", said)
    assert (again.status_code, again.json()["outcome"]) == (202, "same")
    assert again.json()["number"] == first.json()["number"]
    accident = Accident.objects.get()
    assert accident.text == "转载机机头检修，王某某右手被挤伤" and accident.minor == 1
    assert Casualty.objects.get().name == "王铁柱"
    entry = Entry.objects.get(verb="accident.report")
    assert "王铁柱" not in str(entry.payload) + entry.subject_label


def test_another_content_under_the_same_id_is_told_and_nothing_is_lost_in_silence(cast: Cast) -> None:
    program, said = Program(cast.team_leader), body(cast)
    program.post("/accidents", said)
    other = program.post("/accidents", {**said, "text": "又有一人被砸伤"})
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert "没有收下" in other.json()["message"]
    worse = program.post("/accidents", {**said, "hurt": [{"name": "张三", "severity": "death"}]})
    assert worse.status_code == 409
    stranger = Program(cast.other_miner).post("/accidents", said)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "id_taken")
    assert "转载机" not in stranger.content.decode()
    assert Accident.objects.get().minor == 1


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"id": "9b2d3c1e-1111-4111-8111-111111111111"}, "id", "UUIDv7"),
        ({"kind": "别的"}, "kind", "其中之一"),
        ({"text": "  "}, "text", "写清楚"),
        ({"kind": "near_miss"}, "kind", "有人受伤"),
        ({"hurt": [{"person": "01990000-0000-7000-8000-000000000000"}]}, "hurt.0.person", "没有找到"),
        ({"unit": "01990000-0000-7000-8000-000000000000"}, "unit", "没有找到"),
        ({"occurred_at": "2126-03-05T14:20:00+08:00"}, "occurred_at", "比现在还晚"),
        ({"photos": ["0" * 64]}, "photos", "没有传完"),
    ],
)
def test_a_bad_report_is_refused_in_words(cast: Cast, change: dict[str, object], field: str, words: str) -> None:
    answer = Program(cast.team_leader).post("/accidents", body(cast, **change))
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.json()
    assert words in answer.json()["message"]
    assert not Accident.objects.exists()


def test_names_of_the_hurt_are_for_those_who_may_see_persons(cast: Cast) -> None:
    accident = quick(cast)
    seen = Program(cast.safety).get(f"/accidents/{accident.id}").json()
    assert [one["name"] for one in seen["casualties"]] == ["王铁柱"]
    assert "complete" in seen["next_verbs"]
    other = Program(cast.team_leader).get(f"/accidents/{accident.id}")
    assert other.json()["casualties"] is None and other.json()["minor"] == 1
    assert "王铁柱" not in other.content.decode()
    assert Program(cast.other_miner).get(f"/accidents/{accident.id}").status_code == 404
    assert Program(make_cast("OTHER").safety).get(f"/accidents/{accident.id}").status_code == 404


def test_the_list_is_read_in_pages_and_narrowed(cast: Cast) -> None:
    made = [str(quick(cast, text=f"{NEAR_MISS}{number}", kind=Kind.NEAR_MISS).id) for number in range(5)]
    closed = accident_in(Status.CLOSED, cast)
    program = Program(cast.safety)
    first = program.get("/accidents?limit=4").json()
    quick(cast, text="翻页期间又来一起", kind=Kind.NEAR_MISS)
    second = program.get(f"/accidents?limit=4&cursor={first['next_cursor']}").json()
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert ids == [str(closed.id), *reversed(made)] and second["next_cursor"] is None
    assert [one["id"] for one in program.get("/accidents?status=closed").json()["items"]] == [str(closed.id)]
    assert len(program.get("/accidents?kind=near_miss&kind=injury").json()["items"]) == 7
    assert program.get(f"/accidents?unit={cast.units['tunnel'].id}").json()["items"] == []
    assert program.get("/accidents?status=gone").json()["field"] == "status"
    assert program.get("/accidents?cursor=x").json()["code"] == "bad_cursor"
