"""How many of a unit may be taken (编班限额)."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from kuangdeng.learning.classes.models import RosterRule
from kuangdeng.learning.classes.rules import Limits
from kuangdeng.org.api import Person, Unit


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
