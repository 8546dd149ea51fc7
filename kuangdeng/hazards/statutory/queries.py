"""Reading legal reports: who sees which rows, what a version says, what has changed since, what is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet

from kuangdeng.hazards.models import Grade, Hazard, MajorPlan
from kuangdeng.hazards.queries import overdue, visible
from kuangdeng.hazards.queries.work import open_in
from kuangdeng.hazards.statutory import figures, rules
from kuangdeng.hazards.statutory.figures import Span, span_of
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
from kuangdeng.hazards.statutory.rules import FLOW, Cell, Kind, Line, Period, Status, period_of
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.files import content_of
from kuangdeng.kernel.rows import one_of
from kuangdeng.org.api import Mine, Person, has_power, reach

# Statistics -----------------------------------------------------------------------------------------------------------


def seen_units(person: Person) -> set[str] | None:
    """The rows that this person may see; None: all of them. NotVisible for who sees none."""
    if has_power(person, "statutory.see"):
        return None
    units = reach(person, "statutory.see_unit")
    if not units:
        raise NotVisible
    return {str(one) for one in units}


@dataclass(frozen=True)
class Table:
    """The statistics as somebody sees them: his rows, and the total when he sees all."""

    lines: list[Line]
    total: Line | None


def table_of(lines: list[Line], person: Person) -> Table:
    """The rows of these that the person may see."""
    seen = seen_units(person)
    if seen is None:
        return Table(lines, rules.total(lines))
    return Table([one for one in lines if one.unit_id in seen], None)


def live_table(person: Person, period: Period) -> tuple[Span, Table]:
    """A period as it is now, up to this moment when it is not over."""
    span = span_of(person.mine, period)
    return span, table_of(figures.live_lines(span), person)


def cell_hazards(person: Person, period: Period, cell: Cell, row: str) -> QuerySet[Hazard]:
    """The hazards behind a figure of a row (an empty one: the mine). NotVisible for somebody else's row."""
    span = span_of(person.mine, period)
    return figures.hazards_of_cell(span, cell, _row_units(person, row))


def _row_units(person: Person, row: str) -> list[UUID | None] | None:
    seen = seen_units(person)
    if row in ("", "none"):
        if seen is not None:
            raise NotVisible
        return None if row == "" else [None]
    if seen is not None and row not in seen:
        raise NotVisible
    units = figures.homes(person.mine_id).below(_uuid(row))
    if not units:
        raise NotVisible
    return units


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


# Reports --------------------------------------------------------------------------------------------------------------


def reports(person: Person) -> QuerySet[StatutoryReport]:
    """The reports of the person's mine. NotVisible for who may not see them; a unit's head sees the monthly ones."""
    rows = StatutoryReport.objects.filter(mine_id=person.mine_id).select_related("signed_by", "drafted_by", "mine")
    if seen_units(person) is not None:
        return rows.filter(kind=Kind.MONTH).exclude(status=Status.DRAFTED)
    return rows


def get_report(report_id: UUID, *, by: Person) -> StatutoryReport:
    """One version of a report. NotVisible when there is none that this person may see."""
    found = one_of(reports(by).filter(id=report_id))
    if found is None:
        raise NotVisible
    return found


def frozen_lines(report: StatutoryReport) -> list[Line]:
    """The rows as they were drafted."""
    rows = StatLine.objects.filter(report=report).order_by("position")
    return [
        Line(
            str(row.unit_id or ""), row.name, row.figures["counts"], Decimal(row.figures["funds"]), row.figures["units"]
        )
        for row in rows
    ]


def frozen_hazards(report: StatutoryReport, cell: Cell, row: str, person: Person) -> QuerySet[Hazard]:
    """The hazards that a figure of a version counted, whatever became of them since."""
    items = StatItem.objects.filter(report=report, cells__contains=[cell.value])
    if row not in ("", "none"):
        items = items.filter(unit_id=_uuid(row))
    elif row == "none":
        items = items.filter(unit=None)
    seen = seen_units(person)
    if seen is not None and row not in seen:
        raise NotVisible
    return Hazard.objects.filter(id__in=items.values("hazard_id"))


def fingerprint(report: StatutoryReport) -> str:
    """The digest of what is signed, from the rows as the database holds them."""
    lines = StatLine.objects.filter(report=report).order_by("position").values_list("name", "unit_id", "figures")
    items = StatItem.objects.filter(report=report).order_by("hazard_id")
    head = {
        "mine": report.mine_id, "kind": report.kind, "first": report.first, "version": report.version,
        "reason": report.reason, "words": report.words, "signed_on": report.signed_on, "scan": report.scan_id,
        "signed_by": report.signed_by_id, "document": report.document_id,
    }  # fmt: skip
    return rules.digest(
        {
            "head": head,
            "lines": [[name, str(unit), values] for name, unit, values in lines],
            "items": [[str(h), str(u), c, str(f)] for h, u, c, f in items.values_list("hazard_id", "unit_id", "cells", "funds")],
        }
    )  # fmt: skip


@dataclass(frozen=True)
class Change:
    """A figure that would be another one today."""

    unit: str
    label: str
    then: str
    now: str


def differences(report: StatutoryReport, table: Table, person: Person) -> list[Change]:
    """What the period's figures are today, where that is not what the version says."""
    today = table_of(figures.live_lines(span_of(report.mine, report.period)), person)
    after = {one.unit_id: one for one in today.lines}
    before = {one.unit_id: one for one in table.lines}
    found = []
    for key in dict.fromkeys([*before, *after]):
        then, now = before.get(key), after.get(key)
        name = str((then or now).title)  # type: ignore[union-attr]
        found += _changed(name, then or Line(key, name, {}), now or Line(key, name, {}))
    if table.total and today.total:
        found += _changed(str(table.total.title), table.total, today.total)
    return found


def _changed(name: str, then: Line, now: Line) -> list[Change]:
    money = (then.funds, now.funds) if then.funds != now.funds else None
    found = [
        Change(name, str(rules.CELL_LABELS[cell]), str(then.count(cell)), str(now.count(cell)))
        for cell in Cell
        if then.count(cell) != now.count(cell)
    ]
    if money:
        label = str(rules.columns(rules.FORM)[-1].label)
        found.append(Change(name, label, *map(rules.ten_thousands, money)))
    return found


@dataclass(frozen=True)
class Page:
    """A version with all that its page shows."""

    report: StatutoryReport
    table: Table
    changes: list[Change]
    receipts: list[Receipt]
    missing: list[str]
    versions: list[StatutoryReport]
    verbs: list[str]
    due: date | None
    rule: ReportRule | None


def page_of(report: StatutoryReport, *, by: Person) -> Page:
    """A version with its rows, what has changed since, its receipts and the other versions."""
    table = table_of(frozen_lines(report), by)
    receipts = list(Receipt.objects.filter(report=report).select_related("by"))
    had = {one.receiver for one in receipts}
    versions = versions_of(report)
    newest = versions[0]
    rule = rule_on(report.mine_id, Kind(report.kind), report.period.last)
    return Page(
        report=report,
        table=table,
        changes=differences(report, table, by),
        receipts=receipts,
        missing=[one for one in report.receivers if one not in had],
        versions=versions,
        verbs=verbs_of(report, by, newest=newest.version == report.version),
        due=due_of(rule, report.period) if rule else None,
        rule=rule,
    )


def versions_of(report: StatutoryReport) -> list[StatutoryReport]:
    """Every version of the period's report, the newest first."""
    rows = StatutoryReport.objects.filter(mine_id=report.mine_id, kind=report.kind, first=report.first)
    return list(rows.order_by("-version"))


def next_of(report: StatutoryReport, *, by: Person) -> tuple[list[str], list[str]]:
    """What this person may do next, and which receivers have given no receipt."""
    had = set(Receipt.objects.filter(report=report).values_list("receiver", flat=True))
    newest = versions_of(report)[0]
    return verbs_of(report, by, newest=newest.id == report.id), [one for one in report.receivers if one not in had]


def verbs_of(report: StatutoryReport, by: Person, *, newest: bool) -> list[str]:
    """What this person may do to the version next; both ways of registering a receipt are one button."""
    found = [one for one in FLOW.from_(report.status) if has_power(by, f"statutory.{one}")]
    if not newest:
        found = [one for one in found if one != "correct"]
    shown = ["send" if one in ("deliver", "complete") else one for one in found]
    return list(dict.fromkeys(shown))


def document_of(report: StatutoryReport) -> bytes | None:
    """The Word file that was signed; None before that."""
    return content_of(report.document_id) if report.document_id else None


def scan_in(report: StatutoryReport, sha256: str) -> str:
    """The scan of that name, if it belongs to this version. NotVisible otherwise."""
    named = {report.scan_id, *Receipt.objects.filter(report=report).values_list("scan_id", flat=True)}
    if sha256 not in named:
        raise NotVisible
    return sha256


def files_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files a legal report holds; the sweeper keeps them."""
    wanted = list(names)
    found: set[str] = set()
    for rows, fields in (
        (StatutoryReport.objects.all(), ("scan_id", "document_id")),
        (Receipt.objects.all(), ("scan_id",)),
        (MajorPlan.objects.all(), ("regulator_scan_id", "congress_scan_id")),
        (ExportRun.objects.all(), ("file_id",)),
    ):
        for name in fields:
            found.update(rows.filter(**{f"{name}__in": wanted}).values_list(name, flat=True))
    return found


# Rules and what is due ------------------------------------------------------------------------------------------------


def rule_on(mine_id: UUID, kind: Kind, day: date) -> ReportRule | None:
    """The rule that holds for a period that ends on `day`."""
    rows = ReportRule.objects.filter(mine_id=mine_id, kind=kind, valid_from__lte=day)
    return rows.order_by("-valid_from").first()


def due_of(rule: ReportRule, period: Period) -> date | None:
    """Until when the period's report must be out."""
    return rules.due_on(period, months_after=rule.months_after, day=rule.due_day)


@dataclass(frozen=True)
class Owed:
    """A report of the last period that is not out yet; `report` is None while nobody has begun it."""

    kind: Kind
    period: Period
    rule: ReportRule
    report: StatutoryReport | None
    due: datetime | None

    @property
    def step(self) -> str:
        """What comes next: draft, sign or send."""
        if self.report is None:
            return "draft"
        return "sign" if self.report.status == Status.DRAFTED else "send"


OWED_BACK = {Kind.MONTH: 6, Kind.QUARTER: 3}
NOT_BEGUN = timedelta(days=60)


def owed(mine: Mine, day: date) -> list[Owed]:
    """The reports of ended periods that are not sent, the newest first; three statements.

    A report stays owed when the next period has ended: until it is sent, or nobody has begun it two months after it was
    due. Before the mine was founded, and before its first rule, only the period that ended last is owed.
    """
    every = list(ReportRule.objects.filter(mine_id=mine.id).order_by("-valid_from"))
    founded = clock.local(mine.created_at).date()
    wanted: list[tuple[Kind, Period, ReportRule]] = []
    for kind in Kind:
        period = period_of(kind, day)
        for back in range(OWED_BACK[kind]):
            period = period.previous
            rule = next((one for one in every if one.kind == kind and one.valid_from <= period.last), None)
            if rule is not None and (back == 0 or period.last >= founded):
                wanted.append((kind, period, rule))
    if not wanted:
        return []
    asked = Q(*[Q(kind=kind, first=period.first) for kind, period, _rule in wanted], _connector=Q.OR)
    rows = StatutoryReport.objects.filter(asked, mine_id=mine.id).order_by("version")
    there = {(row.kind, row.first): row for row in rows}
    zone = ZoneInfo(mine.timezone)
    found = []
    for kind, period, rule in wanted:
        report = there.get((kind, period.first))
        if report is None or report.status != Status.SENT:
            last = due_of(rule, period)
            due = datetime.combine(last, time(23, 59), zone) if last else None
            newest = period == period_of(kind, day).previous
            if report is None and not newest and (last is None or last < day - NOT_BEGUN):
                continue
            found.append(Owed(kind, period, rule, report, due))
    return found


def waiting_for(person: Person) -> list[Owed]:
    """What of the legal reports waits for this person: the safety department's work, the leader's signature."""
    steps = set()
    if has_power(person, "statutory.draft"):
        steps |= {"draft", "send"}
    if has_power(person, "statutory.sign"):
        steps.add("sign")
    return [one for one in owed(person.mine, clock.today()) if one.step in steps] if steps else []


def report_rules(mine_id: UUID) -> QuerySet[ReportRule]:
    """The rules of a mine, those that hold first."""
    return ReportRule.objects.filter(mine_id=mine_id)


def get_rule(rule_id: UUID, *, by: Person) -> ReportRule:
    """One rule. NotVisible in another mine."""
    row = one_of(ReportRule.objects.filter(id=rule_id, mine_id=by.mine_id))
    if row is None:
        raise NotVisible
    return row


# Major hazards --------------------------------------------------------------------------------------------------------


def majors(person: Person) -> QuerySet[Hazard]:
    """The major hazards of the mine. NotVisible for who may not see legal reports."""
    if not has_power(person, "statutory.see"):
        raise NotVisible
    return figures.counted(person.mine_id).filter(is_major=True).select_related("plan", "unit", "place", "category")


def get_major(hazard_id: UUID, *, by: Person) -> Hazard:
    """One major hazard with its plan."""
    found = one_of(majors(by).filter(id=hazard_id).select_related("mine", "situation", "catalogue", "person"))
    if found is None:
        raise NotVisible
    return found


def plan_of(hazard: Hazard) -> MajorPlan | None:
    """Its plan; None when nobody has begun one."""
    plan = getattr(hazard, "plan", None)
    return plan if isinstance(plan, MajorPlan) else None


def lacking(hazard: Hazard) -> list[str]:
    """What of the double report is missing: the report itself, then its receipt or scan."""
    plan, found = plan_of(hazard), []
    for to, label in rules.TO_LABELS.items():
        if plan is None or getattr(plan, f"{to}_at") is None:
            found.append(str(label))
    return found


def orders(person: Person) -> QuerySet[SupervisionOrder]:
    """Supervision from above. NotVisible for who may not see legal reports."""
    if not has_power(person, "statutory.see"):
        raise NotVisible
    rows = SupervisionOrder.objects.filter(hazard__mine_id=person.mine_id)
    return rows.select_related("hazard", "by").order_by("-ordered_on")


def get_order(order_id: UUID, *, by: Person) -> SupervisionOrder:
    """One of them."""
    found = one_of(orders(by).filter(id=order_id))
    if found is None:
        raise NotVisible
    return found


# Notices to workers ---------------------------------------------------------------------------------------------------


def notices(person: Person) -> QuerySet[WorkerNotice]:
    """What was printed for workers: the whole mine's, or that of the person's units."""
    rows = WorkerNotice.objects.filter(mine_id=person.mine_id).select_related("by")
    if has_power(person, "statutory.see"):
        return rows
    if not has_power(person, "statutory.notice"):
        raise NotVisible
    return rows.filter(unit_id__in=reach(person, "statutory.notice") or [])


def get_notice(notice_id: UUID, *, by: Person) -> WorkerNotice:
    """One print."""
    found = one_of(notices(by).filter(id=notice_id))
    if found is None:
        raise NotVisible
    return found


def notice_content(mine_id: UUID, units: list[UUID] | None) -> dict[str, Any]:
    """What a notice says now: the open major hazards, the overdue ones, and all that is open by place."""
    rows = open_in(mine_id).order_by()
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    rows = rows.select_related("place", "grade", "unit", "person").order_by(
        "-is_major", F("due_at").asc(nulls_last=True), "received_at"
    )
    late_ids = set(rows.filter(overdue()).values_list("id", flat=True))
    found = list(rows[:MOST_ON_NOTICE])
    places: dict[str, int] = {}
    for place, n in _by_place(mine_id, units):
        places[place] = places.get(place, 0) + n
    return {
        "major": [_on_board(one) for one in found if one.is_major],
        "late": [_on_board(one) for one in found if one.id in late_ids and not one.is_major],
        "others": [_on_board(one) for one in found if one.id not in late_ids and not one.is_major],
        "places": sorted(places.items(), key=lambda one: -one[1]),
        "total": sum(places.values()),
        "at": clock.local().isoformat(timespec="minutes"),
    }


MOST_ON_NOTICE = 120
"""So many hazards a notice board bears; the places count all of them."""


def _by_place(mine_id: UUID, units: list[UUID] | None) -> list[tuple[str, int]]:
    rows = open_in(mine_id).order_by()
    if units is not None:
        rows = rows.filter(unit_id__in=units)
    found = rows.values("place__full_name", "place_text").annotate(n=Count("id"))
    return [(row["place__full_name"] or row["place_text"] or "—", row["n"]) for row in found]


def _on_board(hazard: Hazard) -> dict[str, str]:
    return {
        "number": hazard.number,
        "text": hazard.text,
        "place": " ".join(filter(None, [hazard.place.full_name if hazard.place else "", hazard.place_text])),
        "unit": hazard.unit_name,
        "grade": hazard.grade.name if hazard.grade else "",
        "measure": hazard.measure,
        "due": f"{clock.local(hazard.due_at):%Y-%m-%d %H:%M}" if hazard.due_at else "",
    }


# Exports --------------------------------------------------------------------------------------------------------------


def mappings(person: Person) -> QuerySet[ExportMapping]:
    """The mapping tables of the mine. NotVisible for who may not export."""
    if not has_power(person, "statutory.export"):
        raise NotVisible
    return ExportMapping.objects.filter(mine_id=person.mine_id).select_related("made_by")


def get_mapping(mapping_id: UUID, *, by: Person) -> ExportMapping:
    """One version of a mapping."""
    found = one_of(mappings(by).filter(id=mapping_id))
    if found is None:
        raise NotVisible
    return found


def runs(person: Person) -> QuerySet[ExportRun]:
    """The files that were made. NotVisible for who may not export."""
    if not has_power(person, "statutory.export"):
        raise NotVisible
    return ExportRun.objects.filter(mine_id=person.mine_id).select_related("by", "mapping")


def get_run(run_id: UUID, *, by: Person) -> ExportRun:
    """One of them."""
    found = one_of(runs(by).filter(id=run_id))
    if found is None:
        raise NotVisible
    return found


def wanted_hazards(person: Person, since: date, until: date, grade: str) -> QuerySet[Hazard]:
    """The hazards of an export: found between two days by the mine's clock, of a grade (`major`: the legal ones)."""
    zone = ZoneInfo(person.mine.timezone)
    begin, end = datetime.combine(since, time(), zone), datetime.combine(until, time(23, 59, 59, 999999), zone)
    rows = visible(person).filter(occurred_at__gte=begin, occurred_at__lte=end)
    if grade == "major":
        rows = rows.filter(is_major=True)
    elif grade:
        rows = rows.filter(grade__code=grade, is_major=False)
    related = ("place", "unit", "specialty", "grade", "person", "accepted_by", "closed_by", "supervisor", "reporter")
    return rows.select_related(*related, "helper_unit", "category", "mine").order_by("occurred_at", "id")


def hazard_numbered(number: str, *, by: Person) -> Hazard | None:
    """The hazard of a number; void and merged ones can't be supervised."""
    return one_of(figures.counted(by.mine_id).filter(number=number))


def tells_all(person: Person) -> bool:
    """Whether the person may print the notice of the whole mine."""
    return reach(person, "statutory.notice") is None


def grade_choices(person: Person) -> list[tuple[str, str]]:
    """The mine's grades by code."""
    return list(Grade.objects.filter(mine_id=person.mine_id).values_list("code", "name"))
