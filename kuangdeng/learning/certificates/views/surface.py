"""地面工种: which trades do not go underground, and since when."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.learning.certificates import forms, queries, services
from kuangdeng.learning.certificates.views.certificates import HERE, tabs
from kuangdeng.org.api import me, need_power


@require_GET
def trades(request: HttpRequest) -> HttpResponse:
    """Every trade of the mine with how many people, and which of them work only on the surface."""
    by = me(request)
    need_power(by, "cert.surface")
    found = queries.trades_of_mine(by)
    surface = [one for one in found if one.surface]
    words = {
        "tabs": tabs(by, "surface_trades"),
        "trades": found,
        "unchecked": sum(1 for one in surface if one.row is not None and not one.row.confirmed),
        "figures": [
            {"label": _("地面工种"), "value": len(surface)},
            {"label": _("只在地面工作的人"), "value": sum(one.heads for one in surface)},
            {"label": _("其他工种的人"), "value": sum(one.heads for one in found if not one.surface)},
        ],
    }
    return render(request, f"{HERE}/surface.html", words)


@require_http_methods(["GET", "POST"])
def trades_new(request: HttpRequest) -> HttpResponse:
    """设置地面工种."""
    by = me(request)
    need_power(by, "cert.surface")

    def act(_data: dict[str, Any]) -> str:
        services.save_surface_trades(**form.data_of(), by=by)
        return _("已设置，不能入井名单按新的工种算。")

    initial = {
        "trades": request.GET.get("trade", ""),
        "surface": request.GET.get("surface", "1"),
        "valid_from": clock.today(),
    }
    form = forms.SurfaceForm(request.POST or None, initial=initial)
    back = reverse("learning:surface_trades")
    return edit_page(request, form, act, title=_("设置地面工种"), label=_("保存"), back=back)
