"""Our own source as trees, for the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import kuangdeng

ROOT = Path(kuangdeng.__file__).parent


def files(*, tests: bool = False) -> Iterator[Path]:
    """Every Python file of the package; with `tests` also what only tests use."""
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).parts
        aside = {"tests", "testkit", "testkit.py", "conftest.py", "migrations"} & set(parts)
        if tests or not aside:
            yield path


def name(path: Path) -> str:
    """How a failing test names a file."""
    return str(path.relative_to(ROOT.parent))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute chain, as far as it is one."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""
