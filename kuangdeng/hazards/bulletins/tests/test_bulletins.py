"""The daily bulletin: no day missed, nothing lost between two of them, nothing changed afterwards."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from kuangdeng.hazards import services as hazards
from kuangdeng.hazards.bulletins import queries, rules, services
from kuangdeng.hazards.bulletins.compiling import draft
from kuangdeng.hazards.bulletins.jobs import run_bulletins
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem, BulletinPolicy
from kuangdeng.hazards.bulletins.rules import Owed, Part
from kuangdeng.hazards.bulletins.tests.scenarios import published
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Entry, Notice, seal_all, tell_all
from kuangdeng.org.models import ImportRun
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def parts(bulletin: Bulletin) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in BulletinItem.objects.filter(bulletin=bulletin):
        found[item.part] = found.get(item.part, 0) + 1
    return found


def compile_at(cast: Cast, day: int, hour: int = 7, minute: int = 30) -> Bulletin:
    until = at(day, hour, minute)
    with clock.set_to(until + timedelta(minutes=1)):
        return services.compile_day(mine=cast.mine, owed=Owed(until.date(), until))


# ---------------------------------------------------------------- which days are owed


def test_a_mine_begins_with_today_once_its_hour_has_come() -> None:
    owed = [rules.owed(None, now=at(10, *clock_time), hour=time(7, 30), zone=ZONE) for clock_time in ((7, 30), (7, 31))]
    assert [len(one) for one in owed] == [0, 1]
    assert owed[1][0] == Owed(date(2026, 11, 10), at(10, 7, 30))


def test_missed_days_are_owed_in_order_and_at_most_a_month_of_them() -> None:
    owed = rules.owed(date(2026, 11, 6), now=at(10, 7, 0), hour=time(7, 30), zone=ZONE)
    assert [one.day.day for one in owed] == [7, 8, 9]
    long = rules.owed(date(2026, 1, 1), now=at(10, 8, 0), hour=time(7, 30), zone=ZONE)
    assert (len(long), long[0].day, long[-1].day) == (31, date(2026, 10, 11), date(2026, 11, 10))


def test_address_ranges() -> None:
    assert rules.within("10.8.1.9", "10.0.0.0/8\n192.168.0.0/16")
    assert rules.within("::ffff:192.168.3.4", "10.0.0.0/8\n192.168.0.0/16")
    assert not rules.within("11.8.1.9", "10.0.0.0/8")
    assert not rules.within("", "10.0.0.0/8")


# ---------------------------------------------------------------- what stands in it


def test_a_day_holds_what_came_what_ended_and_what_is_late(cast: Cast) -> None:
    with clock.set_to(at(9, 10)):
        hazard_in(Status.CLOSED, cast)
        hazard_in(Status.VOID, cast)
        late = hazard_in(Status.RECTIFYING, cast)
    bulletin = compile_at(cast, 10)
    assert parts(bulletin) == {Part.NEW: 3, Part.CLOSED: 1, Part.ASIDE: 1, Part.OVERDUE: 1}
    (line,) = BulletinItem.objects.filter(bulletin=bulletin, part=Part.OVERDUE)
    assert (line.subject_id, line.unit, line.line["late_hours"]) == (late.id, cast.units["mining"], 13)
    assert bulletin.balance == rules.Balance(carried=0, came=3, closed=1, merged=0, voided=1, still_open=1)
    assert bulletin.balance.gap == 0
    assert bulletin.figures["units"][0]["name"] == "综采一队"
    assert "person" not in line.line


def test_persons_are_named_only_where_the_policy_says_so(cast: Cast) -> None:
    BulletinPolicy.objects.create(mine=cast.mine, show_persons=True)
    with clock.set_to(at(9, 10)):
        hazard_in(Status.RECTIFYING, cast)
    (line,) = BulletinItem.objects.filter(bulletin=compile_at(cast, 10), part=Part.OVERDUE)
    assert line.line["person"] == cast.unit_head.name


def test_what_is_committed_late_comes_into_the_next_one(cast: Cast) -> None:
    first = compile_at(cast, 10)
    with clock.set_to(at(10, 7, 29)):  # written while the hour struck: stamped before it, seen after it
        late = hazard_in(Status.REPORTED, cast)
    second = compile_at(cast, 11)
    assert BulletinItem.objects.get(part=Part.NEW).subject_id == late.id
    assert BulletinItem.objects.get(part=Part.NEW).bulletin == second
    assert (first.balance.gap, second.balance.gap) == (0, 0)
    assert parts(compile_at(cast, 12)) == {}


def test_days_close_their_account_whatever_happens_between(cast: Cast) -> None:
    kinds = [Status.REPORTED, Status.CLOSED, Status.MERGED, Status.VOID, Status.RECTIFYING, Status.RECHECK]
    for day in range(9, 13):
        for number, kind in enumerate(kinds):
            with clock.set_to(at(day, 8 + number * 2)):
                hazard_in(kind, cast)
        bulletin = compile_at(cast, day + 1)
        assert bulletin.balance.gap == 0, vars(bulletin.balance)
        assert bulletin.balance.came == 7
    assert queries.unbalanced(cast.mine.id, at(1, 0)) == []


def test_a_lost_hazard_is_noticed(cast: Cast) -> None:
    with clock.set_to(at(9, 10)):
        hazard_in(Status.REPORTED, cast)
        gone = hazard_in(Status.REPORTED, cast)
    compile_at(cast, 10)
    Hazard.objects.filter(id=gone.id).update(received_at=at(20, 0))  # what no verb does
    second = compile_at(cast, 11)
    assert second.balance.gap == 1
    assert queries.unbalanced(cast.mine.id, at(1, 0)) == [second]
    with clock.set_to(at(11, 8)):
        seal_all()
        tell_all()
    alarm = Notice.objects.get(topic="bulletin.gap", person_id=cast.administrator.id)
    assert "差 1 条" in alarm.title
    assert alarm.must_act


def test_an_old_ledger_is_counted_when_its_import_is_done(cast: Cast) -> None:
    compile_at(cast, 10)
    run = ImportRun.objects.create(
        mine=cast.mine, kind="hazards", file_name="旧台账.xlsx", file_sha256="0" * 64, by=cast.safety,
        started_at=at(10, 9), finished_at=at(10, 10), state="done",
    )  # fmt: skip
    with clock.set_to(at(2, 9)):
        for status in (Status.REPORTED, Status.CLOSED):
            Hazard.objects.filter(id=hazard_in(status, cast).id).update(import_run=run)
    second = compile_at(cast, 11)
    assert (second.balance.came, second.balance.still_open, second.balance.gap) == (1, 1, 0)
    assert second.figures["imported"] == 1
    assert parts(second) == {}


def test_a_missed_day_is_told_as_it_stood_then(cast: Cast) -> None:
    with clock.set_to(at(9, 10)):
        hazard = hazard_in(Status.RECTIFYING, cast)
    with clock.set_to(at(11, 10)):
        hazards.rectify(hazard.id, words="已更换", by=cast.unit_head)
    policy = queries.policy_of(cast.mine.id)
    late = [
        draft(policy, at(day - 1, 7, 30), at(day, 7, 30), None).figures["counts"]["overdue"] for day in (10, 11, 12)
    ]
    assert late == [1, 1, 0]


# ---------------------------------------------------------------- it makes itself


def test_no_day_is_missed_when_the_server_was_off(cast: Cast) -> None:
    with clock.set_to(at(9, 9, 30)):
        assert run_bulletins() == 2
    with clock.set_to(at(12, 8)):  # three days off; today's hour has come, its cut-off has not
        run_bulletins()
    rows = list(Bulletin.objects.order_by("day").values_list("day", "number", "status"))
    assert [(day.day, number) for day, number, _status in rows] == [(9, 1), (10, 2), (11, 3), (12, 4)]
    assert [status for *_rest, status in rows] == ["published", "published", "published", "compiled"]
    assert (
        list(Bulletin.objects.order_by("day").values_list("since", flat=True))[1:]
        == list(Bulletin.objects.order_by("day").values_list("until", flat=True))[:-1]
    )
    with clock.set_to(at(12, 8, 1)):
        assert run_bulletins() == 0
    assert Bulletin.objects.get(number=3).by_itself


def test_published_in_order_and_by_who_may(cast: Cast) -> None:
    first, second = compile_at(cast, 10), compile_at(cast, 11)
    with pytest.raises(Refused, match="第1期还没有发布"):
        services.publish(second.id, by=cast.safety)
    with pytest.raises(Refused, match="没有权限"):
        services.publish(first.id, by=cast.unit_head)
    services.check(first.id, note="请学习", by=cast.mine_leader)
    services.publish(first.id, by=cast.safety)
    with pytest.raises(Refused, match="现在的状态"):
        services.recompile(first.id, by=cast.safety)
    assert services.publish(second.id, by=None).by_itself


def test_one_bulletin_a_day_whoever_comes_second(cast: Cast) -> None:
    first = compile_at(cast, 10)
    assert compile_at(cast, 10).id == first.id
    assert Entry.objects.filter(verb="bulletin.compile").count() == 1


def test_the_next_number_begins_anew_each_year(cast: Cast) -> None:
    for until in (datetime(2026, 12, 31, 7, 30, tzinfo=ZONE), datetime(2027, 1, 1, 7, 30, tzinfo=ZONE)):
        with clock.set_to(until + timedelta(minutes=2)):
            services.compile_day(mine=cast.mine, owed=Owed(until.date(), until))
    assert list(Bulletin.objects.order_by("day").values_list("year", "number")) == [(2026, 1), (2027, 1)]


# ---------------------------------------------------------------- frozen


def test_what_is_published_cannot_be_changed_by_anybody(cast: Cast) -> None:
    with clock.set_to(at(9, 10)):
        hazard_in(Status.REPORTED, cast)
    bulletin = services.publish(compile_at(cast, 10).id, by=cast.safety)
    made = services.correct(bulletin.id, text="第 1 条地点有误", by=cast.safety)
    item = BulletinItem.objects.get()
    changes = [
        lambda: Bulletin.objects.filter(id=bulletin.id).update(note="改"),
        lambda: Bulletin.objects.filter(id=bulletin.id).delete(),
        lambda: BulletinItem.objects.filter(id=item.id).update(text="改"),
        lambda: BulletinItem.objects.filter(id=item.id).delete(),
        lambda: BulletinItem.objects.create(
            bulletin=bulletin, part="new", position=9, subject_kind="hazard", subject_id=item.subject_id, text="添"
        ),
        lambda: type(made).objects.filter(id=made.id).update(text="改"),
    ]
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    bulletin.refresh_from_db()
    assert queries.fingerprint(bulletin) == bulletin.digest
    assert (made.number, services.correct(bulletin.id, text="再更正", by=cast.safety).number) == (1, 2)


def test_a_compiled_one_is_compiled_again_with_what_was_put_right(cast: Cast) -> None:
    with clock.set_to(at(9, 10)):
        hazard = hazard_in(Status.REPORTED, cast)
    bulletin = compile_at(cast, 10)
    services.check(bulletin.id, by=cast.safety)
    Hazard.objects.filter(id=hazard.id).update(place_text="42 号架")
    again = services.recompile(bulletin.id, by=cast.safety)
    assert again.status == "compiled"
    assert "42 号架" in BulletinItem.objects.get().line["place"]


# ---------------------------------------------------------------- who reads it


def test_readers_are_told_once(cast: Cast) -> None:
    services.publish(compile_at(cast, 10).id, by=cast.safety)
    seal_all()
    tell_all()
    told = Notice.objects.filter(topic="bulletin")
    assert told.filter(person_id=cast.unit_head.id).count() == 1
    assert not told.filter(person_id=cast.miner.id).exists()
    assert "新上报 0 条" in told.get(person_id=cast.unit_head.id).title


def test_the_open_page_only_for_the_addresses_of_the_policy(cast: Cast) -> None:
    services.publish(compile_at(cast, 10).id, by=cast.safety)
    stranger = Client()
    assert stranger.get("/daily/", REMOTE_ADDR="10.1.2.3").status_code == 302
    data = services.PolicyData(time(7, 30), time(9), True, "10.0.0.0/8", False)
    services.save_policy(data=data, by=cast.safety)
    page = stranger.get("/daily/", REMOTE_ADDR="10.1.2.3")
    assert page.status_code == 200
    assert "2026年第1期" in page.content.decode()
    assert stranger.get("/daily/", REMOTE_ADDR="8.8.8.8").status_code == 302
    assert stranger.get("/daily/2026-11-10/", REMOTE_ADDR="10.1.2.3").status_code == 200
    assert stranger.get("/daily/2026-11-09/", REMOTE_ADDR="10.1.2.3").status_code == 404
    assert stranger.get("/daily/nonsense/", REMOTE_ADDR="10.1.2.3").status_code == 404


def test_the_policy_refuses_what_cannot_be(cast: Cast) -> None:
    with pytest.raises(Refused, match="不能早于"):
        services.save_policy(data=services.PolicyData(time(9), time(8), False, "", False), by=cast.safety)
    with pytest.raises(Refused, match="不是地址范围"):
        services.save_policy(data=services.PolicyData(time(7), time(8), True, "办公网", False), by=cast.safety)


def test_unpublished_ones_are_nobody_elses_business(cast: Cast) -> None:
    bulletin = compile_at(cast, 10)
    with pytest.raises(NotVisible):
        queries.get_bulletin(bulletin.id, by=cast.miner)
    assert queries.get_bulletin(bulletin.id, by=cast.safety) == bulletin


def test_the_archive_finds_what_was_published(cast: Cast, client: Client) -> None:
    with clock.set_to(at(9, 10)):
        hazard_in(Status.REPORTED, cast, text="皮带机头护罩缺失")
    services.publish(compile_at(cast, 10).id, by=cast.safety)
    services.publish(compile_at(cast, 11).id, by=cast.safety)
    client.force_login(cast.miner)
    found = client.get("/hazards/bulletins/?q=护罩").context["listing"]
    assert [row.day.day for row in found.objects] == [10]


def test_trend_stands_beside_the_figures(cast: Cast) -> None:
    for day in (9, 10):
        with clock.set_to(at(day, 10)):
            hazard_in(Status.REPORTED, cast)
        services.publish(compile_at(cast, day + 1).id, by=cast.safety)
    last = compile_at(cast, 12)
    shown = queries.page_of(last).trend["new"]
    assert shown == {"now": 0, "yesterday": 1, "mean": 1.0, "days": 2}


def test_a_long_part_is_folded_on_the_screen_and_whole_on_paper(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "FOLDED_AFTER", 2)
    for number in range(4):
        hazard_in(Status.REPORTED, cast, text=f"第 {number} 处锚杆托盘松动")
    bulletin = published(cast)
    client = Client()
    client.force_login(cast.safety)
    url = reverse("hazards:bulletin", args=[bulletin.id])
    short, whole = client.get(url).content.decode(), client.get(f"{url}?all=new").content.decode()
    assert "看全部 5 条" in short
    assert "第 3 处" not in short
    assert "第 3 处" in whole
    assert "看全部" not in whole
    assert "第 3 处" in client.get(reverse("hazards:bulletin_print", args=[bulletin.id])).content.decode()
