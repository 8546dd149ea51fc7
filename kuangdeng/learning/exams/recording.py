"""The lane on which answers come in: one statement for what a browser has to say, written as it is given.

An answer is no verb. It is written into its own append-only log, and the hand-in puts the fingerprint of them all on
the ledger (ADR 7). So a hall of hundreds costs one short statement per answer and loses none: what was acknowledged is
on disk, what was not is sent again under the same name and is written once.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.prepared import Prepared
from kuangdeng.learning.exams.rules import ENDED, FROM_THE_PAGE, GRACE, Happening, Sat

BIGGEST = 600_000
"""Bytes that a page may send at once."""
WRITTEN = "kuangdeng.written"
"""Where the short way leaves what it has written for the long way."""
MOST_AT_ONCE = 400
MOST_LETTERS = 8000
"""Of one answer as JSON."""
MOST_HAPPENINGS = 400
"""Of one sitting; a page that flickers all day must not fill the database."""


@dataclass(frozen=True)
class Given:
    """One answer as the browser says it: the line of the form, the answer in the names shown, and when by our clock."""

    key: UUID
    line: int
    answer: object
    at: datetime


@dataclass(frozen=True)
class Happened:
    """What the page noticed: left, came back, the line was cut for so long."""

    kind: str
    at: datetime
    words: str = ""


@dataclass(frozen=True)
class Kept:
    """What the server says back: how the sitting stands, and how many answers it holds by now."""

    now: datetime
    status: str
    ends_at: datetime
    changes: int
    written: int

    def said(self) -> dict[str, object]:
        """What the page is told; moments in milliseconds."""
        return {
            "status": self.status,
            "now": milliseconds(self.now),
            "ends": milliseconds(self.ends_at),
            "changes": self.changes,
            "written": self.written,
        }


_OPEN = ", ".join(f"'{one}'" for one in (Sat.SITTING, *ENDED))
_ONE_STATEMENT = Prepared(f"""
WITH sat AS (
    SELECT id, status, started_at, ends_at, coalesce(ended_at, ends_at) AS cut_off
    FROM learning_sitting WHERE id = %(sitting)s::uuid AND started_at IS NOT NULL FOR KEY SHARE
), given AS (
    INSERT INTO learning_answergiven (sitting_id, line, answer, at, received_at, key, device, late)
    SELECT sat.id, a.line, a.answer, greatest(sat.started_at, least(a.at, %(now)s::timestamptz)), %(now)s::timestamptz, a.key, %(device)s::text,
           least(a.at, %(now)s::timestamptz) > sat.cut_off OR %(now)s::timestamptz > sat.cut_off + interval '{GRACE.total_seconds()} seconds'
    FROM sat, jsonb_to_recordset(%(answers)s::jsonb) AS a(key uuid, line smallint, answer jsonb, at timestamptz)
    WHERE sat.status IN ({_OPEN})
    ON CONFLICT (sitting_id, key) DO NOTHING
    RETURNING 1
), counted AS (
    SELECT count(*) AS written FROM given
), pulse AS (
    UPDATE learning_pulse SET at = %(now)s::timestamptz, device = %(device)s::text, address = %(address)s::text,
        changes = changes + counted.written,
        happenings = learning_pulse.happenings + %(many)s::int
    FROM sat, counted WHERE sitting_id = sat.id
    RETURNING changes, learning_pulse.happenings - %(many)s::int AS before
), log AS (
    INSERT INTO learning_sittinglog (sitting_id, kind, at, received_at, words)
    SELECT sat.id, h.kind, greatest(sat.started_at, least(h.at, %(now)s::timestamptz)), %(now)s::timestamptz, h.words
    FROM sat, pulse, jsonb_to_recordset(%(log)s::jsonb) AS h(kind text, at timestamptz, words text)
    WHERE pulse.before < {MOST_HAPPENINGS}
)
SELECT sat.status, sat.ends_at, pulse.changes, counted.written
FROM sat, pulse, counted
""")  # noqa: S608 — constants of ours


def keep(
    sitting_id: UUID, *, answers: Sequence[Given], device: str, address: str = "", happened: Sequence[Happened] = ()
) -> Kept | None:
    """Write what a browser sends (保存答案); None when there is no such sitting or it has not begun.

    An answer counts when it was given before the cut-off (收卷) and came in within the grace; otherwise it is kept as
    late. The same answer sent again is written once. What comes for a voided sitting is not written.
    """
    at = now()
    facts = {
        "sitting": str(sitting_id), "now": at.isoformat(), "device": device[:36], "address": address[:45],
        "many": str(len(happened)), "answers": json.dumps([_row(one) for one in answers]),
        "log": json.dumps([_line(one) for one in happened]),
    }  # fmt: skip
    row = _ONE_STATEMENT.row(facts)
    return Kept(at, *row) if row else None


def _row(one: Given) -> dict[str, object]:
    return {"key": str(one.key), "line": one.line, "answer": one.answer, "at": one.at.isoformat()}


def _line(one: Happened) -> dict[str, object]:
    return {"kind": one.kind, "at": one.at.isoformat(), "words": one.words[:200]}


def milliseconds(moment: datetime) -> int:
    """A moment as scripts count it."""
    return int(moment.timestamp() * 1000)


def is_ours(meta: Mapping[str, Any]) -> bool:
    """Whether headers announce what our page sends: JSON, and not more than it ever has to say."""
    length = str(meta.get("CONTENT_LENGTH") or "")
    json_said = str(meta.get("CONTENT_TYPE", "")).partition(";")[0].strip() == "application/json"
    return json_said and length.isdecimal() and int(length) <= BIGGEST


def read(body: bytes) -> tuple[list[Given], list[Happened]] | None:
    """What a browser sent, or None when it is not what our page sends. Never raises."""
    try:
        sent = json.loads(body)
        answers = [_given(one) for one in sent.get("answers", ())]
        happened = [_happened(one) for one in sent.get("log", ())]
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, UnicodeDecodeError):
        return None
    if len(answers) > MOST_AT_ONCE or len(happened) > MOST_AT_ONCE or any(one is None for one in answers):
        return None
    return [one for one in answers if one is not None], [one for one in happened if one is not None]


def _given(row: dict[str, object]) -> Given | None:
    line, answer = row["line"], row.get("answer")
    text = json.dumps(answer, ensure_ascii=False)
    if not isinstance(line, int) or not 0 <= line < 1000 or len(text) > MOST_LETTERS or "\\u0000" in text:
        return None
    text.encode()
    return Given(UUID(str(row["key"])), line, answer, _moment(row["at"]))


def _happened(row: dict[str, object]) -> Happened | None:
    kind = str(row["kind"])
    if kind not in FROM_THE_PAGE:
        return None
    seconds = row.get("seconds")
    words = f"{int(seconds)}" if isinstance(seconds, int | float) and 0 <= seconds < 10**6 else ""
    return Happened(Happening(kind), _moment(row["at"]), words)


def _moment(milliseconds: object) -> datetime:
    if not isinstance(milliseconds, int | float) or not 0 < milliseconds < 4_102_444_800_000:
        raise ValueError("no moment")
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
