"""The one clock. Deadlines decide over people, so a test must be able to set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("kuangdeng_clock", default=None)


def now() -> datetime:
    """The present instant, aware and in UTC; the mine's wall clock is `local()`."""
    return _set_to.get() or datetime.now(UTC)


def local(at: datetime | None = None) -> datetime:
    """`at` (or now) on the mine's wall clock."""
    return timezone.localtime(at or now())


def today() -> date:
    """The calendar day on the mine's wall clock."""
    return local().date()


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """This hour of a day on the mine's wall clock."""
    return datetime.combine(day, time(hour, minute), local().tzinfo)


@contextmanager
def set_to(at: datetime) -> Iterator[None]:
    """Hold the clock at `at` inside the block; for tests and for replaying the demo mine's past."""
    if at.tzinfo is None:
        at = timezone.make_aware(at)
    token = _set_to.set(at)
    try:
        yield
    finally:
        _set_to.reset(token)
