"""扫码签到 on a phone: a code that lives for seconds is exchanged for a permit of this device alone."""

import secrets
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.attendance import queries, rules, services
from kuangdeng.learning.attendance.models import Attendee, Sheet
from kuangdeng.learning.attendance.rules import Phase, SheetStatus
from kuangdeng.learning.attendance.views.common import HERE
from kuangdeng.learning.attendance.views.room import signed_words
from kuangdeng.org.api import Person

DEVICE, DEVICE_AGE = "kuangdeng_device", 60 * 60 * 24 * 365 * 2
PERMIT = "kuangdeng_permit"


def _device(request: HttpRequest) -> str:
    """The mark of this phone, which only we can have given; empty for none."""
    try:
        found = signing.loads(request.COOKIES.get(DEVICE, ""), salt="sign-device")
    except signing.BadSignature:
        return ""
    return found if isinstance(found, str) else ""


def _permitted(request: HttpRequest, sheet: Sheet) -> str:
    """The device whose permit for this sheet still holds; empty for none. A permit without its phone is worth nothing."""
    try:
        kept = signing.loads(request.COOKIES.get(PERMIT, ""), salt="sign-permit", max_age=rules.PERMIT)
    except signing.BadSignature:
        return ""
    device = _device(request)
    return device if device and kept == [str(sheet.id), device] else ""


def _sheet(sheet_id: UUID) -> Sheet:
    sheet = queries.open_sheet(sheet_id)
    if sheet is None:
        raise NotVisible
    return sheet


def _person(request: HttpRequest, sheet: Sheet) -> Person | None:
    """Who is signed in on this phone, when he is of this mine."""
    user = request.user
    return user if isinstance(user, Person) and user.mine_id == sheet.mine_id else None


def _page(request: HttpRequest, sheet: Sheet, **words: Any) -> HttpResponse:
    return render(request, f"{HERE}/phone.html", {"sheet": sheet, **words})


def _not_now(sheet: Sheet) -> str:
    """Why nobody may sign at this moment; empty when one may."""
    phase = queries.phase_of(sheet)
    if phase == Phase.BEFORE:
        return _("还没有开始签到，%s 开放。到时再扫一次码就行。") % timetext.said(sheet.opens_at, clock.now())
    if sheet.status == SheetStatus.CANCELLED:
        return _("这次活动已取消，不用签到。")
    return _("签到已经截止。人在会场的，请找主持人或记录人补签。") if phase == Phase.OVER else ""


@login_not_required
@never_cache
@require_GET
def scan(request: HttpRequest, sheet_id: UUID, code: str) -> HttpResponse:
    """What the camera opens: a living code becomes a permit, a dead one a sentence. Nothing is written here."""
    sheet = _sheet(sheet_id)
    if wait := _not_now(sheet):
        return _page(request, sheet, wrong=wait)
    if not rules.code_lives(sheet.secret, code, clock.now()):
        return _page(request, sheet, wrong=_("这个码已经过期。请扫会场屏幕上正在显示的码，转发的照片不能签到。"))
    device = _device(request) or secrets.token_urlsafe(24)
    response = redirect("learning:sign_phone", sheet.id)
    safe: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": request.is_secure()}
    response.set_cookie(DEVICE, signing.dumps(device, salt="sign-device"), max_age=DEVICE_AGE, **safe)
    permit = signing.dumps([str(sheet.id), device], salt="sign-permit")
    response.set_cookie(PERMIT, permit, max_age=rules.PERMIT, **safe)
    return response


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Say who one is: nothing to type when this phone is signed in, else the employee number."""
    sheet = _sheet(sheet_id)
    device, person = _permitted(request, sheet), _person(request, sheet)
    if not device:
        return _page(request, sheet, wrong=_not_now(sheet) or _("请扫会场屏幕上的码来签到。"))
    words: dict[str, Any] = {"person": person, "asks": True}
    if request.method == "POST":
        number = request.POST.get("number", "")
        try:
            made = services.sign_by_code(sheet.id, device=device, number=number, by=person)
        except Refused as refusal:
            return _page(request, sheet, wrong=str(refusal), **(words if refusal.field else {}))
        return _done(request, sheet, made)
    return _page(request, sheet, **words)


def _done(request: HttpRequest, sheet: Sheet, made: object) -> HttpResponse:
    if isinstance(made, Attendee):
        response = _page(request, sheet, done=signed_words(made), at=made.at)
    else:
        said = _("这部手机已经给别人签过到。已报给会场主持人，请到前面当面确认。")
        response = _page(request, sheet, wrong=said)
    response.delete_cookie(PERMIT)
    return response
