"""The verbs of the daily item."""

from kuangdeng.learning.practice.services.answering import AnswerData, Receipt, answer, take_in_mistakes
from kuangdeng.learning.practice.services.meeting import MeetingData, record_meeting
from kuangdeng.learning.practice.services.settings import (
    add_must_know,
    cancel_away,
    end_must_know,
    save_rule,
    set_away,
)

__all__ = [
    "AnswerData",
    "MeetingData",
    "Receipt",
    "add_must_know",
    "answer",
    "cancel_away",
    "end_must_know",
    "record_meeting",
    "save_rule",
    "set_away",
    "take_in_mistakes",
]
