"""For everybody: the catalogue, one book, my loans, notes, what is popular, the calendar of due dates."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.bookroom import calendar as due_calendars
from kuangdeng.learning.bookroom import forms, queries, registers, rules, services
from kuangdeng.learning.bookroom.models import Loan, ReadingNote
from kuangdeng.learning.bookroom.views.common import tabs
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.org.api import Person, has_power, me, need_power

HERE = "learning/bookroom"


@require_GET
def books(request: HttpRequest) -> HttpResponse:
    """书目: find a book, see whether it is there."""
    by = me(request)
    need_power(by, "book.read")
    words = {"tabs": tabs(by, "books"), "catalogues": has_power(by, "book.catalogue")}
    return register_page(
        request, registers.catalogue(by), queries.titles(by), template=f"{HERE}/books.html", context=words
    )


@require_GET
def book(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """One book: where it stands, who waits, what was written about it."""
    by = me(request)
    need_power(by, "book.read")
    title = queries.get_title(title_id, by=by)
    copies = queries.copies_now(title.copies.all())
    queue = queries.queue_of(title)
    mine = next((one for one in queue if one.person_id == by.id), None)
    free = [one for one in copies if one.is_free]
    in_use = [one for one in copies if one.copy.status == rules.CopyStatus.IN_USE]
    has_it = any(one.loan and one.loan.person_id == by.id for one in copies)
    waiting = [one for one in queue if one.status == rules.ReservationStatus.WAITING]
    words = {
        "title": title,
        "class_name": rules.clc().get(title.main_class, ""),
        "copies": [_copy_line(one, by) for one in copies if one in in_use or has_power(by, "book.catalogue")],
        "free": len(free),
        "in_use": len(in_use),
        "queue": len(waiting),
        "place": waiting.index(mine) + 1 if mine in waiting else 0,
        "mine": mine,
        "has_it": has_it,
        "may_reserve": not free and in_use and not mine and not has_it,
        "notes": [_note_line(one, by) for one in queries.notes_of_title(title)],
        "catalogues": has_power(by, "book.catalogue"),
    }
    return render(request, f"{HERE}/book.html", words)


def _copy_line(one: queries.CopyNow, by: Person) -> dict[str, Any]:
    """A copy as a reader sees it: who has it is told only to who keeps the rooms."""
    keeps = has_power(by, "book.lend")
    if one.copy.status != rules.CopyStatus.IN_USE:
        state, tone = str(rules.COPY_LABELS[one.copy.status]), "void"
    elif one.loan is not None:
        state, tone = _("借出，应还 %(m)d月%(d)d日") % {"m": one.loan.due_on.month, "d": one.loan.due_on.day}, "wait"
    elif one.hold is not None:
        state, tone = _("留给预约的人"), "wait"
    else:
        state, tone = _("在架"), "done"
    reader = one.loan.person if keeps and one.loan else None
    return {"copy": one.copy, "state": state, "tone": tone, "reader": reader}


def _note_line(note: ReadingNote, by: Person) -> dict[str, Any]:
    return {
        "note": note,
        "picks": has_power(by, "book.pick"),
        "hides": has_power(by, "book.hide"),
        "reports": note.person_id != by.id and not has_power(by, "book.hide"),
    }


@require_POST
def reserve(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """预约."""
    by = me(request)
    queries.get_title(title_id, by=by)

    def act() -> str:
        services.reserve(title_id, by=by)
        return _("已排队预约，书到了会通知您。")

    return do_and_return(request, act, reverse("learning:book", args=[title_id]))


@require_POST
def cancel(request: HttpRequest, reservation_id: UUID) -> HttpResponse:
    """取消预约."""

    def act() -> str:
        services.cancel(reservation_id, by=me(request))
        return _("预约已取消。")

    return do_and_return(request, act, reverse("learning:my_books"))


@require_POST
def renew(request: HttpRequest, loan_id: UUID) -> HttpResponse:
    """续借: by the reader, or for him at the desk."""

    def act() -> str:
        loan = services.renew(loan_id, by=me(request))
        return _("已续借，%(m)d月%(d)d日前还。") % {"m": loan.due_on.month, "d": loan.due_on.day}

    return do_and_return(request, act, reverse("learning:my_books"))


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """我的借阅: what I have, what I wait for, what I had."""
    by = me(request)
    need_power(by, "book.read")
    terms = queries.terms_on(by.mine_id)
    loans = queries.open_loans(by)
    words = {
        "tabs": tabs(by, "my_books"),
        "loans": loan_lines(loans, terms),
        "reservations": queries.reservations_of(by),
        "past": queries.past_loans(by),
        "terms": terms,
        "calendar": queries.has_calendar(by),
    }
    return render(request, f"{HERE}/mine.html", words)


def loan_lines(loans: list[Loan], terms: rules.Terms) -> list[dict[str, Any]]:
    """Loans with their due chips, and why one cannot be renewed."""
    wanted = queries.wanted_titles(one.title_id for one in loans)
    return [
        {"loan": one, "chip": registers.due_chip(one), "why_not": _why_not(one, terms, one.title_id in wanted)}
        for one in loans
    ]


def _why_not(loan: Loan, terms: rules.Terms, wanted: bool) -> str:
    if loan.due_on < clock.today():
        return _("已经超期，请先还书。")
    if loan.renewals >= terms.renewals:
        return _("已续借 %d 次，不能再续。") % loan.renewals
    return _("有人在排队等这本书。") if wanted else ""


@require_http_methods(["GET", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """还书日历: a secret address for the phone's calendar; shown once, ended at will."""
    by = me(request)
    need_power(by, "book.read")
    if request.POST.get("do") == "revoke":

        def act() -> str:
            services.revoke_calendar(by=by)
            return _("还书日历已停用，原来的地址不再有效。")

        return do_and_return(request, act, reverse("learning:my_calendar"))
    address = ""
    if request.method == "POST":
        secret = services.make_calendar(by=by)
        address = request.build_absolute_uri(reverse("learning:due_calendar", args=[secret]))
    words = {"address": address, "calendar": queries.has_calendar(by)}
    response = render(request, f"{HERE}/calendar.html", words)
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_GET
def due_calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """The due dates of whoever gave out this address, for a calendar program that cannot sign in."""
    person = queries.calendar_of(secret)
    if person is None:
        raise NotVisible
    response = HttpResponse(due_calendars.due_calendar(person), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="books.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


# Notes ------------------------------------------------------------------------------------------------------------------


@require_GET
def notes(request: HttpRequest) -> HttpResponse:
    """读书心得 of the whole mine: the picked ones, then the newest."""
    by = me(request)
    need_power(by, "book.read")
    page = max(1, int(request.GET["page"])) if request.GET.get("page", "").isdecimal() else 1
    page, size = min(page, 1000), 20
    rows = list(queries.notes(by)[(page - 1) * size : page * size + 1])
    picks = list(queries.notes(by).filter(picked_at__isnull=False).order_by("-picked_at")[:5]) if page == 1 else []
    words = {
        "tabs": tabs(by, "reading_notes"),
        "picks": [_note_line(one, by) for one in picks],
        "notes": [_note_line(one, by) for one in rows[:size]],
        "next": page + 1 if len(rows) > size else 0,
        "before": page - 1,
        "judges": has_power(by, "book.hide"),
    }
    return render(request, f"{HERE}/notes.html", words)


@require_GET
def reported(request: HttpRequest) -> HttpResponse:
    """举报的心得, and hidden ones, for who judges them."""
    by = me(request)
    need_power(by, "book.hide")
    return render(request, f"{HERE}/reported.html", {"notes": queries.reported_notes(by)})


@require_http_methods(["GET", "POST"])
def write_note(request: HttpRequest, title_id: UUID) -> HttpResponse:
    """写心得."""
    by = me(request)
    need_power(by, "book.write_note")
    title = queries.get_title(title_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.write_note(title.id, text=data["text"], by=by)
        return _("心得已发表。")

    back = reverse("learning:book", args=[title.id])
    form = forms.NoteForm(request.POST or None)
    name = _("写心得：《%s》") % title.title
    return edit_page(request, form, act, title=name, label=_("发表"), back=back)


@require_http_methods(["GET", "POST"])
def note_verb(request: HttpRequest, note_id: UUID, verb: str) -> HttpResponse:
    """推荐、隐藏、恢复、举报、不予处理."""
    by = me(request)
    note = queries.get_note(note_id, by=by)
    book_page = reverse("learning:book", args=[note.title_id])
    asks = {"hide": (_("隐藏心得"), "book.hide"), "report": (_("举报心得"), "book.read")}
    if verb in asks:
        title, power = asks[verb]
        need_power(by, power)
        form = ReasonForm(request.POST or None)

        def put(data: dict[str, Any]) -> str:
            if verb == "hide":
                services.hide_note(note.id, reason=data["reason"], by=by)
                return _("已隐藏，作者会收到原因。")
            services.report_note(note.id, reason=data["reason"], by=by)
            return _("已举报，书屋管理员会处理。谁举报的不会告诉别人。")

        context = {"note": f"{note.person.name}：{note.text[:200]}"}
        return edit_page(request, form, put, title=title, label=title, back=book_page, context=context)
    simple = {
        "pick": lambda: services.pick_note(note.id, by=by),
        "unpick": lambda: services.pick_note(note.id, by=by, off=True),
        "show": lambda: services.show_note(note.id, by=by),
        "keep": lambda: services.keep_note(note.id, by=by),
    }
    if verb not in simple or request.method != "POST":
        raise NotVisible

    def act() -> str:
        simple[verb]()
        return _("已办理。")

    return do_and_return(request, act, book_page)


# Popular ----------------------------------------------------------------------------------------------------------------


def _month(request: HttpRequest) -> date:
    """The month of the address, or this one."""
    here = clock.today().replace(day=1)
    try:
        asked = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return here
    return asked if date(2000, 1, 1) <= asked <= here else here


def _popular_words(request: HttpRequest) -> dict[str, Any]:
    by, first = me(request), _month(request)
    need_power(by, "book.read")
    found = queries.popular(by, first)
    before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    return {
        "tabs": tabs(by, "popular_books"),
        "first": first,
        "month": _("%(y)d年%(m)d月") % {"y": first.year, "m": first.month},
        "before": f"{before:%Y-%m}",
        "after": f"{after:%Y-%m}" if after <= clock.today() else "",
        "found": found,
        "figures": [
            {"label": _("借出册次"), "value": found.loans},
            {"label": _("借书人数"), "value": found.readers},
            {"label": _("有人借书的单位"), "value": sum(one.loans > 0 for one in found.units)},
        ],
    }


@require_GET
def popular(request: HttpRequest) -> HttpResponse:
    """本月热门: books, classes, units."""
    return render(request, f"{HERE}/popular.html", _popular_words(request))


@require_GET
def popular_sheet(request: HttpRequest) -> HttpResponse:
    """The same on paper, for the notice board."""
    return render(request, f"{HERE}/popular_sheet.html", {**_popular_words(request), "printed_at": clock.now()})
