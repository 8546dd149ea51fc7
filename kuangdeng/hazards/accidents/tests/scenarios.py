"""The moment before each verb of accidents, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.hazards.accidents import services
from kuangdeng.hazards.accidents.late import due_steps
from kuangdeng.hazards.accidents.ledgers import Draft
from kuangdeng.hazards.accidents.models import Casualty
from kuangdeng.hazards.accidents.rules import Kind, MeasureStatus, Severity, Status
from kuangdeng.hazards.accidents.services import ladder
from kuangdeng.hazards.accidents.testkit import (
    NEAR_MISS,
    accident_in,
    all_points,
    completion,
    level,
    measure_in,
    quick,
)
from kuangdeng.hazards.models import LadderRule
from kuangdeng.hazards.queries.ladder import Tellers
from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import now
from kuangdeng.org.api import ImportRun
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def report(cast: Cast) -> Run:
    hurt = (services.Hurt(person=cast.miner, severity=Severity.SERIOUS),)
    data = services.QuickReport(text="王铁柱被矸石砸伤", kind=Kind.INJURY, hurt=hurt, stopped_area="迎头停工")
    return lambda: services.report(data=data, by=cast.team_leader)


def complete(cast: Cast) -> Run:
    accident = quick(cast)
    data = completion(cast, accident, text="链条突然转动，把手挤伤")
    return lambda: services.complete(accident.id, data=data, by=cast.safety)


def record_casualty(cast: Cast) -> Run:
    accident = quick(cast)
    hurt = services.Hurt(name="李四", severity=Severity.MINOR)
    return lambda: services.record_casualty(accident.id, hurt=hurt, by=cast.safety)


def remove_casualty(cast: Cast) -> Run:
    accident = quick(cast)
    row = Casualty.objects.get(accident=accident)
    return lambda: services.remove_casualty(accident.id, casualty_id=row.id, reason="登记错了人", by=cast.safety)


def correct_level(cast: Cast) -> Run:
    accident = accident_in(Status.COMPLETED, cast)
    row = level(cast, "一般事故")
    return lambda: services.correct_level(accident.id, level=row, reason="医院诊断为重伤", by=cast.safety)


def open_investigation(cast: Cast) -> Run:
    accident = accident_in(Status.COMPLETED, cast)
    return lambda: services.open_investigation(accident.id, investigator=cast.mine_leader, team="三人", by=cast.safety)


def tick(cast: Cast) -> Run:
    accident = accident_in(Status.INVESTIGATING, cast)
    return lambda: services.tick(accident.id, point="cause", evidence="原因分析会纪要", by=cast.safety)


def untick(cast: Cast) -> Run:
    accident = accident_in(Status.INVESTIGATING, cast)
    services.tick(accident.id, point="cause", evidence="原因分析会纪要", by=cast.safety)
    return lambda: services.untick(accident.id, point="cause", reason="结论没有签字", by=cast.safety)


def order_measure(cast: Cast) -> Run:
    accident = accident_in(Status.INVESTIGATING, cast)
    due = now() + timedelta(days=2)
    return lambda: services.order_measure(
        accident.id, unit=cast.units["electric"], text="检修前停电闭锁", due_at=due, by=cast.safety
    )


def sign_measure(cast: Cast) -> Run:
    measure = measure_in(MeasureStatus.ORDERED, cast)
    return lambda: services.sign_measure(measure.id, by=cast.unit_head)


def finish_measure(cast: Cast) -> Run:
    measure = measure_in(MeasureStatus.WORKING, cast)
    return lambda: services.finish_measure(measure.id, words="已落实", by=cast.unit_head)


def accept_measure(cast: Cast) -> Run:
    measure = measure_in(MeasureStatus.DONE, cast)
    return lambda: services.accept_measure(measure.id, words="合格", by=cast.safety)


def reject_measure(cast: Cast) -> Run:
    measure = measure_in(MeasureStatus.DONE, cast)
    return lambda: services.reject_measure(measure.id, reason="有两台没有挂牌", by=cast.safety)


def withdraw_measure(cast: Cast) -> Run:
    measure = measure_in(MeasureStatus.WORKING, cast)
    return lambda: services.withdraw_measure(measure.id, reason="换成另一条措施", by=cast.safety)


def close(cast: Cast) -> Run:
    accident = accident_in(Status.INVESTIGATING, cast)
    measure_in(MeasureStatus.ACCEPTED, cast, accident)
    all_points(cast, accident)
    return lambda: services.close(accident.id, conclusion="违章检修", by=cast.safety)


def void(cast: Cast) -> Run:
    accident = quick(cast, text=NEAR_MISS, kind=Kind.NEAR_MISS)
    return lambda: services.void(accident.id, reason="与上一起重复", by=cast.safety)


def import_run(cast: Cast) -> tuple[ImportRun, Draft]:
    """A file with one accident, read for its preview."""
    at = clock.now() - timedelta(days=400)
    draft = Draft("事故台账", 2, at, "一部皮带接头断开，停产两小时", Kind.NON_CASUALTY, Status.COMPLETED, "没有写结案")
    report = {"sheets": ["事故台账"], "counts": {"rows": 1, "good": 1}}
    run = ImportRun.objects.create(
        mine=cast.mine, kind="accidents", file_name="事故台账.xlsx", file_sha256="1" * 64, by=cast.safety, total_rows=1,
        state=ImportRun.State.PREVIEW, report=report,
    )  # fmt: skip
    return run, draft


def confirm_accident_import(cast: Cast) -> Run:
    run, _draft = import_run(cast)
    return lambda: services.confirm_accident_import(run.id, by=cast.safety)


def import_accident(cast: Cast) -> Run:
    run, draft = import_run(cast)
    services.confirm_accident_import(run.id, by=cast.safety)
    return lambda: services.import_accident(run.id, draft=draft, by=cast.safety)


def climb(cast: Cast) -> Run:
    measure = measure_in(MeasureStatus.WORKING, cast)
    LadderRule.objects.create(mine=cast.mine, name="到期", step="hours", amount=0, roles=["unit_head"])
    with clock.set_to(measure.due_at + timedelta(minutes=1)):
        (step,) = due_steps(cast.mine, clock.now())
    return lambda: ladder.climb(step=step, tellers=Tellers(cast.mine.id))


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "accept_measure": accept_measure,
    "climb": climb,
    "close": close,
    "complete": complete,
    "confirm_accident_import": confirm_accident_import,
    "correct_level": correct_level,
    "finish_measure": finish_measure,
    "import_accident": import_accident,
    "open_investigation": open_investigation,
    "order_measure": order_measure,
    "record_casualty": record_casualty,
    "reject_measure": reject_measure,
    "remove_casualty": remove_casualty,
    "report": report,
    "sign_measure": sign_measure,
    "tick": tick,
    "untick": untick,
    "void": void,
    "withdraw_measure": withdraw_measure,
}
