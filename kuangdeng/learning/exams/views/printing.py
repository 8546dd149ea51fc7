"""The parts of a printed paper as mines print them: 一、单选题（共 10 题，20 分）, numbered through, with room to write."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from kuangdeng.kernel.words import plain

NUMERALS = "一二三四五六七八九十"


def parts_of(items: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items as the parts of a paper, those of one type that stand together in one, each with its number."""
    rows = [{**one, "number": at, "lines": range(_lines(one))} for at, one in enumerate(items, 1)]
    runs = [list(run) for _label, run in groupby(rows, key=lambda one: str(one["label"]))]
    return [
        {
            "numeral": NUMERALS[at] if at < len(NUMERALS) else str(at + 1),
            "label": run[0]["label"],
            "count": len(run),
            "marks": plain(sum((Decimal(str(one["marks"])) for one in run), Decimal(0))),
            "rows": run,
        }
        for at, run in enumerate(runs)
    ]


def _lines(item: dict[str, Any]) -> int:
    """How many lines to write a short answer on: the more marks, the more."""
    return min(12, max(4, int(Decimal(str(item["marks"])))))
