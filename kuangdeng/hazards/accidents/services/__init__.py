"""The verbs of accidents: the report and its completion, the investigation, the measures."""

from kuangdeng.hazards.accidents.services.importing import confirm_accident_import, import_accident
from kuangdeng.hazards.accidents.services.investigation import (
    close,
    open_investigation,
    tick,
    untick,
    void,
)
from kuangdeng.hazards.accidents.services.measures import (
    accept_measure,
    finish_measure,
    order_measure,
    reject_measure,
    sign_measure,
    withdraw_measure,
)
from kuangdeng.hazards.accidents.services.report import (
    Completion,
    Hurt,
    QuickReport,
    complete,
    correct_level,
    record_casualty,
    remove_casualty,
    report,
)

__all__ = [
    "Completion",
    "Hurt",
    "QuickReport",
    "accept_measure",
    "close",
    "complete",
    "confirm_accident_import",
    "correct_level",
    "finish_measure",
    "import_accident",
    "open_investigation",
    "order_measure",
    "record_casualty",
    "reject_measure",
    "remove_casualty",
    "report",
    "sign_measure",
    "tick",
    "untick",
    "void",
    "withdraw_measure",
]
