"""Reading a request's body: JSON that is small, whole and clean; photos as a stream."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.parser import Parser

from kuangdeng.web.uploads import Body

MOST = 512 * 1024
"""No JSON body of this API needs more; photos have their own way."""


class CleanParser(Parser):
    """JSON without the characters that no text has and the database refuses: NUL and half pairs of surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values."""
        length = announced_length(request)
        raw = request.body
        if length is not None and len(raw) != length:
            raise HttpError(400, "cut")
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
        if not clean(value):
            raise HttpError(400, "unclean")
        return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def clean(value: object) -> bool:
    """Whether every text inside can be stored and shown."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, str):
            if "\0" in one or any("\ud800" <= letter <= "\udfff" for letter in one):
                return False
        elif isinstance(one, dict):
            rest.extend(one.keys())
            rest.extend(one.values())
        elif isinstance(one, list):
            rest.extend(one)
    return True


def announced_length(request: HttpRequest) -> int | None:
    """Content-Length, or None when the sender announced none."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 15 else None


def body_of(request: HttpRequest) -> Body:
    """The body as a stream, not yet read."""
    return Body(request.read, announced_length(request))
