"""Pages of templates."""

from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import documents
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import Refused
from kuangdeng.org.asking import me
from kuangdeng.org.documents import queries, services
from kuangdeng.org.documents.forms import TemplateForm


@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """文书模板: every kind of document, which version holds, what the tags mean."""
    return render(request, "org/documents.html", {"shelves": queries.shelves(me(request))})


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Put the mine's own template in place; it is checked before it is kept."""
    by = me(request)
    what = queries.get_kind(kind, by=by)
    form = TemplateForm(request.POST or None, request.FILES or None)

    def act(data: dict[str, Any]) -> str:
        file = data["file"]
        if file.size > documents.MAX_BYTES:
            raise Refused(
                _("模板超过 %(n)d MB。请去掉里面的大图后再上传。") % {"n": documents.MAX_BYTES // 1048576}, field="file"
            )
        made = services.upload_template(kind, content=file.read(), file_name=file.name or "", note=data["note"], by=by)
        return _("第 %d 版已启用，往后按它出文书。") % made.version

    return edit_page(
        request,
        form,
        act,
        title=_("换用本矿的模板：%s") % what.label,
        label=_("检查并启用"),
        back=reverse("org:documents"),
        template="org/document_upload.html",
        context={"kind": what},
    )


@require_GET
def default(request: HttpRequest, kind: str) -> HttpResponse:
    """The shipped template, to begin from."""
    what = queries.get_kind(kind, by=me(request))
    return word_answer(what.default(), _("%s-自带模板") % what.label)


@require_GET
def download(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """One version of the mine's own."""
    row = queries.get_template(template_id, by=me(request))
    return word_answer(queries.content_for(row.kind, row), row.file_name.removesuffix(".docx"))


@require_GET
def sample(request: HttpRequest, kind: str) -> HttpResponse:
    """What the template that holds now makes of the sample, to look at in Word."""
    by = me(request)
    what = queries.get_kind(kind, by=by)
    content = queries.content_for(kind, queries.used_template(kind, by.mine_id))
    return word_answer(documents.render(content, what.samples()[0]), _("%s-示例") % what.label)


@require_POST
def withdraw(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Stop using a version."""
    by = me(request)
    row = queries.get_template(template_id, by=by)

    def act() -> str:
        services.withdraw_template(row.id, by=by)
        return _("第 %d 版已停用。") % row.version

    return do_and_return(request, act, reverse("org:documents"))


def word_answer(content: bytes, name: str) -> HttpResponse:
    """A Word file to save, called `name`."""
    response = HttpResponse(content, content_type=documents.DOCX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.docx"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
