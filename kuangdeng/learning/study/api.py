"""Front door of study, for campaigns, files, the garden, the home page, the demo mine and the documents."""

from kuangdeng.learning.study.models import StudyKind, StudySession
from kuangdeng.learning.study.queries import (
    Own,
    Statistics,
    Waiting,
    branches_by_unit,
    get_session,
    own_sessions,
    people_of,
    statistics,
    visible,
    waiting_for,
)
from kuangdeng.learning.study.rules import FLOW, Chosen, Record, SessionData, Status
from kuangdeng.learning.study.services import (
    add_material,
    approve,
    choose,
    finish,
    notify,
    plan,
    set_up_study,
    write_record,
)

__all__ = [
    "FLOW",
    "Chosen",
    "Own",
    "Record",
    "SessionData",
    "Statistics",
    "Status",
    "StudyKind",
    "StudySession",
    "Waiting",
    "add_material",
    "approve",
    "branches_by_unit",
    "choose",
    "finish",
    "get_session",
    "notify",
    "own_sessions",
    "people_of",
    "plan",
    "set_up_study",
    "statistics",
    "visible",
    "waiting_for",
    "write_record",
]
