"""Short ways to a case, a feedback and an acknowledgement, through the real verbs."""

from datetime import timedelta

from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.bulletins.services import compile_day, publish
from kuangdeng.hazards.groups import services
from kuangdeng.hazards.groups.models import Feedback, GroupCase, RectificationGroup
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in, tables
from kuangdeng.kernel import clock
from kuangdeng.org.api import Branch
from kuangdeng.org.testkit import Cast

FOUND, DONE, WATCH = "三根单体柱密封圈老化", "已全部更换，逐根测了初撑力", "上班先看压力表，低于 90 kN 的不许作业"


def branch_of(cast: Cast, unit: str = "mining") -> Branch:
    """The branch of a unit."""
    made, _new = Branch.objects.get_or_create(
        mine=cast.mine, unit=cast.units[unit], defaults={"name": f"{cast.units[unit].name}党支部"}
    )
    return made


def group_in(cast: Cast, name: str = "顶板整治落实小组", *, whole_mine: bool = False) -> RectificationGroup:
    """A group of the mining branch for the roof; its secretary leads it."""
    specialty = tables(cast)[1]
    data = services.GroupData(
        name, branch_of(cast), cast.branch_secretary, [cast.unit_head], specialties=() if whole_mine else (specialty,),
        whole_mine=whole_mine,
    )  # fmt: skip
    return services.save_group(None, data=data, by=cast.safety)


def case_in(cast: Cast, status: Status = Status.RECTIFYING, *, grouped: bool = True) -> GroupCase:
    """A published hazard in the hands of the roof group, or of nobody."""
    if grouped and not RectificationGroup.objects.filter(mine=cast.mine).exists():
        group_in(cast)
    hazard: Hazard = hazard_in(status, cast)
    at = clock.now() + timedelta(seconds=1)
    bulletin = compile_day(mine=cast.mine, owed=Owed(clock.local(at).date(), at))
    publish(bulletin.id, by=cast.safety)
    services.assign_bulletin(bulletin.id)
    return GroupCase.objects.get(hazard=hazard)


def words(cast: Cast, *units: str) -> services.FeedbackData:
    """What the group says, to these units."""
    return services.FeedbackData(FOUND, DONE, WATCH, [cast.units[one] for one in units or ("mining", "tunnel")])


def fed_in(cast: Cast, *units: str) -> Feedback:
    """A feedback that waits to be acknowledged."""
    return services.feed_back(case_in(cast).id, data=words(cast, *units), by=cast.branch_secretary)
