"""How the ledger lines of topics are read aloud, and who is told of them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.topics.models import Topic, TopicReview
from kuangdeng.learning.topics.rules import STATUS_LABELS, VERB_LABELS
from kuangdeng.ledger.api import Entry, Recipient, declare_topics, declare_words, route
from kuangdeng.ledger.api import Topic as NoticeTopic
from kuangdeng.org.api import Person, Role, holders

TASK, NEWS = "topic.task", "topic.news"
declare_topics(NoticeTopic(TASK, _("课题：要我办的事")), NoticeTopic(NEWS, _("课题：立项、评审、采纳的结果")))
_VERBS = [*VERB_LABELS, "tell_late"]


def declare() -> None:
    """Hand the words to the ledger."""
    fields = {
        "status": _("状态"), "remark": _("意见"), "due_on": _("期限"), "number": _("编号"), "milestone": _("节点"),
        "late": _("超期"), "round": _("第几轮评审"), "reviewers": _("评审人"), "left": _("还缺几份意见"),
        "score": _("得分"), "changed": _("因此改变了什么"), "adopted_on": _("采纳日期"),
    }  # fmt: skip
    declare_words(
        verbs={
            **{f"topic.{name}": label for name, label in VERB_LABELS.items()},
            "topic.call": _("发布课题征集"), "topic.tell_late": _("课题节点超期"),
        },
        subjects={"topic": _("课题"), "topic_call": _("课题征集")},
        fields={
            **{f"topic.{name}.{key}": label for name in _VERBS for key, label in fields.items()},
            "topic.call.until": _("申报截止"),
        },
        values={f"topic.{name}.status": STATUS_LABELS for name in _VERBS},
    )  # fmt: skip


def _topic(entry: Entry) -> Topic:
    return Topic.objects.select_related("leader", "unit").get(id=entry.subject_id)


def _to(person: Person, topic: Topic, title: str, *, act: bool = False, kind: str = NEWS, role: str = "") -> Recipient:
    addresses = {"email": person.email} if person.email else {}
    return Recipient(person.id, role, kind, title, reverse("learning:topic", args=[topic.id]), "", act, addresses)


def _office(entry: Entry, topic: Topic, title: str) -> Iterator[Recipient]:
    for person in holders(entry.mine_id, [Role.POLITICAL_WORK]):
        yield _to(person, topic, title, act=True, kind=TASK, role=Role.POLITICAL_WORK)


@route("topic.apply", "topic.hand_in", settles=[TASK])
def came_in(entry: Entry) -> Iterator[Recipient]:
    """申报、交报告: the office has to decide."""
    topic = _topic(entry)
    what = "课题等立项" if entry.verb == "topic.apply" else "结题报告等安排评审"
    yield from _office(entry, topic, f"{what}：{topic.title[:60]}")


@route("topic.send_back", "topic.approve", "topic.decline", "topic.return_report", "topic.rework", settles=[TASK])
def decided(entry: Entry) -> Iterator[Recipient]:
    """立项、退回: who leads it hears what was decided."""
    topic = _topic(entry)
    said = {
        "topic.send_back": "申报书退回修改", "topic.approve": "已立项", "topic.decline": "未立项",
        "topic.return_report": "结题报告退回修改", "topic.rework": "评审后要再研究",
    }[entry.verb]  # fmt: skip
    act = entry.verb in ("topic.send_back", "topic.return_report", "topic.rework")
    if topic.leader.is_active:
        yield _to(topic.leader, topic, f"课题《{topic.title[:40]}》{said}", act=act, kind=TASK if act else NEWS)


@route("topic.assign", settles=[TASK])
def assigned(entry: Entry) -> Iterator[Recipient]:
    """安排评审: each reviewer hears what waits for him."""
    topic = _topic(entry)
    for one in TopicReview.objects.filter(topic=topic, round=topic.round, given_at=None).select_related("reviewer"):
        title = f"请评审课题《{topic.title[:40]}》，{one.due_on.month}月{one.due_on.day}日前"
        yield _to(one.reviewer, topic, title, act=True, kind=TASK)


@route("topic.give_opinion")
def given(entry: Entry) -> Iterator[Recipient]:
    """评审意见: with the last one the office concludes."""
    topic = _topic(entry)
    if not entry.payload.get("left"):
        yield from _office(entry, topic, f"评审意见齐了，等结论：{topic.title[:60]}")


@route("topic.pass", "topic.adopt", "topic.archive", settles=[TASK])
def finished(entry: Entry) -> Iterator[Recipient]:
    """评审通过、采纳、归档: everybody who worked on it hears it."""
    topic = _topic(entry)
    said = {"topic.pass": "评审通过", "topic.adopt": "被采纳了", "topic.archive": "已归档"}[entry.verb]
    for person in {topic.leader, *topic.members.filter(is_active=True)}:
        yield _to(person, topic, f"课题《{topic.title[:40]}》{said}")


@route("topic.tell_late")
def late(entry: Entry) -> Iterator[Recipient]:
    """节点超期: who leads it."""
    topic = _topic(entry)
    step = str(entry.payload.get("milestone") or "")
    if topic.leader.is_active:
        yield _to(topic.leader, topic, f"课题《{topic.title[:40]}》的节点「{step[:30]}」超期了", act=True, kind=TASK)


@route("topic.withdraw", "topic.finish_milestone", settles=[TASK])
def settled(entry: Entry) -> Iterator[Recipient]:
    """撤回、节点完成: nobody needs to hear it; what was asked is done."""
    yield from ()
