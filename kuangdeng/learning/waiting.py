"""What learning asks of a person, for the home page: every part adds its rows, one statement reads them all.

A part's `waiting_rows(person)` gives unordered values: kind, id as text, whom it is about, title, when, a number.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.campaigns import api as campaigns
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.study import api as study
from kuangdeng.org.api import Person

PARTS = (exams.waiting_rows, attendance.waiting_rows, study.waiting_rows, campaigns.waiting_rows)
MOST = 50


@dataclass(frozen=True)
class Waiting:
    """One thing that waits. `id` is that of the sheet, the session or the campaign; `number` what the part counts."""

    kind: str
    id: UUID
    who: str
    title: str
    at: datetime | None
    number: int


def waiting_for(person: Person) -> list[Waiting]:
    """What waits for this person in all parts that add rows. One statement."""
    first, *others = (rows for part in PARTS for rows in part(person))
    found = first.union(*others, all=True)[:MOST]
    return [Waiting(kind, UUID(key), who, title, at, number) for kind, key, who, title, at, number in found]
