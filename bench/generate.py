"""Hazards by the hundred thousand, for the bench: plausible, fast, and the same for the same seed.

Pure: no database, no Django. The caller says which units, places and persons exist (`World`) and feeds the rows to COPY:

    with cursor.copy(f"COPY hazards_hazard ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for block in copy_blocks(1_000_000, world, now=now):
            copy.write(block)

How rows are spread: a few units and places have most hazards, C is by far the most common grade, all shifts report, old
rows are closed (a few void, merged or fixed on site), open ones are recent, and part of the work is late.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

MINE_CLOCK = timezone(timedelta(hours=8), "Asia/Shanghai")
LIBRARY = Path(__file__).resolve().parent.parent / "kuangdeng" / "hazards" / "data" / "standard_hazards.csv"

COLUMNS: tuple[str, ...] = (
    "id", "mine_id", "number", "status", "status_since", "text", "standard_text", "place_id", "place_text", "tag_scanned",
    "occurred_at", "captured_at", "received_at", "shift_name", "shift_day", "source", "source_text", "check_type", "anonymous",
    "reporter_id", "reporter_unit_id", "finders_text", "content_digest", "specialty_id", "grade_id", "cause", "clause", "is_major",
    "graded_at", "graded_by_id", "returned_reason", "void_reason", "merged_into_id", "way", "unit_id", "unit_name", "person_id",
    "person_text", "measure", "goal", "contingency", "due_at", "due_original", "notice_number", "dispatched_at", "dispatched_by_id",
    "signed_at", "signed_by_id", "rectification", "rectified_at", "rectified_by_id", "acceptance", "reject_reason", "reject_count",
    "accepted_at", "accepted_by_id", "closed_at", "closed_by_id", "supervision_proposed", "escalate_reason", "stop_area",
    "search_text",
)  # fmt: skip
FINDER_COLUMNS = ("hazard_id", "person_id")
_ID, _REPORTER = COLUMNS.index("id"), COLUMNS.index("reporter_id")
_EMPTY = dict.fromkeys(
    ("place_text", "source_text", "finders_text", "content_digest", "clause", "returned_reason", "void_reason", "way", "unit_name",
     "person_text", "measure", "goal", "contingency", "notice_number", "rectification", "acceptance", "reject_reason",
     "escalate_reason"), "",
) | {"tag_scanned": "f", "anonymous": "f", "is_major": "f", "supervision_proposed": "f", "stop_area": "f", "reject_count": "0"}  # fmt: skip

Row = tuple[str | None, ...]


@dataclass(frozen=True)
class WorldUnit:
    """A unit that gets orders, with who reports, signs and rectifies in it, and the places it looks after."""

    id: str
    name: str
    workers: Sequence[str]
    head: str
    places: Sequence[tuple[str, str]]  # id, full name


@dataclass(frozen=True)
class World:
    """What exists already: ids as text. `grades` by code A, B, C; `specialties` by Chinese name."""

    mine: str
    units: Sequence[WorldUnit]
    safety: Sequence[str]
    grades: dict[str, str]
    specialties: dict[str, str]


CAUSES = {"人": "person", "物": "thing", "管理": "management", "环境": "environment"}
SHIFTS = ("零点班", "八点班", "四点班")
SOURCE_WEIGHTS = {
    ("unit", "daily"): 55,
    ("safety", "daily"): 25,
    ("safety", "special"): 10,
    ("mine", "leader"): 8,
    ("regulator", "superior"): 2,
}
SOURCES = [pair for pair, weight in SOURCE_WEIGHTS.items() for _ in range(weight)]
SPOKEN = (("胶带机", "皮带机"), ("未", "没"), ("缺失", "缺了"), ("局部通风机", "局扇"))
SPOTS = ("", "", "", "{n}#架处", "距迎头{n}m处", "{n}m里程处", "第{n}组托辊处", "靠上帮{n}m处")
GRADE_WEIGHTS = {"A": 3, "B": 22, "C": 75}
DUE_HOURS = {"A": 360, "B": 72, "C": 12}
RESULTS = ("已更换，试验合格", "已清理", "已按措施整改", "已处理，恢复正常")
OPEN_WEIGHTS = {"reported": 14, "graded": 8, "dispatched": 12, "rectifying": 46, "rectified": 14, "accepted": 6}
OPEN_STATES = [state for state, weight in OPEN_WEIGHTS.items() for _ in range(weight)]
ENDED_WEIGHTS = {"closed": 80, "on_site": 16, "void": 2, "merged": 2}
ENDED_STATES = [state for state, weight in ENDED_WEIGHTS.items() for _ in range(weight)]


@dataclass(frozen=True)
class _Wording:
    text: str
    folded: str
    specialty: str
    grade: str
    cause: str
    measure: str


@dataclass
class _Pools:
    """Everything that is chosen from, prepared once so that a row costs microseconds."""

    wordings: dict[str, list[_Wording]] = field(default_factory=dict)
    units: list[WorldUnit] = field(default_factory=list)
    grades: list[str] = field(default_factory=list)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def _pools(world: World) -> _Pools:
    pools = _Pools()
    with LIBRARY.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            for text in dict.fromkeys((row["wording"], _spoken(row["wording"]))):
                made = _Wording(text, _fold(text), row["specialty"], row["grade"], CAUSES[row["cause"]], row["measure"])
                pools.wordings.setdefault(row["grade"], []).append(made)
    for rank, unit in enumerate(world.units):
        pools.units += [unit] * max(1, round(12 / (rank + 1) ** 0.7))
    for grade, weight in GRADE_WEIGHTS.items():
        pools.grades += [grade] * weight
    return pools


def _spoken(text: str) -> str:
    for formal, said in SPOKEN:
        text = text.replace(formal, said)
    return text


def rows(
    count: int,
    world: World,
    *,
    now: datetime,
    seed: int = 1,
    years: float = 3.0,
    open_share: float = 0.06,
    first_number: int = 1,
) -> Iterator[Row]:
    """Rows in the order of COLUMNS, oldest first, every value as COPY wants it (None is NULL).

    `open_share` of them are open, all within the last tenth of the time, and about half of what is in work is late; the
    rest has ended. Numbers count on from `first_number` without a gap.
    """
    random, pools, now = Random(seed), _pools(world), now.astimezone(MINE_CLOCK)
    span = timedelta(days=365 * years)
    start, recent = now - span, span / 10
    closed = count - int(count * open_share)
    step, open_step = (span - timedelta(hours=40)) / max(closed, 1), recent / max(count - closed, 1)
    before: str | None = None
    made = open_made = 0
    for n in range(count):
        next_open = now - recent + open_step * open_made
        next_closed = start + step * made
        is_open = made >= closed or (open_made < count - closed and next_open < next_closed)
        at = (next_open if is_open else next_closed) + timedelta(seconds=random.random() * 3600)
        made, open_made = (made, open_made + 1) if is_open else (made + 1, open_made)
        row = _row(first_number + n, min(at, now - timedelta(minutes=1)), is_open, before, random, pools, world, now)
        before = row[_ID]
        yield row


def _uuid7(at: datetime, random: Random) -> str:
    """A UUIDv7 of that instant, from the seed, so that a run can be repeated."""
    stamp = int(at.timestamp() * 1000)
    value = (stamp << 80) | (0x7 << 76) | (random.getrandbits(12) << 64) | (0b10 << 62) | random.getrandbits(62)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _row(
    number: int,
    found: datetime,
    is_open: bool,
    before: str | None,
    random: Random,
    pools: _Pools,
    world: World,
    now: datetime,
) -> Row:
    state = random.choice(OPEN_STATES if is_open else ENDED_STATES)
    if state == "merged" and before is None:
        state = "void"
    unit = random.choice(pools.units)
    place_id, place_name = unit.places[int(len(unit.places) * random.random() ** 2)]
    grade = random.choice(pools.grades)
    wording = random.choice(pools.wordings[grade])
    spot = random.choice(SPOTS)
    said = spot.format(n=random.randrange(2, 300)) if spot else ""
    source, check = random.choice(SOURCES)
    reporter = random.choice(unit.workers if source == "unit" else world.safety)
    label = f"YH{found.year}-{number:06d}"
    text = said + wording.text
    heard = min(found + timedelta(minutes=random.randrange(1, 90)), now)
    values: dict[str, str | None] = {
        **_EMPTY, "id": _uuid7(found, random), "mine_id": world.mine, "number": label, "text": text, "standard_text": wording.text,
        "place_id": place_id, "occurred_at": found.isoformat(), "received_at": heard.isoformat(),
        "shift_name": SHIFTS[found.hour // 8], "shift_day": found.date().isoformat(), "source": source, "check_type": check,
        "reporter_id": reporter, "reporter_unit_id": unit.id if source == "unit" else None, "cause": wording.cause,
        "search_text": f"{label.lower()} {said.lower()}{wording.folded} {wording.folded} {_fold(place_name)}",
    }  # fmt: skip
    _live(values, state, grade, wording, unit, heard, before, random, world, now)
    return tuple(values.get(column) for column in COLUMNS)


def _live(
    values: dict[str, str | None], state: str, grade: str, wording: _Wording, unit: WorldUnit, at: datetime, before: str | None,
    random: Random, world: World, now: datetime,
) -> None:  # fmt: skip
    """What has happened to it, up to its state; every instant lies before `now`."""
    left = now - at
    last = at

    def passes(hours: float) -> str:
        nonlocal last
        last = min(last + timedelta(hours=hours * (0.2 + random.random())), now)
        return last.isoformat()

    grader, acceptor = random.sample(world.safety, 2) if len(world.safety) > 1 else (world.safety[0],) * 2
    if state == "void":
        values |= {"void_reason": "现场核实情况不属实"}
    elif state == "merged":
        values |= {"merged_into_id": before}
    elif state == "on_site":
        values |= {
            "way": "on_site", "rectification": random.choice(RESULTS), "rectified_at": passes(1), "rectified_by_id": unit.head,
            "acceptance": "现场复查合格", "accepted_at": passes(6), "accepted_by_id": acceptor, "closed_at": passes(4), "closed_by_id": grader,
        }  # fmt: skip
    if state not in ("reported", "void", "merged", "on_site"):
        values |= {"graded_at": passes(2), "graded_by_id": grader}
    if state != "reported":
        values |= {"grade_id": world.grades[grade], "specialty_id": world.specialties[wording.specialty]}
    if state in ("dispatched", "rectifying", "rectified", "accepted", "closed"):
        sent = passes(2)
        first_due = last + timedelta(hours=DUE_HOURS[grade])
        more_time = state in ("dispatched", "rectifying") and random.random() < 0.55
        due = max(first_due, now + timedelta(hours=random.randrange(1, 240))) if more_time else first_due
        values |= {
            "way": "deadline", "unit_id": unit.id, "unit_name": unit.name, "person_id": random.choice(unit.workers),
            "measure": wording.measure, "contingency": "整改前现场设警戒", "due_at": due.isoformat(), "due_original": first_due.isoformat(),
            "notice_number": "ZG" + (values["number"] or "")[2:], "dispatched_at": sent, "dispatched_by_id": grader,
        }  # fmt: skip
    if state in ("rectifying", "rectified", "accepted", "closed"):
        values |= {"signed_at": passes(2), "signed_by_id": unit.head}
    if state in ("rectified", "accepted", "closed"):
        worked = min(DUE_HOURS[grade] * (1.6 if random.random() < 0.12 else 0.7), left.total_seconds() / 3600 * 0.6)
        values |= {
            "rectification": random.choice(RESULTS),
            "rectified_at": passes(worked),
            "rectified_by_id": unit.head,
        }
    if state in ("accepted", "closed"):
        values |= {"acceptance": "现场复查合格", "accepted_at": passes(6), "accepted_by_id": acceptor}
    if state == "closed":
        values |= {"closed_at": passes(5), "closed_by_id": grader}
    values |= {"status": "closed" if state == "on_site" else state, "status_since": last.isoformat()}


def finders(made: Iterator[Row]) -> Iterator[tuple[str, str]]:
    """The reporter of each row as its finder, for the table of finders (FINDER_COLUMNS)."""
    for row in made:
        hazard, person = row[_ID], row[_REPORTER]
        if hazard is not None and person is not None:
            yield hazard, person


def copy_blocks(count: int, world: World, *, now: datetime, block: int = 2000, **options: float) -> Iterator[bytes]:
    """The same rows as blocks of COPY's text format. No value has a tab, a newline or a backslash in it."""
    lines: list[str] = []
    for row in rows(count, world, now=now, **options):  # type: ignore[arg-type]
        lines.append("\t".join("\\N" if value is None else value for value in row))
        if len(lines) == block:
            yield ("\n".join(lines) + "\n").encode()
            lines.clear()
    if lines:
        yield ("\n".join(lines) + "\n").encode()


def sample_world(units: int = 26, workers: int = 20) -> World:
    """A world of made-up ids, to try the generator without a database."""

    def made_up(kind: int, i: int) -> str:
        return f"00000000-0000-7000-8000-{kind:04x}{i:08x}"

    with LIBRARY.open(encoding="utf-8") as handle:
        names = dict.fromkeys(row["specialty"] for row in csv.DictReader(handle))
    return World(
        mine=made_up(1, 1),
        units=[
            WorldUnit(
                made_up(2, u), f"单位{u + 1}", [made_up(3, u * workers + w) for w in range(workers)], made_up(4, u),
                [(made_up(5, u * 10 + p), f"示例水平 {u + 1}采区 地点{p + 1}") for p in range(7)],
            )
            for u in range(units)
        ],
        safety=[made_up(6, i) for i in range(30)],
        grades={code: made_up(7, i) for i, code in enumerate("ABC")},
        specialties={name: made_up(8, i) for i, name in enumerate(names)},
    )  # fmt: skip
