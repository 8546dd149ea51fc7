"""The figures unit by unit count what the list behind them shows."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.queries.summary import unit_summary
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.kernel import clock
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    cast = make_cast()
    for status in (Status.DISPATCHED, Status.RECTIFYING, Status.RECTIFYING, Status.RECTIFIED, Status.CLOSED):
        hazard_in(status, cast)
    return cast


def test_each_figure_is_counted_once(cast: Cast) -> None:
    with clock.set_to(clock.now() + timedelta(hours=12)):
        (line,) = unit_summary(cast.safety)
    assert (line.unit, line.open, line.to_sign, line.working, line.to_accept) == (cast.units["mining"], 4, 1, 2, 1)
    assert (line.overdue, line.ordered, line.closed) == (3, 5, 1)
    assert (line.finished, line.timely, line.timely_rate) == (2, 2, 100)


def test_a_team_counts_for_its_unit_and_others_see_only_their_own(cast: Cast) -> None:
    Hazard.objects.filter(status=Status.RECTIFIED).update(unit=cast.units["mining_team"])
    assert [line.open for line in unit_summary(cast.safety)] == [4]
    assert unit_summary(cast.other_head) == []


def test_a_step_shows_at_once_and_a_deadline_within_the_minute(cast: Cast) -> None:
    with clock.set_to(clock.now()):
        (before,) = unit_summary(cast.safety)
        Hazard.objects.filter(status=Status.DISPATCHED).update(due_at=clock.now() + timedelta(seconds=30))
        hazard_in(Status.DISPATCHED, cast)
        (after,) = unit_summary(cast.safety)
        assert (before.to_sign, after.to_sign, after.overdue) == (1, 2, before.overdue)
    with clock.set_to(clock.now() + timedelta(minutes=1)):
        (later,) = unit_summary(cast.safety)
    assert later.overdue == before.overdue + 1


def test_every_figure_leads_to_as_many_hazards(cast: Cast, client: Client) -> None:
    client.force_login(cast.safety)
    for line in client.get("/hazards/summary/").context["lines"]:
        for cell in line["cells"]:
            listed = client.get(cell["url"]).context["listing"].counted
            assert listed == cell["count"], parse_qs(urlsplit(cell["url"]).query)
