"""Batches made by themselves: no unit, no team, no trade is stripped, and who is left out is told why. No database."""

from decimal import Decimal
from random import Random
from uuid import UUID

import pytest

from kuangdeng.learning.classes import rostering
from kuangdeng.learning.classes.rostering import Batch, Candidate, Strength
from kuangdeng.learning.classes.rules import (
    Limits,
    Mark,
    Why,
    counted,
    enough,
    most_of,
)


def key(number: int) -> UUID:
    return UUID(int=number)


def people(unit: int, team: int, trades: list[str], begin: int) -> list[Candidate]:
    return [
        Candidate(key(begin + n), key(unit), key(team), trade, (f"{begin + n:05d}",)) for n, trade in enumerate(trades)
    ]


def strength(everybody: list[Candidate]) -> Strength:
    units: dict[UUID, int] = {}
    crews: dict[UUID, int] = {}
    trades: dict[tuple[UUID, str], int] = {}
    for one in everybody:
        units[one.unit] = units.get(one.unit, 0) + 1
        crews[one.crew] = crews.get(one.crew, 0) + 1
        trades[one.crew, one.trade] = trades.get((one.crew, one.trade), 0) + 1
    return Strength(units, crews, trades)


def test_nobody_is_stripped_whatever_the_mine_looks_like() -> None:
    """Fifty random mines: every limit holds in every batch, nobody is lost, nobody sits twice."""
    random = Random(20261122)
    for _try in range(50):
        everybody: list[Candidate] = []
        for unit in range(1, random.randint(2, 6)):
            for team in range(random.randint(1, 4)):
                trades = [random.choice(["采煤工", "电工", "瓦检员"]) for _ in range(random.randint(1, 40))]
                everybody += people(unit, unit * 100 + team, trades, len(everybody) + 10_000)
        batches = [Batch(key(900 + n), random.randint(5, 80)) for n in range(random.randint(1, 5))]
        limits = Limits(
            random.randint(5, 60),
            random.randint(1, 30),
            random.randint(5, 60),
            random.randint(1, 12),
            random.randint(0, 2),
        )
        power = strength(everybody)
        found = rostering.make(everybody, batches, power, dict.fromkeys(power.units, limits))
        assert len(found.placed) + len(found.left) == len(everybody)
        assert not set(found.placed) & {left.candidate.person for left in found.left}
        for batch in batches:
            here = [one for one in everybody if found.placed.get(one.person) == batch.key]
            assert len(here) <= batch.seats
            taken = strength(here)
            for unit, number in taken.units.items():
                assert number <= most_of(power.units[unit], limits.unit_percent, limits.unit_most)
            for crew, number in taken.crews.items():
                assert number <= most_of(power.crews[crew], limits.team_percent, limits.team_most)
            for trade, number in taken.trades.items():
                assert power.trades[trade] - number >= limits.trade_stay


def test_a_team_is_spread_evenly_over_the_batches() -> None:
    everybody = people(1, 11, ["采煤工"] * 12, 100)
    batches = [Batch(key(900 + n), 40) for n in range(4)]
    found = rostering.make(everybody, batches, strength(everybody), {key(1): Limits(100, 40, 30, 8, 1)})
    sizes = [sum(where == batch.key for where in found.placed.values()) for batch in batches]
    assert sizes == [3, 3, 3, 3]


def test_few_seats_are_shared_by_all_teams_and_trades() -> None:
    """20 seats for four teams of 40: five of each, not two teams first; and not one trade of a team first."""
    everybody = [
        Candidate(
            key(unit * 1000 + at),
            key(1),
            key(unit),
            ("支护工", "司机", "电钳工", "瓦检员")[at % 4],
            (f"{unit}", f"{at:02}"),
        )
        for unit in (11, 12, 13, 14)
        for at in range(40)
    ]
    batch = Batch(key(900), 20)
    found = rostering.make(everybody, [batch], strength(everybody), {key(1): Limits(100, 40, 100, 40, 1)})
    assert dict(batch.crews) == {key(11): 5, key(12): 5, key(13): 5, key(14): 5}
    assert max(batch.trades.values()) <= 2
    assert len(found.left) == 140


def test_the_only_gas_checker_of_a_team_stays_and_the_reason_names_his_trade() -> None:
    everybody = people(1, 11, ["采煤工"] * 9 + ["瓦检员"], 100)
    found = rostering.make(
        everybody, [Batch(key(900 + n), 40) for n in range(9)], strength(everybody), {key(1): Limits(100, 40, 30, 8, 1)}
    )
    assert [(left.candidate.trade, left.code, left.size, left.most) for left in found.left] == [
        ("瓦检员", "trade", 1, 1)
    ]


def test_who_is_busy_on_one_day_gets_the_other() -> None:
    everybody = people(1, 11, ["采煤工"] * 4, 100)
    batches = [Batch(key(900), 2), Batch(key(901), 2)]
    busy = {(key(103), key(900))}
    found = rostering.make(everybody, batches, strength(everybody), {key(1): Limits(100, 40, 100, 40, 0)}, busy)
    assert found.placed[key(103)] == key(901)
    assert not found.left


def test_a_full_team_says_how_many_may_go() -> None:
    everybody = people(1, 11, ["采煤工"] * 10, 100)
    found = rostering.make(everybody, [Batch(key(900), 40)], strength(everybody), {key(1): Limits(100, 40, 30, 8, 0)})
    assert len(found.placed) == 3
    assert {(left.code, left.size, left.most) for left in found.left} == {("crew", 10, 3)}


@pytest.mark.parametrize(
    ("mark", "hours", "why"),
    [
        (None, 0, Why.NOT_LISTED),
        (Mark("present"), 2, Why.COUNTED),
        (Mark("late", 15), 2, Why.COUNTED),
        (Mark("late", 16), 0, Why.LATE),
        (Mark("missing"), 0, Why.MISSING),
        (Mark("leave"), 0, Why.LEAVE),
        (Mark("made_up"), 2, Why.MADE_UP),
    ],
)
def test_what_counts_and_why_not(mark: Mark | None, hours: int, why: Why) -> None:
    assert counted(Decimal(2), mark, late_minutes=15, makeup_counts=True) == (Decimal(hours), why)


def test_made_up_lessons_do_not_count_where_the_rule_says_so() -> None:
    assert counted(Decimal(2), Mark("made_up"), late_minutes=15, makeup_counts=False) == (Decimal(0), Why.MADE_UP_NOT)


def test_shares() -> None:
    assert most_of(3, 30, 8) == 1
    assert most_of(0, 30, 8) == 0
    assert enough(Decimal(8), Decimal(10), Decimal(80))
    assert not enough(Decimal("7.9"), Decimal(10), Decimal(80))
    assert not enough(Decimal(0), Decimal(0), Decimal(80))
