"""Reading cases: which wait for whom, one with its feedbacks, which bulletins are not handed out yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from kuangdeng.hazards.accidents.rules import Status as AccidentStatus
from kuangdeng.hazards.bulletins.models import Bulletin
from kuangdeng.hazards.bulletins.rules import Status as Published
from kuangdeng.hazards.groups.models import Acknowledgement, Feedback, FeedbackPhoto, GroupAssignment, GroupCase
from kuangdeng.hazards.groups.queries.finding import clocks_of, group_ids_of, is_member
from kuangdeng.hazards.groups.rules import FLOW, Status
from kuangdeng.hazards.rules import Status as HazardStatus
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.org.api import Mine, Person, has_power, may

ENDED = Q(hazard__status=HazardStatus.CLOSED) | Q(accident__status=AccidentStatus.CLOSED)
"""The thing itself is finished: the group owes the outcome."""
DROPPED = Q(hazard__status__in=(HazardStatus.MERGED, HazardStatus.VOID)) | Q(accident__status=AccidentStatus.VOID)
"""It was none, or runs on under another number: nothing is owed any more."""
HANDED_OUT_BACK = timedelta(days=30)
"""Bulletins older than this are not handed out: a mine that begins with groups begins with what is new."""


def visible(person: Person) -> QuerySet[GroupCase]:
    """Everybody of the mine sees who answers for what: it was published to all."""
    return GroupCase.objects.filter(mine_id=person.mine_id)


def owed_from(mine_id: UUID) -> QuerySet[Any]:
    """Cases for which a group owes a word, with the moment by which: `owed_at`. The outcome's clock runs from the end
    of the thing itself; before that, the first feedback's is the case's own."""
    hours = clocks_of(mine_id)["outcome"][1]
    ended_at = Coalesce("hazard__status_since", "accident__status_since")
    after = ExpressionWrapper(ended_at + Value(timedelta(hours=hours)), output_field=DateTimeField())
    rows = GroupCase.objects.filter(mine_id=mine_id).exclude(status=Status.DONE).exclude(DROPPED)
    rows = rows.filter(Q(status=Status.WAITING) | ENDED)
    over = Case(When(ENDED, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.annotate(owed_at=Case(When(ENDED, then=after), default=F("due_at")), over=over)


def late_cases(mine_id: UUID, at: datetime) -> QuerySet[Any]:
    """Cases whose word is late."""
    return owed_from(mine_id).filter(owed_at__lt=at)


def related(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what a line or a page of a case shows."""
    return rows.select_related(
        "group__branch", "item__bulletin", "hazard__unit", "hazard__place", "hazard__grade", "accident__unit", "accident__place"
    ).defer("hazard__imported", "hazard__search_text")  # fmt: skip


@dataclass(frozen=True)
class Waiting:
    """A case that waits for this person's group."""

    case: GroupCase
    outcome: bool
    owed_at: datetime

    @property
    def late(self) -> bool:
        """Whether its moment has passed."""
        return self.owed_at < clock.now()


def waiting_for(person: Person, limit: int = 20) -> list[Waiting]:
    """What the groups of this person owe, the nearest clock first. Two statements."""
    rows = related(owed_from(person.mine_id)).filter(group_id__in=group_ids_of(person)).order_by("owed_at")
    return [Waiting(one, has_ended(one), one.owed_at) for one in rows[:limit]]


def has_ended(case: GroupCase) -> bool:
    """Whether the thing itself is finished."""
    if case.hazard is not None:
        return case.hazard.status == HazardStatus.CLOSED
    return case.accident is not None and case.accident.status == AccidentStatus.CLOSED


def was_dropped(case: GroupCase) -> bool:
    """Whether it was voided or merged into another."""
    if case.hazard is not None:
        return case.hazard.status in (HazardStatus.MERGED, HazardStatus.VOID)
    return case.accident is not None and case.accident.status == AccidentStatus.VOID


def gaps(mine_id: UUID) -> QuerySet[GroupCase]:
    """Published things that no group covers and that still matter."""
    return GroupCase.objects.filter(mine_id=mine_id, group=None).exclude(status=Status.DONE).exclude(DROPPED)


def count_gaps(mine_id: UUID) -> tuple[int, datetime | None]:
    """How many gaps there are, and since when the first of them waits. One statement."""
    found = gaps(mine_id).aggregate(n=Count("id"), since=Min("opened_at"))
    return found["n"], found["since"]


def get_case(case_id: UUID, *, by: Person) -> GroupCase:
    """One case with its feedbacks and who acknowledged them. NotVisible when there is none in this mine."""
    owed = Acknowledgement.objects.select_related("main_unit").order_by("main_unit__position", "unit_name")
    told = Feedback.objects.select_related("by").prefetch_related(Prefetch("acknowledgements", owed), "photos")
    found: GroupCase | None = one_of(
        related(visible(by)).prefetch_related(Prefetch("feedbacks", told)).filter(id=case_id)
    )
    if found is None:
        raise NotVisible
    return found


def case_of(subject_id: UUID) -> GroupCase | None:
    """The case of a hazard or an accident, with its group."""
    rows = GroupCase.objects.select_related("group__branch").filter(Q(hazard_id=subject_id) | Q(accident_id=subject_id))
    return one_of(rows)


def told_about(subject_id: UUID) -> list[Feedback]:
    """What was fed back about a hazard or an accident, the newest first."""
    rows = Feedback.objects.filter(Q(case__hazard_id=subject_id) | Q(case__accident_id=subject_id))
    return list(rows.select_related("by").prefetch_related("photos").order_by("-number"))


def may_feed_back(case: GroupCase, by: Person) -> bool:
    """The members of the group; the safety department may stand in for them."""
    return by.mine_id == case.mine_id and (may(by, "group.feed_back") or is_member(case.group_id, by))


def offered(case: GroupCase, by: Person) -> list[str]:
    """The verbs that this person may use on this case now."""
    if was_dropped(case):
        return []
    speaks, ended = may_feed_back(case, by), has_ended(case)
    able = {
        "feed_back": speaks and not ended,
        "report_outcome": speaks and ended,
        "hand_over": has_power(by, "group.hand_over"),
    }
    return [verb for verb in dict.fromkeys(FLOW.from_(case.status)) if able.get(verb)]


def not_handed_out(mine: Mine) -> list[Bulletin]:
    """Published bulletins whose lines have not found their groups, the oldest first."""
    done = GroupAssignment.objects.filter(bulletin_id=OuterRef("id"))
    rows = Bulletin.objects.filter(mine=mine, status=Published.PUBLISHED, until__gte=clock.now() - HANDED_OUT_BACK)
    return list(rows.filter(~Exists(done)).order_by("day"))


def get_photo(feedback_id: UUID, sha256: str, *, by: Person) -> FeedbackPhoto:
    """A photo of a feedback. NotVisible outside the mine."""
    rows = FeedbackPhoto.objects.filter(feedback__mine_id=by.mine_id, feedback_id=feedback_id, file_id=sha256)
    found = one_of(rows)
    if found is None:
        raise NotVisible
    return found


def photos_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a feedback shows; the sweeper keeps them."""
    return set(FeedbackPhoto.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))
