"""The ground that tests stand on: a PostgreSQL of their own, a data folder of their own.

Loaded by pytest as an early plugin, because Django's settings are read before any conftest. The first pytest process
starts the server in a temporary folder; xdist's workers inherit its address and make one database each. The server is
a child of that first process and dies with it, however it ends. `DATABASE_URL` set means: use that server instead.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import hypothesis
import pytest

PREFIX = "kuangdeng-test-"

# How long an example takes says how busy the machine is, nothing else.
hypothesis.settings.register_profile("mine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("mine")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: Any, parser: Any, args: list[str]) -> None:
    """Before Django's settings are read: everything that a test may touch lies in a folder of its own."""
    if os.environ.get("KUANGDENG_TESTING"):
        return
    sweep()
    ground = Path(tempfile.mkdtemp(prefix=PREFIX))
    ground.chmod(0o711)
    _hold(ground)
    os.environ.update(
        KUANGDENG_TESTING="1",
        KUANGDENG_DATA=str(ground / "data"),
        KUANGDENG_STATE=str(ground / "state"),
        KUANGDENG_SECRET_KEY="only-for-tests-" + "x" * 40,
        DJANGO_ALLOW_ASYNC_UNSAFE="1",  # Playwright's synchronous interface keeps an event loop in the main thread
        TZ="UTC",
    )
    for name in ("KUANGDENG_DB_POOL", "KUANGDENG_EMAIL_URL", "ALLOWED_HOSTS", "KUANGDENG_TRUSTED_PROXIES"):
        os.environ.pop(name, None)
    atexit.register(shutil.rmtree, ground, ignore_errors=True)
    if not os.environ.get("DATABASE_URL") and not {"--help", "-h", "--version", "--fixtures"} & set(args):
        _start_server(ground)


def _start_server(ground: Path) -> None:
    from kuangdeng.kernel.postgres import THROW_AWAY, Cluster

    cluster = Cluster(ground / "postgres", settings=THROW_AWAY, durable=False)
    cluster.start()
    os.environ["DATABASE_URL"] = cluster.address("kuangdeng")
    os.environ["KUANGDENG_TEST_POSTGRES"] = str(cluster.major)
    atexit.register(cluster.stop, patience=5)


def _hold(ground: Path) -> None:
    """Lock the folder as long as this process lives, so that nobody sweeps it away."""
    handle = os.open(ground / "held", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(handle, fcntl.LOCK_EX)


def sweep() -> None:
    """Remove the folders of test runs that were killed."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            handle = os.open(old / "held", os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(old, ignore_errors=True)
            finally:
                os.close(handle)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test goes by a name of its own: of two with one name, parallel workers run only one, and say nothing."""
    seen: set[str] = set()
    for item in items:
        if item.nodeid in seen:
            raise pytest.UsageError(f"two tests are called {item.nodeid}")
        seen.add(item.nodeid)


def pytest_report_header(config: Any) -> str:
    return f"postgres: {os.environ.get('KUANGDENG_TEST_POSTGRES', 'DATABASE_URL')}, python {sys.version.split()[0]}"


@pytest.fixture(autouse=True, scope="session")
def _empty_the_ledger_too() -> None:
    """Tests that commit are cleaned up by TRUNCATE, which the ledger's triggers refuse; here they are passed by.

    A page that is still being answered when its test ends may hold tables in another order: the database then breaks
    off one of the two, and the cleaning begins again.
    """
    from django.db import OperationalError
    from django.db.backends.postgresql.operations import DatabaseOperations

    ordinary, once = DatabaseOperations.sql_flush, DatabaseOperations.execute_sql_flush

    def flush(self: Any, *args: Any, **kwargs: Any) -> list[str]:
        return ["SET LOCAL session_replication_role = replica;", *ordinary(self, *args, **kwargs)]

    def execute(self: Any, statements: list[str]) -> None:
        for left in (2, 1, 0):
            try:
                return once(self, statements)
            except OperationalError as error:
                if not left or "deadlock" not in str(error):
                    raise
        return None

    DatabaseOperations.sql_flush = flush  # type: ignore[method-assign]
    DatabaseOperations.execute_sql_flush = execute  # type: ignore[assignment, method-assign]


@pytest.fixture(autouse=True)
def _no_connection_is_left() -> Any:
    """Connections beside Django's own would keep the test database from being removed."""
    yield
    from kuangdeng.kernel.prepared import Prepared

    Prepared.close_all()


# --- the browser --------------------------------------------------------------------------------------------------


def chromium() -> str | None:
    """The system's Chromium; downloads of a browser are not needed."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("KUANGDENG_CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Any:
    """One Chromium for all journeys of this worker."""
    from playwright.sync_api import sync_playwright

    program = chromium()
    if program is None:
        pytest.fail(
            "没有 Chromium：请安装（Debian：apt install chromium fonts-noto-cjk），或用 KUANGDENG_CHROMIUM 指定。"
        )
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield running
        running.close()


@pytest.fixture
def page(browser: Any) -> Any:
    """A fresh desktop window, Chinese, in the mine's time; an error in the page's script fails the test."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce"
    )
    one = context.new_page()
    faults: list[str] = []
    one.on("pageerror", lambda error: faults.append(str(error)))
    yield one
    context.close()
    assert not faults, faults


@pytest.fixture
def phone(browser: Any) -> Any:
    """The same on a small phone with touch."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
    )
    one = context.new_page()
    faults: list[str] = []
    one.on("pageerror", lambda error: faults.append(str(error)))
    yield one
    context.close()
    assert not faults, faults
