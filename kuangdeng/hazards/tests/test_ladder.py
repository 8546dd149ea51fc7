"""The overdue ladder by a clock that the tests set: across midnight, month end, a change of scheme; late; twice."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from kuangdeng.hazards import services
from kuangdeng.hazards.models import DeadlineRule, Grade, Hazard, LadderFiring, LadderRule
from kuangdeng.hazards.queries.deadlines import proposed_due
from kuangdeng.hazards.queries.ladder import due_steps, step_at
from kuangdeng.hazards.rules import FivePoints
from kuangdeng.hazards.services.ladder import run_ladder
from kuangdeng.hazards.setup import set_up
from kuangdeng.hazards.testkit import tables
from kuangdeng.kernel.clock import set_to
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.ledger.models import Entry, Notice
from kuangdeng.org.models import ImportRun, Shift, ShiftScheme, UnitShift
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


def rule(
    cast: Cast, step: str, amount: int, roles: list[str], *, position: int = 0, supervise: bool = False
) -> LadderRule:
    return LadderRule.objects.create(
        mine=cast.mine, name=f"{amount}{step}", step=step, amount=amount, roles=roles, position=position,
        propose_supervision=supervise,
    )  # fmt: skip


def ladder(cast: Cast) -> None:
    """4 hours before, at due, +1 shift, +1 day with supervision proposed."""
    rule(cast, "hours", -4, ["rectifier", Role.UNIT_HEAD], position=1)
    rule(cast, "hours", 0, ["rectifier", Role.UNIT_HEAD], position=2)
    rule(cast, "shifts", 1, [Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY], position=3)
    rule(cast, "days", 1, [Role.MINE_LEADER], position=4, supervise=True)


def ordered(cast: Cast, *, given: str, due: str) -> Hazard:
    """A hazard that the mining unit has signed for, ordered at `given` and due at `due`."""
    with set_to(at(given)):
        grade, specialty = tables(cast)
        hazard = services.report(data=services.ReportData(text="超前段单体柱卸载"), by=cast.miner).hazard
        services.grade(hazard.id, grade=grade, specialty=specialty, by=cast.safety)
        points = FivePoints(cast.miner.id, "更换单体柱", None, at(due), "")
        services.dispatch(hazard.id, unit=cast.units["mining"], order=points, by=cast.safety)
        return services.sign(hazard.id, by=cast.unit_head)


def story() -> list[tuple[str, str]]:
    """The told steps in the order of the ledger: name, when it came."""
    entries = Entry.objects.filter(verb="hazard.ladder").order_by("id")
    return [(entry.payload["step"], f"{entry.occurred_at.astimezone(TZ):%m-%d %H:%M}") for entry in entries]


def test_each_step_is_told_once_when_it_comes_across_midnight_and_month_end(cast: Cast) -> None:
    ladder(cast)
    ordered(cast, given="2026-02-28T10:00", due="2026-02-28T22:30")
    clock = at("2026-02-28T10:00")
    while clock <= at("2026-03-02T00:00"):
        with set_to(clock):
            run_ladder()
        clock += timedelta(minutes=10)
    assert story() == [
        ("-4hours", "02-28 18:30"),
        ("0hours", "02-28 22:30"),
        ("1shifts", "03-01 00:00"),
        ("1days", "03-01 22:30"),
    ]
    entry = Entry.objects.get(payload__step="1days")
    assert entry.payload["propose_supervision"] is True
    assert set(entry.payload["tell"]) == {str(cast.mine_leader.id), str(cast.mine_leader2.id)}
    assert Hazard.objects.get().supervision_proposed
    assert entry.by_id is None


def test_nothing_is_told_a_minute_too_early(cast: Cast) -> None:
    rule(cast, "hours", 0, [Role.UNIT_HEAD])
    ordered(cast, given="2026-02-28T10:00", due="2026-03-01T00:00")
    with set_to(at("2026-02-28T23:59")):
        assert run_ladder() == 0
    with set_to(at("2026-03-01T00:00")):
        assert run_ladder() == 1
        assert run_ladder() == 0


def test_shifts_follow_a_change_of_scheme(cast: Cast) -> None:
    rule(cast, "shifts", 1, [Role.UNIT_HEAD], position=1)
    rule(cast, "shifts", 2, [Role.UNIT_HEAD], position=2)
    rule(cast, "shifts", 3, [Role.UNIT_HEAD], position=3)
    four = ShiftScheme.objects.create(mine=cast.mine, name="四六制")
    for name, start, end in [("一班", 2, 8), ("检修班", 8, 14), ("三班", 14, 20), ("四班", 20, 2)]:
        Shift.objects.create(scheme=four, name=name, start=time(start), end=time(end))
    UnitShift.objects.create(unit=cast.units["mining"], scheme=four, valid_from=date(2026, 3, 1))
    ordered(cast, given="2026-02-28T09:00", due="2026-02-28T16:00")
    with set_to(at("2026-03-01T14:00")):
        run_ladder()
    # The last 四点班 of the old scheme works on until the first shift of the new one begins at two.
    assert story() == [("1shifts", "03-01 02:00"), ("2shifts", "03-01 08:00"), ("3shifts", "03-01 14:00")]


def test_a_worker_that_was_off_for_days_catches_up_in_order_and_once(cast: Cast) -> None:
    ladder(cast)
    ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    ordered(cast, given="2026-11-20T08:30", due="2026-11-20T20:00")
    with set_to(at("2026-11-23T12:00")):
        assert run_ladder() == 8
        assert run_ladder() == 0
    moments = [moment for _step, moment in story()]
    assert moments == sorted(moments)
    assert all(entry.received_at == at("2026-11-23T12:00") for entry in Entry.objects.filter(verb="hazard.ladder"))


def test_more_time_moves_the_ladder(cast: Cast) -> None:
    ladder(cast)
    hazard = ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    with set_to(at("2026-11-20T12:30")):
        assert run_ladder() == 1
        asked = services.request_extension(
            hazard.id, until=at("2026-11-21T16:00"), reason="备件未到", by=cast.unit_head
        )
        services.approve_extension(asked.id, by=cast.mine_leader)
        services.approve_extension(asked.id, by=cast.safety)
    with set_to(at("2026-11-20T23:00")):
        assert run_ladder() == 0
    with set_to(at("2026-11-21T12:00")):
        assert run_ladder() == 1
    assert story() == [("-4hours", "11-20 12:00"), ("-4hours", "11-21 12:00")]


def test_what_is_finished_is_not_told(cast: Cast) -> None:
    ladder(cast)
    hazard = ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    with set_to(at("2026-11-20T11:00")):
        services.rectify(hazard.id, words="已更换", by=cast.unit_head)
    with set_to(at("2026-11-25T11:00")):
        assert run_ladder() == 0
        services.reject(hazard.id, reason="仍有一根漏液", by=cast.safety)
        assert run_ladder() == 4


def test_a_step_found_by_two_workers_is_told_once(cast: Cast) -> None:
    ladder(cast)
    ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    from kuangdeng.hazards.queries.ladder import Tellers
    from kuangdeng.hazards.services.ladder import climb

    with set_to(at("2026-11-20T16:30")):
        first, second = due_steps(cast.mine, at("2026-11-20T16:30")), due_steps(cast.mine, at("2026-11-20T16:30"))
        assert len(first) == len(second) == 2
        tellers = Tellers(cast.mine.id)
        assert [climb(step=step, tellers=tellers) is not None for step in [*first, *second]] == [
            True,
            True,
            False,
            False,
        ]


@pytest.fixture
def _chain_again(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """After the tables were emptied the ledger guards itself again."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture
def committed(_chain_again: None, transactional_db: None) -> Iterator[None]:
    """A database where other connections see what is written; the ledger lets itself be emptied at the end."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")


def test_two_workers_at_the_same_instant(committed: None) -> None:
    cast = make_cast()
    tables(cast)
    ladder(cast)
    for _ in range(6):
        ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    start, told = threading.Barrier(2), []

    def work() -> None:
        try:
            start.wait()
            with set_to(at("2026-11-22T16:30")):
                told.append(run_ladder())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(told) == 24
    assert Entry.objects.filter(verb="hazard.ladder").count() == LadderFiring.objects.count() == 24


def test_the_past_of_an_imported_hazard_is_told_by_its_last_step_only(cast: Cast) -> None:
    ladder(cast)
    hazard = ordered(cast, given="2024-05-01T08:00", due="2024-05-03T16:00")
    with set_to(at("2026-11-22T09:00")):
        run = ImportRun.objects.create(
            mine=cast.mine, kind="hazards", file_name="旧台账.xlsx", file_sha256="0" * 64, by=cast.safety
        )
    Hazard.objects.filter(id=hazard.id).update(import_run=run)
    with set_to(at("2026-11-22T10:00")):
        assert run_ladder() == 1
        assert run_ladder() == 0
    assert [step for step, _moment in story()] == ["1days"]
    assert LadderFiring.objects.count() == 4


def test_an_old_ledger_with_many_late_hazards_is_told_in_one_notice_each(cast: Cast) -> None:
    ladder(cast)
    rule(cast, "days", 365, [Role.UNIT_HEAD, Role.SAFETY], position=5)
    with set_to(at("2026-11-22T09:00")):
        run = ImportRun.objects.create(
            mine=cast.mine, kind="hazards", file_name="2024年隐患台账.xlsx", file_sha256="0" * 64, by=cast.safety,
            state=ImportRun.State.WRITING,
        )  # fmt: skip
    for due in ("2024-05-03T16:00", "2024-06-03T16:00", "2026-11-21T16:00"):
        hazard = ordered(cast, given="2024-05-01T08:00", due=due)
        Hazard.objects.filter(id=hazard.id).update(import_run=run)
    other = Hazard.objects.get(due_at=at("2024-06-03T16:00"))
    Hazard.objects.filter(id=other.id).update(unit=cast.units["tunnel"], unit_name=cast.units["tunnel"].name)
    own = ordered(cast, given="2026-11-22T08:00", due="2026-11-22T09:30")
    with set_to(at("2026-11-22T10:00")):
        assert run_ladder() == 2, "while the ledger is being written only the mine's own hazard is told"
        assert set(Entry.objects.filter(verb="hazard.ladder").values_list("subject_id", flat=True)) == {str(own.id)}
        ImportRun.objects.filter(id=run.id).update(state=ImportRun.State.DONE, finished_at=at("2026-11-22T10:01"))
    with set_to(at("2026-11-22T10:02")):
        assert run_ladder() == 3
        assert run_ladder() == 0
        seal_all()
        tell_all()
    entry = Entry.objects.get(verb="hazard.ladder_backlog")
    assert (entry.quantity, entry.payload["units"]) == (3, {"综采一队": 2, "掘进一队": 1})
    notices = {one.person_id: one for one in Notice.objects.filter(entry=entry)}
    assert "2024年隐患台账" in notices[cast.mine_leader.id].title and "有 2 条" in notices[cast.mine_leader.id].title
    assert notices[cast.mine_leader.id].body == "掘进一队 1 条；综采一队 1 条", "+1 day is behind these two"
    assert notices[cast.safety.id].body == "综采一队 2 条；掘进一队 1 条", "+1 shift is behind all three"
    assert notices[cast.unit_head.id].body == "综采一队 2 条"
    assert notices[cast.other_head.id].body == "掘进一队 1 条"
    assert not any(one.must_act for one in notices.values())
    assert LadderFiring.objects.exclude(hazard=own).count() == 5 + 5 + 3
    assert Hazard.objects.filter(supervision_proposed=True).count() == 2
    with set_to(at("2027-11-21T17:00")):
        assert [step for step, _moment in story()].count("365days") == 0
        run_ladder()
    assert [step for step, _moment in story()].count("365days") == 1, "what comes after the import is told as always"


def test_roles_that_nobody_holds_are_named(cast: Cast) -> None:
    rule(cast, "hours", 0, [Role.BRANCH_SECRETARY, Role.TEAM_LEADER])
    ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    with set_to(at("2026-11-20T17:00")):
        run_ladder()
    payload = Entry.objects.get(verb="hazard.ladder").payload
    assert payload["tell"] == [str(cast.branch_secretary.id)]
    assert payload["nobody"] == [Role.TEAM_LEADER]


def test_a_unit_without_a_scheme_still_climbs_and_says_so(cast: Cast) -> None:
    ShiftScheme.objects.all().delete()
    one = rule(cast, "shifts", 1, [Role.UNIT_HEAD])
    assert step_at(one, at("2026-11-20T16:00"), None) == (at("2026-11-21T00:00"), True)


def test_the_search_costs_the_same_for_one_and_for_many(cast: Cast, django_assert_max_num_queries) -> None:
    ladder(cast)
    for _ in range(5):
        ordered(cast, given="2026-11-20T08:00", due="2026-11-20T16:00")
    with django_assert_max_num_queries(10):
        assert len(due_steps(cast.mine, at("2026-11-25T00:00"))) == 20


# Deadlines by rule ----------------------------------------------------------------------------------------------------


def test_the_deadline_comes_from_the_grades_rule(cast: Cast) -> None:
    with set_to(at("2026-01-01T00:00")):
        set_up(mine=cast.mine)
    hazard = ordered(cast, given="2026-02-28T10:00", due="2026-03-03T16:00")
    grades = {grade.code: grade for grade in Grade.objects.filter(mine=cast.mine)}
    unit, when = cast.units["mining"], at("2026-02-28T17:00")
    assert proposed_due(hazard, unit, grades["B"], when).due_at == at("2026-03-03T17:00")
    next_shift = proposed_due(hazard, unit, grades["C"], when)
    assert next_shift.due_at == at("2026-03-01T08:00")
    assert next_shift.words == "C级：下一班结束前（规则未确认）"
    hazard.is_major = True
    assert proposed_due(hazard, unit, grades["C"], when) is None
    hazard.is_major = False
    DeadlineRule.objects.filter(grade=grades["A"]).delete()
    assert proposed_due(hazard, unit, grades["A"], when).words == "其他等级：下达后 7 天（规则未确认）"
    assert proposed_due(hazard, unit, grades["C"], at("2025-12-31T23:00")) is None


def test_a_new_mine_gets_its_tables_once(db: None) -> None:
    cast = make_cast("NEWM")
    first = set_up(mine=cast.mine)
    assert first["library"] > 300 and first["catalogues"] == 2 and first["grades"] == 3 and first["specialties"] > 80
    assert set(set_up(mine=cast.mine).values()) == {0}
    assert Entry.objects.filter(verb="hazard.set_up").count() == 2
