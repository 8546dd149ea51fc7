"""导入单位、职工、地点: upload, preview, confirm, report."""

from collections.abc import Iterator
from tempfile import TemporaryFile
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables.opening import MAX_BYTES
from kuangdeng.kernel.views import XLSX
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org import services
from kuangdeng.org.forms import ImportForm
from kuangdeng.org.importing import book, runs
from kuangdeng.org.models import ImportRun
from kuangdeng.org.views._common import need_power, viewer_of


def start(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is read at once and shown, nothing is written yet."""
    viewer = viewer_of(request)
    need_power(viewer, "org.import")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > MAX_BYTES:
                raise Refused(
                    _("文件超过 %(n)d MB。请拆成几个文件后分别上传。") % {"n": MAX_BYTES // 1048576}, field="file"
                )
            run = runs.begin(upload.file, name=upload.name or "", by=viewer, valid_from=form.cleaned_data["valid_from"])
            return redirect("org:import_run", run_id=run.id)
        except Refused as refusal:
            put_refusal(form, Refused(str(refusal), field="file"))
    context = {"form": form, "runs": runs.runs(viewer)[:20]}
    return render(request, "org/import_start.html", context, status=422 if form.errors else 200)


def run(request: HttpRequest, run_id: UUID) -> HttpResponseBase:
    """The preview before, the report after."""
    viewer = viewer_of(request)
    one = runs.get_run(run_id, by=viewer)
    if request.GET.get("export") == "xlsx":
        return _download(one)
    kinds = [
        {"key": key, "label": label, **one.report[key], "sample": one.report.get("sample", {}).get(key)}
        for key, label in (("units", _("单位")), ("persons", _("职工")), ("places", _("地点")))
        if one.report[key]["new_count"] or one.report[key]["changed_count"] or one.report[key]["same_count"]
    ]
    context = {
        "run": one,
        "kinds": kinds,
        "waiting": one.state == ImportRun.State.PREVIEW,
        "nothing": not any(kind["new_count"] or kind["changed_count"] for kind in kinds),
        "shown": 200,
    }
    return render(request, "org/import_run.html", context)


@require_POST
def confirm(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Write what was shown."""
    viewer = viewer_of(request)
    one = runs.get_run(run_id, by=viewer)
    try:
        services.write_import(one.id, by=viewer)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已写入。"))
    return redirect("org:import_run", run_id=one.id)


@require_POST
def drop(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Throw the file away; nothing was written."""
    one = runs.get_run(run_id, by=viewer_of(request))
    runs.drop(one)
    messages.success(request, _("文件已放弃，没有写入任何内容。"))
    return redirect("org:import_start")


def template(request: HttpRequest) -> HttpResponseBase:
    """An empty workbook with the three sheets, for mines that have no list of their own."""
    need_power(viewer_of(request), "org.import")
    return _file(book.write_template, _("导入模板.xlsx"))


def _download(one: ImportRun) -> HttpResponseBase:
    return _file(
        lambda file: book.write_report(one, file), _("导入报告-%(day)s.xlsx") % {"day": f"{one.started_at:%Y%m%d}"}
    )


def _file(write: object, name: str) -> StreamingHttpResponse:
    def pieces() -> Iterator[bytes]:
        with TemporaryFile() as file:
            write(file)  # type: ignore[operator]
            file.seek(0)
            while piece := file.read(65536):
                yield piece

    response = StreamingHttpResponse(pieces(), content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response
