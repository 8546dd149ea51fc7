"""The system user that the server runs as: PostgreSQL refuses to be root."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kuangdeng.kernel.postgres.trouble import DatabaseTrouble


@dataclass(frozen=True)
class Account:
    """The system user that owns the data and runs the server."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> Account:
        entry = pwd.getpwuid(uid)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def can(self, test: str, path: Path) -> bool:
        """Ask the system itself, as that user: modes alone do not tell (access lists, mounts)."""
        command = ["/bin/sh", "-c", f'test {test} "$0"', str(path)]
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            return run_as(self, command).returncode == 0
        return False


def run_as(account: Account | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run one program to its end as this user; as ourselves for None."""
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env=clean_environment(), **identity(account)
    )


def identity(account: Account | None) -> dict[str, Any]:
    """Popen arguments that change user; empty when we stay who we are."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def unprivileged(owner_of: Path) -> Account | None:
    """Who runs the server: ourselves, or, as root, the owner of existing data, else a harmless system user."""
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(OSError, KeyError):
        if owner := owner_of.stat().st_uid:
            return Account.of(owner)
    wanted = os.environ.get("KUANGDENG_PG_USER", "")
    for name in (wanted,) if wanted else ("kuangdeng", "postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid:
                return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise DatabaseTrouble(
        "PostgreSQL 不允许以 root 身份运行，而系统里没有可用的普通用户。请先执行 useradd --system kuangdeng，"
        "或改用普通用户启动，或用 KUANGDENG_PG_USER 指定一个普通用户。"
    )


def clean_environment() -> dict[str, str]:
    """What a server or program of ours finds in its environment: nothing of the caller's."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}
