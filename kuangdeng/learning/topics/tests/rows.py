"""Topics in every state for each number, for the tests that go through all pages."""

from collections.abc import Iterable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.topics.models import Milestone, Topic, TopicCall, TopicFile, TopicReview
from kuangdeng.learning.topics.papers import keep_paper
from kuangdeng.learning.topics.rules import Status
from kuangdeng.learning.topics.testkit import PDF, TITLE, called, topic_in
from kuangdeng.org.testkit import Cast


def topics_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Written straight into the tables: the pages are counted here, not the verbs."""
    paper = keep_paper(PDF)
    for number in numbers:
        call = TopicCall.objects.create(
            mine=cast.mine,
            title=f"第{number}次征集",
            text="顶板",
            until=clock.today() + timedelta(days=9),
            by=cast.political_work,
        )
        for status, part in (
            (Status.RUNNING, "safety"),
            (Status.REVIEWING, "unit_head"),
            (Status.DRAFTED, "administrator"),
        ):
            _one(cast, number, status, part, call, paper)


def _one(cast: Cast, number: int, status: Status, part: str, call: TopicCall, paper: object) -> None:
    today, leader = clock.today(), cast.persons[part]
    drafted = status == Status.DRAFTED
    topic = Topic.objects.create(
        mine=cast.mine, call=call, title=f"{TITLE}（第{number}个断面）", leader=leader, unit=leader.unit, question="松动", plan="量",
        status=status, due_on=today + timedelta(days=9), number="" if drafted else f"KT2020-{number:03d}{len(part):02d}",
        approved_by=None if drafted else cast.political_work, approved_at=None if drafted else clock.now(), round=1,
        remark="节点写细一点" if drafted else "", reported_at=clock.now() if status == Status.REVIEWING else None,
    )  # fmt: skip
    topic.members.add(cast.miner)
    many = range(1, number % 2 + 2)
    steps = Milestone.objects.bulk_create(
        Milestone(topic=topic, position=position, title=f"节点{position}", due_on=today) for position in many
    )
    files = [
        TopicFile(topic=topic, milestone=step, kind="milestone", file=paper, name="记录.pdf", by=leader)
        for step in steps
    ]
    files += [TopicFile(topic=topic, kind="report", file=paper, name=f"报告{n}.pdf", by=leader) for n in many]
    TopicFile.objects.bulk_create(files)
    for part_of in ("safety", "administrator", "training_officer")[: number % 3 + 1]:
        TopicReview.objects.create(topic=topic, round=1, reviewer=cast.persons[part_of], due_on=today)


def lived_in_topics(cast: Cast) -> None:
    """What the pictures show: one topic in each stage. All invented."""
    called(cast)
    names = {
        Status.APPLIED: "副井口交接班拥堵怎么疏", Status.RUNNING: TITLE, Status.REVIEWING: "探放水钻孔封孔质量的检验办法",
        Status.ADOPTED: "皮带机尾清煤不停机的安全做法", Status.ARCHIVED: "掘进面风筒吊挂间距调查",
    }  # fmt: skip
    for status, title in names.items():
        topic_in(status, cast, title=title)
    paper = keep_paper(PDF)
    for status, part in ((Status.RUNNING, "safety"), (Status.DRAFTED, "administrator")):
        _one(cast, 1, status, part, TopicCall.objects.filter(mine=cast.mine).order_by("id")[0], paper)
    Topic.objects.filter(mine=cast.mine, leader=cast.safety).update(written_at=clock.now() - timedelta(days=30))
