"""What the item of the day costs: 3,000 people open their queue and answer two items, out of a bank of 5,000.

    python bench/practice.py                     # 3,000 people, 5,000 items, a year of cards each
    python bench/practice.py --people 300        # a quick look

CPU is counted per process tree, split into application and database. Each person has 300 cards from the past, a tenth
of them due. First everybody's queue is composed and an answer given through the verbs; then a tenth of them do the same
over the pages, through Django's own test client (middleware, templates, forms). The ratios printed at the end are what
counts; machines are noisy. The share of two cores that an hour's rush of all of them takes is reckoned from them.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench import ground

CARDS = 300
FLOOR = 3.9
"""CPU-ms of a bare Django view with one token lookup and two inserts, application and database (design.md)."""


@dataclass
class Cost:
    """What a number of calls took."""

    name: str
    calls: int
    app: float
    db: float
    times: list[float]

    def line(self) -> str:
        """The figures in words."""
        ordered = sorted(self.times)
        each = 1000 * (self.app + self.db) / self.calls
        return (
            f"{self.name:22} {self.calls:6}  {each:6.2f} CPU-ms (app {1000 * self.app / self.calls:.2f},"
            f" database {1000 * self.db / self.calls:.2f}), p50 {1000 * ordered[len(ordered) // 2]:.1f} ms,"
            f" p95 {1000 * ordered[int(0.95 * len(ordered))]:.1f} ms"
        )

    @property
    def each(self) -> float:
        """CPU-ms of one call."""
        return 1000 * (self.app + self.db) / self.calls


def measured(name: str, db: int, calls: list[Any]) -> Cost:
    """Run every call, one after the other."""
    times, app, database = [], time.process_time(), ground.cpu(db)
    for one in calls:
        began = time.perf_counter()
        one()
        times.append(time.perf_counter() - began)
    return Cost(name, len(calls), time.process_time() - app, ground.cpu(db) - database, times)


def people_of(cast: Any, count: int) -> list[Any]:
    """So many people in the mining unit, of four trades."""
    from kuangdeng.org.models import Person

    Person.objects.bulk_create(
        Person(mine=cast.mine, number=f"B{n:05d}", name=f"职工{n}", unit=cast.units["mining"], trade=f"工种{n % 4}",
               must_change_password=False) for n in range(count)
    )  # fmt: skip
    return list(Person.objects.filter(number__startswith="B").select_related("mine", "unit").order_by("number"))


def bank_of(cast: Any, count: int) -> None:
    """Single-choice items in use, written straight into the tables."""
    from kuangdeng.kernel.ids import uuid7
    from kuangdeng.learning.items.models import Item, ItemVersion
    from kuangdeng.learning.items.testkit import SINGLE, bank

    home, rows, versions = bank(cast), [], []
    for n in range(count):
        item_id, version_id = uuid7(), uuid7()
        content = {**SINGLE, "stem": f"第{n}题：{SINGLE['stem']}"}
        versions.append(
            ItemVersion(id=version_id, item_id=item_id, number=1, type="single", content=content, by=cast.teacher)
        )
        rows.append(Item(
            id=item_id, mine=cast.mine, bank=home, type="single", status="in_use", latest_id=version_id,
            current_id=version_id, stem=content["stem"], folded=str(n), stem_key=f"{n:032d}"[:32], author=cast.teacher,
        ))  # fmt: skip
    from django.db import transaction

    with transaction.atomic():
        Item.objects.bulk_create(rows)
        ItemVersion.objects.bulk_create(versions)


def past_of(people: list[Any], item_count: int) -> None:
    """A year behind everybody: cards, a tenth of them due, two in a hundred in the mistake book."""
    from django.db import connection

    every = max(1, item_count // CARDS)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            insert into learning_practicecard
                (mine_id, person_id, item_id, stability, difficulty, last_at, due_on, times, wrong, streak, in_book)
            select p.mine_id, p.id, i.id, 20, 5, now() - interval '20 days',
                   (now() at time zone 'Asia/Shanghai')::date + case when (i.n * 31 + p.n) %% 10 = 0 then -1
                       else 1 + ((i.n * 7 + p.n) %% 90)::int end,
                   3, 1, 0, (i.n * 13 + p.n) %% 50 = 0
            from (select id, mine_id, row_number() over (order by number) n from org_person where number like 'B%%') p
            join (select id, row_number() over (order by id) n from learning_item) i on (i.n + p.n) %% %s = 0
            """,
            [every],
        )


def run(people_count: int, item_count: int) -> None:
    with ground.database() as (db, _folder):
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client

        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        from kuangdeng.kernel.ids import uuid7
        from kuangdeng.learning.practice import queries, services
        from kuangdeng.learning.practice.services import AnswerData
        from kuangdeng.org.testkit import make_cast

        cast = make_cast()
        people = people_of(cast, people_count)
        bank_of(cast, item_count)
        past_of(people, item_count)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        print(f"{people_count} people, {item_count} items, {CARDS} cards each", flush=True)
        turns: dict[Any, Any] = {}

        def opened(person: Any) -> None:
            turns[person.id] = queries.today_of(person).turns

        def answered(person: Any) -> None:
            turn = turns[person.id][0]
            services.answer(data=AnswerData(uuid7(), turn.ticket, {"choice": "c"}, seconds=9), by=person)

        queries.today_of(people[0])
        costs = [
            measured("queue composed", db, [lambda one=one: opened(one) for one in people]),
            measured("answer through the verb", db, [lambda one=one: answered(one) for one in people]),
            measured("14 days for a device", db, [lambda one=one: queries.ahead_of(one) for one in people[:300]]),
        ]
        clients = [Client(headers={"host": "localhost"}) for _one in people[: max(30, people_count // 10)]]
        for client, person in zip(clients, people, strict=False):
            client.force_login(person)

        def gave(client: Any, person: Any) -> None:
            turn = turns[person.id][1]
            form = {"id": str(uuid7()), "ticket": turn.ticket, "way": "phone", "a": "c", "seconds": "9"}
            assert client.post("/learning/practice/answer/", form).status_code == 302

        pairs = list(zip(clients, people, strict=False))
        assert clients[0].get("/learning/practice/").status_code == 200
        costs += [
            measured("page opened", db, [lambda c=c: c.get("/learning/practice/") for c, _p in pairs]),
            measured("page answered", db, [lambda c=c, p=p: gave(c, p) for c, p in pairs]),
        ]
        for one in costs:
            print(one.line(), flush=True)
        queue, verb, _device, page, post = costs
        print(
            f"queue / bare Django write {queue.each / FLOOR:.2f}×, answer / bare Django write {verb.each / FLOOR:.2f}×"
        )
        hour = (page.each * 3 + post.each * 2) * 3000 / 1000
        print(
            f"3,000 people in one hour (3 pages, 2 answers each): {hour:.0f} CPU-s = {100 * hour / 7200:.1f} % of two cores"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--items", type=int, default=5000)
    chosen = parser.parse_args()
    run(chosen.people, chosen.items)
