"""Pages of accidents: the quick report, the lists, one accident, a page for each verb, the paper forms."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kuangdeng.hazards.accidents import forms, queries, registers, services
from kuangdeng.hazards.accidents.models import Accident, AccidentMeasure, AccidentPhoto
from kuangdeng.hazards.accidents.rules import MEASURE_VERB_LABELS, VERB_LABELS
from kuangdeng.hazards.accidents.story import events
from kuangdeng.hazards.forms import free_place, joined
from kuangdeng.hazards.queries import choices
from kuangdeng.hazards.queries.page import Picture
from kuangdeng.hazards.queries.paper import day
from kuangdeng.hazards.views.paper import answer
from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import photo_answer, put_refusal
from kuangdeng.org.api import Person, me

Answers = dict[str, Any]


# Reporting --------------------------------------------------------------------------------------------------------------


def report(request: HttpRequest) -> HttpResponse:
    """事故快报. The id is made with the form, so that sending it twice makes one accident."""
    by = me(request)
    if request.method != "POST":
        now = clock.now().replace(second=0, microsecond=0)
        return _quick(request, forms.QuickForm(by=by, initial={"id": uuid7(), "occurred_at": now}))
    form = forms.QuickForm(request.POST, by=by)
    if form.is_valid():
        try:
            made = services.report(data=_said(form), by=by, accident_id=form.cleaned_data["id"])
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            return redirect("hazards:accident_reported", made.id)
    return _quick(request, form, status=422)


def _quick(request: HttpRequest, form: forms.QuickForm, *, status: int = 200) -> HttpResponse:
    return render(request, "hazards/accidents/report.html", {"form": form}, status=status)


def _said(form: forms.QuickForm) -> services.QuickReport:
    data = form.cleaned_data
    place, typed = free_place(data.get("place"))
    return services.QuickReport(
        text=data["text"],
        kind=data["kind"],
        occurred_at=data["occurred_at"],
        place=place,  # type: ignore[arg-type]
        place_text=joined([typed, data.get("spot", "")]),
        place_spelling=typed[:200],
        hurt=form.casualties(data),
        stopped_area=data.get("stopped_area", ""),
        photos=data.get("photos") or (),
    )


@require_GET
def reported(request: HttpRequest, accident_id: UUID) -> HttpResponse:
    """Taken in: the number, who is told, what happens next."""
    accident = queries.get_accident(accident_id, by=me(request))
    words = {"accident": accident, "hurt": queries.hurt_words(accident)}
    return render(request, "hazards/accidents/reported.html", words)


# Lists ------------------------------------------------------------------------------------------------------------------


@require_GET
def accidents(request: HttpRequest) -> HttpResponse:
    """Every accident and near miss that this person may know of."""
    by = me(request)
    return register_page(
        request, registers.accidents(by), queries.visible(by), template="hazards/accidents/list.html",
        context={"tabs": _tabs("accidents")},
    )  # fmt: skip


@require_GET
def measures(request: HttpRequest) -> HttpResponse:
    """The measures of accidents: the mine's, or those of his units."""
    by = me(request)
    return register_page(
        request, registers.measures(by), queries.visible_measures(by), template="hazards/accidents/list.html",
        context={"tabs": _tabs("accident_measures")},
    )  # fmt: skip


def _tabs(here: str) -> list[dict[str, object]]:
    lines = [("accidents", _("事故和未遂")), ("accident_measures", _("整改措施"))]
    return [{"label": label, "url": reverse(f"hazards:{name}"), "current": name == here} for name, label in lines]


# One accident -----------------------------------------------------------------------------------------------------------


@require_GET
def detail(request: HttpRequest, accident_id: UUID) -> HttpResponse:
    """The accident's page: what, where, who has it, since when, what next; the four points, measures, photos, story."""
    by = me(request)
    accident = queries.get_accident(accident_id, by=by)
    shown = queries.about(accident, by)
    seen = {one.file_id: _picture(one) for one in _photos(shown)}
    words = {
        "accident": accident,
        "shown": shown,
        "may": shown.may,
        "state_chip": registers.state_chip(accident),
        "level": registers.level_words(accident),
        "hurt": queries.hurt_words(accident),
        "place": queries.place_words(accident),
        "buttons": [_button(accident, one) for one in shown.offers if one.verb not in queries.BESIDE_THE_LIST],
        "scene": [_picture(one) for one in shown.scene],
        "points": [{"shown": one, "pictures": [_picture(photo) for photo in one.photos]} for one in shown.points],
        "measures": [_measure(one) for one in shown.measures],
        "events": events(shown.entries, seen),
    }
    return render(request, "hazards/accidents/detail.html", words)


def _photos(shown: queries.Shown) -> list[AccidentPhoto]:
    return [
        *shown.scene,
        *[photo for one in shown.points for photo in one.photos],
        *[photo for one in shown.measures for photo in one.photos],
    ]


def _picture(photo: AccidentPhoto) -> Picture:
    url = reverse("hazards:accident_photo", args=[photo.accident_id, photo.file_id])
    return Picture(url, f"{url}?size=thumb", "", photo.added_at)


def _button(accident: Accident, offer: queries.Offer) -> Answers:
    """A verb as the page draws it."""
    return {
        "label": offer.label,
        "primary": offer.primary,
        "reason": offer.reason,
        "danger": offer.verb == "void",
        "url": reverse("hazards:accident_verb", args=[accident.id, offer.verb]),
    }


def _measure(shown: queries.MeasureShown) -> Answers:
    """A measure as the page draws it."""
    return {
        "row": shown.row,
        "late": shown.late,
        "due": shown.due,
        "chip": registers.measure_chip(shown.row),
        "pictures": [_picture(one) for one in shown.photos],
        "buttons": [
            {
                "label": one.label,
                "reason": one.reason,
                "danger": one.verb == "withdraw_measure",
                "method": "post" if MEASURE_VERBS[one.verb].form is None else "get",
                "url": reverse("hazards:accident_measure_verb", args=[shown.row.id, one.verb]),
            }
            for one in shown.offers
        ],
    }


@require_GET
def photo(request: HttpRequest, accident_id: UUID, sha256: str) -> FileResponse:
    """A photo of an accident, whole or small. 404 for whoever may not see it."""
    found = queries.get_photo(accident_id, sha256, by=me(request))
    return photo_answer(found.file_id, thumb=request.GET.get("size") == "thumb")


# Verbs on an accident -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class VerbPage:
    """A verb with its form; `done` is what the next page says."""

    form: type[forms.AccidentForm]
    run: Callable[[Accident, Answers, Person], object]
    done: object
    note: object = ""


def _complete(accident: Accident, data: Answers, by: Person) -> object:
    specialty = choices.specialty_of(by.mine_id, data["specialty"]) if data.get("specialty") else None
    answers = {name: data[name] for name in forms.CompleteForm.FROM_ROW}
    completion = services.Completion(
        **answers, place_text=data.get("spot", ""), specialty=specialty, photos=data["photos"]
    )
    return services.complete(accident.id, data=completion, by=by)


def _order(accident: Accident, data: Answers, by: Person) -> object:
    return services.order_measure(
        accident.id, unit=data["unit"], text=data["text"], due_at=data["due_at"], person=data.get("person"), by=by
    )


VERBS: dict[str, VerbPage] = {
    "complete": VerbPage(forms.CompleteForm, _complete, gettext_lazy("已保存，级别按规则重新算过。")),
    "correct_level": VerbPage(
        forms.LevelForm, lambda a, d, by: services.correct_level(a.id, level=d["level"], reason=d["reason"], by=by),
        gettext_lazy("级别已更正，理由留在台账里。"), gettext_lazy("按规则算出的级别会一直显示在旁边。"),
    ),
    "open_investigation": VerbPage(
        forms.InvestigationForm,
        lambda a, d, by: services.open_investigation(a.id, investigator=d["investigator"], team=d["team"], by=by),
        gettext_lazy("已开展调查，四不放过逐项确认。"),
    ),
    "tick": VerbPage(
        forms.TickForm,
        lambda a, d, by: services.tick(a.id, point=d["point"], evidence=d["evidence"], photos=d["photos"], by=by),
        gettext_lazy("已确认，证据存好了。"), gettext_lazy("证据只给有权查看伤亡人员的人看。"),
    ),
    "untick": VerbPage(
        forms.UntickForm, lambda a, d, by: services.untick(a.id, point=d["point"], reason=d["reason"], by=by),
        gettext_lazy("已撤回，请补充证据后重新确认。"),
    ),
    "order_measure": VerbPage(forms.MeasureForm, _order, gettext_lazy("已下达，等责任单位签收。")),
    "close": VerbPage(
        forms.CloseForm, lambda a, d, by: services.close(a.id, conclusion=d["conclusion"], by=by), gettext_lazy("已结案。"),
    ),
    "void": VerbPage(
        forms.VoidForm, lambda a, d, by: services.void(a.id, reason=d["reason"], by=by),
        gettext_lazy("已作废，理由留在台账里。"),
    ),
}  # fmt: skip


def verb(request: HttpRequest, accident_id: UUID, verb: str) -> HttpResponse:
    """One verb on one accident: its form, and the verb itself. A refusal stands beside its field."""
    by = me(request)
    accident = queries.get_accident(accident_id, by=by)
    if verb not in VERBS or not queries.permitted(verb, accident, by):
        raise NotVisible
    if not queries.possible(verb, accident):
        messages.info(request, _("这一步现在办不了：状态已经变了。请看下一步。"))
        return redirect("hazards:accident", accident_id)
    target = VERBS[verb]
    levels = queries.levels(by.mine_id, kind=accident.kind) if verb == "correct_level" else ()
    form = target.form(
        request.POST or None,
        by=by,
        accident=accident,
        levels=list(levels),
        initial={"point": request.GET.get("point", "")},
    )

    def act(data: Answers) -> str:
        target.run(accident, data, by)
        return str(target.done)

    label = str(VERB_LABELS[verb])
    return edit_page(
        request, form, act, title=f"{label} {accident.number}", label=label, back=_page_of(accident.id),
        context={"note": target.note},
    )  # fmt: skip


def _page_of(accident_id: UUID) -> str:
    return reverse("hazards:accident", args=[accident_id])


def casualty(request: HttpRequest, accident_id: UUID, casualty_id: UUID | None = None) -> HttpResponse:
    """登记伤亡人员: a new line of the list of the hurt, or an old one corrected."""
    by = me(request)
    accident = queries.get_accident(accident_id, by=by)
    if not queries.permitted("record_casualty", accident, by):
        raise NotVisible
    row = queries.get_casualty(accident, casualty_id, by=by) if casualty_id else None
    names = ("person", "unit_name", "severity", "sex", "age", "note")
    initial = {name: getattr(row, name) for name in names} if row else {"severity": "unclear"}
    initial["name"] = row.name if row and row.person_id is None else ""
    form = forms.CasualtyForm(request.POST or None, by=by, accident=accident, initial=initial)

    def act(_data: Answers) -> str:
        services.record_casualty(accident.id, hurt=form.hurt(), casualty_id=casualty_id, by=by)
        return _("已登记，人数和级别重新算过。")

    return edit_page(
        request, form, act, title=f"{VERB_LABELS['record_casualty']} {accident.number}", label=_("登记"),
        back=_page_of(accident.id),
    )  # fmt: skip


def casualty_remove(request: HttpRequest, accident_id: UUID, casualty_id: UUID) -> HttpResponse:
    """划去伤亡人员."""
    by = me(request)
    accident = queries.get_accident(accident_id, by=by)
    if not queries.permitted("remove_casualty", accident, by):
        raise NotVisible
    row = queries.get_casualty(accident, casualty_id, by=by)
    form = forms.ReasonForm(request.POST or None, by=by, accident=accident)

    def act(data: Answers) -> str:
        services.remove_casualty(accident.id, casualty_id=row.id, reason=data["reason"], by=by)
        return _("已划去，人数和级别重新算过。")

    title = _("划去 %s") % (row.name or _("姓名不详的一人"))
    return edit_page(request, form, act, title=title, label=_("划去"), back=_page_of(accident.id))


# Verbs on a measure -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeasurePage:
    """A verb on a measure; without a form the button does it."""

    form: type[forms.AccidentForm] | None
    run: Callable[[AccidentMeasure, Answers, Person], object]
    done: object


MEASURE_VERBS: dict[str, MeasurePage] = {
    "sign_measure": MeasurePage(
        None, lambda m, _d, by: services.sign_measure(m.id, by=by), gettext_lazy("已签收，按期限落实。")
    ),
    "finish_measure": MeasurePage(
        forms.FinishForm,
        lambda m, d, by: services.finish_measure(m.id, words=d["words"], photos=d["photos"], by=by),
        gettext_lazy("已报完成，等其他单位验收。"),
    ),
    "accept_measure": MeasurePage(
        forms.AcceptForm, lambda m, d, by: services.accept_measure(m.id, words=d["words"], by=by), gettext_lazy("已验收。")
    ),
    "reject_measure": MeasurePage(
        forms.RejectForm, lambda m, d, by: services.reject_measure(m.id, reason=d["reason"], by=by),
        gettext_lazy("已退回责任单位重新落实。"),
    ),
    "withdraw_measure": MeasurePage(
        forms.ReasonForm, lambda m, d, by: services.withdraw_measure(m.id, reason=d["reason"], by=by),
        gettext_lazy("措施已撤销，原因留在台账里。"),
    ),
}  # fmt: skip


def measure_verb(request: HttpRequest, measure_id: UUID, verb: str) -> HttpResponse:
    """One verb on one measure."""
    by = me(request)
    measure = queries.get_measure(measure_id, by=by)
    target = MEASURE_VERBS.get(verb)
    if target is None or not queries.measure_permitted(verb, measure, by):
        raise NotVisible
    back = f"{_page_of(measure.accident_id)}#measure-{measure.id}"

    def act(data: Answers) -> str:
        target.run(measure, data, by)
        return str(target.done)

    if target.form is None:
        return do_and_return(request, lambda: act({}) if request.method == "POST" else None, back)
    form = target.form(request.POST or None, by=by, accident=measure.accident)
    label = str(MEASURE_VERB_LABELS[verb])
    return edit_page(
        request, form, act, title=f"{label} {measure.accident.number}", label=label, back=back,
        context={"note": measure.text},
    )  # fmt: skip


# Paper ------------------------------------------------------------------------------------------------------------------


@require_GET
def quick_sheet(request: HttpRequest, accident_id: UUID) -> HttpResponse:
    """事故快报 on paper."""
    return _sheet(request, accident_id, "print_quick", _("事故快报"))


@require_GET
def investigation_sheet(request: HttpRequest, accident_id: UUID) -> HttpResponse:
    """事故调查登记表 on paper: the four points with their evidence, causes, measures."""
    return _sheet(request, accident_id, "print_investigation", _("事故调查登记表"))


def _sheet(request: HttpRequest, accident_id: UUID, template: str, title: str) -> HttpResponse:
    by = me(request)
    accident = queries.get_accident(accident_id, by=by)
    words = {
        "accident": accident,
        "shown": queries.about(accident, by),
        "hurt": queries.hurt_words(accident),
        "level": registers.level_words(accident),
        "place": queries.place_words(accident),
        "title": title,
        "occurred": day(accident.occurred_at),
        "received": day(accident.received_at),
        "stopped": day(accident.stopped_at),
        "resumed": day(accident.resumed_at),
        "closed": day(accident.closed_at),
        "sign_reporter": f"{_('报告人')}={accident.reporter.name if accident.reporter else ''}",
        "sign_investigator": f"{_('调查组组长')}={accident.investigator.name if accident.investigator else ''}",
        "sign_safety": f"{_('安监部门')}=",
        "sign_leader": f"{_('矿领导')}=",
    }
    return answer(request, f"hazards/accidents/{template}.html", words, f"{title}-{accident.number}")
