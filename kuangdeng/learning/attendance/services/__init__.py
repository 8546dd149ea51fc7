"""The verbs of the sign-in."""

from kuangdeng.learning.attendance.services.leave import (
    accept_makeup,
    ask_leave,
    grant_leave,
    hand_in,
    refuse_leave,
    return_makeup,
)
from kuangdeng.learning.attendance.services.room import (
    close,
    close_kiosk,
    correct,
    enter_paper,
    open_kiosk,
    open_now,
    reopen,
    set_window,
)
from kuangdeng.learning.attendance.services.signing import settle_doubt, sign_by_card, sign_by_code

__all__ = [
    "accept_makeup",
    "ask_leave",
    "close",
    "close_kiosk",
    "correct",
    "enter_paper",
    "grant_leave",
    "hand_in",
    "open_kiosk",
    "open_now",
    "refuse_leave",
    "reopen",
    "return_makeup",
    "set_window",
    "settle_doubt",
    "sign_by_card",
    "sign_by_code",
]
