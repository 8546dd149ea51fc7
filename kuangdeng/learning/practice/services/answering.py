"""Answering an item of the day, and taking mistakes from exams into the book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.api import ItemVersion, clean_answer, mark, policy_of
from kuangdeng.learning.practice import rules, tickets
from kuangdeng.learning.practice.intake import MistakeFound
from kuangdeng.learning.practice.models import ExamMistake, PracticeAnswer, PracticeCard
from kuangdeng.learning.practice.queries import day_now, terms_of, zone_of
from kuangdeng.learning.practice.rules import Way
from kuangdeng.learning.practice.services._steps import (
    between,
    cards_of,
    check,
    lock_persons,
    of_person,
    remember,
)
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person

LONGEST = 3600


@dataclass(frozen=True)
class AnswerData:
    """One answer as it was given. `id` is made where it was given; `clock_offset` is the device's clock ahead of ours."""

    id: UUID
    ticket: str
    answer: Mapping[str, Any]
    seconds: int | None = None
    changed: bool = False
    way: str = Way.PHONE
    captured_at: datetime | None = None
    clock_offset: timedelta | None = None


@dataclass(frozen=True)
class Receipt:
    """What became of it: `new`, or `same` when this item was answered already; then the first answer is what counts."""

    answer: PracticeAnswer
    outcome: str


def _version(version_id: UUID, by: Person) -> ItemVersion:
    found = one_of(ItemVersion.objects.select_related("item").filter(id=version_id, item__mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


@verb
def answer(*, data: AnswerData, by: Person) -> Receipt:
    """Answer an item of the day (答每日一题). What is sent twice is there once, and late ones are taken.

    The moment is the device's, corrected by its measured offset and held between handing out and receiving. Two
    answers to one item on one day are one: the first counts, whoever sends the second.

    Refused for an item that was not handed out to `by`, and without an answer.
    """
    check(by, "practice.answer")
    ticket = tickets.read(data.ticket, holder_id=by.id)
    version = _version(ticket.version_id, by)
    given = clean_answer(version.content, data.answer)
    if not given:
        raise Refused(_("还没有作答。请先选或填上答案。"), field="answer", code="empty_answer")
    received = clock.now()
    said = data.captured_at - (data.clock_offset or timedelta(0)) if data.captured_at else None
    occurred = between(said, ticket.issued_at, received)
    day = day_now(by, occurred)
    lock_persons([by.id])
    known = _known(data.id, version, day, by)
    if known is not None:
        return Receipt(known, "same")
    terms = terms_of(by)
    right = mark(version.content, given, policy_of(by.mine_id)) == 1
    seconds = min(data.seconds, LONGEST) if data.seconds is not None and data.seconds >= 0 else None
    made = PracticeAnswer(
        id=data.id, mine_id=by.mine_id, person=by, unit_id=by.unit_id, item_id=version.item_id, version=version,
        for_day=min(ticket.day, day), day=day, way=data.way, why=ticket.why, answer=given, right=right,
        rating=rules.rate(right=right, seconds=seconds, changed=data.changed, terms=terms), seconds=seconds,
        changed=data.changed, occurred_at=occurred, captured_at=data.captured_at, received_at=received,
    )  # fmt: skip
    _keep(made, by, terms)
    payload = {"right": right, "way": made.way, "day": str(made.for_day), "late": made.for_day != made.day}
    with in_chinese():
        subject = Subject("practice_answer", made.id, _("每日一题 %s") % made.for_day)
    post(
        "practice.answer", subject, mine_id=by.mine_id, by=by, unit=by.unit, occurred_at=occurred,
        payload=payload,
    )  # fmt: skip
    return Receipt(made, "new")


def _known(answer_id: UUID, version: ItemVersion, day: date, by: Person) -> PracticeAnswer | None:
    """The answer that is there already under this id, or to this item on this day. Refused when the id is another's."""
    same = Q(id=answer_id) | Q(person=by, item_id=version.item_id, day=day)
    rows = list(PracticeAnswer.objects.filter(same).select_related("item", "version"))
    under_id = next((one for one in rows if one.id == answer_id), None)
    if under_id is not None and (under_id.person_id != by.id or under_id.item_id != version.item_id):
        raise Refused(
            _("这个编号已经用在另一次作答上，没有收下。请为新的作答生成新的编号。"), field="id", code="id_taken"
        )
    return under_id or next(iter(rows), None)


def _keep(made: PracticeAnswer, by: Person, terms: rules.Terms) -> None:
    """Write the answer and what it does to the card."""
    card = cards_of(by, [made.item_id]).get(made.item_id)
    fresh = card is None
    card = card or PracticeCard(mine_id=by.mine_id, person=by, item_id=made.item_id, due_on=made.day)
    remember(card, by, made, terms)
    made.first = not PracticeAnswer.objects.filter(person=by, for_day=made.for_day, first=True).exists()
    card.save(force_insert=fresh)
    made.save(force_insert=True)


@verb
def take_in_mistakes(*, person: Person, found: Sequence[MistakeFound]) -> int:
    """Take what somebody got wrong in exams into his mistake book (考试错题进错题本); due the same day.

    What came in before is passed over, by its source key. Refused when there is nothing new.
    """
    lock_persons([person.id])
    keys = [one.source_key for one in found]
    there = set(ExamMistake.objects.filter(person=person, source_key__in=keys).values_list("source_key", flat=True))
    versions = {one.id: one for one in ItemVersion.objects.filter(id__in=[one.version_id for one in found])}
    fresh = {one.source_key: one for one in found if one.source_key not in there and one.version_id in versions}
    if not fresh:
        raise Refused(_("没有新的错题。"), code="nothing_new")
    zone, items = zone_of(person), {versions[one.version_id].item_id for one in fresh.values()}
    known = cards_of(person, items)
    for one in sorted(fresh.values(), key=lambda mistake: mistake.at):
        item_id = versions[one.version_id].item_id
        card = known.setdefault(
            item_id, PracticeCard(mine_id=person.mine_id, person=person, item_id=item_id, due_on=clock.today())
        )
        card.keep(rules.missed_in_exam(card.memory, one.at, zone))
    for card in known.values():
        card.save()
    ExamMistake.objects.bulk_create(
        ExamMistake(
            mine_id=person.mine_id, person=person, item_id=versions[one.version_id].item_id, version_id=one.version_id,
            source_key=one.source_key, title=one.title[:120], answer=one.answer, at=one.at, taken_at=clock.now(),
        ) for one in fresh.values()
    )  # fmt: skip
    post(
        "practice.take_in", of_person(person), mine_id=person.mine_id, by=None, unit=person.unit,
        quantity=len(fresh), payload={"mistakes": len(fresh), "titles": sorted({one.title for one in fresh.values()})},
    )  # fmt: skip
    return len(fresh)
