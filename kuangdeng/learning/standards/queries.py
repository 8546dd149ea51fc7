"""The numbers that hold on a day."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.learning.standards.models import TrainingRule
from kuangdeng.learning.standards.rules import NUMBERS
from kuangdeng.org.api import Person


def numbers_on(mine_id: UUID, day: date | None = None) -> dict[str, Decimal]:
    """Every number of the training rules on a day; what the product ships where the mine has no row. One statement."""
    found = {key: number.value for key, number in NUMBERS.items()}
    rows = TrainingRule.objects.filter(mine_id=mine_id, valid_from__lte=day or clock.today()).order_by("valid_from")
    found.update(rows.values_list("key", "value"))
    return found


def number_on(mine_id: UUID, key: str, day: date | None = None) -> Decimal:
    """One number of the training rules on a day."""
    return numbers_on(mine_id, day)[key]


class Rulebook:
    """The training rules of a mine, for whoever asks of several numbers and days: read once."""

    def __init__(self, mine_id: UUID) -> None:
        rows = TrainingRule.objects.filter(mine_id=mine_id).order_by("-valid_from")
        self._rows = list(rows.values_list("key", "valid_from", "value"))

    def on(self, key: str, day: date | None = None) -> Decimal:
        """One number on a day."""
        asked = day or clock.today()
        held = (value for name, begin, value in self._rows if name == key and begin <= asked)
        return next(held, NUMBERS[key].value)


def training_rules(by: Person) -> list[TrainingRule]:
    """All rows of the mine in the order of the list of numbers, the newest of each first."""
    order = list(NUMBERS)
    rows = [row for row in TrainingRule.objects.filter(mine_id=by.mine_id) if row.key in NUMBERS]
    return sorted(rows, key=lambda row: (order.index(row.key), -row.valid_from.toordinal()))
