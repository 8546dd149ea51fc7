"""Exams of the demo mine (示例): one that is over with its results, one that is announced, a practice for everybody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.api import exams
from kuangdeng.org import api as org
from kuangdeng.web.demo_data import DemoMine

Step = tuple[datetime, Callable[[], object]]
SITTERS, MINUTES = 36, 60
LINES = (("single", 15, "3"), ("multiple", 5, "5"), ("true_false", 15, "2"))
NOTE = "示例考试：题目是随软件附带的示例题，正式使用前请本矿组织审定。"


def settled_paper(title: str, by: org.Person) -> UUID:
    """A paper drawn by blueprint from the sample bank."""
    lines = [exams.LineData(Decimal(marks), count=count, type=kind) for kind, count, marks in LINES]
    data = exams.PaperData(title, exams.Mode.BLUEPRINT, lines, NOTE)
    return exams.settle_paper(exams.write_paper(data=data, by=by).id, by=by).id


def answer(sitting: exams.Sitting, begin: datetime, end: datetime, knows: float, random: Random) -> None:
    """Somebody who knows this share of it answers line by line until `end`, and hands in."""
    assert sitting.form is not None
    count = len(sitting.form.lines)
    given = [
        exams.Given(
            uuid7(), line, _one_answer(sitting, line, random.random() < knows), begin + (end - begin) * (line + 1) / (count + 1)
        )
        for line in range(count)
    ]  # fmt: skip
    exams.keep_answers(sitting.id, answers=given, device="示例")
    exams.hand_in(sitting.id, by=sitting.person)


def _one_answer(sitting: exams.Sitting, line: int, knows: bool) -> dict[str, object]:
    right = exams.right_answer_shown(sitting, line)
    if knows:
        return right
    if "value" in right:
        return {"value": not right["value"]}
    if "choices" in right:
        return {"choices": right["choices"][:1]}
    return {"choice": "A" if right.get("choice") != "A" else "B"}


@dataclass
class DemoExams:
    """Twelve days ago a paper, nine days ago the exam of one unit with its leaders, next week's is announced."""

    demo: DemoMine
    people: Mapping[str, org.Person]
    paper: UUID | None = None
    exam: UUID | None = None
    random: Random = field(default_factory=lambda: Random(20261122))  # noqa: S311 - a demo that is the same every time

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        held = (now - timedelta(days=9)).replace(minute=0, second=0, microsecond=0)
        found: list[Step] = [
            (now - timedelta(days=12), self._write),
            (held - timedelta(days=1), lambda: self._prepare(held)),
            (held + timedelta(hours=2, minutes=1), self._close),
            (held + timedelta(hours=4), self._publish),
            (now - timedelta(days=2), lambda: self._announce(now)),
        ]
        for number in range(SITTERS):
            begin = held + timedelta(seconds=20 * number)
            end = begin + timedelta(minutes=self.random.randint(20, MINUTES - 8))
            found.append((begin, lambda number=number: self._begin(number)))  # type: ignore[misc]
            found.append((end, lambda number=number, begin=begin, end=end: self._end(number, begin, end)))  # type: ignore[misc]
        return found

    def _who(self, role: str) -> org.Person:
        person = self.people[self.demo.cast[role]]
        person.__dict__.pop("_held_roles", None)
        return person

    def _write(self) -> None:
        self.paper = settled_paper("安全知识结业卷（示例）", self._who("training_officer"))

    def _arrange(self, title: str, kind: exams.Kind, opens: datetime, closes: datetime, minutes: int) -> exams.Exam:
        assert self.paper is not None
        data = exams.ExamData(
            title=title, kind=kind, paper_id=self.paper, opens_at=opens, closes_at=closes, minutes=minutes,
            late_minutes=None, per_person=True, place="培训楼一楼机房", note=NOTE, is_sample=True,
        )  # fmt: skip
        return exams.arrange(data=data, by=self._who("training_officer"))

    def _unit(self) -> list[org.Person]:
        """Members of the unit of the first head of the cast, with him."""
        head = self._who("unit_head")
        assert head.unit is not None
        units = org.below([head.unit.id])
        rows = org.Person.objects.filter(unit_id__in=units, is_active=True).order_by("number")[: SITTERS - 1]
        return list({one.id: one for one in [head, *rows]}.values())

    def _prepare(self, opens: datetime) -> None:
        officer = self._who("training_officer")
        closes = opens + timedelta(hours=2)
        exam = self._arrange("防治水轮训结业考试（示例）", exams.Kind.CLASS, opens, closes, MINUTES)
        self.exam = exam.id
        people = exams.People(person_ids=[one.id for one in self._unit()])
        exams.enrol(exam.id, people=people, by=officer)
        exams.draw(exam.id, by=officer)

    def _sitting(self, number: int) -> exams.Sitting | None:
        """The sitting of this number on the list; one in seventeen never comes."""
        rows = exams.Sitting.objects.filter(exam=self.exam).select_related("exam", "form", "person").order_by("id")
        return rows[number : number + 1].first() if number % 17 != 16 else None

    def _begin(self, number: int) -> None:
        sitting = self._sitting(number)
        if sitting is not None:
            exams.start(sitting.id, by=sitting.person, device="示例")

    def _end(self, number: int, begin: datetime, end: datetime) -> None:
        sitting = self._sitting(number)
        if sitting is None or sitting.form is None:
            return
        answer(sitting, begin, end, self.random.uniform(0.7, 0.98), self.random)

    def _close(self) -> None:
        assert self.exam is not None
        exams.close(self.exam, by=self._who("training_officer"))

    def _publish(self) -> None:
        assert self.exam is not None
        exams.publish(self.exam, by=self._who("training_officer"))

    def _announce(self, now: datetime) -> None:
        officer = self._who("training_officer")
        opens = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
        coming = self._arrange(
            "班组长安全知识考试（示例）", exams.Kind.LEADERS, opens, opens + timedelta(hours=3), MINUTES
        )
        people = exams.People(person_ids=[one.id for one in self._unit()[:12]])
        exams.enrol(coming.id, people=people, by=officer)
        exams.draw(coming.id, by=officer)
        drill = self._arrange(
            "安全知识练习（示例）", exams.Kind.PRACTICE, now - timedelta(days=2), now + timedelta(days=60), 30
        )
        exams.draw(drill.id, by=officer)
