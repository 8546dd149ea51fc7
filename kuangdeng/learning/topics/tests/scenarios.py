"""The moment before each verb of research topics, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.topics import services
from kuangdeng.learning.topics.rules import Status
from kuangdeng.learning.topics.testkit import PAPER, data_of, topic_in, work
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def call_for(cast: Cast) -> Run:
    until = clock.today() + timedelta(days=30)
    return lambda: services.call_for(title="课题征集", text="顶板", until=until, by=cast.political_work)


def write(cast: Cast) -> Run:
    return lambda: services.write(data=data_of(cast), by=cast.team_leader)


def revise(cast: Cast) -> Run:
    topic = topic_in(Status.DRAFTED, cast)
    return lambda: services.revise(topic.id, data=data_of(cast, title="改过的课题"), by=cast.team_leader)


def apply(cast: Cast) -> Run:
    topic = topic_in(Status.DRAFTED, cast)
    return lambda: services.apply(topic.id, by=cast.team_leader)


def withdraw(cast: Cast) -> Run:
    topic = topic_in(Status.RUNNING, cast)
    return lambda: services.withdraw(topic.id, remark="工作面撤了", by=cast.team_leader)


def send_back(cast: Cast) -> Run:
    topic = topic_in(Status.APPLIED, cast)
    return lambda: services.send_back(topic.id, remark="节点写细一点", by=cast.political_work)


def approve(cast: Cast) -> Run:
    topic = topic_in(Status.APPLIED, cast)
    return lambda: services.approve(topic.id, by=cast.political_work)


def decline(cast: Cast) -> Run:
    topic = topic_in(Status.APPLIED, cast)
    return lambda: services.decline(topic.id, remark="去年做过", by=cast.political_work)


def finish_milestone(cast: Cast) -> Run:
    topic = topic_in(Status.RUNNING, cast)
    step = topic.milestones.all()[0]
    return lambda: services.finish_milestone(
        topic.id, milestone_id=step.id, words="三个断面量完。", paper=PAPER, by=cast.team_leader
    )


def hand_in(cast: Cast) -> Run:
    topic = work(topic_in(Status.RUNNING, cast), cast)
    return lambda: services.hand_in(topic.id, summary="建议七天复紧一次。", paper=PAPER, by=cast.team_leader)


def return_report(cast: Cast) -> Run:
    topic = topic_in(Status.REPORTED, cast)
    return lambda: services.return_report(topic.id, remark="缺原始数据", by=cast.political_work)


def tell_late(cast: Cast) -> Run:
    topic = topic_in(Status.RUNNING, cast)
    step = topic.milestones.all()[0]

    def run() -> object:
        with clock.set_to(clock.now() + timedelta(days=30)):
            return services.tell_late(step.id)

    return run


def assign(cast: Cast) -> Run:
    topic = topic_in(Status.REPORTED, cast)
    due = clock.today() + timedelta(days=5)
    return lambda: services.assign(topic.id, reviewer_ids=[cast.safety.id], due_on=due, by=cast.political_work)


def give_opinion(cast: Cast) -> Run:
    topic = topic_in(Status.REVIEWING, cast)
    services.give_opinion(topic.id, score=80, opinion="可以。", by=cast.other_head)
    return lambda: services.give_opinion(topic.id, score=90, opinion="量得细。", by=cast.safety)


def _judged(cast: Cast) -> object:
    topic = topic_in(Status.REVIEWING, cast)
    for one in (cast.safety, cast.other_head):
        services.give_opinion(topic.id, score=70, opinion="还要补一个断面。", by=one)
    return topic.id


def pass_review(cast: Cast) -> Run:
    topic_id = _judged(cast)
    return lambda: services.pass_review(topic_id, verdict="同意结题", by=cast.political_work)  # type: ignore[arg-type]


def rework(cast: Cast) -> Run:
    topic_id = _judged(cast)
    return lambda: services.rework(topic_id, remark="补一个断面", by=cast.political_work)  # type: ignore[arg-type]


def adopt(cast: Cast) -> Run:
    topic = topic_in(Status.REVIEWED, cast)
    return lambda: services.adopt(
        topic.id, changed="改规程", adopted_on=clock.today(), paper=PAPER, by=cast.political_work
    )


def archive(cast: Cast) -> Run:
    topic = topic_in(Status.ADOPTED, cast)
    return lambda: services.archive(topic.id, by=cast.political_work)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    one.__name__: one
    for one in (
        adopt, apply, approve, archive, assign, call_for, decline, finish_milestone, give_opinion, hand_in, pass_review,
        return_report, revise, rework, send_back, tell_late, withdraw, write,
    )
}  # fmt: skip
