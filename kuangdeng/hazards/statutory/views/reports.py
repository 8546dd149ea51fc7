"""The reports: statistics of a month, versions, signature, receipts, paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.hazards.statutory import forms, letters, queries, registers, rules, services, sheets
from kuangdeng.hazards.statutory.models import StatutoryReport
from kuangdeng.hazards.statutory.rules import Cell, Kind, Line, Period
from kuangdeng.hazards.views.paper import answer
from kuangdeng.kernel import clock
from kuangdeng.kernel.documents import DOCX
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.files import PDF, content_of
from kuangdeng.kernel.views import XLSX, register_page
from kuangdeng.org.api import Person, has_power, me, need_power

MONTHS = 18


def file_answer(content: bytes | None, name: str, kind: str, *, inline: bool = False) -> HttpResponse:
    """A file called `name`. NotVisible when it is not there."""
    if content is None:
        raise NotVisible
    response = HttpResponse(content, content_type=kind)
    how = "inline" if inline else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    if inline:
        response["Content-Security-Policy"] = "sandbox"
    return response


def scan_answer(sha256: str) -> HttpResponse:
    """A kept scan: a photo is shown, a PDF is saved, because what is in it is not ours."""
    content = content_of(sha256)
    pdf = content is not None and content.startswith(b"%PDF-")
    return file_answer(
        content, f"{sha256[:12]}.{'pdf' if pdf else 'jpg'}", PDF if pdf else "image/jpeg", inline=not pdf
    )


@dataclass(frozen=True)
class Shown:
    """A figure as the page shows it, with the way to its hazards."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Row:
    """A row of the page."""

    name: str
    cells: list[Shown]
    total: bool = False


def rows_of(table: queries.Table, groups: Sequence[rules.FormGroup], source: str = "") -> list[Row]:
    """The rows of a table with links to the lists behind their figures; without a source none."""
    lines = [(line, line.unit_id or "none") for line in table.lines]
    if table.total:
        lines.append((table.total, "mine"))
    return [
        Row(str(line.title), [_shown(line, one, key, source) for one in rules.columns(groups)], line is table.total)
        for line, key in lines
    ]


def _shown(line: Line, column: rules.FormColumn, row: str, source: str) -> Shown:
    text = line.get_figure(column.key)
    if not source or not column.cell or not line.count(column.cell):
        return Shown(text)
    return Shown(text, reverse("hazards:statutory_cell", args=[source, column.cell, row]))


def _period(text: str, kind: Kind, *, otherwise: Period) -> Period:
    """The period that an address names. NotVisible for what is none, or lies ahead."""
    period = rules.parse_period(text) if text else otherwise
    if period is None or period.kind != kind or period.first > clock.today():
        raise NotVisible
    return period


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """法定报表: every version, and what is due."""
    by = me(request)
    queries.seen_units(by)
    context = {"owed": _owed(by), "whole": has_power(by, "statutory.see"), **_powers(by)}
    rows = queries.reports(by)
    return register_page(request, registers.reports(), rows, template="hazards/statutory/index.html", context=context)


def _powers(by: Person) -> dict[str, bool]:
    names = ("prepare", "sign", "notice", "export", "rules")
    return {f"can_{name}": has_power(by, f"statutory.{name}") for name in names}


def _owed(by: Person) -> list[dict[str, Any]]:
    found = []
    if has_power(by, "statutory.see"):
        for one in queries.owed(by.mine, clock.today()):
            url = _where(one.kind, one.period) if one.report is None else report_url(one.report)
            label = f"{one.period.label} {rules.KIND_LABELS[one.kind]}"
            found.append({"owed": one, "url": url, "label": label, "step": registers.STEPS[one.step]})
    return found


def report_url(report: StatutoryReport) -> str:
    """A version's page."""
    return reverse("hazards:statutory_report", args=[report.id])


def _where(kind: Kind, period: Period) -> str:
    return f"{reverse('hazards:statutory_month' if kind == Kind.MONTH else 'hazards:statutory_quarter')}?period={period.code}"


@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """月度统计: the twelve columns of a month as they are now."""
    return _live(request, Kind.MONTH)


@require_GET
def quarter(request: HttpRequest) -> HttpResponse:
    """季度报告: the figures of a quarter as they are now, and the way to the written report."""
    by = me(request)
    need_power(by, "statutory.see")
    return _live(request, Kind.QUARTER)


def _live(request: HttpRequest, kind: Kind) -> HttpResponse:
    by = me(request)
    running = rules.period_of(kind, clock.today())
    period = _period(request.GET.get("period", ""), kind, otherwise=running)
    span, table = queries.live_table(by, period)
    if request.GET.get("export") == "xlsx":
        made = sheets.month_xlsx(table, mine=by.mine.name, title=_heading(period), foot=sheets.foot_of(""))
        return file_answer(made, f"{_heading(period)}.xlsx", XLSX)
    choices, one = [], running
    for _n in range(MONTHS if kind == Kind.MONTH else 8):
        choices.append(one)
        one = one.previous
    context = {
        "period": period, "kind": kind.value, "span": span, "choices": choices, "groups": rules.FORM, "beside": rules.BESIDE,
        "rows": rows_of(table, rules.FORM, period.code),
        "beside_rows": rows_of(table, rules.BESIDE, period.code),
        "report": queries.reports(by).filter(kind=kind, first=period.first).first(),
        "can_prepare": has_power(by, "statutory.draft"), "whole": table.total is not None,
        "draft_fields": {"period": period.code},
        "page_title": _("月度统计") if kind == Kind.MONTH else _("季度报告"),
    }  # fmt: skip
    return render(request, "hazards/statutory/month.html", context)


def _heading(period: Period) -> str:
    words = rules.KIND_LABELS[Kind.MONTH] if period.kind == Kind.MONTH else _("事故隐患排查治理情况统计表")
    return f"{period.label}{words}"


@require_GET
def cell(request: HttpRequest, source: str, cell: str, row: str) -> HttpResponse:
    """The hazards behind one figure: of a period as it is now, or of a version as it was drafted."""
    by = me(request)
    if cell not in list(Cell):
        raise NotVisible
    which, unit = Cell(cell), "" if row == "mine" else row
    period = rules.parse_period(source)
    if period is None:
        report = queries.get_report(_uuid(source), by=by)
        found, back = queries.frozen_hazards(report, which, unit, by), report_url(report)
    else:
        found, back = queries.cell_hazards(by, period, which, unit), _where(period.kind, period)
    label = (period or report.period).label
    context = {"back": back, "frozen": period is None}
    return register_page(
        request,
        registers.cell(by, f"{label} {rules.CELL_LABELS[which]}"),
        found,
        template="hazards/statutory/cell.html",
        context=context,
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """编制."""
    by = me(request)
    need_power(by, "statutory.draft")
    period = rules.parse_period(request.POST.get("period", ""))
    if period is None:
        raise NotVisible
    made: list[StatutoryReport] = []

    def act() -> str:
        made.append(services.draft(period=period, by=by))
        return _("已编制，请核对后送矿领导签字。")

    answered = do_and_return(request, act, _where(period.kind, period))
    return HttpResponseRedirect(report_url(made[0])) if made else answered


@require_GET
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One version: its figures, what has changed since, signature, receipts."""
    by = me(request)
    found = queries.get_report(report_id, by=by)
    shown = queries.page_of(found, by=by)
    labels = {**rules.VERB_LABELS, "send": _("登记回执")}
    primary = {"drafted": "sign", "signed": "send", "partly": "send"}.get(found.status)
    verbs = [
        {"verb": one, "label": labels[one], "primary": one == primary, "post": one == "redraft",
         "url": reverse("hazards:statutory_verb", args=[found.id, one])}
        for one in shown.verbs
    ]  # fmt: skip
    context = {
        "report": found, "shown": shown, "verbs": verbs, "state_chip": registers.state_chip(found), "groups": rules.FORM,
        "beside": rules.BESIDE, "rows": rows_of(shown.table, rules.FORM, str(found.id)),
        "beside_rows": rows_of(shown.table, rules.BESIDE, str(found.id)),
        "whole": has_power(by, "statutory.see"),
    }  # fmt: skip
    return render(request, "hazards/statutory/report.html", context)


@require_http_methods(["GET", "POST"])
def verb(request: HttpRequest, report_id: UUID, verb: str) -> HttpResponse:
    """签字、登记回执、出更正版, each with its form; 重新编制 by its button."""
    by = me(request)
    found = queries.get_report(report_id, by=by)
    verbs, missing = queries.next_of(found, by=by)
    if verb not in verbs:
        if request.method == "POST" and verb in ("sign", "send", "correct", "redraft"):
            return do_and_return(request, lambda: _refuse(found, verb, by), report_url(found))
        raise NotVisible
    if verb == "redraft":
        return do_and_return(request, lambda: _redrafted(found, by), report_url(found))
    return {"sign": _sign, "send": _send, "correct": _correct}[verb](request, found, missing, by)


def _refuse(found: StatutoryReport, verb: str, by: Person) -> str:
    """Say in words why it can't be done now."""
    rules.FLOW.target({"send": "complete"}.get(verb, verb), found.status)
    raise NotVisible


def _redrafted(found: StatutoryReport, by: Person) -> str:
    services.redraft(found.id, by=by)
    return _("已按现在的数据重新编制。")


def _sign(request: HttpRequest, found: StatutoryReport, missing: list[str], by: Person) -> HttpResponse:
    shown = {"drafted": found.drafted_at.isoformat()}
    form = forms.SignForm(request.POST or None, request.FILES or None, by=by, initial=shown)

    def act(data: dict[str, Any]) -> str:
        services.sign(found.id, scan=data["scan"].read(), signed_on=data["signed_on"], drafted=data["drafted"], by=by)
        return _("已签字，内容从现在起不能再改。")

    return edit_page(
        request, form, act, title=_("签字：%s") % found.title, label=_("签字"), back=report_url(found),
        context={"note": _("先打印，在纸上签字盖章，再把扫描件或照片传上来。签字以后内容不能再改，只能出更正版。")},
    )  # fmt: skip


def _send(request: HttpRequest, found: StatutoryReport, missing: list[str], by: Person) -> HttpResponse:
    form = forms.SendForm(request.POST or None, request.FILES or None, by=by, missing=missing)

    def act(data: dict[str, Any]) -> str:
        data["scan"] = data["scan"].read()
        sent = services.send(found.id, data=services.ReceiptData(**data), by=by)
        return _("回执已登记，全部报送完毕。") if sent.sent_at else _("回执已登记，还有接收部门没有回执。")

    return edit_page(
        request, form, act, title=_("登记回执：%s") % found.title, label=_("登记回执"), back=report_url(found)
    )


def _correct(request: HttpRequest, found: StatutoryReport, missing: list[str], by: Person) -> HttpResponse:
    form = forms.CorrectForm(request.POST or None, by=by)

    def act(data: dict[str, Any]) -> str:
        made = services.correct(found.id, reason=data["reason"], by=by)
        return _("第 %d 版已编制，请核对后送矿领导签字。") % made.version

    return edit_page(
        request, form, act, title=_("出更正版：%s") % found.title, label=_("出更正版"), back=report_url(found)
    )


# Paper ----------------------------------------------------------------------------------------------------------------


@require_GET
def sheet(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The statistics as the paper form."""
    found = queries.get_report(report_id, by=me(request))
    table = queries.table_of(queries.frozen_lines(found), me(request))
    words = {
        "report": found, "groups": rules.FORM, "beside": rules.BESIDE, "rows": rows_of(table, rules.FORM),
        "beside_rows": rows_of(table, rules.BESIDE), "heading": _heading(found.period),
    }  # fmt: skip
    return answer(request, "hazards/statutory/print_month.html", words, found.title)


@require_GET
def xlsx(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The same as an Excel form."""
    by = me(request)
    found = queries.get_report(report_id, by=by)
    table = queries.table_of(queries.frozen_lines(found), by)
    foot = sheets.foot_of(found.snapshot)
    made = sheets.month_xlsx(table, mine=found.mine.name, title=_heading(found.period), foot=foot)
    return file_answer(made, f"{found.title}.xlsx", XLSX)


@require_GET
def document(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """The written report of a quarter in Word: the one that was signed, or a draft of it."""
    by = me(request)
    found = queries.get_report(report_id, by=by)
    if found.kind != Kind.QUARTER:
        return redirect("hazards:statutory_print", report_id=found.id)
    content = queries.document_of(found) or letters.print_quarter(found.words, found.mine).content
    return file_answer(content, f"{found.title}.docx", DOCX)


@require_GET
def scan(request: HttpRequest, report_id: UUID, sha256: str) -> HttpResponse:
    """The scan of the signed paper, or of a receipt."""
    by = me(request)
    need_power(by, "statutory.see")
    return scan_answer(queries.scan_in(queries.get_report(report_id, by=by), sha256))
