"""New mistakes from exams, taken in when their owner opens his practice: lazily, a person at a time."""

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.practice.intake import mistakes_from_exams
from kuangdeng.learning.practice.queries import taken_until
from kuangdeng.learning.practice.services import take_in_mistakes
from kuangdeng.org.api import Person


def take_in_new(person: Person) -> int:
    """How many mistakes came into the book of this person now."""
    found = mistakes_from_exams(person, taken_until(person))
    try:
        return take_in_mistakes(person=person, found=found) if found else 0
    except Refused:
        return 0
