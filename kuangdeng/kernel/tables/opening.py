"""Opening .xlsx and .csv safely, row by row."""

import codecs
import csv
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables.headers import HEADER_WITHIN, Column, Row, find_header
from kuangdeng.kernel.tables.records import Table

MAX_BYTES = 60 * 1024 * 1024
"""Of the file as it arrives; 100,000 rows of a hazard ledger are about 15 MB."""
MAX_UNPACKED = 1200 * 1024 * 1024
MAX_STRINGS = 250 * 1024 * 1024
"""Of the part that must be held in memory."""
MAX_RATIO = 400
"""Unpacked to packed, above 20 MB: real tables stay under 60."""
MAX_COLUMNS = 256
MAX_PARTS = 2000
MAX_MERGES = 200_000
BROKEN = gettext_lazy("文件已损坏，读不下去了。请用 Excel 或 WPS 打开后另存为 .xlsx，再上传。")


class Book:
    """An open spreadsheet; `sheets` are its visible sheets by name. Made by `open_book`."""

    def __init__(
        self, sheets: Sequence[str], read: Callable[[str], Iterator[Row]], *, kind: str, encoding: str = ""
    ) -> None:
        self.sheets = list(sheets)
        self.kind = kind
        self.encoding = encoding
        self._read = read

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row of the sheet that is not blank, merged cells filled in."""
        try:
            yield from self._read(sheet)
        except csv.Error as broken:
            raise Refused(
                _("文件不是规整的 CSV（引号没有成对，或某一格超过 13 万字）。请另存为 .xlsx 后再上传。"), code="broken"
            ) from broken
        except _BROKEN as broken:
            raise Refused(BROKEN, code="broken") from broken

    def table(self, sheet: str, columns: Sequence[Column]) -> Table | None:
        """The sheet as records of `columns`; None when no row of it reads like their header."""
        rows = self.rows(sheet)
        first = list(islice(rows, HEADER_WITHIN + 2))
        header = find_header(first, columns)
        if header is None:
            return None
        rest = (row for row in first if row.number > header.last_row)
        above = tuple(row for row in first if row.number < header.first_row)
        return Table(sheet, header, chain(rest, rows), above=above)


@contextmanager
def open_book(path: Path | str, *, name: str = "") -> Iterator[Book]:
    """Open a .xlsx or .csv by what is in it, whatever its name ends with.

    Refused, with what to do, for: empty, too large, old .xls or encrypted, with macros, HTML in disguise, a zip bomb,
    anything else that is no table.
    """
    path = Path(path)
    name = name or path.name
    size = path.stat().st_size
    if size == 0:
        raise Refused(_("文件是空的。请检查后重新上传。"), code="empty")
    if size > MAX_BYTES:
        raise Refused(
            _("文件有 %(size)s MB，超过 %(most)s MB。请拆成几个文件后分别上传。")
            % {"size": size // 1048576, "most": MAX_BYTES // 1048576},
            code="too_large",
        )
    with path.open("rb") as file:
        head = file.read(4096)
        file.seek(0)
        if head.startswith(b"PK\x03\x04"):
            with _open_xlsx(file) as book:
                yield book
        else:
            _refuse_no_text(head, name)
            yield _open_csv(path, file, name)


def _refuse_no_text(head: bytes, name: str) -> None:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(
            _("这是旧版 .xls 或加了密码的文件。请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 后再上传。"),
            code="old_xls",
        )
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"mime-version")):
        raise Refused(_("这个文件其实是网页，不是表格。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"), code="html")
    utf16 = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if (b"\x00" in head and not utf16) or start.startswith((b"%pdf", b"7z\xbc\xaf", b"rar!")):
        raise Refused(_("「%(name)s」不是表格文件。请上传 .xlsx 或 .csv。") % {"name": name[:60]}, code="wrong_type")


# .xlsx --------------------------------------------------------------------------------------------------------------


_BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, ParseError,
    KeyError, ValueError, TypeError, IndexError, AttributeError, OSError, EOFError, NotImplementedError, RuntimeError,
)  # fmt: skip
"""What the zip, XML and spreadsheet readers raise on a damaged file."""


@contextmanager
def _open_xlsx(file: IO[bytes]) -> Iterator[Book]:
    with ExitStack() as held:
        try:
            archive = held.enter_context(zipfile.ZipFile(file))
            _check_archive(archive)
            parts = _sheet_parts(archive)
            file.seek(0)
            workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        except _BROKEN as broken:
            raise Refused(BROKEN, code="broken") from broken
        held.callback(workbook.close)
        visible = [s.title for s in workbook.worksheets if s.sheet_state == "visible" and hasattr(s, "iter_rows")]
        yield Book(visible, lambda sheet: _xlsx_rows(workbook[sheet], _merges(archive, parts.get(sheet))), kind="xlsx")


def _check_archive(archive: zipfile.ZipFile) -> None:
    """Judge the parts by what the archive declares; unpacking never gives more than was declared."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise Refused(_("这个压缩包里不是 Excel 表格。请上传 .xlsx 或 .csv。"), code="wrong_type")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused(
            _("文件里带有宏，为安全起见不接收。请在 Excel 中另存为「Excel 工作簿（.xlsx）」后再上传。"), code="macro"
        )
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    strings = sum(
        part.file_size for part in parts if part.filename.startswith("xl/") and "/worksheets/" not in part.filename
    )
    bomb = unpacked > 20 * 1024 * 1024 and unpacked > MAX_RATIO * max(packed, 1)
    if unpacked > MAX_UNPACKED or strings > MAX_STRINGS or len(parts) > MAX_PARTS or bomb:
        raise Refused(_("文件展开后太大，不像正常的表格。请只保留要导入的工作表，拆小后再上传。"), code="bomb")
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as xml:
                if b"<!DOCTYPE" in xml.read(2048):
                    raise Refused(
                        _("文件的内部格式不正常，不接收。请用 Excel 或 WPS 另存为 .xlsx 后再上传。"), code="hostile"
                    )


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The archive part of each sheet by the sheet's name."""
    from openpyxl.xml.functions import fromstring

    def read(part: str) -> Any:
        return fromstring(archive.read(part))

    targets = {rel.get("Id"): rel.get("Target") for rel in read("xl/_rels/workbook.xml.rels")}
    found = {}
    for node in read("xl/workbook.xml").iter():
        if node.tag.endswith("}sheet"):
            rel = next((value for key, value in node.attrib.items() if key.endswith("}id")), None)
            target = targets.get(rel)
            if target:
                found[node.get("name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


_MERGE = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def _merges(archive: zipfile.ZipFile, part: str | None) -> dict[int, list[tuple[int, int, int]]]:
    """Merged ranges by their first row: (last row, first column, last column), columns from 0.

    They stand behind the rows in the file, so they are looked for before the rows are read.
    """
    found: dict[int, list[tuple[int, int, int]]] = {}
    if part is None or part not in archive.namelist():
        return found
    count, tail = 0, b""
    with archive.open(part) as xml:
        while (block := xml.read(1 << 20)) and count < MAX_MERGES:
            text = tail + block
            end = 0
            for match in _MERGE.finditer(text):
                left, top, right, bottom = match.groups()
                found.setdefault(int(top), []).append((int(bottom), _column_index(left), _column_index(right)))
                count, end = count + 1, match.end()
            tail = text[max(end, len(text) - 80) :]
    return found


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _xlsx_rows(sheet: Any, merges: dict[int, list[tuple[int, int, int]]]) -> Iterator[Row]:
    """Rows of a sheet. The declared extent is not believed: many programs write it wrong."""
    sheet.reset_dimensions()
    padded: dict[int, int] = {}
    open_merges: list[tuple[int, int, int, object]] = []
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        values = [_value(cell, padded) for cell in cells]
        if open_merges or number in merges:
            open_merges = _fill_merged(number, values, merges.get(number, ()), open_merges)
        if any(value is not None and value != "" for value in values):
            yield Row(number, tuple(values))


def _value(cell: Any, padded: dict[int, int]) -> object:
    """What the cell shows. A number formatted as 000000 shows its zeros, as employee numbers do."""
    value = cell.value
    if type(value) is int:
        style = getattr(cell, "_style_id", 0)
        if style:
            if style not in padded:
                form = cell.number_format or ""
                padded[style] = len(form) if re.fullmatch(r"0{2,20}", form) else 0
            if padded[style]:
                return str(value).zfill(padded[style])
    elif type(value) is str:
        return None if not value.strip() else value
    return value


def _fill_merged(
    number: int, values: list[object], new: Iterable[tuple[int, int, int]], going: list[tuple[int, int, int, object]]
) -> list[tuple[int, int, int, object]]:
    """Write the value of each merged range into all cells of this row that it covers; returns those that go on."""
    for bottom, left, right in new:
        if right - left <= MAX_COLUMNS:
            going = [*going, (bottom, left, min(right, MAX_COLUMNS), values[left] if left < len(values) else None)]
    for _name, left, right, value in going:
        if value is not None:
            values.extend([None] * (right + 1 - len(values)))
            values[left : right + 1] = [value] * (right + 1 - left)
    return [merge for merge in going if merge[0] > number]


# .csv ---------------------------------------------------------------------------------------------------------------


def _open_csv(path: Path, file: IO[bytes], name: str) -> Book:
    encoding = detect_encoding(file)
    file.seek(0)
    sample = file.read(65536).decode(encoding, errors="ignore")
    first = [line for line in sample.splitlines()[:20] if line.strip()]
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in first))
    sheet = Path(name).stem[:40] or "表"

    def rows(_sheet: str) -> Iterator[Row]:
        with path.open(encoding=encoding, newline="") as lines:
            reader = csv.reader(lines, delimiter=delimiter)
            before = 0
            for cells in reader:
                number, before = before + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    yield Row(number, tuple(cell if cell.strip() else None for cell in cells[:MAX_COLUMNS]))

    return Book([sheet], rows, kind="csv", encoding=encoding)


def detect_encoding(file: IO[bytes]) -> str:
    """UTF-8 if all of it is, UTF-16 by its mark, otherwise GB18030, which contains GBK. Refused when it is none."""
    head = file.read(4)
    file.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Refused(_("看不懂这个文件的文字编码。请用 Excel 或 WPS 打开，另存为 .xlsx 后再上传。"), code="encoding")
