"""Reading inspections: which took place, and where a plan has gaps."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Hazard, Round, RoundPlan
from kuangdeng.hazards.queries import scope, visible
from kuangdeng.hazards.rules import period_of, periods
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Mine, Person, Place, Role, Unit, granted, places_below, timetables

BACK = {"month": 365, "half_month": 92, "ten_days": 61, "week": 56, "day": 14, "shift": 3}
"""How many days the coverage of a plan shows when nobody asks for others."""
LONGEST = 400


def rounds(person: Person) -> QuerySet[Round]:
    """The inspections that this person may know of: the mine's, or his unit's and those he took part in."""
    rows = Round.objects.filter(mine_id=person.mine_id)
    units = scope(person)
    if units is None:
        return rows
    return rows.filter(
        Q(unit_id__in=units) | Q(led_by=person) | Q(recorded_by=person) | Q(id__in=person.rounds_joined.values("id"))
    )


def with_register_facts(rows: QuerySet[Round]) -> QuerySet[Round]:
    """What the register shows of each inspection; asked only for the rows of a page."""
    return (
        rows.select_related("plan", "unit", "led_by")
        .prefetch_related("places", "members")
        .annotate(found=Count("hazards", distinct=True))
    )


def get_round(round_id: UUID, *, by: Person) -> Round:
    """One inspection. NotVisible when there is none that this person may know of."""
    row = with_register_facts(rounds(by)).filter(id=round_id).first()
    if row is None:
        raise NotVisible
    return row


def hazards_of(row: Round, *, by: Person) -> QuerySet[Hazard]:
    """What was found in an inspection, as far as this person may see it."""
    return visible(by).filter(round=row).select_related("grade", "place", "unit").order_by("received_at")


def plans(mine_id: UUID, *, active_only: bool = True) -> QuerySet[RoundPlan]:
    """The inspection plans of the mine."""
    rows = RoundPlan.objects.filter(mine_id=mine_id).select_related("unit").order_by("name")
    return rows.filter(active=True) if active_only else rows


def plans_for(person: Person) -> list[RoundPlan]:
    """The plans under which this person may record: those of his roles first."""
    from kuangdeng.org.api import roles_of

    held = {str(one.role) for one in roles_of(person)}
    return sorted(plans(person.mine_id), key=lambda plan: (plan.role not in held, plan.name))


# Coverage -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """One period in which somebody owes an inspection."""

    label: str
    start: datetime
    end: datetime
    running: bool = False


@dataclass(frozen=True)
class Cell:
    """What became of one period: how many inspections there were."""

    period: Owed
    count: int

    @property
    def gap(self) -> bool:
        """Nobody inspected, and the period is over."""
        return self.count == 0 and not self.period.running


@dataclass(frozen=True)
class Line:
    """One who owes: a person, or a unit of which anybody may go."""

    name: str
    cells: Sequence[Cell]

    @property
    def owed(self) -> int:
        """Periods that count: those that are over, and the running one once it is done."""
        return sum(1 for cell in self.cells if cell.count or not cell.period.running)

    @property
    def done(self) -> int:
        """Periods with an inspection."""
        return sum(1 for cell in self.cells if cell.count)

    @property
    def gaps(self) -> list[str]:
        """The periods without one, in words."""
        return [cell.period.label for cell in self.cells if cell.gap]

    @property
    def words(self) -> str:
        """The gaps as a sentence; empty when there are none."""
        if not self.gaps:
            return ""
        shown = "、".join(self.gaps[:6]) + (_("等 %(n)s 次") % {"n": len(self.gaps)} if len(self.gaps) > 6 else "")
        return _("%(name)s：%(shown)s没有登记检查。") % {"name": self.name, "shown": shown}


@dataclass(frozen=True)
class Coverage:
    """A plan over a stretch of time: who owed what, and what was done."""

    plan: RoundPlan
    first: date
    last: date
    lines: Sequence[Line]
    rule: str

    @property
    def owed(self) -> int:
        """All that was owed."""
        return sum(line.owed for line in self.lines)

    @property
    def done(self) -> int:
        """All that was done."""
        return sum(line.done for line in self.lines)

    @property
    def gaps(self) -> list[str]:
        """Every gap, in words, one sentence for each who owes."""
        return [line.words for line in self.lines if line.words]

    @property
    def percent(self) -> int | None:
        """Done of owed; None when nothing was owed."""
        return round(100 * self.done / self.owed) if self.owed else None


def get_plan(plan_id: UUID, *, by: Person) -> RoundPlan:
    """One plan of the person's mine. NotVisible when there is none."""
    plan = RoundPlan.objects.select_related("unit", "mine").filter(id=plan_id, mine_id=by.mine_id).first()
    if plan is None:
        raise NotVisible
    return plan


def coverage(plan: RoundPlan, *, first: date | None = None, last: date | None = None) -> Coverage:
    """Who inspected in which period, and where the gaps are.

    Leaders, safety and group staff owe each for himself. A unit owes as a unit: anybody of it may go. Of a team's
    shifts the whole unit owes one inspection for each shift that is worked, because which team works which shift is
    the unit's own roster.
    """
    last = min(last or clock.today(), clock.today())
    first = max(first or last - timedelta(days=BACK.get(plan.every, 14)), last - timedelta(days=LONGEST))
    persons = _holders(plan)
    by_unit = plan.role in (Role.UNIT_HEAD, Role.TEAM_LEADER, Role.BRANCH_SECRETARY, Role.MINER)
    units = _main_units({person.unit for person in persons if person.unit}) if by_unit else []
    owed = _owed_of(plan, units, first, last)
    done = Done(plan, owed)
    lines: list[Line] = []
    if by_unit:
        for unit in units:
            cells = [Cell(one, done(None, unit, one)) for one in owed[unit.id]]
            lines.append(Line(unit.name, cells))
        rule = _("按单位算：这个单位有人查过就算。")
    else:
        for person in persons:
            cells = [Cell(one, done(person, None, one)) for one in owed[None]]
            lines.append(Line(person.name, cells))
        rule = _("按人算：本人带队或参加都算。")
    return Coverage(plan, first, last, lines, rule)


def _holders(plan: RoundPlan) -> list[Person]:
    """Who owes by this plan: the holders of its role, in its posts when anybody is in one, of its unit if it names one."""
    persons = granted(plan.mine_id, Role(plan.role), plan.unit)
    posts = {post.strip() for post in plan.posts.replace("，", "、").split("、") if post.strip()}
    return [person for person in persons if person.post in posts] or persons


def _main_units(units: Iterable[Unit]) -> list[Unit]:
    """The units themselves; for teams the unit above."""
    found = {unit.parent if unit.kind == Unit.Kind.TEAM and unit.parent else unit for unit in units}
    return sorted(found, key=lambda unit: (unit.position, unit.name))


def _owed_of(plan: RoundPlan, units: Sequence[Unit], first: date, last: date) -> dict[UUID | None, list[Owed]]:
    """The periods for each unit, or for everybody (None)."""
    now = clock.now()
    mine: Mine = plan.mine
    keys: list[Unit | None] = [*units] or [None]
    if plan.every == RoundPlan.Every.SHIFT:
        tables = timetables(mine, keys)
        found = {}
        for key, table in tables.items():
            spans = [span for span in table.spans_between(first, last) if span.start <= now]
            found[key] = [
                Owed(f"{period_of('day', span.day).label}{span.name}", span.start, span.end, span.end > now)
                for span in spans
            ]
        return found
    tz = ZoneInfo(mine.timezone)
    same = []
    for span in periods(plan.every, first, last):
        start = datetime.combine(span.first, datetime.min.time(), tzinfo=tz)
        end = datetime.combine(span.last + timedelta(days=1), datetime.min.time(), tzinfo=tz)
        if start <= now:
            same.append(Owed(span.label, start, end, end > now))
    return {unit.id if unit else None: same for unit in keys}


class Done:
    """How many inspections of the plan somebody did in a period, with two statements for all of them."""

    def __init__(self, plan: RoundPlan, owed: dict[UUID | None, list[Owed]]) -> None:
        spans = [one for rows in owed.values() for one in rows]
        self._by_person: dict[UUID, list[datetime]] = defaultdict(list)
        self._by_unit: dict[UUID, list[datetime]] = defaultdict(list)
        if not spans:
            return
        rows = (
            Round.objects.filter(
                plan=plan, started_at__gte=min(one.start for one in spans), started_at__lt=max(one.end for one in spans)
            )
            .select_related("unit", "led_by")
            .prefetch_related("members")
        )
        for row in rows:
            for person in {row.led_by, *row.members.all()}:
                self._by_person[person.id].append(row.started_at)
            if row.unit is not None:
                main = row.unit.parent_id if row.unit.kind == Unit.Kind.TEAM and row.unit.parent_id else row.unit.id
                self._by_unit[main].append(row.started_at)

    def __call__(self, person: Person | None, unit: Unit | None, period: Owed) -> int:
        times = self._by_person[person.id] if person else self._by_unit[unit.id] if unit else []
        return sum(1 for at in times if period.start <= at < period.end)


def at_place(rounds: QuerySet[Round], place: Place) -> QuerySet[Round]:
    """Those of the inspections that went to this place or to anything below it."""
    there = places_below(place, closed=True).values("id")
    return rounds.filter(id__in=Round.places.through.objects.filter(place_id__in=there).values("round_id"))
