"""Pages that the kernel draws for everybody: the register, saved views, the error pages."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO, cast
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kuangdeng.kernel import clock, services
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.listing import Bulk, Listing, Register, csv_lines, write_xlsx
from kuangdeng.kernel.timetext import local

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def owner_of(request: HttpRequest) -> UUID | None:
    """Who keeps views here: the signed-in person's id."""
    user = getattr(request, "user", None)
    return user.pk if user is not None and user.is_authenticated and isinstance(user.pk, UUID) else None


def register_page(
    request: HttpRequest,
    register: Register,
    queryset: QuerySet[Any],
    *,
    template: str = "kernel/register.html",
    context: dict[str, Any] | None = None,
    bulk: Sequence[Bulk] | None = None,
) -> HttpResponse:
    """One register as a whole page, as the part that htmx swaps, or as a file (`?export=csv|xlsx`)."""
    listing = register.read(queryset, request.GET, path=request.path, owner=owner_of(request), bulk=bulk)
    return register_page_of(request, listing, template=template, context=context)


def register_page_of(
    request: HttpRequest,
    listing: Listing,
    *,
    template: str = "kernel/register.html",
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """The same for a listing that the view has read itself."""
    register, kind = listing.register, request.GET.get("export")
    if register.export and kind in ("csv", "xlsx"):
        return cast(HttpResponse, export_response(listing, kind))  # a stream, for callers an answer like any other
    part = request.headers.get("HX-Target") == listing.dom_id and "HX-History-Restore-Request" not in request.headers
    words = {"listing": listing, "register": register} | (context or {})
    response = render(request, "kernel/register_part.html" if part else template, words)
    patch_vary_headers(response, ("HX-Target", "HX-History-Restore-Request"))
    if part:
        response["Cache-Control"] = "no-store"
    return response


def export_response(listing: Listing, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The register as a file, named by its title and the day."""
    name = f"{listing.register.title}-{local(clock.now()):%Y%m%d-%H%M}.{kind}"
    body: Iterator[Any] = _xlsx_pieces(listing) if kind == "xlsx" else csv_lines(listing)
    response = StreamingHttpResponse(body, content_type=XLSX if kind == "xlsx" else "text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response


def _xlsx_pieces(listing: Listing) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        write_xlsx(listing, file)
        yield from _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(65536):
        yield piece


def _back(request: HttpRequest, query: str = "") -> HttpResponseRedirect:
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    path = target.partition("?")[0]
    return HttpResponseRedirect(f"{path}?{query}" if query else path)


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the filters of a register under a name."""
    owner = owner_of(request)
    if owner is None:
        raise Http404
    query = request.POST.get("query", "")
    try:
        view = services.save_view(
            owner=owner, register=request.POST.get("register", ""), name=request.POST.get("name", ""), querystring=query
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _back(request, query)
    messages.success(request, _("已存为“%s”，下次一点就到。") % view.name)
    return _back(request, view.querystring)


@require_POST
def delete_view(request: HttpRequest, view_id: UUID) -> HttpResponse:
    """Forget a saved view of my own."""
    owner = owner_of(request)
    view = services.delete_view(owner=owner, view_id=view_id) if owner else None
    if view is None:
        raise Http404
    messages.success(request, _("常用筛选“%s”已删除。") % view.name)
    return _back(request)
