"""What the pages of the exams share."""

from typing import cast

from django.http import HttpRequest

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Person, has_power

HERE = "learning/exams"


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, power: str) -> None:
    """A page for who has this power. NotVisible for everybody else."""
    if not has_power(person, power):
        raise NotVisible
