"""Item analysis against figures reckoned by hand, and what must hold for any exam."""

import random
from decimal import Decimal
from itertools import pairwise
from statistics import mean, median, stdev, variance

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.learning.exams.analysis import Analysis, Line, Trouble, analyse, worklist


def sheets(*rows: str, full: int = 1) -> list[list[Line]]:
    """Each row the marks of one person, one digit per item: 「110」."""
    return [[Line(at, Decimal(mark), Decimal(full)) for at, mark in enumerate(row)] for row in rows]


def test_five_people_three_items_by_hand() -> None:
    """Totals 3, 2, 1, 1, 0. Item 0: x = 1 1 1 0 0, rest = 2 1 0 1 0.

    x̄ = 0.6, rest mean 0.8; Σ(x-x̄)² = 1.2, Σ(o-ō)² = 2.8, Σ(x-x̄)(o-ō) = 0.6: 100·0.6/√3.36 = 32.7327.
    Sorted, x = 0 0 1 1 1 and o = 0 0 1 1 2: Σ = 1.6, so the efficiency is 100·0.6/1.6 = 37.5.
    cov(x, T) = (0.6 + 1.2)/4 = 0.45; the other two items: 0.55 and 0.3 by the same way.
    """
    found = analyse(sheets("111", "110", "100", "010", "000"))
    first = found.places[0]
    assert (first.n, first.facility, first.few) == (5, 0.6, True)
    assert first.sd == pytest.approx((1.2 / 4) ** 0.5)
    assert first.discrimination == pytest.approx(32.7327, abs=1e-4)
    assert first.efficiency == pytest.approx(37.5)
    root = 0.45**0.5 + 0.45**0.5 + 0.4**0.5
    assert first.weight == pytest.approx(100 * 0.45**0.5 / root)
    assert [one.intended_weight for one in found.places] == pytest.approx([100 / 3] * 3)
    test = found.test
    assert (test.mean, test.median) == (1.4, 1)
    assert test.sd == pytest.approx(1.3**0.5)
    # p = 3, Σ var x = 0.3 + 0.3 + 0.2 = 0.8, var T = 1.3
    assert test.alpha == pytest.approx(150 * (1 - 0.8 / 1.3))
    assert test.error_ratio == pytest.approx(100 * (1 - 1.5 * (1 - 0.8 / 1.3)) ** 0.5)
    assert test.standard_error == pytest.approx(test.error_ratio * 1.3**0.5 / 100)


def test_skew_and_kurtosis_as_published_for_a_known_list() -> None:
    """The example of Microsoft's pages on SKEW and KURT, which go by the same k-statistics; then one by hand."""
    published = analyse([[Line(0, Decimal(mark), Decimal(10))] for mark in (3, 4, 5, 2, 3, 4, 5, 6, 4, 7)]).test
    assert published.skew == pytest.approx(0.359543, abs=1e-6)
    assert published.kurtosis == pytest.approx(-0.151800, abs=1e-6)
    # 2 3 5 6 9: differences -3 -2 0 1 4; Σd² = 30, Σd³ = 30, Σd⁴ = 354; s² = 7.5
    test = analyse([[Line(0, Decimal(mark), Decimal(10))] for mark in (2, 3, 5, 6, 9)]).test
    assert test.skew == pytest.approx(5 / 12 * 30 / 7.5**1.5)
    assert test.kurtosis == pytest.approx(30 / 24 * 354 / 7.5**2 - 3 * 16 / 6)


def test_what_is_not_defined_is_null_and_not_nought() -> None:
    nobody = analyse([])
    assert (nobody.test.n, nobody.test.mean, nobody.places) == (0, None, ())
    alone = analyse(sheets("10"))
    assert (alone.test.mean, alone.test.sd, alone.test.alpha) == (1.0, None, None)
    assert (alone.places[0].sd, alone.places[0].discrimination, alone.places[0].weight) == (None, None, None)
    alike = analyse(sheets("10", "10", "10", "10"))
    assert (alike.test.sd, alike.test.skew, alike.test.alpha) == (0.0, None, None)
    assert (alike.places[0].discrimination, alike.places[0].efficiency) == (None, None)
    thirds = [[Line(0, Decimal("0.10"), Decimal("0.30")), Line(1, Decimal(at), Decimal(9))] for at in range(5)]
    assert analyse(thirds).places[0].discrimination is None, "a tenth is a tenth, not nearly one"
    against = analyse(sheets("01", "10", "01", "10", "00"))
    assert against.test.alpha is not None and against.test.alpha < 0, "as Moodle has it, alpha may be below nought"


def test_an_item_against_the_rest_has_no_weight() -> None:
    found = analyse(sheets("1100", "1011", "0111", "0111", "0111", "1000"))
    weights = [one.weight for one in found.places]
    assert weights[0] is None
    assert sum(one for one in weights if one is not None) == pytest.approx(100)


def drawn() -> Analysis:
    """Four people; at the second place two had item 甲 and two item 乙."""
    rows = [("1", "甲", "1"), ("1", "甲", "0"), ("0", "乙", "1"), ("0", "乙", "0")]
    lines = [[Line("同", Decimal(a), Decimal(1)), Line(item, Decimal(b), Decimal(1))] for a, item, b in rows]
    return analyse(lines)


def test_a_drawn_item_is_compared_with_the_whole_total_its_place_with_the_rest() -> None:
    found = drawn()
    assert [one.item for one in found.places] == ["同", None]
    assert [one.item for one in found.items] == ["同", "甲", "乙"]
    place, one = found.places[1], found.drawn[0]
    # 甲: x = 1 0 with o = T = 2 1, together perfect; the place: x = 1 0 1 0 with rest 1 1 0 0, nothing in common.
    assert (one.n, one.drawn, one.discrimination) == (2, True, pytest.approx(100))
    assert place.discrimination == pytest.approx(0)
    assert found.test.places == 2, "alpha counts places, not items"


MARKS = st.integers(1, 8).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=2, max_size=25)
)


@given(MARKS, st.sampled_from([1, 3, 25]), st.randoms())
def test_what_holds_for_any_exam(rows: list[list[int]], scale: int, chance: random.Random) -> None:
    def of(marks: list[list[int]], times: int = 1) -> Analysis:
        return analyse(
            [[Line(at, Decimal(m * times), Decimal(4 * times)) for at, m in enumerate(row)] for row in marks]
        )

    found = of(rows)
    totals = [sum(row) for row in rows]
    assert found.test.mean == pytest.approx(mean(totals))
    assert found.test.median == pytest.approx(median(totals))
    assert found.test.sd == pytest.approx(stdev(totals))
    for at, one in enumerate(found.places):
        marks = [row[at] for row in rows]
        assert one.facility == pytest.approx(mean(marks) / 4)
        assert one.sd == pytest.approx(stdev(marks))
        assert one.discrimination is None or -100.0001 <= one.discrimination <= 100.0001
        assert (one.discrimination is None) == (
            len(set(marks)) == 1 or len({t - m for t, m in zip(totals, marks, strict=True)}) == 1
        )
        assert one.efficiency is None or one.discrimination is None or one.efficiency <= 100.0001
    if found.test.alpha is not None:
        width = len(rows[0])
        parts = sum(variance([row[at] for row in rows]) for at in range(width))
        assert found.test.alpha == pytest.approx(100 * width / (width - 1) * (1 - parts / variance(totals)))
        assert found.test.alpha <= 100.0001
    mixed = rows[:]
    chance.shuffle(mixed)
    assert of(mixed) == found
    for big, small in zip(of(rows, scale).places, found.places, strict=True):
        assert big.discrimination == pytest.approx(small.discrimination), "a mark worth more changes nothing"
        assert big.facility == pytest.approx(small.facility)


def people(count: int, key: str = "a") -> list[list[Line]]:
    """Of `count` people the better half knows: at place 0 the key is right, at place 1 it is not (they choose b)."""
    rows = []
    for at in range(count):
        good = at < count // 2
        rows.append([
            Line("可以", Decimal(good), Decimal(1), ("a",) if good else ("c",)),
            Line("答案错", Decimal(not good and at % 3 == 0), Decimal(1), ("b",) if good else ("a",) if at % 3 == 0 else ("c",)),
            Line("全会", Decimal(1), Decimal(1), ("a",)),
            Line("太难", Decimal(at == 0), Decimal(1), ("a",) if at == 0 else ("d",)),
            Line("没人答", Decimal(good), Decimal(1), None, answered=good or at % 2 == 0),
            *[Line(f"凑{n}", Decimal(good), Decimal(1), ("a",)) for n in range(6)],
        ])  # fmt: skip
    return rows


def test_the_worklist_names_what_is_wrong_in_a_sentence() -> None:
    found = {one.figures.item: one for one in worklist(analyse(people(60)), {"答案错": ["a"], "太难": ["a"]})}
    assert found["答案错"].trouble == Trouble.KEY
    assert "核对答案" in found["答案错"].reason()
    assert found["全会"].trouble == Trouble.EASY
    assert found["太难"].trouble == Trouble.HARD
    assert "2%" in found["太难"].reason()
    assert found["没人答"].trouble == Trouble.UNCLEAR
    assert "25%" in found["没人答"].reason()
    assert "可以" not in found
    order = [list(Trouble).index(one.trouble) for one in worklist(analyse(people(60)))]
    assert all(a <= b for a, b in pairwise(order)), "the most pressing first"


def test_a_wrong_option_that_draws_the_strong_is_told_with_its_letter() -> None:
    """Of 30 strong 10 chose b, of 30 weak none; the item still tells the strong from the weak."""
    chosen = ["b"] * 10 + ["a"] * 20 + ["a"] * 30 + ["a"] * 12 + ["c"] * 18
    rows = []
    for at, name in enumerate(chosen):
        rest = [Line(f"凑{n}", Decimal(at < 30 or (at < 60 and n < 4)), Decimal(1)) for n in range(8)]
        rows.append([Line("题", Decimal(name == "a"), Decimal(1), (name,)), *rest])
    finding = next(one for one in worklist(analyse(rows), {"题": ["a"]}) if one.figures.item == "题")
    assert (finding.trouble, finding.option) == (Trouble.KEY, "b")
    assert finding.reason("丁").startswith("成绩好的人有 33% 选了 丁，成绩差的只有 0%")
    assert all(one.figures.item != "题" for one in worklist(analyse(rows), {"题": ["a", "b"]}))


def test_few_answers_are_told_and_nothing_is_concluded() -> None:
    assert {one.trouble for one in worklist(analyse(people(20)), {"答案错": ["a"]})} == {Trouble.FEW}
    assert worklist(analyse([])) == []
