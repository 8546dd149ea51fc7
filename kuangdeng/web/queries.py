"""What the shell itself asks."""

from uuid import UUID

from kuangdeng.ledger.models import Notice


def unread_count(person_id: UUID) -> int:
    """How many notices of this person he has neither read nor done; counted no further than the badge shows."""
    return Notice.objects.filter(person_id=person_id, read_at=None, acted_at=None).order_by()[:100].count()
