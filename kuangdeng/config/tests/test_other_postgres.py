"""The core of the tests once more on the system's PostgreSQL: a mine may run on either."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kuangdeng.kernel.postgres import embedded_binaries, system_binaries

ROOT = Path(__file__).resolve().parents[3]
# What leans on the database most: triggers, locks, constraints, search, migrations.
CORE = ["kuangdeng/ledger/tests", "kuangdeng/hazards/tests/test_loop.py", "kuangdeng/kernel/tests/test_search.py"]


@pytest.mark.breakage
def test_core_on_the_systems_postgresql() -> None:
    here = int(os.environ.get("KUANGDENG_TEST_POSTGRES", "0"))
    others = [one for one in [*system_binaries(), embedded_binaries()] if one and one.major != here]
    if not others:
        pytest.skip("only one PostgreSQL is installed")
    dropped = ("PYTEST_", "KUANGDENG_", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment["KUANGDENG_PG"] = str(others[0].folder)
    paths = [path for path in CORE if (ROOT / path).exists()]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-m",
        "not gate",
        *paths,
    ]
    command = [*command, "-o", "addopts=-p kuangdeng.config.testing"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert f"postgres: {others[0].major}" in done.stdout or " passed" in done.stdout
