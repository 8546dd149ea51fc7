"""What holds for everybody who is signed in: first a password of one's own; a shared device forgets quickly."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import urlencode

from kuangdeng.kernel import clock
from kuangdeng.org import sign_in

SHARED_IDLE = 10 * 60
"""Seconds without a click after which a shared device signs its person out."""
NOTED_EVERY = {True: 30, False: 10 * 60}
"""Seconds between two notes that a session is in use, on a shared device and on one's own."""


class SignedIn:
    """Runs after authentication. On a shared device nothing is kept for the back button either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return _whole_page(request, self.get_response(request))
        shared = bool(request.session.get("shared"))
        stop = self._idle(request, shared) or self._must_change(request)
        if stop:
            return _whole_page(request, stop)
        response = self.get_response(request)
        if shared and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
            if response.get("Content-Type", "").startswith("text/html") and "HX-Request" not in request.headers:
                response["Refresh"] = f"{SHARED_IDLE + 5}; url={reverse('org:switch_user')}"
        return _whole_page(request, response)

    def _idle(self, request: HttpRequest, shared: bool) -> HttpResponse | None:
        at = clock.now().timestamp()
        last = request.session.get("seen")
        if shared and last is not None and at - last > SHARED_IDLE:
            sign_in.leave(request)
            return HttpResponseRedirect(reverse("org:switch_user"))
        if last is None or at - last > NOTED_EVERY[shared]:
            request.session["seen"] = at
            sign_in.seen(request.session.session_key)
        return None

    def _must_change(self, request: HttpRequest) -> HttpResponse | None:
        """Before anything else a password of one's own (首次登录改密码)."""
        if not getattr(request.user, "must_change_password", False) or request.path in _open():
            return None
        return HttpResponseRedirect(reverse("org:change_password"))


def _open() -> set[str]:
    names = ("org:change_password", "org:sign_out", "org:switch_user", "set_language", "healthz")
    return {reverse(name) for name in names}


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A part of a page that is asked for by htmx must not be filled with the sign-in: the whole page goes there."""
    if "HX-Request" not in request.headers or not isinstance(response, HttpResponseRedirect):
        return response
    target = urlsplit(response["Location"]).path
    if target not in (resolve_url("org:sign_in"), reverse("org:switch_user"), reverse("org:change_password")):
        return response
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    onward = f"{target}?{urlencode({'next': f'{here.path}?{here.query}'.rstrip('?')})}" if here.path else target
    return HttpResponse(status=204, headers={"HX-Redirect": onward})
