"""The old-ledger fixtures tell the truth about their own files."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from kuangdeng.hazards.tests import ledgers


@pytest.mark.parametrize("name", [name for name in ledgers.ALL if "csv" not in name])
def test_every_row_of_a_sheet_is_accounted_for(name: str, tmp_path: Path) -> None:
    ledger = ledgers.ALL[name](tmp_path)
    sheet = openpyxl.load_workbook(ledger.path, data_only=True)[ledger.sheet or ""]
    told = [row["row"] for row in ledger.truth] + [row for row, _, _ in ledger.problems]
    told += [row for row, _ in ledger.duplicates] + ledger.not_data_rows
    assert sorted(told) == list(range(1, sheet.max_row + 1))


@pytest.mark.parametrize(
    "name", [name for name in ledgers.ALL if "csv" not in name and name not in ("other headers", "hidden columns")]
)
def test_the_truth_is_what_stands_in_the_row(name: str, tmp_path: Path) -> None:
    ledger = ledgers.ALL[name](tmp_path)
    sheet = openpyxl.load_workbook(ledger.path, data_only=True)[ledger.sheet or ""]
    for row in ledger.truth:
        assert sheet.cell(row=row["row"], column=5).value == (row["text"] or None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_reads_back_in_its_encoding(encoding: str, tmp_path: Path) -> None:
    ledger = ledgers.clean_csv(tmp_path, encoding)
    with ledger.path.open(encoding=encoding, newline="") as handle:
        lines = list(csv.reader(handle))
    assert tuple(lines[0]) == ledgers.HEADERS
    assert [line[4] for line in lines[1:]] == [row["text"] for row in ledger.truth]


def test_merged_and_hidden_things_are_really_there(tmp_path: Path) -> None:
    headers = openpyxl.load_workbook(ledgers.two_header_rows_xlsx(tmp_path).path)["台账"]
    assert "A2:H2" in {str(area) for area in headers.merged_cells.ranges}
    hidden = openpyxl.load_workbook(ledgers.hidden_columns_xlsx(tmp_path).path)["台账"]
    assert hidden.column_dimensions["F"].hidden
    assert hidden.row_dimensions[5].hidden


def test_formulas_carry_the_values_that_excel_stored(tmp_path: Path) -> None:
    ledger = ledgers.formulas_xlsx(tmp_path)
    plain = openpyxl.load_workbook(ledger.path)["台账"]["B2"].value
    stored = openpyxl.load_workbook(ledger.path, data_only=True)["台账"]["B2"].value
    assert str(plain).startswith("=DATE(")
    assert isinstance(stored, datetime)
    assert stored.date() == ledger.truth[0]["found_on"]


def test_serials_count_from_1899(tmp_path: Path) -> None:
    serial = dict(ledgers.DATE_FORMS)["serial"]
    assert serial(date(2018, 3, 5)) == 43164


def test_the_big_ledger_is_long_and_the_same_every_time(tmp_path: Path) -> None:
    first = list(ledgers.big_rows(3000))
    assert first == list(ledgers.big_rows(3000))
    assert len({cells[4] for cells in first}) > 2000
    path = ledgers.big_csv(tmp_path / "big.csv", 3000, "gbk")
    assert sum(1 for _ in path.open(encoding="gbk")) == 3001
