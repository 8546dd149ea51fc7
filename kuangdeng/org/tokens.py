"""Personal tokens: how a program shows whom it acts for. Only the token's digest is kept."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.db.models import Q

from kuangdeng.kernel import clock
from kuangdeng.kernel.rows import one_of
from kuangdeng.org.models import ApiToken, Person

PREFIX = "kd_"
"""So that a token that was pasted somewhere by mistake is recognised as one."""
USE_NOTED_EVERY = timedelta(minutes=10)


def new_secret() -> str:
    """A fresh token to show once to its owner."""
    return PREFIX + secrets.token_urlsafe(32)


def token_digest(secret: str) -> str:
    """What is kept of a token. It is random and long, so a plain hash cannot be guessed backwards."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def person_of_token(secret: str) -> Person | None:
    """Whom a token stands for, with his mine and unit; None when it is unknown, ended or its owner left.

    The time of use is noted roughly, so that a busy program does not cost a write each time.
    """
    at = clock.now()
    token = one_of(
        ApiToken.objects.select_related("person__mine", "person__unit")
        .filter(Q(expires_on=None) | Q(expires_on__gte=clock.today()))
        .filter(digest=token_digest(secret), revoked_at=None, person__is_active=True)
    )
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at < at - USE_NOTED_EVERY:
        ApiToken.objects.filter(id=token.id).update(last_used_at=at)
    return token.person
