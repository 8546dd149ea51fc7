"""Importing in one call, for the command line, the demo mine and programs; pages go in steps, with a preview between."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import path_of
from kuangdeng.kernel.heartbeat import beat, stop_beating
from kuangdeng.kernel.words import plain
from kuangdeng.learning.items import importing
from kuangdeng.learning.items.formats.drafts import Draft
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.services import check_choice, write_import
from kuangdeng.org.api import ImportRun, Person


def confirm(run_id: UUID, *, choice: importing.Choice, by: Person) -> ImportRun:
    """Write a previewed run: its pictures first into the store, then everything in one transaction."""
    run = importing.get_run(run_id, by=by)
    stored = importing.store_pictures(run, importing.pictures_wanted(run), by)
    return write_import(run.id, choice=choice, pictures=stored, by=by)


def hand_to_worker(run_id: UUID, *, choice: importing.Choice, by: Person) -> ImportRun:
    """Confirm a large run: the worker writes it. Refused as the writing itself would be."""
    run = importing.get_run(run_id, by=by)
    check_choice(run, choice, by)
    report = {**run.report, "choice": choice.as_json(), "refused": ""}
    rows = ImportRun.objects.filter(id=run.id, state=ImportRun.State.PREVIEW)
    rows.update(state=ImportRun.State.WRITING, report=report)
    run.refresh_from_db()
    return run


def go_on(run: ImportRun) -> ImportRun:
    """Whatever is next for this run, in the name of who handed it in: read it, or write it once it is confirmed.

    What is refused while it is written stands over the preview again; nothing of it was written then.
    """
    if run.state == ImportRun.State.READING:
        return importing.read(run.id, by=run.by)
    if run.state != ImportRun.State.WRITING:
        return run
    beat(importing.pulse(run))
    try:
        confirm(run.id, choice=importing.Choice.from_json(run.report["choice"]), by=run.by)
    except Refused as refusal:
        report = {**run.report, "refused": str(refusal)}
        rows = ImportRun.objects.filter(id=run.id, state=ImportRun.State.WRITING)
        rows.update(state=ImportRun.State.PREVIEW, report=report)
    stop_beating(importing.pulse(run))
    run.refresh_from_db()
    return run


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
            marks=plain(item.latest.marks),
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
