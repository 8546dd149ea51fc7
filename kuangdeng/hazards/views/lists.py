"""The hazard lists and the verbs over many rows."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kuangdeng.hazards import registers, services
from kuangdeng.hazards.forms import BulkAccept, BulkGrade, BulkSendBack, NothingForm, PersonForm
from kuangdeng.hazards.queries import choices, visible, work
from kuangdeng.hazards.rules import VERB_LABELS
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.listing import RowResult
from kuangdeng.kernel.listing.bulk import run_each, valid_ids
from kuangdeng.kernel.views import register_page
from kuangdeng.org.api import Person, me, need_power


def hazards(request: HttpRequest) -> HttpResponse:
    """Every hazard that this person may know of."""
    return register_page(request, registers.all_hazards(me(request)), visible(me(request)))


def orders(request: HttpRequest) -> HttpResponse:
    """本单位整改: late first, then by the deadline."""
    person = me(request)
    need_power(person, "hazard.sign")
    return register_page(request, registers.orders(person), work.orders_of(person))


def accepting(request: HttpRequest) -> HttpResponse:
    """待验收销号: the longest wait first."""
    person = me(request)
    need_power(person, "hazard.accept")
    return register_page(request, registers.accepting(person), work.to_accept_or_close(person))


def _sign(hazard_id: UUID, _data: dict[str, Any], by: Person) -> object:
    return services.sign(hazard_id, by=by)


def _close(hazard_id: UUID, _data: dict[str, Any], by: Person) -> object:
    return services.close(hazard_id, by=by)


def _accept(hazard_id: UUID, data: dict[str, Any], by: Person) -> object:
    return services.accept(hazard_id, words=data["words"], by=by)


def _send_back(hazard_id: UUID, data: dict[str, Any], by: Person) -> object:
    return services.send_back(hazard_id, reason=data["reason"], by=by)


def _grade(hazard_id: UUID, data: dict[str, Any], by: Person) -> object:
    return services.grade(hazard_id, grade=data["grade"], specialty=data["specialty"], by=by)


BULK: dict[str, tuple[type[PersonForm], Callable[[UUID, dict[str, Any], Person], object]]] = {
    "sign": (NothingForm, _sign),
    "close": (NothingForm, _close),
    "accept": (BulkAccept, _accept),
    "send_back": (BulkSendBack, _send_back),
    "grade": (BulkGrade, _grade),
}


@require_http_methods(["GET", "POST"])
def bulk(request: HttpRequest, verb: str) -> HttpResponse:
    """One verb over the ticked rows: each row its own verb, as if a person had pressed the button; a result for each.

    By GET what the verb asks for once, for the dialog of the list.
    """
    by = me(request)
    if verb not in BULK:
        raise NotVisible
    form_class, act = BULK[verb]
    if request.method == "GET":
        need_power(by, f"hazard.{verb}")
        return render(request, "kernel/parts/form_body.html", {"form": form_class(by=by)})
    ids = [str(one) for one in valid_ids(request.POST.getlist("ids"))]
    form = form_class(request.POST, by=by)
    words = {"title": VERB_LABELS[verb], "back": _back(request), "ids": ids, "form": form, "verb": verb}
    if not form.is_valid():
        return render(request, "hazards/bulk_form.html", words, status=422)
    data = _chosen(form, by)
    known = {row.id: row for row in visible(by).filter(id__in=ids).only("id", "number", "text")}

    def one(hazard_id: UUID) -> str | None:
        if hazard_id not in known:
            raise Refused(_("没有找到这条隐患。请刷新列表。"))
        act(hazard_id, data, by)
        return None

    results: list[RowResult] = run_each(
        ids,
        one,
        label_of=lambda pk: f"{known[pk].number} {known[pk].text[:40]}" if pk in known else "—",
        url_of=lambda pk: reverse("hazards:detail", args=[pk]) if pk in known else "",
    )
    return render(request, "hazards/bulk_results.html", {**words, "results": results})


def _chosen(form: PersonForm, by: Person) -> dict[str, Any]:
    """The form's answers, with the things behind the chosen ids."""
    data = dict(form.cleaned_data)
    if "grade" in data:
        data["grade"] = choices.grade_of(by.mine_id, data["grade"])
        data["specialty"] = choices.specialty_of(by.mine_id, data["specialty"])
    return data


def _back(request: HttpRequest) -> str:
    """The list that the person came from."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("hazards:list")
