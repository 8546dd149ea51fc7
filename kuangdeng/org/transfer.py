"""Importing in one call, for the command line and for programs; pages go in two steps, with a preview between."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from kuangdeng.org.importing import runs
from kuangdeng.org.importing.plan import Progress
from kuangdeng.org.models import ImportRun, Person
from kuangdeng.org.services.imports import write_import


def import_org(
    path: Path | str,
    *,
    by: Person,
    name: str = "",
    valid_from: date | None = None,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportRun:
    """Bring one file of units, persons and places in, and return its run with `problems` and `report`.

    `progress(done, total)` is called while it reads (total 0: not known yet) and while it writes. With `dry_run` only
    the report is made and nothing is kept. Several files: units first, then persons, then places.
    """
    path = Path(path)
    with path.open("rb") as source:
        run = runs.begin(source, name=name or path.name, by=by, valid_from=valid_from, progress=progress)
    if dry_run:
        runs.drop(run)
        return run
    return write_import(run.id, by=by, progress=progress)


def problem_lines(run: ImportRun) -> Iterable[str]:
    """What is wrong in the file, one sentence each: sheet, row, column, cell."""
    for one in run.problems:
        where = f"「{one['sheet']}」第 {one['row']} 行"
        yield (
            f"{where}「{one['column']}」列（{one['cell']}）：{one['message']}"
            if one["column"]
            else f"{where}：{one['message']}"
        )
