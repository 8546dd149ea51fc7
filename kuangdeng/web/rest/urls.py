"""The API's addresses; `api_urls` hangs under /api/v1/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, re_path
from ninja import NinjaAPI

from kuangdeng import __version__
from kuangdeng.web.rest import accidents, errors, hazards, photos, practice, registers
from kuangdeng.web.rest.auth import AUTH
from kuangdeng.web.rest.bodies import MOST, CleanParser, announced_length
from kuangdeng.web.rest.docs import OwnDocs

api = NinjaAPI(
    title="矿灯接口",
    version=__version__,
    description="程序作为用户：用个人令牌，走和网页同样的办理步骤，记同样的台账。",
    auth=AUTH,
    parser=CleanParser(),
    docs=OwnDocs(),
    urls_namespace="api",
)
errors.install(api)
for router in (hazards.router, accidents.router, practice.router, photos.router, registers.router):
    api.add_router("", router)


def _open(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Not sent to the sign-in page: the API checks its caller itself and answers 401 in JSON."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if (announced_length(request) or 0) > MOST and "sha256" not in kwargs:
            return JsonResponse(errors.problem("http_413", errors.HTTP_SENTENCES[413]), status=413)
        return view(request, *args, **kwargs)

    run.csrf_exempt = True  # type: ignore[attr-defined]
    return login_not_required(run)


def _urls() -> tuple[list[Any], str, str]:
    patterns, app, namespace = api.urls
    for pattern in patterns:
        # The explaining page and its schema are for people who are signed in.
        if isinstance(pattern, URLPattern) and pattern.name not in ("openapi-json", "openapi-view"):
            # The bare root only tells the schema where the API hangs.
            pattern.callback = _open(_nowhere if pattern.name == "api-root" else pattern.callback)
    return [*patterns, re_path("", _open(_nowhere))], app, namespace


def _nowhere(request: HttpRequest) -> HttpResponse:
    """A program that took a wrong address is told so as JSON, not as a page."""
    return JsonResponse(errors.problem("not_found", errors.HTTP_SENTENCES[404]), status=404)


api_urls = _urls()
