"""Holding ledger, hazards and bulletins against each other; reading what was found and what each figure counts."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kuangdeng.hazards.bulletins.compiling import LOOK_BACK, Moment
from kuangdeng.hazards.bulletins.models import Bulletin, BulletinItem
from kuangdeng.hazards.bulletins.rules import Part
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.reconciliation.models import Finding
from kuangdeng.hazards.reconciliation.rules import (
    DAYS,
    EVERY,
    MOST,
    Day,
    Found,
    Kind,
    Told,
    accounts,
    compared,
)
from kuangdeng.hazards.rules import ENDED, Status
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.heartbeat import last_beat
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import ImportRun, Mine, Person, has_power

CAME = ("hazard.report", "hazard.reopen", "hazard.decide_quarantine")
IMPORTED = "hazard.import"
ENDING = {"hazard.close": "closed", "hazard.merge": "merged", "hazard.void": "voided"}
HOW = {Status.CLOSED: "closed", Status.MERGED: "merged", Status.VOID: "voided"}

APART = """
WITH born AS (
  SELECT subject_id::uuid AS id, payload->>'status' AS status FROM ledger_entry
  WHERE mine_id = %(mine)s AND subject_kind = 'hazard' AND verb = ANY(%(born)s)
    AND (verb <> 'hazard.decide_quarantine' OR split_part(subject_label, ' ', 1) <> payload->>'first')
), done AS (
  SELECT subject_id::uuid AS id, payload->>'status' AS status FROM ledger_entry
  WHERE mine_id = %(mine)s AND subject_kind = 'hazard' AND verb = ANY(%(ending)s)
), told AS MATERIALIZED (
  SELECT born.id, coalesce(done.status, CASE WHEN born.status = ANY(%(ended)s) THEN born.status END) AS ended
  FROM born LEFT JOIN done ON done.id = born.id
), there AS (
  SELECT id, status, CASE WHEN status = ANY(%(ended)s) THEN status END AS ended
  FROM hazards_hazard WHERE mine_id = %(mine)s
)
(SELECT NULL::uuid, 'open', count(*)::text, NULL FROM told WHERE ended IS NULL)
UNION ALL
(SELECT coalesce(told.id, there.id),
        CASE WHEN there.id IS NULL THEN 'lost' WHEN told.id IS NULL THEN 'unborn' ELSE 'state' END,
        told.ended, there.status
 FROM told FULL JOIN there ON there.id = told.id
 WHERE there.id IS NULL OR told.id IS NULL OR there.ended IS DISTINCT FROM told.ended
 LIMIT %(most)s)
UNION ALL
(SELECT there.id, 'state', last.status, there.status
 FROM there CROSS JOIN LATERAL (
   SELECT payload->>'status' AS status FROM ledger_entry
   WHERE subject_kind = 'hazard' AND subject_id = there.id::text AND payload ? 'status' ORDER BY id DESC LIMIT 1
 ) AS last
 WHERE there.ended IS NULL AND last.status <> there.status
 LIMIT %(most)s)
"""
"""Every hazard of the ledger against every row of the table, in one snapshot: whether it is there, whether it has ended;
and of those that are open, whether the row stands where the last line of the ledger left it."""


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Several statements that all see the mine at the same moment; a test already stands in a transaction of its own."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def importing_now(mine: Mine) -> bool:
    """Whether an old ledger is being written: its account is made when it is done."""
    return mine.import_runs.filter(kind="hazards", state=ImportRun.State.WRITING).exists()


def differences(mine: Mine) -> list[Found]:
    """Everything in which ledger, hazards and bulletins disagree now."""
    with one_snapshot():
        found, open_now = _apart(mine.id)
        found += _published(mine, open_now)
        return _named(found)


def _apart(mine_id: UUID) -> tuple[list[Found], int]:
    """The table against the ledger; and how many are open by the ledger."""
    words: dict[str, Any] = {
        "mine": mine_id, "born": [*CAME, IMPORTED], "ending": list(ENDING), "ended": sorted(ENDED), "most": MOST,
    }  # fmt: skip
    found: dict[UUID, Found] = {}
    open_now = 0
    with connection.cursor() as cursor:
        cursor.execute(APART, words)
        for hazard_id, kind, said, there in cursor.fetchall():
            if hazard_id is None:
                open_now = int(said)
                continue
            facts = {"ledger": said or "", "is": there or ""} if kind == Kind.STATE else {}
            found.setdefault(hazard_id, Found(Kind(kind), "", hazard_id, None, facts))
    return [_with_last(one) for one in found.values()], open_now


def _with_last(one: Found) -> Found:
    """A row that has ended where the ledger knows of no end: what the ledger says last."""
    if one.kind != Kind.STATE or one.said["ledger"]:
        return one
    last = Entry.objects.filter(subject_kind="hazard", subject_id=str(one.subject_id), payload__has_key="status")
    status = last.order_by("-id").values_list("payload__status", flat=True).first()
    return Found(one.kind, "", one.subject_id, None, {**one.said, "ledger": status or ""})


# Bulletins against the ledger -----------------------------------------------------------------------------------------


def _published(mine: Mine, open_now: int) -> list[Found]:
    days = _days(mine)
    if not days:
        return []
    rows, found = accounts(days, _told(mine, days, open_now), LOOK_BACK)
    found += compared(rows)
    return found + _of_imports(mine, days, found)


def _days(mine: Mine) -> list[Day]:
    """The last bulletins with what they list, the oldest first."""
    bulletins = list(Bulletin.objects.filter(mine=mine).order_by("-until")[: DAYS + 1])[::-1]
    days = [
        Day(
            one.id, one.title, one.since, one.until, vars(one.balance), int(one.figures.get("imported", 0)),
            first=number == 0 and len(bulletins) <= DAYS,
        )
        for number, one in enumerate(bulletins)
    ][-DAYS:]  # fmt: skip
    by_id = {day.id: day for day in days}
    parts = (Part.NEW, Part.CLOSED, Part.ASIDE)
    items = BulletinItem.objects.filter(bulletin__in=list(by_id), part__in=parts, subject_kind="hazard").order_by()
    for bulletin_id, part, subject_id, how in items.values_list("bulletin_id", "part", "subject_id", "line__how"):
        if part == Part.NEW:
            by_id[bulletin_id].came.add(subject_id)
        else:
            by_id[bulletin_id].ended[subject_id] = "closed" if part == Part.CLOSED else HOW[Status(how)]
    return days


def _told(mine: Mine, days: list[Day], open_now: int) -> Told:
    """What the ledger tells of these days."""
    lines = Entry.objects.filter(mine_id=mine.id, subject_kind="hazard", received_at__gte=days[0].since - LOOK_BACK)
    born = (
        lines.filter(verb__in=CAME)
        .order_by()
        .values_list("subject_id", "received_at", "verb", "subject_label", "payload__first")
    )
    came = {
        UUID(one): at
        for one, at, verb, label, first in born
        if verb != "hazard.decide_quarantine" or label.partition(" ")[0] != first
    }
    done = lines.filter(verb__in=list(ENDING)).order_by().values_list("subject_id", "received_at", "verb")
    ended = {UUID(one): (at, ENDING[verb]) for one, at, verb in done}
    listed = {one for day in days for one in day.ended}
    runs = list(_runs(mine, days[0].since))
    from_file = _imported_among(mine.id, (listed - ended.keys()) | (ended.keys() - listed - came.keys()))
    never_in = {
        one for one, key in from_file.items()
        if one in ended and any(_of(run, key) and ended[one][0] < run.finished_at for run in runs)
    }  # fmt: skip
    imports = [(run.finished_at, _brought(run) - sum(_of(run, from_file[one]) for one in never_in)) for run in runs]
    at_once = {one for one in from_file if one not in ended}
    return Told(came, ended, imports, at_once, never_in, open_now)


def _runs(mine: Mine, since: datetime) -> Iterable[Any]:
    return mine.import_runs.filter(kind="hazards", state=ImportRun.State.DONE, finished_at__gte=since).order_by(
        "finished_at"
    )


def _of(run: Any, source_key: str) -> bool:
    """Whether a line of the ledger came with this file."""
    return f":{run.file_sha256}:" in source_key


def _lines_of(run: Any) -> QuerySet[Entry]:
    """The lines that this run wrote."""
    return Entry.objects.filter(
        mine_id=run.mine_id, verb=IMPORTED, received_at__range=(run.started_at, run.finished_at),
        source_key__startswith=f"{IMPORTED}:{run.mine_id}:{run.file_sha256}:",
    )  # fmt: skip


def _brought(run: Any) -> int:
    """How many open hazards an import brought."""
    return _lines_of(run).exclude(payload__status__in=sorted(ENDED)).count()


def _imported_among(mine_id: UUID, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Which of these hazards came from an old ledger, each with the key of its row."""
    rows = Entry.objects.filter(
        mine_id=mine_id, subject_kind="hazard", subject_id__in=[str(one) for one in ids], verb=IMPORTED
    )
    return {UUID(one): key or "" for one, key in rows.values_list("subject_id", "source_key")}


def _of_imports(mine: Mine, days: list[Day], found: list[Found]) -> list[Found]:
    """The hazards behind imports that a bulletin did not count, by name."""
    wrong = {one.bulletin_id for one in found if one.kind == Kind.IMPORT}
    named = []
    for day in days:
        for run in _runs(mine, day.since) if day.id in wrong else ():
            if run.finished_at < day.until:
                ids = _lines_of(run).exclude(payload__status__in=sorted(ENDED)).values_list("subject_id", flat=True)
                named += [Found(Kind.UNLISTED, "", UUID(one), day.id, {"figure": "came"}) for one in ids[:MOST]]
    return named


def _named(found: list[Found]) -> list[Found]:
    """The findings with the number and the words of their hazards, as the table has them, or else the ledger."""
    ids = {one.subject_id for one in found if one.subject_id}
    labels: dict[UUID, str] = {
        UUID(one): label
        for one, label in Entry.objects.filter(subject_kind="hazard", subject_id__in=[str(one) for one in ids])
        .order_by("-id")
        .values_list("subject_id", "subject_label")
    }
    rows = Hazard.objects.filter(id__in=ids).only("number", "text")
    labels |= {row.id: f"{row.number} {row.text}" for row in rows}
    issues = Bulletin.objects.filter(id__in={one.bulletin_id for one in found if one.bulletin_id})
    days = {one.id: one.title for one in issues}
    return [
        Found(
            one.kind, labels.get(one.subject_id, str(one.subject_id))[:200] if one.subject_id else one.label,
            one.subject_id, one.bulletin_id,
            {**one.said, **({"day": days[one.bulletin_id]} if one.bulletin_id and one.subject_id else {})},
        )
        for one in found
    ]  # fmt: skip


# When ----------------------------------------------------------------------------------------------------------------


def pulse(mine_id: UUID) -> str:
    """The name of the sign of life of this mine's reconciliation."""
    return f"account:{mine_id.hex}"


def is_due(mine: Mine, at: datetime) -> bool:
    """Whether the account is to be reckoned now: an hour has passed, or a bulletin was compiled since."""
    last = last_beat(pulse(mine.id))
    if last is None or at - last >= EVERY:
        return True
    return Bulletin.objects.filter(mine=mine, compiled_at__gt=last).exists()


def overdue(at: datetime) -> list[tuple[Mine, datetime | None]]:
    """Mines whose account nobody has reckoned for two turns of the clock, with when it last was; for the doctor."""
    rows = [(mine, last_beat(pulse(mine.id))) for mine in Mine.objects.order_by("code")]
    return [(mine, last) for mine, last in rows if last is None or at - last > 2 * EVERY]


# What was found -------------------------------------------------------------------------------------------------------


def standing(mine_id: UUID) -> QuerySet[Finding]:
    """What is wrong and not gone, explained or not."""
    return Finding.objects.filter(mine_id=mine_id, gone_at=None).select_related("bulletin", "explained_by")


def unexplained(mine_id: UUID | None = None) -> QuerySet[Finding]:
    """What is wrong and nobody has explained; of all mines, for the doctor."""
    rows = Finding.objects.filter(gone_at=None, explained_at=None)
    return rows.filter(mine_id=mine_id) if mine_id else rows


def get_finding(finding_id: UUID, *, by: Person) -> Finding:
    """One finding. NotVisible when there is none that this person may see."""
    found = Finding.objects.filter(mine_id=by.mine_id, id=finding_id).first()
    if found is None or not has_power(by, "reconciliation.see"):
        raise NotVisible
    return found


# What a figure counts -------------------------------------------------------------------------------------------------


def days_of(mine_id: UUID) -> QuerySet[Bulletin]:
    """Every bulletin with its account."""
    return Bulletin.objects.filter(mine_id=mine_id)


def get_day(bulletin_id: UUID, *, by: Person) -> Bulletin:
    """One bulletin with its account. NotVisible for who may not see the account."""
    found = Bulletin.objects.select_related("mine").filter(id=bulletin_id, mine_id=by.mine_id).first()
    if found is None or not has_power(by, "reconciliation.see"):
        raise NotVisible
    return found


def counted_in(bulletin: Bulletin, figure: str) -> QuerySet[Hazard]:
    """Exactly the hazards that a figure of the account counts. NotVisible for a figure that there is not."""
    match figure:
        case "carried":
            before = days_of(bulletin.mine_id).filter(until__lte=bulletin.since).order_by("-until").first()
            if before is None:
                return Moment(bulletin.mine, bulletin.since).open()
            before.mine = bulletin.mine
            return _open_at(before)
        case "still_open":
            return _open_at(bulletin)
        case "came":
            run_done = Q(import_run__finished_at__gte=bulletin.since, import_run__finished_at__lt=bulletin.until)
            imported = run_done & ~Q(status__in=sorted(ENDED), status_since__lt=bulletin.since)
            return _of_mine(bulletin).filter(Q(id__in=_listed(bulletin, Part.NEW)) | imported)
        case "closed":
            return _of_mine(bulletin).filter(id__in=_listed(bulletin, Part.CLOSED))
        case "merged" | "voided":
            how = Status.MERGED if figure == "merged" else Status.VOID
            aside = _listed(bulletin, Part.ASIDE).filter(line__how=str(how))
            return _of_mine(bulletin).filter(id__in=aside)
    raise NotVisible


def _of_mine(bulletin: Bulletin) -> QuerySet[Hazard]:
    return Hazard.objects.filter(mine_id=bulletin.mine_id)


def _listed(bulletin: Bulletin, part: Part) -> QuerySet[BulletinItem, UUID]:
    return BulletinItem.objects.filter(bulletin=bulletin, part=part).values_list("subject_id", flat=True)


def _open_at(bulletin: Bulletin) -> QuerySet[Hazard]:
    """What had come and not ended when this one was compiled: what was committed a moment too late is the next one's."""
    edge = bulletin.since
    if days_of(bulletin.mine_id).filter(until__lte=bulletin.since).exists():
        edge -= LOOK_BACK
    until_now = BulletinItem.objects.filter(subject_id=OuterRef("id"), bulletin__until__lte=bulletin.until)
    told_new = Exists(until_now.filter(part=Part.NEW))
    told_end = Exists(until_now.filter(part__in=(Part.CLOSED, Part.ASIDE)))
    near = Q(import_run=None, received_at__gte=edge, received_at__lt=bulletin.until)
    not_yet_ended = Q(
        import_run=None, status__in=sorted(ENDED), status_since__gte=edge, status_since__lt=bulletin.until
    )
    stood = Moment(bulletin.mine, bulletin.until).open().exclude(near & ~told_new)
    late = _of_mine(bulletin).filter(not_yet_ended & ~told_end & (~near | told_new))
    return _of_mine(bulletin).filter(Q(id__in=stood.values("id")) | Q(id__in=late.values("id")))
