"""签到机: a device at the door of the room. A card, a name on the glass, the next one."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.attendance import queries, rules, services
from kuangdeng.learning.attendance.views.common import HERE

COOKIE = "kuangdeng_door"
SHOWN = 4
"""Seconds after which the name is gone from the glass."""


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """One address for everything; without its secret the device is no kiosk."""
    kiosk = queries.kiosk_of(request.COOKIES.get(COOKIE, ""))
    if kiosk is None:
        return render(request, f"{HERE}/door.html", {"kiosk": None})
    words: dict[str, object] = {"kiosk": kiosk, "shown": SHOWN}
    if request.method == "POST":
        try:
            row = services.sign_by_card(kiosk.sheet_id, typed=request.POST.get("typed", ""), kiosk=kiosk)
            late = row.state == rules.State.LATE
            words |= {"done": row.person.name, "late": late, "guest": not row.expected, "said": _("已签到")}
        except Refused as refusal:
            words["wrong"] = str(refusal)
    return render(request, f"{HERE}/door.html", words)
