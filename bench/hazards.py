"""What the hazard loop costs: the scenarios of a mine's day at 100,000 and 1,000,000 hazards.

    python bench/hazards.py                    # 100k, then 1M
    python bench/hazards.py --rows 20000       # a quick look

Two web workers, the embedded PostgreSQL with fsync on, an ordinary safety officer over HTTP. CPU is counted per
process tree, split into application and database. The floor is measured in the same run: the rows of a report
inserted by bare psycopg in one transaction each, and the unit list as bare SQL. Ratios are what counts; machines
are noisy. At 100k the known figures of a Redmine on two such cores stand beside ours.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from bench import ground

PEER = {  # CPU milliseconds per request of a Debian Redmine at 100k on two such cores
    "create, 4 clients": 39.0,
    "close by the page": 43.0,
    "unit open list": 141.0,
    "overdue, deep page": 246.0,
    "search 2 characters": 374.0,
    "26-unit summary": 359.0,
}


def make_world() -> Any:
    """A mine of 26 units with 20 persons and 8 places each, its tables, and what the generator wants of it."""
    from bench.generate import World, WorldUnit
    from kuangdeng.hazards.models import Grade, Specialty
    from kuangdeng.hazards.setup import set_up
    from kuangdeng.kernel.ids import uuid7
    from kuangdeng.org.models import Place, Unit
    from kuangdeng.org.testkit import make_cast

    cast = make_cast("BENCH")
    set_up(mine=cast.mine, by=cast.administrator)
    persons, units = [], []
    for number in range(26):
        unit = Unit.objects.create(mine=cast.mine, name=f"区队{number + 1}", kind="production", position=100 + number)
        area = Place.objects.create(
            mine=cast.mine, name=f"{number + 1}采区", full_name=f"{number + 1}采区", tag=f"b{number}"
        )
        places = [
            Place(id=uuid7(), mine=cast.mine, parent=area, ancestors=[area.id], name=f"巷道{k + 1}",
                  full_name=f"{area.full_name} 巷道{k + 1}", tag=f"b{number}-{k}")
            for k in range(8)
        ]  # fmt: skip
        Place.objects.bulk_create(places)
        people = [
            cast.miner.__class__(
                id=uuid7(), mine=cast.mine, number=f"B{number:02}{k:02}", name=f"职工{number}之{k}", unit=unit
            )
            for k in range(20)
        ]
        persons += people
        ids = [str(one.id) for one in people]
        units.append(WorldUnit(str(unit.id), unit.name, ids, ids[0], [(str(p.id), p.full_name) for p in places]))
    cast.miner.__class__.objects.bulk_create(persons)
    safety = [str(cast.safety.id), str(cast.safety2.id)]
    world = World(
        str(cast.mine.id), units, safety,
        {grade.code: str(grade.id) for grade in Grade.objects.filter(mine=cast.mine)},
        {one.name: str(one.id) for one in Specialty.objects.filter(mine=cast.mine, parent=None)},
    )  # fmt: skip
    return cast, world


def seed(rows: int, world: Any) -> float:
    """COPY `rows` hazards in; returns seconds."""
    from django.db import connection

    from bench.generate import COLUMNS, copy_blocks
    from kuangdeng.kernel import clock

    begun = time.perf_counter()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY hazards_hazard ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for block in copy_blocks(rows, world, now=clock.now()):
                copy.write(block)
        cursor.execute("SELECT setval('hazard_numbers', %s)", [10 * rows])
        cursor.execute("VACUUM ANALYZE")
    return time.perf_counter() - begun


def session_cookie(person: Any) -> str:
    """A signed-in session of the person, as the sign-in page would give him."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


ENTRY = (
    "INSERT INTO ledger_entry (id, mine_id, by_id, by_name, verb, subject_kind, subject_id, subject_label, unit_name,"
    " place_name, occurred_at, received_at, quantity, payload)"
    " VALUES (%s, %s, %s, '甲', 'hazard.report', 'hazard', %s, %s, '', '', now(), now(), 1, '{}')"
)


def floor(world: Any, count: int) -> tuple[float, float]:
    """Bare psycopg: a hazard, its finder and its ledger line in one transaction each; (ms wall, rows/s)."""
    import os

    import psycopg

    from kuangdeng.kernel.ids import uuid7

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        columns = (
            "id, mine_id, number, status, status_since, text, occurred_at, received_at, source, check_type, "
            "reporter_id, search_text, standard_text, place_text, tag_scanned, shift_name, source_text, anonymous, "
            "finders_text, content_digest, cause, clause, is_major, returned_reason, void_reason, way, unit_name, "
            "person_text, measure, goal, contingency, notice_number, rectification, acceptance, reject_reason, "
            "reject_count, supervision_proposed, escalate_reason, stop_area"
        )
        values = (
            "%s, %s, %s, 'reported', now(), %s, now(), now(), 'unit', 'daily', %s, %s, '', '', false, '', '', false, "
            "'', '', '', '', false, '', '', '', '', '', '', '', '', '', '', '', '', 0, false, '', false"
        )
        begun = time.perf_counter()
        for number in range(count):
            hazard, reporter = uuid7(), world.units[number % 26].workers[1]
            text = f"回风顺槽第{number}架前梁漏矸，护帮板没伸到位"
            with connection.transaction():
                connection.execute(
                    f"INSERT INTO hazards_hazard ({columns}) VALUES ({values})",
                    [hazard, world.mine, f"F{number}-{time.time_ns() % 10**9}", text, reporter, text],
                )
                connection.execute(
                    "INSERT INTO hazards_hazard_finders (hazard_id, person_id) VALUES (%s, %s)", [hazard, reporter]
                )
                connection.execute(ENTRY, [uuid7(), world.mine, reporter, str(hazard), text])
        took = time.perf_counter() - begun
    return 1000 * took / count, count / took


def bare_list(world: Any) -> float:
    """The unit's open list as bare SQL; milliseconds."""
    from django.db import connection

    begun = time.perf_counter()
    with connection.cursor() as cursor:
        for number in range(100):
            cursor.execute(
                "SELECT * FROM hazards_hazard WHERE mine_id = %s AND unit_id = %s AND status NOT IN"
                " ('closed', 'merged', 'void') ORDER BY received_at DESC, id DESC LIMIT 50",
                [world.mine, world.units[number % 26].id],
            )
            cursor.fetchall()
    return 1000 * (time.perf_counter() - begun) / 100


class Scenarios:
    """The requests of a day, against one running site."""

    def __init__(self, cast: Any, world: Any, *, port: int, app: int, db: int, scale: float) -> None:
        from kuangdeng.hazards.models import Hazard
        from kuangdeng.org.models import ApiToken
        from kuangdeng.org.tokens import new_secret, token_digest

        self.cast, self.world, self.where = cast, world, {"port": port, "app": app, "db": db}
        self.scale = scale
        secret = new_secret()
        ApiToken.objects.create(person=cast.miner, name="bench", digest=token_digest(secret))
        self.token = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        self.page = {"Cookie": session_cookie(cast.safety2) + "; kuangdeng_csrf=" + "a" * 32, "Accept-Encoding": "gzip"}
        mine = Hazard.objects.filter(mine=cast.mine)
        self.accepted = list(
            mine.filter(status="accepted").exclude(rectified_by=cast.safety2)[:600].values_list("id", flat=True)
        )
        self.some = (
            list(mine.order_by("?")[:300].values_list("id", flat=True))
            if mine.count() < 200_000
            else list(mine.order_by("-received_at")[:300].values_list("id", flat=True))
        )
        late = mine.filter(status__in=["dispatched", "rectifying"], due_at__lt=self._now()).count()
        self.late_pages = max(1, min(200, late // 50))
        self.late = late

    def _now(self) -> Any:
        from kuangdeng.kernel import clock

        return clock.now()

    def create(self, clients: int) -> ground.Account:
        """Reports through the API, each with its own id."""
        from kuangdeng.kernel.ids import uuid7

        place = str(self.cast.places["gate"].id)

        def call(connection: http.client.HTTPConnection, number: int) -> http.client.HTTPResponse:
            body = {"id": str(uuid7()), "text": f"回风顺槽第{number}架前梁漏矸，护帮板没伸到位", "place": place}
            connection.request("POST", "/api/v1/hazards", json.dumps(body), self.token)
            return connection.getresponse()

        return self._run(f"create, {clients} clients", call, int(600 * self.scale), clients, (201,))

    def close(self) -> ground.Account:
        """销号 through the page's form."""
        wanted = iter(self.accepted)

        def call(connection: http.client.HTTPConnection, number: int) -> http.client.HTTPResponse:
            fields = urlencode({"csrfmiddlewaretoken": "a" * 32})
            headers = {**self.page, "Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", f"/hazards/{next(wanted)}/close/", fields, headers)
            return connection.getresponse()

        return self._run("close by the page", call, min(len(self.accepted), int(200 * self.scale)), 4, (302,))

    def get(self, name: str, paths: list[str], requests: int = 150, clients: int = 2) -> ground.Account:
        """Pages, in turn."""

        def call(connection: http.client.HTTPConnection, number: int) -> http.client.HTTPResponse:
            connection.request("GET", paths[number % len(paths)], headers=self.page)
            return connection.getresponse()

        self._run(name, call, 24, 2, (200,))  # every worker has its templates and its plans before anything counts
        account = self._run(name, call, max(20, int(requests * self.scale)), clients, (200,))
        account.statements = self._statements(paths[0])
        return account

    def summary_after_a_step(self) -> ground.Account:
        """The summary when something has just happened in the mine."""
        return self.after_a_step("summary, after a step", "/hazards/summary/")

    def after_a_step(self, name: str, path: str) -> ground.Account:
        """A page when something has just happened in the mine, so that nothing kept from before serves."""
        import os

        import psycopg

        from kuangdeng.kernel.ids import uuid7

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as step:

            def call(connection: http.client.HTTPConnection, number: int) -> http.client.HTTPResponse:
                step.execute(
                    ENTRY, [uuid7(), self.world.mine, self.world.units[0].workers[0], str(self.some[0]), "步骤"]
                )
                connection.request("GET", path, headers=self.page)
                return connection.getresponse()

            return self._run(name, call, max(20, int(100 * self.scale)), 2, (200,))

    def _statements(self, path: str) -> int:
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        client = Client(headers={"cookie": self.page["Cookie"]})
        client.cookies.load(self.page["Cookie"])
        client.get(path, SERVER_NAME="127.0.0.1")  # the first request of a session also notes that it is in use
        with CaptureQueriesContext(connection) as caught:
            client.get(path, SERVER_NAME="127.0.0.1")
        return len(caught)

    def _run(self, name: str, call: ground.Call, requests: int, clients: int, good: tuple[int, ...]) -> ground.Account:
        return ground.run(name, call, requests=requests, clients=clients, good=good, **self.where)

    def all(self) -> list[ground.Account]:
        """Every scenario, reads first, so that the writes do not warm them."""
        draw = random.Random(7)
        units = [unit.id for unit in self.world.units]
        words = ["锚杆", "漏矸", "风筒", "托辊", "电缆", "喷雾", "挡车", "浮煤"]
        late = [f"/hazards/?late=1&sort=due&page={draw.randint(1, self.late_pages)}" for _ in range(40)]
        return [
            self.get("unit open list", [f"/hazards/?open=1&unit={unit}" for unit in units]),
            self.get("overdue, deep page", late),
            self.get("search 2 characters", [f"/hazards/?q={quote(word)}" for word in words]),
            self.get("hazard page", [f"/hazards/{one}/" for one in self.some]),
            self.get("26-unit summary", ["/hazards/summary/"]),
            self.summary_after_a_step(),
            self.get("home, safety department", ["/"]),
            self.create(4),
            self.create(20),
            self.close(),
        ]


def main() -> None:
    """Measure at each size and print one table per size, then the ratios."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, action="append", help="how many hazards; may be given more than once")
    options.add_argument("--scale", type=float, default=1.0, help="how many requests, against the usual number")
    chosen = options.parse_args()
    sizes = chosen.rows or [100_000, 1_000_000]
    tables = {rows: measure(rows, chosen.scale) for rows in sizes}
    first = tables[sizes[0]]
    print("\nratios of CPU per request")
    print(f"{'scenario':<34}" + "".join(f"{rows:>12,}" for rows in sizes) + f"{'last/first':>12}{'peer/first':>12}")
    for name, account in first.items():
        row = "".join(f"{tables[rows][name].cpu_ms:>12.2f}" for rows in sizes)
        growth = tables[sizes[-1]][name].cpu_ms / account.cpu_ms
        peer = f"{PEER[name] / account.cpu_ms:>11.1f}x" if name in PEER else ""
        print(f"{name:<34}{row}{growth:>11.2f}x{peer}")


def measure(rows: int, scale: float) -> dict[str, ground.Account]:
    """One size: seed, floor, scenarios."""
    with ground.database() as (db, _folder):
        import django
        from django.core.management import call_command

        django.setup()
        from django.db import connections

        connections.close_all()
        connections["default"].settings_dict.update(_settings())
        call_command("migrate", verbosity=0)
        cast, world = make_world()
        took = seed(rows, world)
        print(f"\n{rows:,} hazards, seeded in {took:.0f} s ({rows / took:,.0f} rows/s)", flush=True)
        wall, rate = floor(world, 300)
        print(f"floor: bare insert {wall:.2f} ms, {rate:.0f}/s; bare unit list {bare_list(world):.2f} ms")
        with ground.web() as (app, port):
            scenarios = Scenarios(cast, world, port=port, app=app, db=db, scale=scale)
            print(f"overdue: {scenarios.late:,}\n{ground.HEADER}", flush=True)
            accounts = scenarios.all()
            for account in accounts:
                print(account.line(), flush=True)
                for failure in account.failures[:2]:
                    print(f"    failed {len(account.failures)}: {failure}")
            print(f"memory (PSS): web {ground.memory(app):.0f} MB, database {ground.memory(db):.0f} MB")
        connections.close_all()
        return {account.name: account for account in accounts}


def _settings() -> dict[str, Any]:
    """Django's database settings for the present address; each size has a server of its own."""
    import os

    from kuangdeng.config.environment import django_database

    return django_database(os.environ["DATABASE_URL"])


if __name__ == "__main__":
    main()
