"""What the pages of the classes share."""

from typing import Any, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.paper import pdf
from kuangdeng.org.api import Person, has_power

HERE = "learning/classes"
FILE_KINDS = {"application/pdf": "application/pdf", "image/jpeg": "image/jpeg", "image/png": "image/png"}


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, *powers: str) -> None:
    """A page for who has one of these powers. NotVisible for everybody else."""
    if not any(has_power(person, power) for power in powers):
        raise NotVisible


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of the training that this person may use."""
    names = {
        "classes": (_("培训班"), "class.see"),
        "class_week": (_("周课表"), "class.see"),
        "training_needs": (_("培训需求"), "need.propose"),
        "training_plan": (_("年度计划"), "class.see"),
        "teachers": (_("教师"), "class.teachers"),
        "hour_corrections": (_("学时更正"), "hours.correct"),
        "training_people": (_("职工学时"), "class.people"),
        "training_summary": (_("全矿情况"), "class.summary"),
    }
    return [
        {"label": label, "url": reverse(f"learning:{name}"), "current": name == here}
        for name, (label, power) in names.items()
        if has_power(person, power)
    ]


def paper(request: HttpRequest, template: str, words: dict[str, Any], name: str) -> HttpResponse:
    """A paper form as a page, or as a PDF called `name`."""
    words = {**words, "printed_at": clock.now()}
    if request.GET.get("format") != "pdf":
        return render(request, template, words)
    made = pdf(render_to_string(template, {**words, "to_pdf": True}, request))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    response["Cache-Control"] = "no-store"
    return response


def file_answer(content: bytes | None, kind: str, name: str) -> HttpResponse:
    """A kept file: shown where a browser can do so safely, else to be saved. NotVisible when it is gone."""
    if content is None:
        raise NotVisible
    response = HttpResponse(content, content_type=FILE_KINDS.get(kind, "application/octet-stream"))
    way = "inline" if kind in FILE_KINDS else "attachment"
    response["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
