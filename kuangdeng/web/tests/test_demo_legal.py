"""The demo mine's legal reports, made by the real verbs at their instants."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kuangdeng.hazards.api import statutory
from kuangdeng.hazards.statutory import seeds
from kuangdeng.kernel import clock
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.demo_legal import DemoLegal


@pytest.mark.django_db
def test_last_month_is_sent_and_the_quarter_waits_for_its_leader() -> None:
    played = make_cast()
    seeds.load_report_rules(played.mine, date(2020, 1, 1))
    demo = cast(Any, SimpleNamespace(cast={"safety": "3001", "mine_leader": "4001"}))
    people = {"3001": played.safety, "4001": played.mine_leader}
    now = clock.now().replace(day=20)
    for at, step in DemoLegal(played.mine, demo, people).steps(now):
        with clock.set_to(at):
            step()
    found = {one.kind: one for one in statutory.StatutoryReport.objects.filter(mine=played.mine)}
    assert {kind: one.status for kind, one in found.items()} == {"month": "sent", "quarter": "drafted"}
    assert found["month"].receipts.count() == len(found["month"].receivers)
