"""What a file would change: read, compared with what is there, and said; nothing is written."""

from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.tables import Table, open_book
from kuangdeng.org.importing.columns import PERSON_COLUMNS, PLACE_COLUMNS, UNIT_COLUMNS
from kuangdeng.org.importing.plan.lines import Line, PersonLine, PlaceLine, Plan, Progress, UnitLine
from kuangdeng.org.importing.plan.persons import PersonReader
from kuangdeng.org.importing.plan.places import PlaceReader
from kuangdeng.org.importing.plan.reading import Units
from kuangdeng.org.importing.plan.units import UnitReader
from kuangdeng.org.models import Mine

__all__ = ["Line", "PersonLine", "PlaceLine", "Plan", "Progress", "UnitLine", "make_plan"]


def make_plan(
    path: Path, name: str, *, mine: Mine, valid_from: date, may_grant: bool, progress: Progress | None = None
) -> Plan:
    """Read a file and say what it would change. Refused when it is no table, or none of ours.

    Sheets are known by their headers, not by their names. Units first, then persons and places, which refer to them.
    """
    plan = Plan(valid_from)
    with open_book(path, name=name) as book:
        found: list[tuple[str, Table]] = []
        for sheet in book.sheets:
            kind, table = _kind_of_sheet(book, sheet)
            plan.sheets[sheet] = kind
            if table is not None:
                found.append((kind, table))
        if not found:
            raise Refused(
                _(
                    "没有认出要导入的表。表头要有「工号」和「姓名」（职工），或「单位名称」和「上级」「类别」之一（单位），或「地点名称」（地点）。"
                    "请检查前 15 行里有没有表头。"
                ),
                code="no_table",
            )
        known = Units(mine)
        for kind, reader in (("units", UnitReader), ("persons", PersonReader), ("places", PlaceReader)):
            tables = [table for one, table in found if one == kind]
            if tables:
                reader(plan, mine, known, may_grant=may_grant, progress=progress).read(tables)
        plan.unit_names = {ref.id: ref.name for ref in known.by_id.values()}
    order = {sheet: at for at, sheet in enumerate(plan.sheets)}
    for found_wrong in (plan.problems, plan.notes):
        found_wrong.sort(key=lambda one: (order.get(one.sheet, 0), one.row))
    return plan


def _kind_of_sheet(book: Any, sheet: str) -> tuple[str, Table | None]:
    """What a sheet is about: the meaning whose required columns are all there and which fits best."""
    best: tuple[int, str, Table | None] = (0, "", None)
    for kind, columns in (("persons", PERSON_COLUMNS), ("places", PLACE_COLUMNS), ("units", UNIT_COLUMNS)):
        table = book.table(sheet, columns)
        if (
            table is None
            or table.header.missing
            or (kind == "units" and not {"parent", "kind", "branch"} & set(table.header.columns))
        ):
            continue
        if table.header.score > best[0]:
            best = (table.header.score, kind, table)
    return best[1], best[2]
