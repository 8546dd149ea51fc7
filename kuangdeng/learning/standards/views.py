"""培训规定."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.learning.standards import forms, queries, services
from kuangdeng.learning.standards.rules import NUMBERS
from kuangdeng.org.api import me, need_power


@require_GET
def training_rules(request: HttpRequest) -> HttpResponse:
    """培训规定: each number with its source, whether somebody has checked it, and from which day."""
    by = me(request)
    need_power(by, "standard.set")
    rows = queries.training_rules(by)
    today, seen, lines, unchecked = clock.today(), set(), [], 0
    for row in rows:
        current = row.valid_from <= today and row.key not in seen
        if current:
            seen.add(row.key)
            unchecked += not row.confirmed
        lines.append({"row": row, "current": current})
    known = {row.key for row in rows}
    shipped = [{"key": key, "number": number} for key, number in NUMBERS.items() if key not in known]
    words = {"lines": lines, "shipped": shipped, "unchecked": unchecked}
    return render(request, "learning/standards/rules.html", words)


@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """设置一条规定."""
    by = me(request)
    need_power(by, "standard.set")

    def act(data: dict[str, Any]) -> str:
        services.save_training_rule(**data, by=by)
        return _("已设置。")

    key = request.GET.get("key", "")
    now = queries.numbers_on(by.mine_id).get(key)
    form = forms.RuleForm(request.POST or None, initial={"key": key, "valid_from": clock.today(), "value": now})
    back = reverse("learning:training_rules")
    return edit_page(request, form, act, title=_("设置培训规定"), label=_("保存"), back=back)
