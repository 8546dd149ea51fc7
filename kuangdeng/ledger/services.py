"""Writing the ledger. Called by every verb; opens no transaction of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from kuangdeng.kernel.clock import now
from kuangdeng.ledger.models import Entry


@dataclass(frozen=True)
class Named:
    """A thing of another context as the ledger keeps it: its id and the name that it had that day."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Subject:
    """What an entry is about."""

    kind: str
    id: UUID | str
    label: str


def post(
    verb: str,
    subject: Subject,
    *,
    mine_id: UUID,
    by: Named | None,
    unit: Named | None = None,
    place: Named | None = None,
    occurred_at: datetime | None = None,
    quantity: Decimal | int = 1,
    payload: Mapping[str, object] | None = None,
    source_key: str | None = None,
    reverses: Entry | None = None,
) -> Entry:
    """Write one line into the ledger, inside the verb's transaction.

    `by` is None for what the system does by itself (an overdue ladder step), and for anonymous reports: the ledger
    must not become the place where an anonymous reporter can be found. Raises IntegrityError when `source_key` is
    there already: the caller looked first, so a second one is a race, and the whole verb is rolled back.
    """
    at = now()
    return Entry.objects.create(
        mine_id=mine_id,
        by_id=by.id if by else None,
        by_name=by.name if by else "",
        verb=verb,
        subject_kind=subject.kind,
        subject_id=str(subject.id),
        subject_label=subject.label[:200],
        unit_id=unit.id if unit else None,
        unit_name=unit.name if unit else "",
        place_id=place.id if place else None,
        place_name=place.name[:300] if place else "",
        occurred_at=occurred_at or at,
        received_at=at,
        quantity=quantity,
        payload=dict(payload or {}),
        source_key=source_key,
        reverses=reverses,
    )
