"""The leader's pages: the sheet, the screen in the room, the paper list, corrections. Names stand here and nowhere else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.edit_views import do_and_return, edit_page, next_of
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.attendance import forms, queries, rules, services
from kuangdeng.learning.attendance.models import Attendee, Sheet
from kuangdeng.learning.attendance.queries import Mark
from kuangdeng.learning.attendance.registers import state_chip
from kuangdeng.learning.attendance.rules import THERE, Phase, State
from kuangdeng.learning.attendance.views.common import HERE, figures, qr, scan_address, unless_known
from kuangdeng.learning.attendance.views.door import COOKIE
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.org.api import me

LATEST = 6
"""So many of those who signed last are named on the screen, so that one sees oneself arrive."""
MOST_NAMED = 150
"""More missing names nobody finds his own among: the screen counts them by unit."""


def _back(sheet_id: UUID) -> str:
    return reverse("learning:attendance_sheet", args=[sheet_id])


def _line(row: Attendee) -> dict[str, Any]:
    return {"row": row, "chip": state_chip(row), "method": rules.METHOD_LABELS.get(row.method, "")}


@require_GET
def sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """签到表 as its leader sees it: numbers, what waits for a decision, units, names page by page, what may be done."""
    one = queries.get_sheet(sheet_id, by=me(request))
    phase = queries.phase_of(one)
    found = queries.marks(one.id)
    words = {
        "sheet": one,
        "phase": phase,
        "running": one.is_running,
        "doubts": queries.open_doubts(one.id),
        "makeups": queries.open_makeups([one.id]),
        "kiosks": queries.open_kiosks(one.id),
        **_listed(request, found, begun=clock.now() >= one.starts_at),
    }
    return render(request, f"{HERE}/sheet.html", words)


def _listed(request: HttpRequest, found: list[Mark], *, begun: bool) -> dict[str, Any]:
    """The names that are asked for by unit, state and words, one page of them; who asks for leave stands above."""
    units = queries.units_of(found)
    state, words = request.GET.get("state", ""), request.GET.get("q", "").strip()
    unit = next((one for one in units if str(one.id) == request.GET.get("unit")), None)
    chosen = [
        one.id for one in found
        if (unit is None or one.unit_id == unit.id) and (not words or one.is_called(words))
        and (state not in STATES or STATES[state](one))
    ]  # fmt: skip
    page = Paginator(chosen, ON_A_PAGE).get_page(request.GET.get("page"))
    asking = [one.id for one in found if one.asks_leave]
    first = asking[:ON_A_PAGE]
    rows = queries.rows_of([*page, *first])
    kept = {"state": state if state in STATES else "", "unit": str(unit.id) if unit else "", "q": words}
    numbers = figures(queries.count_rows(found), begun=begun)
    labels = {}
    for figure, key in zip(numbers, ["", *STATES], strict=True):
        figure["url"] = f"?state={key}#names"
        labels[key] = figure["label"] if key else ""
    return {
        "figures": numbers, "asking": [_line(rows[one]) for one in first], "asking_count": len(asking),
        "lines": [_line(rows[one]) for one in page],
        "page": page, "units": units, "kept": kept, "narrowed": any(kept.values()), "many": len(found) > ON_A_PAGE,
        "state_label": labels.get(kept["state"], ""),
    }  # fmt: skip


ON_A_PAGE = 50
STATES: dict[str, Callable[[Mark], bool]] = {
    "there": lambda one: one.expected and one.state in THERE,
    "late": lambda one: one.expected and one.state == State.LATE,
    "leave": lambda one: one.expected and one.state == State.LEAVE,
    "made_up": lambda one: one.expected and one.state == State.MADE_UP,
    "missing": lambda one: one.expected and one.state == State.MISSING,
    "guest": lambda one: not one.expected,
}
"""What the names may be narrowed to, in the order of the figures after 应到."""


# The screen in the room -------------------------------------------------------------------------------------------------


def _said(sheet: Sheet, phase: Phase) -> str:
    """What stands in the place of the code when nobody may sign."""
    if sheet.is_cancelled:
        return _("这次活动已取消")
    if phase == Phase.OVER:
        return _("签到已截止")
    return _("%s 开放签到") % timetext.said(sheet.opens_at, clock.now()) if phase == Phase.BEFORE else ""


def _live(sheet: Sheet) -> str:
    found = queries.marks(sheet.id)
    there = sorted((one for one in found if one.state in THERE and one.at), key=lambda one: one.at or sheet.starts_at)
    counts = queries.count_rows(found)
    words = {
        "counts": counts,
        "missing": queries.missing_by_unit(found),
        "named": counts.missing <= MOST_NAMED,
        "latest": there[: -LATEST - 1 : -1],
        "doubts": queries.open_doubts(sheet.id),
    }
    return render_to_string(f"{HERE}/_live.html", words)


@never_cache
@require_GET
def screen(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """会场屏: the code that changes every few seconds, who is missing, and a field for a card reader.

    Opened by who leads the room and shown there alone; wall screens have no door to it.
    """
    one = queries.get_sheet(sheet_id, by=me(request))
    phase = queries.phase_of(one)
    shown = rules.codes_ahead(one.secret, clock.now(), 0)[0]
    words = {
        "sheet": one,
        "said": _said(one, phase),
        "code": qr(scan_address(request, one, shown.code)) if phase == Phase.OPEN else "",
        "live": _live(one),
        "open": phase == Phase.OPEN,
    }
    return render(request, f"{HERE}/screen.html", words)


@never_cache
@require_GET
def codes(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """The codes of the next minute for the screen in the room, with the server's clock.

    A minute ahead bridges a network that is cut for a moment. It is given to the signed-in leader's page alone, who may
    correct the sheet anyway; a phone only ever sees the one code on the screen, and the secret stays on the server.
    """
    one = queries.get_sheet(sheet_id, by=me(request))
    at, phase = clock.now(), queries.phase_of(one)
    shown = rules.codes_ahead(one.secret, at) if phase == Phase.OPEN else []
    last = int(one.closes_at.timestamp())
    answer = {
        "now": at.timestamp(),
        "said": _said(one, phase),
        "codes": [
            {"begins": each.begins, "ends": min(each.ends, last), "svg": qr(scan_address(request, one, each.code))}
            for each in shown
            if each.begins < last
        ],
    }
    return JsonResponse(answer)


@require_GET
def live(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """Who is there and who is missing, for the screen in the room; 304 while nothing has changed."""
    return unless_known(request, _live(queries.get_sheet(sheet_id, by=me(request))))


@require_POST
def card(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """A card at the reader of the room's own computer."""
    scripted = "application/json" in request.headers.get("Accept", "")
    try:
        row = services.sign_by_card(sheet_id, typed=request.POST.get("typed", ""), by=me(request))
        said, ok = signed_words(row), True
    except Refused as refusal:
        said, ok = str(refusal), False
    if scripted:
        return JsonResponse({"said": said, "ok": ok})
    (messages.success if ok else messages.error)(request, said)
    return redirect("learning:attendance_screen", sheet_id)


def signed_words(row: Attendee) -> str:
    """What is said to who has just signed."""
    said = _("%(name)s 已签到（迟到）") if row.is_late else _("%(name)s 已签到")
    words = said % {"name": row.person.name}
    return words if row.expected else _("%s。您不在应到名单上，已记为列席。") % words


# Verbs of the sheet -----------------------------------------------------------------------------------------------------


@require_POST
def sheet_verb(request: HttpRequest, sheet_id: UUID, verb: str) -> HttpResponse:
    """现在开放、结束签到."""
    by = me(request)
    acts: dict[str, Callable[[], str]] = {
        "open": lambda: (services.open_now(sheet_id, by=by), _("签到已开放。"))[1],
        "close": lambda: (services.close(sheet_id, by=by), _("签到已结束。"))[1],
    }
    if verb not in acts:
        raise NotVisible
    return do_and_return(request, acts[verb], _back(sheet_id))


@require_http_methods(["GET", "POST"])
def window(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """签到时间."""
    by = me(request)
    one = queries.get_sheet(sheet_id, by=by)
    form = forms.WindowForm(request.POST or None, initial=forms.WindowForm.initial_of(one))

    def act(data: dict[str, Any]) -> str:
        services.set_window(one.id, by=by, **data)
        return _("签到时间已改。")

    return edit_page(request, form, act, title=_("签到时间"), label=_("保存"), back=_back(one.id))


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """重新开放签到."""
    by = me(request)
    one = queries.get_sheet(sheet_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.reopen(one.id, by=by, **data)
        return _("签到已重新开放。")

    form = forms.ReopenForm(request.POST or None)
    return edit_page(request, form, act, title=_("重新开放签到"), label=_("重新开放"), back=_back(one.id))


@require_POST
def kiosk_open(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """启用签到机: this device reads cards from now on, and nobody is signed in on it."""
    by = me(request)
    try:
        _kiosk, secret = services.open_kiosk(sheet_id, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_back(sheet_id))
    logout(request)
    response = redirect("learning:door")
    age = 60 * 60 * 36
    response.set_cookie(COOKIE, secret, max_age=age, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
def kiosk_close(request: HttpRequest, kiosk_id: UUID) -> HttpResponse:
    """停用签到机."""
    by = me(request)

    def act() -> str:
        services.close_kiosk(kiosk_id, by=by)
        return _("签到机已停用。")

    return do_and_return(request, act, "/")


@require_POST
def doubt_verb(request: HttpRequest, doubt_id: UUID, verb: str) -> HttpResponse:
    """核实一机多人: in the room or not."""
    if verb not in ("accept", "refuse"):
        raise NotVisible

    def act() -> str:
        doubt = services.settle_doubt(doubt_id, accept=verb == "accept", by=me(request))
        said = _("%s 已记为签到。") if doubt.accepted else _("%s 没有签到，仍为未到。")
        return said % doubt.person.name

    return do_and_return(request, act, "/")


# Paper ------------------------------------------------------------------------------------------------------------------


@require_GET
def paper_sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """签到表 on paper: to sign by hand, or with what has been signed."""
    by = me(request)
    one = queries.get_sheet(sheet_id, by=by)
    lines = [_line(row) for row in queries.attendees(one.id)]
    blank = request.GET.get("blank") == "1"
    words = {
        "sheet": one, "lines": lines, "blank": blank, "leaders": queries.leaders_of(one.id),
        "counts": queries.count_rows(line["row"] for line in lines),
        "empty": range(max(0, 8 - len(lines))) if not blank else range(6), "printed_at": clock.now(),
    }  # fmt: skip
    return render(request, f"{HERE}/paper_sheet.html", words)


@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, sheet_id: UUID) -> HttpResponse:
    """纸质签到补录: tick who signed on paper, with the reason and the approver."""
    by = me(request)
    one = queries.get_sheet(sheet_id, by=by)
    people = list(queries.approvers(one.mine_id, by))
    found = [mark for mark in queries.marks(one.id) if mark.state not in THERE]
    units = queries.units_of(found)
    unit = next((each for each in units if str(each.id) == request.GET.get("unit")), None)
    if unit is None and len(found) > MOST_ON_PAPER:
        unit = units[0]
    ids = [mark.id for mark in found if unit is None or mark.unit_id == unit.id]
    shown = queries.rows_of(ids)
    rows = [shown[each] for each in ids]
    form = forms.PaperForm(request.POST or None, people=people)
    chosen = {str(line.person_id): request.POST.get(f"state-{line.person_id}", "") for line in rows}

    def act(data: dict[str, Any]) -> str:
        states = {UUID(key): state for key, state in chosen.items() if state}
        made = services.enter_paper(
            one.id, states=states, reason=data["reason"], approver_id=_uuid(data["approver"]), by=by
        )
        return _("已补录 %d 人。") % len(made)

    lines = [{"row": line, "chosen": chosen.get(str(line.person_id), "")} for line in rows]
    context = {
        "sheet": one, "lines": lines, "choices": [(key, rules.STATE_LABELS[key]) for key in THERE], "unit": unit,
        "units": units if len(found) > MOST_ON_PAPER else [],
    }  # fmt: skip
    return edit_page(
        request, form, act, title=_("纸质签到补录"), label=_("补录"), back=_back(one.id), template=f"{HERE}/paper.html",
        context=context,
    )  # fmt: skip


MOST_ON_PAPER = 100
"""A longer list of those who have not signed is entered unit by unit, like the paper comes in."""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    """更正签到."""
    by = me(request)
    row = queries.get_attendee(attendee_id, by=by)
    queries.get_sheet(row.sheet_id, by=by)
    people = list(queries.approvers(row.sheet.mine_id, by))
    form = forms.CorrectForm(request.POST or None, people=people)

    def act(data: dict[str, Any]) -> str:
        services.correct(row.id, state=data["state"], reason=data["reason"], approver_id=_uuid(data["approver"]), by=by)
        return _("%s 的签到已更正。") % row.person.name

    title = _("更正签到：%s") % row.person.name
    return edit_page(request, form, act, title=title, label=_("更正"), back=_back(row.sheet_id))


# Leave and make-up, decided ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def leave_verb(request: HttpRequest, attendee_id: UUID, verb: str) -> HttpResponse:
    """准假、不准假. What was asked for is granted with one press; leave by telephone needs its reason."""
    by = me(request)
    row = queries.get_attendee(attendee_id, by=by)
    queries.get_sheet(row.sheet_id, by=by)
    back = next_of(request, _back(row.sheet_id))
    if verb == "grant" and row.asks_leave and request.method == "POST":
        return do_and_return(
            request, lambda: (services.grant_leave(row.id, by=by), _("已准假：%s") % row.person.name)[1], back
        )
    runs: dict[str, tuple[str, str, Callable[..., Attendee]]] = {
        "grant": (_("准假"), _("请假事由"), services.grant_leave),
        "refuse": (_("不准假"), _("为什么不准假"), services.refuse_leave),
    }
    if verb not in runs:
        raise NotVisible
    label, asked, run = runs[verb]

    def act(data: dict[str, Any]) -> str:
        run(row.id, reason=data["reason"], by=by)
        return f"{label}：{row.person.name}"

    form = ReasonForm(
        request.POST or None, label=asked, initial={"reason": row.leave_reason if verb == "grant" else ""}
    )
    return edit_page(request, form, act, title=f"{label}：{row.person.name}", label=label, back=back)


@require_http_methods(["GET", "POST"])
def makeup_verb(request: HttpRequest, makeup_id: UUID, verb: str) -> HttpResponse:
    """认定补学、退回补学."""
    by = me(request)
    made = queries.get_makeup(makeup_id, by=by)
    row = made.attendee
    back = next_of(request, _back(row.sheet_id))
    if verb == "accept" and request.method == "POST":
        return do_and_return(
            request, lambda: (services.accept_makeup(made.id, by=by), _("补学已认定：%s") % row.person.name)[1], back
        )
    if verb != "return":
        raise NotVisible

    def act(data: dict[str, Any]) -> str:
        services.return_makeup(made.id, reason=data["reason"], by=by)
        return _("补学已退回：%s") % row.person.name

    form = ReasonForm(request.POST or None, label=_("还差什么"))
    return edit_page(request, form, act, title=_("退回补学：%s") % row.person.name, label=_("退回"), back=back)


# One's own --------------------------------------------------------------------------------------------------------------


def _own(attendee_id: UUID, request: HttpRequest) -> Attendee:
    row = queries.get_attendee(attendee_id, by=me(request))
    if row.person_id != me(request).id:
        raise NotVisible
    return row


@require_http_methods(["GET", "POST"])
def ask_leave(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    """请假."""
    row = _own(attendee_id, request)

    def act(data: dict[str, Any]) -> str:
        services.ask_leave(row.id, reason=data["reason"], by=me(request))
        return _("已提交请假，等主持人答复。")

    form = ReasonForm(request.POST or None, label=_("请假事由"))
    return edit_page(
        request, form, act, title=_("请假：%s") % row.sheet.title, label=_("请假"), back=row.sheet.back or "/"
    )


@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, attendee_id: UUID) -> HttpResponse:
    """交补学."""
    row = _own(attendee_id, request)

    def act(data: dict[str, Any]) -> str:
        services.hand_in(row.id, by=me(request), **data)
        return _("补学已交，等主持人认定。")

    form = forms.MakeUpForm(request.POST or None, initial={"on": clock.today()})
    return edit_page(
        request, form, act, title=_("补学：%s") % row.sheet.title, label=_("交补学"), back=row.sheet.back or "/"
    )
