"""The moment before each verb of the groups, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.hazards.bulletins.tests.scenarios import published
from kuangdeng.hazards.groups import queries, services
from kuangdeng.hazards.groups.models import Acknowledgement, GroupCase
from kuangdeng.hazards.groups.testkit import branch_of, case_in, fed_in, group_in, words
from kuangdeng.hazards.rules import Status
from kuangdeng.kernel import clock
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def assign_bulletin(cast: Cast) -> Run:
    group_in(cast, whole_mine=True)
    bulletin = published(cast)
    return lambda: services.assign_bulletin(bulletin.id)


def assign_gaps(cast: Cast) -> Run:
    case_in(cast, grouped=False)
    group_in(cast)
    return lambda: services.assign_gaps(mine=cast.mine)


def hand_over(cast: Cast) -> Run:
    case = case_in(cast)
    data = services.GroupData("支护小组", branch_of(cast, "tunnel"), cast.other_head, [], units=[cast.units["tunnel"]])
    other = services.save_group(None, data=data, by=cast.safety)
    return lambda: services.hand_over(case.id, group_id=other.id, reason="支护归掘进一队", by=cast.safety)


def feed_back(cast: Cast) -> Run:
    case = case_in(cast)
    return lambda: services.feed_back(case.id, data=words(cast), by=cast.branch_secretary)


def report_outcome(cast: Cast) -> Run:
    case = case_in(cast, Status.CLOSED)
    return lambda: services.report_outcome(case.id, data=words(cast), by=cast.branch_secretary)


def meeting_of(cast: Cast) -> services.MeetingData:
    """The meeting that would be held now."""
    shifts = queries.meeting_shifts(cast.mine, cast.units["mining_team"], clock.now())
    meant = next(one for one in shifts if one.chosen)
    return services.MeetingData(meant.day, meant.name, 12, [cast.miner], "敲帮问顶")


def hold(cast: Cast) -> Run:
    told = fed_in(cast)
    ids = list(told.acknowledgements.filter(unit=cast.units["mining_team"]).values_list("id", flat=True))
    data = meeting_of(cast)
    return lambda: services.hold(cast.units["mining_team"].id, data=data, acknowledgement_ids=ids, by=cast.team_leader)


def tell_teams(cast: Cast) -> Run:
    fed_in(cast)
    Acknowledgement.objects.update(due_at=clock.now() - timedelta(hours=1))
    late = queries.late_teams(cast.mine, clock.now())
    return lambda: services.tell_teams(late=late[0])


def tell_group(cast: Cast) -> Run:
    case_in(cast)
    GroupCase.objects.update(due_at=clock.now() - timedelta(hours=1))
    late = queries.late_groups(cast.mine, clock.now())
    return lambda: services.tell_group(late=late[0])


def save_group(cast: Cast) -> Run:
    return lambda: group_in(cast)


def end_group(cast: Cast) -> Run:
    group = case_in(cast).group
    assert group is not None
    return lambda: services.end_group(group.id, by=cast.safety)


def save_clocks(cast: Cast) -> Run:
    clocks = {"feedback": ("hours", 12), "acknowledge_major": ("end_of_shift", 0)}
    return lambda: services.save_clocks(clocks=clocks, by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "assign_bulletin": assign_bulletin,
    "assign_gaps": assign_gaps,
    "end_group": end_group,
    "feed_back": feed_back,
    "hand_over": hand_over,
    "hold": hold,
    "report_outcome": report_outcome,
    "save_clocks": save_clocks,
    "save_group": save_group,
    "tell_group": tell_group,
    "tell_teams": tell_teams,
}
