"""抽题: which items stand on whose paper. Pure: the same seed draws the same paper for ever.

Everybody's paper is drawn from the same blueprint. So that no paper is harder than another, each is drawn again
until its expected score lies near to the blueprint's own; the number of the draw stands in its seed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from kuangdeng.learning.items.api import seed_of

DRAWS, NEAR = 40, 0.005
"""How often a paper is drawn at most to find one of equal difficulty, and what is near enough: half a mark of 100."""
EXPECTED = {1: 0.95, 2: 0.85, 3: 0.7, 4: 0.55, 5: 0.4}
"""The share of the mark that we expect of an item by its difficulty 1 to 5, until it has been asked often enough. Our
own assumption, shown as an estimate (估计)."""


@dataclass(frozen=True)
class Choosable:
    """An item that may be drawn: its version that is asked now, and the share of the mark expected of it, 0 to 1."""

    item_id: UUID
    version_id: UUID
    ease: float


@dataclass(frozen=True)
class Part:
    """One line of a blueprint with its pool, the pool in the order of the item ids."""

    pool: Sequence[Choosable]
    count: int
    marks: Decimal


@dataclass(frozen=True)
class Line:
    """One item of a paper with its mark."""

    item_id: UUID
    version_id: UUID
    marks: Decimal
    ease: float


@dataclass(frozen=True)
class Drawn:
    """A drawn paper: its lines, the seed that made it, and the score to be expected of it."""

    lines: list[Line]
    seed: str
    expected: float


def _numbers(seed: str) -> Iterator[int]:
    count = 0
    while True:
        digest = sha256(f"{seed}\x1f{count}".encode()).digest()
        yield from (int.from_bytes(digest[at : at + 8], "big") for at in range(0, 32, 8))
        count += 1


def _some(pool: Sequence[Choosable], count: int, seed: str, taken: Collection[UUID]) -> list[Choosable]:
    """`count` of the pool that are not taken, each set as likely; fewer when the pool has no more.

    A sparse Fisher-Yates shuffle: only as many steps as items are wanted, however large the pool is.
    """
    moved: dict[int, int] = {}
    found: list[Choosable] = []
    numbers, left = _numbers(seed), len(pool)
    while left and len(found) < count:
        most = (1 << 64) - (1 << 64) % left
        at = next(number for number in numbers if number < most) % left
        one = pool[moved.get(at, at)]
        left -= 1
        moved[at] = moved.get(left, left)
        if one.item_id not in taken:
            found.append(one)
    return found


def short_of(parts: Sequence[Part]) -> list[int]:
    """By how many items each part's pool is short when all parts are drawn in turn; zeros when a paper can be drawn."""
    taken: set[UUID] = set()
    missing = []
    for part in parts:
        found = _some(part.pool, part.count, "enough", taken)
        taken.update(one.item_id for one in found)
        missing.append(part.count - len(found))
    return missing


def one_draw(parts: Sequence[Part], seed: str, avoid: Collection[UUID] = ()) -> Drawn:
    """One paper by this seed. What is to be avoided (the items of a failed exam) is taken only when nothing else is."""
    taken: set[UUID] = set()
    lines: list[Line] = []
    for number, part in enumerate(parts):
        own = seed_of(seed, number)
        found = _some(part.pool, part.count, own, taken | set(avoid))
        if len(found) < part.count and avoid:
            have = taken | {one.item_id for one in found}
            found += _some(part.pool, part.count - len(found), seed_of(own, "again"), have)
        taken.update(one.item_id for one in found)
        lines += [Line(one.item_id, one.version_id, part.marks, one.ease) for one in found]
    return Drawn(lines, seed, sum(float(line.marks) * line.ease for line in lines))


def middle(parts: Sequence[Part]) -> float:
    """The score that a paper of this blueprint has on the average of all draws."""
    return sum(
        float(part.marks) * part.count * sum(one.ease for one in part.pool) / len(part.pool)
        for part in parts
        if part.pool
    )


def fair_draw(parts: Sequence[Part], seed: str, avoid: Collection[UUID] = (), wanted: float | None = None) -> Drawn:
    """The paper for one seed: the first draw near to the expected score that is
    wanted, or the nearest of them all."""
    aim = middle(parts) if wanted is None else wanted
    near = NEAR * sum(float(part.marks) * part.count for part in parts)
    best: Drawn | None = None
    for number in range(DRAWS):
        one = one_draw(parts, seed_of(seed, number), avoid)
        if best is None or abs(one.expected - aim) < abs(best.expected - aim):
            best = one
        if abs(best.expected - aim) <= near:
            break
    assert best is not None
    return best


def ease_of(difficulty: int, measured: Mapping[UUID, float], item_id: UUID) -> float:
    """The share expected of an item: as measured where it was asked often enough, else by its difficulty."""
    return measured.get(item_id, EXPECTED[difficulty])
