"""Whoever works here reads Chinese: no page shows an English word, unless it is one that the mine itself uses.

The style guide and the description of the API are for developers.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuangdeng.config.tests.source import ROOT, files, name, tree

KNOWN = {
    "Excel", "CSV", "GBK", "PDF", "QR", "API", "JSON", "OpenAPI", "Word", "WPS", "EXIF", "HTTPS", "SMTP", "URL", "ID", "PNG",
    "JPEG", "JPG", "HEIC", "WebP", "MB", "KB", "GB", "Kuangdeng", "KUANGDENG", "Esc", "Enter", "Shift", "Ctrl", "Tab",
    "Chrome", "Edge", "Firefox", "Safari", "Bearer", "Authorization", "UUID", "UUIDv7", "SHA", "sha256", "xlsx", "csv", "xls",
    "GIFT", "QTI", "XML", "Moodle", "ABC", "https", "English", "BSC", "Swagger", "curl", "token", "tab",
    "ISBN", "MARC", "MARCXML", "CNMARC", "UNIMARC", "ISO", "UTF", "GB18030",
}  # fmt: skip
"""Words that a person at the mine meets anyway."""
WORD = re.compile(r"[A-Za-z][A-Za-z0-9]+")
SCRIPT = re.compile(r"<(script|style|svg|code|pre|kbd|template)\b.*?</\1>", re.S | re.I)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", re.S)
SHOWN = re.compile(r"""\b(?:alt|title|placeholder|aria-label|label)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
CLASSES = re.compile(r"{%\s*block \w+_(?:class|attrs)\s*%}.*?{%\s*endblock.*?%}", re.S)
DJANGO = re.compile(r"{%.*?%}|{{.*?}}", re.S)
SPOKEN = re.compile(r"""{%\s*(?:translate|trans)\s+(?:"([^"]*)"|'([^']*)')""")
TAG = re.compile(r"<[^>]*>", re.S)
ENTITY = re.compile(r"&\w+;")


def spoken(text: str) -> Iterator[str]:
    """What a template shows: texts between tags, attributes that are read out, and what is given to gettext."""
    text = CLASSES.sub(" ", SCRIPT.sub(" ", COMMENT.sub(" ", text)))
    for first, second in SPOKEN.findall(text):
        yield first or second
    plain = DJANGO.sub(" ", text)
    for first, second in SHOWN.findall(plain):
        yield first or second
    yield ENTITY.sub(" ", TAG.sub(" ", plain))


def strange(text: str) -> set[str]:
    return {word for word in WORD.findall(text) if word not in KNOWN and len(word) > 2}


def templates() -> list[Path]:
    found = [
        path for path in ROOT.rglob("templates/**/*.html") if not {"styleguide", "api_docs.html"} & set(path.parts)
    ]
    return sorted(found)


@pytest.mark.parametrize("path", templates(), ids=name)
def test_templates_speak_chinese(path: Path) -> None:
    words: set[str] = set()
    for text in spoken(path.read_text(encoding="utf-8")):
        words |= strange(text)
    assert words == set()


HAN = re.compile(r"[\u4e00-\u9fff]")
MARKS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy"}
REFUSING = {"Refused", "Unreadable", "need", "_need"}
"""What says no to a person, and the helpers that pass a sentence on to it."""
MARKED = re.compile(
    r"""{%\s*blocktranslate\b.*?endblocktranslate\s*%}|{%\s*translate\s+(?:"[^"]*"|'[^']*')|\b_\((?:"[^"]*"|'[^']*')\)""",
    re.S,
)
COMPARED = re.compile(r"""==\s*(?:"[^"]*"|'[^']*')""")


def test_texts_for_gettext_are_chinese() -> None:
    """The Chinese sentence is the msgid: an English one would stay English on the page."""
    found = []
    for path in files():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or not node.args:
                continue
            if node.func.id not in MARKS or not isinstance(node.args[0], ast.Constant):
                continue
            text = str(node.args[0].value)
            if (
                re.search(r"[A-Za-z]{3}", re.sub(r"%\(\w+\)\w|\{\w+\}", "", text))
                and not HAN.search(text)
                and strange(text)
            ):
                found.append(f"{name(path)}:{node.lineno} {text!r}")
    assert found == []


def unmarked(node: ast.AST) -> Iterator[str]:
    """Chinese words below a node that are not handed to gettext."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and HAN.search(node.value):
        yield node.value
    for child in ast.iter_child_nodes(node):
        yield from unmarked(child)


def test_refusals_can_be_translated() -> None:
    """`Refused(_("…"))`: what is wrong and what to do, in Chinese, and through gettext.

    The command line, the demo mine and the embedded database speak to the administrator of a Chinese server.
    """
    found = []
    for path in files():
        if {"config", "postgres"} & set(path.parts) or path.name == "demo.py":
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in REFUSING:
                found += [f"{name(path)}:{node.lineno} {words}" for part in node.args for words in unmarked(part)]
    assert found == []


@pytest.mark.parametrize("path", templates(), ids=name)
def test_templates_can_be_translated(path: Path) -> None:
    """Chinese stands in translate tags and in `_("…")` only; what is compared with a stored word is no text."""
    text = MARKED.sub(" ", COMMENT.sub(" ", path.read_text(encoding="utf-8")))
    assert [words.strip() for words in re.split(r"[<>{}%\n]+", COMPARED.sub(" ", text)) if HAN.search(words)] == []
