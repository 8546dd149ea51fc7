"""Pairing codes: how a display that nobody knows yet becomes a screen. No fact of a mine, so nothing is on a ledger."""

import secrets

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import digest_of
from kuangdeng.web.models import PairingCode
from kuangdeng.web.screens import rules


def new_secret() -> str:
    """A secret for a device that cannot make its own."""
    return secrets.token_urlsafe(32)


def code_for(secret: str, *, address: str) -> str:
    """The code that this display shows until somebody types it in; the same one until it dies.

    Empty when the secret is too weak, or when too many displays wait at once: then nobody gets a code until others
    have died.
    """
    if not rules.SECRET.fullmatch(secret):
        return ""
    digest, at = digest_of(secret), clock.now()
    living = PairingCode.objects.filter(digest=digest, expires_at__gt=at).values_list("code", flat=True).first()
    return living or _make_code(digest, address)


def _make_code(digest: str, address: str) -> str:
    at = clock.now()
    PairingCode.objects.filter(expires_at__lte=at).delete()
    waiting = list(PairingCode.objects.values_list("address", flat=True)[: rules.CODES_AT_ONCE])
    if len(waiting) >= rules.CODES_AT_ONCE or waiting.count(address) >= rules.CODES_PER_ADDRESS:
        return ""
    code = f"{secrets.randbelow(10**rules.CODE_LENGTH):0{rules.CODE_LENGTH}d}"
    row = PairingCode(digest=digest, code=code, address=address, expires_at=at + rules.CODE_LIVES)
    PairingCode.objects.bulk_create([row], ignore_conflicts=True)  # taken already: the next poll draws another one
    return PairingCode.objects.filter(digest=digest).values_list("code", flat=True).first() or ""
