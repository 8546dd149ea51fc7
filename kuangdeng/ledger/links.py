"""Links in messages. A person's own carries a token; a group's never does.

The token says which notice and until when, signed with the installation's key: 24 hours, this one notice, nothing else.
Whoever holds it sees the title and the deadline of that notice and may mark it as read. It signs nobody in: what needs
rights asks for a password. So a message that is passed on gives away one sentence, not an account.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from kuangdeng.kernel.clock import now

LIVES = timedelta(hours=24)
SALT = "kuangdeng.notice-link"
SEAL = 12
"""Bytes of the signature that a link carries: short enough for an SMS, 96 bits are not guessed."""


@dataclass(frozen=True)
class Link:
    """What a token says."""

    notice_id: UUID
    until: datetime

    @property
    def expired(self) -> bool:
        """Whether its time is over."""
        return self.until <= now()


def _sealed(content: bytes) -> bytes:
    return salted_hmac(SALT, content, algorithm="sha256").digest()[:SEAL]


def token_for(notice_id: UUID, *, at: datetime | None = None) -> str:
    """The token of a notice, good from now for a day."""
    until = int(((at or now()) + LIVES).timestamp())
    content = notice_id.bytes + until.to_bytes(5, "big")
    return urlsafe_b64encode(content + _sealed(content)).decode().rstrip("=")


def read_token(token: str) -> Link | None:
    """What a token says, expired or not; None when we never gave it."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (ValueError, Error):
        return None
    content, seal = raw[:21], raw[21:]
    if len(raw) != 21 + SEAL or not constant_time_compare(seal, _sealed(content)):
        return None
    until = datetime.fromtimestamp(int.from_bytes(content[16:], "big"), UTC)
    return Link(UUID(bytes=content[:16]), until)


def absolute(path: str) -> str:
    """The whole address of one of our pages; empty when nobody said where we are reached."""
    base = str(getattr(settings, "PUBLIC_URL", "")).rstrip("/")
    return f"{base}{path}" if base else ""


def personal(notice_id: UUID) -> str:
    """The link of a message to one person."""
    return absolute(f"/n/{token_for(notice_id)}/")
