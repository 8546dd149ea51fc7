"""One photo by PUT, for the report form and the field app; the sender alone may look at it until it is attached."""

from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja.errors import HttpError

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import check_name, held
from kuangdeng.kernel.web import photo_answer
from kuangdeng.org.api import Person
from kuangdeng.web.rest.auth import sign_in
from kuangdeng.web.rest.bodies import body_of
from kuangdeng.web.rest.errors import HTTP_SENTENCES, problem, status_of
from kuangdeng.web.uploads import take_photo


@csrf_exempt  # checked in `sign_in`, when the caller comes with a session and not with a token
@login_not_required
def photo(request: HttpRequest, sha256: str) -> HttpResponse | FileResponse:
    """PUT one's photo, HEAD whether it is held, GET it while it is not yet attached."""
    if request.method not in ("PUT", "HEAD", "GET"):
        return _problem(HTTPStatus.METHOD_NOT_ALLOWED, "http_405", HTTP_SENTENCES[405])
    try:
        by = sign_in(request)
    except HttpError as error:
        return _problem(error.status_code, "http_403", HTTP_SENTENCES[403])
    if by is None:
        return _problem(HTTPStatus.UNAUTHORIZED, "not_signed_in", _("您还没有登录，或登录已过期。请重新登录后再传。"))
    try:
        check_name(sha256)
        return _put(request, sha256, by) if request.method == "PUT" else _show(request, sha256, by)
    except Refused as refusal:
        return _problem(status_of(refusal), refusal.code, str(refusal), refusal.field)


def _put(request: HttpRequest, sha256: str, by: Person) -> HttpResponse:
    before = held(sha256, owner_id=by.id)
    upload = take_photo(body_of(request), sha256, by=by)
    answer = {"sha256": sha256, "size": upload.original_size, "held": True, "stored_sha256": upload.file_id}
    return JsonResponse(answer, status=HTTPStatus.OK if before else HTTPStatus.CREATED)


def _show(request: HttpRequest, sha256: str, by: Person) -> HttpResponse | FileResponse:
    upload = held(sha256, owner_id=by.id)
    if upload is None:
        return _problem(HTTPStatus.NOT_FOUND, "not_found", _("服务器上没有这张照片，请上传。"))
    if request.method == "HEAD":
        return HttpResponse(headers={"X-Held-Size": str(upload.original_size)})
    return photo_answer(upload.file_id, thumb=request.GET.get("size") == "thumb")


def _problem(status: int, code: str, message: object, field: str | None = None) -> HttpResponse:
    body: dict[str, Any] = problem(code, message, field)
    response = JsonResponse(body, status=status)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "5"
    return response
