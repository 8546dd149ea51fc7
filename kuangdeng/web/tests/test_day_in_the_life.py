"""A day of the mine, in real browsers: what was found at night is published, questioned, fed back, heard, carried over.

With KUANGDENG_SCREENSHOTS=1 the journey keeps its pictures in docs/screenshots.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.hazards import services as hazards
from kuangdeng.hazards.bulletins.jobs import run_bulletins
from kuangdeng.hazards.bulletins.models import Bulletin
from kuangdeng.hazards.groups import services as groups
from kuangdeng.hazards.groups.jobs import run_groups
from kuangdeng.hazards.groups.testkit import group_in
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions import services as questions
from kuangdeng.hazards.rules import FivePoints
from kuangdeng.hazards.setup import set_up
from kuangdeng.hazards.testkit import tables
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.org.models import Unit
from kuangdeng.org.services.seed import set_up_org
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.screens import services as screens
from kuangdeng.web.screens.rules import Slot
from kuangdeng.web.screens.tests.scenarios import screen_in
from kuangdeng.web.screens.tests.test_wall import POLL, Display
from kuangdeng.web.tests.turning import Turned
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

FOUND = (
    "超前支护第 3 排两根单体柱漏液，泵站压力不够", "回风顺槽 120 米处锚杆托盘松动 3 个", "端头支架前梁没有接顶",
    "切眼 42#–46# 架间漏矸，护帮板没有伸出", "一部皮带机头护罩缺一块，人能碰到滚筒",
)  # fmt: skip
MISSED = "回风顺槽顶板掉下一块矸石，离人不到一米，没有伤人"
BOARDS = ("bulletin", "questions", "unheard")


class Day(Turned):
    """The mine's clock for every thread of the server; the worker's jobs run whenever it is turned."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        super().__init__(monkeypatch)
        self.first = clock.local().date()

    def turn_to(self, hour: str, *, days: int = 0) -> None:
        """It is this hour now; what the worker does by itself is done."""
        day: date = self.first + timedelta(days=days)
        wanted = clock.local().replace(year=day.year, month=day.month, day=day.day)
        wanted = datetime.combine(day, time.fromisoformat(hour), wanted.tzinfo)
        self.ahead += wanted - clock.now()
        self.work()

    def work(self) -> None:
        """Bulletins, groups, ladder of who is late, notices."""
        run_bulletins()
        run_groups()
        seal_all()
        tell_all()


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


def the_mine() -> Cast:
    """Set up, with a group for everything, short clocks, and two teams in each front-line unit."""
    cast = make_cast()
    set_up_org(mine=cast.mine)
    set_up(mine=cast.mine)
    for key, name, above in (
        ("mining2", "综采一队二班", "mining"), ("tunnel1", "掘进一队一班", "tunnel"), ("tunnel2", "掘进一队二班", "tunnel")
    ):  # fmt: skip
        parent = cast.units[above]
        cast.units[key] = Unit.objects.create(
            mine=cast.mine, name=name, kind=Unit.Kind.TEAM, parent=parent, ancestors=[parent.id]
        )
    group_in(cast, whole_mine=True)
    hour = questions.Clock("hours", 1)
    questions.save_rules(major=hour, other=hour, by=cast.safety)
    groups.save_clocks(clocks={"acknowledge": ("hours", 8)}, by=cast.safety)
    return cast


def order(cast: Cast, hazard: Hazard) -> None:
    """Graded and given to the mining unit, as the night's duty officer does."""
    grade, specialty = tables(cast)
    hazards.grade(hazard.id, grade=grade, specialty=specialty, by=cast.safety)
    points = FivePoints(cast.unit_head.id, "更换并补打", None, clock.now() + timedelta(hours=30), "先支护再处理")
    hazards.dispatch(hazard.id, unit=cast.units["mining"], order=points, by=cast.safety)


def walls(browser: Browser, base: str, cast: Cast) -> dict[str, Display]:
    """Three displays, one board each."""
    found = {}
    for number, board in enumerate(BOARDS):
        secret = f"{number}a" * 24
        screen = screen_in(cast, f"副井口 {number} 号屏", secret=secret)
        screens.set_playlist(screen.id, slots=[Slot(board, 600)], by=cast.political_work)
        found[board] = Display(browser, base).on(secret)
    return found


def within_a_minute(display: Display, words: str) -> None:
    """Within two polls, a minute of the display's own clock, the words hang on the wall.

    Two, because a poll may be under way already, with the answer of a moment ago.
    """
    for _poll in range(2):
        display.page.clock.run_for(POLL)
        with suppress(AssertionError):
            expect(display.face).to_contain_text(words)
            break
    expect(display.face).to_contain_text(words)
    display.check()


def test_a_day_in_the_life(
    browser: Browser, live_server: LiveServer, people: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, day = the_mine(), Day(monkeypatch)
    day.turn_to("06:20")
    on_the_wall = walls(browser, live_server.url, cast)

    # The night shift reports five hazards and a near miss.
    miner = people.at("phone").sign_in("1001")
    for words in FOUND:
        miner.open("/hazards/report/").pick("place", "回风顺槽").fill(text=words).go("上报").sees("已收到，谢谢")
    leader = people.at("phone").sign_in("1002").open("/accidents/report/")
    leader.page.get_by_label("未遂：差一点出事").check(force=True)
    leader.fill(text=MISSED).go("快报").sees(MISSED)
    known = {one.text: one for one in Hazard.objects.all()}
    assert len(known) == 5
    for words in FOUND[:3]:
        order(cast, known[words])

    # The bulletin, at the mine's hour.
    day.turn_to("07:31")
    issue = Bulletin.objects.get()
    safety = people.at("desk").sign_in("3001").open(f"/hazards/bulletins/{issue.id}/").sees(*FOUND, MISSED, "待核对")
    safety.page.get_by_role("button", name="核对无误").first.click()
    safety.page.locator("dialog[open] [name=note]").fill("各队班前会逐条学习")
    confirm(safety, "核对无误")
    safety.page.get_by_role("button", name="发布", exact=True).first.click()
    confirm(safety, "发布")
    safety.sees("已发布")
    day.turn_to("07:45")
    within_a_minute(on_the_wall["bulletin"], MISSED)
    safety.open(f"/hazards/bulletins/{issue.id}/").sees("顶板整治落实小组")

    # Two units question; one is answered.
    tunnel = people.at("desk").sign_in("2002").open(f"/hazards/bulletins/{issue.id}/")
    ask(tunnel, FOUND[0], "三根都换了吗？初撑力是多少？")
    electric = people.at("desk").sign_in("2003").open(f"/hazards/bulletins/{issue.id}/")
    ask(electric, FOUND[1], "托盘什么时候补齐？")
    day.work()
    within_a_minute(on_the_wall["questions"], "2 条追问等答复")
    head = people.at("phone").sign_in("1003").sees("三根都换了吗", "托盘什么时候补齐")
    head.follow("三根都换了吗？初撑力是多少？", exact=False)
    head.fill(text="两根已换，第三根今天中班换，初撑力 11.5 兆帕").go("答复").sees("已答复，等追问单位确认")
    day.work()
    tunnel.open("/").follow("三根都换了吗？初撑力是多少？", exact=False).sees("两根已换").go("认可答复").sees("已了结")

    # The other is pressed twice and reaches the mine leader.
    electric.open("/hazards/questions/?mine=ask").follow("托盘什么时候补齐？", exact=False)
    here = electric.page.url
    for hour, words in (("08:50", "一个小时没有答复"), ("09:55", "还是没有答复")):
        day.turn_to(hour)
        electric.open(here).fill(text=words).go("再追问").sees(words)
    day.work()
    electric.sees("再追问 2 次", "矿领导")
    boss = people.at("desk").sign_in("4001").sees("托盘什么时候补齐")
    boss.shot("home-leader-question")
    within_a_minute(on_the_wall["questions"], "1 条追问等答复")

    # The group feeds back, one by one.
    day.turn_to("11:00")
    secretary = people.at("desk").sign_in("1004").sees(FOUND[0])
    secretary.open("/hazards/groups/cases/?mine=1&owed=1").follow(FOUND[0], exact=False)
    secretary.fill(found="两根单体柱密封圈老化", done="已更换，逐根测了初撑力", watch="上班先看压力表，不够的不许作业")
    secretary.page.get_by_label("机电队").check()
    secretary.go("反馈").sees("综采一队一班", "综采一队二班", "掘进一队一班", "掘进一队二班", "机电队")
    secretary.shot("case-told")
    day.work()
    within_a_minute(on_the_wall["unheard"], "3 个单位还有反馈没签认")

    # Four teams acknowledge before the afternoon shift.
    day.turn_to("15:30")
    leader.open("/").go("开班前会", role="link").sees("上班先看压力表，不够的不许作业", "综采一队一班")
    leader.page.get_by_label("王铁柱").check(force=True)
    leader.shot("pre-shift-phone")
    leader.go("签认 1 条").sees("王铁柱")
    for visitor, unit, teams in ((head, "mining", ("mining2",)), (tunnel, "tunnel", ("tunnel1", "tunnel2"))):
        for team in teams:
            visitor.open(f"/hazards/groups/pre-shift/?unit={cast.units[team].id}").sees(cast.units[team].name)
            visitor.fill(present="14").go("签认 1 条").sees("14")
        assert cast.units[unit].name in cast.units[teams[0]].name
    within_a_minute(on_the_wall["unheard"], "1 个单位还有反馈没签认")

    # One is late.
    day.turn_to("19:05")
    within_a_minute(on_the_wall["unheard"], "1 个单位签认超时")
    on_the_wall["unheard"].page.wait_for_timeout(50)
    safety.open("/hazards/groups/feedback/?late=1").sees("超时", "4/5")
    safety.shot("matrix-late")
    electric.open("/inbox/").sees("机电队有 1 条反馈超时没有签认")
    electric.open("/").sees("1 条反馈等班前会签认")

    # The next day's bulletin carries over what is open.
    day.turn_to("07:31", days=1)
    day.turn_to("09:01", days=1)
    second = Bulletin.objects.order_by("-day").first()
    assert second is not None
    assert second.by_itself
    assert (second.balance.carried, second.balance.still_open, second.balance.gap) == (5, 5, 0)
    safety.open(f"/hazards/bulletins/{second.id}/").sees("到点自动发布", "托盘什么时候补齐？")
    safety.shot("bulletin-next-day")
    within_a_minute(on_the_wall["bulletin"], second.title)
    for display in on_the_wall.values():
        display.context.close()


def confirm(visitor: Visitor, verb: str) -> None:
    """Say yes in the dialog that asks."""
    with visitor.page.expect_navigation():
        visitor.page.locator("dialog[open]").get_by_role("button", name=verb, exact=True).click()
    visitor.arrive()


def ask(visitor: Visitor, line: str, words: str) -> None:
    """Question a published line."""
    with visitor.page.expect_navigation():
        visitor.page.locator(".lines > li", has_text=line).first.get_by_role("link", name="追问").click()
    visitor.arrive().fill(text=words).go("送出追问").sees(words)
