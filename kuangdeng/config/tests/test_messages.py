"""The English catalogue: every text of the interface is in it, translated, with the same blanks to fill."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import polib
import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "messages.py"
BLANKS = re.compile(r"%\(\w+\)0?\d*[sd]|%[sd%]|\{\w*\}|<[^>]+>")


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    if not SCRIPT.exists():
        pytest.skip("an installed package carries no scripts")
    spec = importlib.util.spec_from_file_location("messages", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def blanks(text: str) -> tuple[list[str], list[str]]:
    """What the program fills in: by name in any order, by position in this order."""
    found = BLANKS.findall(text)
    return sorted(one for one in found if len(one) > 2), [one for one in found if len(one) == 2]


def test_the_catalogue_is_up_to_date(messages: ModuleType) -> None:
    """`make messages` was run after the last text was written."""
    for path in messages.CATALOGUES:
        assert {messages.message_of(entry) for entry in polib.pofile(str(path))} == set(messages.extracted())


def test_every_text_has_its_english_with_the_same_blanks(messages: ModuleType) -> None:
    wrong = []
    for path in messages.CATALOGUES:
        for entry in polib.pofile(str(path)):
            said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
            if entry.fuzzy or not all(said) or any(blanks(one) != blanks(entry.msgid) for one in said):
                wrong.append(f"{entry.msgid!r}: {said}")
    assert wrong == []


def test_what_is_extracted(messages: ModuleType) -> None:
    """All the ways in which a text is marked, and nothing else."""
    python = (
        '_("甲" "乙") % 1\npgettext_lazy("b", "丙")\nngettext("%d 条", "%d 些", 2)\nprint("丁")\n_(word)\nx._("戊")\n'
    )
    assert {tuple(one) for one in messages.of_python(python)} == {
        ("甲乙", "", ""), ("丙", "", "b"), ("%d 条", "%d 些", ""),
    }  # fmt: skip
    page = """{% load i18n %}{% translate "甲" %}{% translate "戊" context "c" %}{# _("乙") #}{% fact _("丙（\\"丁\\"）") 1 %}丁
        {% blocktranslate count n=rows %}{{ n }} 行{% plural %}{{ n }} 行们{% endblocktranslate %}"""
    assert [tuple(one) for one in messages.of_template(page)] == [
        ("甲", "", ""), ("戊", "", "c"), ('丙（"丁"）', "", ""), ("%(n)s 行", "%(n)s 行们", ""),
    ]  # fmt: skip
