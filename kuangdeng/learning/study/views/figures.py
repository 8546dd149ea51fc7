"""Attendance over a period, and the kinds of study."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.views import XLSX
from kuangdeng.learning.study import forms, queries, rules, services, sheets
from kuangdeng.learning.study.tabs import tabs
from kuangdeng.learning.views import file_answer
from kuangdeng.org.api import me, need_power

LONGEST = timedelta(days=3 * 366)

HERE = "learning/study"


@require_GET
def statistics(request: HttpRequest) -> HttpResponse:
    """学习出勤统计: by branch and by person over a period; `export=xlsx` as a file, `print=1` on paper."""
    by = me(request)
    need_power(by, "study.statistics")
    kinds = queries.kinds(by.mine_id, all_of_them=True)
    form = forms.PeriodForm(request.GET or None, by=by, kinds=kinds)
    first, last = rules.month_of(clock.today())
    kind = unit = None
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        first, last = data["first"] or first, data["last"] or last
        kind = UUID(data["kind"]) if data["kind"] else None
        unit = data["unit"]
    last = min(max(first, last), first + LONGEST)
    found = queries.statistics(by, first=first, last=last, kind_id=kind, unit_id=unit.id if unit else None)
    period = _period(first, last)
    if request.GET.get("export") == "xlsx":
        file = BytesIO()
        sheets.write(found, period, file)
        return file_answer(
            file.getvalue(), XLSX, f"{_('学习出勤统计')}-{first:%Y%m%d}-{last:%Y%m%d}.xlsx", to_save=True
        )
    if not form.is_bound:
        form = forms.PeriodForm(by=by, kinds=kinds, initial={"first": first, "last": last})
    query = request.GET.copy()
    query["first"], query["last"] = first.isoformat(), last.isoformat()
    words: dict[str, Any] = {
        "tabs": tabs(by, "study_statistics"), "form": form, "found": found, "period": period, "query": query.urlencode(),
        "heads": sheets.heads(), "branches": [(name or _("（无支部）"), sheets.cells(counts)) for name, counts in found.branches],
        "persons": [(one, sheets.cells(one.counts)) for one in found.persons[:500]], "whole": sheets.cells(found.whole),
        "more": max(0, len(found.persons) - 500), "printed_at": clock.now(),
    }  # fmt: skip
    paper = request.GET.get("print") == "1"
    return render(request, f"{HERE}/statistics_sheet.html" if paper else f"{HERE}/statistics.html", words)


def _period(first: date, last: date) -> str:
    return _("%(y1)d年%(m1)d月%(d1)d日—%(y2)d年%(m2)d月%(d2)d日") % {
        "y1": first.year, "m1": first.month, "d1": first.day, "y2": last.year, "m2": last.month, "d2": last.day,
    }  # fmt: skip


# Kinds ------------------------------------------------------------------------------------------------------------------


@require_GET
def study_kinds(request: HttpRequest) -> HttpResponse:
    """学习类别."""
    by = me(request)
    need_power(by, "study.settings")
    words = {"tabs": tabs(by, "study_kinds"), "kinds": queries.kinds(by.mine_id, all_of_them=True)}
    return render(request, f"{HERE}/kinds.html", words)


@require_POST
def study_kinds_usual(request: HttpRequest) -> HttpResponse:
    """装入常用的五类."""
    by = me(request)
    need_power(by, "study.settings")

    def act() -> str:
        return _("已装入 %d 类。") % services.set_up_study(mine=by.mine, by=by)

    return do_and_return(request, act, reverse("learning:study_kinds"))


@require_http_methods(["GET", "POST"])
def study_kind(request: HttpRequest, kind_id: UUID | None = None) -> HttpResponse:
    """A kind, new or changed."""
    by = me(request)
    need_power(by, "study.settings")
    kind = queries.get_kind(kind_id, by=by) if kind_id else None
    initial = {"name": kind.name, "is_active": kind.is_active} if kind else None
    form = forms.KindForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> str:
        services.save_kind(name=data["name"], is_active=data["is_active"], kind_id=kind_id, by=by)
        return _("学习类别已保存。")

    title = _("更改学习类别") if kind else _("新增学习类别")
    return edit_page(request, form, act, title=title, label=_("保存"), back=reverse("learning:study_kinds"))
