"""Reading the ledger and the inbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.ledger.models import (
    Channel,
    Delivery,
    Entry,
    EscalationRule,
    FeedProblem,
    Habit,
    Notice,
    Seal,
    Subscription,
)
from kuangdeng.ledger.plans import default_pace
from kuangdeng.ledger.routes import TOPICS, Topic
from kuangdeng.ledger.rules import PERSONAL, Pace


def entries(mine_id: UUID, *, units: Sequence[UUID] | None = None, person_id: UUID | None = None) -> QuerySet[Entry]:
    """The mine's ledger lines; with `units` only theirs, and what `person_id` did himself."""
    found = Entry.objects.filter(mine_id=mine_id)
    if units is None:
        return found
    return found.filter(Q(unit_id__in=list(units)) | Q(by_id=person_id))


def get_entry(seen: QuerySet[Entry], entry_id: UUID) -> Entry:
    """One line out of those that somebody may see. NotVisible when it is none of them."""
    entry = seen.select_related("seal", "reverses", "reversed_by").filter(id=entry_id).first()
    if entry is None:
        raise NotVisible
    return entry


def seal_of(entry: Entry) -> Seal | None:
    """The entry's place in the chain; None as long as it is younger than the last pulse."""
    return getattr(entry, "seal", None)


def about(entry: Entry, seen: QuerySet[Entry], *, most: int = 50) -> list[Entry]:
    """The other lines about the same thing, from the first on."""
    same = seen.filter(subject_kind=entry.subject_kind, subject_id=entry.subject_id).exclude(id=entry.id)
    return list(same.order_by("id")[:most])


# Inbox --------------------------------------------------------------------------------------------------------------


def inbox(person_id: UUID) -> QuerySet[Notice]:
    """A person's notices."""
    return Notice.objects.filter(person_id=person_id).select_related("entry")


def newest(mine_id: UUID) -> UUID | None:
    """The newest entry of the mine. As long as it stays the same, nothing has happened there."""
    return Entry.objects.filter(mine_id=mine_id).order_by("-received_at", "-id").values_list("id", flat=True).first()


def unread(person_id: UUID) -> int:
    """How many notices he has neither read nor done."""
    return Notice.objects.filter(person_id=person_id, read_at=None, acted_at=None).count()


def to_do(person_id: UUID) -> QuerySet[Notice]:
    """Notices that still ask this person to do something."""
    return Notice.objects.filter(person_id=person_id, must_act=True, acted_at=None)


@dataclass(frozen=True)
class Wish:
    """A topic over the channels: what holds, and whether somebody chose it so."""

    topic: Topic
    paces: Mapping[str, str]
    chosen: frozenset[str]

    @property
    def inbox(self) -> bool:
        """Whether it comes into the inbox."""
        return self.paces["inbox"] != Pace.NONE

    @property
    def inbox_chosen(self) -> bool:
        """Whether somebody chose that."""
        return "inbox" in self.chosen


def wishes(mine_id: UUID, *, role: str = "", person_id: UUID | None = None) -> list[Wish]:
    """What a role, or a person, gets told and how: own choices, else what the topic itself says."""
    rows = Subscription.objects.filter(mine_id=mine_id, role=role, person_id=person_id)
    chosen = {(row.topic, row.channel): row.pace if row.wanted else Pace.NONE for row in rows}
    return [
        Wish(
            topic,
            {one: chosen.get((topic.code, one), default_pace(topic, one)) for one in ("inbox", *PERSONAL)},
            frozenset(one for one in ("inbox", *PERSONAL) if (topic.code, one) in chosen),
        )
        for topic in TOPICS.values()
    ]


def habit_of(mine_id: UUID, person_id: UUID | None = None) -> Habit:
    """When this person, or the mine, does not want to be disturbed; the mine's own for who has said nothing."""
    rows = {row.person_id: row for row in Habit.objects.filter(mine_id=mine_id).filter(_of(person_id))}
    return rows.get(person_id) or rows.get(None) or Habit(mine_id=mine_id)


def _of(person_id: UUID | None) -> Q:
    return Q(person_id=None) | Q(person_id=person_id) if person_id else Q(person_id=None)


# Channels -----------------------------------------------------------------------------------------------------------


def channels(mine_id: UUID) -> QuerySet[Channel]:
    """The channels of a mine that are not removed."""
    return Channel.objects.filter(mine_id=mine_id, removed_at=None)


def escalation_rules(mine_id: UUID) -> QuerySet[EscalationRule]:
    """The mine's rules of climbing, the quickest first."""
    return EscalationRule.objects.filter(mine_id=mine_id, removed_at=None).order_by("topic", "kind", "hours")


# What went wrong ----------------------------------------------------------------------------------------------------


def dead_letters(mine_id: UUID) -> QuerySet[Delivery]:
    """Messages that were given up."""
    return Delivery.objects.filter(state=Delivery.State.DEAD, mine_id=mine_id).select_related("notice", "via")


def waiting_letters(mine_id: UUID) -> int:
    """Messages that are due and still wait to be sent; what waits for its digest or a quiet night is not late."""
    return Delivery.objects.filter(
        Q(state=Delivery.State.SENDING) | Q(state=Delivery.State.WAITING, tries__gt=0)
        | Q(state=Delivery.State.WAITING, next_try_at__lte=now()),
        mine_id=mine_id,
    ).count()  # fmt: skip


def feed_problems(mine_id: UUID) -> QuerySet[FeedProblem]:
    """Entries that a reader of the feed could not take, open and given up."""
    return FeedProblem.objects.filter(mine_id=mine_id).select_related("entry").order_by("-id")


def given_up() -> int:
    """How many entries readers of the feed gave up, over all mines: each needs a person."""
    return FeedProblem.objects.exclude(given_up_at=None).count()
