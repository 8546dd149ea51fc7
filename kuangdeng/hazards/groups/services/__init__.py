"""The verbs of the rectification groups."""

from kuangdeng.hazards.groups.services.cases import (
    FeedbackData,
    assign_bulletin,
    assign_gaps,
    feed_back,
    hand_over,
    report_outcome,
)
from kuangdeng.hazards.groups.services.groups import HOURS_ONLY, GroupData, end_group, save_clocks, save_group
from kuangdeng.hazards.groups.services.late import tell_group, tell_teams
from kuangdeng.hazards.groups.services.meetings import MeetingData, hold

__all__ = [
    "HOURS_ONLY",
    "FeedbackData",
    "GroupData",
    "MeetingData",
    "assign_bulletin",
    "assign_gaps",
    "end_group",
    "feed_back",
    "hand_over",
    "hold",
    "report_outcome",
    "save_clocks",
    "save_group",
    "tell_group",
    "tell_teams",
]
