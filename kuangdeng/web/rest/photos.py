"""Photos for programs: PUT by sha256, HEAD to ask."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status as Answer

from kuangdeng.kernel.files import check_name, held
from kuangdeng.web.rest import schemas as s
from kuangdeng.web.rest.auth import caller
from kuangdeng.web.rest.bodies import body_of
from kuangdeng.web.uploads import take_photo

router = Router(tags=["照片"])
RAW = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp")
        },
    }
}


@router.put(
    "/photos/{sha256}",
    response={200: s.HeldOut, 201: s.HeldOut} | {(400, 401, 403, 408, 409, 411, 413, 422, 503): s.Problem},
    openapi_extra=RAW,
    summary="上传一张照片",
    operation_id="put_photo",
)
def put_photo(request: HttpRequest, sha256: str) -> Answer[Any]:
    """请求体就是照片原文，要有 Content-Length；地址里的 sha256 是原文的。每张单独传，重传同一张没有副作用。

    服务器核对长度和 sha256，去掉拍摄信息（EXIF），重新编码后保存，答复真正保存了什么。上限 20 MB、5000 万像素。
    """
    by = caller(request)
    before = held(check_name(sha256), owner_id=by.id)
    upload = take_photo(body_of(request), sha256, by=by)
    answer = {"sha256": sha256, "size": upload.original_size, "held": True, "stored_sha256": upload.file_id}
    return Answer(200 if before else 201, answer)


@router.api_operation(
    ["HEAD"],
    "/photos/{sha256}",
    response={(200, 404): None} | {(401, 403, 422): None},
    summary="问一张照片传到没有",
    operation_id="head_photo",
)
def head_photo(request: HttpRequest, sha256: str) -> HttpResponse:
    """200：本人传过、服务器还存着；404：没有。"""
    return HttpResponse(status=200 if held(check_name(sha256), owner_id=caller(request).id) else 404)
