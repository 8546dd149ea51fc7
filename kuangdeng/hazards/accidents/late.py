"""Which steps of the overdue ladder have come for accidents: measures, quick reports not completed, investigations.

The ladder is the mine's own (超期阶梯), the same as for hazards. What is open of accidents is little: it is read whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from kuangdeng.hazards.accidents.models import Accident, AccidentDeadline, AccidentFiring, AccidentMeasure
from kuangdeng.hazards.accidents.rules import MEASURE_RUNNING, Stage, Status
from kuangdeng.hazards.models import LadderRule
from kuangdeng.hazards.queries.ladder import RECTIFIER, Tellers, Told, shift_tables, step_at
from kuangdeng.kernel.clock import local
from kuangdeng.org.api import Mine, Role, Timetable

WAITS_FOR: dict[str, Stage] = {
    Status.REPORTED: Stage.COMPLETE,
    Status.COMPLETED: Stage.INVESTIGATE,
    Status.INVESTIGATING: Stage.INVESTIGATE,
}
"""What an accident in this state owes next."""


@dataclass(frozen=True)
class Owed:
    """One deadline that runs: of a measure, or of the accident itself."""

    accident_id: UUID
    measure_id: UUID | None
    stage: Stage
    due_at: datetime
    unit_id: UUID | None
    imported_at: datetime | None = None


@dataclass(frozen=True)
class Due:
    """One step that has come for one deadline. `at` is when it came, not when it was noticed.

    `instead_of` are earlier steps that are taken as told with it: the paper past of an old ledger.
    """

    at: datetime
    rule: LadderRule
    owed: Owed
    guessed: bool = False
    instead_of: tuple[UUID, ...] = ()


def deadlines(mine: Mine) -> list[AccidentDeadline]:
    """The mine's table of deadlines, what holds last first."""
    return list(AccidentDeadline.objects.filter(mine=mine).order_by("stage", "-effective_from"))


def due_of_accident(accident: Accident, table: Iterable[AccidentDeadline]) -> tuple[Stage, datetime] | None:
    """What an open accident owes next and until when, by the table of the day on which it happened; None: nothing."""
    stage = WAITS_FOR.get(accident.status)
    day = local(accident.occurred_at).date()
    for row in table:
        if row.stage == stage and row.effective_from <= day and (row.effective_to is None or day <= row.effective_to):
            begin = accident.received_at if stage == Stage.COMPLETE else accident.occurred_at
            return stage, begin + timedelta(hours=row.hours)
    return None


def owed(mine: Mine) -> Iterator[Owed]:
    """Every deadline that runs in the mine."""
    table = deadlines(mine)
    for accident in Accident.objects.filter(mine=mine, status__in=list(WAITS_FOR)).select_related("import_run"):
        found = due_of_accident(accident, table)
        if found:
            run = accident.import_run
            came = (run.finished_at or run.started_at) if run else None
            yield Owed(accident.id, None, *found, accident.unit_id, came)
    rows = AccidentMeasure.objects.filter(mine=mine, status__in=sorted(MEASURE_RUNNING))
    for measure in rows:
        yield Owed(measure.accident_id, measure.id, Stage.MEASURE, measure.due_at, measure.unit_id)


def due_steps(mine: Mine, at: datetime) -> list[Due]:
    """Every step of the ladder that has come by `at` and was not told, in the order in which they came."""
    rules = list(LadderRule.objects.filter(mine=mine, active=True))
    running = list(owed(mine)) if rules else []
    if not running:
        return []
    tables = shift_tables(mine, {one.unit_id for one in running})
    told = _told({one.accident_id for one in running})
    found = []
    for one in running:
        came = [_step(rule, one, tables.get(one.unit_id)) for rule in rules]
        fresh = [step for step in came if step.at <= at and (*_key(one), step.rule.id) not in told]
        found += _without_the_paper_past(one, fresh)
    return sorted(found, key=lambda step: (step.at, step.rule.position, str(step.owed.accident_id)))


def _step(rule: LadderRule, one: Owed, table: Timetable | None) -> Due:
    came, guessed = step_at(rule, one.due_at, table)
    return Due(came, rule, one, guessed)


def _key(one: Owed) -> tuple[UUID, UUID | None, str, datetime]:
    return one.accident_id, one.measure_id, one.stage, one.due_at


def _told(accident_ids: Iterable[UUID]) -> set[tuple[object, ...]]:
    rows = AccidentFiring.objects.filter(accident_id__in=accident_ids)
    return set(rows.values_list("accident_id", "measure_id", "stage", "due_at", "rule_id"))


def _without_the_paper_past(one: Owed, steps: Sequence[Due]) -> list[Due]:
    """Of an imported old accident only the last step before the import is told."""
    when: dict[bool, list[Due]] = defaultdict(list)
    for step in sorted(steps, key=lambda step: (step.at, step.rule.position)):
        when[one.imported_at is not None and step.at < one.imported_at].append(step)
    if when[True]:
        *before, last = when[True]
        when[False].append(replace(last, instead_of=tuple(step.rule.id for step in before)))
    return when[False]


SAFETY_INSTEAD = frozenset({RECTIFIER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY})


def told_of(step: Due, accident: Accident, measure: AccidentMeasure | None, tellers: Tellers) -> Told:
    """Whom a step names: of a measure the unit's own line; of the accident who leads the investigation, and safety.

    A unit can neither complete nor investigate its accident: the first levels are the safety department's then.
    """
    roles: list[str] = list(step.rule.roles)
    if measure is not None:
        return tellers.of(roles, unit=measure.unit, person_id=measure.person_id, supervisor_id=accident.investigator_id)
    own = [RECTIFIER] if accident.investigator_id else []
    first = [*own, Role.SAFETY.value] if SAFETY_INSTEAD & set(roles) else []
    rest = [role for role in roles if role not in SAFETY_INSTEAD]
    return tellers.of([*first, *rest], unit=accident.unit, person_id=accident.investigator_id)
