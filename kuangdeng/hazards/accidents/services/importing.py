"""Bringing an old accident ledger in: a person confirms the preview, then each row is one accident and one line."""

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.ledgers import Draft, stopped_until
from kuangdeng.hazards.accidents.models import Accident, AccidentLevel, Casualty
from kuangdeng.hazards.accidents.services._steps import counts_of, enter, judge
from kuangdeng.kernel.clock import local
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Subject, known_keys, post
from kuangdeng.org.api import ImportRun, Person, may

KIND = "accidents"
"""Of the import runs that are ours."""


def source_key(run: ImportRun, draft: Draft) -> str:
    """What a row of a file is called in the ledger, in whatever run it comes."""
    sheet = run.report["sheets"].index(draft.sheet) + 1
    return f"accident.import:{run.mine_id}:{run.file_sha256}:{sheet}:{draft.row}"


def _run(run_id: UUID, by: Person) -> ImportRun:
    if not may(by, "accident.import"):
        raise Refused(_("您没有权限导入旧事故台账。如需导入，请联系安监部门或系统管理员。"), code="not_allowed")
    run = ImportRun.objects.select_for_update(of=("self",)).filter(id=run_id, mine_id=by.mine_id, kind=KIND).first()
    if run is None:
        raise NotVisible
    return run


@verb
def confirm_accident_import(run_id: UUID, *, by: Person) -> ImportRun:
    """Stand for the preview of an old accident ledger (确认导入): from now on its good rows are written.

    Refused when the preview is not there, when it was confirmed or dropped before, or when no row is good.
    """
    run = _run(run_id, by)
    if run.state != ImportRun.State.PREVIEW:
        raise Refused(_("这次导入已经确认过，或者还没有读完。请刷新页面。"), code="wrong_state")
    good = int(run.report["counts"]["good"])
    if not good:
        raise Refused(_("没有可以导入的行。请先按错误清单改好文件，再重新上传。"), code="nothing")
    run.state = ImportRun.State.WRITING
    run.save(update_fields=["state"])
    post(
        "accident.confirm_import",
        Subject("import_run", run.id, run.file_name),
        mine_id=run.mine_id,
        by=by,
        quantity=good,
        payload={"file_sha256": run.file_sha256, "rows": run.total_rows, "good": good},
    )
    return run


@verb
def import_accident(run_id: UUID, *, draft: Draft, by: Person) -> Accident | None:
    """Write one row of a confirmed old ledger (导入旧事故); None when the ledger has this row already.

    Counts and level follow from the list of the hurt as for every accident; a level that the sheet gives and the
    table does not is kept as a correction. Refused when the run is not being written.
    """
    run = _run(run_id, by)
    if run.state != ImportRun.State.WRITING:
        raise Refused(_("这次导入没有在写入中，不能继续写。请刷新页面查看。"), code="wrong_state")
    key = source_key(run, draft)
    if known_keys([key]):
        return None
    accident = _accident(run, draft)
    accident.save(force_insert=True)
    Casualty.objects.bulk_create(
        [
            Casualty(accident=accident, person_id=one.person_id, name=one.name, severity=one.severity)
            for one in draft.hurt
        ]
    )
    judge(accident)
    _said_level(accident, draft)
    accident.save()
    payload = {
        "sheet": draft.sheet, "row": draft.row, "reason": draft.reason, "kind": accident.kind, **counts_of(accident),
    }  # fmt: skip
    enter("import", accident, by, occurred_at=accident.occurred_at, payload=payload, source_key=key)
    return accident


def _accident(run: ImportRun, draft: Draft) -> Accident:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('accident_numbers')")
        count = cursor.fetchone()[0]
    return Accident(
        id=uuid7(),
        mine_id=run.mine_id,
        number=f"SG{local(draft.occurred_at):%Y}-{count:04d}",
        status=draft.status,
        status_since=draft.closed_at or draft.occurred_at,
        kind=draft.kind,
        text=draft.text,
        place=draft.place,
        place_text=draft.place_text,
        unit=draft.unit,
        unit_name=draft.unit_name,
        occurred_at=draft.occurred_at,
        received_at=draft.occurred_at,
        shift_name=draft.shift_name,
        specialty=draft.specialty,
        direct_cause=draft.direct_cause,
        indirect_cause=draft.indirect_cause,
        management_cause=draft.management_cause,
        conclusion=draft.conclusion,
        loss=draft.loss,
        stopped_area=draft.stopped_area,
        stopped_at=draft.occurred_at if draft.stop_hours or draft.stopped_area else None,
        resumed_at=stopped_until(draft),
        closed_at=draft.closed_at,
        import_run=run,
        imported={"sheet": draft.sheet, "row": draft.row, "cells": draft.cells},
    )


def _said_level(accident: Accident, draft: Draft) -> None:
    rows = AccidentLevel.objects.filter(mine_id=accident.mine_id, kind=accident.kind, name=draft.level_name)
    said = rows.order_by("-effective_from").first() if draft.level_name else None
    if said is not None and said != accident.level_by_rule:
        accident.level, accident.level_reason = said, "旧台账上写的等级"
