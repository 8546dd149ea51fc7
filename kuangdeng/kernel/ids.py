"""Ids that sort by time and can be made on a phone underground before any server has heard of them; digests of secrets."""

from hashlib import sha256
from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def uuid7() -> UUID:
    """A new UUIDv7."""
    return _uuid7()


def digest_of(secret: str) -> str:
    """What is kept of a random secret: whoever reads the table cannot use it."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
