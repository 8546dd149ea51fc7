"""Importing in one call, for the command line, the demo mine and programs; pages go in steps, with a preview between."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from kuangdeng.kernel.files import path_of
from kuangdeng.learning.items import importing
from kuangdeng.learning.items.formats.drafts import Draft
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.services import write_import
from kuangdeng.org.api import ImportRun, Person


def confirm(run_id: UUID, *, choice: importing.Choice, by: Person) -> ImportRun:
    """Write a previewed run: its pictures first into the store, then everything in one transaction."""
    run = importing.get_run(run_id, by=by)
    stored = importing.store_pictures(run, importing.pictures_wanted(run), by)
    return write_import(run.id, choice=choice, pictures=stored, by=by)


def import_items(path: Path, *, choice: importing.Choice, by: Person, name: str = "") -> ImportRun:
    """A file of items into a bank, all steps at once. A file that cannot be read comes back as failed."""
    run = importing.take_in(path, by=by, name=name or path.name)
    run = importing.read(run.id, by=by)
    return run if run.state == ImportRun.State.FAILED else confirm(run.id, choice=choice, by=by)


def drafts_for_export(items: Iterable[Item]) -> Iterator[Draft]:
    """Items as drafts, in their latest version. `items` come with `latest` and `categories`."""
    for item in items:
        yield Draft(
            content=item.latest.content,
            sheet=item.bank.name,
            marks=format(item.latest.marks.normalize(), "f"),
            explanation=item.latest.explanation,
            difficulty=item.difficulty,
            clause=item.clause,
            source=item.source,
            categories=[(one.kind, one.name) for one in item.categories.all()],
        )


def load_picture(sha256: str) -> bytes | None:
    """The bytes of a stored picture, for packages."""
    path = path_of(sha256)
    return path.read_bytes() if path.exists() else None
