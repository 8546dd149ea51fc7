"""The tracking page: every open item with who holds it, since when, what is promised; groups count what they list."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuangdeng.hazards import services
from kuangdeng.hazards.bulletins import services as bulletins
from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.groups.testkit import fed_in
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions import services as questions
from kuangdeng.hazards.rules import ENDED, Status
from kuangdeng.hazards.testkit import hazard_in, order, tables
from kuangdeng.hazards.tracking import queries, registers
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import Entry
from kuangdeng.org.models import Branch
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def published(cast: Cast) -> None:
    at = clock.now()
    with clock.set_to(at + timedelta(minutes=1)):
        made = bulletins.compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), at + timedelta(seconds=30)))
        bulletins.publish(made.id, by=cast.safety)


# ---------------------------------------------------------------- line by line


def test_every_state_that_is_not_ended_is_tracked_and_nothing_else(cast: Cast, client: Client) -> None:
    made = {status: hazard_in(status, cast) for status in Status}
    client.force_login(cast.safety)
    rows = client.get("/hazards/tracking/").context["listing"].objects
    twin = Hazard.objects.get(id=made[Status.MERGED].merged_into_id)
    assert {row.id for row in rows} == {one.id for status, one in made.items() if status not in ENDED} | {twin.id}


def test_who_holds_it_is_named_with_the_person_in_charge(cast: Cast) -> None:
    said = {status: registers.held_by(hazard_in(status, cast)) for status in (Status.REPORTED, Status.RECTIFYING)}
    assert said[Status.REPORTED] == "安监部门"
    assert said[Status.RECTIFYING] == f"综采一队 {cast.unit_head.name}"


def test_an_extended_deadline_shows_the_first_one_and_the_promise_beside_it(cast: Cast, client: Client) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    asked = services.request_extension(
        hazard.id, until=hazard.due_at + timedelta(days=2), reason="备件未到", by=cast.unit_head
    )
    services.approve_extension(asked.id, by=cast.mine_leader)
    services.approve_extension(asked.id, by=cast.safety)
    published(cast)
    item = BulletinItem.objects.filter(subject_id=hazard.id).first()
    question = questions.ask(item.id, text="什么时候换完？", by=cast.other_head)
    client.force_login(cast.safety)

    def row() -> str:
        return client.get("/hazards/tracking/").content.decode()

    assert "1 条，1 条没答复" in row()
    assert "原定 " in row()
    assert "承诺 " not in row()
    promised = clock.local().date() + timedelta(days=1)
    questions.answer(question.id, text="明天换完", promised_on=promised, by=cast.unit_head)
    assert "承诺 明天" in row()
    assert "1 条，已答复" in row()
    assert [one.id for one in client.get("/hazards/tracking/?asked=open").context["listing"].objects] == [hazard.id]
    assert list(client.get("/hazards/tracking/?asked=unanswered").context["listing"].objects) == []
    questions.settle(question.id, by=cast.other_head)
    assert "条，已答复" not in row()


def test_the_nearest_deadline_stands_first_and_those_without_one_last(cast: Cast, client: Client) -> None:
    without = hazard_in(Status.REPORTED, cast)
    with clock.set_to(clock.now() - timedelta(hours=30)):
        done = hazard_in(Status.RECTIFIED, cast)  # its deadline runs no more
    far = hazard_in(Status.RECTIFYING, cast)
    with clock.set_to(clock.now() - timedelta(hours=20)):
        late = hazard_in(Status.RECTIFYING, cast)
    client.force_login(cast.safety)
    rows = client.get("/hazards/tracking/").context["listing"].objects
    assert [row.id for row in rows][:2] == [late.id, far.id]
    assert {row.id for row in rows[2:]} == {done.id, without.id}


# ---------------------------------------------------------------- groups


def lists_what_it_counts(client: Client, by: str) -> dict[str, int]:
    """Each group of the page, followed to the list that it links to."""
    counts = {}
    for line in client.get(f"/hazards/tracking/by/{by}/").context["lines"]:
        group = line["group"]
        for url, said in ((line["url"], group.count), (line["late_url"], group.overdue)):
            parts = urlsplit(url)
            listing = client.get(f"{parts.path}?{parts.query}").context["listing"]
            assert listing.counted == said, (by, group.name, url)
            assert listing.bad_filters == []
        counts[group.name] = group.count
    return counts


def test_a_click_on_a_group_lists_exactly_what_it_counts(cast: Cast, client: Client) -> None:
    Branch.objects.create(mine=cast.mine, unit=cast.units["mining"], name="综采一队党支部")
    hazard_in(Status.RECTIFYING, cast)
    with clock.set_to(clock.now() - timedelta(hours=20)):
        hazard_in(Status.DISPATCHED, cast, place="gate")
    hazard_in(Status.REPORTED, cast, place=None)
    hazard_in(Status.CLOSED, cast)
    team = hazard_in(Status.GRADED, cast)
    services.dispatch(
        team.id, unit=cast.units["mining_team"], order=replace(order(cast), person_id=None), by=cast.safety
    )
    client.force_login(cast.safety)
    assert lists_what_it_counts(client, "unit") == {"综采一队": 3, "还没有责任单位": 1}
    assert lists_what_it_counts(client, "branch") == {"综采一队党支部": 3, "没有党支部的单位": 1}
    places = lists_what_it_counts(client, "place")
    assert places["没有写明地点"] == 1
    assert places[cast.places["gate"].full_name] == 3
    assert client.get("/hazards/tracking/by/nonsense/").status_code == 404


def test_feedback_and_the_group_that_gave_it(cast: Cast, client: Client) -> None:
    fed = fed_in(cast, "mining", "tunnel")
    teams = fed.acknowledgements.count()
    assert teams
    hazard_in(Status.RECTIFYING, cast)  # not published: no group has it
    client.force_login(cast.safety)
    row = next(
        one for one in client.get("/hazards/tracking/").context["listing"].objects if one.id == fed.case.hazard_id
    )
    assert (row.standing.coverage.words, row.standing.group) == (f"0/{teams}", "顶板整治落实小组")
    assert f"签认 0/{teams}" in client.get("/hazards/tracking/").content.decode()
    assert "tone-late" not in str(registers.feedback_chip(row.standing))
    with clock.set_to(clock.now() + timedelta(days=3)):
        listed = {row.id: row for row in client.get("/hazards/tracking/").context["listing"].objects}
        assert "tone-late" in str(registers.feedback_chip(listed[fed.case.hazard_id].standing))
    assert lists_what_it_counts(client, "group") == {"顶板整治落实小组": 1, "没有小组负责": 1}


def test_groups_are_kept_only_until_something_happens(cast: Cast) -> None:
    hazard_in(Status.RECTIFYING, cast)
    first = queries.groups(cast.safety, "unit")
    hazard_in(Status.RECTIFYING, cast)
    assert (first[0].count, queries.groups(cast.safety, "unit")[0].count) == (1, 2)


def test_a_unit_sees_its_own(cast: Cast) -> None:
    hazard_in(Status.RECTIFYING, cast)
    assert [one.count for one in queries.groups(cast.unit_head, "unit")] == [1]
    assert queries.groups(cast.other_head, "unit") == []


# ---------------------------------------------------------------- since when


MOVES = [
    "grade", "send_back", "resubmit", "fix_on_site", "void", "dispatch", "sign", "transfer", "rectify", "accept", "reject",
    "close", "supervise", "extend",
]  # fmt: skip


def move(cast: Cast, verb: str, hazard: Hazard) -> None:
    grade, specialty = tables(cast)
    hazard.refresh_from_db()
    other = cast.units["tunnel"] if hazard.unit == cast.units["mining"] else cast.units["mining"]
    worker = cast.other_head if hazard.unit == cast.units["tunnel"] else cast.unit_head
    runs = {
        "grade": lambda: services.grade(hazard.id, grade=grade, specialty=specialty, by=cast.safety),
        "send_back": lambda: services.send_back(hazard.id, reason="补架号", by=cast.safety),
        "resubmit": lambda: services.resubmit(hazard.id, text="42 号架", by=cast.miner),
        "fix_on_site": lambda: services.fix_on_site(hazard.id, words="当场更换", by=cast.team_leader),
        "void": lambda: services.void(hazard.id, reason="不存在", by=cast.safety),
        "dispatch": lambda: services.dispatch(hazard.id, unit=cast.units["mining"], order=order(cast), by=cast.safety),
        "sign": lambda: services.sign(hazard.id, by=worker),
        "transfer": lambda: services.transfer(hazard.id, unit=other, reason="面已移交", by=cast.safety),
        "rectify": lambda: services.rectify(hazard.id, words="已更换", by=worker),
        "accept": lambda: services.accept(hazard.id, words="合格", by=cast.safety),
        "reject": lambda: services.reject(hazard.id, reason="仍漏液", by=cast.safety),
        "close": lambda: services.close(hazard.id, by=cast.safety2),
        "supervise": lambda: services.supervise(hazard.id, supervisor=cast.mine_leader, by=cast.safety),
        "extend": lambda: services.request_extension(
            hazard.id, until=(hazard.due_at or clock.now()) + timedelta(days=1), reason="备件未到", by=worker
        ),
    }
    with suppress(Refused):  # what the state does not allow is refused: the walk goes on
        runs[verb]()


def since_by_the_ledger(hazard: Hazard) -> datetime:
    """When the present stage began, read from the lines about it: the state changed, or another unit got it."""
    since, status = None, None
    for entry in Entry.objects.filter(subject_kind="hazard", subject_id=str(hazard.id)).order_by("id"):
        if entry.payload["status"] != status or entry.verb == "hazard.transfer":
            since, status = entry.received_at, entry.payload["status"]
    assert since is not None
    return since


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.sampled_from(MOVES), min_size=4, max_size=14))
def test_since_when_is_what_the_ledger_says_whatever_happened(cast: Cast, walk: list[str]) -> None:
    begin = clock.now() - timedelta(days=3)
    with clock.set_to(begin):
        hazard = hazard_in(Status.REPORTED, cast)
    for number, verb in enumerate(["grade", "dispatch", *walk], 1):
        with clock.set_to(begin + timedelta(hours=number)):
            move(cast, verb, hazard)
    hazard.refresh_from_db()
    assert abs(hazard.status_since - since_by_the_ledger(hazard)) < timedelta(seconds=1)


def test_a_transferred_order_is_held_since_the_transfer(cast: Cast) -> None:
    begin = clock.now() - timedelta(days=1)
    with clock.set_to(begin):
        hazard = hazard_in(Status.DISPATCHED, cast)
    with clock.set_to(begin + timedelta(hours=5)):
        services.transfer(hazard.id, unit=cast.units["tunnel"], reason="面已移交", by=cast.safety)
    hazard.refresh_from_db()
    assert hazard.status_since == begin + timedelta(hours=5) == since_by_the_ledger(hazard)


# ---------------------------------------------------------------- accidents


def test_accidents_and_measures_stand_on_their_own_page(cast: Cast, client: Client) -> None:
    from kuangdeng.hazards.accidents import rules
    from kuangdeng.hazards.accidents.testkit import accident_in, measure_in

    accident = accident_in(rules.Status.INVESTIGATING, cast)
    accident_in(rules.Status.CLOSED, cast)
    open_ones = measure_in(rules.MeasureStatus.WORKING, cast, accident)
    measure_in(rules.MeasureStatus.ACCEPTED, cast, accident)
    client.force_login(cast.safety)
    words = client.get("/hazards/tracking/accidents/").context
    assert [one["row"].id for one in words["accidents"]] == [accident.id]
    assert open_ones.id in [one["row"].id for one in words["measures"]]
    assert all(one["row"].status != rules.MeasureStatus.ACCEPTED for one in words["measures"])
