"""Gardens of the demo mine: pages that are kept, by their own secretaries."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from kuangdeng.kernel import clock
from kuangdeng.kernel.files import path_of
from kuangdeng.learning.bookroom.testkit import book
from kuangdeng.learning.garden import queries
from kuangdeng.learning.garden.testkit import branch_of
from kuangdeng.learning.topics.models import Topic
from kuangdeng.learning.topics.testkit import running
from kuangdeng.org.models import Person, RoleGrant
from kuangdeng.org.testkit import START, make_cast
from kuangdeng.web.demo_garden import DemoGarden

SECRETARIES = {"zc2": "branch_secretary", "tf": "electric_head", "jj1": "other_head"}


@pytest.mark.django_db
def test_pages_with_banner_notices_and_picks() -> None:
    cast = make_cast()
    for part in ("electric_head", "other_head"):
        person = cast.persons[part]
        RoleGrant.objects.create(person=person, role="branch_secretary", unit=person.unit, valid_from=START)
    branches = {key: branch_of(cast, unit) for key, unit in (("zc2", "mining"), ("tf", "electric"), ("jj1", "tunnel"))}
    book(cast, "煤矿安全规程", copies=0)
    topic = running(cast)
    Topic.objects.filter(id=topic.id).update(branch=branches["zc2"])
    grants = [
        SimpleNamespace(role="branch_secretary", unit=unit, number=cast.persons[part].number)
        for unit, part in SECRETARIES.items()
    ]
    demo = SimpleNamespace(cast={part: one.number for part, one in cast.persons.items()}, grants=grants)
    people = {one.number: one for one in Person.objects.filter(mine=cast.mine).select_related("unit", "mine")}
    now = clock.now()
    steps = DemoGarden(cast.mine, demo, people).steps(now)  # type: ignore[arg-type]
    assert all(at < now for at, _step in steps)
    for at, take in sorted(steps, key=lambda one: one[0]):
        with clock.set_to(at):
            take()
    kept = queries.garden_of(branches["zc2"])
    assert kept.page is not None and kept.page.banner_id is not None and path_of(kept.page.banner_id).exists()
    assert [len(kept.notices), len(kept.picks)] == [2, 2]
    assert queries.notices_now(branches["tf"].id, clock.today() + timedelta(days=2))
    bare = queries.garden_of(branches["jj1"])
    assert bare.page is not None and bare.page.banner_id is None and "示例" in bare.page.motto
