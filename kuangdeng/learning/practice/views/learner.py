"""For everybody: today's items, what an answer was worth, a missed day, the mistake book."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.listing.bulk import valid_ids
from kuangdeng.kernel.web import photo_answer
from kuangdeng.learning.items.api import (
    answer_from,
    answer_words,
    asked,
    key_words,
    order_of_options,
    unmask,
    versions,
)
from kuangdeng.learning.practice import queries, services, tickets
from kuangdeng.learning.practice.models import PracticeAnswer
from kuangdeng.learning.practice.rules import Reveal, Way
from kuangdeng.learning.practice.services import AnswerData
from kuangdeng.learning.practice.taking import take_in_new
from kuangdeng.learning.practice.views.common import HERE, put, tabs
from kuangdeng.org.api import Person, me, need_power


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@never_cache
@require_GET
def practice(request: HttpRequest) -> HttpResponse:
    """每日一题: the next item of today; with `?for=` that of a missed day."""
    by = me(request)
    need_power(by, "practice.answer")
    take_in_new(by)
    missed = _day(request.GET.get("for", ""))
    if missed is not None and not queries.may_catch_up(by, missed):
        return redirect("learning:practice")
    today = queries.today_of(by, day=missed)
    number = len([one for one in today.answered if one.way != Way.BOOK]) + 1
    words: dict[str, Any] = {
        "tabs": tabs(by, "practice"), "today": today, "missed": missed, "number": number,
        "count": number + len(today.turns) - 1, "put": put(today.turns[0]) if today.turns else None,
    }  # fmt: skip
    if not today.turns:
        words |= {
            "lines": [_line(one, today.terms.reveal) for one in today.answered],
            "empty": not today.answered and today.opens_at is None,
            "missed_days": [] if missed else queries.missed_days(by),
            "yesterday": _yesterday(by, today),
            "book": queries.book_size(by),
        }
    return render(request, f"{HERE}/practice.html", words)


def _yesterday(by: Person, today: queries.Today) -> list[dict[str, Any]]:
    """Where answers come out the next day: those of the last day on which he answered."""
    if today.terms.reveal != Reveal.NEXT_DAY:
        return []
    return [_line(one, Reveal.AT_ONCE) for one in queries.last_answers(by, today.day)]


def _line(one: PracticeAnswer, reveal: str) -> dict[str, Any]:
    hidden = reveal == Reveal.NEXT_DAY and one.day >= clock.today()
    return {"answer": one, "hidden": hidden, "key": "" if hidden else key_words(one.version.content)}


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """答: once for each form, however often it is sent."""
    by = me(request)
    sent = request.POST
    ids = valid_ids([sent.get("id", "")])
    back = "learning:practice_book_next" if sent.get("way") == Way.BOOK else "learning:practice"
    try:
        ticket = tickets.read(sent.get("ticket", ""), holder_id=by.id)
        version = versions([ticket.version_id]).get(ticket.version_id)
        if version is None or not ids:
            raise NotVisible
        data = AnswerData(
            ids[0], sent["ticket"], unmask(version.content, ticket.seed, answer_from(asked(version.content, ticket.seed), sent)),
            seconds=_seconds(sent.get("seconds", ""), ticket), changed=sent.get("changed") == "1",
            way=Way.BOOK if sent.get("way") == Way.BOOK else Way.PHONE,
        )  # fmt: skip
        receipt = services.answer(data=data, by=by)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    book = "?from=book" if data.way == Way.BOOK else ""
    return redirect(reverse("learning:practice_answer", args=[receipt.answer.id]) + book)


def _seconds(said: str, ticket: tickets.Ticket) -> int:
    """How long it took, as the page measured; without a script since the item was handed out."""
    since = int((clock.now() - ticket.issued_at).total_seconds())
    return min(int(said), since) if said.isascii() and said.isdigit() and len(said) < 6 else since


@require_GET
def answered(request: HttpRequest, answer_id: UUID) -> HttpResponse:
    """What one answer was worth: right or wrong, the key, why, the clause; then the next."""
    by = me(request)
    one = queries.get_answer(answer_id, by=by)
    terms = queries.terms_of(by)
    content = one.version.content
    order = order_of_options(content, tickets.seed_for(one.version_id, one.for_day)) if "options" in content else None
    from_book = request.GET.get("from") == "book"
    made_up = one.for_day if one.for_day < one.day == queries.day_now(by) else None
    following = reverse("learning:practice") + (f"?for={made_up}" if made_up else "")
    today = queries.today_of(by, day=made_up)
    words = {
        "tabs": tabs(by, "practice_book" if from_book else "practice"), "answer": one, "from_book": from_book,
        "hidden": terms.reveal == Reveal.NEXT_DAY and one.day >= clock.today() and not from_book,
        "key": key_words(content, order), "said": answer_words(content, one.answer, order) if one.answer else "",
        "options": _options(one, order), "left": len(today.turns),
        "again_on": queries.due_of(by, one.item_id),
        "next": reverse("learning:practice_book_next") if from_book else following,
    }  # fmt: skip
    return render(request, f"{HERE}/answered.html", words)


def _options(one: PracticeAnswer, order: list[str] | None) -> list[dict[str, Any]]:
    """The options as they were shown, each with whether it is right and whether it was chosen."""
    content = one.version.content
    if content["type"] not in ("single", "multiple"):
        return []
    rows = {row["id"]: row for row in content["options"]}
    chosen = {one.answer.get("choice"), *(one.answer.get("choices") or [])}
    return [
        {
            "letter": chr(65 + at),
            "text": rows[key]["text"],
            "picture": rows[key].get("picture", ""),
            "right": key in content["correct"],
            "chosen": key in chosen,
        }
        for at, key in enumerate(order or list(rows))
    ]


@require_GET
def book(request: HttpRequest) -> HttpResponse:
    """错题本: what I do not know yet."""
    by = me(request)
    need_power(by, "practice.answer")
    take_in_new(by)
    page = queries.page_of_book(by, request.GET.get("page"))
    words = {
        "tabs": tabs(by, "practice_book"), "page": page, "clear_after": queries.terms_of(by).clear_after,
        "lines": [_mistake(one, by) for one in queries.wrong_answers(by, page.object_list)],
    }  # fmt: skip
    return render(request, f"{HERE}/book.html", words)


def _mistake(one: queries.Mistake, by: Person) -> dict[str, Any]:
    content, last = one.version.content, one.card.last_at
    later = queries.terms_of(by).reveal == Reveal.NEXT_DAY
    return {
        "hidden": later and last is not None and clock.local(last).date() >= clock.today(),
        "again_on": max(one.card.due_on, clock.today()), "card": one.card, "version": one.version, "key": key_words(content), "item": one.card.item,
        "options": _choices(content), "pictures": content.get("pictures", []),
        "wrong": [
            {"at": row.at, "title": row.title, "said": answer_words(row.version.content, row.answer) if row.answer else ""}
            for row in one.answers
        ],
    }  # fmt: skip


def _choices(content: dict[str, Any]) -> list[str]:
    """What there is to choose from; the steps of an ordering stay out, for their order is the answer."""
    rows = content["options"] if content["type"] in ("single", "multiple") else []
    return [f"{chr(65 + at)}. {row['text'] or _('（图）')}" for at, row in enumerate(rows)]


@never_cache
@require_GET
def book_next(request: HttpRequest) -> HttpResponse:
    """The next item of the mistake book, to be gone through now."""
    by = me(request)
    need_power(by, "practice.answer")
    turns = queries.book_turns(by, 1)
    if not turns:
        messages.success(request, _("今天能练的错题都练过了，明天再来：隔一天再想一遍，记得更牢。"))
        return redirect("learning:practice_book")
    words = {"tabs": tabs(by, "practice_book"), "put": put(turns[0]), "way": Way.BOOK}
    return render(request, f"{HERE}/book_next.html", words)


def picture(request: HttpRequest, version_id: UUID, sha256: str) -> FileResponse:
    """A picture of an item that one is asked or was asked."""
    name = queries.get_picture(version_id, sha256, by=me(request))
    return photo_answer(name, thumb=request.GET.get("size") == "thumb")
