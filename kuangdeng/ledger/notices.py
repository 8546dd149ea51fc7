"""The reader that turns ledger lines into notices, and closes what has been done.

A notice is made once per entry and person, whatever is read twice. Its route says who is told; what people and roles
do not want is left out. A task (must_act) is acted when the thing has moved on: he acted on it himself, its state was
left, or a verb that settles its topic was done by somebody else.
"""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from kuangdeng.kernel.clock import now
from kuangdeng.ledger.feed import Reader, later_entries, read
from kuangdeng.ledger.models import Entry, Notice
from kuangdeng.ledger.plans import Choices, queue_for_groups, queue_for_people
from kuangdeng.ledger.routes import ROUTES, SETTLES, TOPICS, Recipient
from kuangdeng.ledger.rules import Pace

NAME = "notices"
FRESH = timedelta(days=7)
"""What reached the ledger longer ago tells nobody any more: after a long standstill, and for an imported past."""
FRESH_FOR_MAIL = timedelta(days=1)


def tell_all() -> int:
    """Make the notices of everything that is new on the ledger; returns how many entries were looked at."""
    return read(READER)


def concerns(entries: list[Entry]) -> set[UUID]:
    """Entries that have a route, or whose subject has an open task; the others cost nothing."""
    subjects = {(entry.subject_kind, entry.subject_id) for entry in entries}
    ids = {subject_id for _, subject_id in subjects}
    waiting = Notice.objects.filter(must_act=True, acted_at=None, subject_id__in=ids)
    tasks = set(waiting.values_list("subject_kind", "subject_id").distinct())
    told = {(entry.subject_kind, entry.subject_id) for entry in entries if entry.verb in ROUTES}
    busy = tasks | told
    return {entry.id for entry in entries if (entry.subject_kind, entry.subject_id) in busy}


def take(entry: Entry) -> None:
    """Close the tasks that this entry did, then tell the people whom its route names."""
    settle(entry)
    found = ROUTES.get(entry.verb)
    if found is None or entry.received_at < now() - FRESH:
        return
    recipients: dict[UUID, Recipient] = {}
    told = list(found(entry))
    for one in told:
        if one.person_id != entry.by_id:
            recipients.setdefault(one.person_id, one)
    made = _notices(entry, _wanted(entry.mine_id, recipients.values()))
    if entry.received_at >= now() - FRESH_FOR_MAIL:
        queue_for_people(entry.mine_id, made, recipients)
        queue_for_groups(entry, told)
    if any(notice.must_act for notice in made):
        for later in later_entries(entry, NAME):
            settle(later)


READER = Reader(NAME, take, concerns)


def settle(entry: Entry) -> int:
    """Mark the open tasks about this entry's subject as acted, as far as the entry did them."""
    waiting = (
        Notice.objects.filter(
            must_act=True, acted_at=None, subject_kind=entry.subject_kind, subject_id=entry.subject_id
        )
        .exclude(entry=entry)
        .select_related("entry")
    )
    done = [notice.id for notice in waiting if _done(notice, entry)]
    return Notice.objects.filter(id__in=done).update(acted_at=entry.received_at) if done else 0


def _done(notice: Notice, entry: Entry) -> bool:
    if entry.by_id is not None and notice.person_id == entry.by_id:
        return True
    if notice.topic in SETTLES.get(entry.verb, ()):
        return True
    before, after = notice.entry.payload.get("status"), entry.payload.get("status")
    return None not in (before, after) and before != after


def _wanted(mine_id: UUID, recipients: Iterable[Recipient]) -> list[Recipient]:
    """Those who want this topic, in the inbox or by mail or SMS where the mine has them; the inbox holds it in any case.

    A person's own choice counts before his role's, then the topic's.
    """
    asked = list(recipients)
    if not asked:
        return []
    choices = Choices(mine_id, asked)
    return [one for one in asked if any(choices.pace(one, channel) != Pace.NONE for channel in choices.channels)]


def _notices(entry: Entry, recipients: list[Recipient]) -> list[Notice]:
    """Put them into the inboxes; who has this entry already is not told twice."""
    if not recipients:
        return []
    there = set(Notice.objects.filter(entry=entry).values_list("person_id", flat=True))
    made = [
        Notice(
            mine_id=entry.mine_id, person_id=one.person_id, entry=entry, subject_kind=entry.subject_kind,
            subject_id=entry.subject_id, topic=one.topic, role=one.role, title=one.title[:200], body=one.body,
            url=one.url, must_act=one.must_act, due_at=one.due_at, urgent=one.urgent or TOPICS[one.topic].urgent,
        )
        for one in recipients
        if one.person_id not in there
    ]  # fmt: skip
    return Notice.objects.bulk_create(made)
