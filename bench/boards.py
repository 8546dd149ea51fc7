"""What the daily bulletin, the tracking pages and the screens cost at 100,000 and 1,000,000 hazards.

    python bench/boards.py                    # 100k, then 1M
    python bench/boards.py --rows 20000       # a quick look

A bulletin is compiled and published for each of three days, the pages are then read over HTTP by a safety officer, one
at a time. CPU is counted per process tree, split into application and database. The known figures of a Redmine on two
such cores at 100k (single client, p50 in ms: dashboard 245, metrics 474, grouped list 288) stand beside ours, at the
size at which they were taken. Then 300 screens poll every 30 seconds, ten a second, over real HTTP, while a step
happens to some hazard every three seconds, and then every minute. Ratios are what counts; machines are noisy.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import queue
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench import ground, hazards

PEER = {
    "bulletin page": 245.0, "tracking page": 288.0, "tracking by unit": 288.0, "26-unit ranking": 474.0,
}  # fmt: skip
"""Milliseconds at the 50th percentile, one client: its dashboard, its grouped list (twice), its metrics page."""
SCREENS, EVERY, STEP_EVERY = 300, 30.0, 3.0
QUIET = 60.0
"""A busy hour, in which there is always something new, and a mine with some five hundred steps a shift."""
POLLERS = 8


def compile_days(mine: Any, by: Any, db: int) -> list[tuple[float, float, float, int]]:
    """Three days one after the other: seconds, CPU seconds of application and database, published lines."""
    from kuangdeng.hazards.bulletins import services
    from kuangdeng.hazards.bulletins.rules import Owed
    from kuangdeng.kernel import clock

    found = []
    for back in (2, 1, 0):
        until = clock.now() - timedelta(days=back)
        began, app, database = time.perf_counter(), time.process_time(), ground.cpu(db)
        made = services.compile_day(mine=mine, owed=Owed(clock.local(until).date(), until))
        took = time.perf_counter() - began
        found.append((took, time.process_time() - app, ground.cpu(db) - database, made.items.count()))
        assert made.balance.gap == 0, vars(made.balance)
        services.publish(made.id, by=by)
    return found


@dataclass
class Polling:
    """A minute of polls."""

    seconds: float = 0.0
    app: float = 0.0
    db: float = 0.0
    steps: int = 0
    times: list[float] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The figures in words."""
        ordered = sorted(self.times)
        known = 100 * self.answers.get(304, 0) / max(1, len(ordered))
        share = 100 * (self.app + self.db) / self.seconds
        return [
            f"{len(ordered)} polls in {self.seconds:.0f} s ({len(ordered) / self.seconds:.1f}/s), {self.steps} steps of hazards,"
            f" answers {dict(sorted(self.answers.items()))}: {known:.0f} % were 304",
            f"p50 {1000 * median(ordered):.1f} ms, p95 {1000 * ordered[int(0.95 * len(ordered))]:.1f} ms,"
            f" a whole answer {median(self.sizes) if self.sizes else 0:.0f} bytes (gzip)",
            f"CPU of one core: {share:.1f} % (app {100 * self.app / self.seconds:.1f} %, database"
            f" {100 * self.db / self.seconds:.1f} %); {1000 * (self.app + self.db) / max(1, len(ordered)):.2f} ms a poll",
        ]


def hang_screens(mine: Any) -> list[str]:
    """300 paired screens of the mine, every tenth a strip; returns their secrets."""
    from kuangdeng.kernel import clock
    from kuangdeng.web.models import Screen
    from kuangdeng.web.screens import boards
    from kuangdeng.web.screens.pairing import digest_of, new_secret

    secrets = [new_secret() for _ in range(SCREENS)]
    playlist = [{"board": board, "seconds": 15} for board in boards.DEFAULT_PLAYLIST]
    Screen.objects.bulk_create(
        Screen(
            mine=mine, name=f"{number}号屏", format="strip" if number % 10 == 0 else "landscape", playlist=playlist,
            token_digest=digest_of(secret), paired_at=clock.now(),
        )
        for number, secret in enumerate(secrets)
    )  # fmt: skip
    return secrets


def steps_of(cast: Any, count: int) -> Any:
    """Steps of hazards, one after the other: an order signed, work finished."""
    from kuangdeng.hazards import services
    from kuangdeng.hazards.models import Hazard

    ids = list(
        Hazard.objects.filter(mine=cast.mine, status="accepted")
        .exclude(rectified_by=cast.safety)[:count]
        .values_list("id", flat=True)
    )
    for one in ids:
        yield lambda one=one: services.close(one, by=cast.safety)


def poll(
    secrets: list[str], cast: Any, *, port: int, app: int, db: int, seconds: float, step_every: float = STEP_EVERY
) -> Polling:
    """Every screen asks every 30 s, evenly spread, with the ETag of what it has; meanwhile hazards move on."""
    known: dict[str, str] = {}
    made, lock = Polling(), threading.Lock()
    tickets: queue.Queue[str | None] = queue.Queue()
    counting = threading.Event()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while (secret := tickets.get()) is not None:
            headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "gzip"}
            if secret in known:
                headers["If-None-Match"] = known[secret]
            begun = time.perf_counter()
            connection.request("GET", "/screen/feed?on=overdue", headers=headers)
            answer = connection.getresponse()
            body = answer.read()
            took = time.perf_counter() - begun
            known[secret] = answer.headers["ETag"]
            if counting.is_set():
                with lock:
                    made.times.append(took)
                    made.answers[answer.status] = made.answers.get(answer.status, 0) + 1
                    if body:
                        made.sizes.append(len(body))

    threads = [threading.Thread(target=client) for _ in range(POLLERS)]
    for thread in threads:
        thread.start()
    moves = steps_of(cast, int(3 * seconds / step_every) + 2)
    round_about = itertools.cycle(secrets)

    def run(duration: float) -> None:
        begun, asked, moved = time.perf_counter(), 0, 0
        while (now := time.perf_counter() - begun) < duration:
            if asked <= now * SCREENS / EVERY:
                tickets.put(next(round_about))
                asked += 1
            elif moved <= now / step_every:
                with suppress(StopIteration):
                    next(moves)()
                    made.steps += counting.is_set()
                moved += 1
            else:
                time.sleep(0.005)

    run(EVERY + 1)  # every screen has its first boards
    counting.set()
    app_before, db_before, begun = ground.cpu(app), ground.cpu(db), time.perf_counter()
    run(seconds)
    made.seconds = time.perf_counter() - begun
    made.app, made.db = ground.cpu(app) - app_before, ground.cpu(db) - db_before
    for _ in threads:
        tickets.put(None)
    for thread in threads:
        thread.join()
    return made


def idle(app: int, db: int, seconds: float = 10.0) -> str:
    """What the two cost when nobody asks for anything."""
    app_before, db_before = ground.cpu(app), ground.cpu(db)
    time.sleep(seconds)
    spent = (ground.cpu(app) - app_before, ground.cpu(db) - db_before)
    return f"idle: app {100 * spent[0] / seconds:.1f} %, database {100 * spent[1] / seconds:.1f} % of one core"


def measure(rows: int, scale: float) -> tuple[list[tuple[float, float, float, int]], dict[str, ground.Account]]:
    """One size: seed, compile, read."""
    with ground.database() as (db, _folder):
        import django
        from django.core.management import call_command

        django.setup()
        from django.db import connections

        connections.close_all()
        connections["default"].settings_dict.update(hazards._settings())
        call_command("migrate", verbosity=0)
        cast, world = hazards.make_world()
        took = hazards.seed(rows, world)
        print(f"\n{rows:,} hazards, seeded in {took:.0f} s", flush=True)
        days = compile_days(cast.mine, cast.safety, db)
        for wall, app, database, lines in days:
            print(f"compiled in {wall:.2f} s (CPU {app:.2f} s app, {database:.2f} s database), {lines:,} lines")
        from kuangdeng.hazards.bulletins.models import Bulletin

        newest = Bulletin.objects.order_by("-day").first()
        assert newest is not None
        with ground.web() as (app_pid, port):
            scenarios = hazards.Scenarios(cast, world, port=port, app=app_pid, db=db, scale=scale)
            print(ground.HEADER, flush=True)
            accounts = [
                scenarios.get("bulletin page", [f"/hazards/bulletins/{newest.id}/"], 60, 1),
                scenarios.get("bulletin archive", ["/hazards/bulletins/"], 60),
                scenarios.get("archive, 2 characters", ["/hazards/bulletins/?q=%E9%94%9A%E6%9D%86"], 60),
                scenarios.get("questions", ["/hazards/questions/"], 60),
                scenarios.get("tracking page", ["/hazards/tracking/"], 60, 1),
                scenarios.get(
                    "tracking, other orders", [f"/hazards/tracking/?sort={key}" for key in ("since", "age")], 40, 1
                ),
                scenarios.get(
                    "tracking, one unit", [f"/hazards/tracking/?unit={one.id}" for one in world.units], 40, 1
                ),
                scenarios.get("tracking, one branch", ["/hazards/tracking/?branch=none"], 20, 1),
                scenarios.get("tracking by unit", ["/hazards/tracking/by/unit/"], 60, 1),
                scenarios.get("tracking by place", ["/hazards/tracking/by/place/"], 60, 1),
                scenarios.get("reconciliation page", ["/hazards/reconciliation/"], 40, 1),
                scenarios.get("26-unit ranking", ["/hazards/summary/"], 60, 1),
                scenarios.after_a_step("tracking, after a step", "/hazards/tracking/"),
                scenarios.after_a_step("by unit, after a step", "/hazards/tracking/by/unit/"),
                scenarios.after_a_step("by place, after a step", "/hazards/tracking/by/place/"),
                scenarios.summary_after_a_step(),
            ]
            for account in accounts:
                print(account.line(), flush=True)
                for failure in account.failures[:2]:
                    print(f"    failed {len(account.failures)}: {failure}")
            secrets = hang_screens(cast.mine)
            print(f"\n{SCREENS} screens, each every {EVERY:.0f} s; {idle(app_pid, db)}", flush=True)
            for step_every in (STEP_EVERY, QUIET):
                polled = poll(secrets, cast, port=port, app=app_pid, db=db, seconds=60 * scale, step_every=step_every)
                print(f"a step every {step_every:.0f} s:", *polled.lines(), sep="\n  ", flush=True)
        connections.close_all()
        return days, {account.name: account for account in accounts}


def main() -> None:
    """Measure at each size and print one table per size, then the ratios."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, action="append", help="how many hazards; may be given more than once")
    options.add_argument("--scale", type=float, default=1.0, help="how many requests, against the usual number")
    chosen = options.parse_args()
    sizes = chosen.rows or [100_000, 1_000_000]
    tables = {rows: measure(rows, chosen.scale)[1] for rows in sizes}
    print("\nratios: CPU per request at the last size against the first, and the peer's time against ours at the first")
    for name, account in tables[sizes[0]].items():
        growth = tables[sizes[-1]][name].cpu_ms / account.cpu_ms
        median = 1000 * sorted(account.times)[len(account.times) // 2]
        peer = f"{PEER[name] / median:>8.1f}x" if name in PEER else ""
        print(f"{name:<34}{account.cpu_ms:>10.2f} ms{growth:>8.2f}x{peer}")


if __name__ == "__main__":
    main()
