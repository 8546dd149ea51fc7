"""Short ways to an accident in any state, through the real verbs."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from kuangdeng.hazards.accidents import services
from kuangdeng.hazards.accidents.models import Accident, AccidentLevel, AccidentMeasure
from kuangdeng.hazards.accidents.rules import Kind, MeasureStatus, NoLetPassPoint, Severity, Status
from kuangdeng.hazards.setup import load_accident_levels
from kuangdeng.kernel.clock import now
from kuangdeng.org.testkit import Cast

TEXT = "转载机机头检修时链条突然转动，一人右手被挤伤，已升井送医院"
NEAR_MISS = "回风顺槽顶板掉下一块矸石，离人不到一米，没有伤人"


def level(cast: Cast, name: str) -> AccidentLevel:
    """A line of the mine's table of levels, which is made when it is not there."""
    load_accident_levels(cast.mine)
    return AccidentLevel.objects.get(mine=cast.mine, name=name)


def quick(
    cast: Cast, *, text: str = TEXT, hurt: tuple[services.Hurt, ...] | None = None, kind: str = Kind.INJURY
) -> Accident:
    """A quick report by the team leader: a miner's hand, the face stopped."""
    load_accident_levels(cast.mine)
    if hurt is None:
        hurt = (services.Hurt(person=cast.miner, severity=Severity.MINOR),) if kind == Kind.INJURY else ()
    data = services.QuickReport(
        text=text, kind=kind, place=cast.places["gate"], place_text="转载机机头", unit=cast.units["mining"], hurt=hurt,
        stopped_area="2305综放面停产",
    )  # fmt: skip
    return services.report(data=data, by=cast.team_leader)


def completion(cast: Cast, accident: Accident, **own: object) -> services.Completion:
    """What the safety department fills in."""
    facts: dict[str, object] = {
        "text": accident.text, "kind": accident.kind, "occurred_at": accident.occurred_at, "unit": cast.units["mining"],
        "place": accident.place, "direct_cause": "检修时没有停电闭锁", "indirect_cause": "检修没有专人监护",
        "management_cause": "检修制度没有落实到班组", "loss": Decimal(12000), "stopped_area": accident.stopped_area,
        "stopped_at": accident.stopped_at, "resumed_at": accident.occurred_at,
    }  # fmt: skip
    return services.Completion(**(facts | own))  # type: ignore[arg-type]


def accident_in(status: Status, cast: Cast, **own: object) -> Accident:
    """An accident that the verbs brought to `status`; closed means with all evidence and its measure accepted."""
    accident = quick(cast, **own)  # type: ignore[arg-type]
    if status == Status.VOID:
        empty = quick(cast, text="误报，没有发生事故", kind=Kind.NEAR_MISS)
        return services.void(empty.id, reason="现场核实没有发生", by=cast.safety)
    steps: dict[Status, Callable[[], object]] = {
        Status.COMPLETED: lambda: services.complete(accident.id, data=completion(cast, accident), by=cast.safety),
        Status.INVESTIGATING: lambda: services.open_investigation(
            accident.id, investigator=cast.mine_leader2, team="安监科、机电队各一人", by=cast.safety
        ),
        Status.CLOSED: lambda: _to_the_end(cast, accident),
    }
    for one, run in steps.items():
        if status == Status.REPORTED:
            break
        run()
        if one == status:
            break
    return Accident.objects.get(id=accident.id)


def _to_the_end(cast: Cast, accident: Accident) -> None:
    measure_in(MeasureStatus.ACCEPTED, cast, accident)
    all_points(cast, accident)
    services.close(accident.id, conclusion="违章带电检修造成，责任人已处理", by=cast.mine_leader)


def all_points(cast: Cast, accident: Accident, *, but: str = "") -> None:
    """Tick the four points, or all but one."""
    for point in NoLetPassPoint:
        if point != but:
            services.tick(accident.id, point=point, evidence=f"会议纪要第{len(point)}号", by=cast.safety)


def order(cast: Cast, accident: Accident, *, hours: int = 48) -> AccidentMeasure:
    """A measure for the mining unit."""
    return services.order_measure(
        accident.id, unit=cast.units["mining"], person=cast.unit_head, text="检修前停电闭锁挂牌，专人监护",
        due_at=now() + timedelta(hours=hours), by=cast.safety,
    )  # fmt: skip


def measure_in(status: MeasureStatus, cast: Cast, accident: Accident | None = None) -> AccidentMeasure:
    """A measure that the verbs brought to `status`."""
    measure = order(cast, accident or accident_in(Status.INVESTIGATING, cast))
    if status == MeasureStatus.WITHDRAWN:
        return services.withdraw_measure(measure.id, reason="并入另一条措施", by=cast.safety)
    steps: dict[MeasureStatus, Callable[[], object]] = {
        MeasureStatus.WORKING: lambda: services.sign_measure(measure.id, by=cast.unit_head),
        MeasureStatus.DONE: lambda: services.finish_measure(measure.id, words="已配齐闭锁牌", by=cast.unit_head),
        MeasureStatus.ACCEPTED: lambda: services.accept_measure(measure.id, words="现场查看合格", by=cast.safety),
    }
    for one, run in steps.items():
        if status == MeasureStatus.ORDERED:
            break
        run()
        if one == status:
            break
    return AccidentMeasure.objects.get(id=measure.id)
