"""A register as a file: the same rows, filters and order as on the page, streamed so that memory stays flat."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from html import unescape
from itertools import islice
from typing import Any, BinaryIO

import xlsxwriter
from django.utils.html import strip_tags
from django.utils.safestring import SafeData
from django.utils.translation import gettext as _

from kuangdeng.kernel.listing.page import Listing, plain_reader
from kuangdeng.kernel.timetext import local

CHUNK = 2000
XLSX_ROWS = 1_048_575
NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?%?")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def plain(value: Any) -> Any:
    """A cell without markup: moments and numbers stay what they are, yes and no become words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return local(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, date | int | float | Decimal):
        return value
    text = unescape(strip_tags(str(value))) if isinstance(value, SafeData) else str(value)
    return CONTROL.sub("", text).strip()


def guarded(text: str) -> str:
    """A text that a spreadsheet would run as a formula gets an apostrophe in front; plain numbers do not."""
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def _rows(listing: Listing) -> Iterator[list[Any]]:
    """All rows that the filters leave, read in pieces."""
    readers = [plain_reader(c) for c in listing.register.columns if c.export]
    whole = listing.register.export_rows or listing.register.rows
    queryset = whole(listing.ordered)[: listing.register.export_limit]
    rows = queryset.iterator(chunk_size=CHUNK)
    while piece := list(islice(rows, CHUNK)):
        if listing.register.enrich:
            listing.register.enrich(piece)
        for row in piece:
            yield [plain(read(row)) for read in readers]


def labels(listing: Listing) -> list[str]:
    """The head line of the file."""
    return [str(c.label) for c in listing.register.columns if c.export]


class _Echo:
    def write(self, text: str) -> str:
        return text


def _csv_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return guarded(value) if isinstance(value, str) else str(value)


def csv_lines(listing: Listing) -> Iterator[str]:
    """The register as CSV that Excel opens in Chinese (UTF-8 with its mark), line by line."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(labels(listing))
    for row in _rows(listing):
        yield writer.writerow([_csv_text(v) for v in row])


def write_xlsx(listing: Listing, file: BinaryIO) -> None:
    """The register as an Excel sheet; texts are written as texts, never as formulas."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", str(listing.register.title))[:31] or "1")
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#F6F7F5"})
        formats: dict[Any, Any] = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        names = labels(listing)
        for at, name in enumerate(names):
            sheet.set_column(at, at, max(10, min(40, len(name) * 2.2 + 4)))
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, names, head)
        for number, row in enumerate(islice(_rows(listing), XLSX_ROWS), start=1):
            for at, value in enumerate(row):
                _write_cell(sheet, number, at, value, formats)


def _write_cell(sheet: Any, row: int, at: int, value: Any, formats: dict[Any, Any]) -> None:
    if isinstance(value, datetime | date):
        sheet.write_datetime(row, at, value, formats[type(value)])
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, at, value)
    elif value != "":
        sheet.write_string(row, at, str(value)[:32767])
