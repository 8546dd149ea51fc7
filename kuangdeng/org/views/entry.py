"""In and out: sign in, sign out, change the person on a shared device, choose a password of one's own."""

from typing import Any

from axes.helpers import get_client_ip_address
from django.contrib import messages
from django.contrib.auth import authenticate, login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import put_refusal
from kuangdeng.org import services, sign_in
from kuangdeng.org.forms import ChangePasswordForm, SignInForm
from kuangdeng.org.models import Mine, Person
from kuangdeng.org.queries import people as queries

DEVICE_COOKIE = "kuangdeng_device"
MINE_COOKIE = "kuangdeng_mine"
DEVICE_AGE = 60 * 60 * 24 * 90
DEVICE_PEOPLE = 8


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def enter(request: HttpRequest) -> HttpResponse:
    """登录: employee number and password; `who` names one of the recent people of a shared device instead."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_onward(request))
    mines = queries.mines()
    known = _chosen(request)
    form = SignInForm(
        request.POST or None,
        mines=mines,
        known=known,
        initial={"mine": request.COOKIES.get(MINE_COOKIE), "shared": "shared" in request.GET},
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            mine = known.mine if known else form.cleaned_data.get("mine") or mines.first()
            if mine is not None:
                answer = _try(request, form, mine, known)
                if answer is not None:
                    return answer
                status = getattr(form, "status", 422)
            else:
                form.add_error(None, _("系统里还没有矿。请先按说明建矿。"))
    context = {"form": form, "known": known, "next": _onward(request), "device": _device(request), "who": _who(request)}
    return render(request, "org/sign_in.html", context, status=status)


def _try(request: HttpRequest, form: SignInForm, mine: Mine, known: Person | None) -> HttpResponse | None:
    """Sign in, or put what is wrong into the form."""
    name = sign_in.login_name(mine, known.number if known else form.cleaned_data["number"])
    try:
        person: Any = authenticate(request, username=name, password=form.cleaned_data["password"])
    except Refused as refusal:
        put_refusal(form, refusal)
        form.status = 503 if refusal.code == "busy" else 422  # type: ignore[attr-defined]
        return None
    if person is not None:
        return _let_in(request, person, shared=bool(known) or form.cleaned_data.get("shared", False))
    if getattr(request, "axes_locked_out", False):
        minutes = sign_in.minutes_locked(name, get_client_ip_address(request))
        form.add_error(
            None,
            _(
                "密码错了太多次，这个工号在这台设备上暂停登录 %(n)d 分钟。别人不受影响。忘了密码请找班组长、区队长或系统管理员重置。"
            )
            % {"n": minutes},
        )
        form.status = 429  # type: ignore[attr-defined]
        return None
    form.add_error(None, _("工号或密码不对。请检查后重新输入；忘了密码请找班组长、区队长或系统管理员重置。"))
    return None


def locked_out(request: HttpRequest, response: HttpResponse | None = None, credentials: object = None) -> HttpResponse:
    """What axes answers for a locked person: our own page, which says for how long."""
    return response or HttpResponse(status=429)


def _let_in(request: HttpRequest, person: Person, *, shared: bool) -> HttpResponse:
    onward = _onward(request)
    request.session.flush()
    login(request, person, backend="kuangdeng.org.sign_in.NumberBackend")
    if shared:
        request.session["shared"] = True
        request.session.set_expiry(0)
    request.session.save()
    sign_in.remember(
        person,
        session_key=request.session.session_key or "",
        agent=request.headers.get("User-Agent", ""),
        address=get_client_ip_address(request) or "",
        shared=shared,
    )
    response = HttpResponseRedirect(reverse("org:change_password") if person.must_change_password else onward)
    response.set_cookie(
        MINE_COOKIE, person.mine.code, max_age=DEVICE_AGE, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    if shared:
        _keep_device(request, response, [str(person.id), *(key for key in _device(request) if key != str(person.id))])
    return response


def _onward(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"


@require_POST
@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """退出: the session ends; on a shared device the next person can sign in at once."""
    shared = _end(request)
    response = redirect("org:switch_user" if shared else "org:sign_in")
    response["Clear-Site-Data"] = '"cache"'
    return response


def _end(request: HttpRequest) -> bool:
    """End the session, nothing of it remains; whether the device is shared."""
    shared = bool(request.session.get("shared"))
    sign_in.leave(request)
    return shared


@login_not_required
@never_cache
def switch(request: HttpRequest) -> HttpResponse:
    """换人登录: the recent people of this shared device by name; each asks for the password.

    POST ends the present session first, or takes a name off the list (`forget`).
    """
    if request.method == "POST":
        if "forget" in request.POST:
            response = redirect("org:switch_user")
            _keep_device(request, response, [key for key in _device(request) if _token(key) != request.POST["forget"]])
            return response
        _end(request)
        response = redirect("org:switch_user")
        response["Clear-Site-Data"] = '"cache"'
        return response
    people = _device_people(request)
    if not people and not request.user.is_authenticated:
        return redirect(f"{reverse('org:sign_in')}?{urlencode({'shared': 1})}")
    return render(request, "org/switch_user.html", {"people": people})


# The device: a signed list of who used it, no more than their ids


def _token(person_id: str) -> str:
    """How the page names a person of this device; another device can't use it."""
    return signing.Signer(salt="device").signature(person_id)[:12]


def _device(request: HttpRequest) -> list[str]:
    try:
        kept = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt="device", max_age=DEVICE_AGE)
    except signing.BadSignature:
        return []
    return [str(key) for key in kept][:DEVICE_PEOPLE]


def _keep_device(request: HttpRequest, response: HttpResponse, people: list[str]) -> None:
    value = signing.dumps(people[:DEVICE_PEOPLE], salt="device")
    response.set_cookie(
        DEVICE_COOKIE, value, max_age=DEVICE_AGE, httponly=True, samesite="Lax", secure=request.is_secure()
    )


def _device_people(request: HttpRequest) -> list[dict[str, object]]:
    ids = _device(request)
    people = queries.of_device(ids) if ids else []
    return [{"token": _token(str(person.id)), "person": person} for person in people]


def _who(request: HttpRequest) -> str:
    return request.POST.get("who") or request.GET.get("who") or ""


def _chosen(request: HttpRequest) -> Person | None:
    """The person of this device's list whom `who` names."""
    who = _who(request)
    if not who:
        return None
    ids = [key for key in _device(request) if _token(key) == who]
    found = queries.of_device(ids) if ids else []
    return found[0] if found else None


# A password of one's own


@never_cache
@sensitive_post_parameters("old", "new", "again")
def change_password(request: HttpRequest) -> HttpResponse:
    """修改密码: obligatory at the first sign-in; all other sessions of this person end."""
    person: Any = request.user
    form = ChangePasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            with sign_in.turn():
                changed = services.change_password(
                    old=form.cleaned_data["old"], new=form.cleaned_data["new"], by=person
                )
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            update_session_auth_hash(request, changed)
            sign_in.keep_only(changed, request.session.session_key or "")
            messages.success(request, _("密码已修改。其他设备上的登录都已结束。"))
            return redirect("/" if person.must_change_password else "org:me")
    status = 422 if form.errors else 200
    return render(
        request, "org/change_password.html", {"form": form, "first": person.must_change_password}, status=status
    )
