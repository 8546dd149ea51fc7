"""Pages of the questions: the list, one thread, asking and the other verbs, the mine's clocks."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.hazards.questions import queries, registers, rules, services
from kuangdeng.hazards.questions.forms import AnswerForm, ClocksForm, NothingForm, WordsForm
from kuangdeng.hazards.questions.models import Question, Turn
from kuangdeng.kernel.edit_views import edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import photo_answer, put_refusal
from kuangdeng.org.api import has_power, me, need_power

FORMS = {"answer": AnswerForm, "press": WordsForm, "settle": NothingForm, "join": NothingForm}
ICONS = {"answer": "send", "press": "question", "settle": "check", "join": "people"}
TONES = {"answer": "done", "press": "late", "settle": "done"}


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """追问: what is asked, what is owed, what is late."""
    person = me(request)
    words = {"can_set": has_power(person, "question.rules")}
    return register_page(
        request, registers.questions(person), queries.visible(person), template="hazards/questions.html", context=words
    )


@require_GET
def question(request: HttpRequest, question_id: UUID) -> HttpResponse:
    """One question: on what, the thread, the next step."""
    by = me(request)
    found = queries.get_question(question_id, by=by)
    return _page(request, found)


def _page(
    request: HttpRequest, found: Question, bound: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    by = me(request)
    forms = [_step(found, verb, by, bound) for verb in queries.offered(found, by)]
    words = {
        "question": found,
        "state_chip": registers.state_chip(found),
        "due_chip": registers.due_chip(found),
        "late": queries.is_late(found),
        "owes": [str(label) for label in rules.LEVEL_LABELS[: found.level + 1]] if found.holder else [],
        "events": [_event(found, one) for one in reversed(found.turns.all())],
        "steps": forms,
    }
    return render(request, "hazards/question.html", words, status=status)


def _step(found: Question, verb: str, by: Any, bound: dict[str, Any] | None) -> dict[str, Any]:
    form = bound[verb] if bound and verb in bound else FORMS[verb](by=by, auto_id=f"{verb}_%s")
    return {
        "verb": verb,
        "label": rules.VERB_LABELS[verb],
        "icon": ICONS[verb],
        "form": form,
        "asks": bool(form.fields),
        "primary": verb in ("answer", "settle"),
        "url": reverse("hazards:question_verb", args=[found.id, verb]),
    }


def _event(found: Question, turn: Turn) -> dict[str, Any]:
    promised = _("承诺 %s 前解决") % turn.promised_on if turn.promised_on else ""
    urls = [reverse("hazards:question_photo", args=[found.id, one.file_id]) for one in turn.photos.all()]
    return {
        "at": turn.at, "what": rules.VERB_LABELS[turn.verb], "who": turn.by.name, "unit": turn.unit_name,
        "why": "\n".join(filter(None, [turn.text, promised])), "tone": TONES.get(turn.verb, ""),
        "photos": [{"url": url, "thumb": f"{url}?size=thumb", "caption": "", "at": turn.at} for url in urls],
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, item_id: int) -> HttpResponse:
    """追问 on a published line; what others ask on it already stands above, to be joined."""
    by = me(request)
    need_power(by, "question.ask")
    item = queries.get_item(item_id, by=by)
    form = WordsForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.ask(item.id, text=form.cleaned_data["text"], by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("追问已送到答复单位，到时没有答复可以再追问。"))
            return redirect("hazards:question", made.id)
    words = {"item": item, "form": form, "others": queries.open_on(item.subject_id, by.mine_id)}
    return render(request, "hazards/question_ask.html", words, status=422 if form.is_bound else 200)


@require_http_methods(["POST"])
def do(request: HttpRequest, question_id: UUID, verb: str) -> HttpResponse:
    """答复、再追问、同问、认可答复."""
    by = me(request)
    if verb not in FORMS:
        raise NotVisible
    found = queries.get_question(question_id, by=by)
    form = FORMS[verb](request.POST, by=by, auto_id=f"{verb}_%s")
    if form.is_valid():
        try:
            getattr(services, verb)(found.id, **form.cleaned_data, by=by)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("已办理：%s。") % rules.VERB_LABELS[verb])
            return redirect("hazards:question", found.id)
    if verb not in queries.offered(found, by) or not form.fields:
        for line in (error for errors in form.errors.values() for error in errors):
            messages.error(request, str(line))
        return redirect("hazards:question", found.id)
    return _page(request, found, {verb: form}, status=422)


@require_http_methods(["GET", "POST"])
def clocks(request: HttpRequest) -> HttpResponse:
    """追问时限: how soon an answer is owed."""
    by = me(request)
    need_power(by, "question.rules")
    kept = queries.clocks(by.mine_id)
    initial = {
        "major_kind": kept[True][0], "major_amount": kept[True][1], "other_kind": kept[False][0],
        "other_amount": kept[False][1],
    }  # fmt: skip
    form = ClocksForm(request.POST or None, by=by, initial=initial)

    def act(data: dict[str, Any]) -> str:
        services.save_rules(
            major=services.Clock(data["major_kind"], data["major_amount"] or 0),
            other=services.Clock(data["other_kind"], data["other_amount"] or 0),
            by=by,
        )
        return _("已保存，从下一条追问起用。")

    back = reverse("hazards:questions")
    return edit_page(request, form, act, title=_("追问时限"), label=_("保存时限"), back=back)


def photo(request: HttpRequest, question_id: UUID, sha256: str) -> FileResponse:
    """A photo of an answer."""
    found = queries.get_photo(question_id, sha256, by=me(request))
    return photo_answer(found.file_id, thumb=request.GET.get("size") == "thumb")
