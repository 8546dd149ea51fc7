"""The moment before each verb of campaigns, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.learning.campaigns import services
from kuangdeng.learning.campaigns.rules import CampaignData, DayPlan, Status
from kuangdeng.learning.campaigns.testkit import NOTE, campaign_in, on_day, topics
from kuangdeng.learning.study.api import Chosen
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def set_up(cast: Cast) -> Run:
    data = CampaignData("百日集中学习活动", clock.today() + timedelta(days=3))
    return lambda: services.set_up(data=data, by=cast.political_work)


def change(cast: Cast) -> Run:
    campaign = campaign_in(Status.DRAFT, cast)
    data = CampaignData("百日安全学习", clock.today() + timedelta(days=3), 60)
    return lambda: services.change(campaign.id, data=data, by=cast.political_work)


def plan_days(cast: Cast) -> Run:
    campaign = campaign_in(Status.DRAFT, cast)
    return lambda: services.plan_days(campaign.id, days=topics(5), by=cast.political_work)


def set_day(cast: Cast) -> Run:
    campaign = campaign_in(Status.DRAFT, cast)
    day = DayPlan(2, "顶板管理", "看讲稿第二节")
    return lambda: services.set_day(campaign.id, day=day, by=cast.political_work)


def choose(cast: Cast) -> Run:
    campaign = campaign_in(Status.DRAFT, cast)
    chosen = Chosen(units=(cast.units["mining"].id,))
    return lambda: services.choose(campaign.id, chosen=chosen, by=cast.political_work)


def start(cast: Cast) -> Run:
    campaign = campaign_in(Status.DRAFT, cast)
    services.plan_days(campaign.id, days=topics(5), by=cast.political_work)
    services.choose(campaign.id, chosen=Chosen(persons=(cast.miner.id,)), by=cast.political_work)
    return lambda: services.start(campaign.id, by=cast.political_work)


def cancel(cast: Cast) -> Run:
    campaign = campaign_in(Status.RUNNING, cast)
    return lambda: services.cancel(campaign.id, reason="与春节放假冲突", by=cast.political_work)


def do_day(cast: Cast) -> Run:
    campaign = campaign_in(Status.RUNNING, cast)
    return lambda: services.do_day(campaign.id, number=1, note=NOTE, by=cast.miner)


def sum_up(cast: Cast) -> Run:
    campaign = campaign_in(Status.RUNNING, cast)

    def run() -> object:
        with on_day(campaign.starts_on, campaign.days):
            return services.sum_up(campaign.id, summary="按计划学完。", lessons="", by=cast.political_work)

    return run


def remind(cast: Cast) -> Run:
    campaign = campaign_in(Status.RUNNING, cast)
    return lambda: services.remind(campaign.id, number=1)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "cancel": cancel,
    "change": change,
    "choose": choose,
    "do_day": do_day,
    "plan_days": plan_days,
    "remind": remind,
    "set_day": set_day,
    "set_up": set_up,
    "start": start,
    "sum_up": sum_up,
}
