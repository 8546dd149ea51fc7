"""Front door of the sign-in, for study, classes, files, the home page, the demo mine and the documents.

Tables point to `Sheet`. The steps (`make_sheet`, `change_sheet`, `set_leaders`, `set_expected`, `close_sheet`,
`cancel_sheet`) are called inside the verb of the occasion; what people do with a sheet are verbs of their own.
"""

from kuangdeng.learning.attendance.models import Attendee, MakeUp, Sheet
from kuangdeng.learning.attendance.queries import (
    attendees,
    by_person,
    by_unit,
    count_rows,
    counts,
    counts_of,
    leads,
    makeups_of,
    mine_at,
    waiting_rows,
)
from kuangdeng.learning.attendance.registers import state_chip
from kuangdeng.learning.attendance.rules import (
    ATTENDEE_FLOW,
    SHEET_FLOW,
    THERE,
    Counts,
    Method,
    SheetStatus,
    State,
)
from kuangdeng.learning.attendance.services import (
    accept_makeup,
    ask_leave,
    close,
    correct,
    enter_paper,
    grant_leave,
    hand_in,
    open_now,
    reopen,
    set_window,
    sign_by_card,
    sign_by_code,
)
from kuangdeng.learning.attendance.services._steps import (
    cancel_sheet,
    change_sheet,
    close_sheet,
    make_sheet,
    set_expected,
    set_leaders,
)

__all__ = [
    "ATTENDEE_FLOW",
    "SHEET_FLOW",
    "THERE",
    "Attendee",
    "Counts",
    "MakeUp",
    "Method",
    "Sheet",
    "SheetStatus",
    "State",
    "accept_makeup",
    "ask_leave",
    "attendees",
    "by_person",
    "by_unit",
    "cancel_sheet",
    "change_sheet",
    "close",
    "close_sheet",
    "correct",
    "count_rows",
    "counts",
    "counts_of",
    "enter_paper",
    "grant_leave",
    "hand_in",
    "leads",
    "make_sheet",
    "makeups_of",
    "mine_at",
    "open_now",
    "reopen",
    "set_expected",
    "set_leaders",
    "set_window",
    "sign_by_card",
    "sign_by_code",
    "state_chip",
    "waiting_rows",
]
