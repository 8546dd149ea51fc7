"""What an exam tells the bank: these items were asked. No verb of its own; it happens inside the exam's."""

from collections.abc import Mapping
from itertools import groupby
from uuid import UUID

from django.db.models import F

from kuangdeng.kernel.clock import now
from kuangdeng.learning.items.models import Item


def note_uses(uses: Mapping[UUID, int]) -> None:
    """Count how often each item (by its id) was put before somebody, in the caller's transaction."""
    by_count = sorted(uses.items(), key=lambda one: (one[1], one[0]))
    for count, rows in groupby(by_count, key=lambda one: one[1]):
        ids = [item_id for item_id, _count in rows]
        Item.objects.filter(id__in=ids).update(times_used=F("times_used") + count, last_used_at=now())
