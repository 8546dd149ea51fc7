"""The item of the day and topics of the demo mine: all by the real verbs, all marked 示例."""

from types import SimpleNamespace

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.practice.models import Away, PracticeAnswer, PracticeCard, PracticeMeeting, PracticeRule
from kuangdeng.learning.practice.queries import forget_pools, waiting_for
from kuangdeng.learning.topics.models import Topic
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.demo_items import DemoItems
from kuangdeng.web.demo_practice import DemoPractice


@pytest.mark.django_db
def test_people_answer_and_forget_topics_end_in_what_changed_and_a_branch_keeps_its_page() -> None:
    cast = make_cast()
    forget_pools()
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    parts = (
        "miner",
        "team_leader",
        "unit_head",
        "branch_secretary",
        "safety",
        "mine_leader",
        "training_officer",
        "political_work",
    )
    demo = SimpleNamespace(cast={part: cast.persons[part].number for part in parts})
    now = clock.now()
    steps = DemoItems(demo, people).steps(now) + DemoPractice(cast.mine, demo, people).steps(now)  # type: ignore[arg-type]
    assert all(at < now for at, _step in steps)
    for at, take in sorted(steps, key=lambda one: one[0]):
        with clock.set_to(at):
            take()
    answers = PracticeAnswer.objects.all()
    assert answers.count() > 200 and 0.6 < answers.filter(right=True).count() / answers.count() < 0.9
    assert PracticeCard.objects.filter(in_book=True).exists() and answers.filter(gap_days__gte=1).exists()
    assert PracticeMeeting.objects.count() == 3 and Away.objects.count() == 1
    assert "示例" in PracticeRule.objects.get().source
    states = dict(Topic.objects.values_list("status", "title"))
    assert set(states) == {"running", "adopted", "applied"} and all("示例" in title for title in states.values())
    assert waiting_for(people["1001"]) is not None, "today is left to who looks at it"
