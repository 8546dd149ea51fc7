"""名册: who sits where, made by itself, moved by hand; the list to be signed on paper."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page, next_of
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.learning.classes import forms, queries, registers, services
from kuangdeng.learning.classes.views.classes import class_tabs
from kuangdeng.learning.classes.views.common import HERE, MOST_OWED, retrains
from kuangdeng.learning.forms import ReasonForm
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.views import asked_person, paper
from kuangdeng.org.api import Person, has_power, me, need_power


@require_GET
def roster(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """The roster of a class: units against batches, who could not be placed, everybody by name."""
    by = me(request)
    need_power(by, "class.see")
    one = queries.get_class(class_id, by=by)
    batches, seats = list(one.batches.order_by("number")), queries.seats_of(one)
    lines = queries.occupancy(one, batches, seats)
    seated = {str(seat.person_id) for seat in seats}
    left = [line for line in one.left if line["person"] not in seated]
    keeps = has_power(by, "class.prepare")
    words = {
        "one": one,
        "tabs": class_tabs(one, "roster", by),
        "chip": registers.class_chip(one),
        "batches": [
            {"batch": batch, "seats": [seat for seat in seats if seat.batch_id == batch.id]} for batch in batches
        ],
        "lines": lines,
        "left": left,
        "left_groups": _grouped(left),
        "changes": keeps and one.may_change,
        "heads": len(seated),
        "over": sum(cell.over for line in lines for cell in line.cells),
        "retrained": {row.person_id for row in talks.retrained_in(one.id)},
        "owed": _owed(one, seated, by),
    }
    return render(request, f"{HERE}/roster.html", words)


def _grouped(left: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who could not be placed, together with those of his unit for whom the same reason stands."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in left:
        groups.setdefault((line["unit"], line["why"]), []).append(line)
    return [{"unit": unit, "why": why, "lines": lines} for (unit, why), lines in groups.items()]


def _owed(one: Any, seated: set[str], by: Person) -> list[dict[str, Any]]:
    """Who has to be trained again and could be in this class, for who may take him in."""
    if not (one.may_change and one.needs_exam and retrains(by)):
        return []
    rows = talks.retraining_owed(by.mine_id)[:MOST_OWED]
    return [{"row": row, "sits": str(row.person_id) in seated} for row in rows]


@require_POST
def roster_make(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """自动编班."""
    by = me(request)
    need_power(by, "class.prepare")
    one = queries.get_class(class_id, by=by)

    def act() -> str:
        done = services.make_roster(one.id, by=by)
        left = len(done.left)
        if left:
            return _("已编班，%d 人没有编进，原因见下面。") % left
        return _("已编班，全部编进。")

    return do_and_return(request, act, reverse("learning:roster", args=[one.id]))


@require_GET
def roster_sheet(request: HttpRequest, class_id: UUID) -> HttpResponse:
    """学员名册 on paper, batch by batch."""
    by = me(request)
    need_power(by, "class.see")
    one = queries.get_class(class_id, by=by)
    seats = queries.seats_of(one)
    batches = [
        {"batch": batch, "seats": [seat for seat in seats if seat.batch_id == batch.id]}
        for batch in one.batches.order_by("number")
    ]
    return paper(request, f"{HERE}/roster_sheet.html", {"one": one, "batches": batches}, f"{one.code}{_('学员名册')}")


@require_http_methods(["GET", "POST"])
def seat_add(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """逐人加入."""
    by = me(request)
    need_power(by, "class.prepare")
    batch = queries.get_batch(batch_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.add_seat(batch.id, person_id=data["person"].id, reason=data["reason"], by=by)
        return _("%s已加入。") % data["person"].name

    initial = {"person": asked_person(request, by)}
    form = forms.SeatForm(request.POST or None, by=by, initial=initial)
    words = {"code": batch.training_class.code, "n": batch.number}
    back = reverse("learning:roster", args=[batch.training_class_id])
    return edit_page(request, form, act, title=_("加入第 %(code)s 期第 %(n)d 批") % words, label=_("加入"), back=back)


@require_http_methods(["GET", "POST"])
def retraining_take(request: HttpRequest, retraining_id: UUID) -> HttpResponse:
    """列入重新培训: into which class goes somebody who failed the make-up exam as well."""
    by = me(request)
    if not retrains(by):
        raise NotVisible
    row = talks.get_retraining(retraining_id, by=by)
    batches = queries.batches_to_retrain(by.mine_id)

    def act(data: dict[str, Any]) -> str:
        services.take_retraining(UUID(data["batch"]), retraining_id=row.id, reason=data["reason"], by=by)
        return _("%s已列入重新培训，本人会收到通知。") % row.person.name

    form = forms.RetrainForm(request.POST or None, batches=batches, initial={"batch": request.GET.get("batch", "")})
    words = {"exam": row.talk.exam.title, "day": clock.local(row.since).date()}
    note = _("%(day)s「%(exam)s」没有合格。学时够、考试合格、结业结论合格，就自动办结。") % words
    if not batches:
        note += _("现在没有可列入的班：请先筹备一个要考试的班。")
    back = next_of(request, f"{reverse('learning:training_needs')}#retraining")
    title = _("列入重新培训：%s") % row.person.name
    return edit_page(request, form, act, title=title, label=_("列入"), back=back, context={"note": note})


@require_http_methods(["GET", "POST"])
def seat_verb(request: HttpRequest, seat_id: UUID, verb: str) -> HttpResponse:
    """换批、退班."""
    by = me(request)
    need_power(by, "class.prepare")
    seat = queries.get_seat(seat_id, by=by)
    one = seat.batch.training_class
    back = reverse("learning:roster", args=[one.id])
    if verb == "move":

        def move(data: dict[str, Any]) -> str:
            services.move_seat(seat.id, to_id=UUID(data["to"]), reason=data["reason"], by=by)
            return _("%s已换批。") % seat.person.name

        others = one.batches.exclude(id=seat.batch_id).order_by("number")
        form = forms.BatchChoiceForm(request.POST or None, batches=others, asks=True)
        return edit_page(request, form, move, title=_("换批：%s") % seat.person.name, label=_("换批"), back=back)
    if verb != "drop":
        raise NotVisible

    def drop(data: dict[str, Any]) -> str:
        services.drop_seat(seat.id, reason=data["reason"], by=by)
        return _("%s已退班。") % seat.person.name

    form_ = ReasonForm(request.POST or None)
    return edit_page(request, form_, drop, title=_("退班：%s") % seat.person.name, label=_("退班"), back=back)
