"""An old accident ledger on its way in: taken in, read for a preview, confirmed by a person, written row by row.

The way of the old hazard ledgers; accidents are few, so the person waits for it. What is written is known by its source
key, so that it may be begun again after a crash.
"""

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.ledgers import COLUMNS, Draft, Reader, twin
from kuangdeng.hazards.accidents.models import Accident
from kuangdeng.hazards.accidents.rules import KIND_LABELS, STATUS_LABELS, Status
from kuangdeng.hazards.accidents.services.importing import KIND, import_accident, source_key
from kuangdeng.hazards.importing import file_of, folder, year_of
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.tables import Book, Problem, Record, open_book
from kuangdeng.ledger.api import known_keys
from kuangdeng.org.api import ImportRun, Person, may

MOST_ROWS = 3000
SHOWN, PROBLEMS_SHOWN = 50, 300
State = ImportRun.State


def get_run(run_id: UUID, *, by: Person) -> ImportRun:
    """One import of the person's mine. NotVisible when there is none, or when he may not import."""
    run = ImportRun.objects.select_related("by", "mine").filter(id=run_id, mine_id=by.mine_id, kind=KIND).first()
    if run is None or not may(by, "accident.import"):
        raise NotVisible
    return run


def runs_of(by: Person) -> Sequence[ImportRun]:
    """The latest imports of the mine, so that a run that was left is found again."""
    rows = ImportRun.objects.select_related("by").filter(mine_id=by.mine_id, kind=KIND)
    return list(rows.defer("problems").order_by("-started_at")[:20])


def take_in(path: Path, *, by: Person, name: str = "") -> ImportRun:
    """Keep the file, and read it for its preview. The same file while it is under way leads back to its run.

    Refused for who may not import, for what is no table, and for one without the columns of an accident ledger; then
    nothing is kept.
    """
    if not may(by, "accident.import"):
        raise Refused(_("您没有权限导入旧事故台账。如需导入，请联系安监部门或系统管理员。"), code="not_allowed")
    name = (name or path.name)[-200:]
    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    under_way = ImportRun.objects.filter(
        mine_id=by.mine_id, kind=KIND, file_sha256=digest, state__in=[State.PREVIEW, State.WRITING]
    )
    run = under_way.order_by("started_at").first()
    if run is None:
        run = ImportRun(mine_id=by.mine_id, kind=KIND, file_name=name, file_sha256=digest, by=by)
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(path, file_of(run))
    try:
        if run.state != State.WRITING:
            _preview(run)
        run.save()
    except BaseException:
        file_of(run).unlink(missing_ok=True)
        raise
    return run


def drop(run_id: UUID, *, by: Person) -> ImportRun:
    """Throw a preview away; nothing of it was written. Refused when it is being written or was written."""
    run = get_run(run_id, by=by)
    moved = ImportRun.objects.filter(id=run.id, state=State.PREVIEW).update(
        state=State.DROPPED, finished_at=clock.now(), problems=[], report={**run.report, "sample": []}
    )
    if not moved:
        raise Refused(_("已经确认的导入不能放弃，写入的事故会留在台账上。"), code="wrong_state")
    file_of(run).unlink(missing_ok=True)
    run.refresh_from_db()
    return run


@contextmanager
def _book(run: ImportRun) -> Iterator[Book]:
    path = file_of(run)
    if not path.exists():
        raise Refused(_("导入文件已经不在服务器上。请重新上传同一个文件，会从断开的地方接着导入。"), code="gone")
    with open_book(path, name=run.file_name) as book:
        yield book


def _rows(run: ImportRun, book: Book) -> Iterator[tuple[Record, Draft | Problem]]:
    """Every row of every sheet that reads like an accident ledger."""
    found = False
    for name in book.sheets:
        table = book.table(name, COLUMNS)
        if table is None or table.header.missing:
            continue
        found = True
        reader = Reader(run.mine, year=year_of(table, run.file_name))
        for record in table:
            yield record, reader.read(record)
    if not found:
        raise Refused(
            _("没有找到事故台账的表头。表头要有「发生时间」和「事故经过」这两栏（写成事故日期、事故概况等也可以）。"),
            field="file",
            code="no_header",
        )


def _preview(run: ImportRun) -> None:
    """What would come in, what is wrong where, what is there already. Nothing is written."""
    counts: Counter[str] = Counter()
    problems: list[dict[str, str]] = []
    sample: list[dict[str, Any]] = []
    reasons: Counter[tuple[str, str]] = Counter()
    with _book(run) as book, in_chinese():
        run.report = {"sheets": book.sheets}
        good, seen = [], set[str]()
        for record, draft in _rows(run, book):
            counts["rows"] += 1
            if counts["rows"] > MOST_ROWS:
                raise Refused(
                    _("文件超过 %d 行。请按年份拆成几个文件，分别上传。") % MOST_ROWS, field="file", code="rows"
                )
            if isinstance(draft, Problem):
                counts["problems"] += 1
                problems.append(_told("不能导入", draft))
            elif draft.twin in seen:
                counts["twins"] += 1
                problems.append(_told("重复", record.problem("text", "文件里有同一天、同样内容的一行，不重复导入。")))
            else:
                seen.add(draft.twin)
                good.append((record, draft))
        there = _there(run, [draft for _record, draft in good])
        known = known_keys(source_key(run, draft) for _record, draft in good)
        for record, draft in good:
            if source_key(run, draft) in known or draft.twin in there:
                counts["twins"] += 1
                problems.append(_told("重复", record.problem("text", "系统里已经有这一起，不重复导入。")))
                continue
            counts["good"] += 1
            reasons[str(STATUS_LABELS[draft.status]), draft.reason] += 1
            problems += [_told("提示", record.problem(key, words)) for key, words in draft.remarks]
            if len(sample) < SHOWN:
                sample.append(_shown(draft))
    problems.sort(key=lambda one: one["kind"] == "提示")
    run.problems, run.state, run.total_rows = problems[:PROBLEMS_SHOWN], State.PREVIEW, counts["rows"]
    names = ("rows", "good", "problems", "twins")
    run.report |= {
        "counts": {name: counts[name] for name in names}, "sample": sample, "problem_count": len(problems),
        "reasons": [[status, why, n] for (status, why), n in reasons.most_common(20)], "written": 0,
    }  # fmt: skip


def _there(run: ImportRun, drafts: Sequence[Draft]) -> set[str]:
    """Which of these the mine has already, from another file or from its own reports."""
    if not drafts:
        return set()
    days = {clock.local(draft.occurred_at).date() for draft in drafts}
    rows = Accident.objects.filter(mine_id=run.mine_id, occurred_at__date__in=days).exclude(status=Status.VOID)
    return {twin(at, words) for at, words in rows.values_list("occurred_at", "text")}


def _told(kind: str, problem: Problem) -> dict[str, str]:
    return {
        "kind": kind, "sheet": problem.sheet, "row": str(problem.row), "column": problem.column, "cell": problem.cell,
        "message": problem.message,
    }  # fmt: skip


def _shown(draft: Draft) -> dict[str, Any]:
    """A row of the preview; how many are hurt, never who."""
    return {
        "row": draft.row,
        "occurred": f"{clock.local(draft.occurred_at):%Y-%m-%d %H:%M}",
        "place": draft.place.full_name if draft.place else draft.place_text,
        "unit": draft.unit_name,
        "text": draft.text[:120],
        "kind": str(KIND_LABELS[draft.kind]),
        "hurt": len(draft.hurt),
        "status": str(STATUS_LABELS[draft.status]),
    }


def write(run_id: UUID, *, by: Person) -> ImportRun:
    """Write a confirmed run, or go on where it was cut off; twice does no harm."""
    run = get_run(run_id, by=by)
    if run.state != State.WRITING:
        return run
    seen: set[str] = set()
    written = 0
    with _book(run) as book:
        run.report = {**run.report, "sheets": book.sheets}
        drafts = [draft for _record, draft in _rows(run, book) if isinstance(draft, Draft)]
        there = _there(run, drafts)
        for draft in drafts:
            if draft.twin not in seen and draft.twin not in there:
                seen.add(draft.twin)
                written += import_accident(run.id, draft=draft, by=by) is not None
    all_written = Accident.objects.filter(import_run=run).count()
    report = {**run.report, "written": all_written, "sample": []}
    ImportRun.objects.filter(id=run.id, state=State.WRITING).update(
        state=State.DONE, report=report, done_rows=run.total_rows, finished_at=clock.now()
    )
    file_of(run).unlink(missing_ok=True)
    run.refresh_from_db()
    return run


def import_ledger(path: Path, *, by: Person, name: str = "", dry_run: bool = False) -> ImportRun:
    """All steps at once, for the command line and for set-up; with `dry_run` only the preview."""
    from kuangdeng.hazards.accidents.services.importing import confirm_accident_import

    run = take_in(path, by=by, name=name)
    if dry_run or (run.state == State.PREVIEW and not run.report["counts"]["good"]):
        return run
    if run.state == State.PREVIEW:
        confirm_accident_import(run.id, by=by)
    return write(run.id, by=by)
