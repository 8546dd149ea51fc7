"""题目体检: how an exam and each of its items measured, in Moodle's published definitions, and what is to be looked at.

Marks are counted in hundredths, as whole numbers, so that a variance is nought only when it is, whatever the marks.
Per item: x is the mark on it, T the total, o = T - x what the rest of the paper gave. An item that was drawn for some
(another item at that place for others) is compared with the whole total, o = T, as Moodle does, because the rest of the
paper was another one for each; the place itself is compared with the rest. Pure: numbers in, numbers and reasons out.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from math import sqrt
from operator import mul
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

FEW = 30
"""Below so many answers a figure says little and is marked so."""
THIRD = 1 / 3
"""The strong and the weak: the upper and the lower third by total."""


class Line(NamedTuple):
    """One item on one person's sheet: which, the mark he got, the full mark, and which options he chose (stored names).

    `chosen` is None where the item has no options, empty where he chose none.
    """

    item: Hashable
    mark: Decimal
    full: Decimal
    chosen: tuple[str, ...] | None = None
    answered: bool = True


@dataclass(frozen=True)
class OptionUse:
    """How many chose an option, in all and among the strong and the weak."""

    name: str
    count: int
    strong: float
    weak: float


@dataclass(frozen=True)
class ItemFigures:
    """An item, or a place of the paper where everybody had another one. None: not defined for these answers."""

    item: Hashable
    place: int
    drawn: bool
    """Whether only some had it: then it is compared with the whole total."""
    n: int
    full: float
    facility: float | None
    sd: float | None
    discrimination: float | None
    efficiency: float | None
    weight: float | None
    intended_weight: float | None
    unanswered: float = 0.0
    options: tuple[OptionUse, ...] = ()

    @property
    def few(self) -> bool:
        """Whether the figures come from too few answers to build on."""
        return self.n < FEW


@dataclass(frozen=True)
class TestFigures:
    """The exam as a whole, in marks; alpha and what follows from it in percent."""

    __test__ = False

    n: int
    places: int
    out_of: float
    mean: float | None = None
    median: float | None = None
    sd: float | None = None
    skew: float | None = None
    kurtosis: float | None = None
    alpha: float | None = None
    error_ratio: float | None = None
    standard_error: float | None = None

    @property
    def few(self) -> bool:
        """Whether the figures come from too few sheets to build on."""
        return self.n < FEW


@dataclass(frozen=True)
class Analysis:
    """All figures of an exam: the whole, each place in order, and each drawn item below its place."""

    test: TestFigures
    places: tuple[ItemFigures, ...]
    drawn: tuple[ItemFigures, ...] = ()

    @property
    def items(self) -> tuple[ItemFigures, ...]:
        """One row per item: the places where everybody had the same one, and the drawn ones."""
        return tuple(one for one in self.places if one.item is not None) + self.drawn


@dataclass
class _Sums:
    """What one item gathers from the sheets."""

    marks: list[int] = field(default_factory=list)
    others: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    chosen: list[tuple[str, ...] | None] = field(default_factory=list)
    unanswered: int = 0
    full: int = 0
    place: int = 0

    def add(self, line: Line, mark: int, total: int, other: int) -> None:
        self.marks.append(mark)
        self.others.append(other)
        self.totals.append(total)
        self.chosen.append(line.chosen)
        self.unanswered += not line.answered


def analyse(sheets: Sequence[Sequence[Line]]) -> Analysis:
    """The figures of an exam from its marked sheets; the n-th line of every sheet stands at the same place.

    A sheet with more or fewer lines than the first is left out: it is no sheet of this paper.
    """
    sheets = [one for one in sheets if len(one) == len(sheets[0])] if sheets else []
    marks = [[_cents(line.mark) for line in sheet] for sheet in sheets]
    totals = [sum(row) for row in marks]
    count = len(sheets[0]) if sheets else 0
    places = [_place(at, sheets, marks, totals) for at in range(count)]
    drawn: dict[Hashable, _Sums] = {}
    for at, (_sums, same) in enumerate(places):
        if not same:
            _add_drawn(drawn, at, sheets, marks, totals)
    covariances = [_covariance(sums.marks, sums.totals) for sums, _same in places]
    root = sum(sqrt(one) for one in covariances if one is not None and one > 0)
    whole = sum(sums.full for sums, _same in places)
    strong, weak = _ends(totals)
    figures = [
        _figures(
            sheets[0][at].item if same else None, sums, covariance, root, whole, (strong, weak), drawn=False
        )
        for at, ((sums, same), covariance) in enumerate(zip(places, covariances, strict=True))
    ]  # fmt: skip
    found = [_figures(item, sums, None, 0, 0, (strong, weak), drawn=True) for item, sums in drawn.items()]
    return Analysis(_whole(totals, [sums.marks for sums, _same in places], whole), tuple(figures), tuple(found))


def _cents(value: Decimal) -> int:
    return int(value * 100)


def _place(at: int, sheets: Sequence[Sequence[Line]], marks: list[list[int]], totals: list[int]) -> tuple[_Sums, bool]:
    """What one place of the paper gathered, and whether everybody had the same item there."""
    sums = _Sums(place=at, full=max(_cents(sheet[at].full) for sheet in sheets))
    first = sheets[0][at].item
    same = True
    for sheet, row, total in zip(sheets, marks, totals, strict=True):
        line, mark = sheet[at], row[at]
        same = same and line.item == first
        sums.add(line, mark, total, total - mark)
    return sums, same


def _add_drawn(
    drawn: dict[Hashable, _Sums], at: int, sheets: Sequence[Sequence[Line]], marks: list[list[int]], totals: list[int]
) -> None:
    for sheet, row, total in zip(sheets, marks, totals, strict=True):
        line = sheet[at]
        sums = drawn.setdefault(line.item, _Sums(place=at))
        sums.full = max(sums.full, _cents(line.full))
        sums.add(line, row[at], total, total)


def _figures(
    item: Hashable, sums: _Sums, covariance: float | None, root: float, whole: int, ends: tuple[int, int], *, drawn: bool
) -> ItemFigures:  # fmt: skip
    n = len(sums.marks)
    squares, rests, both = _products(sums.marks, sums.marks), _products(sums.others, sums.others), 0
    both = _products(sums.marks, sums.others)
    most = _products(sorted(sums.marks), sorted(sums.others))
    return ItemFigures(
        item=item, place=sums.place, drawn=drawn, n=n, full=sums.full / 100,
        facility=sum(sums.marks) / n / sums.full if n and sums.full else None,
        sd=sqrt(squares / (n * (n - 1))) / 100 if n > 1 else None,
        discrimination=100 * both / sqrt(squares * rests) if squares and rests else None,
        efficiency=100 * both / most if most else None,
        weight=100 * sqrt(covariance) / root if covariance is not None and covariance >= 0 and root else None,
        intended_weight=100 * sums.full / whole if whole else None,
        unanswered=sums.unanswered / n if n else 0.0, options=_options(sums, *ends),
    )  # fmt: skip


def _products(one: Sequence[int], other: Sequence[int]) -> int:
    """n·Σxy - Σx·Σy: the covariance times n(n-1), exact."""
    return len(one) * sum(map(mul, one, other)) - sum(one) * sum(other)


def _covariance(one: Sequence[int], other: Sequence[int]) -> float | None:
    n = len(one)
    return _products(one, other) / (n * (n - 1)) if n > 1 else None


def _ends(totals: Sequence[int]) -> tuple[int, int]:
    """From which total on one is strong, and up to which weak."""
    if not totals:
        return 0, 0
    ordered = sorted(totals)
    size = max(1, int(len(ordered) * THIRD))
    return ordered[-size], ordered[size - 1]


def _options(sums: _Sums, strong: int, weak: int) -> tuple[OptionUse, ...]:
    """How each option was used. None where all are alike: then nobody is strong or weak."""
    if all(one is None for one in sums.chosen) or strong == weak:
        return ()
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    high = low = 0
    for chosen, total in zip(sums.chosen, sums.totals, strict=True):
        high, low = high + (total >= strong), low + (total <= weak)
        for name in chosen or ():
            row = counts[name]
            row[0] += 1
            row[1] += total >= strong
            row[2] += total <= weak
    return tuple(
        OptionUse(name, row[0], row[1] / high if high else 0.0, row[2] / low if low else 0.0)
        for name, row in sorted(counts.items())
    )


def _whole(totals: Sequence[int], places: Sequence[Sequence[int]], whole: int) -> TestFigures:
    n, p = len(totals), len(places)
    if not n:
        return TestFigures(0, p, whole / 100)
    ordered = sorted(totals)
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    squares = _products(totals, totals)
    variance = squares / (n * (n - 1)) if n > 1 else None
    sd = sqrt(variance) if variance is not None else None
    alpha = None
    if p > 1 and n > 1 and squares:
        parts = sum(_products(marks, marks) for marks in places)
        alpha = 100 * p / (p - 1) * (1 - parts / squares)
    ratio = 100 * sqrt(max(0.0, 1 - alpha / 100)) if alpha is not None else None
    skew, kurtosis = _shape(ordered) if squares else (None, None)
    return TestFigures(
        n=n, places=p, out_of=whole / 100, mean=sum(totals) / n / 100, median=middle / 100,
        sd=sd / 100 if sd is not None else None, skew=skew, kurtosis=kurtosis, alpha=alpha, error_ratio=ratio,
        standard_error=ratio * sd / 10_000 if ratio is not None and sd is not None else None,
    )  # fmt: skip


def _shape(totals: Sequence[int]) -> tuple[float | None, float | None]:
    """Skew and kurtosis from the unbiased k-statistics."""
    n = len(totals)
    mean = sum(totals) / n
    second, third, fourth = (sum((one - mean) ** power for one in totals) / n for power in (2, 3, 4))
    k2 = n * second / (n - 1)
    skew = n**2 * third / ((n - 1) * (n - 2)) / k2**1.5 if n > 2 else None
    if n <= 3:
        return skew, None
    k4 = n**2 * ((n + 1) * fourth - 3 * (n - 1) * second**2) / ((n - 1) * (n - 2) * (n - 3))
    return skew, k4 / k2**2


# What is to be looked at ----------------------------------------------------------------------------------------------


class Trouble(StrEnum):
    """What an item is listed for, the most pressing first."""

    KEY = "key"
    UNCLEAR = "unclear"
    HARD = "hard"
    EASY = "easy"
    FEW = "few"


TROUBLE_LABELS: dict[str, object] = {
    Trouble.KEY: gettext_lazy("答案存疑"),
    Trouble.UNCLEAR: gettext_lazy("题干可能不清"),
    Trouble.HARD: gettext_lazy("太难"),
    Trouble.EASY: gettext_lazy("太易"),
    Trouble.FEW: gettext_lazy("作答太少"),
}
TOO_EASY, TOO_HARD = 0.95, 0.20
WEAK_INDEX = 20
"""Below it Moodle's guide calls an item's discrimination very weak."""
EASY_ENOUGH = 0.90
"""Above it nobody can tell the strong from the weak by an item, and need not."""
SKIPPED = 0.15
LURED = 0.10
"""How many more of the strong than of the weak must choose a wrong option before it is worth a look."""


@dataclass(frozen=True)
class Finding:
    """Why an item should be looked at, in numbers; `reason` says it in a sentence."""

    figures: ItemFigures
    trouble: Trouble
    why: str
    option: str = ""
    """The shown letter is the page's to give: this is the stored name of the wrong option that drew the strong."""
    strong: float = 0.0
    weak: float = 0.0

    def reason(self, letter: str = "") -> str:
        """In plain words for the person who keeps the bank."""
        one = self.figures
        words = {
            "n": one.n, "percent": _percent(one.facility), "index": f"{one.discrimination or 0:.0f}",
            "letter": letter or self.option, "strong": _percent(self.strong), "weak": _percent(self.weak),
            "skipped": _percent(one.unanswered),
        }  # fmt: skip
        return _SENTENCES[self.why]() % words


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.0f}"


_SENTENCES = {
    "negative": lambda: _("成绩好的人反而答错得多（区分度 %(index)s）。请先核对答案，再看题干。"),
    "lured": lambda: _(
        "成绩好的人有 %(strong)s%% 选了 %(letter)s，成绩差的只有 %(weak)s%%。%(letter)s 可能也对，或者才是答案，请核对。"
    ),
    "flat": lambda: _(
        "会的人和不会的人答得差不多（区分度 %(index)s，答对率 %(percent)s%%）。题干或选项可能让人看不明白。"
    ),
    "skipped": lambda: _("有 %(skipped)s%% 的人没有作答。题干可能看不明白，或者没有教过。"),
    "hard": lambda: _("%(n)d 人作答，答对率只有 %(percent)s%%。没有教到，还是太偏，请看一看。"),
    "easy": lambda: _("%(n)d 人作答，答对率 %(percent)s%%，差不多人人都会。想分出高低就换一道。"),
    "few": lambda: _("只有 %(n)d 人作答，还看不出好坏。"),
}


def worklist(analysis: Analysis, keys: Mapping[Hashable, Iterable[str]] | None = None) -> list[Finding]:
    """The items that somebody should look at, each once, for its most pressing reason, the most pressing first.

    `keys` are the right options by item, in stored names, for finding a wrong one that draws the strong.
    """
    known = keys or {}
    found = [one for item in analysis.items if (one := _finding(item, set(known.get(item.item, ()))))]
    order = {trouble: at for at, trouble in enumerate(Trouble)}
    return sorted(found, key=lambda one: (order[one.trouble], one.figures.place, str(one.figures.item)))


def _finding(one: ItemFigures, key: set[str]) -> Finding | None:
    if one.few or one.facility is None:
        return Finding(one, Trouble.FEW, "few")
    if one.discrimination is not None and one.discrimination < 0:
        return Finding(one, Trouble.KEY, "negative")
    lured = [use for use in one.options if key and use.name not in key and use.strong - use.weak >= LURED]
    if lured:
        worst = max(lured, key=lambda use: use.strong - use.weak)
        return Finding(one, Trouble.KEY, "lured", worst.name, worst.strong, worst.weak)
    if one.unanswered >= SKIPPED:
        return Finding(one, Trouble.UNCLEAR, "skipped")
    if one.facility <= TOO_HARD:
        return Finding(one, Trouble.HARD, "hard")
    if one.facility >= TOO_EASY:
        return Finding(one, Trouble.EASY, "easy")
    if one.facility < EASY_ENOUGH and one.discrimination is not None and one.discrimination < WEAK_INDEX:
        return Finding(one, Trouble.UNCLEAR, "flat")
    return None


def counts(findings: Iterable[Finding]) -> Counter[str]:
    """How many are listed for what."""
    return Counter(str(one.trouble) for one in findings)
