"""From a step in the mine to a group, a mailbox or a phone: who hears what, when, once; and the administrator's pages."""

import json
from datetime import datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards.bulletins import services as bulletins
from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.ledger.api import (
    Channel,
    Delivery,
    Entry,
    Escalation,
    Notice,
    choose_habit,
    choose_topics,
    deliver_all,
    seal_all,
    tell_all,
)
from kuangdeng.ledger.testkit import HttpServer, MailServer, WebhookReader, http_server
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast
from kuangdeng.web.channels import services
from kuangdeng.web.channels.jobs import climb_all
from kuangdeng.web.channels.rules import ChannelData
from kuangdeng.web.channels.tests.scenarios import ADDRESS, channel_in, data, rule_in, unread_task
from kuangdeng.web.screens.services import interrupt

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SMS = {
    "method": "POST",
    "content_type": "application/json",
    "body": '{"m":"{手机号}","c":"{内容}"}',
    "success": "code=0",
}


def at(hour: int, minute: int = 0, day: int = 22) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


def told() -> None:
    seal_all()
    tell_all()


def robot_in(cast: Cast, robot: HttpServer, kind: str = "wecom", **more: Any) -> Channel:
    address = f"{robot.base}/send?key=k"
    return channel_in(
        cast, kind, **{"address": address, "name": f"{kind}{robot.port}{more.get('unit_name', '')}", **more}
    )


def heard(robot: HttpServer) -> list[str]:
    return [one.json["text"]["content"] for one in robot.taken]


# Groups ---------------------------------------------------------------------------------------------------------------


def test_a_group_hears_its_topics_of_its_unit_without_names_or_a_token(cast: Cast, robot: HttpServer) -> None:
    robot_in(cast, robot, topics=("hazard.order",), unit_id=cast.units["mining"].id, unit_name="综采一队")
    hazard_in(Status.DISPATCHED, cast, text="王铁柱没有停电就检修转载机")
    told()
    assert deliver_all() == 1
    [text] = heard(robot)
    assert "下达给综采一队" in text and "王某某" in text and "王铁柱" not in text
    assert "https://kd.example.cn/hazards/" in text and "/n/" not in text


def test_a_unit_s_group_does_not_hear_of_other_units_but_of_what_concerns_everybody(
    cast: Cast, robot: HttpServer
) -> None:
    more = {"unit_id": cast.units["tunnel"].id, "unit_name": "掘进一队"}
    robot_in(cast, robot, topics=("hazard.order", "screen.interrupt"), **more)
    hazard_in(Status.DISPATCHED, cast)
    interrupt(words="副井停罐，人员从斜井升井", ends_at=clock.now() + timedelta(hours=1), by=cast.safety)
    told()
    deliver_all()
    assert [text.splitlines()[0] for text in heard(robot)] == ["紧急插播：副井停罐，人员从斜井升井"]


def test_the_team_of_a_unit_is_heard_in_the_unit_s_group(cast: Cast, robot: HttpServer) -> None:
    from kuangdeng.org.models import Unit

    part = Unit.objects.create(
        mine=cast.mine, name="综采二班", kind="team", parent=cast.units["mining"], ancestors=[cast.units["mining"].id]
    )
    robot_in(cast, robot, topics=("hazard.order",), unit_id=cast.units["mining"].id, unit_name="综采一队")
    from kuangdeng.kernel.ids import uuid7
    from kuangdeng.ledger.models import Entry as Line
    from kuangdeng.ledger.plans import queue_for_groups
    from kuangdeng.ledger.routes import Recipient
    from kuangdeng.ledger.services import Subject, post

    entry: Line = post(
        "hazard.dispatch",
        Subject("hazard", uuid7(), "YH1"),
        mine_id=cast.mine.id,
        by=None,
        unit=part,
    )
    queue_for_groups(entry, [Recipient(cast.unit_head.id, "unit_head", "hazard.order", "下达给综采二班", "/x/")])
    assert deliver_all() == 1


def test_a_sentence_to_one_person_becomes_one_for_the_group(cast: Cast, robot: HttpServer) -> None:
    robot_in(cast, robot, topics=("hazard.result",))
    hazard_in(Status.CLOSED, cast)
    told()
    deliver_all()
    assert heard(robot)
    assert not any("您" in text for text in heard(robot))
    assert any(text.startswith("销号：") for text in heard(robot))


def test_robots_are_quiet_at_night_programs_are_not_and_what_is_urgent_comes_through(
    cast: Cast, robot: HttpServer
) -> None:
    services.set_quiet_hours(quiet_from=time(22), quiet_until=time(6), daily_at=time(7), by=cast.administrator)
    with http_server(WebhookReader("s" * 20)) as program:
        robot_in(cast, robot, topics=("hazard.order", "screen.interrupt"))
        robot_in(cast, program, "webhook", topics=("hazard.order",), secret="s" * 20)
        with clock.set_to(at(23)):
            hazard_in(Status.DISPATCHED, cast)
            interrupt(words="主扇停风，全员撤人", ends_at=clock.now() + timedelta(hours=1), by=cast.safety)
            told()
            deliver_all()
        assert ([text[:4] for text in heard(robot)], len(program.heard)) == (["紧急插播"], 1)
        with clock.set_to(at(5, 59, 23)):
            deliver_all()
        assert len(heard(robot)) == 1
        with clock.set_to(at(6, 0, 23)):
            deliver_all()
        assert len(heard(robot)) == 2


def test_the_bulletin_reaches_robots_and_programs_with_figures_and_the_open_page(cast: Cast, robot: HttpServer) -> None:
    secret = "bulletin-secret-0123"
    reader = WebhookReader(secret)
    with http_server(reader) as program:
        robot_in(cast, robot, "feishu", topics=("bulletin",), unit_id=cast.units["tunnel"].id, unit_name="掘进一队")
        robot_in(cast, program, "webhook", topics=("bulletin",), secret=secret)
        hazard_in(Status.DISPATCHED, cast, text="王铁柱空顶作业")
        until = clock.now() + timedelta(seconds=1)
        with clock.set_to(until + timedelta(minutes=1)):
            issue = bulletins.compile_day(mine=cast.mine, owed=Owed(clock.local(until).date(), until))
            bulletins.check(issue.id, note="王铁柱受到表扬", by=cast.safety)
            bulletins.publish(issue.id, by=cast.safety)
            told()
            assert deliver_all() == 2
        said = program.taken[0].json
        assert reader.seen == {said["id"]} and said["verb"] == "bulletin.publish" and said["topic"] == "bulletin"
        assert said["mine"] == cast.mine.name and said["link"] == f"https://kd.example.cn/daily/{issue.day}/"
        assert "新上报 1" in said["title"] and "未办结 1" in said["title"]
        assert "王某某受到表扬" in said["body"] and "王铁柱" not in json.dumps(said, ensure_ascii=False)
        text = robot.taken[0].json["content"]["text"]
        assert "新上报 1" in text and f"/daily/{issue.day}/" in text and "王铁柱" not in text
        entry = Entry.objects.get(verb="bulletin.publish")
        assert said["id"] == str(entry.id)


# People ---------------------------------------------------------------------------------------------------------------


def by_mail(cast: Cast, pace: str, topic: str = "hazard.order", **habit: Any) -> None:
    """The unit head has a mailbox and wants the topic so."""
    Person.objects.filter(id=cast.unit_head.id).update(email="zhang@example.cn")
    who = {"mine_id": cast.mine.id, "person_id": cast.unit_head.id}
    choose_topics(**who, choices={(topic, "email"): pace})
    if habit:
        choose_habit(**who, **{"quiet_from": None, "quiet_until": None, "daily_at": time(7, 30), **habit})


def order(cast: Cast, text: str, *, hours: int = 72) -> None:
    from kuangdeng.hazards import services as hazards
    from kuangdeng.hazards.models import Grade, Specialty
    from kuangdeng.hazards.rules import FivePoints

    hazard = hazard_in(Status.REPORTED, cast, text=text)
    specialty = Specialty.objects.filter(mine=cast.mine, parent=None).first()
    hazards.grade(hazard.id, grade=Grade.objects.get(mine=cast.mine, code="B"), specialty=specialty, by=cast.safety)
    due = clock.now() + timedelta(hours=hours)
    points = FivePoints(cast.unit_head.id, "按规程处理", None, due, "")
    hazards.dispatch(hazard.id, unit=cast.units["mining"], order=points, by=cast.safety)


def test_a_digest_of_the_shift_gathers_what_came_in_it_and_not_what_came_after(cast: Cast, mail: MailServer) -> None:
    """三八制: the shift ends at 16:00; 15:59 belongs to it, 16:01 to the next."""
    by_mail(cast, "shift")
    for hour, minute, text in ((15, 10, "一号架漏液"), (15, 59, "二号架漏液"), (16, 1, "三号架漏液")):
        with clock.set_to(at(hour, minute)):
            order(cast, text)
            told()
            deliver_all()
    assert mail.mails == [] or all("汇总" in str(one["Subject"]) for one in mail.mails)
    with clock.set_to(at(16, 2)):
        deliver_all()
    [first] = mail.mails
    text = first.get_content()
    assert "2 条通知" in str(first["Subject"])
    assert "一号架" in text and "二号架" in text and "三号架" not in text
    assert text.count("https://kd.example.cn/n/") == 2
    with clock.set_to(at(0, 1, 23)):
        deliver_all()
    assert "三号架" in mail.mails[1].get_content()
    assert len(mail.mails) == 2


def test_a_task_that_is_due_before_the_digest_goes_at_once(cast: Cast, mail: MailServer) -> None:
    by_mail(cast, "daily")
    with clock.set_to(at(15)):
        order(cast, "一号架漏液", hours=4)
        order(cast, "二号架漏液", hours=72)
        told()
        deliver_all()
    assert ["一号架" in one.get_content() for one in mail.mails] == [True]


def test_what_was_read_meanwhile_is_left_out_of_the_digest_and_an_empty_one_is_not_sent(
    cast: Cast, mail: MailServer
) -> None:
    by_mail(cast, "daily")
    with clock.set_to(at(15)):
        order(cast, "一号架漏液")
        order(cast, "二号架漏液")
        told()
    first = Notice.objects.filter(person_id=cast.unit_head.id).order_by("id").first()
    Notice.objects.filter(id=first.id).update(read_at=at(16))
    with clock.set_to(at(7, 31, 23)):
        deliver_all()
    assert "1 条通知" in str(mail.mails[0]["Subject"]) and "二号架" in mail.mails[0].get_content()
    with clock.set_to(at(15, 0, 23)):
        order(cast, "三号架漏液")
        told()
        Notice.objects.update(read_at=clock.now())
    with clock.set_to(at(7, 31, 24)):
        deliver_all()
    assert len(mail.mails) == 1
    assert Delivery.objects.filter(state="dropped").count() == 1


def test_quiet_hours_across_midnight_hold_a_mail_until_the_morning(cast: Cast, mail: MailServer) -> None:
    by_mail(cast, "now", quiet_from=time(22), quiet_until=time(6, 30))
    for hour, minute, day in ((23, 30, 22), (2, 0, 23)):
        with clock.set_to(at(hour, minute, day)):
            order(cast, f"{hour}点的架子漏液")
            told()
            deliver_all()
    assert mail.mails == []
    with clock.set_to(at(6, 30, 23)):
        deliver_all()
    assert len(mail.mails) == 2
    with clock.set_to(at(6, 31, 23)):
        order(cast, "早上的架子漏液")
        told()
        deliver_all()
    assert len(mail.mails) == 3


def test_what_a_broken_line_kept_back_does_not_ring_at_night(cast: Cast, mail: MailServer, robot: HttpServer) -> None:
    by_mail(cast, "now", quiet_from=time(22), quiet_until=time(6, 30))
    services.set_quiet_hours(quiet_from=time(23), quiet_until=time(6), daily_at=time(7), by=cast.administrator)
    gone = robot_in(cast, robot, topics=("hazard.order", "screen.interrupt"))
    with clock.set_to(at(21, 50)):
        order(cast, "一号架漏液")
        interrupt(words="主扇停风，全员撤人", ends_at=clock.now() + timedelta(hours=9), by=cast.safety)
        told()
    Channel.objects.filter(id=gone.id).update(paused_until=at(23, 30))
    with clock.set_to(at(23, 31)):
        deliver_all()
    assert all("紧急插播" in str(one["Subject"]) for one in mail.mails)
    assert [text[:4] for text in heard(robot)] == ["紧急插播"]
    rang = len(mail.mails)
    with clock.set_to(at(6, 31, 23)):
        deliver_all()
    assert (len(mail.mails), len(heard(robot))) == (rang + 1, 2)


def test_who_wants_only_mail_gets_it_and_who_wants_nothing_nothing(cast: Cast, mail: MailServer) -> None:
    by_mail(cast, "now")
    who = {"mine_id": cast.mine.id, "person_id": cast.unit_head.id}
    choose_topics(**who, choices={("hazard.order", "inbox"): False})
    with clock.set_to(at(15)):
        order(cast, "一号架漏液")
        told()
        deliver_all()
    assert len(mail.mails) == 1
    choose_topics(**who, choices={("hazard.order", "email"): "none"})
    with clock.set_to(at(16)):
        order(cast, "二号架漏液")
        told()
        deliver_all()
    assert len(mail.mails) == 1
    assert Notice.objects.filter(person_id=cast.unit_head.id, topic="hazard.order").count() == 1


def test_a_role_s_pace_holds_until_the_person_chooses(cast: Cast, mail: MailServer) -> None:
    from kuangdeng.web.services import set_role_notices

    Person.objects.filter(id=cast.unit_head.id).update(email="zhang@example.cn")
    set_role_notices("unit_head", choices={("hazard.order", "email"): "daily"}, by=cast.administrator)
    with clock.set_to(at(15)):
        order(cast, "一号架漏液")
        told()
        deliver_all()
    assert mail.mails == []
    by_mail(cast, "now")
    with clock.set_to(at(15, 5)):
        order(cast, "二号架漏液")
        told()
        deliver_all()
    assert len(mail.mails) == 1


# Escalation -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def gateway(cast: Cast, robot: HttpServer) -> HttpServer:
    robot_in(cast, robot, "sms", topics=("hazard.order",), options=SMS, secret="")
    Person.objects.filter(id=cast.unit_head.id).update(phone="138 0000 1111", email="zhang@example.cn")
    return robot


def test_an_unread_task_climbs_from_the_inbox_to_mail_to_sms_once_each(
    cast: Cast, mail: MailServer, gateway: HttpServer
) -> None:
    by_mail(cast, "none")
    for hours in (2, 4, 6):
        services.add_escalation(topic="hazard.order", kind="hours", hours=hours, by=cast.administrator)
    begun = clock.now() + timedelta(seconds=1)
    with clock.set_to(begun):
        hazard_in(Status.DISPATCHED, cast)
        told()
    notice = Notice.objects.get(person_id=cast.unit_head.id, must_act=True)
    others = Notice.objects.filter(must_act=True).exclude(id=notice.id)
    others.update(read_at=begun)
    went = []
    for hours in (1, 2.1, 2.2, 4.1, 4.2, 6.1, 9):
        with clock.set_to(begun + timedelta(hours=hours)):
            climb_all()
            deliver_all()
            went.append((len(mail.mails), len(gateway.taken)))
    assert went == [(0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (1, 1), (1, 1)]
    kept = Escalation.objects.filter(notice=notice).order_by("at").values_list("channel", flat=True)
    assert list(kept) == ["email", "sms", ""]
    lines = Entry.objects.filter(verb="notice.escalate").order_by("id")
    assert [one.payload["escalated_to"] for one in lines] == ["email", "sms", "nowhere"]
    text = gateway.taken[0].json
    assert text["m"] == "13800001111" and "https://kd.example.cn/n/" in text["c"] and len(text["c"]) < 200


def test_what_was_read_or_done_does_not_climb(cast: Cast, mail: MailServer) -> None:
    rule_in(cast)
    by_mail(cast, "none")
    notice = unread_task(cast)
    Notice.objects.update(read_at=clock.now())
    assert climb_all() == 0
    Notice.objects.update(read_at=None, acted_at=clock.now())
    assert climb_all() == 0
    assert services.escalate(notice.id, rule_id=rule_in(cast, "hazard.late").id) is None
    assert not Escalation.objects.exists()


def test_a_rule_does_not_wake_up_what_was_there_before_it(cast: Cast) -> None:
    unread_task(cast)
    services.add_escalation(topic="", kind="hours", hours=1, by=cast.administrator)
    assert climb_all() == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_escalate_once(cast: Cast, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = True
    rule_in(cast)
    by_mail(cast, "none")
    unread_task(cast)
    start = Barrier(3)

    def work() -> None:
        try:
            start.wait()
            climb_all()
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tasks = Notice.objects.filter(must_act=True, topic="hazard.order").count()
    assert Entry.objects.filter(verb="notice.escalate").count() == Escalation.objects.count() == tasks
    assert Delivery.objects.filter(escalation=True).count() == 1


# The administrator's pages --------------------------------------------------------------------------------------------


@pytest.fixture
def desk(cast: Cast, client: Client) -> Client:
    client.force_login(cast.administrator)
    return client


def test_a_robot_is_added_tested_switched_off_and_removed_on_the_pages(
    cast: Cast, desk: Client, robot: HttpServer
) -> None:
    said = {
        "name": "安监部群",
        "address": f"{robot.base}/send?key=very-secret-key",
        "secret": "SEC-very-secret",
        "topics": ["bulletin"],
        "proxy": "",
    }
    answer = desk.post(reverse("channels:new_of", args=["dingtalk"]), said, follow=True)
    assert "已增加" in answer.content.decode()
    one = Channel.objects.get()
    page = reverse("channels:channel", args=[one.id])
    answer = desk.post(reverse("channels:verb", args=[one.id, "test"]), follow=True)
    assert "测试消息已送出" in answer.content.decode()
    assert "sign" in robot.taken[0].query
    robot.raw = b'{"errcode":310000,"errmsg":"sign not match"}'
    answer = desk.post(reverse("channels:verb", args=[one.id, "test"]), follow=True)
    assert "测试消息没有送出" in answer.content.decode() and "加签密钥" in answer.content.decode()
    for verb, words in (("off", "已停用"), ("on", "已启用"), ("off", "已停用")):
        assert words in desk.post(reverse("channels:verb", args=[one.id, verb]), follow=True).content.decode()
    edit = reverse("channels:edit", args=[one.id])
    shown = "".join(desk.get(url).content.decode() for url in (page, edit, reverse("channels:list"), reverse("ledger")))
    assert "very-secret" not in shown and "SEC-" not in shown
    desk.post(edit, {"name": "调度室群", "address": "", "secret": "", "topics": ["bulletin"], "proxy": ""})
    one.refresh_from_db()
    assert (one.name, one.secret, "very-secret-key" in one.address) == ("调度室群", "SEC-very-secret", True)
    assert "已撤除" in desk.post(reverse("channels:verb", args=[one.id, "remove"]), follow=True).content.decode()
    one.refresh_from_db()
    assert (one.address, one.secret) == ("", "")
    kept = json.dumps(
        list(Entry.objects.filter(subject_kind="channel").values_list("payload", flat=True)), ensure_ascii=False
    )
    assert "very-secret" not in kept and "127.0.0.1" in kept
    assert Entry.objects.filter(subject_kind="channel").count() == 8


def test_the_history_of_a_channel_keeps_no_secret(cast: Cast) -> None:
    one = channel_in(cast)
    services.change_channel(one.id, data=data(name="新名", address=ADDRESS + "2"), by=cast.administrator)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(e)::text FROM ledger_channelevent e")
        kept = "".join(row[0] for row in cursor.fetchall())
    assert "安监部群" in kept and "secret" not in kept


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("wecom", {"address": "ftp://x/"}, "address"),
        ("wecom", {"address": "http://127.0.0.1:5432/"}, "address"),
        ("wecom", {"address": "http://localhost/"}, "address"),
        ("wecom", {"address": "http://[::1]/"}, "address"),
        ("wecom", {"address": "http://169.254.169.254/latest/meta-data/"}, "address"),
        ("wecom", {"address": "http://user:pw@10.0.0.1/"}, "address"),
        ("wecom", {"address": "http://10.0.0.1/ 空格"}, "address"),
        ("wecom", {"address": ""}, "address"),
        ("wecom", {"name": " "}, "name"),
        ("wecom", {"topics": ()}, "topics"),
        ("wecom", {"topics": ("nothing.like.it",)}, "topics"),
        ("wecom", {"proxy": "socks5://10.0.0.1:1080"}, "proxy"),
        ("wecom", {"proxy": "http://127.0.0.1:3128"}, "proxy"),
        ("webhook", {"secret": "short"}, "secret"),
        ("sms", {"options": {**SMS, "body": "{内容}"}}, "body"),
        ("sms", {"options": {**SMS, "success": ""}}, "success"),
        ("sms", {"options": {**SMS, "headers": "坏 头"}}, "headers"),
        ("sms", {"address": "http://{手机号}.example.cn/", "options": SMS}, "address"),
    ],
)
def test_what_could_not_work_or_leads_inside_is_refused(
    cast: Cast, kind: str, more: dict[str, Any], field: str, settings: Any
) -> None:
    settings.CHANNELS_MAY_LOOP_BACK = False
    with pytest.raises(Refused) as caught:
        services.add_channel(kind=kind, data=data(**more), by=cast.administrator)
    assert caught.value.field == field
    assert not Channel.objects.exists()


def test_only_the_administrator_may_and_only_one_gateway_is_on(cast: Cast) -> None:
    with pytest.raises(Refused, match="系统管理员"):
        services.add_channel(kind="wecom", data=data(), by=cast.mine_leader)
    sms = {"options": SMS, "address": "https://sms.example.cn/send"}
    channel_in(cast, "sms", name="短信一", **sms)
    with pytest.raises(Refused, match="已经有一个启用的短信网关"):
        channel_in(cast, "sms", name="短信二", **sms)
    with pytest.raises(Refused, match="已经有叫"):
        channel_in(cast, "wecom", name="短信一")


def test_switching_off_drops_what_waits(cast: Cast, robot: HttpServer) -> None:
    one = robot_in(cast, robot, topics=("hazard.order",))
    hazard_in(Status.DISPATCHED, cast)
    told()
    services.switch_channel(one.id, on=False, by=cast.administrator)
    services.switch_channel(one.id, on=True, by=cast.administrator)
    assert deliver_all() == 0
    assert Delivery.objects.get().state == "dropped"


def test_a_message_that_was_given_up_is_sent_again_from_the_page(cast: Cast, desk: Client, robot: HttpServer) -> None:
    one = robot_in(cast, robot, topics=("hazard.order",))
    hazard_in(Status.DISPATCHED, cast)
    told()
    robot.status, robot.raw = 404, b"gone"
    deliver_all()
    text = desk.get(reverse("dead_letters")).content.decode()
    assert "下达给综采一队" in text and one.name in text and "404" in text
    robot.status, robot.raw = 200, None
    delivery = Delivery.objects.get()
    assert "已重新排队" in desk.post(reverse("dead_letter_again", args=[delivery.id]), follow=True).content.decode()
    assert deliver_all() == 1


def test_a_person_chooses_paces_and_quiet_hours_on_his_page(cast: Cast, client: Client) -> None:
    client.force_login(cast.unit_head)
    url = reverse("notice_settings")
    said = {
        "wanted": ["hazard.order/inbox"],
        "pace/hazard.order/email": "shift",
        "quiet_from": "22:00",
        "quiet_until": "06:00",
        "daily_at": "18:00",
    }
    assert client.post(url, said).status_code == 302
    text = client.get(url).content.decode()
    assert 'value="22:00"' in text and 'value="18:00"' in text and '<option value="shift" selected>' in text
    assert client.post(url, {**said, "quiet_until": ""}).status_code == 422
    assert client.post(url, {"default": "1"}).status_code == 302
    text = client.get(url).content.decode()
    assert 'value="22:00"' not in text and '<option value="shift" selected>' not in text


def test_channel_data_is_what_a_form_says() -> None:
    assert ChannelData("x").topics == ()
