"""Banks, categories, how parts are marked; near-duplicates."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errands import errand_called
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import asks_progress, progress_answer
from kuangdeng.learning.items import jobs, queries, registers, services
from kuangdeng.learning.items.forms import BankForm, CategoryForm, PolicyForm
from kuangdeng.learning.items.rules import TYPE_LABELS, Policy
from kuangdeng.learning.items.twinning import AT_ONCE
from kuangdeng.learning.items.wording import key_words
from kuangdeng.org.api import me, need_power

SETTINGS = "learning/items/settings.html"


@require_GET
def banks(request: HttpRequest) -> HttpResponse:
    """题库 of the mine."""
    by = me(request)
    need_power(by, "item.settings")
    words = {
        "new": reverse("learning:item_bank_new"),
        "new_label": _("建题库"),
        "policy": reverse("learning:item_policy"),
    }
    return register_page(request, registers.banks(), queries.banks(by), template=SETTINGS, context=words)


@require_http_methods(["GET", "POST"])
def bank(request: HttpRequest, bank_id: UUID | None = None) -> HttpResponse:
    """One bank, or a new one."""
    by = me(request)
    need_power(by, "item.settings")
    row = queries.get_bank(bank_id, by=by) if bank_id else None
    initial = (
        {"name": row.name, "unit": str(row.unit_id or ""), "note": row.note, "is_active": row.is_active} if row else {}
    )
    form = BankForm(request.POST or None, by=by, initial=initial)

    def act(data: dict[str, Any]) -> str:
        saved = services.save_bank(
            bank_id,
            name=data["name"],
            unit_id=data["unit"] or None,
            note=data["note"],
            is_active=data["is_active"],
            by=by,
        )
        return _("已保存「%s」。") % saved.name

    title = row.name if row else _("建题库")
    return edit_page(request, form, act, title=title, label=_("保存题库"), back=reverse("learning:item_banks"))


@require_GET
def categories(request: HttpRequest) -> HttpResponse:
    """分类 of the mine."""
    by = me(request)
    need_power(by, "item.settings")
    words = {"new": reverse("learning:item_category_new"), "new_label": _("建分类")}
    return register_page(request, registers.categories(), queries.categories(by), template=SETTINGS, context=words)


@require_http_methods(["GET", "POST"])
def category(request: HttpRequest, category_id: UUID | None = None) -> HttpResponse:
    """One category, or a new one."""
    by = me(request)
    need_power(by, "item.settings")
    row = queries.get_category(category_id, by=by) if category_id else None
    initial = {"kind": row.kind, "name": row.name, "is_active": row.is_active} if row else {}
    form = CategoryForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> str:
        return _("已保存「%s」。") % services.save_category(category_id, **data, by=by).name

    title = row.name if row else _("建分类")
    return edit_page(request, form, act, title=title, label=_("保存分类"), back=reverse("learning:item_categories"))


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """判分办法."""
    by = me(request)
    need_power(by, "item.settings")
    form = PolicyForm(request.POST or None, initial=queries.policy_of(by.mine_id).as_json())

    def act(data: dict[str, Any]) -> str:
        services.save_policy(policy=Policy.from_json(data), by=by)
        return _("已保存，从以后开始的考试起用。")

    return edit_page(request, form, act, title=_("判分办法"), label=_("保存办法"), back=reverse("learning:item_banks"))


@require_GET
def twins(request: HttpRequest) -> HttpResponse:
    """近似题: pairs that look alike, side by side."""
    by = me(request)
    need_power(by, "item.merge")
    errand = errand_called(jobs.search_of(by.mine_id))
    moving = errand is not None and errand.is_moving
    items = queries.compared(by.mine_id).count() if moving else 0
    if asks_progress(request):
        told = {"items": items, "errand": errand}
        return progress_answer(request, "learning/items/_twins_progress.html", told, moving=moving)
    rows = queries.twins(by).select_related("first__latest", "first__bank", "second__latest", "second__bank")
    page = Paginator(rows.order_by("-score", "id"), 20).get_page(request.GET.get("page"))
    pairs = [
        {
            "twin": one,
            "percent": round(one.score * 100),
            "sides": [_side(one.first), _side(one.second)],
            "one_type": one.first.type == one.second.type,
        }
        for one in page
    ]
    words = {"pairs": pairs, "page": page, "errand": errand, "moving": moving, "items": items}
    return render(request, "learning/items/twins.html", words)


def _side(item: Any) -> dict[str, Any]:
    options = item.latest.content.get("options") or item.latest.content.get("left") or []
    return {
        "item": item, "state_chip": registers.state_chip(item), "type": TYPE_LABELS[item.type],
        "options": [one["text"] for one in options], "key": key_words(item.latest.content),
    }  # fmt: skip


@require_POST
def find_twins(request: HttpRequest) -> HttpResponse:
    """查找近似题: at once, or by the worker in a large bank."""
    by = me(request)
    need_power(by, "item.merge")

    def act() -> str | None:
        if queries.compared(by.mine_id).count() > AT_ONCE:
            jobs.ask_find_twins(by)
            return None
        return _("找到 %d 对近似的题。") % services.find_twins(by=by)

    return do_and_return(request, act, reverse("learning:item_twins"))


@require_POST
def apart(request: HttpRequest, twin_id: int) -> HttpResponse:
    """不是重复."""
    services.tell_apart(twin_id, by=me(request))
    messages.success(request, _("记下了：这是两道题。"))
    return redirect("learning:item_twins")
