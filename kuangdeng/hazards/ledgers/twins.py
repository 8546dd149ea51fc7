"""Rows that are there already: typed twice in the file, or known to the mine from before."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q

from kuangdeng.hazards.ledgers.meaning import Draft, twin_key
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.rules import Status
from kuangdeng.kernel import clock
from kuangdeng.org.api import PlaceIndex, fold_place


def twins_there(drafts: Sequence[Draft], *, mine_id: UUID, places: PlaceIndex, besides: UUID) -> set[int]:
    """Which of these rows the mine has already, from another file or from its own reports; their keys.

    Only the days of the rows are looked at, so that an old ledger costs what it overlaps. A spelling that has become
    a known place since then counts as that place.
    """
    if not drafts:
        return set()
    wanted = {draft.twin_key for draft in drafts} | {_shiftless(draft) for draft in drafts}
    first, last = min(draft.occurred_at for draft in drafts), max(draft.occurred_at for draft in drafts)
    start = clock.local(first).replace(hour=0, minute=0, second=0, microsecond=0)
    end = clock.local(last).replace(hour=23, minute=59, second=59, microsecond=999999)
    ids = {draft.place.id for draft in drafts if draft.place is not None}
    rows = (
        Hazard.objects.filter(Q(place_id__in=ids) | Q(place=None), mine_id=mine_id, occurred_at__range=(start, end))
        .exclude(import_run_id=besides)
        .exclude(status__in=[Status.VOID, Status.MERGED])
        .values_list("occurred_at", "place_id", "place_text", "text", "shift_name")
    )
    found: set[int] = set()
    for at, place_id, place_text, words, shift in rows.iterator(chunk_size=5000):
        if place_id is None and place_text:
            place = places.resolve(place_text)
            place_id = place.id if place else None
        where, day = str(place_id) if place_id else fold_place(place_text), clock.local(at).date()
        for key in (twin_key(day, where, words, shift), twin_key(day, where, words, "")):
            if key in wanted:
                found.add(key)
    return {
        draft.twin_key for draft in drafts if draft.twin_key in found or (not draft.shift_name and _shiftless(draft) in found)
    }  # fmt: skip


def _shiftless(draft: Draft) -> int:
    place = str(draft.place.id) if draft.place else fold_place(draft.place_text)
    return twin_key(draft.day, place, draft.text, "")
