"""What an exam costs: 100, 500 and 3,000 sitters with 50 items, all begin within a minute and hand in within a minute.

    python bench/exams.py                       # 100 and 500 sitters
    python bench/exams.py --sitters 3000 --minutes 15

Every sitter goes through the hall's door over real HTTP: the door, number and code, begin, the page; then each of his 50
answers is sent by itself as it is given, then he hands in with the last one. CPU is counted per process tree, split into
application and database; the clients run in a process of their own and are not counted. The known figures of the
best-known peer on two such cores stand beside ours: 0.78 CPU seconds per exam; with 100 sitters start p95 10.1 s,
hand-in p95 10.3 s. Ratios are what counts; machines are noisy.
"""

from __future__ import annotations

import argparse
import heapq
import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench import ground

PEER_CPU, PEER_START, PEER_HAND_IN = 0.78, 10.1, 10.3
ITEMS, RUSH = 50, 60.0
HANDS = 48
"""Threads that play the browsers."""
WARM = 16
"""So many sit before the count."""


def make(sitters: int) -> tuple[str, str, list[str]]:
    """A mine with a bank of 200 items and an exam with a paper of his own for everybody; its id, code and numbers."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from kuangdeng.kernel import clock
    from kuangdeng.learning.exams import services
    from kuangdeng.learning.exams.rules import Kind, Mode
    from kuangdeng.learning.items.testkit import SINGLE, items_in_use
    from kuangdeng.org.models import Person
    from kuangdeng.org.testkit import make_cast

    cast = make_cast("BENCH")
    items_in_use(cast, [{**SINGLE, "stem": f"第{n}题：停止作业、撤出人员的甲烷浓度是（ ）。"} for n in range(200)])
    Person.objects.bulk_create(
        Person(mine=cast.mine, number=f"B{n:05d}", name=f"考生{n}", unit=cast.units["mining"]) for n in range(sitters)
    )
    lines = [services.LineData(Decimal(2), count=ITEMS, type="single")]
    paper = services.write_paper(data=services.PaperData("压测卷", Mode.BLUEPRINT, lines), by=cast.training_officer)
    services.settle_paper(paper.id, by=cast.training_officer)
    at = clock.now()
    exam = services.arrange(
        data=services.ExamData(
            title="全员考试", kind=Kind.CLASS, paper_id=paper.id, opens_at=at, closes_at=at + timedelta(hours=5),
            minutes=120, per_person=True,
        ),
        by=cast.training_officer,
    )  # fmt: skip
    people = services.People(
        person_ids=list(Person.objects.filter(mine=cast.mine, number__startswith="B").values_list("id", flat=True))
    )
    services.enrol(exam.id, people=people, by=cast.training_officer)
    began, used = time.perf_counter(), time.process_time()
    exam = services.draw(exam.id, by=cast.training_officer)
    print(
        f"  papers drawn for {sitters}: {time.perf_counter() - began:.1f} s, "
        f"{time.process_time() - used:.1f} CPU-s; expected scores "
        f"{min(exam.forms.values_list('expected', flat=True)):.1f}–{max(exam.forms.values_list('expected', flat=True)):.1f}",
        flush=True,
    )
    return str(exam.id), exam.code, [f"B{n:05d}" for n in range(sitters)]


@dataclass
class Sitter:
    """One person at one browser."""

    number: str
    cookies: dict[str, str] = field(default_factory=dict)
    path: str = ""
    lines: list[int] = field(default_factory=list)
    given: dict[int, str] = field(default_factory=dict)
    ahead: float = 0.0


class Hall:
    """All sitters with their appointments."""

    def __init__(self, port: int, code: str, numbers: list[str], minutes: float) -> None:
        self.port, self.code = port, code
        self.sitters = [Sitter(number) for number in numbers]
        self.times: dict[str, list[float]] = defaultdict(list)
        self.wrong: Counter[str] = Counter()
        self.lock = threading.Lock()
        self.queue: list[tuple[float, int, Sitter, str]] = []
        self.sittings = minutes * 60
        begin, middle = time.perf_counter() + 2, RUSH
        count = len(self.sitters)
        rng = random.Random(7)
        for place, one in enumerate(self.sitters):
            at = begin + RUSH * place / count
            self._put(at, one, "start")
            end = begin + max(middle + 5, self.sittings - RUSH) + RUSH * place / count
            for number in range(ITEMS - 1):
                share = (number + rng.random()) / ITEMS
                self._put(at + 3 + (end - at - 4) * share, one, "answer")
            self._put(end, one, "hand_in")
        self.order = len(self.queue)

    def _put(self, at: float, one: Sitter, step: str) -> None:
        heapq.heappush(self.queue, (at, len(self.queue), one, step))

    def play(self) -> None:
        """Until everybody has handed in."""
        hands = [threading.Thread(target=self._hand) for _n in range(HANDS)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()

    def _hand(self) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        while True:
            with self.lock:
                if not self.queue:
                    return
                at, _order, one, step = heapq.heappop(self.queue)
            time.sleep(max(0.0, at - time.perf_counter()))
            began = time.perf_counter()
            try:
                getattr(self, step)(line, one)
            except (OSError, http.client.HTTPException, AssertionError, KeyError, IndexError) as error:
                line.close()
                with self.lock:
                    self.wrong[f"{step}: {error!r}"[:120]] += 1
            with self.lock:
                self.times[step].append(time.perf_counter() - began)

    def _ask(self, line: Any, one: Sitter, method: str, path: str, body: object = None) -> tuple[int, str, Any]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in one.cookies.items())}
        data = None
        if isinstance(body, dict) and path.endswith(("save/", "handin/")):
            data, headers["Content-Type"] = json.dumps(body), "application/json"
        elif isinstance(body, dict):
            data, headers["Content-Type"] = urlencode(body), "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://127.0.0.1:{self.port}/"
        line.request(method, path, data, headers)
        answer = line.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _eq, rest = value.partition("=")
                one.cookies[key] = rest.partition(";")[0]
        return answer.status, text, answer

    def start(self, line: Any, one: Sitter) -> None:
        """The door, number and code, begin, the page."""
        _status, text, _answer = self._ask(line, one, "GET", "/learning/exams/door/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert token
        form = {"csrfmiddlewaretoken": token[1], "number": one.number, "code": self.code}
        self._ask(line, one, "POST", "/learning/exams/door/", form)
        began = time.perf_counter()
        status, text, answer = self._ask(line, one, "POST", "/learning/exams/door/", {**form, "do": "begin"})
        assert status == 302, (status, text[:200])
        one.path = answer.getheader("Location")
        status, text, _answer = self._ask(line, one, "GET", one.path)
        data = re.search(r'<script id="exam-data" type="application/json">(.*?)</script>', text, re.S)
        assert data, text[:300]
        paper = json.loads(data[1])
        one.lines = [item["line"] for item in paper["items"]]
        one.ahead = paper["now"] - time.time() * 1000
        with self.lock:
            self.times["begin"].append(time.perf_counter() - began)

    def _given(self, one: Sitter) -> dict[str, Any]:
        number = one.lines[len(one.given)]
        one.given[number] = random.choice("ABCD")
        row = {
            "key": str(uuid4()),
            "line": number,
            "answer": {"choice": one.given[number]},
            "at": int(time.time() * 1000 + one.ahead),
        }
        return {"answers": [row], "log": []}

    def answer(self, line: Any, one: Sitter) -> None:
        """One answer, sent as it is given."""
        status, text, _answer = self._ask(line, one, "POST", f"{one.path}save/", self._given(one))
        assert status == 200 and json.loads(text)["written"] == 1, (status, text[:200])

    def hand_in(self, line: Any, one: Sitter) -> None:
        """The last answer and the hand-in in one."""
        status, text, _answer = self._ask(line, one, "POST", f"{one.path}handin/", self._given(one))
        assert status == 200 and json.loads(text)["status"] == "handed_in", (status, text[:200])


def warm_up(port: int, code: str, numbers: list[str]) -> None:
    """A few sit before the count begins: a server that has been running for a day has its pages and plans ready."""
    hall = Hall(port, code, [], 0)
    for number in numbers:
        line, one = http.client.HTTPConnection("127.0.0.1", port, timeout=120), Sitter(number)
        hall.start(line, one)
        for _answer in range(ITEMS - 1):
            hall.answer(line, one)
        hall.hand_in(line, one)
        line.close()


def lost(hall: Hall) -> int:
    """Answers that a browser was told are written and that are not in the marked result."""
    from kuangdeng.learning.exams.marking import options_seed
    from kuangdeng.learning.exams.models import Sitting
    from kuangdeng.learning.exams.queries import versions_of
    from kuangdeng.learning.items.api import unmask

    missing = 0
    rows = Sitting.objects.select_related("exam", "form", "result", "person")
    for sitting in rows.filter(person__number__in=[one.number for one in hall.sitters]):
        one = next(sitter for sitter in hall.sitters if sitter.number == sitting.person.number)
        if sitting.result is None:
            missing += len(one.given)
            continue
        versions = versions_of(_ids(sitting))
        for number, letter in one.given.items():
            kept = sitting.result.lines[number]
            version_id = _ids(sitting)[number]
            seed = options_seed(sitting.exam, sitting.id, version_id)
            missing += kept["a"] != unmask(versions[version_id].content, seed, {"choice": letter})
    return missing


def _ids(sitting: Any) -> list[Any]:
    from uuid import UUID

    return [UUID(name) for name, _marks in sitting.form.lines]


def p(values: list[float], share: float) -> float:
    """A percentile."""
    ordered = sorted(values) or [0.0]
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(sitters: int, minutes: float) -> None:
    """One size on a fresh database."""
    print(f"{sitters} sitters, {ITEMS} items, {minutes:g} minutes", flush=True)
    with ground.database() as (db, _folder):
        _exam, code, numbers = make(sitters + WARM)
        with ground.web(2) as (app, port):
            warm_up(port, code, numbers[sitters:])
            hall = Hall(port, code, numbers[:sitters], minutes)
            app_before, db_before, began = ground.cpu(app), ground.cpu(db), time.perf_counter()
            hall.play()
            took = time.perf_counter() - began
            used_app, used_db = ground.cpu(app) - app_before, ground.cpu(db) - db_before
            held = ground.memory(app)
        each = (used_app + used_db) / sitters
        print(f"  whole {took:.0f} s; memory of the web tier {held:.0f} MB (PSS, 2 workers)")
        print(f"  CPU per exam {each * 1000:.0f} ms (application {used_app / sitters * 1000:.0f}, database "
              f"{used_db / sitters * 1000:.0f}): {PEER_CPU / each:.1f}× cheaper than the peer's {PEER_CPU * 1000:.0f} ms")  # fmt: skip
        for name, words, peer in (
            ("begin", "begin and page", PEER_START),
            ("answer", "one answer", 0),
            ("hand_in", "hand in", PEER_HAND_IN),
        ):
            values = hall.times[name]
            ratio = (
                f"; peer p95 {peer:.1f} s with 100: {peer / p(values, 0.95):.0f}×" if peer and sitters == 100 else ""
            )
            print(
                f"  {words:<16} n {len(values):>6}  p50 {median(values) * 1000:7.1f} ms  p95 {p(values, 0.95) * 1000:7.1f} ms{ratio}"
            )
        print(
            f"  answers lost: {lost(hall)} of {sum(len(one.given) for one in hall.sitters)}; failures: {dict(hall.wrong) or 'none'}"
        )


def main() -> None:
    """Each size by itself."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--sitters", type=int, nargs="*", default=[100, 500])
    words.add_argument("--minutes", type=float, default=3.0, help="from the first start to the last hand-in")
    given = words.parse_args()
    if len(given.sitters) == 1:
        return measure(given.sitters[0], given.minutes)
    for sitters in given.sitters:  # in a process of its own: Django reads the address of its database once
        subprocess.run(
            [sys.executable, __file__, "--sitters", str(sitters), "--minutes", str(given.minutes)], check=True
        )
    return None


if __name__ == "__main__":
    main()
