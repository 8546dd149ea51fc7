"""A member and the book room: borrows at the kiosk, renews on his phone, writes a note; a reservation is served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from kuangdeng.learning.bookroom.models import Loan, ReadingNote
from kuangdeng.learning.bookroom.testkit import a_copy, book, rooms_of
from kuangdeng.ledger.api import seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.tests.visitors import Visitor, Visitors, visitors

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NOTE = "少平在掌子面上的那几章我看了两遍，书里写的就是我们天天过的日子。"


@pytest.fixture
def people(browser: Browser, live_server: LiveServer) -> Iterator[Visitors]:
    with visitors(browser, live_server.url) as everybody:
        yield everybody


def scan(kiosk: Visitor, code: str) -> Visitor:
    """The hand scanner types the code and ends with Enter."""
    with kiosk.page.expect_navigation():
        kiosk.page.keyboard.type(code)
        kiosk.page.keyboard.press("Enter")
    return kiosk.arrive()


def test_a_member_borrows_renews_writes_a_note_and_a_reservation_is_served(
    people: Visitors, live_server: LiveServer
) -> None:
    cast: Cast = make_cast()
    rooms_of(cast)
    title = book(cast, "平凡的世界", author="路遥", class_number="I247.5")
    code = a_copy(title).barcode

    kiosk = people.at("desk").sign_in("5004").open("/learning/books/kiosks/")
    kiosk.fill(name="门口自助机").go("把这台设备变成自助机").sees("借书：刷工作证")
    kiosk.shot("kiosk")
    for digit in "1001":
        kiosk.page.get_by_role("button", name=digit, exact=True).click()
    kiosk.go("下一步").sees("王铁柱", "已借 0 / 3 册")
    scan(kiosk, code).sees("《平凡的世界》借好了", "已借 1 / 3 册")
    kiosk.shot("kiosk-lent")
    kiosk.follow("完成").sees("借书：刷工作证")
    loan = Loan.objects.get(copy__barcode=code)

    member = people.at("phone").sign_in("1001", path="/learning/books/mine/").sees("平凡的世界")
    due = loan.due_on
    member.go("续借")
    loan.refresh_from_db()
    assert (loan.due_on - due).days == 15
    member.open(f"/learning/books/{title.id}/").follow("写心得")
    member.fill(text=NOTE).go("发表").sees(NOTE)
    assert ReadingNote.objects.get().person == cast.miner

    other = people.at("phone").sign_in("2001", path=f"/learning/books/{title.id}/").sees("都借出去了", NOTE)
    other.go("预约").sees("排队等书")

    scan(kiosk, code).sees("《平凡的世界》已还", "有人预约了它")
    kiosk.shot("kiosk-back")
    seal_all()
    tell_all()
    other.open("/").sees("预约的书到了")
    scan(kiosk, "2001").sees("刘二喜", "1 册预约的书到了")
    scan(kiosk, code).sees("借好了")
    assert Loan.objects.get(copy__barcode=code, ended_at=None).person == cast.other_miner
    member.open("/learning/books/mine/").sees("没有借书", "借过的书")

    keeper = people.at("desk").sign_in("5004", path="/learning/books/notes/").sees(NOTE)
    keeper.go("推荐")
    expect(keeper.page.locator(".note.is-picked").first).to_contain_text("王铁柱")
