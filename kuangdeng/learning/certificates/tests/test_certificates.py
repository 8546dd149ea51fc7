"""Certificates: reminders once each, an existing list with its faults, and who may not go underground, with the reason."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.test import Client

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.learning.certificates import importing, queries, services
from kuangdeng.learning.certificates.jobs import run_clock
from kuangdeng.learning.certificates.models import BarredList, Certificate, CertificateReminder, SurfaceTrade
from kuangdeng.learning.certificates.rules import Reason, month_end, reminder_due
from kuangdeng.learning.certificates.testkit import certificate_in, data_for, kind_in, previewed
from kuangdeng.learning.classes import api as classes
from kuangdeng.learning.classes import testkit
from kuangdeng.learning.standards import api as standards
from kuangdeng.ledger.api import Notice, seal_all, tell_all
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.mark.parametrize(
    ("days", "step"), [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (0, 30), (-1, 0), (-400, 0)]
)
def test_which_reminder_holds(days: int, step: int | None) -> None:
    today = date(2026, 11, 22)
    assert reminder_due(today + timedelta(days=days), today, (90, 60, 30)) == step


def test_each_reminder_is_told_once_and_a_renewal_begins_anew(cast: Cast) -> None:
    one = certificate_in(cast, days=85)
    morning = clock.local().replace(hour=9)
    with clock.set_to(morning):
        assert run_clock() == 1
        assert run_clock() == 0
    with clock.set_to(morning + timedelta(days=56)):
        assert run_clock() == 1
    assert sorted(CertificateReminder.objects.values_list("step", flat=True)) == [30, 90]
    services.renew_certificate(
        one.id, on=clock.today(), valid_until=one.valid_until + timedelta(days=2000), by=cast.training_officer
    )
    with clock.set_to(morning + timedelta(days=60)):
        assert run_clock() == 0
    seal_all()
    tell_all()
    told = set(Notice.objects.filter(topic="cert.due").values_list("person_id", flat=True))
    assert {cast.miner.id, cast.unit_head.id, cast.training_officer.id} <= told
    assert cast.other_head.id not in told


def test_nobody_is_told_at_midnight(cast: Cast) -> None:
    certificate_in(cast, days=85)
    with clock.set_to(clock.local().replace(hour=3)):
        assert run_clock() == 0


def test_one_certificate_of_a_kind_and_one_number(cast: Cast) -> None:
    one = certificate_in(cast)
    with pytest.raises(Refused, match="已经有一本"):
        services.issue_certificate(person_id=cast.miner.id, data=data_for(cast, number="T2"), by=cast.training_officer)
    with pytest.raises(Refused, match="王铁柱名下"):
        services.issue_certificate(
            person_id=cast.team_leader.id, data=data_for(cast, number=one.number), by=cast.training_officer
        )
    services.revoke_certificate(one.id, reason="转岗", by=cast.training_officer)
    services.issue_certificate(person_id=cast.miner.id, data=data_for(cast, number="T3"), by=cast.training_officer)


def test_certificates_are_seen_by_the_holder_and_those_in_charge(cast: Cast) -> None:
    one = certificate_in(cast)
    for part in ("miner", "team_leader", "unit_head", "safety", "mine_leader"):
        assert queries.get_certificate(one.id, by=cast.persons[part]) == one
    for part in ("other_miner", "other_head", "teacher", "librarian"):
        with pytest.raises(NotVisible):
            queries.get_certificate(one.id, by=cast.persons[part])


def test_an_import_tells_every_fault_and_writes_the_rest_at_once(cast: Cast) -> None:
    rows = [
        "工号,姓名,操作项目,证书编号,有效期至,初领日期,有效期起",
        "1001,王铁柱,瓦斯检查,A1,2028-02-28,2022-03-01,2022-03-01",
        "1002,别的名,瓦斯检查,A2,2028-02-28,,",
        "9999,查无此人,瓦斯检查,A3,2028-02-28,,",
        "1003,张建国,潜水,A4,2028-02-28,,",
        "1004,赵志强,瓦斯检查,,2028-02-28,,",
        "2001,刘二喜,瓦斯检查,A1,2028-02-28,,",
        "2002,陈永福,瓦斯检查,A7,不详,,",
        "2003,孙保电,瓦检员,A8,2028.3.1,2030-01-01,2022-03-01",
        "5003,秦讲师,煤矿井下爆破作业,A9,2028年5月1日,,",
    ]
    kind_in(cast)
    run = importing.take_in(BytesIO("\n".join(rows).encode("gb18030")), name="特种作业.csv", by=cast.training_officer)
    assert [one["person"] for one in run.report["drafts"]] == [str(cast.miner.id), str(cast.teacher.id)]
    said = {one["row"]: one["message"] for one in run.problems}
    assert set(said) == {3, 4, 5, 6, 7, 8, 9}
    assert "李大山" in said[3]
    assert "9999" in said[4]
    assert "潜水" in said[5]
    assert "第 2 行" in said[7]
    assert not Certificate.objects.exists(), "nothing before it is confirmed"
    services.confirm_import(run.id, by=cast.training_officer)
    assert sorted(Certificate.objects.values_list("number", flat=True)) == ["A1", "A9"]
    taught = Certificate.objects.get(number="A9")
    assert (taught.valid_from, taught.valid_until) == (date(2022, 5, 1), date(2028, 5, 1)), "six years back by the kind"
    with pytest.raises(Refused, match="已经写入"):
        services.confirm_import(run.id, by=cast.training_officer)


def test_a_month_ends_on_its_last_day() -> None:
    assert [month_end(date(2026, 12, 5)), month_end(date(2028, 2, 1))] == [date(2026, 12, 31), date(2028, 2, 29)]


def test_an_import_of_what_is_there_brings_the_dates_up_to_date(cast: Cast) -> None:
    services.confirm_import(previewed(cast).id, by=cast.training_officer)
    again = previewed(cast, "工号,证照种类,证号,有效期止\n1001,瓦斯检查,T001,2034-02-28\n")
    assert again.report["drafts"][0]["again"] is True
    services.confirm_import(again.id, by=cast.training_officer)
    assert Certificate.objects.get().valid_until == date(2034, 2, 28)


# Who may not go underground ---------------------------------------------------------------------------------------------

NEXT = date(2026, 12, 1)


def codes(cast: Cast, month: date, part: str = "training_officer") -> dict[str, list[str]]:
    found = queries.barred(cast.persons[part], month)
    return {one.person.name: [str(why.code) for why in one.reasons] for one in found.rows}


def test_the_certificate_of_a_trade_is_missing_runs_out_or_was_not_reviewed(cast: Cast) -> None:
    kind_in(cast)
    people = [cast.miner, cast.team_leader, cast.other_miner, cast.unit_head, cast.other_head]
    for person in people:
        person.trade = "瓦斯检查工"
        person.save(update_fields=["trade"])
    with clock.set_to(clock.local().replace(year=2026, month=11, day=22, hour=10)):
        ends = {"miner": date(2026, 12, 31), "team_leader": date(2026, 12, 30), "other_miner": date(2026, 11, 30)}
        for part, end in ends.items():
            data = data_for(cast, until=end, number=f"N{part}")
            services.issue_certificate(person_id=cast.persons[part].id, data=data, by=cast.training_officer)
        late = data_for(cast, until=date(2028, 1, 1), number="N5", review_by=date(2026, 11, 30))
        services.issue_certificate(person_id=cast.other_head.id, data=late, by=cast.training_officer)
        assert codes(cast, NEXT) == {
            "李大山": [Reason.EXPIRES], "刘二喜": [Reason.EXPIRED], "张建国": [Reason.MISSING], "陈永福": [Reason.REVIEW],
        }  # fmt: skip
        assert codes(cast, NEXT, "unit_head") == {"李大山": [Reason.EXPIRES], "张建国": [Reason.MISSING]}, (
            "his own people only"
        )


def test_short_hours_bar_a_newcomer_at_once_and_the_others_when_the_year_has_ended(cast: Cast) -> None:
    testkit.rules_of(cast)
    year = clock.today().year
    standards.save_training_rule(
        key="records.year",
        valid_from=clock.today(),
        value=year,
        source="本矿",
        confirmed=True,
        by=cast.training_officer,  # type: ignore[arg-type]
    )
    cast.miner.memberships.update(valid_from=date(year, 1, 15))
    if clock.today().month < 12:
        assert codes(cast, date(year, 12, 1)) == {"王铁柱": [Reason.NEWCOMER]}
    january = codes(cast, date(year + 1, 1, 1))
    assert january["王铁柱"] == [Reason.NEWCOMER]
    assert january["李大山"] == [Reason.HOURS]


def test_hours_of_years_before_the_records_bar_nobody(cast: Cast) -> None:
    testkit.rules_of(cast)
    year = clock.today().year
    standards.save_training_rule(
        key="records.year",
        valid_from=clock.today(),
        value=year + 1,
        source="本矿",
        confirmed=True,
        by=cast.training_officer,  # type: ignore[arg-type]
    )
    assert codes(cast, date(year + 1, 1, 1)) == {}


def test_a_published_list_stays_and_units_hear_of_their_own(cast: Cast) -> None:
    kind_in(cast)
    cast.miner.trade = "瓦斯检查工"
    cast.miner.save(update_fields=["trade"])
    made = services.publish_barred(month=clock.today(), by=cast.training_officer)
    services.issue_certificate(person_id=cast.miner.id, data=data_for(cast), by=cast.training_officer)
    kept = BarredList.objects.get(id=made.id)
    assert [line["name"] for line in kept.lines] == ["王铁柱"]
    assert "没有登记有效证照" in kept.lines[0]["reasons"][0]
    seal_all()
    tell_all()
    told = set(Notice.objects.filter(topic="cert.barred").values_list("person_id", flat=True))
    assert {cast.unit_head.id, cast.branch_secretary.id, cast.safety.id} <= told
    assert cast.other_head.id not in told
    assert queries.get_barred_list(made.id, by=cast.other_head).lines == []


def test_who_failed_a_class_exam_is_barred_until_the_make_up_is_passed(cast: Cast) -> None:
    classes.set_up_classes(mine=cast.mine, by=cast.administrator)
    one = testkit.opened(cast)
    learners = [seat.person for seat in classes.seats_of(one)]
    exam = testkit.examined(cast, one, passing=[cast.miner])
    failed = exam.sittings.get(passed=False).person
    month = clock.today().replace(day=1)

    def why() -> dict[str, list[queries.Why]]:
        found = queries.barred(cast.training_officer, month)
        return {row.person.name: [one for one in row.reasons if one.code == Reason.EXAM] for row in found.rows}

    said = why()
    assert [name for name, reasons in said.items() if reasons] == [failed.name], "who never came has not failed"
    assert len(learners) > 2
    [reason] = said[failed.name]
    assert "没有补考合格" in reason.text
    assert (reason.kind, reason.ref) == ("class", str(one.id))
    with clock.set_to(exam.closes_at + timedelta(hours=2)):
        testkit.made_up(cast, exam, failed, right=False)
        assert [name for name, reasons in why().items() if reasons] == [failed.name], "once, not for the make-up again"
        testkit.made_up(cast, exam, failed, right=True)
        assert not any(why().values())


# Who works on the surface -----------------------------------------------------------------------------------------------


def in_trade(cast: Cast, **trades: str) -> None:
    """These people of the cast work in these trades."""
    for part, trade in trades.items():
        cast.persons[part].trade = trade
        cast.persons[part].save(update_fields=["trade"])


def surface(cast: Cast, *trades: str, day: date | None = None, surface: bool = True) -> list[SurfaceTrade]:
    return services.save_surface_trades(
        trades=trades, surface=surface, valid_from=day or clock.today(), source="矿劳资〔2026〕示例号", confirmed=True,
        by=cast.training_officer,
    )  # fmt: skip


def apart(cast: Cast, month: date) -> list[str]:
    return [one.person.name for one in queries.barred(cast.training_officer, month).surface]


def test_who_works_only_on_the_surface_is_left_out_and_counted(cast: Cast) -> None:
    hoist = kind_in(cast, "煤矿提升机操作作业")
    in_trade(cast, miner="主提升机司机", other_miner="主提升机司机", team_leader="瓦斯检查工")
    assert hoist.trades and set(codes(cast, NEXT)) == {"王铁柱", "刘二喜", "李大山"}
    with clock.set_to(clock.local().replace(year=2026, month=11, day=22, hour=10)):
        surface(cast, "主提升机司机")
        assert set(codes(cast, NEXT)) == {"李大山"}
        assert set(apart(cast, NEXT)) == {"王铁柱", "刘二喜"}
        client = Client()
        client.force_login(cast.training_officer)
        page = client.get("/learning/certificates/barred/?month=2026-12").content.decode()
        assert "另有 2 人" in page and "surface=1" in page and "王铁柱" not in page
        left = client.get("/learning/certificates/barred/?month=2026-12&surface=1").content.decode()
        assert "王铁柱" in left and "主提升机司机要持" in left and "李大山" not in left
        assert "发布名单" not in left
        paper = client.get("/learning/certificates/barred/sheet/?month=2026-12&surface=1").content.decode()
        assert "李大山" in paper and "王铁柱" not in paper and "另有 2 人" in paper
        made = services.publish_barred(month=NEXT, by=cast.training_officer)
        assert ([line["name"] for line in made.lines], made.surface) == (["李大山"], 2)
        assert "另有 2 人" in client.get(f"/learning/certificates/barred/lists/{made.id}/").content.decode()


def test_it_counts_from_its_day_for_whole_months_only(cast: Cast) -> None:
    kind_in(cast)
    in_trade(cast, miner="瓦斯检查工")
    with clock.set_to(clock.local().replace(year=2026, month=11, day=22, hour=10)):
        surface(cast, "瓦斯检查工", day=date(2026, 12, 2))
        assert apart(cast, NEXT) == [], "on the first of December he may still be sent down"
        assert apart(cast, date(2027, 1, 1)) == ["王铁柱"]
        surface(cast, "瓦斯检查工", day=date(2027, 2, 15), surface=False)
        assert apart(cast, date(2027, 1, 1)) == ["王铁柱"]
        assert apart(cast, date(2027, 2, 1)) == [], "from the middle of February he goes down again"
        assert SurfaceTrade.objects.count() == 2, "a change is another row"


def test_without_a_trade_the_post_counts_and_spelling_does_not(cast: Cast) -> None:
    kind = kind_in(cast)
    services.save_type(
        data=services.TypeData(kind.name, posts=["地面库管员"], source="示例", confirmed=False), type_id=kind.id,
        by=cast.training_officer,
    )  # fmt: skip
    in_trade(cast, miner="")
    cast.miner.post = "地面库管员"
    cast.miner.save(update_fields=["post"])
    assert list(codes(cast, NEXT)) == ["王铁柱"]
    surface(cast, "地面 库管员")
    assert apart(cast, clock.today().replace(day=1)) == [], "this month had begun"
    assert apart(cast, NEXT) == ["王铁柱"]


def test_surface_trades_are_set_from_their_page(cast: Cast) -> None:
    in_trade(cast, miner="司炉工", other_miner="司炉工")
    client = Client()
    client.force_login(cast.training_officer)
    page = client.get("/learning/certificates/surface/").content.decode()
    assert "司炉工" in page and "?trade=%E5%8F%B8%E7%82%89%E5%B7%A5&amp;surface=1" in page
    new = "/learning/certificates/surface/new/"
    data = {"trades": "司炉工、矿灯充电工", "surface": "1", "valid_from": f"{clock.today()}", "source": ""}
    assert client.post(new, {**data, "confirmed": "on"}).status_code == 422, "confirmed by what?"
    assert client.post(new, {**data, "valid_from": "2020-01-01"}).status_code == 422
    assert client.post(new, data).status_code == 302
    assert set(SurfaceTrade.objects.values_list("trade", "surface", "confirmed")) == {
        ("司炉工", True, False), ("矿灯充电工", True, False),
    }  # fmt: skip
    [boiler] = [one for one in queries.trades_of_mine(cast.training_officer) if one.name == "司炉工"]
    assert (boiler.heads, boiler.surface) == (2, True)
    assert "2 个地面工种还没有由负责人核对" in client.get("/learning/certificates/surface/").content.decode()
    with pytest.raises(Refused, match="没有权限"):
        services.save_surface_trades(
            trades=["采煤工"], surface=True, valid_from=clock.today(), source="", confirmed=False, by=cast.unit_head
        )
