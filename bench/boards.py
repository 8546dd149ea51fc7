"""What the daily bulletin and the pages around it cost at 100,000 and 1,000,000 hazards.

    python bench/boards.py                    # 100k, then 1M
    python bench/boards.py --rows 20000       # a quick look

A bulletin is compiled and published for each of three days, the pages are then read over HTTP by a safety officer.
CPU is counted per process tree, split into application and database; the known figures of a Redmine's reports on two
such cores at 100k (single client, p50 in ms) stand beside ours. Ratios are what counts; machines are noisy.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench import ground, hazards

PEER = {"bulletin page": 245.0, "26-unit ranking": 288.0}
"""Milliseconds at the 50th percentile, one client: its dashboard, its grouped list."""


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
                scenarios.get("bulletin page", [f"/hazards/bulletins/{newest.id}/"], 60),
                scenarios.get("bulletin archive", ["/hazards/bulletins/"], 60),
                scenarios.get("archive, 2 characters", ["/hazards/bulletins/?q=%E9%94%9A%E6%9D%86"], 60),
                scenarios.get("questions", ["/hazards/questions/"], 60),
                scenarios.get("26-unit ranking", ["/hazards/summary/"], 60),
                scenarios.summary_after_a_step(),
            ]
            for account in accounts:
                print(account.line(), flush=True)
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
