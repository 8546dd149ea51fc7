"""Short ways to a branch with a page, for the tests of this part and of those above."""

from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.garden import services
from kuangdeng.learning.garden.models import GardenNotice
from kuangdeng.org.api import Branch
from kuangdeng.org.testkit import Cast


def branch_of(cast: Cast, unit: str = "mining") -> Branch:
    """The branch of a unit."""
    name = f"{cast.units[unit].name}党支部"
    row, _new = Branch.objects.get_or_create(mine=cast.mine, unit=cast.units[unit], defaults={"name": name})
    return row


def noticed(cast: Cast, title: str = "周五下午集中学习", *, days: int = 7) -> GardenNotice:
    """A notice of the mining unit's branch that stands from today on."""
    day = clock.today()
    return services.post_notice(
        branch_of(cast).id, title=title, text="学习新版作业规程，带笔记本。", first_day=day, last_day=day + timedelta(days=days),
        by=cast.branch_secretary,
    )  # fmt: skip
