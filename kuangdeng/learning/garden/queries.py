"""Reading the gardens: the branches, one page, what a wall shows of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.garden import rules
from kuangdeng.learning.garden.models import GardenNotice, GardenPage, GardenPick
from kuangdeng.learning.garden.providers import Asked, Composed, Line, compose, lines_of
from kuangdeng.org.api import Branch, Person, below, may


@dataclass
class Picked:
    """What was picked out, as it reads now."""

    pick: GardenPick
    line: Line


@dataclass
class Garden:
    """One branch's page."""

    branch: Branch
    page: GardenPage | None
    notices: list[GardenNotice] = field(default_factory=list)
    picks: list[Picked] = field(default_factory=list)
    sections: list[Composed] = field(default_factory=list)


def branches(mine_id: UUID) -> list[Branch]:
    """The branches of the mine whose units are still there, each with its banner."""
    rows = Branch.objects.filter(mine_id=mine_id, unit__closed_on=None)
    return list(rows.select_related("unit", "garden").order_by("unit__position", "name"))


def get_branch(branch_id: UUID, *, by: Person) -> Branch:
    """One branch of the mine. NotVisible when there is none."""
    found = one_of(Branch.objects.select_related("unit__mine").filter(id=branch_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def keeps(by: Person, branch: Branch) -> bool:
    """Whether this person keeps the page of this branch."""
    return may(by, "garden.keep", branch.unit)


def notices_now(branch_id: UUID, today: date) -> list[GardenNotice]:
    """The notices that stand on a page today, the newest first."""
    rows = GardenNotice.objects.filter(branch_id=branch_id, down_at=None, first_day__lte=today, last_day__gte=today)
    return list(rows.select_related("by"))


def notices_of(branch: Branch) -> list[GardenNotice]:
    """All notices of a branch, for who keeps or moderates it."""
    return list(GardenNotice.objects.filter(branch=branch).select_related("by", "down_by")[:50])


def get_notice(notice_id: UUID, *, by: Person) -> GardenNotice:
    """One notice. NotVisible for who neither keeps the page nor moderates."""
    rows = GardenNotice.objects.select_related("branch__unit", "by")
    found = one_of(rows.filter(id=notice_id, mine_id=by.mine_id))
    if found is None or not (keeps(by, found.branch) or may(by, "garden.moderate")):
        raise NotVisible
    return found


def picks_of(branch: Branch) -> list[Picked]:
    """What is picked out and still there; what was hidden since is passed over."""
    picks = list(GardenPick.objects.filter(branch=branch)[: rules.MOST_PICKS])
    kinds = dict.fromkeys(one.kind for one in picks)
    read = {kind: lines_of(kind, [one.thing_id for one in picks if one.kind == kind]) for kind in kinds}
    return [Picked(one, read[one.kind][one.thing_id]) for one in picks if one.thing_id in read[one.kind]]


def garden_of(branch: Branch, day: date | None = None) -> Garden:
    """The page of a branch, with what its people did in the month of `day`."""
    first, last = rules.month_of(day or clock.today())
    asked = Asked(branch, units_of(branch), first, last)
    return Garden(branch, page_of(branch), notices_now(branch.id, clock.today()), picks_of(branch), compose(asked))


def page_of(branch: Branch) -> GardenPage | None:
    """The banner and the line of a branch's page, once it has any."""
    return one_of(GardenPage.objects.filter(branch=branch))


def units_of(branch: Branch) -> Sequence[UUID]:
    """The units whose people belong to a branch."""
    return below([branch.unit_id])


def files_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files is a banner; the sweeper keeps them."""
    return set(GardenPage.objects.filter(banner_id__in=list(names)).values_list("banner_id", flat=True))


def get_banner(branch_id: UUID, sha256: str, *, by: Person) -> str:
    """The banner of a branch of the mine. NotVisible otherwise."""
    found = one_of(GardenPage.objects.filter(branch_id=branch_id, branch__mine_id=by.mine_id, banner_id=sha256))
    if found is None or found.banner_id is None:
        raise NotVisible
    return str(found.banner_id)
