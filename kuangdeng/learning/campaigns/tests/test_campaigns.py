"""百日集中学习: days by the clock, catch-up, the wall's numbers, who joins late, who sees names."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.api import waiting_for
from kuangdeng.learning.campaigns import queries, rules, services
from kuangdeng.learning.campaigns.forms import PlanForm
from kuangdeng.learning.campaigns.jobs import run_clock
from kuangdeng.learning.campaigns.models import DayDone
from kuangdeng.learning.campaigns.rules import CampaignData, DayPlan, Status
from kuangdeng.learning.campaigns.testkit import LONG, NOTE, campaign_in, on_day, topics
from kuangdeng.learning.study.api import Chosen
from kuangdeng.learning.study.testkit import PDF, session_in
from kuangdeng.org.models import Branch, Person
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    Branch.objects.create(mine=made.mine, unit=made.units["mining"], name="综采一队党支部")
    Branch.objects.create(mine=made.mine, unit=made.units["tunnel"], name="掘进一队党支部")
    return made


def open_days(person: Person) -> list[int]:
    """How many days the home page says are open, for each campaign."""
    return [one.number for one in waiting_for(person) if one.kind == "campaign"]


@pytest.mark.parametrize(("day", "number"), [(-1, 0), (0, 1), (41, 42), (99, 100), (140, 100)])
def test_which_day_it_is(day: int, number: int) -> None:
    first = date(2026, 9, 1)
    assert rules.number_on(first, first + timedelta(days=day), 100) == number


@pytest.mark.parametrize(("done", "level"), [(0, 0), (1, 1), (4, 1), (5, 2), (7, 2), (8, 3), (9, 3), (10, 4)])
def test_a_cell_is_full_only_with_everybody(done: int, level: int) -> None:
    assert rules.level(done, 10) == level


def test_a_day_is_done_on_its_day_and_caught_up_after_it(cast: Cast) -> None:
    campaign = campaign_in(Status.RUNNING, cast)
    first = campaign.starts_on
    assert any("每天学完打卡" in one for one in cast.told("mine_leader"))
    with pytest.raises(Refused, match="还没有到"):
        services.do_day(campaign.id, number=2, note=NOTE, by=cast.miner)
    assert not services.do_day(campaign.id, number=1, note=NOTE, by=cast.miner).caught_up
    with pytest.raises(Refused, match="已经打过卡"):
        services.do_day(campaign.id, number=1, note=NOTE, by=cast.miner)
    with on_day(first, 3):
        assert open_days(cast.mine_leader) == [3]
        with pytest.raises(Refused, match="至少写 15 个字"):
            services.do_day(campaign.id, number=1, note=NOTE, by=cast.mine_leader)
        assert services.do_day(campaign.id, number=1, note=LONG, by=cast.mine_leader).caught_up
        assert open_days(cast.mine_leader) == [2]
    with on_day(first, 8):
        assert services.do_day(campaign.id, number=5, note=LONG, by=cast.miner).caught_up, "after the end as well"
    with pytest.raises(NotVisible):
        services.do_day(campaign.id, number=1, note=NOTE, by=cast.safety)


def test_the_wall_counts_what_was_asked_for_until_today(cast: Cast) -> None:
    campaign = campaign_in(Status.RUNNING, cast)
    for part in ("miner", "team_leader", "other_miner"):
        services.do_day(campaign.id, number=1, note=NOTE, by=cast.persons[part])
    with on_day(campaign.starts_on, 2):
        services.do_day(campaign.id, number=1, note=LONG, by=cast.branch_secretary)
        services.do_day(campaign.id, number=2, note=NOTE, by=cast.miner)
        wall = queries.wall(campaign)
    rows = {row.name: row for row in wall.rows}
    mining = rows["综采一队党支部"]
    assert [cell.level for cell in mining.cells] == ["l4", "l1", "future", "future", "future"]
    assert (mining.people, mining.done, mining.owed, mining.later, mining.rate) == (3, 4, 6, 1, 66)
    assert rows["掘进一队党支部"].rate == 50
    assert (rows[""].people, rows[""].rate) == (1, 0), "the leaders' office has no branch"
    assert wall.whole is not None and (wall.whole.done, wall.whole.owed) == (5, 10)


def test_days_of_rest_are_asked_of_nobody(cast: Cast) -> None:
    campaign = services.set_up(data=CampaignData("百日", clock.today(), 3), by=cast.political_work)
    services.plan_days(campaign.id, days=topics(3, rest=[2]), by=cast.political_work)
    services.choose(campaign.id, chosen=Chosen(persons=(cast.miner.id,)), by=cast.political_work)
    campaign = services.start(campaign.id, by=cast.political_work)
    with on_day(campaign.starts_on, 2):
        with pytest.raises(Refused, match="休息"):
            services.do_day(campaign.id, number=2, note=NOTE, by=cast.miner)
        assert open_days(cast.miner) == [1]
    with on_day(campaign.starts_on, 3):
        wall = queries.wall(campaign)
        assert wall.whole is not None and wall.whole.owed == 2


def test_who_joins_late_owes_from_then_on_and_who_leaves_keeps_what_he_did(cast: Cast) -> None:
    campaign = campaign_in(Status.RUNNING, cast, parts=("miner", "team_leader"))
    services.do_day(campaign.id, number=1, note=NOTE, by=cast.team_leader)
    with on_day(campaign.starts_on, 3):
        persons = (cast.miner.id, cast.safety.id)
        services.choose(campaign.id, chosen=Chosen(persons=persons), by=cast.political_work)
        assert any("从今天起每天学完打卡" in one for one in cast.told("safety"))
        assert open_days(cast.safety) == [1]
        with pytest.raises(Refused, match="还没有参加"):
            services.do_day(campaign.id, number=2, note=LONG, by=cast.safety)
        assert queries.wall(campaign).whole.owed == 4, "the miner's three days and one of the late comer"
        assert open_days(cast.team_leader) == []
    assert DayDone.objects.filter(participant__person=cast.team_leader).count() == 1


def test_a_campaign_starts_with_a_whole_plan_and_people(cast: Cast) -> None:
    campaign = campaign_in(Status.DRAFT, cast)
    by = cast.political_work
    with pytest.raises(Refused, match="还没有选参加人员"):
        services.start(campaign.id, by=by)
    services.choose(campaign.id, chosen=Chosen(leaders=True), by=by)
    services.plan_days(campaign.id, days=topics(5)[:3], by=by)
    with pytest.raises(Refused, match="第 4、5 天"):
        services.start(campaign.id, by=by)
    services.plan_days(campaign.id, days=topics(5), by=by)
    services.start(campaign.id, by=by)
    with pytest.raises(Refused, match="不能更改"):
        services.change(campaign.id, data=CampaignData("改名", clock.today(), 9), by=by)
    with on_day(campaign.starts_on, 3):
        with pytest.raises(Refused, match="第 2 天已经过去"):
            services.plan_days(campaign.id, days=[DayPlan(2, "换一讲")], by=by)
        services.plan_days(campaign.id, days=[DayPlan(4, "换一讲")], by=by)
    with pytest.raises(Refused, match="到那天以后再总结"):
        services.sum_up(campaign.id, summary="学完了", lessons="", by=by)


def test_a_reminder_in_the_evening_once_a_day_to_those_who_have_not_done_it(cast: Cast) -> None:
    campaign = campaign_in(Status.RUNNING, cast)
    services.do_day(campaign.id, number=1, note=NOTE, by=cast.miner)
    with on_day(campaign.starts_on, 1, hour=12):
        assert run_clock() == 0
    with on_day(campaign.starts_on, 1, hour=19):
        assert (run_clock(), run_clock()) == (1, 0)
        assert any("还没有打卡" in one for one in cast.told("mine_leader"))
        assert not any("还没有打卡" in one for one in cast.told("miner"))


def test_names_go_as_far_as_one_reaches(cast: Cast) -> None:
    campaign = campaign_in(Status.RUNNING, cast)
    with on_day(campaign.starts_on, 3):
        services.do_day(campaign.id, number=1, note=LONG, by=cast.miner)
        own = queries.persons(campaign, by=cast.branch_secretary)
        assert {one.person.name for one in own} == {"王铁柱", "李大山", "赵志强"}
        assert own[-1].person == cast.miner and own[0].missed == 2, "who is most behind comes first"
        assert [mark for _number, mark in own[-1].marks] == ["later", "missed", "today", "future", "future"]
        assert len(queries.persons(campaign, by=cast.political_work)) == 5
    client = Client()
    client.force_login(cast.miner)
    page = client.get(reverse("learning:campaign_wall", args=[campaign.id])).content.decode()
    assert "综采一队党支部" in page and "李大山" not in page, "the wall shows branches, never names"
    assert client.get(reverse("learning:campaign_persons", args=[campaign.id])).status_code == 404


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("1：防治水｜看第一章\n2:休息\n第3天 顶板管理", None),
        ("1：防治水｜看第一章\n2:休息", [DayPlan(1, "防治水", "看第一章"), DayPlan(2, "", "", True)]),
        ("第 12 天：顶板管理\n13、机电|看一遍", [DayPlan(12, "顶板管理"), DayPlan(13, "机电", "看一遍")]),
        ("7\t运输", [DayPlan(7, "运输")]),
        ("1：甲\n1：乙", None),
        ("", None),
    ],
)
def test_a_plan_is_read_line_by_line(lines: str, found: list[DayPlan] | None) -> None:
    form = PlanForm({"lines": lines})
    assert (form.cleaned_data["lines"] if form.is_valid() else None) == found


def test_a_day_has_material_and_a_session(cast: Cast) -> None:
    campaign = campaign_in(Status.DRAFT, cast)
    session = session_in("notified", cast)
    services.set_day(
        campaign.id, day=DayPlan(1, "探放水", "看讲稿"), session_id=session.id, file_name="讲稿.pdf", content=PDF,
        by=cast.political_work,
    )  # fmt: skip
    services.set_day(campaign.id, day=DayPlan(1, "探放水", "看讲稿"), session_id=session.id, by=cast.political_work)
    client = Client()
    client.force_login(cast.political_work)
    page = client.get(reverse("learning:campaign_day", args=[campaign.id, 1])).content.decode()
    assert "讲稿.pdf" in page and "防治水专题辅导" in page
    assert client.get(reverse("learning:campaign_day_file", args=[campaign.id, 1])).content == PDF
    with pytest.raises(Refused, match="只收 PDF"):
        services.set_day(campaign.id, day=DayPlan(2, "甲"), file_name="a.exe", content=b"MZ", by=cast.political_work)


def test_a_branch_secretary_runs_one_for_his_branch_alone(cast: Cast) -> None:
    data = CampaignData("支部百日", clock.today(), 3, unit_id=cast.units["mining"].id)
    campaign = services.set_up(data=data, by=cast.branch_secretary)
    with pytest.raises(Refused, match="自己的支部"):
        services.set_up(data=CampaignData("全矿", clock.today(), 3), by=cast.branch_secretary)
    with pytest.raises(NotVisible):
        queries.get_campaign(campaign.id, by=cast.miner)
    services.plan_days(campaign.id, days=topics(3), by=cast.branch_secretary)
    services.choose(campaign.id, chosen=Chosen(units=(cast.units["mining"].id,)), by=cast.branch_secretary)
    services.start(campaign.id, by=cast.branch_secretary)
    assert queries.get_campaign(campaign.id, by=cast.miner) == campaign
    with pytest.raises(NotVisible):
        queries.get_campaign(campaign.id, by=cast.other_miner)
