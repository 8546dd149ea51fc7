"""What a person says about a spelling of a place reaches the hazards that were written with it."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from kuangdeng.hazards import jobs, services
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.testkit import TEXT
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger.api import Entry, seal_all
from kuangdeng.org.models import Mine, Place, PlaceProposal
from kuangdeng.org.services import places
from kuangdeng.org.spelling import fold_place
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def report(cast: Cast, spelling: str, *, spot: str = "", **more: object) -> Hazard:
    words = " ".join(filter(None, [spelling, spot]))
    data = services.ReportData(text=TEXT, place_text=words, place_spelling=spelling, **more)  # type: ignore[arg-type]
    return services.report(data=data, by=cast.miner).hazard


def work() -> int:
    """What the worker does within a minute; returns how many hazards got their place."""
    seal_all()
    jobs.follow_places(0)
    waiting = ProcrastinateJob.objects.filter(task_name="hazards.fill_places", status="todo").order_by("id")
    done = sum(jobs.fill_places(**job.args) for job in waiting)
    ProcrastinateJob.objects.all()._raw_delete("default")
    return done


def test_a_merged_spelling_gives_its_place_to_the_hazards_written_with_it(cast: Cast) -> None:
    written = [report(cast, spelling) for spelling in ("23O5 回顺", "23O5回顺", "23O5 回顺")]
    written.append(report(cast, "23O5回顺", spot="机头"))
    finer, placed = report(cast, "23O5回顺 机头"), report(cast, "", place_id=cast.places["level"].id)
    Hazard.objects.filter(id=placed.id).update(place_text="23O5 回顺")
    elsewhere = Hazard.objects.get(id=written[0].id)
    elsewhere.pk, elsewhere.number, elsewhere.mine = uuid7(), "YH-别矿", Mine.objects.create(code="B", name="别的矿")
    elsewhere.save(force_insert=True)
    proposal = PlaceProposal.objects.get(folded=fold_place("23O5回顺"))
    assert proposal.seen == 4
    assert work() == 0
    places.merge_proposal(proposal.id, place=cast.places["gate"], by=cast.safety)
    assert work() == 4
    filled = Hazard.objects.filter(place=cast.places["gate"])
    assert {one.id for one in filled} == {one.id for one in written}
    assert filled.filter(search_text__contains="二采区").count() == 4
    assert {one.place_text for one in filled} == {"23O5 回顺", "23O5回顺", "23O5回顺 机头"}, "what was written stays"
    assert Hazard.objects.get(id=placed.id).place == cast.places["level"]
    others = Hazard.objects.filter(id__in=[finer.id, elsewhere.id], place=None)
    assert others.count() == 2, "another spelling that only begins so, and another mine"
    entry = Entry.objects.get(verb="hazard.fill_place")
    assert (entry.quantity, entry.by_id, entry.place_id) == (4, None, cast.places["gate"].id)
    jobs.fill_places(str(cast.mine.id), str(cast.places["face"].id), proposal.spelling)
    assert (work(), Hazard.objects.filter(place=cast.places["gate"]).count()) == (0, 4), (
        "doing it again changes nothing"
    )


def test_a_spelling_that_becomes_a_place_or_an_alias_does_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "FILLED_AT_ONCE", 2)
    for spelling in ("西翼五面", "西翼五面", "西翼五面", "中央水泵房"):
        report(cast, spelling)
    asked = PlaceProposal.objects.get(spelling="西翼五面")
    made = places.place_from_proposal(asked.id, name="西翼五面", parent=None, by=cast.safety)
    places.add_alias(cast.places["area"].id, spelling="中央水泵房", by=cast.safety)
    assert work() == 4
    assert Hazard.objects.filter(place=made).count() == 3
    assert Hazard.objects.get(place=cast.places["area"]).place_text == "中央水泵房"
    assert Entry.objects.filter(verb="hazard.fill_place").count() == 3, "two at once, and one line for each time"
    assert Place.objects.filter(mine=cast.mine).count() == len(cast.places) + 1
