"""QTI 1.2, as Canvas and many older systems write it: choice, true/false, fill in, numeric, matching, essay."""

import re
from collections import defaultdict
from collections.abc import Iterator
from xml.etree import ElementTree

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.words import plain
from kuangdeng.learning.items.formats.answers import truths
from kuangdeng.learning.items.formats.drafts import Draft, KeepPicture, Left, Read, finish, unsupported
from kuangdeng.learning.items.formats.gift import number_blank
from kuangdeng.learning.items.formats.qti import FindFile, Pictures
from kuangdeng.learning.items.formats.xmlsafe import all_of, attribute, children, first, local, words
from kuangdeng.learning.items.rules.content import Content, options_of
from kuangdeng.learning.items.rules.folding import BLANK, to_decimal

Element = ElementTree.Element
_FOREIGN = {"file_upload_question", "calculated_question", "text_only_question"}


def read_qti12(root: Element, *, name: str, keep: KeepPicture, file: FindFile) -> Iterator[Read]:
    """Every item of a questestinterop; `row` counts them."""
    for row, item in enumerate(all_of(root, "item"), 1):
        yield _Item(item, Draft({}, name, row), keep, file).read()


class _Item:
    def __init__(self, element: Element, draft: Draft, keep: KeepPicture, file: FindFile) -> None:
        self.element, self.draft = element, draft
        self.pictures = Pictures(draft, keep, file)
        self.title = attribute(element, "title") or attribute(element, "ident")
        self.facts = {
            words(first(one, "fieldlabel")): words(first(one, "fieldentry")) for one in all_of(element, "metadatafield")
        }

    def read(self) -> Read:
        try:
            self.draft.content = self._content()
        except Refused as refusal:
            return Left(
                self.draft.sheet, self.draft.row, str(refusal), (self.draft.content.get("stem") or self.title)[:120]
            )
        return finish(self.draft, text=self.title)

    def _content(self) -> Content:
        kind = self.facts.get("question_type", "")
        if kind in _FOREIGN:
            raise Refused(unsupported(kind))
        presentation = first(self.element, "presentation")
        if presentation is None:
            raise Refused(_("没有题目内容（presentation）。"))
        points = to_decimal(self.facts.get("points_possible", ""))
        self.draft.marks = plain(points) if points is not None and points > 0 else ""
        feedback = [self._words(one) for one in all_of(self.element, "itemfeedback")]
        self.draft.explanation = "\n".join(dict.fromkeys(filter(None, feedback)))
        stem = self._stem(presentation)
        self.draft.content = stem
        lids, strings = (
            list(all_of(presentation, "response_lid")),
            list(all_of(presentation, "response_str", "response_num")),
        )
        foreign = [
            local(one.tag)
            for one in presentation.iter()
            if local(one.tag) in ("response_xy", "response_grp", "render_hotspot", "render_slider")
        ]
        if foreign or (lids and strings):
            raise Refused(unsupported(foreign[0] if foreign else "response_lid + response_str"))
        if len(lids) > 1:
            return stem | self._several(lids, kind, stem)
        if lids:
            return stem | self._choice(lids[0])
        return stem | self._text(strings, kind)

    def _words(self, element: Element) -> str:
        return self.pictures.plain("\n".join(words(one) for one in all_of(element, "mattext"))).text

    def _stem(self, presentation: Element) -> Content:
        """Material outside of the responses."""
        texts: list[str] = []

        def walk(element: Element) -> None:
            for child in element:
                name = local(child.tag)
                if name == "mattext":
                    texts.append("".join(child.itertext()))
                elif name == "matimage":
                    texts.append(f'<img src="{attribute(child, "uri")}">')
                elif not name.startswith("response_"):
                    walk(child)

        walk(presentation)
        plain = self.pictures.plain("\n".join(texts))
        return {"stem": plain.text, "pictures": plain.pictures}

    def _labels(self, response: Element) -> tuple[list[dict[str, object]], dict[str, str]]:
        labels = list(all_of(response, "response_label"))
        plains = [
            self.pictures.plain("\n".join("".join(one.itertext()) for one in all_of(label, "mattext")))
            for label in labels
        ]
        rows = options_of([one.text for one in plains], [one.pictures[0] if one.pictures else "" for one in plains])
        return rows, {attribute(label, "ident"): str(row["id"]) for label, row in zip(labels, rows, strict=True)}

    def _right(self) -> dict[str, list[str]]:
        """Response ident → the values that give points; what stands under <not> is wrong."""
        found: dict[str, list[str]] = defaultdict(list)
        for condition in all_of(self.element, "respcondition"):
            gives = [to_decimal(words(one)) for one in all_of(condition, "setvar")]
            if gives and all(one is not None and one <= 0 for one in gives):
                continue
            if not gives and not any(
                "correct" in attribute(one, "linkrefid").lower() for one in all_of(condition, "displayfeedback")
            ):
                continue
            variables = first(condition, "conditionvar")
            if variables is not None:
                self._collect(variables, found)
        return {name: list(dict.fromkeys(values)) for name, values in found.items()}

    def _collect(self, element: Element, found: dict[str, list[str]]) -> None:
        for child in element:
            if local(child.tag) == "varequal":
                found[attribute(child, "respident")].append(words(child))
            elif local(child.tag) != "not":
                self._collect(child, found)

    def _choice(self, response: Element) -> Content:
        rows, names = self._labels(response)
        key = self._right().get(attribute(response, "ident"), [])
        if any(one not in names for one in key):
            raise Refused(_("答案指的选项不在题里。"))
        correct = [names[one] for one in key]
        values = truths([row["text"] for row in rows])
        if values and len(correct) == 1:
            return {"type": "true_false", "correct": values[[row["id"] for row in rows].index(correct[0])]}
        several = attribute(response, "rcardinality").lower() == "multiple"
        if several and not any(True for _one in all_of(self.element, "and")) and len(correct) > 1:
            self.draft.notes.append(_("部分得分按本矿的判分办法。"))
        return {"type": "multiple" if several or len(correct) > 1 else "single", "options": rows, "correct": correct}

    def _several(self, responses: list[Element], kind: str, stem: Content) -> Content:
        """Several lists: blanks when the stem names them in [], else a match of rows to one list."""
        key = self._right()
        named = [(one, attribute(one, "ident").removeprefix("response_")) for one in responses]
        if all(f"[{name}]" in stem["stem"] for _one, name in named):
            text, blanks = stem["stem"], []
            for one, _name in sorted(named, key=lambda pair: text.index(f"[{pair[1]}]")):
                texts = {attribute(label, "ident"): words(label) for label in all_of(one, "response_label")}
                answers = [texts[value] for value in key.get(attribute(one, "ident"), []) if value in texts]
                drop = kind == "multiple_dropdowns_question"
                blanks.append({"answers": answers, **({"choices": list(texts.values())} if drop else {})})
            for _one, name in named:
                text = text.replace(f"[{name}]", BLANK, 1)
            return {"type": "fill_in", "stem": text, "blanks": blanks}
        return self._matching(responses, key)

    def _matching(self, responses: list[Element], key: dict[str, list[str]]) -> Content:
        rows, names = self._labels(responses[0])
        right = [{"id": f"r{at}", "text": row["text"]} for at, row in enumerate(rows, 1)]
        ids = {name: f"r{list(names).index(name) + 1}" for name in names}
        left, pairs = [], {}
        for at, one in enumerate(responses, 1):
            material = children(one, "material")
            left.append({"id": f"l{at}", "text": self._words(material[0]) if material else ""})
            values = key.get(attribute(one, "ident"), [])
            if len(values) != 1 or values[0] not in ids:
                raise Refused(_("左边每一项都要和右边的一项配对。"))
            pairs[f"l{at}"] = ids[values[0]]
        return {"type": "matching", "left": left, "right": right, "pairs": pairs}

    def _text(self, responses: list[Element], kind: str) -> Content:
        key = self._right()
        numbers = self._range()
        if kind == "numerical_question" and numbers:
            return {"type": "fill_in", "blanks": [numbers]}
        values = [key.get(attribute(one, "ident"), []) for one in responses]
        if kind == "essay_question" or not any(values):
            return {"type": "short_answer", "reference": ""}
        blanks = [{"answers": one} for one in values]
        marks = len(re.findall(r"_{2,}", self.draft.content["stem"]))
        if marks and marks != len(blanks):
            raise Refused(_("题干里的空和答案不一样多。"))
        return {"type": "fill_in", "blanks": blanks}

    def _range(self) -> Content | None:
        """A numeric key from its lower and upper end."""
        for condition in all_of(self.element, "conditionvar"):
            low, high = first(condition, "vargte"), first(condition, "varlte")
            if low is not None and high is not None:
                return number_blank(f"{words(low)}..{words(high)}")
        exact = first(self.element, "varequal")
        return number_blank(words(exact)) if exact is not None and to_decimal(words(exact)) is not None else None
