"""How views answer: refusals as sentences, things one may not know of as 404."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import picture_path


class RefusalMiddleware:
    """What a view did not catch itself: `Refused` becomes a page with the sentence, `NotVisible` a 404.

    A page that one may not open is a 404 as well: it must not even be known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a person's mistake into a sentence; anything else stays an error."""
        if isinstance(exception, (NotVisible, PermissionDenied)):
            raise Http404 from exception
        if isinstance(exception, Refused):
            return render(request, "kernel/refused.html", {"message": str(exception)}, status=409)
        return None


def asks_progress(request: HttpRequest) -> bool:
    """Whether the progress on a page asks how far it is, not a person who opens the page."""
    return "HX-Request" in request.headers and not {"HX-Target", "HX-History-Restore-Request"} & set(request.headers)


def progress_answer(request: HttpRequest, template: str, words: Mapping[str, Any], *, moving: bool) -> HttpResponse:
    """The progress drawn anew; once nothing moves any more the whole page is loaded again."""
    response = render(request, template, {**words, "moving": moving})
    if not moving:
        response["HX-Refresh"] = "true"
    response["Cache-Control"] = "no-store"
    return response


def worker_answer(script: bytes) -> HttpResponse:
    """The script as a browser takes it: asked for anew each time, so that a release is noticed."""
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def put_refusal(form: BaseForm, refusal: Refused) -> None:
    """Show a refusal beside its field, or on top of the form when it names none that the form has."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def photo_answer(sha256: str, *, thumb: bool) -> FileResponse:
    """A kept photo. Its name is its content, so a browser may keep it for a year; never a shared cache."""
    path = picture_path(sha256, thumb=thumb)
    if path is None:
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    return response
