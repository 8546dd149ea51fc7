"""Front door of study, for campaigns, files, the garden, the home page, the demo mine and the documents."""

from kuangdeng.learning.study.choosing import ChooseForm
from kuangdeng.learning.study.material import kept_file
from kuangdeng.learning.study.models import StudyKind, StudySession
from kuangdeng.learning.study.queries import (
    branches_by_unit,
    held_by,
    in_order,
    people_of,
    statistics,
    visible,
    waiting_rows,
)
from kuangdeng.learning.study.rules import FLOW, Chosen, Record, SessionData, Status
from kuangdeng.learning.study.services import (
    approve,
    choose,
    finish,
    notify,
    plan,
    set_up_study,
    write_record,
)
from kuangdeng.learning.study.tabs import tabs

__all__ = [
    "FLOW",
    "ChooseForm",
    "Chosen",
    "Record",
    "SessionData",
    "Status",
    "StudyKind",
    "StudySession",
    "approve",
    "branches_by_unit",
    "choose",
    "finish",
    "held_by",
    "in_order",
    "kept_file",
    "notify",
    "people_of",
    "plan",
    "set_up_study",
    "statistics",
    "tabs",
    "visible",
    "waiting_rows",
    "write_record",
]
