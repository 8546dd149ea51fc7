"""管理人员考核."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.learning.certificates.managers import managers_seen
from kuangdeng.learning.certificates.registers import assessed_chip
from kuangdeng.learning.certificates.rules import ASSESSED_LABELS, Assessed
from kuangdeng.learning.certificates.views.certificates import HERE, tabs
from kuangdeng.org.api import has_power, me, need_power

TONES = {Assessed.LATE: "late", Assessed.OWED: "soon"}


@require_GET
def managers(request: HttpRequest) -> HttpResponse:
    """管理人员考核: who has not passed since he took office, until when, and who is late."""
    by = me(request)
    need_power(by, "cert.see")
    rows = managers_seen(by)
    counts = {state: sum(one.state == state for one in rows) for state in Assessed}
    shown = [state for state in Assessed if counts[state] or state in TONES]
    figures = [
        {"label": ASSESSED_LABELS[state], "value": counts[state], "unit": _("人"),
         "tone": TONES.get(state, "") if counts[state] else ""}
        for state in shown
    ]  # fmt: skip
    words = {
        "tabs": tabs(by, "managers"), "figures": figures, "issues": has_power(by, "cert.issue"),
        "lines": [{"row": one, "chip": assessed_chip(one)} for one in rows],
    }  # fmt: skip
    return render(request, f"{HERE}/managers.html", words)
