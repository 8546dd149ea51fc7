"""Bringing an old ledger in: a person confirms the preview, then its rows are written in pieces.

Every hazard that comes in is one line of the ledger, `hazard.import`, whose source key names the file and the row. So
the ledger tells of each hazard where it came from, and a row that was written before a crash is never written twice.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from kuangdeng.hazards.ledgers.meaning import Draft
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.kernel.clock import local
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.search import fold
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Line, Named, Subject, known_keys, post, post_many
from kuangdeng.org.api import ImportRun, Person, may, propose_places

KIND = "hazards"
"""Of the import runs that are ours."""


def _run(run_id: UUID, by: Person) -> ImportRun:
    if not may(by, "hazard.import"):
        raise Refused(_("您没有权限导入旧隐患台账。如需导入，请联系安监部门或系统管理员。"), code="not_allowed")
    run = ImportRun.objects.select_for_update(of=("self",)).filter(id=run_id, mine_id=by.mine_id, kind=KIND).first()
    if run is None:
        raise NotVisible
    return run


def source_key(run: ImportRun, draft: Draft) -> str:
    """What a row of a file is called in the ledger, in whatever run it comes."""
    sheet = run.report["sheets"].index(draft.sheet) + 1
    return f"hazard.import:{run.mine_id}:{run.file_sha256}:{sheet}:{draft.row}"


@verb
def confirm_import(run_id: UUID, *, by: Person) -> ImportRun:
    """Stand for the preview of an old ledger (确认导入): from now on its good rows are written.

    Refused when the preview is not there yet, when it was confirmed or dropped before, or when no row is good.
    """
    run = _run(run_id, by)
    if run.state != ImportRun.State.PREVIEW:
        raise Refused(_("这次导入已经确认过，或者还没有读完。请刷新页面。"), code="wrong_state")
    good = int(run.report["counts"]["good"])
    if not good:
        raise Refused(_("没有可以导入的行。请先按错误清单改好文件，再重新上传。"), code="nothing")
    run.state, run.done_rows, run.total_rows = ImportRun.State.WRITING, 0, int(run.report["counts"]["rows"])
    run.save(update_fields=["state", "done_rows", "total_rows"])
    post(
        "hazard.confirm_import",
        Subject("import_run", run.id, run.file_name),
        mine_id=run.mine_id,
        by=by,
        quantity=good,
        payload={"file_sha256": run.file_sha256, "rows": run.total_rows, "good": good},
    )
    return run


@verb
def import_rows(run_id: UUID, *, drafts: Sequence[Draft], by: Person, passed: int = 0) -> int:
    """Write a piece of a confirmed old ledger: each row a hazard and its own line `hazard.import`; returns how many.

    Rows that the ledger has already are passed over. `passed` says how far the file has been read with this piece.
    Refused when the run is not being written, so that a dropped one stops.
    """
    run = _run(run_id, by)
    if run.state != ImportRun.State.WRITING:
        raise Refused(_("这次导入没有在写入中，不能继续写。请刷新页面查看。"), code="wrong_state")
    keys = [source_key(run, draft) for draft in drafts]
    known = known_keys(keys)
    fresh = [(key, draft, uuid7()) for key, draft in zip(keys, drafts, strict=True) if key not in known]
    if fresh:
        numbers = _numbers([draft for _key, draft, _id in fresh])
        _copy_hazards(run, fresh, numbers)
        _copy_finders(fresh)
        post_many(
            (
                _line(key, draft, hazard_id, number)
                for (key, draft, hazard_id), number in zip(fresh, numbers, strict=True)
            ),
            mine_id=run.mine_id,
            by=by,
        )
        unknown = Counter(draft.place_text for _key, draft, _id in fresh if draft.place is None and draft.place_text)
        propose_places(run.mine_id, unknown, "import")
    written = int(run.report.get("written", 0)) + len(fresh)
    run.report = {**run.report, "written": written}
    run.done_rows = max(run.done_rows, passed)
    run.save(update_fields=["report", "done_rows"])
    return len(fresh)


def _line(key: str, draft: Draft, hazard_id: UUID, number: str) -> Line:
    return Line(
        "hazard.import",
        Subject("hazard", hazard_id, f"{number} {draft.text}"),
        {"status": str(draft.status), "sheet": draft.sheet, "row": draft.row, "reason": draft.reason},
        key,
        unit=draft.unit,
        place=Named(draft.place.id, draft.place.full_name) if draft.place else None,
        occurred_at=draft.occurred_at,
    )


def _numbers(drafts: Sequence[Draft]) -> list[str]:
    """Own numbers by the year in which each was found; the number of the old ledger stays in `imported`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('hazard_numbers') FROM generate_series(1, %s)", [len(drafts)])
        counted = [row[0] for row in cursor.fetchall()]
    return [f"YH{local(draft.occurred_at):%Y}-{count:06d}" for draft, count in zip(drafts, counted, strict=True)]


Fresh = tuple[str, Draft, UUID]


def _columns() -> tuple[list[str], dict[str, Any]]:
    """Every column of the hazard that may not be NULL with its default; what a row sets goes over it."""
    fields = [one for one in Hazard._meta.concrete_fields if not one.null]
    plain = {str(one.column): one.get_default() for one in fields if one.column not in ("id", "mine_id")}
    names = [
        "id", "mine_id", *plain, "place_id", "shift_day", "specialty_id", "grade_id", "catalogue_id", "graded_at", "unit_id",
        "helper_unit_id", "person_id", "supervisor_id", "funds", "due_at", "due_original", "dispatched_at", "signed_at",
        "rectified_at", "accepted_at", "accepted_by_id", "closed_at", "closed_by_id", "import_run_id", "imported",
    ]  # fmt: skip
    return names, plain


def _copy_hazards(run: ImportRun, fresh: Sequence[Fresh], numbers: Sequence[str]) -> None:
    names, defaults = _columns()
    with connection.cursor() as cursor, cursor.copy(f"COPY hazards_hazard ({', '.join(names)}) FROM STDIN") as copy:
        for (_key, draft, hazard_id), number in zip(fresh, numbers, strict=True):
            row = {**defaults, **_values(run, draft, hazard_id, number)}
            copy.write_row([_clean(row.get(name)) for name in names])


def _clean(value: object) -> object:
    return value.replace("\x00", "") if type(value) is str else value


WITH_ORDER = frozenset({Status.RECTIFYING, Status.RECTIFIED})


def _values(run: ImportRun, draft: Draft, hazard_id: UUID, number: str) -> dict[str, Any]:
    """The columns of one hazard. `received_at` is when the old ledger says: a list by time must not show history on top."""
    place = draft.place.full_name if draft.place else ""
    ended = draft.closed_at or draft.accepted_at or draft.rectified_at or draft.dispatched_at or draft.occurred_at
    judged = draft.occurred_at if draft.grade is not None and draft.specialty is not None else None
    return {
        "id": hazard_id,
        "mine_id": run.mine_id,
        "number": number,
        "status": str(draft.status),
        "status_since": ended,
        "text": draft.text,
        "place_id": draft.place.id if draft.place else None,
        "place_text": draft.place_text,
        "occurred_at": draft.occurred_at,
        "received_at": draft.occurred_at,
        "shift_name": draft.shift_name,
        "shift_day": draft.day,
        "source": str(draft.source),
        "source_text": draft.source_text,
        "check_type": str(draft.check_type),
        "finders_text": draft.finders_text,
        "content_digest": f"{draft.twin_key:016x}",
        "specialty_id": draft.specialty.id if draft.specialty else None,
        "grade_id": draft.grade.id if draft.grade else None,
        "cause": str(draft.cause),
        "clause": draft.clause,
        "is_major": draft.is_major,
        "catalogue_id": draft.catalogue_id,
        "graded_at": judged,
        "unit_id": draft.unit.id if draft.unit else None,
        "unit_name": draft.unit_name,
        "helper_unit_id": draft.helper_unit_id,
        "person_id": draft.person_id,
        "person_text": draft.person_text,
        "supervisor_id": draft.supervisor_id,
        "measure": draft.measure,
        "goal": draft.goal,
        "funds": draft.funds,
        "contingency": draft.contingency,
        "due_at": draft.due_at,
        "due_original": draft.due_at,
        "dispatched_at": draft.dispatched_at,
        "signed_at": draft.dispatched_at if draft.status in WITH_ORDER or draft.rectified_at else None,
        "notice_number": draft.notice_number,
        "rectification": draft.rectification,
        "rectified_at": draft.rectified_at,
        "acceptance": draft.acceptance,
        "reject_reason": draft.reject_reason,
        "reject_count": 1 if draft.reject_reason else 0,
        "accepted_at": draft.accepted_at,
        "accepted_by_id": draft.accepted_by_id,
        "closed_at": draft.closed_at,
        "closed_by_id": draft.closed_by_id,
        "void_reason": draft.void_reason,
        "import_run_id": run.id,
        "imported": json.dumps(imported(draft), ensure_ascii=False),
        "search_text": fold(" ".join(filter(None, [number, draft.number, draft.text, place, draft.place_text]))),
    }


def imported(draft: Draft) -> dict[str, object]:
    """What is kept of the row: where it stood and its cells as they were."""
    return {"sheet": draft.sheet, "row": draft.row, "cells": draft.cells}


def _copy_finders(fresh: Iterable[Fresh]) -> None:
    table = Hazard.finders.through._meta.db_table
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} (hazard_id, person_id) FROM STDIN") as copy:
        for _key, draft, hazard_id in fresh:
            for person_id in draft.finder_ids:
                copy.write_row((hazard_id, person_id))
