"""What the benches stand on: a database of their own with fsync on, two web workers, and the CPU accounts of both.

Nothing here is a test. CPU seconds come from /proc for whole process trees, so that pool threads, background
writers and the server's own helpers are all counted.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
ROOT = Path(__file__).resolve().parent.parent


def tree(pid: int) -> list[int]:
    """A process and everything below it."""
    found = [pid]
    for one in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu(pid: int) -> float:
    """CPU seconds that a process tree has used, ended children included."""
    total = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(value) for value in fields[11:15])
    return total / TICK


def memory(pid: int) -> float:
    """Proportional set size of a process tree in MB."""
    kilobytes = 0
    for one in tree(pid):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kilobytes += int(line.split()[1])
    return kilobytes / 1024


@contextlib.contextmanager
def database() -> Iterator[tuple[int, Path]]:
    """A fresh PostgreSQL with fsync on, the address in the environment; yields its pid and a data folder."""
    from kuangdeng.kernel.postgres import Cluster

    folder = Path(tempfile.mkdtemp(prefix="kuangdeng-bench-"))
    folder.chmod(0o711)
    cluster = Cluster(folder / "postgres")
    cluster.start()
    os.environ.update(
        DATABASE_URL=cluster.address(),
        KUANGDENG_DATA=str(folder / "data"),
        DJANGO_SETTINGS_MODULE="kuangdeng.config.settings",
        KUANGDENG_SECRET_KEY="bench-" + "x" * 44,
    )
    try:
        assert cluster.pid is not None
        yield cluster.pid, folder
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def web(workers: int = 2) -> Iterator[tuple[int, int]]:
    """The web tier as production runs it; yields its pid and port."""
    port = free_port()
    command = [sys.executable, "-m", "kuangdeng.config.cli", "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(1800):
            with contextlib.suppress(OSError):
                ask = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                ask.request("GET", "/org/sign-in/")
                ask.getresponse().read()
                break
            time.sleep(0.1)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Account:
    """What one scenario cost."""

    name: str
    requests: int = 0
    seconds: float = 0.0
    app: float = 0.0
    db: float = 0.0
    times: list[float] = field(default_factory=list)
    size: int = 0
    failures: list[str] = field(default_factory=list)
    statements: int | None = None

    def per_request(self, seconds: float) -> float:
        """Milliseconds per request."""
        return 1000 * seconds / max(1, self.requests)

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per request, application and database."""
        return self.per_request(self.app + self.db)

    def line(self) -> str:
        """One row of the table."""
        ordered = sorted(self.times) or [0.0]
        p50 = statistics.median(ordered) * 1000
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))] * 1000
        rate = self.requests / self.seconds if self.seconds else 0
        sql = "" if self.statements is None else str(self.statements)
        return (
            f"{self.name:<34}{rate:>8.1f}{p50:>9.1f}{p95:>9.1f}{self.cpu_ms:>9.2f}"
            f"{self.per_request(self.app):>9.2f}{self.per_request(self.db):>9.2f}{sql:>5}{self.size:>9}"
        )


HEADER = (
    f"{'scenario':<34}{'req/s':>8}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'app':>9}{'db':>9}{'SQL':>5}{'gzip B':>9}"
)

Call = Callable[[http.client.HTTPConnection, int], http.client.HTTPResponse]


def run(
    name: str, call: Call, *, port: int, app: int, db: int, requests: int, clients: int, good: Sequence[int]
) -> Account:
    """Let `clients` threads make `requests` calls over kept connections and account for them."""
    account, lock, ticket = Account(name), threading.Lock(), iter(range(requests))

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            with lock:
                number = next(ticket, None)
            if number is None:
                return
            begun = time.perf_counter()
            answer = call(connection, number)
            body = answer.read()
            took = time.perf_counter() - begun
            with lock:
                account.requests += 1
                account.times.append(took)
                account.size = len(body)
                if answer.status not in good:
                    account.failures.append(f"{answer.status} {body[:200]!r}")

    app_before, db_before, begun = cpu(app), cpu(db), time.perf_counter()
    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    account.seconds = time.perf_counter() - begun
    account.app, account.db = cpu(app) - app_before, cpu(db) - db_before
    return account
