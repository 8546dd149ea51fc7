"""How an item is put before a learner on a page, and how what he ticks and types is read back."""

from typing import Any, Protocol

from kuangdeng.learning.items.rules.content import Content, ItemType
from kuangdeng.learning.items.rules.folding import BLANK

FIELD = "a"
"""With what the names of the form's fields begin."""


class Posted(Protocol):
    """A posted form."""

    def get(self, key: str, default: Any = None) -> Any: ...
    def getlist(self, key: str) -> list[Any]: ...


def answer_from(shown: Content, posted: Posted) -> dict[str, Any]:
    """The answer in a posted form of `learning/items/_asked.html`, in the names shown; `shown` is what `asked` gave."""
    kind = ItemType(shown["type"])
    if kind == ItemType.SINGLE:
        return {"choice": posted.get(FIELD)}
    if kind == ItemType.MULTIPLE:
        return {"choices": posted.getlist(FIELD)}
    if kind == ItemType.TRUE_FALSE:
        return {"value": {"true": True, "false": False}.get(str(posted.get(FIELD)))}
    if kind == ItemType.FILL_IN:
        return {"blanks": [posted.get(f"{FIELD}-{at}", "") for at in range(len(shown["blanks"]))]}
    if kind == ItemType.MATCHING:
        return {"pairs": {one["id"]: posted.get(f"{FIELD}-{one['id']}", "") for one in shown["left"]}}
    if kind == ItemType.ORDERING:
        places = [(_place(posted.get(f"{FIELD}-{one['id']}")), one["id"]) for one in shown["options"]]
        return {"order": [name for place, name in sorted(p for p in places if p[0])]}
    return {"text": posted.get(FIELD, "")}


def _place(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def sheet(shown: Content, *, pictures: str = "") -> dict[str, Any]:
    """What `learning/items/_asked.html` draws; `pictures` is the address under which pictures lie, ending in /."""
    kind = ItemType(shown["type"])
    words: dict[str, Any] = {"kind": str(kind), "field": FIELD, "pictures": pictures, "shown": shown}
    words["stem"] = _pieces(shown) if kind == ItemType.FILL_IN else []
    if "options" in shown:
        words["options"] = [{**one, "letter": chr(65 + at)} for at, one in enumerate(shown["options"])]
        words["places"] = range(1, len(shown["options"]) + 1)
    if kind == ItemType.MATCHING:
        words["left"] = shown["left"]
        words["right"] = [{**one, "letter": chr(65 + at)} for at, one in enumerate(shown["right"])]
    return words


def _pieces(shown: Content) -> list[dict[str, Any]]:
    """The stem of a fill-in cut at its blanks: words and fields in turn."""
    fields = [{**one, "name": f"{FIELD}-{at}", "number": at + 1} for at, one in enumerate(shown["blanks"])]
    parts = shown["stem"].split(BLANK)
    if len(parts) == 1:
        return [{"words": parts[0]}, *({"field": one} for one in fields)]
    rows: list[dict[str, Any]] = [{"words": parts[0]}]
    for one, part in zip(fields, parts[1:], strict=False):
        rows += [{"field": one}, {"words": part}]
    return rows
