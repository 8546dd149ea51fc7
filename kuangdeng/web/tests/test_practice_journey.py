"""The daily item over a week: three on the phone with one wrong, the mistake first the next day, a leave that costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.kernel import clock
from kuangdeng.learning.items.rules import Status
from kuangdeng.learning.items.testkit import SINGLE, item_in
from kuangdeng.learning.practice import queries, services
from kuangdeng.learning.practice.models import PracticeAnswer
from kuangdeng.learning.practice.rules import Terms
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.tests.turning import Turned
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
RIGHT, WRONG = "1.5%", "0.5%"
WHY = "甲烷浓度达到 1.5% 时撤人，由瓦检员复查后才能恢复。"


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


def a_bank(cast: Cast) -> None:
    """Twenty items, three a day, the rule of the mine."""
    for number in range(1, 21):
        content = {**SINGLE, "stem": f"第{number}问：{SINGLE['stem']}"}
        item_in(Status.IN_USE, cast, content, explanation=WHY, clause="煤矿安全规程")
    terms = Terms(per_day=3)
    services.save_rule(valid_from=clock.today(), terms=terms, source="每日一题制度", by=cast.training_officer)
    queries.forget_pools()


def answer(who: Visitor, text: str) -> str:
    """One tap; returns the stem that was asked."""
    stem = who.page.locator(".practice-stem").inner_text()
    who.go(text, exact=False)
    return stem


def answer_rest(who: Visitor, count: int) -> None:
    """So many right ones, to the end of the day."""
    for left in range(count, 0, -1):
        answer(who, RIGHT)
        who.sees("答对了").follow("下一题" if left > 1 else "完成")


def test_a_week_with_a_mistake_and_a_leave(people: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    turned, cast = Turned(monkeypatch), make_cast()
    a_bank(cast)
    start = clock.today()

    # The first day, on the phone: from home to three answers, one of them wrong.
    phone = people.at("phone").sign_in("1001").sees("每日一题还有 3 道")
    phone.follow("每日一题还有 3 道", exact=False).sees("第 1 题，共 3 题")
    answer(phone, RIGHT)
    phone.sees("答对了", "下次再问").follow("下一题").sees("第 2 题，共 3 题")
    missed = answer(phone, WRONG)
    phone.sees("答案是", "您选的", WHY, "煤矿安全规程")
    phone.shot("practice-wrong")
    answer_rest(phone.follow("下一题"), 1)
    phone.sees("今天的题答完了").open("/").page.get_by_text("每日一题还有").wait_for(state="hidden")
    phone.open("/learning/practice/book/").sees(missed, "错过 1 次")

    # The next day it comes first.
    turned.on(days=1)
    phone.open("/learning/practice/").sees("错题重做", missed)
    answer_rest(phone, 3)
    phone.open("/learning/practice/book/").sees(missed)

    # Who leads the unit sees who takes part, and enters the leave of the two days that follow.
    head = people.at("desk").sign_in("1003", path="/learning/practice/figures/").sees("综采一队")
    head.open(f"/learning/practice/figures/?first={start}&last={clock.today()}").follow("综采一队").sees("王铁柱")
    expect(head.page.get_by_role("row", name="王铁柱")).to_contain_text("2 / 2")
    turned.on(days=1)
    left, back = clock.today(), clock.today() + timedelta(days=1)
    head.open("/learning/practice/away/").follow("登记不在岗")
    head.fill(who="1001", first_day=str(left), last_day=str(back), reason="年休假").go("登记不在岗").sees("王铁柱")

    # Back with one day missed: the leave is not asked for, the day that he missed may be made up, or not.
    turned.on(days=3)
    phone.open("/learning/practice/").sees("第 1 题，共 3 题")
    answer_rest(phone, 3)
    phone.sees("没答的日子，可以补", "补不补都不扣分")
    offered = phone.page.locator("ul.links a").all_inner_texts()
    assert len(offered) == 1, f"not the days of his leave: {offered}"
    phone.follow("补做", exact=False).sees("补做")
    answer_rest(phone, 3)
    phone.sees("这一天的补完了")
    assert PracticeAnswer.objects.filter(person=cast.miner).count() == 12
    head.open(f"/learning/practice/figures/{cast.units['mining'].id}/?first={start}&last={clock.today()}")
    expect(head.page.get_by_role("row", name="王铁柱")).to_contain_text("4 / 4")
    head.shot("practice-unit")
