"""The register: one list page for everything that is kept in rows.

A domain declares a `Register` (columns, filters, bulk verbs) and hands it a QuerySet and the address's parameters;
what comes back is a `Listing`, one page of it. Every state of the list is in the address. Whatever the number of
rows, a page costs a constant number of SQL statements: a capped count, the ids by index, the rows by id.
"""

from kuangdeng.kernel.listing.bulk import RowResult, run_each
from kuangdeng.kernel.listing.declare import Bulk, Column, Register, View
from kuangdeng.kernel.listing.export import csv_lines, write_xlsx
from kuangdeng.kernel.listing.filters import Choice, Dates, Filter, Flag, Multi, Number, Picked, Text
from kuangdeng.kernel.listing.page import COUNT_CAP, Listing

__all__ = [
    "COUNT_CAP",
    "Bulk",
    "Choice",
    "Column",
    "Dates",
    "Filter",
    "Flag",
    "Listing",
    "Multi",
    "Number",
    "Picked",
    "Register",
    "RowResult",
    "Text",
    "View",
    "csv_lines",
    "run_each",
    "write_xlsx",
]
