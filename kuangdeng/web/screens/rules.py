"""What a screen may show when, how much fits on it, when it counts as stale. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from unicodedata import east_asian_width

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.errors import Refused
from kuangdeng.org.api import Role

MAY: dict[str, frozenset[Role]] = {
    "screen.manage": frozenset({Role.POLITICAL_WORK, Role.ADMINISTRATOR}),
    "screen.interrupt": frozenset({Role.POLITICAL_WORK, Role.ADMINISTRATOR, Role.SAFETY, Role.MINE_LEADER}),
}
POWER_LABELS: dict[str, object] = {
    "screen.manage": _("管理电子屏、播放单和通知"),
    "screen.interrupt": _("查看电子屏、紧急插播"),
}
VERB_LABELS: dict[str, object] = {
    "screen.register": _("登记电子屏"),
    "screen.pair": _("配对电子屏"),
    "screen.change": _("更正电子屏资料"),
    "screen.playlist": _("设置播放单"),
    "screen.unpair": _("解除配对"),
    "screen.address": _("发放固定地址"),
    "screen.remove": _("撤除电子屏"),
    "screen.notice": _("发布屏上通知"),
    "screen.interrupt": _("紧急插播"),
    "screen.end": _("撤下通知或插播"),
    "screen.policy": _("设置电子屏时限"),
    "screen.lost": _("电子屏失去联系"),
    "screen.back": _("电子屏恢复联系"),
}


class Format(StrEnum):
    """How a display hangs."""

    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"
    STRIP = "strip"


FORMAT_LABELS: dict[str, object] = {
    Format.LANDSCAPE: _("横屏 1920×1080"),
    Format.PORTRAIT: _("竖屏 1080×1920"),
    Format.STRIP: _("条屏 1920×540"),
}


@dataclass(frozen=True)
class Measure:
    """What fits on one page of a format, and its type sizes in pixels of the design; screen.css says the same.

    `rows` lines of rows stand on a page alone, `figured` beside figures (0: figures get a page of their own); the text
    of a row holds `across` Chinese characters a line, and takes a second line when it needs one. Running words have
    `columns` characters a line and `lines` lines a page.
    """

    width: int
    height: int
    rows: int
    figured: int
    across: int
    columns: int
    lines: int
    title: int
    figure: int
    row: int
    words: int
    foot: int
    alone: int
    """A figure that has the page to itself."""

    @property
    def stacked(self) -> bool:
        """Whether the text of a row stands below its head instead of beside it."""
        return self.height > self.width

    def lines_of(self, text: str) -> int:
        """How many lines a row with this text takes."""
        long = sum(map(breadth, text)) > self.across
        return (1 + (1 + long if text else 0)) if self.stacked else 1 + long


MEASURES: dict[str, Measure] = {
    Format.LANDSCAPE: Measure(1920, 1080, 8, 5, 13, 21, 7, 72, 120, 64, 80, 48, 420),
    Format.PORTRAIT: Measure(1080, 1920, 16, 12, 14, 10, 14, 72, 120, 64, 80, 48, 320),
    Format.STRIP: Measure(1920, 540, 2, 0, 7, 17, 2, 72, 120, 96, 96, 48, 220),
}

# Pairing --------------------------------------------------------------------------------------------------------------

CODE_LENGTH = 6
CODE_LIVES = timedelta(minutes=10)
"""A pairing code is dead after this; the display shows the next one by itself."""
CODES_PER_ADDRESS = 20
CODES_AT_ONCE = 500
"""So many displays may wait to be paired at once: nobody fills the table from outside."""
SECRET = re.compile(r"[A-Za-z0-9_-]{32,100}")
"""What a display says to be known again: made by itself, random, at least 32 signs."""

POLL_SECONDS = 30
PAIRING_POLL_SECONDS = 5
SEEN_NOTED_EVERY = timedelta(seconds=55)
"""A poll is not worth a write each time."""
FRESH = timedelta(minutes=1)
"""Ages and overdue change with the clock although nobody does anything: boards are built anew at least so often."""
FORMAT = 1
"""The shape of the feed. A display whose script knows another one fetches the page anew, once."""


def digits(code: str) -> str:
    """The code without the gap that the screen shows for reading."""
    return "".join(code.split())


# Playlist -------------------------------------------------------------------------------------------------------------

SHORTEST, LONGEST, MOST_SLOTS = 5, 600, 16
MOST_PAGES = 5
"""Rows beyond so many pages are left out: who waits for the next board has gone by then. Words are never cut."""
DAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


@dataclass(frozen=True)
class Slot:
    """One place in a playlist: which board, how long a page stands, on which days (1–7, none: all), from when to when.

    `until` at or before `since` crosses midnight and belongs to the day on which it begins, like a shift.
    """

    board: str
    seconds: int = 15
    days: tuple[int, ...] = ()
    since: str = ""
    until: str = ""
    options: Mapping[str, str] = field(default_factory=dict)

    def stored(self) -> dict[str, object]:
        """The slot as the playlist keeps it."""
        return {**asdict(self), "days": list(self.days), "options": dict(self.options)}

    def on_at(self, at: datetime) -> bool:
        """Whether it is shown at this moment of the mine's wall clock."""
        since, until = time.fromisoformat(self.since or "00:00"), time.fromisoformat(self.until or "00:00")
        day, now = at.isoweekday(), at.time()
        if since < until:
            return self._on_day(day) and since <= now < until
        yesterday = (day - 2) % 7 + 1
        return (self._on_day(day) and now >= since) or (self._on_day(yesterday) and now < until)

    def _on_day(self, day: int) -> bool:
        return not self.days or day in self.days


def slots_of(stored: Iterable[Mapping[str, object]]) -> list[Slot]:
    """The slots of a playlist as they are kept."""
    return [Slot(**{**row, "days": tuple(row.get("days", ()))}) for row in stored]  # type: ignore[arg-type]


def check_playlist(slots: Sequence[Slot], boards: Iterable[str]) -> None:
    """Refuse a playlist that could not be shown: unknown boards, seconds that nobody can read in, no time at all."""
    known = set(boards)
    if len(slots) > MOST_SLOTS:
        raise Refused(gettext("播放单最多 %(n)d 项。请删去几项。") % {"n": MOST_SLOTS})
    for number, slot in enumerate(slots, 1):
        if slot.board not in known:
            raise Refused(gettext("播放单第 %(n)d 项的画面不存在。请重新选择。") % {"n": number})
        if not SHORTEST <= slot.seconds <= LONGEST:
            raise Refused(
                gettext("播放单第 %(n)d 项的秒数要在 %(least)d 到 %(most)d 之间。请改正。")
                % {"n": number, "least": SHORTEST, "most": LONGEST}
            )
        if any(day not in range(1, 8) for day in slot.days):
            raise Refused(gettext("播放单第 %(n)d 项的星期不对。请重新勾选。") % {"n": number})
        if bool(slot.since) != bool(slot.until):
            raise Refused(gettext("播放单第 %(n)d 项的时段要么都填，要么都不填。") % {"n": number})


# Stale ----------------------------------------------------------------------------------------------------------------

AMBER, RED, LOST = 3, 8, 10
"""Minutes until a mine decides otherwise: the time mark turns amber, then red; the screen counts as lost."""


def check_policy(amber: int, red: int, lost: int) -> None:
    """Refuse limits that contradict each other."""
    if not 1 <= amber < red <= 120:
        raise Refused(gettext("变红的分钟数要大于变黄的，都在 1 到 120 之间。请改正。"), field="red_minutes")
    if not 2 <= lost <= 1440:
        raise Refused(gettext("失联报警的分钟数要在 2 到 1440 之间。请改正。"), field="lost_minutes")


# Words on a wall ------------------------------------------------------------------------------------------------------


def breadth(sign: str) -> float:
    """How wide a sign is, in Chinese characters."""
    if east_asian_width(sign) in "WFA":
        return 1.0
    return 0.95 if sign in "mwMW@%" else 0.75 if sign.isupper() else 0.62


CLOSING = "，。、；：！？）】》”’"
"""No line begins with these."""


def wrapped(words: str, columns: int) -> list[str]:
    """Running words as lines that fit; a line break of the author stays one, and one sign of closing may hang over."""
    lines = []
    for part in words.splitlines():
        line, width = "", 0.0
        for sign in part.strip():
            if width + breadth(sign) > columns + (sign in CLOSING):
                lines.append(line)
                line, width = "", 0.0
            line, width = line + sign, width + breadth(sign)
        if line:
            lines.append(line)
    return lines
