"""The way of a file from upload to writing: kept, read, shown, then confirmed or thrown away.

The file lies in the installation's files folder under the run's id and is removed when the run ends: it carries
birthdays and phone numbers of the whole mine.
"""

import shutil
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.tables.opening import MAX_BYTES
from kuangdeng.org.importing.plan import Line, Plan, Progress, make_plan
from kuangdeng.org.importing.sample import sample_of
from kuangdeng.org.models import ImportRun, Person
from kuangdeng.org.queries import may

KIND = "org"
SHOWN = 1000
"""Lines of each kind that the report keeps in full; the counts are always whole."""


def file_of(run: ImportRun) -> Path:
    """Where the run's file lies."""
    return Path(settings.FILES_ROOT) / "imports" / f"{run.id}.table"


def begin(
    source: IO[bytes], *, name: str, by: Person, valid_from: date | None = None, progress: Progress | None = None
) -> ImportRun:
    """Keep a file and say what it would change. Nothing of the mine is written.

    Refused for who may not import, and for what is no table; then nothing is kept.
    """
    if not may(by, "org.import"):
        raise Refused(_("您没有权限导入。请联系系统管理员。"), code="not_allowed")
    run = ImportRun(id=uuid7(), mine=by.mine, kind=KIND, file_name=name[:200], by=by, started_at=clock.now())
    path = file_of(run)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with path.open("wb") as target:
            _copy(source, target)
        with path.open("rb") as whole:
            run.file_sha256 = file_digest(whole, "sha256").hexdigest()
        day = valid_from or clock.today()
        plan = plan_of(run, day, progress)
        run.state = ImportRun.State.PREVIEW
        run.total_rows = plan.rows
        run.problems = [asdict(problem) for problem in plan.problems]
        run.report = {**report_of(plan), "sample": sample_of(plan), "valid_from": day.isoformat()}
        run.save(force_insert=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return run


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    shutil.copyfileobj(source, target, 1 << 20)
    if target.tell() > MAX_BYTES:
        raise Refused(
            _("文件超过 %(most)s MB。请拆成几个文件后分别上传。") % {"most": MAX_BYTES // 1048576},
            code="too_large",
        )


def plan_of(run: ImportRun, day: date, progress: Progress | None = None) -> Plan:
    """What the run's file would change now."""
    path = file_of(run)
    if not path.exists():
        raise Refused(_("上传的文件已经不在了。请重新上传。"), code="gone")
    return make_plan(
        path, run.file_name, mine=run.mine, valid_from=day, may_grant=may(run.by, "org.grant_roles"), progress=progress
    )


def report_of(plan: Plan) -> dict[str, Any]:
    """The report of what changed, or would change: new, changed field by field, unchanged, missing from the file."""
    return {
        "units": _lines(plan.units),
        "persons": _lines(plan.persons),
        "places": _lines(plan.places),
        "missing": plan.missing[:SHOWN],
        "missing_count": len(plan.missing),
        "notes": [asdict(note) for note in plan.notes[:SHOWN]],
        "sheets": plan.sheets,
    }


def _lines(lines: list[Any]) -> dict[str, Any]:
    new = [line for line in lines if line.is_new]
    changed: list[Line] = [line for line in lines if not line.is_new and line.changed]
    return {
        "new": [line.label for line in new[:SHOWN]],
        "new_count": len(new),
        "changed": [[line.label, line.changed] for line in changed[:SHOWN]],
        "changed_count": len(changed),
        "same_count": len(lines) - len(new) - len(changed),
    }


def counts(report: Mapping[str, Any]) -> dict[str, int]:
    """The counts of a report, for the ledger."""
    return {
        f"{kind}_{what}": report[kind][f"{what}_count"]
        for kind in ("units", "persons", "places")
        for what in ("new", "changed", "same")
    }


def drop(run: ImportRun) -> None:
    """Throw a file away that was not confirmed, and the sample of its rows with it."""
    report = {key: value for key, value in run.report.items() if key != "sample"}
    ImportRun.objects.filter(id=run.id, state=ImportRun.State.PREVIEW).update(
        state=ImportRun.State.DROPPED, finished_at=clock.now(), report=report
    )
    file_of(run).unlink(missing_ok=True)


def get_run(run_id: UUID, *, by: Person) -> ImportRun:
    """A run of this kind in the person's mine. NotVisible for who may not import."""
    run = ImportRun.objects.select_related("by", "mine").filter(id=run_id, mine_id=by.mine_id, kind=KIND).first()
    if run is None or not may(by, "org.import"):
        raise NotVisible
    return run


def runs(by: Person) -> QuerySet[ImportRun]:
    """The imports of the mine, the last first."""
    return ImportRun.objects.filter(mine_id=by.mine_id, kind=KIND).select_related("by").order_by("-started_at")
