"""Item tables as mines keep them: any Excel or CSV, headers found by meaning, one sheet per type or a type column."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import Book, Column, Record, Table, Unreadable, compact, text, to_bool, to_number
from kuangdeng.kernel.words import plain
from kuangdeng.learning.items.formats.answers import Truth, chosen, difficulty_of, truth, truths, type_codes, type_of
from kuangdeng.learning.items.formats.drafts import Draft, Left, Read, finish
from kuangdeng.learning.items.rules.content import Content, ItemType, options_of
from kuangdeng.learning.items.rules.folding import BLANK, strip_number

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMERALS = "一二三四五六七八九十"
FORMAT = "矿灯题库格式"
"""The title of the column by which our own export is known: its cells are read word for word."""
SPLIT = "｜"


def _option(at: int) -> Column:
    letter = LETTERS[at]
    names = [f"选项{letter}", f"{letter}选项", letter, f"备选答案{letter}", f"备选项{letter}", f"答案选项{letter}", f"选项{at + 1}", f"备选{at + 1}", f"选项{at + 1}内容"]  # fmt: skip
    if at < len(_NUMERALS):
        names += [f"选项{_NUMERALS[at]}内容", f"选项{_NUMERALS[at]}", f"备选{_NUMERALS[at]}"]
    return Column(f"option_{at}", f"选项{letter}", tuple(names))


def _is_right(at: int) -> Column:
    names = [f"选项{at + 1}是否正确", f"选项{LETTERS[at]}是否正确", f"{LETTERS[at]}是否正确", f"{LETTERS[at]}正确"]
    if at < len(_NUMERALS):
        names = [f"选项{_NUMERALS[at]}是否正确", f"选项{_NUMERALS[at]}正确", *names]
    return Column(f"right_{at}", names[0], tuple(names[1:]))


OPTIONS = 26
RIGHTS = 12
BLANKS = 20
COLUMNS = [
    Column("stem", "题干", ("题目", "试题内容", "题目内容", "试题题干", "试题", "题目描述", "问题", "考题", "题干内容", "试题正文", "内容"), required=True),
    Column("answer", "答案", ("正确答案", "标准答案", "参考答案", "试题答案", "正确选项", "答案选项", "答题答案")),
    Column("type", "题型", ("类型", "试题类型", "题目类型", "考题类型", "试题题型", "题类")),
    Column("explanation", "解析", ("试题解析", "答案解析", "题目解析", "试题分析", "答案说明", "解题思路")),
    Column("difficulty", "难度", ("难易", "难易度", "难度系数", "难易程度", "试题难度", "难度等级")),
    Column("marks", "分值", ("分数", "每题分值", "试题分值", "单题分值", "默认分值", "得分")),
    Column("topic", "知识点", ("章节", "所属知识点", "标签", "考点", "题目分类", "试题分类", "所属章节", "知识分类", "模块")),
    Column("specialty", "专业", ("所属专业", "专业分类", "适用专业")),
    Column("trade", "工种", ("岗位", "适用工种", "适用岗位", "工种岗位", "适用对象")),
    Column("clause", "条款", ("法规条款", "依据条款", "条文", "规程条款")),
    Column("source", "出处", ("来源", "依据", "题目来源", "试题来源", "文件依据", "参考依据")),
    Column("options", "全部选项", ("选项", "备选项", "备选答案", "试题选项", "选项内容", "答案项")),
    Column("pairs", "配对项", ("右侧选项", "右边各项", "匹配项")),
    Column("any_order", "不分次序", ("答案不分次序", "无序")),
    Column("stem_picture", "题干图片", ("题图", "图片", "题目图片", "试题图片")),
    Column("option_pictures", "选项图片", ("选项图",)),
    Column("blank_marks", "单空分数", ("每空分值", "单空分值")),
    Column("format", FORMAT),
    *[_option(at) for at in range(OPTIONS)],
    *[_is_right(at) for at in range(RIGHTS)],
    *[Column(f"blank_{at}", f"空{at + 1}", (f"第{at + 1}空", f"填空{at + 1}", f"空{_NUMERALS[at]}" if at < 10 else f"空格{at + 1}")) for at in range(BLANKS)],
]  # fmt: skip


@dataclass
class _Sheet:
    """How one sheet is read: what its name and the lines over its header say."""

    table: Table
    type: ItemType | None
    codes: dict[str, ItemType]
    pictures: Callable[[str], str]

    def has(self, key: str) -> bool:
        return key in self.table.header.columns


def read_book(book: Book, *, picture: Callable[[str], str] = lambda _sha: "") -> Iterator[Read]:
    """Every item of every sheet that has stems; a row that is no item is a Left with its cell.

    Refused when no sheet has a column of stems. Sheets without one (封面, 说明) are told as one Left each.
    """
    found = False
    others: list[Left] = []
    for name in book.sheets:
        table = book.table(name, COLUMNS)
        if table is None or "stem" not in table.header.columns:
            others.append(Left(name, 0, _("这个工作表没有「题干」一栏，没有读。")))
            continue
        found = True
        above = " ".join(text(cell) for row in table.above for cell in row.cells if cell is not None)
        titles = " ".join(table.header.titles.values())
        sheet = _Sheet(table, type_of(name) or type_of(above[:40]), type_codes(f"{above} {titles}"), picture)
        for record in table:
            yield from _read(sheet, record)
        yield from _not_read(sheet)
    if not found:
        raise Refused(
            _("没有找到题目。表头里要有「题干」（写成题目、试题内容也可以）和「答案」两栏。请检查后重新上传。"),
            code="no_header",
        )
    yield from others


def _not_read(sheet: _Sheet) -> Iterator[Left]:
    """Columns that nobody knows, told once per sheet."""
    unknown = [one for one in sheet.table.header.unknown if not re.fullmatch(r"序号|编号|题号|№|No\.?|ID|id|备注", one)]
    if unknown:
        message = _("这几栏不认得，没有带进来：%(names)s。") % {"names": "、".join(unknown[:20])}
        yield Left(sheet.table.sheet, sheet.table.header.first_row, message)


class _Wrong(Exception):
    """Something in a cell; `key` is its column."""

    def __init__(self, key: str, message: object) -> None:
        super().__init__(str(message))
        self.key = key


def _read(sheet: _Sheet, record: Record) -> Iterator[Read]:
    stem = text(record["stem"])
    shown = ("stem", "option_0", "option_1", "answer", "stem_picture")
    if not any(text(record[key]) for key in shown):
        return
    if _explains(stem):
        return
    plain = stem if record.has("format") else strip_number(stem)
    draft = Draft({"stem": plain}, record.sheet, record.number)
    try:
        _facts(draft, record)
        kind = _type(sheet, record, draft)
        draft.content = {"type": str(kind), "stem": draft.content["stem"], "pictures": _pictures(sheet, record, draft)}
        draft.content |= _CONTENT[kind](record, draft)
        _marks(draft, record)
    except _Wrong as wrong:
        yield _left(record, wrong.key, str(wrong), stem)
        return
    done = finish(draft, text=stem)
    if isinstance(done, Left):
        key = {"题干": "stem", "答案": "answer", "选项": "option_0", "题型": "type"}.get(done.column, "")
        yield _left(record, key, done.message, stem)
    else:
        yield done


def _left(record: Record, key: str, message: str, stem: str) -> Left:
    problem = record.problem(key, message) if key else record.problem("stem", message)
    return Left(problem.sheet, problem.row, problem.message, stem[:120], problem.column, problem.cell)


def _explains(stem: str) -> bool:
    """Whether the row is the instruction line that templates put under their header (必填，不超过500字)."""
    said = compact(stem)
    return bool(re.match(r"^[(（]?(必填|选填|请填写|填写说明|说明[:：]|注[:：意]|示例[:：])", said)) and len(said) < 60


def _facts(draft: Draft, record: Record) -> None:
    exact = record.has("format")
    draft.explanation = text(record["explanation"])
    draft.clause, draft.source = text(record["clause"])[:200], text(record["source"])[:200]
    try:
        draft.difficulty = difficulty_of(record["difficulty"])
    except Unreadable as wrong:
        raise _Wrong("difficulty", wrong) from None
    for kind in ("specialty", "trade", "topic"):
        names = (
            [text(record[kind])]
            if not exact and kind == "topic"
            else re.split(r"[;；、,，\n]+" if not exact else r"\n", text(record[kind]))
        )
        draft.categories += [(kind, name.strip()[:60]) for name in names if name.strip()]


def _marks(draft: Draft, record: Record) -> None:
    key = "marks" if record["marks"] not in (None, "") else "blank_marks"
    try:
        number = to_number(record[key])
    except Unreadable as wrong:
        raise _Wrong(key, wrong) from None
    if number is None or number == 0:
        return
    try:
        value = Decimal(str(number)) * (len(draft.content.get("blanks", [1])) if key == "blank_marks" else 1)
    except InvalidOperation:
        value = Decimal(0)
    if not Decimal("0.1") <= value <= 100:
        raise _Wrong(key, _("分值要在 0.1 到 100 之间。"))
    draft.marks = plain(value)


def _options(record: Record) -> list[str]:
    rows = [text(record[f"option_{at}"]) for at in range(OPTIONS)]
    while rows and not rows[-1]:
        rows.pop()
    if rows:
        return [one if record.has("format") else _bare_option(at, one) for at, one in enumerate(rows)]
    return split_options(text(record["options"]))


_OPTION_MARK = re.compile(r"[(（]?\s*([A-Za-zＡ-Ｚａ-ｚ])\s*[)）]?\s*[.．、:：,，)）]\s*")


def _bare_option(at: int, words: str) -> str:
    """An option without its own letter in front (A.顶板)."""
    match = _OPTION_MARK.match(words)
    return words[match.end() :].strip() if match and match[1].upper().translate(_HALF) == LETTERS[at] else words


_HALF = {0xFF21 + at: LETTERS[at] for at in range(26)}


_GLUED = re.compile(r"[(（]?([A-ZＡ-Ｚ])[)）]?\s*[.．、:：]\s*")
"""A.甲B.乙: the letters of options with nothing between."""


def _in_turn(letters: list[str]) -> bool:
    """Whether these are A, B, C and so on, two at least."""
    return len(letters) >= 2 and [one.translate(_HALF) for one in letters] == list(LETTERS[: len(letters)])


def split_options(words: str) -> list[str]:
    """Options that stand in one cell: A.甲 B.乙, or one on each line, or between |."""
    marks = list(
        re.finditer(
            r"(?:^|(?<=[\s;；|。，,、]))[(（]?([A-ZＡ-Ｚ])[)）]?\s*[.．、:：]\s*|(?:^|(?<=\s))([A-Z])\s+(?=\S)", words
        )
    )
    if not _in_turn([one[1] or one[2] for one in marks]):
        marks = list(_GLUED.finditer(words)) if _GLUED.match(words) else []
    if _in_turn([one[1] or one[2] for one in marks]):
        ends = [*(one.start() for one in marks[1:]), len(words)]
        return [words[one.end() : end].strip(" \n\t;；|") for one, end in zip(marks, ends, strict=True)]
    parts = re.split(r"\n|\||｜|;|；|\$;\$", words)
    return [one.strip() for one in parts if one.strip()] if len(parts) > 1 else []


def _type(sheet: _Sheet, record: Record, draft: Draft) -> ItemType:
    """The type: what the row says, else the sheet, else what the row looks like."""
    said = text(record["type"])
    kind = type_of(said)
    if kind is None and said.strip().isdigit():
        kind = sheet.codes.get(said.strip())
    if kind is None and said and not said.strip().isdigit() and compact(said) not in ("选择题", "选择", "客观题"):
        raise _Wrong(
            "type", _("题型「%(type)s」不认得。请写单选、多选、判断、填空、匹配、排序或简答。") % {"type": said[:20]}
        )
    kind = kind or (sheet.type if not said else None)
    if kind is not None:
        return kind
    kind = _guess(record)
    if said:
        draft.notes.append(_("题型「%(said)s」按内容认作%(type)s。") % {"said": said[:20], "type": _CHINESE[kind]})
    return kind


_CHINESE = {
    ItemType.SINGLE: "单选题", ItemType.MULTIPLE: "多选题", ItemType.TRUE_FALSE: "判断题", ItemType.FILL_IN: "填空题",
    ItemType.MATCHING: "匹配题", ItemType.ORDERING: "排序题", ItemType.SHORT_ANSWER: "简答题",
}  # fmt: skip


def _guess(record: Record) -> ItemType:
    options, answer = _options(record), text(record["answer"])
    if len(options) < 2 and _GLUED.match(text(record["options"])):
        raise _Wrong("options", _("选项看不懂。请写成 A. … B. …，字母从 A 起不要跳。"))
    mark = truth(answer)
    if len(options) >= 2 and not (mark and mark.value is not None and truths(options)):
        try:
            several = len(_correct(record, options)) > 1
        except _Wrong:
            several = False
        return ItemType.MULTIPLE if several else ItemType.SINGLE
    if (mark and mark.value is not None) or truths(options):
        return ItemType.TRUE_FALSE
    if any(text(record[f"blank_{at}"]) for at in range(2)) or re.search(
        r"_{2,}|[(（]\s{2,}[)）]", text(record["stem"])
    ):
        return ItemType.FILL_IN
    return ItemType.SHORT_ANSWER


def _pictures(sheet: _Sheet, record: Record, draft: Draft) -> list[str]:
    said = text(record["stem_picture"]).split()
    kept = [found for found in map(sheet.pictures, said) if found]
    if len(kept) < len(said):
        draft.notes.append(_("题干的图片没有带进来，请在题目页补上。"))
    if text(record["option_pictures"]):
        draft.notes.append(_("选项的图片没有带进来，请在题目页补上。"))
    return kept


# By type --------------------------------------------------------------------------------------------------------------


def _correct(record: Record, options: list[str]) -> list[int]:
    flags = [(at, record[f"right_{at}"]) for at in range(min(len(options), RIGHTS)) if record.has(f"right_{at}")]
    if flags and not text(record["answer"]):
        found = []
        for at, value in flags:
            try:
                if to_bool(value):
                    found.append(at)
            except Unreadable as wrong:
                raise _Wrong(f"right_{at}", wrong) from None
        return found
    try:
        return chosen(record["answer"], options)
    except Unreadable as wrong:
        raise _Wrong("answer", wrong) from None


def _choice(record: Record, draft: Draft) -> Content:
    options = _options(record)
    if len(options) < 2:
        raise _Wrong("option_0", _("选择题至少要有两个选项。"))
    if "" in options:
        at = options.index("")
        raise _Wrong(f"option_{at}", _("选项%(letter)s 是空的，后面还有选项。") % {"letter": LETTERS[at]})
    rows = options_of(options)
    return {"options": rows, "correct": [rows[at]["id"] for at in _correct(record, options)]}


def _true_false(record: Record, draft: Draft) -> Content:
    answer = text(record["answer"])
    options = _options(record)
    values = truths(options)
    if values:
        said = truth(answer)
        at = _correct(record, options) if said is None or said.value is None else []
        if len(at) == 1:
            return {"correct": values[at[0]]}
    mark = truth(answer) or _in_stem(draft)
    if mark is None:
        raise _Wrong(
            "answer",
            _("答案「%(words)s」看不懂。判断题的答案写 √ 或 ×、对或错。") % {"words": answer[:30]}
            if answer
            else _("没有写答案。"),
        )
    draft.ask = mark.ask
    return {"correct": mark.value}


def _in_stem(draft: Draft) -> Truth | None:
    """A mark in brackets at the end of the statement (√), taken out of it."""
    match = re.search(r"[(（]\s*([^()（）]{1,4})\s*[)）]\s*[。.]?\s*$", draft.content["stem"])
    mark = truth(match[1]) if match else None
    if match and mark:
        draft.content["stem"] = draft.content["stem"][: match.start()].strip()
    return mark


_AROUND = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(?:±|\+/-|\+-)\s*(\d+(?:\.\d+)?)")


def parse_blank(words: str, *, exact: bool) -> dict[str, object]:
    """One blank: alternatives between | or /, a number with ±; in our own files word for word."""
    lines = words.split("\n")
    if exact and (len(lines) > 1 or not _AROUND.fullmatch(words)):
        at = lines.index("可选：") if "可选：" in lines else len(lines)
        return {"answers": lines[:at], **({"choices": lines[at + 1 :]} if at < len(lines) else {})}
    number = _AROUND.fullmatch(compact(words))
    if number:
        return {"number": number[1], "tolerance": number[2]}
    parts = re.split(r"\||｜|\n|\s或\s|(?<=[\u4e00-\u9fff])\s*[/／]\s*(?=[\u4e00-\u9fff])", words)
    return {"answers": [one.strip() for one in parts if one.strip()]}


_GAPS = re.compile(r"_{2,}|[(（]\s{1,}[)）]|[(（][)）]|﹍{2,}|＿+|【\s*】|\[\s+\]")


def _fill_in(record: Record, draft: Draft) -> Content:
    exact = record.has("format")
    cells = [text(record[f"blank_{at}"]) for at in range(BLANKS)]
    while cells and not cells[-1]:
        cells.pop()
    stem = draft.content["stem"] if exact else _GAPS.sub(BLANK, draft.content["stem"])
    marks = stem.count(BLANK)
    if not cells:
        cells = split_answers(text(record["answer"]), marks or 1)
    if not cells:
        raise _Wrong("answer", _("没有写答案。"))
    draft.content["stem"] = stem
    any_order = compact(record["any_order"]) in ("是", "1", "√")
    return {"stem": stem, "blanks": [parse_blank(one, exact=exact) for one in cells], "any_order": any_order}


def split_answers(words: str, count: int) -> list[str]:
    """The answers to `count` blanks that stand in one cell, between ；, or 、, or spaces: whatever gives that many."""
    whole = [one for one in [words.strip()] if one]
    if count <= 1:
        return whole
    for separator in (r"[;；]+", r"\n+", r"[|｜]+", r"[、]+", r"[,，]+", r"\s+", r"[/／]+"):
        parts = [
            re.sub(r"^[(（]?\d{1,2}[)）.、]\s*(?=\D)", "", one.strip())
            for one in re.split(separator, words)
            if one.strip()
        ]
        if len(parts) == count:
            return parts
    return [one.strip() for one in re.split(r"[;；\n]+", words) if one.strip()]


def _matching(record: Record, draft: Draft) -> Content:
    left = _options(record)
    lines = [one for one in text(record["pairs"]).split("\n") if one.strip()]
    right = lines if record.has("format") else [_bare_number(one) for one in lines]
    if not right and all(re.search(r"→|->|=|—>", one) for one in left):
        both = [re.split(r"\s*(?:→|->|—>|=)\s*", one, maxsplit=1) for one in left]
        left, right = [one[0] for one in both], list(dict.fromkeys(one[1] for one in both))
        pairs = [(at, right.index(one[1])) for at, one in enumerate(both)]
    else:
        pairs = [
            (ord(a.upper()) - 65, int(b) - 1)
            for a, b in re.findall(r"([A-Za-z])\s*[-—–=→:：]?\s*(\d{1,2})", text(record["answer"]))
        ]
    if any(b >= len(right) or a >= len(left) for a, b in pairs):
        raise _Wrong("answer", _("答案里有对不上的项。匹配题的答案写成 A-2、B-1 这样。"))
    rows = [{"id": f"l{at + 1}", "text": one} for at, one in enumerate(left)]
    ends = [{"id": f"r{at + 1}", "text": one} for at, one in enumerate(right)]
    return {"left": rows, "right": ends, "pairs": {f"l{a + 1}": f"r{b + 1}" for a, b in pairs}}


def _bare_number(words: str) -> str:
    return re.sub(r"^\s*[(（]?\d{1,2}[)）.．、]\s*", "", words).strip()


def _ordering(record: Record, draft: Draft) -> Content:
    options = _options(record)
    letters = [ord(one) - 65 for one in re.sub(r"[^A-Z]", "", compact(record["answer"]).upper())]
    rows = options_of(options)
    if sorted(letters) != list(range(len(rows))):
        raise _Wrong("answer", _("排序题的答案要把每个选项的字母按次序各写一次，如 BDAC。"))
    return {"options": rows, "correct": [rows[at]["id"] for at in letters]}


def _short_answer(record: Record, draft: Draft) -> Content:
    return {"reference": text(record["answer"])}


_CONTENT: dict[ItemType, Callable[[Record, Draft], Content]] = {
    ItemType.SINGLE: _choice,
    ItemType.MULTIPLE: _choice,
    ItemType.TRUE_FALSE: _true_false,
    ItemType.FILL_IN: _fill_in,
    ItemType.MATCHING: _matching,
    ItemType.ORDERING: _ordering,
    ItemType.SHORT_ANSWER: _short_answer,
}
