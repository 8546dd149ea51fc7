"""What the training section sets: the rule, and what each trade must know."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.items.api import get_item
from kuangdeng.learning.practice import queries, registers, services
from kuangdeng.learning.practice.forms import MustKnowForm, RuleForm
from kuangdeng.learning.practice.views.common import HERE, tabs
from kuangdeng.org.api import me, need_power


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """每日一题规则: which holds, which held."""
    by = me(request)
    need_power(by, "practice.settings")
    rows = queries.practice_rules(by.mine_id)
    words = {"tabs": tabs(by, "practice_rules"), "rules": rows, "held": queries.held_rule(by.mine_id)}
    return render(request, f"{HERE}/rules.html", words)


@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """设置规则."""
    by = me(request)
    need_power(by, "practice.settings")
    form = RuleForm(request.POST or None, by=by, initial=RuleForm.initial_of(by))

    def act(data: dict[str, Any]) -> str:
        services.save_rule(
            valid_from=data["valid_from"], terms=form.terms(), bank_ids=[UUID(one) for one in data["banks"]],
            source=data["source"], confirmed=data["confirmed"], by=by,
        )  # fmt: skip
        return _("已保存，从 %s 起按新规则。") % data["valid_from"]

    back = reverse("learning:practice_rules")
    return edit_page(request, form, act, title=_("设置每日一题规则"), label=_("保存规则"), back=back)


@require_GET
def musts(request: HttpRequest) -> HttpResponse:
    """工种必会题."""
    by = me(request)
    need_power(by, "practice.settings")
    words = {"tabs": tabs(by, "practice_musts")}
    return register_page(
        request, registers.musts(), queries.must_knows(by), template=f"{HERE}/musts.html", context=words
    )


@require_http_methods(["GET", "POST"])
def must_new(request: HttpRequest, item_id: UUID | None = None) -> HttpResponse:
    """Set what a trade must know: a category, or the item from whose page one comes."""
    by = me(request)
    need_power(by, "practice.settings")
    item = get_item(item_id, by=by) if item_id else None
    form = MustKnowForm(request.POST or None, by=by, fixed=item is not None)

    def act(data: dict[str, Any]) -> str:
        category = data.get("category")
        services.add_must_know(
            trade=data["trade"], category_id=UUID(category) if category else None, item_id=item.id if item else None,
            source=data["source"], by=by,
        )  # fmt: skip
        return _("已设为必会题。")

    title = _("把这道题设为必会题") if item else _("设工种必会题")
    words = {"note": item.stem[:120] if item else "", "trades": form.trades}
    return edit_page(
        request, form, act, title=title, label=_("设为必会题"), back=reverse("learning:practice_musts"),
        template=f"{HERE}/must_new.html", context=words,
    )  # fmt: skip


@require_POST
def must_end(request: HttpRequest, must_id: int) -> HttpResponse:
    """取消必会."""

    def act() -> str:
        services.end_must_know(must_id, by=me(request))
        return _("已取消。")

    return do_and_return(request, act, reverse("learning:practice_musts"))
