"""The rows of a file that can be written, and all that a file would do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from kuangdeng.kernel.tables import Problem, Record
from kuangdeng.org.models import ShiftScheme
from kuangdeng.org.rules import Role

Progress = Callable[[int, int], None]
Changed = list[tuple[str, str, str]]
"""Field, what it was, what it becomes."""

MAX_PROBLEMS = 2000


@dataclass
class Line:
    """One row of the file that can be written: the thing it is about and what changes."""

    record: Record
    id: UUID
    label: str
    is_new: bool
    changed: Changed = field(default_factory=list)


@dataclass
class UnitLine(Line):
    """A unit: where it stands and what it is."""

    name: str = ""
    parent_id: UUID | None = None
    kind: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    branch: str = ""
    scheme: ShiftScheme | None = None
    moved: bool = False
    renamed: bool = False


@dataclass
class PersonLine(Line):
    """A person: facts, where he works, roles to add."""

    values: dict[str, Any] = field(default_factory=dict)
    unit_id: UUID | None = None
    trade: str = ""
    post: str = ""
    moved: bool = False
    valid_from: date | None = None
    roles: list[tuple[Role, UUID | None]] = field(default_factory=list)


@dataclass
class PlaceLine(Line):
    """A place: where in the tree, what kind, whose, and its other spellings."""

    name: str = ""
    parent_id: UUID | None = None
    kind: str = ""
    unit_id: UUID | None = None
    aliases: list[str] = field(default_factory=list)


@dataclass
class UnitRef:
    """A unit as rows refer to it, whether it is there or comes with this file."""

    id: UUID
    name: str
    parent_id: UUID | None
    kind: str


@dataclass
class Plan:
    """All that a file would do, and all that is wrong with it."""

    valid_from: date
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    units: list[UnitLine] = field(default_factory=list)
    persons: list[PersonLine] = field(default_factory=list)
    places: list[PlaceLine] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    sheets: dict[str, str] = field(default_factory=dict)
    unit_names: dict[UUID, str] = field(default_factory=dict)
    rows: int = 0

    def wrong(self, record: Record, key: str, message: object) -> None:
        """Note what is wrong in a row; the row will not be written."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(record.problem(key, message))

    def note(self, record: Record, key: str, message: object) -> None:
        """Note what a person should know; the row will be written."""
        if len(self.notes) < MAX_PROBLEMS:
            self.notes.append(record.problem(key, message))
