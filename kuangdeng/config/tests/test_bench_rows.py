"""The bench's rows keep the promises of the hazard table, so that COPY takes them and the figures mean something."""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from kuangdeng.hazards.api import Hazard

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
FILE = Path(__file__).resolve().parents[3] / "bench" / "generate.py"
PAIRS = ("graded", "dispatched", "signed", "rectified", "accepted", "closed")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    if not FILE.exists():
        pytest.skip("an installed package carries no bench")
    spec = importlib.util.spec_from_file_location("bench_generate", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def hazards(generate: ModuleType) -> list[dict[str, str | None]]:
    rows = generate.rows(4000, generate.sample_world(), now=NOW)
    return [dict(zip(generate.COLUMNS, row, strict=True)) for row in rows]


def test_columns_are_the_tables_and_leave_out_only_what_may_be_null(generate: ModuleType) -> None:
    table = {field.column: field for field in Hazard._meta.concrete_fields}
    assert set(generate.COLUMNS) <= table.keys()
    left_out = table.keys() - set(generate.COLUMNS)
    assert all(table[column].null for column in left_out), left_out


def test_what_must_be_true_together_is(hazards: list[dict[str, str | None]]) -> None:
    for hazard in hazards:
        assert (hazard["status"] == "closed") == (hazard["closed_at"] is not None)
        assert (hazard["status"] == "void") == bool(hazard["void_reason"])
        assert (hazard["status"] == "merged") == (hazard["merged_into_id"] is not None)
        assert (hazard["unit_id"] is None) == (hazard["due_at"] is None) == (hazard["due_original"] is None)
        assert hazard["accepted_by_id"] is None or hazard["accepted_by_id"] != hazard["rectified_by_id"]
        for pair in PAIRS:
            assert (hazard[f"{pair}_at"] is None) == (hazard[f"{pair}_by_id"] is None)
        times = [hazard["occurred_at"], *(at for pair in PAIRS if (at := hazard[f"{pair}_at"]))]
        moments = [datetime.fromisoformat(at) for at in times if at]
        assert moments == sorted(moments)
        assert moments[-1] <= NOW


def test_ids_and_numbers_are_unique_and_the_same_every_time(
    generate: ModuleType, hazards: list[dict[str, str | None]]
) -> None:
    assert len({hazard["id"] for hazard in hazards}) == len({hazard["number"] for hazard in hazards}) == 4000
    again = generate.rows(4000, generate.sample_world(), now=NOW)
    assert [hazard["id"] for hazard in hazards] == [row[0] for row in again]


def test_the_spread_is_a_mines(hazards: list[dict[str, str | None]]) -> None:
    states = Counter(hazard["status"] for hazard in hazards)
    assert 0.85 < states["closed"] / 4000 < 0.95
    assert states["rectifying"] > states["dispatched"] > 0
    working = [hazard["due_at"] or "" for hazard in hazards if hazard["status"] in ("dispatched", "rectifying")]
    late = sum(datetime.fromisoformat(due) < NOW for due in working)
    assert 0.25 < late / len(working) < 0.65
    assert Counter(hazard["grade_id"] for hazard in hazards if hazard["grade_id"]).most_common(1)[0][1] > 2500


def test_blocks_are_lines_of_copy(generate: ModuleType) -> None:
    blocks = list(generate.copy_blocks(500, generate.sample_world(), now=NOW, block=200))
    lines = b"".join(blocks).decode().splitlines()
    assert len(blocks) == 3
    assert len(lines) == 500
    assert {line.count("\t") for line in lines} == {len(generate.COLUMNS) - 1}
