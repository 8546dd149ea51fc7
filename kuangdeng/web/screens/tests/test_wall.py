"""The wall screen in a real browser: stale and blank screens are the first complaint about every such product.

With KUANGDENG_SCREENSHOTS=1 the boards are kept as pictures in docs/screenshots.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.hazards.accidents import api as accidents
from kuangdeng.hazards.bulletins import rules as bulletin_rules
from kuangdeng.hazards.bulletins import services as bulletins
from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions import services as questions
from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel.clock import local, now
from kuangdeng.org.testkit import Cast
from kuangdeng.web.models import PairingCode, Screen
from kuangdeng.web.screens import rules, services, shell
from kuangdeng.web.screens.feed import Page as Board
from kuangdeng.web.screens.rules import MEASURES, Slot
from kuangdeng.web.screens.tests.scenarios import notice_in, screen_in
from kuangdeng.web.tests.visitors import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SECRET = "5e" * 24
POLL = rules.POLL_SECONDS * 1000
MINUTE = 60_000
TEXTS = (
    "超前支护第 3 排两根单体柱漏液，泵站压力不够，工作阻力低于规程", "1602 掘进工作面局部通风机没有实现双电源自动切换",
    "一部皮带机头护罩缺一块，人能碰到滚筒，机头下面积煤超过半米", "切眼 42#–46# 架间漏矸，护帮板没有伸出",
    "运输顺槽电缆落地约 15 米，有两处被矸石压住", "副井井底车场 3 号道岔尖轨不密贴，缺一条螺栓",
)  # fmt: skip


class Display:
    """One display: its own browser without a session, its clock in our hand."""

    def __init__(
        self, browser: Browser, base: str, format: str = "landscape", *, size: tuple[int, int] | None = None
    ) -> None:
        measure = MEASURES[format]
        width, height = size or (measure.width, measure.height)
        self.context: BrowserContext = browser.new_context(viewport={"width": width, "height": height})
        self.context.set_default_timeout(15_000)
        self.page: Page = self.context.new_page()
        self.base, self.faults = base, []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.clock.install()

    def on(self, secret: str = SECRET) -> Display:
        """Switch it on by its fixed address, and wait for the first board to stand (an answer is not drawn yet)."""
        with self.page.expect_response(re.compile("/screen/feed")):
            self.page.goto(f"{self.base}/screen/#{secret}")
        expect(self.face).to_have_class(re.compile("face-"))
        self.page.evaluate("window.sameDocument = true")
        return self

    def poll(self) -> Any:
        """Let the time to the next poll pass."""
        with self.page.expect_response(re.compile("/screen/feed")) as answer:
            self.page.clock.run_for(POLL)
        self.page.wait_for_timeout(60)  # real time, for the script to take it in
        return answer.value

    def missed_poll(self) -> None:
        with self.page.expect_event("requestfailed"):
            self.page.clock.run_for(POLL)
        self.page.wait_for_timeout(20)

    @property
    def face(self) -> Any:
        return self.page.locator("[data-face]:not([hidden])")

    @property
    def stamp(self) -> Any:
        return self.page.locator("[data-stamp]")

    def check(self) -> None:
        """The same document as in the beginning, without scroll bars, without an error, without a session."""
        assert self.page.evaluate("window.sameDocument") is True, "it was loaded again"
        assert self.page.evaluate(
            "(e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight])(document.scrollingElement)"
        ) == [0, 0]
        assert "sign-in" not in self.page.url
        assert self.context.cookies() == []
        assert not self.faults, self.faults


@pytest.fixture
def displays(browser: Browser, live_server: LiveServer) -> Iterator[Any]:
    made: list[Display] = []

    def make(format: str = "landscape", **more: Any) -> Display:
        made.append(Display(browser, live_server.url, format, **more))
        return made[-1]

    yield make
    for display in made:
        display.context.close()


def playing(cast: Cast, *slots: Slot, format: str = "landscape") -> Screen:
    screen = screen_in(cast, "副井口大屏", format, secret=SECRET)
    return services.set_playlist(screen.id, slots=slots, by=cast.political_work) if slots else screen


def test_a_new_display_is_paired_and_plays(displays: Any, cast: Cast) -> None:
    display = displays()
    with display.page.expect_response(re.compile("/screen/feed")):
        display.page.goto(f"{display.base}/screen/")
    display.page.evaluate("window.sameDocument = true")
    code = display.page.locator(".code").inner_text()
    assert PairingCode.objects.get().code == rules.digits(code)
    visitor = Visitor(display.page, display.base, size="wall")
    assert not visitor.wrong()
    visitor.shot("screen-pairing")
    services.register_screen(name="副井口大屏", place_text="", format="landscape", code=code, by=cast.political_work)
    with display.page.expect_response(re.compile("/screen/feed")):
        display.page.clock.run_for(rules.PAIRING_POLL_SECONDS * 1000)
    expect(display.face.locator("h1")).to_contain_text("隐患")
    expect(display.page.locator("[data-name]")).to_have_text("副井口大屏")
    display.check()


def test_the_server_gone_for_ten_minutes(displays: Any, cast: Cast) -> None:
    """The last board stays, with an amber then red mark that says so in words; it comes back by itself."""
    playing(cast, Slot("notice", 10), Slot("overdue", 10))
    notice = notice_in(cast, "今天四点班全员参加安全学习")
    display = displays().on()
    expect(display.face).to_contain_text("全员参加安全学习")
    expect(display.stamp).to_have_attribute("data-tone", "fresh")
    expect(display.stamp).to_have_text(re.compile(r"^数据截至 \d\d:\d\d$"))

    display.context.set_offline(True)
    tones, seen = [], set()
    for _half_minute in range(20):
        display.missed_poll()
        expect(display.face.locator("h1")).not_to_be_empty()
        seen.add(display.face.locator("h1").inner_text())
        tones.append(display.stamp.get_attribute("data-tone"))
    assert list(dict.fromkeys(tones)) == ["fresh", "amber", "red"]
    assert (tones.index("amber"), tones.index("red")) == (rules.AMBER * 2 - 1, rules.RED * 2 - 1)
    assert len(seen) == 2, "it goes on turning its pages"
    expect(display.stamp).to_contain_text("已有 10 分钟没有更新")
    Visitor(display.page, display.base, size="wall").shot("screen-stale")

    services.end_message(notice.id, by=cast.political_work)
    display.context.set_offline(False)
    assert display.poll().status == 200
    expect(display.stamp).to_have_attribute("data-tone", "fresh")
    expect(display.face).not_to_contain_text("全员参加安全学习")
    display.check()


def test_a_server_that_answers_nonsense_changes_nothing(displays: Any, cast: Cast) -> None:
    playing(cast, Slot("overdue", 10))
    display = displays().on()
    expect(display.face).to_contain_text("没有超期的隐患")
    for status, body in ((502, "<html>Bad Gateway"), (200, '{"format":1,"state":"on","pag'), (500, "")):
        display.page.route(
            "**/screen/feed*", lambda route, _of, s=status, b=body: route.fulfill(status=s, body=b), times=1
        )
        display.poll()
        expect(display.face).to_contain_text("没有超期的隐患")
    assert display.poll().status == 304
    display.check()


def test_a_removed_notice_is_gone_within_one_poll(displays: Any, cast: Cast) -> None:
    playing(cast, Slot("notice", 600), Slot("overdue", 600))
    notice = notice_in(cast, "今天四点班全员参加安全学习")
    display = displays().on()
    expect(display.face).to_contain_text("全员参加安全学习")
    assert display.poll().status == 304
    services.end_message(notice.id, by=cast.political_work)
    assert display.poll().status == 200
    expect(display.face).to_contain_text("没有超期的隐患")
    assert "全员参加安全学习" not in display.page.content()
    display.check()


def test_an_interrupt_takes_the_wall_and_ends_by_itself_without_a_server(displays: Any, cast: Cast) -> None:
    playing(cast, Slot("overdue", 600))
    display = displays().on()
    services.interrupt(words="东翼回风瓦斯超限，立即撤人", ends_at=now() + timedelta(minutes=5), by=cast.safety)
    display.poll()
    expect(display.face).to_contain_text("立即撤人")
    expect(display.page.locator("[data-wall]")).to_have_class(re.compile("is-alarm"))
    Visitor(display.page, display.base, size="wall").shot("screen-interrupt")
    display.context.set_offline(True)
    for _half_minute in range(11):
        display.missed_poll()
    expect(display.face).not_to_contain_text("立即撤人")
    display.context.set_offline(False)
    display.check()


def test_a_display_that_starts_without_network_shows_what_it_knew(displays: Any, cast: Cast) -> None:
    """Its page comes from the browser's memory then; the feed from its own."""
    playing(cast, Slot("overdue", 10))
    display = displays().on()
    expect(display.face).to_contain_text("没有超期的隐患")
    display.page.route("**/screen/feed*", lambda route: route.abort())
    display.page.reload()
    expect(display.face).to_contain_text("没有超期的隐患")


READY = """async () => {
  await navigator.serviceWorker.ready;
  const changed = (go) => navigator.serviceWorker.addEventListener("controllerchange", go, { once: true });
  while (!navigator.serviceWorker.controller) await new Promise(changed);
  return caches.keys();
}"""


def test_a_display_switched_on_while_the_server_is_down_shows_its_last_board(displays: Any, cast: Cast) -> None:
    """Power cut: the page comes from the device, with the red mark; back online it is fresh by itself."""
    playing(cast, Slot("overdue", 10))
    display = displays().on()
    assert len(display.page.evaluate(READY)) == 1
    assert (
        display.context.pages[0]
        .evaluate("navigator.serviceWorker.getRegistration().then((r) => r.scope)")
        .endswith("/screen/")
    ), "nothing but the screen's page is kept"
    display.page.clock.run_for(1000)
    display.context.set_offline(True)
    display.page.close()

    page = display.context.new_page()
    page.clock.install(time=now() + timedelta(minutes=30))
    page.goto(f"{display.base}/screen/#{SECRET}")
    face, stamp = page.locator("[data-face]:not([hidden])"), page.locator("[data-stamp]")
    expect(face).to_contain_text("没有超期的隐患")
    expect(stamp).to_have_attribute("data-tone", "red")
    expect(stamp).to_contain_text("已有 30 分钟没有更新")
    assert page.locator("[data-wall]").evaluate("(e) => getComputedStyle(e).display") == "flex", "with its styles"
    Visitor(page, display.base, size="wall").shot("screen-cold-start")

    display.context.set_offline(False)
    with page.expect_response(re.compile("/screen/feed")):
        page.clock.run_for(POLL)
    page.wait_for_timeout(60)
    expect(stamp).to_have_attribute("data-tone", "fresh")


def test_a_release_replaces_what_the_one_before_kept(
    displays: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another script, another page: the browser takes it and throws the old one away, and nothing is loaded again."""
    playing(cast, Slot("overdue", 10))
    display = displays().on()
    (before,) = display.page.evaluate(READY)
    old = shell.page
    monkeypatch.setattr(shell, "page", lambda: old() + "<!-- the next release -->")
    display.page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.update())")
    display.page.wait_for_function(
        "(before) => caches.keys().then((keys) => keys.length === 1 && keys[0] !== before)", arg=before
    )
    display.check()


def full(cast: Cast) -> None:
    """A mine in which every board has more to say than fits."""
    for number in range(12):
        hazard_in(Status.RECTIFYING, cast, text=TEXTS[number % len(TEXTS)])
    for number, hazard in enumerate(Hazard.objects.order_by("id")):
        Hazard.objects.filter(id=hazard.id).update(due_at=now() - timedelta(hours=5 + 31 * number))
    for number in range(6):
        hazard_in(Status.CLOSED, cast, text=TEXTS[number % len(TEXTS)])
    notice_in(
        cast, "各区队：今天四点班 16:30 在三楼会议室学习《煤矿安全规程》顶板部分，班组长以上全部参加，带笔记本。" * 4
    )
    for text, kind, hurt in HAPPENED:
        accidents.report(
            data=accidents.QuickReport(
                text=text, kind=kind, hurt=hurt, unit=cast.units["mining"], place=cast.places["gate"],
                occurred_at=now() - timedelta(days=1),
            ),
            by=cast.unit_head,
        )  # fmt: skip
    at = now() + timedelta(seconds=1)
    issue = bulletins.compile_day(mine=cast.mine, owed=bulletin_rules.Owed(local(at).date(), at))
    bulletins.publish(issue.id, by=cast.safety)
    lines = BulletinItem.objects.filter(bulletin=issue, part__in=["new", "overdue"]).order_by("position")
    asked = set()
    for number, line in enumerate(lines):
        if line.subject_id not in asked and len(asked) < 12:
            asked.add(line.subject_id)
            questions.ask(line.id, text=f"{ASKED[number % len(ASKED)]}", by=cast.other_head)
    late = Question.objects.order_by("id").values_list("id", flat=True)[:5]
    Question.objects.filter(id__in=list(late)).update(due_at=now() - timedelta(hours=30))


ASKED = (
    "这处漏液昨天也公布过，是没有换还是换了又漏？什么时候全部换完，备件到了没有？",
    "谁在盯？",
    "双电源切换试验是哪天做的，有没有记录，能不能把记录贴出来给我们看？",
)
Kind, Hurt, Severity = accidents.Kind, accidents.Hurt, accidents.Severity
HAPPENED = (
    ("转载机机头检修时链条突然转动，一人右手被挤伤，已升井送医院，2305 综放面停产，转载机停电闭锁等待调查",
     Kind.INJURY, (Hurt(severity=Severity.SERIOUS),)),
    ("一部皮带接头断开，停产两小时四十分钟，没有人受伤", Kind.NON_CASUALTY, ()),
    ("回风顺槽顶板掉下一块矸石，离人不到一米，没有伤人", Kind.NEAR_MISS, ()),
)  # fmt: skip


BOARDS = ("notice", "bulletin", "today", "overdue", "questions", "timely", "safe_days")
OUTSIDE = """() => {
  const foot = document.querySelector(".foot").getBoundingClientRect();
  const bad = [];
  for (const e of document.querySelectorAll("[data-face]:not([hidden]) *, .foot *")) {
    if (e.children.length || !e.textContent.trim() || !e.checkVisibility()) continue;
    const r = e.getBoundingClientRect();
    const bottom = e.closest(".foot") ? innerHeight : foot.top;
    if (r.left < 0 || r.top < 0 || r.right > innerWidth + 1 || r.bottom > bottom + 1) bad.push(e.className + ": " + e.textContent);
    if (e.closest(".note") && e.scrollHeight > e.clientHeight * 1.3) bad.push("cut: " + e.textContent);
    if (e.closest(".lines, .figures, header") && e.scrollWidth > e.clientWidth + 1) bad.push("cut: " + e.textContent);
  }
  return bad;
}"""


@pytest.mark.parametrize(
    ("format", "size"),
    [("landscape", None), ("portrait", None), ("strip", None), ("landscape", (3840, 2160)), ("landscape", (1366, 768)),
     ("portrait", (768, 1366)), ("landscape", (1080, 1920))],
)  # fmt: skip
def test_every_page_fits_its_format_in_sizes_that_can_be_read(
    displays: Any, cast: Cast, format: str, size: tuple[int, int] | None
) -> None:
    full(cast)
    slots = [Slot(board, 10) for board in BOARDS]
    playing(cast, *slots, format=format)
    display = displays(format, size=size).on()
    seen: dict[str, int] = {}
    for _page in range(80):
        board = display.face.get_attribute("class").split("-")[-1]
        seen[board] = seen.get(board, 0) + 1
        assert display.page.evaluate(OUTSIDE) == [], (board, seen)
        if size is None:
            _readable(display, format)
            if seen[board] == 1:
                Visitor(display.page, display.base, size="wall").shot(f"screen-{format}-{board}")
            assert display.face.locator(".rows li").count() <= 10, board
        if len(seen) == len(BOARDS) and board == BOARDS[0]:
            break
        display.page.clock.run_for(10_000)
    assert set(seen) == set(BOARDS)
    display.check()


def _readable(display: Display, format: str) -> None:
    """The sheet of styles and `rules.MEASURES` say the same."""
    measure = MEASURES[format]
    wanted = {"h1": measure.title, ".rows .lead": measure.row, ".lines p": measure.words, ".figures:not(.alone) dd": measure.figure,
              ".figures:not(.alone) dt": measure.foot, ".figures.alone dd": measure.alone,
              ".figures.alone dt": measure.figure, "[data-stamp]": measure.foot}  # fmt: skip
    for selector, pixels in wanted.items():
        found = display.page.evaluate(
            "(s) => [...document.querySelectorAll(s)].filter(e => !e.closest('[hidden]')).map(e => parseFloat(getComputedStyle(e).fontSize))",
            selector,
        )
        assert set(map(round, found)) <= {pixels}, (selector, found)


STUB = """(feeds) => {
  let polls = 0;
  window.fetch = async () => {
    polls += 1; window.polls = polls;
    const headers = { ETag: `"${polls}"`, "X-Screen-Time": `${Date.now()} 480` };
    return polls % 3 ? new Response(null, { status: 304, headers }) : new Response(feeds[polls % feeds.length], { headers });
  };
}"""


def test_a_day_of_polling_leaves_memory_flat(displays: Any, cast: Cast) -> None:
    """24 simulated hours, each third answer a new board: as many nodes and as much memory as after the first two."""
    playing(cast, Slot("overdue", 10))
    display = displays().on()
    feeds = []
    for number in range(7):
        rows = [
            {"lead": "综采一队", "text": TEXTS[n % 6] * 3, "end": f"已超 {number} 天", "tone": "late"} for n in range(8)
        ]
        page = {**vars(Board("overdue", f"超期 {number} 条", 60)), "rows": rows}
        feeds.append(
            json.dumps({"format": 1, "state": "on", "refresh": 30, "layout": "landscape", "pages": [page, page]})
        )
    display.page.evaluate(STUB, feeds)
    cdp = display.context.new_cdp_session(display.page)
    cdp.send("Performance.enable")

    def hours(count: int) -> dict[str, float]:
        display.page.clock.run_for(count * 60 * MINUTE)
        least: dict[str, float] = {}
        for _collected in range(5):  # a board that was swapped out a moment ago may survive the first collection
            cdp.send("HeapProfiler.collectGarbage")
            metrics = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
            for name in ("Nodes", "JSHeapUsedSize", "JSEventListeners", "Documents"):
                least[name] = min(least.get(name, metrics[name]), metrics[name])
            display.page.wait_for_timeout(50)
        return least

    first = hours(2)
    last = hours(22)
    polls = display.page.evaluate("window.polls")
    assert polls >= 24 * 120 - 10, f"only {polls} polls"
    assert last["Nodes"] <= first["Nodes"] + 20, (first, last)
    assert last["JSHeapUsedSize"] <= first["JSHeapUsedSize"] * 1.05 + 50_000, (first, last)
    assert (last["JSEventListeners"], last["Documents"]) == (first["JSEventListeners"], first["Documents"])
    display.check()
