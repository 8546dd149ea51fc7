"""One database folder and its server: made, started, held, stopped."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from kuangdeng.kernel.postgres.accounts import Account, clean_environment, identity, run_as, unprivileged
from kuangdeng.kernel.postgres.binaries import Binaries, copy_programs, find_binaries
from kuangdeng.kernel.postgres.folders import make_folder, make_folders, must_be_ours, turn_over, write_small
from kuangdeng.kernel.postgres.processes import alive, command_line, dies_with_parent, end_processes
from kuangdeng.kernel.postgres.trouble import AlreadyRunning, DatabaseTrouble, explain

ROLE = "kuangdeng"
DATABASE = "kuangdeng"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # the system's limit is 103 (macOS) or 107 (Linux) bytes, the server adds a lock file
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
        account = unprivileged(self.data)
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
            make_folders(self.home.parent, 0o711 if account else 0o700)
            if account is None or account.can("-x", self.home.parent):
                make_folder(self.home, 0o711 if account else 0o700)
            else:
                self._settle_elsewhere()
        self._check_reach(account)
        for folder in {self.socket_folder}:
            make_folder(folder, 0o700, account)
            must_be_ours(folder, account)

    def _settle_elsewhere(self) -> None:
        """Root's checkout is closed to the server's user: keep the data under /var/lib and leave a link."""
        make_folders(self.state, 0o755)
        place = self.state / f"postgres-{secrets.token_hex(4)}"
        make_folder(place, 0o711)
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
            copy_programs(package, target)
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
        make_folder(fresh, 0o700, account)
        command = [str(binaries.program("initdb")), "-D", str(fresh), "-U", ROLE, "-E", "UTF8", "--locale=C"]
        command += ["--auth-local=peer", "--auth-host=reject", "--data-checksums"]
        command += [] if self.durable else ["--no-sync"]
        done = run_as(account, command)
        if done.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise DatabaseTrouble(explain("数据库初始化失败", done.stderr or done.stdout))
        fresh.rename(self.data)

    def _write_rules(self, account: Account | None) -> None:
        """Who may connect: this system user and the server's own, both as the one role; nobody over the network."""
        names = {Account.of(os.geteuid()).name} | ({account.name} if account else set())
        write_small(self.place / "hba.conf", f"local all all peer map={ROLE}\n")
        write_small(self.place / "ident.conf", "".join(f'{ROLE} "{name}" {ROLE}\n' for name in sorted(names)))

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
        turn_over(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=clean_environment(),
                umask=0o077,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT),
                **identity(account),
            )

    def _wait_until_ready(self, patience: float) -> None:
        process = self._process
        assert process is not None
        begun, told = time.monotonic(), False
        while not (self._pid_file()[:1] == [str(process.pid)] and self.ready):
            if process.poll() is not None:
                raise DatabaseTrouble(explain("数据库没有启动成功", self._tail()))
            waited = time.monotonic() - begun
            if waited > patience:
                raise DatabaseTrouble(explain(f"数据库 {patience:.0f} 秒内没有就绪", self._tail()))
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
            end_processes([pid], lambda: [pid] if self.pid == pid else [])
        if orphans := self._orphans():
            end_processes(orphans, self._orphans, first=signal.SIGQUIT)
        lines = self._pid_file()
        if lines and lines[0].isdigit() and alive(int(lines[0])):
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self.socket_folder / name).unlink(missing_ok=True)

    def _orphans(self) -> list[int]:
        """Backends that outlived a killed server; two servers on the same files would destroy them."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(folder / "cwd") == str(self.data) and "postgres" in command_line(int(folder.name)):
                    found.append(int(folder.name))
        return found

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
        except OSError:
            return []

    def _is_our_server(self, pid: int) -> bool:
        """That process is a PostgreSQL on exactly this folder; after a restart the number may be anybody's."""
        return f"-D\0{self.data}\0" in command_line(pid)

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
