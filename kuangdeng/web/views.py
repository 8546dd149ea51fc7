"""The shell's own pages."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuangdeng.org.api import Person
from kuangdeng.web import home as homes
from kuangdeng.web.menu import entries_for


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """待办: what waits for me, sorted by the clock; then my unit today; then what changed."""
    return render(request, "web/home.html", {"home": homes.build(cast(Person, request.user))})


@require_GET
def learning(request: HttpRequest) -> HttpResponse:
    """学习: every page of learning that this person may use, as the menu groups them; the tab under the thumb."""
    groups: dict[str, list[dict[str, object]]] = {}
    for entry, url in entries_for(cast(Person, request.user)):
        if entry.pillar == "learning":
            groups.setdefault(str(entry.section), []).append({"label": entry.label, "url": url, "icon": entry.icon})
    return render(request, "web/learning.html", {"groups": groups.items()})
