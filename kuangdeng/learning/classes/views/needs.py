"""培训需求 and 年度计划."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.classes import forms, queries, registers, rules, services
from kuangdeng.learning.classes.views.common import HERE, MOST_OWED, retrains, tabs
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.views import paper
from kuangdeng.org.api import Person, Unit, has_power, me, need_power


@require_GET
def needs(request: HttpRequest) -> HttpResponse:
    """培训需求: what is asked for, and what became of it."""
    by = me(request)
    need_power(by, "need.propose")
    owed = list(talks.retraining_owed(by.mine_id)[: MOST_OWED + 1]) if retrains(by) else []
    words = {"tabs": tabs(by, "training_needs"), "new": reverse("learning:need_new"), "new_label": _("提出培训需求"),
             "owed": owed[:MOST_OWED], "more": len(owed) > MOST_OWED}  # fmt: skip
    return register_page(request, registers.needs(by), queries.needs(by), template=f"{HERE}/needs.html", context=words)


@require_http_methods(["GET", "POST"])
def need_new(request: HttpRequest) -> HttpResponse:
    """提出培训需求."""
    by = me(request)
    need_power(by, "need.propose")

    def act(data: dict[str, Any]) -> str:
        services.propose_need(**data, by=by)
        return _("已提出，培训科会收到。")

    form = forms.NeedForm(request.POST or None, by=by, initial={"units": _own(by)})
    return edit_page(
        request, form, act, title=_("提出培训需求"), label=_("提出"), back=reverse("learning:training_needs")
    )


def _own(by: Person) -> list[Unit]:
    """A unit head proposes for his own unit as a rule; the offices choose."""
    return [by.unit] if by.unit is not None and by.unit.kind != Unit.Kind.OFFICE else []


@require_GET
def need(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """One need with its evidence; who makes classes decides here."""
    by = me(request)
    need_power(by, "need.propose")
    found = queries.get_need(need_id, by=by)
    waits = rules.NEED_FLOW.allows("accept", found.status)
    words = {
        "need": found,
        "chip": registers.need_chip(found),
        "units": queries.units_named(found.units.all()),
        "decides": waits and has_power(by, "need.accept"),
    }
    return render(request, f"{HERE}/need.html", words)


@require_http_methods(["GET", "POST"])
def need_decline(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """不安排培训."""
    by = me(request)
    need_power(by, "need.decline")
    found = queries.get_need(need_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.decline_need(found.id, reason=data["reason"], by=by)
        return _("已办理，提出人会看到原因。")

    form = ReasonForm(request.POST or None)
    back = reverse("learning:training_need", args=[found.id])
    return edit_page(request, form, act, title=_("不安排：%s") % found.topic, label=_("不安排"), back=back)


@require_http_methods(["GET", "POST"])
def need_join(request: HttpRequest, need_id: UUID) -> HttpResponse:
    """并入已有的班."""
    by = me(request)
    need_power(by, "need.accept")
    found = queries.get_need(need_id, by=by)
    running = queries.classes(by).filter(status__in=rules.CHANGING).order_by("-begin_on")

    def act(data: dict[str, Any]) -> str:
        one = services.accept_need(found.id, class_id=UUID(data["training_class"]), by=by)
        return _("已并入第 %s 期。") % one.code

    form = forms.JoinForm(request.POST or None, classes=running)
    back = reverse("learning:training_need", args=[found.id])
    return edit_page(request, form, act, title=_("并入已有的班：%s") % found.topic, label=_("并入"), back=back)


# The annual plan --------------------------------------------------------------------------------------------------------


def _year(request: HttpRequest) -> int:
    here = clock.today().year
    asked = request.GET.get("year", "")
    return min(max(int(asked), 2000), here + 2) if asked.isdecimal() and len(asked) == 4 else here


def _plan_words(request: HttpRequest) -> dict[str, Any]:
    by, year = me(request), _year(request)
    need_power(by, "class.see")
    found = queries.plan_of(by.mine_id, year)
    lines = queries.plan_lines(found) if found else []
    live = [line for line in lines if not line.dropped_reason]
    return {
        "tabs": tabs(by, "training_plan"),
        "year": year,
        "before": year - 1,
        "after": year + 1 if year <= clock.today().year else 0,
        "plan": found,
        "approved": bool(found and queries.is_approved(found)),
        "lines": lines,
        "heads": sum(line.heads for line in live),
        "budget": sum(line.budget for line in live),
        "writes": has_power(by, "plan.draft"),
        "approves": has_power(by, "plan.approve"),
    }


@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """年度培训计划 with what was held of each line."""
    return render(request, f"{HERE}/plan.html", _plan_words(request))


@require_GET
def plan_sheet(request: HttpRequest) -> HttpResponse:
    """The same on paper."""
    words = _plan_words(request)
    words["back"] = _plan_page(words["year"])
    return paper(request, f"{HERE}/plan_sheet.html", words, f"{words['year']}{_('年度培训计划')}")


def _plan_page(year: int) -> str:
    return f"{reverse('learning:training_plan')}?year={year}"


@require_http_methods(["GET", "POST"])
def plan_line_new(request: HttpRequest) -> HttpResponse:
    """加一项."""
    by, year = me(request), _year(request)
    need_power(by, "plan.draft")

    def act(_data: dict[str, Any]) -> str:
        services.save_plan_line(year=year, data=form.line(), by=by)
        return _("已写入计划。")

    form = forms.LineForm(request.POST or None, initial={"month": clock.today().month, "times": 1, "budget": 0})
    title = _("%d 年度培训计划：加一项") % year
    return edit_page(request, form, act, title=title, label=_("写入计划"), back=_plan_page(year))


@require_http_methods(["GET", "POST"])
def plan_line(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """更正一项."""
    by = me(request)
    need_power(by, "plan.draft")
    line = queries.get_plan_line(line_id, by=by)

    def act(_data: dict[str, Any]) -> str:
        services.save_plan_line(year=line.plan.year, line_id=line.id, data=form.line(), by=by)
        return _("已更正。")

    form = forms.LineForm(request.POST or None, initial=forms.LineForm.initial_of(line))
    return edit_page(
        request, form, act, title=_("更正：%s") % line.title, label=_("保存"), back=_plan_page(line.plan.year)
    )


@require_http_methods(["GET", "POST"])
def plan_line_drop(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """取消一项."""
    by = me(request)
    need_power(by, "plan.draft")
    line = queries.get_plan_line(line_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.drop_plan_line(line.id, reason=data["reason"], by=by)
        return _("已取消，原因留在计划里。")

    form = ReasonForm(request.POST or None)
    return edit_page(
        request, form, act, title=_("取消：%s") % line.title, label=_("取消这一项"), back=_plan_page(line.plan.year)
    )


@require_POST
def plan_approve(request: HttpRequest) -> HttpResponse:
    """批准计划."""
    by, year = me(request), _year(request)
    need_power(by, "plan.approve")

    def act() -> str:
        services.approve_plan(year=year, by=by)
        return _("计划已批准。")

    return do_and_return(request, act, _plan_page(year))


@require_http_methods(["GET", "POST"])
def plan_reopen(request: HttpRequest) -> HttpResponse:
    """退回修改."""
    by, year = me(request), _year(request)
    need_power(by, "plan.reopen")

    def act(data: dict[str, Any]) -> str:
        services.reopen_plan(year=year, reason=data["reason"], by=by)
        return _("计划已退回修改。")

    form = ReasonForm(request.POST or None)
    return edit_page(
        request, form, act, title=_("退回 %d 年度培训计划") % year, label=_("退回修改"), back=_plan_page(year)
    )
