"""The pages of the book rooms through HTTP: the kiosk, the desk, labels, the calendar, files."""

import re
from datetime import timedelta

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom import services
from kuangdeng.learning.bookroom.models import BookImport, Kiosk, Loan, StockTake, Title
from kuangdeng.learning.bookroom.rules import Terms
from kuangdeng.learning.bookroom.testkit import a_copy, book, kiosk_in, lent, queued, rooms_of, stock_in
from kuangdeng.learning.bookroom.tests.test_marc import RULES, iso
from kuangdeng.learning.bookroom.views.kiosk import COOKIE
from kuangdeng.org.testkit import Cast, make_cast

KIOSK = "/learning/books/kiosk/"


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def device(cast: Cast) -> Client:
    """A browser that is a kiosk, with nobody signed in."""
    kiosk, secret = kiosk_in(cast)
    client = Client()
    client.cookies[COOKIE] = f"{kiosk.id}:{secret}"
    return client


def step(device: Client, typed: str, page: str = "", **more: str) -> str:
    """Scan or press on the kiosk; `page` is the screen before it."""
    who = re.search(r'name="who" value="([^"]+)"', page)
    given = {"typed": typed, **({"who": who.group(1)} if who else {}), **more}
    return device.post(KIOSK, given).content.decode()


def test_a_device_that_nobody_made_a_kiosk_lends_nothing(cast: Cast) -> None:
    stranger = Client()
    assert "还不是自助机" in stranger.get(KIOSK).content.decode()
    assert "还不是自助机" in stranger.post(KIOSK, {"typed": "1001"}).content.decode()
    stranger.cookies[COOKIE] = "x:wrong"
    assert "还不是自助机" in stranger.get(KIOSK).content.decode()


def test_making_a_kiosk_signs_the_librarian_out(cast: Cast) -> None:
    room = rooms_of(cast)[0]
    client = cast.browser("librarian")
    answer = client.post("/learning/books/kiosks/", {"room": str(room.id), "name": "门口自助机"})
    assert answer["Location"] == KIOSK
    assert "借书：刷工作证" in client.get(KIOSK).content.decode()
    assert client.get("/learning/books/").status_code == 302, "nobody stays signed in on a device in a corridor"
    services.close_kiosk(Kiosk.objects.get().id, by=cast.librarian)
    assert "还不是自助机" in client.get(KIOSK).content.decode()


def test_card_book_done(cast: Cast, device: Client) -> None:
    copy = a_copy(book(cast))
    services.bind_card(cast.miner.id, number="0004123456", by=cast.librarian)
    who = step(device, "0004123456")
    assert "王铁柱" in who
    assert "借好了" in step(device, copy.barcode, who)
    assert Loan.objects.get(copy=copy).way == "kiosk"
    back = step(device, copy.barcode)
    assert "已还，谢谢" in back
    assert "王铁柱" not in back, "whose it was is not shown to who brings it"
    assert Loan.objects.get(copy=copy).ended_at is not None


def test_a_number_shows_no_titles_but_a_card_does(cast: Cast, device: Client) -> None:
    lent(cast, book(cast, "平凡的世界"))
    services.bind_card(cast.miner.id, number="0004123456", by=cast.librarian)
    by_number = step(device, "1001")
    assert "王铁柱" in by_number
    assert "平凡的世界" not in by_number
    assert "平凡的世界" in step(device, "0004123456")


def test_who_shows_his_card_renews_without_the_book(cast: Cast, device: Client) -> None:
    loan = lent(cast, book(cast, "平凡的世界"))
    services.bind_card(cast.miner.id, number="0004123456", by=cast.librarian)
    assert 'value="renew"' not in step(device, "1001"), "a number alone shows no list to renew from"
    card = step(device, "0004123456")
    assert 'value="renew"' in card
    assert "续借好了" in step(device, loan.copy.barcode, card, do="renew")
    loan.refresh_from_db()
    assert loan.renewals == 1
    again = step(device, "0004123456")
    assert 'value="renew"' not in again
    assert "不能再续" in again


def test_a_mine_may_ask_for_the_card(cast: Cast, device: Client) -> None:
    services.save_rule(
        valid_from=clock.today(), terms=Terms(number_at_kiosk=False), source="", confirmed=True, by=cast.librarian
    )
    assert "只认绑定过的工作证" in step(device, "1001")


def test_my_own_book_may_be_renewed_or_given_back_and_another_s_only_given_back(cast: Cast, device: Client) -> None:
    loan = lent(cast)
    due = loan.due_on
    asked = step(device, loan.copy.barcode, step(device, "1001"))
    assert "在您名下" in asked
    assert "续借好了" in step(device, loan.copy.barcode, asked, do="renew")
    loan.refresh_from_db()
    assert loan.due_on == due + timedelta(days=15)
    other = step(device, loan.copy.barcode, step(device, "2001"))
    assert "要替他还吗" in other
    assert 'value="renew"' not in other
    assert "已还" in step(device, loan.copy.barcode, other, do="back")


def test_the_kiosk_forgets_who_stood_there(cast: Cast, device: Client) -> None:
    copy = a_copy(book(cast))
    who = step(device, "1001")
    token = re.search(r'name="who" value="([^"]+)"', who).group(1)  # type: ignore[union-attr]
    forged = device.post(KIOSK, {"typed": copy.barcode, "who": token[:-3] + "abc"}).content.decode()
    assert "请先刷工作证" in forged
    assert not Loan.objects.exists()


def test_the_kiosk_says_why_not(cast: Cast, device: Client) -> None:
    title = lent(cast).title
    assert "没有这个工号" in step(device, "不知道")
    waiting = queued(cast, title=title)
    assert "有人预约了它" in step(device, a_copy(title).barcode)
    waiting.refresh_from_db()
    assert waiting.status == "ready"
    assert "有人预约" in step(device, a_copy(title).barcode, step(device, "3001"))
    assert "借好了" in step(device, a_copy(title).barcode, step(device, "2001"))


def test_the_desk_lends_and_takes_back(cast: Cast) -> None:
    copy = a_copy(book(cast))
    client = cast.browser("librarian")
    found = client.get("/learning/books/desk/?q=1001")
    assert found["Location"].endswith(f"?reader={cast.miner.id}")
    assert "王铁柱" in client.get("/learning/books/desk/?q=wtz").content.decode()
    page = client.post(
        "/learning/books/desk/", {"do": "lend", "reader": str(cast.miner.id), "barcode": copy.barcode}, follow=True
    )
    assert "已借给王铁柱" in page.content.decode()
    again = client.post(
        "/learning/books/desk/",
        {"do": "lend", "reader": str(cast.other_miner.id), "barcode": copy.barcode},
        follow=True,
    )
    assert "刚由别人借走" in again.content.decode()
    done = client.post("/learning/books/desk/", {"do": "back", "barcode": copy.barcode}, follow=True)
    assert "已还，读者王铁柱" in done.content.decode()


def test_a_reader_does_not_see_who_has_a_book(cast: Cast) -> None:
    title = lent(cast).title
    page = cast.browser("other_miner").get(reverse("learning:book", args=[title.id])).content.decode()
    assert "借出，应还" in page
    assert "王铁柱" not in page
    keeper = cast.browser("librarian").get(reverse("learning:book", args=[title.id])).content.decode()
    assert "王铁柱" in keeper


def test_due_dates_in_a_calendar_under_a_secret_address(cast: Cast) -> None:
    loan = lent(cast, book(cast, "平凡的世界"))
    client = cast.browser("miner")
    page = client.post("/learning/books/mine/calendar/").content.decode()
    address = re.search(r"http://testserver(/learning/books/calendar/[\w-]+\.ics)", page).group(1)  # type: ignore[union-attr]
    phone = Client()
    answer = phone.get(address)
    assert answer["Content-Type"].startswith("text/calendar")
    (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("dtstart") == loan.due_on
    assert str(event["summary"]) == "还书：《平凡的世界》"
    assert address not in client.get("/learning/books/mine/calendar/").content.decode(), "shown once"
    client.post("/learning/books/mine/calendar/", {"do": "revoke"})
    assert phone.get(address).status_code == 404


def test_labels_are_barcodes_of_the_copies(cast: Cast) -> None:
    title = book(cast, copies=30)
    page = cast.browser("librarian").get("/learning/books/labels/sheet/?skip=2").content.decode()
    assert page.count('class="barcode"') == 30
    assert page.count("label-paper") == 2
    assert a_copy(title).barcode in page


def test_import_through_the_page(cast: Cast) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    room, client = rooms_of(cast)[1], cast.browser("librarian")
    file = SimpleUploadedFile("馆藏.iso", iso(RULES, "gb18030") + b"damaged\x1d")
    answer = client.post("/learning/books/import/", {"file": file, "charset": ""})
    run = BookImport.objects.get()
    preview = client.get(answer["Location"]).content.decode()
    assert "煤矿安全规程" in preview
    assert "头标不对" in preview
    problems = client.get(reverse("learning:book_import_problems", args=[run.id])).content.decode("utf-8-sig")
    assert problems.splitlines()[1].startswith(f"2,{len(iso(RULES, 'gb18030'))},")
    client.post(answer["Location"], {"do": "confirm", "room": str(room.id), "known": "copies"})
    assert Title.objects.get().copies.count() == 3
    hostile = SimpleUploadedFile("a.xml", b"<!DOCTYPE x><collection><record/></collection>")
    refused = client.post("/learning/books/import/", {"file": hostile, "charset": ""})
    assert (refused.status_code, "DOCTYPE" in refused.content.decode()) == (422, True)


def test_cataloguing_leads_on_to_the_copies(cast: Cast) -> None:
    room, client = rooms_of(cast)[0], cast.browser("librarian")
    wrong = client.post("/learning/books/new/", {"title": "煤矿安全规程", "isbn": "9787502041244"})
    assert (wrong.status_code, "校验位不对" in wrong.content.decode()) == (422, True)
    answer = client.post(
        "/learning/books/new/", {"title": "煤矿安全规程", "isbn": "978-7-5020-4124-3", "class_number": "TD7"}
    )
    client.post(answer["Location"], {"room": str(room.id), "count": "2", "barcodes": ""})
    assert Title.objects.get().copies.count() == 2
    found = client.get("/learning/books/?q=规程&class=T&free=1").content.decode()
    assert "在架 2 / 共 2 册" in found
    assert str(Title.objects.get().id) not in client.get("/learning/books/?q=规程&class=I").content.decode()


def test_stock_taking_through_the_page(cast: Cast) -> None:
    title, take = book(cast, copies=3), stock_in(cast)
    client, here = cast.browser("librarian"), reverse("learning:stock_take", args=[take.id])
    codes = [copy.barcode for copy in title.copies.all()]
    said = client.post(here, {"barcodes": f"{codes[0]}\n{codes[1]}\n"}, follow=True).content.decode()
    assert "已记 2 册" in said
    assert "扫过了" in client.post(here, {"barcodes": codes[0]}, follow=True).content.decode()
    client.post(here, {"do": "finish"})
    assert StockTake.objects.get().result["missing"] == [codes[2]]
    assert codes[2] in client.get(f"{here}sheet/").content.decode()


def test_what_is_to_be_given_back_stands_on_the_home_page(cast: Cast) -> None:
    lent(cast, book(cast, "平凡的世界"), days_ago=28)
    page = cast.browser("miner").get("/").content.decode()
    assert "《平凡的世界》" in page
    assert "续借或归还" in page
