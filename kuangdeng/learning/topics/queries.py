"""Reading topics: what one may see, what waits for whom, what a topic has become."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.topics.models import Milestone, Topic, TopicCall, TopicFile, TopicReview
from kuangdeng.learning.topics.rules import FLOW, MAY, OWN, PRIVATE, Status
from kuangdeng.org.api import Branch, Person, has_power


def decides(person: Person) -> bool:
    """Whether this person decides on topics of the mine."""
    return has_power(person, "topic.approve")


def visible(person: Person) -> QuerySet[Topic]:
    """Everybody sees what was applied for and approved; drafts and what was declined see those who wrote or decide."""
    rows = Topic.objects.filter(mine_id=person.mine_id)
    if not decides(person):
        takes_part = Topic.members.through.objects.filter(topic_id=OuterRef("id"), person_id=person.id)
        rows = rows.filter(~Q(status__in=[*PRIVATE, Status.APPLIED]) | Q(leader=person) | Exists(takes_part))
    else:
        rows = rows.filter(~Q(status=Status.DRAFTED) | Q(leader=person) | ~Q(remark=""))
    return rows


def topics(person: Person) -> QuerySet[Topic]:
    """The list, each with how many milestones it has and how many are done or late."""
    late = Q(milestones__done_at=None, milestones__due_on__lt=clock.today())
    return visible(person).annotate(
        steps=Count("milestones"), done=Count("milestones", filter=Q(milestones__done_at__isnull=False)),
        late=Count("milestones", filter=late),
    )  # fmt: skip


def for_list(rows: QuerySet[Topic]) -> QuerySet[Topic]:
    """With what a line of the list names."""
    return rows.select_related("leader", "unit__parent", "branch")


def get_topic(topic_id: UUID, *, by: Person) -> Topic:
    """One topic with its people. NotVisible for who may not know of it."""
    rows = visible(by).select_related(
        "leader__unit", "unit__parent", "branch", "call", "approved_by", "adopted_by", "mine"
    )
    found = one_of(rows.filter(id=topic_id))
    if found is None:
        raise NotVisible
    return found


def milestones_of(topic: Topic) -> list[Milestone]:
    """The milestones in order, each with its files."""
    return list(topic.milestones.select_related("done_by").prefetch_related("files__by"))


def reviews_of(topic: Topic) -> list[TopicReview]:
    """The opinions of all rounds, the last round first."""
    return list(topic.reviews.select_related("reviewer").order_by("-round", "id"))


def files_of(topic: Topic) -> list[TopicFile]:
    """The report of each round and the evidence."""
    return list(topic.files.filter(milestone=None).select_related("by"))


def get_file(topic_id: UUID, file_id: int, *, by: Person) -> TopicFile:
    """One file of a topic that one may see. NotVisible otherwise."""
    topic = get_topic(topic_id, by=by)
    found = one_of(TopicFile.objects.select_related("file").filter(id=file_id, topic=topic))
    if found is None:
        raise NotVisible
    return found


def files_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a topic holds; the sweeper keeps them."""
    return set(TopicFile.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))


def own_review(topic: Topic, person: Person) -> TopicReview | None:
    """What this person is asked to review in the present round, and has not."""
    rows = TopicReview.objects.filter(topic=topic, round=topic.round, reviewer=person, given_at=None)
    return one_of(rows)


def open_reviews(topic: Topic) -> int:
    """How many opinions of this round are missing."""
    return TopicReview.objects.filter(topic=topic, round=topic.round, given_at=None).count()


def offered(topic: Topic, person: Person) -> list[str]:
    """The verbs that this person may use on this topic now."""
    found = []
    for verb in dict.fromkeys(FLOW.from_(topic.status)):
        if verb == "give_opinion":
            allowed = own_review(topic, person) is not None
        elif verb in OWN:
            allowed = topic.leader_id == person.id
        else:
            allowed = f"topic.{verb}" in MAY and has_power(person, f"topic.{verb}")
        if allowed:
            found.append(verb)
    return found


def calls(person: Person) -> list[TopicCall]:
    """The calls of the mine, those that are open first."""
    rows = TopicCall.objects.filter(mine_id=person.mine_id).select_related("by").annotate(n=Count("topics"))
    return list(rows.order_by("-until", "-at")[:50])


def open_calls(person: Person) -> list[TopicCall]:
    """The calls under which one may apply now."""
    return list(TopicCall.objects.filter(mine_id=person.mine_id, until__gte=clock.today()).order_by("until"))


def branch_of(person: Person) -> Branch | None:
    """The branch of the unit in which this person works, or of the one above it."""
    if person.unit is None:
        return None
    line = [person.unit.id, *reversed(person.unit.ancestors)]
    found = {one.unit_id: one for one in Branch.objects.filter(unit_id__in=line)}
    return next((found[one] for one in line if one in found), None)


def of_branch(branch: Branch, *, most: int = 6) -> list[Topic]:
    """What a branch looks into or has found, that everybody may see; the last changed first."""
    rows = Topic.objects.filter(branch=branch).exclude(status__in=[*PRIVATE, Status.APPLIED])
    return list(rows.select_related("leader").order_by("-status_since")[:most])


def shown_topics(ids: Iterable[UUID]) -> list[Topic]:
    """These topics, as far as everybody may see them."""
    rows = Topic.objects.filter(id__in=list(ids)).exclude(status__in=[*PRIVATE, Status.APPLIED])
    return list(rows.select_related("leader"))


DECISIONS = {
    Status.APPLIED: "approve", Status.REPORTED: "assign", Status.REVIEWED: "adopt", Status.ADOPTED: "archive",
}  # fmt: skip


def waiting_rows(person: Person) -> list[Part]:
    """Own drafts sent back, milestones that are near or late, opinions, decisions (see learning.waiting).

    The kind of a line is the topic's next verb; `who` holds the state in which it waits, `note` the milestone.
    """
    soon, rows = clock.today() + timedelta(days=7), Topic.objects.filter(mine_id=person.mine_id)
    asked = TopicReview.objects.filter(topic_id=OuterRef("id"), round=OuterRef("round"), reviewer=person, given_at=None)
    steps = Milestone.objects.filter(topic_id=OuterRef("id"), done_at=None, due_on__lte=soon).order_by("position")
    reviews = rows.filter(status=Status.REVIEWING).annotate(asked_by=Subquery(asked.values("due_on")[:1]))
    running = rows.filter(leader=person, status=Status.RUNNING)
    near = running.annotate(near_on=Subquery(steps.values("due_on")[:1]), near=Subquery(steps.values("title")[:1]))
    own = rows.filter(leader=person, status=Status.DRAFTED).exclude(remark="")
    due = running.filter(~Exists(steps), due_on__lte=soon)
    return [
        _line(reviews.filter(asked_by__isnull=False), "give_opinion", on="asked_by"),
        _line(near.filter(near_on__isnull=False), "finish_milestone", on="near_on", note="near"),
        _line(due, "hand_in", on="due_on"),
        _line(own, "revise"),
        *(
            _line(rows.filter(status=status), verb)
            for status, verb in DECISIONS.items()
            if has_power(person, f"topic.{verb}")
        ),
    ]


def _line(rows: QuerySet[Topic], verb: str, **facts: str) -> Part:
    return lines(rows, f"topic.{verb}", who="status", title="title", at="status_since", **facts)


def late_milestones(mine_id: UUID) -> QuerySet[Milestone]:
    """Milestones of running topics that are late and of which nobody was told today."""
    today = clock.today()
    rows = Milestone.objects.filter(topic__mine_id=mine_id, topic__status=Status.RUNNING, done_at=None)
    return rows.filter(due_on__lt=today, told_late_on=None).select_related("topic__leader")
