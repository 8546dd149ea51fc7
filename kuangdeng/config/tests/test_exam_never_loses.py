"""An exam on a bad day, with real servers and real sockets: a worker is killed, the database restarts, the line is cut.

Every answer that was given before the cut-off must be in the marked result, also when its acknowledgement was lost and
it was sent again; and nobody gains time.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kuangdeng.config.tests.conftest import Installation, Serving, eventually
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.postgres import Cluster

pytestmark = [
    pytest.mark.breakage,
    pytest.mark.xdist_group("exam_never_loses"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]
SITTERS, ITEMS = 100, 20
SCRIPT = """
import json
from kuangdeng.config.cli.base import mine
with mine():
    from datetime import timedelta
    from decimal import Decimal
    from kuangdeng.kernel import clock
    from kuangdeng.learning.exams import services
    from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper
    from kuangdeng.learning.exams.views.passes import pass_for
    from kuangdeng.learning.exams.models import Sitting
    from kuangdeng.learning.items.testkit import SINGLE, items_in_use
    from kuangdeng.org.models import Person
    from kuangdeng.org.testkit import make_cast
    cast = make_cast()
    items = items_in_use(cast, [{**SINGLE, "stem": f"第{n}处的甲烷浓度是（ ）。"} for n in range(%(items)d)])
    Person.objects.bulk_create(
        Person(mine=cast.mine, number=f"B{n:03d}", name=f"考生{n}", unit=cast.units["mining"]) for n in range(%(sitters)d)
    )
    people = list(Person.objects.filter(number__startswith="B"))
    exam = a_drawn_exam(cast, a_paper(cast, items=items), people=people, mix_options=False, mix_items=False)
    found = {}
    for one in Sitting.objects.filter(exam=exam).select_related("person"):
        services.start(one.id, by=one.person, device="0123456789abcdef")
        found[str(one.id)] = pass_for(str(one.id), "0123456789abcdef")
    print(json.dumps(found))
"""


@dataclass
class Sitter:
    """A browser: it keeps what it has given until the server has acknowledged it."""

    id: str
    key: str
    given: dict[int, str] = field(default_factory=dict)
    pending: list[dict[str, object]] = field(default_factory=list)
    cut: bool = False
    handed_in: bool = False

    def give(self, line: int) -> None:
        """He clicks; whether the line is there or not."""
        letter = random.choice("ABCD")
        self.given[line] = letter
        self.pending.append(
            {"key": str(uuid7()), "line": line, "answer": {"choice": letter}, "at": int(time.time() * 1000)}
        )

    def send(self, port: int, what: str = "save") -> bool:
        """One attempt; the same rows under the same names until they are acknowledged."""
        if self.cut:
            return False
        out = list(self.pending)
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            headers = {"Content-Type": "application/json", "Cookie": f"kuangdeng_sitting={self.key}"}
            line.request("POST", f"/learning/exams/sit/{self.id}/{what}/", json.dumps({"answers": out}), headers)
            answer = line.getresponse()
            said = json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return False
        finally:
            line.close()
        if answer.status != 200:
            return False
        self.pending = [one for one in self.pending if one not in out]
        self.handed_in = said["status"] != "sitting"
        return True


@pytest.fixture(scope="module")
def hall(installation: Installation) -> Iterator[tuple[Installation, Serving, list[Sitter]]]:
    """A hall of a hundred who have all begun, on two web workers."""
    with installation.serving() as serving:
        script = SCRIPT % {"items": ITEMS, "sitters": SITTERS}
        done = subprocess.run(
            [sys.executable, "-c", script], env=installation.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout.splitlines()[-1])
        yield installation, serving, [Sitter(key, name) for key, name in found.items()]


def rows(installation: Installation, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(Cluster(installation.data / "postgres").address()) as connection:
        return connection.execute(query).fetchall()


def everybody(sitters: list[Sitter], port: int, lines: range, until: threading.Event) -> list[threading.Thread]:
    """Each answers his lines one after the other, trying to send all the while."""

    def sit(some: list[Sitter]) -> None:
        for line in lines:
            for one in some:
                one.give(line)
                one.send(port)
            time.sleep(0.02)
        while not until.is_set() and any(one.pending and not one.cut for one in some):
            for one in some:
                if one.pending:
                    one.send(port)
            time.sleep(0.1)

    threads = [threading.Thread(target=sit, args=(sitters[at::10],)) for at in range(10)]
    for thread in threads:
        thread.start()
    return threads


def test_a_hundred_sit_while_everything_breaks(hall: tuple[Installation, Serving, list[Sitter]]) -> None:
    installation, serving, sitters = hall
    port, until = installation.port, threading.Event()

    # The first lines in peace, then a web worker dies in the middle of the answers.
    threads = everybody(sitters, port, range(8), until)
    time.sleep(0.5)
    web = serving.pid_of("granian")
    os.kill(int(Path(f"/proc/{web}/task/{web}/children").read_text().split()[0]), signal.SIGKILL)
    for thread in threads:
        thread.join(120)
    assert eventually(installation.answers)
    for one in sitters:
        assert eventually(lambda one=one: not one.pending or one.send(port)), one.id

    # The hall's line is cut for half of them; they go on answering.
    for one in sitters[: SITTERS // 2]:
        one.cut = True
    for thread in everybody(sitters, port, range(8, 14), until):
        thread.join(120)
    assert sum(len(one.pending) for one in sitters) == SITTERS // 2 * 6

    # The database is killed and restarts while the others answer.
    threads = everybody(sitters, port, range(14, ITEMS), until)
    pid_file = installation.data / "postgres/data/postmaster.pid"
    killed = int(pid_file.read_text().split()[0])
    os.kill(killed, signal.SIGKILL)
    assert eventually(lambda: pid_file.exists() and pid_file.read_text().split()[:1] not in ([], [str(killed)]), 60)
    for thread in threads:
        thread.join(180)
    assert eventually(installation.answers)
    for one in sitters:
        one.cut = False
        assert eventually(lambda one=one: one.send(port)), one.id
        assert one.pending == []

    # Everybody hands in twice.
    for one in sitters:
        assert eventually(lambda one=one: one.send(port, "handin")), one.id
        assert one.handed_in and one.send(port, "handin")
    wrong = []
    query = "select s.id::text, r.lines from learning_sitting s join learning_result r on r.id = s.result_id"
    results = dict(rows(installation, query))
    stored = dict(rows(installation, "select v.id::text, v.content from learning_itemversion v"))
    for one in sitters:
        for line, letter in one.given.items():
            kept = results[one.id][line]
            options = [option["id"] for option in stored[kept["v"]]["options"]]
            if kept["a"] != {"choice": options["ABCD".index(letter)]}:
                wrong.append((one.id, line, letter, kept["a"]))
    assert wrong == []
    assert len(results) == SITTERS
    [(twice,)] = rows(installation, "select count(*) - count(distinct (sitting_id, key)) from learning_answergiven")
    assert twice == 0
    [(gained,)] = rows(
        installation,
        "select count(*) from learning_sitting where ends_at > started_at + interval '60 minutes' or ended_at > ends_at",
    )
    assert gained == 0
