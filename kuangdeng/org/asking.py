"""What nearly every page asks first: who is signed in, and may he see this at all."""

from typing import cast

from django.http import HttpRequest

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.models import Person
from kuangdeng.org.queries import has_power


def me(request: HttpRequest) -> Person:
    """Who is signed in; the middleware lets nobody else through to a page that asks."""
    return cast(Person, request.user)


def need_power(person: Person, *powers: str) -> None:
    """A page for who has one of these powers. NotVisible for everybody else."""
    if not any(has_power(person, power) for power in powers):
        raise NotVisible
