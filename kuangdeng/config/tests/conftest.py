"""A whole installation of its own: data folder, database, web and worker as real processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PATIENCE = 90


def eventually(what: Callable[[], object], patience: float = PATIENCE, *, every: float = 0.05) -> bool:
    """Wait until something holds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(every)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Installation:
    """One data folder and whatever runs on it."""

    data: Path
    port: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "KUANGDENG_SECRET_KEY", "KUANGDENG_DB_POOL"}
        kept = {name: value for name, value in os.environ.items() if name not in left_out}
        kept = {name: value for name, value in kept.items() if not name.startswith(("PYTEST", "KUANGDENG_TEST"))}
        return {**kept, "KUANGDENG_DATA": str(self.data), "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "kuangdeng.config.cli", *words]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """One command to its end."""
        return subprocess.run(
            self.command(*words), env=self.environment, capture_output=True, text=True, check=False, timeout=300
        )

    @contextlib.contextmanager
    def serving(
        self, *words: str, wrapper: tuple[str, ...] = (), more: dict[str, str] | None = None
    ) -> Iterator[Serving]:
        """Web, worker and database, up and answering."""
        command = [*wrapper, *self.command("serve", "--with-worker", "--port", str(self.port), *words)]
        log = self.data.with_name(f"{self.data.name}.{self.port}.out")
        with log.open("ab") as out:
            process = subprocess.Popen(
                command, env={**self.environment, **(more or {})}, stdout=out, stderr=out, start_new_session=True
            )
        serving = Serving(self, process, log)
        try:
            assert eventually(lambda: process.poll() is not None or "矿灯已启动" in log.read_text()), log.read_text()
            assert process.poll() is None, log.read_text()
            yield serving
        finally:
            for pid in self.processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
            log.unlink()

    def processes(self) -> dict[int, str]:
        """Every living process of this installation: its data folder stands in the environment or the command."""
        found = {}
        mark = f"KUANGDENG_DATA={self.data}\0".encode()
        for folder in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                pid = int(folder.name)
                words = (folder / "cmdline").read_bytes()
                postgres = f"{self.data}/postgres/".encode() in words
                if words and pid != os.getpid() and (postgres or mark in (folder / "environ").read_bytes() + b"\0"):
                    found[pid] = words.replace(b"\0", b" ").decode(errors="replace")
        return found

    def answers(self, path: str = "/healthz") -> bool:
        with contextlib.suppress(OSError):
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return bool(answer.status == 200)
        return False


@dataclass
class Serving:
    """What `kuangdeng serve` started."""

    installation: Installation
    process: subprocess.Popen[bytes]
    log: Path

    def find(self, mark: str) -> int | None:
        """The supervisor's child whose command holds `mark`."""
        boss = self.supervisor
        for pid, words in self.installation.processes().items():
            with contextlib.suppress(OSError):
                stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                if mark in words and int(stat[1]) == boss:
                    return pid
        return None

    def pid_of(self, mark: str) -> int:
        """The same; it must be there."""
        pid = self.find(mark)
        assert pid, f"no {mark} in {self.installation.processes()}"
        return pid

    @property
    def supervisor(self) -> int:
        for pid, words in self.installation.processes().items():
            if "kuangdeng.config.cli serve" in words and " -c " not in words:
                return pid
        return self.process.pid

    def all_gone(self, patience: float = 40) -> bool:
        return eventually(lambda: not self.installation.processes(), patience)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    """An installation with a migrated database, shared by the tests of one module."""
    ground = Path(tempfile.mkdtemp(prefix="kdrun-"))
    ground.chmod(0o711)
    one = Installation(ground / "data")
    done = one.run("migrate")
    assert done.returncode == 0, done.stderr
    yield one
    shutil.rmtree(ground, ignore_errors=True)
