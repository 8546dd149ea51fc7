"""Pages of the groups: the groups, their cases, the pre-shift meeting, who has acknowledged, the clocks."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.hazards.groups import queries, registers, rules, services
from kuangdeng.hazards.groups.forms import ClocksForm, FeedbackForm, GroupForm, HandOverForm, MeetingForm
from kuangdeng.hazards.groups.models import Feedback, GroupCase, RectificationGroup
from kuangdeng.hazards.views.paper import answer
from kuangdeng.kernel import clock, timetext
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import photo_answer, put_refusal
from kuangdeng.org.api import Person, Unit, has_power, me, need_power

SAID = {
    "feed_back": gettext_lazy("已反馈，各班组会在班前会上签认。"),
    "report_outcome": gettext_lazy("结果已反馈，各班组会在班前会上签认。"),
    "hand_over": gettext_lazy("已交给新的小组。"),
}
ICONS = {"feed_back": "send", "report_outcome": "check", "hand_over": "people"}


# Groups ---------------------------------------------------------------------------------------------------------------


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """整治落实小组: who answers for what, and what nobody answers for."""
    by = me(request)
    words = {
        "manages": has_power(by, "group.manage"),
        "gaps": queries.gaps(by.mine_id).count(),
        "can_set": has_power(by, "group.clocks"),
    }
    rows = queries.groups(by.mine_id)
    return register_page(request, registers.groups(by), rows, template="hazards/groups/list.html", context=words)


@require_GET
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """One group: who belongs, what it covers, what it owes."""
    by = me(request)
    found = queries.get_group(group_id, by=by)
    words = {
        "group": found, "members": queries.members(found), "covers": queries.covered(found),
        "labels": rules.KIND_LABELS, "manages": has_power(by, "group.manage") and found.ended_on is None,
        "cases_url": f"{reverse('hazards:cases')}?group={found.id}&owed=1",
    }  # fmt: skip
    return render(request, "hazards/groups/group.html", words)


@require_http_methods(["GET", "POST"])
def edit_group(request: HttpRequest, group_id: UUID | None = None) -> HttpResponse:
    """设立、调整小组."""
    by = me(request)
    need_power(by, "group.manage")
    found = queries.get_group(group_id, by=by) if group_id else None
    branches, specialties = queries.branches(by.mine_id), queries.main_specialties(by.mine_id)
    form = GroupForm(
        request.POST or None, by=by, initial=_initial(found), branches=[(str(one.id), one.name) for one in branches],
        specialties=[(str(one.id), one.name) for one in specialties],
    )  # fmt: skip

    def act(data: dict[str, Any]) -> str:
        chosen = next(one for one in branches if str(one.id) == data["branch"])
        made = services.GroupData(
            name=data["name"], branch=chosen, leader=data["leader"], members=data["members"], places=data["places"],
            units=data["units"], specialties=[one for one in specialties if str(one.id) in data["specialties"]],
            whole_mine=data["whole_mine"],
        )  # fmt: skip
        return _("「%s」已保存，从今天起生效。") % services.save_group(group_id, data=made, by=by).name

    back = reverse("hazards:group", args=[found.id]) if found else reverse("hazards:groups")
    title = found.name if found else _("设立整治落实小组")
    return edit_page(request, form, act, title=title, label=_("保存小组"), back=back)


def _initial(found: RectificationGroup | None) -> dict[str, Any]:
    if found is None:
        return {}
    covers = queries.covered(found)
    return {
        "name": found.name, "branch": str(found.branch_id), "leader": found.leader,
        "members": [one for one in queries.members(found) if one.id != found.leader_id],
        "specialties": [str(one.specialty_id) for one in covers if one.specialty_id],
        "units": [one.unit for one in covers if one.unit], "places": [one.place for one in covers if one.place],
        "whole_mine": any(one.kind == rules.Kind.MINE for one in covers),
    }  # fmt: skip


@require_POST
def end_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """撤销小组."""
    by = me(request)
    found = queries.get_group(group_id, by=by)
    return do_and_return(
        request,
        lambda: _("「%s」已撤销，没办完的事项等着分给别的小组。") % services.end_group(found.id, by=by).name,
        reverse("hazards:groups"),
    )


@require_http_methods(["GET", "POST"])
def clocks(request: HttpRequest) -> HttpResponse:
    """反馈和签认时限."""
    by = me(request)
    need_power(by, "group.clocks")
    initial: dict[str, Any] = {}
    for name, (kind, amount) in queries.clocks_of(by.mine_id).items():
        initial |= {f"{name}_kind": kind, f"{name}_amount": amount or None}
    form = ClocksForm(request.POST or None, by=by, initial=initial)

    def act(_data: dict[str, Any]) -> str:
        services.save_clocks(clocks=form.clocks(), by=by)
        return _("已保存，从下一条起用。")

    back = reverse("hazards:groups")
    return edit_page(request, form, act, title=_("反馈和签认时限"), label=_("保存时限"), back=back)


# Cases ----------------------------------------------------------------------------------------------------------------


@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """整治落实: what was published, by group and clock."""
    by = me(request)
    return register_page(request, registers.cases(by), queries.visible(by), template="hazards/groups/cases.html")


@require_GET
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """One case: what it is about, what was fed back, which team has heard it, the next step."""
    by = me(request)
    return _case_page(request, queries.get_case(case_id, by=by))


def _case_page(request: HttpRequest, found: GroupCase, bound: dict[str, Any] | None = None) -> HttpResponse:
    by = me(request)
    words = {
        "case": found,
        "state_chip": registers.state_chip(found),
        "due_chip": registers.due_chip(found),
        "rule": rules.FOUND_BY.get(found.by_rule),
        "told": [(one, _by_unit(one)) for one in reversed(found.feedbacks.all())],
        "questions": queries.questions_on(found.subject_id, found.mine_id),
        "steps": [_step(found, verb, by, bound) for verb in queries.offered(found, by)],
        "now": clock.now(),
    }
    return render(request, "hazards/groups/case.html", words, status=422 if bound else 200)


def _by_unit(feedback: Feedback) -> list[tuple[str, list[Any]]]:
    """The teams that were told, unit by unit."""
    found: dict[UUID, tuple[str, list[Any]]] = {}
    for one in feedback.acknowledgements.all():
        found.setdefault(one.main_unit_id, (one.main_unit.name, []))[1].append(one)
    return list(found.values())


def _step(found: GroupCase, verb: str, by: Person, bound: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "verb": verb,
        "label": rules.VERB_LABELS[verb],
        "icon": ICONS[verb],
        "aside": verb == "hand_over" and not (bound and verb in bound),
        "form": bound[verb] if bound and verb in bound else _form(found, verb, by, None),
        "url": reverse("hazards:case_verb", args=[found.id, verb]),
    }


def _form(found: GroupCase, verb: str, by: Person, data: Any) -> FeedbackForm | HandOverForm:
    auto_id = f"{verb}_%s"
    if verb == "hand_over":
        others = [(str(one.id), one.name) for one in queries.groups(by.mine_id) if one.id != found.group_id]
        return HandOverForm(data, by=by, groups=others, auto_id=auto_id)
    every = queries.tellable(found.mine_id)
    told = queries.concerned(found, every)
    options = [(str(one.id), one.name) for one in dict.fromkeys([*told, *every])]
    initial = {"units": [str(one.id) for one in told]}
    return FeedbackForm(data, by=by, units=options, initial=initial, auto_id=auto_id)


@require_POST
def do(request: HttpRequest, case_id: UUID, verb: str) -> HttpResponse:
    """反馈、反馈结果、交给别的小组."""
    by = me(request)
    if verb not in SAID:
        raise NotVisible
    found = queries.get_case(case_id, by=by)
    form = _form(found, verb, by, request.POST)
    if form.is_valid():
        try:
            _act(verb, found, form.cleaned_data, by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, str(SAID[verb]))
            return redirect("hazards:case", found.id)
    if verb not in queries.offered(found, by):
        for line in (error for errors in form.errors.values() for error in errors):
            messages.error(request, str(line))
        return redirect("hazards:case", found.id)
    return _case_page(request, found, {verb: form})


def _act(verb: str, found: GroupCase, data: dict[str, Any], by: Person) -> None:
    if verb == "hand_over":
        services.hand_over(found.id, group_id=UUID(data["group"]), reason=data["reason"], by=by)
        return
    units = [one for one in queries.tellable(found.mine_id) if str(one.id) in data["units"]]
    told = services.FeedbackData(data["found"], data["done"], data["watch"], units, data["photos"])
    tell: Callable[..., Feedback] = services.report_outcome if verb == "report_outcome" else services.feed_back
    tell(found.id, data=told, by=by)


def photo(request: HttpRequest, feedback_id: UUID, sha256: str) -> FileResponse:
    """A photo of a feedback."""
    found = queries.get_photo(feedback_id, sha256, by=me(request))
    return photo_answer(found.file_id, thumb=request.GET.get("size") == "thumb")


# Acknowledging --------------------------------------------------------------------------------------------------------


@require_GET
def matrix(request: HttpRequest) -> HttpResponse:
    """签认情况: feedback × unit."""
    by = me(request)
    register = registers.matrix(by, queries.matrix_units(by.mine_id))
    return register_page(request, register, queries.feedbacks(by), template="hazards/groups/matrix.html")


@require_http_methods(["GET", "POST"])
def pre_shift(request: HttpRequest) -> HttpResponse:
    """班前会: what this team has to hear, in large type; who is there; one button."""
    by = me(request)
    need_power(by, "group.acknowledge")
    teams = queries.teams_of(by)
    if not teams:
        raise NotVisible
    asked = request.GET.get("unit", "")
    unit = next((one for one in teams if str(one.id) == asked), None if asked else teams[0])
    if unit is None:
        raise NotVisible
    owed = queries.owed_to_hear(unit)
    form = _meeting_form(request, unit, by)
    if request.method == "POST" and form.is_valid():
        try:
            return _held(request, unit, form.cleaned_data, by)
        except Refused as refusal:
            put_refusal(form, refusal)
    briefs: dict[UUID, list[Any]] = {}
    for one in owed:
        briefs.setdefault(one.feedback.case_id, []).append(one)
    words = {
        "briefs": list(briefs.values()), "unit": unit, "teams": teams if len(teams) > 1 else [], "owed": owed,
        "form": form, "can_ask": has_power(by, "question.ask"), "published": queries.published_for(unit),
        "now": clock.now(), "asking": queries.questions_to(unit),
    }  # fmt: skip
    return render(request, "hazards/groups/pre_shift.html", words, status=422 if form.is_bound else 200)


def _meeting_form(request: HttpRequest, unit: Unit, by: Person) -> MeetingForm:
    shifts = queries.meeting_shifts(by.mine, unit, clock.now())
    options = [(one.key, f"{timetext.full(one.day)} {one.name}".strip()) for one in shifts]
    meant = next((one.key for one in shifts if one.chosen), "")
    staff = [(str(one.id), one.name) for one in queries.staff_of(unit)]
    return MeetingForm(request.POST or None, by=by, shifts=options, staff=staff, initial={"shift": meant})


def _held(request: HttpRequest, unit: Unit, data: dict[str, Any], by: Person) -> HttpResponse:
    day, _bar, name = data["shift"].partition("|")
    there = set(data.get("persons") or [])
    made = services.MeetingData(
        day=date.fromisoformat(day), shift_name=name, present=data["present"] or 0, note=data["note"],
        persons=[one for one in queries.staff_of(unit) if str(one.id) in there],
    )  # fmt: skip
    ids = [int(one) for one in request.POST.getlist("heard") if one.isdecimal() and len(one) < 19]
    meeting = services.hold(unit.id, data=made, acknowledgement_ids=ids, by=by)
    messages.success(request, _("已签认。今天的班前会记好了。"))
    return redirect("hazards:meeting", meeting.id)


@require_GET
def meetings(request: HttpRequest) -> HttpResponse:
    """班前会记录."""
    by = me(request)
    return register_page(request, registers.meetings(by), queries.meetings(by))


@require_GET
def meeting(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """One pre-shift meeting: who was there, what was heard."""
    found = queries.get_meeting(meeting_id, by=me(request))
    return render(request, "hazards/groups/meeting.html", {"meeting": found})


@require_GET
def meeting_sheet(request: HttpRequest, meeting_id: UUID) -> HttpResponse:
    """The record of a pre-shift meeting on A4, to be signed and bound."""
    found = queries.get_meeting(meeting_id, by=me(request))
    name = f"{_('班前会记录')}-{found.unit_name}-{found.day}"
    return answer(request, "hazards/groups/print_meeting.html", {"meeting": found}, name)
