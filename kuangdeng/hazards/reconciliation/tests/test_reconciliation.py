"""Nothing disappears: what is broken on purpose is found and named, what is in order alarms nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client

from kuangdeng.hazards import importing, services
from kuangdeng.hazards.bulletins import services as bulletins
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem
from kuangdeng.hazards.bulletins.rules import Owed
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.reconciliation import queries
from kuangdeng.hazards.reconciliation.jobs import reconcile_all
from kuangdeng.hazards.reconciliation.models import Finding
from kuangdeng.hazards.reconciliation.rules import FIGURES, Kind
from kuangdeng.hazards.reconciliation.services import explain, reconcile
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.setup import set_up
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Entry, Notice, seal_all, tell_all
from kuangdeng.org.models import ImportRun
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def compiled(cast: Cast, day: int, month: int = 11) -> Bulletin:
    until = at(day, 7, 30, month)
    with clock.set_to(until + timedelta(minutes=1)):
        return bulletins.compile_day(mine=cast.mine, owed=Owed(until.date(), until))


def wrong(cast: Cast) -> list[tuple[str, str]]:
    """What the job finds, as kind and sentence."""
    reconcile(cast.mine)
    return [(one.kind, one.sentence) for one in queries.standing(cast.mine.id).order_by("kind", "label")]


@contextmanager
def behind_the_verbs() -> Iterator[None]:
    """As somebody with the password of the database works: no triggers, no foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def imported(cast: Cast, folder: Path, rows: int, ended: int = 0, name: str = "旧台账") -> ImportRun:
    """An old ledger brought in through the real importer: open rows, and closed ones."""
    set_up(mine=cast.mine)
    lines = ["检查日期,隐患内容,地点,责任单位,整改期限,状态,销号日期"]
    lines += [f"2026-10-{n % 28 + 1:02d},{name}第{n}处支架漏液,东翼{n},,,," for n in range(rows)]
    lines += [
        f"2026-09-{n % 28 + 1:02d},{name}已销第{n}处,西翼{n},综采一队,2026-09-29,已销号,2026-09-30"
        for n in range(ended)
    ]
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run = importing.take_in(path, by=cast.safety)
    importing.read(run.id, by=cast.safety)
    importing.confirm_import(run.id, by=cast.safety)
    return importing.write(run.id, by=cast.safety)


# ---------------------------------------------------------------- broken on purpose


def test_a_deleted_row_is_named_once_although_every_later_bulletin_lacks_it(cast: Cast) -> None:
    with clock.set_to(at(9, 10)):
        gone = hazard_in(Status.RECTIFYING, cast, text="皮带机头护罩缺失")
        hazard_in(Status.RECTIFYING, cast)
    compiled(cast, 10)
    assert wrong(cast) == []
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM hazards_hazard_finders WHERE hazard_id = %s", [gone.id])
        cursor.execute("DELETE FROM hazards_hazard WHERE id = %s", [gone.id])
    named = ("lost", f"{gone.number} 皮带机头护罩缺失：台账上有它，隐患表里却没有了。")
    assert wrong(cast) == [named]
    second = compiled(cast, 11)
    assert second.balance.gap == 1
    after = [
        ("figure", "2026年第2期：“现在未办结”公布的是 1 条，按台账是 2 条。"),
        ("gap", "2026年第2期：账不平，差 1 条。"),
        named,
    ]
    assert wrong(cast) == after
    compiled(cast, 12)
    assert wrong(cast) == after
    assert Entry.objects.filter(verb="reconciliation.alarm").count() == 2


def test_an_ended_hazard_that_is_deleted_is_missed_too(cast: Cast) -> None:
    gone = hazard_in(Status.CLOSED, cast)
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM hazards_hazard_finders WHERE hazard_id = %s", [gone.id])
        cursor.execute("DELETE FROM hazards_hazard WHERE id = %s", [gone.id])
    assert [kind for kind, _words in wrong(cast)] == ["lost"]


@pytest.mark.parametrize("to", ["accepted", "void", "reported"])
def test_a_status_that_no_verb_set_is_found_open_or_ended(cast: Cast, to: str) -> None:
    hazard = hazard_in(Status.RECTIFYING, cast)
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("UPDATE hazards_hazard SET status = %s, void_reason = %s WHERE id = %s",
                       [to, "x" if to == "void" else "", hazard.id])  # fmt: skip
    ((kind, sentence),) = wrong(cast)
    assert kind == "state"
    assert hazard.number in sentence
    assert "台账记的是“整改中”" in sentence


def test_an_end_that_was_taken_back_behind_the_verbs(cast: Cast) -> None:
    hazard = hazard_in(Status.VOID, cast)
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("UPDATE hazards_hazard SET status = 'reported', void_reason = '' WHERE id = %s", [hazard.id])
    assert wrong(cast) == [("state", f"{hazard.number} {hazard.text}：隐患表里是“待定级”，台账记的是“已作废”。")]


def test_a_row_without_a_story(cast: Cast) -> None:
    hazard = hazard_in(Status.REPORTED, cast)
    Hazard.objects.create(mine=cast.mine, number="YH2026-999999", text="凭空多出来", occurred_at=clock.now())
    ((kind, sentence),) = wrong(cast)
    assert (kind, "YH2026-999999 凭空多出来" in sentence, hazard.number in sentence) == ("unborn", True, False)


def test_what_a_bulletin_left_out_and_what_it_invented(cast: Cast) -> None:
    compiled(cast, 9)
    with clock.set_to(at(9, 10)):
        left_out = hazard_in(Status.REPORTED, cast, text="风筒破口")
        invented = hazard_in(Status.REPORTED, cast, text="电缆落地")
    second = compiled(cast, 10)
    BulletinItem.objects.filter(bulletin=second, subject_id=left_out.id).delete()
    BulletinItem.objects.filter(bulletin=second, subject_id=invented.id).update(part="closed")
    kinds = wrong(cast)
    unlisted = [words for kind, words in kinds if kind == "unlisted"]
    assert len(unlisted) == 2
    assert any("风筒破口" in words and "“新来”里却没有它" in words for words in unlisted)
    assert any("电缆落地" in words and "“销号”里有它" in words for kind, words in kinds if kind == "unfounded")


def test_an_import_that_came_in_after_the_bulletin_it_belongs_to_is_named(cast: Cast, tmp_path: Path) -> None:
    compiled(cast, 9)
    first = compiled(cast, 10)
    assert wrong(cast) == []
    with clock.set_to(at(10, 7, 20)):  # said to be done before the hour, seen only after it
        imported(cast, tmp_path, 3)
    found = wrong(cast)
    assert ("import", "2026年第2期：导入的旧台账计了 0 条，按台账应是 3 条。") in found
    assert sum("支架漏液" in words for kind, words in found if kind == "unlisted") == 3
    assert ("figure", "2026年第2期：“新来”公布的是 0 条，按台账是 3 条。") in found
    assert first.balance.still_open == 0


# ---------------------------------------------------------------- no false alarm


def test_days_with_everything_in_them_alarm_nobody(cast: Cast, tmp_path: Path) -> None:
    kinds = list(Status)
    for day in range(9, 13):
        for number, kind in enumerate(kinds):
            with clock.set_to(at(day, 8 + number)):
                hazard_in(kind, cast)
        with clock.set_to(at(day, 20)):
            closed = hazard_in(Status.CLOSED, cast)
            services.reopen(closed.id, text="又漏液", by=cast.safety)
            rejected = hazard_in(Status.RECHECK, cast)
            services.reject(rejected.id, reason="没处理好", by=cast.safety)
            moved = hazard_in(Status.RECTIFYING, cast)
            services.transfer(moved.id, unit=cast.units["tunnel"], reason="面已移交", by=cast.safety)
        with clock.set_to(at(day, 21)):
            imported(cast, tmp_path, 4, ended=5, name=f"台账{day}")
        compiled(cast, day + 1)
        assert wrong(cast) == []
    with clock.set_to(at(13, 9)):
        for row in Hazard.objects.filter(import_run__isnull=False, status="reported")[:2]:
            services.void(row.id, reason="核实不存在", by=cast.safety)
    assert wrong(cast) == []
    compiled(cast, 14)
    assert wrong(cast) == []
    assert [one.balance.gap for one in Bulletin.objects.all()] == [0] * 5


def test_an_escalated_hazard_alarms_nobody(cast: Cast) -> None:
    from kuangdeng.hazards.tests.scenarios import SCENARIOS

    with clock.set_to(at(9, 10)):
        SCENARIOS["escalate"](cast)()
    compiled(cast, 10)
    assert wrong(cast) == []


def test_the_turn_of_a_month_a_late_commit_and_a_missed_day(cast: Cast) -> None:
    with clock.set_to(at(29, 10)):
        hazard_in(Status.RECTIFYING, cast)
    compiled(cast, 30)
    with clock.set_to(at(30, 7, 29)):  # stamped before the hour, committed after it
        hazard_in(Status.REPORTED, cast)
        late = hazard_in(Status.GRADED, cast)
        services.void(late.id, reason="重复", by=cast.safety2)
    assert wrong(cast) == []
    with clock.set_to(at(30, 12)):
        hazard_in(Status.CLOSED, cast)
    compiled(cast, 1, month=12)
    assert wrong(cast) == []
    with clock.set_to(at(2, 12, month=12)):
        hazard_in(Status.MERGED, cast)
        compiled(cast, 2, month=12)  # made up later
    compiled(cast, 3, month=12)
    assert wrong(cast) == []


def test_more_days_than_are_reckoned(cast: Cast) -> None:
    with clock.set_to(at(1, 10)):
        hazard_in(Status.RECTIFYING, cast)
    for day in range(2, 14):
        with clock.set_to(at(day - 1, 15)):
            hazard_in(Status.CLOSED if day % 2 else Status.REPORTED, cast)
        compiled(cast, day)
    assert wrong(cast) == []


def test_a_second_capture_that_was_taken_as_its_own_report(cast: Cast) -> None:
    from kuangdeng.hazards.models import Quarantine

    first = hazard_in(Status.CLOSED, cast)
    for as_new, text in ((True, "另一处"), (False, "同一处")):
        services.report(data=services.ReportData(text=text), by=cast.miner, hazard_id=first.id)
        aside = Quarantine.objects.get(decided_at=None)
        services.decide_quarantine(aside.id, as_new=as_new, by=cast.safety)
    compiled(cast, 10)
    assert wrong(cast) == []


# ---------------------------------------------------------------- alarm, explain, clear


def broken(cast: Cast) -> Hazard:
    hazard = hazard_in(Status.RECTIFYING, cast)
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("UPDATE hazards_hazard SET status = 'accepted' WHERE id = %s", [hazard.id])
    return hazard


def test_it_is_told_once_to_administrator_and_safety_and_done_when_explained(cast: Cast) -> None:
    hazard = broken(cast)
    for _again in range(3):
        reconcile(cast.mine)
        seal_all()
        tell_all()
    told = Notice.objects.filter(topic="reconciliation")
    wanted = {cast.administrator.id, cast.safety.id, cast.safety2.id}
    assert {one.person_id for one in told} == wanted
    assert told.count() == len(wanted)
    assert all(one.must_act and hazard.number in one.body for one in told)
    finding = Finding.objects.get()
    with pytest.raises(Refused, match="没有权限"):
        explain(finding.id, words="误改", by=cast.mine_leader)
    with pytest.raises(NotVisible):
        explain(finding.id, words="误改", by=cast.miner)
    with pytest.raises(Refused, match="查明的情况"):
        explain(finding.id, words=" ", by=cast.safety)
    explain(finding.id, words="数据库维护时误改", by=cast.safety)
    with pytest.raises(Refused, match="说明过了"):
        explain(finding.id, words="再说一次", by=cast.safety)
    reconcile(cast.mine)
    seal_all()
    tell_all()
    assert not told.filter(acted_at=None).exists()
    assert queries.unexplained().count() == 0
    assert Entry.objects.filter(verb="reconciliation.alarm").count() == 1


def test_what_is_put_right_is_cleared_and_alarms_anew_when_it_comes_back(cast: Cast) -> None:
    hazard = broken(cast)
    reconcile(cast.mine)
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("UPDATE hazards_hazard SET status = 'rectifying' WHERE id = %s", [hazard.id])
    assert wrong(cast) == []
    assert Entry.objects.filter(verb="reconciliation.clear_all").count() == 1
    with behind_the_verbs(), connection.cursor() as cursor:
        cursor.execute("UPDATE hazards_hazard SET status = 'accepted' WHERE id = %s", [hazard.id])
    assert len(wrong(cast)) == 1
    assert Entry.objects.filter(verb="reconciliation.alarm").count() == 2


def test_the_job_runs_each_hour_and_after_each_bulletin(cast: Cast) -> None:
    def runs(moment: datetime) -> bool:
        with clock.set_to(moment):
            due = queries.is_due(cast.mine, clock.now())
            reconcile_all(0)
        return due

    assert [runs(at(10, 6)), runs(at(10, 6, 30)), runs(at(10, 7, 1))] == [True, False, True]
    compiled(cast, 10)
    assert [runs(at(10, 7, 32)), runs(at(10, 7, 33))] == [True, False]


def test_while_an_old_ledger_is_being_written_the_account_waits(cast: Cast) -> None:
    broken(cast)
    run = ImportRun.objects.create(
        mine=cast.mine, kind="hazards", file_name="旧台账.xlsx", file_sha256="0" * 64, by=cast.safety, state="writing"
    )
    assert reconcile(cast.mine) == 0
    ImportRun.objects.filter(id=run.id).update(state="done", finished_at=clock.now())
    assert reconcile(cast.mine) == 1


# ---------------------------------------------------------------- the page


def test_each_figure_leads_to_exactly_what_it_counts(cast: Cast, client: Client, tmp_path: Path) -> None:
    for day in range(9, 12):
        for number, kind in enumerate(Status):
            with clock.set_to(at(day, 8 + number)):
                hazard_in(kind, cast)
        with clock.set_to(at(day, 21)):
            imported(cast, tmp_path, 2, ended=1, name=f"台账{day}")
        compiled(cast, day + 1)
        with clock.set_to(at(day + 1, 7, 29)):
            hazard_in(Status.VOID, cast)
    client.force_login(cast.safety)
    page = client.get("/hazards/reconciliation/")
    assert page.status_code == 200
    for row in page.context["listing"].objects:
        for name in FIGURES:
            listing = client.get(f"/hazards/reconciliation/{row.id}/{name}/").context["listing"]
            assert listing.counted == getattr(row.balance, name), (row.title, name)
    assert client.get(f"/hazards/reconciliation/{row.id}/nonsense/").status_code == 404


def test_the_page_names_what_is_wrong_and_takes_the_explanation(cast: Cast, client: Client) -> None:
    hazard = broken(cast)
    client.force_login(cast.safety)
    client.post("/hazards/reconciliation/check/")
    page = client.get("/hazards/reconciliation/").content.decode()
    assert "有 1 处对不上" in page
    assert f"{hazard.number} {hazard.text}：隐患表里是“待销号”，台账记的是“整改中”。" in page
    finding = Finding.objects.get()
    answer = client.post(f"/hazards/reconciliation/findings/{finding.id}/", {"words": "维护时误改"}, follow=True)
    assert "维护时误改" in answer.content.decode()
    assert finding.kind == Kind.STATE


@pytest.mark.django_db(transaction=True)
def test_everything_is_read_at_one_moment_so_that_a_verb_in_between_alarms_nobody(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    hazard_in(Status.REPORTED, cast)
    seen = []
    apart = queries._apart

    def spy(mine_id: object) -> object:
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            seen.append(cursor.fetchone()[0])
        return apart(mine_id)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "_apart", spy)
    assert reconcile(cast.mine) == 0
    assert seen == ["repeatable read"]
