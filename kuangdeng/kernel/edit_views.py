"""The small pages around one verb: a form that asks what it needs, a button that just does it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.web import put_refusal

Said = str | None


def next_of(request: HttpRequest, otherwise: str) -> str:
    """Where the person came from, when it is a page of ours; else `otherwise`."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return otherwise


def edit_page(
    request: HttpRequest,
    form: BaseForm,
    act: Callable[[dict[str, Any]], Said],
    *,
    title: str,
    label: str,
    back: str,
    template: str = "kernel/edit.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Ask, do, go back: the form again with what is wrong, or `back` with what `act` says.

    `act` gets the cleaned answers; its refusal stands beside the field that it names.
    """
    if request.method == "POST" and form.is_valid():
        try:
            said = act(form.cleaned_data)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            if said:
                messages.success(request, said)
            return redirect(next_of(request, back))
    words = {"form": form, "page_title": title, "label": label, "back": back, **(context or {})}
    return render(request, template, words, status=422 if form.is_bound else 200)


def do_and_return(request: HttpRequest, act: Callable[[], Said], back: str) -> HttpResponseRedirect:
    """A button that needs no form: do it, then back with what came of it, the refusal included."""
    try:
        said = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if said:
            messages.success(request, said)
    return HttpResponseRedirect(next_of(request, back))
