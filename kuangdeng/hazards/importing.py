"""An old hazard ledger on its way in: taken in, read for a preview, confirmed by a person, written in pieces.

Reading and writing go through the file row by row, so memory does not grow with it, and either can be begun again
after a crash: what is written is known by its source key.
"""

import csv
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from kuangdeng.hazards.ledgers.columns import COLUMNS, LABELS, REQUIRED
from kuangdeng.hazards.ledgers.meaning import Draft, Reader
from kuangdeng.hazards.ledgers.twins import twins_there
from kuangdeng.hazards.models import CheckType, Source
from kuangdeng.hazards.rules import STATUS_LABELS
from kuangdeng.hazards.services.importing import KIND, confirm_import, import_rows, source_key
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.heartbeat import beat, last_beat, stop_beating
from kuangdeng.kernel.tables import Book, Problem, Record, Table, open_book, text
from kuangdeng.ledger.api import known_keys
from kuangdeng.org.api import ImportRun, Mine, Person, may

CHUNK = 2000
SHOWN = 50
"""Rows of the preview."""
PROBLEMS_SHOWN = 200
SPELLINGS_SHOWN = 200
SPELLINGS_KEPT = 20_000
STALE = timedelta(minutes=3)
"""A run that has not moved for this long was cut off."""
SMALL = 700_000
"""Bytes of a file that is read at once, while the person waits (some seconds)."""

Progress = Callable[[str, int, int | None], None]
State = ImportRun.State


def _quiet(_what: str, _done: int, _total: int | None) -> None:
    pass


# Taking the file in ---------------------------------------------------------------------------------------------------


def folder() -> Path:
    """Where the files of the runs wait."""
    return Path(settings.FILES_ROOT) / "imports"


def file_of(run: ImportRun) -> Path:
    """The file of a run."""
    return folder() / f"{run.id}{Path(run.file_name).suffix.lower()[:6]}"


def errors_of(run: ImportRun) -> Path:
    """The whole list of what is wrong or noteworthy in the file."""
    return folder() / f"{run.id}.problems.csv"


def may_import(by: Person) -> None:
    """Refused for who may not bring old ledgers in."""
    if not may(by, "hazard.import"):
        raise Refused(_("您没有权限导入旧隐患台账。如需导入，请联系安监部门或系统管理员。"), code="not_allowed")


def take_in(path: Path, *, by: Person, name: str = "") -> ImportRun:
    """Keep a copy of the file for a new run. The same file while it is still under way leads back to its run.

    Refused at once when it is no table at all, before anything is kept.
    """
    may_import(by)
    name = (name or path.name)[-200:]
    with open_book(path, name=name):
        digest = sha256()
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    under_way = ImportRun.objects.filter(
        mine_id=by.mine_id, kind=KIND, file_sha256=digest.hexdigest(), state__in=[State.READING, State.PREVIEW, State.WRITING]
    ).order_by("started_at")  # fmt: skip
    run = under_way.first()
    if run is None:
        run = ImportRun(mine_id=by.mine_id, kind=KIND, file_name=name, file_sha256=digest.hexdigest(), by=by)
    if not file_of(run).exists():
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(path, file_of(run))
    run.save()
    return run


def get_run(run_id: UUID, *, by: Person) -> ImportRun:
    """One import of the person's mine. NotVisible when there is none, or when he may not import."""
    if not may(by, "hazard.import"):
        raise NotVisible
    run = ImportRun.objects.select_related("by", "mine").filter(id=run_id, mine_id=by.mine_id, kind=KIND).first()
    if run is None:
        raise NotVisible
    return run


def runs_of(by: Person) -> Sequence[ImportRun]:
    """The latest imports of the mine, so that a run that was left is found again."""
    rows = ImportRun.objects.select_related("by").filter(mine_id=by.mine_id, kind=KIND)
    return list(rows.defer("problems").order_by("-started_at")[:20])


def drop(run_id: UUID, *, by: Person) -> ImportRun:
    """Throw a preview away; nothing of it was written. Refused when it is being written or was written."""
    run = get_run(run_id, by=by)
    moved = ImportRun.objects.filter(id=run.id, state__in=[State.READING, State.PREVIEW, State.FAILED]).update(
        state=State.DROPPED, finished_at=clock.now()
    )
    if not moved:
        raise Refused(_("已经确认的导入不能放弃，写入的隐患会留在台账上。"), code="wrong_state")
    _remove(file_of(run), errors_of(run))
    run.refresh_from_db()
    return run


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def is_stale(run: ImportRun) -> bool:
    """Whether a run that should be moving was cut off."""
    if run.state not in (State.READING, State.WRITING):
        return False
    last = last_beat(_pulse(run)) or run.started_at
    return clock.now() - last > STALE


def cut_off() -> list[ImportRun]:
    """Runs that were cut off, of every mine; the worker goes on with them."""
    moving = ImportRun.objects.select_related("by").filter(kind=KIND, state__in=[State.READING, State.WRITING])
    return [run for run in moving if is_stale(run)]


def _pulse(run: ImportRun) -> str:
    return f"import:{run.id.hex}"


# Going through the file -----------------------------------------------------------------------------------------------


@dataclass
class Sheet:
    """A sheet of the file that is a ledger: its records, and how it is read."""

    table: Table
    reader: Reader


YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*年?(?:度)?(?!\d)")


def year_of(table: Table, file_name: str) -> int | None:
    """The year of 3月5日: what the title over the table says, else the sheet's name, else the file's."""
    above = " ".join(text(cell) for row in table.above for cell in row.cells[:8] if cell is not None)
    for words in (above, table.sheet, file_name):
        found = [int(year) for year in YEAR.findall(words) if 1990 <= int(year) <= clock.today().year]
        if found:
            return found[0]
    return None


@contextmanager
def _book(run: ImportRun) -> Iterator[Book]:
    path = file_of(run)
    if not path.exists():
        raise Refused(_("导入文件已经不在服务器上。请重新上传同一个文件，会从断开的地方接着导入。"), code="gone")
    with open_book(path, name=run.file_name) as book:
        yield book


def _sheets(book: Book, mine: Mine, file_name: str) -> Iterator[Sheet]:
    """Every sheet that reads like a ledger, in the order of the file; explanations and statistics are passed over."""
    readers: dict[int | None, Reader] = {}
    for name in book.sheets:
        table = book.table(name, COLUMNS)
        if table is None or table.header.missing:
            continue
        year = year_of(table, file_name)
        reader = readers.get(year) or Reader(mine, year=year)
        readers[year] = reader
        yield Sheet(table, reader)


def _refuse_no_ledger(book: Book) -> None:
    names, columns = "、".join(f"「{name}」" for name in book.sheets[:5]), "」和「".join(REQUIRED)
    raise Refused(
        _(
            "在工作表%(names)s里没有找到隐患台账的表头。表头要有「%(columns)s」这两栏（写成存在问题、"
            "检查日期等也可以）。请检查表头后重新上传。"
        )
        % {"names": names, "columns": columns},
        code="no_header",
    )


# The preview ----------------------------------------------------------------------------------------------------------


@dataclass
class _Tally:
    """What the preview counts while the rows go by."""

    counts: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    sample: list[dict[str, str]] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    seen: dict[int, int] = field(default_factory=dict)
    first: str = ""
    last: str = ""

    def met(self, spellings: Counter[str], words: str) -> None:
        if words in spellings or len(spellings) < SPELLINGS_KEPT:
            spellings[words] += 1

    def good(self, draft: Draft) -> None:
        """A row that will come in."""
        self.counts["good"] += 1
        self.states[str(draft.status)] += 1
        reason = (
            str(draft.status),
            re.sub(r"「.*?」", lambda m: m.group() if len(m.group()) < 12 else "「…」", draft.reason),
        )
        if reason in self.reasons or len(self.reasons) < 500:
            self.reasons[reason] += 1
        if draft.place is None and draft.place_text:
            self.met(self.places, draft.place_text)
        if draft.unit is None and draft.unit_name:
            self.met(self.units, draft.unit_name)
        if draft.person_text and draft.person_id is None:
            self.counts["person_unknown"] += 1
        day = draft.day.isoformat()
        self.first, self.last = min(self.first or day, day), max(self.last, day)
        if len(self.sample) < SHOWN:
            self.sample.append(_shown(draft))


def _shown(draft: Draft) -> dict[str, str]:
    """A row of the preview, as it would come in."""
    local = clock.local
    return {
        "sheet": draft.sheet,
        "row": str(draft.row),
        "found": f"{local(draft.occurred_at):%Y-%m-%d}" + (f" {draft.shift_name}" if draft.shift_name else ""),
        "place": draft.place.full_name if draft.place else draft.place_text,
        "place_known": "1" if draft.place else "",
        "text": draft.text[:120],
        "specialty": draft.specialty.name if draft.specialty else "",
        "grade": "重大" if draft.is_major else draft.grade.name if draft.grade else "",
        "unit": draft.unit_name,
        "unit_known": "1" if draft.unit else "",
        "person": draft.person_text,
        "person_known": "1" if draft.person_id else "",
        "due": f"{local(draft.due_at):%Y-%m-%d}" if draft.due_at else "",
        "status": str(STATUS_LABELS[draft.status]),
        "reason": draft.reason,
        "source": str(Source(draft.source).label) if draft.source else "",
        "check": str(CheckType(draft.check_type).label),
    }


class _ProblemFile:
    """The whole list as CSV beside the file, written while reading."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["类别", "工作表", "行", "列", "单元格", "说明"])

    def add(self, kind: str, problem: Problem) -> None:
        self._writer.writerow([kind, problem.sheet, problem.row, problem.column, problem.cell, problem.message])

    def close(self) -> None:
        self._file.close()


def read(run_id: UUID, *, by: Person, progress: Progress = _quiet) -> ImportRun:
    """Read the file for the preview: how many rows would come in, what is wrong where, what nobody knows.

    A file that cannot be read at all ends as failed, with the sentence why; nothing is written in any case.
    """
    run = get_run(run_id, by=by)
    if run.state not in (State.READING, State.PREVIEW):
        return run
    beat(_pulse(run))
    try:
        report, problems = _preview(run, progress)
    except Refused as refusal:
        run.state, run.report, run.finished_at = State.FAILED, {"message": str(refusal)}, clock.now()
        run.save(update_fields=["state", "report", "finished_at"])
        return run
    run.report, run.problems = report, problems
    run.state, run.done_rows, run.total_rows = State.PREVIEW, 0, report["counts"].get("rows", 0)
    ImportRun.objects.filter(id=run.id, state__in=[State.READING, State.PREVIEW]).update(
        report=run.report, problems=run.problems, state=run.state, done_rows=0, total_rows=run.total_rows
    )
    stop_beating(_pulse(run))
    return run


def _preview(run: ImportRun, progress: Progress) -> tuple[dict[str, Any], list[dict[str, str]]]:
    tally, book_file = _Tally(), _ProblemFile(errors_of(run))
    headers: dict[str, Any] = {}
    try:
        with _book(run) as book:
            run.report = {"sheets": book.sheets}
            for sheet in _sheets(book, run.mine, run.file_name):
                headers[sheet.table.sheet] = _header(sheet)
                records = iter(sheet.table)
                while piece := list(islice(records, CHUNK)):
                    _look(run, sheet.reader, piece, tally, book_file)
                    progress("读取", tally.counts["rows"], None)
                    ImportRun.objects.filter(id=run.id).update(done_rows=tally.counts["rows"])
                    beat(_pulse(run))
                tally.counts["skipped"] += sheet.table.skipped
                headers[sheet.table.sheet]["not_data"] = sheet.table.not_data
            if not headers:
                _refuse_no_ledger(book)
            return _report(run, book, headers, tally), tally.problems
    finally:
        book_file.close()


def _header(sheet: Sheet) -> dict[str, Any]:
    """What of a sheet is kept to give its own columns back."""
    header, above = sheet.table.header, sheet.table.above
    width = max(header.titles, default=-1) + 1
    return {
        "titles": [header.titles.get(index, "") for index in range(width)],
        "columns": dict(header.columns),
        "above": [text(next((cell for cell in row.cells if cell is not None), None)) for row in above][:5],
        "unknown": header.unknown,
        "row": header.first_row,
        "year": sheet.reader.year,
    }


def _look(run: ImportRun, reader: Reader, piece: list[Record], tally: _Tally, listing: _ProblemFile) -> None:
    drafts: list[tuple[Record, Draft]] = []
    for record in piece:
        tally.counts["rows"] += 1
        draft = reader.read(record)
        if isinstance(draft, Problem):
            tally.counts["problems"] += 1
            _tell(tally, listing, "不能导入", draft)
            continue
        for key, message in draft.remarks:
            tally.counts["remarks"] += 1
            tally.remarks[LABELS[key]] += 1
            _tell(tally, listing, "提示", record.problem(key, message))
        if draft.twin_key in tally.seen:
            tally.counts["twins_here"] += 1
            again = record.problem(
                "text", f"和第 {tally.seen[draft.twin_key]} 行是同一条（日期、班次、地点、内容都一样），不重复导入。"
            )
            _tell(tally, listing, "重复", again)
            continue
        tally.seen[draft.twin_key] = draft.row
        drafts.append((record, draft))
    known = known_keys(source_key(run, draft) for _record, draft in drafts)
    fresh = [(record, draft) for record, draft in drafts if source_key(run, draft) not in known]
    tally.counts["known"] += len(drafts) - len(fresh)
    there = twins_there([draft for _record, draft in fresh], mine_id=run.mine_id, places=reader.places, besides=run.id)
    for record, draft in fresh:
        if draft.twin_key in there:
            tally.counts["twins_there"] += 1
            _tell(
                tally,
                listing,
                "重复",
                record.problem("text", "系统里已经有同一天、同一地点、同样内容的隐患，不重复导入。"),
            )
        else:
            tally.good(draft)


def _tell(tally: _Tally, listing: _ProblemFile, kind: str, problem: Problem) -> None:
    listing.add(kind, problem)
    worst = kind == "不能导入"
    if len(tally.problems) >= PROBLEMS_SHOWN and not worst:
        return
    if worst or len(tally.problems) < PROBLEMS_SHOWN:
        told = {"kind": kind, "sheet": problem.sheet, "row": str(problem.row), "column": problem.column,
                "cell": problem.cell, "message": problem.message}  # fmt: skip
        if len(tally.problems) >= PROBLEMS_SHOWN:
            _make_room(tally)
        if len(tally.problems) < PROBLEMS_SHOWN:
            tally.problems.append(told)


def _make_room(tally: _Tally) -> None:
    """What keeps a row out goes before a mere remark on the page; the file has everything."""
    for at in range(len(tally.problems) - 1, -1, -1):
        if tally.problems[at]["kind"] == "提示":
            del tally.problems[at]
            return


def _report(run: ImportRun, book: Book, headers: dict[str, Any], tally: _Tally) -> dict[str, Any]:
    names = ("rows", "good", "problems", "twins_here", "twins_there", "known", "skipped", "remarks", "person_unknown")
    return {
        "sheets": book.sheets,
        "headers": headers,
        "other_sheets": [name for name in book.sheets if name not in headers],
        "encoding": book.encoding,
        "kind": book.kind,
        "counts": {name: tally.counts[name] for name in names},
        "states": dict(tally.states.most_common()),
        "reasons": [[status, reason, count] for (status, reason), count in tally.reasons.most_common(40)],
        "remarks": dict(tally.remarks.most_common()),
        "places": tally.places.most_common(SPELLINGS_SHOWN),
        "places_unknown": len(tally.places),
        "units": tally.units.most_common(SPELLINGS_SHOWN),
        "units_unknown": len(tally.units),
        "first": tally.first,
        "last": tally.last,
        "sample": tally.sample,
        "written": int(run.report.get("written", 0)),
    }


# Writing --------------------------------------------------------------------------------------------------------------


def write(run_id: UUID, *, by: Person, progress: Progress = _quiet) -> ImportRun:
    """Write a confirmed run, or go on where it was cut off; two at once do no harm."""
    run = get_run(run_id, by=by)
    if run.state != State.WRITING:
        return run
    seen: set[int] = set()
    passed = 0
    with _book(run) as book:
        for sheet in _sheets(book, run.mine, run.file_name):
            records = iter(sheet.table)
            while piece := list(islice(records, CHUNK)):
                passed += len(piece)
                drafts = _fresh(run, sheet.reader, piece, seen)
                import_rows(run.id, drafts=drafts, by=by, passed=passed)
                beat(_pulse(run))
                progress("写入", passed, run.total_rows)
    ImportRun.objects.filter(id=run.id, state=State.WRITING).update(
        state=State.DONE, done_rows=passed, total_rows=passed, finished_at=clock.now()
    )
    stop_beating(_pulse(run))
    _remove(file_of(run))
    run.refresh_from_db()
    return run


def _fresh(run: ImportRun, reader: Reader, piece: list[Record], seen: set[int]) -> list[Draft]:
    """The good rows of a piece that are neither written nor there already."""
    drafts = []
    for record in piece:
        draft = reader.read(record)
        if isinstance(draft, Draft) and draft.twin_key not in seen:
            seen.add(draft.twin_key)
            drafts.append(draft)
    known = known_keys(source_key(run, draft) for draft in drafts)
    drafts = [draft for draft in drafts if source_key(run, draft) not in known]
    there = twins_there(drafts, mine_id=run.mine_id, places=reader.places, besides=run.id)
    return [draft for draft in drafts if draft.twin_key not in there]


def go_on(run_id: UUID) -> ImportRun:
    """Whatever is next for this run, in the name of who began it: read it, or write it once it is confirmed."""
    run = ImportRun.objects.select_related("by").get(id=run_id, kind=KIND)
    if run.state == State.READING:
        return read(run.id, by=run.by)
    return write(run.id, by=run.by) if run.state == State.WRITING else run


def import_ledger(
    path: Path, *, by: Person, progress: Progress = _quiet, dry_run: bool = False, name: str = ""
) -> ImportRun:
    """An old ledger from a file into the person's mine, all steps at once; for the command line and for set-up.

    With `dry_run` only the preview. A file whose import was cut off is gone on with.
    """
    run = take_in(path, by=by, name=name)
    if run.state != State.WRITING:
        run = read(run.id, by=by, progress=progress)
        if dry_run or run.state == State.FAILED:
            return run
        confirm_import(run.id, by=by)
    elif dry_run:
        return run
    return write(run.id, by=by, progress=progress)
