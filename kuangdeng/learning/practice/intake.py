"""Mistakes from exams on their way into the mistake book: what came in is known by its `source_key` and does not come
in twice."""

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


def mistakes_from_exams(person: Person, after: datetime | None) -> list[MistakeFound]:
    """What this person got wrong in exams whose results became known after an instant (None: ever), the oldest first."""
    found = [
        MistakeFound(f"exam:{one.sitting_id}:{one.line}", one.version_id, one.known_at, one.exam, one.answer)
        for one in exams.mistakes_of(person, after)
    ]
    return sorted(found, key=lambda one: one.at)
