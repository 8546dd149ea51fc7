"""What the hash chain costs: writers that post while a sealer runs beside them, against a chain head that is locked.

    python bench/ledger.py [--seconds 4] [--entries 50000]

Everything is measured in one run on one database (our own, fsync on), so the ratios mean something even on a busy
machine. `ours` is the system as it is: a verb inserts its entry, sealing follows beside it. `locked` is the obvious
way, built here only: the verb locks the mine's chain head, links its entry and lets go at commit. `none` posts without
any chain: the floor. A verb here is a transaction that changes a row of its own, writes its entry and then works on for
`--after` milliseconds, as real verbs do (photos, finders), before it commits.
"""

from __future__ import annotations

import argparse
import multiprocessing as mp
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def django(address: str) -> None:
    os.environ.update(
        DATABASE_URL=address,
        KUANGDENG_DATA=tempfile.gettempdir() + "/kuangdeng-bench-data",
        KUANGDENG_SECRET_KEY="bench" * 12,
        DJANGO_SETTINGS_MODULE="kuangdeng.config.settings",
    )
    import django as framework

    framework.setup()


def run_sql(statement: str, params: object = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else []


def _chain(mine: UUID, entry: Any) -> None:
    """The naive way: lock the head, link, write the seal, move the head; the lock is held until commit."""
    from kuangdeng.ledger.chain import link

    row = run_sql("SELECT seq, chain FROM bench_head WHERE mine_id = %s FOR UPDATE", [mine])
    digest = run_sql("SELECT digest FROM ledger_entry WHERE id = %s", [entry.id])[0][0]
    seq, chain = row[0][0] + 1, link(bytes(row[0][1]), bytes(digest))
    run_sql(
        "INSERT INTO ledger_seal (entry_id, mine_id, seq, chain, sealed_at) VALUES (%s, %s, %s, %s, now())",
        [entry.id, mine, seq, chain],
    )
    run_sql("UPDATE bench_head SET seq = %s, chain = %s WHERE mine_id = %s", [seq, chain, mine])


def writer(address: str, mine: UUID, row: int, way: str, seconds: float, after: float, out: Any, go: Any) -> None:
    django(address)
    from django.db import transaction

    from kuangdeng.kernel.ids import uuid7
    from kuangdeng.ledger.services import Named, Subject, post

    me, waits = Named(uuid7(), "王铁柱"), []
    run_sql("SELECT 1")
    go.wait()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        begun = time.perf_counter()
        with transaction.atomic(durable=True):
            run_sql("UPDATE bench_row SET n = n + 1 WHERE id = %s", [row])
            entry = post(
                "hazard.report",
                Subject("hazard", uuid7(), "YH2026-000001 回风顺槽三根单体柱卸载漏液"),
                mine_id=mine,
                by=me,
                unit=me,
                place=me,
                payload={"text": "三根单体柱卸载漏液", "status": "reported"},
            )
            if way == "locked":
                _chain(mine, entry)
            if after:
                run_sql("SELECT pg_sleep(%s)", [after / 1000])
        waits.append(time.perf_counter() - begun)
    out.put(waits)


def sealer(address: str, stop: Any, out: Any) -> None:
    django(address)
    from kuangdeng.ledger.chain import seal_all

    sealed = 0
    while not stop.is_set():
        while got := seal_all():
            sealed += got
        stop.wait(1)
    while got := seal_all():
        sealed += got
    out.put(sealed)


def cell(address: str, way: str, writers: int, seconds: float, after: float) -> tuple[float, float, float]:
    """Entries per second, p50 and p95 of one verb in milliseconds."""
    from kuangdeng.kernel.ids import uuid7
    from kuangdeng.ledger.chain import genesis

    mine, spawn = uuid7(), mp.get_context("spawn")
    run_sql(f"ALTER TABLE ledger_entry {'ENABLE' if way == 'ours' else 'DISABLE'} TRIGGER ledger_entry_queue")
    run_sql("INSERT INTO bench_head VALUES (%s, 0, %s)", [mine, genesis(mine)])
    out, done, stop, go = spawn.Queue(), spawn.Queue(), spawn.Event(), spawn.Barrier(writers)
    beside = spawn.Process(target=sealer, args=(address, stop, done)) if way == "ours" else None
    if beside:
        beside.start()
    crowd = [
        spawn.Process(target=writer, args=(address, mine, number, way, seconds, after, out, go))
        for number in range(writers)
    ]
    for one in crowd:
        one.start()
    waits = [wait for _ in crowd for wait in out.get()]
    for one in crowd:
        one.join()
    if beside:
        stop.set()
        sealed = done.get()
        beside.join()
        assert sealed == len(waits), f"{sealed} sealed of {len(waits)}"
    cut = statistics.quantiles(waits, n=20)
    return len(waits) / seconds, statistics.median(waits) * 1000, cut[18] * 1000


def table(address: str, seconds: float, after: float) -> None:
    print(f"\nA verb that works on for {after:g} ms after its entry")
    print(f"{'writers':>8} {'way':>8} {'entries/s':>10} {'p50 ms':>8} {'p95 ms':>8}   ours : locked")
    for writers in (1, 4, 8):
        found = {way: cell(address, way, writers, seconds, after) for way in ("none", "locked", "ours")}
        for way, (rate, p50, p95) in found.items():
            ratio = ""
            if way == "ours":
                locked = found["locked"]
                ratio = f"   {rate / locked[0]:.2f}× entries/s, p95 {locked[2] / p95:.2f}× shorter"
            print(f"{writers:>8} {way:>8} {rate:>10.0f} {p50:>8.1f} {p95:>8.1f}{ratio}", flush=True)


def bulk(entries: int) -> None:
    """How fast a backlog is sealed and a chain is proven."""
    from kuangdeng.kernel.ids import uuid7
    from kuangdeng.ledger.chain import seal_all, verify

    mine = uuid7()
    run_sql("ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_queue")
    begun = time.perf_counter()
    run_sql(
        "INSERT INTO ledger_entry (id, mine_id, by_name, verb, subject_kind, subject_id, subject_label, unit_name,"
        " place_name, occurred_at, received_at, quantity, payload)"
        " SELECT gen_random_uuid(), %s, '王铁柱', 'hazard.report', 'hazard', n::text, 'YH2026-' || n, '综采一队', '回风顺槽',"
        " now(), now(), 1, jsonb_build_object('text', '三根单体柱卸载漏液', 'n', n) FROM generate_series(1, %s) AS n",
        [mine, entries],
    )
    wrote = time.perf_counter() - begun
    begun, sealed = time.perf_counter(), 0
    while got := seal_all():
        sealed += got
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    proof = list(verify(mine))[-1]
    proven = time.perf_counter() - begun
    assert (sealed, proof.sealed, proof.broken) == (entries, entries, ""), proof
    print(f"\n{entries:,} entries: inserted by one statement {entries / wrote:,.0f}/s, sealed {entries / took:,.0f}/s,"
          f" verified {entries / proven:,.0f}/s")  # fmt: skip


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=float, default=4)
    asked.add_argument("--entries", type=int, default=50_000)
    asked.add_argument("--after", type=float, nargs="*", default=[0, 5])
    words = asked.parse_args()
    from kuangdeng.kernel.postgres import Cluster

    home = Path(tempfile.mkdtemp(prefix="kuangdeng-bench-"))
    home.chmod(0o711)
    cluster = Cluster(home / "postgres")
    try:
        cluster.start()
        address = cluster.address("kuangdeng")
        django(address)
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        run_sql("CREATE TABLE bench_head (mine_id uuid PRIMARY KEY, seq bigint, chain bytea)")
        run_sql("CREATE TABLE bench_row AS SELECT n AS id, 0 AS n FROM generate_series(0, 7) AS n")
        print(f"PostgreSQL {run_sql('SHOW server_version')[0][0]}, fsync {run_sql('SHOW fsync')[0][0]},"
              f" {os.cpu_count()} cores, {words.seconds:g} s per line")  # fmt: skip
        for after in words.after:
            table(address, words.seconds, after)
        bulk(words.entries)
    finally:
        cluster.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
