"""For everybody: my classes, my timetable, my hours; for teachers what they teach; for heads their people; for leaders all."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.views import register_page
from kuangdeng.learning.classes import calendar as calendars
from kuangdeng.learning.classes import forms, queries, registers, services
from kuangdeng.learning.classes.views.classes import lesson_state
from kuangdeng.learning.classes.views.common import HERE, tabs
from kuangdeng.org.api import Person, get_person, has_power, may, me, need_power


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """我的培训: the lessons that come, the hours of the year against what is owed, the classes that were."""
    by = me(request)
    need_power(by, "class.mine")
    year = clock.today().year
    ahead = queries.lessons_ahead(by)
    words = {
        "ahead": [{"lesson": one, "state": lesson_state(one)} for one in ahead[:30]],
        "balance": queries.balance(by, year),
        "seats": [_seat_line(seat) for seat in queries.seats_of_person(by)],
        "hours": queries.hours_of_person(by, year),
    }
    return render(request, f"{HERE}/mine.html", words)


def _seat_line(seat: Any) -> dict[str, Any]:
    over = seat.batch.end_on < clock.today()
    return {"seat": seat, "one": seat.batch.training_class, "rates": over and seat.rating is None}


@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest, seat_id: UUID) -> HttpResponse:
    """评教."""
    by = me(request)
    need_power(by, "class.mine")
    seat = queries.own_seat(seat_id, by=by)

    def act(data: dict[str, Any]) -> str:
        services.rate_class(seat.id, rating=int(data["rating"]), opinion=data["opinion"], by=by)
        return _("谢谢，已记下。")

    form = forms.RateForm(request.POST or None)
    title = _("评教：%s") % seat.batch.training_class.title
    return edit_page(request, form, act, title=title, label=_("评好了"), back=reverse("learning:my_training"))


@require_http_methods(["GET", "POST"])
def my_calendar(request: HttpRequest) -> HttpResponse:
    """课表日历: a secret address for the phone's calendar; shown once, ended at will."""
    by = me(request)
    need_power(by, "class.mine")
    if request.POST.get("do") == "revoke":

        def act() -> str:
            services.revoke_lesson_calendar(by=by)
            return _("课表日历已停用，原来的地址不再有效。")

        return do_and_return(request, act, reverse("learning:training_calendar"))
    address = ""
    if request.method == "POST":
        secret = services.make_lesson_calendar(by=by)
        address = request.build_absolute_uri(reverse("learning:timetable_feed", args=[secret]))
    response = render(request, f"{HERE}/calendar.html", {"address": address, "calendar": queries.has_calendar(by)})
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_GET
def timetable_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The timetable of whoever gave out this address, for a calendar program that cannot sign in."""
    person = queries.owner_of_calendar(sha256(secret.encode("utf-8", "replace")).hexdigest())
    if person is None:
        raise NotVisible
    response = HttpResponse(calendars.timetable_calendar(person), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="timetable.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@require_GET
def teaching(request: HttpRequest) -> HttpResponse:
    """我的授课: what I teach, the handouts, the sign-in, the hours to settle."""
    by = me(request)
    need_power(by, "class.teach")
    lessons = queries.lessons_to_teach(by)
    now = clock.now()
    words = {
        "settle": [one for one in lessons if one.ends_at < now and one.settled_at is None and one.sheet_id],
        "ahead": [{"lesson": one, "state": lesson_state(one)} for one in lessons if one.ends_at >= now],
        "past": [one for one in lessons if one.ends_at < now and one.settled_at is not None],
        "week": now + timedelta(days=7),
    }
    return render(request, f"{HERE}/teaching.html", words)


# People -----------------------------------------------------------------------------------------------------------------


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """职工学时: the people for whom he answers."""
    by = me(request)
    need_power(by, "class.people")
    year = clock.today().year
    words = {"tabs": tabs(by, "training_people")}
    rows = queries.with_hours(queries.people(by), year)
    return register_page(request, registers.people(by, year), rows, template=f"{HERE}/register.html", context=words)


def _seen(person_id: UUID, by: Person) -> Person:
    person = get_person(person_id, by=by)
    if person.id != by.id and not may(by, "class.people", person.unit):
        raise NotVisible
    return person


@require_GET
def person_training(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person's training: hours of the year lesson by lesson, classes."""
    by = me(request)
    need_power(by, "class.people", "class.mine")
    person = _seen(person_id, by)
    year = clock.today().year
    words = {
        "person": person,
        "balance": queries.balance(person, year),
        "seats": [_seat_line(seat) for seat in queries.seats_of_person(person)],
        "hours": queries.hours_of_person(person, year),
        "files": may(by, "file.see", person.unit),
    }
    return render(request, f"{HERE}/person.html", words)


@require_GET
def summary(request: HttpRequest) -> HttpResponse:
    """全矿情况: each unit's hours of the year, the classes that run."""
    by = me(request)
    need_power(by, "class.summary")
    year = clock.today().year
    units = queries.by_unit(by, year)
    figures, heads, done = queries.figures(by), sum(one.heads for one in units), sum(one.done for one in units)
    words = {
        "tabs": tabs(by, "training_summary"),
        "year": year,
        "units": units,
        "figures": [
            {
                "label": _("正在办的班"),
                "value": figures["running"],
                "url": f"{reverse('learning:classes')}?status=running",
            },
            {"label": _("在学人数"), "value": figures["heads"]},
            {
                "label": _("待归档的班"),
                "value": figures["open"],
                "url": f"{reverse('learning:classes')}?status=concluded",
            },
            {"label": _("学时够的职工"), "value": f"{done} / {heads}"},
        ],
        "barred": has_power(by, "cert.see"),
    }
    return render(request, f"{HERE}/summary.html", words)
