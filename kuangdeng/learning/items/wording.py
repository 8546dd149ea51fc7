"""An answer and a key in words, as a person reads them on a sheet, in a list, in an Excel cell. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.learning.items.rules.content import Answer, Content, ItemType, clean_answer, right_answer


def key_words(content: Content, order: Sequence[str] | None = None) -> str:
    """The key: 「A、C」, 「对」, 「0.5～1.0；20±2」. `order` are the option ids as they were shown."""
    if content["type"] == ItemType.FILL_IN:
        return "；".join(_blank_key(blank) for blank in content["blanks"])
    if content["type"] == ItemType.SHORT_ANSWER:
        return str(content.get("reference") or "—")
    return answer_words(content, right_answer(content), order)


def _blank_key(blank: Mapping[str, Any]) -> str:
    if "number" in blank:
        return blank["number"] if blank["tolerance"] in ("0", "") else f"{blank['number']}±{blank['tolerance']}"
    return "/".join(blank["answers"])


def answer_words(content: Content, answer: Answer, order: Sequence[str] | None = None) -> str:
    """An answer in words; 「没有作答」 when there is none."""
    given = clean_answer(content, answer)
    if not given:
        return str(_("没有作答"))
    kind = ItemType(content["type"])
    if kind in (ItemType.SINGLE, ItemType.MULTIPLE):
        shown = list(order) if order else [one["id"] for one in content["options"]]
        chosen = [given["choice"]] if kind == ItemType.SINGLE else given["choices"]
        return "、".join(sorted(chr(65 + shown.index(one)) for one in chosen if one in shown))
    if kind == ItemType.TRUE_FALSE:
        return str(_("对") if given["value"] else _("错"))
    if kind == ItemType.FILL_IN:
        return "；".join(one.strip() or "—" for one in given["blanks"])
    if kind == ItemType.MATCHING:
        left, right = _texts(content["left"]), _texts(content["right"])
        return "；".join(f"{left[a]}→{right[b]}" for a, b in given["pairs"].items())
    if kind == ItemType.ORDERING:
        texts = _texts(content["options"])
        return " → ".join(texts[one] for one in given["order"])
    return str(given["text"])


def _texts(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    return {one["id"]: one["text"] or str(_("（图）")) for one in rows}
