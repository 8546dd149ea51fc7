"""Robots, SMS and webhooks against servers that check like the real ones, whatever goes wrong on the way."""

import json
import socket
from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection
from django.db.models import F

from kuangdeng.kernel import clock
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger import outbox
from kuangdeng.ledger.channels import SENDERS, Config, Final, Message, NotSent, Uncertain, base
from kuangdeng.ledger.channels.base import allowed, call
from kuangdeng.ledger.models import Channel, Delivery
from kuangdeng.ledger.outbox import MOST_TRIES, claim_for, deliver_posts, send_test
from kuangdeng.ledger.services import Subject, post, send_again
from kuangdeng.ledger.testkit import (
    DingTalkRobot,
    FeishuRobot,
    HttpServer,
    WebhookReader,
    WeComRobot,
    http_server,
)

pytestmark = pytest.mark.django_db
MINE = uuid7()
SECRET = "webhook-secret-0123456789"
LONG = "2305工作面上隅角瓦斯传感器悬挂位置不符合规定，" * 900
SMS = {
    "method": "POST",
    "content_type": "application/json",
    "headers": "Authorization: Bearer {密钥}",
    "body": '{"mobile":"{手机号}","content":"{内容}"}',
    "success": "result.code=0",
}


@pytest.fixture(autouse=True)
def _loop_back(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CHANNELS_MAY_LOOP_BACK = True
    settings.PUBLIC_URL = "https://kd.example.cn"
    monkeypatch.setattr(base, "TIMEOUT", 0.3)
    monkeypatch.setattr(base.call, "__kwdefaults__", {"proxy": "", "timeout": 0.3})


def robots() -> dict[str, Any]:
    return {
        "wecom": WeComRobot(),
        "dingtalk": DingTalkRobot(),
        "feishu": FeishuRobot(),
        "webhook": WebhookReader(SECRET),
        "sms": lambda heard: {"result": {"code": 0}},
    }


def config(kind: str, server: HttpServer) -> Config:
    return {
        "wecom": Config(f"{server.base}/cgi-bin/webhook/send?key=k-1"),
        "dingtalk": Config(f"{server.base}/robot/send?access_token=t-1", "SECabc"),
        "feishu": Config(f"{server.base}/open-apis/bot/v2/hook/x", "fs-secret"),
        "webhook": Config(f"{server.base}/hooks/kuangdeng", SECRET),
        "sms": Config(f"{server.base}/sms/send", "gw-key", options=SMS),
    }[kind]


KINDS = ["wecom", "dingtalk", "feishu", "webhook", "sms"]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(kind: str) -> Iterator[HttpServer]:
    with http_server(robots()[kind]) as box:
        yield box


def say(kind: str, config: Config, title: str = "综采一队已整改 YH2026-000012，等待验收。", **more: Any) -> Message:
    said = Message(uuid7(), title, link="https://kd.example.cn/hazards/1/", to="13800001111", **more)
    with SENDERS[kind].line(config) as post_:
        post_(said)
    return said


def test_the_real_one_would_take_it(kind: str, server: HttpServer) -> None:
    say(kind, config(kind, server), event={"id": "e-1"})
    assert len(server.taken) == 1
    text = server.taken[0].body.decode()
    assert "YH2026-000012" in text and "https://kd.example.cn/hazards/1/" in text


def test_the_longest_text_is_cut_before_the_link(kind: str, server: HttpServer) -> None:
    say(kind, config(kind, server), LONG[:40000], event={"id": "e-1"})
    assert len(server.taken) == 1
    assert "https://kd.example.cn/hazards/1/" in server.taken[0].body.decode()


@pytest.mark.parametrize("kind", ["dingtalk", "feishu", "webhook"])
def test_a_wrong_secret_or_an_old_signature_is_refused_as_the_real_one_does(kind: str, server: HttpServer) -> None:
    good = config(kind, server)
    wrong = Config(good.address, "another-secret-0123456789")
    if kind == "webhook":  # whoever receives it answers as he likes: only that he can tell is proved here
        say(kind, wrong, event={"id": "e-1"})
        say(kind, good, at=now() - timedelta(minutes=6), event={"id": "e-2"})
    else:
        with pytest.raises(Final):
            say(kind, wrong)
        with pytest.raises(Final):
            say(kind, good, at=now() - timedelta(minutes=61))
    assert server.taken == []


@pytest.mark.parametrize(
    ("kind", "answer", "failure", "waits"),
    [
        ("wecom", b'{"errcode":45009,"errmsg":"api freq out of limit"}', NotSent, 1),
        ("wecom", b'{"errcode":-1,"errmsg":"system error"}', NotSent, None),
        ("wecom", b'{"errcode":93000,"errmsg":"invalid webhook url"}', Final, None),
        ("dingtalk", b'{"errcode":130101,"errmsg":"send too fast, exceed 20 times per minute"}', NotSent, 10),
        ("dingtalk", b'{"errcode":400013,"errmsg":"x"}', Final, None),
        ("dingtalk", b'{"errcode":310000,"errmsg":"keywords not in content"}', Final, None),
        ("feishu", b'{"code":11232,"msg":"frequency limited psm"}', NotSent, 1),
        ("feishu", b'{"code":19024,"msg":"Key Words Not Found"}', Final, None),
        ("feishu", b'{"StatusCode":0,"StatusMessage":"success"}', None, None),
        ("sms", b'{"result":{"code":7,"msg":"balance"}}', NotSent, None),
        ("sms", b"<html>login</html>", Uncertain, None),
        ("wecom", b"<html>captive portal</html>", Uncertain, None),
        ("feishu", b"[]", Uncertain, None),
    ],
)
def test_no_inside_a_200_is_understood(
    kind: str, answer: bytes, failure: type[Exception] | None, waits: int | None, server: HttpServer
) -> None:
    server.raw = answer
    if failure is None:
        say(kind, config(kind, server))
        return
    with pytest.raises(failure) as caught:
        say(kind, config(kind, server))
    wait = getattr(caught.value, "wait", None)
    assert (wait.total_seconds() / 60 if wait else None) == waits


@pytest.mark.parametrize(
    ("status", "failure"),
    [(429, NotSent), (503, NotSent), (500, Uncertain), (502, Uncertain), (404, Final), (401, Final), (302, Final)],
)
def test_what_a_status_means(kind: str, status: int, failure: type[Exception], server: HttpServer) -> None:
    server.status, server.raw = status, b"no"
    with pytest.raises(failure):
        say(kind, config(kind, server), event={"id": "e-1"})
    assert len(server.heard) == 1, "nothing is followed and nothing repeated"


@pytest.mark.parametrize("breaks", ["cut", "half", "hang"])
def test_a_line_that_breaks_after_the_request_leaves_it_open(kind: str, breaks: str, server: HttpServer) -> None:
    server.breaks = breaks
    with pytest.raises(Uncertain):
        say(kind, config(kind, server), event={"id": "e-1"})


def test_no_connection_is_surely_not_sent(kind: str) -> None:
    with http_server() as gone:
        pass
    with pytest.raises(NotSent) as caught:
        say(kind, config(kind, gone), event={"id": "e-1"})
    assert caught.value.stop


def test_a_proxy_is_asked_for_the_whole_address() -> None:
    with http_server(lambda heard: {"errcode": 0}) as proxy:
        through = Config("http://qyapi.weixin.qq.com.invalid/cgi-bin/webhook/send?key=k", proxy=proxy.base)
        say("wecom", through)
        assert proxy.heard[0].headers["Host"] == "qyapi.weixin.qq.com.invalid"
        with pytest.raises(NotSent):  # a proxy that makes no tunnel: before anything was sent
            say("wecom", Config("https://qyapi.weixin.qq.com.invalid/x?key=k", proxy=proxy.base))


# Where a channel may lead -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("10.20.30.40", True), ("192.168.1.5", True), ("101.91.40.24", True), ("fd12::5", True),
        ("127.0.0.1", False), ("::1", False), ("::ffff:127.0.0.1", False), ("0.0.0.0", False),
        ("169.254.169.254", False), ("169.254.1.1", False), ("fe80::1", False), ("100.100.100.200", False),
        ("224.0.0.1", False), ("fd00:ec2::254", False),
    ],
)  # fmt: skip
def test_no_channel_leads_into_this_machine_or_to_credentials(address: str, may: bool, settings: Any) -> None:
    settings.CHANNELS_MAY_LOOP_BACK = False
    assert allowed(address) is may


def test_a_name_that_points_at_this_machine_is_found_when_it_is_dialled(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHANNELS_MAY_LOOP_BACK = False
    real = socket.getaddrinfo
    monkeypatch.setattr(base.socket, "getaddrinfo", lambda host, port, **more: real("127.0.0.1", port, **more))
    with http_server() as box:
        with pytest.raises(NotSent, match="不允许"):
            call(base.Request("POST", f"http://robot.example.cn:{box.port}/", {}, b"{}"))
        with pytest.raises(Final, match="不允许"):
            call(base.Request("POST", f"{box.base}/", {}, b"{}"))
        assert box.heard == []


@pytest.mark.parametrize("url", ["ftp://x/", "file:///etc/passwd", "//x", "", "http://x:port/", "http://x/a b"])
def test_odd_addresses_are_final(url: str) -> None:
    with pytest.raises((Final, NotSent)):
        call(base.Request("POST", url, {}, b"{}"))


# SMS templates ------------------------------------------------------------------------------------------------------


def request_of(text: str = '他说"好"&停\n100%', **options: str) -> base.Request:
    told = Message(uuid7(), text, to="138 0000-1111")
    return SENDERS["sms"].request(  # type: ignore[attr-defined,no-any-return]
        Config("https://gw.example.cn/s?to={手机号}&m={内容}", "k&y", options={**SMS, **options}), told
    )


def test_a_template_is_filled_as_each_place_wants_it() -> None:
    asked = request_of()
    assert json.loads(asked.body) == {"mobile": "13800001111", "content": '他说"好"&停 100%'}
    assert asked.headers["Authorization"] == "Bearer k&y"
    assert "to=13800001111&m=%E4%BB%96" in asked.url and "%26" in asked.url and "%25" in asked.url
    form = request_of(content_type="application/x-www-form-urlencoded", body="m={手机号}&t={内容}&k={密钥}")
    assert form.body.decode().endswith("&k=k%26y") and "%22" in form.body.decode()
    xml = request_of(content_type="text/xml", body="<t>{内容}</t>")
    assert "&amp;" in xml.body.decode()
    assert request_of(method="GET").body == b""


def test_an_sms_keeps_to_its_length() -> None:
    asked = request_of("隐患" * 200, longest="70")
    assert len(json.loads(asked.body)["content"]) == 70


def test_a_phone_that_is_none_is_final() -> None:
    with pytest.raises(Final):
        SENDERS["sms"].request(Config("http://x/", options=SMS), Message(uuid7(), "x", to="调度室"))  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("success", "answer", "failure"),
    [
        ("code=0", b'{"code":0}', None), ("code=0", b'{"code":"0"}', None), ("code=0", b'{"code":10}', NotSent),
        ("code=0", b"{}", Uncertain), ("code=0", b"", Uncertain), ("data.status=OK", b'{"data":{"status":"OK"}}', None),
        ("data.status=OK", b'{"data":[]}', Uncertain), ("success=true", b'{"success":true}', None),
        ("success=true", b'{"success":false}', NotSent), ("Success", b"<r>Success</r>", None),
        ("Success", b"<r>Fail</r>", NotSent), ("Success", b"", Uncertain),
    ],
)  # fmt: skip
def test_how_a_gateway_says_yes(success: str, answer: bytes, failure: type[Exception] | None) -> None:
    options = {**SMS, "success": success}
    read = SENDERS["sms"].read  # type: ignore[attr-defined]
    if failure is None:
        read(Config(options=options), base.Answer(200, answer))
        return
    with pytest.raises(failure):
        read(Config(options=options), base.Answer(200, answer))


# Through the outbox -------------------------------------------------------------------------------------------------


def channel(kind: str, server: HttpServer, **more: Any) -> Channel:
    to = config(kind, server)
    return Channel.objects.create(
        mine_id=MINE, kind=kind, name=f"{kind}群", address=to.address, secret=to.secret, options=dict(to.options),
        topics=["test"], **more,
    )  # fmt: skip


def waiting(one: Channel, number: int = 1) -> list[Delivery]:
    made = []
    for n in range(number):
        entry = post("test.verb", Subject("thing", uuid7(), f"第{n}件事"), mine_id=MINE, by=None)
        made.append(
            Delivery.objects.create(
                mine_id=MINE,
                via=one,
                entry=entry,
                channel=one.kind,
                title=f"第{n}件事已经办理",
                topic="test",
                url="/x/",
            )
        )
    return made


@pytest.fixture
def wecom() -> Iterator[HttpServer]:
    with http_server(robots()["wecom"]) as box:
        yield box


def test_a_group_hears_it_once_with_a_plain_link(wecom: HttpServer) -> None:
    [delivery] = waiting(channel("wecom", wecom))
    assert deliver_posts() == 1
    assert deliver_posts() == 0
    content = wecom.taken[0].json["text"]["content"]
    assert content == "第0件事已经办理\nhttps://kd.example.cn/x/"
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("sent", 1)
    assert Channel.objects.get().last_ok_at is not None


def test_no_more_than_twenty_a_minute_leave_and_none_is_refused(wecom: HttpServer) -> None:
    waiting(channel("wecom", wecom), 45)
    at, hour = now(), [0.0]
    wecom.judge = WeComRobot(clock=lambda: hour[0])
    sent = []
    for seconds in (1, 2, 30, 62, 123):
        hour[0] = seconds
        with clock.set_to(at + timedelta(seconds=seconds)):
            sent.append(deliver_posts())
    assert sent == [20, 0, 0, 20, 5]
    assert (len(wecom.taken), len(wecom.heard)) == (45, 45)


def test_when_others_use_up_the_robot_the_channel_pauses_and_nothing_is_lost(wecom: HttpServer) -> None:
    at = now()
    deliveries = waiting(channel("wecom", wecom), 3)
    wecom.raw = b'{"errcode":45009,"errmsg":"api freq out of limit"}'
    assert deliver_posts() == 0
    assert len(wecom.heard) == 1, "the others are not even tried"
    tries = [Delivery.objects.get(id=one.id).tries for one in deliveries]
    assert sorted(tries) == [0, 0, 1]
    assert "限流" in Channel.objects.get().last_error
    wecom.raw = None
    with clock.set_to(at + timedelta(seconds=70)):
        assert deliver_posts() == 3
    assert Channel.objects.get().last_error == ""


def test_a_robot_that_is_gone_is_tried_ever_later_and_then_given_up() -> None:
    with http_server() as gone:
        pass
    [delivery] = waiting(channel("wecom", gone))
    at, waits = now(), []
    for _ in range(MOST_TRIES + 2):
        with clock.set_to(at):
            Delivery.objects.update(made_at=at)
            deliver_posts()
        delivery.refresh_from_db()
        if delivery.state == "waiting":
            waits.append(round((delivery.next_try_at - at).total_seconds() / 60))
            at = delivery.next_try_at
    assert waits == [2**n for n in range(MOST_TRIES - 1)]
    assert (delivery.state, delivery.tries) == ("dead", MOST_TRIES)
    assert "连接不上" in delivery.error


def test_what_happened_a_day_ago_is_no_news(wecom: HttpServer) -> None:
    [delivery] = waiting(channel("wecom", wecom))
    with clock.set_to(now() + timedelta(days=1, minutes=1)):
        assert deliver_posts() == 0
    delivery.refresh_from_db()
    assert (delivery.state, wecom.heard) == ("dead", [])


def test_after_a_broken_answer_it_is_never_sent_again_by_itself_but_by_hand(wecom: HttpServer) -> None:
    deliveries = waiting(channel("wecom", wecom), 2)
    wecom.breaks = "cut"
    assert deliver_posts() == 0
    states = sorted(Delivery.objects.get(id=one.id).state for one in deliveries)
    assert (states, len(wecom.heard)) == (["dead", "waiting"], 1)
    wecom.breaks = ""
    dead = Delivery.objects.get(state="dead")
    assert "不知道对方是否收到" in dead.error
    with clock.set_to(now() + timedelta(minutes=2)):
        assert deliver_posts() == 1
        send_again(dead.id, mine_id=MINE)
    with clock.set_to(now() + timedelta(minutes=3)):
        assert deliver_posts() == 1
    assert len(wecom.taken) == 2


def test_a_wrong_robot_gives_up_at_once_and_says_why_at_the_channel(wecom: HttpServer) -> None:
    one = channel("wecom", wecom)
    Channel.objects.update(address=F("address"))
    Channel.objects.filter(id=one.id).update(address=f"{wecom.base}/cgi-bin/webhook/send?key=old")
    [delivery] = waiting(one)
    assert deliver_posts() == 0
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries) == ("dead", 1)
    assert "机器人地址不对" in Channel.objects.get().last_error


def test_a_channel_that_is_off_sends_nothing(wecom: HttpServer) -> None:
    waiting(channel("wecom", wecom, is_on=False))
    assert deliver_posts() == 0
    assert wecom.heard == []


def test_a_process_that_died_while_sending_leaves_it_for_a_person(wecom: HttpServer) -> None:
    one = channel("wecom", wecom)
    [delivery] = waiting(one)
    assert len(claim_for(one.id)) == 1
    with clock.set_to(now() + timedelta(minutes=11)):
        outbox.deliver_all()
    delivery.refresh_from_db()
    assert (delivery.state, wecom.heard) == ("dead", [])


def test_one_that_hangs_does_not_stop_the_others(wecom: HttpServer) -> None:
    with http_server(robots()["feishu"]) as slow:
        slow.breaks = "hang"
        waiting(channel("feishu", slow), 5)
        waiting(channel("wecom", wecom), 5)
        assert deliver_posts() == 5
        assert len(slow.heard) == 1


def test_the_test_message_says_what_came_of_it(kind: str, server: HttpServer) -> None:
    one = channel(kind, server)
    assert send_test(one, mine="示例煤矿", to="13800001111") == ""
    assert "测试消息" in server.taken[0].body.decode()
    server.status, server.raw = 404, b"gone"
    assert "404" in send_test(one, mine="示例煤矿", to="13800001111")


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_each_message_once(wecom: HttpServer) -> None:
    wecom.judge = lambda heard: {"errcode": 0}
    waiting(channel("wecom", wecom), 18)
    start = Barrier(4)

    def work() -> None:
        try:
            start.wait()
            for _ in range(3):
                deliver_posts()
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    said = [heard.json["text"]["content"] for heard in wecom.heard]
    assert len(said) == len(set(said)) == 18
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
