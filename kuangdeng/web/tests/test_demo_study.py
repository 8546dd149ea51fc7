"""Study in the demo mine: sessions in every state and a campaign in its twenty-fourth day, all by the real verbs."""

from types import SimpleNamespace

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.attendance.models import Attendee, MakeUp
from kuangdeng.learning.campaigns.models import Campaign, DayDone
from kuangdeng.learning.campaigns.queries import day_now, wall
from kuangdeng.learning.study.models import StudySession
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import PEOPLE, make_cast
from kuangdeng.web.demo_study import DAY_NOW, SESSIONS, DemoStudy


@pytest.mark.django_db
def test_sessions_in_every_state_and_a_quarter_of_the_hundred_days() -> None:
    cast = make_cast()
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    demo = SimpleNamespace(
        cast={role: number for _part, number, _name, _unit, role in reversed(PEOPLE) if role} | {"miner": "1001"},
        grants=[
            SimpleNamespace(role=role, unit=unit, number=number) for _part, number, _n, unit, role in PEOPLE if role
        ],
    )
    now = clock.now().replace(hour=10)
    for at, take in sorted(DemoStudy(cast.mine, demo, people).steps(now), key=lambda one: one[0]):  # type: ignore[arg-type]
        with clock.set_to(at):
            take()
    states = list(StudySession.objects.order_by("starts_at").values_list("status", flat=True))
    assert states == ["filed"] * 4 + ["recorded", "finished", "notified"]
    assert StudySession.objects.filter(title__contains="示例").count() == len(SESSIONS)
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
