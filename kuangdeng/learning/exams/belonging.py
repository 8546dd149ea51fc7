"""What an exam was arranged for (a training class), told by the part that arranged it: the exams know nothing of it."""

from collections.abc import Callable
from dataclasses import dataclass

from kuangdeng.learning.exams.models import Exam
from kuangdeng.org.api import Person


@dataclass(frozen=True)
class Belonging:
    """A fact on the page of an exam and of who sits it: 培训班, which one, and where this person sees it."""

    label: object
    text: str
    url: str = ""


Teller = Callable[[Exam, Person], Belonging | None]
_TELLERS: list[Teller] = []


def declare_belonging(tell: Teller) -> None:
    """From now the pages of an exam ask this part, too, what the exam belongs to."""
    _TELLERS.append(tell)


def belongings(exam: Exam, by: Person) -> list[Belonging]:
    """What an exam belongs to, as far as it concerns this person."""
    return [found for tell in _TELLERS if (found := tell(exam, by)) is not None]
