"""Hazards as a ledger file that the mine, or this system, reads again: the same columns that the import knows.

What came in from an old ledger can also go out under that ledger's own columns: a cell reads as it did, unless its
hazard has moved on since; columns that nobody could read are given back as they were. Streamed, so that memory stays
flat; a text that a spreadsheet would run as a formula is disarmed.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from itertools import islice
from typing import Any, BinaryIO, TextIO
from uuid import UUID

import xlsxwriter
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kuangdeng.hazards.ledgers.columns import LABELS
from kuangdeng.hazards.ledgers.meaning import Draft, Reader
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries import visible
from kuangdeng.hazards.rules import STATUS_LABELS, Status
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.listing.export import CONTROL, guarded
from kuangdeng.kernel.tables import Header, Record
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import ImportRun, Person, has_power

CHUNK = 2000
SHEET_ROWS = 1_000_000
Progress = Callable[[int], None]

ORDER = (
    "number", "found_on", "shift", "place", "place_detail", "text", "specialty", "grade", "cause", "clause", "source", "check_type",
    "checker_unit", "finder", "unit", "person", "helper_unit", "measure", "goal", "funds", "due_on", "contingency",
    "notice_number", "rectification", "rectified_on", "acceptor", "accepted_on", "acceptance", "closed", "closed_on", "closer",
    "supervisor", "void_reason", "reject_reason",
)  # fmt: skip
"""The columns of our own ledger, left to right."""
TITLES = {**LABELS, "closed": "状态"}
RELATED = (
    "place",
    "unit",
    "helper_unit",
    "specialty",
    "grade",
    "person",
    "accepted_by",
    "closed_by",
    "supervisor",
    "reporter",
)


def _moment(at: datetime | None, *, end: bool = False) -> str:
    """A day, with the time when one was said; the end of a day that a deadline means is not said."""
    if at is None:
        return ""
    local = clock.local(at)
    bare = local.time().replace(second=0, microsecond=0) in ((time(), time(23, 59)) if end else (time(),))
    return f"{local:%Y-%m-%d}" if bare else f"{local:%Y-%m-%d %H:%M}"


def _name(thing: Any) -> str:
    return str(thing.name) if thing is not None else ""


def values(hazard: Hazard) -> dict[str, str]:
    """A hazard as the cells of our ledger, by column; in Chinese, so that the file can be read in again."""
    with in_chinese():
        return _values(hazard)


def _values(hazard: Hazard) -> dict[str, str]:
    finders = hazard.finders_text or _name(hazard.reporter)
    return {
        "number": hazard.number,
        "found_on": _moment(hazard.occurred_at),
        "shift": hazard.shift_name,
        "place": hazard.place.full_name if hazard.place else hazard.place_text,
        "place_detail": hazard.place_text if hazard.place else "",
        "text": hazard.text,
        "specialty": _name(hazard.specialty),
        "grade": "重大" if hazard.is_major else _name(hazard.grade),
        "cause": hazard.get_cause_display() if hazard.cause else "",
        "clause": hazard.clause,
        "source": str(hazard.get_source_display()),
        "check_type": str(hazard.get_check_type_display()),
        "checker_unit": hazard.source_text,
        "finder": "匿名" if hazard.anonymous else finders,
        "unit": hazard.unit_name or _name(hazard.unit),
        "person": _name(hazard.person) or hazard.person_text,
        "helper_unit": _name(hazard.helper_unit),
        "measure": hazard.measure,
        "goal": hazard.goal,
        "funds": f"{hazard.funds:f}" if hazard.funds is not None else "",
        "due_on": _moment(hazard.due_at, end=True),
        "contingency": hazard.contingency,
        "notice_number": hazard.notice_number,
        "rectification": hazard.rectification,
        "rectified_on": _moment(hazard.rectified_at),
        "acceptor": _name(hazard.accepted_by),
        "accepted_on": _moment(hazard.accepted_at),
        "acceptance": hazard.acceptance,
        "closed": "作废" if hazard.status == Status.VOID else str(STATUS_LABELS[hazard.status]),
        "closed_on": _moment(hazard.closed_at),
        "closer": _name(hazard.closed_by),
        "supervisor": _name(hazard.supervisor),
        "void_reason": hazard.void_reason,
        "reject_reason": hazard.reject_reason,
    }


# Which hazards --------------------------------------------------------------------------------------------------------


def hazards_of(
    by: Person,
    *,
    since: date | None = None,
    until: date | None = None,
    unit_ids: Sequence[UUID] = (),
    only_open: bool = False,
) -> QuerySet[Hazard]:
    """The hazards that the person may know of, oldest first. Refused for who may not take lists out."""
    if not has_power(by, "hazard.export"):
        raise Refused(_("您没有权限导出隐患台账。如需导出，请联系安监部门。"), code="not_allowed")
    rows = visible(by)
    if since:
        rows = rows.filter(occurred_at__date__gte=since)
    if until:
        rows = rows.filter(occurred_at__date__lte=until)
    if unit_ids:
        rows = rows.filter(unit_id__in=unit_ids)
    if only_open:
        rows = rows.exclude(status__in=[Status.CLOSED, Status.VOID, Status.MERGED])
    return rows.order_by("occurred_at", "id")


def hazards_of_run(run: ImportRun, *, by: Person) -> QuerySet[Hazard]:
    """What one import brought in, in the order of its file."""
    if not has_power(by, "hazard.export"):
        raise Refused(_("您没有权限导出隐患台账。如需导出，请联系安监部门。"), code="not_allowed")
    return Hazard.objects.filter(import_run=run, mine_id=by.mine_id).order_by("id")


# Lines ----------------------------------------------------------------------------------------------------------------


Line = tuple[str, list[str], bool]
"""The sheet, the cells, and whether it stands above the data."""


def own_lines(rows: QuerySet[Hazard], progress: Progress | None = None) -> Iterator[Line]:
    """Our own ledger: one head line, then a line for each hazard."""
    yield "隐患台账", [TITLES[key] for key in ORDER], True
    found = rows.select_related(*RELATED).defer("search_text", "imported").iterator(chunk_size=CHUNK)
    for done, hazard in enumerate(found, start=1):
        cells = values(hazard)
        yield "隐患台账", [cells[key] for key in ORDER], False
        if progress and done % CHUNK == 0:
            progress(done)


def original_lines(run: ImportRun, rows: QuerySet[Hazard], progress: Progress | None = None) -> Iterator[Line]:
    """The old ledger's own titles and columns, sheet by sheet; the year in its title is needed to read 3月5日 again."""
    headers: dict[str, Any] = run.report["headers"]
    readers: dict[int | None, Reader] = {}
    sheet, done = "", 0
    found = rows.select_related(*RELATED).defer("search_text").iterator(chunk_size=CHUNK)
    while piece := list(islice(found, CHUNK)):
        moved = _moved(piece)
        for hazard in piece:
            kept: dict[str, Any] = hazard.imported or {}
            if kept["sheet"] != sheet:
                sheet = kept["sheet"]
                yield from _head(sheet, headers[sheet])
            header = headers[sheet]
            cells = list(kept["cells"])
            if hazard.id in moved:
                reader = readers.setdefault(header["year"], Reader(run.mine, year=header["year"]))
                cells = _brought_up_to_date(hazard, cells, header, reader)
            yield sheet, cells, False
        done += len(piece)
        if progress:
            progress(done)


def _head(sheet: str, header: dict[str, Any]) -> Iterator[Line]:
    above = [words for words in header["above"] if words]
    year = header.get("year")
    if year and not any(str(year) in words for words in [*above, sheet]):
        above = [*above, f"{year}年"]
    for words in above:
        yield sheet, [words], True
    yield sheet, list(header["titles"]), True


def _moved(piece: Sequence[Hazard]) -> set[UUID]:
    """Which of these have a story after their import."""
    ids = {str(hazard.id): hazard.id for hazard in piece}
    rows = Entry.objects.filter(subject_kind="hazard", subject_id__in=list(ids)).exclude(verb="hazard.import")
    return {ids[one] for one in rows.values_list("subject_id", flat=True).distinct()}


def _brought_up_to_date(hazard: Hazard, cells: list[str], header: dict[str, Any], reader: Reader) -> list[str]:
    """The old cells, but what has changed since the import reads as it is now."""
    columns: dict[str, int] = header["columns"]
    titles = {index: title for index, title in enumerate(header["titles"]) if title}
    now_cells = values(hazard)
    assert hazard.imported is not None
    record = Record(
        "", hazard.imported["row"], tuple(cell or None for cell in cells), Header(1, 1, columns, titles, LABELS, 0)
    )
    then = reader.read(record)
    with in_chinese():
        before = _draft_values(then) if isinstance(then, Draft) else {}
    cells += [""] * (max(columns.values(), default=-1) + 1 - len(cells))
    for key, index in columns.items():
        if key in now_cells and key in before and now_cells[key] != before[key]:
            cells[index] = now_cells[key]
    return cells


def _draft_values(draft: Draft) -> dict[str, str]:
    """What a row said at import, in the words of `values`, for the columns that the loop can change."""
    return {
        "text": draft.text,
        "place": draft.place.full_name if draft.place else draft.place_text,
        "specialty": _name(draft.specialty),
        "grade": "重大" if draft.is_major else _name(draft.grade),
        "unit": draft.unit_name,
        "measure": draft.measure,
        "goal": draft.goal,
        "funds": f"{draft.funds:f}" if draft.funds is not None else "",
        "due_on": _moment(draft.due_at, end=True),
        "contingency": draft.contingency,
        "notice_number": draft.notice_number,
        "rectification": draft.rectification,
        "rectified_on": _moment(draft.rectified_at),
        "accepted_on": _moment(draft.accepted_at),
        "acceptance": draft.acceptance,
        "closed": "作废" if draft.status == Status.VOID else str(STATUS_LABELS[draft.status]),
        "closed_on": _moment(draft.closed_at),
        "reject_reason": draft.reject_reason,
    }


# Files ----------------------------------------------------------------------------------------------------------------


def write_csv(lines: Iterator[Line], file: TextIO) -> int:
    """CSV that Excel opens in Chinese; returns how many hazards. The file is opened with utf-8-sig and newline=''."""
    writer, count = csv.writer(file), 0
    for _sheet, cells, head in lines:
        writer.writerow([guarded(CONTROL.sub("", cell)) for cell in cells])
        count += not head
    return count


class Pieces:
    """A file that is read while it is written: what the browser gets is never held as a whole."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def write(self, words: str) -> int:
        """Keep some words until they are taken."""
        self._kept.append(words)
        return len(words)

    def take(self) -> str:
        """What was written since the last time."""
        words, self._kept = "".join(self._kept), []
        return words


def csv_pieces(lines: Iterator[Line]) -> Iterator[str]:
    """The same as CSV, line by line, for a streamed answer."""
    file = Pieces()
    writer = csv.writer(file)
    yield "\ufeff"
    for _sheet, cells, _head in lines:
        writer.writerow([guarded(CONTROL.sub("", cell)) for cell in cells])
        yield file.take()


def write_xlsx(lines: Iterator[Line], file: BinaryIO | str) -> int:
    """An Excel book in constant memory; texts are texts, never formulas. Returns how many hazards."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    count = 0
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "vcenter"})
        sheet, name, at, part = None, "", 0, 1
        for wanted, cells, head in lines:
            if sheet is None or wanted != name or at >= SHEET_ROWS:
                part = part + 1 if wanted == name else 1
                sheet, name, at = _new_sheet(book, wanted, part), wanted, 0
            for column, cell in enumerate(cells):
                if cell != "":
                    sheet.write_string(at, column, CONTROL.sub("", cell)[:32767], bold if head else None)
            at += 1
            count += not head
        if sheet is None:
            book.add_worksheet("隐患台账")
    return count


def _new_sheet(book: Any, name: str, part: int) -> Any:
    title = re.sub(r"[\[\]:*?/\\']", " ", name)[:28] or "台账"
    made = None
    with suppress(xlsxwriter.exceptions.DuplicateWorksheetName):
        made = book.add_worksheet(title if part == 1 else f"{title}-{part}")
    made = made or book.add_worksheet()
    made.set_column(0, 60, 14)
    return made
