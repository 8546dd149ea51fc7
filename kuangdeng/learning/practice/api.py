"""Front door of the daily item, for the home page, the API, files and scores, and the demo mine."""

from kuangdeng.learning.practice.queries import (
    Turn,
    UnitLine,
    Waiting,
    ahead_of,
    closes_at,
    figures,
    forget_pools,
    item_for,
    taken_part,
    terms_of,
    today_of,
    waiting_for,
)
from kuangdeng.learning.practice.rules import FEW, Reveal, Terms, Way
from kuangdeng.learning.practice.services import (
    AnswerData,
    MeetingData,
    add_must_know,
    answer,
    record_meeting,
    save_rule,
    set_away,
)
from kuangdeng.learning.practice.taking import take_in_new
from kuangdeng.learning.practice.tickets import read as read_ticket

__all__ = [
    "FEW",
    "AnswerData",
    "MeetingData",
    "Reveal",
    "Terms",
    "Turn",
    "UnitLine",
    "Waiting",
    "Way",
    "add_must_know",
    "ahead_of",
    "answer",
    "closes_at",
    "figures",
    "forget_pools",
    "item_for",
    "read_ticket",
    "record_meeting",
    "save_rule",
    "set_away",
    "take_in_new",
    "taken_part",
    "terms_of",
    "today_of",
    "waiting_for",
]
