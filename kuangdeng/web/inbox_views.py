"""The inbox, what one wants to be told of, and the messages that were given up."""

from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings as config
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import put_refusal
from kuangdeng.ledger import api as ledger
from kuangdeng.org.api import ROLE_LABELS, Person, has_power, me
from kuangdeng.web import services
from kuangdeng.web.channels.forms import HabitForm
from kuangdeng.web.forms import topic_choices
from kuangdeng.web.ledger_lists import dead_letter_register, inbox_register


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """Everything I was told, newest first."""
    context = {
        "unread": ledger.unread(me(request).id),
        "manages": has_power(me(request), "org.manage"),
    }
    return register_page(
        request, inbox_register(), ledger.inbox(me(request).id), template="web/inbox.html", context=context
    )


@require_GET
def open_notice(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Follow a notice to where it leads; from now on it is read."""
    notice = ledger.open_notice(notice_id, person_id=me(request).id)
    safe = url_has_allowed_host_and_scheme(notice.url, None) and notice.url.startswith("/")
    return redirect(notice.url if safe else reverse("inbox"))


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read; tasks stay tasks."""
    count = ledger.mark_read(person_id=me(request).id)
    messages.success(request, ngettext("%(n)d 条通知已标为已读。", "%(n)d 条通知已标为已读。", count) % {"n": count})
    return redirect("inbox")


@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What I want to be told of, by which channel and how, and when not."""
    person = me(request)
    wishes = ledger.wishes(person.mine_id, person_id=person.id)
    habit = ledger.habit_of(person.mine_id, person.id)
    initial = {name: getattr(habit, name) for name in ("quiet_from", "quiet_until", "daily_at")}
    form = HabitForm(None if "default" in request.POST else request.POST or None, initial=initial)
    if request.method == "POST" and _choose(person, request.POST, wishes, form):
        messages.success(request, _("通知设置已保存。"))
        return redirect("notice_settings")
    words = {**_topics_words(person, wishes), "form": form}
    return render(request, "web/notice_settings.html", words, status=422 if form.is_bound else 200)


def _choose(person: Person, data: QueryDict, wishes: list[ledger.Wish], form: HabitForm) -> bool:
    """Keep what was chosen; False when something is wrong, which then stands on the form."""
    whose: dict[str, Any] = {"mine_id": person.mine_id, "person_id": person.id}
    if "default" in data:
        choices: ledger.Choices = {(wish.topic.code, channel): None for wish in wishes for channel in ledger.CHANNELS}
        ledger.choose_topics(**whose, choices=choices)
        ledger.forget_habit(**whose)
        return True
    if not form.is_valid():
        return False
    try:
        if form.has_changed():
            ledger.choose_habit(**whose, **form.cleaned_data)
        ledger.choose_topics(**whose, choices=topic_choices(data, wishes))
    except Refused as refusal:
        put_refusal(form, refusal)
        return False
    return True


def _topics_words(person: Person, wishes: list[ledger.Wish]) -> dict[str, Any]:
    """What the table of topics is drawn from: a row for each topic, a choice for each channel that there is."""
    gateway = ledger.sms_gateway(person.mine_id)
    rows = [
        {
            "wish": wish,
            "mail": wish.paces["email"],
            "sms": wish.paces["sms"] if gateway and wish.topic.code in gateway.topics else None,
        }
        for wish in wishes
    ]
    paces = [(str(code), label) for code, label in ledger.PACE_LABELS.items()]
    return {"rows": rows, "paces": paces, "sms": gateway is not None, "mail": config.EMAIL_CONFIGURED}


@require_http_methods(["GET", "POST"])
def roles(request: HttpRequest) -> HttpResponse:
    """What each role is told of, for the administrator."""
    person = me(request)
    if not has_power(person, "org.manage"):
        raise NotVisible
    role = request.GET.get("role", "safety")
    if role not in ROLE_LABELS:
        raise Http404
    wishes = ledger.wishes(person.mine_id, role=role)
    if request.method == "POST":
        services.set_role_notices(role, choices=dict(topic_choices(request.POST, wishes)), by=person)
        messages.success(request, _("“%s”的通知设置已保存。") % ROLE_LABELS[role])
        return redirect(f"{reverse('notice_roles')}?role={role}")
    tabs = [
        {"label": label, "url": f"{reverse('notice_roles')}?role={code}", "current": code == role}
        for code, label in ROLE_LABELS.items()
    ]
    words = {**_topics_words(person, wishes), "tabs": tabs, "role": ROLE_LABELS[role]}
    return render(request, "web/notice_roles.html", words)


@require_GET
def dead_letters(request: HttpRequest) -> HttpResponse:
    """Messages that were given up, for the administrator to decide."""
    person = me(request)
    if not has_power(person, "org.manage"):
        raise NotVisible
    register = dead_letter_register(partial(_again_button, get_token(request)))
    context = {"waiting": ledger.waiting_letters(person.mine_id), "mail": config.EMAIL_CONFIGURED}
    return register_page(
        request, register, ledger.dead_letters(person.mine_id), template="web/dead_letters.html", context=context
    )


def _again_button(token: str, delivery: ledger.Delivery) -> str:
    url = reverse("dead_letter_again", args=[delivery.pk])
    return render_to_string("web/parts/again.html", {"url": url, "token": token})


@require_POST
def again(request: HttpRequest, delivery_id: UUID) -> HttpResponse:
    """Send one of them again."""
    services.resend_mail(delivery_id, by=me(request))
    messages.success(request, _("已重新排队，一两分钟内发送。"))
    return redirect("dead_letters")
