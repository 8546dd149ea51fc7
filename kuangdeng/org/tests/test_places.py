"""The place dictionary: spellings, aliases, proposals, the tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.ledger.models import Entry
from kuangdeng.org.models import Place, PlaceAlias, PlaceProposal
from kuangdeng.org.queries.places import PlaceIndex, find_places, propose_place, resolve_or_propose, resolve_place
from kuangdeng.org.services import places as verbs
from kuangdeng.org.spelling import fold_place
from kuangdeng.org.testkit import Cast, make_cast


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.mark.parametrize(
    "spelling",
    ["3113综采面", "3113 综采工作面", "３１１３综采工作面", "3113综采作业面", "（3113）综采 面", "3113\u3000综采面"],
)
def test_one_face_written_many_ways_is_one_spelling(spelling: str) -> None:
    assert fold_place(spelling) == fold_place("3113综采面")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3113综采面", "3112综采面"),
        ("一采区", "二采区"),
        ("11.4绞车房", "114绞车房"),
        ("轨道巷", "皮带巷"),
        ("十一采区", "一采区"),
    ],
)
def test_different_places_stay_different(one: str, other: str) -> None:
    assert fold_place(one) != fold_place(other)


@pytest.mark.parametrize(
    ("one", "other"), [("二采区", "2采区"), ("十二采区", "12采区"), ("一部皮带机头", "１部胶带机头")]
)
def test_numbers_may_be_written_in_words(one: str, other: str) -> None:
    assert fold_place(one) == fold_place(other)


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_and_never_fails(text: str) -> None:
    once = fold_place(text)
    assert len(once) <= 200
    assert " " not in once


def test_a_place_is_found_by_name_by_path_and_by_alias(cast: Cast) -> None:
    gate, mine = cast.places["gate"], cast.mine.id
    written = ["回风顺槽", "2305 综放工作面 回风顺槽", "２３０５综放面回风顺槽", "二采区2305综放面回风顺槽"]
    for spelling in [*written, "一水平/2采区/2305综放面/回风顺槽"]:
        assert resolve_place(mine, spelling) == gate, spelling
    verbs.add_alias(cast.places["face"].id, spelling="2305面", by=cast.safety)
    assert resolve_place(mine, "2305 工作面") == cast.places["face"]
    assert resolve_place(mine, "2305面回风顺槽") == gate
    assert resolve_place(mine, "2306综放面") is None
    assert resolve_place(mine, " ") is None


def test_a_name_that_two_places_have_means_neither(cast: Cast) -> None:
    other = verbs.add_place(name="2307综放面", parent=cast.places["area"], by=cast.safety)
    verbs.add_place(name="回风顺槽", parent=other, by=cast.safety)
    assert resolve_place(cast.mine.id, "回风顺槽") is None
    assert resolve_place(cast.mine.id, "2307综放面回风顺槽").parent == other
    verbs.close_place(other.id, by=cast.safety)
    assert resolve_place(cast.mine.id, "回风顺槽") == cast.places["gate"]


def test_an_unknown_spelling_waits_and_is_counted(cast: Cast) -> None:
    for spelling in ["3113 回风", "3113回风", "３１１３回风"]:
        assert resolve_or_propose(cast.mine.id, spelling, "import") is None
    proposal = PlaceProposal.objects.get()
    assert (proposal.seen, proposal.spelling) == (3, "3113 回风")
    propose_place(cast.mine, "3113回风", "import", times=40)
    proposal.refresh_from_db()
    assert proposal.seen == 43


def test_a_person_says_which_place_it_is(cast: Cast) -> None:
    propose_place(cast.mine, "2305面回风", "import")
    proposal = PlaceProposal.objects.get()
    likely = PlaceIndex(cast.mine.id).likely(proposal.spelling)
    assert likely[0].place == cast.places["gate"]
    verbs.merge_proposal(proposal.id, place=cast.places["gate"], by=cast.safety)
    assert resolve_place(cast.mine.id, "２３０５面 回风") == cast.places["gate"]
    assert Entry.objects.get(verb="org.merge_proposal").payload == {"spelling": "2305面回风", "seen": 1}
    with pytest.raises(Refused, match="已经处理过"):
        verbs.merge_proposal(proposal.id, place=cast.places["face"], by=cast.safety)


def test_likely_places_respect_the_numbers(cast: Cast) -> None:
    verbs.add_place(name="2306综放面", parent=cast.places["area"], by=cast.safety)
    best = PlaceIndex(cast.mine.id).likely("2306综采面")[0]
    assert best.place.name == "2306综放面"


def test_a_spelling_becomes_a_new_place(cast: Cast) -> None:
    propose_place(cast.mine, "3113综采工作面机头", "report")
    proposal = PlaceProposal.objects.get()
    face = verbs.add_place(name="3113综采面", parent=cast.places["area"], by=cast.safety)
    place = verbs.place_from_proposal(proposal.id, name="机头", parent=face, by=cast.safety)
    assert place.full_name == "一水平 二采区 3113综采面 机头"
    assert resolve_place(cast.mine.id, "3113综采面 机头") == place
    assert PlaceAlias.objects.filter(place=place).count() == 0


def test_a_spelling_may_be_no_place(cast: Cast) -> None:
    propose_place(cast.mine, "各地点", "import")
    proposal = verbs.drop_proposal(PlaceProposal.objects.get().id, by=cast.safety)
    assert (proposal.place, proposal.decided_by) == (None, cast.safety)


def test_renaming_carries_the_paths_and_keeps_the_old_spelling(cast: Cast) -> None:
    verbs.rename_place(cast.places["face"].id, name="2305智能综放面", by=cast.safety)
    gate = Place.objects.get(id=cast.places["gate"].id)
    assert gate.full_name == "一水平 二采区 2305智能综放面 回风顺槽"
    assert resolve_place(cast.mine.id, "2305综放面").name == "2305智能综放面"
    assert resolve_place(cast.mine.id, "2305综放面回风顺槽") == gate


def test_moving_takes_everything_along(cast: Cast) -> None:
    level = verbs.add_place(name="二水平", by=cast.safety)
    area = verbs.add_place(name="四采区", parent=level, by=cast.safety)
    verbs.move_place(cast.places["face"].id, parent=area, by=cast.safety)
    gate = Place.objects.get(id=cast.places["gate"].id)
    assert gate.full_name == "二水平 四采区 2305综放面 回风顺槽"
    assert gate.ancestors == [level.id, area.id, cast.places["face"].id]
    verbs.move_place(cast.places["face"].id, parent=None, by=cast.safety)
    gate.refresh_from_db()
    assert (gate.full_name, gate.ancestors) == ("2305综放面 回风顺槽", [cast.places["face"].id])


def test_a_place_cannot_be_below_itself(cast: Cast) -> None:
    with pytest.raises(Refused, match="自己下面"):
        verbs.move_place(cast.places["area"].id, parent=cast.places["gate"], by=cast.safety)


def test_sisters_written_alike_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="写法相同"):
        verbs.add_place(name="２３０５ 综放工作面", parent=cast.places["area"], by=cast.safety)


def test_closing_takes_the_parts_along_and_nothing_can_be_put_below(cast: Cast) -> None:
    verbs.close_place(cast.places["face"].id, by=cast.safety)
    assert Place.objects.get(id=cast.places["gate"].id).closed_on is not None
    assert find_places(cast.mine.id, "回风") == []
    with pytest.raises(Refused, match="已停用"):
        verbs.add_place(name="运输顺槽", parent=Place.objects.get(id=cast.places["face"].id), by=cast.safety)
    with pytest.raises(Refused, match="上级"):
        verbs.reopen_place(cast.places["gate"].id, by=cast.safety)
    verbs.reopen_place(cast.places["face"].id, by=cast.safety)
    assert Entry.objects.get(verb="org.close_place").quantity == 2


def test_an_alias_means_one_place(cast: Cast) -> None:
    verbs.add_alias(cast.places["face"].id, spelling="老面", by=cast.safety)
    with pytest.raises(Refused, match="只能指一个地点"):
        verbs.add_alias(cast.places["gate"].id, spelling="老 面", by=cast.safety)
    with pytest.raises(Refused, match="不用登记"):
        verbs.add_alias(cast.places["gate"].id, spelling="回风 顺槽", by=cast.safety)


@pytest.mark.parametrize("part", ["miner", "unit_head", "mine_leader"])
def test_the_dictionary_is_kept_by_few(cast: Cast, part: str) -> None:
    with pytest.raises(Refused, match="没有权限"):
        verbs.add_place(name="新面", by=cast.persons[part])


def test_another_mine_is_not_reached(cast: Cast) -> None:
    other = make_cast("OTHR")
    with pytest.raises(NotVisible):
        verbs.rename_place(cast.places["face"].id, name="别家的", by=other.safety)
    assert resolve_place(other.mine.id, "老面") is None


def test_tags_differ_and_are_not_guessed(cast: Cast) -> None:
    tags = {verbs.new_tag() for _ in range(500)}
    assert len(tags) == 500
    assert all(len(tag) == 10 for tag in tags)


def test_search_by_words_digits_and_alias(cast: Cast) -> None:
    verbs.add_alias(cast.places["face"].id, spelling="大综放", by=cast.safety)
    assert find_places(cast.mine.id, "２３０５")[0] == cast.places["face"]
    assert find_places(cast.mine.id, "2305 回风") == [cast.places["gate"]]
    assert cast.places["face"] in find_places(cast.mine.id, "大综放")
    assert find_places(cast.mine.id, "2305综采工作面") == []
    assert find_places(cast.mine.id, "2305综放工作面回风顺槽") == [cast.places["gate"]]


def test_the_index_of_a_mine_costs_two_statements(cast: Cast, django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        index = PlaceIndex(cast.mine.id)
        for number in range(300):
            index.resolve(f"{number}面")
        index.likely("2305回风")
