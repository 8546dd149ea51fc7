"""Items as they stand in a Word document or a web page: 1. …（A） A. … B. …, judgements with (√), keys below or at the end.

The text is cut into items by their numbers; headings (一、单选题) say the type; what cannot be understood is told with
its line, never guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kuangdeng.kernel.tables import Unreadable
from kuangdeng.learning.items.formats.answers import chosen, difficulty_of, truth, truths, type_of
from kuangdeng.learning.items.formats.drafts import Draft, Left, Read, finish
from kuangdeng.learning.items.formats.sheets import parse_blank, split_answers, split_options
from kuangdeng.learning.items.rules.content import ItemType, options_of
from kuangdeng.learning.items.rules.folding import BLANK

_NUMBERED = re.compile(r"^\s*(?:第\s*)?(?P<n>\d{1,4})\s*(?:题\s*[.．、:：]?|[.．、,，:：)）](?!\d))\s*(?P<rest>.*)$|^\s*[(（【\[](?P<m>\d{1,4})[)）】\]]\s*(?P<rest2>.*)$")  # fmt: skip
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]{1,3}\s*[、.．]|第[一二三四五六七八九十]+(?:部分|大题)|[(（][一二三四五六七八九十]+[)）])?\s*(?P<name>[^\d(（:：。]{0,8}(?:选择题|选题|单选|多选|判断题|判断|是非题|填空题|填空|简答题|简答|问答题|论述题|名词解释|排序题|匹配题|连线题))\s*(?:[(（:：].*)?$")  # fmt: skip
_PART = re.compile(r"^\s*[【\[]?(?:(?P<key>正确答案|标准答案|参考答案|答案|答)|(?P<why>解析|试题解析|答案解析|说明)|(?P<hard>难度|难易度)|(?P<mark>分值|分数)|(?P<topic>知识点|考点|章节)|(?P<source>出处|来源|依据))[】\]]?\s*[:：]?\s*(?P<rest>.*)$")  # fmt: skip
_OPTION_LINE = re.compile(r"^\s*[(（]?[A-ZＡ-Ｚ][)）]?\s*[.．、:：)）]|^\s*[A-Z]\s+\S")
_KEY_BLOCK = re.compile(r"^\s*(?:参考答案|标准答案|答案|试题答案|答案部分)\s*[:：]?\s*$")
_KEYS = re.compile(r"(?<![\d.])(\d{1,4})\s*[.．、:：\-—)）]?\s*([A-Z]{1,10}|[√×✓✗对错])(?![A-Za-z\d])")
_RANGE = re.compile(r"(?<!\d)(\d{1,4})\s*[-—~～至]\s*(\d{1,4})\s*[:：.、]?\s*([A-Z√×✓✗对错][A-Z√×✓✗对错\s,，、]*)")
_IN_BRACKETS = re.compile(r"[(（\[【]\s*(?P<said>[A-Za-zＡ-Ｚａ-ｚ](?:[\s、,，]*[A-Za-zＡ-Ｚａ-ｚ])*)\s*[)）\]】]")
_MARK_AT_END = re.compile(r"[(（\[【]\s*(?P<said>[^()（）\[\]【】]{1,4})\s*[)）\]】]\s*[。.]?\s*$")
_MARK_AT_START = re.compile(r"^\s*[(（]\s*(?P<said>[^()（）]{1,3})\s*[)）]\s*(?=\S)")
_GAP = re.compile(r"_{2,}|＿+|﹍+|[(（][ \u3000\t]*[)）]|[\[【][ \u3000\t]+[\]】]")
_FILLED = re.compile(r"_{1,}\s*([^_\s][^_]{0,60}?)\s*_{1,}|＿+([^＿]{1,60})＿+")


@dataclass
class _Block:
    """The lines of one item."""

    row: int
    number: int
    kind: ItemType | None
    part: int
    stem: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    open: str = "stem"

    def add(self, line: str) -> None:
        """The next line: a named part, options, or more of what is open."""
        match = _PART.match(line)
        if match and (line.lstrip()[:1] in "【[" or re.match(r"\s*\S{1,4}\s*[:：]", line) or len(line.strip()) <= 4):
            self.open = next(name for name in ("key", "why", "hard", "mark", "topic", "source") if match[name])
            self.parts.setdefault(self.open, []).append(match["rest"])
        elif self.open in ("stem", "options") and _OPTION_LINE.match(line):
            self.open = "options"
            self.options.append(line)
        elif self.open == "options":
            self.options.append(line)
        elif self.open == "stem":
            self.stem.append(line)
        else:
            self.parts[self.open].append(line)

    def said(self, name: str) -> str:
        """What stands under a part."""
        return "\n".join(self.parts.get(name, ())).strip()


def read_paper(words: str, *, name: str = "粘贴的文字") -> Iterator[Read]:
    """Every item of the text, and what of the text is none."""
    blocks, lefts, keys = _cut(words, name)
    yield from lefts
    for block in blocks:
        yield _item(block, name, keys)


Keys = dict[tuple[int, int], str]


def _cut(words: str, name: str) -> tuple[list[_Block], list[Left], Keys]:
    blocks: list[_Block] = []
    lefts: list[Left] = []
    keys: Keys = {}
    kind: ItemType | None = None
    part, in_keys, key_part = 0, False, 0
    rows = words.replace("\r\n", "\n").replace("\u3000", " ").split("\n")
    for row, raw in enumerate(rows, 1):
        line = raw.strip("\ufeff \t")
        if not line:
            continue
        heading = _HEADING.match(line)
        if heading and len(line) <= 60 and not _OPTION_LINE.match(line):
            if in_keys:
                key_part += 1
            else:
                kind, part = type_of(heading["name"]), part + 1
            if in_keys and _find_keys(line[heading.end("name") :], key_part, keys):
                continue
            continue
        if in_keys or (_KEY_BLOCK.match(line) and _keys_follow(rows[row:])):
            in_keys = True
            if not _KEY_BLOCK.match(line) and not _find_keys(line, key_part, keys):
                lefts.append(Left(name, row, _("答案部分的这一行看不懂。"), line[:120]))
            continue
        match = _NUMBERED.match(line)
        if match:
            number, rest = int(match["n"] or match["m"]), match["rest"] if match["n"] else match["rest2"]
            blocks.append(_Block(row, number, kind, part))
            rest, options = _off_line(rest)
            blocks[-1].stem.append(rest)
            if options:
                blocks[-1].add(options)
        elif blocks:
            rest, options = _off_line(line) if blocks[-1].open == "stem" else (line, "")
            blocks[-1].add(rest)
            if options:
                blocks[-1].add(options)
        else:
            lefts.append(Left(name, row, _("这一行在第一道题之前，没有读。"), line[:120]))
    return blocks, lefts, keys


def _keys_follow(rows: list[str]) -> bool:
    """Whether what comes next is the list of all keys, and not the answer to one item."""
    following = next((one.strip() for one in rows if one.strip()), "")
    return bool(_HEADING.match(following) or _RANGE.match(following) or _KEYS.match(following))


def _off_line(line: str) -> tuple[str, str]:
    """The stem and the options when they stand on one line."""
    if _OPTION_LINE.match(line) or len(line) > 4000:
        return line, ""
    match = re.search(
        r"(?<=[\s。；;)）？?：:])[(（]?A[)）]?\s*[.．、:：]\s*\S.*?(?<=[\s。；;，])[(（]?B[)）]?\s*[.．、:：]", line
    )
    return (line[: match.start()].rstrip(), line[match.start() :]) if match else (line, "")


def _find_keys(line: str, part: int, keys: Keys) -> bool:
    """Keys of a block at the end: 1.A 2.BC 3.√, 1-5 ABCDA."""
    found = False
    for low, high, letters in _RANGE.findall(line):
        marks = re.findall(r"[A-Z√×✓✗对错]", letters)
        if len(marks) == int(high) - int(low) + 1:
            found = True
            keys.update({(part, int(low) + at): mark for at, mark in enumerate(marks)})
    if not found:
        for number, mark in _KEYS.findall(line):
            found = True
            keys[part, int(number)] = mark
    return found


def _item(block: _Block, name: str, keys: Keys) -> Read:
    stem = "\n".join(one for one in block.stem if one.strip()).strip()
    draft = Draft({"stem": stem}, name, block.row, explanation=block.said("why"), source=block.said("source")[:200])
    if block.said("topic"):
        draft.categories = [("topic", block.said("topic")[:60])]
    try:
        draft.difficulty = difficulty_of(block.said("hard"))
    except Unreadable as wrong:
        draft.notes.append(str(wrong))
    mark = re.search(r"\d+(?:\.\d+)?", block.said("mark"))
    draft.marks = mark[0] if mark else ""
    key = block.said("key") or keys.get((block.part, block.number), "") or keys.get((0, block.number), "")
    try:
        draft.content = _content(block, draft, stem, key)
    except Unreadable as wrong:
        return Left(name, block.row, str(wrong), stem[:120], "答案")
    return finish(draft, text=stem)


def _content(block: _Block, draft: Draft, stem: str, key: str) -> dict[str, object]:
    options = split_options("\n".join(block.options)) if block.options else []
    if block.options and len(options) < 2:
        raise Unreadable(_("选项看不懂。请写成 A. … B. …，字母从 A 起不要跳。"))
    if options:
        return _choice(block, draft, stem, options, key)
    filled = [one or other for one, other in _FILLED.findall(stem)]
    gaps = len(_GAP.findall(stem))
    if block.kind == ItemType.TRUE_FALSE or (block.kind is None and not filled and _judged(stem, key)):
        return _true_false(draft, stem, key)
    if block.kind == ItemType.FILL_IN or (block.kind is None and (filled or (gaps and key))):
        return _fill_in(draft, stem, key, filled)
    if block.kind in (None, ItemType.SHORT_ANSWER):
        if not key and block.kind is None:
            raise Unreadable(_("看不出是什么题：没有选项，没有空，也没有答案。"))
        return {"type": "short_answer", "stem": stem, "reference": key}
    raise Unreadable(_("这道题没有选项。"))


def _choice(block: _Block, draft: Draft, stem: str, options: list[str], key: str) -> dict[str, object]:
    inside = list(_IN_BRACKETS.finditer(stem))
    if not key and inside:
        key = inside[-1]["said"]
    if inside and all(ord(c) - 65 < len(options) for c in re.sub(r"[^A-Z]", "", inside[-1]["said"].upper())):
        stem = f"{stem[: inside[-1].start()]}（ ）{stem[inside[-1].end() :]}"
    values = truths(options)
    if values:
        at = chosen(key, options)
        return {"type": "true_false", "stem": re.sub(r"（ ）\s*$", "", stem).strip(), "correct": values[at[0]]}
    rows = options_of(options)
    correct = [rows[at]["id"] for at in chosen(re.split(r"[。\n]", key)[0], options)]
    kind = block.kind if block.kind in (ItemType.SINGLE, ItemType.MULTIPLE) else None
    if kind == ItemType.SINGLE and len(correct) > 1:
        kind = None
        draft.notes.append(_("在单选题里，但答案不止一个，按多选题导入。"))
    kind = kind or (ItemType.MULTIPLE if len(correct) > 1 else ItemType.SINGLE)
    return {"type": str(kind), "stem": stem, "options": rows, "correct": correct}


def _judged(stem: str, key: str) -> bool:
    match = _MARK_AT_END.search(stem) or _MARK_AT_START.match(stem)
    mark = truth(key) or (truth(match["said"]) if match else None)
    return mark is not None and (mark.value is not None or match is not None)


def _true_false(draft: Draft, stem: str, key: str) -> dict[str, object]:
    match = _MARK_AT_END.search(stem) or _MARK_AT_START.match(stem)
    inside = truth(match["said"]) if match else None
    if match and (inside or not match["said"].strip()):
        stem = (stem[: match.start()] + stem[match.end() :]).strip()
    stem = re.sub(r"[(（]\s*[)）]\s*[。.]?\s*$", "", stem).strip()
    mark = truth(key) or inside
    if mark is None:
        raise Unreadable(_("没有答案。判断题在句末写（√）或（×），或者另写一行「答案：对」。"))
    draft.ask = mark.ask
    return {"type": "true_false", "stem": stem, "correct": mark.value}


_SAID = re.compile(r"[(（]\s*(?P<said>[^()（）\s][^()（）]{0,60}?)\s*[)）]")
"""Words in brackets: under the heading 填空题 they are what belongs into the blank."""


def _fill_in(draft: Draft, stem: str, key: str, filled: list[str]) -> dict[str, object]:
    if not key and not filled and _SAID.search(stem):
        cells = _SAID.findall(stem)
        stem = _SAID.sub(BLANK, stem)
        draft.notes.append(_("没有另写答案，括号里的字当作空里的答案。"))
    elif filled and not key:
        cells = filled
        stem = _FILLED.sub(BLANK, stem)
    else:
        stem = _GAP.sub(BLANK, stem)
        cells = split_answers(key, stem.count(BLANK) or 1)
    return {"type": "fill_in", "stem": stem, "blanks": [parse_blank(one, exact=False) for one in cells]}
