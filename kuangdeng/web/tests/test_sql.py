"""How many SQL statements each page costs: reviewed like code, and the same for 3 rows and for 30.

The baseline is `sql_baseline.json`. When a page changes on purpose, write it anew and look at the diff:
`KUANGDENG_WRITE_SQL_BASELINE=1 python -m pytest kuangdeng/web/tests/test_sql.py -n0`.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kuangdeng.org.queries.shifts import forget_timetables
from kuangdeng.web.tests.pages import PAGES, Page
from kuangdeng.web.tests.world import World, address, shared

BASELINE = Path(__file__).with_name("sql_baseline.json")
WRITE = "KUANGDENG_WRITE_SQL_BASELINE"
MOST = 11
"""Every page stays under 12, the frame (rail, shift, inbox) included."""
GATHERS = {
    "home": 20,
    "hazards:detail": 12,
    "hazards:pre_shift": 12,
    "hazards:statutory_report": 12,
    "learning:barred": 12,
    "learning:exam": 12,
    "learning:garden": 20,
    "learning:garden_wall": 18,
    "learning:person_file": 16,
    "learning:person_xlsx": 15,
    "learning:class_file": 18,
    "learning:class_xlsx": 17,
}
"""What waits for one person, one team, or hangs on one hazard, one exam or one month, in every part of the product."""
VIEWERS = ("safety", "administrator", "unit_head")
COUNTED = [page for page in PAGES if page.name != "healthz"]


def _keys() -> dict[int, str]:
    """How the baseline calls each page; a name that stands twice in the table gets its number."""
    seen: dict[str, int] = {}
    found = {}
    for page in COUNTED:
        seen[page.name] = seen.get(page.name, 0) + 1
        found[id(page)] = page.name if seen[page.name] == 1 else f"{page.name} {seen[page.name]}"
    return found


KEYS = _keys()


def viewer(page: Page) -> str:
    return next((part for part in VIEWERS if part in page.parts), min(page.parts))


def statements(page: Page, world: World) -> list[str]:
    client = world.client(viewer(page))
    url = address(page.name, page.kwargs(world)) + page.query
    forget_timetables()  # the top line keeps them for a minute, which may end between the two visits
    client.get(url)
    ContentType.objects.clear_cache()
    cache.clear()
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == page.found
    return [query["sql"] for query in caught.captured_queries if "SAVEPOINT" not in query["sql"]]


def baseline() -> dict[str, int]:
    return json.loads(BASELINE.read_text()) if BASELINE.exists() else {}


def test_the_baseline_names_every_page() -> None:
    if os.environ.get(WRITE):
        kept = {name: count for name, count in baseline().items() if name in set(KEYS.values())}
        _write(kept)
        return
    assert sorted(baseline()) == sorted(KEYS.values())


def _write(counts: dict[str, int]) -> None:
    BASELINE.write_text(json.dumps(dict(sorted(counts.items())), indent=1) + "\n")


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: object) -> Iterator[tuple[World, ...]]:
    with django_db_blocker.unblock(), shared(5, 30) as made:  # type: ignore[attr-defined]
        yield made


@pytest.mark.django_db
@pytest.mark.parametrize("page", COUNTED, ids=lambda page: page.name)
def test_a_page_costs_what_the_baseline_says_whatever_the_rows(page: Page, worlds: tuple[World, World]) -> None:
    few, many = (statements(page, world) for world in worlds)
    if os.environ.get(WRITE):
        _write({**baseline(), KEYS[id(page)]: len(few)})
    else:
        said = baseline().get(KEYS[id(page)])
        listing = "\n".join(f"  {number}. {sql[:160]}" for number, sql in enumerate(few, 1))
        assert len(few) == said, f"{page.name}: {said} statements in the baseline, now {len(few)}:\n{listing}"
    more = "\n".join(f"  {sql[:200]}" for sql in many)
    assert len(many) == len(few), f"{page.name}: {len(few)} statements for 5 rows, {len(many)} for 30:\n{more}"
    assert len(few) <= GATHERS.get(page.name, MOST), f"{page.name} needs {len(few)} statements:\n{more}"
