"""The overdue ladder climbs for accidents too (超期阶梯): each step once for each deadline."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from kuangdeng.hazards.accidents.late import Due, deadlines, due_of_accident, due_steps, told_of
from kuangdeng.hazards.accidents.models import Accident, AccidentFiring, AccidentMeasure
from kuangdeng.hazards.accidents.rules import MEASURE_RUNNING
from kuangdeng.hazards.accidents.services._steps import enter
from kuangdeng.hazards.queries.ladder import Tellers
from kuangdeng.hazards.services._steps import stamp
from kuangdeng.kernel import clock
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Mine


@verb
def climb(*, step: Due, tellers: Tellers) -> AccidentFiring | None:
    """Tell those whom a step of the ladder names that a deadline nears or has passed (事故超期阶梯触发).

    Of a measure: the unit's line up to the mine leader. Of a quick report that nobody completes, or an investigation
    that does not end: who leads it, safety, the mine leader. Nothing happens when, since it was found, the work was
    done, the deadline has changed, or another worker has told it.
    """
    owed = step.owed
    rows = Accident.objects.select_for_update(of=("self",)).select_related("mine", "unit", "place", "level")
    accident = rows.get(id=owed.accident_id)
    measure = AccidentMeasure.objects.select_related("unit").get(id=owed.measure_id) if owed.measure_id else None
    if not _still(step, accident, measure):
        return None
    firing, created = _fire(step, step.rule.id)
    if not created:
        return None
    for rule_id in step.instead_of:
        _fire(step, rule_id)
    told = told_of(step, accident, measure, tellers)
    enter(
        "ladder",
        accident,
        None,
        measure=measure,
        occurred_at=step.at,
        payload={
            "rule": str(step.rule.id),
            "step": step.rule.name,
            "stage": str(owed.stage),
            "due_at": stamp(owed.due_at),
            "tell": [str(one) for one in told.persons],
            "nobody": list(told.missing),
            "guessed_shifts": step.guessed,
            **({"measure": measure.text, "measure_id": str(measure.id)} if measure else {}),
        },
        source_key=f"accident.ladder:{owed.measure_id or accident.id}:{owed.stage}:{step.rule.id}:{owed.due_at.timestamp():.0f}",
    )
    return firing


def _fire(step: Due, rule_id: UUID) -> tuple[AccidentFiring, bool]:
    owed = step.owed
    return AccidentFiring.objects.get_or_create(
        accident_id=owed.accident_id, measure_id=owed.measure_id, stage=owed.stage, rule_id=rule_id, due_at=owed.due_at,
        defaults={"fired_at": clock.now()},
    )  # fmt: skip


def _still(step: Due, accident: Accident, measure: AccidentMeasure | None) -> bool:
    """Whether this deadline runs as it did when the step was found."""
    if measure is not None:
        return measure.status in MEASURE_RUNNING and measure.due_at == step.owed.due_at
    return due_of_accident(accident, deadlines(accident.mine)) == (step.owed.stage, step.owed.due_at)


def run_ladder(at: datetime | None = None, *, mines: Iterable[Mine] | None = None) -> int:
    """Tell every step that has come and was not told, in the order in which they came; returns how many were told.

    May run as often as one likes, and in two workers at once. After a standstill it catches up.
    """
    at = at or clock.now()
    told = 0
    for mine in Mine.objects.all() if mines is None else mines:
        tellers = Tellers(mine.id)
        for step in due_steps(mine, at):
            told += climb(step=step, tellers=tellers) is not None
    return told
