"""自助机: a shared device in the book room. Card, book, done: nobody signs in, nothing of anybody stays on the screen."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.bookroom import queries, services
from kuangdeng.learning.bookroom.models import Kiosk, Loan
from kuangdeng.learning.bookroom.queries import CopyNow, Reader
from kuangdeng.learning.bookroom.views.reader import HERE, loan_lines

COOKIE = "kuangdeng_kiosk"
COOKIE_AGE = 60 * 60 * 24 * 365 * 2
WHO_LASTS = 180
"""Seconds after which the kiosk has forgotten who stood there, whatever the screen shows."""
IDLE = 45
"""Seconds after which the screen itself goes back to the beginning."""


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def kiosk(request: HttpRequest) -> HttpResponse:
    """One address for everything: what was scanned says what is meant."""
    device = queries.kiosk_of(request.COOKIES.get(COOKIE, "").partition(":")[2])
    if device is None:
        return render(request, f"{HERE}/kiosk.html", {"device": None})
    words: dict[str, Any] = {"device": device, "idle": IDLE}
    if request.method == "POST":
        words |= _step(request, device)
    return render(request, f"{HERE}/kiosk.html", words)


def _token(reader: Reader) -> str:
    return signing.dumps([str(reader.person.id), reader.by_card], salt="book-kiosk")


def _who(request: HttpRequest, device: Kiosk) -> Reader | None:
    """Who stands there, as this kiosk has said some minutes ago; None when nobody, or too long ago."""
    try:
        kept = signing.loads(request.POST.get("who", ""), salt="book-kiosk", max_age=WHO_LASTS)
    except signing.BadSignature:
        return None
    person = queries.reader_in(device.mine_id, UUID(kept[0]))
    return Reader(person, kept[1]) if person else None


def _step(request: HttpRequest, device: Kiosk) -> dict[str, Any]:
    """What came of a scan or a button, as the words of the next screen."""
    who = _who(request, device)
    typed, wish = request.POST.get("typed", "").strip(), request.POST.get("do", "")
    try:
        if wish == "back":
            return _shown(device, who) | {"done": _said_back(services.give_back(barcode=typed, kiosk=device))}
        if wish == "renew" and who is not None:
            return _renewed(device, who, typed)
        return _scanned(device, who, typed)
    except Refused as refusal:
        return _shown(device, who) | {"wrong": str(refusal)}


def _scanned(device: Kiosk, who: Reader | None, typed: str) -> dict[str, Any]:
    """A book's barcode or a card: the book first, because its numbers are ours."""
    now = queries.copy_of(device.mine_id, typed) if typed else None
    if now is not None:
        return _book(device, who, now)
    reader = queries.reader_of(device.mine_id, typed)
    if reader is None:
        raise Refused(
            _("请扫书上的条码，再试一次。") if who else _("没有这个工号、工作证或条码。请再刷一次，或找书屋管理员。"),
            code="unknown",
        )
    if not reader.by_card and not queries.terms_on(device.mine_id).number_at_kiosk:
        raise Refused(_("这台自助机只认绑定过的工作证。请刷卡，或找书屋管理员绑定。"), code="card_only")
    return _shown(device, reader)


def _book(device: Kiosk, who: Reader | None, now: CopyNow) -> dict[str, Any]:
    if who is None:
        if now.loan is None:
            raise Refused(_("要借这本书，请先刷工作证或输入工号，再扫书。"), code="who")
        return {"done": _said_back(services.give_back(barcode=now.copy.barcode, kiosk=device))}
    if now.loan is not None and now.loan.person_id == who.person.id:
        return _shown(device, who) | {"choose": now, "renew": True}
    if now.loan is not None:
        return _shown(device, who) | {"choose": now, "renew": False}
    loan = services.lend(barcode=now.copy.barcode, reader_id=who.person.id, kiosk=device)
    said = _("《%(title)s》借好了，%(m)d月%(d)d日前还。")
    done = said % {"title": loan.title.title, "m": loan.due_on.month, "d": loan.due_on.day}
    return _shown(device, who) | {"done": done}


def _renewed(device: Kiosk, who: Reader, typed: str) -> dict[str, Any]:
    now = queries.copy_of(device.mine_id, typed)
    if now is None or now.loan is None or now.loan.person_id != who.person.id:
        raise NotVisible
    loan = services.renew(now.loan.id, kiosk=device)
    said = _("《%(title)s》续借好了，%(m)d月%(d)d日前还。")
    done = said % {"title": now.copy.title.title, "m": loan.due_on.month, "d": loan.due_on.day}
    return _shown(device, who) | {"done": done}


def _said_back(loan: Loan) -> str:
    """The words after a return. Whose it was is not said: anybody may stand there."""
    now = queries.copy_of(loan.mine_id, loan.copy.barcode)
    if now is not None and now.hold is not None:
        return _("《%s》已还。有人预约了它，请放到还书箱，不要放回书架。") % loan.title.title
    return _("《%s》已还，谢谢。请放到还书箱或书架上。") % loan.title.title


def _shown(device: Kiosk, who: Reader | None) -> dict[str, Any]:
    """The reader's screen. What he reads is shown only to his card: a number alone anybody may type."""
    if who is None:
        return {}
    loans = queries.open_loans(who.person)
    terms = queries.terms_on(device.mine_id)
    lines = loan_lines(loans, terms)
    ready = [one for one in queries.reservations_of(who.person) if one.status == "ready"]
    return {
        "who": who.person,
        "token": _token(who),
        "count": len(loans),
        "most": terms.most,
        "late": sum(one.due_on < clock.today() for one in loans),
        "loans": lines if who.by_card else [],
        "ready": ready if who.by_card else [],
        "ready_count": len(ready),
    }
