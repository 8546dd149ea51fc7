"""GIFT, Moodle's text format, read and written by ourselves: the published grammar, escapes and all.

Read: choice (with weights), true/false, short answer, missing word, numeric (tolerance, range), matching, essay,
$CATEGORY, general and single feedback. Written: what GIFT can say; several blanks in one item, ordering and pictures
it cannot, and these are told.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.formats.drafts import Draft, Left, Read, finish, tags_of, take_tags, type_word
from kuangdeng.learning.items.formats.html import to_plain
from kuangdeng.learning.items.rules.content import Content, ItemType, options_of
from kuangdeng.learning.items.rules.folding import BLANK, to_decimal

_ESCAPED = "~=#{}:"
_ESCAPE = re.compile(r"([~=#{}:\\])")
_HOLD = {one: chr(0xE000 + at) for at, one in enumerate(_ESCAPED + "\\n")}
_RELEASE = {held: "\n" if one == "n" else one for one, held in _HOLD.items()}
_TAG = re.compile(r"\[(tag|id):((?:[^\]\\]|\\.)*)\]")
_FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.I)


def _hold(text: str) -> str:
    """Escaped signs put out of the way, so that the rest can be cut at the bare ones."""
    return re.sub(r"\\([~=#{}:\\n])", lambda match: _HOLD[match[1]], text)


def _free(text: str) -> str:
    return "".join(_RELEASE.get(one, one) for one in text)


def read_gift(words: str, *, name: str = "GIFT") -> Iterator[Read]:
    """Every item of a GIFT file; what is none is a Left with its line."""
    category, tags = "", []
    for row, block in _blocks(words):
        lines = []
        for line in block:
            if line.lstrip().startswith("//"):
                tags += [re.sub(r"\\(.)", r"\1", found[2]) for found in _TAG.finditer(line) if found[1] == "tag"]
            elif line.strip().startswith("$CATEGORY:"):
                category = line.partition(":")[2].strip()
            else:
                lines.append(line)
        text = "\n".join(lines).strip()
        if text:
            yield _read(text, row, name, _topic(category), tags)
            tags = []


def _topic(category: str) -> str:
    path = [one.strip() for one in re.split(r"(?<!/)/(?!/)", category.replace("$course$", "").replace("$module$", ""))]
    path = [one for one in path if one and one not in ("top", "上级")]
    return path[-1].replace("//", "/")[:60] if path else ""


def _blocks(words: str) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty lines, outside of braces, with the number of the first."""
    lines: list[str] = []
    start, depth = 1, 0
    for row, line in enumerate(words.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff").split("\n"), 1):
        if not line.strip() and depth <= 0:
            if lines:
                yield start, lines
            lines = []
            continue
        if not lines:
            start, depth = row, 0
        lines.append(line)
        if not line.lstrip().startswith("//"):
            bare = _hold(line)
            depth += bare.count("{") - bare.count("}")
    if lines:
        yield start, lines


@dataclass
class _Answer:
    sign: str
    right: bool
    weight: Decimal | None
    text: str
    feedback: str


def _read(text: str, row: int, name: str, topic: str, tags: list[str]) -> Read:
    held = _hold(text)
    held = re.sub(r"^\s*::.*?::", "", held, count=1, flags=re.S)
    draft = Draft({}, name, row)
    take_tags(draft, tags)
    if topic and not any(kind == "topic" for kind, _name in draft.categories):
        draft.categories.append(("topic", topic))
    open_, close = held.find("{"), held.rfind("}")
    try:
        if open_ < 0 or close < open_:
            return Left(name, row, _("没有花括号里的答案，不是题目。"), _free(text)[:120])
        before, inside, after = held[:open_], held[open_ + 1 : close], held[close + 1 :]
        if "{" in inside or "}" in inside:
            return Left(name, row, _("一道题里有两处花括号，看不出哪个是答案。"), _free(text)[:120])
        html = (
            bool(match := _FORMAT.match(before))
            and match is not None
            and match[1].lower() in ("html", "moodle", "markdown")
        )
        before = _FORMAT.sub("", before)
        inside, _marks, general = inside.partition("####")
        draft.explanation = _words(general, html)
        stem = _words(before, html)
        if after.strip():
            stem = f"{stem}{BLANK}{_words(after, html)}"
        draft.content = _content(stem, inside.strip(), draft, html, bool(after.strip()))
    except Refused as refusal:
        return Left(name, row, str(refusal), _free(text)[:120])
    return finish(draft, text=_free(before).strip())


def _words(held: str, html: bool) -> str:
    text = _free(held).strip()
    return to_plain(text).text if html and "<" in text else text


def _answers(inside: str, html: bool) -> list[_Answer]:
    """The answers between braces: = right, ~ wrong, %50% a weight, # its feedback."""
    found = []
    for sign, body in re.findall(r"([=~])([^=~]*)", inside):
        weight = re.match(r"\s*%(-?\d+(?:\.\d+)?)%", body)
        words, _hash, feedback = (body[weight.end() :] if weight else body).partition("#")
        value = Decimal(weight[1]) if weight else None
        right = sign == "=" if value is None else value > 0
        local = _FORMAT.match(words)
        found.append(
            _Answer(
                sign,
                right,
                value,
                _words(_FORMAT.sub("", words), html or bool(local and local[1].lower() == "html")),
                _words(feedback, html),
            )
        )
    return found


def _add_feedback(draft: Draft, answers: Iterable[_Answer]) -> None:
    said = [f"{one.text}：{one.feedback}" for one in answers if one.feedback]
    if said:
        draft.explanation = "\n".join(filter(None, [draft.explanation, *said]))


_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}


def _content(stem: str, inside: str, draft: Draft, html: bool, mid: bool) -> Content:
    if not inside:
        return {"type": "short_answer", "stem": stem, "reference": draft.explanation}
    word, _hash, feedback = inside.partition("#")
    if word.strip().upper() in _TRUTHS:
        said = "\n".join(filter(None, (_words(one, html) for one in feedback.split("#"))))
        draft.explanation = "\n".join(filter(None, [draft.explanation, said]))
        return {"type": "true_false", "stem": stem, "correct": _TRUTHS[word.strip().upper()]}
    if inside.startswith("#"):
        return {"type": "fill_in", "stem": stem, "blanks": [_number(inside[1:], draft, html)]}
    answers = _answers(inside, html)
    if not answers:
        raise Refused(_("花括号里的答案看不懂。"))
    _add_feedback(draft, answers)
    if all("->" in one.text and one.right for one in answers) and "~" not in inside:
        return _matching(stem, answers)
    if "~" not in inside:
        partly = [one for one in answers if one.weight is not None and one.weight < 100]
        full = [one.text for one in answers if one.weight is None or one.weight >= 100]
        if partly and full:
            draft.notes.append(
                _("只得一部分分的答案（%(words)s）没有带进来。") % {"words": "、".join(o.text for o in partly)[:60]}
            )
        return {"type": "fill_in", "stem": stem, "blanks": [{"answers": full or [one.text for one in answers]}]}
    options = options_of([one.text for one in answers])
    correct = [row["id"] for row, one in zip(options, answers, strict=True) if one.right]
    several = len(correct) > 1 or not any(one.sign == "=" for one in answers)
    if any(one.weight is not None and one.weight < 100 for one in answers):
        weights = {one.weight for one in answers if one.right}
        if len(weights) > 1:
            draft.notes.append(_("各选项的得分比例不一样，没有带进来；部分得分按本矿的判分办法。"))
    return {"type": "multiple" if several else "single", "stem": stem, "options": options, "correct": correct}


def _number(inside: str, draft: Draft, html: bool) -> Content:
    answers = _answers(inside, html) if inside.lstrip().startswith("=") else []
    _add_feedback(draft, answers)
    said = (
        [one.text for one in answers if one.weight is None or one.weight >= 100]
        if answers
        else [_free(inside.partition("#")[0])]
    )
    if len(said) != 1:
        raise Refused(_("有几个都算对的数值答案，不能导入。请改成一个数值加允许误差。"))
    if len(answers) > 1:
        draft.notes.append(_("只得一部分分的数值没有带进来。"))
    return number_blank(said[0])


def number_blank(words: str) -> Content:
    """A numeric blank from 3.14:0.01, 1..5 or 42."""
    low, dots, high = words.strip().partition("..")
    if dots:
        a, b = to_decimal(low), to_decimal(high)
        if a is not None and b is not None and a <= b:
            return {"number": format((a + b) / 2, "f"), "tolerance": format((b - a) / 2, "f")}
    value, _colon, tolerance = words.strip().partition(":")
    number, around = to_decimal(value), to_decimal(tolerance or "0")
    if number is None or around is None:
        raise Refused(_("数值答案「%(words)s」看不懂。") % {"words": words.strip()[:30]})
    return {"number": format(number, "f"), "tolerance": format(around, "f")}


def _matching(stem: str, answers: list[_Answer]) -> Content:
    pairs = [tuple(part.strip() for part in one.text.split("->", 1)) for one in answers]
    return matching_of(stem, [(left, right) for left, right in pairs])


def matching_of(stem: str, pairs: Iterable[tuple[str, str]]) -> Content:
    """A matching item from pairs of words; an empty left side is one that distracts."""
    rows = list(pairs)
    right = list(dict.fromkeys(one for _left, one in rows))
    left = [(a, b) for a, b in rows if a]
    return {
        "type": "matching",
        "stem": stem,
        "left": [{"id": f"l{at + 1}", "text": a} for at, (a, _b) in enumerate(left)],
        "right": [{"id": f"r{at + 1}", "text": one} for at, one in enumerate(right)],
        "pairs": {f"l{at + 1}": f"r{right.index(b) + 1}" for at, (_a, b) in enumerate(left)},
    }


# Writing --------------------------------------------------------------------------------------------------------------


def _out(text: str) -> str:
    return _ESCAPE.sub(r"\\\1", text).replace("\n", "\\n")


def why_not_gift(content: Content) -> str:
    """Why GIFT cannot say this item; empty when it can."""
    kind = ItemType(content["type"])
    if content["pictures"] or any(
        one.get("picture") for name in ("options", "left", "right") for one in content.get(name, ())
    ):
        return str(_("GIFT 里放不了图片。"))
    if kind == ItemType.ORDERING:
        return str(_("GIFT 没有排序题。"))
    if kind == ItemType.FILL_IN and (len(content["blanks"]) > 1 or "choices" in content["blanks"][0]):
        return str(_("GIFT 的填空题只有一个空，不能带选项。"))
    if kind == ItemType.FILL_IN and "number" in content["blanks"][0] and not _ends_with_blank(content["stem"]):
        return str(_("GIFT 的数值空只能在句末。"))
    if kind == ItemType.FILL_IN and any("->" in one for one in content["blanks"][0].get("answers", ())):
        return str(_("答案里的「->」在 GIFT 里是配对的记号。"))
    texts = [one["text"] for name in ("left", "right") for one in content.get(name, ())]
    if any("->" in one for one in texts) or (
        len(set(texts)) != len(texts) and kind == ItemType.MATCHING and _repeats(content)
    ):
        return str(_("匹配的各项里有「->」或一样的文字，GIFT 里分不开。"))
    return ""


def _repeats(content: Content) -> bool:
    return any(len({one["text"] for one in content[name]}) != len(content[name]) for name in ("left", "right"))


def _ends_with_blank(stem: str) -> bool:
    return BLANK not in stem or stem.endswith(BLANK)


def write_gift(drafts: Iterable[Draft], left: list[Left]) -> Iterator[str]:
    """The items as GIFT, one text piece each; what GIFT cannot say goes to `left`."""
    yield "// 矿灯题库 GIFT\n\n"
    for at, draft in enumerate(drafts, 1):
        why = why_not_gift(draft.content)
        if why:
            left.append(Left(draft.sheet, at, why, draft.content["stem"][:120], type_word(draft.content)))
            continue
        tags = " ".join("[tag:" + re.sub(r"([\]\\])", r"\\\1", tag.replace("\n", " ")) + "]" for tag in tags_of(draft))
        if tags:
            yield f"// {tags}\n"
        yield f"::{draft.row or at}::[plain]{_item(draft)}\n\n"


def _item(draft: Draft) -> str:
    content = draft.content
    kind = ItemType(content["type"])
    general = f"####{_out(draft.explanation)}" if draft.explanation else ""
    stem = content["stem"]
    if kind == ItemType.SHORT_ANSWER:
        note = _out(content["reference"] or draft.explanation)
        return f"{_out(stem)}{{{f'####{note}' if note else ''}}}"
    if kind == ItemType.TRUE_FALSE:
        return f"{_out(stem)}{{{'TRUE' if content['correct'] else 'FALSE'}{general}}}"
    if kind == ItemType.FILL_IN:
        before, mark, after = stem.partition(BLANK)
        blank = content["blanks"][0]
        if "number" in blank:
            return (
                f"{_out(before)}{{#{blank['number']}:{blank['tolerance']}{general}}}"
                if mark
                else f"{_out(stem)}{{#{blank['number']}:{blank['tolerance']}{general}}}"
            )
        answers = "".join(f"={_out(one)} " for one in blank["answers"])
        return f"{_out(before)}{{{answers}{general}}}{_out(after)}"
    if kind == ItemType.MATCHING:
        names = {one["id"]: one["text"] for one in content["right"]}
        used = set(content["pairs"].values())
        lines = [f"={_out(one['text'])} -> {_out(names[content['pairs'][one['id']]])}" for one in content["left"]]
        lines += [f"= -> {_out(one['text'])}" for one in content["right"] if one["id"] not in used]
        return f"{_out(stem)}{{\n" + "\n".join(lines) + f"\n{general}}}"
    return f"{_out(stem)}{{\n" + "\n".join(_options(content)) + f"\n{general}}}"


def _options(content: Content) -> Iterator[str]:
    correct = set(content["correct"])
    share = f"{Decimal(100) / len(correct):.5f}".rstrip("0").rstrip(".")
    for one in content["options"]:
        right = one["id"] in correct
        if content["type"] == ItemType.SINGLE:
            yield f"{'=' if right else '~'}{_out(one['text'])}"
        else:
            yield f"~%{share if right else '-100'}%{_out(one['text'])}"
