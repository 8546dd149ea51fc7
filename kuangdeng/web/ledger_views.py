"""The ledger: its register, one line with everything it says, and the lines whose consequences failed."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.views import register_page
from kuangdeng.ledger.api import FeedProblem, about, facts, feed_problems, get_entry, seal_of, subject_word, verb_word
from kuangdeng.org.api import has_power, me
from kuangdeng.web import services
from kuangdeng.web.ledger_lists import feed_problem_register, ledger_register, seen_entries
from kuangdeng.web.queries_ledger import thing_url


def ledger(request: HttpRequest) -> HttpResponse:
    """Every line that this person may see, newest first."""
    seen = seen_entries(me(request))
    return register_page(request, ledger_register(me(request)), seen)


def entry(request: HttpRequest, entry_id: UUID) -> HttpResponse:
    """One line: who, what, which, where, when, in words; its place in the chain; the other lines about the same thing."""
    seen = seen_entries(me(request))
    line = get_entry(seen, entry_id)
    others = [
        {"what": verb_word(one.verb), "at": one.received_at, "who": one.by_name, "unit": one.unit_name, "pk": one.pk}
        for one in about(line, seen)
    ]
    seal = seal_of(line)
    words = {
        "entry": line,
        "verb": verb_word(line.verb),
        "kind": subject_word(line.subject_kind),
        "facts": facts(line),
        "seal": seal,
        "digest": bytes(line.digest).hex(),
        "chain": bytes(seal.chain).hex() if seal else "",
        "others": others,
        "thing_url": thing_url(line),
    }
    return render(request, "web/ledger_entry.html", words)


@require_GET
def problems(request: HttpRequest) -> HttpResponse:
    """Ledger lines that were given up or wait to be tried again, for the administrator."""
    person = me(request)
    if not has_power(person, "org.manage"):
        raise NotVisible
    register = feed_problem_register(partial(_retry_button, get_token(request)))
    return register_page(request, register, feed_problems(person.mine_id))


def _retry_button(token: str, problem: FeedProblem) -> str:
    if problem.given_up_at is None:
        return ""
    url = reverse("feed_problem_retry", args=[problem.pk])
    return render_to_string("web/parts/again.html", {"url": url, "token": token, "label": _("重试")})


@require_POST
def retry(request: HttpRequest, problem_id: int) -> HttpResponse:
    """Have one of them tried again."""
    services.retry_feed(problem_id, by=me(request))
    messages.success(request, _("已重新排队，一两分钟内再试一次。"))
    return redirect("feed_problems")
