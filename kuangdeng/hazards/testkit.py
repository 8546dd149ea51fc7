"""Short ways to a hazard in any state, through the real verbs."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.hazards import services
from kuangdeng.hazards.models import Grade, Hazard, Specialty
from kuangdeng.hazards.rules import FivePoints, Status
from kuangdeng.kernel.clock import now
from kuangdeng.org.testkit import Cast

TEXT = "2305综放面回风顺槽超前段有三根单体柱卸载漏液，没更换"


def tables(cast: Cast) -> tuple[Grade, Specialty]:
    """The mine's grade B and its roof specialty; made when they are not there."""
    for position, (code, name) in enumerate([("A", "A级"), ("B", "B级"), ("C", "C级")]):
        Grade.objects.get_or_create(mine=cast.mine, code=code, defaults={"name": name, "position": position})
    specialty, _ = Specialty.objects.get_or_create(mine=cast.mine, code="roof", defaults={"name": "顶板"})
    return Grade.objects.get(mine=cast.mine, code="B"), specialty


def order(cast: Cast, *, hours: int = 8) -> FivePoints:
    """Five points for the mining unit."""
    return FivePoints(
        cast.unit_head.id, "更换失效单体柱并补打", None, now() + timedelta(hours=hours), "先加强支护再作业"
    )


def hazard_in(status: Status, cast: Cast, *, text: str = TEXT, place: str | None = "gate") -> Hazard:
    """A hazard of the cast that the verbs brought to `status`."""
    grade, specialty = tables(cast)
    data = services.ReportData(text=text, place_id=cast.places[place].id if place else None)
    hazard = services.report(data=data, by=cast.miner).hazard
    steps: dict[Status, Callable[[], object]] = {
        Status.GRADED: lambda: services.grade(hazard.id, grade=grade, specialty=specialty, by=cast.safety),
        Status.DISPATCHED: lambda: services.dispatch(
            hazard.id, unit=cast.units["mining"], order=order(cast), by=cast.safety
        ),
        Status.RECTIFYING: lambda: services.sign(hazard.id, by=cast.unit_head),
        Status.RECTIFIED: lambda: services.rectify(hazard.id, words="三根已更换，初撑力合格", by=cast.unit_head),
        Status.ACCEPTED: lambda: services.accept(hazard.id, words="现场复查合格", by=cast.safety),
        Status.CLOSED: lambda: services.close(hazard.id, by=cast.safety2),
    }
    if status == Status.RETURNED:
        services.send_back(hazard.id, reason="请补充具体架号", by=cast.safety)
    elif status == Status.VOID:
        services.void(hazard.id, reason="现场核实不存在", by=cast.safety)
    elif status == Status.RECHECK:
        services.fix_on_site(hazard.id, words="当场更换", by=cast.team_leader)
    elif status == Status.MERGED:
        other = services.report(data=data, by=cast.other_miner).hazard
        services.merge(hazard.id, into_id=other.id, by=cast.safety)
    elif status != Status.REPORTED:
        for step, run in steps.items():
            run()
            if step == status:
                break
    return Hazard.objects.get(id=hazard.id)
