"""Pages of the screens: what a display fetches without signing in, and what the office manages."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.middleware import client_address
from kuangdeng.kernel.views import register_page
from kuangdeng.kernel.web import put_refusal, worker_answer
from kuangdeng.org.api import Person, has_power, me
from kuangdeng.web.models import Screen
from kuangdeng.web.screens import boards, drawing, feed, forms, queries, registers, rules, services, shell
from kuangdeng.web.screens.pairing import code_for

# For displays ---------------------------------------------------------------------------------------------------------


@login_not_required
@require_GET
def wall(request: HttpRequest) -> HttpResponse:
    """The page that a display opens once and never leaves."""
    return render(request, "web/screens/wall.html", {"measures": rules.MEASURES})


@login_not_required
@require_GET
def wall_shell(request: HttpRequest) -> HttpResponse:
    """The script that keeps the page on the device, for a display that starts while this server is down."""
    return worker_answer(shell.script())


@login_not_required
@require_GET
def wall_feed(request: HttpRequest) -> HttpResponse:
    """What this display shows now; 304 while that is what it has. A display that nobody knows gets its pairing code."""
    secret = request.headers.get("Authorization", "").removeprefix("Bearer ")
    screen = queries.screen_of(secret)
    if screen is None:
        answer = feed.pairing_feed(code_for(secret, address=client_address(request)))
    else:
        queries.note_seen(screen, request.GET.get("on", ""))
        answer = feed.feed_of(screen)
    return _unless_known(request, answer.etag, lambda: HttpResponse(answer.body, content_type="application/json"))


def _unless_known(request: HttpRequest, etag: str, make: Callable[[], HttpResponse]) -> HttpResponse:
    """304 when the device has this already, else what `make` makes; with the server's clock either way."""
    known = request.headers.get("If-None-Match", "").removeprefix("W/").strip('"') == etag
    response = HttpResponseNotModified() if known else make()
    response["ETag"] = f'"{etag}"'
    response["Cache-Control"] = "private, no-cache"
    here = clock.local()
    zone = here.utcoffset() or timedelta()
    response["X-Screen-Time"] = f"{int(here.timestamp() * 1000)} {int(zone.total_seconds() // 60)}"
    return response


def _of_address(request: HttpRequest, secret: str, showing: str) -> Screen:
    screen = queries.screen_of(secret)
    if screen is None:
        raise NotVisible
    queries.note_seen(screen, showing)
    return screen


@login_not_required
@require_GET
def wall_text(request: HttpRequest, secret: str) -> HttpResponse:
    """The boards as plain text, for a controller that scrolls text; `?charset=gbk` for one that knows no other."""
    charset = "gbk" if request.GET.get("charset", "").lower() in ("gbk", "gb2312", "gb18030") else "utf-8"
    text = feed.as_text(_of_address(request, secret, ""))
    return HttpResponse(
        text.encode(charset, "replace"),
        headers={"Cache-Control": "no-store"},
        content_type=f"text/plain; charset={charset}",
    )


@login_not_required
@require_GET
def wall_picture(request: HttpRequest, secret: str) -> HttpResponse:
    """The page that is due now as a picture, `?w=&h=` pixels, for a controller that shows pictures."""
    screen = _of_address(request, secret, "")
    size = drawing.size_of(request.GET.get("w", ""), request.GET.get("h", ""), rules.MEASURES[screen.format])
    with in_chinese():
        picture = drawing.picture_of(feed.page_now_of(screen), screen.format, size)
        return _unless_known(
            request, picture.etag, lambda: HttpResponse(drawing.drawn(picture), content_type="image/png")
        )


# For the office -------------------------------------------------------------------------------------------------------


def _tabs(person: Person, here: str) -> list[dict[str, object]]:
    lines = [("list", _("电子屏")), ("messages", _("通知和插播"))]
    if has_power(person, "screen.manage"):
        lines.append(("policy", _("时限")))
    return [{"label": label, "url": reverse(f"screens:{name}"), "current": name == here} for name, label in lines]


@require_GET
def screens(request: HttpRequest) -> HttpResponse:
    """The health of all screens: last seen, what each shows, alarms."""
    person = me(request)
    rows = queries.screens(person)
    register = registers.screen_register(queries.policy_of(person.mine_id))
    context = {"tabs": _tabs(person, "list"), "manages": has_power(person, "screen.manage")}
    return register_page(request, register, rows, template="web/screens/list.html", context=context)


def screen_new(request: HttpRequest) -> HttpResponse:
    """登记电子屏."""
    person = me(request)
    queries.need(person, "screen.manage")
    address = request.build_absolute_uri(reverse("screens:wall"))
    form = forms.NewScreenForm(request.POST or None, initial={"format": rules.Format.LANDSCAPE}, address=address)

    def act(data: dict[str, Any]) -> str:
        screen = services.register_screen(by=person, **data)
        return _("电子屏“%s”已登记。") % screen.name

    return edit_page(request, form, act, title=_("登记电子屏"), label=_("登记"), back=reverse("screens:list"))


def screen(request: HttpRequest, screen_id: UUID) -> HttpResponse:
    """One screen: how it is, what it plays, and what may be done with it."""
    person = me(request)
    return _screen_page(request, queries.get_screen(screen_id, by=person))


def _screen_page(
    request: HttpRequest, one: Screen, bound: dict[str, Form] | None = None, secret: str = ""
) -> HttpResponse:
    person = me(request)
    policy = queries.policy_of(one.mine_id)
    answers = {"name": one.name, "place_text": one.place_text, "format": one.format}
    both = {"change": forms.ScreenForm(initial=answers, prefix="change"), "pair": forms.CodeForm(prefix="pair")}
    words = {
        "screen": one,
        "manages": has_power(person, "screen.manage"),
        "state": registers.state(one, policy),
        "showing": registers.showing(one),
        "slots": [_slot_words(slot) for slot in one.slots],
        "forms": both | (bound or {}),
        "addresses": _addresses(request, secret) if secret else [],
    }
    response = render(request, "web/screens/screen.html", words, status=422 if bound else 200)
    if secret:
        response["Cache-Control"] = "no-store"
    return response


def _slot_words(slot: rules.Slot) -> dict[str, str]:
    days = "、".join(str(rules.DAYS[day - 1]) for day in slot.days) or _("每天")
    hours = f"{slot.since}–{slot.until}" if slot.since else _("全天")
    return {
        "board": slot.options.get("title") or boards.board_label(slot.board) or _("已不存在的画面"),
        "seconds": _("%(n)d 秒") % {"n": slot.seconds},
        "when": f"{days} {hours}",
    }


def _addresses(request: HttpRequest, secret: str) -> list[tuple[str, str]]:
    lines = [
        (_("图片"), reverse("screens:wall_picture", args=[secret])),
        (_("图片，指定宽高"), reverse("screens:wall_picture", args=[secret]) + "?w=512&h=128"),
        (_("文字"), reverse("screens:wall_text", args=[secret])),
        (_("文字（GBK 编码）"), reverse("screens:wall_text", args=[secret]) + "?charset=gbk"),
        (_("浏览器（不用配对码）"), f"{reverse('screens:wall')}#{secret}"),
    ]
    return [(label, request.build_absolute_uri(path)) for label, path in lines]


def playlist(request: HttpRequest, screen_id: UUID) -> HttpResponse:
    """播放单: which boards, in which order, how long and when."""
    person = me(request)
    queries.need(person, "screen.manage")
    one = queries.get_screen(screen_id, by=person)
    form = forms.PlaylistForm(request.POST or None, initial=forms.slots_initial(one.slots), prefix="slot")
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.set_playlist(one.id, slots=forms.slots_from(form.forms), by=person)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("播放单已保存，屏上半分钟内更新。"))
            return redirect("screens:screen", one.id)
    words = {"screen": one, "form": form, "refused": refused}
    return render(request, "web/screens/playlist.html", words, status=422 if form.is_bound else 200)


@require_POST
def screen_verb(request: HttpRequest, screen_id: UUID, verb: str) -> HttpResponse:
    """Carry out a verb on a screen; a refusal shows in its form, on the screen's page."""
    person = me(request)
    queries.need(person, "screen.manage")
    one = queries.get_screen(screen_id, by=person)
    if verb == "address":
        return _address(request, one)
    if verb in _FORMS:
        return _filled(request, one, verb)
    if verb not in _PLAIN:
        raise Http404
    back = reverse("screens:list") if verb == "remove" else reverse("screens:screen", args=[one.id])
    return do_and_return(request, lambda: _PLAIN[verb](one, person), back)


def _address(request: HttpRequest, one: Screen) -> HttpResponse:
    try:
        issued = services.issue_address(one.id, by=me(request))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("screens:screen", one.id)
    return _screen_page(request, issued.screen, secret=issued.secret)


def _filled(request: HttpRequest, one: Screen, verb: str) -> HttpResponse:
    make, act = _FORMS[verb]
    form = make(request.POST, prefix=verb)
    if form.is_valid():
        try:
            said = act(one, me(request), form.cleaned_data)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, said)
            return redirect("screens:screen", one.id)
    return _screen_page(request, one, {verb: form})


def _change(one: Screen, person: Person, data: dict[str, Any]) -> str:
    services.change_screen(one.id, by=person, **data)
    return _("电子屏资料已更正。")


def _pair(one: Screen, person: Person, data: dict[str, Any]) -> str:
    services.pair_screen(one.id, code=data["code"], by=person)
    return _("已配对，屏上几秒后开始播放。")


def _unpair(one: Screen, person: Person) -> str:
    services.unpair_screen(one.id, by=person)
    return _("已解除配对，屏上半分钟内改为显示配对码。")


def _remove(one: Screen, person: Person) -> str:
    services.remove_screen(one.id, by=person)
    return _("电子屏“%s”已撤除。") % one.name


_FORMS: dict[str, tuple[type[Form], Callable[[Screen, Person, dict[str, Any]], str]]] = {
    "change": (forms.ScreenForm, _change),
    "pair": (forms.CodeForm, _pair),
}
_PLAIN: dict[str, Callable[[Screen, Person], str]] = {"unpair": _unpair, "remove": _remove}


# Notices and interrupts -----------------------------------------------------------------------------------------------


@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    """Everything that was said on the screens."""
    person = me(request)
    rows = queries.messages(person)
    context = {"tabs": _tabs(person, "messages"), "manages": has_power(person, "screen.manage")}
    return register_page(
        request, registers.message_register(), rows, template="web/screens/messages.html", context=context
    )


@require_GET
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One notice or interrupt, and the button that takes it off."""
    person = me(request)
    one = queries.get_message(message_id, by=person)
    power = "screen.interrupt" if one.kind == feed.ALARM else "screen.manage"
    words = {
        "message": one,
        "state": registers.when(one),
        "screens": [screen.name for screen in one.screens.all()],
        "ends": has_power(person, power) and not one.ended_at and one.ends_at > clock.now(),
    }
    return render(request, "web/screens/message.html", words)


def notice_new(request: HttpRequest) -> HttpResponse:
    """发布屏上通知."""
    person = me(request)
    queries.need(person, "screen.manage")

    def act(data: dict[str, Any]) -> str:
        chosen = [screen.id for screen in data.pop("screens")]
        services.post_notice(by=person, screen_ids=chosen, **data)
        return _("通知已发布，到时自动上屏，到期自动撤下。")

    form = forms.NoticeForm(request.POST or None, by=person)
    return edit_page(request, form, act, title=_("发布屏上通知"), label=_("发布"), back=reverse("screens:messages"))


def interrupt_new(request: HttpRequest) -> HttpResponse:
    """紧急插播."""
    person = me(request)
    queries.need(person, "screen.interrupt")

    def act(data: dict[str, Any]) -> str:
        chosen = [screen.id for screen in data.pop("screens")]
        services.interrupt(by=person, screen_ids=chosen, **data)
        return _("紧急插播已开始，各屏半分钟内切换。")

    form = forms.InterruptForm(request.POST or None, by=person)
    return edit_page(request, form, act, title=_("紧急插播"), label=_("马上插播"), back=reverse("screens:messages"))


@require_POST
def message_end(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """撤下."""
    person = me(request)
    queries.get_message(message_id, by=person)

    def act() -> str:
        services.end_message(message_id, by=person)
        return _("已撤下，各屏半分钟内更新。")

    return do_and_return(request, act, reverse("screens:messages"))


def policy(request: HttpRequest) -> HttpResponse:
    """电子屏时限."""
    person = me(request)
    queries.need(person, "screen.manage")
    row = queries.policy_of(person.mine_id)
    names = ("amber_minutes", "red_minutes", "lost_minutes")
    form = forms.PolicyForm(request.POST or None, initial={name: getattr(row, name) for name in names})

    def act(data: dict[str, Any]) -> str:
        services.set_policy(by=person, **data)
        return _("电子屏时限已保存。")

    return edit_page(request, form, act, title=_("电子屏时限"), label=_("保存"), back=reverse("screens:list"))
