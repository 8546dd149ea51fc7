"""What the pages of learning share: who asks, a paper form, a kept file."""

from typing import Any, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.paper import pdf
from kuangdeng.org.api import Person, has_power

SHOWN = {"application/pdf", "image/jpeg", "image/png"}
"""Kinds of files that a browser shows by itself; the others are saved."""


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, *powers: str) -> None:
    """A page for who has one of these powers. NotVisible for everybody else."""
    if not any(has_power(person, power) for power in powers):
        raise NotVisible


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
