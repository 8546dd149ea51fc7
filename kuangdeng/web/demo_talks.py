"""Talks of the demo mine (示例): of those who failed its exam one was talked with and signed, one has his talker, the rest wait."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.api import talks
from kuangdeng.org import api as org
from kuangdeng.web.demo_data import DemoMine
from kuangdeng.web.demo_exams import DemoExams

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
    exams: DemoExams

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        return [
            (now - timedelta(days=8, hours=12), self._open),
            (now - timedelta(days=8), self._assign),
            (now - timedelta(days=7), self._record),
            (now - timedelta(days=6, hours=20), self._sign),
        ]

    def _who(self, role: str) -> org.Person:
        person = self.people[self.demo.cast[role]]
        person.__dict__.pop("_held_roles", None)
        return person

    def _cases(self) -> list[talks.Talk]:
        """Who failed, in the order of the list; never the talker himself."""
        rows = talks.Talk.objects.filter(exam=self.exams.exam).exclude(person=self._who("unit_head"))
        return list(rows.exclude(sitting__passed=None).select_related("person").order_by("sitting_id")[:2])

    def _open(self) -> None:
        assert self.exams.exam is not None
        talks.open_talks(self.exams.exam)

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
