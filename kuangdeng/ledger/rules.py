"""When a notice leaves by which channel, what of it may leave, and what happens when it could not. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import local


class Pace(StrEnum):
    """How a person wants a topic over a channel."""

    NOW = "now"
    SHIFT = "shift"
    DAILY = "daily"
    NONE = "none"


PACE_LABELS: dict[str, object] = {
    Pace.NOW: _("随时发"),
    Pace.SHIFT: _("下班时汇总"),
    Pace.DAILY: _("每天汇总"),
    Pace.NONE: _("不发"),
}
PERSONAL = ("email", "sms")
"""Channels outside the inbox that reach one person, the weaker first: an escalation climbs them."""
DAILY_AT = time(7, 30)
"""When the digest of the day goes out until somebody chooses another hour."""
WITHOUT_SHIFTS = timedelta(hours=8)
"""Whoever has no shift scheme gets his digest of the shift on the hours 0, 8 and 16."""

# When ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quiet:
    """免打扰: from one hour until another of the mine's wall clock; `until` before `since` crosses midnight."""

    since: time
    until: time

    def ends(self, at: datetime) -> datetime | None:
        """When the quiet hours in which `at` lies are over; None when it lies in none."""
        here = local(at)
        now, day = here.time(), here.replace(hour=self.until.hour, minute=self.until.minute, second=0, microsecond=0)
        if self.since < self.until:
            return day if self.since <= now < self.until else None
        if self.since == self.until:
            return None
        if now >= self.since:
            return day + timedelta(days=1)
        return day if now < self.until else None


@dataclass(frozen=True)
class Plan:
    """When a notice goes out, and whether it is gathered into one message with others of that moment."""

    at: datetime
    digest: bool = False


def plan(
    at: datetime,
    *,
    pace: str = Pace.NOW,
    urgent: bool = False,
    must_act: bool = False,
    due_at: datetime | None = None,
    shift_end: datetime | None = None,
    daily_at: time = DAILY_AT,
    quiet: Quiet | None = None,
) -> Plan | None:
    """When a notice that was made `at` goes out; None: never.

    What is urgent goes at once whatever was chosen, except nothing at all. A task whose deadline lies before the next
    digest does not wait for it. Everything else is held until the quiet hours are over.
    """
    if pace == Pace.NONE:
        return None
    if urgent:
        return Plan(at)
    if pace in (Pace.SHIFT, Pace.DAILY):
        end = (shift_end or next_third(at)) if pace == Pace.SHIFT else next_daily(at, daily_at)
        gathered = after_quiet(end, quiet)
        if not (must_act and due_at is not None and due_at <= gathered):
            return Plan(gathered, digest=True)
    return Plan(after_quiet(at, quiet))


def after_quiet(at: datetime, quiet: Quiet | None) -> datetime:
    """`at`, or the end of the quiet hours in which it lies."""
    return (quiet.ends(at) if quiet else None) or at


def next_daily(at: datetime, hour: time) -> datetime:
    """The next time that the clock shows this hour."""
    here = local(at)
    day = here.replace(hour=hour.hour, minute=hour.minute, second=0, microsecond=0)
    return day if day > here else day + timedelta(days=1)


def next_third(at: datetime) -> datetime:
    """The next of 0, 8 and 16 o'clock."""
    here = local(at)
    day = here.replace(hour=0, minute=0, second=0, microsecond=0)
    return next(end for end in (day + n * WITHOUT_SHIFTS for n in range(1, 5)) if end > here)


# Escalation ---------------------------------------------------------------------------------------------------------

AFTER = [("hours", _("若干小时后")), ("shift", _("本班结束时"))]


def escalates_at(kind: str, hours: int, made_at: datetime, shift_end: datetime | None) -> datetime:
    """When an unread task climbs to the next channel."""
    if kind == "shift":
        return shift_end or next_third(made_at)
    return made_at + timedelta(hours=hours)


def stronger(used: Iterable[str], reachable: Iterable[str]) -> str | None:
    """The next stronger channel than those that were used already; None when he cannot be reached by any."""
    done = [PERSONAL.index(one) for one in used if one in PERSONAL]
    rest = PERSONAL[max(done) + 1 :] if done else PERSONAL
    there = set(reachable)
    return next((one for one in rest if one in there), None)


# What may leave -----------------------------------------------------------------------------------------------------


def cut_names(text: str, names: Iterable[str]) -> str:
    """The text with every one of these names cut down to the family name: 王铁柱 is 王某某."""
    for name in sorted({name for name in names if len(name) > 1}, key=len, reverse=True):
        text = text.replace(name, name[0] + "某" * (len(name) - 1))
    return text


def leaving(title: str, body: str, names: Iterable[str], *, body_leaves: bool = False) -> tuple[str, str]:
    """Title and body as they may leave the mine by mail, robot, message or webhook.

    Everything that is sent passes here. The body stays at home unless its topic is declared as safe, and in what does
    leave no name of anybody of the mine is left whole: neither a rule-breaker's, nor of who was hurt or failed.
    """
    kept = list(names)
    return cut_names(" ".join(title.split()), kept), cut_names(body.strip(), kept) if body_leaves else ""


def fit(head: str, tail: str, most: int, *, count_bytes: bool = True) -> str:
    """`head` and then `tail` within `most` bytes (or signs); what is too long is cut from the head, never the link."""

    def size(text: str) -> int:
        return len(text.encode()) if count_bytes else len(text)

    if size(head + tail) <= most:
        return head + tail
    room = most - size(tail) - size("…")
    if room < 0:
        return fit(head, "", most, count_bytes=count_bytes) if tail else head[:most]
    kept = head.encode()[:room].decode(errors="ignore") if count_bytes else head[:room]
    return f"{kept}…{tail}"


def digest_title(count: int) -> str:
    """What the message of a digest is called."""
    return f"矿灯汇总：{count} 条通知"


def impersonal(title: str) -> bool:
    """Whether a sentence can stand in a group: it does not speak to one person."""
    return "您" not in title


# Rates and tries ----------------------------------------------------------------------------------------------------


def room(sent: Sequence[datetime], at: datetime, *, per_minute: int, per_second: int = 0) -> int:
    """How many more may go out now, after those that went at these moments."""
    left = per_minute - sum(at - one < timedelta(minutes=1) for one in sent)
    if per_second:
        left = min(left, per_second - sum(at - one < timedelta(seconds=1) for one in sent))
    return max(left, 0)


def next_try(at: datetime, tries: int, wait: timedelta | None = None) -> datetime:
    """When what surely did not go out is tried again: after 1, 2, 4 … minutes, or as long as the other side wants."""
    return at + max(timedelta(minutes=2 ** max(tries - 1, 0)), wait or timedelta())
