"""Tables of the hazard loop. What must be true together is a constraint here, not a hope in the code."""

from kuangdeng.hazards.models.beside import Extension, LadderFiring, MajorPlan, Penalty, Quarantine
from kuangdeng.hazards.models.hazard import Cause, Hazard, HazardPhoto, Source, Way
from kuangdeng.hazards.models.rounds import CheckType, Round, RoundPlan
from kuangdeng.hazards.models.tables import (
    CatalogueVersion,
    Category,
    DeadlineRule,
    Grade,
    LadderRule,
    MineSettings,
    PerMine,
    Situation,
    Specialty,
    StandardHazard,
)

__all__ = [
    "CatalogueVersion",
    "Category",
    "Cause",
    "CheckType",
    "DeadlineRule",
    "Extension",
    "Grade",
    "Hazard",
    "HazardPhoto",
    "LadderFiring",
    "LadderRule",
    "MajorPlan",
    "MineSettings",
    "Penalty",
    "PerMine",
    "Quarantine",
    "Round",
    "RoundPlan",
    "Situation",
    "Source",
    "Specialty",
    "StandardHazard",
    "Way",
]

# The tables of the parts of this app, so that Django finds them.
from kuangdeng.hazards.bulletins import models as _bulletins  # noqa: F401
from kuangdeng.hazards.questions import models as _questions  # noqa: F401
