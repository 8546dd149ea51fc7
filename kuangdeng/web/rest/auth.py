"""Who calls: a program with a personal token, or a page of ours with its session."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer
from ninja.security.apikey import APIKeyCookie

from kuangdeng.org.api import Person, person_of_token


class Token(HttpBearer):
    """`Authorization: Bearer kd_…`: acts with all the rights of the person who made the token, and no more."""

    def authenticate(self, request: HttpRequest, token: str) -> Person | None:
        """Whom the token stands for."""
        person = person_of_token(token)
        if person is not None:
            request.user = person
        return person


class Session(APIKeyCookie):
    """The session of a signed-in page; writing needs its CSRF token in `X-CSRFToken`."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        """The session, checked against forgery; whoever brings no session is simply not signed in."""
        if "Authorization" in request.headers or self.param_name not in request.COOKIES:
            return None
        return super()._get_key(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Person | None:
        """The signed-in person; somebody who must still change the first password does that first."""
        user: Any = request.user
        return user if key and user.is_authenticated and not user.must_change_password else None


AUTH = [Token(), Session()]


def caller(request: HttpRequest) -> Person:
    """Who calls."""
    person: Any = request.user
    return person


def sign_in(request: HttpRequest) -> Person | None:
    """The same check for a plain view: token first, then session with its CSRF token. None: not signed in.

    Raises HttpError 403 when the session is good and the CSRF token is not.
    """
    for way in AUTH:
        person: Person | None = way(request)
        if person is not None:
            return person
    return None
