"""培训班: the list, one class, its batches, conclusion, archive; the week of all classes."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import put_refusal
from kuangdeng.kernel.words import plain
from kuangdeng.learning.classes import forms, queries, registers, rules, services
from kuangdeng.learning.classes.models import TrainingClass
from kuangdeng.learning.classes.views.common import HERE, tabs
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.learning.standards import api as standards
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.views import paper
from kuangdeng.org.api import Person, has_power, me, need_power


@require_GET
def classes(request: HttpRequest) -> HttpResponse:
    """培训班 of the mine."""
    by = me(request)
    need_power(by, "class.see")
    words: dict[str, Any] = {"tabs": tabs(by, "classes")}
    if has_power(by, "class.prepare"):
        words |= {"new": reverse("learning:class_new"), "new_label": _("筹备一个班")}
    return register_page(
        request, registers.classes(by), queries.classes(by), template=f"{HERE}/register.html", context=words
    )


@require_http_methods(["GET", "POST"])
def class_new(request: HttpRequest) -> HttpResponse:
    """筹备一个班, by itself, of a need (`?need=`) or for who is to be trained again: then it is filled in already."""
    by = me(request)
    need_power(by, "class.prepare")
    need = _need(request, by)
    if need:
        initial = forms.ClassForm.initial_from(need, by)
    elif "retraining" in request.GET:
        names = [row.person.name for row in talks.retraining_owed(by.mine_id)]
        initial = forms.ClassForm.initial_to_retrain(names, by)
    else:
        initial = {"begin_on": clock.today() + timedelta(days=7), "manager": by}
    form = forms.ClassForm(
        request.POST or None, by=by, lines=queries.open_plan_lines(by.mine_id, clock.today().year), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            data = form.data_of()
            one = services.accept_need(need.id, data=data, by=by) if need else services.prepare_class(data=data, by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("第 %s 期已建好。下一步：编班、排课、开班。") % one.code)
            return redirect("learning:training_class", one.id)
    back = reverse("learning:training_need", args=[need.id]) if need else reverse("learning:classes")
    title = _("按需求开班：%s") % need.topic if need else _("筹备一个班")
    words = {"form": form, "page_title": title, "label": _("建班"), "back": back, "note": need.evidence if need else ""}
    return render(request, "kernel/edit.html", words, status=422 if form.is_bound else 200)


def _need(request: HttpRequest, by: Person) -> Any:
    try:
        asked = UUID(request.GET.get("need", ""))
    except ValueError:
        return None
    found = queries.get_need(asked, by=by)
    if not rules.NEED_FLOW.allows("accept", found.status):
        raise Refused(_("这个需求已经办过了。"), code="decided")
    return found


@require_GET
def training_class(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """One class: what comes next, its batches with their timetables."""
    by = me(request)
    need_power(by, "class.see")
    one = queries.get_class(class_id, by=by)
    batches = queries.batches_of(one)
    lessons = [lesson for batch in batches for lesson in batch.lessons_there]  # type: ignore[attr-defined]
    keeps = has_power(by, "class.prepare")
    words = {
        "one": one,
        "tabs": class_tabs(one, "training_class", by),
        "chip": registers.class_chip(one),
        "units": queries.units_named(queries.units_of_class(one)),
        "batches": [_batch_line(batch, batches) for batch in batches],
        "keeps": keeps,
        "changes": keeps and one.may_change,
        "next": _next(one, batches, lessons, by),
        "figures": _figures(batches, lessons),
        "file_seen": has_power(by, "file.see"),
        "exams": [_exam_line(exam, by) for exam in queries.exams_of(one)],
        "examines": one.may_examine and has_power(by, "exam.arrange"),
    }
    return render(request, f"{HERE}/training_class.html", words)


def _exam_line(exam: Any, by: Person) -> dict[str, Any]:
    """An exam as the class page lists it; numbers only once they are published."""
    told = exam.is_published
    return {
        "exam": exam,
        "chip": exams.exam_chip(exam),
        "told": told,
        "url": reverse("learning:exam", args=[exam.id]) if has_power(by, "exam.see") else "",
        "results": reverse("learning:results", args=[exam.id]) if told and has_power(by, "exam.see") else "",
    }


def _batch_line(batch: Any, batches: list[Any]) -> dict[str, Any]:
    full = [other for other in batches if other.id != batch.id and other.lessons_there]
    return {
        "batch": batch,
        "lessons": [{"lesson": one, "state": lesson_state(one)} for one in batch.lessons_there],
        "hours": sum((one.hours for one in batch.lessons_there), Decimal(0)),
        "copies": not batch.lessons_there and bool(full),
    }


def lesson_state(lesson: Any) -> tuple[str, str]:
    """To come, running, to be settled, settled: the word and the tone of its chip."""
    now = clock.now()
    if lesson.settled_at:
        return _("学时已核定"), "done"
    if lesson.ends_at < now:
        return (_("待核定学时"), "soon") if lesson.sheet_id else (_("已过"), "void")
    if lesson.starts_at <= now:
        return _("正在上课"), "work"
    return _("未开课"), "plain"


def _figures(batches: list[Any], lessons: list[Any]) -> list[dict[str, Any]]:
    hours = max((sum((one.hours for one in batch.lessons_there), Decimal(0)) for batch in batches), default=Decimal(0))
    settled = sum(1 for one in lessons if one.settled_at)
    return [
        {"label": _("批次"), "value": len(batches)},
        {"label": _("名册人次"), "value": sum(batch.heads for batch in batches)},
        {"label": _("每人学时"), "value": plain(hours)},
        {"label": _("课次（已核定）"), "value": f"{len(lessons)}（{settled}）"},
    ]


def _next(one: TrainingClass, batches: list[Any], lessons: list[Any], by: Person) -> dict[str, Any]:
    """What comes next for who keeps the class: roster, timetable, opening, settling, conclusion, archive."""
    if not has_power(by, "class.prepare"):
        return {}
    page = {name: reverse(f"learning:{name}", args=[one.id]) for name in ("roster", "class_conclude")}
    verb = {name: reverse("learning:class_verb", args=[one.id, name]) for name in ("open", "close", "cancel", "reopen")}
    more = [(_("取消这个班"), verb["cancel"])] if rules.FLOW.allows("cancel", one.status) else []
    if rules.FLOW.allows("open", one.status):
        if not all(batch.heads for batch in batches):
            return {
                "text": _("先编班：按限额把各单位的人分到各批。"),
                "label": _("编班"),
                "url": page["roster"],
                "more": more,
            }
        if not all(batch.lessons_there for batch in batches):
            return {
                "text": _("人已编好。给每一批排课；排好一批可以复制到别的批。"),
                "label": "",
                "url": "",
                "more": more,
            }
        return {
            "text": _("名册和课表都齐了。开班后通知每个学员和教师，每次课都有签到表。"),
            "label": _("开班"),
            "post": verb["open"],
            "more": more,
        }
    if rules.FLOW.allows("conclude", one.status):
        waiting = [lesson for lesson in lessons if not lesson.settled_at]
        past = [lesson for lesson in waiting if lesson.ends_at < clock.now()]
        if past:
            url = reverse("learning:lesson", args=[past[0].id])
            return {
                "text": _("%d 次课上完了，等核定学时。") % len(past),
                "label": _("去核定"),
                "url": url,
                "more": more,
            }
        if waiting:
            return {"text": _("已开班，还有 %d 次课要上。") % len(waiting), "label": "", "more": more}
        return {
            "text": _("课都上完、学时都核定了。"),
            "label": _("办理结业"),
            "url": page["class_conclude"],
            "more": [],
        }
    if rules.FLOW.allows("close", one.status):
        text = _("已结业。核对一期一档缺什么，然后归档。")
        return {"text": text, "label": _("归档"), "url": verb["close"], "more": [(_("退回重办结业"), verb["reopen"])]}
    return {}


def class_tabs(one: TrainingClass, here: str, by: Person) -> list[dict[str, Any]]:
    """The pages of one class."""
    names = {"training_class": _("课表"), "roster": _("名册"), "class_hours": _("学时")}
    found = [
        {"label": label, "url": reverse(f"learning:{name}", args=[one.id]), "current": name == here}
        for name, label in names.items()
    ]
    if has_power(by, "file.see"):
        found.append({"label": _("一期一档"), "url": reverse("learning:class_file", args=[one.id]), "current": False})
    return found


@require_http_methods(["GET", "POST"])
def class_edit(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """更正培训班."""
    by = me(request)
    need_power(by, "class.prepare")
    one = queries.get_class(class_id, by=by)

    def act(_data: dict[str, Any]) -> str:
        services.change_class(one.id, data=form.data_of(one), by=by)
        return _("已更正。")

    lines = queries.open_plan_lines(by.mine_id, one.year)
    initial = forms.ClassForm.initial_of(one, queries.units_of_class(one))
    form = forms.ClassForm(request.POST or None, by=by, lines=lines, initial=initial, there=True)
    back = reverse("learning:training_class", args=[one.id])
    return edit_page(request, form, act, title=_("更正：%s") % one.title, label=_("保存"), back=back)


@require_http_methods(["GET", "POST"])
def class_verb(request: HttpRequest, class_id: UUID, verb: str) -> HttpResponse:
    """开班、取消、退回、归档."""
    by = me(request)
    if verb not in ("open", "cancel", "reopen", "close"):
        raise NotVisible
    need_power(by, f"class.{verb}")
    one = queries.get_class(class_id, by=by)
    back = reverse("learning:training_class", args=[one.id])
    if verb == "open":
        if request.method != "POST":
            raise NotVisible

        def start() -> str:
            services.open_class(one.id, by=by)
            return _("已开班，学员和教师都会收到通知。")

        return do_and_return(request, start, back)
    if verb == "close":
        return _close(request, one, by, back)

    def act(data: dict[str, Any]) -> str:
        take = {"cancel": services.cancel_class, "reopen": services.reopen_class}[verb]
        take(one.id, reason=data["reason"], by=by)
        return _("已办理。")

    label = str(rules.FLOW.verbs[verb])
    return edit_page(
        request, ReasonForm(request.POST or None), act, title=f"{label}：{one.title}", label=label, back=back
    )


def _close(request: HttpRequest, one: TrainingClass, by: Person, back: str) -> HttpResponse:
    def act(data: dict[str, Any]) -> str:
        done = services.close_class(one.id, gaps=data["gaps"], by=by)
        return _("已归档，保存到 %s。") % done.keep_until

    note = _("归档前请先看一期一档缺什么：归档后讲义和扫描件不能再改。")
    form = forms.CloseForm(request.POST or None)
    return edit_page(
        request, form, act, title=_("归档：%s") % one.title, label=_("归档"), back=back, context={"note": note}
    )


@require_http_methods(["GET", "POST"])
def class_exam_new(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """安排考试 for everybody on the roster."""
    by = me(request)
    need_power(by, "exam.arrange")
    one = queries.get_class(class_id, by=by)
    mark = standards.number_on(one.mine_id, "exam.pass_mark")
    form = forms.ClassExamForm(
        request.POST or None, by=by, batches=one.batches.all(), initial=forms.ClassExamForm.initial_for(one, mark)
    )

    def act(_data: dict[str, Any]) -> str:
        data, batch = form.data_of(one)
        services.arrange_exam(one.id, data=data, batch_id=batch, by=by)
        return _("考试已安排，学员都在应考名单上。下一步：备卷。")

    back = reverse("learning:training_class", args=[one.id])
    return edit_page(request, form, act, title=_("安排考试：%s") % one.title, label=_("安排考试"), back=back)


# Batches ----------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def batch_new(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """加一批."""
    by = me(request)
    need_power(by, "class.prepare")
    one = queries.get_class(class_id, by=by)

    def act(data: dict[str, Any]) -> str:
        batch = services.add_batch(one.id, **data, by=by)
        return _("已加第 %d 批。") % batch.number

    begin = one.end_on + timedelta(days=1)
    form = forms.BatchForm(
        request.POST or None, initial={"begin_on": begin, "end_on": begin + timedelta(days=1), "seats": 60}
    )
    back = reverse("learning:training_class", args=[one.id])
    return edit_page(request, form, act, title=_("加一批：%s") % one.title, label=_("加一批"), back=back)


@require_http_methods(["GET", "POST"])
def batch_edit(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """调整批次."""
    by = me(request)
    need_power(by, "class.prepare")
    batch = queries.get_batch(batch_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.change_batch(batch.id, **data, by=by)
        return _("已调整。")

    initial = {"begin_on": batch.begin_on, "end_on": batch.end_on, "seats": batch.seats}
    form = forms.BatchForm(request.POST or None, initial=initial)
    back = reverse("learning:training_class", args=[batch.training_class_id])
    return edit_page(request, form, act, title=_("调整第 %d 批") % batch.number, label=_("保存"), back=back)


@require_POST
def batch_drop(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """撤销批次."""
    by = me(request)
    batch = queries.get_batch(batch_id, by=by)

    def act() -> str:
        services.drop_batch(batch.id, by=by)
        return _("已撤销这一批。")

    return do_and_return(request, act, reverse("learning:training_class", args=[batch.training_class_id]))


# Timetables -------------------------------------------------------------------------------------------------------------


@require_GET
def timetable_sheet(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """课程表 of a class on paper."""
    by = me(request)
    need_power(by, "class.see")
    one = queries.get_class(class_id, by=by)
    words = {"one": one, "batches": queries.batches_of(one), "units": queries.units_named(queries.units_of_class(one))}
    return paper(request, f"{HERE}/timetable_sheet.html", words, f"{one.code}{_('课程表')}")


@require_GET
def week(request: HttpRequest) -> HttpResponse:
    """周课表: every lesson of the mine, day by day, so that rooms and teachers are seen at once."""
    by = me(request)
    need_power(by, "class.see")
    first = _monday(request)
    by_day: dict[date, list[Any]] = defaultdict(list)
    for lesson in queries.week_of(by, first):
        by_day[clock.local(lesson.starts_at).date()].append(lesson)
    days = [first + timedelta(days=number) for number in range(7)]
    words = {
        "tabs": tabs(by, "class_week"),
        "days": [{"day": day, "lessons": by_day[day], "today": day == clock.today()} for day in days],
        "first": first,
        "before": (first - timedelta(days=7)).isoformat(),
        "after": (first + timedelta(days=7)).isoformat(),
        "any": any(by_day.values()),
    }
    return render(request, f"{HERE}/week.html", words)


def _monday(request: HttpRequest) -> date:
    try:
        asked = date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        asked = clock.today()
    asked = min(max(asked, date(2000, 1, 3)), date(2199, 12, 1))
    return asked - timedelta(days=asked.weekday())


# Conclusion -------------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def conclude(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """结业: a conclusion for each learner, proposed from his hours and exam, and the report of the class."""
    by = me(request)
    need_power(by, "class.conclude")
    one = queries.get_class(class_id, by=by)
    learners = queries.learners(queries.seats_of(one))
    percent = standards.number_on(one.mine_id, "class.attend_percent")
    outcomes = queries.exam_outcomes(one)
    initial: dict[str, Any] = {"report": one.report, "cost": one.cost}
    for row in learners:
        good = rules.enough(row.valid, row.planned, percent)
        initial[f"c-{row.seat.id}"] = row.seat.conclusion or rules.proposed(
            enough_hours=good, passed=outcomes.get(row.seat.person_id)
        )
    form = forms.ConcludeForm(request.POST or None, seats=[row.seat for row in learners], initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            services.conclude_class(
                one.id,
                conclusions=form.conclusions(),
                report=form.cleaned_data["report"],
                cost=form.cleaned_data["cost"],
                by=by,
            )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("已结业，学员会收到结论。"))
            return redirect("learning:training_class", one.id)
    retrained = {row.person_id for row in talks.retrained_in(one.id)}
    lines = [{"row": row, "choice": form[f"c-{row.seat.id}"], "remark": form[f"r-{row.seat.id}"],
              "passed": outcomes.get(row.seat.person_id), "retrains": row.seat.person_id in retrained} for row in learners]  # fmt: skip
    words = {"one": one, "form": form, "lines": lines, "percent": plain(percent), "retrained": len(retrained)}
    return render(request, f"{HERE}/conclude.html", words, status=422 if form.is_bound else 200)
