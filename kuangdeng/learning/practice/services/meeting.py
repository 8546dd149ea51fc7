"""每日一题 before a team, recorded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.items.api import ItemVersion
from kuangdeng.learning.practice import rules, tickets
from kuangdeng.learning.practice.models import PracticeAnswer, PracticeCard, PracticeMeeting
from kuangdeng.learning.practice.queries import day_now, staff_of, terms_of
from kuangdeng.learning.practice.rules import Way
from kuangdeng.learning.practice.services._steps import check, lock_persons, remember
from kuangdeng.ledger.api import Subject, post
from kuangdeng.org.api import Person, Unit, shift_name_at

MOST = 500


@dataclass(frozen=True)
class MeetingData:
    """What was counted: hands (`present`, `right`), or each one by name (`knew`: person → whether he was right)."""

    ticket: str
    id: UUID = field(default_factory=uuid7)
    present: int = 0
    right: int = 0
    knew: Mapping[UUID, bool] = field(default_factory=dict)


@verb
def record_meeting(unit_id: UUID, *, data: MeetingData, by: Person) -> PracticeMeeting:
    """Record the item that a team answered together (班前会每日一题): so many were there, so many knew it.

    By name each of them has answered his item of the day; by hands it counts as a meeting of the team alone, because
    nobody can say whose hand it was. Saved once, however often the button is pressed.

    Refused for another's team, for counts that cannot be, and for the same item a second time that day.
    """
    unit = one_of(Unit.objects.filter(id=unit_id, mine_id=by.mine_id))
    if unit is None:
        raise NotVisible
    check(by, "practice.lead", unit)
    ticket = tickets.read(data.ticket, holder_id=unit.id)
    version = one_of(ItemVersion.objects.select_related("item").filter(id=ticket.version_id, item__mine_id=by.mine_id))
    if version is None:
        raise NotVisible
    lock_persons(data.knew)
    day, now = day_now(by), clock.now()
    known = Q(id=data.id) | Q(unit=unit, day=day, item_id=version.item_id)
    if PracticeMeeting.objects.filter(known).exists():
        raise Refused(_("这道题今天在这个班组已经记过了。"), code="again")
    present, right = _counts(data)
    span = shift_name_at(by.mine, unit, now)
    made = PracticeMeeting.objects.create(
        id=data.id, mine_id=by.mine_id, unit=unit, day=day, shift_name=span.name if span else "", item_id=version.item_id,
        version=version, present=present, right=right, by_name=bool(data.knew), led_by=by, at=now,
    )  # fmt: skip
    answered = _by_name(made, data.knew, by) if data.knew else 0
    post(
        "practice.record_meeting", Subject("practice_meeting", made.id, f"{unit.name} {day:%m-%d}"), mine_id=by.mine_id,
        by=by, unit=unit, quantity=present, payload={"present": present, "right": right, "named": answered},
    )  # fmt: skip
    return made


def _counts(data: MeetingData) -> tuple[int, int]:
    present = len(data.knew) if data.knew else data.present
    right = sum(data.knew.values()) if data.knew else data.right
    if not 1 <= present <= MOST:
        raise Refused(_("请填写到会人数，或者勾上到会的人。"), field="present")
    if not 0 <= right <= present:
        raise Refused(_("答对的人数不能比到会的多。"), field="right")
    return present, right


def _by_name(meeting: PracticeMeeting, knew: Mapping[UUID, bool], by: Person) -> int:
    """An answer for each who was there and has not answered this item today. Refused for somebody of another unit."""
    staff = {one.id: one for one in staff_of(meeting.unit)}
    if not set(knew) <= set(staff):
        raise Refused(_("有人不在这个班组了。请刷新页面后重新勾选。"), field="knew")
    day, item_id, terms = meeting.day, meeting.item_id, terms_of(by)
    there = PracticeAnswer.objects.filter(person_id__in=list(knew), item_id=item_id, day=day)
    done = set(there.values_list("person_id", flat=True))
    begun = PracticeAnswer.objects.filter(person_id__in=list(knew), for_day=day, first=True)
    firsts = set(begun.values_list("person_id", flat=True))
    cards = {one.person_id: one for one in PracticeCard.objects.filter(person_id__in=list(knew), item_id=item_id)}
    answers = []
    for person_id in sorted(set(knew) - done):
        person, right = staff[person_id], knew[person_id]
        card = cards.setdefault(
            person_id, PracticeCard(mine_id=meeting.mine_id, person=person, item_id=item_id, due_on=day)
        )
        made = PracticeAnswer(
            mine_id=meeting.mine_id, person=person, unit_id=person.unit_id, item_id=item_id, version=meeting.version,
            meeting=meeting, for_day=day, day=day, way=Way.MEETING, right=right, first=person_id not in firsts,
            rating=rules.rate(right=right, seconds=None, changed=False, terms=terms), occurred_at=meeting.at,
            received_at=meeting.at,
        )  # fmt: skip
        remember(card, person, made, terms)
        answers.append(made)
    fresh = [cards[one.person_id] for one in answers if cards[one.person_id].pk is None]
    old = [cards[one.person_id] for one in answers if cards[one.person_id].pk is not None]
    PracticeCard.objects.bulk_create(fresh)
    PracticeCard.objects.bulk_update(
        old, ["stability", "difficulty", "last_at", "due_on", "times", "wrong", "streak", "in_book"]
    )
    PracticeAnswer.objects.bulk_create(answers)
    return len(answers)
