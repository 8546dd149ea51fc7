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
    """学习: every page of learning that this person may use, his own first; the tab under the thumb."""
    lines = [
        (entry.url_name, {"label": entry.label, "url": url, "icon": entry.icon})
        for entry, url in entries_for(cast(Person, request.user))
        if entry.pillar == "learning"
    ]
    own = sorted((one for one in lines if one[0] in OWN_LEARNING), key=lambda one: OWN_LEARNING.index(one[0]))
    work = [line for name, line in lines if name not in OWN_LEARNING]
    return render(request, "web/learning.html", {"own": [line for _name, line in own], "work": work})


OWN_LEARNING = (
    "learning:practice",
    "learning:my_exams",
    "learning:my_training",
    "learning:my_study",
    "learning:campaigns",
    "learning:practice_book",
    "learning:books",
    "learning:my_books",
    "learning:gardens",
    "learning:topics",
)
"""What everybody does for himself, what he needs most often first."""
