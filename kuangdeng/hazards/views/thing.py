"""One hazard: what it is, who has it, until when, what next; and a page for each verb."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.hazards import services
from kuangdeng.hazards.bulletins.queries import published_of
from kuangdeng.hazards.forms import ReasonForm
from kuangdeng.hazards.groups.queries import standing
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import choices, get_hazard, get_plain, page
from kuangdeng.hazards.queries.similar import Hints, hints_of
from kuangdeng.hazards.registers import due_of, grade_chip, state_chip
from kuangdeng.hazards.views.verbs import VERBS, VerbPage
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org.api import me, need_power


@require_GET
def detail(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """The hazard's page."""
    by = me(request)
    hazard = get_hazard(hazard_id, by=by)
    shown = page.about(hazard, by)
    words = {
        "hazard": hazard,
        "shown": shown,
        "grade_chip": grade_chip(hazard),
        "state_chip": state_chip(hazard),
        "due": due_of(hazard),
        "buttons": [_button(one) for one in page.offered(hazard, by)],
        "refuse_form": ReasonForm(by=by, auto_id="refuse_%s"),
        "published": published_of(hazard.id),
        "standing": standing([hazard.id]).get(hazard.id),
    }
    return render(request, "hazards/detail.html", words)


def _button(offer: page.Offer) -> dict[str, Any]:
    """A verb as the page draws it."""
    verb = VERBS[offer.verb]
    return {
        "verb": offer.verb,
        "label": verb.label,
        "icon": verb.icon,
        "primary": offer.primary,
        "danger": verb.danger,
        "reason": offer.reason,
        "method": "post" if verb.quick else "get",
        "url": reverse("hazards:verb", args=[offer.hazard_id, offer.verb]),
    }


def verb(request: HttpRequest, hazard_id: UUID, verb: str) -> HttpResponse:
    """One verb on one hazard: its form, and the verb itself. A refusal stands beside its field; nothing typed is lost."""
    by = me(request)
    if verb not in VERBS:
        raise NotVisible
    target = VERBS[verb]
    if request.method == "POST":
        # A button asks nothing of the hazard: that the verb went through says that he may know of it.
        plain = Hazard(id=hazard_id) if target.quick else get_plain(hazard_id, by=by)
        form = target.form(request.POST, by=by, hazard=plain, hints=_hints(verb, plain, by))
        if form.is_valid():
            try:
                result = target.run(plain, form.cleaned_data, by)
            except Refused as refusal:
                put_refusal(form, refusal)
            else:
                messages.success(request, str(target.done))
                return redirect(_after(request, verb, hazard_id, result))
        hazard = get_hazard(hazard_id, by=by)
        return _verb_page(request, hazard, verb, target, form, page.offer(verb, hazard, by), status=422)
    hazard = get_hazard(hazard_id, by=by)
    offer = page.offer(verb, hazard, by)
    if offer is None and not page.permitted(verb, hazard, by):
        raise NotVisible
    if offer is None:
        messages.info(request, _("这一步现在办不了：状态已经变了。请看下一步。"))
        return redirect("hazards:detail", hazard_id)
    form = target.form(by=by, hazard=hazard, hints=_hints(verb, hazard, by))
    return _verb_page(request, hazard, verb, target, form, offer)


def _hints(verb: str, hazard: Any, by: Any) -> Hints | None:
    """What helps a judgement; other verbs do without."""
    return hints_of(hazard, by=by) if verb in ("grade", "merge", "escalate") else None


def _verb_page(
    request: HttpRequest,
    hazard: Any,
    name: str,
    target: VerbPage,
    form: Any,
    offer: page.Offer | None,
    *,
    status: int = 200,
) -> HttpResponse:
    words = {
        "hazard": hazard,
        "verb": name,
        "page": target,
        "form": form,
        "hints": form.hints,
        "reason": offer.reason if offer else "",
        "side": page.beside(hazard),
        "grade_chip": grade_chip(hazard),
        "state_chip": state_chip(hazard),
        "due": due_of(hazard),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "hazards/verb.html", words, status=status)


def _after(request: HttpRequest, verb: str, hazard_id: UUID, result: object) -> str:
    """Where to go on: the queue that he came from, the new hazard of a recurrence, else the hazard's page."""
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    if verb == "reopen":
        return reverse("hazards:detail", args=[getattr(result, "id", hazard_id)])
    return reverse("hazards:detail", args=[hazard_id])


@require_POST
def decide_extension(request: HttpRequest, extension_id: UUID, decision: str) -> HttpResponse:
    """批准延期、不批准延期."""
    by = me(request)
    extension = page.get_extension(extension_id, by=by)
    try:
        if decision == "approve":
            done = services.approve_extension(extension.id, by=by)
            messages.success(request, page.extension_words(done.state))
        else:
            services.refuse_extension(extension.id, reason=request.POST.get("reason", ""), by=by)
            messages.success(request, page.extension_words("refused"))
    except Refused as refusal:
        messages.error(request, str(refusal))
        if decision == "refuse":
            request.session[f"refuse:{extension_id}"] = request.POST.get("reason", "")[:1000]
    return redirect(_after(request, "", extension.hazard_id, None))


@require_GET
def due_proposal(request: HttpRequest, hazard_id: UUID) -> HttpResponse:
    """The deadline that the rule gives when the order goes to this unit; asked as soon as a unit is picked."""
    by = me(request)
    need_power(by, "hazard.dispatch")
    hazard = get_hazard(hazard_id, by=by)
    try:
        unit = choices.unit_of(by.mine_id, str(UUID(request.GET.get("unit", ""))))
    except ValueError:
        unit = None
    due, rule = choices.proposed_due(hazard, unit)
    shown = timezone.localtime(due).strftime("%Y-%m-%dT%H:%M") if due else ""
    return JsonResponse({"due_at": shown, "rule": rule})
