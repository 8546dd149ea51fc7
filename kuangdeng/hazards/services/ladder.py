"""The overdue ladder climbs by itself (超期阶梯): each step once for each deadline."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from kuangdeng.hazards.models import Hazard, LadderFiring, LadderRule
from kuangdeng.hazards.queries import WORKING
from kuangdeng.hazards.queries.ladder import Backlog, Due, Tellers, Told, due_steps, gathered
from kuangdeng.hazards.services._steps import enter, stamp
from kuangdeng.kernel import clock
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import ImportRun, Mine


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
    told = _told(tellers, step.rule, hazard)
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


def _told(tellers: Tellers, rule: LadderRule, hazard: Hazard) -> Told:
    return tellers.of(rule.roles, unit=hazard.unit, person_id=hazard.person_id, supervisor_id=hazard.supervisor_id)


@verb
def climb_backlog(*, backlog: Backlog, tellers: Tellers) -> int:
    """Tell at once what an old ledger brought in late already (导入的旧台账超期汇总); returns how many hazards.

    Hundreds of open hazards may come in with their deadlines long past. Everybody whom one of the steps behind them
    names hears once how many of which unit, and finds them in the list; each step counts as told. Nothing happens for
    a hazard that was finished, moved by an extension or told meanwhile.
    """
    run = ImportRun.objects.get(id=backlog.import_run)
    late = _still_due(backlog.steps)
    if not late:
        return 0
    LadderFiring.objects.bulk_create(
        [
            LadderFiring(hazard=hazard, rule_id=rule_id, due_at=step.due_at, fired_at=clock.now())
            for step, hazard in late
            for rule_id in (step.rule.id, *step.instead_of)
        ],
        ignore_conflicts=True,
    )
    rules = LadderRule.objects.in_bulk({one for step, _hazard in late for one in (step.rule.id, *step.instead_of)})
    tell: dict[str, Counter[str]] = defaultdict(Counter)
    missing: set[str] = set()
    propose = []
    for step, hazard in late:
        behind = [rules[one] for one in (step.rule.id, *step.instead_of)]
        told = [_told(tellers, rule, hazard) for rule in behind]
        missing.update(role for one in told for role in one.missing)
        for person_id in {person_id for one in told for person_id in one.persons}:
            tell[str(person_id)][hazard.unit_name] += 1
        if any(rule.propose_supervision for rule in behind) and hazard.supervised_at is None:
            propose.append(hazard.id)
    Hazard.objects.filter(id__in=propose, supervision_proposed=False).update(supervision_proposed=True)
    post(
        "hazard.ladder_backlog",
        Subject("import_run", run.id, run.file_name),
        mine_id=run.mine_id,
        by=None,
        quantity=len(late),
        payload={
            "hazards": len(late),
            "units": dict(Counter(hazard.unit_name for _step, hazard in late).most_common()),
            "oldest_due": stamp(min(step.due_at for step, _hazard in late)),
            "nobody": sorted(missing),
            "proposed": len(propose),
            "tell": tell,
        },
    )
    return len(late)


def _still_due(steps: Sequence[Due]) -> list[tuple[Due, Hazard]]:
    """The hazards of these steps, locked, as far as the step still holds and nobody has told it."""
    wanted = {step.hazard_id: step for step in steps}
    rows = Hazard.objects.select_for_update(of=("self",)).select_related("unit").defer("imported", "search_text")
    rows = rows.filter(id__in=wanted).order_by("id")
    found = [(wanted[row.id], row) for row in rows if row.status in WORKING and row.due_at == wanted[row.id].due_at]
    known = set(LadderFiring.objects.filter(hazard_id__in=wanted).values_list("hazard_id", "rule_id", "due_at"))
    return [(step, row) for step, row in found if (row.id, step.rule.id, step.due_at) not in known]


def run_ladder(at: datetime | None = None, *, mines: Iterable[Mine] | None = None) -> int:
    """Tell every step that has come and was not told, in the order in which they came; returns how many were told.

    May run as often as one likes, and in two workers at once. After hours of standstill it catches up. What an old
    ledger brought in late already is told together, before the rest.
    """
    at = at or clock.now()
    told = 0
    for mine in Mine.objects.all() if mines is None else mines:
        tellers = Tellers(mine.id)
        steps, backlogs = gathered(due_steps(mine, at))
        for backlog in backlogs:
            told += climb_backlog(backlog=backlog, tellers=tellers)
        for step in steps:
            told += climb(step=step, tellers=tellers) is not None
    return told
