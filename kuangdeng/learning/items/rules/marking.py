"""How an answer is marked (判分): the share of the full mark, by type, with the mine's policy for parts. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from django.utils.translation import gettext_lazy as _

from kuangdeng.learning.items.rules.content import Answer, Content, ItemType, clean_answer
from kuangdeng.learning.items.rules.folding import fold_answer, to_decimal, with_unit

ZERO, FULL = Fraction(0), Fraction(1)

MULTIPLE_WAYS: dict[str, object] = {
    "all": _("全对才得分"),
    "half": _("少选得一半，错选不得分"),
    "share": _("少选按选对的比例得分，错选不得分"),
    "net": _("选对加、选错减，按比例，最低零分"),
}
MATCHING_WAYS: dict[str, object] = {"all": _("全对才得分"), "share": _("配对一对得一份")}
ORDERING_WAYS: dict[str, object] = {
    "all": _("全对才得分"),
    "place": _("位置对一个得一份"),
    "pairs": _("先后关系对一对得一份"),
}
FILL_IN_WAYS: dict[str, object] = {"all": _("全对才得分"), "share": _("填对一空得一份")}


@dataclass(frozen=True)
class Policy:
    """What part of an answer earns what part of the mark."""

    multiple: str = "all"
    matching: str = "share"
    ordering: str = "all"
    fill_in: str = "share"

    def as_json(self) -> dict[str, str]:
        """To be kept with an exam, so that it is marked the same way for ever."""
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, str] | None) -> "Policy":
        """What `as_json` kept."""
        return cls(**{name: row[name] for name in asdict(DEFAULT_POLICY) if name in row}) if row else DEFAULT_POLICY


DEFAULT_POLICY = Policy()


def is_marked_by_person(content: Content) -> bool:
    """Whether no rule can mark it."""
    return bool(content["type"] == ItemType.SHORT_ANSWER)


def mark(content: Content, answer: Answer, policy: Policy = DEFAULT_POLICY) -> Fraction | None:
    """The share of the full mark that an answer earns, 0 to 1; None where a person has to mark it.

    No answer at all is 0 for every type, so that an empty short answer needs no reading.
    """
    given = clean_answer(content, answer)
    if not given:
        return ZERO
    kind = ItemType(content["type"])
    if kind == ItemType.SINGLE:
        return Fraction(given["choice"] == content["correct"][0])
    if kind == ItemType.MULTIPLE:
        return _multiple(set(content["correct"]), set(given["choices"]), len(content["options"]), policy.multiple)
    if kind == ItemType.TRUE_FALSE:
        return Fraction(given["value"] is content["correct"])
    if kind == ItemType.FILL_IN:
        return _fill_in(content, given["blanks"], policy.fill_in)
    if kind == ItemType.MATCHING:
        return _matching(content["pairs"], given["pairs"], policy.matching)
    if kind == ItemType.ORDERING:
        return _ordering(content["correct"], given["order"], policy.ordering)
    return None


def points(share: Fraction, full: Decimal) -> Decimal:
    """The share as points of the item's mark, to a hundredth, half up."""
    value = Decimal(share.numerator) * full / Decimal(share.denominator)
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def percent(share: Fraction) -> Decimal:
    """The share in percent, to a tenth."""
    return (Decimal(share.numerator) * 100 / Decimal(share.denominator)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _multiple(correct: set[str], given: set[str], _options: int, way: str) -> Fraction:
    if given == correct:
        return FULL
    if way == "net":
        return max(ZERO, Fraction(len(given & correct) - len(given - correct), len(correct)))
    if way == "all" or given - correct:
        return ZERO
    return Fraction(1, 2) if way == "half" else Fraction(len(given), len(correct))


def _share(right: int, whole: int, way: str) -> Fraction:
    if way == "all":
        return Fraction(right == whole)
    return Fraction(right, whole)


def _fill_in(content: Content, given: list[str], way: str) -> Fraction:
    blanks = content["blanks"]
    if content.get("any_order"):
        right = _best_match([{fold_answer(one) for one in blank["answers"]} for blank in blanks], given)
    else:
        right = sum(fits(blank, words) for blank, words in zip(blanks, given, strict=False))
    return _share(right, len(blanks), way)


def fits(blank: Mapping[str, Any], words: str) -> bool:
    """Whether what was written into a blank is right."""
    if not words.strip():
        return False
    if "number" in blank:
        value = with_unit(words)
        number, tolerance = to_decimal(blank["number"]), to_decimal(blank.get("tolerance") or "0")
        return value is not None and number is not None and tolerance is not None and abs(value - number) <= tolerance
    return fold_answer(words) in {fold_answer(one) for one in blank["answers"]}


def _best_match(wanted: list[set[str]], given: list[str]) -> int:
    """How many blanks can be right when their order does not matter, each written answer used once.

    A maximum matching: 甲 fits the first two blanks, 乙 only the first; both together are two right, not one.
    """
    words = [fold_answer(one) for one in given if one.strip()]
    taken: dict[int, int] = {}

    def place(at: int, seen: set[int]) -> bool:
        for blank, answers in enumerate(wanted):
            if words[at] in answers and blank not in seen:
                seen.add(blank)
                if blank not in taken or place(taken[blank], seen):
                    taken[blank] = at
                    return True
        return False

    # The same word twice is one answer given twice: it may not fill two blanks.
    distinct = [at for at, word in enumerate(words) if word not in words[:at]]
    return sum(place(at, set()) for at in distinct)


def _matching(pairs: Mapping[str, str], given: Mapping[str, str], way: str) -> Fraction:
    return _share(sum(given.get(left) == right for left, right in pairs.items()), len(pairs), way)


def _ordering(correct: list[str], given: list[str], way: str) -> Fraction:
    if given == correct:
        return FULL
    if way == "all":
        return ZERO
    if way == "place":
        return Fraction(sum(a == b for a, b in zip(correct, given, strict=False)), len(correct))
    place = {one: at for at, one in enumerate(given)}
    pairs = list(combinations(correct, 2))
    right = sum(a in place and b in place and place[a] < place[b] for a, b in pairs)
    return Fraction(right, len(pairs))


def tally(shares: list[Fraction | None]) -> Counter[str]:
    """How many are right, partly right, wrong, and wait for a person."""

    def name(one: Fraction | None) -> str:
        return "waits" if one is None else "right" if one == FULL else "wrong" if one == ZERO else "partly"

    return Counter(name(one) for one in shares)
