"""The texts of the interface and their English.

    messages.py extract   renew kuangdeng/locale/*/LC_MESSAGES/django.po from the source; what is new has no English yet
    messages.py compile   make every .mo that is older than its .po; set-up does this, and `extract` at its end

Pure Python, so that no gettext tools are needed.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib

PACKAGE = Path(__file__).resolve().parent.parent / "kuangdeng"
CATALOGUES = sorted(PACKAGE.glob("locale/*/LC_MESSAGES/django.po"))
ASIDE = {"tests", "testkit", "testkit.py", "migrations", "styleguide"}
"""Only for who works on the product."""
ARGUMENTS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), ("text",)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), ("text", "plural")),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ("context", "text")),
}
"""What the first arguments of a call are."""
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b({'|'.join(ARGUMENTS)})\(({STRING}(?:,\s*{STRING})?)")


class Message(NamedTuple):
    """A text as it stands in the source; `plural` where something is counted, `context` where one word means two things."""

    text: str
    plural: str = ""
    context: str = ""


def of_python(source: str) -> Iterator[Message]:
    """What a module hands to gettext."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ARGUMENTS:
            names = ARGUMENTS[node.func.id]
            words = [one.value for one in node.args[: len(names)] if isinstance(one, ast.Constant)]
            if len(words) == len(names):
                yield Message(**dict(zip(names, words, strict=True)))


def of_template(source: str) -> Iterator[Message]:
    """What a template's translate tags and `_("…")` hold."""
    from django.utils.translation.template import templatize

    for function, words in IN_TEMPLATE.findall(templatize(source)):
        yield Message(**dict(zip(ARGUMENTS[function], ast.literal_eval(f"[{words}]"), strict=True)))


def extracted() -> dict[Message, list[str]]:
    """Every text of the interface, and in which files it stands."""
    found: defaultdict[Message, list[str]] = defaultdict(list)
    readers = {".py": of_python, ".html": of_template, ".txt": of_template}
    for path in sorted(PACKAGE.rglob("*")):
        inside = path.relative_to(PACKAGE)
        reader = readers.get(path.suffix)
        if reader is None or ASIDE & set(inside.parts) or (path.suffix != ".py" and "templates" not in inside.parts):
            continue
        for message in reader(path.read_text(encoding="utf-8")):
            if str(inside) not in found[message]:
                found[message].append(str(inside))
    return dict(found)


def message_of(entry: polib.POEntry) -> Message:
    """What an entry of a catalogue translates."""
    return Message(entry.msgid, entry.msgid_plural, entry.msgctxt or "")


def extract() -> None:
    """Renew the catalogues: translations stay, new texts come in empty, those that are nowhere any more go."""
    found = extracted()
    for path in CATALOGUES:
        old = polib.pofile(str(path), wrapwidth=0)
        new = polib.POFile(wrapwidth=0)
        new.metadata = old.metadata
        known = {message_of(entry): entry for entry in old}
        for message, files in sorted(found.items(), key=lambda one: (one[1][0], one[0])):
            entry = polib.POEntry(msgid=message.text, msgid_plural=message.plural, msgctxt=message.context or None)
            entry.occurrences = [(file, "") for file in files]
            entry.flags = ["python-format"] if "%" in message.text else []
            before = known.get(message)
            if message.plural:
                entry.msgstr_plural = before.msgstr_plural if before else {0: "", 1: ""}
            else:
                entry.msgstr = before.msgstr if before else ""
            new.append(entry)
        new.save(str(path))
        missing = len(new.untranslated_entries())
        print(
            f"{path.relative_to(PACKAGE)}: {len(new)} texts" + (f", {missing} without translation" if missing else "")
        )
    compile_()


def compile_() -> None:
    """Every .po that is newer than its .mo."""
    for source in CATALOGUES:
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


if __name__ == "__main__":
    {"extract": extract, "compile": compile_}[sys.argv[1]]()
