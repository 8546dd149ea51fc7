"""Mail goes out at most once, whatever the server or the process does. A real SMTP server on a real socket."""

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger import outbox
from kuangdeng.ledger.models import Delivery, Notice
from kuangdeng.ledger.outbox import MOST_TRIES, claim, deliver_all
from kuangdeng.ledger.services import Subject, post, send_again
from kuangdeng.ledger.testkit import MailServer, mail_server

pytestmark = pytest.mark.django_db
MINE = uuid7()


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with mail_server() as box:
        point_at(settings, box.port)
        yield box


def point_at(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = outbox.DJANGO_SMTP
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.DEFAULT_FROM_EMAIL = "矿灯 <kuangdeng@mine.example.cn>"
    settings.PUBLIC_URL = "https://kuangdeng.example.cn"


def letter(
    address: str = "anna@example.cn", title: str = "下达给综采一队：YH2026-000001，须在11月23日 16:00前整改完成。"
) -> Delivery:
    entry = post("test.verb", Subject("thing", uuid7(), "一件事"), mine_id=MINE, by=None)
    notice = Notice.objects.create(
        mine_id=MINE, person_id=uuid7(), entry=entry, topic="test", title=title, url="/hazards/1/"
    )
    return Delivery.objects.create(mine_id=MINE, notice=notice, channel="email", address=address)


def test_a_notice_arrives_in_chinese_with_its_link(server: MailServer) -> None:
    delivery = letter()
    assert deliver_all() == 1
    mail = server.mails[0]
    assert mail["Subject"].strip() == delivery.notice.title  # folding a long header leaves a blank
    assert mail["To"] == "anna@example.cn"
    assert mail["Message-ID"].startswith(f"<{delivery.id}@")
    assert "https://kuangdeng.example.cn/hazards/1/" in mail.get_content()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.sent_at is not None) == ("sent", 1, True)
    assert deliver_all() == 0
    assert len(server.taken) == 1


def test_many_letters_use_few_connections(server: MailServer) -> None:
    for number in range(30):
        letter(f"p{number}@example.cn")
    assert deliver_all() == 30
    assert (len(server.taken), server.connections) == (30, 2)


def test_a_server_that_is_down_is_tried_again_ever_later_and_then_given_up(settings: Any) -> None:
    with mail_server() as box:
        pass
    point_at(settings, box.port)
    delivery, at, waits = letter(), now(), []
    for _ in range(MOST_TRIES + 2):
        with clock.set_to(at):
            deliver_all()
        delivery.refresh_from_db()
        if delivery.state == "waiting":
            waits.append((delivery.next_try_at - at).total_seconds() / 60)
            at = delivery.next_try_at
    assert waits == [2**n for n in range(MOST_TRIES - 1)]
    assert (delivery.state, delivery.tries) == ("dead", MOST_TRIES)
    assert "refused" in delivery.error.lower()


def test_it_goes_out_when_the_server_is_back(settings: Any) -> None:
    with mail_server() as box:
        port = box.port
    point_at(settings, port)
    letter()
    assert deliver_all() == 0
    with mail_server(port) as box, clock.set_to(now() + timedelta(minutes=2)):
        assert deliver_all() == 1
        assert len(box.taken) == 1


@pytest.mark.parametrize("phase", ["rcpt", "data"])
def test_a_4xx_is_tried_again_and_a_5xx_is_final(server: MailServer, phase: str) -> None:
    delivery = letter()
    setattr(server, phase, "451 please later")
    assert deliver_all() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error) == ("waiting", "451 please later")
    setattr(server, phase, "550 no such person")
    with clock.set_to(now() + timedelta(minutes=5)):
        assert deliver_all() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.error) == ("dead", 2, "550 no such person")


def test_one_refused_letter_does_not_stop_the_others(server: MailServer) -> None:
    first = letter("bad@example.cn")
    others = [letter(f"p{number}@example.cn") for number in range(3)]
    server.refuse = {"bad@example.cn": "550 unknown"}
    assert deliver_all() == 3
    first.refresh_from_db()
    assert first.state == "dead"
    assert {Delivery.objects.get(id=other.id).state for other in others} == {"sent"}


def test_a_line_that_breaks_before_the_text_is_tried_again(server: MailServer) -> None:
    delivery = letter()
    server.cut = "mail"
    deliver_all()
    delivery.refresh_from_db()
    assert delivery.state == "waiting"


def test_a_line_that_breaks_after_the_text_is_never_tried_again(server: MailServer) -> None:
    """The server has it, we do not know: a second mail would be the worse mistake."""
    delivery = letter()
    server.cut = "after_data"
    deliver_all()
    assert len(server.taken) == 1
    delivery.refresh_from_db()
    assert delivery.state == "dead"
    assert "不知道对方是否收到" in delivery.error
    server.cut = ""
    with clock.set_to(now() + timedelta(days=1)):
        assert deliver_all() == 0
    assert len(server.taken) == 1


def test_a_process_that_died_while_sending_leaves_a_dead_letter_not_a_second_one(server: MailServer) -> None:
    delivery = letter()
    assert len(claim()) == 1, "claimed and committed; here the process dies"
    assert deliver_all() == 0
    with clock.set_to(now() + timedelta(minutes=11)):
        assert deliver_all() == 0
    delivery.refresh_from_db()
    assert (delivery.state, server.taken) == ("dead", [])
    with transaction.atomic():
        send_again(delivery.id, mine_id=MINE)
    assert deliver_all() == 1


def test_a_title_with_a_line_break_is_sent_and_an_impossible_address_given_up(server: MailServer) -> None:
    letter(title="第一行\n第二行")
    bad = letter("王铁柱")
    deliver_all()
    assert server.mails[0]["Subject"] == "第一行 第二行"
    bad.refresh_from_db()
    assert bad.state in ("dead", "waiting")
    assert len(server.taken) == 1


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_letter_once(server: MailServer) -> None:
    for number in range(60):
        letter(f"p{number}@example.cn")
    start = Barrier(4)

    def work() -> None:
        try:
            start.wait()
            deliver_all()
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    to = [mail["To"] for mail in server.mails]
    assert len(to) == len(set(to)) == 60
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
