"""The daily bulletin as tables: its states, what stands in it, which days are owed, how it is proved. Pure."""

import hashlib
import ipaddress
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Status(StrEnum):
    """Where a bulletin stands."""

    COMPILED = "compiled"
    CHECKED = "checked"
    PUBLISHED = "published"


STATUS_LABELS: dict[str, object] = {
    Status.COMPILED: _("待核对"),
    Status.CHECKED: _("已核对，待发布"),
    Status.PUBLISHED: _("已发布"),
}
VERB_LABELS: dict[str, object] = {
    "compile": _("编制"),
    "recompile": _("重新编制"),
    "check": _("核对无误"),
    "publish": _("发布"),
    "correct": _("发布更正"),
}
FLOW = Flow(
    [
        Step("compile", None, Status.COMPILED),
        Step("recompile", Status.COMPILED, Status.COMPILED),
        Step("recompile", Status.CHECKED, Status.COMPILED),
        Step("check", Status.COMPILED, Status.CHECKED),
        Step("publish", Status.COMPILED, Status.PUBLISHED),
        Step("publish", Status.CHECKED, Status.PUBLISHED),
        Step("correct", Status.PUBLISHED, Status.PUBLISHED),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""Published from 待核对 too: when nobody checks it by the cut-off it goes out by itself and says so."""


class Part(StrEnum):
    """A part of the bulletin, in the order of the page."""

    ACCIDENT = "accident"
    NEAR_MISS = "near_miss"
    MAJOR = "major"
    OVERDUE = "overdue"
    QUESTION = "question"
    NEW = "new"
    CLOSED = "closed"
    SUPERVISED = "supervised"
    ASIDE = "aside"


PART_LABELS: dict[str, object] = {
    Part.ACCIDENT: _("事故"),
    Part.NEAR_MISS: _("未遂"),
    Part.MAJOR: _("未销号的重大隐患"),
    Part.OVERDUE: _("超期未整改"),
    Part.QUESTION: _("还没有答复的追问"),
    Part.NEW: _("新上报"),
    Part.CLOSED: _("已销号"),
    Part.SUPERVISED: _("挂牌督办"),
    Part.ASIDE: _("合并、作废"),
}
MOST_STANDING = 300
"""How many lines a part shows that lists what stands (overdue, major, supervised); the figures count all of them."""

_PUBLISHERS = frozenset({Role.SAFETY})
MAY: dict[str, frozenset[Role]] = {
    "bulletin.see": frozenset(Role),
    "bulletin.compile": _PUBLISHERS,
    "bulletin.recompile": _PUBLISHERS,
    "bulletin.check": _PUBLISHERS | {Role.MINE_LEADER},
    "bulletin.publish": _PUBLISHERS | {Role.MINE_LEADER},
    "bulletin.correct": _PUBLISHERS,
    "bulletin.policy": _PUBLISHERS | {Role.ADMINISTRATOR},
}
POWER_LABELS: dict[str, object] = {
    "bulletin.see": _("看每日公布"),
    "bulletin.compile": _("编制每日公布"),
    "bulletin.recompile": _("重新编制每日公布"),
    "bulletin.check": _("核对每日公布"),
    "bulletin.publish": _("发布每日公布"),
    "bulletin.correct": _("发布更正"),
    "bulletin.policy": _("设置每日公布"),
}

GRACE = timedelta(minutes=1)
"""A report that was being written when the hour struck is waited for."""
LONGEST_GAP = 31
"""How many days are made up at most after a long standstill; older ones lie in one longer bulletin."""


@dataclass(frozen=True)
class Owed:
    """A bulletin that should exist: its day and the end of its time."""

    day: date
    until: datetime


def owed(last_day: date | None, *, now: datetime, hour: time, zone: tzinfo) -> list[Owed]:
    """The bulletins whose hour has come and that were not compiled, the oldest first.

    A mine begins with today's. After a standstill each missed day gets its own, at most a month of them: what is
    older goes into the first of these, whose time then is longer.
    """
    there = now.astimezone(zone)
    first = there.date() if last_day is None else last_day + timedelta(days=1)
    first = max(first, there.date() - timedelta(days=LONGEST_GAP - 1))
    found = []
    while first <= there.date():
        until = datetime.combine(first, hour, zone)
        if until + GRACE <= now:
            found.append(Owed(first, until))
        first += timedelta(days=1)
    return found


def digest(head: Mapping[str, object], items: Sequence[Mapping[str, object]]) -> str:
    """The fingerprint of a published bulletin: SHA-256 over its canonical JSON, 64 hex digits."""
    text = json.dumps({"head": head, "items": items}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks(text: str) -> Iterator[Network]:
    """The address ranges of a policy, one per line: 10.0.0.0/8. Raises ValueError naming the first bad line."""
    for line in text.splitlines():
        if line := line.strip():
            try:
                yield ipaddress.ip_network(line, strict=False)
            except ValueError as error:
                raise ValueError(line) from error


def within(address: str, ranges: str) -> bool:
    """Whether an address lies in one of the ranges; an address that is none does not."""
    try:
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(here, ipaddress.IPv6Address) and here.ipv4_mapped:
        here = here.ipv4_mapped
    return any(here in one for one in networks(ranges) if one.version == here.version)


@dataclass(frozen=True)
class Balance:
    """Nothing disappears: what was open before, what came, what ended how, what is open now."""

    carried: int
    came: int
    closed: int
    merged: int
    voided: int
    still_open: int

    @property
    def gap(self) -> int:
        """How many hazards are missing (above zero) or too many (below zero); 0 when the account is right."""
        return self.carried + self.came - self.closed - self.merged - self.voided - self.still_open
