"""For who leads a team or a unit: the item at the pre-shift meeting, who takes part, what is retained, who is away."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.listing.bulk import valid_ids
from kuangdeng.kernel.views import XLSX, register_page
from kuangdeng.learning.items.api import asked, key_words, sheet
from kuangdeng.learning.practice import queries, registers, services, sheets
from kuangdeng.learning.practice.forms import AwayForm, SpanForm
from kuangdeng.learning.practice.rules import FEW, RETAINED_AFTER
from kuangdeng.learning.practice.services import MeetingData
from kuangdeng.learning.practice.views.common import HERE, pictures_at, tabs
from kuangdeng.org.api import Person, Unit, me, need_power


def _team(request: HttpRequest, by: Person) -> tuple[Unit, list[Unit]]:
    """Before which team it is led: the one asked for, else the first. NotVisible for another's."""
    need_power(by, "practice.lead")
    teams = queries.teams_of(by)
    wanted = request.GET.get("unit") or request.POST.get("unit") or ""
    unit = next((one for one in teams if str(one.id) == wanted), None if wanted else next(iter(teams), None))
    if unit is None:
        raise NotVisible
    return unit, teams


@never_cache
@require_http_methods(["GET", "POST"])
def meeting(request: HttpRequest) -> HttpResponse:
    """班前会: one item in large type, its answer when asked for, then how many knew it."""
    by = me(request)
    unit, teams = _team(request, by)
    if request.method == "POST" and (done := _record(request, unit, by)):
        return done
    sent = request.POST
    skip = request.GET.get("skip") or sent.get("skip", "0")
    number = min(int(skip), 50) if skip.isascii() and skip.isdigit() and len(skip) < 4 else 0
    found = queries.item_for(unit, skip=number, by=by)
    words: dict[str, Any] = {
        "tabs": tabs(by, "practice_meeting"), "unit": unit, "teams": teams[:40] if len(teams) > 1 else [],
        "found": found, "skip": number, "id": uuid7(), "staff": queries.staff_of(unit), "today": queries.day_now(by),
        "held": queries.held_today(unit, by), "present": sent.get("present", ""), "right": sent.get("right", ""),
        "there": set(valid_ids(sent.getlist("there"))), "knew": set(valid_ids(sent.getlist("knew"))),
    }  # fmt: skip
    if found:
        content = found.version.content
        words |= {
            "asked": sheet(asked(content), pictures=pictures_at(found.version.id)), "key": key_words(content),
            "correct": content.get("correct"), "explanation": found.version.explanation, "clause": found.item.clause,
        }  # fmt: skip
    return render(request, f"{HERE}/meeting.html", words)


def _record(request: HttpRequest, unit: Unit, by: Person) -> HttpResponse | None:
    """Write the meeting down and lead back; nothing when it is refused: then all that was typed stands there again."""
    sent = request.POST
    ids = valid_ids([sent.get("id", "")]) or [uuid7()]
    there, knew = set(valid_ids(sent.getlist("there"))), set(valid_ids(sent.getlist("knew")))
    data = MeetingData(
        sent.get("ticket", ""), ids[0], _number(sent.get("present")), _number(sent.get("right")),
        {one: one in knew for one in there | knew},
    )  # fmt: skip
    back = f"{reverse('learning:practice_meeting')}?unit={unit.id}"
    try:
        made = services.record_meeting(unit.id, data=data, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    else:
        messages.success(
            request,
            _("已记下：到会 %(present)d 人，答对 %(right)d 人。") % {"present": made.present, "right": made.right},
        )
    return redirect(back)


def _number(text: str | None) -> int:
    words = (text or "").strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) < 5 else 0


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """班前会每日一题记录."""
    by = me(request)
    need_power(by, "practice.see")
    return register_page(
        request, registers.meetings(), queries.meetings(by), template=f"{HERE}/register.html",
        context={"tabs": tabs(by, "practice_figures")},
    )  # fmt: skip


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """参与和巩固: the units that one sees, side by side; as Excel with `?export=xlsx`."""
    by = me(request)
    need_power(by, "practice.see")
    first, last = SpanForm(request.GET).span()
    found = queries.figures(by, first, last)
    if request.GET.get("export") == "xlsx":
        return _excel(sheets.figures_book(found), first, last)
    words = {
        "tabs": tabs(by, "practice_figures"), "found": found, "few": FEW, "after": RETAINED_AFTER,
        "form": SpanForm(initial={"first": first, "last": last}), "query": f"first={first}&last={last}",
        "figures": _figures(found),
    }  # fmt: skip
    return render(request, f"{HERE}/figures.html", words)


def _figures(found: queries.Figures) -> list[dict[str, Any]]:
    whole = found.whole
    kept = whole.retention
    note = _("%(right)d / %(n)d 题次") % {"right": whole.kept, "n": whole.repeated}
    few = _("满 %(n)d 题次才算") % {"n": FEW}
    return [
        {"label": _("参与率"), "value": percent(whole.taken_part), "note": f"{whole.done} / {whole.owed}"},
        {"label": _("当天作答"), "value": whole.on_day},
        {"label": _("正确率"), "value": percent(whole.right_share), "note": f"{whole.right} / {whole.answers}"},
        {"label": _("30 天后还会"), "value": percent(kept), "note": note if kept is not None else f"{note}，{few}"},
    ]


def percent(value: float | None) -> str:
    """A share as it is printed; a dash for none."""
    return f"{value:.0f}%" if value is not None else "—"


def _excel(body: bytes, first: date, last: date) -> HttpResponse:
    response = HttpResponse(body, content_type=XLSX)
    name = f"practice-{first:%Y%m%d}-{last:%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_GET
def unit_figures(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """The people of one unit: on how many days each answered. For who leads them; on no wall."""
    by = me(request)
    need_power(by, "practice.see")
    unit = next((one for one in queries.units_to_see(by) if one.id == unit_id), None)
    if unit is None:
        raise NotVisible
    first, last = SpanForm(request.GET).span()
    words = {
        "tabs": tabs(by, "practice_figures"), "unit": unit, "first": first, "last": last,
        "lines": queries.person_lines(first, last, queries.staff_of(unit)), "query": f"first={first}&last={last}",
    }  # fmt: skip
    return render(request, f"{HERE}/unit.html", words)


@require_GET
def away(request: HttpRequest) -> HttpResponse:
    """不在岗: whose days are not counted."""
    by = me(request)
    need_power(by, "practice.away")
    words = {"tabs": tabs(by, "practice_away")}
    return register_page(request, registers.away(), queries.away_rows(by), template=f"{HERE}/away.html", context=words)


@require_http_methods(["GET", "POST"])
def away_new(request: HttpRequest) -> HttpResponse:
    """登记不在岗."""
    by = me(request)
    need_power(by, "practice.away")
    form = AwayForm(request.POST or None, by=by, initial={"first_day": clock.today(), "last_day": clock.today()})

    def act(data: dict[str, Any]) -> str:
        person = data.pop("who")
        services.set_away(person.id, **data, by=by)
        return _("已登记：%s 这几天不计每日一题。") % person.name

    back = reverse("learning:practice_away")
    return edit_page(request, form, act, title=_("登记不在岗"), label=_("登记不在岗"), back=back)


@require_POST
def away_cancel(request: HttpRequest, away_id: UUID) -> HttpResponse:
    """撤销."""

    def act() -> str:
        services.cancel_away(away_id, by=me(request))
        return _("已撤销。")

    return do_and_return(request, act, reverse("learning:practice_away"))
