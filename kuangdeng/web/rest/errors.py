"""How the API says no: always `{code, message, field}`, the message a Chinese sentence that can be shown as it is."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from kuangdeng.kernel.errors import NotVisible, Refused

log = logging.getLogger("kuangdeng.api")

STATUS_OF_CODE = {
    "not_allowed": 403,
    "bad_sha256": 422,
    "incomplete": 400,
    "wrong_content": 422,
    "empty": 400,
    "length_required": 411,
    "too_large": 413,
    "too_slow": 408,
    "busy": 503,
}
"""Refusals that HTTP has a word for; any other is 422 when it names a field, 409 when it is about the state."""

HTTP_SENTENCES = {
    400: gettext_lazy("请求内容不是有效的 JSON。请检查请求体。"),
    403: gettext_lazy("没有通过安全检查。请用个人令牌，或重新登录后再试。"),
    404: gettext_lazy("没有这个地址，或您无权查看。"),
    405: gettext_lazy("这个地址不支持这种请求方法。"),
    413: gettext_lazy("请求内容太大。"),
}


def status_of(refusal: Refused) -> int:
    """The HTTP status of a refusal."""
    return STATUS_OF_CODE.get(refusal.code, 422 if refusal.field else 409)


def problem(code: str, message: object, field: str | None = None, **more: object) -> dict[str, object]:
    """The one shape of every error."""
    return {"code": code, "message": str(message), "field": field, **more}


def install(api: NinjaAPI) -> None:
    """Teach the API its answers to everything that may go wrong."""

    def answer(request: HttpRequest, status: int, body: Mapping[str, object]) -> HttpResponse:
        return api.create_response(request, body, status=status)

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
        response = answer(request, status_of(refusal), problem(refusal.code, str(refusal), refusal.field))
        if refusal.code == "busy":
            response.headers["Retry-After"] = "5"
        return response

    @api.exception_handler(NotVisible)
    @api.exception_handler(Http404)
    def not_visible(request: HttpRequest, _error: Exception) -> HttpResponse:
        return answer(request, 404, problem("not_found", HTTP_SENTENCES[404]))

    @api.exception_handler(AuthenticationError)
    def not_signed_in(request: HttpRequest, _error: Exception) -> HttpResponse:
        response = answer(
            request,
            401,
            problem("not_signed_in", _("没有有效的个人令牌。请在「我的—令牌」里新建，放在 Authorization: Bearer 里。")),
        )
        response.headers["WWW-Authenticate"] = "Bearer"
        return response

    @api.exception_handler(HttpError)
    def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        message = HTTP_SENTENCES.get(error.status_code, str(error.message))
        return answer(request, error.status_code, problem(f"http_{error.status_code}", message))

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        details = [detail(one) for one in error.errors]
        first = details[0] if details else {"field": None, "message": _("请求内容不对。")}
        return answer(request, 422, problem("invalid", first["message"] or "", first["field"], details=details))

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
        log.warning("database away: %s", error)
        response = answer(
            request, 503, problem("busy", _("数据库暂时连不上，没有保存。请稍后用同一个编号重发，不会重复。"))
        )
        response.headers["Retry-After"] = "2"
        return response

    @api.exception_handler(DataError)
    def unfit(request: HttpRequest, error: DataError) -> HttpResponse:
        log.warning("a value that no column takes: %s", error)
        return answer(request, 422, problem("invalid", _("有的内容太长，或数值超出范围。请检查后再提交。")))


# Validation in words -------------------------------------------------------------------------------------------------

SENTENCES = {
    "missing": gettext_lazy("缺少「{field}」。"),
    "extra_forbidden": gettext_lazy("不认识「{field}」这一项。请对照接口说明检查拼写。"),
    "string_too_short": gettext_lazy("「{field}」不能为空。"),
    "string_too_long": gettext_lazy("「{field}」太长，最多 {max_length} 个字。"),
    "string_type": gettext_lazy("「{field}」应该是文字。"),
    "string_pattern_mismatch": gettext_lazy("「{field}」的格式不对。"),
    "string_unicode": gettext_lazy("「{field}」里有不能识别的字符。"),
    "uuid_parsing": gettext_lazy("「{field}」不是有效的编号（UUID）。"),
    "uuid_type": gettext_lazy("「{field}」不是有效的编号（UUID）。"),
    "uuid_version": gettext_lazy("「{field}」应为 UUIDv7。"),
    "bool_type": gettext_lazy("「{field}」应为 true 或 false。"),
    "bool_parsing": gettext_lazy("「{field}」应为 true 或 false。"),
    "int_type": gettext_lazy("「{field}」应为整数。"),
    "int_parsing": gettext_lazy("「{field}」应为整数。"),
    "int_parsing_size": gettext_lazy("「{field}」的数值太大。"),
    "float_type": gettext_lazy("「{field}」应为数字。"),
    "float_parsing": gettext_lazy("「{field}」应为数字。"),
    "finite_number": gettext_lazy("「{field}」应为有限的数字。"),
    "decimal_type": gettext_lazy("「{field}」应为数字。"),
    "decimal_parsing": gettext_lazy("「{field}」应为数字。"),
    "decimal_max_digits": gettext_lazy("「{field}」的位数太多。"),
    "decimal_max_places": gettext_lazy("「{field}」最多 {decimal_places} 位小数。"),
    "decimal_whole_digits": gettext_lazy("「{field}」的数值太大。"),
    "greater_than_equal": gettext_lazy("「{field}」不能小于 {ge}。"),
    "less_than_equal": gettext_lazy("「{field}」不能大于 {le}。"),
    "datetime_type": gettext_lazy("「{field}」应为时间，如 2026-11-22T08:30:00+08:00。"),
    "datetime_parsing": gettext_lazy("「{field}」应为时间，如 2026-11-22T08:30:00+08:00。"),
    "datetime_from_date_parsing": gettext_lazy("「{field}」应为时间，如 2026-11-22T08:30:00+08:00。"),
    "datetime_object_invalid": gettext_lazy("「{field}」应为时间，如 2026-11-22T08:30:00+08:00。"),
    "timezone_aware": gettext_lazy("「{field}」要写明时区，如 2026-11-22T08:30:00+08:00。"),
    "enum": gettext_lazy("「{field}」应为其中之一：{expected}。"),
    "literal_error": gettext_lazy("「{field}」应为其中之一：{expected}。"),
    "list_type": gettext_lazy("「{field}」应为列表。"),
    "too_long": gettext_lazy("「{field}」最多 {max_length} 项。"),
    "too_short": gettext_lazy("「{field}」至少要有 {min_length} 项。"),
    "model_attributes_type": gettext_lazy("请求体应为一个 JSON 对象。"),
    "model_type": gettext_lazy("请求体应为一个 JSON 对象。"),
    "dict_type": gettext_lazy("「{field}」应为一个对象。"),
}


def detail(error: Mapping[str, Any]) -> dict[str, str | None]:
    """One fault of a request: which field, and in words what is wrong with it."""
    field = _field(error.get("loc", ()))
    context = error.get("ctx") or {}
    if error["type"] == "value_error" and "error" in context:
        message = str(context["error"])
    else:
        template = SENTENCES.get(error["type"], _("「{field}」的内容不对。"))
        message = template.format(
            field=field or _("请求体"), **{key: value for key, value in context.items() if key != "field"}
        )
    return {"field": field, "message": message}


def _field(location: Sequence[object]) -> str | None:
    """The name that the caller knows: the path inside the body or the query, without our own wrapping."""
    inside = [
        str(part) for part in location if part not in ("body", "query", "path", "header", "form", "data", "filters")
    ]
    return ".".join(inside)[:100] or None
