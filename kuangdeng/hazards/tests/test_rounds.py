"""Inspections: recorded also when nothing was found, plans, coverage with its gaps in words."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.hazards.models import Hazard, Round, RoundPlan
from kuangdeng.hazards.queries.rounds import coverage
from kuangdeng.hazards.rules import period_of, periods
from kuangdeng.hazards.services.rounds import RoundData, record_round, save_plan
from kuangdeng.hazards.testkit import tables
from kuangdeng.kernel.clock import set_to
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.models import Entry
from kuangdeng.org.models import Person
from kuangdeng.org.rules import Role
from kuangdeng.org.testkit import Cast, make_cast

TZ = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


@pytest.fixture
def cast(db: None) -> Cast:
    cast = make_cast()
    tables(cast)
    return cast


def plan(cast: Cast, role: str, every: str, **own: object) -> RoundPlan:
    return save_plan(by=cast.safety, name=f"{role} {every}", role=role, every=every, **own)


def went(cast: Cast, by: Person, when: str, plan: RoundPlan | None = None, members: tuple[Person, ...] = ()) -> Round:
    start = at(when)
    with set_to(start + timedelta(hours=3)):
        return record_round(
            data=RoundData(start, start + timedelta(hours=2), by, [cast.places["gate"]], members, plan), by=by
        )


@given(
    st.sampled_from(["month", "half_month", "ten_days", "week", "day"]), st.dates(date(2024, 1, 1), date(2028, 12, 31))
)
def test_periods_follow_each_other_without_gap(every: str, first: date) -> None:
    found = periods(every, first, first + timedelta(days=100))
    assert found
    assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
    assert all(period_of(every, day) == span for span in found for day in (span.first, span.last))


def test_an_inspection_without_a_finding_is_recorded(cast: Cast) -> None:
    made = went(cast, cast.team_leader, "2026-11-21T23:00", members=(cast.miner, cast.team_leader))
    assert (made.shift_name, made.shift_day, made.unit) == ("四点班", date(2026, 11, 21), cast.units["mining_team"])
    assert list(made.members.all()) == [cast.miner]
    entry = Entry.objects.get(verb="hazard.record_round")
    assert entry.payload["places"] == ["一水平 二采区 2305综放面 回风顺槽"]
    assert entry.occurred_at == at("2026-11-21T23:00")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-11-22T12:00", "2026-11-22T13:00", "比现在还晚"),
        ("2026-11-22T09:00", "2026-11-22T08:00", "晚于开始"),
        ("2026-11-22T09:00", "2026-11-22T13:00", "结束以后"),
        ("2026-11-20T09:00", "2026-11-22T09:00", "24 小时"),
    ],
)
def test_times_that_cannot_be_are_refused(cast: Cast, start: str, end: str, words: str) -> None:
    data = RoundData(at(start), at(end), cast.safety, [cast.places["gate"]])
    with set_to(at("2026-11-22T10:00")), pytest.raises(Refused, match=words):
        record_round(data=data, by=cast.safety)


def test_who_may_and_what_is_needed(cast: Cast) -> None:
    good = RoundData(at("2026-11-22T08:00"), at("2026-11-22T09:00"), cast.safety, [cast.places["gate"]])
    with set_to(at("2026-11-22T10:00")):
        with pytest.raises(Refused, match="没有权限"):
            record_round(data=good, by=cast.miner)
        with pytest.raises(Refused, match="至少一个"):
            record_round(data=RoundData(good.started_at, good.ended_at, cast.safety, []), by=cast.safety)
        other = make_cast("OTHR")
        with pytest.raises(NotVisible):
            record_round(
                data=RoundData(good.started_at, good.ended_at, cast.safety, [other.places["gate"]]), by=cast.safety
            )


def test_coverage_by_person_and_day(cast: Cast) -> None:
    daily = plan(cast, Role.SAFETY, "day")
    went(cast, cast.safety, "2026-11-20T09:00", daily)
    went(cast, cast.safety, "2026-11-21T09:00", daily, members=(cast.safety2,))
    went(cast, cast.safety, "2026-11-19T09:00")
    with set_to(at("2026-11-22T07:00")):
        found = coverage(daily, first=date(2026, 11, 19), last=date(2026, 11, 22))
    lines = {line.name: line for line in found.lines}
    assert (lines["周安平"].done, lines["周安平"].owed) == (2, 3)
    assert lines["周安平"].words == "周安平：11月19日没有登记检查。"
    assert lines["吴慎行"].gaps == ["11月19日", "11月20日"]
    assert (found.done, found.owed, found.percent) == (3, 6, 50)


def test_coverage_of_every_shift_is_the_units_not_each_teams(cast: Cast) -> None:
    shiftly = plan(cast, Role.TEAM_LEADER, "shift")
    went(cast, cast.team_leader, "2026-11-20T01:00", shiftly)
    went(cast, cast.team_leader, "2026-11-20T17:00", shiftly)
    with set_to(at("2026-11-21T01:00")):
        found = coverage(shiftly, first=date(2026, 11, 20), last=date(2026, 11, 21))
    assert [line.name for line in found.lines] == ["综采一队"]
    assert found.lines[0].words == "综采一队：11月20日八点班没有登记检查。"
    assert (found.done, found.owed) == (2, 3)


def test_only_the_posts_that_the_plan_names_owe(cast: Cast) -> None:
    Person.objects.filter(id=cast.mine_leader.id).update(post="矿长")
    monthly = plan(cast, Role.MINE_LEADER, "month", posts="矿长")
    with set_to(at("2026-11-22T10:00")):
        found = coverage(monthly, first=date(2026, 9, 1))
    assert [line.name for line in found.lines] == ["郑矿长"]
    assert found.lines[0].gaps == ["2026年9月", "2026年10月"]
    nobody = plan(cast, Role.MINE_LEADER, "half_month", posts="总工程师")
    with set_to(at("2026-11-22T10:00")):
        assert len(coverage(nobody).lines) == 2


def test_coverage_costs_the_same_for_many_units(cast: Cast, django_assert_max_num_queries) -> None:
    shiftly = plan(cast, Role.UNIT_HEAD, "shift")
    for day in range(10, 20):
        went(cast, cast.unit_head, f"2026-11-{day}T09:00", shiftly)
    with set_to(at("2026-11-20T10:00")), django_assert_max_num_queries(6):
        found = coverage(shiftly, first=date(2026, 11, 10), last=date(2026, 11, 19))
        assert {line.name: line.done for line in found.lines} == {"综采一队": 10, "掘进一队": 0, "机电队": 0}


# Pages ----------------------------------------------------------------------------------------------------------------


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined]


@pytest.fixture
def leader(cast: Cast, client: Client) -> Client:
    client.force_login(cast.team_leader)
    return client


def test_from_the_form_to_the_finding(cast: Cast, leader: Client) -> None:
    daily = plan(cast, Role.TEAM_LEADER, "shift")
    with set_to(at("2026-11-22T10:00")):
        assert leader.get(reverse("hazards:round_new")).status_code == 200
        data = {"plan": str(daily.id), "places": [str(cast.places["gate"].id), str(cast.places["face"].id)],
                "started_at": "2026-11-22T08:30", "ended_at": "2026-11-22T09:40", "check_type": "daily",
                "members": [str(cast.miner.id)], "note": "支护、通风正常"}  # fmt: skip
        response = leader.post(reverse("hazards:round_new"), data)
        made = Round.objects.get()
        assert response["Location"] == reverse("hazards:round", args=[made.id])
        page = text(leader.get(response["Location"]))
        assert "没有查出隐患" in page and "王铁柱" in page and f"?round={made.id}" in page
        form = text(leader.get(reverse("hazards:report"), {"round": str(made.id)}))
        assert str(made.id) in form
        import re

        hazard_id = re.search(r'name="id" value="([^"]+)"', form).group(1)
        report = {
            "id": hazard_id,
            "round": str(made.id),
            "text": "回风顺槽两根单体柱漏液",
            "place": str(cast.places["gate"].id),
        }
        leader.post(reverse("hazards:report"), report)
    assert Hazard.objects.get().round == made
    assert "查出 1 条隐患" in text(leader.get(reverse("hazards:round", args=[made.id])))


def test_the_register_and_who_sees_what(cast: Cast, leader: Client, django_assert_max_num_queries) -> None:
    for day in range(10, 20):
        went(cast, cast.team_leader, f"2026-11-{day}T09:00")
    theirs = went(cast, cast.other_head, "2026-11-20T09:00")
    leader.get(reverse("hazards:rounds"))
    with django_assert_max_num_queries(13):
        page = text(leader.get(reverse("hazards:rounds")))
    assert "李大山" in page and "陈永福" not in page
    assert leader.get(reverse("hazards:round", args=[theirs.id])).status_code == 404
    miner = Client()
    miner.force_login(cast.miner)
    assert miner.get(reverse("hazards:rounds")).status_code == 404


def test_plans_and_coverage_by_their_pages(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.safety)
    data = {"name": "安监每日巡查", "role": "safety", "every": "day", "active": "on"}
    assert client.post(reverse("hazards:round_plan_new"), data).status_code == 302
    made = RoundPlan.objects.get(name="安监每日巡查")
    client.post(reverse("hazards:round_plan_edit", args=[made.id]), {**data, "scope": "作业区域", "confirmed": "on"})
    made.refresh_from_db()
    assert (made.scope, made.confirmed) == ("作业区域", True)
    assert "安监每日巡查" in text(client.get(reverse("hazards:round_coverage_all")))
    went(cast, cast.safety, "2026-11-20T09:00", made)
    with set_to(at("2026-11-22T10:00")):
        url = reverse("hazards:round_coverage", args=[made.id])
        page = text(client.get(url, {"from": "2026-11-20", "to": "2026-11-21"}))
        assert "应查 4 次，查了 1 次，25%" in page
        assert "周安平：11月21日没有登记检查。" in page
        assert client.get(url, {"from": "nonsense"}).status_code == 200
