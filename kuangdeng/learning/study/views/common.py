"""What the pages of study share."""

from typing import cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Person, has_power

HERE = "learning/study"


def me(request: HttpRequest) -> Person:
    """Who is signed in."""
    return cast(Person, request.user)


def need_power(person: Person, power: str) -> None:
    """A page for who has this power. NotVisible for everybody else."""
    if not has_power(person, power):
        raise NotVisible


def file_answer(content: bytes | None, name: str, kind: str) -> HttpResponse:
    """A file to keep. NotVisible when it is not there."""
    if content is None:
        raise NotVisible
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
