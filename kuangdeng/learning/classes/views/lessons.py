"""课次: the timetable of a batch, one lesson with its sign-in, handouts and hours; corrections of hours."""

from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.files import content_of
from kuangdeng.kernel.words import plain
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.classes import forms, queries, registers, services
from kuangdeng.learning.classes.models import Lesson
from kuangdeng.learning.classes.rules import CorrectionStatus
from kuangdeng.learning.classes.views.classes import class_tabs, lesson_state
from kuangdeng.learning.classes.views.common import HERE, tabs
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.learning.views import file_answer
from kuangdeng.org.api import Person, has_power, me, need_power

MOST_HANDOUT = 20 * 1024 * 1024


@require_http_methods(["GET", "POST"])
def lesson_new(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """排课: the form begins where the last lesson ended."""
    by = me(request)
    need_power(by, "class.prepare")
    batch = queries.get_batch(batch_id, by=by)
    last = batch.lessons.order_by("-starts_at").first()

    def act(_data: dict[str, Any]) -> str:
        services.add_lesson(batch.id, data=form.data_of(), by=by)
        return _("已排上。")

    initial = forms.LessonForm.next_of(batch, batch.training_class, last)
    form = forms.LessonForm(request.POST or None, teachers=queries.active_teachers(by.mine_id), initial=initial)
    words = {"code": batch.training_class.code, "n": batch.number, "begin": batch.begin_on, "end": batch.end_on}
    note = _("第 %(code)s 期第 %(n)d 批，%(begin)s 至 %(end)s。") % words
    back = reverse("learning:training_class", args=[batch.training_class_id])
    return edit_page(request, form, act, title=_("排课"), label=_("排上"), back=back, context={"note": note})


@require_http_methods(["GET", "POST"])
def lesson_edit(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """调课."""
    by = me(request)
    need_power(by, "class.prepare")
    lesson = queries.get_lesson(lesson_id, by=by)

    def act(_data: dict[str, Any]) -> str:
        services.change_lesson(lesson.id, data=form.data_of(), by=by)
        return _("已调课，学员和教师会收到通知。")

    initial = forms.LessonForm.initial_of(lesson)
    form = forms.LessonForm(request.POST or None, teachers=queries.active_teachers(by.mine_id), initial=initial)
    back = reverse("learning:lesson", args=[lesson.id])
    return edit_page(request, form, act, title=_("调课：%s") % lesson.topic, label=_("调课"), back=back)


@require_POST
def lesson_drop(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """删课."""
    by = me(request)
    need_power(by, "class.prepare")
    lesson = queries.get_lesson(lesson_id, by=by)

    def act() -> str:
        services.drop_lesson(lesson.id, by=by)
        return _("已删课。")

    return do_and_return(request, act, reverse("learning:training_class", args=[lesson.batch.training_class_id]))


@require_http_methods(["GET", "POST"])
def timetable_copy(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """复制课表: from another batch into this one."""
    by = me(request)
    need_power(by, "class.prepare")
    batch = queries.get_batch(batch_id, by=by)
    others = [one for one in queries.batches_of(batch.training_class) if one.id != batch.id and one.lessons_there]  # type: ignore[attr-defined]

    def act(data: dict[str, Any]) -> str:
        services.copy_timetable(UUID(data["to"]), to_id=batch.id, by=by)
        return _("已复制，请核对时间和教师。")

    form = forms.BatchChoiceForm(request.POST or None, batches=others)
    form.fields["to"].label = _("照哪一批的课表")
    back = reverse("learning:training_class", args=[batch.training_class_id])
    return edit_page(request, form, act, title=_("给第 %d 批复制课表") % batch.number, label=_("复制"), back=back)


@require_GET
def lesson(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """One lesson: who comes, the sign-in, handouts, what of the hours counted."""
    by = me(request)
    found = queries.get_lesson(lesson_id, by=by)
    keeps, teaches = has_power(by, "class.prepare"), queries.teaches(by, found)
    sheet = found.sheet
    words = {
        "lesson": found,
        "one": found.batch.training_class,
        "state": lesson_state(found),
        "handouts": list(found.handouts.select_related("by")),
        "handout_form": forms.HandoutForm(),
        "keeps": keeps,
        "teaches": teaches or keeps,
        "leads": bool(sheet) and (keeps or teaches),
        "sheet": sheet,
        "sheet_url": sheet_page(sheet.id) if sheet else "",
        "figures": _counts(found),
        "changes": keeps and found.batch.training_class.may_change and not found.settled_at,
        "settles": bool(sheet) and (keeps or teaches) and found.ends_at < clock.now(),
        "rows": hour_lines(found, by) if found.settled_at else [],
        "mine": attendance.mine_at(sheet.id, by) if sheet and not (keeps or teaches) else None,
    }
    return render(request, f"{HERE}/lesson.html", words)


def sheet_page(sheet_id: UUID) -> str:
    """The page on which the room is led; it belongs to the sign-in."""
    return reverse("learning:attendance_sheet", args=[sheet_id])


def _counts(found: Lesson) -> list[dict[str, Any]]:
    if found.sheet_id is None:
        return []
    counts = attendance.counts(found.sheet_id)
    return [
        {"label": _("应到"), "value": counts.expected},
        {"label": _("实到"), "value": counts.there},
        {"label": _("请假"), "value": counts.leave},
        {
            "label": _("未到"),
            "value": counts.missing,
            "tone": "late" if found.ends_at < clock.now() and counts.missing else "",
        },
    ]


def hour_lines(found: Lesson, by: Person) -> list[Any]:
    """The hours of a lesson, of those whom he may see."""
    seats = {
        seat.id for seat in queries.seats_for(found.batch.training_class, by=by) if seat.batch_id == found.batch_id
    }
    waits = Count("corrections", filter=Q(corrections__status=CorrectionStatus.WAITING))
    rows = found.settled_hours.select_related("person__unit__parent").annotate(waits=waits)
    rows = rows.order_by("valid", "person__pinyin")
    return [row for row in rows if row.seat_id in seats]


@require_POST
def lesson_settle(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """核定学时."""
    by = me(request)
    found = queries.get_lesson(lesson_id, by=by)

    def act() -> str:
        services.settle_lesson(found.id, by=by)
        return _("学时已核定。")

    return do_and_return(request, act, reverse("learning:lesson", args=[found.id]))


@require_POST
def handout_add(request: HttpRequest, lesson_id: UUID) -> HttpResponse:
    """上传讲义."""
    by = me(request)
    found = queries.get_lesson(lesson_id, by=by)
    form = forms.HandoutForm(request.POST, request.FILES)

    def act() -> str:
        if not form.is_valid():
            return ""
        file = form.cleaned_data["file"]
        services.add_handout(found.id, name=file.name or "", content=file.read(MOST_HANDOUT + 1), by=by)
        return _("讲义已上传。")

    return do_and_return(request, act, reverse("learning:lesson", args=[found.id]))


@require_GET
def handout(request: HttpRequest, handout_id: UUID) -> HttpResponse:
    """One handout, for whoever may see its lesson."""
    found = queries.get_handout(handout_id, by=me(request))
    return file_answer(content_of(found.file_id), found.file.kind, found.name)


@require_POST
def handout_drop(request: HttpRequest, handout_id: UUID) -> HttpResponse:
    """撤下讲义."""
    by = me(request)
    found = queries.get_handout(handout_id, by=by)

    def act() -> str:
        services.drop_handout(found.id, by=by)
        return _("讲义已撤下。")

    return do_and_return(request, act, reverse("learning:lesson", args=[found.lesson_id]))


# Hours of a class -------------------------------------------------------------------------------------------------------


@require_GET
def class_hours(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """学时: each learner, planned and valid, and why not; batch by batch."""
    by = me(request)
    need_power(by, "class.see")
    one = queries.get_class(class_id, by=by)
    learners = queries.learners(queries.seats_for(one, by=by))
    batches = queries.batches_of(one)
    lines = []
    for batch in batches:
        lessons = batch.lessons_there  # type: ignore[attr-defined]
        mine = [row for row in learners if row.seat.batch_id == batch.id]
        rows = [{"row": row, "cells": [row.rows.get(lesson.id) for lesson in lessons]} for row in mine]
        lines.append({"batch": batch, "lessons": lessons, "rows": rows})
    words = {"one": one, "tabs": class_tabs(one, "class_hours", by), "batches": lines, "chip": registers.class_chip(one),
             "corrects": has_power(by, "hours.correct")}  # fmt: skip
    return render(request, f"{HERE}/class_hours.html", words)


@require_http_methods(["GET", "POST"])
def hours_correct(request: HttpRequest, row_id: int) -> HttpResponse:
    """申请更正学时."""
    by = me(request)
    need_power(by, "hours.correct")
    row = queries.get_hours(row_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.ask_correction(row.id, after=data["after"], reason=data["reason"], by=by)
        return _("已申请，批准后生效。")

    words = {"name": row.person.name, "topic": row.lesson.topic, "planned": plain(row.planned),
             "valid": plain(row.valid), "why": row.get_why_display() or _("按签到计入")}  # fmt: skip
    note = _("%(name)s《%(topic)s》：计划 %(planned)s 学时，现在计 %(valid)s（%(why)s）。") % words
    form = forms.CorrectionForm(request.POST or None, initial={"after": row.planned})
    back = reverse("learning:lesson", args=[row.lesson_id])
    return edit_page(
        request, form, act, title=_("申请更正学时"), label=_("申请更正"), back=back, context={"note": note}
    )


@require_GET
def corrections(request: HttpRequest) -> HttpResponse:
    """学时更正: those that wait, and what was decided."""
    by = me(request)
    need_power(by, "hours.correct", "hours.approve")
    words = {
        "tabs": tabs(by, "hour_corrections"), "rows": list(queries.corrections(by)[:200]), "by": by,
        "approves": has_power(by, "hours.approve"),
    }  # fmt: skip
    return render(request, f"{HERE}/corrections.html", words)


@require_http_methods(["GET", "POST"])
def correction_verb(request: HttpRequest, correction_id: UUID, verb: str) -> HttpResponse:
    """批准、不同意."""
    by = me(request)
    if verb not in ("approve", "refuse"):
        raise NotVisible
    need_power(by, f"hours.{verb}")
    found = queries.get_correction(correction_id, by=by)
    back = reverse("learning:hour_corrections")
    if verb == "approve":
        if request.method != "POST":
            raise NotVisible

        def approve() -> str:
            services.approve_correction(found.id, by=by)
            return _("已批准，学时已更正。")

        return do_and_return(request, approve, back)

    def act(data: dict[str, Any]) -> str:
        services.refuse_correction(found.id, reason=data["reason"], by=by)
        return _("已答复申请人。")

    form = ReasonForm(request.POST or None)
    title = _("不同意更正：%s") % found.row.person.name
    return edit_page(request, form, act, title=title, label=_("不同意"), back=back)
