"""百日墙 on the wall screens: numbers of branches, and nobody's name, nor a line that stands for one person."""

from datetime import timedelta

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.campaigns import services
from kuangdeng.learning.campaigns.rules import CampaignData
from kuangdeng.learning.campaigns.testkit import LONG, NOTE, campaign_in, on_day, topics
from kuangdeng.learning.garden.testkit import branch_of
from kuangdeng.learning.study.api import Chosen
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.screens.boards import Request, campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_branches_in_numbers_one_person_alone_is_not_shown_for_himself(cast: Cast) -> None:
    assert campaign(Request(cast.mine.id, clock.now(), {})) is None
    branch_of(cast)
    branch_of(cast, "tunnel")
    one = campaign_in("running", cast, parts=("miner", "team_leader", "other_miner"))
    services.do_day(one.id, number=1, note=NOTE, by=cast.miner)
    services.do_day(one.id, number=1, note=NOTE, by=cast.other_miner)
    with on_day(one.starts_on, 2):
        services.do_day(one.id, number=1, note=LONG, by=cast.team_leader)
        face = campaign(Request(cast.mine.id, clock.now(), {}))
    assert face is not None and face.title == "第 2 天：百日集中学习活动"
    assert [(one.label, one.value) for one in face.figures] == [
        ("完成", "50%"),
        ("今天打卡（人）", "0/3"),
        ("补学（人次）", "1"),
    ]
    assert [(row.lead, row.end, row.tone) for row in face.rows] == [
        ("综采一队党支部", "50%（2/4）", ""), ("只有一人参加的单位", "50%（1/2）", ""),
    ]  # fmt: skip
    for person in cast.persons.values():
        assert person.name not in str(face)


def test_what_is_prepared_over_or_a_units_own_is_on_no_wall(cast: Cast) -> None:
    at = clock.now()
    campaign_in("draft", cast)
    campaign_in("cancelled", cast)
    campaign_in("running", cast, starts_on=clock.today() + timedelta(days=3))
    data = CampaignData("支部自己的学习", clock.today(), 5, unit_id=cast.units["mining"].id)
    own = services.set_up(data=data, by=cast.branch_secretary)
    services.plan_days(own.id, days=topics(5), by=cast.branch_secretary)
    services.choose(own.id, chosen=Chosen(persons=(cast.miner.id, cast.team_leader.id)), by=cast.branch_secretary)
    services.start(own.id, by=cast.branch_secretary)
    assert campaign(Request(cast.mine.id, at, {})) is None
