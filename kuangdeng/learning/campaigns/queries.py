"""Reading campaigns: the wall of days × branches, who is behind, one's own days."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)  # fmt: skip
from django.db.models.functions import Cast

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.campaigns import rules
from kuangdeng.learning.campaigns.models import Campaign, CampaignDay, DayDone, Participant
from kuangdeng.learning.campaigns.rules import Status
from kuangdeng.learning.study.api import branches_by_unit, in_order
from kuangdeng.org.api import Person, may, reach

OTHERS = ""
"""The name of those whose unit has no branch."""


def visible(person: Person) -> QuerySet[Campaign]:
    """Campaigns that run or ran, for everybody of the mine; what is being prepared, for who prepares it."""
    rows = Campaign.objects.filter(mine_id=person.mine_id).select_related("unit", "made_by")
    limits = reach(person, "campaign.plan")
    if limits is None:
        return rows
    own = Exists(Participant.objects.filter(campaign_id=OuterRef("id"), person=person))
    return rows.filter(Q(made_by=person) | Q(unit_id__in=limits) | ~Q(status=Status.DRAFT) & (Q(unit=None) | Q(own)))


def get_campaign(campaign_id: UUID, *, by: Person) -> Campaign:
    """A campaign that the person may know of. NotVisible otherwise."""
    found = one_of(visible(by).filter(id=campaign_id).select_related("unit", "made_by", "mine", "summed_up_by"))
    if found is None:
        raise NotVisible
    return found


def on_walls(mine_id: UUID) -> list[Campaign]:
    """The campaigns of the whole mine that run and have begun, for the wall screens; the last begun first."""
    rows = Campaign.objects.filter(mine_id=mine_id, unit=None, status=Status.RUNNING, starts_on__lte=clock.today())
    return list(rows.order_by("-starts_on", "-id"))


def runs(campaign: Campaign, person: Person) -> bool:
    """Whether this person plans and sums up the campaign."""
    return campaign.made_by_id == person.id or may(person, "campaign.plan", campaign.unit)


def day_now(campaign: Campaign) -> int:
    """Which day it is today: 0 before the first, the last one ever after."""
    if campaign.status in (Status.DRAFT, Status.CANCELLED):
        return 0
    return rules.number_on(campaign.starts_on, clock.today(), campaign.days)


def is_over(campaign: Campaign) -> bool:
    """Whether the last day has passed."""
    return clock.today() > rules.day_on(campaign.starts_on, campaign.days)


def plan_of(campaign_id: UUID) -> list[CampaignDay]:
    """The days of the plan in order."""
    return list(CampaignDay.objects.select_related("session").filter(campaign_id=campaign_id))


def get_day(campaign: Campaign, number: int) -> CampaignDay:
    """One day of the plan. NotVisible when there is none."""
    found = one_of(CampaignDay.objects.select_related("session").filter(campaign=campaign, number=number))
    if found is None:
        raise NotVisible
    return found


def files_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a day shows; the sweeper keeps them."""
    return set(CampaignDay.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True).distinct())


# One's own --------------------------------------------------------------------------------------------------------------


def part_of(campaign_id: UUID, person: Person) -> Participant | None:
    """The person's own part; None when he takes none."""
    return one_of(Participant.objects.filter(campaign_id=campaign_id, person=person, left_on=None))


def done_by(participant: Participant) -> dict[int, DayDone]:
    """The days that somebody has done, by number."""
    return {one.number: one for one in DayDone.objects.filter(participant=participant)}


def owed(plan: Iterable[CampaignDay], done: Iterable[int], first: int, today: int) -> list[CampaignDay]:
    """The days up to today that are not done yet, the oldest first; those before he joined and of rest are not owed."""
    there = set(done)
    return [one for one in plan if first <= one.number <= today and not one.rest and one.number not in there]


def first_day_of(campaign: Campaign, participant: Participant) -> int:
    """The first day that somebody owes: that on which he joined, or the first."""
    return max(1, (participant.joined_on - campaign.starts_on).days + 1)


def waiting_rows(person: Person) -> list[Part]:
    """The running campaigns in which this person has open days, with how many (see learning.waiting)."""
    today = Cast(Value(clock.today()), DateField())
    parts = Participant.objects.filter(
        person=person, left_on=None, campaign__status=Status.RUNNING, campaign__starts_on__lte=clock.today()
    ).annotate(
        now=_days(today, F("campaign__starts_on")) + 1, first=_days(F("joined_on"), F("campaign__starts_on")) + 1
    )
    done = DayDone.objects.filter(participant_id=OuterRef(OuterRef("id")), number=OuterRef("number"))
    open_days = CampaignDay.objects.filter(
        ~Exists(done), campaign_id=OuterRef("campaign_id"), rest=False, number__lte=OuterRef("now"),
        number__gte=OuterRef("first"),
    )  # fmt: skip
    counted = open_days.order_by().values("campaign_id").annotate(n=Count("id")).values("n")
    rows = parts.annotate(open_days=Subquery(counted)).filter(open_days__gt=0)
    return [lines(rows, "campaign", "campaign_id", title="campaign__title", number="open_days")]


def _days(later: Any, earlier: Any) -> Any:
    """The days between two dates, as the database counts them."""
    return Func(later, earlier, template="(%(expressions)s)", arg_joiner=" - ", output_field=IntegerField())


# The wall ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cell:
    """One branch on one day: how many did it of how many, how many of them later."""

    number: int
    day: date
    done: int
    expected: int
    later: int
    rest: bool
    future: bool

    @property
    def level(self) -> str:
        """The class of the cell on the wall."""
        if self.rest:
            return "rest"
        return "future" if self.future else f"l{rules.level(self.done, self.expected)}"


@dataclass(frozen=True)
class BranchRow:
    """One branch on the wall."""

    name: str
    people: int
    cells: list[Cell]
    done: int
    owed: int
    later: int

    @property
    def rate(self) -> int | None:
        """Done of what was asked for up to today, in percent, rounded down: 100 is everybody, every day."""
        return 100 * self.done // self.owed if self.owed else None


@dataclass(frozen=True)
class Wall:
    """The whole wall: branches by name, and the mine as a whole."""

    rows: list[BranchRow] = field(default_factory=list)
    whole: BranchRow | None = None
    today: int = 0


def wall(campaign: Campaign, plan: list[CampaignDay] | None = None) -> Wall:
    """Days × branches (百日墙). A fixed number of statements; counted in the database by unit and day."""
    plan = plan_of(campaign.id) if plan is None else plan
    today = day_now(campaign)
    branch_of = branches_by_unit(campaign.mine_id)
    joined: dict[str, Counter[int]] = defaultdict(Counter)
    people: Counter[str] = Counter()
    rows = Participant.objects.filter(campaign=campaign, left_on=None)
    for unit_id, joined_on, count in rows.values_list("unit_id", "joined_on").annotate(n=Count("id")):
        name = branch_of.get(unit_id, OTHERS)
        joined[name][max(1, (joined_on - campaign.starts_on).days + 1)] += count
        people[name] += count
    done: dict[str, Counter[tuple[int, bool]]] = defaultdict(Counter)
    marks = DayDone.objects.filter(participant__campaign=campaign, participant__left_on=None).order_by()
    for unit_id, number, later, count in marks.values_list("participant__unit_id", "number", "caught_up").annotate(
        n=Count("id")
    ):
        done[branch_of.get(unit_id, OTHERS)][number, later] += count
    lines = [_row(campaign, name, plan, joined[name], done[name], today) for name in in_order(people, branch_of)]
    all_joined, all_done = sum(joined.values(), Counter()), sum(done.values(), Counter())
    return Wall(lines, _row(campaign, "", plan, all_joined, all_done, today), today)


def _row(
    campaign: Campaign,
    name: str,
    plan: list[CampaignDay],
    joined: Counter[int],
    done: Counter[tuple[int, bool]],
    today: int,
) -> BranchRow:
    cells = []
    for day in plan:
        expected = sum(count for first, count in joined.items() if first <= day.number)
        on_time, later = done[day.number, False], done[day.number, True]
        on = rules.day_on(campaign.starts_on, day.number)
        cells.append(Cell(day.number, on, on_time + later, expected, later, day.rest, day.number > today))
    counted = [one for one in cells if not one.rest and not one.future]
    return BranchRow(
        name, sum(joined.values()), cells, sum(min(one.done, one.expected) for one in counted),
        sum(one.expected for one in counted), sum(one.later for one in counted),
    )  # fmt: skip


# Persons ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PersonRow:
    """One who takes part: each of his days, and how far he is behind."""

    person: Person
    branch: str
    marks: list[tuple[int, str]]
    done: int
    later: int
    missed: int


def persons(campaign: Campaign, *, by: Person, branch: str | None = None) -> list[PersonRow]:
    """Everybody who takes part, as far as the person may see names, who is most behind first."""
    limits = reach(by, "campaign.see_names")
    rows = Participant.objects.select_related("person", "unit").filter(campaign=campaign, left_on=None)
    if limits is not None:
        rows = rows.filter(Q(unit_id__in=limits) | Q(person=by))
    branch_of = branches_by_unit(campaign.mine_id)
    parts = [one for one in rows if branch is None or branch_of.get(one.unit_id, OTHERS) == branch]
    plan, today = plan_of(campaign.id), day_now(campaign)
    done: dict[UUID, dict[int, bool]] = defaultdict(dict)
    for part_id, number, later in DayDone.objects.filter(participant__in=parts).values_list(
        "participant_id", "number", "caught_up"
    ):
        done[part_id][number] = later
    found = [person_row(campaign, one, plan, done[one.id], today, branch_of.get(one.unit_id, OTHERS)) for one in parts]
    return sorted(found, key=lambda row: (-row.missed, row.branch, row.person.pinyin, row.person.number))


def person_row(
    campaign: Campaign,
    part: Participant,
    plan: list[CampaignDay],
    done: Mapping[int, bool],
    today: int,
    branch: str = "",
) -> PersonRow:
    """One person's days, marked: done, later, missed, today, to come, rest."""
    first = first_day_of(campaign, part)
    missed = {one.number for one in owed(plan, done, first, today)}
    if today in missed and not is_over(campaign):
        missed.discard(today)  # the day is not over
    marks = [(day.number, _mark(day, done, missed, first, today)) for day in plan]
    return PersonRow(part.person, branch, marks, len(done), sum(done.values()), len(missed))


def _mark(day: CampaignDay, done: Mapping[int, bool], missed: set[int], first: int, today: int) -> str:
    if day.number in done:
        return "later" if done[day.number] else "done"
    if day.rest or day.number < first:
        return "rest"
    return "missed" if day.number in missed else "future" if day.number > today else "today"


def to_remind(mine_id: UUID) -> list[tuple[Campaign, int]]:
    """The running campaigns whose day of today is one of work, with its number."""
    found = []
    for campaign in Campaign.objects.filter(mine_id=mine_id, status=Status.RUNNING, starts_on__lte=clock.today()):
        if not is_over(campaign):
            number = day_now(campaign)
            if CampaignDay.objects.filter(campaign=campaign, number=number, rest=False).exists():
                found.append((campaign, number))
    return found


def not_done(campaign_id: UUID, number: int) -> QuerySet[Person]:
    """Who takes part and has not done this day."""
    done = DayDone.objects.filter(participant_id=OuterRef("id"), number=number)
    parts = Participant.objects.filter(campaign_id=campaign_id, left_on=None).filter(~Exists(done))
    return Person.objects.filter(is_active=True, id__in=parts.values("person_id"))
