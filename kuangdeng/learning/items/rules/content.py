"""What a version of an item holds, as plain JSON, and what an answer to it looks like. Pure.

Content, by type (`stem`, `options` hold plain text; `pictures` names stored files by sha256):

    every type     {"type": …, "stem": "…", "pictures": [sha256…]}
    single         + "options": [{"id": "a", "text": "…", "picture": sha256?, "fixed": true?}…], "correct": ["b"]
    multiple       the same, "correct": ["a", "c"]
    true_false     + "correct": true
    fill_in        + "blanks": [{"answers": ["…"…]} | {"number": "12.5", "tolerance": "0.5"} |
                     {"answers": ["…"], "choices": ["…", "…"]}], "any_order": false; each blank is ____ in the stem
    matching       + "left": [{"id", "text", "picture"?}…], "right": [{"id", "text", "picture"?}…],
                     "pairs": {left id: right id}; right ones without a partner distract
    ordering       + "options": […], "correct": [ids in the right order]
    short_answer   + "reference": "…" (参考答案); a person marks it

Answers: single {"choice": "b"}, multiple {"choices": ["a", "c"]}, true_false {"value": true},
fill_in {"blanks": ["…", "…"]}, matching {"pairs": {"l1": "r2"}}, ordering {"order": ["c", "a", "b"]},
short_answer {"text": "…"}. None, {} and missing parts are "not answered".
"""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.rules.folding import BLANK, BLANK_MARKS, fold_answer, fold_stem, to_decimal

Content = dict[str, Any]
Answer = Mapping[str, Any] | None


class ItemType(StrEnum):
    """题型."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL_IN = "fill_in"
    MATCHING = "matching"
    ORDERING = "ordering"
    SHORT_ANSWER = "short_answer"


TYPE_LABELS: dict[str, object] = {
    ItemType.SINGLE: gettext_lazy("单选题"),
    ItemType.MULTIPLE: gettext_lazy("多选题"),
    ItemType.TRUE_FALSE: gettext_lazy("判断题"),
    ItemType.FILL_IN: gettext_lazy("填空题"),
    ItemType.MATCHING: gettext_lazy("匹配题"),
    ItemType.ORDERING: gettext_lazy("排序题"),
    ItemType.SHORT_ANSWER: gettext_lazy("简答题"),
}
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MOST_OPTIONS = 26
MOST_BLANKS = 20
STEM_LIMIT, TEXT_LIMIT, REFERENCE_LIMIT = 4000, 1000, 8000
CHOICES = (ItemType.SINGLE, ItemType.MULTIPLE)


def options_of(texts: Iterable[str], pictures: Iterable[str] = ()) -> list[dict[str, Any]]:
    """Options with the ids a, b, c… in the order given."""
    shas = list(pictures)
    rows: list[dict[str, Any]] = []
    for at, text in enumerate(texts):
        row: dict[str, Any] = {"id": LETTERS[at] if at < 26 else f"o{at}", "text": text.strip()}
        if at < len(shas) and shas[at]:
            row["picture"] = shas[at]
        if is_summary(text):
            row["fixed"] = True
        rows.append(row)
    return rows


def is_summary(text: str) -> bool:
    """Whether an option speaks of the others (以上都是), so that it keeps its place when options are shuffled."""
    words = text.strip().rstrip("。.")
    return len(words) <= 12 and words.startswith(
        ("以上", "上述", "前述", "ABC", "A、B", "A和B", "都不", "都是", "全部")
    )


def letters(content: Content) -> dict[str, str]:
    """Option id → the letter it has on paper, in the stored order."""
    return {one["id"]: chr(65 + at) for at, one in enumerate(content.get("options", ()))}


def pictures_of(content: Content) -> list[str]:
    """Every stored file that this content shows."""
    found = list(content.get("pictures", ()))
    for name in ("options", "left", "right"):
        found += [one["picture"] for one in content.get(name, ()) if one.get("picture")]
    return list(dict.fromkeys(found))


GENERIC = 10
"""A folded stem shorter than this (下列说法正确的是) says nothing alone."""


def folded_of(content: Content) -> str:
    """What duplicates go by: the folded stem; for one that says little alone, what is to be chosen from as well."""
    folded = fold_stem(content["stem"])
    if len(folded) >= GENERIC:
        return folded
    rows = [one["text"] for name in ("options", "left", "right") for one in content.get(name, ())]
    return folded + "".join(sorted(filter(None, map(fold_stem, rows)))) or ",".join(pictures_of(content))


def blank_count(content: Content) -> int:
    """How many blanks there are to fill."""
    return len(content.get("blanks", ()))


def _refuse(message: object, field: str) -> Refused:
    return Refused(message, field=field, code="content")


def check_content(content: Content) -> Content:
    """The content in its one proper form, trimmed. Refused, with the field, when it could not be asked or marked."""
    kind = content.get("type")
    if kind not in TYPE_LABELS:
        raise _refuse(_("请选择题型。"), "type")
    stem = _text(content.get("stem"), STEM_LIMIT, "stem")
    pictures = [str(one) for one in content.get("pictures") or []]
    if not stem and not pictures:
        raise _refuse(_("请写题干。"), "stem")
    kept: Content = {"type": str(kind), "stem": stem, "pictures": pictures}
    parts = _CHECKS[ItemType(kind)]({**content, "stem": stem}, kept)
    return {**kept, **parts}


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_GAPS = re.compile(r"[^\S\n]+")


def tidy(text: str) -> str:
    """One spelling of a text: trimmed lines, single spaces, no empty lines, nothing invisible."""
    lines = [_GAPS.sub(" ", line).strip() for line in _CONTROL.sub("", text).splitlines()]
    return "\n".join(line for line in lines if line)


def _line(value: object, limit: int, field: str) -> str:
    return _text(value, limit, field).replace("\n", " ")


def _text(value: object, limit: int, field: str) -> str:
    text = tidy(str(value or ""))
    if len(text) > limit:
        raise _refuse(_("文字太长，最多 %(n)d 个字。请精简。") % {"n": limit}, field)
    return text


def _rows(rows: object, field: str) -> list[dict[str, Any]]:
    kept, seen = [], set()
    for row in rows if isinstance(rows, list) else []:
        one: dict[str, Any] = {"id": str(row["id"]), "text": _line(row.get("text"), TEXT_LIMIT, field)}
        if row.get("picture"):
            one["picture"] = str(row["picture"])
        if row.get("fixed"):
            one["fixed"] = True
        if not one["text"] and not row.get("picture"):
            raise _refuse(_("有一个选项是空的。请写上内容，或者删掉它。"), field)
        said = (one["text"], one.get("picture"))
        if said in seen:
            raise _refuse(
                _("选项「%(text)s」写了两次。请删掉一个，或者改成不一样的。") % {"text": one["text"][:30]}, field
            )
        seen.add(said)
        kept.append(one)
    if len({one["id"] for one in kept}) != len(kept) or len(kept) > MOST_OPTIONS:
        raise _refuse(_("选项最多 %(n)d 个。") % {"n": MOST_OPTIONS}, field)
    return kept


def _choice(content: Content, kept: Content) -> Content:
    options = _rows(content.get("options"), "options")
    if len(options) < 2:
        raise _refuse(_("选择题至少要有两个选项。"), "options")
    ids = [one["id"] for one in options]
    wanted = content.get("correct") or []
    if isinstance(wanted, str) or any(one not in ids for one in wanted):
        raise _refuse(_("答案不在选项里。请检查答案。"), "correct")
    correct = [one for one in ids if one in wanted]
    if not correct:
        raise _refuse(_("请指出正确答案。"), "correct")
    if kept["type"] == ItemType.SINGLE and len(correct) > 1:
        raise _refuse(_("单选题只能有一个正确答案。答案不止一个的，请改成多选题。"), "correct")
    return {"options": options, "correct": correct}


def _true_false(content: Content, _kept: Content) -> Content:
    if not isinstance(content.get("correct"), bool):
        raise _refuse(_("请指出这句话是对还是错。"), "correct")
    return {"correct": content["correct"]}


def _fill_in(content: Content, kept: Content) -> Content:
    blanks = [_blank(one) for one in content.get("blanks") or []]
    if not blanks:
        raise _refuse(_("填空题至少要有一个空的答案。"), "blanks")
    if len(blanks) > MOST_BLANKS:
        raise _refuse(_("一道题最多 %(n)d 个空。") % {"n": MOST_BLANKS}, "blanks")
    kept["stem"] = BLANK_MARKS.sub(BLANK, kept["stem"])
    marks = kept["stem"].count(BLANK)
    if not marks and len(blanks) > 1:
        kept["stem"] = f"{kept['stem']}\n{' '.join([BLANK] * len(blanks))}".strip()
    elif marks and marks != len(blanks):
        raise _refuse(
            _("题干里有 %(marks)d 个空（____），答案有 %(n)d 个。请改成一样多。") % {"marks": marks, "n": len(blanks)},
            "blanks",
        )
    any_order = bool(content.get("any_order")) and len(blanks) > 1
    if any_order and any("number" in one or "choices" in one for one in blanks):
        raise _refuse(_("不分次序的空只能填文字。请把数值和选择的空改成按次序。"), "any_order")
    return {"blanks": blanks, "any_order": any_order}


def _blank(blank: Mapping[str, Any]) -> Content:
    if blank.get("number") not in (None, ""):
        number, tolerance = to_decimal(str(blank["number"])), to_decimal(str(blank.get("tolerance") or "0"))
        if number is None or tolerance is None or tolerance < 0:
            raise _refuse(_("数值空的答案和允许误差要写成数字。"), "blanks")
        return {"number": format(number, "f"), "tolerance": format(tolerance, "f")}
    answers: dict[str, str] = {}
    for one in blank.get("answers") or []:
        text = _line(one, TEXT_LIMIT, "blanks")
        if text:
            answers.setdefault(fold_answer(text), text)
    if not answers:
        raise _refuse(_("每个空都要有答案。"), "blanks")
    kept: Content = {"answers": list(answers.values())}
    choices = [_line(one, TEXT_LIMIT, "blanks") for one in blank.get("choices") or []]
    if choices:
        if (
            len(set(choices)) != len(choices)
            or len(choices) < 2
            or not set(answers) <= {fold_answer(c) for c in choices}
        ):
            raise _refuse(_("选择的空要有两个以上不同的选项，答案要在里面。"), "blanks")
        kept["choices"] = choices
    return kept


def _matching(content: Content, _kept: Content) -> Content:
    left, right = _rows(content.get("left"), "left"), _rows(content.get("right"), "right")
    pairs = {str(k): str(v) for k, v in (content.get("pairs") or {}).items()}
    if len(left) < 2 or len(right) < 2:
        raise _refuse(_("匹配题两边至少各要有两项。"), "left")
    ends = {one["id"] for one in right}
    if set(pairs) != {one["id"] for one in left} or not set(pairs.values()) <= ends:
        raise _refuse(_("左边每一项都要和右边的一项配对。"), "pairs")
    return {"left": left, "right": right, "pairs": {one["id"]: pairs[one["id"]] for one in left}}


def _ordering(content: Content, _kept: Content) -> Content:
    options = _rows(content.get("options"), "options")
    correct = [str(one) for one in content.get("correct") or [one["id"] for one in options]]
    if len(options) < 2:
        raise _refuse(_("排序题至少要有两项。"), "options")
    if sorted(correct) != sorted(one["id"] for one in options):
        raise _refuse(_("正确次序里每一项都要有，而且只有一次。"), "correct")
    return {"options": options, "correct": correct}


def _short_answer(content: Content, _kept: Content) -> Content:
    return {"reference": _text(content.get("reference"), REFERENCE_LIMIT, "reference")}


_CHECKS = {
    ItemType.SINGLE: _choice,
    ItemType.MULTIPLE: _choice,
    ItemType.TRUE_FALSE: _true_false,
    ItemType.FILL_IN: _fill_in,
    ItemType.MATCHING: _matching,
    ItemType.ORDERING: _ordering,
    ItemType.SHORT_ANSWER: _short_answer,
}


def clean_answer(content: Content, answer: Answer) -> dict[str, Any]:
    """An answer as it may be stored: only the parts that this item asks for, of the right kinds; {} when there is none.

    Never refused: what a browser sends is kept as far as it means something, so that nothing given is lost.
    """
    given = answer if isinstance(answer, Mapping) else {}
    return {
        name: value
        for name, value in _ANSWERS[ItemType(content["type"])](content, given).items()
        if value not in ([], {}, "", None)
    }


def _known(values: object, allowed: Iterable[str]) -> list[str]:
    ids = set(allowed)
    wanted = values if isinstance(values, list | tuple) else []
    return list(dict.fromkeys(one for one in wanted if isinstance(one, str) and one in ids))


def _ids(content: Content, name: str = "options") -> list[str]:
    return [one["id"] for one in content[name]]


def _said(value: object, limit: int) -> str:
    return str(value).replace("\x00", "")[:limit] if isinstance(value, str | int | float) else ""


def _given_pairs(content: Content, given: Mapping[str, Any]) -> dict[str, str]:
    said = given.get("pairs")
    pairs = said if isinstance(said, Mapping) else {}
    right = set(_ids(content, "right"))
    return {one: pairs[one] for one in _ids(content, "left") if isinstance(pairs.get(one), str) and pairs[one] in right}


def _given_blanks(content: Content, given: Mapping[str, Any]) -> list[str]:
    values = given.get("blanks")
    rows = list(values) if isinstance(values, list | tuple) else []
    words = [_said(rows[at] if at < len(rows) else "", 500) for at in range(blank_count(content))]
    return words if any(one.strip() for one in words) else []


_ANSWERS: dict[ItemType, Any] = {
    ItemType.SINGLE: lambda c, g: {"choice": next(iter(_known([g.get("choice")], _ids(c))), None)},
    ItemType.MULTIPLE: lambda c, g: {"choices": [i for i in _ids(c) if i in _known(g.get("choices"), _ids(c))]},
    ItemType.TRUE_FALSE: lambda c, g: {"value": g.get("value") if isinstance(g.get("value"), bool) else None},
    ItemType.FILL_IN: lambda c, g: {"blanks": _given_blanks(c, g)},
    ItemType.MATCHING: lambda c, g: {"pairs": _given_pairs(c, g)},
    ItemType.ORDERING: lambda c, g: {"order": _known(g.get("order"), _ids(c))},
    ItemType.SHORT_ANSWER: lambda c, g: {"text": _said(g.get("text"), 20_000)},
}


def right_answer(content: Content) -> dict[str, Any]:
    """An answer that earns the full mark; for a short answer its reference."""
    kind = ItemType(content["type"])
    if kind == ItemType.SINGLE:
        return {"choice": content["correct"][0]}
    if kind == ItemType.MULTIPLE:
        return {"choices": list(content["correct"])}
    if kind == ItemType.TRUE_FALSE:
        return {"value": content["correct"]}
    if kind == ItemType.FILL_IN:
        return {"blanks": [one["number"] if "number" in one else one["answers"][0] for one in content["blanks"]]}
    if kind == ItemType.MATCHING:
        return {"pairs": dict(content["pairs"])}
    if kind == ItemType.ORDERING:
        return {"order": list(content["correct"])}
    return {"text": content["reference"]}
