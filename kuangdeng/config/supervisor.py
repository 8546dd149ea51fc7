"""Keeps the processes of one installation alive together: database, web, jobs; and ends them together.

Order matters at both ends: the database comes first and goes last, so that no request meets a closed door on the way
out. Each child has its own session, so a Ctrl-C at the terminal reaches only the supervisor, which then closes in
order. Each child also dies with the supervisor when that is killed outright.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from kuangdeng.kernel.postgres import Cluster, DatabaseTrouble, dies_with_parent

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TICK = 0.2
GRACE = 20.0  # seconds for the requests and jobs under way
LONGEST_PAUSE = 30.0  # between two attempts to bring a child back


@dataclass
class Service:
    """One child process: what it is called on the screen, how it starts, where its words go."""

    name: str
    label: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None

    def __post_init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self.next_try = 0.0
        self.started = 0.0

    def start(self) -> None:
        if self.log:
            turn_over(self.log)
        with self.log.open("ab") if self.log else contextlib.nullcontext() as out:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, "KUANGDENG_SUPERVISED": str(os.getpid()), **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
            )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def terminate(self) -> None:
        if self.alive and self.process:
            self.process.terminate()

    def finish(self, until: float) -> None:
        """Wait for a clean end, then sweep whatever is left of its group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, until - time.monotonic()))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None


def turn_over(log: Path, limit: int = 20_000_000) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(log.suffix + ".1"))


def _say(message: str) -> None:
    print(message, flush=True)


@dataclass
class Supervisor:
    """Runs until it is told to stop; `cluster` is None when the database is somebody else's."""

    services: list[Service]
    cluster: Cluster | None = None
    say: Callable[[str], None] = _say

    def __post_init__(self) -> None:
        self.stopping: int | None = None

    def __enter__(self) -> Supervisor:
        """From here on signals end everything in order, also while the database is still starting."""
        self._before = {number: signal.signal(number, self._told) for number in STOPPING}
        if os.environ.get("KUANGDENG_DIE_WITH_PARENT") and (arm := dies_with_parent(signal.SIGTERM, os.getppid())):
            arm()
        return self

    def __exit__(self, *_: object) -> None:
        # A second Ctrl-C must not leave half of it running.
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        self._stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _told(self, number: int, _frame: FrameType | None) -> None:
        self.stopping = number

    def check(self) -> None:
        """Between two steps of a start: leave at once when told so."""
        if self.stopping is not None:
            raise Stopped(self.stopping)

    def launch(self) -> None:
        for service in self.services:
            service.start()

    def wait(self, until: Callable[[], bool], patience: float) -> bool:
        """Keep watch until something holds; False when it did not in time."""
        end = time.monotonic() + patience
        while time.monotonic() < end:
            self.check()
            self.tend()
            if until():
                return True
            time.sleep(0.05)
        return False

    def run(self) -> int:
        """Keep everything alive until told to stop; returns the signal."""
        while self.stopping is None:
            self.tend()
            time.sleep(TICK)
        return self.stopping

    def tend(self) -> None:
        """Bring back what has ended by itself, the database first."""
        if self.cluster is not None:
            self._tend_database(self.cluster)
        for service in self.services:
            if service.process is not None and not service.alive:
                self._bring_back(service)
            elif service.alive and service.failures and time.monotonic() - service.started > 60:
                service.failures = 0

    def _tend_database(self, cluster: Cluster) -> None:
        if cluster.poll() is not None:
            self.say("数据库意外停止，正在重新启动并恢复……")
        elif cluster.abandoned and self.stopping is None:
            self.say("原来运行数据库的进程已退出，由本进程接管……")
        else:
            return
        with contextlib.suppress(DatabaseTrouble):
            cluster.start()
            self.say("数据库已恢复。")

    def _bring_back(self, service: Service) -> None:
        assert service.process is not None
        now = time.monotonic()
        if not service.next_try:
            pause = 0.0 if service.failures == 0 else min(LONGEST_PAUSE, 2.0**service.failures)
            service.failures += 1
            service.next_try = now + pause
            where = f"，原因见 {service.log}" if service.log else ""
            self.say(f"{service.label}意外结束（代码 {service.process.returncode}{where}），正在重新启动……")
        if now >= service.next_try:
            service.next_try = 0.0
            service.finish(now)
            service.start()

    def _stop(self) -> None:
        for service in self.services:
            service.terminate()
        until = time.monotonic() + GRACE
        for service in self.services:
            service.finish(until)
        if self.cluster is not None:
            self.cluster.stop()


class Stopped(Exception):
    """Told to stop before everything was up."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def web_service(*, host: str, port: int, workers: int = 2, threads: int = 4, log: Path | None = None) -> Service:
    """The pages and the API: granian, WSGI, several processes with a few threads each.

    Each process keeps one database connection per thread and one to spare. A statement that runs for half a minute
    is a fault, not a page.
    """
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers"]
    command += ["--respawn-interval", "0.5", "--workers-kill-timeout", "15", "--no-ws", "--log-level", "warning"]
    command += ["kuangdeng.config.wsgi:application"]
    environment = {
        "DJANGO_SETTINGS_MODULE": "kuangdeng.config.settings",
        "KUANGDENG_DB_POOL": os.environ.get("KUANGDENG_DB_POOL") or str(threads + 1),
        "KUANGDENG_STATEMENT_TIMEOUT": os.environ.get("KUANGDENG_STATEMENT_TIMEOUT") or "30s",
        "KUANGDENG_LOCK_TIMEOUT": os.environ.get("KUANGDENG_LOCK_TIMEOUT") or "10s",
        "KUANGDENG_IDLE_IN_TRANSACTION_SESSION_TIMEOUT": "60s",
    }
    return Service("web", "网页服务", command, environment, log)


def worker_service(*, log: Path | None = None, concurrency: int = 4) -> Service:
    """The jobs: notices, deadlines, sealing, imports."""
    command = [sys.executable, "-m", "kuangdeng.config.cli", "worker", "--concurrency", str(concurrency)]
    return Service("worker", "后台任务", command, {"DJANGO_SETTINGS_MODULE": "kuangdeng.config.settings"}, log)


def tail(logs: Iterable[Path], lines: int = 15) -> str:
    """The last words of the children, for a start that failed."""
    parts = []
    for log in logs:
        with contextlib.suppress(OSError):
            parts.append(f"—— {log} ——\n" + "\n".join(log.read_text(errors="replace").splitlines()[-lines:]))
    return "\n".join(parts)
