"""Study in the demo mine: sessions in every state and a campaign in its twenty-fourth day, all by the real verbs."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance import queries as attendance
from kuangdeng.learning.attendance.models import Attendee, Doubt, MakeUp
from kuangdeng.learning.campaigns.models import Campaign, DayDone
from kuangdeng.learning.campaigns.queries import day_now, wall
from kuangdeng.learning.study.models import StudySession
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import PEOPLE, make_cast
from kuangdeng.web.demo_study import DAY_NOW, SESSIONS, DemoStudy


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [0, 10])
def test_sessions_in_every_state_and_a_quarter_of_the_hundred_days(hour: int) -> None:
    cast = make_cast()
    Person.objects.bulk_create(
        Person(mine=cast.mine, number=f"97{n:02d}", name=f"队长{n}", unit=cast.units["electric"]) for n in range(20)
    )
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    demo = SimpleNamespace(
        cast={role: number for _part, number, _name, _unit, role in reversed(PEOPLE) if role} | {"miner": "1001"},
        grants=[
            SimpleNamespace(role=role, unit=unit, number=number) for _part, number, _n, unit, role in PEOPLE if role
        ]
        + [SimpleNamespace(role="unit_head", unit="electric", number=f"97{n:02d}") for n in range(20)],
    )
    now = clock.local().replace(hour=hour)
    for at, take in sorted(DemoStudy(cast.mine, demo, people).steps(now), key=lambda one: one[0]):  # type: ignore[arg-type]
        with clock.set_to(at):
            take()
    states = list(StudySession.objects.order_by("starts_at").values_list("status", flat=True))
    assert states == ["filed"] * 4 + ["recorded", "finished", "notified", "notified"]
    assert StudySession.objects.filter(title__contains="示例").count() == len(SESSIONS) + 1
    assert Attendee.objects.filter(state="present").count() > 15
    assert Attendee.objects.filter(state="leave").exists()
    assert MakeUp.objects.filter(decided_at__isnull=False).exists()
    campaign = Campaign.objects.get()
    assert "示例" in campaign.title
    with clock.set_to(now):
        assert day_now(campaign) == DAY_NOW
        whole = wall(campaign).whole
    assert whole is not None and whole.rate is not None and 70 < whole.rate < 100
    assert DayDone.objects.filter(participant__person=cast.mine_leader, caught_up=True).count() == 4
    _check_room(now)


def _check_room(now: datetime) -> None:
    """The session that is held now, whatever the hour: who is there, who is missing, what waits for the recorder."""
    sheet = StudySession.objects.get(starts_at__lt=now, ends_at__gt=now, status="notified").sheet
    counts = attendance.counts(sheet.id)
    assert counts.there > 5 and counts.missing > 1 and counts.late and counts.leave == 1
    assert Doubt.objects.filter(sheet=sheet, settled_at=None).count() == 1
    assert Attendee.objects.filter(sheet=sheet, leave_asked_at__isnull=False, leave_decided_at=None).count() == 1
    with clock.set_to(now + timedelta(hours=8)):
        assert attendance.phase_of(sheet) == "open", "who comes back after lunch sees it still"
