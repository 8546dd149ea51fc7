"""Short ways to campaigns in each state, for the tests of this part and of those above."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import date, timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.campaigns import services
from kuangdeng.learning.campaigns.models import Campaign
from kuangdeng.learning.campaigns.rules import CampaignData, DayPlan, Status
from kuangdeng.learning.study.api import Chosen
from kuangdeng.org.testkit import Cast

NOTE = "记住了先探后掘。"
LONG = "补看了第三章，把本面探放水钻孔的封孔要求抄了一遍，明天班前会讲。"
PARTS = ("miner", "team_leader", "branch_secretary", "mine_leader", "other_miner")


def topics(days: int, rest: Iterable[int] = ()) -> list[DayPlan]:
    """A plan for so many days; these of rest."""
    return [
        DayPlan(number, "" if number in rest else f"防治水第{number}讲", "", number in rest)
        for number in range(1, days + 1)
    ]


def campaign_in(
    status: str, cast: Cast, *, days: int = 5, starts_on: date | None = None, parts: Iterable[str] = PARTS,
    title: str = "百日集中学习活动",
) -> Campaign:  # fmt: skip
    """A campaign of the whole mine in this state; summed up means that its days have passed."""
    begins = starts_on or clock.today()
    by = cast.political_work
    campaign = services.set_up(data=CampaignData(title, begins, days), by=by)
    if status == Status.DRAFT:
        return campaign
    services.plan_days(campaign.id, days=topics(days), by=by)
    services.choose(campaign.id, chosen=Chosen(persons=tuple(cast.persons[one].id for one in parts)), by=by)
    services.start(campaign.id, by=by)
    if status == Status.CANCELLED:
        services.cancel(campaign.id, reason="与春节放假冲突", by=by)
    if status == Status.SUMMED_UP:
        with on_day(begins, days):
            services.sum_up(campaign.id, summary="全矿参加，按计划学完。", lessons="夜班补学偏晚。", by=by)
    return Campaign.objects.get(id=campaign.id)


def on_day(starts_on: date, number: int, hour: int = 10) -> AbstractContextManager[None]:
    """The clock on a day of a campaign."""
    morning = clock.local().replace(hour=hour, minute=0)
    return clock.set_to(morning + timedelta(days=(starts_on - morning.date()).days + number - 1))
