"""The moment before each verb of the legal reports, for the ledger walk."""

from collections.abc import Callable
from datetime import date, timedelta

from kuangdeng.hazards.statutory import queries, seeds, services
from kuangdeng.hazards.statutory.models import ExportMapping, SupervisionOrder
from kuangdeng.hazards.statutory.rules import Kind, To
from kuangdeng.hazards.statutory.testkit import (
    PDF,
    drafted,
    hazard_at,
    last_month,
    last_quarter,
    major_in,
    photo,
    receipt,
    signed,
)
from kuangdeng.kernel import clock
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def draft(cast: Cast) -> Run:
    return lambda: services.draft(period=last_quarter(), by=cast.safety)


def redraft(cast: Cast) -> Run:
    report = drafted(cast)
    return lambda: services.redraft(report.id, by=cast.safety)


def sign(cast: Cast) -> Run:
    report = drafted(cast)
    return lambda: services.sign(report.id, scan=photo(), signed_on=clock.today(), by=cast.mine_leader)


def send(cast: Cast) -> Run:
    report = signed(cast)
    return lambda: services.send(report.id, data=receipt(), by=cast.safety)


def correct(cast: Cast) -> Run:
    report = signed(cast)
    return lambda: services.correct(report.id, reason="漏报一条隐患", by=cast.safety)


def save_rule(cast: Cast) -> Run:
    data = services.RuleData("month", date(2026, 1, 1), 1, 5, 3, ["县能源局"], "县局通知", True)
    return lambda: services.save_rule(data=data, by=cast.safety)


def remind(cast: Cast) -> Run:
    seeds.load_report_rules(cast.mine, date(2020, 1, 1))
    owed = next(one for one in queries.owed(cast.mine, clock.today()) if one.kind == Kind.QUARTER)
    return lambda: services.remind(mine=cast.mine, owed=owed, late=True)


def report_major(cast: Cast) -> Run:
    hazard = major_in(cast, clock.now() - timedelta(days=2))
    data = services.TickData(clock.now(), "书面送达", "示例：已书面报告", "收字第3号", PDF)
    return lambda: services.report_major(hazard.id, to=To.REGULATOR, data=data, by=cast.safety)


def _order(cast: Cast) -> services.OrderData:
    hazard = major_in(cast, clock.now() - timedelta(days=9))
    return services.OrderData(
        hazard, "province", "省矿山安全监察局", "矿安〔2026〕9号", clock.today() - timedelta(days=1)
    )


def order_supervision(cast: Cast) -> Run:
    data = _order(cast)
    return lambda: services.order_supervision(data=data, by=cast.safety)


def lift_supervision(cast: Cast) -> Run:
    row = SupervisionOrder.objects.create(**vars(_order(cast)), by=cast.safety)
    return lambda: services.lift_supervision(row.id, lifted_on=clock.today(), by=cast.safety)


def print_notice(cast: Cast) -> Run:
    hazard_at(cast, clock.now() - timedelta(days=9))
    unit = cast.units["mining"]
    return lambda: services.print_notice(unit=unit, paper="A3", posted_where="综采一队会议室", by=cast.unit_head)


def save_mapping(cast: Cast) -> Run:
    data = services.MappingData("省平台", "平台接口文件", True, seeds.SAMPLE_ROWS)
    return lambda: services.save_mapping(data=data, by=cast.safety)


def export(cast: Cast) -> Run:
    seeds.load_mapping(cast.mine)
    period = last_month()
    hazard_at(cast, clock.local().replace(year=period.first.year, month=period.first.month, day=4))
    mapping = ExportMapping.objects.get(mine=cast.mine)
    wanted = services.Wanted(mapping, "xml", period.first, period.last, allow_gaps=True)
    return lambda: services.export(wanted=wanted, by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "correct": correct,
    "draft": draft,
    "export": export,
    "lift_supervision": lift_supervision,
    "order_supervision": order_supervision,
    "print_notice": print_notice,
    "redraft": redraft,
    "remind": remind,
    "report_major": report_major,
    "save_mapping": save_mapping,
    "save_rule": save_rule,
    "send": send,
    "sign": sign,
}
