"""Steps that the verbs of the exams share: who may, lock, note, write the ledger."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.asking import refuse_without
from kuangdeng.learning.exams.models import Exam, Paper, Sitting, SittingLog
from kuangdeng.learning.exams.rules import FLOW, PAPER_FLOW, POWER_LABELS, SAT_FLOW, Happening
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Person, has_power


def demand(by: Person, power: str) -> None:
    """Refused for who does not have this power."""
    refuse_without(has_power(by, power), POWER_LABELS[power])


def locked_paper(what: str, paper_id: UUID, by: Person) -> Paper:
    """The paper, locked, with the step allowed from its state. NotVisible for another mine's."""
    paper = one_of(Paper.objects.select_for_update(of=("self",)).filter(id=paper_id, mine_id=by.mine_id))
    if paper is None:
        raise NotVisible
    PAPER_FLOW.target(what, paper.status)
    return paper


def locked_exam(what: str, exam_id: UUID, mine_id: UUID | None) -> Exam:
    """The exam, locked, with the step allowed from its state. NotVisible for another mine's."""
    rows = Exam.objects.select_for_update(of=("self",)).select_related("paper", "unit")
    exam = one_of(rows.filter(id=exam_id) if mine_id is None else rows.filter(id=exam_id, mine_id=mine_id))
    if exam is None:
        raise NotVisible
    FLOW.target(what, exam.status)
    return exam


def locked_sitting(what: str | None, sitting_id: UUID, mine_id: UUID) -> Sitting:
    """The sitting with its exam and paper, locked, with the step allowed from its state.

    The lock is the strong one: an answer that is being written at this moment is waited for, and one that comes after
    sees the new state.
    """
    rows = Sitting.objects.select_for_update(of=("self",)).select_related("exam", "form", "person", "unit")
    sitting = one_of(rows.filter(id=sitting_id, exam__mine_id=mine_id))
    if sitting is None:
        raise NotVisible
    if what is not None:
        SAT_FLOW.target(what, sitting.status)
    return sitting


def note(sitting: Sitting, kind: Happening, *, words: str = "", by: Person | None = None) -> SittingLog:
    """A line of the integrity log."""
    at = now()
    return SittingLog.objects.create(sitting=sitting, kind=kind, at=at, received_at=at, words=words[:200], by=by)


def note_all(sittings: Iterable[Sitting], kind: Happening, *, words: str, by: Person) -> None:
    """The same line of the log for many."""
    at = now()
    SittingLog.objects.bulk_create(
        SittingLog(sitting=one, kind=kind, at=at, received_at=at, words=words[:200], by=by) for one in sittings
    )


def enter_paper_line(what: str, paper: Paper, by: Person) -> Entry:
    """The ledger's line of a verb on a paper."""
    return post(
        f"exam.{what}",
        Subject("exam_paper", paper.id, paper.title),
        mine_id=paper.mine_id,
        by=by,
        payload={
            "status": str(paper.status),
            "mode": paper.mode,
            "items": paper.items_count,
            "marks": str(paper.marks),
        },
    )


def enter(what: str, exam: Exam, by: Person | None, payload: Mapping[str, object] | None = None) -> Entry:
    """The ledger's line of a verb on an exam."""
    return post(
        f"exam.{what}",
        Subject("exam", exam.id, exam.title),
        mine_id=exam.mine_id,
        by=by,
        unit=exam.unit,
        payload={"status": str(exam.status), "kind": exam.kind, **(payload or {})},
    )


def enter_sitting(what: str, sitting: Sitting, by: Person | None, payload: Mapping[str, object] | None = None) -> Entry:
    """The ledger's line of a verb on somebody's sitting. Scores stay with the exam until they are published."""
    with in_chinese():
        label = f"{sitting.exam.title} {sitting.person.name}"
    facts = {"status": str(sitting.status), "exam": str(sitting.exam_id), "person": str(sitting.person_id)}
    return post(
        f"exam.{what}",
        Subject("sitting", sitting.id, label),
        mine_id=sitting.exam.mine_id,
        by=by,
        unit=sitting.unit,
        payload={**facts, **(payload or {})},
    )
