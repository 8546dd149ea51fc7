"""What the pages of learning share: who asks, a paper form, a kept file."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.paper import pdf
from kuangdeng.kernel.views import XLSX
from kuangdeng.org.api import Person, get_person, has_power

SHOWN = {"application/pdf", "image/jpeg", "image/png"}
"""Kinds of files that a browser shows by itself; the others are saved."""


def tabs_of(person: Person, here: str, pages: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """Those of some pages that this person may use: name → what it is called, and by which power."""
    return [
        {"label": label, "url": reverse(f"learning:{name}"), "current": name == here}
        for name, (label, power) in pages.items()
        if has_power(person, power)
    ]


def asked_person(request: HttpRequest, by: Person) -> Person | None:
    """Who is meant by `?person=`, when one comes from a list; None when nobody whom he may know."""
    try:
        return get_person(UUID(request.GET.get("person", "")), by=by)
    except (ValueError, NotVisible):
        return None


def paper(request: HttpRequest, template: str, words: dict[str, Any], name: str) -> HttpResponse:
    """A paper form as a page, or with `?format=pdf` as a PDF called `name`."""
    words = {**words, "printed_at": clock.now()}
    if request.GET.get("format") != "pdf":
        query = request.GET.copy()
        query["format"] = "pdf"
        return render(request, template, {**words, "pdf_url": f"?{query.urlencode()}"})
    made = pdf(render_to_string(template, {**words, "to_pdf": True}, request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    response["Cache-Control"] = "no-store"
    return response


def file_answer(content: bytes | None, kind: str, name: str, *, to_save: bool = False) -> HttpResponse:
    """A kept file: shown where a browser can do so safely, else to be saved, like one that is `to_save` anyway.

    NotVisible when it is gone.
    """
    if content is None:
        raise NotVisible
    shown = kind in SHOWN and not to_save
    response = HttpResponse(content, content_type=kind if shown or to_save else "application/octet-stream")
    way = "inline" if shown else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def xlsx_answer(content: bytes, name: str) -> HttpResponse:
    """A spreadsheet of ours, to be saved."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
