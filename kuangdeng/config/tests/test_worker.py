"""The worker as a process: it seals, tells, does jobs, ends when told, and lives through a database restart."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from kuangdeng.config.worker import Beat, Pulse
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel.heartbeat import last_beat
from kuangdeng.kernel.postgres import THROW_AWAY, Cluster
from kuangdeng.ledger.models import Notice, PendingEntry
from kuangdeng.org.testkit import make_cast


def patiently(holds: Callable[[], bool], seconds: float = 20) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.1)
    return holds()


@pytest.mark.django_db
def test_one_pulse_seals_and_tells() -> None:
    hazard_in(Status.DISPATCHED, make_cast())
    assert PendingEntry.objects.count() == 3
    Pulse()()
    assert PendingEntry.objects.count() == 0
    assert Notice.objects.filter(topic="hazard.order", must_act=True).count() == 2
    assert last_beat("pulse") is not None


def test_a_beat_goes_on_after_a_failure_and_waits_longer() -> None:
    calls: list[float] = []

    def work() -> None:
        calls.append(time.monotonic())
        if len(calls) < 3:
            raise ValueError("没连上")

    stop = threading.Event()
    thread = Beat("test", work, 0.02, stop)
    thread.start()
    assert patiently(lambda: len(calls) >= 6, 5)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert thread.failures == 0


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[tuple[Cluster, dict[str, str]]]:
    """A database of its own, migrated, and the environment of a worker that uses it."""
    tmp_path.chmod(0o711)
    cluster = Cluster(tmp_path / "pg", settings=THROW_AWAY, durable=False)
    cluster.start()
    environment = {
        **os.environ,
        "DATABASE_URL": cluster.address("kuangdeng"),
        "KUANGDENG_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "kuangdeng.config.settings",
    }
    run = [sys.executable, "-m", "kuangdeng.config.cli"]
    subprocess.run([*run, "migrate"], env=environment, check=True, capture_output=True, timeout=120)
    yield cluster, environment
    cluster.stop(patience=5)


def _pulse_age(address: str) -> float | None:
    with psycopg.connect(address, autocommit=True) as link:
        row = link.execute(
            "SELECT extract(epoch FROM clock_timestamp() - at) FROM kernel_heartbeat WHERE name = 'pulse'"
        ).fetchone()
    return float(row[0]) if row else None


def _workers(address: str) -> int:
    with psycopg.connect(address, autocommit=True) as link:
        row = link.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '15 seconds'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def _fresh(address: str) -> bool:
    try:
        age = _pulse_age(address)
        return age is not None and age < 7 and _workers(address) > 0
    except psycopg.Error:
        return False


@pytest.mark.breakage
def test_the_worker_lives_through_a_database_restart_and_ends_when_told(
    installation: tuple[Cluster, dict[str, str]], tmp_path: Path
) -> None:
    cluster, environment = installation
    address = cluster.address("kuangdeng")
    log = tmp_path / "worker.log"
    with log.open("wb") as out:
        worker = subprocess.Popen(
            [sys.executable, "-m", "kuangdeng.config.cli", "worker"], env=environment, stdout=out, stderr=out
        )
    try:
        assert patiently(lambda: _fresh(address), 40), log.read_text()
        cluster.stop(patience=5)
        time.sleep(1)
        assert worker.poll() is None, log.read_text()
        cluster.start()
        with psycopg.connect(address, autocommit=True) as link:
            link.execute("DELETE FROM kernel_heartbeat")
            link.execute("DELETE FROM procrastinate_workers")
        assert patiently(lambda: _fresh(address), 60), log.read_text()
        told = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0, log.read_text()
        assert time.monotonic() - told < 6
    finally:
        if worker.poll() is None:
            worker.kill()
            worker.wait()


def test_every_job_has_a_name_and_periodic_ones_a_lock() -> None:
    """Without a lock a slow run and the next tick would work side by side."""
    from procrastinate.contrib.django import app

    for task in app.periodic_registry.periodic_tasks.values():
        one = task.task
        assert one.lock and one.queueing_lock, one.name
