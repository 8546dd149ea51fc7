"""Pages of the daily bulletin: the archive, one bulletin, its paper, its policy, and the open page of the office network."""

from datetime import date
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.hazards.bulletins import paper, queries, registers, rules, services
from kuangdeng.hazards.bulletins.forms import CheckForm, CorrectForm, PolicyForm
from kuangdeng.hazards.groups.queries import standing
from kuangdeng.hazards.views.paper import answer
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.middleware import client_address
from kuangdeng.kernel.views import register_page
from kuangdeng.org.api import Person, documents, has_power, me, need_power, the_mine

FIGURES = (
    ("accident", gettext_lazy("事故")),
    ("near_miss", gettext_lazy("未遂")),
    ("new", gettext_lazy("新上报")),
    ("closed", gettext_lazy("已销号")),
    ("overdue", gettext_lazy("超期未整改")),
    ("major", gettext_lazy("重大隐患")),
    ("supervised", gettext_lazy("挂牌督办")),
    ("question", gettext_lazy("等答复的追问")),
    ("open", gettext_lazy("未办结")),
)
ICONS = {"check": "check", "publish": "report", "recompile": "back", "correct": "edit"}


@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    """每日公布: all issues, searched by their lines."""
    person = me(request)
    makes = has_power(person, "bulletin.compile")
    words = {
        "can_set": has_power(person, "bulletin.policy"),
        "can_compile": makes and queries.today_owed(person.mine) is not None,
    }
    return register_page(
        request, registers.archive(person), queries.visible(person), template="hazards/bulletins.html", context=words
    )


@require_GET
def newest(request: HttpRequest) -> HttpResponse:
    """The latest issue."""
    found = queries.latest(me(request).mine_id)
    return redirect("hazards:bulletin", found.id) if found else redirect("hazards:bulletins")


@require_GET
def bulletin(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """One issue with its figures, its lines and its corrections."""
    by = me(request)
    found = queries.get_bulletin(bulletin_id, by=by)
    shown = queries.page_of(found, by=by, unfold=_unfolded(request))
    words = {**_words(shown), "forms": _forms(shown, by), "links": True, "state_chip": registers.state_chip(found)}
    words["can_ask"] = has_power(by, "question.ask")
    lines = (item.subject_id for section in shown.sections for item in section.items)
    words["standing"] = standing(lines) if found.published_at else {}
    return render(request, "hazards/bulletin.html", words)


def _unfolded(request: HttpRequest) -> str:
    """The part that is to be shown whole; nothing for what is none."""
    asked = request.GET.get("all", "")
    return asked if asked in set(rules.Part) else ""


def _words(shown: queries.Page) -> dict[str, Any]:
    """What page, paper and open page show alike."""
    trend = shown.trend
    return {
        "shown": shown,
        "bulletin": shown.bulletin,
        "figures": [(label, trend[name]) for name, label in FIGURES if name in trend],
        "balance": shown.bulletin.balance,
        "units": shown.bulletin.figures.get("units", []),
        "specialties": shown.bulletin.figures.get("specialties", []),
        "grades": shown.bulletin.figures.get("grades", []),
    }


def _forms(shown: queries.Page, by: Person) -> list[dict[str, Any]]:
    """The next steps as buttons; those that ask for words open a dialog."""
    asking = {"check": CheckForm, "correct": CorrectForm}
    labels = rules.VERB_LABELS
    return [
        {
            "verb": verb,
            "label": labels[verb],
            "icon": ICONS.get(verb, ""),
            "primary": verb == "publish",
            "form": asking[verb](by=by, auto_id=f"{verb}_%s") if verb in asking else None,
            "confirm": _("发布以后内容不能再改，只能更正。确认发布？") if verb == "publish" else "",
            "url": reverse("hazards:bulletin_verb", args=[shown.bulletin.id, verb]),
        }
        for verb in shown.verbs
    ]


@require_POST
def do(request: HttpRequest, bulletin_id: UUID, verb: str) -> HttpResponse:
    """核对、发布、重新编制、更正."""
    by = me(request)
    found = queries.get_bulletin(bulletin_id, by=by)
    back = reverse("hazards:bulletin", args=[found.id])
    if verb not in ("check", "publish", "recompile", "correct"):
        raise NotVisible

    def act() -> str:
        if verb == "check":
            services.check(found.id, note=request.POST.get("note", "")[:500], by=by)
            return _("已核对，可以发布了。")
        if verb == "publish":
            return _("%s已发布。") % services.publish(found.id, by=by).title
        if verb == "recompile":
            services.recompile(found.id, by=by)
            return _("已重新编制，请再核对。")
        made = services.correct(found.id, text=request.POST.get("text", "")[:2000], by=by)
        return _("第 %d 号更正已发布。") % made.number

    return do_and_return(request, act, back)


@require_POST
def compile_now(request: HttpRequest) -> HttpResponse:
    """Compile today's issue without waiting for its hour."""
    by = me(request)
    need_power(by, "bulletin.compile")
    owed = queries.today_owed(by.mine)
    if owed is None:
        return do_and_return(request, lambda: _("今天的公布已经编制过了。"), reverse("hazards:bulletins"))
    return do_and_return(
        request,
        lambda: _("%s已编制，请核对。") % services.compile_day(mine=by.mine, owed=owed, by=by).title,
        reverse("hazards:bulletins"),
    )


@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest) -> HttpResponse:
    """每日公布设置: its hours, who may read it without signing in, whether persons are named."""
    by = me(request)
    need_power(by, "bulletin.policy")
    kept = queries.policy_of(by.mine_id)
    names = ("hour", "cut_off", "open_reading", "ranges", "show_persons")
    form = PolicyForm(request.POST or None, by=by, initial={name: getattr(kept, name) for name in names})

    def act(data: dict[str, Any]) -> str:
        services.save_policy(data=services.PolicyData(**data), by=by)
        return _("已保存，从下一期起用。")

    return edit_page(
        request, form, act, title=_("每日公布设置"), label=_("保存设置"), back=reverse("hazards:bulletins")
    )


@require_GET
def sheet(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """The issue on A4, to be pinned up."""
    found = queries.get_bulletin(bulletin_id, by=me(request))
    return answer(
        request, "hazards/print_bulletin.html", _words(queries.page_of(found)), f"{_('每日公布')}-{found.day}"
    )


@require_GET
def notice(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    """The issue as a Word paper by the mine's template; one that cannot be filled is told on the issue's page."""
    found = queries.get_bulletin(bulletin_id, by=me(request))
    try:
        made = paper.notice(queries.page_of(found))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("hazards:bulletin", found.id)
    response = HttpResponse(made.content, content_type=documents.DOCX)
    name = f"{_('每日公布通报')}-{found.day}.docx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "no-store"
    return response


@login_not_required
@never_cache
@require_GET
def daily(request: HttpRequest, day: str = "") -> HttpResponse:
    """The published bulletin for the office network. Who may not read it openly signs in first."""
    person = request.user if request.user.is_authenticated else None
    mine = person.mine if isinstance(person, Person) else the_mine(request.GET.get("mine", ""))
    if person is None and (mine is None or not queries.open_to(client_address(request), mine.id)):
        return redirect(f"{resolve_url('org:sign_in')}?next={request.path}")
    assert mine is not None
    found = queries.latest(mine.id, _day(day) if day else None)
    if found is None and day:
        raise NotVisible
    words = {"mine": mine, **(_words(queries.page_of(found, unfold=_unfolded(request))) if found else {})}
    response = render(request, "hazards/daily.html", words)
    patch_vary_headers(response, ("Cookie",))
    return response


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotVisible from None
