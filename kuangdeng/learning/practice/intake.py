"""Mistakes from exams on their way into the mistake book.

A source of mistakes is a function `(person, after) -> Iterable[MistakeFound]`: what this person got wrong in exams
whose results are out, that became known after `after` (None: ever). The exams are one; others register theirs with
`declare_source`. They are asked when the person opens his practice; what came in is known by its `source_key` and does not come in twice.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from kuangdeng.learning.exams import api as exams
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


def of_exams(person: Person, after: datetime | None) -> Iterable[MistakeFound]:
    """What the exams know."""
    for one in exams.mistakes_of(person, after):
        key = f"exam:{one.sitting_id}:{one.line}"
        yield MistakeFound(key, one.version_id, one.known_at, one.exam, one.answer)


SOURCES: list[Source] = [of_exams]


def declare_source(source: Source) -> None:
    """Add a source of mistakes, once."""
    if source not in SOURCES:
        SOURCES.append(source)


def mistakes_from_exams(person: Person, after: datetime | None) -> list[MistakeFound]:
    """What exams know of this person's mistakes after an instant, the oldest first."""
    found = [one for source in SOURCES for one in source(person, after)]
    return sorted(found, key=lambda one: one.at)
