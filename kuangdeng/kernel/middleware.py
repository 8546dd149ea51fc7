"""What every request passes: who is really calling, which language was chosen, what the browser may load."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse, UnreadablePostError
from django.utils import translation
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile
    from django.http import HttpRequest

    Next = Callable[[HttpRequest], HttpResponse]


class Caller:
    """Who is really calling: X-Forwarded-* is believed only from the mine's own reverse proxies.

    Without this anybody could pretend to call from another address and so dodge the lock-out or lock out others. The
    caller is the last address in the chain that is not one of our proxies.
    """

    def __init__(self) -> None:
        self.networks = [ip_network(one, strict=False) for one in settings.TRUSTED_PROXIES]

    def address(self, meta: Mapping[str, Any]) -> str:
        """The address, by the headers of a request."""
        near = str(meta.get("REMOTE_ADDR", ""))
        if not self.is_ours(near):
            return near
        chain = [part.strip() for part in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        outside = [address for address in chain if not self.is_ours(address)]
        return outside[-1] if outside and _is_address(outside[-1]) else near

    def is_ours(self, address: str) -> bool:
        """Whether it is one of our proxies."""
        return bool(self.networks) and _is_address(address) and any(ip_address(address) in n for n in self.networks)


class TrustedProxies:
    """Put the caller's address into the request; what a stranger says of other addresses is dropped."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response
        self.caller = Caller()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        meta = request.META
        if self.caller.is_ours(meta.get("REMOTE_ADDR", "")):
            meta["REMOTE_ADDR"] = self.caller.address(meta)
        else:
            for name in ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST"):
                meta.pop(name, None)
        return self.get_response(request)


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


UNFIT = re.compile("[\0\ud800-\udfff]")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
PROGRAMS = ("/api/", "/photos/")


class WholeAndCleanInput:
    """Refuse, in words, what can be no text (NUL, half a surrogate pair) and forms that were cut on the way.

    The database takes neither, so without this every single field of every page would be a server error for whoever
    tries. A form that lost its end must not be taken for a shorter one: half a report would be stored as a whole.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = (*_texts(request.GET.lists()), *request.COOKIES.keys(), *request.COOKIES.values())
        if _unfit((request.path_info, *asked)):
            return _refuse(request, _("地址或查询内容里有不能识别的字符。请删去后再试。"))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        """Only forms are read here; a photo or a JSON body is left to its own view."""
        if request.content_type not in FORMS or request.path_info.startswith(PROGRAMS):
            return None
        try:
            texts = [*_texts(request.POST.lists()), *_names(request.FILES.lists())]
        except UnreadablePostError:
            return _refuse(request, _("提交的内容没有传完，没有保存。请重新提交。"))
        if _cut(request):
            return _refuse(request, _("提交的内容没有传完，没有保存。请重新提交。"))
        if _unfit(texts):
            return _refuse(request, _("提交的内容里有不能识别的字符，没有保存。请删去后再提交。"))
        return None


def _texts(lists: Iterable[tuple[str, list[str]]]) -> list[str]:
    return [text for key, values in lists for text in (key, *values)]


def _names(lists: Iterable[tuple[str, list[UploadedFile[Any]]]]) -> list[str]:
    return [text for key, files in lists for text in (key, *(file.name or "" for file in files))]


def _unfit(texts: Iterable[str]) -> bool:
    return any(UNFIT.search(text) for text in texts)


def _cut(request: HttpRequest) -> bool:
    """Whether less came than was announced."""
    if hasattr(request, "_body"):
        said = str(request.META.get("CONTENT_LENGTH") or 0)
        return said.isdigit() and len(request.body) < int(said)
    stream = getattr(request, "_stream", None)
    announced, read = getattr(stream, "limit", None), getattr(stream, "_pos", None)
    return announced is not None and read is not None and read < announced


def _refuse(request: HttpRequest, message: str) -> HttpResponse:
    """Said without a template: whatever that needs (the session, the person) may be the very thing that is unfit."""
    if request.path_info.startswith(PROGRAMS):
        problem = {"code": "unclean", "message": message, "field": None}
        return JsonResponse(problem, status=400, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(message, status=400, content_type="text/plain; charset=utf-8")
