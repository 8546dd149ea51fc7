"""Aiken: a stem on one line, options A. B. C., and ANSWER: B."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from kuangdeng.learning.items.formats.drafts import Draft, Left, Read, finish
from kuangdeng.learning.items.rules.content import options_of

_OPTION = re.compile(r"^\s*([A-Z])[.)．）、]\s*(.*)$")
ANSWER = re.compile(r"^\s*ANSWER\s*[:：]\s*([A-Z](?:\s*[,，、]?\s*[A-Z])*)\s*$", re.I)


def read_aiken(words: str, *, name: str = "Aiken") -> Iterator[Read]:
    """Every item; a stem without a key, or a key without options, is a Left with its line."""
    stem: list[str] = []
    options: list[str] = []
    start = 0
    for row, line in enumerate(words.replace("\r\n", "\n").lstrip("\ufeff").split("\n"), 1):
        answer, option = ANSWER.match(line), _OPTION.match(line)
        if answer:
            yield _item(name, start or row, stem, options, answer[1])
            stem, options, start = [], [], 0
        elif option and stem and ord(option[1]) - 65 == len(options):
            options.append(option[2].strip())
        elif line.strip():
            if options:
                yield Left(name, start, _("没有「ANSWER:」一行，不知道答案。"), "\n".join(stem)[:120])
                stem, options, start = [], [], 0
            start = start or row
            stem.append(line.strip())
    if stem:
        yield Left(name, start, _("没有「ANSWER:」一行，不知道答案。"), "\n".join(stem)[:120])


def _item(name: str, row: int, stem: list[str], options: list[str], answer: str) -> Read:
    letters = re.findall(r"[A-Z]", answer.upper())
    rows = options_of(options)
    at = [ord(one) - 65 for one in letters]
    if any(one >= len(rows) for one in at):
        return Left(name, row, _("答案里的字母没有对应的选项。"), "\n".join(stem)[:120], "答案")
    kind = "multiple" if len(set(at)) > 1 else "single"
    content = {"type": kind, "stem": "\n".join(stem), "options": rows, "correct": [rows[one]["id"] for one in at]}
    return finish(Draft(content, name, row))
