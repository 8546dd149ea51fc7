"""Reading the tables that people keep: .xlsx and .csv as they are, with titles above, gaps inside and totals below.

    with open_book(path, name="职工花名册.xlsx") as book:
        for sheet in book.sheets:
            table = book.table(sheet, COLUMNS)          # None: no header row of this meaning
            for record in table:                        # one line at a time, flat memory
                name = compact(record["name"])
                born = to_date(record["born_on"])       # Unreadable says in Chinese what is wrong
                ... record.problem("born_on", sentence)           # where it stands: sheet, row, column, cell

Row numbers are those that the person sees in his spreadsheet. A merged cell counts for every cell it covers. Macros,
old .xls, zip bombs and things that are no table are `Refused` in a sentence.
"""

from kuangdeng.kernel.tables.cells import (
    Unreadable,
    column_letters,
    compact,
    squeeze,
    text,
    to_bool,
    to_date,
    to_moment,
    to_number,
)
from kuangdeng.kernel.tables.headers import Column, Header, Row, find_header
from kuangdeng.kernel.tables.opening import Book, detect_encoding, open_book
from kuangdeng.kernel.tables.records import Problem, Record, Table, is_total

__all__ = [
    "Book",
    "Column",
    "Header",
    "Problem",
    "Record",
    "Row",
    "Table",
    "Unreadable",
    "column_letters",
    "compact",
    "detect_encoding",
    "find_header",
    "is_total",
    "open_book",
    "squeeze",
    "text",
    "to_bool",
    "to_date",
    "to_moment",
    "to_number",
]
