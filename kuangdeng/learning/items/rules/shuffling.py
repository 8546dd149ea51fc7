"""What the learner sees of a version: without its key, its options in an order drawn from a recorded seed. Pure.

The order depends on the seed and the names alone, on no library's random generator, so that a paper can be drawn
again in ten years and is the same.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from kuangdeng.learning.items.rules.content import Content, ItemType

T = TypeVar("T")


def _numbers(seed: str) -> Iterator[int]:
    """An endless row of 64-bit numbers from a seed."""
    count = 0
    while True:
        digest = sha256(f"{seed}\x1f{count}".encode()).digest()
        for at in range(0, 32, 8):
            yield int.from_bytes(digest[at : at + 8], "big")
        count += 1


def _below(numbers: Iterator[int], limit: int) -> int:
    """A number from 0 below `limit`, each as likely."""
    most = (1 << 64) - (1 << 64) % limit
    return next(number for number in numbers if number < most) % limit


def shuffled(values: Sequence[T], seed: str) -> list[T]:
    """The values in the order that the seed gives (Fisher–Yates)."""
    rows, numbers = list(values), _numbers(seed)
    for at in range(len(rows) - 1, 0, -1):
        other = _below(numbers, at + 1)
        rows[at], rows[other] = rows[other], rows[at]
    return rows


def draw(values: Sequence[T], count: int, seed: str) -> list[T]:
    """`count` of the values, each set as likely, in drawn order. The caller sorts `values` first, by id."""
    return shuffled(values, seed)[:count]


def seed_of(*parts: object) -> str:
    """One seed for one use: the exam's own, the person, the item."""
    return "\x1e".join(str(one) for one in parts)


def order_of_options(content: Content, seed: str) -> list[str]:
    """The ids of the options in the order in which this seed shows them; 以上都是 keeps its place."""
    options = content.get("options", [])
    moving = iter(shuffled([one["id"] for one in options if not one.get("fixed")], seed))
    order = [one["id"] if one.get("fixed") else next(moving) for one in options]
    if content["type"] == ItemType.ORDERING and order == content["correct"] and len(order) > 1:
        order = order[1:] + order[:1]
    return order


def asked(content: Content, seed: str | None = None) -> Content:
    """The content as it is put before a learner: no key in it, options in the order of the seed.

    Without a seed options stand as they are stored, but what is to be ordered or matched is mixed all the same.
    """
    kind = ItemType(content["type"])
    shown: Content = {"type": str(kind), "stem": content["stem"], "pictures": list(content.get("pictures", ()))}
    if kind in (ItemType.SINGLE, ItemType.MULTIPLE, ItemType.ORDERING):
        mixed = seed if seed is not None else content["stem"]
        keep = seed is None and kind != ItemType.ORDERING
        order = [one["id"] for one in content["options"]] if keep else order_of_options(content, mixed)
        rows = {one["id"]: one for one in content["options"]}
        shown["options"] = [_bare(rows[one]) for one in order]
    elif kind == ItemType.FILL_IN:
        shown["blanks"] = [_blank(blank, seed, at) for at, blank in enumerate(content["blanks"])]
    elif kind == ItemType.MATCHING:
        shown["left"] = [_bare(one) for one in content["left"]]
        shown["right"] = shuffled(
            [_bare(one) for one in content["right"]], seed if seed is not None else content["stem"]
        )
    return shown


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "text", "picture") if name in row}


def _blank(blank: dict[str, Any], seed: str | None, at: int) -> dict[str, Any]:
    if "choices" in blank:
        choices = blank["choices"]
        return {"kind": "choice", "choices": list(choices) if seed is None else shuffled(choices, seed_of(seed, at))}
    return {"kind": "number" if "number" in blank else "text"}
