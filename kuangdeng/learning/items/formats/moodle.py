"""Moodle XML, read and written: multichoice, truefalse, shortanswer, numerical, matching, essay, ordering, cloze.

Pictures travel inside the file. Single feedback becomes part of the explanation. What Moodle has and we have not
(calculated items, drag onto pictures) is told item by item.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from urllib.parse import unquote
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.words import plain
from kuangdeng.learning.items.formats.drafts import (
    Draft,
    KeepPicture,
    Left,
    Read,
    finish,
    tags_of,
    take_tags,
    type_word,
    unsupported,
)
from kuangdeng.learning.items.formats.gift import matching_of, number_blank
from kuangdeng.learning.items.formats.html import from_plain, inline_picture, to_plain
from kuangdeng.learning.items.formats.xmlsafe import children, words
from kuangdeng.learning.items.rules.content import Content, ItemType, options_of
from kuangdeng.learning.items.rules.folding import BLANK, to_decimal

Element = ElementTree.Element


def read_moodle(root: Element, *, name: str, keep: KeepPicture) -> Iterator[Read]:
    """Every question of a quiz; `row` counts them."""
    category = ""
    row = 0
    for question in children(root, "question"):
        kind = question.get("type", "")
        if kind == "category":
            category = re.split(r"(?<!/)/(?!/)", words(question.find("category")))[-1].replace("//", "/").strip()
            continue
        row += 1
        yield _Question(question, kind, name, row, category, keep).read()


class _Question:
    def __init__(self, element: Element, kind: str, name: str, row: int, category: str, keep: KeepPicture) -> None:
        self.element, self.kind, self.keep = element, kind, keep
        self.draft = Draft({}, name, row)
        self.category = "" if category in ("top", "$course$") else category[:60]
        self.title = words(element.find("name"))

    def read(self) -> Read:
        """The item, or why it stays out."""
        read = _READERS.get(self.kind)
        if read is None:
            return self._left(unsupported(self.kind or "?"))
        try:
            stem, pictures = self._html(self.element.find("questiontext"))
            self.draft.content = {"stem": stem, "pictures": pictures}
            self.draft.explanation = self._html(self.element.find("generalfeedback"))[0]
            self._facts()
            self.draft.content |= read(self)
        except Refused as refusal:
            return self._left(str(refusal))
        return finish(self.draft)

    def _left(self, message: str) -> Left:
        text = self.draft.content.get("stem") or self.title or words(self.element.find("questiontext"))
        return Left(self.draft.sheet, self.draft.row, message, str(text)[:120], self.kind)

    def _facts(self) -> None:
        take_tags(self.draft, [words(one) for one in self.element.iter("tag")])
        if self.category and not any(kind == "topic" for kind, _n in self.draft.categories):
            self.draft.categories.append(("topic", self.category))
        grade = to_decimal(words(self.element.find("defaultgrade")))
        if grade is not None and grade > 0 and not self.draft.marks:
            self.draft.marks = plain(grade)

    def _html(self, element: Element | None) -> tuple[str, list[str]]:
        """The words and pictures of an element with a <text> and <file>s."""
        if element is None:
            return "", []
        text = element.find("text")
        raw = "".join(text.itertext()) if text is not None else ""
        files = {unquote(one.get("name", "")): one for one in element.findall("file")}

        def picture(source: str) -> str:
            inline = inline_picture(source)
            file = files.get(unquote(source.rpartition("/")[2]))
            data = inline if inline is not None else _file(file) if file is not None else None
            return self.keep(data) if data else ""

        if element.get("format", "html") in ("plain_text",):
            return raw.strip(), []
        plain = to_plain(raw, picture)
        if plain.lost:
            self.draft.notes.append(_("有图片不在文件里，没有带进来。"))
        return plain.text, plain.pictures

    def answers(self) -> list[tuple[str, str, Decimal, str]]:
        """(words, picture, fraction, feedback) of each answer."""
        found = []
        for one in self.element.findall("answer"):
            text, pictures = self._html(one)
            share = to_decimal(one.get("fraction", "0")) or Decimal(0)
            found.append((text, pictures[0] if pictures else "", share, self._html(one.find("feedback"))[0]))
        said = [f"{text}：{feedback}" for text, _p, _s, feedback in found if feedback]
        self.draft.explanation = "\n".join(filter(None, [self.draft.explanation, *said]))
        return found

    # by type

    def choice(self) -> Content:
        """单选、多选."""
        answers = self.answers()
        rows = options_of([one[0] for one in answers], [one[1] for one in answers])
        single = words(self.element.find("single")).lower() not in ("false", "0")
        correct = [row["id"] for row, one in zip(rows, answers, strict=True) if one[2] > 0]
        if single and len(correct) > 1:
            best = max(one[2] for one in answers)
            correct = [row["id"] for row, one in zip(rows, answers, strict=True) if one[2] == best]
            self.draft.notes.append(_("只得一部分分的选项没有带进来。"))
        return {"type": "single" if single and len(correct) == 1 else "multiple", "options": rows, "correct": correct}

    def truth(self) -> Content:
        """判断."""
        right = [one[0].strip().lower() for one in self.answers() if one[2] > 0]
        if right not in (["true"], ["false"]):
            raise Refused(_("判断题的答案看不懂。"))
        return {"type": "true_false", "correct": right == ["true"]}

    def short(self) -> Content:
        """填空: one blank."""
        answers = self.answers()
        full = [one[0] for one in answers if one[2] >= 100]
        self._partly(len(answers) - len(full))
        return {"type": "fill_in", "blanks": [{"answers": full}]}

    def _partly(self, count: int) -> None:
        if count:
            self.draft.notes.append(_("只得一部分分的答案没有带进来。"))

    def number(self) -> Content:
        """填空: a number with its tolerance."""
        rows = [one for one in self.element.findall("answer") if (to_decimal(one.get("fraction", "0")) or 0) >= 100]
        self.answers()
        if len(rows) != 1:
            raise Refused(_("有几个都算对的数值答案，不能导入。请改成一个数值加允许误差。"))
        self._partly(len(self.element.findall("answer")) - 1)
        value, around = words(rows[0].find("text")), words(rows[0].find("tolerance")) or "0"
        return {"type": "fill_in", "blanks": [number_blank(f"{value}:{around}")]}

    def matching(self) -> Content:
        """匹配."""
        pairs: list[tuple[str, str]] = []
        pictures: dict[int, str] = {}
        for one in self.element.findall("subquestion"):
            text, found = self._html(one)
            if found:
                pictures[len(pairs)] = found[0]
            answer = one.find("answer")
            right = words(answer.find("text") if answer is not None else None)
            pairs.append((text or ("\ue000" if found else ""), right))
        content = matching_of("", pairs)
        left = content["left"]
        for at, picture in pictures.items():
            left[at] |= {"text": "" if left[at]["text"] == "\ue000" else left[at]["text"], "picture": picture}
        return {name: content[name] for name in ("type", "left", "right", "pairs")}

    def order(self) -> Content:
        """排序."""
        answers = self.answers()
        rows = options_of([one[0] for one in answers], [one[1] for one in answers])
        ranks = [one[2] for one in answers]
        ranked = (
            sorted(range(len(rows)), key=lambda at: ranks[at]) if len(set(ranks)) == len(ranks) else range(len(rows))
        )
        return {"type": "ordering", "options": rows, "correct": [rows[at]["id"] for at in ranked]}

    def essay(self) -> Content:
        """简答."""
        return {"type": "short_answer", "reference": self._html(self.element.find("graderinfo"))[0]}

    def cloze(self) -> Content:
        """完形: blanks inside the stem."""
        return _from_cloze(self.draft.content["stem"], self.draft)


def _file(element: Element) -> bytes | None:
    try:
        return base64.b64decode(re.sub(r"\s+", "", element.text or ""), validate=True)
    except (binascii.Error, ValueError):
        return None


_READERS: dict[str, Callable[[_Question], Content]] = {
    "multichoice": _Question.choice,
    "truefalse": _Question.truth,
    "shortanswer": _Question.short,
    "numerical": _Question.number,
    "matching": _Question.matching,
    "ordering": _Question.order,
    "essay": _Question.essay,
    "cloze": _Question.cloze,
}

_CLOZE = re.compile(r"\\.|\{(?:\d*):([A-Z_]+):((?:[^{}\\]|\\.)*)\}", re.DOTALL)
"""A blank with its kind and what stands in it; or an escaped sign, which is passed over."""


def _from_cloze(stem: str, draft: Draft) -> Content:
    blanks = [_cloze_blank(kind, body, draft) for kind, body in _CLOZE.findall(stem) if kind]
    if not blanks:
        raise Refused(_("完形填空里没有看得懂的空。"))
    return {
        "type": "fill_in",
        "stem": _unescape(_CLOZE.sub(lambda one: BLANK if one[1] else one[0], stem)),
        "blanks": blanks,
    }


def _unescape(text: str) -> str:
    return re.sub(r"\\([~=#}{\\])", r"\1", text)


def _cloze_blank(kind: str, body: str, draft: Draft) -> Content:
    rows = []
    for part in _parts(body, "~"):
        match = re.match(r"(=|%(-?\d+(?:\.\d+)?)%)?", part)
        share = Decimal(match[2]) if match and match[2] else Decimal(100 if match and match[1] else 0)
        text, *others = _parts(part[match.end() if match else 0 :], "#")
        feedback = "#".join(others)
        rows.append((_unescape(text).strip(), share))
        if feedback:
            draft.explanation = "\n".join(
                filter(None, [draft.explanation, f"{_unescape(text)}：{_unescape(feedback)}"])
            )
    full = [text for text, share in rows if share >= 100]
    if kind in ("NUMERICAL", "NM"):
        if len(full) != 1:
            raise Refused(_("有几个都算对的数值答案，不能导入。请改成一个数值加允许误差。"))
        return number_blank(full[0])
    if kind.startswith(("MULTICHOICE", "MC", "MCV", "MCH")):
        return {"answers": full, "choices": [text for text, _share in rows]}
    if kind.startswith(("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC")):
        return {"answers": full}
    raise Refused(unsupported(f"cloze {kind}"))


def _parts(text: str, mark: str) -> list[str]:
    """What stands between the marks that are not escaped."""
    parts = [""]
    for sign in re.findall(r"\\.|.", text, re.DOTALL):
        if sign == mark:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


# Writing --------------------------------------------------------------------------------------------------------------

LoadPicture = Callable[[str], bytes | None]


def why_not_moodle(content: Content) -> str:
    """Why Moodle XML cannot say this item; empty when it can."""
    if content.get("any_order"):
        return str(_("Moodle 的填空题不能不分次序。"))
    if content["type"] == ItemType.MATCHING and (
        any(one.get("picture") for one in content["right"])
        or any(len({one["text"] for one in content[name]}) != len(content[name]) for name in ("left", "right"))
    ):
        return str(_("Moodle 的匹配题右边不能有图片，各项文字不能一样。"))
    return ""


def write_moodle(drafts: Iterable[Draft], left: list[Left], load: LoadPicture = lambda _sha: None) -> Iterator[str]:
    """The items as Moodle XML, one text piece each; what Moodle cannot say goes to `left`."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
    for at, draft in enumerate(drafts, 1):
        why = why_not_moodle(draft.content)
        if why:
            left.append(Left(draft.sheet, at, why, draft.content["stem"][:120], type_word(draft.content)))
            continue
        yield _write(draft, at, load)
    yield "</quiz>\n"


def _text(
    tag: str, text: str, load: LoadPicture | None = None, pictures: Iterable[str] = (), attributes: str = ""
) -> str:
    html, files = from_plain(text) if text else "", ""
    for sha in pictures:
        data = load(sha) if load else None
        if data:
            html += f'<img src="@@PLUGINFILE@@/{sha}.jpg" alt="">'
            files += f'<file name="{sha}.jpg" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>'
    return f'<{tag} format="html"{attributes}><text>{escape(html)}</text>{files}</{tag}>'


_KINDS = {
    ItemType.SINGLE: "multichoice", ItemType.MULTIPLE: "multichoice", ItemType.TRUE_FALSE: "truefalse",
    ItemType.MATCHING: "matching", ItemType.ORDERING: "ordering", ItemType.SHORT_ANSWER: "essay",
}  # fmt: skip


def _write(draft: Draft, at: int, load: LoadPicture) -> str:
    content = draft.content
    kind = ItemType(content["type"])
    name = _fill_in_kind(content) if kind == ItemType.FILL_IN else _KINDS[kind]
    stem = _cloze_stem(content) if name == "cloze" else content["stem"]
    body = [_text("questiontext", stem, load, content["pictures"]), _text("generalfeedback", draft.explanation)]
    if name != "cloze":
        body.append(f"<defaultgrade>{escape(draft.marks or '1')}</defaultgrade>")
    body += _BODIES[kind](content, load) if name != "cloze" else []
    tags = "".join(f"<tag><text>{escape(tag)}</text></tag>" for tag in tags_of(draft))
    title = escape(f"{at:05d} {content['stem'][:60]}".replace("\n", " "))
    return (
        f"<question type={quoteattr(name)}>\n<name><text>{title}</text></name>\n"
        + "\n".join(body)
        + f"\n<tags>{tags}</tags>\n</question>\n"
    )


def _fill_in_kind(content: Content) -> str:
    blank = content["blanks"][0]
    if len(content["blanks"]) > 1 or "choices" in blank:
        return "cloze"
    return "numerical" if "number" in blank else "shortanswer"


def _cloze_out(text: str) -> str:
    return re.sub(r"([~=#}{\\])", r"\\\1", text)


def _cloze_stem(content: Content) -> str:
    marks = iter(_cloze_mark(blank) for blank in content["blanks"])
    parts = content["stem"].split(BLANK)
    if len(parts) == 1:
        return _cloze_out(parts[0]) + "\n" + " ".join(marks)
    return "".join(_cloze_out(part) + next(marks, "") for part in parts)


def _cloze_mark(blank: Content) -> str:
    if "number" in blank:
        return f"{{1:NUMERICAL:={blank['number']}:{blank['tolerance']}}}"
    if "choices" in blank:
        right = set(blank["answers"])
        return (
            "{1:MULTICHOICE:"
            + "~".join(("=" if one in right else "") + _cloze_out(one) for one in blank["choices"])
            + "}"
        )
    return "{1:SHORTANSWER:" + "~".join("=" + _cloze_out(one) for one in blank["answers"]) + "}"


def _answer(text: str, share: str, load: LoadPicture | None = None, picture: str = "") -> str:
    return _text("answer", text, load, [picture] if picture else [], f' fraction="{share}"')


def _write_choice(content: Content, load: LoadPicture) -> list[str]:
    correct, single = set(content["correct"]), content["type"] == ItemType.SINGLE
    share = "100" if single else f"{Decimal(100) / len(correct):.7f}".rstrip("0").rstrip(".")
    rows = [
        _answer(one["text"], share if one["id"] in correct else "0" if single else "-100", load, one.get("picture", ""))
        for one in content["options"]
    ]
    return [f"<single>{str(single).lower()}</single>", "<shuffleanswers>true</shuffleanswers>", *rows]


def _write_truth(content: Content, _load: LoadPicture) -> list[str]:
    return [
        f'<answer fraction="{100 if content["correct"] is value else 0}"><text>{str(value).lower()}</text></answer>'
        for value in (True, False)
    ]


def _write_fill(content: Content, _load: LoadPicture) -> list[str]:
    blank = content["blanks"][0]
    if "number" in blank:
        return [
            f'<answer fraction="100"><text>{blank["number"]}</text><tolerance>{blank["tolerance"]}</tolerance></answer>'
        ]
    plain = [
        f'<answer fraction="100" format="plain_text"><text>{escape(one)}</text></answer>' for one in blank["answers"]
    ]
    return ["<usecase>0</usecase>", *plain]


def _write_matching(content: Content, load: LoadPicture) -> list[str]:
    right = {one["id"]: one["text"] for one in content["right"]}
    used = set(content["pairs"].values())
    pairs = [(one, right[content["pairs"][one["id"]]]) for one in content["left"]]
    extra = [({"text": ""}, one["text"]) for one in content["right"] if one["id"] not in used]
    return [
        _text("subquestion", one["text"], load, [one["picture"]] if one.get("picture") else []).replace(
            "</subquestion>", f"<answer><text>{escape(answer)}</text></answer></subquestion>"
        )
        for one, answer in [*pairs, *extra]
    ]


def _write_order(content: Content, load: LoadPicture) -> list[str]:
    rank = {one: at for at, one in enumerate(content["correct"], 1)}
    return [_answer(one["text"], str(rank[one["id"]]), load, one.get("picture", "")) for one in content["options"]]


def _write_essay(content: Content, _load: LoadPicture) -> list[str]:
    return [_text("graderinfo", content["reference"])]


_BODIES: dict[ItemType, Callable[[Content, LoadPicture], list[str]]] = {
    ItemType.SINGLE: _write_choice,
    ItemType.MULTIPLE: _write_choice,
    ItemType.TRUE_FALSE: _write_truth,
    ItemType.FILL_IN: _write_fill,
    ItemType.MATCHING: _write_matching,
    ItemType.ORDERING: _write_order,
    ItemType.SHORT_ANSWER: _write_essay,
}

__all__ = ["read_moodle", "why_not_moodle", "write_moodle"]
