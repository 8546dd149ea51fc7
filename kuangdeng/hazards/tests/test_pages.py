"""The hazard pages as people use them: report, look, judge, order, work, accept; refused without losing a word."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from kuangdeng.hazards import services
from kuangdeng.hazards.models import Extension, Hazard, MineSettings, Penalty, Quarantine
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import TEXT, hazard_in, tables
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.models import Entry
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db

SignedIn = Callable[[Person], Client]


@pytest.fixture
def cast() -> Cast:
    found = make_cast()
    tables(found)
    return found


@pytest.fixture
def as_(cast: Cast) -> SignedIn:
    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return sign_in


def page(client: Client, name: str, *args: object, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def report(client: Client, **fields: Any) -> Any:
    return client.post(reverse("hazards:report"), {"id": str(uuid7()), "text": TEXT, **fields})


# Reporting ------------------------------------------------------------------------------------------------------------


def test_a_report_is_taken_in_and_says_what_happens_next(cast: Cast, as_: SignedIn) -> None:
    client = as_(cast.miner)
    answer = report(client, place=str(cast.places["gate"].id), spot="42#–46# 架", cause="thing")
    hazard = Hazard.objects.get()
    assert answer.url == reverse("hazards:reported", args=[hazard.id])
    shown = client.get(answer.url).content.decode()
    assert hazard.number in shown and "安监部门定级" in shown
    assert (hazard.place, hazard.place_text, hazard.reporter, hazard.cause) == (
        cast.places["gate"], "42#–46# 架", cast.miner, "thing",
    )  # fmt: skip


def test_sending_a_form_twice_makes_one_hazard(cast: Cast, as_: SignedIn) -> None:
    client = as_(cast.miner)
    form = {"id": str(uuid7()), "text": TEXT, "occurred_at": "2026-01-05T08:30"}
    places = {client.post(reverse("hazards:report"), form).url for _ in range(2)}
    assert len(places) == 1
    assert Hazard.objects.count() == 1
    assert Entry.objects.filter(verb="hazard.report").count() == 1


def test_the_form_keeps_every_word_when_it_is_refused(cast: Cast, as_: SignedIn) -> None:
    tomorrow = timezone.localtime(now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    answer = report(as_(cast.miner), text="顶板淋水变大", spot="距迎头二十米", occurred_at=tomorrow)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "发现时间比现在还晚" in shown
    assert "顶板淋水变大" in shown and "距迎头二十米" in shown and tomorrow in shown
    assert Hazard.objects.count() == 0


def test_a_tag_fills_in_the_place(cast: Cast, as_: SignedIn) -> None:
    gate = cast.places["gate"]
    client, url = as_(cast.miner), reverse("hazards:report_at", args=[gate.tag])
    assert gate.full_name in client.get(url).content.decode()
    client.post(url, {"id": str(uuid7()), "text": TEXT, "place": str(gate.id), "tag": gate.tag})
    assert Hazard.objects.get().tag_scanned
    client.post(url, {"id": str(uuid7()), "text": "别处的", "place": str(cast.places["face"].id), "tag": gate.tag})
    assert not Hazard.objects.get(text="别处的").tag_scanned
    assert client.get(reverse("hazards:report_at", args=["nosuchtag"])).status_code == 404


def test_a_place_that_is_not_in_the_tree_may_be_typed(cast: Cast, as_: SignedIn) -> None:
    answer = as_(cast.miner).post(
        reverse("hazards:report"),
        {"id": str(uuid7()), "text": "没有登记的地点", "place_text": "老泵房后面", "spot": "水窝边"},
    )
    assert answer.status_code == 302
    assert Hazard.objects.get(text="没有登记的地点").place_text == "老泵房后面 水窝边"


def test_an_anonymous_report_shows_its_number_once_and_leaves_no_way_back(cast: Cast, as_: SignedIn) -> None:
    client = as_(cast.miner)
    answer = report(client, anonymous="on")
    hazard = Hazard.objects.get()
    assert hazard.number in client.get(answer.url).content.decode()
    assert hazard.reporter is None
    assert as_(cast.miner).get(reverse("hazards:detail", args=[hazard.id])).status_code == 404


def test_a_mine_may_switch_anonymous_reports_off(cast: Cast, as_: SignedIn) -> None:
    MineSettings.objects.create(mine=cast.mine, anonymous_reports=False)
    assert 'name="anonymous"' not in page(as_(cast.miner), "hazards:report")
    report(as_(cast.miner), anonymous="on")
    assert Hazard.objects.get().reporter == cast.miner


def test_mended_on_the_spot_goes_to_the_recheck(cast: Cast, as_: SignedIn) -> None:
    client = as_(cast.team_leader)
    refused = report(client, fixed="on", fixed_words=" ")
    assert refused.status_code == 422 and "现场是怎么处理的" in refused.content.decode()
    report(client, fixed="on", fixed_words="当场拧紧")
    assert Hazard.objects.get().status == Status.RECHECK


# Who sees what --------------------------------------------------------------------------------------------------------


def test_guessing_an_id_finds_nothing(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    stranger = as_(cast.other_miner)
    for name, args in [
        ("hazards:detail", [hazard.id]), ("hazards:verb", [hazard.id, "rectify"]), ("hazards:reported", [hazard.id]),
        ("hazards:due_proposal", [hazard.id]), ("hazards:detail", [uuid7()]),
    ]:  # fmt: skip
        assert stranger.get(reverse(name, args=args)).status_code == 404, name
    assert stranger.post(reverse("hazards:verb", args=[hazard.id, "rectify"]), {"words": "好了"}).status_code == 404
    assert hazard.number not in page(stranger, "hazards:list")


def test_another_mine_sees_nothing(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.REPORTED, cast)
    other = make_cast("OTHER")
    tables(other)
    client = as_(other.safety)
    assert client.get(reverse("hazards:detail", args=[hazard.id])).status_code == 404
    assert hazard.number not in page(client, "hazards:list") + page(client, "hazards:triage")


def test_pages_of_a_role_are_closed_to_others(cast: Cast, as_: SignedIn) -> None:
    for name in ("triage", "orders", "accepting", "supervision", "quarantine"):
        assert as_(cast.miner).get(reverse(f"hazards:{name}")).status_code == 404, name


def test_every_state_has_its_page_for_everybody_concerned(cast: Cast, as_: SignedIn) -> None:
    for status in Status:
        hazard = hazard_in(status, cast, text=f"{status}：{TEXT}")
        for person in (cast.safety, cast.mine_leader, cast.miner):
            shown = page(as_(person), "hazards:detail", hazard.id)
            assert hazard.number in shown
            assert "王铁柱" in shown  # the reporter stands in the story


# The whole way through the pages --------------------------------------------------------------------------------------


def press(client: Client, hazard_id: UUID, verb: str, **fields: Any) -> Any:
    answer = client.post(reverse("hazards:verb", args=[hazard_id, verb]), fields)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def test_from_report_to_closed_by_buttons(cast: Cast, as_: SignedIn) -> None:
    grade, specialty = tables(cast)
    report(as_(cast.miner), place=str(cast.places["gate"].id))
    hazard_id = Hazard.objects.get().id
    safety, head = as_(cast.safety), as_(cast.unit_head)
    press(safety, hazard_id, "grade", grade=str(grade.id), specialty=str(specialty.id))
    due = timezone.localtime(now() + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M")
    press(
        safety, hazard_id, "dispatch", unit=str(cast.units["mining"].id), person=str(cast.unit_head.id),
        measure="更换失效单体柱", due_at=due, funds="800", contingency="先加强支护",
    )  # fmt: skip
    press(head, hazard_id, "sign")
    press(head, hazard_id, "rectify", words="三根已更换")
    press(safety, hazard_id, "accept", words="复查合格")
    press(as_(cast.safety2), hazard_id, "close")
    hazard = Hazard.objects.get()
    assert (hazard.status, hazard.funds, hazard.person) == (Status.CLOSED, 800, cast.unit_head)
    shown = page(safety, "hazards:detail", hazard_id)
    for words in ("更换失效单体柱", "三根已更换", "复查合格", "定为 B级，顶板", "销号"):
        assert words in shown


def test_extension_is_decided_by_two(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    until = timezone.localtime(hazard.due_at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    press(as_(cast.unit_head), hazard.id, "request_extension", until=until, reason="备件明早到矿")
    extension = Extension.objects.get()
    url = reverse("hazards:decide_extension", args=[extension.id, "approve"])
    assert "备件明早到矿" in page(as_(cast.mine_leader), "hazards:extensions")
    assert "备件明早到矿" not in page(as_(cast.mine_leader2), "hazards:supervision")
    as_(cast.safety).post(url)
    extension.refresh_from_db()
    assert extension.state == "asked"  # the mine leader comes first
    as_(cast.mine_leader).post(url)
    as_(cast.safety).post(url)
    extension.refresh_from_db()
    assert extension.state == "approved"
    assert Hazard.objects.get().due_at > hazard.due_at
    assert as_(cast.other_head).post(url).status_code == 404


def test_a_refused_verb_keeps_the_words_and_says_why(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.GRADED, cast)
    answer = as_(cast.safety).post(
        reverse("hazards:verb", args=[hazard.id, "dispatch"]),
        {"unit": str(cast.units["mining"].id), "person": str(cast.other_head.id), "measure": "补打三根点柱",
         "due_at": "2030-01-01T08:00"},
    )  # fmt: skip
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "责任人不是「综采一队」的在册职工" in shown
    assert "补打三根点柱" in shown and "2030-01-01T08:00" in shown and "陈永福" in shown
    assert Hazard.objects.get().status == Status.GRADED


def test_a_verb_of_somebody_else_is_refused_in_words(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    answer = as_(cast.miner).post(reverse("hazards:verb", args=[hazard.id, "rectify"]), {"words": "好了"})
    assert answer.status_code == 422
    assert "没有权限" in answer.content.decode() and "好了" in answer.content.decode()
    assert as_(cast.miner).get(reverse("hazards:verb", args=[hazard.id, "rectify"])).status_code == 404
    stale = as_(cast.unit_head).get(reverse("hazards:verb", args=[hazard.id, "sign"]), follow=True)
    assert "状态已经变了" in stale.content.decode()


def test_a_verb_that_is_not_possible_yet_is_grey_with_its_reason(cast: Cast, as_: SignedIn) -> None:
    hazard = services.report(data=services.ReportData(text=TEXT, fixed_on_site="换了"), by=cast.safety).hazard
    shown = page(as_(cast.safety), "hazards:detail", hazard.id)
    assert "整改人和验收人不能是同一人" in shown
    assert 'aria-disabled="true"' in shown


def test_the_rule_proposes_the_deadline(cast: Cast, as_: SignedIn) -> None:
    from kuangdeng.hazards.models import DeadlineRule

    hazard = hazard_in(Status.GRADED, cast)
    DeadlineRule.objects.create(
        mine=cast.mine, grade=hazard.grade, kind="hours", amount=6, valid_from=timezone.localdate() - timedelta(days=9)
    )
    url = reverse("hazards:due_proposal", args=[hazard.id])
    answer = as_(cast.safety).get(url, {"unit": str(cast.units["mining"].id)}).json()
    expected = timezone.localtime(now() + timedelta(hours=6))
    assert answer["due_at"][:13] == expected.strftime("%Y-%m-%dT%H")
    assert as_(cast.safety).get(url, {"unit": "x"}).status_code == 200


# Queues ---------------------------------------------------------------------------------------------------------------


def test_triage_goes_from_one_to_the_next(cast: Cast, as_: SignedIn) -> None:
    grade, specialty = tables(cast)
    first, second = (hazard_in(Status.REPORTED, cast, text=text) for text in ("第一条", "第二条"))
    client = as_(cast.safety)
    assert "第一条" in page(client, "hazards:triage")
    following = f"{reverse('hazards:triage')}?at={second.id}"
    answer = press(client, first.id, "grade", grade=str(grade.id), specialty=str(specialty.id), next=following)
    assert answer.url == following
    assert "第 1 条，共 1 条" in client.get(following).content.decode()
    press(client, second.id, "send_back", reason="请写明架号", next="https://evil.example/")
    assert "都定完了" in page(client, "hazards:triage")


def test_a_next_address_of_another_site_is_not_followed(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    answer = press(as_(cast.unit_head), hazard.id, "sign", next="https://evil.example/")
    assert answer.url == reverse("hazards:detail", args=[hazard.id])


def test_orders_show_only_my_unit(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    assert hazard.number in page(as_(cast.unit_head), "hazards:orders")
    assert hazard.number not in page(as_(cast.other_head), "hazards:orders")


def test_supervision_shows_major_supervised_and_proposed(cast: Cast, as_: SignedIn) -> None:
    supervised = hazard_in(Status.RECTIFYING, cast, text="挂牌的一条")
    services.supervise(supervised.id, supervisor=cast.mine_leader, by=cast.safety)
    proposed = hazard_in(Status.RECTIFYING, cast, text="建议的一条")
    Hazard.objects.filter(id=proposed.id).update(supervision_proposed=True)
    hazard_in(Status.RECTIFYING, cast, text="平常的一条")
    shown = page(as_(cast.mine_leader), "hazards:supervision")
    assert "挂牌的一条" in shown and "建议的一条" in shown and "平常的一条" not in shown


# Many at once ---------------------------------------------------------------------------------------------------------


def test_bulk_says_for_each_row_what_came_of_it(cast: Cast, as_: SignedIn) -> None:
    ready = [hazard_in(Status.DISPATCHED, cast, text=f"第{n}条") for n in range(2)]
    graded = hazard_in(Status.GRADED, cast)
    foreign = Hazard.objects.get(id=graded.id)
    ids = [str(one.id) for one in [*ready, foreign]]
    answer = as_(cast.unit_head).post(reverse("hazards:bulk", args=["sign"]), {"ids": [*ids, "nonsense"]})
    shown = answer.content.decode()
    assert "办成 2 条，没有办成 1 条" in shown
    assert "现在的状态是「待下达」" in shown
    assert {Hazard.objects.get(id=one.id).status for one in ready} == {Status.RECTIFYING}
    assert Entry.objects.filter(verb="hazard.sign").count() == 2


def test_bulk_grade_asks_for_the_grade_once(cast: Cast, as_: SignedIn) -> None:
    grade, specialty = tables(cast)
    ids = [str(hazard_in(Status.REPORTED, cast).id) for _ in range(3)]
    client, url = as_(cast.safety), reverse("hazards:bulk", args=["grade"])
    asked = client.post(url, {"ids": ids})
    assert asked.status_code == 422 and ids[0] in asked.content.decode()
    client.post(url, {"ids": ids, "grade": str(grade.id), "specialty": str(specialty.id)})
    assert set(Hazard.objects.values_list("status", flat=True)) == {Status.GRADED}


def test_bulk_reaches_nothing_that_one_may_not_see(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    answer = as_(cast.other_head).post(reverse("hazards:bulk", args=["sign"]), {"ids": [str(hazard.id)]})
    assert "没有找到这条隐患" in answer.content.decode()
    assert hazard.number not in answer.content.decode()
    assert Hazard.objects.get().status == Status.DISPATCHED


# The list -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "单体"}, {"a"}), ({"q": "绞车 钢丝"}, {"b"}), ({"status": "reported"}, {"b"}), ({"open": "1"}, {"a", "b"}),
        ({"open": "0"}, {"c"}), ({"major": "1"}, set()), ({"late": "1"}, {"a"}), ({"mine": "1"}, set()),
        ({"source": "unit"}, {"a", "b", "c"}), ({"received": "today"}, {"a", "b", "c"}), ({"sort": "due"}, {"a", "b", "c"}),
        ({"supervised": "0"}, {"a", "b", "c"}), ({"grade": "nonsense"}, {"a", "b", "c"}),
    ],
)  # fmt: skip
def test_the_list_is_asked_questions(cast: Cast, as_: SignedIn, query: dict[str, str], found: set[str]) -> None:
    rows = {
        "a": hazard_in(Status.RECTIFYING, cast, text="三根单体柱漏液"),
        "b": hazard_in(Status.REPORTED, cast, text="绞车钢丝绳绳卡松动"),
        "c": hazard_in(Status.CLOSED, cast, text="皮带托辊不转"),
    }
    Hazard.objects.filter(id=rows["a"].id).update(due_at=now() - timedelta(hours=1))
    shown = page(as_(cast.safety), "hazards:list", **query)
    assert {key for key, row in rows.items() if row.number in shown} == found


def test_filter_by_unit_and_place_with_what_is_below(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    client = as_(cast.safety)
    assert hazard.number in page(client, "hazards:list", unit=str(cast.units["mining"].id))
    assert hazard.number not in page(client, "hazards:list", unit=str(cast.units["tunnel"].id))
    assert hazard.number in page(client, "hazards:list", place=str(cast.places["level"].id))


def test_the_list_goes_out_as_a_file(cast: Cast, as_: SignedIn) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    answer = as_(cast.safety).get(reverse("hazards:list"), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert hazard.number in text and "更换失效单体柱" in text
    assert as_(cast.miner).get(reverse("hazards:list"), {"export": "csv"})["Content-Type"].startswith("text/html")


# Beside the loop ------------------------------------------------------------------------------------------------------


def test_who_reported_never_pays(cast: Cast) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    with pytest.raises(Refused, match="不因上报受罚"):
        services.record_penalty(hazard.id, person=cast.miner, points=2, reason="未及时处理", by=cast.safety)
    with pytest.raises(Refused, match="只填一个"):
        services.record_penalty(hazard.id, points=2, reason="未及时处理", by=cast.safety)
    services.record_penalty(hazard.id, unit=cast.units["mining"], points=2, reason="超期", by=cast.safety)
    assert Penalty.objects.get().points == 2
    with pytest.raises(Refused, match="没有权限"):
        services.record_penalty(hazard.id, unit=cast.units["mining"], points=2, reason="超期", by=cast.other_head)


def test_a_capture_under_a_taken_number_is_decided_by_a_person(cast: Cast, as_: SignedIn) -> None:
    key, at = uuid7(), now()
    services.report(data=services.ReportData(text="先来的", occurred_at=at), by=cast.miner, hazard_id=key)
    for text in ("后来的甲", "后来的乙"):
        services.report(
            data=services.ReportData(text=text, occurred_at=at, place_text="机头"), by=cast.miner, hazard_id=key
        )
    client = as_(cast.safety)
    shown = page(client, "hazards:quarantine")
    assert "后来的甲" in shown and "后来的乙" in shown
    first, second = Quarantine.objects.order_by("received_at")
    client.post(reverse("hazards:quarantined", args=[first.id]), {"decision": "report"})
    client.post(reverse("hazards:quarantined", args=[second.id]), {"decision": "keep"})
    assert sorted(Hazard.objects.values_list("text", flat=True)) == ["先来的", "后来的甲"]
    new = Hazard.objects.get(text="后来的甲")
    assert (new.reporter, new.place_text, new.occurred_at) == (cast.miner, "机头", at)
    assert Entry.objects.filter(verb="hazard.decide_quarantine").count() == 2
    with pytest.raises(Refused, match="已经核对过"):
        services.decide_quarantine(first.id, as_new=True, by=cast.safety)
    assert as_(cast.unit_head).get(reverse("hazards:quarantined", args=[first.id])).status_code == 404


# Speed ----------------------------------------------------------------------------------------------------------------

PAGES = ["home", "hazards:list", "hazards:triage", "hazards:orders", "hazards:accepting", "hazards:extensions",
         "hazards:supervision", "hazards:report"]  # fmt: skip


def statements(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code in (200, 404), url
    return len(seen)


MOST = {"home": 31, "detail": 14}
"""These two are no lists: they gather from hazards, accidents, questions and bulletins what concerns one person, one thing."""


@pytest.mark.parametrize("part", ["miner", "unit_head", "safety", "mine_leader"])
def test_the_number_of_statements_does_not_grow_with_the_rows(cast: Cast, as_: SignedIn, part: str) -> None:
    client = as_(cast.persons[part])
    counts: dict[str, list[int]] = {}
    done = 0
    for rows in (1, 20):
        while done < rows:
            for status in (Status.REPORTED, Status.DISPATCHED, Status.RECTIFYING, Status.RECTIFIED):
                hazard = hazard_in(status, cast, text=f"{status}{done}")
            services.request_extension(
                hazard_in(Status.RECTIFYING, cast).id, until=now() + timedelta(days=2), reason="备件", by=cast.unit_head
            )
            done += 1
        for name in PAGES:
            counts.setdefault(name, []).append(statements(client, reverse(name)))
        counts.setdefault("detail", []).append(statements(client, reverse("hazards:detail", args=[hazard.id])))
    for name, (few, many) in counts.items():
        assert many <= few, (name, few, many)
        assert many < MOST.get(name, 12), (name, many)
