"""培训规定 of a new mine as a step, without ledger: part of the verb that sets the training up."""

from decimal import Decimal

from kuangdeng.kernel import clock
from kuangdeng.learning.standards.models import TrainingRule
from kuangdeng.learning.standards.rules import HOUSE, IN_FORCE, NUMBERS
from kuangdeng.org.api import Mine


def ship_rules(mine: Mine) -> int:
    """Give a mine the training rules that it lacks, with their sources, none of them confirmed; returns how many.

    Hours are reckoned from the year in which the records are whole: the next one, unless it is January.
    """
    there = set(TrainingRule.objects.filter(mine=mine).values_list("key", flat=True))
    today = clock.today()
    made = []
    for key, number in NUMBERS.items():
        if key in there:
            continue
        value = Decimal(today.year + (today.month > 1)) if key == "records.year" else number.value
        begin = today if number.source == HOUSE else IN_FORCE
        made.append(
            TrainingRule.objects.create(mine=mine, key=key, valid_from=begin, value=value, source=number.source)
        )
    return len(made)
