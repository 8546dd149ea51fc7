"""Everything starts together and ends together, however it ends; what dies alone comes back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from kuangdeng.config.tests.conftest import Installation, eventually
from kuangdeng.kernel.postgres import database

pytestmark = [
    pytest.mark.breakage,
    pytest.mark.xdist_group("running"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda how: how.name)
def test_a_signal_stops_all_of_it(installation: Installation, how: signal.Signals) -> None:
    with installation.serving() as serving:
        assert installation.answers()
        assert len(installation.processes()) >= 5  # supervisor, web and its two processes, worker, database
        serving.process.send_signal(how)
        assert serving.process.wait(40) == 0
        assert not installation.processes()
        assert "已全部停止" in serving.log.read_text()
    assert not (installation.data / "postgres/data/postmaster.pid").exists(), "the database was closed properly"


def test_ctrl_c_at_the_terminal_closes_in_order(installation: Installation) -> None:
    """The terminal sends it to the whole foreground group at once."""
    with installation.serving() as serving:
        os.killpg(serving.process.pid, signal.SIGINT)
        assert serving.process.wait(40) == 0
        assert not installation.processes()


def test_killed_supervisor_leaves_nothing_behind(installation: Installation) -> None:
    with installation.serving() as serving:
        os.kill(serving.supervisor, signal.SIGKILL)
        assert serving.all_gone(15), installation.processes()
    with installation.serving():
        assert installation.answers()


def test_killed_parent_stops_all_of_it(installation: Installation) -> None:
    """`kill -9` of make: the supervisor notices that its parent is gone."""
    wrapper = ("/bin/sh", "-c", '"$@" & wait', "make")
    with installation.serving(wrapper=wrapper, more={"KUANGDENG_DIE_WITH_PARENT": "1"}) as serving:
        assert serving.supervisor != serving.process.pid
        serving.process.kill()
        assert serving.all_gone(), installation.processes()
        assert "已全部停止" in serving.log.read_text()


def test_killed_web_worker_and_web_server_come_back(installation: Installation) -> None:
    with installation.serving() as serving:
        web = serving.pid_of("granian")
        workers = [int(pid) for pid in Path(f"/proc/{web}/task/{web}/children").read_text().split()]
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        assert eventually(installation.answers, 30)
        os.kill(web, signal.SIGKILL)
        assert eventually(lambda: serving.find("granian") not in (None, web), 30)
        assert eventually(installation.answers, 30)
        assert eventually(lambda: not set(workers) & set(installation.processes()), 20)
        assert serving.process.poll() is None


def test_killed_job_worker_comes_back(installation: Installation) -> None:
    with installation.serving() as serving:
        worker = serving.pid_of("cli worker")
        os.kill(worker, signal.SIGKILL)
        assert eventually(lambda: serving.find("cli worker") not in (None, worker), 30)


def test_killed_database_recovers_under_running_web(installation: Installation) -> None:
    with installation.serving() as serving:
        database = int((installation.data / "postgres/data/postmaster.pid").read_text().split()[0])
        os.kill(database, signal.SIGKILL)
        assert eventually(lambda: "数据库已恢复" in serving.log.read_text(), 60)
        assert eventually(installation.answers, 30)
        assert serving.process.poll() is None


def test_a_second_one_joins_and_takes_over_when_the_first_ends(installation: Installation) -> None:
    second = Installation(installation.data)
    with installation.serving() as first, second.serving() as serving:
        assert "使用已经在运行的内置数据库" in serving.log.read_text()
        first.process.terminate()
        assert first.process.wait(40) == 0
        assert eventually(lambda: "数据库已恢复" in serving.log.read_text(), 60)
        assert eventually(second.answers, 30)
        serving.process.terminate()
        assert serving.process.wait(40) == 0
        assert not installation.processes()


def test_busy_port_is_one_clear_sentence(installation: Installation) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        done = installation.run("serve", "--port", str(holder.getsockname()[1]))
    assert done.returncode == 3
    assert "已被占用" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_use_the_database_that_runs(installation: Installation) -> None:
    with installation.serving() as serving:
        done = installation.run("migrate", "--check")
        assert done.returncode == 0, done.stderr
        assert "最新" in done.stdout
        assert installation.answers()
        doctor = installation.run("doctor")
        assert "PostgreSQL" in doctor.stdout
        assert "没有发现问题" in doctor.stdout, doctor.stdout
        assert doctor.returncode == 0
        assert serving.process.poll() is None


def test_doctor_says_what_to_do_when_nothing_runs(installation: Installation) -> None:
    with database(installation.data / "postgres") as cluster, psycopg.connect(cluster.address()) as connection:
        connection.execute("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    done = installation.run("doctor")
    assert done.returncode == 1
    assert "✗ 后台任务进程" in done.stdout
    assert "kuangdeng worker" in done.stdout


def test_database_of_somebody_else_unreachable_is_one_sentence(installation: Installation) -> None:
    environment = {**installation.environment, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    done = subprocess.run(
        installation.command("migrate"), env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 3
    assert "连不上数据库" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "worker",
        "demo",
        "import-org",
        "import-hazards",
        "export",
        "backup",
        "restore",
        "verify-ledger",
        "doctor",
        "migrate",
        "database",
    ],
)
def test_every_command_explains_itself(installation: Installation, command: str) -> None:
    done = installation.run(command, "--help")
    assert done.returncode == 0
    assert "退出代码" in done.stdout
    assert any("\u4e00" <= letter <= "\u9fff" for letter in done.stdout)
