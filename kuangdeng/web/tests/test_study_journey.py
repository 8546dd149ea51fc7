"""A hundred days through real pages: set up, planned, started; a leader who is away for a week comes back and catches up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance import rules
from kuangdeng.learning.attendance.testkit import row_in, sheet_in
from kuangdeng.learning.campaigns.models import Campaign, DayDone, Participant
from kuangdeng.learning.campaigns.testkit import NOTE
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.org.models import Branch
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LONG = "出差回来看完了第{day}天的讲稿，联系分管的机电工作写了两条落实意见。"


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


def set_up_by_pages(office: Visitor) -> Campaign:
    """The political-work department sets the campaign up, pastes its plan, chooses the leaders, starts it."""
    office.open("/learning/campaigns/").follow("发起集中学习")
    office.fill(title="百日集中学习活动", goal="领导带头学。").go("发起")
    campaign = Campaign.objects.get()
    lines = "\n".join(
        f"{day}：休息" if day % 7 == 0 else f"{day}：防治水第{day}讲｜写一条体会" for day in range(1, 101)
    )
    office.fill(lines=lines).go("保存计划").sees("已排 100 / 100 天")
    office.follow("选参加人员")
    office.page.get_by_label("全体矿领导（中心组成员）").check()
    box = office.page.locator("[data-picker][data-name=persons]")
    box.locator("[data-input]").fill("王铁柱")
    box.get_by_role("option", name="王铁柱").first.click()
    expect(box).to_contain_text("王铁柱")
    office.go("保存名单").sees("已选 3 人")
    office.follow("启动").go("启动").sees("今天第 1 天")
    return campaign


def later(campaign: Campaign, days: int) -> None:
    """So many days go by: the calendar of the campaign is moved, because the server's clock is the real one."""
    first = campaign.starts_on - timedelta(days=days)
    Campaign.objects.filter(id=campaign.id).update(starts_on=first)
    Participant.objects.filter(campaign=campaign).update(joined_on=first)


def test_a_hundred_days_with_a_leader_who_was_away(people: Visitors, live_server: LiveServer) -> None:
    cast: Cast = make_cast()
    Branch.objects.create(mine=cast.mine, unit=cast.units["mining"], name="综采一队党支部")
    office = people.at("desk").sign_in("5002")
    campaign = set_up_by_pages(office)
    seal_all()
    tell_all()

    miner = people.at("phone").sign_in("1001").sees("百日集中学习活动", "还有 1 天没有打卡")
    miner.follow("打卡").follow("学完打卡").fill(note=NOTE).go("打卡").sees("今天已打卡")
    leader = people.at("phone").sign_in("4001", path=f"/learning/campaigns/{campaign.id}/").sees("完成 0 天，要补 0 天")

    later(campaign, 8)  # he was away for days 1 to 8; the seventh was one of rest
    part = Participant.objects.get(campaign=campaign, person=cast.miner)
    DayDone.objects.bulk_create(DayDone(participant=part, number=day, note=NOTE) for day in (2, 3, 4, 5, 6, 8))
    leader.open("/").sees("还有 8 天没有打卡")
    leader.open(f"/learning/campaigns/{campaign.id}/").sees("今天第 9 天", "完成 0 天，要补 7 天")
    office.open(f"/learning/campaigns/{campaign.id}/people/").sees("郑矿长", "缺 7 天")

    leader.follow("第 1 天　防治水第1讲").sees("要补学")
    leader.fill(note="看了").go("补学打卡").sees("至少写 15 个字")
    leader.fill(note=LONG.format(day=1)).go("补学打卡").sees("第 1 天已补学", "完成 1 天，要补 6 天")
    for day in (2, 3, 4, 5, 6, 8):
        leader.follow(f"第 {day} 天　防治水第{day}讲").fill(note=LONG.format(day=day)).go("补学打卡")
    leader.sees("完成 7 天，要补 0 天")
    leader.follow("学完打卡").fill(note=NOTE).go("打卡").sees("完成 8 天，要补 0 天")
    assert DayDone.objects.filter(participant__person=cast.mine_leader, caught_up=True).count() == 7

    wall = people.at("wall").sign_in("4002", path=f"/learning/campaigns/{campaign.id}/wall/")
    wall.sees("综采一队党支部", "补学 7", "第 9 / 100 天")
    assert "郑矿长" not in wall.page.inner_text("body"), "no names on a wall"
    wall.shot("campaign-wall")

    later(campaign, 99)
    office.open(f"/learning/campaigns/{campaign.id}/").follow("总结").sees("完成率")
    office.fill(lessons="夜班补学偏晚。").go("总结").sees("夜班补学偏晚。")
    office.follow("打印总结").sees("百日集中学习活动总结", "综采一队党支部")
    leader.open(f"/learning/campaigns/{campaign.id}/").sees("已总结")


def test_the_room_its_screen_and_two_phones(people: Visitors, live_server: LiveServer) -> None:
    """The code on the screen is new every few seconds, goes on while the network is cut, and says so when it is used up."""
    cast: Cast = make_cast()
    sheet = sheet_in(cast)
    room = people.at("wall").sign_in("1004", path=f"/learning/sign/{sheet.id}/screen/").sees("还没有签到", "王铁柱")
    code = room.page.locator("[data-code] svg")
    expect(code).to_be_visible()
    before = code.inner_html()

    phone = people.at("phone")
    phone.open(reverse("learning:sign_scan", args=[sheet.id, rules.code_of(sheet.secret, rules.slot_of(clock.now()))]))
    phone.fill(number="1001").go("签到").sees("王铁柱 已签到")
    expect(room.page.locator("[data-live-part]")).to_contain_text("王铁柱")
    expect(room.page.locator(".room-missing")).not_to_contain_text("王铁柱", timeout=15000)
    assert row_in(sheet, cast).state == "present"

    room.page.context.set_offline(True)
    expect(room.page.locator("[data-stamp]")).to_contain_text("秒前", timeout=30000)
    expect(code).to_be_visible()
    assert code.inner_html() != before, "the code went on without the network"
    room.page.context.set_offline(False)
    expect(room.page.locator("[data-stamp]")).to_be_empty(timeout=15000)
    room.said.clear()

    room.page.fill("#typed", "1002")
    room.page.keyboard.press("Enter")
    expect(room.page.locator("[data-card-said]")).to_contain_text("李大山 已签到")
    room.arrive()
