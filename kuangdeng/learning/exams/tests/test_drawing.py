"""抽题: fair, reproducible, and short in words when the bank is too small."""

from decimal import Decimal

from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams.drawing import Choosable, Part, fair_draw, middle, one_draw, short_of

TWO = Decimal(2)


def pool(count: int, eases: tuple[float, ...] = (0.4, 0.7, 0.95)) -> list[Choosable]:
    return [Choosable(uuid7(), uuid7(), eases[at % len(eases)]) for at in range(count)]


def test_the_same_seed_draws_the_same_paper_for_ever() -> None:
    parts = [Part(pool(40), 10, TWO), Part(pool(30), 5, TWO)]
    first, again = fair_draw(parts, "孔庄-2026-11"), fair_draw(parts, "孔庄-2026-11")
    assert first == again
    assert first.lines != fair_draw(parts, "孔庄-2026-12").lines


def test_no_item_stands_twice_on_a_paper_even_when_the_lines_share_a_pool() -> None:
    shared = pool(12)
    paper = one_draw([Part(shared, 6, TWO), Part(shared, 6, TWO)], "s")
    assert len({line.item_id for line in paper.lines}) == 12


def test_what_is_missing_is_said_line_by_line() -> None:
    shared = pool(8)
    assert short_of([Part(shared, 5, TWO), Part(shared, 5, TWO)]) == [0, 2]
    assert short_of([Part([], 1, TWO)]) == [1]


def test_every_item_is_as_likely() -> None:
    items = pool(10)
    drawn = [line.item_id for n in range(3000) for line in one_draw([Part(items, 3, TWO)], f"p{n}").lines]
    counts = [drawn.count(one.item_id) for one in items]
    # 900 expected each; the standard deviation of a count is 25.
    assert 780 < min(counts) <= max(counts) < 1020


def test_papers_are_about_equally_hard() -> None:
    parts = [Part(pool(200, (0.4, 0.55, 0.7, 0.85, 0.95)), 50, TWO)]
    aim = middle(parts)
    plain = [one_draw(parts, f"p{n}").expected for n in range(200)]
    fair = [fair_draw(parts, f"p{n}").expected for n in range(200)]
    assert max(abs(one - aim) for one in fair) < 1
    assert max(fair) - min(fair) < (max(plain) - min(plain)) / 4


def test_a_makeup_takes_other_items_as_long_as_there_are_any() -> None:
    items = pool(10)
    met = {one.item_id for one in items[:6]}
    paper = one_draw([Part(items, 6, TWO)], "again", met)
    fresh = [line for line in paper.lines if line.item_id not in met]
    assert (len(fresh), len(paper.lines)) == (4, 6)
