"""The item of the day and research topics of the demo mine (示例): three weeks of a few dozen people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.api import items, practice, topics
from kuangdeng.org import api as org
from kuangdeng.web.demo_bulletins import Step
from kuangdeng.web.demo_data import DemoMine

DAYS = 18
PEOPLE = 24
PAPER = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
    b"trailer\n<</Root 1 0 R>>\n%%EOF\n"
)
SLOW = "托盘松动（示例）：回风顺槽锚杆托盘为什么反复松，怎么治"
DONE = "清煤不停机（示例）：皮带机尾清煤的安全做法"
NEW = "交接班（示例）：副井口交接班拥堵怎么疏"


@dataclass
class DemoPractice:
    """Everything through the verbs; what people know is drawn, the same every time."""

    mine: org.Mine
    demo: DemoMine
    people: Mapping[str, org.Person]
    random: Random = field(default_factory=lambda: Random(7))  # noqa: S311 - a demo that is the same every time
    topics: dict[str, UUID] = field(default_factory=dict)

    def steps(self, now: datetime) -> list[Step]:
        """Every step with its instant; none of them lies after `now`."""
        zone = ZoneInfo(self.mine.timezone)
        today = now.astimezone(zone).date()
        found: list[Step] = [(now - timedelta(days=DAYS + 2), self._set)]
        for back in range(DAYS, 0, -1):
            at = datetime.combine(today - timedelta(days=back), time(12, 40), zone)
            found.append((at, lambda back=back: self._answer(back)))  # type: ignore[misc]
        for back in (9, 4, 1):
            found.append((datetime.combine(today - timedelta(days=back), time(7, 25), zone), self._meet))
        found.append((now - timedelta(days=6), self._leave))
        found += self._research(now)
        return [(at, step) for at, step in found if at < now]

    def _who(self, role: str) -> org.Person:
        person = self.people[self.demo.cast[role]]
        person.__dict__.pop("_held_roles", None)
        return person

    # The item of the day ----------------------------------------------------------------------------------------------

    def _set(self) -> None:
        officer = self._who("training_officer")
        practice.save_rule(
            valid_from=clock.today(), terms=practice.Terms(), source="示例：每天两题，答完公布答案", by=officer
        )
        known = items.categories_of(officer.mine_id, "specialty")
        for category in known[:1]:
            practice.add_must_know(category_id=category.id, source="示例", by=officer)

    def _class(self) -> list[org.Person]:
        leader = self._who("team_leader")
        team = [one for one in self.people.values() if one.unit_id == leader.unit_id][: PEOPLE // 2]
        rest = sorted(self.people)[:: max(1, len(self.people) // PEOPLE)][: PEOPLE // 2]
        cast = [self._who(role) for role in ("miner", "team_leader", "unit_head", "branch_secretary")]
        found = {one.id: one for one in [*cast, *team, *(self.people[number] for number in rest)]}
        return list(found.values())

    def _answer(self, back: int) -> None:
        """One day of everybody: most answer both items, some one, some none; three in four are right."""
        for place, person in enumerate(self._class()):
            for turn in practice.today_of(person).turns:
                if (place + back) % 9 == 0 or self.random.random() < 0.12:
                    continue
                content = turn.version.content
                right = self.random.random() < 0.76
                given = items.right_answer(content) if right else wrong_answer(content)
                data = practice.AnswerData(
                    uuid7(), turn.ticket, given, self.random.randint(6, 40), not right and place % 2 == 0
                )
                practice.answer(data=data, by=person)

    def _meet(self) -> None:
        leader = self._who("team_leader")
        asked = practice.item_for(leader.unit, by=leader) if leader.unit else None
        if asked is not None and leader.unit is not None:
            data = practice.MeetingData(asked.ticket, present=11, right=self.random.randint(6, 10))
            practice.record_meeting(leader.unit.id, data=data, by=leader)

    def _leave(self) -> None:
        leader, miner = self._who("team_leader"), self._who("miner")
        day = clock.today()
        try:
            practice.set_away(
                miner.id, first_day=day, last_day=day + timedelta(days=2), reason="示例：年休假", by=leader
            )
        except Refused:
            return  # the miner of the cast works in another team

    # Research topics --------------------------------------------------------------------------------------------------

    def _research(self, now: datetime) -> list[Step]:
        ago = lambda **span: now - timedelta(**span)  # noqa: E731
        return [
            (ago(days=95), self._call),
            (ago(days=90), lambda: self._apply(DONE, "unit_head", ((20, "两班跟班记录完"), (45, "新做法试用完")))),
            (ago(days=88), lambda: self._approve(DONE)),
            (ago(days=70), lambda: self._finish(DONE, "unit_head", "两个班共记录 31 次清煤，19 次停机。")),
            (ago(days=47), lambda: self._finish(DONE, "unit_head", "加长柄刮板加防护栏，试用 20 天没有停机清煤。")),
            (
                ago(days=40),
                lambda: self._hand_in(DONE, "unit_head", "停机清煤多半是因为够不着。示例建议：长柄刮板加护栏。"),
            ),
            (ago(days=39), lambda: self._assign(DONE)),
            (ago(days=33), lambda: self._judge(DONE)),
            (ago(days=30), lambda: self._adopt(DONE)),
            (ago(days=50), lambda: self._apply(SLOW, "team_leader", ((35, "三个断面调查完"), (80, "两种托盘对比完")))),
            (ago(days=48), lambda: self._approve(SLOW)),
            (ago(days=16), lambda: self._finish(SLOW, "team_leader", "西帮淋水段松得快，东帮正常。")),
            (ago(days=1), lambda: self._apply(NEW, "branch_secretary", ((30, "高峰人数数清"),))),
        ]

    def _call(self) -> None:
        topics.call_for(
            title="现场难题征集（示例）", text="把班组天天碰到、又说不清原因的事写成课题，一线能用上。",
            until=clock.today() + timedelta(days=120), by=self._who("political_work"),
        )  # fmt: skip

    def _apply(self, title: str, role: str, steps: tuple[tuple[int, str], ...]) -> None:
        today, leader = clock.today(), self._who(role)
        data = topics.TopicData(
            title, "示例：现场反复出现，原因没有弄清。", "示例：逐班记录，找出规律，换办法对比。",
            today + timedelta(days=steps[-1][0] + 15), "示例：写进作业规程的一条做法。",
            milestones=[(words, today + timedelta(days=days)) for days, words in steps],
        )  # fmt: skip
        made = topics.write(data=data, by=leader)
        self.topics[title] = topics.apply(made.id, by=leader).id

    def _approve(self, title: str) -> None:
        topics.approve(self.topics[title], by=self._who("political_work"))

    def _finish(self, title: str, role: str, words: str) -> None:
        topic = topics.Topic.objects.get(id=self.topics[title])
        step = topic.milestones.filter(done_at=None).order_by("position")[:1].get()
        topics.finish_milestone(topic.id, milestone_id=step.id, words=words, by=self._who(role))

    def _hand_in(self, title: str, role: str, summary: str) -> None:
        topics.hand_in(self.topics[title], summary=summary, paper=("结题报告（示例）.pdf", PAPER), by=self._who(role))

    def _assign(self, title: str) -> None:
        reviewers = [self._who("safety").id, self._who("mine_leader").id]
        due = clock.today() + timedelta(days=10)
        topics.assign(self.topics[title], reviewer_ids=reviewers, due_on=due, by=self._who("political_work"))

    def _judge(self, title: str) -> None:
        for role, score in (("safety", 88), ("mine_leader", 84)):
            topics.give_opinion(
                self.topics[title], score=score, opinion="示例：记录实在，做法可行。", by=self._who(role)
            )
        topics.pass_review(self.topics[title], verdict="示例：同意结题，建议推广。", by=self._who("political_work"))

    def _adopt(self, title: str) -> None:
        topics.adopt(
            self.topics[title], changed="示例：皮带机岗位作业标准加了“清煤用长柄刮板、不越护栏”一条。", adopted_on=clock.today(),
            paper=("作业标准修改单（示例）.pdf", PAPER), by=self._who("political_work"),
        )  # fmt: skip


def wrong_answer(content: Mapping[str, Any]) -> dict[str, Any]:
    """An answer that somebody who does not know it might give."""
    kind = content["type"]
    if kind == "single":
        return {"choice": next(one["id"] for one in content["options"] if one["id"] not in content["correct"])}
    if kind == "multiple":
        return {"choices": [content["correct"][0]] if len(content["correct"]) > 1 else [content["options"][-1]["id"]]}
    if kind == "true_false":
        return {"value": not content["correct"]}
    if kind == "fill_in":
        return {"blanks": ["记不清"] * len(content["blanks"])}
    if kind == "matching":
        first = content["left"][0]["id"]
        return {"pairs": {first: content["pairs"][first]}}
    return {"order": list(reversed(content["correct"]))}
