"""Each holder of each role is told once, in the first role that fits, at the address at which he is reached."""

import pytest

from kuangdeng.org.api import Role, grant_role, tell, tell_roles
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import make_cast

pytestmark = pytest.mark.django_db


def test_a_person_with_two_roles_is_told_once_in_the_first() -> None:
    cast = make_cast()
    mining = cast.units["mining"]
    grant_role(cast.unit_head.id, role=Role.BRANCH_SECRETARY, unit_id=mining.id, by=cast.administrator)
    told = list(
        tell_roles(cast.mine.id, [Role.UNIT_HEAD, Role.BRANCH_SECRETARY], "question.owed", "请答复", "/q/", unit=mining)
    )
    assert [(one.person_id, one.role) for one in told] == [
        (cast.unit_head.id, Role.UNIT_HEAD),
        (cast.branch_secretary.id, Role.BRANCH_SECRETARY),
    ]


def test_who_left_is_not_told_and_who_has_a_mail_address_is_reached_there() -> None:
    cast = make_cast()
    Person.objects.filter(id=cast.miner.id).update(email="wang@mine.example")
    Person.objects.filter(id=cast.other_miner.id).update(is_active=False)
    people = [Person.objects.get(id=cast.miner.id), None, Person.objects.get(id=cast.other_miner.id)]
    (one,) = tell(people, "question.heard", "已答复", "/q/", act=True, body="更换了托辊")
    assert (one.person_id, dict(one.addresses), one.must_act) == (cast.miner.id, {"email": "wang@mine.example"}, True)
