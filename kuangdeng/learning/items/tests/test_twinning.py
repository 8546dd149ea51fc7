"""Near-duplicates: all that are there, none that is not, and no comparison of each with each."""

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.learning.items import twinning
from kuangdeng.learning.items.rules.folding import alike, pieces

STEMS = st.lists(st.text("瓦斯煤尘顶板1.5%", min_size=1, max_size=12), max_size=25)


@given(STEMS, st.sampled_from([0.5, 0.75, 0.9]))
def test_it_finds_what_comparing_each_with_each_would_find(stems: list[str], near: float) -> None:
    rows = list(enumerate(stems))
    scores = {
        (a, b): round(alike(pieces(one), pieces(other)), 4)
        for (a, one), (b, other) in combinations(rows, 2)
        if pieces(one) and pieces(other) and alike(pieces(one), pieces(other)) >= near
    }
    found = {(min(a, b), max(a, b)): score for a, b, score in twinning.near_pairs(rows, near)}
    assert found == scores


def test_who_waits_can_count_the_stems_on_the_way() -> None:
    rows, passed = [(1, "瓦斯超限时应当"), (2, "瓦斯超限时应当撤人"), (3, "顶板离层时应当")], []
    found = twinning.near_pairs(rows, 0.5, counted=lambda sets: (passed.append(one[0]) or one for one in sets))
    assert sorted(passed) == [1, 2, 3]
    assert found == twinning.near_pairs(rows, 0.5)


def test_a_bank_of_few_words_is_not_compared_pair_by_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    monkeypatch.setattr(twinning, "alike", lambda one, other: compared.append(1) or alike(one, other))
    chance = random.Random(1)
    words = ["瓦斯", "煤尘", "顶板", "支架", "锚杆", "风筒", "风门", "皮带", "绞车", "探头", "水仓", "钻孔"]
    rows = [(at, f"第{at}号地点{''.join(chance.choices(words, k=9))}时应当") for at in range(3000)]
    twin = (9999, f"{rows[7][1]}做")
    assert twinning.near_pairs([*rows, twin])[0][:2] == (7, 9999)
    assert len(compared) < 20_000, "of 4.5 million pairs"
