"""Hints while a report is typed; the same part stands in triage and on the hazard's page."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuangdeng.hazards.queries_similar import hints_for
from kuangdeng.hazards.views.common import me
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Place, get_place

LONGEST = 2000


@require_GET
def hints(request: HttpRequest) -> HttpResponse:
    """What `?text=…&place=…&place_text=…` reminds of; empty while there is too little to go by."""
    person = me(request)
    text = request.GET.get("text", "")[:LONGEST].strip()
    found = None
    if len(text) >= 2:
        found = hints_for(text, by=person, place=_place(request), place_text=request.GET.get("place_text", "")[:200])
    response = render(request, "hazards/_hints.html", {"hints": found})
    response["Cache-Control"] = "no-store"
    return response


def _place(request: HttpRequest) -> Place | None:
    try:
        return get_place(UUID(request.GET.get("place", "")), by=me(request))
    except (ValueError, NotVisible):
        return None
