"""导入旧隐患台账: hand the file in, look at the preview, confirm, watch it being written; can be left and found again."""

import tempfile
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.hazards import importing, jobs
from kuangdeng.hazards.forms.importing import LedgerFileForm
from kuangdeng.hazards.rules import STATUS_LABELS
from kuangdeng.hazards.services import confirm_import
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import asks_progress, progress_answer, put_refusal
from kuangdeng.org.api import ImportRun, me, need_power

AT_ONCE = 2000
"""Rows that are written while the person waits; more than that is the worker's."""


def start(request: HttpRequest) -> HttpResponse:
    """The form, and the imports of before."""
    person = me(request)
    need_power(person, "hazard.import")
    form = LedgerFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = _take_in(request, form.cleaned_data["file"])
            return HttpResponseRedirect(reverse("hazards:import_run", args=[run.id]))
        except Refused as refusal:
            put_refusal(form, refusal)
    status = 422 if form.is_bound and form.errors else 200
    runs = importing.runs_of(person)
    return render(request, "hazards/import_start.html", {"form": form, "runs": runs}, status=status)


def _take_in(request: HttpRequest, file: UploadedFile) -> ImportRun:
    person = me(request)
    with tempfile.NamedTemporaryFile(suffix=Path(file.name or "").suffix.lower()[:6]) as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        run = importing.take_in(Path(kept.name), by=person, name=file.name or _("台账"))
    if run.state == ImportRun.State.READING:
        if (file.size or 0) <= importing.SMALL:
            importing.read(run.id, by=person)
        else:
            jobs.go_on_importing.defer(run_id=str(run.id))
    return run


def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: its progress, its preview, or what came of it."""
    found = importing.get_run(run_id, by=me(request))
    if request.method == "POST":
        return _act(request, found)
    moving = found.state in (ImportRun.State.READING, ImportRun.State.WRITING)
    words = {"run": found, "moving": moving, "stale": importing.is_stale(found), "states": STATUS_LABELS}
    if asks_progress(request):
        return progress_answer(request, "hazards/_import_progress.html", words, moving=moving)
    words |= _told(found)
    return render(request, "hazards/import_run.html", words)


def _told(found: ImportRun) -> dict[str, object]:
    """The preview in the words of the page."""
    report = found.report or {}
    counts = report.get("counts") or {}
    figures = [
        {"label": _("数据行"), "value": counts.get("rows", 0)},
        {"label": _("可以导入"), "value": counts.get("good", 0)},
        {
            "label": _("有错，不导入"),
            "value": counts.get("problems", 0),
            "tone": "late" if counts.get("problems") else "",
        },
        {
            "label": _("重复，不导入"),
            "value": counts.get("twins_here", 0) + counts.get("twins_there", 0) + counts.get("known", 0),
        },
    ]
    states = [(STATUS_LABELS.get(status, status), count) for status, count in (report.get("states") or {}).items()]
    reasons = [(STATUS_LABELS.get(status, status), why, n) for status, why, n in report.get("reasons") or []]
    headers = [(name, _mapped(header)) for name, header in (report.get("headers") or {}).items()]
    return {
        "report": report,
        "counts": counts,
        "figures": figures,
        "state_counts": states,
        "reasons": reasons[:12],
        "headers": headers,
        "problems_file": importing.errors_of(found).exists(),
    }


def _mapped(header: dict[str, object]) -> dict[str, object]:
    """Which column of the sheet was taken for which of ours."""
    from kuangdeng.hazards.ledgers.columns import LABELS

    titles: list[str] = header["titles"]  # type: ignore[assignment]
    columns: dict[str, int] = header["columns"]  # type: ignore[assignment]
    by_index = {index: LABELS[key] for key, index in columns.items()}
    return {
        "known": [(title, by_index[index]) for index, title in enumerate(titles) if index in by_index],
        "unknown": header["unknown"],
        "year": header.get("year"),
        "not_data": header.get("not_data") or [],
    }


def _act(request: HttpRequest, found: ImportRun) -> HttpResponse:
    person, wish = me(request), request.POST.get("do")
    try:
        if wish == "confirm":
            confirm_import(found.id, by=person)
            _write(found, request)
        elif wish == "go_on" and importing.is_stale(found):
            jobs.go_on_importing.defer(run_id=str(found.id))
            messages.success(request, _("已接着导入，已经写入的不会重复。"))
        elif wish == "drop":
            importing.drop(found.id, by=person)
            messages.success(request, _("这次导入已放弃，没有写入任何数据。"))
            return HttpResponseRedirect(reverse("hazards:import_start"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("hazards:import_run", args=[found.id]))


def _write(found: ImportRun, request: HttpRequest) -> None:
    if found.report["counts"]["rows"] <= AT_ONCE:
        importing.write(found.id, by=me(request))
    else:
        jobs.go_on_importing.defer(run_id=str(found.id))


def problems(request: HttpRequest, run_id: UUID) -> FileResponse:
    """The whole list of what is wrong or worth knowing in the file, as CSV."""
    found = importing.get_run(run_id, by=me(request))
    path = importing.errors_of(found)
    if not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8")
    name = f"{Path(found.file_name).stem}-{_('问题清单')}.csv"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
