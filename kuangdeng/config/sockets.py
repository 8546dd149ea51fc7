"""Connections whose other end is gone without a word: common underground, where a phone walks out of the radio's reach.

The web server waits for the rest of a body for as long as the connection stands, one thread each. With keep-alive the
system itself asks the silent end and ends the connection when nothing comes back; the read then ends early, and what
was cut is refused like any other.
"""

import contextlib
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

SILENT, EVERY, TIMES = 20, 5, 3
"""Ask after so many silent seconds, again every so many, and give up after so many questions without an answer."""


def notice_lost_peers() -> None:
    """Set keep-alive on every listening socket of this process; connections inherit it when they are accepted."""
    if not sys.platform.startswith("linux"):
        return
    for listening in _listening():
        with listening, contextlib.suppress(OSError):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            for name, value in (("TCP_KEEPIDLE", SILENT), ("TCP_KEEPINTVL", EVERY), ("TCP_KEEPCNT", TIMES)):
                if option := getattr(socket, name, None):
                    listening.setsockopt(socket.IPPROTO_TCP, option, value)


def _listening() -> Iterator[socket.socket]:
    """Sockets that are bound and have no other end."""
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                one = socket.socket(fileno=os.dup(int(name)))
                if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM and _alone(one):
                    yield one
                else:
                    one.close()


def when_serving(application: Application, prepare: Callable[[], None]) -> Application:
    """The application, which prepares its process at the first request: before that the server has no socket yet."""
    prepared = False

    def run(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal prepared
        if not prepared:
            prepared = True
            prepare()
        return application(environ, start_response)

    return run


def _alone(one: socket.socket) -> bool:
    try:
        one.getpeername()
    except OSError:
        return bool(one.getsockname()[1])
    return False
