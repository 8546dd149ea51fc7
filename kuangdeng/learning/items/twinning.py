"""Which stems are nearly the same, over a whole bank. Pure.

Comparing every pair of 50,000 items would be a billion comparisons. Two stems that share at least four fifths of
their pieces must share one of their rarest few; so each is compared only with those that share one of these.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from math import ceil
from typing import Any, TypeVar
from zlib import crc32

from kuangdeng.learning.items.rules.folding import alike, pieces

NEAR = 0.75
"""Share of common pieces from which a person should look at two stems."""
MOST_PAIRS = 5000
AT_ONCE = 10_000
"""So many stems are compared while the person waits; more by the worker."""
MOST_BESIDE = 100
"""Of stems that begin with the same rare piece only so many are kept in mind: a bank full of one stem stays fast."""
K = TypeVar("K", bound=Hashable)
Going = Callable[[Sequence[Any]], Iterable[Any]]
"""How one goes through the stems: `iter`, or something that counts them on the way."""


def near_pairs(rows: Sequence[tuple[K, str]], near: float = NEAR, counted: Going = iter) -> list[tuple[K, K, float]]:
    """Pairs of (id, folded stem) that look alike, the most alike first, at most `MOST_PAIRS`.

    `counted` goes through the stems as they are compared, for whoever wants to know how far it is.
    """
    found = sorted(_pairs(rows, near, counted), key=lambda one: -one[2])
    return found[:MOST_PAIRS]


def _pairs(rows: Sequence[tuple[K, str]], near: float, counted: Going) -> Iterator[tuple[K, K, float]]:
    sets = sorted(((key, found) for key, folded in rows if (found := pieces(folded))), key=lambda one: len(one[1]))
    often = Counter(piece for _key, found in sets for piece in found)
    sizes = [len(found) for _key, found in sets]
    masks = [mask_of(found) for _key, found in sets]
    index: dict[str, list[int]] = defaultdict(list)
    for at, (key, found) in enumerate(counted(sets)):
        size, mask = sizes[at], masks[at]
        prefix = sorted(found, key=lambda piece: (often[piece], piece))[: size - ceil(near * size) + 1]
        beside: set[int] = set().union(*(index[piece] for piece in prefix))
        least, hidden = bisect_left(sizes, near * size, hi=at), size - mask.bit_count()
        share = near / (1 + near)
        for other in beside:
            common = (mask & masks[other]).bit_count() + hidden
            if other >= least and common >= share * (size + sizes[other]) - 1e-9:
                score = alike(found, sets[other][1])
                if score >= near:
                    yield sets[other][0], key, round(score, 4)
        for piece in prefix:
            if len(index[piece]) < MOST_BESIDE:
                index[piece].append(at)


def mask_of(found: frozenset[str]) -> int:
    """The pieces as bits of one number: the bits that two stems share, and those that one hid, bound what they share.

    Counting bits is twenty times faster than comparing sets, and turns nearly all pairs away.
    """
    mask = 0
    for piece in found:
        mask |= 1 << (crc32(piece.encode()) & 511)
    return mask
