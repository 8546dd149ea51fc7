"""The tracking pages: line by line, gathered, and what is open of accidents."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kuangdeng.hazards.accidents import queries as accidents
from kuangdeng.hazards.accidents import registers as accident_registers
from kuangdeng.hazards.tracking import queries, registers
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.views import register_page
from kuangdeng.org.api import Person, has_power, me

BY = {
    "unit": gettext_lazy("单位"),
    "place": gettext_lazy("地点"),
    "branch": gettext_lazy("党支部"),
    "group": gettext_lazy("小组"),
}
ON_A_PAGE = 100


def tabs(person: Person, here: str) -> list[dict[str, object]]:
    """逐条、按单位、按地点、按支部、按小组、事故和措施, and the reconciliation for whoever may see the whole account."""
    lines = [("items", _("逐条"), reverse("hazards:tracking"))]
    for by, label in (("unit", _("按单位")), ("place", _("按地点")), ("branch", _("按支部")), ("group", _("按小组"))):
        lines.append((by, label, reverse("hazards:tracking_by", args=[by])))
    lines.append(("accidents", _("事故和措施"), reverse("hazards:tracking_accidents")))
    if has_power(person, "reconciliation.see"):
        lines.append(("days", _("每日对账"), reverse("hazards:reconciliation")))
    return [{"label": label, "url": url, "current": key == here} for key, label, url in lines]


@require_GET
def items(request: HttpRequest) -> HttpResponse:
    """跟踪: every open hazard, its stage, who holds it, since when, its deadline, what is asked about it."""
    by = me(request)
    register, rows = registers.tracked(by), queries.open_hazards(by)
    return register_page(request, register, rows, template="hazards/tracking.html", context={"tabs": tabs(by, "items")})


@require_GET
def grouped(request: HttpRequest, by: str) -> HttpResponse:
    """The same gathered by unit, place, branch or group; each line leads to what it counts."""
    person = me(request)
    if by not in BY:
        raise NotVisible
    found = queries.groups(person, by)
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    lines = [{"group": one, **_addresses(by, one)} for one in page]
    words = {"tabs": tabs(person, by), "by": BY[by], "lines": lines, "page": page}
    return render(request, "hazards/tracking_groups.html", words)


def _addresses(by: str, group: queries.Group) -> dict[str, str]:
    """Where the counted ones are listed: all, and the overdue ones."""
    asks = f"lacks={by}" if group.key == queries.NOBODY and by in ("unit", "place") else f"{by}={group.key}"
    url = f"{reverse('hazards:tracking')}?{asks}"
    return {"url": url, "late_url": f"{url}&late=1"}


@require_GET
def beside(request: HttpRequest) -> HttpResponse:
    """事故和措施: accidents that are not closed, measures that are not accepted."""
    person = me(request)
    found = queries.beside(person)
    events = [
        {
            "row": one,
            "state": accident_registers.state_chip(one),
            "holder": accidents.holder(one),
            "asking": registers.asking_chip(one.asking),  # type: ignore[attr-defined]
            "feedback": registers.feedback_chip(one.standing),  # type: ignore[attr-defined]
        }
        for one in found.accidents
    ]
    measures = [
        {
            "row": one,
            "state": accident_registers.measure_chip(one),
            "late": accidents.is_late(one),
            "due": accidents.due_of(one),
        }
        for one in found.measures
    ]
    words = {"tabs": tabs(person, "accidents"), "accidents": events, "measures": measures, "more": found.more}
    return render(request, "hazards/tracking_accidents.html", words)
