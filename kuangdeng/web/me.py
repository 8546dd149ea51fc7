"""Who is looking at a page."""

from typing import cast

from django.http import HttpRequest

from kuangdeng.org.api import Person


def me(request: HttpRequest) -> Person:
    """The signed-in person; the middleware lets nobody else through to a page that asks."""
    return cast(Person, request.user)
