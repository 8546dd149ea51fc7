"""QTI 2.1, 2.2 and 3.0 items: read as one, because 3.0 is 2.x with other spellings.

choice (single, multiple), textEntry, inlineChoice, match, order, extendedText. Several textEntry and inlineChoice in one
item are one fill-in; any other mixture, and every other interaction, is told and stays out.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.words import plain
from kuangdeng.learning.items.formats.answers import truths
from kuangdeng.learning.items.formats.drafts import Draft, KeepPicture, Left, Read, finish, unsupported
from kuangdeng.learning.items.formats.html import Plain, inline_picture, of_element, to_plain
from kuangdeng.learning.items.formats.xmlsafe import all_of, attribute, children, first, local, words
from kuangdeng.learning.items.rules.content import Content, options_of
from kuangdeng.learning.items.rules.folding import BLANK, to_decimal

Element = ElementTree.Element
FindFile = Callable[[str], bytes | None]
INLINE = ("textentryinteraction", "inlinechoiceinteraction")
BLOCKS = ("choiceinteraction", "matchinteraction", "orderinteraction", "extendedtextinteraction")


def _nothing(_source: str) -> bytes | None:
    return None


def read_item(item: Element, *, name: str, row: int, keep: KeepPicture, file: FindFile = _nothing) -> Read:
    """One assessmentItem; a Left with the reason when it cannot come in."""
    return Item(item, Draft({}, name, row), keep, file).read()


class Pictures:
    """Finds pictures in a package, and notes when one is not there."""

    def __init__(self, draft: Draft, keep: KeepPicture, file: FindFile) -> None:
        self.draft, self.keep, self.file = draft, keep, file

    def find(self, source: str) -> str:
        """The kept picture of an address."""
        data = inline_picture(source)
        data = data if data is not None else self.file(source)
        return self.keep(data) if data else ""

    def plain(self, html: str) -> Plain:
        """HTML as words and pictures."""
        plain = to_plain(html, self.find)
        if plain.lost:
            self.draft.notes.append(_("有图片不在文件里，没有带进来。"))
        return plain


class Item:
    """One item on its way in."""

    def __init__(self, element: Element, draft: Draft, keep: KeepPicture, file: FindFile) -> None:
        self.element, self.draft = element, draft
        self.pictures = Pictures(draft, keep, file)
        self.title = attribute(element, "title") or attribute(element, "identifier")

    def read(self) -> Read:
        """The item, or why it stays out."""
        try:
            self.draft.content = self._content()
        except Refused as refusal:
            return Left(
                self.draft.sheet,
                self.draft.row,
                str(refusal),
                (words(first(self.element, "itembody")) or self.title)[:120],
            )
        return finish(self.draft, text=self.title)

    def _content(self) -> Content:
        body = first(self.element, "itembody")
        if body is None:
            raise Refused(_("没有题目内容（itemBody）。"))
        found = [one for one in body.iter() if local(one.tag).endswith("interaction")]
        kinds = {local(one.tag) for one in found}
        foreign = kinds - {*INLINE, *BLOCKS}
        if foreign:
            raise Refused(unsupported("、".join(sorted(foreign))))
        if not found:
            raise Refused(_("没有作答的地方。"))
        self._facts()
        stem = self._stem(body)
        if kinds <= set(INLINE):
            return {**stem, "type": "fill_in", "blanks": [self._blank(one) for one in found]}
        if len(found) > 1:
            raise Refused(_("一道题里有几处不同的作答，不能作为一道题导入。"))
        read = {
            "choiceinteraction": self._choice,
            "matchinteraction": self._matching,
            "orderinteraction": self._ordering,
        }
        return {**stem, **read.get(local(found[0].tag), self._essay)(found[0])}

    def _facts(self) -> None:
        said = [
            self.pictures.plain(of_element(one, lambda _e: None)).text for one in all_of(self.element, "modalfeedback")
        ]
        self.draft.explanation = "\n".join(dict.fromkeys(filter(None, said)))
        for outcome in all_of(self.element, "outcomedeclaration"):
            if attribute(outcome, "identifier").upper() in ("MAXSCORE", "SCORE"):
                most = to_decimal(
                    attribute(outcome, "normalMaximum")
                    or (
                        words(first(outcome, "value")) if attribute(outcome, "identifier").upper() == "MAXSCORE" else ""
                    )
                )
                if most is not None and most > 0:
                    self.draft.marks = plain(most)

    def _stem(self, body: Element) -> Content:
        def skip(child: Element) -> str | None:
            name = local(child.tag)
            if name in INLINE:
                return BLANK
            if name in BLOCKS:
                return "".join(f"<p>{of_element(one, skip)}</p>" for one in children(child, "prompt"))
            return "" if name == "rubricblock" else None

        plain = self.pictures.plain(of_element(body, skip))
        return {"stem": plain.text, "pictures": plain.pictures}

    def _declared(self, interaction: Element) -> Element | None:
        wanted = attribute(interaction, "responseIdentifier")
        rows = [one for one in self.element if local(one.tag) == "responsedeclaration"]
        return next((one for one in rows if attribute(one, "identifier") == wanted), None)

    def _key(self, interaction: Element) -> list[str]:
        """The correct values; where only a mapping says so, what it gives points for."""
        declared = self._declared(interaction)
        correct = first(declared, "correctresponse")
        values = [words(one) for one in all_of(correct, "value")] if correct is not None else []
        return values or [key for key, value in self._mapped(declared) if value > 0]

    def _mapped(self, declared: Element | None) -> list[tuple[str, Decimal]]:
        if declared is None:
            return []
        return [
            (attribute(one, "mapKey"), to_decimal(attribute(one, "mappedValue")) or Decimal(0))
            for one in all_of(declared, "mapentry")
        ]

    def _rows(self, elements: list[Element]) -> tuple[list[dict[str, object]], dict[str, str]]:
        """Choices as our rows, and their identifiers as our ids."""
        plains = [self.pictures.plain(of_element(one, lambda _e: None)) for one in elements]
        rows = options_of([one.text for one in plains], [one.pictures[0] if one.pictures else "" for one in plains])
        for row, one in zip(rows, elements, strict=True):
            if attribute(one, "fixed").lower() == "true":
                row["fixed"] = True
        return rows, {attribute(one, "identifier"): row["id"] for one, row in zip(elements, rows, strict=True)}

    def _ids(self, names: dict[str, str], key: list[str]) -> list[str]:
        if any(one not in names for one in key):
            raise Refused(_("答案指的选项不在题里。"))
        return [names[one] for one in key]

    def _choice(self, interaction: Element) -> Content:
        elements = children(interaction, "simplechoice")
        rows, names = self._rows(elements)
        correct = self._ids(names, self._key(interaction))
        declared = self._declared(interaction)
        several = declared is not None and attribute(declared, "cardinality") == "multiple"
        values = truths([row["text"] for row in rows])
        if values and len(correct) == 1 and not several:
            return {"type": "true_false", "correct": values[[row["id"] for row in rows].index(correct[0])]}
        kind = "multiple" if len(correct) > 1 or (several and attribute(interaction, "maxChoices") != "1") else "single"
        return {"type": kind, "options": rows, "correct": correct}

    def _ordering(self, interaction: Element) -> Content:
        rows, names = self._rows(children(interaction, "simplechoice"))
        return {"type": "ordering", "options": rows, "correct": self._ids(names, self._key(interaction))}

    def _matching(self, interaction: Element) -> Content:
        sets = children(interaction, "simplematchset")
        if len(sets) != 2:
            raise Refused(_("匹配题要有左右两边。"))
        sides = [self._rows(children(one, "simpleassociablechoice")) for one in sets]
        left, right = (_renamed(rows, names, letter) for (rows, names), letter in zip(sides, "lr", strict=True))
        pairs: dict[str, str] = {}
        for value in self._key(interaction):
            a, _space, b = value.partition(" ")
            if a not in left[1] or b not in right[1]:
                raise Refused(_("答案指的选项不在题里。"))
            if left[1][a] in pairs:
                raise Refused(_("左边一项要配右边几项，不能导入。"))
            pairs[left[1][a]] = right[1][b]
        return {"type": "matching", "left": left[0], "right": right[0], "pairs": pairs}

    def _essay(self, interaction: Element) -> Content:
        rubric = first(self.element, "rubricblock")
        said = self.pictures.plain(of_element(rubric, lambda _e: None)).text if rubric is not None else ""
        return {"type": "short_answer", "reference": said or "\n".join(self._key(interaction))}

    def _blank(self, interaction: Element) -> Content:
        key = self._key(interaction)
        declared = self._declared(interaction)
        if local(interaction.tag) == "inlinechoiceinteraction":
            rows = children(interaction, "inlinechoice")
            names = {attribute(one, "identifier"): words(one) for one in rows}
            all_right = key + [one for one, value in self._mapped(declared) if value > 0]
            answers = self._ids(names, list(dict.fromkeys(all_right)))
            return {"answers": answers, "choices": list(names.values())}
        if declared is not None and attribute(declared, "baseType") in ("float", "integer") and len(key) == 1:
            return {
                "number": key[0],
                "tolerance": self._tolerance(attribute(interaction, "responseIdentifier"), key[0]),
            }
        full = max((value for _key, value in self._mapped(declared)), default=Decimal(0))
        partly = [one for one, value in self._mapped(declared) if 0 < value < full and one not in key]
        if partly:
            self.draft.notes.append(
                _("只得一部分分的答案（%(words)s）没有带进来。") % {"words": "、".join(partly)[:60]}
            )
        return {"answers": key + [one for one, value in self._mapped(declared) if value > 0 and value == full]}

    def _tolerance(self, identifier: str, number: str) -> str:
        """What the processing allows around a number; zero when it says nothing."""
        for equal in all_of(self.element, "equal"):
            if any(attribute(one, "identifier") == identifier for one in all_of(equal, "variable")):
                said = re.split(r"[\s,]+", attribute(equal, "tolerance"))
                values = [to_decimal(one) for one in said if one]
                kind = attribute(equal, "toleranceMode")
                if values and values[0] is not None and kind == "absolute":
                    return format(max(one for one in values if one is not None), "f")
                if values and values[0] is not None and kind == "relative":
                    return format(abs(Decimal(number)) * values[0] / 100, "f")
        return "0"


def _renamed(
    rows: list[dict[str, object]], names: dict[str, str], letter: str
) -> tuple[list[dict[str, object]], dict[str, str]]:
    """Rows of one side of a match with ids of their own: l1, l2…"""
    new = {str(row["id"]): f"{letter}{at}" for at, row in enumerate(rows, 1)}
    kept = [
        {name: value for name, value in {**row, "id": new[str(row["id"])]}.items() if name != "fixed"} for row in rows
    ]
    return kept, {name: new[old] for name, old in names.items()}
