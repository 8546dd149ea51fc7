"""The loop from report to closed, through the verbs."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kuangdeng.hazards import services
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import next_verbs, timeline
from kuangdeng.hazards.rules import FLOW, Status
from kuangdeng.hazards.testkit import TEXT, hazard_in, order
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.api import Entry
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize("status", list(Status))
def test_every_state_is_reached_through_the_verbs(cast: Cast, status: Status) -> None:
    hazard = hazard_in(status, cast)
    assert hazard.status == status
    story = [entry.verb for entry in timeline(hazard)]
    assert story[0] == "hazard.report"
    assert len(story) == len(set(story))


def test_the_whole_way_is_on_the_ledger(cast: Cast) -> None:
    hazard = hazard_in(Status.CLOSED, cast)
    verbs = ["report", "grade", "dispatch", "sign", "rectify", "accept", "close"]
    assert [entry.verb for entry in timeline(hazard)] == [f"hazard.{verb}" for verb in verbs]
    assert [entry.by_name for entry in timeline(hazard)][:2] == ["王铁柱", "周安平"]


def test_the_same_report_is_there_once(cast: Cast) -> None:
    hazard_id, data = uuid7(), services.ReportData(text=TEXT, occurred_at=now())
    outcomes = [services.report(data=data, by=cast.miner, hazard_id=hazard_id).outcome for _ in range(3)]
    assert outcomes == ["new", "same", "same"]
    other = services.ReportData(text="另一条", occurred_at=data.occurred_at)
    receipt = services.report(data=other, by=cast.miner, hazard_id=hazard_id)
    assert receipt.outcome == "conflict"
    assert receipt.hazard.text == TEXT
    assert receipt.quarantine.content["text"] == "另一条"
    assert Hazard.objects.count() == 1


def test_a_device_whose_clock_is_a_day_ahead_loses_nothing(cast: Cast) -> None:
    ahead = services.ReportData(
        text=TEXT, captured_at=now() + timedelta(days=1), clock_offset=timedelta(days=1, hours=2)
    )
    hazard = services.report(data=ahead, by=cast.miner).hazard
    assert abs(hazard.occurred_at - (now() - timedelta(hours=2))) < timedelta(minutes=1)
    unmeasured = services.ReportData(text=TEXT, captured_at=now() + timedelta(days=1))
    assert services.report(data=unmeasured, by=cast.miner).hazard.occurred_at <= now()


def test_an_anonymous_report_names_nobody(cast: Cast) -> None:
    hazard = services.report(data=services.ReportData(text=TEXT, anonymous=True), by=cast.miner).hazard
    assert (hazard.reporter, hazard.finders.count()) == (None, 0)
    entry = Entry.objects.get()
    assert (entry.by_id, entry.by_name) == (None, "")


@pytest.mark.parametrize("part", ["miner", "unit_head", "other_head", "mine_leader", "administrator"])
def test_only_the_safety_department_grades(cast: Cast, part: str) -> None:
    hazard = hazard_in(Status.REPORTED, cast)
    from kuangdeng.hazards.testkit import tables

    grade, specialty = tables(cast)
    with pytest.raises(Refused, match="没有权限"):
        services.grade(hazard.id, grade=grade, specialty=specialty, by=cast.persons[part])
    assert Entry.objects.filter(verb="hazard.grade").count() == 0


def test_another_unit_cannot_sign(cast: Cast) -> None:
    hazard = hazard_in(Status.DISPATCHED, cast)
    with pytest.raises(Refused, match="综采一队"):
        services.sign(hazard.id, by=cast.other_head)


def test_the_person_in_charge_may_finish_his_own_order(cast: Cast) -> None:
    hazard = hazard_in(Status.GRADED, cast)
    points = replace(order(cast), person_id=cast.team_leader.id)
    services.dispatch(hazard.id, unit=cast.units["mining"], order=points, by=cast.safety)
    services.sign(hazard.id, by=cast.team_leader)
    with pytest.raises(Refused, match="没有权限"):
        services.rectify(hazard.id, words="换好了", by=cast.miner)
    assert services.rectify(hazard.id, words="换好了", by=cast.team_leader).status == Status.RECTIFIED


def test_who_rectified_cannot_accept(cast: Cast) -> None:
    hazard = services.report(data=services.ReportData(text=TEXT, fixed_on_site="当场换了"), by=cast.safety).hazard
    with pytest.raises(Refused, match="不能是同一人"):
        services.accept(hazard.id, words="好", by=cast.safety)
    with pytest.raises(Refused, match="同一单位"):
        services.accept(hazard.id, words="好", by=cast.safety2)
    assert services.accept(hazard.id, words="好", by=cast.mine_leader).status == Status.ACCEPTED


def test_more_time_needs_two_others(cast: Cast) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    until = hazard.due_at + timedelta(hours=24)
    extension = services.request_extension(hazard.id, until=until, reason="备件明早到矿", by=cast.unit_head)
    with pytest.raises(Refused, match="分管矿领导"):
        services.approve_extension(extension.id, by=cast.safety)
    services.approve_extension(extension.id, by=cast.mine_leader)
    assert Hazard.objects.get(id=hazard.id).due_at == hazard.due_at
    with pytest.raises(Refused, match="自己"):
        services.approve_extension(extension.id, by=cast.mine_leader)
    services.approve_extension(extension.id, by=cast.safety)
    after = Hazard.objects.get(id=hazard.id)
    assert (after.due_at, after.due_original) == (until, hazard.due_original)


def test_wrong_order_is_refused_in_words(cast: Cast) -> None:
    hazard = hazard_in(Status.GRADED, cast)
    with pytest.raises(Refused, match="待下达"):
        services.rectify(hazard.id, words="好了", by=cast.unit_head)


def test_merging_credits_both(cast: Cast) -> None:
    hazard = hazard_in(Status.MERGED, cast)
    assert {person.name for person in hazard.merged_into.finders.all()} == {"王铁柱", "刘二喜"}


def test_next_verbs_are_those_of_the_flow(cast: Cast) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    verbs = next_verbs(hazard, cast.unit_head)
    assert verbs[0].verb == "rectify" and verbs[0].primary
    assert {item.verb for item in verbs} <= set(FLOW.from_(Status.RECTIFYING))
    assert next_verbs(hazard, cast.other_miner) == []
