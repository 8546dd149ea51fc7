"""Programs as users: create once, read with a cursor, run verbs, be refused in words."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kuangdeng.hazards.api import FLOW, Hazard, Status
from kuangdeng.hazards.testkit import TEXT, hazard_in, order, tables
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.api import Entry
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.rest.hazards import VERBS
from kuangdeng.web.testkit import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def body(**more: object) -> dict[str, object]:
    return {"id": str(uuid7()), "text": TEXT, "occurred_at": "2026-03-05T14:20:00+08:00", **more}


def test_a_report_is_there_once(cast: Cast) -> None:
    program, report = Program(cast.miner), body(place=str(cast.places["gate"].id))
    first = program.post("/hazards", report)
    assert (first.status_code, first.json()["outcome"]) == (201, "new")
    again = [program.post("/hazards", report) for _ in range(2)]
    assert [answer.status_code for answer in again] == [202, 202]
    assert {answer.json()["number"] for answer in again} == {first.json()["number"]}
    other = program.post("/hazards", {**report, "text": "另一处隐患，同一个编号"})
    assert other.status_code == 409
    assert other.json()["code"] == "conflict" and "另存" in other.json()["message"]
    assert UUID(other.json()["quarantine"]) == Hazard.objects.get().quarantined.get().id
    assert Hazard.objects.get().text == TEXT
    assert Entry.objects.filter(verb="hazard.report").count() == 1


def test_another_persons_id_tells_nothing_about_his_report(cast: Cast) -> None:
    report = body()
    Program(cast.other_miner).post("/hazards", report)
    answer = Program(cast.miner).post("/hazards", {**report, "text": "猜到了编号"})
    assert answer.status_code == 409
    assert TEXT not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"id": str(uuid4())}, "id", "UUIDv7"),
        ({"id": None}, "id", "UUID"),
        ({"text": ""}, "text", "不能为空"),
        ({"text": "   "}, "text", "写清楚"),
        ({"text": "长" * 5001}, "text", "最多 5000"),
        ({"occurred_at": "昨天"}, "occurred_at", "2026-11-22T08:30:00+08:00"),
        ({"occurred_at": "2126-03-05T14:20:00+08:00"}, "occurred_at", "比现在还晚"),
        ({"occurred_at": "9999-12-31T23:59:59-12:00"}, "occurred_at", "超出范围"),
        ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at", "超出范围"),
        ({"source": "别处"}, "source", "其中之一"),
        ({"place": str(uuid7())}, "place", "没有找到"),
        ({"photos": ["0" * 64]}, "photos", "没有传完"),
        ({"photos": ["../../etc/passwd"]}, "photos.0", "格式"),
        ({"spelling": 1}, "spelling", "不认识"),
        ({"clock_offset_ms": 10**30}, "clock_offset_ms", "大"),
    ],
)
def test_a_bad_report_is_refused_in_words(cast: Cast, change: dict[str, object], field: str, words: str) -> None:
    answer = Program(cast.miner).post("/hazards", body(**change))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["field"] == field
    assert words in problem["message"]
    assert Hazard.objects.count() == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"{", b"", b"\xff\xfe", b"[" * 100_000, b'{"a":' * 5_000, b'{"text": NaN}', b"1" + b"0" * 5_000,
        json.dumps({"id": "x", "text": "有\0零"}).encode(), b'{"text": "\\ud800"}', b'{"\\udc00": 1}',
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_in_words(cast: Cast, raw: bytes) -> None:
    answer = Program(cast.miner).send("POST", "/hazards", raw)
    assert answer.status_code in (400, 422)
    assert "。" in answer.json()["message"]


def test_a_body_that_is_too_large_is_refused_unread(cast: Cast) -> None:
    answer = Program(cast.miner).send("POST", "/hazards", b'"' + b"x" * 600_000 + b'"')
    assert answer.status_code == 413


@pytest.mark.parametrize("token", ["", "kd_wrong", "kd_\xe9", "x" * 5000])
def test_without_a_token_nothing_is_told(cast: Cast, token: str) -> None:
    answer = Client(raise_request_exception=False).get("/api/v1/hazards", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_signed_in"


def test_a_token_ends(cast: Cast) -> None:
    program = Program(cast.miner)
    assert program.get("/me").json()["name"] == "王铁柱"
    assert cast.miner.tokens.get().last_used_at is not None
    cast.miner.tokens.update(revoked_at=now())
    assert program.get("/me").status_code == 401
    cast.miner.tokens.update(revoked_at=None, expires_on="2020-01-01")
    assert program.get("/me").status_code == 401
    cast.miner.tokens.update(expires_on=None)
    cast.miner.is_active = False
    cast.miner.save()
    assert program.get("/me").status_code == 401


def test_a_session_reads_and_writes_only_with_its_csrf_token(cast: Cast) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.miner)
    assert browser.get("/api/v1/me").status_code == 200
    answer = browser.post("/api/v1/hazards", json.dumps(body()), content_type="application/json")
    assert answer.status_code == 403
    browser.cookies["kuangdeng_csrf"] = "x" * 32
    answer = browser.post(
        "/api/v1/hazards", json.dumps(body()), content_type="application/json", HTTP_X_CSRFTOKEN="x" * 32
    )
    assert answer.status_code == 201


def test_reading_on_from_a_cursor_meets_each_hazard_once(cast: Cast) -> None:
    program = Program(cast.safety)
    numbers = [program.post("/hazards", body(text=f"第 {n} 处：皮带跑偏")).json()["number"] for n in range(5)]
    seen: list[str] = []
    answer = program.get("/hazards?limit=2").json()
    program.post("/hazards", body(text="翻页期间新报的"))
    while True:
        seen += [item["number"] for item in answer["items"]]
        if answer["next_cursor"] is None:
            break
        answer = program.get(f"/hazards?limit=2&cursor={answer['next_cursor']}").json()
    assert seen == numbers[::-1]
    assert program.get("/hazards?cursor=abc").json()["code"] == "bad_cursor"


def test_filters(cast: Cast) -> None:
    program = Program(cast.safety)
    working = hazard_in(Status.RECTIFYING, cast, text="采煤机内喷雾堵塞")
    hazard_in(Status.REPORTED, cast, text="皮带机头无防护罩")
    numbers = lambda query: [item["number"] for item in program.get(f"/hazards?{query}").json()["items"]]  # noqa: E731
    assert numbers("status=rectifying&status=closed") == [working.number]
    assert numbers(f"unit={cast.units['mining'].id}") == [working.number]
    assert numbers("q=喷雾") == [working.number]
    assert numbers("q=喷雾 皮带") == []
    assert numbers("overdue=true") == []
    Hazard.objects.filter(id=working.id).update(due_at=now())
    assert numbers("overdue=true") == [working.number]
    assert len(numbers("since=2020-01-01T00:00:00Z")) == 2
    assert numbers("since=2190-01-01T00:00:00Z") == []
    assert program.get("/hazards?status=nosuch").status_code == 422


def test_what_one_may_not_know_of_is_not_there(cast: Cast) -> None:
    hazard = hazard_in(Status.REPORTED, cast)
    stranger = Program(cast.other_miner)
    assert stranger.get(f"/hazards/{hazard.id}").status_code == 404
    for verb in FLOW.verbs:
        if verb != "report":
            answer = stranger.post(f"/hazards/{hazard.id}/verbs/{verb}", VALID.get(verb, {}))
            assert (verb, answer.status_code) == (verb, 404) or answer.json()["code"] == "invalid"
    assert stranger.get("/hazards").json()["items"] == []


VALID: dict[str, dict[str, Any]] = {
    "send_back": {"reason": "请补充具体架号"}, "void": {"reason": "现场核实不存在"},
    "rectify": {"words": "已更换"}, "accept": {"words": "合格"}, "fix_on_site": {"words": "当场更换"},
}  # fmt: skip


def test_every_verb_of_the_loop_is_offered() -> None:
    assert {one.verb for one in VERBS} == set(FLOW.verbs) - {"report"}


def test_the_whole_way_over_the_wire(cast: Cast) -> None:
    grade, specialty = tables(cast)
    points = order(cast)
    hazard = Program(cast.miner).post("/hazards", body()).json()["id"]
    steps = [
        (cast.safety, "grade", {"grade": str(grade.id), "specialty": str(specialty.id)}, "graded"),
        (cast.safety, "dispatch", {"unit": str(cast.units["mining"].id), "person": str(cast.unit_head.id),
                                   "measure": "更换失效单体柱", "funds": "1200.50", "due_at": points.due_at.isoformat()},
         "dispatched"),
        (cast.unit_head, "sign", None, "rectifying"),
        (cast.unit_head, "request_extension", {"until": "2190-01-01T08:00:00+08:00", "reason": "备件明早到矿"}, "rectifying"),
        (cast.mine_leader, "approve_extension", None, "rectifying"),
        (cast.safety, "refuse_extension", {"reason": "库房有备件"}, "rectifying"),
        (cast.unit_head, "rectify", {"words": "三根已更换，初撑力合格"}, "rectified"),
        (cast.safety, "accept", {"words": "现场复查合格"}, "accepted"),
        (cast.safety2, "close", None, "closed"),
    ]  # fmt: skip
    for person, verb, facts, status in steps:
        answer = Program(person).post(f"/hazards/{hazard}/verbs/{verb}", facts)
        assert (answer.status_code, answer.json().get("status")) == (200, status), (verb, answer.json())
    story = Program(cast.safety).get(f"/hazards/{hazard}").json()["timeline"]
    assert [line["verb"] for line in story] == [f"hazard.{verb}" for verb in ["report", *(step[1] for step in steps)]]


def test_a_verb_out_of_order_is_409_and_without_the_right_403(cast: Cast) -> None:
    hazard = hazard_in(Status.GRADED, cast)
    early = Program(cast.safety).post(f"/hazards/{hazard.id}/verbs/close")
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    denied = Program(cast.miner).post(f"/hazards/{hazard.id}/verbs/void", {"reason": "想作废"})
    assert (denied.status_code, denied.json()["code"]) == (403, "not_allowed")


def test_persons_are_searched_not_dumped(cast: Cast) -> None:
    assert Program(cast.miner).get("/persons?q=张").status_code == 403
    safety = Program(cast.safety)
    assert safety.get("/persons?q=").status_code == 422
    found = safety.get("/persons?q=张").json()
    assert [person["name"] for person in found] == ["张建国"]
    assert set(found[0]) == {"id", "number", "name", "unit"}


def test_registers_and_clock(cast: Cast) -> None:
    tables(cast)
    program = Program(cast.miner)
    assert [place["name"] for place in program.get("/places?q=综放面").json()] == ["2305综放面", "回风顺槽"]
    assert "综采一队" in [unit["name"] for unit in program.get("/units").json()]
    assert [grade["name"] for grade in program.get("/grades").json()] == ["A级", "B级", "C级"]
    assert [one["name"] for one in program.get("/specialties").json()] == ["顶板"]
    assert abs(Client().get("/api/v1/time").json()["unix_ms"] / 1000 - now().timestamp()) < 5


def test_a_wrong_address_is_told_as_json(cast: Cast) -> None:
    for path in ("/nosuch", "/hazards/", "/hazards/x/verbs/nosuch", "/"):
        answer = Program(cast.miner).get(path)
        assert (path, answer.status_code, answer.json()["code"]) == (path, 404, "not_found")
    assert Program(cast.miner).get("/hazards/123").json()["message"] == "「hazard_id」不是有效的编号（UUID）。"
    assert Program(cast.miner).send("DELETE", "/hazards").status_code == 405


def test_the_explaining_page_needs_nothing_from_outside(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.safety)
    page = browser.get("/api/v1/docs").content.decode()
    for one in VERBS:
        assert f'id="{one.verb}"' in page
    assert "https://" not in page
    assert "<script>" not in page


def test_a_report_costs_few_statements(cast: Cast, django_assert_max_num_queries: Any) -> None:
    program = Program(cast.miner)
    program.post("/hazards", body())
    with django_assert_max_num_queries(12):
        assert program.post("/hazards", body(place=str(cast.places["gate"].id))).status_code == 201


@pytest.mark.parametrize("person", ["miner", "safety"])
def test_a_list_costs_the_same_whatever_the_rows(cast: Cast, person: str) -> None:
    program = Program(cast.persons[person])
    program.get("/me")
    counts = []
    for _ in range(2):
        for _ in range(4):
            hazard_in(Status.RECTIFYING, cast)
        with CaptureQueriesContext(connection) as spent:
            assert program.get("/hazards").status_code == 200
        counts.append(len(spent))
    assert counts[0] == counts[1] < 8
