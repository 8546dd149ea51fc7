"""Which steps of the overdue ladder have come, found by sets: only hazards that a unit works on, by their deadline."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef

from kuangdeng.hazards.models import Hazard, LadderFiring, LadderRule
from kuangdeng.hazards.queries import WORKING
from kuangdeng.org.api import ImportRun, Mine, Person, Role, Timetable, Unit, holders, timetables

RECTIFIER = "rectifier"
"""Beside the roles: the person in charge of this hazard."""
SHIFT_WITHOUT_SCHEME = timedelta(hours=8)
"""A unit without a scheme still climbs the ladder: silence would be worse than a shift of a common length."""
LONGEST_SHIFT = timedelta(hours=24)


@dataclass(frozen=True)
class Due:
    """One step that has come for one deadline of one hazard. `at` is when it came, not when it was noticed.

    `instead_of` are earlier steps that are taken as told with it: the paper past of a hazard of `import_run`.
    """

    at: datetime
    rule: LadderRule
    hazard_id: UUID
    due_at: datetime
    guessed: bool = False
    instead_of: tuple[UUID, ...] = ()
    import_run: UUID | None = None


@dataclass(frozen=True)
class Backlog:
    """What one old ledger brought in with its steps behind it: told together, not hazard by hazard."""

    import_run: UUID
    steps: Sequence[Due]


@dataclass(frozen=True)
class Told:
    """Who is told of a step: ids by role, and the roles that nobody holds for this unit."""

    persons: Sequence[UUID]
    missing: Sequence[str] = field(default=())


def step_at(rule: LadderRule, due_at: datetime, table: Timetable | None) -> tuple[datetime, bool]:
    """When a step comes, and whether its shifts were guessed.

    Hours and days run around the clock. `+n shifts` is the n-th end of a shift after the deadline, by the unit's
    scheme on those days; `-n shifts` the n-th beginning before it.
    """
    if rule.step == LadderRule.Step.HOURS:
        return due_at + timedelta(hours=rule.amount), False
    if rule.step == LadderRule.Step.DAYS:
        return due_at + timedelta(days=rule.amount), False
    if rule.amount == 0:
        return due_at, False
    count = abs(rule.amount)
    found = []
    if table is not None:
        found = table.ends_after(due_at, count) if rule.amount > 0 else table.starts_before(due_at, count)
    if len(found) < count:
        return due_at + rule.amount * SHIFT_WITHOUT_SCHEME, True
    return found[-1], False


def due_steps(mine: Mine, at: datetime) -> list[Due]:
    """Every step of the mine's ladder that has come by `at` and was not told, in the order in which they came."""
    found: list[Due] = []
    for rule in LadderRule.objects.filter(mine=mine, active=True):
        found += _of_rule(mine, rule, at)
    return sorted(_without_the_past_of_imports(found), key=lambda one: (one.at, one.rule.position, one.hazard_id))


def _of_rule(mine: Mine, rule: LadderRule, at: datetime) -> Iterator[Due]:
    """Steps of one rule: candidates by the index on deadlines, less those told; shifts are then looked at one by one."""
    told = LadderFiring.objects.filter(hazard_id=OuterRef("id"), rule=rule, due_at=OuterRef("due_at"))
    rows = list(
        Hazard.objects.filter(mine=mine, status__in=WORKING, due_at__lte=_latest(rule, at))
        .filter(~Exists(told))
        .values_list("id", "due_at", "unit_id")
    )
    tables = shift_tables(mine, {unit_id for _id, _due, unit_id in rows}) if rule.step == LadderRule.Step.SHIFTS else {}
    for hazard_id, due_at, unit_id in rows:
        assert due_at is not None
        came, guessed = step_at(rule, due_at, tables.get(unit_id))
        if came <= at:
            yield Due(came, rule, hazard_id, due_at, guessed)


def _latest(rule: LadderRule, at: datetime) -> datetime:
    """The latest deadline whose step can have come."""
    if rule.step == LadderRule.Step.HOURS:
        return at - timedelta(hours=rule.amount)
    if rule.step == LadderRule.Step.DAYS:
        return at - timedelta(days=rule.amount)
    return at if rule.amount >= 0 else at - rule.amount * LONGEST_SHIFT


def shift_tables(mine: Mine, unit_ids: Iterable[UUID | None]) -> dict[UUID | None, Timetable]:
    """The shifts of these units, for steps that count in shifts."""
    units = list(Unit.objects.filter(id__in=[one for one in unit_ids if one]))
    return timetables(mine, units) if units else {}


def _without_the_past_of_imports(steps: list[Due]) -> list[Due]:
    """Of an imported old hazard only the last step before the import is told: its past was told on paper.

    As long as the ledger is being written nothing of it is told, so that it is told at once and not in pieces.
    """
    imported = Hazard.objects.filter(id__in={one.hazard_id for one in steps}, import_run__isnull=False)
    runs = ImportRun.objects.in_bulk(set(imported.values_list("import_run_id", flat=True)))
    came = {hazard_id: runs[run_id] for hazard_id, run_id in imported.values_list("id", "import_run_id")}
    old: dict[UUID, list[Due]] = defaultdict(list)
    kept = []
    for one in steps:
        run = came.get(one.hazard_id)
        if run is None or (run.state != ImportRun.State.WRITING and one.at >= (run.finished_at or run.started_at)):
            kept.append(one)
        elif run.state != ImportRun.State.WRITING:
            old[one.hazard_id].append(one)
    for hazard_id, past in old.items():
        *before, last = sorted(past, key=lambda one: (one.at, one.rule.position))
        kept.append(replace(last, instead_of=tuple(one.rule.id for one in before), import_run=came[hazard_id].id))
    return kept


def gathered(steps: Iterable[Due]) -> tuple[list[Due], list[Backlog]]:
    """Steps that are told one by one, and those that an old ledger brought in by the dozen."""
    single, brought = [], defaultdict(list)
    for one in steps:
        if one.import_run is None:
            single.append(one)
        else:
            brought[one.import_run].append(one)
    for run_id in [run_id for run_id, of_run in brought.items() if len(of_run) == 1]:
        single += brought.pop(run_id)
    return single, [Backlog(run_id, of_run) for run_id, of_run in brought.items()]


class Tellers:
    """Who is told, asked once per role and unit within a run."""

    def __init__(self, mine_id: UUID) -> None:
        self.mine_id = mine_id
        self._known: dict[tuple[str, UUID | None], list[UUID]] = {}

    def of(
        self, roles: Iterable[str], *, unit: Unit | None, person_id: UUID | None, supervisor_id: UUID | None = None
    ) -> Told:
        """The persons of these roles for the unit; who supervises it hears with the leaders."""
        persons: list[UUID] = []
        missing: list[str] = []
        for role in roles:
            found = [person_id] if role == RECTIFIER and person_id else self._holders(role, unit)
            if role == Role.MINE_LEADER and supervisor_id:
                found = [*found, supervisor_id]
            persons += found
            if not found:
                missing.append(role)
        return Told(list(dict.fromkeys(persons)), missing)

    def _holders(self, role: str, unit: Unit | None) -> list[UUID]:
        if role == RECTIFIER or role not in set(Role):
            return []
        key = (role, unit.id if unit else None)
        if key not in self._known:
            rows: Iterable[Person] = holders(self.mine_id, [Role(role)], unit)
            self._known[key] = sorted(person.id for person in rows)
        return self._known[key]
