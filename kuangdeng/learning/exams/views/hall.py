"""监考: who sits, who is cut off, who has handed in; and what may be done about one of them."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.learning.exams import queries, registers, rules, services
from kuangdeng.learning.exams.forms import ExtendForm, WhyForm
from kuangdeng.learning.exams.models import Exam, Sitting
from kuangdeng.learning.exams.queries import SILENT
from kuangdeng.learning.exams.rules import ENDED, HAPPENING_LABELS, SAT_FLOW, Sat, digest
from kuangdeng.learning.exams.views.common import HERE
from kuangdeng.org.api import has_power, me, need_power

VERBS: dict[str, tuple[Any, str]] = {
    "admit": (services.admit, "exam.invigilate"),
    "release": (services.release, "exam.invigilate"),
    "let_in": (services.let_in, "exam.void"),
    "void": (services.void, "exam.void"),
}


@require_GET
def hall(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """监考页, live: the part that changes asks again every few seconds and costs nothing while nothing has changed."""
    by = me(request)
    need_power(by, "exam.invigilate")
    exam = queries.get_exam(exam_id, by=by)
    words = hall_words(exam)
    part = request.headers.get("HX-Target") == "hall"
    tag = f'"{digest([words["rows"], words["counts"]])[:20]}"'
    if part and request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = render(request, f"{HERE}/_hall.html" if part else f"{HERE}/hall.html", {"exam": exam, **words})
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def hall_words(exam: Exam) -> dict[str, Any]:
    """Everybody with what the invigilator has to see first: cut off, then sitting, then not come, then done."""
    sittings = queries.hall(exam)
    counted = queries.answered([one.id for one in sittings if one.status == Sat.SITTING])
    rows = [_row(one, counted.get(one.id, 0)) for one in sittings]
    rows.sort(key=lambda one: one["order"])
    counts = Counter(str(row["state"]) for row in rows)
    return {"rows": rows, "counts": list(counts.items()), "whole": len(rows)}


def _row(one: Sitting, answered: int) -> dict[str, Any]:
    at = clock.now()
    pulse = getattr(one, "pulse", None)
    silent = one.status == Sat.SITTING and (pulse is None or at - pulse.at > SILENT)
    items = len(one.form.lines) if one.form else 0
    left = max(0, int((one.ends_at - at).total_seconds() // 60)) if one.ends_at and one.status == Sat.SITTING else 0
    state = _("断线") if silent else str(rules.SAT_LABELS[one.status])
    tone = "late" if silent or one.status == Sat.ABSENT else registers.SAT_TONES[Sat(one.status)]
    facts = []
    if one.status == Sat.SITTING:
        facts = [_("%(n)d / %(all)d 题") % {"n": answered, "all": items}, _("剩 %d 分") % left]
    elif one.status == Sat.WAITING and one.held:
        facts = [_("等谈心")]
    signs = []
    if one.left_times:  # type: ignore[attr-defined]
        signs.append(_("离开页面 %d 次") % one.left_times)  # type: ignore[attr-defined]
    if one.devices:  # type: ignore[attr-defined]
        signs.append(_("换设备 %d 次") % one.devices)  # type: ignore[attr-defined]
    order = (
        0
        if silent
        else [Sat.SITTING, Sat.WAITING, Sat.HANDED_IN, Sat.TIMED_OUT, Sat.ABSENT, Sat.VOID].index(Sat(one.status)) + 1
    )
    return {
        "url": reverse("learning:exam_sitting", args=[one.id]), "name": one.person.name, "number": one.person.number,
        "unit": one.unit.full_name if one.unit else "", "state": state, "tone": tone, "facts": "，".join(facts),
        "signs": "，".join(signs), "order": order,
    }  # fmt: skip


@require_GET
def sitting(request: HttpRequest, sitting_id: UUID) -> HttpResponse:
    """One sitting: where it stands, its log, what may be done."""
    by = me(request)
    found = queries.get_sitting(sitting_id, by=by)
    offered = [
        {"verb": verb, "label": _label(verb), "danger": verb == "void"}
        for verb in VERBS
        if _fits(verb, found) and has_power(by, VERBS[verb][1])
    ]
    log = [
        {
            "at": one.at,
            "label": HAPPENING_LABELS[one.kind],
            "words": _log_words(one),
            "by": one.by.name if one.by else "",
        }
        for one in queries.log_of(found)
    ]
    words = {
        "sitting": found, "exam": found.exam, "chip": registers.sat_chip(found), "log": log, "offered": offered,
        "score": registers.score_words(found), "passed": registers.passed_chip(found),
        "answered": queries.answered([found.id]).get(found.id, 0), "items": len(found.form.lines) if found.form else 0,
        "can_extend": found.status in (Sat.WAITING, Sat.SITTING) and found.exam.is_ready and has_power(by, "exam.invigilate"),
        "can_enter": found.exam.kind == rules.Kind.ON_PAPER and found.exam.is_ready and has_power(by, "exam.invigilate"),
    }  # fmt: skip
    return render(request, f"{HERE}/sitting.html", words)


def _log_words(one: Any) -> str:
    if one.kind in ("back", "cut") and one.words.isdigit():
        return _("%d 秒") % int(one.words)
    return str(one.words)


def _label(verb: str) -> str:
    labels = {
        "admit": _("准许迟到开考"),
        "release": _("放回作答"),
        "let_in": _("计入迟到的答案"),
        "void": _("作废答卷"),
    }
    return labels[verb]


def _fits(verb: str, found: Sitting) -> bool:
    if verb == "admit":
        return found.status == Sat.WAITING and not found.late_ok and found.exam.is_ready
    if verb == "let_in":
        return found.status in ENDED and not found.late_counts and queries.late_answers(found).exists()
    running = found.exam.is_ready or (verb == "void" and found.exam.may_void)
    return running and SAT_FLOW.allows(verb, found.status)


@require_http_methods(["GET", "POST"])
def do(request: HttpRequest, sitting_id: UUID, verb: str) -> HttpResponse:
    """准许迟到、放回、计入、作废: each with its reason."""
    by = me(request)
    if verb not in VERBS:
        raise NotVisible
    need_power(by, VERBS[verb][1])
    found = queries.get_sitting(sitting_id, by=by)
    form = WhyForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        VERBS[verb][0](sitting_id, why=data["why"], by=by)
        return _("%(name)s：%(verb)s，记下了。") % {"name": found.person.name, "verb": _label(verb)}

    title = _("%(verb)s：%(name)s") % {"verb": _label(verb), "name": found.person.name}
    back = reverse("learning:exam_sitting", args=[sitting_id])
    return edit_page(request, form, act, title=title, label=_label(verb), back=back)


@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, exam_id: UUID, sitting_id: UUID | None = None) -> HttpResponse:
    """延长时间, for one or for the whole hall."""
    by = me(request)
    need_power(by, "exam.invigilate")
    exam = queries.get_exam(exam_id, by=by)
    one = queries.get_sitting(sitting_id, by=by) if sitting_id else None
    form = ExtendForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        ids = [one.id] if one else None
        count = services.extend(exam_id, minutes=data["minutes"], why=data["why"], sitting_ids=ids, by=by)
        return _("给 %(n)d 人延长了 %(m)d 分钟，他们的页面上马上看得到。") % {"n": count, "m": data["minutes"]}

    title = _("延长时间：%s") % (one.person.name if one else _("全场没交卷的人"))
    back = reverse("learning:exam_sitting", args=[one.id]) if one else reverse("learning:exam_hall", args=[exam.id])
    return edit_page(request, form, act, title=title, label=_("延长"), back=back)
