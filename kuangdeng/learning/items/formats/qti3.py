"""Items as a QTI 3.0 package: a manifest, one file for each item, the pictures beside."""

import zipfile
from collections.abc import Callable, Iterable
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from kuangdeng.learning.items.formats.drafts import Draft, Left, tags_of, type_word
from kuangdeng.learning.items.formats.html import from_plain
from kuangdeng.learning.items.formats.moodle import LoadPicture
from kuangdeng.learning.items.rules.content import Content, ItemType
from kuangdeng.learning.items.rules.folding import BLANK

SPACE = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
MANIFEST = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
_TEMPLATES = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates"


def why_not_qti(content: Content) -> str:
    """Why QTI cannot say this item; empty when it can."""
    if content.get("any_order"):
        return str(_("QTI 的填空题不能不分次序。"))
    return ""


def write_qti(
    drafts: Iterable[Draft], left: list[Left], file: IO[bytes], load: LoadPicture = lambda _sha: None
) -> None:
    """The items as a package into `file`; what QTI cannot say goes to `left`."""
    resources: list[str] = []
    packed: set[str] = set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for at, draft in enumerate(drafts, 1):
            why = why_not_qti(draft.content)
            if why:
                left.append(Left(draft.sheet, at, why, draft.content["stem"][:120], type_word(draft.content)))
                continue
            name = f"item{at:05d}"
            package.writestr(f"items/{name}.xml", _item(draft, name))
            shown = _pictures(draft.content)
            for sha in shown:
                data = load(sha)
                if data and sha not in packed:
                    packed.add(sha)
                    package.writestr(f"items/pictures/{sha}.jpg", data)
            resources.append(_resource(draft, name, shown))
        package.writestr("imsmanifest.xml", _manifest(resources))


def _pictures(content: Content) -> list[str]:
    rows = [one for name in ("options", "left", "right") for one in content.get(name, ())]
    return list(dict.fromkeys([*content["pictures"], *(one["picture"] for one in rows if one.get("picture"))]))


def _manifest(resources: list[str]) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<manifest xmlns="{MANIFEST}" identifier="kuangdeng-items">\n'
        "<metadata><schema>QTI Package</schema><schemaversion>3.0.0</schemaversion></metadata>\n"
        f"<organizations/>\n<resources>\n{''.join(resources)}</resources>\n</manifest>\n"
    )


def _resource(draft: Draft, name: str, pictures: list[str]) -> str:
    words = "".join(f"<keyword><string>{escape(tag)}</string></keyword>" for tag in tags_of(draft))
    facts = f'<metadata><lom xmlns="{LOM}"><general>{words}</general></lom></metadata>' if words else ""
    files = "".join(f'<file href="items/pictures/{sha}.jpg"/>' for sha in pictures)
    return (
        f'<resource identifier="{name}" type="imsqti_item_xmlv3p0" href="items/{name}.xml">{facts}'
        f'<file href="items/{name}.xml"/>{files}</resource>\n'
    )


def _picture(sha: str) -> str:
    return f'<img src="pictures/{sha}.jpg" alt=""/>'


def _rich(text: str, pictures: Iterable[str] = ()) -> str:
    shown = "".join(map(_picture, pictures))
    return (from_plain(text) if text else "") + (f"<p>{shown}</p>" if shown else "")


def _inside(row: dict[str, str]) -> str:
    return escape(row["text"]) + (_picture(row["picture"]) if row.get("picture") else "")


def _item(draft: Draft, name: str) -> str:
    content = draft.content
    declared, body, processing = _PARTS[ItemType(content["type"])](content)
    score = escape(draft.marks or "1")
    feedback = (
        '<qti-modal-feedback outcome-identifier="FEEDBACK" identifier="explanation" show-hide="show">'
        f"<qti-content-body>{_rich(draft.explanation)}</qti-content-body></qti-modal-feedback>\n"
        if draft.explanation
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<qti-assessment-item xmlns="{SPACE}" identifier="{name}" '
        f'title={quoteattr(content["stem"][:60].replace(chr(10), " ") or name)} adaptive="false" time-dependent="false" xml:lang="zh-CN">\n'
        f"{declared}"
        '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float">'
        "<qti-default-value><qti-value>0</qti-value></qti-default-value></qti-outcome-declaration>\n"
        '<qti-outcome-declaration identifier="MAXSCORE" cardinality="single" base-type="float">'
        f"<qti-default-value><qti-value>{score}</qti-value></qti-default-value></qti-outcome-declaration>\n"
        '<qti-outcome-declaration identifier="FEEDBACK" cardinality="single" base-type="identifier"/>\n'
        f"<qti-item-body>{body}</qti-item-body>\n{processing}{feedback}</qti-assessment-item>\n"
    )


def _declaration(identifier: str, cardinality: str, base: str, values: Iterable[str], mapping: str = "") -> str:
    key = "".join(f"<qti-value>{escape(one)}</qti-value>" for one in values)
    return (
        f'<qti-response-declaration identifier="{identifier}" cardinality="{cardinality}" base-type="{base}">'
        f"<qti-correct-response>{key}</qti-correct-response>{mapping}</qti-response-declaration>\n"
    )


_MATCH = f'<qti-response-processing template="{_TEMPLATES}/match_correct.xml"/>\n'
Parts = tuple[str, str, str]


def _choices(rows: Iterable[dict[str, str]]) -> str:
    return "".join(
        f"<qti-simple-choice identifier={quoteattr('c_' + one['id'])}{' fixed=' + chr(34) + 'true' + chr(34) if one.get('fixed') else ''}>{_inside(one)}</qti-simple-choice>"
        for one in rows
    )


def _choice(content: Content) -> Parts:
    several = content["type"] == ItemType.MULTIPLE
    declared = _declaration(
        "RESPONSE", "multiple" if several else "single", "identifier", [f"c_{one}" for one in content["correct"]]
    )
    body = f'{_rich(content["stem"], content["pictures"])}<qti-choice-interaction response-identifier="RESPONSE" shuffle="true" max-choices="{0 if several else 1}">{_choices(content["options"])}</qti-choice-interaction>'
    return declared, body, _MATCH


def _truth(content: Content) -> Parts:
    rows = [{"id": "true", "text": "对"}, {"id": "false", "text": "错"}]
    declared = _declaration("RESPONSE", "single", "identifier", [f"c_{str(content['correct']).lower()}"])
    body = f'{_rich(content["stem"], content["pictures"])}<qti-choice-interaction response-identifier="RESPONSE" shuffle="false" max-choices="1">{_choices(rows)}</qti-choice-interaction>'
    return declared, body, _MATCH


def _ordering(content: Content) -> Parts:
    declared = _declaration("RESPONSE", "ordered", "identifier", [f"c_{one}" for one in content["correct"]])
    body = f'{_rich(content["stem"], content["pictures"])}<qti-order-interaction response-identifier="RESPONSE" shuffle="true">{_choices(content["options"])}</qti-order-interaction>'
    return declared, body, _MATCH


def _matching(content: Content) -> Parts:
    pairs = [f"m_{left} m_{right}" for left, right in content["pairs"].items()]
    declared = _declaration("RESPONSE", "multiple", "directedPair", pairs)
    sides = (
        "<qti-simple-match-set>"
        + "".join(
            f'<qti-simple-associable-choice identifier={quoteattr("m_" + one["id"])} match-max="{most}">{_inside(one)}</qti-simple-associable-choice>'
            for one in rows
        )
        + "</qti-simple-match-set>"
        for rows, most in ((content["left"], 1), (content["right"], 0))
    )
    body = f'{_rich(content["stem"], content["pictures"])}<qti-match-interaction response-identifier="RESPONSE" shuffle="true" max-associations="0">{"".join(sides)}</qti-match-interaction>'
    return declared, body, _MATCH


def _short(content: Content) -> Parts:
    declared = '<qti-response-declaration identifier="RESPONSE" cardinality="single" base-type="string"/>\n'
    rubric = (
        f'<qti-rubric-block use="scoring" view="scorer"><qti-content-body>{_rich(content["reference"])}</qti-content-body></qti-rubric-block>'
        if content["reference"]
        else ""
    )
    body = f'{_rich(content["stem"], content["pictures"])}{rubric}<qti-extended-text-interaction response-identifier="RESPONSE"/>'
    return declared, body, ""


def _fill_in(content: Content) -> Parts:
    blanks = list(enumerate(content["blanks"], 1))
    declared = "".join(_blank_declaration(at, blank) for at, blank in blanks)
    marks = iter(_blank_mark(at, blank) for at, blank in blanks)
    lines = []
    for line in content["stem"].split("\n"):
        parts = line.split(BLANK)
        lines.append("<p>" + escape(parts[0]) + "".join(next(marks) + escape(part) for part in parts[1:]) + "</p>")
    body = "".join(lines) + _rich("", content["pictures"])
    rest = "".join(marks)
    body += f"<p>{rest}</p>" if rest else ""
    conditions = "".join(_blank_condition(at, blank) for at, blank in blanks)
    return declared, body, f"<qti-response-processing>{conditions}</qti-response-processing>\n"


def _blank_declaration(at: int, blank: Content) -> str:
    if "number" in blank:
        return _declaration(f"BLANK{at}", "single", "float", [blank["number"]])
    if "choices" in blank:
        right = [f"i{number}" for number, one in enumerate(blank["choices"], 1) if one in set(blank["answers"])]
        return _declaration(f"BLANK{at}", "single", "identifier", right[:1], _mapping(right))
    return _declaration(f"BLANK{at}", "single", "string", blank["answers"][:1], _mapping(blank["answers"]))


def _mapping(keys: Iterable[str]) -> str:
    rows = "".join(f'<qti-map-entry map-key={quoteattr(one)} mapped-value="1" case-sensitive="false"/>' for one in keys)
    return f'<qti-mapping default-value="0">{rows}</qti-mapping>'


def _blank_mark(at: int, blank: Content) -> str:
    if "choices" in blank:
        rows = "".join(
            f'<qti-inline-choice identifier="i{number}">{escape(one)}</qti-inline-choice>'
            for number, one in enumerate(blank["choices"], 1)
        )
        return f'<qti-inline-choice-interaction response-identifier="BLANK{at}" shuffle="true">{rows}</qti-inline-choice-interaction>'
    return f'<qti-text-entry-interaction response-identifier="BLANK{at}"/>'


def _blank_condition(at: int, blank: Content) -> str:
    add = '<qti-set-outcome-value identifier="SCORE"><qti-sum><qti-variable identifier="SCORE"/>{}</qti-sum></qti-set-outcome-value>'
    if "number" not in blank:
        return add.format(f'<qti-map-response identifier="BLANK{at}"/>')
    around = escape(blank["tolerance"])
    test = f'<qti-equal tolerance-mode="absolute" tolerance="{around} {around}"><qti-variable identifier="BLANK{at}"/><qti-correct identifier="BLANK{at}"/></qti-equal>'
    one = add.format('<qti-base-value base-type="float">1</qti-base-value>')
    return f"<qti-response-condition><qti-response-if>{test}{one}</qti-response-if></qti-response-condition>"


_PARTS: dict[ItemType, Callable[[Content], Parts]] = {
    ItemType.SINGLE: _choice,
    ItemType.MULTIPLE: _choice,
    ItemType.TRUE_FALSE: _truth,
    ItemType.FILL_IN: _fill_in,
    ItemType.MATCHING: _matching,
    ItemType.ORDERING: _ordering,
    ItemType.SHORT_ANSWER: _short,
}
