"""The moment before each verb of the daily bulletin, for the ledger walk."""

from collections.abc import Callable
from datetime import time, timedelta

from kuangdeng.hazards.bulletins import services
from kuangdeng.hazards.bulletins.models import Bulletin
from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def compiled(cast: Cast) -> Bulletin:
    """A bulletin of today with one new hazard."""
    hazard_in(Status.REPORTED, cast)
    at = clock.now() + timedelta(seconds=1)
    return services.compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), at))


def published(cast: Cast) -> Bulletin:
    """The same, out."""
    return services.publish(compiled(cast).id, by=cast.safety)


def compile_day(cast: Cast) -> Run:
    at = clock.now()
    return lambda: services.compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), at), by=cast.safety)


def recompile(cast: Cast) -> Run:
    bulletin = compiled(cast)
    return lambda: services.recompile(bulletin.id, by=cast.safety)


def check(cast: Cast) -> Run:
    bulletin = compiled(cast)
    return lambda: services.check(bulletin.id, note="请各单位早班班前会组织学习。", by=cast.safety)


def publish(cast: Cast) -> Run:
    bulletin = compiled(cast)
    return lambda: services.publish(bulletin.id, by=cast.safety)


def correct(cast: Cast) -> Run:
    bulletin = published(cast)
    return lambda: services.correct(bulletin.id, text="第 1 条地点应为 2305 进风巷。", by=cast.safety)


def save_policy(cast: Cast) -> Run:
    data = services.PolicyData(time(7), time(8, 30), True, "10.0.0.0/8", False)
    return lambda: services.save_policy(data=data, by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "check": check,
    "compile_day": compile_day,
    "correct": correct,
    "publish": publish,
    "recompile": recompile,
    "save_policy": save_policy,
}
