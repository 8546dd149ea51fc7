"""导入旧事故台账: hand the file in, look at the preview, confirm; the empty ledger to fill in."""

import tempfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.hazards.accidents import importing
from kuangdeng.hazards.accidents.ledgers import write_template
from kuangdeng.hazards.accidents.services.importing import confirm_accident_import
from kuangdeng.hazards.forms.importing import LedgerFileForm
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org.api import ImportRun, me, need_power

POWER = "accident.import"


def start(request: HttpRequest) -> HttpResponse:
    """The form, and the imports of before."""
    by = me(request)
    need_power(by, POWER)
    form = LedgerFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            with tempfile.NamedTemporaryFile(suffix=Path(file.name or "").suffix.lower()[:6]) as kept:
                for chunk in file.chunks():
                    kept.write(chunk)
                kept.flush()
                run = importing.take_in(Path(kept.name), by=by, name=file.name or _("台账"))
            return HttpResponseRedirect(reverse("hazards:accident_import_run", args=[run.id]))
        except Refused as refusal:
            put_refusal(form, refusal)
    status = 422 if form.is_bound and form.errors else 200
    words = {"form": form, "runs": importing.runs_of(by)}
    return render(request, "hazards/accidents/import_start.html", words, status=status)


def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: its preview, or what came of it."""
    found = importing.get_run(run_id, by=me(request))
    if request.method == "POST":
        return _act(request, found)
    counts = found.report.get("counts") or {}
    late = "late" if counts.get("problems") else ""
    figures = [
        {"label": _("数据行"), "value": counts.get("rows", 0)},
        {"label": _("可以导入"), "value": counts.get("good", 0)},
        {"label": _("有错，不导入"), "value": counts.get("problems", 0), "tone": late},
        {"label": _("重复，不导入"), "value": counts.get("twins", 0)},
    ]
    words = {"run": found, "report": found.report, "counts": counts, "figures": figures}
    return render(request, "hazards/accidents/import_run.html", words)


def _act(request: HttpRequest, found: ImportRun) -> HttpResponse:
    by, wish = me(request), request.POST.get("do")
    try:
        if wish == "confirm":
            confirm_accident_import(found.id, by=by)
        if wish in ("confirm", "go_on"):
            done = importing.write(found.id, by=by)
            messages.success(request, _("写入了 %d 起事故。") % done.report["written"])
        elif wish == "drop":
            importing.drop(found.id, by=by)
            messages.success(request, _("这次导入已放弃，没有写入任何数据。"))
            return HttpResponseRedirect(reverse("hazards:accident_import_start"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("hazards:accident_import_run", args=[found.id]))


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The empty ledger, with how each column is meant."""
    need_power(me(request), POWER)
    file = BytesIO()
    write_template(file)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = HttpResponse(file.getvalue(), content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote('事故台账模板.xlsx')}"
    return response
