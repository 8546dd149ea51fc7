"""What the pages of people and units share."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org.models import Person, Unit
from kuangdeng.org.queries import has_power, may


def viewer_of(request: HttpRequest) -> Person:
    """Who asks."""
    return cast(Person, request.user)


def need_power(viewer: Person, power: str, unit: Unit | None = None, *, anywhere: bool = False) -> None:
    """The page is not there for who may not use it."""
    if not (has_power(viewer, power) if anywhere else may(viewer, power, unit)):
        raise NotVisible


def carried_out(request: HttpRequest, form: Form, act: Callable[[dict[str, Any]], str]) -> bool:
    """Run a verb with the form's values and say what came of it; a refusal goes into the form."""
    if not form.is_valid():
        return False
    try:
        words = act(form.cleaned_data)
    except Refused as refusal:
        put_refusal(form, refusal)
        return False
    messages.success(request, words)
    return True
