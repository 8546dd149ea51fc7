"""The figures of the statistics: the definition, the database's count, the list behind each cell, the snapshot: one."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuangdeng.hazards.models import Hazard, MajorPlan
from kuangdeng.hazards.statutory import figures, queries, rules
from kuangdeng.hazards.statutory.models import SupervisionOrder
from kuangdeng.hazards.statutory.rules import Cell, Facts, Kind, Line, Period, cells_of, parse_period, rate
from kuangdeng.hazards.statutory.testkit import hazard_at
from kuangdeng.org.testkit import Cast, make_cast

ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER = Period(date(2026, 10, 1))
START, END = datetime(2026, 10, 1, tzinfo=ZONE), datetime(2026, 11, 1, tzinfo=ZONE)
EDGES = [START + timedelta(seconds=s) for s in (-1, 0, 1)] + [END + timedelta(seconds=s) for s in (-1, 0, 1)]
MOMENTS = st.one_of(
    st.sampled_from(EDGES),
    st.datetimes(datetime(2025, 12, 25), datetime(2026, 11, 20)).map(lambda at: at.replace(tzinfo=ZONE)),
)
DAYS = st.dates(date(2026, 9, 25), date(2026, 11, 5))


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@st.composite
def stories(draw: st.DrawFn) -> dict[str, object]:
    """A hazard's life in instants, in order."""
    major = draw(st.booleans())
    times = sorted(draw(st.lists(MOMENTS, min_size=5, max_size=5)))
    stage = draw(st.integers(0, 3))
    orders = [
        (level, day, draw(st.one_of(st.none(), st.integers(0, 20).map(lambda n, day=day: day + timedelta(days=n)))))
        for level, day in draw(st.dictionaries(st.sampled_from(["city", "province"]), DAYS, max_size=2)).items()
    ]
    return {
        "major": major,
        "occurred_at": times[0],
        "dispatched_at": times[1] if stage else None,
        "funds": draw(st.sampled_from([None, Decimal("0"), Decimal("1250.50"), Decimal("98000")])) if stage else None,
        "accepted_at": times[2] if stage > 1 else None,
        "closed_at": times[3] if stage > 2 else None,
        "supervised_at": draw(st.one_of(st.none(), st.just(times[4]))),
        "plan": draw(st.sampled_from(["", "part", "whole"])) if major else "",
        "orders": orders,
        "unit": draw(st.sampled_from(["mining", "mining_team", "tunnel", "safety", None])),
        "status": draw(st.sampled_from(["live", "live", "live", "void", "merged"])),
    }


def facts_of(story: dict[str, object]) -> Facts:
    names = ("major", "occurred_at", "accepted_at", "closed_at", "dispatched_at", "funds", "supervised_at")
    return Facts(
        **{name: story[name] for name in names},  # type: ignore[arg-type]
        has_plan=bool(story["plan"]), five=story["plan"] == "whole", orders=tuple(story["orders"]),  # type: ignore[arg-type]
    )  # fmt: skip


def _status(story: dict[str, object], *, ordered: bool) -> str:
    for name, status in (("closed_at", "closed"), ("accepted_at", "accepted")):
        if story[name]:
            return status
    return "dispatched" if story["dispatched_at"] and ordered else "reported"


def write(cast: Cast, story: dict[str, object]) -> Hazard:
    unit = cast.units[str(story["unit"])] if story["unit"] else None
    status = {"void": "void", "merged": "merged"}.get(str(story["status"]), "")
    if not status:
        status = _status(story, ordered=unit is not None)
    own: dict[str, object] = {"unit": unit, "status": status}
    for name, by in (
        ("dispatched", cast.safety),
        ("accepted", cast.safety),
        ("closed", cast.safety2),
        ("supervised", cast.mine_leader),
    ):
        if story[f"{name}_at"] and not (status in ("void", "merged") and name == "closed"):
            own |= {f"{name}_at": story[f"{name}_at"], f"{name}_by": by}
    if story["supervised_at"]:
        own["supervisor"] = cast.mine_leader
    if story["funds"] is not None:
        own["funds"] = story["funds"]
    if status == "merged":
        own["merged_into"] = hazard_at(cast, datetime(2020, 1, 1, tzinfo=UTC), status="void", void_reason="示例")
    if status == "void":
        own["void_reason"] = "示例"
    hazard = hazard_at(cast, story["occurred_at"], major=bool(story["major"]), **own)  # type: ignore[arg-type]
    if story["plan"]:
        parts = dict.fromkeys(MajorPlan.PARTS, "已写明") if story["plan"] == "whole" else {"goals": "目标"}
        MajorPlan.objects.create(hazard=hazard, updated_by=cast.safety, **parts)
    for level, since, until in story["orders"]:  # type: ignore[attr-defined]
        SupervisionOrder.objects.create(
            hazard=hazard, level=level, authority="省局", ordered_on=since, lifted_on=until, by=cast.safety
        )
    return hazard


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(stories(), min_size=1, max_size=7), st.sampled_from([END, datetime(2026, 10, 18, 12, tzinfo=ZONE)]))
def test_every_cell_is_its_list_and_its_definition(cast: Cast, told: list[dict[str, object]], cut: datetime) -> None:
    with transaction.atomic():
        _compare(cast, told, cut)
        transaction.set_rollback(True)


def _compare(cast: Cast, told: list[dict[str, object]], cut: datetime) -> None:
    written = [(write(cast, story), story) for story in told]
    span = figures.span_of(cast.mine, OCTOBER, cut)
    assert (span.start, span.cut) == (START, cut)
    live = {one.unit_id: one for one in figures._asked_lines(span)}
    frozen = {one.unit_id: one for one in figures.lines_of(figures.members(span), cast.mine.id)}
    assert {key: (one.counts, one.funds, one.units) for key, one in live.items()} == {
        key: (one.counts, one.funds, one.units) for key, one in frozen.items()
    }
    home = {"mining_team": "mining"}
    expected: dict[str, Counter[str]] = {}
    funds: Counter[str] = Counter()
    for _hazard, story in written:
        if story["status"] in ("void", "merged"):
            continue
        cells = cells_of(facts_of(story), start=START, cut=cut, year=datetime(2026, 1, 1, tzinfo=ZONE), zone=ZONE)
        key = str(cast.units[home.get(str(story["unit"]), str(story["unit"]))].id) if story["unit"] else ""
        expected.setdefault(key, Counter()).update(str(one) for one in cells)
        if Cell.FUNDED in cells:
            funds[key] += story["funds"]  # type: ignore[assignment,operator]
    for key, line in live.items():
        assert line.counts == dict(expected.get(key, {})), line.name
        assert line.funds == funds[key]
        assert line.balanced
    assert {key for key, counts in expected.items() if counts} <= set(live)
    total = rules.total(live.values())
    for cell in Cell:
        assert figures.hazards_of_cell(span, cell).count() == total.count(cell)
        for key, line in live.items():
            units = queries._row_units(cast.safety, key or "none")
            assert figures.hazards_of_cell(span, cell, units).count() == line.count(cell)


def test_what_is_found_on_the_last_second_belongs_to_the_month_of_the_mine() -> None:
    at = datetime(2026, 10, 31, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in the mine
    year = datetime(2026, 1, 1, tzinfo=ZONE)

    def cells(moment: datetime) -> set[Cell]:
        return cells_of(Facts(False, moment), start=START, cut=END, year=year, zone=ZONE)

    assert cells(at) == {Cell.GENERAL_FOUND, Cell.GENERAL_LEFT}
    assert cells(at + timedelta(seconds=1)) == set()


def test_a_rectified_hazard_is_carried_only_while_it_was_open() -> None:
    story = Facts(False, START - timedelta(days=9), accepted_at=START - timedelta(seconds=1))
    year = datetime(2026, 1, 1, tzinfo=ZONE)
    assert cells_of(story, start=START, cut=END, year=year, zone=ZONE) == set()
    later = Facts(False, START - timedelta(days=9), accepted_at=START)
    assert cells_of(later, start=START, cut=END, year=year, zone=ZONE) == {
        Cell.GENERAL_CARRIED, Cell.GENERAL_CARRIED_DONE,
    }  # fmt: skip


def test_a_major_hazard_is_done_only_when_it_is_struck_off() -> None:
    story = Facts(True, START, accepted_at=START + timedelta(days=1))
    found = cells_of(story, start=START, cut=END, year=START, zone=ZONE)
    assert found == {Cell.MAJOR_FOUND, Cell.MAJOR_LEFT}


@pytest.mark.parametrize(
    ("done", "found", "said"),
    [(0, 0, "—"), (0, 5, "0.0%"), (5, 5, "100.0%"), (1, 3, "33.3%"), (2, 3, "66.7%"), (9999, 10000, "99.9%"),
     (1, 10000, "0.1%"), (1, 2, "50.0%")],
)  # fmt: skip
def test_rates(done: int, found: int, said: str) -> None:
    assert rate(done, found) == said


@given(st.integers(0, 100000), st.integers(1, 100000))
def test_only_all_is_a_hundred_per_cent_and_only_none_is_nought(a: int, b: int) -> None:
    done, found = min(a, b), b
    assert (rate(done, found) == "100.0%") == (done == found)
    assert (rate(done, found) == "0.0%") == (done == 0)


def test_money_is_in_ten_thousands_with_two_decimals() -> None:
    assert rules.ten_thousands(Decimal("35000")) == "3.50"
    assert rules.ten_thousands(Decimal("49.99")) == "0.00"
    assert rules.ten_thousands(Decimal("50")) == "0.01"


def test_periods() -> None:
    assert [parse_period(one) for one in ("2026-13", "2026Q5", "x", "", "0000-01", "2026-1")] == [None] * 6
    month, quarter = parse_period("2026-12"), parse_period("2026Q4")
    assert month and quarter
    assert (month.last, month.next.code, month.previous.code) == (date(2026, 12, 31), "2027-01", "2026-11")
    assert (quarter.first, quarter.last, quarter.next.code) == (date(2026, 10, 1), date(2026, 12, 31), "2027Q1")
    assert rules.period_of(Kind.QUARTER, date(2026, 8, 9)).code == "2026Q3"


@given(st.dates(date(1960, 1, 1), date(2190, 1, 1)), st.sampled_from(list(Kind)))
def test_a_period_reads_back_and_its_neighbours_touch(day: date, kind: Kind) -> None:
    period = rules.period_of(kind, day)
    assert parse_period(period.code) == period
    assert period.first <= day <= period.last
    assert period.next.first == period.last + timedelta(days=1)
    assert period.next.previous == period


def test_due_day_falls_on_the_last_when_the_month_is_short() -> None:
    assert rules.due_on(Period(date(2026, 1, 1)), months_after=1, day=30) == date(2026, 2, 28)
    assert rules.due_on(rules.period_of(Kind.QUARTER, date(2026, 9, 1)), months_after=1, day=15) == date(2026, 10, 15)
    assert rules.due_on(OCTOBER, months_after=1, day=None) is None


def test_a_total_adds_up() -> None:
    whole = rules.total(
        [Line("a", "甲", {"major_found": 2}, Decimal("1"), 1), Line("b", "乙", {"major_found": 3}, Decimal("2"), 1)]
    )
    assert (whole.count("major_found"), whole.funds, whole.units) == (5, Decimal("3"), 2)
