"""The verbs of research topics."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.topics import rules
from kuangdeng.learning.topics.models import Milestone, Topic, TopicCall, TopicFile, TopicReview
from kuangdeng.learning.topics.papers import keep_paper
from kuangdeng.learning.topics.queries import branch_of, late_milestones, open_reviews, own_review
from kuangdeng.learning.topics.rules import FLOW, OWN, FileKind, Status
from kuangdeng.ledger.api import Subject, only_told, post
from kuangdeng.org.api import Mine, Person, has_power

Paper = tuple[str, bytes]
"""A file as it was sent: its name, its bytes."""
MOST_WORDS = 8000


@dataclass(frozen=True)
class TopicData:
    """What an application says."""

    title: str
    question: str
    plan: str
    due_on: date
    expected: str = ""
    call_id: UUID | None = None
    member_ids: Sequence[UUID] = ()
    milestones: Sequence[tuple[str, date]] = field(default_factory=tuple)


def _check(by: Person, power: str) -> None:
    if not has_power(by, power):
        raise Refused(
            _("您没有权限「%(power)s」。请联系政工部门。") % {"power": rules.POWER_LABELS[power]}, code="not_allowed"
        )


def _begin(what: str, topic_id: UUID, by: Person) -> Topic:
    """The topic, locked, in a state that allows the step. Refused for who is not to take it."""
    rows = Topic.objects.select_for_update(of=("self",)).select_related("leader__unit", "unit", "mine")
    topic = one_of(rows.filter(id=topic_id, mine_id=by.mine_id))
    if topic is None:
        raise NotVisible
    if what in OWN:
        if topic.leader_id != by.id:
            raise Refused(_("这一步由课题负责人办理。"), code="not_allowed")
    else:
        _check(by, f"topic.{what}")
    FLOW.target(what, topic.status)
    return topic


def _step(what: str, topic: Topic, remark: str = "") -> None:
    topic.status = FLOW.target(what, topic.status)
    topic.status_since, topic.remark = clock.now(), remark
    topic.save()


def _enter(what: str, topic: Topic, by: Person | None, payload: Mapping[str, object] | None = None) -> None:
    unit = topic.unit
    post(
        f"topic.{what}", Subject("topic", topic.id, topic.title), mine_id=topic.mine_id,
        by=by, unit=unit,
        payload={"status": str(topic.status), **only_told(payload)},
    )  # fmt: skip


# Calling and applying -------------------------------------------------------------------------------------------------


@verb
def call_for(*, title: str, text: str, until: date, by: Person) -> TopicCall:
    """Call for topics (发布课题征集). Refused for a day that has passed."""
    _check(by, "topic.call")
    if until < clock.today():
        raise Refused(_("申报截止日期已经过去了。"), field="until")
    made = TopicCall.objects.create(
        mine_id=by.mine_id, title=need(title, _("请写标题。"), field="title", most=120),
        text=need(text, _("请写征集内容。"), field="text", most=MOST_WORDS),
        until=until, by=by, at=clock.now(),
    )  # fmt: skip
    post(
        "topic.call", Subject("topic_call", made.id, made.title), mine_id=by.mine_id, by=by,
        payload={"until": str(until)},
    )  # fmt: skip
    return made


def _fill(topic: Topic, data: TopicData, by: Person) -> None:
    """Put what the application says into the topic. Refused, with the field, for what is missing or cannot be."""
    topic.title = need(data.title, _("请写课题名称。"), field="title", most=120)
    topic.question = need(data.question, _("请写清楚要解决什么问题。"), field="question", most=MOST_WORDS)
    topic.plan = need(data.plan, _("请写研究方法和计划。"), field="plan", most=MOST_WORDS)
    topic.expected, topic.due_on = data.expected.strip()[:8000], data.due_on
    if data.due_on <= clock.today():
        raise Refused(_("结题期限要在今天以后。"), field="due_on")
    topic.call = None
    if data.call_id:
        topic.call = one_of(TopicCall.objects.filter(id=data.call_id, mine_id=by.mine_id))
        if topic.call is None or topic.call.until < clock.today():
            raise Refused(_("这次征集已经截止。请选别的征集，或者不选。"), field="call")


def _people(topic: Topic, data: TopicData) -> list[Person]:
    ids = [one for one in dict.fromkeys(data.member_ids) if one != topic.leader_id]
    found = list(Person.objects.filter(id__in=ids, mine_id=topic.mine_id, is_active=True))
    if len(found) != len(ids) or len(ids) > rules.MOST_MEMBERS:
        raise Refused(_("参加人最多 %(n)d 人，要是本矿在册的人。") % {"n": rules.MOST_MEMBERS}, field="members")
    return found


def _plan(topic: Topic, data: TopicData) -> None:
    """The milestones of the application, in order of time. Refused without any, and for one after the end."""
    steps = sorted(((title.strip(), due) for title, due in data.milestones if title.strip()), key=lambda one: one[1])
    if not 1 <= len(steps) <= rules.MOST_MILESTONES:
        raise Refused(_("请写 1 到 %(n)d 个节点，每个都有期限。") % {"n": rules.MOST_MILESTONES}, field="milestones")
    if steps[-1][1] > topic.due_on:
        raise Refused(_("节点「%(title)s」在结题期限之后。") % {"title": steps[-1][0][:30]}, field="milestones")
    topic.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(topic=topic, position=at, title=title[:120], due_on=due) for at, (title, due) in enumerate(steps, 1)
    )


@verb
def write(*, data: TopicData, by: Person) -> Topic:
    """Write an application (写申报书): what is to be solved, how, by whom, by when. It is a draft until applied for."""
    _check(by, "topic.write")
    topic = Topic(mine_id=by.mine_id, leader=by, unit=by.unit, branch=branch_of(by), written_at=clock.now())
    topic.status = FLOW.target("write", None)
    _fill(topic, data, by)
    people = _people(topic, data)
    topic.save(force_insert=True)
    topic.members.set(people)
    _plan(topic, data)
    _enter("write", topic, by, {"due_on": str(topic.due_on)})
    return topic


@verb
def revise(topic_id: UUID, *, data: TopicData, by: Person) -> Topic:
    """Change a draft (修改申报书). Refused when it is not one's own, or not a draft."""
    topic = _begin("revise", topic_id, by)
    _fill(topic, data, by)
    people = _people(topic, data)
    _step("revise", topic, topic.remark)
    topic.members.set(people)
    _plan(topic, data)
    _enter("revise", topic, by, {"due_on": str(topic.due_on)})
    return topic


@verb
def apply(topic_id: UUID, *, by: Person) -> Topic:
    """Apply for a topic (申报课题): the office decides. Refused when its call has closed meanwhile."""
    topic = _begin("apply", topic_id, by)
    if topic.call is not None and topic.call.until < clock.today():
        raise Refused(_("这次征集已经截止。请先修改申报书，换一次征集或者不选。"), code="late")
    _step("apply", topic)
    _enter("apply", topic, by)
    return topic


@verb
def withdraw(topic_id: UUID, *, remark: str, by: Person) -> Topic:
    """Withdraw a topic (撤回课题), with the reason. What was written stays."""
    topic = _begin("withdraw", topic_id, by)
    _step("withdraw", topic, need(remark, _("请写明为什么撤回。"), field="remark", most=500))
    _enter("withdraw", topic, by, {"remark": topic.remark})
    return topic


# Deciding on the application ------------------------------------------------------------------------------------------


@verb
def send_back(topic_id: UUID, *, remark: str, by: Person) -> Topic:
    """Give an application back to be changed (退回申报书). Refused without saying what."""
    topic = _begin("send_back", topic_id, by)
    _step("send_back", topic, need(remark, _("请写明哪里要改。"), field="remark", most=500))
    _enter("send_back", topic, by, {"remark": topic.remark})
    return topic


@verb
def approve(topic_id: UUID, *, by: Person) -> Topic:
    """Approve a topic (立项): it gets its number and runs by its milestones. Refused for one's own."""
    topic = _begin("approve", topic_id, by)
    if topic.leader_id == by.id:
        raise Refused(_("自己的课题由别人立项。"), code="own")
    topic.number = _next_number(topic)
    topic.approved_by, topic.approved_at = by, clock.now()
    _step("approve", topic)
    _enter("approve", topic, by, {"number": topic.number})
    return topic


def _next_number(topic: Topic) -> str:
    year = clock.today().year
    list(Mine.objects.select_for_update(no_key=True).filter(id=topic.mine_id).values_list("id"))
    rows = Topic.objects.filter(mine_id=topic.mine_id, number__startswith=f"KT{year}-")
    last = rows.aggregate(last=Max("number"))["last"]
    return f"KT{year}-{int(last.rpartition('-')[2]) + 1 if last else 1:03d}"


@verb
def decline(topic_id: UUID, *, remark: str, by: Person) -> Topic:
    """Not approve a topic (不予立项), with the reason."""
    topic = _begin("decline", topic_id, by)
    _step("decline", topic, need(remark, _("请写明为什么不予立项。"), field="remark", most=500))
    _enter("decline", topic, by, {"remark": topic.remark})
    return topic


# Working --------------------------------------------------------------------------------------------------------------


def _keep(topic: Topic, by: Person, kind: str, paper: Paper | None, milestone: Milestone | None = None) -> None:
    if paper is not None:
        TopicFile.objects.create(
            topic=topic, milestone=milestone, kind=kind, round=topic.round, file=keep_paper(paper[1]),
            name=paper[0][:200], by=by, at=clock.now(),
        )  # fmt: skip


@verb
def finish_milestone(topic_id: UUID, *, milestone_id: int, words: str, paper: Paper | None = None, by: Person) -> Topic:
    """Report a milestone as done (报节点完成), with what was done. Refused when it is done already."""
    topic = _begin("finish_milestone", topic_id, by)
    step = one_of(Milestone.objects.select_for_update().filter(id=milestone_id, topic=topic))
    if step is None:
        raise NotVisible
    if step.done_at is not None:
        raise Refused(_("这个节点已经报过完成。"), code="again")
    step.words = need(words, _("请写做了什么、发现了什么。"), field="words", most=MOST_WORDS)
    step.done_at, step.done_by = clock.now(), by
    step.save()
    _keep(topic, by, FileKind.MILESTONE, paper, step)
    late = clock.today() > step.due_on
    _enter("finish_milestone", topic, by, {"milestone": step.title, "late": late})
    return topic


@verb
def hand_in(topic_id: UUID, *, summary: str, paper: Paper | None, by: Person) -> Topic:
    """Hand in the final report (交结题报告). Refused without the file, and while a milestone is open."""
    topic = _begin("hand_in", topic_id, by)
    if topic.milestones.filter(done_at=None).exists():
        raise Refused(_("还有节点没有报完成。请先逐个报完成，再交报告。"), code="open_milestones")
    if paper is None:
        raise Refused(_("请选择结题报告的文件。"), field="file")
    topic.summary = need(summary, _("请写结题摘要：发现了什么，建议怎么做。"), field="summary", most=MOST_WORDS)
    topic.reported_at = clock.now()
    topic.round += 1
    _step("hand_in", topic)
    _keep(topic, by, FileKind.REPORT, paper)
    _enter("hand_in", topic, by, {"round": topic.round})
    return topic


@verb
def return_report(topic_id: UUID, *, remark: str, by: Person) -> Topic:
    """Give a report back before its review (退回结题报告). Refused without saying why."""
    topic = _begin("return_report", topic_id, by)
    _step("return_report", topic, need(remark, _("请写明哪里要改。"), field="remark", most=500))
    _enter("return_report", topic, by, {"remark": topic.remark})
    return topic


@verb
def tell_late(milestone_id: int) -> Milestone:
    """Tell the leader of a topic that a milestone is late (节点超期提醒), once. The system does it by itself."""
    step = one_of(
        Milestone.objects.select_for_update(of=("self",)).select_related("topic__unit").filter(id=milestone_id)
    )
    if step is None:
        raise NotVisible
    if not late_milestones(step.topic.mine_id).filter(id=milestone_id).exists():
        raise Refused(_("这个节点没有超期，或者已经提醒过。"), code="gone")
    step.told_late_on = clock.today()
    step.save(update_fields=["told_late_on"])
    _enter("tell_late", step.topic, None, {"milestone": step.title, "due_on": str(step.due_on)})
    return step


# Reviewing ------------------------------------------------------------------------------------------------------------


@verb
def assign(topic_id: UUID, *, reviewer_ids: Sequence[UUID], due_on: date, by: Person) -> Topic:
    """Name who reviews a report (安排评审) and until when. Refused for those who worked on it."""
    topic = _begin("assign", topic_id, by)
    ids = list(dict.fromkeys(reviewer_ids))
    found = list(Person.objects.filter(id__in=ids, mine_id=topic.mine_id, is_active=True))
    if not rules.FEWEST_REVIEWERS <= len(ids) <= rules.MOST_REVIEWERS or len(found) != len(ids):
        raise Refused(_("请选 1 到 %(n)d 位评审人。") % {"n": rules.MOST_REVIEWERS}, field="reviewers")
    worked = {topic.leader_id, *topic.members.values_list("id", flat=True)}
    own = [one.name for one in found if one.id in worked]
    if own:
        raise Refused(_("%(name)s参加了这个课题，不能评审它。") % {"name": "、".join(own)}, field="reviewers")
    if due_on < clock.today():
        raise Refused(_("评审期限已经过去了。"), field="due_on")
    TopicReview.objects.bulk_create(
        TopicReview(topic=topic, round=topic.round, reviewer=one, due_on=due_on) for one in found
    )
    _step("assign", topic)
    _enter("assign", topic, by, {"reviewers": [one.name for one in found], "due_on": str(due_on)})
    return topic


@verb
def give_opinion(topic_id: UUID, *, score: int, opinion: str, by: Person) -> Topic:
    """Give one's opinion and score on a report (写评审意见), once. Refused for who was not asked."""
    topic = _begin("give_opinion", topic_id, by)
    review = own_review(topic, by)
    if review is None:
        raise Refused(_("这份报告没有请您评审，或者您已经评过了。"), code="not_allowed")
    if not 0 <= score <= 100:
        raise Refused(_("得分在 0 到 100 之间。"), field="score")
    review.score, review.given_at = score, clock.now()
    review.opinion = need(opinion, _("请写评审意见。"), field="opinion", most=MOST_WORDS)
    review.save()
    _enter("give_opinion", topic, by, {"left": open_reviews(topic)})
    return topic


def _close(topic: Topic, verdict: str) -> None:
    """End a round. Refused while an opinion is missing."""
    missing = TopicReview.objects.filter(topic=topic, round=topic.round, given_at=None).select_related("reviewer")
    names = [one.reviewer.name for one in missing]
    if names:
        raise Refused(_("%(names)s还没有写评审意见。") % {"names": "、".join(names)}, code="open_reviews")
    scores = list(TopicReview.objects.filter(topic=topic, round=topic.round).values_list("score", flat=True))
    mean = rules.average([one for one in scores if one is not None])
    topic.score = Decimal(str(mean)) if mean is not None else None
    topic.verdict = verdict


@verb
def pass_review(topic_id: UUID, *, verdict: str, by: Person) -> Topic:
    """Let a report pass its review (评审通过), with the verdict; the score is the reviewers' mean."""
    topic = _begin("pass", topic_id, by)
    _close(topic, need(verdict, _("请写评审结论。"), field="verdict", most=MOST_WORDS))
    _step("pass", topic)
    _enter("pass", topic, by, {"score": str(topic.score), "round": topic.round})
    return topic


@verb
def rework(topic_id: UUID, *, remark: str, by: Person) -> Topic:
    """Send a reviewed report back to be worked on (评审后再研究): another report, another round."""
    topic = _begin("rework", topic_id, by)
    words = need(remark, _("请写明还要研究什么。"), field="remark", most=500)
    _close(topic, words)
    _step("rework", topic, words)
    _enter("rework", topic, by, {"remark": topic.remark, "score": str(topic.score), "round": topic.round})
    return topic


# What came of it ------------------------------------------------------------------------------------------------------


@verb
def adopt(topic_id: UUID, *, changed: str, adopted_on: date, paper: Paper | None, by: Person) -> Topic:
    """Record that the mine does something differently because of it (登记采纳), with the evidence.

    Refused without saying what changed, and without the paper that shows it.
    """
    topic = _begin("adopt", topic_id, by)
    if paper is None:
        raise Refused(_("请上传采纳证明：下发的文件、改过的规程、现场照片。"), field="file")
    if adopted_on > clock.today():
        raise Refused(_("采纳日期不能在今天以后。"), field="adopted_on")
    topic.changed = need(changed, _("请写因此改变了什么。"), field="changed", most=MOST_WORDS)
    topic.adopted_on, topic.adopted_by = adopted_on, by
    _step("adopt", topic)
    _keep(topic, by, FileKind.EVIDENCE, paper)
    _enter("adopt", topic, by, {"changed": topic.changed[:200], "adopted_on": str(adopted_on)})
    return topic


@verb
def archive(topic_id: UUID, *, remark: str = "", by: Person) -> Topic:
    """Put a finished topic away (归档). Refused for one that was not adopted without saying why not."""
    topic = _begin("archive", topic_id, by)
    words = remark.strip()[:500]
    if topic.status == Status.REVIEWED and not words:
        raise Refused(_("没有采纳就归档的，请写明为什么没有采纳。"), field="remark")
    topic.archived_at = clock.now()
    _step("archive", topic, words)
    _enter("archive", topic, by, {"remark": words})
    return topic
