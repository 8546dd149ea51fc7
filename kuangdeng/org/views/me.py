"""我的: my facts, my devices, my tokens, my password."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from kuangdeng.kernel.errors import Refused
from kuangdeng.org import services
from kuangdeng.org.forms import ContactForm, TokenForm
from kuangdeng.org.queries import people as queries
from kuangdeng.org.views._common import carried_out, viewer_of


def me(request: HttpRequest) -> HttpResponse:
    """My account: what the mine knows of me, and what I may change of it."""
    return _page(request)


def _page(request: HttpRequest, **bound: object) -> HttpResponse:
    viewer = viewer_of(request)
    forms = {"contact_form": ContactForm(initial={"phone": viewer.phone, "email": viewer.email}, prefix="c"), **bound}
    context = {
        "person": viewer,
        "memberships": queries.memberships_of(viewer),
        "grants": queries.held_now([viewer.id]).get(viewer.id, []),
        "session_count": len(queries.sessions_of(viewer)),
        "token_count": len(queries.tokens_of(viewer)),
        **forms,
    }
    return render(request, "org/me.html", context, status=422 if bound else 200)


@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Correct my phone and mail."""
    viewer = viewer_of(request)
    form = ContactForm(request.POST, prefix="c")

    def act(data: dict[str, object]) -> str:
        services.change_person(viewer.id, changes=data, by=viewer)
        return _("联系方式已更正。")

    return redirect("org:me") if carried_out(request, form, act) else _page(request, contact_form=form)


@never_cache
def sessions(request: HttpRequest) -> HttpResponse:
    """登录设备: where I am signed in; one or all others can be ended."""
    viewer = viewer_of(request)
    here = request.session.session_key or ""
    if request.method == "POST":
        try:
            ended = services.end_sessions(viewer.id, by=viewer, only=request.POST.get("only", ""), keep_key=here)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("已结束 %(n)d 个登录。") % {"n": ended})
        return redirect("org:sessions")
    rows = [
        {"sign_in": one, "handle": queries.handle(one.session_key), "here": one.session_key == here}
        for one in queries.sessions_of(viewer)
    ]
    return render(request, "org/sessions.html", {"rows": rows, "others": sum(not row["here"] for row in rows)})


@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """访问令牌: programs that act as me. A new token is shown once, on this answer."""
    viewer = viewer_of(request)
    form = TokenForm(request.POST or None)
    secret = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, secret = services.create_token(
                name=form.cleaned_data["name"], expires_on=form.cleaned_data["expires_on"], by=viewer
            )
            form = TokenForm()
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    context = {"form": form, "secret": secret, "rows": queries.tokens_of(viewer)}
    return render(request, "org/tokens.html", context, status=422 if form.errors else 200)


@require_POST
def token_revoke(request: HttpRequest, token_id: object) -> HttpResponse:
    """Stop one of my tokens."""
    services.revoke_token(token_id, by=viewer_of(request))  # type: ignore[arg-type]
    messages.success(request, _("令牌已停用。"))
    return redirect("org:tokens")
