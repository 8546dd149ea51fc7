"""Which stems are nearly the same, over a whole bank. Pure.

Comparing every pair of 50,000 items would be a billion comparisons. Two stems that share at least four fifths of
their pieces must share one of their rarest few; so each is compared only with those that share one of these.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence
from math import ceil
from typing import TypeVar

from kuangdeng.learning.items.rules.folding import alike, pieces

NEAR = 0.75
"""Share of common pieces from which a person should look at two stems."""
MOST_PAIRS = 5000
MOST_BESIDE = 100
"""Of stems that begin with the same rare piece only so many are kept in mind: a bank full of one stem stays fast."""
K = TypeVar("K", bound=Hashable)


def near_pairs(rows: Sequence[tuple[K, str]], near: float = NEAR) -> list[tuple[K, K, float]]:
    """Pairs of (id, folded stem) that look alike, the most alike first, at most `MOST_PAIRS`."""
    found = sorted(_pairs(rows, near), key=lambda one: -one[2])
    return found[:MOST_PAIRS]


def _pairs(rows: Sequence[tuple[K, str]], near: float) -> Iterator[tuple[K, K, float]]:
    sets = [(key, pieces(folded)) for key, folded in rows]
    often = Counter(piece for _key, found in sets for piece in found)
    ordered = sorted(
        ((key, sorted(found, key=lambda piece: (often[piece], piece)), found) for key, found in sets if found),
        key=lambda one: len(one[1]),
    )
    index: dict[str, list[int]] = defaultdict(list)
    for at, (key, line, found) in enumerate(ordered):
        size = len(line)
        prefix = line[: size - ceil(near * size) + 1]
        for other in {one for piece in prefix for one in index[piece] if len(ordered[one][1]) >= near * size}:
            score = alike(found, ordered[other][2])
            if score >= near:
                yield ordered[other][0], key, round(score, 4)
        for piece in prefix:
            if len(index[piece]) < MOST_BESIDE:
                index[piece].append(at)
