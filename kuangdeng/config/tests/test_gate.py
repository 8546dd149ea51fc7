"""The gate itself: format, lint, types and contracts are tests like any other, so that one line counts them all."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
PACKAGE = ROOT / "kuangdeng"

pytestmark = pytest.mark.gate


def run(*command: str) -> None:
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "160"}
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-8000:]}\n{done.stderr[-2000:]}"


def test_format() -> None:
    run("ruff", "format", "--check", "--diff", ".")


def test_lint() -> None:
    run("ruff", "check", "--output-format", "concise", ".")


def test_types() -> None:
    run("mypy")


def test_contracts() -> None:
    run("lint-imports", "--no-cache", "--config", "pyproject.toml")


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=3)


def test_rules_are_pure() -> None:
    """No ORM, no request, no settings in rules: what decides can be read and tested by itself."""
    allowed = {"django.utils.translation", "django.utils.text"}
    faults = []
    for path in [*PACKAGE.glob("*/rules.py"), *PACKAGE.glob("*/rules/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            faults += [
                f"{path.relative_to(ROOT)}:{node.lineno} {name}"
                for name in names
                if name.split(".")[0] == "django" and name not in allowed and not _for_choices(node)
            ]
    assert not faults, faults


def _for_choices(node: ast.AST) -> bool:
    """`TextChoices` is an enum that Django happens to keep in its models package."""
    return isinstance(node, ast.ImportFrom) and {one.name for one in node.names} <= {"TextChoices", "IntegerChoices"}


def test_locks_hold_no_address_and_only_hashed_lines() -> None:
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-node.lock"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        entries = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
        assert entries
        assert all("==" in line for line in entries), name
        assert text.count("--hash=sha256:") >= len(entries), name


def test_locks_agree() -> None:
    """What runs in the mine is what was tested."""

    def pins(name: str) -> set[str]:
        lines = (ROOT / name).read_text().splitlines()
        return {line.rstrip(" \\") for line in lines if line and not line.startswith(("#", " "))}

    assert pins("requirements.lock") <= pins("requirements-dev.lock")


def test_front_end_lock_holds_no_address() -> None:
    lock = ROOT / "frontend" / "package-lock.json"
    assert '"resolved"' not in lock.read_text()
