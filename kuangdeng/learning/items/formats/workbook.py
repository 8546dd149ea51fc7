"""Items as Excel: one row each, with every column that the importer knows; it reads its own files word for word."""

from collections.abc import Iterable
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from kuangdeng.learning.items.formats.drafts import CATEGORY_TAGS, Draft, Left, type_word
from kuangdeng.learning.items.formats.sheets import FORMAT, LETTERS
from kuangdeng.learning.items.rules.content import TYPE_LABELS, Content, ItemType, letters
from kuangdeng.learning.items.wording import key_words

CHOICES = "可选："
MOST_OPTIONS = 26
MOST_BLANKS = 20
BEFORE = ["序号", "题型", "题干", "答案"]
BEHIND = ["解析", "难度", "分值", "专业", "工种", "知识点", "条款", "出处", "配对项", "不分次序", "题干图片", FORMAT]


def write_book(drafts: Iterable[Draft], left: list[Left], file: IO[bytes]) -> None:
    """The items as a workbook into `file`; pictures of options do not fit in a cell and are told in `left`."""
    rows = list(drafts)
    options = max((len(_options(one.content)) for one in rows), default=0)
    blanks = max((len(one.content.get("blanks", ())) for one in rows), default=0)
    heads = [
        *BEFORE,
        *(f"选项{LETTERS[at]}" for at in range(max(4, options))),
        *(f"空{at + 1}" for at in range(blanks)),
        *BEHIND,
    ]
    settings = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, settings) as book:
        sheet = book.add_worksheet("题目")
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F6F7F5"})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for at, name in enumerate(heads):
            sheet.set_column(at, at, {"题干": 48, "解析": 36, "序号": 6}.get(name, 14), wrap)
        sheet.freeze_panes(1, 3)
        sheet.write_row(0, 0, heads, head)
        for number, draft in enumerate(rows, 1):
            if any(
                one.get("picture")
                for one in [
                    *draft.content.get("options", ()),
                    *draft.content.get("left", ()),
                    *draft.content.get("right", ()),
                ]
            ):
                left.append(
                    Left(
                        "",
                        number,
                        _("选项里的图片没有写进 Excel。"),
                        draft.content["stem"][:120],
                        type_word(draft.content),
                    )
                )
            cells = _cells(number, draft)
            for at, name in enumerate(heads):
                value = cells.get(name, "")
                if isinstance(value, int):
                    sheet.write_number(number, at, value, wrap)
                elif value:
                    sheet.write_string(number, at, str(value)[:32767], wrap)


def _options(content: Content) -> list[str]:
    rows = content.get("left") or content.get("options") or ()
    return [one["text"] or "（图）" for one in rows]


def _cells(number: int, draft: Draft) -> dict[str, Any]:
    content = draft.content
    cells: dict[str, Any] = {
        "序号": number, "题型": str(TYPE_LABELS[content["type"]]), "题干": content["stem"], "答案": _key(content),
        "解析": draft.explanation, "难度": draft.difficulty or "", "分值": format(Decimal(draft.marks), "f") if draft.marks else "",
        "条款": draft.clause, "出处": draft.source, "题干图片": "\n".join(content["pictures"]), FORMAT: "1",
    }  # fmt: skip
    for kind, word in CATEGORY_TAGS.items():
        cells[word] = "\n".join(name for one, name in draft.categories if one == kind)
    cells |= {f"选项{LETTERS[at]}": text for at, text in enumerate(_options(content))}
    cells |= {f"空{at + 1}": blank_cell(blank) for at, blank in enumerate(content.get("blanks", ()))}
    if content["type"] == ItemType.MATCHING:
        cells["配对项"] = "\n".join(one["text"] for one in content["right"])
    if content.get("any_order"):
        cells["不分次序"] = "是"
    return cells


def _key(content: Content) -> str:
    kind = ItemType(content["type"])
    if kind == ItemType.MATCHING:
        right = {one["id"]: at for at, one in enumerate(content["right"], 1)}
        return "、".join(
            f"{LETTERS[at]}-{right[content['pairs'][one['id']]]}" for at, one in enumerate(content["left"])
        )
    if kind == ItemType.ORDERING:
        names = letters(content)
        return "".join(names[one] for one in content["correct"])
    if kind == ItemType.FILL_IN:
        return ""
    if kind == ItemType.SHORT_ANSWER:
        return str(content["reference"])
    if kind == ItemType.TRUE_FALSE:
        return "对" if content["correct"] else "错"
    return key_words(content)


def blank_cell(blank: Content) -> str:
    """One blank in a cell: alternatives on lines, 101.3±0.5, choices behind 可选：."""
    if "number" in blank:
        return f"{blank['number']}±{blank['tolerance']}"
    lines = list(blank["answers"])
    if len(lines) == 1 and "±" in lines[0]:
        lines *= 2
    return "\n".join([*lines, CHOICES, *blank["choices"]] if "choices" in blank else lines)
