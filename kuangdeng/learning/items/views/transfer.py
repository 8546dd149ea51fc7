"""导入、导出: hand a file in, look at the preview, decide, confirm; take items out."""

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel.clock import local
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.listing.export import guarded
from kuangdeng.kernel.views import XLSX
from kuangdeng.kernel.web import asks_progress, progress_answer, put_refusal
from kuangdeng.learning.items import importing, jobs, queries, registers, transfer
from kuangdeng.learning.items.formats.drafts import Draft, Left
from kuangdeng.learning.items.formats.gift import write_gift
from kuangdeng.learning.items.formats.moodle import write_moodle
from kuangdeng.learning.items.formats.qti3 import write_qti
from kuangdeng.learning.items.formats.workbook import write_book
from kuangdeng.learning.items.forms import ConfirmForm, ImportForm
from kuangdeng.learning.items.rules import STATUS_LABELS, TYPE_LABELS
from kuangdeng.org.api import ImportRun, me, need_power

State = ImportRun.State


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """导入题目: the form, and the imports of before."""
    by = me(request)
    need_power(by, "item.import")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            run = _take_in(request, form.cleaned_data)
            return redirect("learning:items_import_run", run.id)
        except Refused as refusal:
            put_refusal(form, Refused(refusal.message, field=refusal.field or "file"))
    words = {"form": form, "runs": importing.runs_of(by), "banks": queries.writable_banks(by, "item.import")}
    return render(request, "learning/items/import_start.html", words, status=422 if form.is_bound else 200)


def _take_in(request: HttpRequest, data: dict[str, Any]) -> ImportRun:
    by, file = me(request), data["file"]
    run = _take_file(file, by) if file else importing.take_words(data["words"], by=by)
    if (file.size if file else len(data["words"])) <= importing.SMALL:
        return importing.read(run.id, by=by)
    jobs.go_on_importing.defer(run_id=str(run.id))
    return run


def _take_file(file: UploadedFile, by: Any) -> ImportRun:
    with tempfile.NamedTemporaryFile() as kept:
        for chunk in file.chunks():
            kept.write(chunk)
        kept.flush()
        return importing.take_in(Path(kept.name), by=by, name=file.name or "items")


@require_http_methods(["GET", "POST"])
def run(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: its progress, its preview, or what came of it."""
    by = me(request)
    found = importing.get_run(run_id, by=by)
    form = None
    if found.state == State.PREVIEW:
        form = ConfirmForm(request.POST or None, by=by, asks=found.report.get("asks", []))
    if request.method == "POST":
        answer = _act(request, found, form)
        if answer is not None:
            return answer
    moving = found.state in (State.READING, State.WRITING)
    if asks_progress(request):
        return progress_answer(request, "learning/items/_import_progress.html", {"run": found}, moving=moving)
    status = 422 if form is not None and form.is_bound else 200
    return render(
        request, "learning/items/import_run.html", {**_told(found), "form": form, "moving": moving}, status=status
    )


def _told(found: ImportRun) -> dict[str, Any]:
    report = found.report or {}
    counts = report.get("counts") or {}
    figures = [
        {"label": _("题目"), "value": counts.get("rows", 0)},
        {"label": _("可以导入"), "value": counts.get("good", 0)},
        {"label": _("重复"), "value": counts.get("twins_here", 0) + counts.get("twins_there", 0)},
        {"label": _("答案要您认"), "value": counts.get("asked", 0), "tone": "late" if counts.get("asked") else ""},
        {"label": _("没有读成"), "value": counts.get("left", 0), "tone": "late" if counts.get("left") else ""},
    ]
    rows = [{**one, "type": TYPE_LABELS[one["type"]]} for one in report.get("sample", [])]
    twins = [{**one, "type": TYPE_LABELS[one["type"]]} for one in report.get("twins", [])]
    types = [(TYPE_LABELS[kind], count) for kind, count in (report.get("types") or {}).items()]
    standing = STATUS_LABELS.get(report.get("standing", ""), "")
    return {
        "run": found, "report": report, "counts": counts, "figures": figures, "rows": rows, "twins": twins, "types": types,
        "standing": standing, "has_left": importing.lefts_of(found).exists() and (counts.get("left") or found.problems),
    }  # fmt: skip


def _act(request: HttpRequest, found: ImportRun, form: ConfirmForm | None) -> HttpResponse | None:
    by = me(request)
    try:
        if request.POST.get("do") == "drop":
            importing.drop(found.id, by=by)
            messages.success(request, _("这次导入已放弃，没有写入任何题。"))
            return redirect("learning:items_import")
        if form is None:
            return redirect("learning:items_import_run", found.id)
        if form.is_valid():
            _confirm(request, found, _choice(form))
            return redirect("learning:items_import_run", found.id)
    except Refused as refusal:
        if form is None:
            messages.error(request, str(refusal))
            return redirect("learning:items_import_run", found.id)
        put_refusal(form, refusal)
    return None


def _confirm(request: HttpRequest, found: ImportRun, choice: importing.Choice) -> None:
    by = me(request)
    if found.total_rows > importing.FEW:
        transfer.hand_to_worker(found.id, choice=choice, by=by)
        jobs.go_on_importing.defer(run_id=str(found.id))
        return
    done = transfer.confirm(found.id, choice=choice, by=by)
    messages.success(request, _("写入了 %d 道题。") % done.report["written"])


def _choice(form: ConfirmForm) -> importing.Choice:
    data = form.cleaned_data
    return importing.Choice(
        bank_id=UUID(data["bank"]), standing=data["standing"], twins=data["twins"], marks=form.marks(),
        approved=data["approved"], difficulty=data["difficulty"],
    )  # fmt: skip


@require_GET
def left(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Everything of a file that did not come in, as CSV."""
    found = importing.get_run(run_id, by=me(request))
    path = importing.lefts_of(found)
    if not path.exists():
        raise Http404
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("工作表或文件"), _("行"), _("列"), _("单元格"), _("题干"), _("说明")])
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            one = json.loads(line)
            row = [one["sheet"], one["row"] or "", one["column"], one["cell"], one["text"], one["message"]]
            writer.writerow([guarded(str(cell)) for cell in row])
    return _file(
        "\ufeff" + out.getvalue(), f"{Path(found.file_name).stem}-{_('没有导入的')}.csv", "text/csv; charset=utf-8"
    )


def _file(body: str | bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    return _named(response, name)


def _named(response: Any, name: str) -> Any:
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """An Excel to fill in, with one example of each type."""
    need_power(me(request), "item.import")
    out = io.BytesIO()
    write_book(_examples(), [], out)
    return _file(out.getvalue(), f"{_('题目导入模板')}.xlsx", XLSX)


def _examples() -> list[Draft]:
    from kuangdeng.learning.items.sample import examples

    return examples()


# Out ------------------------------------------------------------------------------------------------------------------

KINDS = {
    "xlsx": ("xlsx", XLSX),
    "gift": ("gift.txt", "text/plain; charset=utf-8"),
    "moodle": ("xml", "application/xml"),
    "qti": ("zip", "application/zip"),
}


@require_GET
def export(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """导出: the items that the list shows, in a format; what the format cannot say is asked about first."""
    by = me(request)
    need_power(by, "item.export")
    kind = request.GET.get("format", "")
    params = request.GET.copy()
    params.pop("format", None)
    chosen = registers.items(by).read(queries.visible(by), params, path=reverse("learning:items"), owner=by.id)
    rows = queries.exported(by, chosen.filtered)
    if kind not in KINDS:
        words = {"count": rows.count(), "query": params.urlencode(), "chosen": chosen}
        return render(request, "learning/items/export.html", words)
    out = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the answer has been sent
    lost: list[Left] = []
    _write(kind, transfer.drafts_for_export(rows.iterator(chunk_size=1000)), lost, out)
    if lost and "anyway" not in request.GET:
        out.close()
        words = {
            "lost": lost[:500],
            "lost_count": len(lost),
            "kind": kind,
            "query": params.urlencode(),
            "count": rows.count(),
        }
        return render(request, "learning/items/export.html", words)
    suffix, content_type = KINDS[kind]
    response = StreamingHttpResponse(_pieces(out), content_type=content_type)
    named: HttpResponse = _named(response, f"{_('题库')}-{local():%Y%m%d}.{suffix}")
    return named


def _write(kind: str, drafts: Iterator[Draft], lost: list[Left], out: Any) -> None:
    if kind == "xlsx":
        write_book(drafts, lost, out)
    elif kind == "qti":
        write_qti(drafts, lost, out, transfer.load_picture)
    elif kind in ("gift", "moodle"):
        pieces = write_gift(drafts, lost) if kind == "gift" else write_moodle(drafts, lost, transfer.load_picture)
        for piece in pieces:
            out.write(piece.encode())
    else:
        raise NotVisible


def _pieces(file: Any) -> Iterator[bytes]:
    file.seek(0)
    with file:
        while piece := file.read(65536):
            yield piece
