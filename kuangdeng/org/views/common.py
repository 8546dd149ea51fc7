"""What the pages of the organisation share."""

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from kuangdeng.org.models import Person
from kuangdeng.org.queries import has_power


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, power: str) -> None:
    """A page of a role: 403 for everybody else, because the page itself is no secret."""
    if not has_power(person, power):
        raise PermissionDenied
