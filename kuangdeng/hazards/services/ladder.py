"""The overdue ladder climbs by itself (超期阶梯): each step once for each deadline."""

from collections.abc import Iterable
from datetime import datetime

from kuangdeng.hazards.models import Hazard, LadderFiring
from kuangdeng.hazards.queries import WORKING
from kuangdeng.hazards.queries.ladder import Due, Tellers, due_steps
from kuangdeng.hazards.services._steps import enter, stamp
from kuangdeng.kernel import clock
from kuangdeng.kernel.verbs import verb
from kuangdeng.org.api import Mine


@verb
def climb(*, step: Due, tellers: Tellers) -> LadderFiring | None:
    """Tell those whom a step of the ladder names that a deadline nears or has passed (超期阶梯触发).

    The system does this by itself; the ledger line says when the step came and names the persons to be told, so that
    each of them gets a notice. Nothing happens when, since it was found, the unit has finished, the deadline was
    moved by an extension, or another worker has told it: a step is told once for each deadline.
    """
    hazard = Hazard.objects.select_for_update(of=("self",)).select_related("unit", "place").get(id=step.hazard_id)
    if hazard.status not in WORKING or hazard.due_at != step.due_at:
        return None
    firing, created = LadderFiring.objects.get_or_create(
        hazard=hazard, rule=step.rule, due_at=step.due_at, defaults={"fired_at": clock.now()}
    )
    if not created:
        return None
    LadderFiring.objects.bulk_create(
        [LadderFiring(hazard=hazard, rule_id=rule_id, due_at=step.due_at) for rule_id in step.instead_of],
        ignore_conflicts=True,
    )
    told = tellers.of(step.rule, hazard)
    propose = step.rule.propose_supervision and hazard.supervised_at is None
    if propose and not hazard.supervision_proposed:
        hazard.supervision_proposed = True
        hazard.save(update_fields=["supervision_proposed"])
    enter(
        "ladder",
        hazard,
        None,
        occurred_at=step.at,
        payload={
            "rule": str(step.rule.id),
            "step": step.rule.name,
            "due_at": stamp(step.due_at),
            "tell": [str(one) for one in told.persons],
            "nobody": list(told.missing),
            "propose_supervision": propose,
            "guessed_shifts": step.guessed,
        },
        source_key=f"hazard.ladder:{hazard.id}:{step.rule.id}:{step.due_at.timestamp():.0f}",
    )
    return firing


def run_ladder(at: datetime | None = None, *, mines: Iterable[Mine] | None = None) -> int:
    """Tell every step that has come and was not told, in the order in which they came; returns how many were told.

    May run as often as one likes, and in two workers at once. After hours of standstill it catches up.
    """
    at = at or clock.now()
    told = 0
    for mine in Mine.objects.all() if mines is None else mines:
        tellers = Tellers(mine.id)
        for step in due_steps(mine, at):
            told += climb(step=step, tellers=tellers) is not None
    return told
