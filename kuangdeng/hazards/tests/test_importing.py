"""Old ledgers come in as a careful person would have typed them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kuangdeng.hazards import importing, setup
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.tests import ledgers
from kuangdeng.kernel import clock
from kuangdeng.ledger.api import Entry
from kuangdeng.org.models import ImportRun, Person, Place, PlaceAlias, Shift, Unit
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
