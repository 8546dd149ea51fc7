"""The moment before each verb of the hazard loop, for the ledger walk: `scenario(cast)` returns what runs the verb."""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from kuangdeng.hazards import importing, services, setup
from kuangdeng.hazards.ledgers.columns import COLUMNS
from kuangdeng.hazards.ledgers.meaning import Draft, Reader
from kuangdeng.hazards.models import CatalogueVersion, Category, Extension, Hazard, LadderRule, Situation
from kuangdeng.hazards.queries.ladder import Tellers, due_steps, gathered
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.services import ladder, rounds, settings
from kuangdeng.hazards.testkit import TEXT, hazard_in, order, tables
from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.tables import open_book
from kuangdeng.org.models import ImportRun
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def situation_of_law() -> Situation:
    """A situation of a catalogue in force today; the seeded one where there is one."""
    version = CatalogueVersion.objects.filter(effective_from__lte=date(2026, 7, 1)).order_by("-effective_from").first()
    if version is None:
        version = CatalogueVersion.objects.create(
            code="test", title="判定标准", document_no="试验令", effective_from=date(2015, 1, 1), source="试验"
        )
    category, _ = Category.objects.get_or_create(version=version, no=1, defaults={"name": "超能力、超强度组织生产"})
    found = Situation.objects.filter(category__version=version).first()
    return found or Situation.objects.create(category=category, no="1", text="超过核定生产能力组织生产")


def report(cast: Cast) -> Run:
    return lambda: services.report(data=services.ReportData(text=TEXT), by=cast.miner)


def grade(cast: Cast) -> Run:
    hazard = hazard_in(Status.REPORTED, cast)
    level, specialty = tables(cast)
    return lambda: services.grade(hazard.id, grade=level, specialty=specialty, by=cast.safety)


def send_back(cast: Cast) -> Run:
    hazard = hazard_in(Status.REPORTED, cast)
    return lambda: services.send_back(hazard.id, reason="缺架号", by=cast.safety)


def resubmit(cast: Cast) -> Run:
    hazard = hazard_in(Status.RETURNED, cast)
    return lambda: services.resubmit(hazard.id, text=TEXT + "，45至47架", by=cast.miner)


def merge(cast: Cast) -> Run:
    first, second = hazard_in(Status.REPORTED, cast), hazard_in(Status.REPORTED, cast)
    return lambda: services.merge(second.id, into_id=first.id, by=cast.safety)


def void(cast: Cast) -> Run:
    hazard = hazard_in(Status.REPORTED, cast)
    return lambda: services.void(hazard.id, reason="不是隐患", by=cast.safety)


def fix_on_site(cast: Cast) -> Run:
    hazard = hazard_in(Status.REPORTED, cast)
    return lambda: services.fix_on_site(hazard.id, words="当场更换", by=cast.team_leader)


def dispatch(cast: Cast) -> Run:
    hazard = hazard_in(Status.GRADED, cast)
    return lambda: services.dispatch(hazard.id, unit=cast.units["mining"], order=order(cast), by=cast.safety)


def sign(cast: Cast) -> Run:
    hazard = hazard_in(Status.DISPATCHED, cast)
    return lambda: services.sign(hazard.id, by=cast.unit_head)


def transfer(cast: Cast) -> Run:
    hazard = hazard_in(Status.DISPATCHED, cast)
    return lambda: services.transfer(hazard.id, unit=cast.units["electric"], reason="归机电队管", by=cast.safety)


def rectify(cast: Cast) -> Run:
    hazard = hazard_in(Status.RECTIFYING, cast)
    return lambda: services.rectify(hazard.id, words="三根已更换", by=cast.unit_head)


def extension(cast: Cast) -> tuple[Hazard, Extension]:
    """A hazard whose unit asks for more time."""
    hazard = hazard_in(Status.RECTIFYING, cast)
    assert hazard.due_at is not None
    until = hazard.due_at + timedelta(hours=24)
    return hazard, services.request_extension(hazard.id, until=until, reason="备件明早到", by=cast.unit_head)


def request_extension(cast: Cast) -> Run:
    hazard = hazard_in(Status.RECTIFYING, cast)
    until = now() + timedelta(days=3)
    return lambda: services.request_extension(hazard.id, until=until, reason="备件明早到", by=cast.unit_head)


def approve_extension(cast: Cast) -> Run:
    _, asked = extension(cast)
    return lambda: services.approve_extension(asked.id, by=cast.mine_leader)


def refuse_extension(cast: Cast) -> Run:
    _, asked = extension(cast)
    return lambda: services.refuse_extension(asked.id, reason="今天必须改完", by=cast.mine_leader)


def accept(cast: Cast) -> Run:
    hazard = hazard_in(Status.RECTIFIED, cast)
    return lambda: services.accept(hazard.id, words="合格", by=cast.safety)


def reject(cast: Cast) -> Run:
    hazard = hazard_in(Status.RECTIFIED, cast)
    return lambda: services.reject(hazard.id, reason="还漏液", by=cast.safety)


def close(cast: Cast) -> Run:
    hazard = hazard_in(Status.ACCEPTED, cast)
    return lambda: services.close(hazard.id, by=cast.safety2)


def reopen(cast: Cast) -> Run:
    hazard = hazard_in(Status.CLOSED, cast)
    return lambda: services.reopen(hazard.id, text="同一架又漏液", by=cast.safety)


def escalate(cast: Cast) -> Run:
    hazard = hazard_in(Status.DISPATCHED, cast)
    situation = situation_of_law()
    return lambda: services.escalate(hazard.id, situation=situation, reason="瓦斯超限", by=cast.safety)


def save_plan(cast: Cast) -> Run:
    hazard = hazard_in(Status.GRADED, cast)
    services.escalate(hazard.id, situation=situation_of_law(), reason="瓦斯超限", by=cast.safety)
    facts = {"goals": "消除瓦斯超限", "stopped_area": "2305工作面", "stopped_at": now() - timedelta(minutes=5)}
    return lambda: services.save_plan(hazard.id, facts=facts, stop_area=True, by=cast.safety)


def supervise(cast: Cast) -> Run:
    hazard = hazard_in(Status.DISPATCHED, cast)
    return lambda: services.supervise(hazard.id, supervisor=cast.mine_leader, by=cast.safety)


def record_penalty(cast: Cast) -> Run:
    hazard = hazard_in(Status.RECTIFYING, cast)
    mining = cast.units["mining"]
    return lambda: services.record_penalty(
        hazard.id, unit=mining, points=Decimal(2), reason="同类隐患重复出现", by=cast.safety
    )


def decide_quarantine(cast: Cast) -> Run:
    hazard_id, at = uuid7(), now()
    services.report(data=services.ReportData(text=TEXT, occurred_at=at), by=cast.miner, hazard_id=hazard_id)
    other = services.ReportData(text="另一处锚索断丝", occurred_at=at)
    aside = services.report(data=other, by=cast.miner, hazard_id=hazard_id).quarantine
    assert aside is not None
    return lambda: services.decide_quarantine(aside.id, as_new=True, by=cast.safety)


def import_run(cast: Cast) -> tuple[ImportRun, list[Draft]]:
    """A file of one row, read for its preview."""
    tables(cast)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "旧台账.csv"
        path.write_text("检查日期,隐患内容,责任单位,是否销号\n2018-03-05,支架漏液,综采一队,是\n", encoding="utf-8")
        run = importing.take_in(path, by=cast.safety)
        importing.read(run.id, by=cast.safety)
        with open_book(path) as book:
            records = list(book.table(book.sheets[0], COLUMNS) or ())
    drafts = [Reader(cast.mine).read(record) for record in records]
    return run, [replace(one, sheet=run_sheet(run)) for one in drafts if isinstance(one, Draft)]


def run_sheet(run: ImportRun) -> str:
    run.refresh_from_db()
    return str(run.report["sheets"][0])


def confirm_import(cast: Cast) -> Run:
    run, _drafts = import_run(cast)
    return lambda: services.confirm_import(run.id, by=cast.safety)


def import_rows(cast: Cast) -> Run:
    run, drafts = import_run(cast)
    services.confirm_import(run.id, by=cast.safety)
    return lambda: services.import_rows(run.id, drafts=drafts, by=cast.safety)


def fill_place(cast: Cast) -> Run:
    hazard = services.report(data=services.ReportData(text=TEXT, place_text="回顺"), by=cast.miner).hazard
    return lambda: services.fill_place(cast.places["gate"].id, hazard_ids=[hazard.id], spelling="回顺")


def climb(cast: Cast) -> Run:
    hazard = hazard_in(Status.RECTIFYING, cast)
    rule = LadderRule.objects.create(mine=cast.mine, name="到期", step="hours", amount=0, roles=["unit_head"])
    assert hazard.due_at is not None
    with clock.set_to(hazard.due_at + timedelta(minutes=1)):
        step = next(one for one in due_steps(cast.mine, clock.now()) if one.rule.id == rule.id)
    return lambda: ladder.climb(step=step, tellers=Tellers(cast.mine.id))


def climb_backlog(cast: Cast) -> Run:
    run, _drafts = import_run(cast)
    rule = LadderRule.objects.create(mine=cast.mine, name="到期", step="hours", amount=0, roles=["unit_head"])
    for _ in range(2):
        hazard = hazard_in(Status.RECTIFYING, cast)
        Hazard.objects.filter(id=hazard.id).update(import_run=run, due_at=now() - timedelta(days=9))
    _single, [backlog] = gathered(one for one in due_steps(cast.mine, clock.now()) if one.rule.id == rule.id)
    return lambda: ladder.climb_backlog(backlog=backlog, tellers=Tellers(cast.mine.id))


# The mine's hazard tables and inspections ----------------------------------------------------------------------------


def save_grade(cast: Cast) -> Run:
    return lambda: settings.save_grade(code="D", name="D级", meaning="轻微", by=cast.safety)


def save_specialty(cast: Cast) -> Run:
    return lambda: settings.save_specialty(code="hoist", name="提升", by=cast.safety)


def standard(cast: Cast) -> settings.StandardData:
    """A wording to pick from."""
    grade, specialty = tables(cast)
    return settings.StandardData("DB-001", "单体液压支柱失效未更换", specialty, grade=grade)


def save_standard(cast: Cast) -> Run:
    data = standard(cast)
    return lambda: settings.save_standard(data=data, by=cast.safety)


def import_standards(cast: Cast) -> Run:
    data = standard(cast)
    return lambda: settings.import_standards(rows=[data], by=cast.safety)


def save_deadline_rule(cast: Cast) -> Run:
    grade, _ = tables(cast)
    day = clock.today()
    return lambda: settings.save_deadline_rule(grade=grade, kind="hours", amount=24, valid_from=day, by=cast.safety)


def save_ladder_rule(cast: Cast) -> Run:
    return lambda: settings.save_ladder_rule(
        name="超期 2 天", step="days", amount=2, roles=["mine_leader"], by=cast.safety
    )


def save_accident_level(cast: Cast) -> Run:
    return lambda: settings.save_accident_level(
        kind="injury", name="较大事故", position=3, deaths=3, effective_from=date(2007, 6, 1), by=cast.safety
    )


def save_accident_deadline(cast: Cast) -> Run:
    return lambda: settings.save_accident_deadline(
        stage="investigate", hours=1440, effective_from=date(2007, 6, 1), by=cast.safety
    )


def save_wording(cast: Cast) -> Run:
    labels = {"funds": "整改资金"}
    return lambda: settings.save_wording(title="五落实", labels=labels, anonymous_reports=True, by=cast.safety)


def correct_catalogue(cast: Cast) -> Run:
    row = situation_of_law()
    fix = settings.Correction(row.category.no, row.no, "超过核定生产能力或者设计能力组织生产")
    return lambda: settings.correct_catalogue(row.category.version.code, corrections=[fix], by=cast.safety)


def confirm_situation(cast: Cast) -> Run:
    row = situation_of_law()
    Situation.objects.filter(id=row.id).update(confirmed=False)
    return lambda: settings.confirm_situation(row.id, by=cast.safety)


def set_up(cast: Cast) -> Run:
    return lambda: setup.set_up(mine=cast.mine, by=cast.administrator)


def record_round(cast: Cast) -> Run:
    begun = now() - timedelta(hours=3)
    data = rounds.RoundData(begun, begun + timedelta(hours=1), cast.safety, [cast.places["gate"]], [cast.miner])
    return lambda: rounds.record_round(data=data, by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "accept": accept,
    "approve_extension": approve_extension,
    "climb": climb,
    "climb_backlog": climb_backlog,
    "close": close,
    "confirm_import": confirm_import,
    "decide_quarantine": decide_quarantine,
    "dispatch": dispatch,
    "escalate": escalate,
    "fill_place": fill_place,
    "fix_on_site": fix_on_site,
    "grade": grade,
    "import_rows": import_rows,
    "merge": merge,
    "record_penalty": record_penalty,
    "rectify": rectify,
    "refuse_extension": refuse_extension,
    "reject": reject,
    "reopen": reopen,
    "report": report,
    "request_extension": request_extension,
    "resubmit": resubmit,
    "save_plan": save_plan,
    "send_back": send_back,
    "sign": sign,
    "supervise": supervise,
    "transfer": transfer,
    "void": void,
    "save_grade": save_grade,
    "save_specialty": save_specialty,
    "save_standard": save_standard,
    "import_standards": import_standards,
    "save_deadline_rule": save_deadline_rule,
    "save_ladder_rule": save_ladder_rule,
    "save_accident_deadline": save_accident_deadline,
    "save_accident_level": save_accident_level,
    "save_wording": save_wording,
    "correct_catalogue": correct_catalogue,
    "confirm_situation": confirm_situation,
    "set_up": set_up,
    "record_round": record_round,
}
