"""Who goes in which batch (自动编班): nobody's unit or team is stripped, and who cannot be placed is told why. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from kuangdeng.learning.classes.rules import Limits, most_of


@dataclass(frozen=True)
class Candidate:
    """Somebody who is to be trained. `crew` is his team, or the unit itself where he is in none."""

    person: UUID
    unit: UUID
    crew: UUID
    trade: str = ""
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Strength:
    """How many work in the units, in the crews, and in each trade of a crew."""

    units: Mapping[UUID, int]
    crews: Mapping[UUID, int]
    trades: Mapping[tuple[UUID, str], int]


@dataclass
class Batch:
    """One batch with its seats and who sits in it already."""

    key: UUID
    seats: int
    taken: int = 0
    units: Counter[UUID] = field(default_factory=Counter)
    crews: Counter[UUID] = field(default_factory=Counter)
    trades: Counter[tuple[UUID, str]] = field(default_factory=Counter)

    def put(self, one: Candidate) -> None:
        """Give him a seat."""
        self.taken += 1
        self.units[one.unit] += 1
        self.crews[one.crew] += 1
        self.trades[one.crew, one.trade] += 1


@dataclass(frozen=True)
class Left:
    """Somebody for whom no batch has room: which limit holds him (busy, seats, trade, crew, unit), and its number."""

    candidate: Candidate
    code: str
    size: int = 0
    most: int = 0


@dataclass(frozen=True)
class Roster:
    """Who goes where, and who could not be placed."""

    placed: Mapping[UUID, UUID]
    left: Sequence[Left]


def held_by(
    one: Candidate, batch: Batch, strength: Strength, limits: Limits, busy: Collection[tuple[UUID, UUID]]
) -> str:
    """The first limit that keeps him out of this batch; empty when none does."""
    if (one.person, batch.key) in busy:
        return "busy"
    if batch.taken >= batch.seats:
        return "seats"
    same = strength.trades.get((one.crew, one.trade), 0)
    if one.trade and limits.trade_stay and batch.trades[one.crew, one.trade] + limits.trade_stay >= same:
        return "trade"
    if batch.crews[one.crew] >= most_of(strength.crews.get(one.crew, 0), limits.team_percent, limits.team_most):
        return "crew"
    if batch.units[one.unit] >= most_of(strength.units.get(one.unit, 0), limits.unit_percent, limits.unit_most):
        return "unit"
    return ""


RANK = ("unit", "crew", "trade", "seats", "busy")
"""Which limit is told when the batches have several: the widest first."""


def make(
    candidates: Sequence[Candidate],
    batches: Sequence[Batch],
    strength: Strength,
    limits: Mapping[UUID, Limits],
    busy: Collection[tuple[UUID, UUID]] = (),
) -> Roster:
    """Spread the candidates evenly: each goes where the fewest of his crew, then of his unit, then of all sit already.

    Whoever is busy on some days is placed first, while there is room on the others. When there are fewer seats than
    people, every team and trade gives its share: nobody's shift is emptied because its name comes first.
    """
    blocked: defaultdict[UUID, int] = defaultdict(int)
    for person, _batch in busy:
        blocked[person] += 1
    placed: dict[UUID, UUID] = {}
    left: list[Left] = []
    turns = _turns(candidates)
    for one in sorted(candidates, key=lambda one: (-blocked[one.person], turns[one.person], one.order)):
        rule = limits[one.unit]
        held = {batch.key: held_by(one, batch, strength, rule, busy) for batch in batches}
        free = [batch for batch in batches if not held[batch.key]]
        if free:
            best = min(free, key=lambda batch: (batch.crews[one.crew], batch.units[one.unit], batch.taken))
            best.put(one)
            placed[one.person] = best.key
        else:
            left.append(_left(one, set(held.values()), strength, rule))
    return Roster(placed, left)


def _turns(candidates: Sequence[Candidate]) -> dict[UUID, Fraction]:
    """When each is asked, from 0 to 1: a team's people at even distances, and among them each trade at even distances."""
    within = _spread(candidates, lambda one: (one.crew, one.trade), lambda one: one.order)
    return _spread(candidates, lambda one: one.crew, lambda one: (within[one.person], one.order))


def _spread(
    candidates: Sequence[Candidate], group: Callable[[Candidate], Any], order: Callable[[Candidate], Any]
) -> dict[UUID, Fraction]:
    groups: defaultdict[Any, list[Candidate]] = defaultdict(list)
    for one in sorted(candidates, key=order):
        groups[group(one)].append(one)
    return {one.person: Fraction(2 * at + 1, 2 * len(row)) for row in groups.values() for at, one in enumerate(row)}


def _left(one: Candidate, codes: set[str], strength: Strength, rule: Limits) -> Left:
    code = next((code for code in RANK if code in codes), "none")
    if code == "crew":
        size = strength.crews.get(one.crew, 0)
        return Left(one, code, size, most_of(size, rule.team_percent, rule.team_most))
    if code == "unit":
        size = strength.units.get(one.unit, 0)
        return Left(one, code, size, most_of(size, rule.unit_percent, rule.unit_most))
    if code == "trade":
        return Left(one, code, strength.trades.get((one.crew, one.trade), 0), rule.trade_stay)
    return Left(one, code)
