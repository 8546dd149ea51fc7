"""The link of a message: it shows one sentence, marks it as read, and signs nobody in."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import Notice, seal_all, tell_all, token_for
from kuangdeng.org.testkit import PASSWORD, Cast


@pytest.fixture
def notice(cast: Cast) -> Notice:
    hazard_in(Status.DISPATCHED, cast, text="王铁柱没有停电就检修转载机")
    seal_all()
    tell_all()
    return Notice.objects.get(person_id=cast.unit_head.id, must_act=True)


def page(token: str) -> str:
    return reverse("channels:link", args=[token])


def test_it_shows_what_it_is_about_and_nothing_else(notice: Notice, client: Client) -> None:
    answer = client.get(page(token_for(notice.id)))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "下达给综采一队" in text and "登录办理" in text and "期限" in text and "待办" in text
    assert "王铁柱" not in text and "王某某" in text
    assert notice.body not in text or not notice.body
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert "_auth_user_id" not in client.session
    assert client.get(reverse("inbox")).status_code == 302
    assert client.get(reverse("inbox_open", args=[notice.id])).status_code == 302
    assert (
        f"next=%2Finbox%2F{notice.id}%2F" in text.replace("/", "%2F").replace("%2F%2F", "%2F") or str(notice.id) in text
    )


def test_only_a_browser_that_shows_it_marks_it_as_read(notice: Notice, client: Client) -> None:
    """Mail servers and chats fetch links to look at them: that must not stop an escalation."""
    token = token_for(notice.id)
    client.get(page(token))
    client.head(page(token))
    notice.refresh_from_db()
    assert notice.read_at is None
    assert client.post(reverse("channels:link_read", args=[token])).status_code == 204
    notice.refresh_from_db()
    assert notice.read_at is not None and notice.acted_at is None
    assert client.get(reverse("channels:link_read", args=[token])).status_code == 405


def test_reading_needs_the_form_token_of_our_own_page(notice: Notice) -> None:
    strict = Client(enforce_csrf_checks=True)
    token = token_for(notice.id)
    assert strict.post(reverse("channels:link_read", args=[token])).status_code == 403
    strict.get(page(token))
    form = strict.cookies["kuangdeng_csrf"].value
    assert strict.post(reverse("channels:link_read", args=[token]), headers={"X-CSRFToken": form}).status_code == 204


def test_after_a_day_it_says_so_and_leads_to_the_sign_in(notice: Notice, client: Client) -> None:
    token = token_for(notice.id)
    with clock.set_to(clock.now() + timedelta(hours=24, seconds=1)):
        answer = client.get(page(token))
        assert answer.status_code == 410
        assert "链接已过期" in answer.content.decode() and str(notice.id) in answer.content.decode()
        assert "下达给" not in answer.content.decode()
        assert client.post(reverse("channels:link_read", args=[token])).status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


def test_a_token_that_was_changed_is_none(notice: Notice, client: Client) -> None:
    token = token_for(notice.id)
    other = token_for(Notice.objects.exclude(id=notice.id).first().id)
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        other[:22] + token[22:],
        token[:40],
        "x",
        "好" * 44,
        token + "AA",
    ):
        answer = client.get(page(wrong))
        assert answer.status_code == 410
        assert "链接不对" in answer.content.decode() and "下达给" not in answer.content.decode()
        assert client.post(reverse("channels:link_read", args=[wrong])).status_code == 404


def test_its_own_person_goes_right_on_and_another_sees_only_the_summary(notice: Notice, cast: Cast) -> None:
    own, other = Client(), Client()
    own.force_login(cast.unit_head)
    other.force_login(cast.miner)
    token = token_for(notice.id)
    assert own.get(page(token))["Location"] == reverse("inbox_open", args=[notice.id])
    assert "登录办理" in other.get(page(token)).content.decode()
    assert other.get(reverse("inbox_open", args=[notice.id])).status_code == 404


def test_the_sign_in_leads_on_to_the_notice(notice: Notice, cast: Cast, client: Client) -> None:
    text = client.get(page(token_for(notice.id))).content.decode()
    onward = text.partition('class="button button-primary" href="')[2].partition('"')[0].replace("&amp;", "&")
    answer = client.post(
        onward, {"number": cast.unit_head.number, "password": PASSWORD, "next": reverse("inbox_open", args=[notice.id])}
    )
    assert answer["Location"] == reverse("inbox_open", args=[notice.id])
