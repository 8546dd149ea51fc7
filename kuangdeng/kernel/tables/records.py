"""Rows, and the records under a header."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from kuangdeng.kernel.tables.cells import column_letters, compact
from kuangdeng.kernel.tables.headers import Header, Row, cell_title, shown


@dataclass(frozen=True)
class Problem:
    """One thing wrong in a file, where a person finds it: sheet, row, column, cell address, and a sentence."""

    sheet: str
    row: int
    column: str
    cell: str
    message: str

    def __str__(self) -> str:
        where = _("「%(sheet)s」第 %(row)s 行") % {"sheet": self.sheet, "row": self.row}
        return (
            _("%(where)s「%(column)s」列（%(cell)s）：%(message)s")
            % {"where": where, "column": self.column, "cell": self.cell, "message": self.message}
            if self.column
            else f"{where}：{self.message}"
        )


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a table: `record["name"]` is the cell of that column, None when the column or the cell is empty."""

    sheet: str
    number: int
    cells: tuple[object, ...]
    header: Header

    def __getitem__(self, key: str) -> object:
        index = self.header.columns.get(key)
        return self.cells[index] if index is not None and index < len(self.cells) else None

    def has(self, key: str) -> bool:
        """Whether the file has this column at all."""
        return key in self.header.columns

    def address(self, key: str) -> str:
        """The cell as the spreadsheet names it, like D17; empty when the column is not there."""
        index = self.header.columns.get(key)
        return f"{column_letters(index)}{self.number}" if index is not None else ""

    def problem(self, key: str, message: object) -> Problem:
        """Something wrong in this cell."""
        index = self.header.columns.get(key)
        title = self.header.titles.get(index, "") if index is not None else self.header.labels.get(key, "")
        return Problem(self.sheet, self.number, title, self.address(key), str(message))


@dataclass
class Table:
    """The records under a header; rows of totals, signatures and repeated headers are left out and counted."""

    sheet: str
    header: Header
    rows: Iterable[Row]
    skipped: int = field(default=0)
    above: tuple[Row, ...] = ()
    """The titles over the header."""
    not_data: list[int] = field(default_factory=list)
    """The numbers of the first rows that were left out, up to a hundred."""

    def __iter__(self) -> Iterator[Record]:
        for row in self.rows:
            if is_total(row) or self._is_header_again(row):
                self.skipped += 1
                if len(self.not_data) < 100:
                    self.not_data.append(row.number)
            else:
                yield Record(self.sheet, row.number, row.cells, self.header)

    def _is_header_again(self, row: Row) -> bool:
        """A printed table repeats its header on every page; pasted together it stands in the middle."""
        wanted = list(self.header.columns.values())
        same = sum(shown([cell_title(row, index)]) == self.header.titles.get(index) for index in wanted)
        return len(wanted) > 1 and same * 2 > len(wanted)


_TOTAL = re.compile(r"^(合计|总计|小计|共计|累计|本页小计|本页合计|本月合计)")
_SIGNATURE = re.compile(
    r"^(制表|填表|填报|审核|审批|编制|说明|备注|注|打印|负责人|矿长|单位负责人|制表人|填表日期)[^:]{0,8}:"
)


def is_total(row: Row) -> bool:
    """Whether a row is no record but a total or the line of signatures below a table."""
    filled = [cell for cell in row.cells if cell is not None]
    first = next((compact(cell) for cell in filled if not isinstance(cell, int | float)), "")
    if _TOTAL.match(first):
        return True
    return len(filled) <= 4 and bool(_SIGNATURE.match(first))
