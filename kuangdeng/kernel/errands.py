"""Errands: work that takes too long for a page is handed to the worker; the page says how it stands."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from time import monotonic
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.models import Errand
from kuangdeng.kernel.rows import one_of

log = logging.getLogger(__name__)
T = TypeVar("T")
TELL_EVERY = 1.0
"""Seconds between two words on how far it is."""
_under_way: ContextVar[str] = ContextVar("errand", default="")


def errand_called(name: str) -> Errand | None:
    """How this work stands: under way, refused, or None when nobody asked for it or it is done."""
    return one_of(Errand.objects.filter(name=name))


@transaction.atomic
def hand_over(name: str, defer: Callable[[], object], *, by_id: UUID) -> None:
    """Ask the worker to do in somebody's name (交后台办) the job that `defer` puts into its queue.

    Refused while it is under way: a second click does not do it twice.
    """
    row, new = Errand.objects.select_for_update().get_or_create(name=name, defaults={"by_id": by_id})
    if not new and row.is_moving:
        raise Refused(_("已经在后台办了，办完这一页会自己刷新。请不要再点。"), code="under_way")
    row.by_id, row.asked_at, row.refused = by_id, now(), ""
    row.done, row.total, row.heard_at = 0, 0, row.asked_at
    row.save()
    defer()


def carry_out(name: str, act: Callable[[UUID], object]) -> bool:
    """Do what was asked, in the name of who asked; whether it was done. What was refused is kept for the page."""
    found = errand_called(name)
    if found is None or found.refused:
        return False
    before = _under_way.set(name)
    try:
        with in_chinese():
            act(found.by_id)
    except Refused as refusal:
        _refuse(name, str(refusal))
        return False
    except Exception:
        with in_chinese():
            _refuse(name, _("没有办成：系统出了意外。请再点一次；还不行，请告诉管理员。"))
        raise
    finally:
        _under_way.reset(before)
    Errand.objects.filter(name=name).delete()
    return True


def counted(rows: Sequence[T]) -> Iterator[T]:
    """These rows, one after the other; when an errand goes through them, its page says how many are done (已办多少).

    What an errand writes is one transaction, of which nobody sees anything before its end. So this is told on a
    connection of its own. Outside an errand there are only the rows.
    """
    name, last = _under_way.get(), float("-inf")
    if not name:
        yield from rows
        return
    line = connection.copy()
    try:
        for done, row in enumerate(rows):
            if monotonic() - last >= TELL_EVERY:
                _tell(line, name, done, len(rows))
                last = monotonic()
            yield row
        _tell(line, name, len(rows), len(rows))
    finally:
        line.close()


def _tell(line: BaseDatabaseWrapper, name: str, done: int, total: int) -> None:
    """The work goes on when it cannot be told."""
    said = "UPDATE kernel_errand SET done = %s, total = %s, heard_at = %s WHERE name = %s"
    try:
        with line.cursor() as cursor:
            cursor.execute(said, [done, total, now(), name])
    except DatabaseError:
        log.warning("%s: %s of %s could not be told", name, done, total, exc_info=True)


def _refuse(name: str, why: str) -> None:
    log.warning("%s: %s", name, why)
    Errand.objects.filter(name=name).update(refused=why[:300])
