"""The sample bank is what it says: good items in six types, that come in through the importer without one left out."""

from collections import Counter

import pytest

from kuangdeng.learning.items.formats.drafts import Draft
from kuangdeng.learning.items.formats.opening import open_items
from kuangdeng.learning.items.importing import Choice
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.rules import Status, mark
from kuangdeng.learning.items.rules.content import folded_of, right_answer
from kuangdeng.learning.items.sample import examples, sample_file
from kuangdeng.learning.items.testkit import bank
from kuangdeng.learning.items.transfer import import_items
from kuangdeng.learning.items.twinning import near_pairs
from kuangdeng.org.testkit import make_cast


def drafts() -> list[Draft]:
    with open_items(sample_file(), name="sample_bank.csv", keep=lambda _data: "") as opened:
        reads = list(opened.reads)
    assert [one for one in reads if not isinstance(one, Draft)] == []
    return [one for one in reads if isinstance(one, Draft)]


def test_at_least_a_hundred_and_fifty_items_in_six_types_each_explained_and_sourced() -> None:
    rows = drafts()
    types = Counter(one.content["type"] for one in rows)
    assert len(rows) >= 150
    assert len(types) == 6
    assert min(types.values()) >= 10
    for one in rows:
        assert one.explanation, one.content["stem"]
        assert one.source.startswith("示例；"), one.content["stem"]
        assert mark(one.content, right_answer(one.content)) == 1
        assert not one.notes, one.notes
    assert len({name for one in rows for kind, name in one.categories if kind == "specialty"}) >= 8


def test_the_place_of_the_key_gives_nothing_away() -> None:
    places = Counter(one.content["correct"][0] for one in drafts() if one.content["type"] == "single")
    assert max(places.values()) <= sum(places.values()) * 0.45, places
    truths = Counter(one.content["correct"] for one in drafts() if one.content["type"] == "true_false")
    assert min(truths.values()) >= 0.3 * sum(truths.values())


def test_no_item_is_there_twice() -> None:
    rows = [(at, folded_of(one.content)) for at, one in enumerate(drafts())]
    assert len({folded for _at, folded in rows}) == len(rows)
    assert near_pairs(rows, 0.9) == []


def test_the_template_shows_each_type_once() -> None:
    assert len({one.content["type"] for one in examples()}) == 7


@pytest.mark.django_db
def test_the_sample_comes_in_as_a_bank_in_use() -> None:
    cast = make_cast()
    choice = Choice(bank(cast).id, standing=Status.IN_USE, approved="随软件附带的示例题")
    run = import_items(sample_file(), choice=choice, by=cast.training_officer)
    assert run.report["written"] == Item.objects.filter(status=Status.IN_USE).count() >= 150
    assert Item.objects.filter(categories__name="一通三防").count() >= 15
