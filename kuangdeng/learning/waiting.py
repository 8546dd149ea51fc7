"""What learning asks of a person, for the home page: every part adds its lines, one statement reads them all."""

from kuangdeng.kernel.gathering import Line, gather
from kuangdeng.learning.attendance import api as attendance
from kuangdeng.learning.bookroom import api as bookroom
from kuangdeng.learning.campaigns import api as campaigns
from kuangdeng.learning.certificates import api as certificates
from kuangdeng.learning.classes import api as classes
from kuangdeng.learning.exams import api as exams
from kuangdeng.learning.items import api as items
from kuangdeng.learning.results import api as results
from kuangdeng.learning.study import api as study
from kuangdeng.learning.talks import api as talks
from kuangdeng.learning.topics import api as topics
from kuangdeng.org.api import Person

PARTS = (
    exams.waiting_rows, attendance.waiting_rows, study.waiting_rows, campaigns.waiting_rows, bookroom.waiting_rows,
    items.waiting_rows, talks.waiting_rows, results.waiting_rows, topics.waiting_rows, classes.waiting_rows,
    certificates.waiting_rows,
)  # fmt: skip
"""A part's `waiting_rows(person)`: its rows that wait for this person."""


def waiting_for(person: Person) -> list[Line]:
    """What waits for this person in all parts. One statement."""
    return gather(rows for part in PARTS for rows in part(person))
