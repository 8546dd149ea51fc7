"""Old ledgers come in as a careful person would have typed them."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kuangdeng.hazards import importing, setup
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.services import import_rows
from kuangdeng.hazards.tests import ledgers
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.api import Entry, seal, verify
from kuangdeng.org.models import ImportRun, Person, Place, PlaceAlias, PlaceProposal, Shift, Unit
from kuangdeng.org.spelling import fold_place
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
SHIFT_WORDS = {"零点班": ["夜班"], "八点班": ["早班"], "四点班": ["中班"]}


@pytest.fixture
def cast() -> Cast:
    """A mine with the units, places and shifts that the fixtures speak of."""
    cast = make_cast()
    setup.load_catalogues()
    setup.load_grades(cast.mine)
    setup.load_specialties(cast.mine)
    Unit.objects.filter(mine=cast.mine, name="综采一队").update(position=1)
    for name in ("综采二队", "综放队", "皮带队"):
        Unit.objects.create(mine=cast.mine, name=name, kind=Unit.Kind.PRODUCTION)
    for at, (name, spellings) in enumerate(ledgers.PLACES.items()):
        place = Place.objects.create(mine=cast.mine, name=name, full_name=name, tag=f"ledger{at}")
        known = {fold_place(name)}
        for spelling in spellings[:-1]:
            if fold_place(spelling) not in known:
                known.add(fold_place(spelling))
                PlaceAlias.objects.create(mine=cast.mine, place=place, spelling=spelling, folded=fold_place(spelling))
    for name, aliases in SHIFT_WORDS.items():
        Shift.objects.filter(scheme__mine=cast.mine, name=name).update(aliases=aliases)
    mechanic = Unit.objects.get(mine=cast.mine, name="综放队")
    Person.objects.create(mine=cast.mine, number="7001", name="王铁柱", unit=mechanic)
    Person.objects.create(mine=cast.mine, number="7002", name="孙保电二", unit=mechanic)
    return cast


def day(moment: Any) -> date | None:
    return clock.local(moment).date() if moment else None


def told(hazard: Hazard) -> dict[str, Any]:
    """A hazard in the words of the fixtures."""
    return {
        "found_on": day(hazard.occurred_at), "shift": hazard.shift_name or None,
        "place": hazard.place.name if hazard.place else None, "text": hazard.text,
        "specialty": hazard.specialty.name if hazard.specialty else None,
        "grade": hazard.grade.code if hazard.grade else None, "finder": hazard.finders_text,
        "unit": hazard.unit.name if hazard.unit else None, "person": hazard.person_text, "measure": hazard.measure,
        "due_on": day(hazard.due_at), "rectified_on": day(hazard.rectified_at),
        "closed": hazard.status == Status.CLOSED,
    }  # fmt: skip


def rows_of(mine: Any) -> dict[int, Hazard]:
    hazards = Hazard.objects.filter(mine=mine).select_related("place", "unit", "specialty", "grade")
    return {hazard.imported["row"]: hazard for hazard in hazards}


def compare(ledger: ledgers.Ledger, run: ImportRun) -> None:
    found = rows_of(run.mine)
    assert sorted(found) == sorted(row["row"] for row in ledger.truth)
    for row in ledger.truth:
        hazard = found[row["row"]]
        got = told(hazard)
        for key in got:
            if key not in row:
                continue
            wanted = row[key]
            if key == "place" and "place" in row.get("said", {}) and hazard.place is None:
                assert hazard.place_text == row["said"]["place"].strip()
                continue
            if key == "place" and hazard.place is None and wanted is not None:
                assert hazard.place_text, row
                continue
            assert got[key] == (wanted or (None if wanted is None else wanted)), (row["row"], key, row)
        if "unit_text" in row:
            assert hazard.unit_name == row["unit_text"]
        if "found_at" in row:
            assert (clock.local(hazard.occurred_at).hour, clock.local(hazard.occurred_at).minute) == row["found_at"]


@pytest.mark.parametrize("name", sorted(ledgers.ALL))
def test_every_fixture_comes_in_as_its_truth(name: str, cast: Cast, tmp_path: Path) -> None:
    ledger = ledgers.ALL[name](tmp_path)
    run = importing.import_ledger(ledger.path, by=cast.safety)
    assert run.state == ImportRun.State.DONE, run.report
    compare(ledger, run)
    assert run.report["counts"]["problems"] == len(ledger.problems)
    wrong = {(int(one["row"])) for one in run.problems if one["kind"] == "不能导入"}
    assert wrong == {row for row, _key, _code in ledger.problems}
    twins = {int(one["row"]) for one in run.problems if one["kind"] == "重复"}
    assert twins == {row for row, _first in ledger.duplicates}
    assert Entry.objects.filter(verb="hazard.import").count() == len(ledger.truth)


# Nothing before it is confirmed, nothing twice --------------------------------------------------------------------------


def test_nothing_is_written_before_the_preview_is_confirmed(cast: Cast, tmp_path: Path) -> None:
    ledger = ledgers.everything_xlsx(tmp_path)
    run = importing.import_ledger(ledger.path, by=cast.safety, dry_run=True)
    assert run.state == ImportRun.State.PREVIEW
    assert run.report["counts"]["good"] == len(ledger.truth)
    assert not Hazard.objects.exists()
    assert not PlaceProposal.objects.exists()
    assert not Entry.objects.exists()
    importing.drop(run.id, by=cast.safety)
    assert not importing.file_of(run).exists()


def test_the_preview_says_what_nobody_knows_and_where_it_stands(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    lines = [
        ["检查日期", "地点", "隐患内容", "责任单位", "等级", "整改期限"],
        ["2018-03-05", "西大巷", "电缆落地", "掘进五队", "丁级", "2018-03-04"],
        ["见上", "西大巷", "水管漏水", "掘一队", "B", ""],
    ]
    path.write_text("\n".join(",".join(line) for line in lines), encoding="gbk")
    run = importing.import_ledger(path, by=cast.safety, dry_run=True)
    assert run.report["places"] == [["西大巷", 1]] or run.report["places"] == [("西大巷", 1)]
    assert [words for words, _count in run.report["units"]] == ["掘进五队"]
    cells = {(one["kind"], one["cell"]) for one in run.problems}
    assert cells == {("不能导入", "A3"), ("提示", "E2"), ("提示", "F2")}
    written = list(csv.reader(importing.errors_of(run).open(encoding="utf-8-sig")))
    assert written[0] == ["类别", "工作表", "行", "列", "单元格", "说明"]
    assert ["不能导入", "台账", "3", "检查日期", "A3"] in [line[:5] for line in written]


def test_every_imported_hazard_is_traceable_and_the_chain_holds(cast: Cast, tmp_path: Path) -> None:
    ledger = ledgers.clean_csv(tmp_path)
    importing.import_ledger(ledger.path, by=cast.safety)
    for hazard in Hazard.objects.all():
        entry = Entry.objects.get(subject_kind="hazard", subject_id=str(hazard.id))
        assert entry.verb == "hazard.import"
        assert entry.by_name == cast.safety.name
        assert entry.payload["row"] == hazard.imported["row"]
        assert clock.local(entry.occurred_at).date() == day(hazard.occurred_at)
    while seal(cast.mine.id):
        pass
    *_, proof = verify(cast.mine.id)
    assert proof.broken == ""
    assert proof.unsealed == 0


def test_the_same_file_again_brings_nothing(cast: Cast, tmp_path: Path) -> None:
    ledger = ledgers.clean_xlsx(tmp_path)
    importing.import_ledger(ledger.path, by=cast.safety)
    count = Hazard.objects.count()
    again = importing.import_ledger(ledger.path, by=cast.safety, dry_run=True)
    assert again.report["counts"]["known"] == count
    assert again.report["counts"]["good"] == 0
    with pytest.raises(Refused, match="没有可以导入的行"):
        importing.confirm_import(again.id, by=cast.safety)


def test_the_same_rows_in_another_file_are_recognised(cast: Cast, tmp_path: Path) -> None:
    importing.import_ledger(ledgers.clean_xlsx(tmp_path).path, by=cast.safety)
    count = Hazard.objects.count()
    run = importing.import_ledger(ledgers.clean_csv(tmp_path, "gbk").path, by=cast.safety, dry_run=True)
    assert run.report["counts"]["twins_there"] == count
    assert run.report["counts"]["good"] == 0


def test_a_writer_that_was_killed_is_gone_on_with(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between two pieces: what was acknowledged is there once, the second start writes the rest."""
    monkeypatch.setattr(importing, "CHUNK", 7)
    ledger = ledgers.clean_csv(tmp_path)
    pieces = 0

    def dies(*args: Any, **kwargs: Any) -> int:
        nonlocal pieces
        pieces += 1
        if pieces == 4:
            raise KeyboardInterrupt
        return import_rows(*args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr(importing, "import_rows", dies)
        with pytest.raises(KeyboardInterrupt):
            importing.import_ledger(ledger.path, by=cast.safety)
    assert Hazard.objects.count() == 21
    run = ImportRun.objects.get()
    assert (run.state, run.done_rows) == (ImportRun.State.WRITING, 21)
    assert importing.take_in(ledger.path, by=cast.safety).id == run.id, "the file leads back to its run"
    done = importing.import_ledger(ledger.path, by=cast.safety)
    assert done.state == ImportRun.State.DONE
    assert done.report["written"] == len(ledger.truth)
    compare(ledger, done)
    assert Entry.objects.filter(verb="hazard.import").count() == len(ledger.truth)


def test_a_dropped_or_finished_run_takes_no_more_rows(cast: Cast, tmp_path: Path) -> None:
    run = importing.import_ledger(ledgers.clean_csv(tmp_path).path, by=cast.safety)
    with pytest.raises(Refused):
        import_rows(run.id, drafts=[], by=cast.safety)
    with pytest.raises(Refused):
        importing.drop(run.id, by=cast.safety)


def test_only_who_may_import_gets_in(cast: Cast, tmp_path: Path) -> None:
    path = ledgers.clean_csv(tmp_path).path
    for part in ("miner", "unit_head", "mine_leader"):
        with pytest.raises(Refused, match="没有权限"):
            importing.import_ledger(path, by=getattr(cast, part))
    run = importing.import_ledger(path, by=cast.administrator, dry_run=True)
    with pytest.raises(NotVisible):
        importing.get_run(run.id, by=cast.unit_head)
    with pytest.raises(NotVisible):
        importing.get_run(run.id, by=make_cast("OTHER").safety)


def test_what_is_no_ledger_is_refused_in_a_sentence(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "花名册.csv"
    path.write_text("姓名,工号\n王铁柱,1001\n", encoding="utf-8")
    run = importing.import_ledger(path, by=cast.safety)
    assert run.state == ImportRun.State.FAILED
    assert "没有找到隐患台账的表头" in run.report["message"]
    pdf = tmp_path / "x.xlsx"
    pdf.write_bytes(b"%PDF-1.4 \x00")
    with pytest.raises(Refused, match="不是表格文件"):
        importing.take_in(pdf, by=cast.safety)


def test_unknown_places_wait_for_a_person_and_known_persons_are_found(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    head = "检查日期,地点,隐患内容,责任单位,责任人,检查人,复查人,复查结果,整改时间,整改资金（万元）,整改期限\n"
    path.write_text(
        head
        + "2018-03-05,西大巷,电缆落地,综放队,王铁柱,周安平、吴慎行,吴慎行,合格,2018-03-06,1.5,3天内\n"
        + "2018-03-06,西 大巷,水管漏水,综采一队,王铁柱,某某,,不合格,,,立即\n",
        encoding="utf-8",
    )
    importing.import_ledger(path, by=cast.safety)
    first, second = Hazard.objects.order_by("occurred_at")
    assert PlaceProposal.objects.get().seen == 2
    assert first.person is not None
    assert first.person.number == "7001", "the one of the unit, not the namesake"
    assert {one.number for one in first.finders.all()} == {"3001", "3002"}
    assert first.status == Status.CLOSED
    assert first.accepted_by == cast.safety2
    assert (first.funds, day(first.due_at)) == (15000, date(2018, 3, 8))
    assert second.status == Status.RECTIFYING
    assert second.reject_reason == "不合格"
    assert day(second.due_at) == date(2018, 3, 6)
    assert second.person == cast.miner


def test_a_major_hazard_older_than_any_catalogue_stays_major(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "检查日期,隐患内容,隐患等级,是否销号\n2018-03-05,空顶作业,重大隐患,是\n2023-03-05,空顶作业,重大,是\n",
        encoding="utf-8",
    )
    importing.import_ledger(path, by=cast.safety)
    old, newer = Hazard.objects.order_by("occurred_at")
    assert (old.is_major, old.catalogue_id) == (True, None)
    assert (newer.is_major, newer.catalogue_id) == (True, "order4-2020")


def test_memory_does_not_grow_with_the_file(cast: Cast, tmp_path: Path) -> None:
    """Four times the rows may cost a little more (what was seen, for duplicates), not four times as much."""
    import tracemalloc

    def most(count: int) -> int:
        path = ledgers.big_csv(tmp_path / f"{count}.csv", count)
        tracemalloc.start()
        importing.import_ledger(path, by=cast.safety)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(100)
    small, big = most(3000), most(12000)
    assert big < small * 1.6 + 2_000_000, (small, big)
