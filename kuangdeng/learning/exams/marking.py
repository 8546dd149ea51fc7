"""判分: from the answers of a sitting to its result. What is asked and the key are those of the kept versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from kuangdeng.learning.exams import rules
from kuangdeng.learning.exams.models import Correction, Exam, HandMark, Result, Sitting
from kuangdeng.learning.exams.queries import answers_of, versions_of
from kuangdeng.learning.items.api import ItemVersion, Policy, mark, points, seed_of, unmask

ZERO = Decimal(0)


@dataclass(frozen=True)
class Keys:
    """By what an exam is marked: the versions, the corrections (更正) made since, and the policy that it keeps."""

    policy: Policy
    versions: Mapping[UUID, ItemVersion]
    corrected: Mapping[UUID, ItemVersion | None]
    """Version asked → version whose key holds; None: everybody gets the full mark (送分)."""


def keys_of(exam: Exam, version_ids: Sequence[UUID]) -> Keys:
    """What marks these versions in this exam."""
    rows = Correction.objects.filter(exam=exam).select_related("key").order_by("id")
    return Keys(Policy.from_json(exam.policy), versions_of(version_ids), {row.asked_id: row.key for row in rows})


def options_seed(exam: Exam, sitting_id: UUID, version_id: UUID) -> str | None:
    """By which the options of one item stand before one person; None: as they were written."""
    return seed_of(exam.seed, sitting_id, version_id) if exam.mix_options else None


def marked(sitting: Sitting, keys: Keys) -> list[dict[str, Any]]:
    """The lines of the result: each answer in the item's own names, with its points or None while a person must read.

    What was answered stays; a corrected key only changes what it is worth.
    """
    assert sitting.form is not None
    answers = answers_of(sitting)
    by_hand = {row.line: row.points for row in HandMark.objects.filter(sitting=sitting).order_by("id")}
    lines = []
    for number, (name, full) in enumerate(sitting.form.lines):
        version_id, worth = UUID(name), Decimal(full)
        version = keys.versions[version_id]
        seed = options_seed(sitting.exam, sitting.id, version_id)
        given = unmask(version.content, seed, answers.get(number))
        row: dict[str, Any] = {"v": name, "m": str(worth), "a": given or None}
        got = _points(version, given, worth, version_id, keys)
        if got is None:
            got = min(by_hand[number], worth) if number in by_hand else None
        if version_id in keys.corrected:
            key = keys.corrected[version_id]
            row["k"] = str(key.id) if key else "all"
        row["s"] = None if got is None else str(got)
        lines.append(row)
    return lines


def _points(
    version: ItemVersion, given: Mapping[str, Any], worth: Decimal, version_id: UUID, keys: Keys
) -> Decimal | None:
    if version_id in keys.corrected:
        key = keys.corrected[version_id]
        if key is None:
            return worth
        version = key
    share = mark(version.content, given, keys.policy)
    return None if share is None else points(share, worth)


def write_result(sitting: Sitting, *, why: str = "", by_id: UUID | None = None) -> Result:
    """Mark a sitting and write the result as a new row, in the verb's transaction; the sitting is not saved."""
    assert sitting.form is not None
    lines = marked(sitting, keys_of(sitting.exam, [UUID(name) for name, _full in sitting.form.lines]))
    score = sum((Decimal(one["s"]) for one in lines if one["s"] is not None), ZERO)
    final = all(one["s"] is not None for one in lines)
    out_of = sitting.form.marks
    passed = rules.passed(score, out_of, sitting.exam.pass_percent) if final else None
    number = (sitting.result.number if sitting.result else 0) + 1
    result = Result(
        sitting=sitting, number=number, score=score, out_of=out_of, final=final, passed=passed, lines=lines,
        answers_digest=rules.digest([[one["v"], one["a"]] for one in lines]), why=why[:200], by_id=by_id,
    )  # fmt: skip
    result.save(force_insert=True)
    sitting.result, sitting.score, sitting.out_of, sitting.passed = result, score, out_of, passed
    return result
