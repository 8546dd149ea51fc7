"""Hints while a report is typed; the same part stands in triage and on the hazard's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuangdeng.hazards.queries import get_hazard
from kuangdeng.hazards.queries.similar import hints_for, hints_of
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Place, get_place, me

LONGEST = 2000


@require_GET
def hints(request: HttpRequest) -> HttpResponse:
    """What `?text=…&place=…&spot=…` reminds of while it is typed; `?hazard=<id>`: what is there already."""
    person = me(request)
    text = request.GET.get("text", "")[:LONGEST].strip()
    found = None
    if request.GET.get("hazard"):
        found = hints_of(get_hazard(_id(request, "hazard"), by=person), by=person)
    elif len(text) >= 2:
        where = " ".join(request.GET.get(name, "")[:200] for name in ("place_text", "spot"))
        found = hints_for(text, by=person, place=_place(request), place_text=where)
    response = render(request, "hazards/_hints.html", {"hints": found})
    response["Cache-Control"] = "no-store"
    return response


def _id(request: HttpRequest, name: str) -> UUID:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        raise NotVisible from None


def _place(request: HttpRequest) -> Place | None:
    """The chosen place; none is no reason to be silent."""
    try:
        return get_place(_id(request, "place"), by=me(request))
    except NotVisible:
        return None
