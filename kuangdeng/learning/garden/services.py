"""The verbs of the study garden."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.files import claimed
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need, short
from kuangdeng.learning.garden import rules
from kuangdeng.learning.garden.models import GardenNotice, GardenPage, GardenPick
from kuangdeng.learning.garden.providers import line_of
from kuangdeng.learning.garden.queries import get_branch, keeps
from kuangdeng.ledger.api import Subject, only_told, post
from kuangdeng.org.api import Branch, Person, may


def _branch(branch_id: UUID, by: Person) -> Branch:
    """The branch, whose page `by` keeps. Refused for somebody else's."""
    branch = get_branch(branch_id, by=by)
    if not keeps(by, branch):
        raise Refused(_("学习园地由本支部书记办。"), code="not_allowed")
    list(Branch.objects.select_for_update(no_key=True).filter(id=branch.id).values_list("id"))
    return branch


def _enter(what: str, branch: Branch, by: Person, payload: Mapping[str, object]) -> None:
    post(
        f"garden.{what}", Subject("garden", branch.id, branch.name), mine_id=branch.mine_id, by=by,
        unit=branch.unit, payload=only_told(payload),
    )  # fmt: skip


@verb
def dress(
    branch_id: UUID, *, motto: str = "", banner: str | None = None, keep_banner: bool = True, by: Person
) -> GardenPage:
    """Change the banner and the line of a branch's page (换横幅). Refused for a picture that has not arrived."""
    branch = _branch(branch_id, by)
    words = short(motto, field="motto", most=rules.MOTTO)
    page = one_of(GardenPage.objects.filter(branch=branch)) or GardenPage(branch=branch)
    if banner:
        upload = claimed([banner], owner_id=by.id).get(banner)
        if upload is None:
            raise Refused(_("图片还没有传完。请等图片传完，或者重新选。"), field="banner")
        page.banner_id = upload.file_id
    elif not keep_banner:
        page.banner_id = None
    page.motto, page.by, page.at = words, by, clock.now()
    page.save()
    _enter("dress", branch, by, {"motto": words, "banner": page.banner_id is not None})
    return page


@verb
def post_notice(branch_id: UUID, *, title: str, text: str, first_day: date, last_day: date, by: Person) -> GardenNotice:
    """Put a notice on a branch's page (发园地通知) from one day to another.

    Refused without a title or words, for days in the wrong order or past, and for one that would stand too long.
    """
    branch = _branch(branch_id, by)
    head = need(title, _("请写标题。"), field="title", most=rules.TITLE)
    words = need(text, _("请写通知内容。"), field="text", most=rules.TEXT)
    if last_day < max(first_day, clock.today()) or (last_day - first_day).days > rules.MOST_DAYS:
        raise Refused(_("请检查日期：不能已经过去，最长 %(n)d 天。") % {"n": rules.MOST_DAYS}, field="last_day")
    made = GardenNotice.objects.create(
        mine_id=branch.mine_id, branch=branch, title=head, text=words, first_day=first_day, last_day=last_day, by=by,
        at=clock.now(),
    )  # fmt: skip
    _enter("post_notice", branch, by, {"title": head, "first_day": str(first_day), "last_day": str(last_day)})
    return made


@verb
def take_down(notice_id: UUID, *, why: str, by: Person) -> GardenNotice:
    """Take a notice off a page (撤下通知) with the reason; who wrote it hears it. Refused when it is down already."""
    rows = GardenNotice.objects.select_for_update(of=("self",)).select_related("branch__unit", "by")
    notice = one_of(rows.filter(id=notice_id, mine_id=by.mine_id))
    if notice is None:
        raise NotVisible
    if not (keeps(by, notice.branch) or may(by, "garden.moderate")):
        raise Refused(_("您没有权限撤下这条通知。"), code="not_allowed")
    words = need(why, _("请写明为什么撤下。"), field="why", most=rules.WHY)
    if notice.down_at is not None:
        raise Refused(_("这条通知已经撤下。"), code="again")
    notice.down_at, notice.down_by, notice.down_why = clock.now(), by, words
    notice.save()
    _enter("take_down", notice.branch, by, {"title": notice.title, "why": words, "notice": str(notice.id)})
    return notice


@verb
def pick(branch_id: UUID, *, kind: str, thing_id: UUID, words: str = "", by: Person) -> GardenPick:
    """Pick something out that somebody of the branch did (推荐到园地). Refused for what is not there, and too many."""
    branch = _branch(branch_id, by)
    line = line_of(kind, thing_id)
    if line is None:
        raise Refused(_("这一条已经不在了。请刷新页面。"), code="gone")
    rows = GardenPick.objects.filter(branch=branch)
    if rows.filter(kind=kind, thing_id=thing_id).exists():
        raise Refused(_("这一条已经推荐了。"), code="again")
    if rows.count() >= rules.MOST_PICKS:
        raise Refused(_("最多推荐 %(n)d 条。请先撤下旧的。") % {"n": rules.MOST_PICKS}, code="too_many")
    made = GardenPick.objects.create(
        branch=branch, kind=kind, thing_id=thing_id, words=words.strip()[:200], by=by, at=clock.now()
    )
    _enter("pick", branch, by, {"title": line.title})
    return made


@verb
def unpick(branch_id: UUID, *, pick_id: int, by: Person) -> None:
    """Take something off the picks (撤下推荐): by who keeps the page, or who moderates. Refused when it is gone."""
    branch = get_branch(branch_id, by=by)
    if not (keeps(by, branch) or may(by, "garden.moderate")):
        raise Refused(_("您没有权限撤下这条推荐。"), code="not_allowed")
    found = one_of(GardenPick.objects.select_for_update().filter(id=pick_id, branch=branch))
    if found is None:
        raise Refused(_("这一条已经撤下。"), code="again")
    line = line_of(found.kind, found.thing_id)
    found.delete()
    _enter("unpick", branch, by, {"title": line.title if line else ""})
