"""The hazards of the demo mine (示例矿): what was seen, by whom, and what has happened to it since."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import resources
from random import Random
from typing import Any

from kuangdeng.web.demo_data.kinds import DemoGrant, DemoHazard, DemoPerson, DemoPlace, DemoRound, DemoStep, DemoUnit
from kuangdeng.web.demo_data.sights import (
    AGAIN,
    CAUSES,
    CONTINGENCY,
    EXTENSION_REASONS,
    FUNDS,
    MAJOR,
    ORDER21,
    PLACES_OF,
    REJECT_REASONS,
    RESULTS,
    SAMPLES,
    SEND_BACK,
    SPOKEN,
    UNIT_OF,
    VOID_REASONS,
    WORD_PARTS,
)

HOUR = timedelta(hours=1)
SHIFT_NAMES = ("零点班", "八点班", "四点班")

# how many hazards have got how far; 400 in all
OUTCOMES: tuple[tuple[str, int], ...] = (
    ("closed", 158), ("closed_on_site", 62), ("closed_after_reject", 16), ("closed_extended", 12), ("closed_transferred", 6),
    ("closed_resubmitted", 6), ("voided", 8), ("merged", 12), ("sent_back", 6), ("reported", 18), ("graded", 13),
    ("dispatched", 12), ("rectifying", 22), ("overdue", 12), ("supervised", 4), ("extension_asked", 4), ("extension_half", 2),
    ("extended", 4), ("waiting_accept", 14), ("rejected", 4), ("accepted", 5),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sight:
    """Something that can be seen at some place, before anybody reports it."""

    text: str
    place: str
    specialty: str
    grade: str
    cause: str
    unit: str
    measure: str
    part: str = ""
    standard: str | None = None
    sample: int | None = None


class People:
    """Who can do what: workers, heads and leaders by unit, safety staff, mine leaders."""

    def __init__(self, persons: Iterable[DemoPerson], grants: Iterable[DemoGrant]) -> None:
        self.workers: dict[str, list[str]] = defaultdict(list)
        self.of_unit: dict[str, str] = {}
        for person in persons:
            self.of_unit[person.number] = person.unit.split("-")[0]
            if person.post in ("职工", "副班长"):
                self.workers[person.unit.split("-")[0]].append(person.number)
        self.role: dict[str, list[str]] = defaultdict(list)
        self.team_leaders: dict[str, list[str]] = defaultdict(list)
        self.head: dict[str, str] = {}
        self.secretary: dict[str, str] = {}
        for grant in grants:
            self.role[grant.role].append(grant.number)
            if grant.unit is None:
                continue
            if grant.role == "unit_head":
                self.head[grant.unit] = grant.number
            if grant.role == "branch_secretary":
                self.secretary[grant.unit] = grant.number
            if grant.role == "team_leader":
                self.team_leaders[grant.unit.split("-")[0]].append(grant.number)

    def in_charge(self, unit: str) -> list[str]:
        """Whom an order names: a team leader, or in an office without teams its head."""
        return self.team_leaders[unit] or [self.head[unit]]


def _read(name: str) -> list[dict[str, str]]:
    source = resources.files("kuangdeng.hazards").joinpath("data", name)
    return list(csv.DictReader(source.read_text(encoding="utf-8").splitlines()))


def _specialty_codes() -> dict[str, str]:
    source = resources.files("kuangdeng.hazards").joinpath("data", "specialties.json")
    return {row["name"]: row["code"] for row in json.loads(source.read_text(encoding="utf-8"))["specialties"]}


class LifeMaker:
    """Makes the hazards of one demo mine; `now` is the instant at which it is looked at."""

    def __init__(
        self, random: Random, now: datetime, units: Iterable[DemoUnit], places: Iterable[DemoPlace], people: People
    ) -> None:
        self.random, self.now, self.people = random, now, people
        self.places = {place.key: place for place in places}
        self.unit_names = {unit.key: unit.name for unit in units}
        self.library = _read("standard_hazards.csv")
        self.samples = _read("sample_descriptions.csv")
        self.specialties = _specialty_codes()

    def hazards(self) -> tuple[DemoHazard, ...]:
        """About 400 hazards: the thirty described ones first, the rest from the standard library."""
        sights = iter(self._sights())
        made = [self._major(sight, kind) for sight, kind in zip(self._major_sights(), MAJOR_LIVES, strict=True)]
        for outcome, count in OUTCOMES:
            for _ in range(count):
                made.append(self._hazard(next(sights), outcome))
        made.sort(key=lambda hazard: (hazard.found_at, hazard.text))
        return tuple(self._linked([replace(hazard, key=f"h{i:04d}") for i, hazard in enumerate(made, 1)]))

    def rounds(self, hazards: tuple[DemoHazard, ...]) -> tuple[DemoRound, ...]:
        """Inspection rounds of the last month, most of which found nothing worth a record."""
        by_leader = {h.reporters[0]: h for h in hazards if h.check_type == "leader"}
        rows = [
            DemoRound("deputy_half_month", n, "ld", h.place, h.found_at, (h.key,)) for n, h in by_leader.items()
        ]  # fmt: skip
        for day in range(30):
            for unit in ("zc1", "zc2", "zf", "jj1", "jj2", "jjj", "tf", "jd"):
                if self.random.random() < 0.5:
                    rows.append(self._team_round(unit, day))
        rows = [row for row in rows if row.at < self.now]
        return tuple(sorted(rows, key=lambda row: (row.at, row.by)))

    def _team_round(self, unit: str, day: int) -> DemoRound:
        own = [key for key, place in self.places.items() if place.unit == unit]
        at = self.now - timedelta(days=day, hours=self.random.uniform(0.5, 23))
        leader = self.random.choice(self.people.team_leaders[unit])
        return DemoRound("team_shift", leader, unit, self.random.choice(own), at)

    # --- what there is to see -----------------------------------------------------------------------------------

    def _major_sights(self) -> list[_Sight]:
        return [self._sample(self.samples[number - 1]) for number in MAJOR]

    def _sights(self) -> list[_Sight]:
        rows = [self._sample(row) for row in self.samples if int(row["no"]) not in MAJOR]
        library = [row for row in self.library if row["sub"] in PLACES_OF]
        rows += [self._standard(row) for row in library]
        hot = [row for row in library if row["sub"] in ("带式输送机", "电缆", "端头与超前支护", "喷雾降尘", "斜巷运输")]
        rows += [self._standard(self.random.choice(hot)) for _ in range(60)]
        first, rest = rows[:25], rows[25:]
        self.random.shuffle(rest)
        mixed = first + rest
        self.random.shuffle(mixed)
        return mixed

    def _sample(self, row: dict[str, str]) -> _Sight:
        number = int(row["no"])
        place, unit, cause, measure = SAMPLES[number]
        specialty = SPECIALTY_ALIASES.get(row["specialty"], row["specialty"])
        return _Sight(row["text"], place, specialty, row["grade"], cause, unit, measure, sample=number)

    def _standard(self, row: dict[str, str]) -> _Sight:
        place = self._place_for(row)
        unit = UNIT_OF.get(row["sub"]) or self.places[place].unit or "zh"
        part = self._where(place) if row["cause"] in ("物", "环境") else ""
        text = self._spoken((part if self.random.random() < 0.6 else "") + row["wording"])
        return _Sight(
            text, place, row["specialty"], row["grade"], row["cause"], unit, row["measure"], part, row["code"]
        )

    def _place_for(self, row: dict[str, str]) -> str:
        """A place where this can be seen: words such as 机头 or 打眼 say more than the kind of hazard."""
        choices = PLACES_OF[row["sub"]]
        for word, parts in WORD_PARTS:
            if word in row["wording"] and (fitting := tuple(c for c in choices if c.rpartition("-")[2] in parts)):
                return self.random.choice(fitting)
        return self.random.choice(choices)

    def _where(self, place: str) -> str:
        """The exact spot, as people say it, in about half of the reports."""
        if self.random.random() < 0.5:
            return ""
        part, number = place.rpartition("-")[2], self.random.randrange(3, 118)
        if part == "zj":
            return f"{number}#架处"
        if part in ("jf", "hf", "hl", "cq"):
            return f"距{'迎头' if part == 'hl' else '端头'}{number * 2}m处"
        return f"第{number}组托辊处" if part == "zb" else ""

    def _spoken(self, text: str) -> str:
        if self.random.random() < 0.55:
            return text
        for formal, spoken in SPOKEN:
            text = text.replace(formal, spoken)
        return text

    # --- lives --------------------------------------------------------------------------------------------------

    def _hazard(self, sight: _Sight, outcome: str) -> DemoHazard:
        path = LIVES[outcome]
        grade = self._grade_for(sight.grade, outcome)
        sight = replace(sight, grade=grade)
        gaps = [self.random.uniform(*GAPS[verb]) for verb in path]
        gaps = self._stretched(path, gaps, grade, outcome)
        found = self._found_at(outcome, sum(gaps), grade)
        return self._told(sight, found, path, gaps, outcome)

    def _grade_for(self, grade: str, outcome: str) -> str:
        if outcome == "closed_on_site":
            return "C"
        return "B" if grade == "C" and outcome.startswith(("extension", "extended", "supervised")) else grade

    def _stretched(self, path: tuple[str, ...], gaps: list[float], grade: str, outcome: str) -> list[float]:
        """Work on A and B hazards takes days, and some of it is late."""
        days = {"A": (20, 220), "B": (6, 60), "C": (1, 7)}[grade]
        late = 2.2 if self.random.random() < 0.1 and outcome.startswith("closed") else 1.0
        return [
            self.random.uniform(*days) * late if verb == "rectify" else gap
            for verb, gap in zip(path, gaps, strict=True)
        ]

    def _found_at(self, outcome: str, hours: float, grade: str) -> datetime:
        """When it was seen: closed ones over ninety days, open ones so recently that the last step is fresh."""
        if outcome.startswith(("closed", "voided", "merged")):
            oldest = 90 * 24 - hours - 1
            age = hours + 0.5 + self.random.random() ** 1.3 * max(1.0, oldest)
        elif outcome in ("overdue", "supervised"):
            days = {"A": 16, "B": 3.6, "C": 0.9}[grade] + (3.2 if outcome == "supervised" else 0.0)
            age = max(hours, days * 24) + self.random.uniform(4, 60)
        else:
            age = hours + self.random.uniform(0.2, {"A": 60.0, "B": 16.0, "C": 3.0}[grade])
        moment = self.now - timedelta(hours=age)
        return moment.replace(second=0, microsecond=0)

    def _told(
        self,
        sight: _Sight,
        found: datetime,
        path: tuple[str, ...],
        gaps: list[float],
        outcome: str,
        major: tuple[str, int, str] | None = None,
    ) -> DemoHazard:
        reporters, source, check = self._reporters(sight)
        steps: list[DemoStep] = []
        actors = self._actors(sight, reporters)
        at = found
        context: dict[str, Any] = {"sight": sight, "actors": actors, "major": major, "outcome": outcome, "found": found}
        for verb, gap in zip(path, gaps, strict=True):
            at = (at + gap * HOUR).replace(microsecond=0)
            steps.append(self._step(verb, at, context))
        return DemoHazard(
            key="", text=sight.text, place=sight.place, part=sight.part, specialty=self.specialties[sight.specialty],
            grade=sight.grade, cause=CAUSES[sight.cause], unit=sight.unit, check_type=check, source=source, found_at=found,
            shift=SHIFT_NAMES[found.hour // 8], reporters=reporters, steps=tuple(steps), standard=sight.standard,
            major=major,
        )  # fmt: skip

    def _reporters(self, sight: _Sight) -> tuple[tuple[str, ...], str, str]:
        pick, roll = self.random.choice, self.random.random()
        own = self.people.workers[sight.unit] or self.people.workers["zh"]
        if roll < 0.30:
            return (pick(own),), "unit", "daily"
        if roll < 0.52 and self.people.team_leaders[sight.unit]:
            return (pick(self.people.team_leaders[sight.unit]),), "unit", "daily"
        if roll < 0.86:
            pair = self.random.sample(self.people.role["safety"], 2 if roll > 0.8 else 1)
            return tuple(pair), "safety", "special" if roll > 0.8 else "daily"
        if roll < 0.95:
            return (pick(self.people.role["mine_leader"]),), "mine", "leader"
        return (
            (pick(self.people.workers["tk"] + self.people.workers["jk"] + self.people.workers["js"]),),
            "mine",
            "standard",
        )

    def _actors(self, sight: _Sight, reporters: tuple[str, ...]) -> dict[str, str]:
        pick, people = self.random.choice, self.people
        safety = self.random.sample([n for n in people.role["safety"] if n not in reporters], 3)
        leaders = [n for n in people.role["mine_leader"] if n not in reporters]
        return {
            "reporter": reporters[0], "grader": safety[0], "acceptor": safety[1], "closer": safety[2],
            "in_charge": pick(people.in_charge(sight.unit)), "head": people.head[sight.unit],
            "rectifier": pick([people.head[sight.unit], people.secretary[sight.unit]]), "leader": pick(leaders), "safety_head": people.head["aj"],
        }  # fmt: skip

    def _step(self, verb: str, at: datetime, context: dict[str, Any]) -> DemoStep:
        actor, data = STEPS[verb]
        name = verb.partition(":")[0]
        return DemoStep(name, context["actors"][actor], at, data(self, at, context))

    def _major(self, sight: _Sight, kind: str) -> DemoHazard:
        path = LIVES[kind]
        gaps = [self.random.uniform(*GAPS[verb]) for verb in path]
        age = sum(gaps) + (24 * 21 if kind == "major_closed" else self.random.uniform(2, 20))
        number = sight.sample or 13
        sight = replace(sight, grade="A")
        found = (self.now - timedelta(hours=age)).replace(second=0, microsecond=0)
        return self._told(sight, found, path, gaps, kind, (ORDER21, *MAJOR[number]))

    # --- links between hazards ----------------------------------------------------------------------------------

    def _linked(self, rows: list[DemoHazard]) -> list[DemoHazard]:
        """Merged reports point to an earlier open one of the same unit; some closed ones came back."""
        out: list[DemoHazard] = []
        for row in rows:
            verbs = [step.verb for step in row.steps]
            if "merge" in verbs:
                row = self._merged(row, out)
            out.append(row)
        return self._recurring(out)

    def _merged(self, row: DemoHazard, before: list[DemoHazard]) -> DemoHazard:
        """The second report of one thing: the first one's words and place, told by somebody else."""
        at = next(step.at for step in row.steps if step.verb == "merge")
        usable = [h for h in before if _is_open(h, at) and h.merged_into is None and h.reporters != row.reporters]
        if not usable:
            kept = tuple(step for step in row.steps if step.verb != "merge")
            return replace(row, steps=(*kept, DemoStep("void", row.steps[-1].by, at, {"reason": VOID_REASONS[0]})))
        first = usable[-1]
        text = "又看到" + first.text if self.random.random() < 0.3 else first.text
        steps = tuple(replace(s, data={**s.data, "into": first.key}) if s.verb == "merge" else s for s in row.steps)
        return replace(
            row, text=text, place=first.place, unit=first.unit, specialty=first.specialty, cause=first.cause,
            grade=first.grade, standard=first.standard, steps=steps, merged_into=first.key,
        )  # fmt: skip

    def _recurring(self, rows: list[DemoHazard]) -> list[DemoHazard]:
        """About twenty closed hazards were seen again at the same place within sixty days."""
        out: list[DemoHazard] = []
        taken: set[str] = set()
        for row in rows:
            earlier = self._came_back(row, out, taken) if self.random.random() < 0.09 else None
            if earlier is not None:
                taken |= {earlier.key, row.key}
            out.append(_as_again(row, earlier, self._finder(row)) if earlier else row)
        return out

    def _finder(self, row: DemoHazard) -> str:
        """A recurrence is reopened by a safety inspector who has no other part in it."""
        busy = {step.by for step in row.steps}
        return self.random.choice([number for number in self.people.role["safety"] if number not in busy])

    def _came_back(self, row: DemoHazard, before: list[DemoHazard], taken: set[str]) -> DemoHazard | None:
        if row.merged_into or row.major or len(row.steps) < 2 or row.steps[1].verb != "grade":
            return None
        usable = [
            h for h in before
            if h.unit == row.unit and h.grade == row.grade and h.key not in taken and h.steps[-1].verb == "close"
            and h.major is None and timedelta(0) < row.found_at - h.steps[-1].at < timedelta(days=60)
        ]  # fmt: skip
        return self.random.choice(usable) if usable else None


def _as_again(row: DemoHazard, earlier: DemoHazard, finder: str) -> DemoHazard:
    """The later hazard is the earlier thing again: same words, place and measure, its own life."""
    orders = [step.data["measure"] for step in earlier.steps if step.verb == "dispatch"]
    judged = next((s.data for s in earlier.steps if s.verb == "grade"), {})
    first = DemoStep("reopen", finder, row.steps[0].at, {"of": earlier.key, "text": earlier.text})
    steps = [first, *row.steps[1:]]
    for i, step in enumerate(steps):
        if step.verb == "dispatch" and orders:
            steps[i] = replace(step, data={**step.data, "measure": orders[0]})
        if step.verb == "grade" and judged:
            steps[i] = replace(step, data={**judged, "grade": row.grade})
    return replace(
        row, text=earlier.text, place=earlier.place, part=earlier.part, specialty=earlier.specialty,
        cause=earlier.cause, standard=earlier.standard, recurrence_of=earlier.key, reporters=(finder,),
        source="safety", check_type="daily", found_at=first.at, steps=tuple(steps),
    )  # fmt: skip


def _is_open(hazard: DemoHazard, at: datetime) -> bool:
    done = [step.verb for step in hazard.steps if step.at < at]
    return bool(done) and not {"close", "void", "merge"} & set(done)


SPECIALTY_ALIASES = {
    "瓦斯/监控": "一通三防", "通风": "一通三防", "瓦斯管理": "一通三防", "防治水/机电": "防治水", "机电/保护": "机电", "机电/防爆": "机电",
    "避险": "一通三防", "监控": "一通三防", "提升/地面": "机电",
}  # fmt: skip

# hours from the step before; "rectify" is stretched by grade
GAPS: dict[str, tuple[float, float]] = {
    "report": (0.1, 1.5), "grade": (0.4, 5), "grade:major": (0.3, 1.5), "send_back": (0.3, 3), "resubmit": (1, 9), "merge": (0.3, 4),
    "void": (0.5, 6), "fix_on_site": (0.2, 1.5), "dispatch": (0.2, 3), "save_plan": (4, 20), "sign": (0.2, 3), "transfer": (0.3, 3),
    "rectify": (2, 20), "rectify:again": (2, 10), "accept": (0.8, 9), "reject": (0.8, 8), "close": (0.3, 8), "request_extension": (2, 20),
    "approve_extension:leader": (0.5, 5), "approve_extension:safety": (0.5, 6), "supervise": (60, 90), "escalate": (0.3, 2),
}  # fmt: skip
ORDER = ("report", "grade", "dispatch", "sign")
EXTENSION = ("request_extension", "approve_extension:leader", "approve_extension:safety")
LIVES: dict[str, tuple[str, ...]] = {
    "reported": ("report",),
    "sent_back": ("report", "send_back"),
    "voided": ("report", "void"),
    "merged": ("report", "merge"),
    "graded": ("report", "grade"),
    "dispatched": ("report", "grade", "dispatch"),
    "rectifying": ORDER,
    "overdue": ORDER,
    "supervised": (*ORDER, "supervise"),
    "extension_asked": (*ORDER, "request_extension"),
    "extension_half": (*ORDER, "request_extension", "approve_extension:leader"),
    "extended": (*ORDER, *EXTENSION),
    "waiting_accept": (*ORDER, "rectify"),
    "rejected": (*ORDER, "rectify", "reject"),
    "accepted": (*ORDER, "rectify", "accept"),
    "closed": (*ORDER, "rectify", "accept", "close"),
    "closed_on_site": ("report", "fix_on_site", "accept", "close"),
    "closed_after_reject": (*ORDER, "rectify", "reject", "rectify:again", "accept", "close"),
    "closed_extended": (*ORDER, *EXTENSION, "rectify", "accept", "close"),
    "closed_transferred": ("report", "grade", "dispatch", "transfer", "sign", "rectify", "accept", "close"),
    "closed_resubmitted": (
        "report",
        "send_back",
        "resubmit",
        "grade",
        "dispatch",
        "sign",
        "rectify",
        "accept",
        "close",
    ),
    "major_graded": ("report", "grade:major"),
    "major_escalated": ("report", "grade", "escalate"),
    "major_rectifying": ("report", "grade:major", "save_plan", "dispatch", "sign"),
    "major_supervised": ("report", "grade:major", "save_plan", "dispatch", "sign", "supervise"),
    "major_closed": ("report", "grade:major", "save_plan", "dispatch", "sign", "rectify", "accept", "close"),
}
MAJOR_LIVES = ("major_graded", "major_closed", "major_rectifying", "major_escalated", "major_supervised")


# --- what each verb is given ------------------------------------------------------------------------------------

Data = Callable[[LifeMaker, datetime, dict[str, Any]], dict[str, Any]]


def deadline(grade: str, at: datetime) -> datetime:
    """The demo's deadline: A fifteen days, B three days, both to midnight; C the end of the next shift."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if grade == "C":
        return midnight + timedelta(hours=8 * (at.hour // 8 + 2))
    return midnight + timedelta(days=16 if grade == "A" else 4)


def _report(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    return {}


def _grade(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    sight: _Sight = context["sight"]
    judged = (
        {} if context["outcome"] == "major_escalated" or context["major"] is None else {"situation": context["major"]}
    )
    return {
        "grade": sight.grade,
        "specialty": maker.specialties[sight.specialty],
        "cause": CAUSES[sight.cause],
        **judged,
    }


def _five_points(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    sight: _Sight = context["sight"]
    context["due"] = deadline(sight.grade, at)
    return {
        "unit": sight.unit, "person": context["actors"]["in_charge"], "measure": sight.measure, "funds": maker.random.choice(FUNDS),
        "due_at": context["due"], "contingency": maker.random.choice(CONTINGENCY),
    }  # fmt: skip


def _plan(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    """The six parts, the stopped area and both reports, all written before the order."""
    place = maker.places[context["sight"].place].name
    return {
        "stop_area": True,
        "facts": {
            "goals": "消除该处重大隐患，经复查验收合格后恢复作业", "methods": "停止作业、撤出人员，按专项措施整改并逐项试验",
            "resources": "由矿安全费用列支，金额以批准的治理方案为准", "organisation": "分管副矿长任组长，责任单位和专业科室参加",
            "schedule": "按治理方案节点推进，每日汇报进度", "safety": "整改期间设警戒，专人检查瓦斯，异常立即撤人并启动应急预案",
            "stopped_area": f"{place}及受影响区域停止作业", "stopped_at": context["found"] + HOUR / 2,
            "regulator_at": at - HOUR / 2, "regulator_text": "书面报告（示例）",
            "congress_at": at - HOUR / 4, "congress_text": "职工代表大会联席会通报（示例）",
        },
    }  # fmt: skip


def _transfer(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    """The order came to the wrong unit; the right one, whose head then signs, gets it."""
    return {
        "unit": context["sight"].unit,
        "person": context["actors"]["in_charge"],
        "reason": "管辖范围划分不清，经协调由该单位整改",
    }


def _wrong_unit(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    points = _five_points(maker, at, context)
    if context["outcome"] != "closed_transferred":
        return points
    other = "jd" if points["unit"] != "jd" else "xh"
    return {**points, "unit": other, "person": maker.random.choice(maker.people.in_charge(other))}


def _extension(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    context["until"] = max(context["due"], at.replace(hour=0, minute=0, second=0)) + timedelta(days=3)
    return {"reason": maker.random.choice(EXTENSION_REASONS), "until": context["until"]}


def _pick(key: str, values: tuple[str, ...]) -> Data:
    return lambda maker, at, context: {key: maker.random.choice(values)}


def _escalate(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    return {"situation": context["major"], "reason": "对照判定标准逐项核对，符合重大隐患情形"}


def _result(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    """What was done, in words that fit a thing, a place or a person."""
    sight: _Sight = context["sight"]
    return {"words": maker.random.choice(RESULTS[sight.cause])}


def _resubmit(maker: LifeMaker, at: datetime, context: dict[str, Any]) -> dict[str, Any]:
    return {"text": context["sight"].text, "part": "已补充部位和照片"}


STEPS: dict[str, tuple[str, Data]] = {
    "report": ("reporter", _report),
    "grade": ("grader", _grade),
    "grade:major": ("grader", _grade),
    "send_back": ("grader", _pick("reason", SEND_BACK)),
    "resubmit": ("reporter", _resubmit),
    "merge": ("grader", lambda maker, at, context: {"into": None}),
    "void": ("grader", _pick("reason", VOID_REASONS)),
    "fix_on_site": ("in_charge", _result),
    "dispatch": ("grader", _wrong_unit),
    "save_plan": ("safety_head", _plan),
    "transfer": ("grader", _transfer),
    "sign": ("head", lambda maker, at, context: {}),
    "rectify": ("rectifier", _result),
    "rectify:again": ("rectifier", _pick("words", AGAIN)),
    "accept": ("acceptor", _pick("words", ("现场复查合格", "验收合格，照片已核对", "试验动作正常，合格"))),
    "reject": ("acceptor", _pick("reason", REJECT_REASONS)),
    "close": ("closer", lambda maker, at, context: {}),
    "request_extension": ("head", _extension),
    "approve_extension:leader": ("leader", lambda maker, at, context: {}),
    "approve_extension:safety": ("safety_head", lambda maker, at, context: {}),
    "supervise": ("leader", lambda maker, at, context: {"supervisor": context["actors"]["leader"]}),
    "escalate": ("safety_head", _escalate),
}
