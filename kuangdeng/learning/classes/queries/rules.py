"""The numbers that hold on a day, and how many of a unit may be taken."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from kuangdeng.kernel import clock
from kuangdeng.learning.classes.models import RosterRule, TrainingRule
from kuangdeng.learning.classes.rules import NUMBERS, Limits
from kuangdeng.org.api import Person, Unit


def numbers_on(mine_id: UUID, day: date | None = None) -> dict[str, Decimal]:
    """Every number of the training rules on a day; what the product ships where the mine has no row. One statement."""
    found = {key: number.value for key, number in NUMBERS.items()}
    rows = TrainingRule.objects.filter(mine_id=mine_id, valid_from__lte=day or clock.today()).order_by("valid_from")
    found.update(rows.values_list("key", "value"))
    return found


def number_on(mine_id: UUID, key: str, day: date | None = None) -> Decimal:
    """One number of the training rules on a day."""
    return numbers_on(mine_id, day)[key]


def training_rules(by: Person) -> list[TrainingRule]:
    """All rows of the mine in the order of the list of numbers, the newest of each first."""
    order = list(NUMBERS)
    rows = [row for row in TrainingRule.objects.filter(mine_id=by.mine_id) if row.key in NUMBERS]
    return sorted(rows, key=lambda row: (order.index(row.key), -row.valid_from.toordinal()))


def roster_rules(by: Person) -> list[RosterRule]:
    """All limits of the mine, the mine's own first."""
    rows = RosterRule.objects.filter(mine_id=by.mine_id).select_related("unit")
    return sorted(rows, key=lambda row: (row.unit is not None, row.unit.position if row.unit else 0, -row.valid_from.toordinal()))  # fmt: skip


def limits_of(mine_id: UUID, units: Iterable[Unit], day: date) -> Mapping[UUID, Limits]:
    """The limits of each unit on a day: its own, else those of a unit above it, else the mine's, else the shipped ones."""
    rows = RosterRule.objects.filter(mine_id=mine_id, valid_from__lte=day).order_by("valid_from")
    newest = {row.unit_id: row.limits for row in rows}
    return {unit.id: _nearest(unit, newest) for unit in units}


def _nearest(unit: Unit, newest: Mapping[UUID | None, Limits]) -> Limits:
    for one in [unit.id, *reversed(unit.ancestors), None]:
        if one in newest:
            return newest[one]
    return Limits()
