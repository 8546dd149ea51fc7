"""What the page of a sitting draws: the items in this person's order, without their keys, and what he has answered."""

from itertools import groupby
from typing import Any
from uuid import UUID

from kuangdeng.kernel.clock import now
from kuangdeng.learning.exams.marking import options_seed
from kuangdeng.learning.exams.models import Sitting
from kuangdeng.learning.exams.queries import answers_of, versions_of
from kuangdeng.learning.exams.recording import milliseconds
from kuangdeng.learning.items.api import (
    BLANK,
    TYPE_LABELS,
    ItemVersion,
    asked,
    masked,
    pictures_of,
    right_answer,
    seed_of,
    shuffled,
)


def order_of(sitting: Sitting, kinds: dict[int, str]) -> list[int]:
    """The numbers of the lines in this person's order; items of one type stay together, as on paper."""
    runs = [[number for number, _kind in rows] for _kind, rows in groupby(kinds.items(), key=lambda one: one[1])]
    if not sitting.exam.mix_items:
        return [number for run in runs for number in run]
    return [
        number
        for at, run in enumerate(runs)
        for number in shuffled(run, seed_of(sitting.exam.seed, sitting.id, "items", at))
    ]


def shown(sitting: Sitting) -> list[dict[str, Any]]:
    """Every item of the sitting as it is shown, in order, with the number of its line."""
    assert sitting.form is not None
    lines = [(UUID(name), marks) for name, marks in sitting.form.lines]
    known = versions_of([name for name, _marks in lines])
    order = order_of(sitting, {number: known[name].type for number, (name, _marks) in enumerate(lines)})
    return [_item(sitting, number, known[lines[number][0]], lines[number][1]) for number in order]


def _item(sitting: Sitting, number: int, version: ItemVersion, marks: str) -> dict[str, Any]:
    seen = asked(version.content, options_seed(sitting.exam, sitting.id, version.id))
    row = {**seen, "line": number, "label": str(TYPE_LABELS[version.type]), "marks": marks.rstrip("0").rstrip(".")}
    if "blanks" in seen:
        parts = seen["stem"].split(BLANK)
        row["parts"] = (
            parts if len(parts) == len(seen["blanks"]) + 1 else [seen["stem"] + " "] + [""] * len(seen["blanks"])
        )
    return row


def page_of(sitting: Sitting) -> dict[str, Any]:
    """All that the page needs, as plain data."""
    assert sitting.ends_at is not None
    return {
        "id": str(sitting.id),
        "items": shown(sitting),
        **state_of(sitting),
    }


def state_of(sitting: Sitting) -> dict[str, Any]:
    """What changes while one sits: answers, times, state. The clock is the server's, in milliseconds."""
    assert sitting.ends_at is not None
    return {
        "answers": answers_of(sitting),
        "status": str(sitting.status),
        "ends": milliseconds(sitting.ends_at),
        "now": milliseconds(now()),
        "changes": sitting.pulse.changes,
    }


def shows_picture(sitting: Sitting, sha256: str) -> bool:
    """Whether a picture belongs to an item on this paper; nothing else of the bank is given out."""
    assert sitting.form is not None
    known = versions_of([UUID(name) for name, _marks in sitting.form.lines])
    return any(sha256 in pictures_of(version.content) for version in known.values())


def right_answer_shown(sitting: Sitting, line: int) -> dict[str, Any]:
    """The right answer to a line in the names that this person sees; for samples and tests, never for a page."""
    assert sitting.form is not None
    version_id = UUID(sitting.form.lines[line][0])
    content = versions_of([version_id])[version_id].content
    return masked(content, options_seed(sitting.exam, sitting.id, version_id), right_answer(content))
