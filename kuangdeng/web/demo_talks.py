"""Talks of the demo mine (示例): of those who failed its exam one was talked with, signed and failed the make-up as well, one
has his talker, the rest wait. The class that retrains the first is among the classes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.learning.api import exams, talks
from kuangdeng.org import api as org
from kuangdeng.web.demo_cast import who
from kuangdeng.web.demo_data import DemoMine
from kuangdeng.web.demo_exams import DemoExams, answer

Step = tuple[datetime, Callable[[], object]]
PLACE, REASON, MEASURES = (
    "队值班室",
    "〔示例〕连着上夜班，书没看完；探放水的数字记混了。",
    "〔示例〕每天班前学一条，师傅带着做错题，补考前再过一遍薄弱知识点。",
)


@dataclass
class DemoTalks:
    """What came of the exam nine days ago."""

    demo: DemoMine
    people: Mapping[str, org.Person]
    held: DemoExams
    makeup: UUID | None = None

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        return [
            (now - timedelta(days=8, hours=12), self._open),
            (now - timedelta(days=8), self._assign),
            (now - timedelta(days=7), self._record),
            (now - timedelta(days=6, hours=20), self._sign),
            (now - timedelta(days=6), self._arrange_makeup),
            (now - timedelta(days=5), self._sit_makeup),
            (now - timedelta(days=4, hours=12), self._settle),
        ]

    def _who(self, role: str) -> org.Person:
        return who(self.demo, self.people, role)

    def _cases(self) -> list[talks.Talk]:
        """Who failed, in the order of the list; never the talker himself."""
        rows = talks.Talk.objects.filter(exam=self.held.exam).exclude(person=self._who("unit_head"))
        return list(rows.exclude(sitting__passed=None).select_related("person").order_by("sitting_id")[:2])

    def _open(self) -> None:
        assert self.held.exam is not None
        talks.open_talks(self.held.exam)

    def _assign(self) -> None:
        for case in self._cases():
            talks.assign(case.id, talker_id=self._who("unit_head").id, by=self._who("training_officer"))

    def _record(self) -> None:
        for case in self._cases()[:1]:
            data = talks.Record(clock.now() - timedelta(minutes=30), PLACE, REASON, MEASURES)
            talks.record(case.id, data=data, by=self._who("unit_head"))

    def _sign(self) -> None:
        for case in self._cases()[:1]:
            talks.sign(case.id, by=case.person)

    def _arrange_makeup(self) -> None:
        assert self.held.paper is not None
        officer, opens = self._who("training_officer"), clock.now() + timedelta(days=1)
        data = exams.ExamData(
            title="防治水轮训补考（示例）", kind=exams.Kind.MAKEUP, paper_id=self.held.paper, opens_at=opens,
            closes_at=opens + timedelta(hours=2), minutes=60, place="培训楼一楼机房", makeup_of=self.held.exam, is_sample=True,
        )  # fmt: skip
        self.makeup = exams.arrange(data=data, by=officer).id
        people = exams.People(person_ids=[case.person_id for case in self._cases()[:1]])
        exams.enrol(self.makeup, people=people, by=officer)
        exams.draw(self.makeup, by=officer)

    def _sitting(self) -> exams.Sitting | None:
        """The sitting of the make-up; None when everybody had passed."""
        return exams.Sitting.objects.filter(exam=self.makeup).select_related("exam", "form", "person").first()

    def _sit_makeup(self) -> None:
        sitting = self._sitting()
        for case in self._cases()[:1]:
            if sitting is not None:
                talks.let_sit(case.id, sitting_id=sitting.id)
                exams.start(sitting.id, by=sitting.person, device="示例")
                begin, started = clock.now(), self._sitting()
                with clock.set_to(begin + timedelta(minutes=30)):
                    if started is not None:
                        answer(started, begin, clock.now(), 0.3, self.held.random)

    def _settle(self) -> None:
        officer, sitting = self._who("training_officer"), self._sitting()
        for case in self._cases()[:1]:
            if sitting is not None and self.makeup is not None:
                exams.close(self.makeup, by=officer)
                exams.publish(self.makeup, by=officer)
                talks.settle(case.id, sitting_id=sitting.id)
