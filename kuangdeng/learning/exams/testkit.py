"""Exams for the tests of this part and of those above: short ways to one in any state."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams import recording, services
from kuangdeng.learning.exams.marking import options_seed
from kuangdeng.learning.exams.models import Exam, Paper, Sitting
from kuangdeng.learning.exams.queries import versions_of
from kuangdeng.learning.exams.rules import Kind, Mode, Sat, Status
from kuangdeng.learning.items.api import names_shown, right_answer
from kuangdeng.learning.items.testkit import items_in_use
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast

SOON = timedelta(minutes=10)


def a_paper(cast: Cast, title: str = "防治水结业卷", **facts: Any) -> Paper:
    """A settled paper with one item of each type, two marks each."""
    items = facts.pop("items", None) or items_in_use(cast)
    lines = [services.LineData(Decimal(2), version_id=one.current_id) for one in items]
    paper = services.write_paper(data=services.PaperData(title, Mode.FIXED, lines), by=cast.training_officer)
    return services.settle_paper(paper.id, by=cast.training_officer)


def a_blueprint(cast: Cast, title: str = "防治水抽题卷", count: int = 3) -> Paper:
    """A settled paper that draws single choices from the bank."""
    lines = [services.LineData(Decimal(2), count=count, type="single")]
    paper = services.write_paper(data=services.PaperData(title, Mode.BLUEPRINT, lines), by=cast.training_officer)
    return services.settle_paper(paper.id, by=cast.training_officer)


def data_of(paper: Paper, **facts: Any) -> services.ExamData:
    """What the officer says: opens ten minutes ago unless said, an hour long."""
    opens = facts.pop("opens_at", None) or clock.now() - SOON
    told: dict[str, Any] = {
        "title": "防治水轮训结业考试", "kind": Kind.CLASS, "paper_id": paper.id, "opens_at": opens,
        "closes_at": opens + timedelta(hours=2), "minutes": 60,
    }  # fmt: skip
    return services.ExamData(**(told | facts))


def an_exam(cast: Cast, paper: Paper | None = None, people: Sequence[Person] | None = None, **facts: Any) -> Exam:
    """An exam in preparation with its people on the list; the miner unless said."""
    exam = services.arrange(data=data_of(paper or a_paper(cast), **facts), by=cast.training_officer)
    chosen = [cast.miner] if people is None else people
    if chosen:
        services.enrol(exam.id, people=services.People(person_ids=[one.id for one in chosen]), by=cast.training_officer)
    return exam


def a_drawn_exam(cast: Cast, paper: Paper | None = None, people: Sequence[Person] | None = None, **facts: Any) -> Exam:
    """An exam whose papers are drawn."""
    return services.draw(an_exam(cast, paper, people, **facts).id, by=cast.training_officer)


def sitting_of(exam: Exam, person: Person) -> Sitting:
    """This person's sitting as it stands now."""
    return Sitting.objects.select_related("exam", "form", "person", "result").get(exam=exam, person=person)


def begun(cast: Cast, exam: Exam | None = None, person: Person | None = None) -> Sitting:
    """A sitting that has begun."""
    who = person or cast.miner
    found = sitting_of(exam or a_drawn_exam(cast), who)
    services.start(found.id, by=who, device="pc-1")
    return sitting_of(found.exam, who)


def right(sitting: Sitting, line: int) -> dict[str, Any] | None:
    """The right answer to a line, in the names that this person sees."""
    assert sitting.form is not None
    version_id = UUID(sitting.form.lines[line][0])
    content = versions_of([version_id])[version_id].content
    seed = options_seed(sitting.exam, sitting.id, version_id)
    shown = {stored: name for names in names_shown(content, seed).values() for name, stored in names.items()}
    return _renamed(dict(right_answer(content) or {}), shown)


def _renamed(answer: dict[str, Any], shown: dict[str, str]) -> dict[str, Any]:
    if "choice" in answer:
        return {"choice": shown[answer["choice"]]}
    for part in ("choices", "order"):
        if part in answer:
            return {part: [shown[one] for one in answer[part]]}
    if "pairs" in answer:
        return {"pairs": {shown[left]: shown[right] for left, right in answer["pairs"].items()}}
    return answer


def give(sitting: Sitting, answers: dict[int, Any], *, at: datetime | None = None, device: str = "pc-1") -> Any:
    """The browser sends these answers, given at `at` by our clock."""
    moment = at or clock.now()
    rows = [recording.Given(uuid7(), line, answer, moment) for line, answer in answers.items()]
    return recording.keep(sitting.id, answers=rows, device=device, address="10.0.0.7")


def all_right(sitting: Sitting) -> dict[int, Any]:
    """The right answers to every line."""
    assert sitting.form is not None
    return {line: right(sitting, line) for line in range(len(sitting.form.lines))}


def handed_in(cast: Cast, exam: Exam | None = None, person: Person | None = None, lines: int = 3) -> Sitting:
    """A sitting that was handed in with the first `lines` right."""
    sitting = begun(cast, exam, person)
    give(sitting, {line: answer for line, answer in all_right(sitting).items() if line < lines})
    services.hand_in(sitting.id, by=sitting.person)
    return sitting_of(sitting.exam, sitting.person)


def closed(cast: Cast, **facts: Any) -> Exam:
    """An exam in which the miner has handed in and the other miner never came."""
    exam = a_drawn_exam(cast, people=[cast.miner, cast.other_miner], **facts)
    handed_in(cast, exam)
    with after(exam):
        return services.close(exam.id, by=cast.training_officer)


def after(exam: Exam, minutes: int = 45) -> AbstractContextManager[None]:
    """The clock after the end and the grace of an exam."""
    return clock.set_to(exam.closes_at + timedelta(minutes=minutes))


__all__ = [
    "SOON", "Sat", "Status", "a_blueprint", "a_drawn_exam", "a_paper", "after", "all_right", "an_exam", "begun",
    "closed", "data_of", "give", "handed_in", "right", "sitting_of",
]  # fmt: skip
