"""How an item is put before a learner on a page, and how what he ticks and types is read back."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from kuangdeng.learning.items.rules.content import Answer, Content, ItemType
from kuangdeng.learning.items.rules.folding import BLANK


class Posted(Protocol):
    """A posted form."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def getlist(self, key: str) -> list[Any]: ...


def answer_from(shown: Content, posted: Posted, prefix: str = "a") -> dict[str, Any]:
    """The answer in a posted form of `learning/items/_asked.html`, in the names shown; `shown` is what `asked` gave."""
    kind = ItemType(shown["type"])
    if kind == ItemType.SINGLE:
        return {"choice": posted.get(prefix)}
    if kind == ItemType.MULTIPLE:
        return {"choices": posted.getlist(prefix)}
    if kind == ItemType.TRUE_FALSE:
        return {"value": {"true": True, "false": False}.get(str(posted.get(prefix)))}
    if kind == ItemType.FILL_IN:
        return {"blanks": [posted.get(f"{prefix}-{at}", "") for at in range(len(shown["blanks"]))]}
    if kind == ItemType.MATCHING:
        return {"pairs": {one["id"]: posted.get(f"{prefix}-{one['id']}", "") for one in shown["left"]}}
    if kind == ItemType.ORDERING:
        places = [(_place(posted.get(f"{prefix}-{one['id']}")), one["id"]) for one in shown["options"]]
        return {"order": [name for place, name in sorted(p for p in places if p[0])]}
    return {"text": posted.get(prefix, "")}


def _place(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def sheet(shown: Content, *, prefix: str = "a", answer: Answer = None, pictures: str = "") -> dict[str, Any]:
    """What `learning/items/_asked.html` draws. `answer` is in the names shown, `pictures` is the address under which pictures lie, ending in /."""
    given: Mapping[str, Any] = answer or {}
    kind = ItemType(shown["type"])
    order: Sequence[str] = given.get("order") or []
    blanks: Sequence[str] = given.get("blanks") or []
    words: dict[str, Any] = {"kind": str(kind), "prefix": prefix, "pictures": pictures, "shown": shown}
    words["stem"] = _pieces(shown, prefix, blanks) if kind == ItemType.FILL_IN else []
    if "options" in shown:
        chosen = {given.get("choice"), *(given.get("choices") or [])}
        words["options"] = [
            {
                **one,
                "letter": chr(65 + at),
                "chosen": one["id"] in chosen,
                "place": order.index(one["id"]) + 1 if one["id"] in order else "",
            }
            for at, one in enumerate(shown["options"])
        ]
        words["places"] = range(1, len(shown["options"]) + 1)
    if kind == ItemType.MATCHING:
        pairs = given.get("pairs") or {}
        words["left"] = [{**one, "chosen": pairs.get(one["id"], "")} for one in shown["left"]]
        words["right"] = [{**one, "letter": chr(65 + at)} for at, one in enumerate(shown["right"])]
    words["value"] = given.get("value")
    words["text"] = given.get("text", "")
    return words


def _pieces(shown: Content, prefix: str, blanks: Sequence[str]) -> list[dict[str, Any]]:
    """The stem of a fill-in cut at its blanks: words and fields in turn."""
    fields = [
        {**one, "name": f"{prefix}-{at}", "number": at + 1, "value": blanks[at] if at < len(blanks) else ""}
        for at, one in enumerate(shown["blanks"])
    ]
    parts = shown["stem"].split(BLANK)
    if len(parts) == 1:
        return [{"words": parts[0]}, *({"field": one} for one in fields)]
    rows: list[dict[str, Any]] = [{"words": parts[0]}]
    for one, part in zip(fields, parts[1:], strict=False):
        rows += [{"field": one}, {"words": part}]
    return rows
