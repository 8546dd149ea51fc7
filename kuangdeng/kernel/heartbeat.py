"""Signs of life of the processes that nobody looks at."""

from datetime import datetime

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.models import Heartbeat


def beat(name: str, note: str = "") -> None:
    """Say that `name` is alive now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now(), "note": note[:200]})


def last_beat(name: str) -> datetime | None:
    """When `name` last said that it is alive; None when it never did."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def stop_beating(name: str) -> None:
    """Say that `name` has come to its end, so that nobody misses it."""
    Heartbeat.objects.filter(name=name).delete()
