"""Shift schemes and calendar days that a new mine starts with."""

from __future__ import annotations

import json
from datetime import date
from importlib import resources
from typing import Any

import pytest

DATA = resources.files("kuangdeng.org").joinpath("data")


def load(name: str) -> Any:
    return json.loads(DATA.joinpath(name).read_text(encoding="utf-8"))


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


@pytest.mark.parametrize("code", ["three_eight", "four_six"])
def test_the_shifts_of_a_scheme_fill_the_day_once(code: str) -> None:
    scheme = next(row for row in load("shift_schemes.json")["schemes"] if row["code"] == code)
    lengths = [(minutes(row["ends"]) - minutes(row["starts"])) % 1440 or 1440 for row in scheme["shifts"]]
    assert sum(lengths) == 1440
    ends = {minutes(row["ends"]) % 1440 for row in scheme["shifts"]}
    assert ends == {minutes(row["starts"]) for row in scheme["shifts"]}
    for row in scheme["shifts"]:
        assert row["crosses_midnight"] == (minutes(row["ends"]) < minutes(row["starts"]))


def test_an_alias_means_one_shift_within_its_scheme() -> None:
    for scheme in load("shift_schemes.json")["schemes"]:
        names = [name for row in scheme["shifts"] for name in (row["name"], *row["aliases"])]
        assert len(names) == len(set(names)), scheme["code"]


@pytest.mark.parametrize(("year", "holidays", "workdays"), [(2025, 28, 5), (2026, 33, 6)])
def test_calendar_days_are_what_the_notice_says(year: int, holidays: int, workdays: int) -> None:
    rows = load(f"calendar/{year}.json")
    kinds = [row["kind"] for row in rows]
    assert (kinds.count("holiday"), kinds.count("workday")) == (holidays, workdays)
    days = [date.fromisoformat(row["day"]) for row in rows]
    assert days == sorted(set(days))
    assert all(day.year == year for day in days)
    assert all(date.fromisoformat(row["day"]).weekday() >= 5 for row in rows if row["kind"] == "workday")
    assert all(row["confirmed"] and "国办发明电" in row["source"] for row in rows)
