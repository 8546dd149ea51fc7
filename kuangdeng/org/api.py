"""Front door of the organisation."""

from kuangdeng.org.models import (
    Branch,
    ImportRun,
    Mine,
    Person,
    Place,
    PlaceAlias,
    PlaceProposal,
    Shift,
    ShiftScheme,
    Unit,
)
from kuangdeng.org.powers import POWERS, declare
from kuangdeng.org.queries import (
    below,
    end_of_shift,
    has_power,
    holders,
    may,
    reach,
    roles_of,
    same_unit,
    shift_at,
    spans_between,
)
from kuangdeng.org.rules import ROLE_LABELS, Role, ShiftSpan

__all__ = [
    "POWERS",
    "ROLE_LABELS",
    "Branch",
    "ImportRun",
    "Mine",
    "Person",
    "Place",
    "PlaceAlias",
    "PlaceProposal",
    "Role",
    "Shift",
    "ShiftScheme",
    "ShiftSpan",
    "Unit",
    "below",
    "declare",
    "end_of_shift",
    "has_power",
    "holders",
    "may",
    "reach",
    "roles_of",
    "same_unit",
    "shift_at",
    "spans_between",
]
