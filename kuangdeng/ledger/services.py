"""Writing the ledger, which every verb does inside its own transaction; and what a person notes for himself.

Reading a notice and choosing one's own topics are personal preferences, no facts of the mine: they leave no entry.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.language import in_chinese
from kuangdeng.ledger.models import Delivery, Entry, FeedProblem, Habit, Notice, Subscription
from kuangdeng.ledger.plans import INBOX
from kuangdeng.ledger.routes import TOPICS
from kuangdeng.ledger.rules import PACE_LABELS, PERSONAL, Pace


class HasName(Protocol):
    """Whoever or whatever stands in an entry: the ledger keeps its id and the name that it has that day."""

    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Named:
    """The same for what is called otherwise there: a place by its full name."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Subject:
    """What an entry is about."""

    kind: str
    id: UUID | str
    label: object


def post(
    verb: str,
    subject: Subject,
    *,
    mine_id: UUID,
    by: HasName | None,
    unit: HasName | None = None,
    place: HasName | None = None,
    occurred_at: datetime | None = None,
    quantity: Decimal | int = 1,
    payload: Mapping[str, object] | None = None,
    source_key: str | None = None,
    reverses: Entry | None = None,
) -> Entry:
    """Write one line into the ledger, inside the verb's transaction.

    `by` is None for what the system does by itself (an overdue ladder step), and for anonymous reports: the ledger
    must not become the place where an anonymous reporter can be found. Raises IntegrityError when `source_key` is
    there already: the caller looked first, so a second one is a race, and the whole verb is rolled back.
    """
    at = now()
    with in_chinese():
        label = str(subject.label)
    return Entry.objects.create(
        mine_id=mine_id,
        by_id=by.id if by else None,
        by_name=by.name if by else "",
        verb=verb,
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        subject_label=label[:200],
        unit_id=unit.id if unit else None,
        unit_name=unit.name if unit else "",
        place_id=place.id if place else None,
        place_name=place.name[:300] if place else "",
        occurred_at=occurred_at or at,
        received_at=at,
        quantity=quantity,
        payload=dict(payload or {}),
        source_key=source_key,
        reverses=reverses,
    )


def only_told(payload: Mapping[str, object] | None) -> dict[str, object]:
    """The facts of a line without those that say nothing: a reason that nobody gave is no fact."""
    return {key: value for key, value in (payload or {}).items() if value not in (None, "", [], {})}


def enter(
    verb: str, subject: Subject, mine_id: UUID, by: HasName | None, payload: Mapping[str, object], *,
    unit: HasName | None = None, quantity: int = 1,
) -> Entry:  # fmt: skip
    """Write one line with the facts that say something; `unit` for whom it counts, when it is about one."""
    return post(verb, subject, mine_id=mine_id, by=by, unit=unit, payload=only_told(payload), quantity=quantity)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of many that are written together; the same as the arguments of `post`."""

    verb: str
    subject: Subject
    payload: Mapping[str, object]
    source_key: str
    unit: HasName | None = None
    place: HasName | None = None
    occurred_at: datetime | None = None


COPIED = (
    "id", "mine_id", "by_id", "by_name", "verb", "subject_kind", "subject_id", "subject_label", "unit_id", "unit_name",
    "place_id", "place_name", "occurred_at", "received_at", "quantity", "payload", "source_key", "digest",
)  # fmt: skip


def post_many(lines: Iterable[Line], *, mine_id: UUID, by: HasName | None) -> int:
    """Write many lines at once, inside the verb's transaction: an old ledger brought in is one line per hazard.

    The same rules as `post`; the database computes every digest and queues every line for its seal as it always
    does. Raises IntegrityError when a source key is there already.
    """
    at, count = now(), 0
    who = (by.id, by.name) if by else (None, "")
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY ledger_entry ({', '.join(COPIED)}) FROM STDIN") as copy,
    ):
        for line in lines:
            unit, place, subject = line.unit, line.place, line.subject
            copy.write_row((
                uuid7(), mine_id, *who, line.verb, subject.kind, str(subject.id), str(subject.label)[:200].replace("\x00", ""),
                unit.id if unit else None, unit.name if unit else "", place.id if place else None,
                place.name[:300] if place else "", line.occurred_at or at, at, 1,
                json.dumps(line.payload, ensure_ascii=False, default=str), line.source_key, b"",
            ))  # fmt: skip
            count += 1
    return count


def known_keys(source_keys: Iterable[str]) -> set[str]:
    """Which of these source keys the ledger has already: what was written before a crash is not written again."""
    wanted = list(source_keys)
    found = Entry.objects.filter(source_key__in=wanted).values_list("source_key", flat=True) if wanted else []
    return {key for key in found if key is not None}


def open_notice(notice_id: UUID, *, person_id: UUID) -> Notice:
    """Open a notice: it is read from now on. NotVisible when it is somebody else's."""
    notice = Notice.objects.filter(id=notice_id, person_id=person_id).first()
    if notice is None:
        raise NotVisible
    Notice.objects.filter(id=notice_id, read_at=None).update(read_at=now())
    return notice


def mark_read(*, person_id: UUID, notice_ids: Iterable[UUID] | None = None) -> int:
    """Mark one's notices as read, these or all; returns how many were new. Tasks stay tasks until they are done."""
    mine = Notice.objects.filter(person_id=person_id, read_at=None)
    if notice_ids is not None:
        mine = mine.filter(id__in=list(notice_ids))
    return mine.update(read_at=now())


Choices = Mapping[tuple[str, str], bool | str | None]
"""By topic and channel: wanted or not, or at which pace; None: what holds for the role."""


def mark_read_by_link(notice_id: UUID) -> int:
    """Mark a notice as read because its person opened the link of a message; the link said which one it is."""
    return Notice.objects.filter(id=notice_id, read_at=None).update(read_at=now())


@transaction.atomic
def choose_habit(
    *,
    mine_id: UUID,
    person_id: UUID | None,
    quiet_from: time | None,
    quiet_until: time | None,
    daily_at: time,
) -> Habit:
    """Say when one does not want to be disturbed (免打扰), and at which hour the digest of the day comes.

    Without a person it is what holds for everybody who said nothing; that is a verb's business, which checks who may.
    Refused when only one of the two hours is given, or both are the same.
    """
    if (quiet_from is None) != (quiet_until is None):
        raise Refused(_("免打扰的开始和结束要么都填，要么都不填。"), field="quiet_until")
    if quiet_from is not None and quiet_from == quiet_until:
        raise Refused(_("免打扰的开始和结束不能是同一时刻。"), field="quiet_until")
    row, _made = Habit.objects.update_or_create(
        mine_id=mine_id,
        person_id=person_id,
        defaults={"quiet_from": quiet_from, "quiet_until": quiet_until, "daily_at": daily_at},
    )
    return row


def forget_habit(*, mine_id: UUID, person_id: UUID) -> None:
    """Go back to the mine's quiet hours and the mine's hour of the digest."""
    Habit.objects.filter(mine_id=mine_id, person_id=person_id).delete()


@transaction.atomic
def choose_topics(*, mine_id: UUID, person_id: UUID, choices: Choices) -> None:
    """Say for oneself which topics one wants over which channel; None goes back to what holds for the role.

    Refused for a topic that does not exist.
    """
    _choose(mine_id, choices, person_id=person_id)


def choose_topics_for_role(*, mine_id: UUID, role: str, choices: Choices) -> None:
    """Say for a role which topics it gets; part of a verb above, which checks who may and writes the entry."""
    _choose(mine_id, choices, role=role)


def _choose(mine_id: UUID, choices: Choices, *, role: str = "", person_id: UUID | None = None) -> None:
    for (topic, channel), wanted in choices.items():
        if topic not in TOPICS or channel not in CHANNELS:
            raise Refused(_("没有这个通知类别。请刷新页面后重新选择。"))
        key: dict[str, Any] = {
            "mine_id": mine_id, "role": role, "person_id": person_id, "topic": topic, "channel": channel
        }  # fmt: skip
        if wanted is None:
            Subscription.objects.filter(**key).delete()
            continue
        pace = wanted if isinstance(wanted, str) else Pace.NOW if wanted else Pace.NONE
        if pace not in PACE_LABELS:
            raise Refused(_("没有这种发送方式。请刷新页面后重新选择。"))
        values = {"wanted": pace != Pace.NONE, "pace": pace}
        Subscription.objects.update_or_create(**key, defaults=values)


def send_again(delivery_id: UUID, *, mine_id: UUID) -> Delivery:
    """Put a message that was given up back into the queue; part of a verb above, which checks who may.

    Refused when it is not given up, and when its channel is switched off.
    """
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .select_related("notice", "via")
        .filter(id=delivery_id, mine_id=mine_id)
        .first()
    )
    if delivery is None:
        raise NotVisible
    if delivery.state != Delivery.State.DEAD:
        raise Refused(_("这条消息不在已放弃的清单里，可能已经重发。请刷新页面。"), code="wrong_state")
    if delivery.via is not None and not delivery.via.is_on:
        raise Refused(_("通道“%s”已停用。请先启用，再重发。") % delivery.via.name, code="wrong_state")
    delivery.state, delivery.tries, delivery.dead_at, delivery.next_try_at = Delivery.State.WAITING, 0, None, now()
    delivery.held, delivery.made_at = False, now()
    delivery.save(update_fields=["state", "tries", "dead_at", "next_try_at", "held", "made_at"])
    return delivery


def take_again(problem_id: int, *, mine_id: UUID) -> FeedProblem:
    """Let a reader of the feed try an entry again that it gave up; part of a verb above, which checks who may.

    Refused when it is not given up: then it is tried again by itself.
    """
    problem = (
        FeedProblem.objects.select_for_update(of=("self",))
        .select_related("entry")
        .filter(id=problem_id, mine_id=mine_id)
        .first()
    )
    if problem is None:
        raise NotVisible
    if problem.given_up_at is None:
        raise Refused(_("这条还没有放弃，系统会自动再试。请过几分钟刷新页面。"), code="wrong_state")
    problem.tries, problem.given_up_at, problem.next_try_at = 0, None, now()
    problem.save(update_fields=["tries", "given_up_at", "next_try_at"])
    return problem


def drop_waiting(channel_id: UUID) -> int:
    """What still waits for a channel goes nowhere when it is switched off; part of a verb above."""
    waiting = Delivery.objects.filter(via_id=channel_id, state=Delivery.State.WAITING)
    return waiting.update(state=Delivery.State.DROPPED, error=SWITCHED_OFF)


SWITCHED_OFF = "通道已停用，没有发出。"
CHANNELS = (INBOX, *PERSONAL)
PREFERENCES = (open_notice, mark_read, mark_read_by_link, choose_topics, choose_habit, forget_habit)
"""Left out by the ledger walk: what a person notes for himself."""
STEPS = (post, post_many, enter, only_told, known_keys, choose_topics_for_role, send_again, take_again, drop_waiting)
"""Left out by the ledger walk: parts of verbs of the contexts above, which write the entry."""
