"""签到 as tables and arithmetic: states, windows, and the code that lives for seconds. Pure."""

import hmac
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class SheetStatus(StrEnum):
    """Where a sheet stands. Whether people may sign now is computed from its window."""

    RUNNING = "running"
    CLOSED = "closed"
    CANCELLED = "cancelled"


SHEET_LABELS: dict[str, object] = {
    SheetStatus.RUNNING: _("在用"),
    SheetStatus.CLOSED: _("已结束签到"),
    SheetStatus.CANCELLED: _("已取消"),
}
SHEET_FLOW = Flow(
    [
        Step("make", None, SheetStatus.RUNNING),
        Step("close", SheetStatus.RUNNING, SheetStatus.CLOSED),
        Step("reopen", SheetStatus.CLOSED, SheetStatus.RUNNING),
        Step("cancel", SheetStatus.RUNNING, SheetStatus.CANCELLED),
    ],
    states=SHEET_LABELS,
    verbs={"make": _("建签到表"), "close": _("结束签到"), "reopen": _("重新开放签到"), "cancel": _("取消")},
)


class State(StrEnum):
    """What is known of one person at one occasion."""

    MISSING = "missing"
    PRESENT = "present"
    LATE = "late"
    LEAVE = "leave"
    MADE_UP = "made_up"


STATE_LABELS: dict[str, object] = {
    State.MISSING: _("未到"),
    State.PRESENT: _("已到"),
    State.LATE: _("迟到"),
    State.LEAVE: _("请假"),
    State.MADE_UP: _("已补学"),
}
THERE = (State.PRESENT, State.LATE)
"""Who was in the room."""
ATTENDEE_FLOW = Flow(
    [
        Step("expect", None, State.MISSING),
        Step("sign", None, State.PRESENT),
        Step("sign", State.MISSING, State.PRESENT),
        Step("sign", State.LEAVE, State.PRESENT),
        Step("sign_late", None, State.LATE),
        Step("sign_late", State.MISSING, State.LATE),
        Step("sign_late", State.LEAVE, State.LATE),
        Step("grant_leave", State.MISSING, State.LEAVE),
        Step("make_up", State.MISSING, State.MADE_UP),
        Step("make_up", State.LEAVE, State.MADE_UP),
        Step("mark_present", None, State.PRESENT),
        Step("mark_present", State.MISSING, State.PRESENT),
        Step("mark_present", State.LATE, State.PRESENT),
        Step("mark_present", State.LEAVE, State.PRESENT),
        Step("mark_present", State.MADE_UP, State.PRESENT),
        Step("mark_late", None, State.LATE),
        Step("mark_late", State.MISSING, State.LATE),
        Step("mark_late", State.PRESENT, State.LATE),
        Step("mark_late", State.LEAVE, State.LATE),
        Step("mark_missing", State.PRESENT, State.MISSING),
        Step("mark_missing", State.LATE, State.MISSING),
        Step("mark_missing", State.LEAVE, State.MISSING),
        Step("mark_missing", State.MADE_UP, State.MISSING),
        Step("mark_leave", State.MISSING, State.LEAVE),
        Step("mark_leave", State.PRESENT, State.LEAVE),
        Step("mark_leave", State.LATE, State.LEAVE),
    ],
    states=STATE_LABELS,
    verbs={
        "expect": _("列入应到"),
        "sign": _("签到"),
        "sign_late": _("迟到签到"),
        "grant_leave": _("准假"),
        "make_up": _("补学"),
        "mark_present": _("补签为已到"),
        "mark_late": _("补签为迟到"),
        "mark_missing": _("更正为未到"),
        "mark_leave": _("更正为请假"),
    },
)
MARKS: dict[str, str] = {
    State.PRESENT: "mark_present",
    State.LATE: "mark_late",
    State.MISSING: "mark_missing",
    State.LEAVE: "mark_leave",
}
"""Which verb of the table brings somebody into a state afterwards, with a reason and an approver."""


class Method(StrEnum):
    """How it came to be known that somebody was there."""

    NONE = ""
    CODE = "code"
    CARD = "card"
    NUMBER = "number"
    PAPER = "paper"
    CORRECTED = "corrected"


METHOD_LABELS: dict[str, object] = {
    Method.NONE: "",
    Method.CODE: _("扫码"),
    Method.CARD: _("刷卡"),
    Method.NUMBER: _("签到机输工号"),
    Method.PAPER: _("纸质补录"),
    Method.CORRECTED: _("更正"),
}

_ALL = frozenset(Role)
_KEEPERS = frozenset({Role.POLITICAL_WORK, Role.TRAINING_OFFICER})
MAY: dict[str, frozenset[Role]] = {
    "attendance.sign": _ALL,
    "attendance.manage": _KEEPERS,
    "attendance.approve": _KEEPERS | {Role.BRANCH_SECRETARY, Role.UNIT_HEAD, Role.MINE_LEADER},
}
POWER_LABELS: dict[str, object] = {
    "attendance.sign": _("签到、请假、交补学"),
    "attendance.manage": _("管理全矿的签到表"),
    "attendance.approve": _("批准补录和更正签到"),
}

# Windows ----------------------------------------------------------------------------------------------------------------

OPENS_BEFORE = timedelta(minutes=30)
LATE_AFTER = 5
"""Minutes after the beginning from which a sign-in counts as late; each sheet has its own."""


class Phase(StrEnum):
    """Whether one may sign at this moment."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


def phase_at(at: datetime, opens_at: datetime, closes_at: datetime, status: str) -> Phase:
    """Before, in or after the window; a sheet that is not running is over."""
    if status != SheetStatus.RUNNING or at >= closes_at:
        return Phase.OVER
    return Phase.OPEN if at >= opens_at else Phase.BEFORE


def is_late(at: datetime, starts_at: datetime, late_after: int) -> bool:
    """Whether who signs at `at` is late."""
    return at > starts_at + timedelta(minutes=late_after)


# The code on the room's screen ------------------------------------------------------------------------------------------

PERIOD = 5
"""Seconds for which one code is shown."""
GRACE = 6
"""Seconds that a code lives after it has left the screen: the scan and the way to the server."""
AHEAD = 60
"""Seconds of codes that the room's screen has in hand, for a network that is cut for a moment."""
PERMIT = 180
"""Seconds that a phone has for typing after it scanned in time."""
_SIGNS = 12


def slot_of(at: datetime) -> int:
    """The number of the time slot of `at`, by the server's clock."""
    return int(at.timestamp()) // PERIOD


def code_of(secret: str, slot: int) -> str:
    """The code of one slot: nobody without the secret of the sheet can tell it beforehand."""
    digest = hmac.new(bytes.fromhex(secret), str(slot).encode(), sha256).digest()
    return b32encode(digest).decode()[:_SIGNS].lower()


def code_lives(secret: str, code: str, at: datetime) -> bool:
    """Whether this code is on the screen at `at`, or left it moments ago."""
    now, given = slot_of(at), code.strip().lower().encode("utf-8", "replace")
    oldest = int(at.timestamp() - GRACE) // PERIOD
    fits = [hmac.compare_digest(code_of(secret, slot).encode(), given) for slot in range(oldest, now + 1)]
    return any(fits)


@dataclass(frozen=True)
class Shown:
    """A code with the seconds between which it is on the screen, by the server's clock."""

    slot: int
    code: str
    begins: int
    ends: int


def codes_ahead(secret: str, at: datetime, seconds: int = AHEAD) -> list[Shown]:
    """The code of now and those of the next `seconds`, in order."""
    first = slot_of(at)
    return [
        Shown(slot, code_of(secret, slot), slot * PERIOD, (slot + 1) * PERIOD)
        for slot in range(first, first + seconds // PERIOD + 1)
    ]


# Counting ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """应到、实到…: numbers of one sheet or of many. `guests` came without being expected."""

    expected: int = 0
    present: int = 0
    late: int = 0
    leave: int = 0
    made_up: int = 0
    missing: int = 0
    guests: int = 0

    @property
    def there(self) -> int:
        """实到: expected ones who were in the room, on time or late."""
        return self.present + self.late

    @property
    def rate(self) -> float | None:
        """出勤率 in percent; None when nobody was expected."""
        return 100 * self.there / self.expected if self.expected else None

    @property
    def covered(self) -> float | None:
        """参学率 in percent: in the room or made up; None when nobody was expected."""
        return 100 * (self.there + self.made_up) / self.expected if self.expected else None

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.expected + other.expected, self.present + other.present, self.late + other.late,
            self.leave + other.leave, self.made_up + other.made_up, self.missing + other.missing,
            self.guests + other.guests,
        )  # fmt: skip
