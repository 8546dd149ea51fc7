"""Never lose a report, never store one twice: with real servers, real sockets, and processes killed in the middle.

Every acknowledged report must be there exactly once. An acknowledgement is an answer 201 or 202; whoever got none
sends the same report with the same id again, as the field app and any program do.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kuangdeng.config.tests.conftest import Installation, Serving, eventually
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.postgres import Cluster
from kuangdeng.kernel.testkit.photos import photo

pytestmark = [
    pytest.mark.breakage,
    pytest.mark.xdist_group("nothing_lost"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]

CAST = """
import json
from kuangdeng.config.cli.base import mine
with mine():
    from kuangdeng.hazards.testkit import hazard_in, tables
    from kuangdeng.hazards.api import Status
    from kuangdeng.org.testkit import make_cast, token_for
    cast = make_cast()
    tables(cast)
    graded = [str(hazard_in(Status.GRADED, cast).id) for _ in range(6)]
    print(json.dumps({
        "tokens": {part: token_for(person) for part, person in cast.persons.items()},
        "units": {key: str(unit.id) for key, unit in cast.units.items()},
        "graded": graded,
    }))
"""


@dataclass
class Mine:
    """A running installation with the cast in it, and how to talk to it."""

    installation: Installation
    serving: Serving
    tokens: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    graded: list[str] = field(default_factory=list)

    def call(
        self, method: str, path: str, body: object = None, *, part: str = "miner", raw: bytes | None = None
    ) -> Any:
        """One request on a connection of its own; the answer's status and JSON."""
        connection = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=20)
        content = raw if raw is not None else (json.dumps(body).encode() if body is not None else None)
        headers = {"Authorization": f"Bearer {self.tokens[part]}", "Content-Type": "application/json"}
        try:
            connection.request(method, f"/api/v1{path}", content, headers)
            answer = connection.getresponse()
            said = answer.read()
            return answer.status, json.loads(said) if said else None
        finally:
            connection.close()

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Straight from the database."""
        with psycopg.connect(Cluster(self.installation.data / "postgres").address()) as connection:
            return connection.execute(query, values).fetchall()

    def log(self) -> str:
        """What the web server said."""
        return "".join(path.read_text(errors="replace") for path in (self.installation.data / "log").glob("web*"))


@pytest.fixture(scope="module")
def mine(installation: Installation) -> Iterator[Mine]:
    """Web with two processes, worker and database with fsync; shared by the tests here."""
    with installation.serving() as serving:
        done = subprocess.run(
            [sys.executable, "-c", CAST], env=installation.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        yield Mine(installation, serving, **json.loads(done.stdout.splitlines()[-1]))


def report(text: str = "2305综放面回风顺槽超前段单体柱漏液") -> dict[str, object]:
    return {"id": str(uuid7()), "text": text, "occurred_at": "2026-03-05T14:20:00+08:00"}


def together(tasks: list[Callable[[], Any]]) -> list[Any]:
    """Let all of them go at one instant."""
    barrier = threading.Barrier(len(tasks))

    def run(task: Callable[[], Any]) -> Any:
        barrier.wait(30)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return [one.result() for one in [pool.submit(run, task) for task in tasks]]


# Two at one instant --------------------------------------------------------------------------------------------------


def test_two_dispatchers_at_one_instant(mine: Mine) -> None:
    due = {"measure": "更换失效单体柱并补打", "due_at": "2190-01-01T08:00:00+08:00"}
    for hazard in mine.graded:
        path = f"/hazards/{hazard}/verbs/dispatch"
        answers = together(
            [
                lambda: mine.call("POST", path, {**due, "unit": mine.units["mining"]}, part="safety"),  # noqa: B023
                lambda: mine.call("POST", path, {**due, "unit": mine.units["tunnel"]}, part="safety2"),  # noqa: B023
            ]
        )
        statuses = sorted(status for status, _ in answers)
        assert statuses == [200, 409], answers
        refused = next(said for status, said in answers if status == 409)
        assert refused["code"] == "wrong_state"
        assert "待签收" in refused["message"]
        lines = mine.rows("select by_name from ledger_entry where subject_id = %s and verb = 'hazard.dispatch'", hazard)
        assert len(lines) == 1
        winner = "综采一队" if answers[0][0] == 200 else "掘进一队"
        assert mine.rows("select unit_name from hazards_hazard where id = %s", hazard) == [(winner,)]


def test_the_same_report_three_times_by_twenty_clients(mine: Mine) -> None:
    parts = list(mine.tokens)
    own = [(report(f"第 {n} 名职工报的：皮带机头护罩缺失"), parts[n % len(parts)]) for n in range(20)]
    shared = report("大家都转发的同一条：轨道巷积水")
    tasks = [lambda r=r, p=p: (r["id"], mine.call("POST", "/hazards", r, part=p)) for r, p in own * 3]
    tasks += [lambda p=p: (shared["id"], mine.call("POST", "/hazards", shared, part=p)) for p in (parts * 2)[:20]]
    outcomes: dict[object, Counter[int]] = {}
    for start in range(0, len(tasks), 20):
        for key, (status, _) in together(tasks[start : start + 20]):
            outcomes.setdefault(key, Counter())[status] += 1
    assert outcomes.pop(shared["id"]) == Counter({202: 19, 201: 1})
    assert all(counts == Counter({202: 2, 201: 1}) for counts in outcomes.values()), outcomes
    ids = [one["id"] for one, _ in own] + [shared["id"]]
    assert mine.rows("select count(*), count(distinct number) from hazards_hazard where id = any(%s::uuid[])", ids) == [
        (21, 21)
    ]
    lines = "select count(*) from ledger_entry where verb = 'hazard.report' and subject_id = any(%s)"
    assert mine.rows(lines, ids) == [(21,)]


# Uploads -------------------------------------------------------------------------------------------------------------


def head(mine: Mine, name: str, length: int | None, *more: str) -> bytes:
    lines = [f"PUT /photos/{name} HTTP/1.1", "Host: mine", f"Authorization: Bearer {mine.tokens['miner']}", *more]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def plug(mine: Mine, content: bytes) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", mine.installation.port), timeout=20)
    one.sendall(content)
    return one


def answer_of(one: socket.socket) -> str:
    """The answer with its whole body, which may come in a packet of its own."""
    said = b""
    with contextlib.suppress(OSError):
        while more := one.recv(4000):
            said += more
            head, parted, body = said.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head.lower())
            if parted and (length is None or len(body) >= int(length[1])):
                break
    return said.decode(errors="replace")


def stored(mine: Mine) -> tuple[int, int, int]:
    """Claims, files in the table, files on the disk (what is still coming in does not count)."""
    files = [
        path for path in (mine.installation.data / "files").rglob("*") if path.is_file() and path.suffix != ".part"
    ]
    [(claims, kept)] = mine.rows(
        "select (select count(*) from kernel_upload), (select count(*) from kernel_storedfile)"
    )
    return claims, kept, len(files)


def waiting_room(mine: Mine) -> list[Path]:
    return list((mine.installation.data / "files" / ".incoming").glob("*.part"))


def ends_whole(one: socket.socket) -> None:
    one.close()


def ends_with_reset(one: socket.socket) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    one.close()


def stops_sending(one: socket.socket) -> None:
    one.shutdown(socket.SHUT_WR)
    said = answer_of(one)
    one.close()
    assert " 400 " in said.splitlines()[0], said
    assert "没有传完" in said or "\\u6ca1\\u6709\\u4f20\\u5b8c" in said


@pytest.mark.parametrize("way", [ends_whole, ends_with_reset, stops_sending])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_an_upload_cut_in_the_middle_leaves_nothing_and_may_be_sent_again(
    mine: Mine, way: Callable[[socket.socket], None], share: float
) -> None:
    content = photo(size=(1600, 1200 + int(share * 10)), maker=way.__name__)
    name = hashlib.sha256(content).hexdigest()
    before = stored(mine)
    one = plug(mine, head(mine, name, len(content)) + content[: int(len(content) * share)])
    if share == 0.5:
        assert eventually(lambda: waiting_room(mine), 10), "the first half has arrived"
    way(one)
    assert eventually(lambda: not waiting_room(mine), 10), "what was cut is gone from the waiting room"
    assert stored(mine) == before
    assert mine.call("HEAD", f"/photos/{name}")[0] == 404
    with_photo = {**report(), "photos": [name]}
    assert mine.call("POST", "/hazards", with_photo)[1]["code"] == "photo_missing"
    status, said = mine.call("PUT", f"/photos/{name}", raw=content)
    assert (status, said["held"], said["size"]) == (201, True, len(content))
    assert mine.call("POST", "/hazards", with_photo)[0] == 201


def test_lengths_that_lie_and_bodies_without_one(mine: Mine) -> None:
    content = photo(size=(300, 200))
    name = hashlib.sha256(content).hexdigest()
    before = stored(mine)
    chunks = b"%x\r\n" % len(content) + content + b"\r\n0\r\n\r\n"
    cases = [
        (head(mine, name, None, "Transfer-Encoding: chunked") + chunks, 411),
        (head(mine, name, None), 411),
        (head(mine, name, 30 * 1024 * 1024) + content, 413),
        (head(mine, name, len(content) - 1) + content, 422),
        (head(mine, name[::-1], len(content)) + content, 422),
    ]
    for sent, status in cases:
        one = plug(mine, sent)
        said = answer_of(one)
        one.close()
        assert f" {status} " in said.splitlines()[0], (status, said)
    assert eventually(lambda: not waiting_room(mine), 10)
    assert stored(mine) == before


def test_senders_who_say_nothing_more_do_not_stop_the_others(mine: Mine) -> None:
    content = photo(size=(1600, 1100))
    name = hashlib.sha256(content).hexdigest()
    silent = [plug(mine, head(mine, name, len(content)) + content[:2000]) for _ in range(12)]
    try:
        begun = time.monotonic()
        for _ in range(5):
            assert mine.call("POST", "/hazards", report())[0] == 201
        assert time.monotonic() - begun < 20, "reports go on while twelve uploads hang"
    finally:
        for one in silent:
            one.close()
    assert eventually(lambda: mine.call("PUT", f"/photos/{name}", raw=content)[0] in (200, 201), 20)


def test_the_system_asks_silent_connections_whether_they_still_live(mine: Mine) -> None:
    with socket.create_connection(("127.0.0.1", mine.installation.port)) as one:
        local = f"{mine.installation.port:04X}"
        peer = f"{one.getsockname()[1]:04X}"

        def timed() -> bool:
            lines = Path("/proc/net/tcp").read_text().splitlines()
            ours = [line.split() for line in lines[1:] if f":{local} " in line and f":{peer} " in line]
            return any(line[1].endswith(local) and line[5].startswith("02:") for line in ours)

        assert eventually(timed, 10), "no keep-alive timer on the server's side"


# Killed in the middle ------------------------------------------------------------------------------------------------


@dataclass
class Clients:
    """Four clients who report one after the other and do not give up on a report until it is acknowledged."""

    mine: Mine
    acknowledged: list[str] = field(default_factory=list)
    troubles: Counter[str] = field(default_factory=Counter)
    strange: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._work, args=(n,), daemon=True) for n in range(4)]

    def __enter__(self) -> Clients:
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in self.threads), "a client waits for ever"

    def _work(self, number: int) -> None:
        count = 0
        while not self.over.is_set():
            count += 1
            one = report(f"客户端 {number} 第 {count} 条：风筒破口漏风")
            while not self._sent(one):
                time.sleep(0.05)

    def _sent(self, one: dict[str, object]) -> bool:
        try:
            status, said = self.mine.call("POST", "/hazards", one)
        except (OSError, http.client.HTTPException, json.JSONDecodeError) as trouble:
            self.troubles[type(trouble).__name__] += 1
            return False
        if status in (201, 202):
            self.acknowledged.append(str(one["id"]))
            return True
        self.troubles[str(status)] += 1
        if status != 503:
            self.strange.append((status, said))
        return False

    def more(self, count: int) -> bool:
        """Wait until so many more have been acknowledged."""
        goal = len(self.acknowledged) + count
        return eventually(lambda: len(self.acknowledged) >= goal, 60)


def everything_is_there_once(mine: Mine, ids: list[str]) -> None:
    assert len(ids) == len(set(ids))
    found = mine.rows("select id::text from hazards_hazard where id = any(%s::uuid[])", ids)
    assert {row[0] for row in found} == set(ids), "an acknowledged report is lost"
    twice = mine.rows("select number from hazards_hazard group by number having count(*) > 1")
    assert twice == []
    lines = mine.rows(
        "select count(*), count(distinct subject_id) from ledger_entry where verb = 'hazard.report' and subject_id = any(%s)",
        ids,
    )
    assert lines == [(len(ids), len(ids))]
    half = (
        "select h.id from hazards_hazard h left join ledger_entry e on e.subject_id = h.id::text"
        " and e.verb = 'hazard.report' where e.id is null"
    )
    assert mine.rows(half) == [], "a hazard without its line in the ledger"


def test_web_processes_killed_while_four_clients_report(mine: Mine) -> None:
    web = mine.serving.pid_of("granian")

    def workers() -> list[int]:
        return [int(pid) for pid in Path(f"/proc/{web}/task/{web}/children").read_text().split()]

    with Clients(mine) as clients:
        assert clients.more(10)
        for _ in range(3):
            before = workers()
            os.kill(before[0], signal.SIGKILL)
            assert clients.more(10), clients.troubles
            assert eventually(lambda gone=before[0]: gone not in workers() and len(workers()) == 2, 30)
        for pid in workers():
            os.kill(pid, signal.SIGKILL)
        assert clients.more(10), clients.troubles
    assert clients.troubles, "nobody noticed anything: nothing was killed in the middle"
    assert not clients.strange, clients.strange[:3]
    everything_is_there_once(mine, clients.acknowledged)


def test_database_killed_and_restarted_while_four_clients_report(mine: Mine) -> None:
    pid_file = mine.installation.data / "postgres/data/postmaster.pid"
    with Clients(mine) as clients:
        assert clients.more(10)
        for _ in range(2):
            killed = int(pid_file.read_text().split()[0])
            os.kill(killed, signal.SIGKILL)
            assert eventually(lambda gone=killed: int((pid_file.read_text() + " 0").split()[0]) != gone, 60)
            assert clients.more(10), clients.troubles
    assert clients.troubles, "nobody noticed anything: the database was not killed in the middle"
    assert not clients.strange, clients.strange[:3]
    everything_is_there_once(mine, clients.acknowledged)


def test_the_ledger_is_whole_after_all_of_it(mine: Mine) -> None:
    done = mine.installation.run("verify-ledger")
    assert done.returncode == 0, done.stdout + done.stderr
    for name, size in mine.rows("select sha256, size from kernel_storedfile"):
        content = (mine.installation.data / "files" / name[:2] / name[2:4] / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (name, size)
