"""The verbs of legal reports: 编制、签字、登记回执、出更正版, 双报告, 挂牌督办, 告知书, 上报数据导出."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.models import Hazard, MajorPlan
from kuangdeng.hazards.rules import ENDED
from kuangdeng.hazards.statutory import fields, figures, letters, queries, rules
from kuangdeng.hazards.statutory.models import (
    ExportMapping,
    ExportRun,
    Receipt,
    ReportRule,
    StatItem,
    StatLine,
    StatutoryReport,
    SupervisionOrder,
    WorkerNotice,
)
from kuangdeng.hazards.statutory.rules import FLOW, Cell, Kind, Period, To
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import keep_bytes, keep_scan
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Entry, Subject, known_keys, post
from kuangdeng.org.api import Mine, Person, Unit, may

MOST_EXPORTED = 20_000
"""So many hazards go into one file for outside; a longer time is sent in pieces."""

# Reports --------------------------------------------------------------------------------------------------------------


@verb
def draft(*, period: Period, by: Person) -> StatutoryReport:
    """Draw up the report of a month or a quarter that is over (编制): figures, and for a quarter the text.

    Refused while the period runs, and when there is a version already: that one is redrafted or corrected.
    """
    _need(by, "draft")
    mine = _locked_mine(by)
    span = figures.span_of(mine, period)
    if not span.over:
        raise Refused(_("%(period)s还没有结束，可以先看到今天为止的数，期末以后再编制。") % {"period": period.label})
    if StatutoryReport.objects.filter(mine=mine, kind=period.kind, first=period.first).exists():
        raise Refused(_("%(period)s的报表已经编制过了。请打开它办理。") % {"period": period.label}, code="there")
    return _make(span, version=1, reason="", by=by, what="draft")


@verb
def redraft(report_id: UUID, *, by: Person) -> StatutoryReport:
    """Draw an unsigned report up again (重新编制), because something was put right meanwhile. Refused once it is signed."""
    report = _begin("redraft", report_id, by)
    _fill(report, figures.span_of(report.mine, report.period))
    report.drafted_at, report.drafted_by = clock.now(), by
    report.save()
    _enter("redraft", report, by, _counted(report))
    return report


@verb
def sign(report_id: UUID, *, scan: bytes, signed_on: date, by: Person, drafted: str | None = None) -> StatutoryReport:
    """The leader signs (签字), with the scan of the signed paper; from now on the database refuses any change.

    `drafted` is when the version was drawn up that he had before him. Refused when it was drawn up again since, for a
    day before the period's end or in the future, and when somebody else has signed meanwhile.
    """
    report = _begin("sign", report_id, by)
    if drafted and drafted != report.drafted_at.isoformat():
        raise Refused(_("报表在您打印以后又编制过，数可能变了。请重新打印、签字。"), code="redrafted")
    if not report.period.last < signed_on <= clock.today():
        raise Refused(_("签字日期要在期末以后、今天以前。请核对。"), field="signed_on")
    report.scan = keep_scan(scan)
    if report.kind == Kind.QUARTER:
        printed = letters.print_quarter(report.words, report.mine)
        report.document, report.template_version = keep_bytes(printed.content, kind="docx"), printed.version
    report.signed_at, report.signed_by, report.signed_on = clock.now(), by, signed_on
    report.status = FLOW.target("sign", report.status)
    report.digest = queries.fingerprint(report)
    report.save()
    payload = {"digest": report.digest, "signed_on": f"{signed_on}", "scan": report.scan_id}
    _enter("sign", report, by, payload, source_key=f"statutory.sign:{report.id}")
    return report


@dataclass(frozen=True)
class ReceiptData:
    """回执 of one receiver."""

    receiver: str
    number: str
    received_on: date
    scan: bytes


@verb
def send(report_id: UUID, *, data: ReceiptData, by: Person) -> StatutoryReport:
    """Write down that a receiver has the report (登记回执); with the last receiver's it is sent.

    Refused before it is signed, for who is no receiver of this report, and for one who has it already.
    """
    report = _locked_report(report_id, by, "deliver")
    had = set(Receipt.objects.filter(report=report).values_list("receiver", flat=True))
    open_ones = [one for one in report.receivers if one not in had and one != data.receiver]
    what = "deliver" if open_ones else "complete"
    target = FLOW.target(what, report.status)
    if data.receiver not in report.receivers:
        raise Refused(_("“%(name)s”不在这份报表的接收部门里。") % {"name": data.receiver}, field="receiver")
    if data.receiver in had:
        raise Refused(_("%(name)s的回执已经登记过了。") % {"name": data.receiver}, field="receiver")
    if not (report.signed_on or report.period.last) <= data.received_on <= clock.today():
        raise Refused(_("签收日期要在签字以后、今天以前。请核对。"), field="received_on")
    made = Receipt.objects.create(
        report=report, receiver=data.receiver, number=data.number.strip(), received_on=data.received_on,
        scan=keep_scan(data.scan), by=by, at=clock.now(),
    )  # fmt: skip
    report.status, report.sent_at = target, None if open_ones else clock.now()
    report.save(update_fields=["status", "sent_at"])
    payload = {"receiver": made.receiver, "number": made.number, "received_on": f"{made.received_on}"}
    _enter("send", report, by, {**payload, "left": open_ones})
    return report


@verb
def correct(report_id: UUID, *, reason: str, by: Person) -> StatutoryReport:
    """Begin the next version of a signed report (出更正版), with the reason; the signed one stays as it is.

    Refused before it is signed, when there is a newer version, and without a reason.
    """
    report = _begin("correct", report_id, by)
    _locked_mine(by)
    if not reason.strip():
        raise Refused(_("请写明为什么要更正。"), field="reason")
    newer = StatutoryReport.objects.filter(
        mine_id=report.mine_id, kind=report.kind, first=report.first, version__gt=report.version
    )
    if newer.exists():
        raise Refused(_("已经有更新的一版了。请在最新的一版上更正。"), code="newer")
    span = figures.span_of(report.mine, report.period)
    return _make(span, version=report.version + 1, reason=reason.strip()[:300], by=by, what="correct")


def _make(span: figures.Span, *, version: int, reason: str, by: Person, what: str) -> StatutoryReport:
    period = span.period
    rule = queries.rule_on(span.mine.id, period.kind, period.last)
    report = StatutoryReport(
        mine=span.mine, kind=period.kind, first=period.first, version=version, reason=reason, drafted_at=clock.now(),
        drafted_by=by, receivers=rule.receivers if rule else ["上级主管部门"],
    )  # fmt: skip
    report.save(force_insert=True)
    _fill(report, span)
    report.save()
    _enter(what, report, by, {**_counted(report), "reason": reason})
    return report


def _fill(report: StatutoryReport, span: figures.Span) -> None:
    """Write the rows of the report anew; what is listed is what is counted."""
    StatItem.objects.filter(report=report).delete()
    StatLine.objects.filter(report=report).delete()
    with in_chinese():
        found = figures.members(span)
        lines = figures.lines_of(found, span.mine.id)
        main = figures.homes(span.mine.id).main
    StatLine.objects.bulk_create(
        StatLine(report=report, position=at, unit_id=line.unit_id or None, name=line.name, figures=line.frozen())
        for at, line in enumerate(lines)
    )
    StatItem.objects.bulk_create(
        (
            StatItem(
                report=report, hazard_id=one.hazard_id, unit_id=main.get(one.unit_id) if one.unit_id else None,
                cells=one.cells, funds=one.funds if Cell.FUNDED in one.cells else None,
            )
            for one in found
        ),
        batch_size=2000,
    )  # fmt: skip
    report.words = {}
    if report.kind == Kind.QUARTER:
        on_hand = {str(cell) for cell in (Cell.MAJOR_FOUND, Cell.MAJOR_CARRIED)}
        ids = [one.hazard_id for one in found if on_hand & set(one.cells)]
        related = ("plan", "unit", "place", "category", "situation", "catalogue", "person")
        hazards = Hazard.objects.filter(id__in=ids).select_related(*related).order_by("occurred_at", "id")
        report.words = letters.quarter_words(
            span, rules.total(lines), list(hazards), version=report.version, reason=report.reason
        )


def _counted(report: StatutoryReport) -> dict[str, object]:
    whole = rules.total(queries.frozen_lines(report))
    names = (Cell.GENERAL_FOUND, Cell.GENERAL_DONE, Cell.MAJOR_FOUND, Cell.MAJOR_DONE, Cell.MAJOR_LEFT)
    return {f"statutory_{one}": whole.count(one) for one in names}


# What is due ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleData:
    """报送规则."""

    kind: str
    valid_from: date
    months_after: int
    due_day: int | None
    remind_days: int
    receivers: Sequence[str]
    source: str
    confirmed: bool


@verb
def save_rule(*, data: RuleData, rule_id: UUID | None = None, by: Person) -> ReportRule:
    """Say until when a report must be out, and who gets it (报送规则), from a day on. Refused without a receiver, and
    for a second rule from the same day."""
    _need(by, "rules")
    receivers = list(dict.fromkeys(one.strip() for one in data.receivers if one.strip()))
    if not receivers:
        raise Refused(_("请写明报给谁，一行一个部门。"), field="receivers")
    if any(len(one) > 60 for one in receivers):
        raise Refused(_("部门名称最多 60 个字。"), field="receivers")
    row = queries.get_rule(rule_id, by=by) if rule_id else ReportRule(mine_id=by.mine_id)
    same = ReportRule.objects.filter(mine_id=by.mine_id, kind=data.kind, valid_from=data.valid_from).exclude(id=row.id)
    if same.exists():
        raise Refused(_("这种报表从这一天起已经有规则了。请改那一条，或者换生效日期。"), field="valid_from")
    for name, value in vars(data).items():
        setattr(row, name, receivers if name == "receivers" else value)
    row.save()
    payload = {"receivers": receivers, "due_day": row.due_day, "valid_from": f"{row.valid_from}",
               "source": row.source, "confirmed": row.confirmed}  # fmt: skip
    with in_chinese():
        label = str(rules.KIND_LABELS[Kind(row.kind)])
    _post("rule", Subject("report_rule", row.id, label), by.mine_id, by, payload)
    return row


@verb
def remind(*, mine: Mine, owed: queries.Owed, late: bool) -> Entry | None:
    """Remind those who have to act that a report is due (到期提醒): some days before, and once when it is late.

    The system does this by itself, once for each; nothing happens when it was told already.
    """
    key = f"statutory.remind:{mine.id}:{owed.kind}:{owed.period.code}:{'late' if late else 'soon'}"
    if known_keys([key]):
        return None
    with in_chinese():
        label = f"{owed.period.label} {rules.KIND_LABELS[owed.kind]}"
    subject = Subject("statutory_period", owed.report.id if owed.report else mine.id, label)
    payload = {"step": owed.step, "due_at": owed.due.isoformat() if owed.due else "", "late": late}
    return _post("remind", subject, mine.id, None, payload, source_key=key)


# Double report --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TickData:
    """One half of the double report: when, by which way, what was said, what came back."""

    at: datetime
    way: str
    text: str
    receipt: str
    scan: bytes | None = None


@verb
def report_major(hazard_id: UUID, *, to: To, data: TickData, by: Person) -> MajorPlan:
    """Write down that a major hazard was reported to the regulator or the workers' congress (双报告).

    The same fields that dispatch asks for. Refused for what is no open major hazard, and for an instant in the future
    or before it was found. A scan that is there stays unless a new one comes.
    """
    _need(by, "prepare")
    hazard = Hazard.objects.select_for_update(of=("self",)).filter(id=hazard_id, mine_id=by.mine_id).first()
    if hazard is None:
        raise NotVisible
    if not hazard.is_major or hazard.status in ENDED:
        raise Refused(_("只有未销号的重大隐患才登记双报告。"), code="wrong_state")
    if not hazard.occurred_at <= data.at <= clock.now():
        raise Refused(_("报告时间要在发现以后、现在以前。请核对。"), field="at")
    plan, _made = MajorPlan.objects.get_or_create(hazard=hazard, defaults={"updated_by": by})
    for name, value in (("at", data.at), ("way", data.way), ("text", data.text), ("receipt", data.receipt)):
        setattr(plan, f"{to}_{name}", value)
    if data.scan:
        setattr(plan, f"{to}_scan", keep_scan(data.scan))
    plan.updated_at, plan.updated_by = clock.now(), by
    plan.save()
    payload = {"to": str(to), "reported_at": data.at.isoformat(), "way": data.way, "text": data.text,
               "receipt": data.receipt, "scan": getattr(plan, f"{to}_scan_id") or ""}  # fmt: skip
    _post("report_major", Subject("hazard", hazard.id, hazard.number), hazard.mine_id, by, payload, unit=hazard.unit)
    return plan


# Supervision from above -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OrderData:
    """上级挂牌督办."""

    hazard: Hazard
    level: str
    authority: str
    document_no: str
    ordered_on: date


@verb
def order_supervision(*, data: OrderData, by: Person) -> SupervisionOrder:
    """Write down that an authority above put a hazard under supervision (上级挂牌督办), by which document.

    Refused for a day in the future, and when this level's order is in force already.
    """
    _need(by, "prepare")
    if data.hazard.mine_id != by.mine_id:
        raise NotVisible
    Hazard.objects.select_for_update(of=("self",)).get(id=data.hazard.id)
    if data.ordered_on > clock.today():
        raise Refused(_("挂牌日期不能在今天以后。"), field="ordered_on")
    if SupervisionOrder.objects.filter(hazard=data.hazard, level=data.level, lifted_on=None).exists():
        raise Refused(_("这条隐患已有这一级的挂牌督办，还没有摘牌。"), field="level")
    row = SupervisionOrder.objects.create(**vars(data), by=by, at=clock.now())
    _post_order("order_supervision", row, by, {"ordered_on": f"{row.ordered_on}", "document_no": row.document_no})
    return row


@verb
def lift_supervision(order_id: UUID, *, lifted_on: date, by: Person) -> SupervisionOrder:
    """Write down that a supervision from above has ended (摘牌). Refused before it began, and when it has ended."""
    _need(by, "prepare")
    row = queries.get_order(order_id, by=by)
    row = SupervisionOrder.objects.select_for_update(of=("self",)).select_related("hazard").get(id=row.id)
    if row.lifted_on is not None:
        raise Refused(_("已经摘牌了。"), code="gone")
    if not row.ordered_on <= lifted_on <= clock.today():
        raise Refused(_("摘牌日期要在挂牌以后、今天以前。"), field="lifted_on")
    row.lifted_on = lifted_on
    row.save(update_fields=["lifted_on"])
    _post_order("lift_supervision", row, by, {"lifted_on": f"{lifted_on}"})
    return row


def _post_order(what: str, row: SupervisionOrder, by: Person, payload: dict[str, object]) -> None:
    words = {"level": row.level, "authority": row.authority, **payload}
    _post(what, Subject("hazard", row.hazard.id, row.hazard.number), by.mine_id, by, words)


# Notice to workers ----------------------------------------------------------------------------------------------------


@verb
def print_notice(*, unit: Unit | None, paper: str, posted_where: str, by: Person) -> WorkerNotice:
    """Print the notice to workers (告知书) for a unit or the whole mine: what is kept is what was printed.

    Refused for a unit that is not one's own, and without saying where it is put up.
    """
    if not may(by, "statutory.notice", unit):
        raise Refused(_("您只能为自己管的单位打印告知书。"), field="unit", code="not_allowed")
    if not posted_where.strip():
        raise Refused(_("请写明张贴在哪里，如区队会议室、副井口公示栏。"), field="posted_where")
    mine = _locked_mine(by)
    year = clock.today().year
    last = WorkerNotice.objects.filter(mine=mine, year=year).order_by("-number").first()
    with in_chinese():
        below = [one for one in figures.homes(mine.id).below(unit.id) if one] if unit else None
        content = queries.notice_content(mine.id, [unit.id, *(below or [])] if unit else None)
    row = WorkerNotice.objects.create(
        mine=mine, year=year, number=last.number + 1 if last else 1, unit=unit, unit_name=unit.name if unit else "",
        paper=paper, posted_where=posted_where.strip()[:100], content=content, digest=rules.digest(content), by=by,
        at=clock.now(),
    )  # fmt: skip
    payload = {"posted_where": row.posted_where, "paper": paper, "major": len(content["major"]),
               "overdue": len(content["late"]), "open": content["total"], "digest": row.digest}  # fmt: skip
    with in_chinese():
        subject = Subject("worker_notice", row.id, row.title)
    _post("print_notice", subject, mine.id, by, payload, unit=unit)
    return row


# Exports --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MappingData:
    """字段对照表."""

    name: str
    source: str
    confirmed: bool
    rows: Sequence[fields.MapRow]


@verb
def save_mapping(*, data: MappingData, by: Person) -> ExportMapping:
    """Keep a mapping table (字段对照表) as the next version of its name; older ones stay, files were made by them.

    Refused without a name, and when a row can't be followed, naming the row.
    """
    _need(by, "export")
    name = data.name.strip()[:60]
    if not name:
        raise Refused(_("请给对照表起个名字，如接收平台的名称。"), field="name")
    fields.check_rows(data.rows)
    _locked_mine(by)
    last = ExportMapping.objects.filter(mine_id=by.mine_id, name=name).order_by("-version").first()
    row = ExportMapping.objects.create(
        mine_id=by.mine_id, name=name, version=last.version + 1 if last else 1, source=data.source.strip()[:200],
        confirmed=data.confirmed, rows=[one.kept() for one in data.rows], made_by=by, made_at=clock.now(),
    )  # fmt: skip
    with in_chinese():
        subject = Subject("export_mapping", row.id, str(row))
    _post("mapping", subject, by.mine_id, by, {"rows": len(row.rows), "source": row.source, "confirmed": row.confirmed})
    return row


@dataclass(frozen=True)
class Wanted:
    """What is to go out."""

    mapping: ExportMapping
    format: str
    since: date
    until: date
    grade: str = ""
    allow_gaps: bool = False


@verb
def export(*, wanted: Wanted, by: Person) -> ExportRun:
    """Make the file for a system outside (导出上报数据); what went out is kept, with its fingerprint on the ledger.

    Refused when the days are the wrong way round, when there is nothing or too much, and while a hazard lacks what the
    mapping requires, unless that is allowed in so many words.
    """
    _need(by, "export")
    if wanted.mapping.mine_id != by.mine_id or wanted.format not in fields.FORMATS:
        raise NotVisible
    if wanted.until < wanted.since:
        raise Refused(_("结束日期在开始日期以前。请核对。"), field="until")
    rows = queries.wanted_hazards(by, wanted.since, wanted.until, wanted.grade)
    count = rows.count()
    if count == 0:
        raise Refused(_("这段时间没有符合条件的隐患，没有可以导出的。"), field="since")
    if count > MOST_EXPORTED:
        raise Refused(_("一次最多导出 %(n)d 条。请分段导出。") % {"n": MOST_EXPORTED}, field="until")
    sheet = fields.sheet_of(fields.rows_of(wanted.mapping.rows), rows)
    if sheet.gaps and not wanted.allow_gaps:
        raise Refused(
            _("有 %(n)d 条隐患缺必填项。请补齐，或者勾选“缺项也导出”。") % {"n": len(sheet.gaps)},
            field="allow_gaps",
            code="gaps",
        )
    file = keep_bytes(fields.written(sheet, wanted.format), kind=wanted.format)
    run = ExportRun.objects.create(
        mine_id=by.mine_id, mapping=wanted.mapping, format=wanted.format, since=wanted.since, until=wanted.until,
        grade=wanted.grade, count=count, gaps=len(sheet.gaps), file=file, by=by, at=clock.now(),
    )  # fmt: skip
    with in_chinese():
        subject = Subject("export_run", run.id, f"{wanted.mapping} {wanted.since}—{wanted.until}")
    payload = {"format": wanted.format, "rows": count, "gaps": run.gaps, "grade": wanted.grade, "sha256": file.sha256}
    _post("export", subject, by.mine_id, by, payload)
    return run


# Steps ----------------------------------------------------------------------------------------------------------------


def _need(by: Person, power: str) -> None:
    if not may(by, f"statutory.{power}"):
        raise Refused(_("您没有权限办理法定报表的这件事。请联系安监部门。"), code="not_allowed")


def _locked_mine(by: Person) -> Mine:
    """One report, notice or version at a time: their numbers run without a gap."""
    # Not the whole row: every new hazard of the mine refers to it, and must not wait for a report.
    return Mine.objects.select_for_update(of=("self",), no_key=True).get(id=by.mine_id)


def _locked_report(report_id: UUID, by: Person, power: str) -> StatutoryReport:
    report = (
        StatutoryReport.objects.select_for_update(of=("self",))
        .select_related("mine")
        .filter(id=report_id, mine_id=by.mine_id)
        .first()
    )
    if report is None:
        raise NotVisible
    _need(by, power)
    return report


def _begin(what: str, report_id: UUID, by: Person) -> StatutoryReport:
    """Lock the report and check that `by` may do this to it now."""
    report = _locked_report(report_id, by, what)
    FLOW.target(what, report.status)
    return report


def _enter(
    what: str, report: StatutoryReport, by: Person, payload: Mapping[str, Any], *, source_key: str | None = None
) -> Entry:
    with in_chinese():
        subject = Subject("statutory_report", report.id, report.title)
    return _post(what, subject, report.mine_id, by, payload, source_key=source_key)


def _post(
    what: str,
    subject: Subject,
    mine_id: UUID,
    by: Person | None,
    payload: Mapping[str, Any],
    *,
    unit: Unit | None = None,
    source_key: str | None = None,
) -> Entry:
    return post(
        f"statutory.{what}",
        subject,
        mine_id=mine_id,
        by=by,
        unit=unit,
        payload=payload,
        source_key=source_key,
    )
