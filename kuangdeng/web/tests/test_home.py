"""The home page: whatever the parts of learning send is told, the late come first, and of one kind not too many."""

from datetime import timedelta

import pytest

from kuangdeng.kernel import clock, gathering
from kuangdeng.kernel.gathering import MOST, Line
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.api import items, topics, waiting_for
from kuangdeng.learning.items.testkit import SINGLE, item_in
from kuangdeng.learning.talks.testkit import owed
from kuangdeng.org.testkit import make_cast
from kuangdeng.web.tests.world import World
from kuangdeng.web.todos import learning, todos_of

pytestmark = pytest.mark.django_db


def test_every_kind_that_stands_in_a_mine_is_told_and_none_is_left_out() -> None:
    world = World.make(3)
    seen: set[str] = set()
    for person in world.cast.persons.values():
        waits = waiting_for(person)
        told = learning.todos(person)
        assert len(waits) <= len(told) <= len(waits) + 1, "one for each, and the daily question"
        assert all(one.title and one.url and one.verb for one in told)
        seen |= {one.kind.partition(".")[0] for one in waits}
    assert len(seen) >= 10, sorted(seen)


def test_every_kind_has_its_words() -> None:
    kinds = [one for one in learning.TOLD if one != "topic"] + [f"topic.{verb}" for verb in topics.VERB_LABELS]
    for kind in kinds:
        line = Line(kind, str(uuid7()), "running", "矿井防治水", "现场调查", clock.now(), clock.today(), 2)
        todo = learning.TOLD[kind.partition(".")[0]](line)
        assert todo.title and todo.verb and todo.url.startswith("/learning/"), kind


def test_the_late_come_first() -> None:
    cast = make_cast()
    talk = owed(cast)
    item_in(items.Status.SUBMITTED, cast)
    assert talk.due_at is not None
    with clock.set_to(talk.due_at + timedelta(days=1)):
        found = todos_of(cast.training_officer)
    assert [one.late for one in found] == [True, *[False] * (len(found) - 1)]
    assert found[0].title == "2 人等安排谈话人"
    assert "1 道题等审定" in [one.title for one in found[1:]]


def test_of_one_kind_the_first_to_come_are_shown() -> None:
    cast = make_cast()
    first = item_in(items.Status.DRAFTED, cast)
    for number in range(MOST + 2):
        one = item_in(items.Status.DRAFTED, cast, {**SINGLE, "stem": f"第{number}题：撤人的甲烷浓度是（ ）。"})
        items.Item.objects.filter(id=one.id).update(changed_at=first.changed_at - timedelta(days=number))
    every = items.Item.objects.filter(mine=cast.mine)
    found = gathering.gather([gathering.lines(every, "mend", title="stem", at="changed_at")])
    assert len(found) == MOST
    assert [one.at for one in found] == sorted(one.at for one in found if one.at)
    assert found[0].title.startswith(f"第{MOST + 1}题")
    [sum_of] = gathering.gather([gathering.summed(every, "mend", "changed_at")])
    assert (sum_of.number, sum_of.at, sum_of.id) == (MOST + 3, found[0].at, str(cast.mine.id))
    assert gathering.gather([gathering.summed(every.none(), "mend", "changed_at")]) == []
