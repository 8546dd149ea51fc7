"""What the pages of study share."""

from typing import Any, cast
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

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


def tabs(person: Person, here: str) -> list[dict[str, Any]]:
    """The pages of study that this person may use."""
    names = {
        "my_study": (_("我的学习"), "study.see"), "studies": (_("学习活动"), "study.see"),
        "study_statistics": (_("出勤统计"), "study.statistics"),
        "study_kinds": (_("学习类别"), "study.settings"),
    }  # fmt: skip
    return [
        {"label": label, "url": reverse(f"learning:{name}"), "current": name == here}
        for name, (label, power) in names.items()
        if has_power(person, power)
    ]


def file_answer(content: bytes | None, name: str, kind: str) -> HttpResponse:
    """A file to keep. NotVisible when it is not there."""
    if content is None:
        raise NotVisible
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
