"""The legal catalogue of major hazards: its versions, and what was compared with the official text."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.hazards.forms.settings import FileForm
from kuangdeng.hazards.queries import settings as queries
from kuangdeng.hazards.services import settings as verbs
from kuangdeng.hazards.views.settings import POWER, records
from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import Column as FileColumn
from kuangdeng.kernel.tables import compact
from kuangdeng.kernel.tables import text as as_written
from kuangdeng.org.api import Person, has_power, me, need_power


@require_GET
def catalogue(request: HttpRequest) -> HttpResponse:
    """The versions of the legal catalogue, which one is in force, and how far it was checked."""
    person = me(request)
    need_power(person, "hazard.report")
    today = clock.today()
    rows = list(queries.versions())
    for row in rows:
        row.in_force = row.effective_from <= today and (row.effective_to is None or today <= row.effective_to)  # type: ignore[attr-defined]
    return render(request, "hazards/catalogue.html", {"versions": rows})


@require_GET
def catalogue_version(request: HttpRequest, code: str) -> HttpResponse:
    """One version: every category and situation, which of them were compared with the official text."""
    person = me(request)
    need_power(person, "hazard.report")
    version = queries.get_version(code)
    words = {"version": version, "categories": queries.categories(version), "may_check": _may_check(person)}
    return render(request, "hazards/catalogue_version.html", words)


def _may_check(person: Person) -> bool:
    return has_power(person, POWER)


CORRECTION_COLUMNS = [
    FileColumn("category", "类别序号", ("类别", "类", "category"), required=True),
    FileColumn("no", "情形序号", ("序号", "项", "no"), required=True),
    FileColumn("text", "正文", ("条文", "情形", "内容", "text"), required=True),
]


def catalogue_correct(request: HttpRequest, code: str) -> HttpResponse:
    """The official text of situations from a table."""
    person = me(request)
    need_power(person, POWER)
    version = queries.get_version(code)
    words = _(
        "Excel（.xlsx）或 CSV，三列：类别序号、情形序号、正文。请从应急管理部公布的文本复制，导入后这些条文记为已核对。"
    )
    form = FileForm(request.POST or None, request.FILES or None, by=person, help_text=words)

    def act(data: dict[str, Any]) -> str:
        count = verbs.correct_catalogue(code, corrections=_corrections(data["file"]), by=person)
        return _("已按原文校正 %d 项。") % count

    back = reverse("hazards:catalogue_version", args=[code])
    return edit_page(request, form, act, title=_("校正 %s") % version.document_no, label=_("校正"), back=back)


def _corrections(file: UploadedFile) -> list[verbs.Correction]:
    found = []
    for record in records(file, CORRECTION_COLUMNS):
        category, no = compact(record["category"]), compact(record["no"])
        text = as_written(record["text"])
        if not text:
            continue
        number = category.removeprefix("第").removesuffix("类")
        if not number.isdecimal():
            raise Refused(str(record.problem("category", _("类别序号要写数字。"))), field="file")
        found.append(verbs.Correction(int(number), no.strip("（）()"), text))
    return found


@require_POST
def situation_confirm(request: HttpRequest, situation_id: int) -> HttpResponse:
    """Stand for it that one situation was compared with the official text."""
    person = me(request)
    need_power(person, POWER)
    row = queries.get_situation(situation_id)

    def act() -> str:
        verbs.confirm_situation(row.id, by=person)
        return _("已核对第 %(category)d 类（%(no)s）。") % {"category": row.category.no, "no": row.no}

    return do_and_return(request, act, reverse("hazards:catalogue_version", args=[row.category.version_id]))
