"""Migrations in seconds instead of minutes: what a migration adds is worked out together, not one by one.

Django draws the whole set of models anew for every single operation. With some hundred tables that takes longer than
everything that PostgreSQL does: the first start of a mine would wait minutes. Here the operations of one migration that
only add things pass into the state at once, and each table is made in its final shape.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, AlterField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

WITHIN = (AddField, AddIndex, AddConstraint)
"""What is part of a table that is made in the same migration."""


class Together(Operation):
    """Several operations that only add, as one. Only forwards: a table that is there is not taken back."""

    reversible = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """All of them, without drawing the models in between."""
        state.__dict__.pop("apps", None)
        for one in self.operations:
            one.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """New tables with all that belongs to them; then what is added to those that were there."""
        made = {one.name_lower for one in self.operations if isinstance(one, CreateModel)}
        for one in self.operations:
            if isinstance(one, WITHIN) and one.model_name_lower in made:
                continue
            one.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """One line for the command line."""
        return f"{len(self.operations)} operations together"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        """For Django's writer of migrations."""
        return (self.__class__.__name__, [self.operations], {})


def together(operations: Sequence[Operation]) -> list[Operation]:
    """The operations of a migration, those that only add gathered; whatever removes or runs SQL keeps its place."""
    found: list[Operation] = []
    run: list[Operation] = []
    for one in operations:
        if _may_join(one, run):
            run.append(one)
            continue
        found += [Together(run)] if run else []
        run = [one] if _only_adds(one) else []
        found += [] if run else [one]
    return [*found, Together(run)] if run else found


def _only_adds(one: Operation) -> bool:
    return isinstance(one, (CreateModel, *WITHIN, AddTrigger, AlterField))


def _may_join(one: Operation, run: Sequence[Operation]) -> bool:
    """Whether an operation can be worked out with those before it: no field is changed that they have touched."""
    if not _only_adds(one):
        return False
    if not isinstance(one, AlterField):
        return True
    made = {other.name_lower for other in run if isinstance(other, CreateModel)}
    touched = {(other.model_name_lower, other.name_lower) for other in run if isinstance(other, (AddField, AlterField))}
    return one.model_name_lower not in made and (one.model_name_lower, one.name_lower) not in touched
