"""What the pages of the sign-in share."""

from hashlib import sha256
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kuangdeng.learning.attendance.models import Sheet
from kuangdeng.learning.attendance.rules import Counts

HERE = "learning/attendance"


def figures(counts: Counts, *, begun: bool) -> list[dict[str, Any]]:
    """应到、实到、迟到、请假、未到 as figures of a page; before it has begun nobody is late."""
    rate = counts.rate if begun else None
    return [
        {"label": _("应到"), "value": counts.expected},
        {"label": _("实到"), "value": counts.there,
         "note": _("出勤率 %s%%") % f"{rate:.0f}" if rate is not None else ""},
        {"label": _("其中迟到"), "value": counts.late},
        {"label": _("请假"), "value": counts.leave},
        {"label": _("补学"), "value": counts.made_up},
        {"label": _("未到"), "value": counts.missing, "tone": "late" if counts.missing and begun else ""},
        {"label": _("名单外"), "value": counts.guests},
    ]  # fmt: skip


def qr(text: str) -> SafeString:
    """A QR code as an inline drawing that fills its box."""
    drawing = segno.make(text, error="m", micro=False).svg_inline(scale=1, border=2, omitsize=True, svgclass="qr")
    return mark_safe(drawing)  # noqa: S308 - drawn by us from our own address


def scan_address(request: HttpRequest, sheet: Sheet, code: str) -> str:
    """What the code on the screen says: the address that a phone's camera opens."""
    return request.build_absolute_uri(reverse("learning:sign_scan", args=[sheet.id, code]))


def unless_known(request: HttpRequest, content: str) -> HttpResponse:
    """304 when the screen has this already, else the part of a page with its mark."""
    etag = sha256(content.encode()).hexdigest()[:24]
    known = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"') == etag
    response = HttpResponseNotModified() if known else HttpResponse(content)
    response["ETag"] = f'"{etag}"'
    response["Cache-Control"] = "private, no-cache"
    return response
