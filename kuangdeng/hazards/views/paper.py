"""The mine's paper: 隐患整改通知单, 复查单, 隐患台账. From the browser's print, or as a PDF made here (`?format=pdf`)."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.hazards import exporting, importing, registers
from kuangdeng.hazards.queries import get_hazard, paper, visible
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.paper import pdf
from kuangdeng.kernel.views import XLSX
from kuangdeng.org.api import me, need_power


def answer(request: HttpRequest, template: str, words: dict[str, Any], name: str) -> HttpResponse:
    """A paper form as a page, or as a PDF called `name`."""
    words = {**words, "printed_at": clock.now(), "mine_name": me(request).mine.name}
    if request.GET.get("format") != "pdf":
        return render(request, template, {**words, "pdf_url": _pdf_url(request)})
    made = pdf(render_to_string(template, {**words, "to_pdf": True}, request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    response["Cache-Control"] = "no-store"
    return response


def _pdf_url(request: HttpRequest) -> str:
    query = request.GET.copy()
    query["format"] = "pdf"
    return f"?{query.urlencode()}"


@require_GET
def notice(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """隐患整改通知单 of a dispatched hazard."""
    sheet = paper.notice_of(get_hazard(hazard_id, by=me(request)))
    words = {"sheet": sheet, "hazard": sheet.hazard, **_days(sheet)}
    return answer(request, "hazards/print_notice.html", words, f"{_('隐患整改通知单')}-{sheet.number}")


@require_GET
def recheck(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """复查单 of a hazard that was worked on, or is."""
    sheet = paper.recheck_of(get_hazard(hazard_id, by=me(request)))
    words = {"sheet": sheet, "hazard": sheet.hazard, **_days(sheet)}
    return answer(request, "hazards/print_recheck.html", words, f"{_('隐患整改复查单')}-{sheet.number}")


def _days(sheet: paper.Sheet) -> dict[str, str]:
    """The instants of the form in the fashion of paper."""
    hazard = sheet.hazard

    def box(label: str, name: str = "") -> str:
        return f"{label}={name}"

    return {
        "five": sheet.five_points,
        "sign_dispatch": box(_("下达人"), hazard.dispatched_by.name if hazard.dispatched_by else ""),
        "sign_unit": box(
            _("责任单位负责人"),
            hazard.signed_by.name if hazard.signed_by and hazard.signed_by_id != hazard.person_id else "",
        ),
        "sign_person": box(_("责任人")),
        "sign_acceptor": box(_("复查人"), hazard.accepted_by.name if hazard.accepted_by else ""),
        "sign_safety": box(_("安监部门")),
        "found": paper.day(hazard.occurred_at),
        "dispatched": paper.day(hazard.dispatched_at),
        "rectified": paper.day(hazard.rectified_at),
        "accepted": paper.day(hazard.accepted_at),
        "closed": paper.day(hazard.closed_at),
        "stopped": paper.day(hazard.plan.stopped_at) if hazard.is_major and hasattr(hazard, "plan") else "",
    }


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """隐患台账: the list that the address asks for, as the mine's ledger on landscape paper."""
    person = me(request)
    need_power(person, "hazard.export")
    as_pdf = request.GET.get("format") == "pdf"
    listing = registers.all_hazards(person).read(visible(person), request.GET, path=request.path)
    sheet = paper.ledger_of(listing.ordered, by=person, most=paper.ROWS_PDF if as_pdf else paper.ROWS)
    if as_pdf and sheet.cut_off:
        raise Refused(
            _(
                "这张台账超过 %(n)d 条，服务器排 PDF 太慢。请缩小筛选范围，或者用浏览器打印（在打印里可以选“另存为 PDF”）。"
            )
            % {"n": paper.ROWS_PDF}
        )
    asked = "；".join(f"{state.filter.label}：{state.words}" for state in listing.states if state.on)
    back = f"{reverse('hazards:list')}?{urlencode([(k, v) for k in request.GET for v in request.GET.getlist(k) if k != 'format'])}"
    words = {"sheet": sheet, "asked": asked, "back": back, "most": paper.ROWS}
    return answer(request, "hazards/print_ledger.html", words, f"{_('隐患台账')}-{clock.today():%Y%m%d}")


@require_GET
def export_run(request: HttpRequest, run_id: UUID) -> StreamingHttpResponse:
    """What one import brought in, under its own columns: .xlsx, or .csv with `?format=csv`."""
    person = me(request)
    run = importing.get_run(run_id, by=person)
    if "headers" not in run.report:
        raise Refused(_("这次导入没有读出过台账，没有可以导出的。"))
    rows = exporting.hazards_of_run(run, by=person)
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    lines = exporting.original_lines(run, rows)
    body: Iterator[Any] = exporting.csv_pieces(lines) if kind == "csv" else _xlsx(lines)
    response = StreamingHttpResponse(body, content_type="text/csv; charset=utf-8" if kind == "csv" else XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(Path(run.file_name).stem)}.{kind}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _xlsx(lines: Iterator[exporting.Line]) -> Iterator[bytes]:
    with TemporaryFile() as file:
        exporting.write_xlsx(lines, file)
        file.seek(0)
        while piece := file.read(65536):
            yield piece
