"""Processes of the system: who they are, how they end, and children that die with their parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kuangdeng.kernel.postgres.trouble import DatabaseTrouble


def dies_with_parent(how: int, parent: int | None = None) -> Callable[[], None] | None:
    """For Popen's preexec_fn: the kernel sends `how` to the child when the process that started it is gone.

    `parent` is that process; ourselves unless the caller is already the child. Linux only.
    Elsewhere a killed parent leaves the child behind, and the next start clears it.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    expected = parent or os.getpid()

    def arm() -> None:
        libc.prctl(1, how, 0, 0, 0)  # PR_SET_PDEATHSIG
        if os.getppid() != expected:
            os._exit(1)

    return arm


def command_line(pid: int) -> str:
    """The words with which a process was started, each ended by a NUL; empty when it is gone."""
    proc = Path("/proc") / str(pid) / "cmdline"
    with contextlib.suppress(OSError):
        return proc.read_bytes().decode(errors="replace")
    if Path("/proc/self").exists():
        return ""
    said = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.replace(" ", "\0")


def alive(pid: int) -> bool:
    """Whether there is such a process, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_processes(pids: list[int], left: Callable[[], list[int]], first: signal.Signals = signal.SIGINT) -> None:
    """Stop processes that are not our children: properly, then firmly."""
    for how, wait in ((first, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        end = time.monotonic() + wait
        while time.monotonic() < end:
            if not (pids := left()):
                return
            time.sleep(0.05)
    raise DatabaseTrouble(f"上次的数据库进程（编号 {pids[0]}）停不下来，请先结束它再启动。")
