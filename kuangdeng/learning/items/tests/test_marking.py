"""How answers are marked: the tables that a teacher would check by hand, and what must hold for every item."""

import string
from decimal import Decimal
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.items.rules import Policy, check_content, mark
from kuangdeng.learning.items.rules.content import clean_answer, options_of, right_answer
from kuangdeng.learning.items.rules.folding import fold_answer, fold_stem
from kuangdeng.learning.items.rules.marking import points
from kuangdeng.learning.items.rules.shuffling import asked, draw, order_of_options, shuffled, unmask
from kuangdeng.learning.items.testkit import (
    FILL_IN,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ONE_OF_EACH,
    ORDERING,
    SHORT,
    SINGLE,
    TRUE_FALSE,
)
from kuangdeng.learning.items.wording import answer_words, key_words

ALL = [*ONE_OF_EACH.values(), NUMERIC]
IDS = [one["type"] for one in ONE_OF_EACH.values()] + ["numeric"]


@pytest.mark.parametrize("content", ALL, ids=IDS)
def test_the_key_earns_everything_and_nothing_earns_nothing(content: dict) -> None:
    content = check_content(content)
    assert check_content(content) == content
    full = None if content["type"] == "short_answer" else F(1)
    assert mark(content, right_answer(content)) == full
    for empty in (None, {}, {"choice": None}, {"blanks": ["", " "]}, {"pairs": {}}, {"text": ""}, {"choices": []}):
        assert mark(content, empty) == 0


@pytest.mark.parametrize(
    ("given_ids", "whole", "half", "share", "net"),
    [
        ("abcd", 1, 1, 1, 1),
        ("abc", 0, F(1, 2), F(3, 4), F(3, 4)),
        ("a", 0, F(1, 2), F(1, 4), F(1, 4)),
        ("abcde", 0, 0, 0, F(3, 4)),
        ("ae", 0, 0, 0, 0),
        ("e", 0, 0, 0, 0),
    ],
)
def test_multiple(given_ids: str, whole: F, half: F, share: F, net: F) -> None:
    answer = {"choices": list(given_ids)}
    got = [mark(MULTIPLE, answer, Policy(multiple=way)) for way in ("all", "half", "share", "net")]
    assert got == [whole, half, share, net]


@pytest.mark.parametrize(
    ("order", "place", "pairs"),
    [
        ("abcde", 1, 1),
        ("bacde", F(3, 5), F(9, 10)),
        ("edcba", F(1, 5), 0),
        ("bcdea", 0, F(3, 5)),
        ("ab", F(2, 5), F(1, 10)),
    ],
)
def test_ordering(order: str, place: F, pairs: F) -> None:
    answer = {"order": list(order)}
    assert mark(ORDERING, answer) == (1 if order == "abcde" else 0)
    assert mark(ORDERING, answer, Policy(ordering="place")) == place
    assert mark(ORDERING, answer, Policy(ordering="pairs")) == pairs


def test_matching_and_true_false_and_single() -> None:
    half = {"pairs": {"l1": "r2", "l2": "r3"}}
    assert mark(MATCHING, half) == F(1, 2)
    assert mark(MATCHING, half, Policy(matching="all")) == 0
    assert mark(TRUE_FALSE, {"value": False}) == 1
    assert mark(TRUE_FALSE, {"value": True}) == 0
    assert mark(TRUE_FALSE, {"value": 0}) == 0, "0 is not an answer"
    assert mark(SINGLE, {"choice": "c"}) == 1
    assert mark(SINGLE, {"choice": "z"}) == 0
    assert mark(SHORT, {"text": "现场、设备"}) is None


@pytest.mark.parametrize(
    ("words", "share"),
    [
        (["违章作业", "劳动纪律"], 1),
        ([" 违 章作业。", "《劳动纪律》"], 1),
        (["违章操作", "劳动记律"], F(1, 2)),
        (["劳动纪律", "违章作业"], 0),
        (["违章作业"], F(1, 2)),
    ],
)
def test_fill_in(words: list[str], share: F) -> None:
    assert mark(FILL_IN, {"blanks": words}) == share
    assert mark(FILL_IN, {"blanks": words}, Policy(fill_in="all")) == (1 if share == 1 else 0)


def test_blanks_in_any_order_use_each_answer_once() -> None:
    content = check_content(
        {
            "type": "fill_in",
            "stem": "____、____",
            "any_order": True,
            "blanks": [{"answers": ["甲", "乙"]}, {"answers": ["甲"]}],
        }
    )
    assert mark(content, {"blanks": ["甲", "乙"]}) == 1
    assert mark(content, {"blanks": ["乙", "甲"]}) == 1
    assert mark(content, {"blanks": ["甲", "甲"]}) == F(1, 2)


@pytest.mark.parametrize(
    ("words", "right"),
    [
        ("101.3", True), ("１０１．３", True), ("101.8", True), ("100.8", True), ("101.81", False), ("100.79", False),
        ("101.3kPa", True), ("101.3 千帕", True), ("约101", False), ("1013", False), ("-101.3", False), ("1.013e2", True),
    ],
)  # fmt: skip
def test_numeric(words: str, right: bool) -> None:
    assert mark(NUMERIC, {"blanks": [words]}) == int(right)


def test_numbers_are_numbers_and_points_are_not_lost() -> None:
    assert fold_answer("1.50") == fold_answer("1.5") == "1.5"
    assert fold_answer("1.5") != fold_answer("15")
    assert fold_answer("1.0%") != fold_answer("10%")
    assert fold_answer("１，０００") == "1000"


def test_stems_that_are_the_same_and_that_are_not() -> None:
    one = fold_stem("1、采掘工作面 甲烷浓度达到（  ）时，停止作业。")
    assert (
        one
        == fold_stem("（12）采掘工作面甲烷浓度达到____时,停止作业")
        == fold_stem("采掘工作面甲烷浓度达到()时停止作业")
    )
    assert fold_stem("甲烷达到1.0%") != fold_stem("甲烷达到1.5%") != fold_stem("甲烷达到15%")
    assert fold_stem("风速小于4m/s") != fold_stem("风速大于4m/s")


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({**SINGLE, "correct": ["a", "b"]}, "correct"),
        ({**SINGLE, "correct": []}, "correct"),
        ({**SINGLE, "correct": ["x"]}, "correct"),
        ({**SINGLE, "options": options_of(["一", "一"])}, "options"),
        ({**SINGLE, "options": options_of(["一"])}, "options"),
        ({**SINGLE, "stem": " "}, "stem"),
        ({**SINGLE, "type": "essay"}, "type"),
        ({**TRUE_FALSE, "correct": None}, "correct"),
        ({**FILL_IN, "blanks": FILL_IN["blanks"][:1]}, "blanks"),
        ({**FILL_IN, "blanks": []}, "blanks"),
        ({**NUMERIC, "blanks": [{"number": "多"}]}, "blanks"),
        ({**NUMERIC, "blanks": [{"number": "1", "tolerance": "-1"}]}, "blanks"),
        ({**MATCHING, "pairs": {"l1": "r1"}}, "pairs"),
        ({**ORDERING, "correct": ["a", "b"]}, "correct"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(content: dict, field: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_content(content)
    assert refusal.value.field == field


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from([*"abcdeABCDE", "1", "2", "l1", "r1"]),
    lambda inner: (
        st.lists(inner, max_size=6) | st.dictionaries(st.sampled_from(["l1", "l2", "a", "text"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(["choice", "choices", "value", "blanks", "pairs", "order", "text"])


@given(st.sampled_from(ALL), st.dictionaries(NAMES, ANYTHING, max_size=7) | ANYTHING, st.sampled_from(["all", "share"]))
def test_whatever_a_browser_sends_is_marked_between_nothing_and_all(content: dict, answer: object, way: str) -> None:
    policy = Policy(multiple=way, matching=way, fill_in=way)
    cleaned = clean_answer(content, answer)  # type: ignore[arg-type]
    share = mark(content, answer, policy)  # type: ignore[arg-type]
    assert clean_answer(content, cleaned) == cleaned
    assert mark(content, cleaned, policy) == share
    assert share is None or 0 <= share <= 1
    assert answer_words(content, answer)  # type: ignore[arg-type]


@given(
    st.lists(st.text(string.ascii_letters + "甲乙丙丁", min_size=1, max_size=6), min_size=2, max_size=8, unique=True),
    st.data(),
)
def test_parts_never_earn_more_than_more_of_the_same(texts: list[str], data: st.DataObject) -> None:
    """With every policy: leaving out a right option never earns more, adding a wrong one never earns more."""
    options = options_of(texts)
    ids = [one["id"] for one in options]
    correct = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    content = {"type": "multiple", "stem": "题", "options": options, "correct": correct}
    chosen = set(data.draw(st.lists(st.sampled_from(ids), unique=True)))
    for way in ("all", "half", "share", "net"):
        now = mark(content, {"choices": list(chosen)}, Policy(multiple=way))
        for more in set(correct) - chosen:
            assert mark(content, {"choices": [*chosen, more]}, Policy(multiple=way)) >= now
        for wrong in set(ids) - set(correct) - chosen:
            assert mark(content, {"choices": [*chosen, wrong]}, Policy(multiple=way)) <= now


@given(st.lists(st.integers(), max_size=40, unique=True), st.text(max_size=20))
def test_a_seed_gives_one_order_with_everything_in_it(values: list[int], seed: str) -> None:
    assert shuffled(values, seed) == shuffled(values, seed)
    assert sorted(shuffled(values, seed)) == sorted(values)
    assert set(draw(values, 5, seed)) <= set(values)
    assert len(draw(values, 5, seed)) == min(5, len(values))


def test_the_order_of_a_seed_stays_for_ever() -> None:
    """Papers are drawn again from their seed years later: this list may never change."""
    assert shuffled(list("ABCDEFGH"), "2026-随机测评") == list(FOREVER)


FOREVER = "HFBDGACE"


def test_every_place_is_as_likely() -> None:
    counts = [[0] * 4 for _ in range(4)]
    for seed in range(4000):
        for place, value in enumerate(shuffled([0, 1, 2, 3], f"s{seed}")):
            counts[value][place] += 1
    # 4,000 draws of probability 1/4: mean 1,000, standard deviation 27; five of them.
    assert all(abs(count - 1000) < 137 for row in counts for count in row), counts


def test_what_is_shown_holds_no_key() -> None:
    for content in map(check_content, ALL):
        shown = asked(content, "种子")
        assert not {"correct", "pairs", "reference", "any_order"} & set(shown)
        assert "answers" not in str(shown)
        assert "tolerance" not in str(shown)


def in_names_shown(content: dict, seed: str | None) -> dict:
    """The right answer as a learner gives it, by the words that he sees."""
    shown, right = asked(content, seed), right_answer(content)
    stored = {one["id"]: one["text"] for part in ("options", "right") for one in content.get(part, ())}
    seen = {one["text"]: one["id"] for part in ("options", "right") for one in shown.get(part, ())}
    if "choice" in right:
        return {"choice": seen[stored[right["choice"]]]}
    if "pairs" in right:
        left = {one["text"]: one["id"] for one in shown["left"]}
        return {"pairs": {left[one["text"]]: seen[stored[right["pairs"][one["id"]]]] for one in content["left"]}}
    for part in ("choices", "order"):
        if part in right:
            return {part: [seen[stored[one]] for one in right[part]]}
    return right


@pytest.mark.parametrize("content", ALL, ids=IDS)
@pytest.mark.parametrize("seed", [None, "2026-培训班", "另一个人"])
def test_what_is_shown_is_named_by_its_place_and_is_marked_by_what_it_stands_for(content: dict, seed: str) -> None:
    content = check_content(content)
    shown = asked(content, seed)
    for part in ("options", "right"):
        assert [one["id"] for one in shown.get(part, ())] == list("ABCDEFGH"[: len(shown.get(part, ()))])
    answer = in_names_shown(content, seed)
    assert mark(content, unmask(content, seed, answer)) == (None if content["type"] == "short_answer" else 1)
    named = content["type"] in ("single", "multiple", "matching", "ordering")
    assert mark(content, unmask(content, seed, right_answer(content))) == 0 or not named, "stored names are no answer"


def test_a_blank_to_choose_does_not_tell_by_its_order() -> None:
    stems = [f"题{at}：煤尘____爆炸。" for at in range(40)]
    blank = {"answers": ["会"], "choices": ["会", "不会", "不一定"]}
    first = [asked({"type": "fill_in", "stem": one, "blanks": [blank]})["blanks"][0]["choices"][0] for one in stems]
    assert set(first) == {"会", "不会", "不一定"}


@given(st.sampled_from(ALL), st.dictionaries(NAMES, ANYTHING, max_size=7) | ANYTHING, st.none() | st.text(max_size=5))
def test_unmasking_takes_whatever_a_browser_sends(content: dict, answer: object, seed: str | None) -> None:
    assert mark(content, unmask(content, seed, answer)) in (None, *(F(a, b) for b in range(1, 6) for a in range(b + 1)))  # type: ignore[arg-type]


def test_summing_options_keep_their_place_and_an_order_is_never_shown_solved() -> None:
    content = check_content({**SINGLE, "options": options_of(["瓦斯", "煤尘", "水", "以上都是"]), "correct": ["d"]})
    assert {order_of_options(content, str(seed))[-1] for seed in range(50)} == {"d"}
    right = [one["text"] for one in ORDERING["options"]]
    assert all([one["text"] for one in asked(ORDERING, str(seed))["options"]] != right for seed in range(200))
    assert key_words(content, order_of_options(content, "x")) == "D"


def test_points_round_half_up() -> None:
    assert points(F(1, 3), Decimal(2)) == Decimal("0.67")
    assert points(F(1, 8), Decimal("0.2")) == Decimal("0.03")
    assert points(F(1), Decimal("2.50")) == Decimal("2.50")
