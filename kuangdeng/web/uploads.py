"""Taking in one photo: the way that the report form, the field app and programs share.

Every photo travels alone, by sha256 and length. A photo inside a multipart form that was cut in the middle reached
views with the file silently missing; here it is either whole and durable, or refused.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.files import check_length, check_name, keep_photo, receive
from kuangdeng.kernel.models import Upload
from kuangdeng.org.api import Person

CHUNK = 16 * 1024
"""Small, because the server waits until a piece is full, and between two pieces a slow sender is noticed."""
PATIENCE = 60.0
"""Seconds that one upload may take, over and above what a slow network needs for its size."""
SLOWEST = 20_000
"""Bytes per second below which a sender is not waited for."""
AT_ONCE, WAITING, WAIT = 2, 1, 5.0
"""Uploads at one time in one web process, how many more may wait for their turn, and for how many seconds.

A thread that reads a body cannot be called back while the sender says nothing. A process has four threads: senders
who went out of reach must never take the last, which serves everybody else.
"""

_inside = BoundedSemaphore(AT_ONCE + WAITING)
_slots = BoundedSemaphore(AT_ONCE)

Read = Callable[[int], bytes]


@dataclass(frozen=True)
class Body:
    """A request's body as it comes in: how long it claims to be, and how to read on."""

    read: Read
    length: int | None


def take_photo(body: Body, sha256: str, *, by: Person) -> Upload:
    """Take in one photo and answer what is really held.

    Refused when it is not whole, not what it claims, no photo, or when it comes too slowly.
    """
    check_name(sha256)
    length = check_length(body.length)
    with _slot(), receive(_chunks(body.read, length), sha256=sha256, length=length) as incoming:
        return keep_photo(incoming, owner_id=by.id)


@contextlib.contextmanager
def _slot() -> Iterator[None]:
    with _turn(_inside, 0.0), _turn(_slots, WAIT):
        yield


@contextlib.contextmanager
def _turn(among: BoundedSemaphore, wait: float) -> Iterator[None]:
    if not among.acquire(timeout=wait):
        raise Refused(_("现在上传照片的人太多。请稍后再传，已写的内容不会丢。"), field="photo", code="busy")
    try:
        yield
    finally:
        among.release()


def _chunks(read: Read, length: int) -> Iterator[bytes]:
    """The body piece by piece; a connection that breaks is simply the end, the length tells."""
    until = time.monotonic() + PATIENCE + length / SLOWEST
    while True:
        try:
            chunk = read(CHUNK)
        except OSError:
            return
        if not chunk:
            return
        yield chunk
        if time.monotonic() > until:
            raise Refused(_("照片传得太慢，没有保存。请到网络好的地方重新上传。"), field="photo", code="too_slow")
