"""Short ways to a topic in any state, for the tests of this part and of those above."""

from datetime import timedelta
from typing import Any

from kuangdeng.kernel import clock
from kuangdeng.learning.topics import services
from kuangdeng.learning.topics.models import Topic, TopicCall
from kuangdeng.learning.topics.rules import Status
from kuangdeng.learning.topics.services import TopicData
from kuangdeng.org.testkit import Cast

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PAPER = ("结题报告.pdf", PDF)
TITLE = "2305 回风顺槽锚杆托盘松动的原因和治法"


def called(cast: Cast, title: str = "2026 年顶板治理课题征集", *, days: int = 30) -> TopicCall:
    """A call that is open."""
    until = clock.today() + timedelta(days=days)
    return services.call_for(
        title=title, text="围绕本矿顶板治理的难点，一线能用上。", until=until, by=cast.political_work
    )


def data_of(cast: Cast, **facts: Any) -> TopicData:
    """What an application says."""
    today = clock.today()
    values: dict[str, Any] = {
        "title": TITLE, "question": "托盘反复松动，补打锚杆一个月就松。", "plan": "选三个断面，逐日量预紧力，换两种托盘对比。",
        "expected": "定出托盘选型和复紧周期。", "due_on": today + timedelta(days=90), "member_ids": [cast.miner.id],
        "milestones": [("现场调查完成", today + timedelta(days=20)), ("对比试验完成", today + timedelta(days=60))],
    }  # fmt: skip
    return TopicData(**{**values, **facts})


def topic_in(status: Status, cast: Cast, **facts: Any) -> Topic:
    """A topic of the team leader's in this state, brought there by the verbs."""
    topic = services.write(data=data_of(cast, **facts), by=cast.team_leader)
    if status == Status.DRAFTED:
        return topic
    if status == Status.WITHDRAWN:
        return services.withdraw(topic.id, remark="工作面撤了", by=cast.team_leader)
    topic = services.apply(topic.id, by=cast.team_leader)
    if status == Status.APPLIED:
        return topic
    if status == Status.DECLINED:
        return services.decline(topic.id, remark="去年做过", by=cast.political_work)
    topic = services.approve(topic.id, by=cast.political_work)
    if status == Status.RUNNING:
        return topic
    return _past_work(status, topic, cast)


def running(cast: Cast) -> Topic:
    """A topic that was approved."""
    return topic_in(Status.RUNNING, cast)


def work(topic: Topic, cast: Cast) -> Topic:
    """Every milestone done."""
    for step in topic.milestones.filter(done_at=None):
        services.finish_milestone(
            topic.id, milestone_id=step.id, words="三个断面量完，西帮松得多。", by=cast.team_leader
        )
    return topic


def _past_work(status: Status, topic: Topic, cast: Cast) -> Topic:
    work(topic, cast)
    topic = services.hand_in(
        topic.id, summary="西帮淋水处托盘锈蚀，建议换防腐托盘，七天复紧一次。", paper=PAPER, by=cast.team_leader
    )
    if status == Status.REPORTED:
        return topic
    due = clock.today() + timedelta(days=10)
    topic = services.assign(
        topic.id, reviewer_ids=[cast.safety.id, cast.other_head.id], due_on=due, by=cast.political_work
    )
    if status == Status.REVIEWING:
        return topic
    for reviewer, score in ((cast.safety, 90), (cast.other_head, 85)):
        services.give_opinion(topic.id, score=score, opinion="量得细，建议可行。", by=reviewer)
    topic = services.pass_review(topic.id, verdict="同意结题，建议推广。", by=cast.political_work)
    if status == Status.REVIEWED:
        return topic
    topic = services.adopt(
        topic.id, changed="作业规程改为七天复紧一次，淋水段用防腐托盘。", adopted_on=clock.today(),
        paper=("规程修改单.pdf", PDF), by=cast.political_work,
    )  # fmt: skip
    return topic if status == Status.ADOPTED else services.archive(topic.id, by=cast.political_work)
