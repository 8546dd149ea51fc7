"""What the hazard pages share."""

from typing import cast

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Person, has_power


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, *powers: str) -> None:
    """A page for who has one of these powers. NotVisible for everybody else."""
    if not any(has_power(person, power) for power in powers):
        raise NotVisible


def address(name: str, *args: object) -> str:
    """Where a page is; empty when it is not part of this installation."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
