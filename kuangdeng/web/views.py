"""The shell's own pages."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kuangdeng.org.api import Person
from kuangdeng.web import home as homes


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """待办: what waits for me, sorted by the clock; then my unit today; then what changed."""
    return render(request, "web/home.html", {"home": homes.build(cast(Person, request.user))})
