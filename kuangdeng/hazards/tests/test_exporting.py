"""What goes out can come in again and says the same; the old ledger's own columns come back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from kuangdeng.hazards import exporting, importing, services
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.hazards.tests import ledgers
from kuangdeng.hazards.tests.test_importing import cast, told  # noqa: F401 - the same mine
from kuangdeng.kernel.errors import Refused
from kuangdeng.org.models import ImportRun
from kuangdeng.org.testkit import Cast

pytestmark = pytest.mark.django_db


def exported(run: ImportRun, by: Any, path: Path) -> Path:
    lines = exporting.original_lines(run, exporting.hazards_of_run(run, by=by))
    if path.suffix == ".xlsx":
        exporting.write_xlsx(lines, str(path))
    else:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            exporting.write_csv(lines, file)
    return path


def everything(run: ImportRun) -> list[dict[str, Any]]:
    rows = Hazard.objects.filter(import_run=run).select_related("place", "unit", "specialty", "grade").order_by("id")
    return [
        {**told(row), "place_text": row.place_text, "unit_name": row.unit_name, "reason": row.status} for row in rows
    ]


@pytest.mark.parametrize("name", ["clean", "dates", "everything", "hidden columns", "two header rows"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_import_export_import_says_the_same(name: str, kind: str, cast: Cast, tmp_path: Path) -> None:
    first = importing.import_ledger(ledgers.ALL[name](tmp_path).path, by=cast.safety)
    before = everything(first)
    path = exported(first, cast.safety, tmp_path / f"again.{kind}")
    _forget(first)
    second = importing.import_ledger(path, by=cast.safety)
    assert second.state == ImportRun.State.DONE, second.report
    assert everything(second) == before


def _forget(run: ImportRun) -> None:
    """As if the first import had been another mine's: its rows would be recognised otherwise."""
    Hazard.finders.through.objects.all().delete()
    Hazard.objects.filter(import_run=run).delete()


def test_the_old_columns_come_back_with_what_nobody_could_read(cast: Cast, tmp_path: Path) -> None:
    ledger = ledgers.hidden_columns_xlsx(tmp_path)
    run = importing.import_ledger(ledger.path, by=cast.safety)
    path = exported(run, cast.safety, tmp_path / "back.xlsx")
    was, back = (openpyxl.load_workbook(one)["台账"] for one in (ledger.path, path))
    heads = [[cell.value for cell in sheet[1]] for sheet in (was, back)]
    assert heads[0] == heads[1]
    assert [row[5].value for row in back.iter_rows(min_row=2)] == ["200"] * 24
    assert [row[6].value for row in back.iter_rows(min_row=2)] == [row[6].value for row in was.iter_rows(min_row=2)]


def test_what_the_loop_changed_since_stands_in_the_export(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text(
        "检查日期,隐患内容,责任单位,整改期限,是否销号,罚款\n2026-01-05,电缆落地,综采一队,2026-01-06,否,200\n2026-01-05,水管漏水,综采一队,2026-01-06,否,300\n",
        encoding="utf-8",
    )
    run = importing.import_ledger(path, by=cast.safety)
    hazard = Hazard.objects.get(text="电缆落地")
    services.rectify(hazard.id, words="已吊挂", by=cast.unit_head)
    services.accept(hazard.id, words="合格", by=cast.safety)
    services.close(hazard.id, by=cast.safety2)
    rows = list(csv.reader(exported(run, cast.safety, tmp_path / "back.csv").open(encoding="utf-8-sig")))
    assert rows[0] == ["检查日期", "隐患内容", "责任单位", "整改期限", "是否销号", "罚款"]
    assert rows[1] == ["2026-01-05", "电缆落地", "综采一队", "2026-01-06", "已销号", "200"]
    assert rows[2] == ["2026-01-05", "水管漏水", "综采一队", "2026-01-06", "否", "300"]


def test_our_own_ledger_comes_in_again(cast: Cast, tmp_path: Path) -> None:
    for status in (Status.REPORTED, Status.RECTIFYING, Status.RECTIFIED, Status.CLOSED, Status.VOID):
        hazard_in(status, cast, text=f"{status}处锚杆松动")
    before = {row.text: told(row) for row in Hazard.objects.all()}
    states = {row.text: row.status for row in Hazard.objects.all()}
    path = tmp_path / "台账.xlsx"
    assert exporting.write_xlsx(exporting.own_lines(exporting.hazards_of(cast.safety)), str(path)) == 5
    again = importing.import_ledger(path, by=cast.safety, dry_run=True)
    assert again.report["counts"]["twins_there"] == 4
    from kuangdeng.hazards.ledgers.columns import COLUMNS
    from kuangdeng.hazards.ledgers.meaning import Draft, Reader
    from kuangdeng.kernel.tables import open_book

    with open_book(path) as book:
        table = book.table("隐患台账", COLUMNS)
        assert table is not None
        drafts = [Reader(cast.mine).read(record) for record in table]
    for draft in drafts:
        assert isinstance(draft, Draft)
        assert draft.status == states[draft.text], draft.reason
        assert draft.place is not None
        assert draft.place.name == before[draft.text]["place"]


def test_a_spreadsheet_runs_nothing_of_it(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_text('检查日期,隐患内容,备注\n2018-03-05,"=HYPERLINK(""http://x"",""看"")",@SUM(A1)\n', encoding="utf-8")
    run = importing.import_ledger(path, by=cast.safety)
    rows = list(csv.reader(exported(run, cast.safety, tmp_path / "back.csv").open(encoding="utf-8-sig")))
    assert rows[1][1].startswith("'=HYPERLINK")
    assert rows[1][2] == "'@SUM(A1)"
    sheet = openpyxl.load_workbook(exported(run, cast.safety, tmp_path / "back.xlsx")).worksheets[0]
    assert sheet["B2"].data_type == "s"
    _forget(run)
    importing.import_ledger(tmp_path / "back.csv", by=cast.safety)
    assert Hazard.objects.get().text.startswith("=HYPERLINK"), "the apostrophe does not pile up"


def test_streamed_csv_and_permission(cast: Cast) -> None:
    hazard_in(Status.CLOSED, cast)
    text = "".join(exporting.csv_pieces(exporting.own_lines(exporting.hazards_of(cast.unit_head))))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["编号", "发现时间", "班次"]
    assert len(rows) == 2
    with pytest.raises(Refused, match="没有权限"):
        exporting.hazards_of(cast.miner)
    assert list(exporting.hazards_of(cast.other_head)) == [], "another unit's hazards stay with it"
