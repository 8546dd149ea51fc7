"""Mistakes from exams on their way into the mistake book.

A source of mistakes is a function `(person, after) -> Iterable[MistakeFound]`: what this person got wrong in exams
whose results are out, that became known after `after` (None: ever). Exams register theirs with `declare_source`. It is
asked when the person opens his practice; what came in is known by its `source_key` and does not come in twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kuangdeng.org.api import Person


@dataclass(frozen=True)
class MistakeFound:
    """One wrong answer in one exam. `source_key` names it for ever (exam, sitting, item); `at` is when it was known."""

    source_key: str
    version_id: UUID
    at: datetime
    title: str = ""
    answer: dict[str, Any] = field(default_factory=dict)


Source = Callable[[Person, datetime | None], Iterable[MistakeFound]]
SOURCES: list[Source] = []


def declare_source(source: Source) -> None:
    """Add a source of mistakes, once."""
    if source not in SOURCES:
        SOURCES.append(source)


def mistakes_from_exams(person: Person, after: datetime | None) -> list[MistakeFound]:
    """What exams know of this person's mistakes after an instant, the oldest first."""
    found = [one for source in SOURCES for one in source(person, after)]
    return sorted(found, key=lambda one: one.at)
