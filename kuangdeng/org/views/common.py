"""What the pages of the organisation share."""

from typing import cast

from django.http import HttpRequest

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.models import Person
from kuangdeng.org.queries import has_power


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, power: str) -> None:
    """The page is not there for who may not use it."""
    if not has_power(person, power):
        raise NotVisible
