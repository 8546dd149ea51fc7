"""Whole ways of people through the mine's real pages, in a real browser.

With KUANGDENG_SCREENSHOTS=1 the same journeys write the pictures in docs/screenshots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.hazards.models import Extension, Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.setup import set_up
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.hazards.tests.ledgers import everything_xlsx
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import Entry, seal_all, tell_all
from kuangdeng.org.api import Person, Place, Unit, found_mine
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.testkit import PASSWORD, Cast, make_cast
from kuangdeng.web.demo_data import DemoMine, make_demo_mine, make_org_files
from kuangdeng.web.tests.visitors import Visitor, Visitors, roadway, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


@pytest.fixture
def cast(live_server: LiveServer) -> Cast:
    """A mine that is set up, and nobody has reported anything."""
    cast = make_cast()
    set_up_org(mine=cast.mine)
    set_up(mine=cast.mine)
    return cast


def work() -> None:
    """What the worker does by itself within a second: seal the ledger, tell whom it concerns."""
    seal_all()
    tell_all()


def in_hours(hours: int) -> str:
    """An instant as a date field takes it."""
    return clock.local(clock.now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def test_a_hazard_from_report_to_closed(people: Visitors, cast: Cast) -> None:
    """上报、定级、下达、签收、延期、整改、验收、销号, each by who may, each at his own device."""
    words = "超前支护第3排两根单体柱漏液，泵站压力不够"
    miner = people.at("phone").sign_in("1001", path="/t/TESTgate/")
    miner.sees("扫码地点：一水平 二采区 2305综放面 回风顺槽")
    miner.fill(text=words, spot="距工作面 12 米").photograph(roadway(1))
    miner.shot("report-phone")
    miner.go("上报").sees("已收到，谢谢", words)
    number = miner.page.locator(".big-number").inner_text()
    hazard = Hazard.objects.get(number=number)
    here = f"/hazards/{hazard.id}/"
    assert hazard.tag_scanned and hazard.photos.count() == 1

    work()
    safety = people.at("desk").sign_in("3001").follow("待定级", exact=False).sees(words)
    safety.page.get_by_label("B", exact=False).first.check(force=True)
    safety.page.locator("[name=specialty]").select_option(label="顶板")
    safety.go("定级").sees("都定完了")
    safety.open(here).follow("下达五定")
    safety.pick("unit", "综采一队").pick("person", "张建国")
    safety.fill(
        measure="更换两根漏液单体柱，泵站压力调到 18 MPa 以上",
        funds="1200",
        contingency="更换前先在旁边补打临时柱",
        due_at=in_hours(8),
    )
    safety.go("下达五定").sees("已下达，等责任单位签收", "待签收")

    work()
    head = people.at("phone").sign_in("1003")
    head.follow("收件箱", exact=False).sees(number)
    head.open(here).go("签收").sees("已签收，开始整改")
    head.follow("申请延期").fill(until=in_hours(16), reason="备用单体柱要从地面下料，下一班才能到")
    head.go("申请延期").sees("已申请延期")
    assert Hazard.objects.get(id=hazard.id).due_at == hazard_due(hazard), "the deadline holds until both have agreed"

    leader = people.at("desk").sign_in("4001").open("/hazards/extensions/").sees("备用单体柱要从地面下料")
    leader.shot("extensions-leader")
    decide(leader)
    safety.open("/hazards/extensions/").sees("备用单体柱要从地面下料")
    decide(safety)
    asked = Extension.objects.get(hazard_id=hazard.id)
    assert asked.state == Extension.State.APPROVED, asked.state
    assert Hazard.objects.get(id=hazard.id).due_at == asked.asked_until

    head.open(here).follow("整改完成").fill(words="两根已更换，初撑力 11.5 MPa").photograph(roadway(1, mended=True))
    head.go("整改完成").sees("已报整改完成", "待验收")
    other = people.at("desk").sign_in("3002").open(here)
    other.follow("验收合格").fill(words="现场复查，两根已更换，压力合格")
    other.go("验收合格").sees("验收合格，可以销号")
    other.go("销号").sees("已销号。")
    assert Hazard.objects.get(id=hazard.id).status == Status.CLOSED

    story = other.page.locator(".timeline")
    for name in ("王铁柱", "周安平", "张建国", "郑矿长", "吴慎行"):
        expect(story).to_contain_text(name)
    for step in ("上报", "定级", "下达", "签收", "申请延期", "批准延期", "整改完成", "验收合格", "销号"):
        expect(story).to_contain_text(step)
    expect(other.page.locator(".thing > div img")).to_have_count(2)
    other.shot("hazard-closed")
    work()
    other.open("/ledger/")
    assert set(Entry.objects.filter(subject_id=hazard.id).values_list("verb", flat=True)) == {
        f"hazard.{verb}"
        for verb in (
            "report", "grade", "dispatch", "sign", "request_extension", "approve_extension", "rectify", "accept", "close",
        )
    }  # fmt: skip
    other.sees("王铁柱", "张建国", "郑矿长", "吴慎行")
    other.shot("ledger")
    head.open("/inbox/").sees(number)
    miner.open(here).sees("已销号")


def decide(visitor: Visitor) -> None:
    """Agree with the request for more time that stands on top."""
    with visitor.page.expect_navigation():
        visitor.page.locator("section.ask form[action*=approve] button").first.click()
    visitor.arrive()


def hazard_due(hazard: Hazard) -> object:
    """The deadline of the order, as first given."""
    return Hazard.objects.get(id=hazard.id).due_original


def test_a_new_mine_from_three_files(people: Visitors, live_server: LiveServer, tmp_path: Path) -> None:
    """建矿: the one-time password must be changed; three Excel files are previewed, then written; QR tags printed."""
    mine, administrator, password = found_mine(code="HQ", name="红旗煤矿", number="9001", administrator="沈信息")
    set_up_org(mine=mine, by=administrator)
    set_up(mine=mine, by=administrator)
    files = make_org_files(tmp_path, small_mine())
    clerk = people.at("desk").sign_in("9001", password)
    assert "/org/password/" in clerk.page.url
    clerk.open("/org/units/")
    assert "/org/password/" in clerk.page.url, "no page before a password of one's own"
    clerk.fill(old=password, new="lamp-2026-red", again="lamp-2026-red").go("改成新密码").sees(
        "密码已修改", "新矿从这里开始"
    )
    clerk.shot("home-new-mine")
    clerk.follow("导入单位、职工、地点").sees("还没有导入过")
    for path, kind in zip(files, ("单位", "职工", "地点"), strict=True):
        before = counts()
        clerk.open("/org/import/").page.locator("[name=file]").set_input_files(path)
        clerk.go("上传并预览").sees("预览", kind)
        assert counts() == before, "nothing is written before the person confirms"
        if kind == "职工":
            clerk.shot("import-preview")
        clerk.go("写入").sees("已写入", "导入报告")
    demo = small_mine()
    assert counts() == (len(demo.units), len(demo.persons) + 1, len(demo.places))
    again = clerk.open("/org/import/")
    again.page.locator("[name=file]").set_input_files(files[1])
    again.go("上传并预览").sees("没有新增，也没有变化")

    clerk.open("/org/persons/").fill(q=demo.persons[0].name[:2])
    clerk.page.keyboard.press("Enter")
    expect(clerk.page.locator("main")).to_contain_text(demo.persons[0].name)
    clerk.open("/org/places/").shot("places")
    clerk.open("/org/units/").shot("units")
    clerk.open("/org/places/tags/").go("排出标签页").sees("扫码上报隐患", demo.places[0].name)
    assert clerk.page.locator(".tag-qr svg").count() == len(demo.places)
    clerk.shot("qr-sheet")
    printed = clerk.page.locator(".tag-number").first.inner_text()
    clerk.open(f"/t/{printed}").sees("扫码地点")


def small_mine() -> DemoMine:
    """One team of each sort out of the demo mine, with its own people and every place."""
    demo = make_demo_mine(clock.now())
    kept = {"ld", "zc1", "jd", "aj", "zh"}
    units = tuple(unit for unit in demo.units if unit.key in kept or unit.parent in kept)
    keys = {unit.key for unit in units}
    persons = [person for person in demo.persons if person.unit in keys]
    chosen = tuple(persons[::8])
    numbers = {person.number for person in chosen}
    names = {place.key for place in demo.places[:40]}
    return replace(
        demo,
        units=units,
        persons=chosen,
        grants=tuple(grant for grant in demo.grants if grant.number in numbers and (grant.unit is None or grant.unit in keys)),
        places=tuple(
            replace(place, unit=place.unit if place.unit in keys else None)
            for place in demo.places[:40]
            if place.parent is None or place.parent in names
        ),
    )  # fmt: skip


def counts() -> tuple[int, int, int]:
    return Unit.objects.count(), Person.objects.count(), Place.objects.count()


def test_an_old_ledger_comes_in(people: Visitors, cast: Cast, tmp_path: Path) -> None:
    """导入旧台账: the preview names sheet row and column of each mistake; afterwards two characters find the rows."""
    ledger = everything_xlsx(tmp_path)
    safety = people.at("desk").sign_in("3001").unfold("设置").follow("导入旧隐患台账")
    safety.page.locator("[name=file]").set_input_files(ledger.path)
    safety.go("读出预览").sees("下面是预览，还没有写入", "有错，不导入")
    row, _key, _code = ledger.problems[0]
    assert Hazard.objects.count() == 0
    problems = safety.page.locator("section", has=safety.page.get_by_role("heading", name="问题", exact=True))
    expect(problems).to_contain_text(str(row))
    safety.shot("import-ledger-preview")
    safety.page.get_by_role("button", name=re.compile("^确认|写入")).first.click()
    expect(safety.page.get_by_text("写入了", exact=False).first).to_be_visible(timeout=60000)
    safety.arrive()
    written = Hazard.objects.count()
    assert 0 < written <= len(ledger.truth)
    wanted = Hazard.objects.filter(text__contains="锚杆").count()
    assert 0 < wanted < written
    safety.open("/hazards/?all=1&q=锚杆")
    expect(safety.page.locator("main")).to_contain_text("锚杆")
    assert f"{wanted} 条" in safety.page.locator("main").inner_text()
    safety.shot("list-found")
    phone = people.at("phone").sign_in("3001").open("/hazards/?all=1&q=锚杆").sees("锚杆")
    phone.shot("list-phone")


def test_nothing_of_the_first_remains_for_the_second(people: Visitors, cast: Cast) -> None:
    """换人登录 on the team's shared device: neither a page, nor a draft, nor the way back to it."""
    device = people.at("phone").sign_in("1001", shared=True)
    device.open("/hazards/report/").fill(text="王铁柱写的，还没有报")
    device.page.wait_for_timeout(600)
    device.open("/org/me/").sees("王铁柱")
    device.open("/org/switch-user/")
    device.page.get_by_role("button", name=re.compile("退出，换人")).click()
    device.arrive()
    assert "王铁柱" in device.page.locator("body").inner_text(), "his name may be chosen, with his password"
    device.shot("switch-user")
    device.page.go_back()
    device.page.wait_for_load_state("load")
    expect(device.page.locator("body")).not_to_contain_text("1001")
    assert "/org/sign-in/" in device.page.url or "/org/switch-user/" in device.page.url, device.page.url
    device.open("/org/switch-user/").follow("其他人，用工号登录")
    device.fill(number="1002", password=PASSWORD).go("登录")
    device.open("/hazards/report/")
    expect(device.page.locator("[name=text]")).to_have_value("")
    assert "王铁柱" not in device.page.locator("body").inner_text()
    assert "session" not in device.page.evaluate("document.cookie"), "no session that a script could read"
    for _ in range(4):
        device.page.go_back()
        device.page.wait_for_load_state("load")
        expect(device.page.locator("main")).not_to_contain_text("王铁柱写的")
    device.open("/org/switch-user/")
    device.page.get_by_role("button", name=re.compile("退出，换人")).click()
    device.arrive()
    device.page.get_by_role("link", name=re.compile("王铁柱")).click()
    device.arrive().sees("王铁柱")
    device.fill(password=PASSWORD).go("登录").open("/hazards/report/")
    expect(device.page.locator("[name=text]")).to_have_value("王铁柱写的，还没有报")


def test_what_was_typed_is_never_lost(people: Visitors, cast: Cast) -> None:
    """A reload, two presses, a cut connection and a refusal: the words stay, and one hazard comes of them."""
    text = "机尾护罩缺一块，人能碰到滚筒"
    miner = people.at("phone").sign_in("1001", path="/hazards/report/")
    miner.fill(text=text, spot="机尾").photograph(roadway(3))
    miner.page.wait_for_timeout(600)
    miner.page.reload()
    miner.arrive()
    expect(miner.page.locator("[name=text]")).to_have_value(text)
    expect(miner.page.locator(".upload-item.is-stored")).to_have_count(1)
    miner.shot("draft-phone")
    with miner.page.expect_navigation():
        miner.page.evaluate(
            "() => { const b = document.querySelector('main form .button-primary'); b.click(); b.click(); b.click(); }"
        )
    miner.arrive().sees("已收到")
    assert Hazard.objects.filter(text=text).count() == 1
    miner.open("/hazards/report/")
    expect(miner.page.locator("[name=text]")).to_have_value("")

    hazard = hazard_in(Status.GRADED, cast)
    safety = people.at("desk").sign_in("3001").open(f"/hazards/{hazard.id}/dispatch/")
    measure = "更换失效单体柱并补打，先加强支护"
    safety.pick("unit", "综采一队").pick("person", "张建国").fill(measure=measure, due_at=in_hours(-3)).go("下达五定")
    safety.sees("整改期限已经过去。请填写晚于现在的期限。")
    expect(safety.page.locator("[name=measure]")).to_have_value(measure)
    expect(safety.page.locator("[data-name=unit] [data-input]")).to_have_value("综采一队")
    safety.shot("refusal")
    assert Hazard.objects.get(id=hazard.id).status == Status.GRADED
    other = people.at("desk").sign_in("3002").open(f"/hazards/{hazard.id}/void/").fill(reason="现场核实已经更换")
    safety.fill(due_at=in_hours(6)).go("下达五定").sees("已下达")
    other.go("作废")
    other.sees("待签收")
    expect(other.page.locator("[name=reason]")).to_have_value("现场核实已经更换")
    assert Hazard.objects.get(id=hazard.id).status == Status.DISPATCHED
