"""上报: the form, by menu or by a place's tag, and what happens next."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kuangdeng.hazards import services
from kuangdeng.hazards.forms import ReportForm, default_found, free_place, joined
from kuangdeng.hazards.queries import choices, get_hazard
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org.api import Place, me


def report(request: HttpRequest, tag: str = "") -> HttpResponse:
    """The report form. The number of the report is made with the form, so that sending it twice makes one hazard."""
    by = me(request)
    place = choices.place_by_tag(by.mine_id, tag) if tag else None
    if tag and place is None:
        raise NotVisible
    if request.method == "POST":
        form = ReportForm(request.POST, by=by)
        if form.is_valid():
            try:
                receipt = services.report(data=_data(form, place), by=by, hazard_id=form.cleaned_data["id"])
            except Refused as refusal:
                put_refusal(form, refusal)
            else:
                request.session["reported"] = [str(receipt.hazard.id), receipt.outcome]
                return redirect("hazards:reported", receipt.hazard.id)
        return _page(request, form, place, status=422)
    initial = {"id": uuid7(), "tag": tag, "place": place, "occurred_at": default_found()} | choices.of_round(
        by, request.GET.get("round", "")
    )
    return _page(request, ReportForm(by=by, initial=initial), place)


def _page(request: HttpRequest, form: ReportForm, place: Place | None, *, status: int = 200) -> HttpResponse:
    return render(request, "hazards/report.html", {"form": form, "tag_place": place}, status=status)


def _data(form: ReportForm, tagged: Place | None) -> services.ReportData:
    """What the reporter said, as the verb wants it."""
    data = form.cleaned_data
    place, typed = free_place(data.get("place"))
    return services.ReportData(
        text=data["text"].strip(),
        occurred_at=data.get("occurred_at"),
        place_id=getattr(place, "id", None),
        place_text=joined([typed, data.get("spot", "")])[:200],
        place_spelling=typed[:200],
        tag_scanned=tagged is not None and getattr(place, "id", None) == tagged.id,
        source=data.get("source") or "unit",
        check_type=data.get("check_type") or "daily",
        specialty_id=UUID(data["specialty"]) if data.get("specialty") else None,
        standard_id=data["standard"].id if data.get("standard") else None,
        cause=data.get("cause", ""),
        finder_ids=tuple(person.id for person in data.get("finders") or ()),
        round_id=data.get("round"),
        photos=tuple(data.get("photos") or ()),
        anonymous=bool(data.get("anonymous")),
        fixed_on_site=data.get("fixed_words", "").strip() if data.get("fixed") else "",
    )


@require_GET
def reported(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """Taken in: the number, and what happens next. An anonymous reporter sees it once, right after sending."""
    by = me(request)
    sent = request.session.get("reported") or ["", ""]
    if sent[0] == str(hazard_id):
        hazard = choices.hazard_of(by.mine_id, str(hazard_id))
    else:
        hazard = get_hazard(hazard_id, by=by)
    if hazard is None:
        raise NotVisible
    return render(request, "hazards/reported.html", {"hazard": hazard, "outcome": sent[1] or "new"})


@require_GET
def pick_standard(request: HttpRequest) -> JsonResponse:
    """The standard-hazard picker: wordings that contain what was typed."""
    found = choices.find_standards(me(request).mine_id, request.GET.get("q", "")[:60])
    options = [
        {
            "id": str(one.id),
            "label": one.text,
            "hint": joined(
                [one.specialty.name, one.grade.name if one.grade else "", _("示例") if one.is_sample else ""]
            ),
        }
        for one in found
    ]
    return JsonResponse({"options": options, "up": None})
