"""Time as people at the mine say it: 今天 14:20, 昨天 夜班, 3 小时, 还剩 5 小时, 已超 2 天.

Pure functions over instants; the display zone is Django's current one. `src/ts/time.ts` repeats these rules in the
browser so that an open page does not go stale; a test keeps both to one table.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MINUTE, HOUR, DAY = 60, 3600, 86400
NEAR = {
    0: gettext_lazy("今天"),
    -1: gettext_lazy("昨天"),
    -2: gettext_lazy("前天"),
    1: gettext_lazy("明天"),
    2: gettext_lazy("后天"),
}


def local(moment: datetime) -> datetime:
    """The instant on the mine's wall clock; a naive one is taken as such."""
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def full(moment: datetime | date) -> str:
    """The full stamp, for hovering and for paper: 2026年11月22日 14:20."""
    if not isinstance(moment, datetime):
        return _("%(y)d年%(m)d月%(d)d日") % {"y": moment.year, "m": moment.month, "d": moment.day}
    there = local(moment)
    return f"{full(there.date())} {there:%H:%M}"


def day_name(day: date, today: date) -> str:
    """今天, 昨天, 前天, 明天, 后天; else 11月22日; with the year when it is another year."""
    gap = (day - today).days
    if gap in NEAR:
        return str(NEAR[gap])
    if day.year == today.year:
        return _("%(m)d月%(d)d日") % {"m": day.month, "d": day.day}
    return full(day)


def said(moment: datetime | date, now: datetime, shift: str = "") -> str:
    """今天 14:20; with a shift named: 昨天 夜班. A plain date has no time of day."""
    today = local(now).date()
    if not isinstance(moment, datetime):
        return day_name(moment, today)
    there = local(moment)
    return f"{day_name(there.date(), today)} {shift or there.strftime('%H:%M')}"


def span(seconds: float) -> str:
    """A length of time, cut down to what matters: 5 分钟, 3 小时, 2 天, 4 个月, 2 年."""
    seconds = abs(seconds)
    if seconds < HOUR:
        return _("%(n)d 分钟") % {"n": max(1, int(seconds // MINUTE))}
    if seconds < 2 * DAY:
        return _("%(n)d 小时") % {"n": int(seconds // HOUR)}
    if seconds < 90 * DAY:
        return _("%(n)d 天") % {"n": int(seconds // DAY)}
    if seconds < 730 * DAY:
        return _("%(n)d 个月") % {"n": int(seconds // (30 * DAY))}
    return _("%(n)d 年") % {"n": int(seconds // (365 * DAY))}


def age(moment: datetime, now: datetime) -> str:
    """How long it has been waiting: 刚刚, 40 分钟, 3 小时, 2 天."""
    seconds = (now - moment).total_seconds()
    return _("刚刚") if seconds < MINUTE else span(seconds)


def clock(due: datetime, now: datetime) -> str:
    """What the clock of a deadline says: 还剩 5 小时, 已超 2 天."""
    seconds = (due - now).total_seconds()
    return (_("还剩 %s") if seconds > 0 else _("已超 %s")) % span(seconds)


def clock_tone(due: datetime, now: datetime, soon: timedelta = timedelta(hours=8)) -> str:
    """late when past, soon within one shift, else plain."""
    if due <= now:
        return "late"
    return "soon" if due - now <= soon else "plain"
