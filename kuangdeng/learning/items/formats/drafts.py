"""An item on its way in or out, and what could not come in."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.rules.content import REFERENCE_LIMIT, TYPE_LABELS, Content, check_content, tidy

KeepPicture = Callable[[bytes], str]
"""Keeps the bytes of a picture and gives its sha256. Refused when it is no picture."""

CATEGORY_TAGS = {"specialty": "专业", "trade": "工种", "topic": "知识点"}


@dataclass
class Draft:
    """One item as a file says it; `sheet` and `row` say where. `ask` names an unclear mark that a person has to read."""

    content: Content
    sheet: str = ""
    row: int = 0
    marks: str = ""
    explanation: str = ""
    difficulty: int = 0
    clause: str = ""
    source: str = ""
    categories: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ask: str = ""

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Draft":
        """What `asdict` made."""
        row["categories"] = [tuple(one) for one in row["categories"]]
        return cls(**row)


@dataclass
class Left:
    """Something in the file that is no item that we can take: where, what, why."""

    sheet: str
    row: int
    message: str
    text: str = ""
    column: str = ""
    cell: str = ""


Read = Draft | Left
FIELD_WORDS = {
    "stem": "题干", "options": "选项", "correct": "答案", "blanks": "答案", "left": "选项", "right": "选项",
    "pairs": "答案", "reference": "答案", "type": "题型", "any_order": "答案", "marks": "分值",
}  # fmt: skip


def finish(draft: Draft, *, text: str = "") -> Read:
    """The draft with its content checked; a Left with the reason when it could not be asked or marked."""
    draft.explanation = tidy(draft.explanation)[:REFERENCE_LIMIT]
    draft.clause, draft.source = draft.clause.strip()[:200], draft.source.strip()[:200]
    draft.categories = list(dict.fromkeys((kind, tidy(name)[:60]) for kind, name in draft.categories if tidy(name)))
    try:
        if draft.marks:
            check_marks_text(draft.marks)
        if draft.ask:
            draft.content = {**check_content({**draft.content, "correct": True}), "correct": None}
        else:
            draft.content = check_content(draft.content)
    except Refused as refusal:
        words = text or str(draft.content.get("stem") or "")
        return Left(draft.sheet, draft.row, str(refusal), words[:120], FIELD_WORDS.get(refusal.field or "", ""))
    return draft


def check_marks_text(words: str) -> Decimal:
    """A full mark as a number. Refused outside 0.1 to 100, and for what is none."""
    try:
        marks = Decimal(words).quantize(Decimal("0.01"))
    except InvalidOperation:
        marks = Decimal(0)
    if not Decimal("0.1") <= marks <= 100:
        raise Refused(_("分值「%(words)s」要在 0.1 到 100 之间。") % {"words": words[:20]}, field="marks")
    return marks


def tags_of(draft: Draft) -> list[str]:
    """What the other formats have no place for, as tags (难度:3), for GIFT, Moodle and QTI."""
    tags = [f"{CATEGORY_TAGS[kind]}:{name}" for kind, name in draft.categories]
    if draft.difficulty:
        tags.append(f"难度:{draft.difficulty}")
    if draft.marks:
        tags.append(f"分值:{draft.marks}")
    if draft.clause:
        tags.append(f"条款:{draft.clause}")
    return [*tags, f"出处:{draft.source}"] if draft.source else tags


def take_tags(draft: Draft, tags: Iterable[str]) -> None:
    """Read such tags back; a tag of somebody else's is a topic."""
    kinds = {word: kind for kind, word in CATEGORY_TAGS.items()}
    for tag in tags:
        name, _colon, value = tag.strip().partition(":")
        value = value.strip()
        if name in kinds and value:
            draft.categories.append((kinds[name], value[:60]))
        elif name == "难度" and value in {"1", "2", "3", "4", "5"}:
            draft.difficulty = int(value)
        elif name == "分值" and value:
            draft.marks = value
        elif name == "条款" and value:
            draft.clause = value
        elif name == "出处" and value:
            draft.source = value
        elif tag.strip():
            draft.categories.append(("topic", tag.strip()[:60]))


def type_word(content: Content) -> str:
    """The type in Chinese."""
    return str(TYPE_LABELS[content["type"]])


def unsupported(kind: str) -> str:
    """Why an item of a foreign type stays out."""
    return str(_("这种题型（%(kind)s）没有对应的题型，不能导入。") % {"kind": kind[:40]})
