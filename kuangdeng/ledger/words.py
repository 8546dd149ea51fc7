"""How ledger lines are read aloud: Chinese words for verbs, kinds of things, and what stands in a payload.

The ledger knows no domain, so each context declares its words at start; a page that shows an entry never shows a code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import local
from kuangdeng.ledger.models import Entry

VERB_WORDS: dict[str, object] = {}
SUBJECT_WORDS: dict[str, object] = {}
FIELD_WORDS: dict[str, object] = {}
VALUE_WORDS: dict[str, Mapping[str, object]] = {}
HIDDEN: set[str] = set()
MORE = 20
"""So many items of a list are read out; of more, only how many there are."""


def declare_words(
    *,
    verbs: Mapping[str, object],
    subjects: Mapping[str, object],
    fields: Mapping[str, object] | None = None,
    values: Mapping[str, Mapping[str, object]] | None = None,
    hidden: set[str] | None = None,
) -> None:
    """Add a context's words.

    `fields` names the keys of its payloads, `values` the codes that stand under a key (`status`), `hidden` the keys
    that only programs need (ids, digests). Where one key means different things, `verb.key` names it for one verb.
    """
    VERB_WORDS.update(verbs)
    SUBJECT_WORDS.update(subjects)
    FIELD_WORDS.update(fields or {})
    VALUE_WORDS.update(values or {})
    HIDDEN.update(hidden or set())


def verb_word(verb: str) -> str:
    """What a verb is called on the page."""
    return str(VERB_WORDS.get(verb, verb))


def subject_word(kind: str) -> str:
    """What a kind of thing is called on the page."""
    return str(SUBJECT_WORDS.get(kind, kind))


@dataclass(frozen=True)
class Fact:
    """One line of an entry's content."""

    label: str
    value: str
    known: bool = field(default=True)


def facts(entry: Entry) -> list[Fact]:
    """An entry's payload in words, in the order in which it was written, without what is empty."""
    found = []
    for key, value in entry.payload.items():
        if key in HIDDEN or f"{entry.verb}.{key}" in HIDDEN or value in (None, "", [], {}):
            continue
        label = FIELD_WORDS.get(f"{entry.verb}.{key}", FIELD_WORDS.get(key))
        codes = VALUE_WORDS.get(f"{entry.verb}.{key}", VALUE_WORDS.get(key, {}))
        found.append(Fact(str(label or key), _said(value, codes), known=label is not None))
    return found


def _said(value: object, codes: Mapping[str, object]) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return (
            "、".join(_said(item, codes) for item in value)
            if len(value) <= MORE
            else _("共 %(n)s 项") % {"n": len(value)}
        )
    if isinstance(value, dict):
        said = {name: _said(item, VALUE_WORDS.get(name, {})) for name, item in value.items() if item not in (None, "")}
        return "；".join(f"{FIELD_WORDS.get(name, name)}：{text}" for name, text in said.items())
    text = str(value)
    return str(codes[text]) if text in codes else _moment(text)


def _moment(text: str) -> str:
    """A stamp in a payload as the mine's wall clock shows it; anything else as it stands."""
    if len(text) < 19 or text[4:5] != "-" or text[10:11] != "T":
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{local(at):%Y-%m-%d %H:%M}" if at.tzinfo else text
