"""The door: who comes in, who is locked out for how long, and what a shared device forgets."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from kuangdeng.kernel import clock
from kuangdeng.org import services, sign_in
from kuangdeng.org.models import Person, SignIn
from kuangdeng.org.testkit import PASSWORD, Cast, make_cast

pytestmark = pytest.mark.django_db

ENTER = "/org/sign-in/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def enter(client: Client, number: str, password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def]
    return client.post(ENTER, {"number": number, "password": password, **more})


def who(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def test_number_and_password_open_the_door(cast: Cast, client: Client) -> None:
    answer = enter(client, " 1001 ", next="/org/me/")
    assert (answer.status_code, answer["Location"]) == (302, "/org/me/")
    assert who(client) == str(cast.miner.id)
    row = SignIn.objects.get(person=cast.miner)
    assert row.session_key == client.session.session_key
    assert Person.objects.get(id=cast.miner.id).last_login is not None
    assert client.get(ENTER).status_code == 302


def test_no_stranger_is_sent_elsewhere_after_signing_in(cast: Cast, client: Client) -> None:
    assert enter(client, "1001", next="https://evil.example/")["Location"] == "/"


@pytest.mark.parametrize(
    ("number", "password"), [("1001", "wrong"), ("9999", PASSWORD), ("1001", "x" * 500), ("1001", "")]
)
def test_wrong_number_and_wrong_password_sound_the_same(cast: Cast, client: Client, number: str, password: str) -> None:
    answer = enter(client, number, password)
    assert answer.status_code == 422
    assert who(client) is None
    if password and len(password) < 100:
        assert "工号或密码不对" in answer.content.decode()


def test_who_left_does_not_come_in(cast: Cast, client: Client) -> None:
    enter(client, "1001")
    services.leave(cast.miner.id, on=clock.today(), by=cast.administrator)
    assert client.get("/org/me/")["Location"].startswith(ENTER)
    assert "工号或密码不对" in enter(Client(), "1001").content.decode()


def test_two_mines_with_the_same_numbers(cast: Cast, client: Client) -> None:
    other = make_cast("OTHER")
    assert 'name="mine"' in client.get(ENTER).content.decode()
    enter(client, "1001", mine="OTHER")
    assert who(client) == str(other.miner.id)
    again = Client()
    again.cookies = client.cookies
    del again.cookies["kuangdeng_session"]
    assert '<option value="OTHER" selected' in again.get(ENTER).content.decode()


def test_lock_out_is_by_person_and_address_and_says_for_how_long(cast: Cast, client: Client) -> None:
    for _ in range(5):
        answer = enter(client, "1001", "wrong-password")
    answer = enter(client, "1001")
    assert answer.status_code == 429
    assert re.search(r"暂停登录 1[45] 分钟", answer.content.decode())
    assert who(client) is None
    assert enter(Client(), "1002").status_code == 302, "another person at the same terminal"
    assert enter(Client(REMOTE_ADDR="10.1.2.3"), "1001").status_code == 302, "the same person elsewhere"


def test_the_lock_ends_by_itself(cast: Cast, client: Client) -> None:
    from axes.models import AccessAttempt

    for _ in range(6):
        enter(client, "1001", "wrong-password")
    AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(minutes=16))
    assert enter(client, "1001").status_code == 302


def test_the_first_sign_in_asks_for_an_own_password(cast: Cast, client: Client) -> None:
    password = services.reset_password(cast.miner.id, by=cast.unit_head)
    assert enter(client, "1001", password)["Location"] == reverse("org:change_password")
    for address in ("/org/me/", "/org/persons/", "/"):
        assert client.get(address)["Location"] == reverse("org:change_password")
    part = client.get("/org/me/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/org/me/?a=1"})
    assert (part.status_code, part["HX-Redirect"]) == (204, "/org/password/?next=%2Forg%2Fme%2F%3Fa%3D1")
    wrong = client.post(reverse("org:change_password"), {"old": password, "new": "12345678", "again": "12345678"})
    assert wrong.status_code == 422
    assert "只用数字" in wrong.content.decode()
    new = {"old": password, "new": "mao-chi-yu-2", "again": "mao-chi-yu-2"}
    assert client.post(reverse("org:change_password"), new)["Location"] == "/"
    assert client.get("/org/me/").status_code == 200
    assert enter(Client(), "1001", "mao-chi-yu-2").status_code == 302


def test_an_old_slip_opens_nothing(cast: Cast, client: Client) -> None:
    password = services.reset_password(cast.miner.id, by=cast.unit_head)
    Person.objects.filter(id=cast.miner.id).update(password_changed_at=clock.now() - timedelta(days=31))
    answer = enter(client, "1001", password)
    assert "超过 30 天" in answer.content.decode()
    assert who(client) is None


def test_a_new_password_ends_the_other_sessions(cast: Cast, client: Client) -> None:
    other = Client()
    enter(client, "1001")
    enter(other, "1001")
    client.post(reverse("org:change_password"), {"old": PASSWORD, "new": "mao-chi-yu-2", "again": "mao-chi-yu-2"})
    assert client.get("/org/me/").status_code == 200
    assert other.get("/org/me/").status_code == 302
    assert SignIn.objects.filter(person=cast.miner).count() <= 1


def test_a_reset_ends_all_sessions(cast: Cast, client: Client) -> None:
    enter(client, "1001")
    services.reset_password(cast.miner.id, by=cast.unit_head)
    assert client.get("/org/me/").status_code == 302
    assert not SignIn.objects.filter(person=cast.miner).exists()


def test_the_session_list_ends_one_or_all_others(cast: Cast, client: Client) -> None:
    phones = [Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) MicroMessenger"}) for _ in range(3)]
    enter(client, "1001")
    for phone in phones:
        enter(phone, "1001")
    page = client.get("/org/me/sessions/").content.decode()
    assert page.count("安卓 · 微信") == 3
    assert client.session.session_key not in page
    handle = re.findall(r'name="only" value="([0-9a-f]{16})"', page)[0]
    client.post("/org/me/sessions/", {"only": handle})
    assert sum(phone.get("/org/me/").status_code == 200 for phone in phones) == 2
    client.post("/org/me/sessions/", {})
    assert [phone.get("/org/me/").status_code for phone in phones] == [302] * 3
    assert client.get("/org/me/").status_code == 200


def test_a_shared_device_forgets_its_person(cast: Cast, client: Client) -> None:
    enter(client, "1001", shared="on")
    page = client.get("/org/me/")
    assert page["Cache-Control"] == "no-store"
    assert "/org/switch-user/" in page["Refresh"]
    with clock.set_to(clock.now() + timedelta(minutes=9)):
        assert client.get("/org/me/").status_code == 200
    with clock.set_to(clock.now() + timedelta(minutes=20)):
        assert client.get("/org/me/")["Location"] == "/org/switch-user/"
    assert who(client) is None


def test_ones_own_phone_is_not_signed_out(cast: Cast, client: Client) -> None:
    enter(client, "1001")
    with clock.set_to(clock.now() + timedelta(days=2)):
        page = client.get("/org/me/")
    assert page.status_code == 200
    assert "Refresh" not in page


def test_quick_switch_of_user(cast: Cast, client: Client) -> None:
    enter(client, "1001", shared="on")
    old_key = client.session.session_key
    client.post("/org/switch-user/")
    assert not Session.objects.filter(session_key=old_key).exists()
    enter(client, "1002", shared="on")
    client.post("/org/switch-user/")
    page = client.get("/org/switch-user/").content.decode()
    assert page.index("李大山") < page.index("王铁柱")
    assert str(cast.miner.id) not in page
    token = re.findall(r"\?who=([\w-]+)", page)[1]
    form = client.get(f"{ENTER}?who={token}").content.decode()
    assert "王铁柱" in form
    assert 'name="number"' not in form
    assert client.post(ENTER, {"who": token, "password": "wrong"}).status_code == 422
    assert client.post(ENTER, {"who": token, "password": PASSWORD}).status_code == 302
    assert who(client) == str(cast.miner.id)
    assert client.session["shared"] is True
    client.post("/org/switch-user/")
    client.post("/org/switch-user/", {"forget": token})
    assert "王铁柱" not in client.get("/org/switch-user/").content.decode()


def test_another_device_does_not_know_the_names(cast: Cast, client: Client) -> None:
    enter(client, "1001", shared="on")
    client.post("/org/switch-user/")
    token = re.findall(r"\?who=([\w-]+)", client.get("/org/switch-user/").content.decode())[0]
    stranger = Client()
    assert stranger.get("/org/switch-user/")["Location"] == "/org/sign-in/?shared=1"
    assert "王铁柱" not in stranger.get(f"{ENTER}?who={token}").content.decode()
    stranger.cookies["kuangdeng_device"] = "forged"
    assert "王铁柱" not in stranger.get(f"{ENTER}?who={token}").content.decode()


def test_signing_out_is_a_press_of_a_button(cast: Cast, client: Client) -> None:
    enter(client, "1001")
    assert client.get("/org/sign-out/").status_code == 405
    assert client.post("/org/sign-out/")["Location"] == ENTER
    assert client.get("/org/me/").status_code == 302


@pytest.fixture
def crowd() -> Iterator[None]:
    taken = [sign_in._waiting.acquire(blocking=False) for _ in range(1 + sign_in.WAITING)]
    yield
    for one in taken:
        if one:
            sign_in._waiting.release()


@pytest.mark.usefixtures("crowd")
def test_a_crowd_at_the_door_is_asked_to_wait_and_nobody_is_counted_as_wrong(cast: Cast, client: Client) -> None:
    from axes.models import AccessAttempt

    answer = enter(client, "1001")
    assert answer.status_code == 503
    assert "登录的人太多" in answer.content.decode()
    assert not AccessAttempt.objects.exists()


def test_strangers_find_only_the_door(cast: Cast, client: Client) -> None:
    for name, kwargs in [
        ("org:me", {}),
        ("org:persons", {}),
        ("org:person", {"person_id": cast.miner.id}),
        ("org:units", {}),
        ("org:pick_person", {}),
        ("org:powers", {}),
        ("org:slips", {}),
    ]:
        answer = client.get(reverse(name, kwargs=kwargs))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith(ENTER), name
