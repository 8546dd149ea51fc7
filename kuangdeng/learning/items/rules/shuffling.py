"""What the learner sees of a version: without its key, its options in an order drawn from a recorded seed. Pure.

The order depends on the seed and the names alone, on no library's random generator, so that a paper can be drawn
again in ten years and is the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from kuangdeng.learning.items.rules.content import LETTERS, Answer, Content, ItemType

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


def names_shown(content: Content, seed: str | None = None) -> dict[str, dict[str, str]]:
    """What this seed shows, in its order: for options, left and right the name that is shown → the name as stored.

    What is shown is named by its place, as on paper: A, B, C…, on the left 1, 2, 3…. The stored names follow the order
    in which an author wrote, which is the key of every item to be ordered and of most to be matched.
    Without a seed options stand as they are stored, but what is to be ordered or matched is mixed all the same.
    """
    kind = ItemType(content["type"])
    mixed = seed if seed is not None else content["stem"]
    if kind in (ItemType.SINGLE, ItemType.MULTIPLE, ItemType.ORDERING):
        keep = seed is None and kind != ItemType.ORDERING
        order = [one["id"] for one in content["options"]] if keep else order_of_options(content, mixed)
        return {"options": dict(zip(LETTERS.upper(), order, strict=False))}
    if kind == ItemType.MATCHING:
        right = shuffled([one["id"] for one in content["right"]], mixed)
        left = {str(at): one["id"] for at, one in enumerate(content["left"], 1)}
        return {"left": left, "right": dict(zip(LETTERS.upper(), right, strict=False))}
    return {}


def asked(content: Content, seed: str | None = None) -> Content:
    """The content as it is put before a learner: no key in it, options in the order of the seed, named by their place.

    What the learner gives back names what he saw: `unmask` it with the same seed before it is marked.
    """
    shown: Content = {name: content[name] for name in ("type", "stem")}
    shown["pictures"] = list(content.get("pictures", ()))
    for side, names in names_shown(content, seed).items():
        rows = {one["id"]: one for one in content[side]}
        shown[side] = [_bare(rows[stored], name) for name, stored in names.items()]
    if shown["type"] == ItemType.FILL_IN:
        mixed = seed if seed is not None else content["stem"]
        shown["blanks"] = [_blank(blank, mixed, at) for at, blank in enumerate(content["blanks"])]
    return shown


def unmask(content: Content, seed: str | None, answer: Answer) -> dict[str, Any]:
    """An answer in the names that `asked` showed under this seed, in the stored names, to be cleaned and marked.

    Never refused, whatever a browser sends. A name that was not shown is left out, a stored one as well: who guesses
    that the stored names are a, b, c in the right order has given no answer.
    """
    given = dict(answer) if isinstance(answer, Mapping) else {}
    names = names_shown(content, seed)
    kind = ItemType(content["type"])
    if kind == ItemType.SINGLE:
        return _filled({"choice": _stored([given.get("choice")], names["options"])[:1]}, first=True)
    if kind in (ItemType.MULTIPLE, ItemType.ORDERING):
        part = "choices" if kind == ItemType.MULTIPLE else "order"
        return _filled({part: _stored(given.get(part), names["options"])})
    if kind == ItemType.MATCHING:
        pairs = given.get("pairs")
        said = pairs.items() if isinstance(pairs, Mapping) else ()
        rows = [(*_stored([left], names["left"]), *_stored([right], names["right"])) for left, right in said]
        return _filled({"pairs": {one[0]: one[1] for one in rows if len(one) == 2}})
    return given


def masked(content: Content, seed: str | None, answer: Answer) -> dict[str, Any]:
    """An answer in the stored names, the key say, in the names that `asked` shows under this seed."""
    given = dict(answer) if isinstance(answer, Mapping) else {}
    shown = {
        side: {stored: name for name, stored in names.items()} for side, names in names_shown(content, seed).items()
    }
    if "choice" in given:
        return {"choice": shown["options"][given["choice"]]}
    for part in ("choices", "order"):
        if part in given:
            return {part: [shown["options"][one] for one in given[part]]}
    if "pairs" in given:
        return {"pairs": {shown["left"][left]: shown["right"][right] for left, right in given["pairs"].items()}}
    return given


def with_key(content: Content, seed: str | None) -> Content:
    """What `asked` shows together with its key in the names shown, for who may mark himself (每日一题 without a network)."""
    shown = asked(content, seed)
    kind = ItemType(content["type"])
    if kind in (ItemType.SINGLE, ItemType.MULTIPLE, ItemType.ORDERING):
        names = {stored: name for name, stored in names_shown(content, seed)["options"].items()}
        shown["correct"] = [names[one] for one in content["correct"]]
    elif kind == ItemType.MATCHING:
        shown["pairs"] = masked(content, seed, {"pairs": content["pairs"]})["pairs"]
    else:
        shown |= {name: content[name] for name in ("correct", "blanks", "any_order", "reference") if name in content}
    return shown


def _stored(values: object, names: Mapping[str, str]) -> list[str]:
    rows = values if isinstance(values, list | tuple) else []
    return [names[one] for one in rows if isinstance(one, str) and one in names]


def _filled(answer: dict[str, Any], *, first: bool = False) -> dict[str, Any]:
    return {name: value[0] if first else value for name, value in answer.items() if value}


def _bare(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {"id": name, **{part: row[part] for part in ("text", "picture") if part in row}}


def _blank(blank: Mapping[str, Any], seed: str, at: int) -> dict[str, Any]:
    if "choices" in blank:
        return {"kind": "choice", "choices": shuffled(blank["choices"], seed_of(seed, at))}
    return {"kind": "number" if "number" in blank else "text"}
