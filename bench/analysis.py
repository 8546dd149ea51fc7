"""How long the item analysis of a mass exam takes: 3,000 people, 100 items.

    python -m bench.analysis [people] [items]

Prints CPU-seconds for one paper for all and for another draw for each, and the ratio of the two. Fails above 2 s.
"""

from __future__ import annotations

import random
import sys
import time
from decimal import Decimal

from kuangdeng.learning.exams.analysis import Line, analyse, worklist

LIMIT = 2.0


def sheets(people: int, items: int, pool: int) -> list[list[Line]]:
    """People who know more or less, items that are harder or easier; `pool` items for each place."""
    chance = random.Random(1)
    ease = [[chance.uniform(-2, 2) for _at in range(pool)] for _place in range(items)]
    rows = []
    for _person in range(people):
        skill = chance.gauss(1, 1)
        row = []
        for place in range(items):
            which = chance.randrange(pool)
            right = chance.random() < 1 / (1 + 2.718 ** (ease[place][which] - skill))
            chosen = ("a",) if right else (chance.choice("bcd"),)
            row.append(Line((place, which), Decimal(int(right)), Decimal(1), chosen))
        rows.append(row)
    return rows


def run(people: int, items: int) -> None:
    spent = []
    for pool, words in ((1, "one paper for all"), (20, "another draw for each")):
        rows = sheets(people, items, pool)
        begin = time.process_time()
        found = analyse(rows)
        worklist(found, {(place, which): ["a"] for place in range(items) for which in range(pool)})
        spent.append(time.process_time() - begin)
        print(f"{people} × {items}, {words}: {spent[-1]:.2f} CPU-s, {len(found.items)} items", flush=True)
        assert people * items > 300_000 or spent[-1] < LIMIT, f"more than {LIMIT} s"
    print(f"ratio {spent[1] / spent[0]:.2f}")


if __name__ == "__main__":
    numbers = [int(one) for one in sys.argv[1:]]
    run(*(numbers + [3000, 100][len(numbers) :]))
