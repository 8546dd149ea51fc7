"""Front door of the rectification groups, for the screens, the home page, tracking, the documents and the demo mine."""

from kuangdeng.hazards.groups.models import Feedback, GroupCase, RectificationGroup
from kuangdeng.hazards.groups.queries import (
    Coverage,
    Owed,
    Waiting,
    count_gaps,
    coverage,
    gaps,
    groups_of_subjects,
    late_by_unit,
    owed_by_teams,
    waiting_for,
)
from kuangdeng.hazards.groups.rules import FLOW
from kuangdeng.hazards.groups.services import (
    FeedbackData,
    GroupData,
    MeetingData,
    assign_bulletin,
    feed_back,
    hold,
    report_outcome,
    save_group,
)

__all__ = [
    "FLOW",
    "Coverage",
    "Feedback",
    "FeedbackData",
    "GroupCase",
    "GroupData",
    "MeetingData",
    "Owed",
    "RectificationGroup",
    "Waiting",
    "assign_bulletin",
    "count_gaps",
    "coverage",
    "feed_back",
    "gaps",
    "groups_of_subjects",
    "hold",
    "late_by_unit",
    "owed_by_teams",
    "report_outcome",
    "save_group",
    "waiting_for",
]
