"""What was handed out to whom: a signed ticket for one item of one day, so that only what was handed out is answered.

Nothing is kept on the server for it. A ticket does not expire: an answer that was given without a network is taken
whenever it comes.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.core import signing
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused

SALT = "kuangdeng.practice"


@dataclass(frozen=True)
class Ticket:
    """One item in one version, for one person (or one team), for one day, handed out at one moment."""

    holder_id: UUID
    version_id: UUID
    day: date
    why: str
    issued_at: datetime

    @property
    def seed(self) -> str:
        """By which the options stand before him; the same on every device, and again when the answer is shown."""
        return seed_for(self.version_id, self.day)


def seed_for(version_id: UUID, day: date) -> str:
    """The seed of one item on one day."""
    return f"{version_id.hex}\x1e{day}"


def issue(holder_id: UUID, version_id: UUID, day: date, why: str = "") -> str:
    """The ticket as it travels."""
    facts = [holder_id.hex, version_id.hex, day.toordinal(), why, int(now().timestamp())]
    return signing.Signer(salt=SALT).sign_object(facts)


def read(ticket: str, *, holder_id: UUID) -> Ticket:
    """What a ticket says. Refused when it was made by nobody here, or for somebody else."""
    try:
        holder, version, day, why, issued = signing.Signer(salt=SALT).unsign_object(ticket)
    except (signing.BadSignature, ValueError, TypeError):
        raise _refusal() from None
    if UUID(holder) != holder_id:
        raise _refusal()
    return Ticket(UUID(holder), UUID(version), date.fromordinal(day), why, datetime.fromtimestamp(issued, UTC))


def _refusal() -> Refused:
    return Refused(_("这道题不是发给您的，没有记下。请刷新页面后再答。"), field="ticket", code="bad_ticket")
