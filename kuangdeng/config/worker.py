"""The worker: jobs of the queue, and beside them a light pulse that seals, tells and mails.

The pulse is no job: a row in the queue each second would be more work than the work. It survives whatever happens to
the database: a beat that fails is logged and the next one starts with a new connection. The queue's worker likewise is
started again when its connections die. Everything ends within `GRACE` seconds of being told so; a job that needs longer
is left to the stalled-job retry of the next worker.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from django.db import close_old_connections, connections, reset_queries
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

from kuangdeng.kernel.heartbeat import beat
from kuangdeng.ledger.api import deliver_mail, deliver_posts, seal_all, tell_all

log = logging.getLogger(__name__)
GRACE = 4.0
PULSE = 1.0
MAIL = 5.0
HEARTBEAT = 5.0
LONGEST_PAUSE = 10.0


class Beat(threading.Thread):
    """Calls `work` every `every` seconds until told to stop; after a failure it waits a little longer each time."""

    def __init__(self, name: str, work: Callable[[], object], every: float, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self.work, self.every, self.stop_event = work, every, stop
        self.failures = 0

    def run(self) -> None:
        while not self.stop_event.is_set():
            self.once()
            self.stop_event.wait(min(LONGEST_PAUSE, self.every * 2 ** min(self.failures, 6)))
        connections.close_all()

    def once(self) -> None:
        """One beat. The first failure in a row is logged with its reason, the others only counted."""
        close_old_connections()
        try:
            self.work()
        except Exception:
            self.failures += 1
            if self.failures == 1:
                log.exception("%s failed, trying again", self.name)
            connections.close_all()
        else:
            if self.failures:
                log.warning("%s works again after %s failures", self.name, self.failures)
            self.failures = 0
        reset_queries()


class Pulse:
    """Seal what the verbs wrote, tell the people, say that one is alive."""

    def __init__(self) -> None:
        self.last_heartbeat = float("-inf")

    def __call__(self) -> None:
        sealed = seal_all()
        told = tell_all()
        if time.monotonic() - self.last_heartbeat >= HEARTBEAT:
            beat("pulse", f"sealed {sealed}, told {told}")
            self.last_heartbeat = time.monotonic()


def run_worker(stop: threading.Event, *, concurrency: int = 4) -> None:
    """Work until `stop` is set; returns within `GRACE` seconds of that, even while a long job runs."""
    beats = [Beat("pulse", Pulse(), PULSE, stop), Beat("mail", deliver_mail, MAIL, stop)]
    beats.append(Beat("posts", deliver_posts, MAIL, stop))
    queue = threading.Thread(target=_queue, args=(stop, concurrency), name="queue", daemon=True)
    for thread in (*beats, queue):
        thread.start()
    stop.wait()
    until = time.monotonic() + GRACE
    for thread in (queue, *beats):
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            log.warning("%s is still busy and is left behind", thread.name)


def _queue(stop: threading.Event, concurrency: int) -> None:
    asyncio.run(_serve(stop, concurrency))


async def _serve(stop: threading.Event, concurrency: int) -> None:
    """Run the queue's worker, and again when its database went away."""
    pause = 1.0
    while not stop.is_set():
        begun = time.monotonic()
        try:
            await _serve_once(stop, concurrency)
        except Exception:
            log.exception("the queue's worker ended, starting it again")
        pause = 1.0 if time.monotonic() - begun > 60 else min(LONGEST_PAUSE, pause * 2)
        await _until(stop, pause)


async def _serve_once(stop: threading.Event, concurrency: int) -> None:
    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as live:
        async with live.open_async():
            work = asyncio.create_task(
                live.run_worker_async(
                    concurrency=concurrency, install_signal_handlers=False, shutdown_graceful_timeout=GRACE - 1
                )
            )
            told = asyncio.create_task(_until(stop))
            await asyncio.wait({work, told}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            if stop.is_set():
                work.cancel()
            with suppress(asyncio.CancelledError):
                await work


async def _until(stop: threading.Event, seconds: float = float("inf")) -> None:
    end = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < end:
        await asyncio.sleep(0.1)
