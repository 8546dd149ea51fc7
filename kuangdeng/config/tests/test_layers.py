"""What imports cannot show: tables that point upwards, views that write, clocks of their own."""

import ast
from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db.models import Field, Model

from kuangdeng.config.layers import LAYERS, may_lean_on, rank
from kuangdeng.config.tests.source import ROOT, dotted, files, name, tree

MINE = [model for model in apps.get_models(include_auto_created=True) if rank(model.__module__) is not None]


def _pointers(model: type[Model]) -> Iterator[tuple[Field, type[Model]]]:
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        if field.is_relation and isinstance(field.related_model, type):
            yield field, field.related_model


def test_every_package_has_its_layer() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == {one for packages in LAYERS for one in packages}, (
        "a new package needs its place in kuangdeng/config/layers.py"
    )


def test_foreign_keys_point_downwards() -> None:
    upwards = [
        f"{model._meta.label}.{field.name} → {target._meta.label}"
        for model in MINE
        for field, target in _pointers(model)
        if not may_lean_on(model.__module__, target.__module__)
    ]
    assert upwards == []


def test_no_table_leans_on_the_framework_users() -> None:
    """auth.Permission and Group are not how this system says who may what."""
    leaning = [
        f"{model._meta.label}.{field.name}"
        for model in MINE
        for field, target in _pointers(model)
        if target._meta.app_label == "auth"
    ]
    assert leaning == []


# Views --------------------------------------------------------------------------------------------------------------


def _views() -> list[Path]:
    parts = [path for path in files() if "views" in path.relative_to(ROOT).parts or path.stem.endswith("views")]
    return [path for path in parts if "styleguide" not in path.parts]


def _view_faults(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            yield f"{name(path)}:{line} .{node.attr}: ask queries"
        if isinstance(node, ast.Call) and dotted(node.func).endswith(".save") and ".session." not in dotted(node.func):
            yield f"{name(path)}:{line} .save(): call a verb"
        if isinstance(node, ast.ImportFrom):
            imported = {alias.name for alias in node.names}
            if node.module == "django.db" and imported & {"transaction", "connection"}:
                yield f"{name(path)}:{line} transactions belong to verbs"
            if "Status" in imported:
                yield f"{name(path)}:{line} a view names no state"


def test_views_are_thin() -> None:
    assert [fault for path in _views() for fault in _view_faults(path)] == []


# Clock --------------------------------------------------------------------------------------------------------------

CLOCKS = {
    "timezone.now",
    "timezone.localtime",
    "timezone.localdate",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "date.today",
    "datetime.date.today",
    "time.time",
}
OWN_CLOCK = {
    "kuangdeng/kernel/clock.py": "the one clock",
    "kuangdeng/config/checkup.py": "the doctor examines this machine's own clock",
}


def test_nobody_has_a_clock_of_his_own() -> None:
    """Deadlines decide over people: a clock that no test can set is a fault. `timezone.localtime(x)` converts only."""
    found = []
    for path in files():
        if name(path) in OWN_CLOCK:
            continue
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Call) or dotted(node.func) not in CLOCKS:
                continue
            converts = dotted(node.func) in {"timezone.localtime", "timezone.localdate"} and node.args
            if not converts:
                found.append(f"{name(path)}:{node.lineno} {dotted(node.func)}()")
    assert found == []


# Effects ------------------------------------------------------------------------------------------------------------


def test_no_signals_and_no_logic_in_save() -> None:
    found = []
    for path in files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and node.module == "django.dispatch":
                found.append(f"{name(path)}:{node.lineno} defines or receives a signal")
            if isinstance(node, ast.FunctionDef) and node.name == "save" and "models" in name(path):
                found.append(f"{name(path)}:{node.lineno} logic in save()")
    assert found == []
