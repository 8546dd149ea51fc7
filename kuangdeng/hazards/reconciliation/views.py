"""Pages of the reconciliation: the days, what is wrong, the hazards behind each figure."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.hazards.reconciliation import queries, registers, services
from kuangdeng.hazards.reconciliation.forms import ExplainForm
from kuangdeng.hazards.reconciliation.rules import FIGURES
from kuangdeng.hazards.tracking.views import tabs
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.heartbeat import last_beat
from kuangdeng.kernel.timetext import full
from kuangdeng.kernel.views import register_page
from kuangdeng.org.api import has_power, me, need_power


@require_GET
def days(request: HttpRequest) -> HttpResponse:
    """每日对账: day by day what came, what ended, what is open, and whether it agrees with the ledger."""
    by = me(request)
    need_power(by, "reconciliation.see")
    rows = queries.days_of(by.mine_id).annotate(wrong=Count("findings", filter=Q(findings__gone_at=None)))
    found = list(queries.standing(by.mine_id)[: queries.MOST])
    words = {
        "tabs": tabs(by, "days"),
        "findings": found,
        "unexplained": sum(one.explained_at is None for one in found),
        "checked_at": last_beat(queries.pulse(by.mine_id)),
        "explains": has_power(by, "reconciliation.explain"),
    }
    return register_page(request, registers.days(), rows, template="hazards/reconciliation.html", context=words)


@require_GET
def figure(request: HttpRequest, bulletin_id: UUID, figure: str) -> HttpResponse:
    """Exactly the hazards that one figure of one day counts."""
    by = me(request)
    day = queries.get_day(bulletin_id, by=by)
    if figure not in FIGURES:
        raise NotVisible
    title = _("%(day)s %(figure)s") % {"day": full(day.day), "figure": FIGURES[figure]}
    words = {"bulletin": day, "published": getattr(day.balance, figure)}
    return register_page(
        request, registers.counted(by, title), queries.counted_in(day, figure),
        template="hazards/reconciliation_figure.html", context=words,
    )  # fmt: skip


@require_POST
def check_now(request: HttpRequest) -> HttpResponse:
    """Reckon now, without waiting for the hour."""
    by = me(request)
    need_power(by, "reconciliation.explain")

    def act() -> str:
        if queries.importing_now(by.mine):
            return _("正在写入旧台账，写完以后自动对账。")
        wrong = services.reconcile(by.mine)
        return _("已重新对账，%(n)d 处对不上。") % {"n": wrong} if wrong else _("已重新对账，全部对得上。")

    return do_and_return(request, act, reverse("hazards:reconciliation"))


@require_http_methods(["GET", "POST"])
def explain(request: HttpRequest, finding_id: UUID) -> HttpResponse:
    """说明对账差异: what it was and what was done."""
    by = me(request)
    need_power(by, "reconciliation.explain")
    finding = queries.get_finding(finding_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.explain(finding.id, words=data["words"], by=by)
        return _("已说明，记入台账。")

    return edit_page(
        request, ExplainForm(request.POST or None, by=by), act, title=_("说明对账差异"), label=_("写入说明"),
        back=reverse("hazards:reconciliation"), context={"note": finding.sentence},
    )  # fmt: skip
