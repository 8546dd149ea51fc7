"""Ids that sort by time and can be made on a phone underground before any server has heard of them."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new UUIDv7."""
    return _uuid7()
