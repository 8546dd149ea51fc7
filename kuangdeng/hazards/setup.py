"""What a new mine's hazard system starts with: the legal catalogue, and tables of the mine's own, labelled 示例.

The catalogue is the same for every mine. Everything else is a proposal that the mine checks and changes; nothing that
is there already is touched, so that set-up may run again after an update brought a new catalogue.
"""

import csv
import json
from datetime import date
from importlib import resources
from typing import Any
from uuid import UUID

from kuangdeng.hazards.accidents.models import AccidentDeadline, AccidentLevel
from kuangdeng.hazards.models import (
    CatalogueVersion,
    Category,
    Cause,
    DeadlineRule,
    Grade,
    LadderRule,
    RoundPlan,
    Situation,
    Specialty,
    StandardHazard,
)
from kuangdeng.hazards.statutory.seeds import load_mapping, load_report_rules
from kuangdeng.kernel import clock
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Mine, Person, Role

SAMPLE = "示例默认值，启用前请核定"
CAUSES = {"人": Cause.PERSON, "物": Cause.THING, "管": Cause.MANAGEMENT, "管理": Cause.MANAGEMENT, "环": Cause.ENVIRONMENT,
          "环境": Cause.ENVIRONMENT}  # fmt: skip
CATALOGUES = ("order4-2020", "order21-2026")


def read(name: str) -> Any:
    """One of the shipped JSON files."""
    return json.loads(resources.files("kuangdeng.hazards").joinpath("data", name).read_text(encoding="utf-8"))


def read_rows(name: str) -> list[dict[str, str]]:
    """One of the shipped CSV files."""
    text = resources.files("kuangdeng.hazards").joinpath("data", name).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def hint_words(row: dict[str, Any]) -> dict[str, list[str]]:
    """The words of a catalogue row that serve the hints."""
    names = ("keywords", "weak_keywords", "place_words", "exclude_words")
    return {name: list(row[name]) for name in names if row.get(name)}


def load_catalogue(document: dict[str, Any]) -> bool:
    """Put one version of the legal catalogue into the tables; a version that is there stays as it is.

    Only its end is taken over, because a new order ends the one before.
    """
    until = document.get("effective_to")
    version, created = CatalogueVersion.objects.get_or_create(
        code=document["code"],
        defaults={
            "title": document["title"],
            "document_no": document["document_no"],
            "effective_from": date.fromisoformat(document["effective_from"]),
            "effective_to": date.fromisoformat(until) if until else None,
            "source": document["source"],
            "confirmed": document.get("confirmed", False),
            "note": document.get("note", ""),
        },
    )
    if not created:
        if until and version.effective_to is None:
            version.effective_to = date.fromisoformat(until)
            version.save(update_fields=["effective_to"])
        return False
    for row in document["categories"]:
        category = Category.objects.create(
            version=version, no=row["no"], name=row["name"], situation_count=row.get("situation_count"),
            words=row.get("word_groups", []),
        )  # fmt: skip
        Situation.objects.bulk_create(
            Situation(
                category=category, no=str(one["no"]), text=one["text"], confirmed=one.get("confirmed", False),
                keywords={"code": one.get("code", ""), **hint_words(one)},
            )
            for one in row.get("situations", [])
        )  # fmt: skip
    return True


def load_catalogues() -> int:
    """Every version that the product ships; returns how many were new."""
    return sum(load_catalogue(read(f"catalogue/{code}.json")) for code in CATALOGUES)


def load_grades(mine: Mine) -> int:
    """The grades by who can solve it: A the company, B the mine, C the unit itself."""
    if Grade.objects.filter(mine=mine).exists():
        return 0
    rows = read("grades.json")["grades"]
    Grade.objects.bulk_create(
        Grade(mine=mine, code=row["code"], name=row["name"], position=row["order"], meaning=row["meaning"],
              colour=row["colour"])
        for row in rows
    )  # fmt: skip
    return len(rows)


def load_specialties(mine: Mine) -> int:
    """The specialties in two levels."""
    if Specialty.objects.filter(mine=mine).exists():
        return 0
    made = []
    for row in read("specialties.json")["specialties"]:
        top = Specialty(mine=mine, code=row["code"], name=row["name"], position=row["order"])
        made.append(top)
        for at, name in enumerate(row["subs"], start=1):
            made.append(
                Specialty(
                    mine=mine, code=f"{row['code'][:17]}-{at:02d}", name=name, position=row["order"] + at, parent=top
                )
            )
    Specialty.objects.bulk_create(made)
    return len(made)


def specialty_spellings(mine_id: UUID) -> dict[str, Specialty]:
    """How ledgers write the specialties, folded: code, name and the shipped other names; the top level first."""
    found: dict[str, Specialty] = {}
    tops = list(Specialty.objects.filter(mine_id=mine_id).order_by("parent_id", "position"))
    by_code = {one.code: one for one in tops}
    for one in sorted(tops, key=lambda row: row.parent_id is not None):
        found.setdefault(fold(one.name), one)
        found.setdefault(fold(one.code), one)
    for row in read("specialties.json")["specialties"]:
        if row["code"] in by_code:
            for word in row.get("aliases", []):
                found.setdefault(fold(word), by_code[row["code"]])
    return found


def load_deadline_rules(mine: Mine, since: date) -> int:
    """A deadline per grade; the row without a grade is for every grade that has none of its own."""
    if DeadlineRule.objects.filter(mine=mine).exists():
        return 0
    grades = {grade.code: grade for grade in Grade.objects.filter(mine=mine)}
    made = [
        DeadlineRule(mine=mine, grade=grades.get(row["grade"]), kind=row["kind"], amount=row["amount"], valid_from=since,
                     source=row["source"], confirmed=row["confirmed"])
        for row in read("deadline_rules.json")["rules"]
        if row["grade"] is None or row["grade"] in grades
    ]  # fmt: skip
    DeadlineRule.objects.bulk_create(made)
    return len(made)


def load_ladder(mine: Mine) -> int:
    """The steps of the overdue ladder."""
    if LadderRule.objects.filter(mine=mine).exists():
        return 0
    rows = read("ladder_rules.json")["rows"]
    LadderRule.objects.bulk_create(
        LadderRule(mine=mine, name=row["name"], step=row["step"], amount=row["amount"], roles=row["roles"],
                   propose_supervision=row["propose_supervision"], position=row["order"],
                   source=row.get("source", SAMPLE))
        for row in rows
    )  # fmt: skip
    return len(rows)


def load_round_plans(mine: Mine) -> int:
    """Who has to inspect how often."""
    if RoundPlan.objects.filter(mine=mine).exists():
        return 0
    rows = [row for row in read("round_plans.json")["plans"] if row["role"] in set(Role)]
    RoundPlan.objects.bulk_create(
        RoundPlan(mine=mine, name=row["name"], role=row["role"], posts=row.get("post", ""), every=row["every"], scope=row["scope"],
                  source=row["source"], confirmed=row["confirmed"])
        for row in rows
    )  # fmt: skip
    return len(rows)


def load_accident_levels(mine: Mine) -> int:
    """From which figures on an accident has which level."""
    if AccidentLevel.objects.filter(mine=mine).exists():
        return 0
    rows = read("accident_levels.json")["levels"]
    AccidentLevel.objects.bulk_create(
        AccidentLevel(mine=mine, kind=row["kind"], name=row["name"], position=row["order"], deaths=row.get("deaths"),
                      serious=row.get("serious"), loss=row.get("loss"), stop_hours=row.get("stop_hours"),
                      leader_closes=row["leader_closes"], effective_from=date.fromisoformat(row["effective_from"]),
                      source=row["source"], confirmed=row["confirmed"])
        for row in rows
    )  # fmt: skip
    return len(rows)


def load_accident_deadlines(mine: Mine) -> int:
    """Until when an accident must be completed and investigated."""
    if AccidentDeadline.objects.filter(mine=mine).exists():
        return 0
    rows = read("accident_deadlines.json")["rows"]
    AccidentDeadline.objects.bulk_create(
        AccidentDeadline(mine=mine, stage=row["stage"], hours=row["hours"], source=row["source"],
                         effective_from=date.fromisoformat(row["effective_from"]), confirmed=row["confirmed"])
        for row in rows
    )  # fmt: skip
    return len(rows)


def load_library(mine: Mine) -> int:
    """The standard wordings to pick from, each labelled 示例."""
    if StandardHazard.objects.filter(mine=mine).exists():
        return 0
    specialties = {one.name: one for one in Specialty.objects.filter(mine=mine, parent=None)}
    grades = {one.code: one for one in Grade.objects.filter(mine=mine)}
    made = [
        StandardHazard(mine=mine, code=row["code"], specialty=specialties[row["specialty"]], sub=row["sub"],
                       text=row["wording"], grade=grades.get(row["grade"]), cause=CAUSES.get(row["cause"], ""),
                       measure=row["measure"], is_sample=True, search_text=library_text(row["wording"], row["sub"], row["keywords"]))
        for row in read_rows("standard_hazards.csv")
        if row["specialty"] in specialties
    ]  # fmt: skip
    StandardHazard.objects.bulk_create(made)
    return len(made)


def library_text(*words: str) -> str:
    """What the search in the library looks through."""
    return fold(" ".join(filter(None, words)))


@verb
def set_up(*, mine: Mine, by: Person | None = None, since: date | None = None) -> dict[str, int]:
    """Give a mine its hazard tables (初始化隐患设置): catalogue, grades, specialties, rules, ladder, plans, library.

    May run again: a table that has rows stays as the mine made it.
    """
    made = {
        "catalogues": load_catalogues(),
        "grades": load_grades(mine),
        "specialties": load_specialties(mine),
        "deadline_rules": load_deadline_rules(mine, since or clock.today()),
        "ladder_rules": load_ladder(mine),
        "round_plans": load_round_plans(mine),
        "accident_levels": load_accident_levels(mine),
        "accident_deadlines": load_accident_deadlines(mine),
        "library": load_library(mine),
        "report_rules": load_report_rules(mine, since or clock.today()),
        "export_mappings": load_mapping(mine),
    }
    post(
        "hazard.set_up",
        Subject("mine", mine.id, mine.name),
        mine_id=mine.id,
        by=by,
        payload=dict(made),
    )
    return made
