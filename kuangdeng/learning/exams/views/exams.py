"""考试: the list, one exam with its next step, people, the lot, sheets for paper exams."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page, next_of
from kuangdeng.kernel.errands import errand_called
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.listing.bulk import valid_ids
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import asks_progress, photo_answer, progress_answer, put_refusal
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams import jobs, preparing, queries, registers, rules, services, sheet
from kuangdeng.learning.exams.belonging import belongings
from kuangdeng.learning.exams.forms import (
    READ_THERE,
    DrawPeopleForm,
    EnrolForm,
    ExamForm,
    SheetForm,
    WhyForm,
    exam_initial,
)
from kuangdeng.learning.exams.models import Exam
from kuangdeng.learning.exams.rules import FLOW, Kind, Sat
from kuangdeng.learning.exams.views.common import HERE
from kuangdeng.learning.exams.views.printing import parts_of
from kuangdeng.learning.items.api import sheet as item_sheet
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import Person, has_power, me, need_power


def _draw(exam_id: UUID, *, by: Person) -> Exam:
    """抽题备卷 at once, or by the worker for a mass exam."""
    found = queries.get_exam(exam_id, by=by)
    if not queries.is_mass(found):
        return services.draw(exam_id, by=by)
    need_power(by, "exam.arrange")
    preparing.check_draw(found)
    jobs.ask_draw(found, by)
    return found


STEPS: dict[str, Any] = {
    "draw": (_draw, "exam.arrange", "switch"),
    "undraw": (services.undraw, "exam.arrange", "back"),
    "new_code": (services.new_code, "exam.invigilate", "refresh"),
    "close": (services.close, "exam.publish", "done"),
    "publish": (services.publish, "exam.publish", "send"),
}
PRIMARY = ("draw", "close", "publish")
"""The next step of an exam, whatever its state allows."""


@require_GET
def exams(request: HttpRequest) -> HttpResponse:
    """考试."""
    by = me(request)
    need_power(by, "exam.see")
    words = {"can_arrange": has_power(by, "exam.arrange"), "can_papers": has_power(by, "exam.write_paper")}
    rows = queries.with_counts(queries.visible(by))
    return register_page(request, registers.exams(by), rows, template=f"{HERE}/exams.html", context=words)


@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest, exam_id: UUID | None = None) -> HttpResponse:
    """安排考试, or change one that is still being prepared."""
    by = me(request)
    need_power(by, "exam.arrange")
    found = queries.get_exam(exam_id, by=by) if exam_id else None
    initial = exam_initial(found) if found else _fresh(by)
    initial |= {name: request.GET[name] for name in ("paper", "kind", "title", "makeup_of") if name in request.GET}
    form = ExamForm(request.POST or None, by=by, exam=found, initial=initial)
    made: list[Exam] = []

    def act(_data: dict[str, Any]) -> str:
        data = form.data_of()
        made.append(services.change(found.id, data=data, by=by) if found else services.arrange(data=data, by=by))
        return _("已保存。") if found else _("考试安排好了，接着加入应考人。")

    back = reverse("learning:exam", args=[found.id]) if found else reverse("learning:exams")
    title = found.title if found else _("安排考试")
    page = edit_page(request, form, act, title=title, label=_("保存安排"), back=back)
    return redirect("learning:exam", made[0].id) if made else page


def _fresh(by: Person) -> dict[str, Any]:
    """What a new exam begins with: tomorrow morning, by the pass mark of the training rules."""
    mark = standards.number_on(by.mine_id, "exam.pass_mark")
    return {"opens_at": _tomorrow(9), "closes_at": _tomorrow(11), "pass_percent": plain(mark)}


def _tomorrow(hour: int) -> datetime:
    return clock.local().replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=1)


@require_GET
def exam(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """One exam: its facts, its next step, its people."""
    by = me(request)
    found = queries.get_exam(exam_id, by=by)
    states = queries.states(found)
    errand = errand_called(jobs.drawing_of(exam_id)) if found.in_preparation else None
    moving = errand is not None and errand.is_moving
    if asks_progress(request):
        words = {"exam": found, "listed": sum(states.values()), "errand": errand}
        return progress_answer(request, f"{HERE}/_drawing.html", words, moving=moving)
    rows = queries.sittings(found)
    unread = queries.unread(found) if FLOW.allows("publish", found.status) else 0
    steps = [
        {"verb": one, "label": FLOW.verbs[one], "icon": icon, "primary": one in PRIMARY}
        for one, (_do, power, icon) in STEPS.items()
        if FLOW.allows(one, found.status)
        and has_power(by, power)
        and not moving
        and (one != "close" or _all_in(found, states))
        and (one != "publish" or not unread)
        and (one != "new_code" or found.kind != Kind.ON_PAPER)
    ]
    words = {
        "exam": found,
        "chip": registers.exam_chip(found),
        "kind": rules.KIND_LABELS[found.kind],
        "belongs": belongings(found, by),
        "steps": steps,
        "states": [(rules.SAT_LABELS[one], states.get(one, 0)) for one in Sat if states.get(one)],
        "listed": sum(states.values()),
        "unread": unread,
        "can_mark": has_power(by, "exam.mark"),
        "errand": errand,
        "moving": moving,
        "can_arrange": has_power(by, "exam.arrange") and found.in_preparation and not moving,
        "can_enrol": has_power(by, "exam.arrange") and (found.in_preparation or found.is_ready) and not moving,
        "can_cancel": has_power(by, "exam.arrange")
        and FLOW.allows("cancel", found.status)
        and not _begun(states)
        and not moving,
        "can_watch": has_power(by, "exam.invigilate") and found.is_ready,
        "shows_code": has_power(by, "exam.invigilate")
        and found.is_ready
        and found.by_code
        and found.kind != Kind.ON_PAPER,
        "on_paper": found.kind == Kind.ON_PAPER,
        "runs": found.is_ready and not _all_in(found, states),
        "opened": clock.now() >= found.opens_at,
        "lot": found.drawing,
        "door": request.build_absolute_uri(reverse("learning:exam_door")),
    }
    return register_page(request, registers.people(found, by), rows, template=f"{HERE}/exam.html", context=words)


def _all_in(exam: Exam, states: dict[str, int]) -> bool:
    """Whether the papers can be collected: nobody sits, and nobody may still come."""
    return not states.get(Sat.SITTING) and not queries.may_still_come(exam, states.get(Sat.WAITING, 0))


def _begun(states: dict[str, int]) -> bool:
    return any(count for state, count in states.items() if state != Sat.WAITING)


@require_POST
def do(request: HttpRequest, exam_id: UUID, verb: str) -> HttpResponse:
    """备卷、退回、换码、收卷、公布."""
    if verb not in STEPS:
        raise NotVisible

    def act() -> str | None:
        done = STEPS[verb][0](exam_id, by=me(request))
        if verb == "draw" and done.in_preparation:
            return None
        return _("%(title)s：%(verb)s。") % {"title": done.title, "verb": FLOW.verbs[verb]}

    return do_and_return(request, act, reverse("learning:exam", args=[exam_id]))


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """取消考试."""
    by = me(request)
    need_power(by, "exam.arrange")
    found = queries.get_exam(exam_id, by=by)
    form = WhyForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.cancel(exam_id, why=data["why"], by=by)
        return _("考试取消了，名单上的人都会收到通知。")

    title = _("取消考试：%s") % found.title
    return edit_page(
        request, form, act, title=title, label=_("取消考试"), back=reverse("learning:exam", args=[exam_id])
    )


@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """加入应考人."""
    by = me(request)
    need_power(by, "exam.arrange")
    found = queries.get_exam(exam_id, by=by)
    form = EnrolForm(request.POST or None, by=by)

    def act(_data: dict[str, Any]) -> str:
        return _("加入了 %d 人。") % services.enrol(exam_id, people=form.people(), by=by)

    title = _("加入应考人：%s") % found.title
    return edit_page(
        request, form, act, title=title, label=_("加入名单"), back=reverse("learning:exam", args=[exam_id])
    )


@require_http_methods(["GET", "POST"])
def draw_people(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """随机抽人, to be done in front of everybody."""
    by = me(request)
    need_power(by, "exam.arrange")
    found = queries.get_exam(exam_id, by=by)
    form = DrawPeopleForm(request.POST or None, by=by)

    def act(data: dict[str, Any]) -> str:
        services.draw_people(exam_id, people=form.people(), count=data["count"], by=by)
        return ""

    title = _("随机抽人：%s") % found.title
    back = reverse("learning:exam_lot", args=[exam_id])
    return edit_page(request, form, act, title=title, label=_("现在抽"), back=back)


@require_GET
def lot(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """抽人结果 in large type for the hall's screen, with the seed by which anybody can draw it again."""
    by = me(request)
    found = queries.get_exam(exam_id, by=by)
    drawn = queries.drawn_people(found)
    page = "lot_screen" if request.GET.get("screen") == "1" else "lot"
    return render(request, f"{HERE}/{page}.html", {"exam": found, "lot": found.drawing, "people": drawn})


@require_POST
def strike(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """移出名单."""
    ids = valid_ids(request.POST.getlist("ids"))

    def act() -> str:
        return _("移出了 %d 人。") % services.strike(exam_id, sitting_ids=list(ids), by=me(request))

    return do_and_return(request, act, reverse("learning:exam", args=[exam_id]))


# Paper exams ----------------------------------------------------------------------------------------------------------


@require_GET
def sheets(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """纸卷: everybody's own sheet with his name and number on it, to be printed in one go."""
    by = me(request)
    need_power(by, "exam.invigilate")
    found = queries.get_exam(exam_id, by=by)
    if found.kind != Kind.ON_PAPER or not found.is_ready:
        raise Refused(_("只有备好卷的纸笔考试可以打印。"))
    rows = [_printed(one, found) for one in queries.for_print(found)]
    return render(request, f"{HERE}/sheets.html", {"exam": found, "sheets": rows, "printed_at": clock.now()})


def _printed(sitting: Any, exam: Exam) -> dict[str, Any]:
    sitting.exam = exam
    pictures = reverse("learning:exam_sitting_picture", args=[sitting.id, "0" * 64]).removesuffix("0" * 64)
    items = [
        {"asked": item_sheet(one, pictures=pictures), "marks": one["marks"], "label": one["label"]}
        for one in sheet.shown(sitting)
    ]
    return {"sitting": sitting, "parts": parts_of(items), "marks": sitting.form.marks.normalize()}


@require_GET
def picture(request: HttpRequest, sitting_id: UUID, sha256: str) -> FileResponse:
    """A picture of an item on somebody's paper, for who prints the papers of an exam."""
    by = me(request)
    sitting = queries.get_sitting(sitting_id, by=by)
    if not has_power(by, "exam.invigilate") or sitting.form is None or not sheet.shows_picture(sitting, sha256):
        raise NotVisible
    return photo_answer(sha256, thumb=False)


@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """录入纸卷: one sheet, by keyboard alone; the next one follows."""
    by = me(request)
    need_power(by, "exam.invigilate")
    sitting = queries.get_sitting(sitting_id, by=by)
    if sitting.exam.kind != Kind.ON_PAPER or sitting.form is None:
        raise Refused(_("这不是纸笔考试的答卷。"))
    items = sheet.shown(sitting)
    form = SheetForm(request.POST or None, sitting=sitting, items=items, again=sitting.status == Sat.HANDED_IN)
    if request.method == "POST" and form.is_valid():
        try:
            why = form.cleaned_data.get("why", "")
            services.enter_paper(sitting_id, answers=form.answers, why=why, by=by)
            for line, points in form.points.items():
                services.mark_line(sitting_id, line=line, points=points, remark=READ_THERE, by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            following = queries.next_sheet(sitting)
            return (
                redirect("learning:exam_entry", following) if following else redirect("learning:exam", sitting.exam_id)
            )
    words = {
        "sitting": sitting,
        "exam": sitting.exam,
        "form": form,
        "back": next_of(request, reverse("learning:exam", args=[sitting.exam_id])),
    }
    return render(request, f"{HERE}/entry.html", words, status=422 if form.errors else 200)
