"""What the verbs of the daily item share: locks, what an answer does to a card."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.practice import rules
from kuangdeng.learning.practice.models import ExamMistake, PracticeAnswer, PracticeCard
from kuangdeng.learning.practice.queries import zone_of
from kuangdeng.learning.practice.rules import Terms
from kuangdeng.ledger.api import Subject
from kuangdeng.org.api import Person, Unit, has_power, may


def check(by: Person, power: str, unit: Unit | None = None) -> None:
    """Refused for who has not this power, for this unit if one is given."""
    if not (may(by, power, unit) if unit else has_power(by, power)):
        raise Refused(
            _("您没有权限「%(power)s」。请联系培训部门。") % {"power": rules.POWER_LABELS[power]}, code="not_allowed"
        )


def of_person(person: Person) -> Subject:
    """A person as the subject of a ledger line."""
    return Subject("person", person.id, f"{person.name}（{person.number}）")


def lock_persons(ids: Iterable[UUID]) -> None:
    """One person's answers go one after the other, from whichever device; in the order of ids, so that a meeting and
    a phone never wait for each other in a circle."""
    rows = Person.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id")
    list(rows.values_list("id", flat=True))


def cards_of(person: Person, item_ids: Collection[UUID]) -> dict[UUID, PracticeCard]:
    """The cards of a person for these items; his row is locked, so nobody else makes one now."""
    return {one.item_id: one for one in PracticeCard.objects.filter(person=person, item_id__in=item_ids)}


def remember(card: PracticeCard, person: Person, made: PracticeAnswer, terms: Terms) -> None:
    """Let the answer into the card, and note on the answer how long the gap was and what had been predicted.

    An answer that happened before the card's last one came late: the card is reckoned anew from all of them.
    """
    before, zone, at = card.memory, zone_of(person), made.occurred_at
    if before.last_at is not None and at < before.last_at:
        card.keep(rules.replay([*_events(card), rules.Event(at, made.rating)], terms, zone))
        return
    if before.last_at is not None:
        made.gap_days = (made.day - before.last_at.astimezone(zone).date()).days
    made.recall = rules.recall(before, at, terms)
    card.keep(rules.review(before, made.rating, at, terms, zone))


def _events(card: PracticeCard) -> list[rules.Event]:
    answers = PracticeAnswer.objects.filter(person_id=card.person_id, item_id=card.item_id)
    exams = ExamMistake.objects.filter(person_id=card.person_id, item_id=card.item_id)
    found = [rules.Event(at, rating) for at, rating in answers.values_list("occurred_at", "rating")]
    return found + [rules.Event(at, None) for at in exams.values_list("at", flat=True)]


def between(at: datetime | None, earliest: datetime, latest: datetime) -> datetime:
    """The instant that a device says, held between what is possible: handed out before, received after."""
    return min(max(at or latest, earliest), latest)
