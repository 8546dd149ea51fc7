"""Pages of the study garden: the branches, one branch's page, what its secretary keeps."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kuangdeng.kernel import clock
from kuangdeng.kernel.edit_views import do_and_return, edit_page
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.web import photo_answer
from kuangdeng.learning.garden import forms, queries, rules, services
from kuangdeng.learning.garden.providers import line_of
from kuangdeng.org.api import Branch, Person, may, me

HERE = "learning/garden"


def _kept(request: HttpRequest, branch_id: UUID) -> tuple[Branch, Person]:
    """A branch whose page this person keeps. NotVisible otherwise."""
    by = me(request)
    branch = queries.get_branch(branch_id, by=by)
    if not queries.keeps(by, branch):
        raise NotVisible
    return branch, by


@require_GET
def gardens(request: HttpRequest) -> HttpResponse:
    """学习园地: every branch of the mine, one's own first."""
    by = me(request)
    rows = queries.branches(by.mine_id)
    line = {by.unit_id, *(by.unit.ancestors if by.unit else [])}
    words = {"branches": sorted(rows, key=lambda one: one.unit_id not in line), "own": line}
    return render(request, f"{HERE}/gardens.html", words)


@require_GET
def garden(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """One branch's page: what its people did this month, its notices, what its secretary picked out."""
    by = me(request)
    branch = queries.get_branch(branch_id, by=by)
    found = queries.garden_of(branch)
    moderates = may(by, "garden.moderate")
    keeps = queries.keeps(by, branch)
    picked = {(one.pick.kind, one.pick.thing_id) for one in found.picks}
    words = {
        "garden": found, "branch": branch, "keeps": keeps, "moderates": moderates or keeps, "month": clock.today(),
        "picked_ids": {thing_id for _kind, thing_id in picked},
        "sections": [
            {"one": one, "figures": [{"label": label, "value": value} for label, value in one.section.figures]}
            for one in found.sections
        ],
    }  # fmt: skip
    return render(request, f"{HERE}/garden.html", words)


@require_GET
def wall(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """One branch's page for a screen in its room: banner, notices, picks, what was done; nobody's name is on it."""
    branch = queries.get_branch(branch_id, by=me(request))
    return render(request, f"{HERE}/wall.html", {"garden": queries.garden_of(branch), "branch": branch})


@require_http_methods(["GET", "POST"])
def dress(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """换横幅."""
    branch, by = _kept(request, branch_id)
    page = queries.page_of(branch)
    form = forms.DressForm(request.POST or None, initial={"motto": page.motto if page else ""})

    def act(data: dict[str, Any]) -> str:
        banner = data["banner"][0] if data["banner"] else None
        services.dress(branch.id, motto=data["motto"], banner=banner, keep_banner=not data["clear"], by=by)
        return _("已换好。")

    back = reverse("learning:garden", args=[branch.id])
    return edit_page(request, form, act, title=_("换横幅"), label=_("保存横幅"), back=back)


@require_http_methods(["GET", "POST"])
def notice_new(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """发园地通知."""
    branch, by = _kept(request, branch_id)
    today = clock.today()
    form = forms.NoticeForm(request.POST or None, initial={"first_day": today, "last_day": today + timedelta(days=14)})

    def act(data: dict[str, Any]) -> str:
        services.post_notice(branch.id, **data, by=by)
        return _("已发布。")

    back = reverse("learning:garden", args=[branch.id])
    return edit_page(request, form, act, title=_("发园地通知"), label=_("发布通知"), back=back)


@require_GET
def notices(request: HttpRequest, branch_id: UUID) -> HttpResponse:
    """All notices of a branch, also those of the past and those taken down."""
    by = me(request)
    branch = queries.get_branch(branch_id, by=by)
    if not (queries.keeps(by, branch) or may(by, "garden.moderate")):
        raise NotVisible
    today = clock.today()
    lines = [
        {"notice": one, "runs": rules.runs(one.first_day, one.last_day, today)} for one in queries.notices_of(branch)
    ]
    return render(request, f"{HERE}/notices.html", {"branch": branch, "lines": lines, "today": today})


@require_http_methods(["GET", "POST"])
def notice_down(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """撤下通知."""
    by = me(request)
    notice = queries.get_notice(notice_id, by=by)
    form = forms.DownForm(request.POST or None)

    def act(data: dict[str, Any]) -> str:
        services.take_down(notice.id, why=data["why"], by=by)
        return _("已撤下。")

    back = reverse("learning:garden", args=[notice.branch_id])
    return edit_page(request, form, act, title=_("撤下「%s」") % notice.title, label=_("撤下"), back=back)


@require_http_methods(["GET", "POST"])
def pick(request: HttpRequest, branch_id: UUID, kind: str, thing_id: UUID) -> HttpResponse:
    """推荐到园地."""
    branch, by = _kept(request, branch_id)
    line = line_of(kind, thing_id)
    if line is None:
        raise NotVisible
    form = forms.PickForm(request.POST or None)
    if request.method == "POST":
        form.is_bound = True

    def act(data: dict[str, Any]) -> str:
        services.pick(branch.id, kind=kind, thing_id=thing_id, words=data["words"], by=by)
        return _("已推荐。")

    back = reverse("learning:garden", args=[branch.id])
    return edit_page(
        request,
        form,
        act,
        title=_("推荐到园地"),
        label=_("推荐"),
        back=back,
        context={"note": f"{line.title} {line.text[:80]}"},
    )


@require_POST
def unpick(request: HttpRequest, branch_id: UUID, pick_id: int) -> HttpResponse:
    """撤下推荐."""
    by = me(request)

    def act() -> str:
        services.unpick(branch_id, pick_id=pick_id, by=by)
        return _("已撤下。")

    return do_and_return(request, act, reverse("learning:garden", args=[branch_id]))


def banner(request: HttpRequest, branch_id: UUID, sha256: str) -> FileResponse:
    """The banner of a branch."""
    name = queries.get_banner(branch_id, sha256, by=me(request))
    return photo_answer(name, thumb=request.GET.get("size") == "thumb")
