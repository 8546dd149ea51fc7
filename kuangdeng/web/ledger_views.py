"""The ledger: its register, and one line with everything it says."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kuangdeng.kernel.views import register_page
from kuangdeng.ledger.api import about, facts, get_entry, seal_of, subject_word, verb_word
from kuangdeng.web.ledger_lists import ledger_register, seen_entries
from kuangdeng.web.me import me
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
