"""For who keeps the rooms: the desk, a reader, the loans, stock-taking."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.bookroom import barcode, forms, queries, registers, rules, services
from kuangdeng.learning.bookroom.views.common import tabs
from kuangdeng.learning.bookroom.views.reader import HERE, loan_lines
from kuangdeng.learning.forms import NothingForm
from kuangdeng.org.api import Person, me, need_power


@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest) -> HttpResponse:
    """服务台: who stands there, then scan what he takes; a book that comes back needs only its barcode."""
    by = me(request)
    need_power(by, "book.lend")
    if request.method == "POST":
        return _desk_act(request, by)
    words: dict[str, Any] = {"tabs": tabs(by, "desk"), "reader": None, "found": [], "typed": request.GET.get("q", "")}
    if words["typed"]:
        one = queries.reader_of(by.mine_id, words["typed"])
        if one is not None:
            return redirect(f"{reverse('learning:desk')}?{urlencode({'reader': str(one.person.id)})}")
        words["found"] = queries.readers_named(by.mine_id, words["typed"])
    if request.GET.get("reader"):
        reader = _reader(request.GET["reader"], by)
        words |= {"reader": reader, "loans": loan_lines(queries.open_loans(reader), queries.terms_on(by.mine_id))}
    return render(request, f"{HERE}/desk.html", words)


def _reader(key: str, by: Person) -> Person:
    try:
        return queries.get_reader(UUID(key), by=by)
    except ValueError:
        raise NotVisible from None


def _desk_act(request: HttpRequest, by: Person) -> HttpResponse:
    barcode, reader = request.POST.get("barcode", ""), request.POST.get("reader", "")
    try:
        if request.POST.get("do") == "lend":
            loan = services.lend(barcode=barcode, reader_id=_reader(reader, by).id, by=by)
            said = _("《%(title)s》已借给%(name)s，%(m)d月%(d)d日前还。")
            given = {"name": loan.person.name, "m": loan.due_on.month, "d": loan.due_on.day}
            messages.success(request, said % {"title": loan.title.title, **given})
        else:
            loan = services.give_back(barcode=barcode, by=by)
            said = _("《%(title)s》已还，读者%(name)s。") % {"title": loan.title.title, "name": loan.person.name}
            late = (clock.today() - loan.due_on).days
            messages.success(request, said + (_("超期 %d 天。") % late if late > 0 else ""))
            now = queries.copy_of(by.mine_id, barcode)
            if now is not None and now.hold is not None:
                messages.warning(request, _("这一册有人预约，请放到预约架，不要上架。"))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("learning:desk") + (f"?{urlencode({'reader': reader})}" if reader else ""))


@require_GET
def reader(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One reader as the librarian sees him: books, reservations, cards."""
    by = me(request)
    need_power(by, "book.lend")
    person = queries.get_reader(person_id, by=by)
    words = {
        "person": person,
        "loans": loan_lines(queries.open_loans(person), queries.terms_on(by.mine_id)),
        "reservations": queries.reservations_of(person),
        "past": queries.past_loans(person, 20),
        "cards": queries.cards_of(person),
        "card_form": forms.CardForm(),
    }
    return render(request, f"{HERE}/reader.html", words)


@require_POST
def bind_card(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """绑定工作证."""

    def act() -> str:
        services.bind_card(person_id, number=request.POST.get("number", ""), by=me(request))
        return _("工作证已绑定，以后刷卡就能借书。")

    return do_and_return(request, act, reverse("learning:reader", args=[person_id]))


@require_POST
def unbind_card(request: HttpRequest, card_id: int) -> HttpResponse:
    """解除绑定."""

    def act() -> str:
        services.unbind_card(card_id, by=me(request))
        return _("这张卡已解除绑定。")

    return do_and_return(request, act, reverse("learning:desk"))


@require_GET
def loans(request: HttpRequest) -> HttpResponse:
    """借阅登记: who has what, what is late."""
    by = me(request)
    need_power(by, "book.lend")
    context = {"tabs": tabs(by, "book_loans")}
    return register_page(
        request, registers.loans(by), queries.loans(by), template=f"{HERE}/register.html", context=context
    )


@require_GET
def late_sheet(request: HttpRequest) -> HttpResponse:
    """超期未还图书催还单, on paper."""
    by = me(request)
    need_power(by, "book.lend")
    rows = list(queries.late_loans(by.mine_id)[:1000])
    today = clock.today()
    lines = [{"loan": one, "days": (today - one.due_on).days} for one in rows]
    return render(request, f"{HERE}/late_sheet.html", {"lines": lines, "today": today, "printed_at": clock.now()})


# Stock-taking -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def stock_takes(request: HttpRequest) -> HttpResponse:
    """盘点: begin one, or go on."""
    by = me(request)
    need_power(by, "book.stock")
    if request.method == "POST":
        try:
            take = services.start_stock(room_id=_room_id(request), by=by)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("learning:stock_takes")
        return redirect("learning:stock_take", take.id)
    words = {"takes": queries.stock_takes(by), "rooms": queries.rooms(by.mine_id)}
    return render(request, f"{HERE}/stock_takes.html", words)


def _room_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("room", ""))
    except ValueError:
        raise NotVisible from None


@require_http_methods(["GET", "POST"])
def stock_take(request: HttpRequest, stock_id: UUID) -> HttpResponse:
    """One stock-taking: scan, see what is missing, end it."""
    by = me(request)
    need_power(by, "book.stock")
    take = queries.get_stock_take(stock_id, by=by)
    if request.method == "POST":
        return do_and_return(
            request, lambda: _stock_act(request, take.id), reverse("learning:stock_take", args=[take.id])
        )
    stock = queries.stock_of(take)
    figures = [
        {"label": _("应在架"), "value": take.result.get("expected", stock.expected)},
        {"label": _("扫到"), "value": take.result.get("found", stock.found)},
        {
            "label": _("缺"),
            "value": len(take.result.get("missing", stock.missing)),
            "tone": "late" if stock.missing else "",
        },
    ]
    return render(request, f"{HERE}/stock_take.html", {"take": take, "stock": stock, "figures": figures})


def _stock_act(request: HttpRequest, stock_id: UUID) -> str:
    by = me(request)
    if request.POST.get("do") == "finish":
        take = services.finish_stock(stock_id, by=by)
        return _("盘点结束，缺 %d 册。") % len(take.result["missing"])
    barcodes = [one for one in re.split(r"[\s,，、;；]+", request.POST.get("barcodes", "")) if one]
    made = services.scan(stock_id, barcodes=barcodes, by=by)
    if not made:
        return _("扫过了，不重复计。")
    named = [one.copy.title.title if one.copy else _("不认识的条码 %s") % one.barcode for one in made[:3]]
    return _("已记 %(n)d 册：%(names)s") % {"n": len(made), "names": "、".join(named)}


@require_GET
def stock_sheet(request: HttpRequest, stock_id: UUID) -> HttpResponse:
    """盘点清单, on paper."""
    by = me(request)
    need_power(by, "book.stock")
    take = queries.get_stock_take(stock_id, by=by)
    words = {"take": take, "stock": queries.stock_of(take), "printed_at": clock.now()}
    return render(request, f"{HERE}/stock_sheet.html", words)


# A copy -----------------------------------------------------------------------------------------------------------------


@require_GET
def copy(request: HttpRequest, copy_id: UUID) -> HttpResponse:
    """One copy: its barcode, where it is, who had it, what may be done with it."""
    by = me(request)
    need_power(by, "book.catalogue")
    now = queries.get_copy(copy_id, by=by)
    words = {
        "now": now,
        "copy": now.copy,
        "state": rules.COPY_LABELS[now.copy.status],
        "amends": rules.AMENDS_LABELS.get(now.copy.amends, ""),
        "bars": barcode.svg(now.copy.barcode),
        "verbs": [
            {"verb": verb, "label": label, "url": reverse("learning:copy_verb", args=[now.copy.id, verb])}
            for verb, label in _verb_labels().items()
            if verb in rules.COPY_FLOW.from_(now.copy.status) or verb in _beside(now.copy.status)
        ],
        "history": queries.history_of(now.copy),
    }
    return render(request, f"{HERE}/copy.html", words)


def _beside(status: str) -> tuple[str, ...]:
    return {"in_use": ("move",), "lost": ("amends",)}.get(status, ())


def _verb_labels() -> dict[str, str]:
    return {
        "move": _("调拨"), "lose": _("登记丢失"), "amends": _("登记赔付"), "find": _("找回"), "withdraw": _("剔旧"),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def copy_verb(request: HttpRequest, copy_id: UUID, verb: str) -> HttpResponse:
    """丢失、赔付、找回、剔旧、调拨."""
    by = me(request)
    need_power(by, "book.catalogue")
    one = queries.get_copy(copy_id, by=by).copy
    labels = _verb_labels()
    if verb not in labels:
        raise NotVisible
    bound = request.POST if request.method == "POST" else None
    form = {
        "move": lambda: forms.MoveForm(bound, rooms=queries.rooms(by.mine_id)),
        "lose": lambda: forms.LoseForm(bound),
        "amends": lambda: forms.AmendsForm(bound),
        "find": lambda: NothingForm(bound),
        "withdraw": lambda: forms.WithdrawForm(bound),
    }[verb]()

    def act(data: dict[str, Any]) -> str:
        {
            "move": lambda: services.move_copy(one.id, room_id=UUID(data["room"]), by=by),
            "lose": lambda: services.lose_copy(one.id, note=data["note"], amends=data["amends"], by=by),
            "amends": lambda: services.settle_loss(one.id, amends=data["amends"], by=by),
            "find": lambda: services.find_copy(one.id, by=by),
            "withdraw": lambda: services.withdraw_copy(one.id, note=data["note"], by=by),
        }[verb]()
        return _("已办理：%s。") % labels[verb]

    back = reverse("learning:book_copy", args=[one.id])
    title = f"{labels[verb]}：《{one.title.title}》{one.barcode}"
    return edit_page(request, form, act, title=title, label=labels[verb], back=back)
