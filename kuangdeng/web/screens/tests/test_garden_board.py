"""学习园地 on the wall: what a branch did, and nobody's name."""

import pytest

from kuangdeng.kernel import clock
from kuangdeng.learning.bookroom.testkit import lent, noted
from kuangdeng.learning.garden.testkit import branch_of, noticed, services
from kuangdeng.learning.practice.testkit import give, singles
from kuangdeng.learning.topics.testkit import running
from kuangdeng.org.testkit import Cast, make_cast
from kuangdeng.web.screens.boards import Request, garden

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def test_the_wall_shows_a_branch_without_a_name_of_a_person(cast: Cast) -> None:
    asked = Request(cast.mine.id, clock.now(), {})
    assert garden(asked) is None
    noted(cast)
    lent(cast)
    singles(cast, 2)
    give(cast.miner)
    branch_of(cast)
    running(cast)
    noticed(cast)
    services.dress(branch_of(cast).id, motto="带着问题学", by=cast.branch_secretary)
    face = garden(asked)
    assert face is not None and face.title == "综采一队党支部的学习园地" and face.note == "带着问题学"
    words = " ".join([face.title, face.note, *(f"{one.lead}{one.text}" for one in face.rows)])
    assert "周五下午集中学习" in words and "矿井防治水" in words
    for person in cast.persons.values():
        assert person.name not in words
