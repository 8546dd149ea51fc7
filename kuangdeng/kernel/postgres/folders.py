"""Folders and small files with exactly the owner and mode that they need."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from kuangdeng.kernel.postgres.accounts import Account
from kuangdeng.kernel.postgres.trouble import DatabaseTrouble


def make_folder(folder: Path, mode: int, account: Account | None = None) -> None:
    """Make one folder with exactly this mode and owner; an existing one is left as it is."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(mode)


def make_folders(folder: Path, mode: int) -> None:
    """Make a folder and those above it that are missing, each with this mode."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        make_folder(one, mode)


def must_be_ours(folder: Path, account: Account | None) -> None:
    """A folder under /tmp could have been put there by somebody else."""
    found = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise DatabaseTrouble(f"{folder} 已存在，但不属于数据库用户。请确认后删除它再启动。")


def write_small(path: Path, text: str) -> None:
    """Replace a small file; readable for the server's user, writable for us alone."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o644)
    fresh.replace(path)


def turn_over(log: Path, limit: int = 20_000_000) -> None:
    """Begin a new log when the old one has grown too long; one old one is kept."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_suffix(".log.1"))
