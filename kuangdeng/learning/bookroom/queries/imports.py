"""Importing a catalogue: the runs, and what is known already."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.bookroom.models import (
    BookImport,
    Copy,
    Title,
)
from kuangdeng.org.api import Person


def imports(by: Person) -> list[BookImport]:
    """The last imports, without their records."""
    rows = BookImport.objects.filter(mine_id=by.mine_id).select_related("by").defer("drafts", "problems")
    return list(rows[:20])


def get_import(run_id: UUID, *, by: Person) -> BookImport:
    """One import. NotVisible when there is none."""
    found = one_of(BookImport.objects.select_related("by").filter(id=run_id, mine_id=by.mine_id))
    if found is None:
        raise NotVisible
    return found


def known_works(mine_id: UUID, isbns: Iterable[str], keys: Iterable[str]) -> tuple[dict[str, Title], dict[str, Title]]:
    """The titles that the mine has already, by ISBN and by work."""
    wanted = [one for one in isbns if one], list(keys)
    rows = Title.objects.filter(mine_id=mine_id).filter(Q(isbn__in=wanted[0]) | Q(work_key__in=wanted[1]))
    by_isbn, by_work = {}, {}
    for row in rows.only("id", "isbn", "title", "author", "work_key").order_by("-added_at"):
        if row.isbn:
            by_isbn[row.isbn] = row
        by_work[row.work_key] = row
    return by_isbn, by_work


def twin_of(isbn: str, work_key: str, by_isbn: dict[str, Title], by_work: dict[str, Title]) -> Title | None:
    """The title that is there already: by ISBN, or by name and author when not both have one (two ISBNs: two editions)."""
    if isbn and isbn in by_isbn:
        return by_isbn[isbn]
    title = by_work.get(work_key)
    return None if title is None or (isbn and title.isbn) else title


def known_barcodes(mine_id: UUID, barcodes: Iterable[str]) -> set[str]:
    """Those of the barcodes that a copy of the mine has."""
    wanted = list(barcodes)
    rows = Copy.objects.filter(mine_id=mine_id, barcode__in=wanted) if wanted else Copy.objects.none()
    return set(rows.values_list("barcode", flat=True))
