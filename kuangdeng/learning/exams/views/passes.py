"""The pass of a sitting: a signed name in a cookie that opens one person's paper on one browser, and nothing else."""

from functools import lru_cache

from django.core import signing

PASS = "kuangdeng_sitting"  # noqa: S105 — the name of a cookie
PASS_LASTS = 60 * 60 * 12


def _signer() -> signing.Signer:
    return signing.Signer(salt="exam-sitting")


def pass_for(sitting_id: str, device: str) -> str:
    """What the cookie holds."""
    return _signer().sign(f"{sitting_id}/{device}")


def device_of(said: str, sitting_id: str) -> str | None:
    """The device that holds this pass for this sitting; None when the pass is forged or another sitting's."""
    name, _slash, device = _read(said).partition("/")
    return device if name == sitting_id and device else None


@lru_cache(4096)
def _read(said: str) -> str:
    """What was signed, remembered, as the same pass comes with every answer; empty for a forgery."""
    try:
        return _signer().unsign(said)
    except signing.BadSignature:
        return ""
