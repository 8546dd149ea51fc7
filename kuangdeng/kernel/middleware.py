"""What every request passes: who is really calling, which language was chosen, what the browser may load."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    Next = Callable[[HttpRequest], HttpResponse]


class TrustedProxies:
    """Believe X-Forwarded-* only from the mine's own reverse proxies.

    Without this anybody could pretend to call from another address and so dodge the lock-out or lock out others. The
    caller is the last address in the chain that is not one of our proxies.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.networks = [ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if self._trusted(meta.get("REMOTE_ADDR", "")):
            chain = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
            outside = [address for address in chain if not self._trusted(address)]
            if outside and _is_address(outside[-1]):
                meta["REMOTE_ADDR"] = outside[-1]
        else:
            for name in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST"):
                meta.pop(name, None)
        return self.get_response(request)

    def _trusted(self, address: str) -> bool:
        return bool(self.networks) and _is_address(address) and any(ip_address(address) in n for n in self.networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def client_address(request: HttpRequest) -> str:
    """The caller's address after `TrustedProxies`, for the lock-out and the session list."""
    return str(request.META.get("REMOTE_ADDR") or "")


class ChosenLanguage:
    """Chinese for everybody, English only for who chose it.

    A miner's phone that happens to be set to English must not turn the pages English, so the browser's
    Accept-Language is not asked; the switch on the page sets a cookie.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.known = {code for code, _name in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in self.known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ContentSecurityPolicy:
    """Pages load nothing from outside the mine and run no script that was slipped into a text."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        return response
