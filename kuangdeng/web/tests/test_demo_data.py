"""The demo mine is large, consistent, obeys the loop's rules, and is the same every time."""

from __future__ import annotations

import unicodedata
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from kuangdeng.hazards.api import FLOW, Status
from kuangdeng.web.demo_data import SHANGHAI, DemoHazard, DemoMine, DemoStep, make_demo_mine, make_org_files

NOW = datetime(2026, 11, 22, 9, 5, tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def mine() -> DemoMine:
    return make_demo_mine(NOW)


def main_unit(mine: DemoMine, number: str) -> str:
    person = next(person for person in mine.persons if person.number == number)
    return person.unit.split("-")[0]


def test_it_is_the_same_every_time(mine: DemoMine) -> None:
    assert make_demo_mine(NOW) == mine


def test_it_has_26_branches_3000_persons_and_enough_places(mine: DemoMine) -> None:
    assert len([unit for unit in mine.units if unit.branch]) == 26
    assert len(mine.persons) == len({person.number for person in mine.persons}) == 3000
    assert len(mine.places) >= 170
    assert 390 <= len(mine.hazards) <= 420


def test_parents_stand_before_children(mine: DemoMine) -> None:
    for rows in (mine.units, mine.places):
        seen: set[str] = set()
        for row in rows:
            assert row.parent is None or row.parent in seen
            assert row.key not in seen
            seen.add(row.key)


def test_persons_are_of_an_age_to_work_and_phones_are_obviously_invented(mine: DemoMine) -> None:
    for person in mine.persons:
        years = (NOW.date() - person.birth).days / 365.25
        assert 18 <= years <= 62
        assert person.birth < person.joined <= NOW.date()
        assert person.member_since is None or (person.member_since - person.birth).days > 18 * 365
        assert person.phone.startswith("1900000")


def test_a_spelling_means_one_place(mine: DemoMine) -> None:
    """Parts may share a name under different parents; nothing else may, and no alias says two things."""
    names = [place.name for place in mine.places if place.level != "part"]
    assert len(names) == len(set(names))
    said = [
        unicodedata.normalize("NFKC", alias).lower().replace(" ", "")
        for place in mine.places
        for alias in place.aliases
    ]
    assert len(said) == len(set(said)) > 300
    assert not set(said) & set(names)


def test_every_unit_has_a_head_a_secretary_and_there_is_a_sign_in_per_role(mine: DemoMine) -> None:
    held = Counter((grant.role, grant.unit) for grant in mine.grants)
    for unit in mine.units:
        if unit.branch:
            assert held["unit_head", unit.key] == 1
            assert held["branch_secretary", unit.key] == 1
    assert set(mine.cast) == {grant.role for grant in mine.grants} | {"miner"}


def test_nothing_happens_after_now_or_out_of_order(mine: DemoMine) -> None:
    for hazard in mine.hazards:
        times = [hazard.found_at, *(step.at for step in hazard.steps)]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert times[0] >= NOW - timedelta(days=91)


def test_every_life_follows_the_flow(mine: DemoMine) -> None:
    for hazard in mine.hazards:
        status: Status | None = None
        for step in hazard.steps:
            if step.verb in ("reopen", "report"):
                status = Status.REPORTED
            elif step.verb != "save_plan":
                assert status is not None
                status = Status(FLOW.target(step.verb, status))


def test_nobody_accepts_his_own_or_his_units_work(mine: DemoMine) -> None:
    units = {person.number: person.unit.split("-")[0] for person in mine.persons}
    for hazard in mine.hazards:
        worked = {step.by for step in hazard.steps if step.verb in ("rectify", "fix_on_site")}
        for step in hazard.steps:
            if step.verb in ("accept", "reject", "close"):
                assert step.by not in worked
                assert units[step.by] not in {hazard.unit, *(units[number] for number in worked)}


def last(hazard: DemoHazard) -> DemoStep:
    return hazard.steps[-1]


def test_the_mix_has_everything_that_a_page_must_show(mine: DemoMine) -> None:
    ends = Counter(last(hazard).verb for hazard in mine.hazards)
    for verb in (
        "report",
        "send_back",
        "grade",
        "dispatch",
        "sign",
        "rectify",
        "accept",
        "reject",
        "close",
        "void",
        "merge",
    ):
        assert ends[verb] >= 4, verb
    assert len({hazard.shift for hazard in mine.hazards}) == 3
    assert len({hazard.specialty for hazard in mine.hazards}) >= 12
    assert sum(hazard.recurrence_of is not None for hazard in mine.hazards) >= 10
    assert sum(hazard.major is not None for hazard in mine.hazards) == 5
    overdue = [hazard for hazard in mine.hazards if last(hazard).verb in ("sign", "supervise") and _due(hazard) < NOW]
    assert len(overdue) >= 12


def _due(hazard: DemoHazard) -> datetime:
    due = next(step.data["due_at"] for step in hazard.steps if step.verb == "dispatch")
    assert isinstance(due, datetime)
    return due


def test_merges_and_recurrences_point_backwards_to_the_same_unit(mine: DemoMine) -> None:
    known = {hazard.key: hazard for hazard in mine.hazards}
    for hazard in mine.hazards:
        for earlier in filter(None, (hazard.merged_into, hazard.recurrence_of)):
            assert known[earlier].steps[0].at < hazard.steps[0].at or hazard.merged_into
            assert known[earlier].unit == hazard.unit
            assert known[earlier].place == hazard.place
        if hazard.merged_into:
            merged_at = next(step.at for step in hazard.steps if step.verb == "merge")
            assert known[hazard.merged_into].steps[0].at < merged_at


def test_the_three_excel_files_of_a_new_mine(mine: DemoMine, tmp_path: Path) -> None:
    units, persons, places = (openpyxl.load_workbook(path).active for path in make_org_files(tmp_path, mine))
    assert units is not None
    assert persons is not None
    assert places is not None
    assert units.max_row - 2 == len(mine.units)
    assert persons.max_row - 2 == 3000
    assert places.max_row - 2 == len(mine.places)
    assert [cell.value for cell in persons[2]][:3] == ["职工编号", "姓名", "性别"]
