"""Which column of a sheet is which of ours, by the meaning of its title."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kuangdeng.kernel.tables.cells import squeeze

HEADER_WITHIN = 15
"""The header stands in one of the first rows that have something in them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank: its number as the spreadsheet shows it, and its cells."""

    number: int
    cells: tuple[object, ...]


@dataclass(frozen=True)
class Column:
    """A column that we look for: `names` are the titles it goes by, the most exact first."""

    key: str
    label: str
    names: tuple[str, ...] = ()
    required: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        """The label and the names, squeezed."""
        return tuple(dict.fromkeys(squeeze(name) for name in (self.label, *self.names)))


_BRACKETS = re.compile(r"[(\[【〔{<《][^)\]】〕}>》]*[)\]】〕}>》]")


@dataclass(frozen=True)
class Header:
    """Where the header stands and which column of the sheet is which of ours."""

    first_row: int
    last_row: int
    columns: dict[str, int]
    titles: dict[int, str]
    labels: dict[str, str]
    score: int
    missing: tuple[Column, ...] = ()

    @property
    def unknown(self) -> list[str]:
        """Titles that nobody asked for."""
        used = set(self.columns.values())
        return [title for index, title in self.titles.items() if index not in used]


def find_header(rows: Sequence[Row], columns: Sequence[Column]) -> Header | None:
    """The header among the first rows: the row, or pair of rows, whose titles match most of `columns`.

    At least two columns must match (one, if only one was asked for), so that a title line is not taken for it.
    Required columns that are not there are named in `missing`; whether that matters the caller decides.
    """
    best: Header | None = None
    rows = rows[: HEADER_WITHIN + 1]
    for row, below in [*((row, None) for row in rows), *pairwise(rows)]:
        header = _match(row, below, columns)
        if best is None or header.score > best.score:
            best = header
    return best if best and len(best.columns) >= min(2, len(columns)) else None


def _match(row: Row, below: Row | None, columns: Sequence[Column]) -> Header:
    titles = _titles(row, below)
    hits = []
    for index, title in titles.items():
        for order, column in enumerate(columns):
            points = _points(title, column)
            if points:
                hits.append((-points, order, index, column.key))
    found: dict[str, int] = {}
    score = 0
    for negative, _, index, key in sorted(hits):
        if key not in found and index not in found.values():
            found[key] = index
            score -= negative
    return Header(
        row.number,
        below.number if below else row.number,
        found,
        {index: shown(title) for index, title in titles.items()},
        {column.key: column.label for column in columns},
        score,
        tuple(column for column in columns if column.required and column.key not in found),
    )


def _titles(row: Row, below: Row | None) -> dict[int, list[str]]:
    """The titles each column may go by: its own, or under a two-storey header the lower one, or both together."""
    titles: dict[int, list[str]] = {}
    for index in range(max(len(row.cells), len(below.cells) if below else 0)):
        upper = cell_title(row, index)
        lower = cell_title(below, index) if below else ""
        if lower and upper and lower != upper:
            titles[index] = [upper + lower, lower]
        elif lower or upper:
            titles[index] = [lower or upper]
    return titles


def cell_title(row: Row, index: int) -> str:
    cell = row.cells[index] if index < len(row.cells) else None
    return str(cell).strip() if isinstance(cell, str) and len(cell) <= 60 else ""


def shown(title: Sequence[str]) -> str:
    return re.sub(r"\s+", "", title[-1])


def _points(titles: Sequence[str], column: Column) -> int:
    """How well a title means a column: 100 word for word, 90 without its brackets, 30–60 when a name is part of it."""
    best = 0
    for title in titles:
        whole, bare = squeeze(title), squeeze(_BRACKETS.sub("", unicodedata.normalize("NFKC", title)))
        for order, name in enumerate(column.titles):
            if whole == name:
                points = 100 - min(order, 9)
            elif bare == name:
                points = 90 - min(order, 9)
            elif len(name) >= 2 and (bare.startswith(name) or bare.endswith(name)) and len(bare) <= len(name) + 6:
                points = 30 + min(len(name) * 4, 24)
            else:
                points = 0
            best = max(best, points)
    return best
