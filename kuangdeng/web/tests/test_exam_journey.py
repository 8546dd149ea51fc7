"""Sitting an exam in real browsers: the hall's PC, the phone, a cut line, two windows, a wrong clock, the time out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.kernel import clock
from kuangdeng.learning.exams import services
from kuangdeng.learning.exams.models import AnswerGiven, Exam, Sitting, SittingLog
from kuangdeng.learning.exams.queries import answers_of
from kuangdeng.learning.exams.rules import Sat
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, sitting_of
from kuangdeng.learning.items.testkit import SINGLE, items_in_use
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.tests.turning import Turned
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SAVED = "答案都已保存"


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def exam_of(cast: Cast, **facts: object) -> Exam:
    """Ten single choices whose right answer reads 1.5%, for two miners."""
    items = items_in_use(cast, [{**SINGLE, "stem": f"第{n}处：停止作业的甲烷浓度是（ ）。"} for n in range(10)])
    return a_drawn_exam(cast, a_paper(cast, items=items), people=[cast.miner, cast.other_miner], **facts)


def enter(people: Visitors, exam: Exam, number: str = "1001", device: str = "desk") -> Visitor:
    """Through the hall's door, key by key: what is typed stays in the field in which it is typed."""
    who = people.at(device).open("/learning/exams/door/")
    who.page.locator("#number").press_sequentially(number)
    who.page.locator("#code").press_sequentially(exam.code)
    who.go("下一步").sees("防治水轮训结业考试")
    name = "是我，开始答题" if who.page.get_by_role("button", name="是我，开始答题").count() else "是我，接着答"
    return who.go(name).sees("第")


def answer(page: Page, number: int, text: str = "1.5%") -> None:
    """Open an item by its number and choose."""
    page.get_by_role("navigation", name="题号").get_by_role("button").nth(number - 1).click()
    page.locator(".exam-option", has_text=text).click()


def hand_in_while_cut(who: Visitor) -> None:
    """The line is cut, one more answer is given, and he hands in: the page says that it will do so by itself."""
    who.page.context.set_offline(True)
    answer(who.page, 2)
    who.page.locator("[data-hand-in]").click()
    who.page.locator("[data-sure-yes]").click()
    expect(who.page.locator("[data-notice]")).to_contain_text("网络一恢复就自动交卷", timeout=20_000)


def saved(page: Page) -> None:
    expect(page.locator("[data-state]")).to_have_text(SAVED, timeout=20_000)


def keeps(page: Page) -> None:
    """Wait until this device has the page with all that it loads."""
    page.wait_for_function("""async () => {
        const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet]")].map((one) => one.src || one.href);
        for (const url of [location.href, ...parts]) if (!(await caches.match(url, { ignoreVary: true }))) return false;
        return true;
    }""")


def papers_kept(page: Page) -> list[str]:
    """The papers and buffers that this device holds."""
    return list(
        page.evaluate("""async () => [
        ...(await caches.keys()).filter((one) => one.startsWith("kd-sit-")),
        ...Object.keys(localStorage).filter((one) => one.startsWith("kd-exam-")),
    ]""")
    )


def dies(page: Page) -> None:
    """The browser dies, with no time to say anything."""
    page.evaluate("() => { window.fetch = () => new Promise(() => undefined); }")
    page.close()


def hand_in(who: Visitor) -> Visitor:
    who.page.locator("[data-hand-in]").click()
    with who.page.expect_navigation():
        who.page.locator("[data-sure-yes]").click()
    return who.arrive()


def test_at_the_halls_pc_by_keyboard_and_mouse(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    who.shot("exam-sit")
    for number in range(1, 9):
        answer(who.page, number)
    answer(who.page, 9, "0.5%")
    saved(who.page)
    who.page.locator("[data-hand-in]").click()
    expect(who.page.locator("[data-sure-words]")).to_contain_text("还有 1 题没有答：第 10 题。")
    with who.page.expect_navigation():
        who.page.locator("[data-sure-yes]").click()
    who.arrive().sees("已经交卷", "收到 9 / 10 题的答案", "16", "合格")
    who.shot("exam-over")
    sitting = sitting_of(exam, cast.miner)
    assert (sitting.status, sitting.score) == (Sat.HANDED_IN, Decimal(16))


def test_every_type_of_item_can_be_answered(people: Visitors, cast: Cast) -> None:
    exam = a_drawn_exam(cast, a_paper(cast), title="各种题型", mix_items=False)
    who = people.at("phone").sign_in("1001", path="/learning/exams/mine/").follow("各种题型").go("开始答题")
    page = who.page
    steps = page.get_by_role("navigation", name="题号").get_by_role("button")
    seen = {}
    for number in range(7):
        steps.nth(number).click()
        kind = (page.locator(".exam-head small").text_content() or "").strip()
        seen[kind.split(" ")[0]] = number
        who.arrive()
    steps.nth(seen["单选题"]).click()
    page.locator(".exam-option", has_text="1.5%").click()
    steps.nth(seen["多选题"]).click()
    for text in ("定责任人", "定措施", "定资金", "定时限"):
        page.locator(".exam-option", has_text=text).click()
    steps.nth(seen["判断题"]).click()
    page.locator(".exam-option", has_text="错").click()
    steps.nth(seen["填空题"]).click()
    page.get_by_label("第 1 空").fill("违章作业")
    page.get_by_label("第 2 空").fill("劳动纪律")
    steps.nth(seen["匹配题"]).click()
    for text, end in (("锚杆失效", "顶板"), ("风筒破口", "一通三防")):
        field = page.locator(".field", has_text=text).locator("select")
        field.select_option(field.locator("option", has_text=end).get_attribute("value"))
    steps.nth(seen["排序题"]).click()
    for text in ("上报", "定级", "下达", "整改", "验收"):
        page.locator(".exam-option", has_text=text).click()
    who.shot("exam-order")
    steps.nth(seen["简答题"]).click()
    page.get_by_label("作答").fill("现场、设备、隐患当面交清。")
    saved(page)
    hand_in(who).sees("收到 7 / 7 题的答案", "成绩由培训科公布后")
    assert sitting_of(exam, cast.miner).score == Decimal(12)


def test_the_last_word_counts_however_the_clock_is_set_right(people: Visitors, cast: Cast) -> None:
    """On a slow line the server's clock is reckoned anew with every answer; it may go back by most of a second."""
    exam = exam_of(cast)
    who = enter(people, exam)
    page = who.page

    def slow(route: Any) -> None:
        answer = route.fetch()
        said = answer.json()
        route.fulfill(response=answer, json={**said, "now": said["now"] - 3000})

    page.route("**/save/", slow)
    options = page.locator(".exam-option")
    options.nth(0).click()
    saved(page)
    options.nth(1).click()
    saved(page)
    page.unroute("**/save/")
    given = [row.answer for row in AnswerGiven.objects.order_by("id")]
    assert len(given) == 2 and given[0] != given[1]
    sitting = sitting_of(exam, cast.miner)
    assert list(answers_of(sitting).values()) == [given[1]]


def test_a_cut_line_in_the_middle_loses_nothing(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    answer(who.page, 1)
    saved(who.page)
    who.page.context.set_offline(True)
    for number in range(2, 7):
        answer(who.page, number)
    expect(who.page.locator("[data-state]")).to_contain_text("5 题存在本机", timeout=20_000)
    assert AnswerGiven.objects.count() == 1
    who.page.context.set_offline(False)
    saved(who.page)
    assert AnswerGiven.objects.values("line").distinct().count() == 6
    # Cut again, the page is closed and opened again: what was not sent is still on this PC.
    who.page.context.set_offline(True)
    for number in range(7, 11):
        answer(who.page, number)
    who.page.context.set_offline(False)
    who.page.reload()
    saved(who.page)
    expect(who.page.locator("[data-count]")).to_have_text("已答 10 / 10 题")
    hand_in(who).sees("收到 10 / 10 题的答案", "20", "合格")
    assert SittingLog.objects.filter(kind="cut").exists()


def test_who_reloads_while_the_line_is_cut_goes_on_with_his_paper(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    keeps(who.page)
    answer(who.page, 1)
    answer(who.page, 2)
    saved(who.page)
    who.page.context.set_offline(True)
    answer(who.page, 3)
    who.page.reload()
    who.arrive()
    expect(who.page.locator("[data-count]")).to_have_text("已答 3 / 10 题")
    answer(who.page, 4)
    expect(who.page.locator("[data-state]")).to_contain_text("2 题存在本机", timeout=20_000)
    who.shot("exam-offline")
    # The browser is closed and opened again; still no line.
    context, url = who.page.context, who.page.url
    dies(who.page)
    who.page = context.new_page()
    who.page.goto(url)
    expect(who.page.locator("[data-count]")).to_have_text("已答 4 / 10 题")
    who.page.get_by_role("navigation", name="题号").get_by_role("button").nth(1).click()
    expect(who.page.locator(".exam-option", has_text="1.5%").get_by_role("radio")).to_be_checked()
    answer(who.page, 5)
    context.set_offline(False)
    saved(who.page)
    assert AnswerGiven.objects.values("line").distinct().count() == 5
    hand_in(who).sees("收到 5 / 10 题的答案", "10")


def test_who_goes_back_after_the_hand_in_comes_to_the_door(people: Visitors, cast: Cast) -> None:
    """At a hall's PC the next one sits down: no question of the browser about sending a form again."""
    who = enter(people, exam_of(cast))
    answer(who.page, 1)
    saved(who.page)
    hand_in(who).sees("已经交卷")
    for _page in range(4):
        who.page.go_back()
        if urlsplit(who.page.url).path == "/learning/exams/door/":
            break
    expect(who.page.locator("#number")).to_be_visible()
    assert who.page.locator("#number").input_value() == ""


def test_after_the_hand_in_the_device_keeps_no_paper(people: Visitors, cast: Cast) -> None:
    """Handed in while the line is cut, loaded again, and handed in by itself once it is back."""
    exam = exam_of(cast)
    who = enter(people, exam)
    keeps(who.page)
    answer(who.page, 1)
    saved(who.page)
    hand_in_while_cut(who)
    who.page.reload()
    expect(who.page.locator("[data-notice]")).to_contain_text("网络一恢复就自动交卷", timeout=20_000)
    with who.page.expect_navigation(timeout=30_000):
        who.page.context.set_offline(False)
    who.arrive().sees("已经交卷", "收到 2 / 10 题的答案")
    assert papers_kept(who.page) == []
    who.page.context.set_offline(True)
    who.page.reload()
    who.arrive().sees("网络不通，暂时打不开考卷", "您答过的题不会丢")
    assert "停止作业的甲烷浓度" not in who.page.content()
    who.shot("exam-away")
    who.page.context.set_offline(False)
    expect(who.page.locator("main")).to_contain_text("已经交卷", timeout=15_000)  # it tries by itself


def test_a_pass_that_is_gone_takes_the_paper_off_the_device(people: Visitors, cast: Cast) -> None:
    who = enter(people, exam_of(cast))
    keeps(who.page)
    who.page.context.clear_cookies()
    who.page.reload()
    who.arrive().sees("考场入口")
    assert [one for one in papers_kept(who.page) if one.startswith("kd-sit-")] == []


def test_a_pc_clock_set_back_while_the_line_is_cut_gives_no_time(
    people: Visitors, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes go by while the PC is off; its clock comes back an hour early. The exam ended after five of them."""
    exam = exam_of(cast, minutes=30)
    who = enter(people, exam)
    keeps(who.page)
    answer(who.page, 1)
    saved(who.page)
    context, url = who.page.context, who.page.url
    context.set_offline(True)
    dies(who.page)
    sitting = sitting_of(exam, cast.miner)
    Sitting.objects.filter(id=sitting.id).update(ends_at=clock.now() + timedelta(minutes=5))
    Turned(monkeypatch).on(minutes=10)
    later = clock.now()
    context.add_init_script("""
        const [origin, date] = [performance.timeOrigin - 3600000, Date.now];
        Object.defineProperty(performance, "timeOrigin", { value: origin });
        Date.now = () => date() - 3600000;
    """)
    who.page = context.new_page()
    who.page.goto(url)
    expect(who.page.locator("[data-clock]")).to_have_text(re.compile(r"^(30:00|29:[3-5]\d)$"))
    answer(who.page, 2)
    with who.page.expect_navigation(timeout=30_000):
        context.set_offline(False)
    who.sees("时间到，已自动交卷", "收到 1 / 10 题的答案")
    late = AnswerGiven.objects.get(late=True)
    assert late.at >= later, "given when it was given, not when the PC said"


def test_what_a_dead_pc_still_has_is_sent_from_the_door(people: Visitors, cast: Cast) -> None:
    """It died with three answers unsent; he finished on another one. Switched on again, it opens the door of the hall."""
    exam = exam_of(cast)
    first = enter(people, exam)
    first.page.context.set_offline(True)
    for number in (2, 3, 4):
        answer(first.page, number)
    context = first.page.context
    dies(first.page)
    second = enter(people, exam)
    for number in (5, 6, 7, 8):
        answer(second.page, number)
    saved(second.page)
    hand_in(second).sees("收到 4 / 10 题的答案", "不合格")
    context.set_offline(False)
    first.page = context.new_page()
    with first.page.expect_response(re.compile("/save/")):
        first.open("/learning/exams/door/")
    second.page.reload()
    second.sees("收到 7 / 10 题的答案")
    first.page.wait_for_function("!Object.keys(localStorage).some((one) => one.startsWith('kd-exam-'))")


def test_the_hand_in_waits_for_the_line_and_the_time_that_is_up_is_told(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    answer(who.page, 1)
    saved(who.page)
    hand_in_while_cut(who)
    with who.page.expect_navigation(timeout=30_000):
        who.page.context.set_offline(False)
    who.sees("收到 2 / 10 题的答案")


def test_on_another_pc_he_goes_on_and_the_first_one_brings_what_it_still_has(people: Visitors, cast: Cast) -> None:
    """One PC dies with three answers unsent; it comes back to the net after the hand-in on the other one."""
    exam = exam_of(cast)
    first = enter(people, exam)
    answer(first.page, 1)
    saved(first.page)
    first.page.context.set_offline(True)
    for number in (2, 3, 4):
        answer(first.page, number)
    second = enter(people, exam)
    expect(second.page.locator("[data-count]")).to_have_text("已答 1 / 10 题")
    for number in (5, 6, 7, 8):
        answer(second.page, number)
    saved(second.page)
    assert SittingLog.objects.filter(kind="second_device").count() == 1
    hand_in(second).sees("收到 5 / 10 题的答案", "不合格")
    first.page.context.set_offline(False)
    first.sees("收到 8 / 10 题的答案", "16", "合格")
    assert sitting_of(exam, cast.miner).result.number == 2


def test_two_windows_of_one_person_agree(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    other = who.page.context.new_page()
    other.goto(who.page.url)
    answer(who.page, 1, "0.5%")
    saved(who.page)
    answer(other, 2)
    saved(other)
    expect(other.locator("[data-count]")).to_have_text("已答 2 / 10 题")
    answer(other, 1, "1.5%")
    saved(other)
    hand_in(who)
    assert sitting_of(exam, cast.miner).score == Decimal(4)


def test_a_pc_whose_clock_is_a_day_wrong(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast, minutes=30)
    who = people.at("desk")
    who.page.add_init_script("const real = Date.now; Date.now = () => real() + 86400000;")
    who.open("/learning/exams/door/").fill(number="1001", code=exam.code)
    who.go("下一步").go("是我，开始答题")
    expect(who.page.locator("[data-clock]")).to_have_text(re.compile(r"^29:5\d$"))
    answer(who.page, 1)
    saved(who.page)
    sitting = sitting_of(exam, cast.miner)
    given = AnswerGiven.objects.get()
    assert sitting.started_at <= given.at <= given.received_at <= clock.now()
    assert not given.late


def test_when_the_time_is_out_the_paper_is_handed_in_with_the_last_answer(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    sitting = sitting_of(exam, cast.miner)
    services.start(sitting.id, by=cast.miner)
    Sitting.objects.filter(id=sitting.id).update(ends_at=clock.now() + timedelta(seconds=12))
    who = enter(people, exam)
    with who.page.expect_navigation(timeout=30_000):
        answer(who.page, 1)
        # The last answer is given while the line is cut; it comes back after the time is out.
        who.page.context.set_offline(True)
        answer(who.page, 2)
        expect(who.page.locator("[data-notice]")).to_contain_text("没有交上", timeout=25_000)
        who.page.context.set_offline(False)
    who.sees("时间到，已自动交卷", "收到 2 / 10 题的答案")
    done = sitting_of(exam, cast.miner)
    assert (done.status, done.score) == (Sat.TIMED_OUT, Decimal(4))


def test_the_invigilator_sees_who_sits_and_gives_more_time(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    answer(who.page, 1)
    saved(who.page)
    keeper = people.at("desk").sign_in("5003", path=f"/learning/exams/{exam.id}/hall/")
    keeper.sees("王铁柱", "1 / 10 题", "刘二喜", "未开考", exam.code)
    keeper.shot("exam-hall")
    keeper.follow("全场延长").fill(minutes="10", why="停电检修").go("延长").sees("给 2 人延长了 10 分钟")
    answer(who.page, 2)
    saved(who.page)
    expect(who.page.locator("[data-clock]")).to_have_text(re.compile(r"^1:0\d:\d\d$"))
    keeper.page.locator(".hall-row", has_text="王铁柱").click()
    keeper.arrive().sees("考场记录", "开考", "延长时间")
    keeper.shot("exam-sitting")


def test_the_door_says_what_is_wrong(people: Visitors, cast: Cast) -> None:
    exam = exam_of(cast, opens_at=clock.now() + timedelta(hours=1))
    who = people.at("phone").open("/learning/exams/door/").fill(number="1001", code="000000")
    who.go("下一步").sees("工号或考场码不对")
    who.fill(number="3001", code=exam.code).go("下一步").sees("名单里没有您")
    who.fill(number="1001", code=exam.code).go("下一步").sees("王铁柱").go("是我，开始答题").sees("还没到开考时间")
    who.shot("exam-door")


def test_a_pass_opens_one_sitting_and_nothing_else(people: Visitors, cast: Cast, live_server: LiveServer) -> None:
    exam = exam_of(cast)
    who = enter(people, exam)
    other = sitting_of(exam, cast.other_miner)
    answers = who.page.evaluate(
        """async (id) => (await fetch(`/learning/exams/sit/${id}/save/`, {method: "POST",
           headers: {"Content-Type": "application/json"}, body: "{}"})).status""",
        str(other.id),
    )
    assert answers == 403
    assert UUID(str(other.id))
    who.open(f"/learning/exams/sit/{other.id}/").sees("考场入口")
