"""编班限额、教师."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.words import plain
from kuangdeng.learning.classes import forms, queries, registers, rules, services
from kuangdeng.learning.classes.views.common import HERE, tabs
from kuangdeng.org.api import me, need_power


@require_GET
def limits(request: HttpRequest) -> HttpResponse:
    """编班限额: of the mine and of units, from which day."""
    by = me(request)
    need_power(by, "class.limits")
    return render(request, f"{HERE}/limits.html", {"limits": queries.roster_rules(by)})


@require_http_methods(["GET", "POST"])
def limits_new(request: HttpRequest) -> HttpResponse:
    """设置编班限额."""
    by = me(request)
    need_power(by, "class.limits")

    def act(data: dict[str, Any]) -> str:
        services.save_roster_rule(
            valid_from=data["valid_from"], limits=form.limits(), source=data["source"], confirmed=data["confirmed"],
            unit=data["unit"], by=by,
        )  # fmt: skip
        return _("已设置。")

    initial = {"valid_from": clock.today(), **rules.Limits().__dict__}
    form = forms.LimitsForm(request.POST or None, by=by, initial=initial)
    return edit_page(
        request, form, act, title=_("设置编班限额"), label=_("保存"), back=reverse("learning:roster_limits")
    )


# Teachers ---------------------------------------------------------------------------------------------------------------


@require_GET
def teachers(request: HttpRequest) -> HttpResponse:
    """教师: of the mine and invited."""
    by = me(request)
    need_power(by, "class.teachers")
    words = {"tabs": tabs(by, "teachers"), "new": reverse("learning:teacher_new"), "new_label": _("登记教师")}
    return register_page(
        request, registers.teachers(by), queries.teachers(by), template=f"{HERE}/register.html", context=words
    )


@require_http_methods(["GET", "POST"])
def teacher_new(request: HttpRequest) -> HttpResponse:
    """登记教师."""
    by = me(request)
    need_power(by, "class.teachers")

    def act(_data: dict[str, Any]) -> str:
        services.add_teacher(data=form.data_of(), by=by)
        return _("已登记。")

    form = forms.TeacherForm(request.POST or None, by=by)
    return edit_page(request, form, act, title=_("登记教师"), label=_("登记"), back=reverse("learning:teachers"))


@require_GET
def teacher(request: HttpRequest, teacher_id: UUID) -> HttpResponse:
    """One teacher: qualification, lessons, what he is owed."""
    by = me(request)
    need_power(by, "class.teachers")
    found = queries.get_teacher(teacher_id, by=by)
    lessons = queries.lessons_of_teacher(found)
    now = clock.now()
    held = [one for one in lessons if one.ends_at <= now and clock.local(one.starts_at).year == clock.today().year]
    hours = sum((one.hours for one in held), start=rules.Decimal(0))
    words = {
        "teacher": found, "chip": registers.teacher_chip(found), "lessons": lessons,
        "figures": [
            {"label": _("今年授课（学时）"), "value": plain(hours)},
            {"label": _("今年课酬（元）"), "value": f"{hours * found.fee:.2f}"},
        ],
    }  # fmt: skip
    return render(request, f"{HERE}/teacher.html", words)


@require_http_methods(["GET", "POST"])
def teacher_edit(request: HttpRequest, teacher_id: UUID) -> HttpResponse:
    """更正教师."""
    by = me(request)
    need_power(by, "class.teachers")
    found = queries.get_teacher(teacher_id, by=by)

    def act(_data: dict[str, Any]) -> str:
        services.change_teacher(found.id, data=form.data_of(found), by=by)
        return _("已更正。")

    form = forms.TeacherForm(request.POST or None, by=by, initial=forms.TeacherForm.initial_of(found))
    back = reverse("learning:teacher", args=[found.id])
    return edit_page(request, form, act, title=_("更正教师：%s") % found.name, label=_("保存"), back=back)
