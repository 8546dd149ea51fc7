"""Tables of the hazard loop. What must be true together is a constraint here, not a hope in the code."""

# The tables of the parts of this app, so that Django finds them.
import kuangdeng.hazards.accidents.models
import kuangdeng.hazards.bulletins.models
import kuangdeng.hazards.groups.models
import kuangdeng.hazards.questions.models
import kuangdeng.hazards.reconciliation.models
import kuangdeng.hazards.statutory.models  # noqa: F401
from kuangdeng.hazards.models.beside import Extension, LadderFiring, MajorPlan, Penalty, Quarantine
from kuangdeng.hazards.models.hazard import RUNNING, Cause, Hazard, HazardPhoto, Source, Way
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
    "RUNNING",
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
