"""The data that a new mine starts with: complete, consistent, and honest about what nobody has checked."""

from __future__ import annotations

import csv
import json
from collections import Counter
from importlib import resources
from typing import Any

import pytest

DATA = resources.files("kuangdeng.hazards").joinpath("data")


def load(name: str) -> Any:
    return json.loads(DATA.joinpath(name).read_text(encoding="utf-8"))


def standard() -> list[dict[str, str]]:
    return list(csv.DictReader(DATA.joinpath("standard_hazards.csv").read_text(encoding="utf-8").splitlines()))


ORDER21_COUNTS = (3, 9, 6, 5, 17, 3, 16, 9, 3, 6, 8, 4, 3, 3, 7, 2, 19)


def test_order_21_has_17_categories_and_123_situations() -> None:
    order = load("catalogue/order21-2026.json")
    assert tuple(category["situation_count"] for category in order["categories"]) == ORDER21_COUNTS
    assert order["situation_total"] == sum(ORDER21_COUNTS) == 123
    assert [category["no"] for category in order["categories"]] == list(range(1, 18))
    assert order["categories"][1]["name"] == "瓦斯超限作业"
    assert order["categories"][16]["name"] == "其他重大事故隐患"


def test_order_4_has_15_categories_and_80_situations_that_are_only_counted() -> None:
    order = load("catalogue/order4-2020.json")
    assert [category["no"] for category in order["categories"]] == list(range(1, 16))
    assert order["situation_total"] == sum(category["situation_count"] for category in order["categories"]) == 80
    assert all(category["situations"] == [] for category in order["categories"])


def test_the_versions_follow_each_other_without_a_gap() -> None:
    older, newer = load("catalogue/order4-2020.json"), load("catalogue/order21-2026.json")
    assert (older["effective_from"], older["effective_to"]) == ("2021-01-01", "2026-06-30")
    assert (newer["effective_from"], newer["effective_to"]) == ("2026-07-01", None)


@pytest.mark.parametrize("code", ["order4-2020", "order21-2026"])
def test_no_legal_text_claims_to_be_checked(code: str) -> None:
    order = load(f"catalogue/{code}.json")
    rows = [row for category in order["categories"] for row in category["situations"]]
    assert order["confirmed"] is False
    assert all(row["confirmed"] is False and row["source"] for row in rows)


def test_situations_are_complete_or_say_that_they_are_not() -> None:
    for category in load("catalogue/order21-2026.json")["categories"]:
        rows = category["situations"]
        assert category["situations_complete"] == (len(rows) == category["situation_count"])
        assert category["situations_complete"] or category["note"]
        assert len({row["no"] for row in rows}) == len(rows)
        assert all(row["code"].startswith(f"21-{category['no']:02d}-") for row in rows)


def test_the_library_is_large_labelled_and_uses_known_words() -> None:
    rows = standard()
    specialties = {row["name"]: set(row["subs"]) for row in load("specialties.json")["specialties"]}
    causes = {row["name"] for row in load("causes.json")["causes"]}
    assert len(rows) >= 400
    assert Counter(row["specialty"] for row in rows).keys() == specialties.keys()
    for row in rows:
        assert row["sub"] in specialties[row["specialty"]], row["code"]
        assert row["grade"] in "ABC"
        assert row["cause"] in causes
        assert row["label"] == "示例"
        assert row["wording"]
        assert row["measure"]
        assert row["keywords"]
    assert len({row["code"] for row in rows}) == len({row["wording"] for row in rows}) == len(rows)


def test_most_keywords_of_a_standard_hazard_stand_in_its_wording() -> None:
    """A picker that searches by these words must find the row; a few are the other name of the same thing."""
    missing = [
        word for row in standard() for word in row["keywords"].split() if word not in row["wording"]
    ]  # fmt: skip
    total = sum(len(row["keywords"].split()) for row in standard())
    assert len(missing) < total * 0.25


@pytest.mark.parametrize("name", ["deadline_rules", "ladder_rules", "round_plans", "grades", "specialties"])
def test_defaults_are_labelled_and_not_confirmed(name: str) -> None:
    document = load(f"{name}.json")
    assert document["label"] == "示例默认值"
    if name != "grades":
        assert document["confirmed"] is False


def test_the_ladder_climbs_and_only_its_top_proposes_supervision() -> None:
    rows = load("ladder_rules.json")["rows"]
    assert [(row["step"], row["amount"]) for row in rows] == [
        ("hours", -4),
        ("hours", 0),
        ("shifts", 1),
        ("days", 1),
        ("days", 3),
    ]
    assert [row["propose_supervision"] for row in rows] == [False, False, False, False, True]
    assert "mine_leader" in rows[-1]["roles"]
    assert rows[0]["roles"] == ["rectifier", "unit_head"]


def test_every_grade_has_a_deadline() -> None:
    grades = {row["code"] for row in load("grades.json")["grades"]}
    assert {row["grade"] for row in load("deadline_rules.json")["rules"]} >= grades
