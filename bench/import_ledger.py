"""How fast an old ledger of 100,000 rows comes in, and in how much memory.

    python -m bench.import_ledger [rows] [--xlsx]

A fresh PostgreSQL with fsync on, the file written first (not counted), then the preview and the writing as the worker
does both. Every row becomes a hazard and its own ledger line. Prints seconds, rows/s, and the peak memory of the
importing process beside what it had before the first row.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

from bench import ground


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run(rows: int, *, xlsx: bool) -> None:
    with ground.database() as (pid, folder):
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        from kuangdeng.hazards import importing, setup
        from kuangdeng.hazards.models import Hazard
        from kuangdeng.hazards.services import confirm_import
        from kuangdeng.hazards.tests import ledgers
        from kuangdeng.ledger.api import Entry
        from kuangdeng.org.models import Unit
        from kuangdeng.org.testkit import make_cast

        cast = make_cast()
        setup.load_catalogues(), setup.load_grades(cast.mine), setup.load_specialties(cast.mine)
        for name in ("综采二队", "综放队", "皮带队"):
            Unit.objects.create(mine=cast.mine, name=name, kind=Unit.Kind.PRODUCTION)
        path = Path(folder) / f"big.{'xlsx' if xlsx else 'csv'}"
        (ledgers.big_xlsx if xlsx else ledgers.big_csv)(path, rows)
        print(
            f"{rows} rows, {path.suffix}, {path.stat().st_size / 1e6:.1f} MB; memory before: {peak():.0f} MB",
            flush=True,
        )
        steps = {}
        cpu, start = ground.cpu(pid), time.monotonic()
        own = time.process_time()
        taken = importing.take_in(path, by=cast.safety)
        importing.read(taken.id, by=cast.safety)
        steps["preview"] = time.monotonic() - start
        print(
            f"preview  {steps['preview']:6.1f} s   own CPU {time.process_time() - own:5.1f} s   peak {peak():.0f} MB",
            flush=True,
        )
        start, own = time.monotonic(), time.process_time()
        confirm_import(taken.id, by=cast.safety)
        done = importing.write(taken.id, by=cast.safety)
        steps["write"] = time.monotonic() - start
        print(
            f"write    {steps['write']:6.1f} s   own CPU {time.process_time() - own:5.1f} s   peak {peak():.0f} MB",
            flush=True,
        )
        total = sum(steps.values())
        print(
            f"total    {total:6.1f} s   {rows / total:.0f} rows/s   database CPU {ground.cpu(pid) - cpu:.1f} s   {done.report['counts']}"
        )
        print(f"hazards {Hazard.objects.count()}, ledger lines {Entry.objects.filter(verb='hazard.import').count()}")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    run(int(words[0]) if words else 100_000, xlsx="--xlsx" in sys.argv)
