"""错题本 of one person: what he got wrong in practice and in exams and does not know yet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.learning.items.api import ItemVersion, picture_of
from kuangdeng.learning.practice.models import ExamMistake, PracticeAnswer, PracticeCard
from kuangdeng.learning.practice.queries.queue import pool_of
from kuangdeng.org.api import Person

PER_PAGE = 20


@dataclass
class WrongAnswer:
    """One wrong answer: when, where, what."""

    at: datetime
    version: ItemVersion
    answer: dict[str, Any]
    title: str = ""


@dataclass
class Mistake:
    """One item of the book with its last wrong answers."""

    card: PracticeCard
    answers: list[WrongAnswer] = field(default_factory=list)

    @property
    def version(self) -> ItemVersion:
        """The version that is asked now, or the one he got wrong when it is not asked any more."""
        current = self.card.item.current
        return current or (self.answers[0].version if self.answers else self.card.item.latest)


def book(person: Person) -> QuerySet[PracticeCard]:
    """The cards in his mistake book, the most often wrong first."""
    rows = PracticeCard.objects.filter(person=person, in_book=True)
    return rows.select_related("item__current", "item__latest").order_by("-wrong", "due_on", "id")


def book_size(person: Person) -> int:
    """How many items are in it."""
    return PracticeCard.objects.filter(person=person, in_book=True).count()


def page_of_book(person: Person, number: str | None) -> Page[PracticeCard]:
    """One page of the book."""
    return Paginator(book(person), PER_PAGE).get_page(number)


def wrong_answers(person: Person, cards: Iterable[PracticeCard]) -> list[Mistake]:
    """The cards with the last three wrong answers to each, from practice and from exams."""
    found = [Mistake(card) for card in cards]
    ids = [one.card.item_id for one in found]
    lists: dict[UUID, list[WrongAnswer]] = defaultdict(list)
    mine = PracticeAnswer.objects.filter(person=person, item_id__in=ids, right=False).select_related("version")
    for one in mine:
        lists[one.item_id].append(WrongAnswer(one.occurred_at, one.version, one.answer))
    for miss in ExamMistake.objects.filter(person=person, item_id__in=ids).select_related("version"):
        lists[miss.item_id].append(WrongAnswer(miss.at, miss.version, miss.answer, miss.title))
    for line in found:
        line.answers = sorted(lists[line.card.item_id], key=lambda wrong: wrong.at, reverse=True)[:3]
    return found


def get_picture(version_id: UUID, sha256: str, *, by: Person) -> str:
    """A picture of an item that this person may be asked or was asked: the name of its file. NotVisible otherwise."""
    found = picture_of(by.mine_id, version_id, sha256)
    if found is None:
        raise NotVisible
    item_id = found.version.item_id
    asked = item_id in pool_of(by).every or PracticeCard.objects.filter(person=by, item_id=item_id).exists()
    if not asked:
        raise NotVisible
    return str(found.file_id)
