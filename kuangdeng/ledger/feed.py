"""The feed: sealed entries in the order of their seals, read by readers that each remember how far they came.

A batch and the reader's new place are one transaction, so after a crash an entry is read again or not at all, never
half. An advisory lock per reader and mine keeps a second worker out. An entry that a reader cannot take is put aside
and tried again later, while the feed goes on: one odd entry must not keep the whole mine from its notices.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from kuangdeng.kernel.clock import now
from kuangdeng.ledger.models import Cursor, Entry, FeedProblem, Seal

log = logging.getLogger(__name__)
BATCH = 500
MOST_TRIES = 6


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the feed. `take` handles one entry; what it writes is kept or undone with that entry.

    `concerns` may look at a whole batch first and say which entries need `take` at all.
    """

    name: str
    take: Callable[[Entry], None]
    concerns: Callable[[list[Entry]], set[UUID]] | None = None


def read(reader: Reader, *, batch: int = BATCH) -> int:
    """Let a reader take what is new, in every mine; returns how many entries it went past."""
    taken = _retry(reader)
    for mine_id in _behind(reader.name):
        while got := _batch(reader, mine_id, batch):
            taken += got
    return taken


def lag(name: str) -> int:
    """How many sealed entries a reader has not read yet, over all mines."""
    cursors = dict(Cursor.objects.filter(reader=name).values_list("mine_id", "seq"))
    return sum(seq - cursors.get(mine_id, 0) for mine_id, seq in _heads())


def _heads() -> list[tuple[UUID, int]]:
    """The last seal of each mine. One index step per mine, however long the chains are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE mines AS ("
            " (SELECT mine_id FROM ledger_seal ORDER BY mine_id LIMIT 1)"
            " UNION ALL SELECT (SELECT s.mine_id FROM ledger_seal s WHERE s.mine_id > m.mine_id ORDER BY s.mine_id LIMIT 1)"
            " FROM mines m WHERE m.mine_id IS NOT NULL)"
            " SELECT mine_id, (SELECT max(seq) FROM ledger_seal s WHERE s.mine_id = mines.mine_id) FROM mines"
            " WHERE mine_id IS NOT NULL"
        )
        return list(cursor.fetchall())


def _behind(name: str) -> list[UUID]:
    cursors = dict(Cursor.objects.filter(reader=name).values_list("mine_id", "seq"))
    return [mine_id for mine_id, seq in _heads() if seq > cursors.get(mine_id, 0)]


def _key(reader: str, mine_id: UUID) -> int:
    return int.from_bytes(sha256(f"feed {reader} {mine_id}".encode()).digest()[:8], "big", signed=True)


def _lock(reader: str, mine_id: UUID) -> bool:
    """Whether this transaction may read for `reader` in this mine; False at once when somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_key(reader, mine_id)])
        return bool(cursor.fetchone()[0])


@transaction.atomic
def _batch(reader: Reader, mine_id: UUID, most: int) -> int:
    if not _lock(reader.name, mine_id):
        return 0
    cursor, _ = Cursor.objects.get_or_create(reader=reader.name, mine_id=mine_id)
    seals = list(
        Seal.objects.filter(mine_id=mine_id, seq__gt=cursor.seq).select_related("entry").order_by("seq")[:most]
    )
    if not seals:
        return 0
    entries = [seal.entry for seal in seals]
    wanted = reader.concerns(entries) if reader.concerns else {entry.id for entry in entries}
    for entry in entries:
        if entry.id in wanted:
            _take(reader, entry)
    cursor.seq = seals[-1].seq
    cursor.save(update_fields=["seq"])
    return len(seals)


def _take(reader: Reader, entry: Entry, problem: FeedProblem | None = None) -> bool:
    """Hand one entry to the reader; when it fails, undo its work and put the entry aside."""
    try:
        with transaction.atomic():
            reader.take(entry)
        return True
    except Exception as error:
        if _lost():
            raise
        log.exception("reader %s could not take entry %s (%s)", reader.name, entry.id, entry.verb)
        _put_aside(reader.name, entry, f"{type(error).__name__}: {error}", problem)
        return False


def _lost() -> bool:
    """Whether the database itself went away, which is nobody's fault and ends the batch."""
    return connection.connection is None or connection.connection.closed


def _put_aside(reader: str, entry: Entry, error: str, problem: FeedProblem | None) -> None:
    tries = problem.tries + 1 if problem else 1
    given_up = now() if tries >= MOST_TRIES else None
    FeedProblem.objects.update_or_create(
        reader=reader,
        entry=entry,
        defaults={
            "mine_id": entry.mine_id,
            "tries": tries,
            "error": error[:2000],
            "next_try_at": now() + timedelta(seconds=5 * 4 ** (tries - 1)),
            "given_up_at": given_up,
        },
    )
    if given_up:
        log.error("reader %s gave up entry %s after %s tries", reader, entry.id, tries)


def _retry(reader: Reader) -> int:
    """Try again what was put aside and is due: after 5 seconds, 20, 80 … up to `MOST_TRIES` times."""
    due = FeedProblem.objects.filter(reader=reader.name, given_up_at=None, next_try_at__lte=now()).order_by("entry_id")
    taken = 0
    for problem_id, mine_id in list(due.values_list("id", "mine_id")[:BATCH]):
        with transaction.atomic():
            if not _lock(reader.name, mine_id):
                continue
            problem = due.filter(id=problem_id).select_related("entry").first()
            if problem and _take(reader, problem.entry, problem):
                problem.delete()
                taken += 1
    return taken


def later_entries(entry: Entry, reader: str) -> Iterator[Entry]:
    """Entries about the same thing that the reader has already gone past; for one that was put aside and comes late."""
    at = Seal.objects.filter(entry=entry).values_list("seq", flat=True).first()
    came = Cursor.objects.filter(reader=reader, mine_id=entry.mine_id).aggregate(seq=Max("seq"))["seq"]
    if at is None or came is None or came <= at:
        return
    yield from Entry.objects.filter(
        mine_id=entry.mine_id, subject_kind=entry.subject_kind, subject_id=entry.subject_id,
        seal__seq__gt=at, seal__seq__lte=came,
    ).order_by("seal__seq")  # fmt: skip
