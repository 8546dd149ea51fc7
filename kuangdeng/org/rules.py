"""Roles, what each may do here, and the arithmetic of shifts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """Who somebody is in the mine. A role is given for one unit (and what is below it) from a day on."""

    MINER = "miner"
    TEAM_LEADER = "team_leader"
    UNIT_HEAD = "unit_head"
    BRANCH_SECRETARY = "branch_secretary"
    SAFETY = "safety"
    TRAINING_OFFICER = "training_officer"
    TEACHER = "teacher"
    POLITICAL_WORK = "political_work"
    LIBRARIAN = "librarian"
    MINE_LEADER = "mine_leader"
    GROUP_OFFICE = "group_office"
    ADMINISTRATOR = "administrator"


ROLE_LABELS: dict[str, object] = {
    Role.MINER: _("矿工"),
    Role.TEAM_LEADER: _("班组长"),
    Role.UNIT_HEAD: _("区队长"),
    Role.BRANCH_SECRETARY: _("支部书记"),
    Role.SAFETY: _("安监员"),
    Role.TRAINING_OFFICER: _("培训专员"),
    Role.TEACHER: _("教师"),
    Role.POLITICAL_WORK: _("政工干事"),
    Role.LIBRARIAN: _("书屋管理员"),
    Role.MINE_LEADER: _("矿领导"),
    Role.GROUP_OFFICE: _("集团人员"),
    Role.ADMINISTRATOR: _("系统管理员"),
}

EVERYBODY = frozenset(Role)
"""Every signed-in person has at least the miner's role in his own unit."""

MINE_WIDE = frozenset(
    {Role.SAFETY, Role.TRAINING_OFFICER, Role.POLITICAL_WORK, Role.LIBRARIAN, Role.MINE_LEADER, Role.GROUP_OFFICE}
)
"""Roles that reach over the whole mine although the person sits in one office."""

MAY: dict[str, frozenset[Role]] = {
    "org.see_people": frozenset(
        {Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY, Role.TRAINING_OFFICER}
        | {Role.POLITICAL_WORK, Role.MINE_LEADER, Role.GROUP_OFFICE, Role.ADMINISTRATOR}
    ),
    "org.manage": frozenset({Role.ADMINISTRATOR}),
    "org.import": frozenset({Role.ADMINISTRATOR}),
    "org.grant_roles": frozenset({Role.ADMINISTRATOR}),
    "org.reset_password": frozenset({Role.ADMINISTRATOR, Role.UNIT_HEAD, Role.TEAM_LEADER}),
    "org.manage_places": frozenset({Role.ADMINISTRATOR, Role.SAFETY}),
    "org.print_tags": frozenset({Role.ADMINISTRATOR, Role.SAFETY}),
    "org.see_ledger": frozenset(
        {Role.UNIT_HEAD, Role.BRANCH_SECRETARY, Role.SAFETY, Role.TRAINING_OFFICER, Role.POLITICAL_WORK}
        | {Role.MINE_LEADER, Role.GROUP_OFFICE, Role.ADMINISTRATOR}
    ),
}

POWER_LABELS: dict[str, object] = {
    "org.see_people": _("查看职工名册"),
    "org.manage": _("管理单位、职工、班次、日历"),
    "org.import": _("从 Excel 导入单位、职工、地点"),
    "org.grant_roles": _("授予和收回角色"),
    "org.reset_password": _("重置本单位职工密码"),
    "org.manage_places": _("管理地点、合并地点写法"),
    "org.print_tags": _("打印地点二维码"),
    "org.see_ledger": _("查看台账"),
}


def in_office_since(spans: Sequence[tuple[date, date | None]], day: date) -> date | None:
    """Since when somebody is in office without a break, by the days on which his posts began and ended; None when he is in
    none on this day. From one post into the next is no break."""
    since: date | None = None
    for begin, end in sorted(spans, key=lambda span: span[0], reverse=True):
        holds = begin <= day and (end is None or end >= day)
        follows = since is not None and begin < since and (end is None or end >= since - timedelta(days=1))
        if follows or (holds and (since is None or begin < since)):
            since = begin
    return since


@dataclass(frozen=True)
class ShiftTime:
    """One shift of a scheme by the wall clock; `end` at or before `start` means that it crosses midnight."""

    name: str
    start: time
    end: time


@dataclass(frozen=True)
class ShiftSpan:
    """One shift on one day: [start, end). `day` is the day it is counted to, the one on which it begins."""

    name: str
    day: date
    start: datetime
    end: datetime


def spans_on(day: date, shifts: Sequence[ShiftTime], tz: tzinfo) -> list[ShiftSpan]:
    """The shifts that begin on `day`, earliest first. `tz` is the mine's."""
    spans = []
    for shift in shifts:
        start = datetime.combine(day, shift.start, tzinfo=tz)
        last = day + timedelta(days=1) if shift.end <= shift.start else day
        spans.append(ShiftSpan(shift.name, day, start, datetime.combine(last, shift.end, tzinfo=tz)))
    return sorted(spans, key=lambda span: span.start)


DAY_MINUTES = 24 * 60


def _minutes(shift: ShiftTime) -> tuple[int, int]:
    start, end = shift.start.hour * 60 + shift.start.minute, shift.end.hour * 60 + shift.end.minute
    return start, end if end > start else end + DAY_MINUTES


def overlapping(shifts: Sequence[ShiftTime]) -> tuple[ShiftTime, ShiftTime] | None:
    """Two shifts of a scheme that are worked at the same time, over midnight too; None when there are none."""
    ordered = sorted(shifts, key=lambda shift: shift.start)
    for at, shift in enumerate(ordered):
        after = ordered[(at + 1) % len(ordered)]
        starts = _minutes(after)[0] + (DAY_MINUTES if at + 1 == len(ordered) else 0)
        if _minutes(shift)[1] > starts:
            return shift, after
    return None


def gap_minutes(shifts: Sequence[ShiftTime]) -> int:
    """Minutes of a day that no shift covers, for a scheme without overlap."""
    return DAY_MINUTES - sum(end - start for start, end in map(_minutes, shifts))


@dataclass(frozen=True)
class SchemeTimes:
    """A shift scheme by its times."""

    name: str
    shifts: tuple[ShiftTime, ...]

    @cached_property
    def whole_day(self) -> bool:
        """Whether somebody works at every minute."""
        return bool(self.shifts) and gap_minutes(self.shifts) == 0


@dataclass(frozen=True)
class Timetable:
    """By which schemes a unit works from which days on, read once; asking it costs no database.

    `steps` are (first day, scheme) in order; before the first of them `default` holds.
    """

    tz: tzinfo
    default: SchemeTimes | None
    steps: tuple[tuple[date, SchemeTimes], ...] = ()
    _days: dict[date, list[ShiftSpan]] = field(default_factory=dict, compare=False, repr=False)

    def scheme_on(self, day: date) -> SchemeTimes | None:
        """The scheme that holds on this day."""
        begun = [scheme for first, scheme in self.steps if first <= day]
        return begun[-1] if begun else self.default

    def spans_between(self, start: date, end: date) -> list[ShiftSpan]:
        """Every shift that begins on a day from `start` to `end`."""
        spans: list[ShiftSpan] = []
        day = start
        while day <= end:
            spans += self._on(day)
            day += timedelta(days=1)
        return spans

    def _on(self, day: date) -> list[ShiftSpan]:
        """The shifts of one day, the last of them fitted to what begins after it."""
        if day not in self._days:
            scheme = self.scheme_on(day)
            spans = spans_on(day, scheme.shifts, self.tz) if scheme else []
            follower = self.scheme_on(day + timedelta(days=1))
            if spans and scheme and follower and follower != scheme and follower.shifts:
                first = spans_on(day + timedelta(days=1), follower.shifts, self.tz)[0].start
                spans[-1] = _fitted(spans[-1], first, stretch=scheme.whole_day and follower.whole_day)
            self._days[day] = spans
        return self._days[day]

    def shift_at(self, at: datetime) -> ShiftSpan | None:
        """In which shift this instant lies; None in a gap of the scheme."""
        day = at.astimezone(self.tz).date()
        around = self.spans_between(day - timedelta(days=1), day)
        return next((span for span in around if span.start <= at < span.end), None)

    def ends_after(self, at: datetime, count: int) -> list[datetime]:
        """The ends of the next `count` shifts, the running one first; fewer when the unit has no scheme.

        In a gap between shifts the next one to begin counts as the present one.
        """
        day = at.astimezone(self.tz).date()
        ends: list[datetime] = []
        for ahead in range(-1, count + 8):
            ends += [span.end for span in self._on(day + timedelta(days=ahead)) if span.end > at]
            if len(ends) >= count:
                break
        return ends[:count]

    def starts_before(self, at: datetime, count: int) -> list[datetime]:
        """The beginnings of the last `count` shifts before this instant, the nearest first."""
        day = at.astimezone(self.tz).date()
        starts: list[datetime] = []
        for back in range(count + 8):
            spans = self._on(day - timedelta(days=back))
            starts += [span.start for span in reversed(spans) if span.start < at]
            if len(starts) >= count:
                break
        return starts[:count]


def _fitted(last: ShiftSpan, first_start: datetime, *, stretch: bool) -> ShiftSpan:
    """At a change of scheme the old scheme's last shift runs until the new one's first begins.

    It is cut short when the new one begins earlier; it works on when both schemes know no gap, because a mine that
    works around the clock does not stop for a change of paper.
    """
    if last.end > first_start or stretch:
        return ShiftSpan(last.name, last.day, last.start, first_start)
    return last


def timetable(
    tz: tzinfo,
    default: SchemeTimes | None,
    chain: Sequence[object],
    rows: Mapping[object, Sequence[tuple[date, SchemeTimes]]],
) -> Timetable:
    """The timetable of a unit from the rows of itself and the units above it.

    `chain` is the unit first, then upwards. On each day the nearest unit with a row that has begun decides.
    """
    days = sorted({first for unit in chain for first, _scheme in rows.get(unit, ())})
    steps = []
    for day in days:
        for unit in chain:
            begun = [(first, scheme) for first, scheme in rows.get(unit, ()) if first <= day]
            if begun:
                steps.append((day, max(begun, key=lambda row: row[0])[1]))
                break
    return Timetable(tz, default, tuple(steps))


# Ledger -------------------------------------------------------------------------------------------------------------

VERB_LABELS: dict[str, object] = {
    "person.add": _("登记职工"),
    "person.change": _("更正职工资料"),
    "person.move": _("调动"),
    "person.leave": _("离矿"),
    "unit.add": _("新建单位"),
    "unit.rename": _("单位更名"),
    "unit.change": _("更正单位资料"),
    "unit.move": _("单位改隶"),
    "unit.close": _("撤销单位"),
    "unit.branch": _("设置党支部"),
    "role.grant": _("授予角色"),
    "role.end": _("收回角色"),
    "password.reset": _("重置密码"),
    "password.change": _("修改密码"),
    "password.issue": _("发放首次密码"),
    "session.end": _("结束登录"),
    "token.create": _("新建访问令牌"),
    "token.revoke": _("停用访问令牌"),
    "org.found": _("建矿"),
    "org.resume_founding": _("继续建矿"),
    "org.open_sample": _("开放示例矿"),
    "org.import": _("导入单位、职工、地点"),
}
"""What the ledger's verbs of this context are called on the screen."""


# Passwords ----------------------------------------------------------------------------------------------------------

PASSWORD_LENGTH = 8
DIGITS_ONLY_LENGTH = 10
PASSWORD_LONGEST = 128
"""Longer ones only cost the server time."""
ONE_TIME_DAYS = 30
"""A one-time password that nobody used so long is dead: slips get lost."""
ONE_TIME_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No i, l, o, 0, 1: it is read from paper in bad light."""


def password_fault(
    password: str, *, number: str = "", name_spellings: Sequence[str] = (), born_on: date | None = None, phone: str = ""
) -> str | None:
    """What is wrong with a password, as a sentence; None when it will do.

    Miners choose what they can remember, and what others can guess is known: the number, the name, the birthday,
    the phone, a row of keys. Digits alone will do when there are enough of them.
    """
    folded = password.lower()
    if len(password) < PASSWORD_LENGTH:
        return gettext("密码太短。请至少用 %(n)d 个字符。") % {"n": PASSWORD_LENGTH}
    if len(password) > PASSWORD_LONGEST:
        return gettext("密码太长。请不要超过 %(n)d 个字符。") % {"n": PASSWORD_LONGEST}
    if password != password.strip():
        return gettext("密码的开头和结尾不能是空格。")
    if len(number) >= 3 and number.lower() in folded and len(password) < len(number) + 6:
        return gettext("密码里不能用自己的工号。请换一个别人猜不到的。")
    if any(len(spelling) >= 4 and folded.strip("0123456789") == spelling for spelling in name_spellings):
        return gettext("密码不能只是自己的姓名加数字。请换一个别人猜不到的。")
    if phone and len(phone) >= 7 and phone in password:
        return gettext("密码里不能用自己的手机号。请换一个别人猜不到的。")
    if born_on and any(f"{born_on:{form}}" in password for form in ("%Y%m%d", "%y%m%d")) and len(password) < 14:
        return gettext("密码里不能用自己的生日。请换一个别人猜不到的。")
    if password.isdigit() and len(password) < DIGITS_ONLY_LENGTH:
        return gettext("只用数字的密码至少要 %(n)d 位，或者加上字母。") % {"n": DIGITS_ONLY_LENGTH}
    if len(set(folded)) < 4 or _is_row(folded):
        return gettext("这个密码太简单，一试就中。请换一个。")
    return None


_ROWS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")


def _is_row(folded: str) -> bool:
    """Whether a password is one or two runs along the keyboard or the alphabet."""

    def run(part: str) -> bool:
        return len(part) < 2 or len(set(part)) == 1 or any(part in row or part in row[::-1] for row in _ROWS)

    return any(run(folded[:cut]) and run(folded[cut:]) for cut in range(2, len(folded) + 1) if cut != len(folded) - 1)


def may_reset(doer: frozenset[Role], target: frozenset[Role]) -> bool:
    """Whether one who holds `doer` for somebody's unit may reset the password of one who holds `target` anywhere.

    Who resets a password can sign in with it once: so nobody may do so to one who may do more than he himself.
    """
    if Role.ADMINISTRATOR in doer:
        return True
    below = {Role.MINER}
    if Role.UNIT_HEAD in doer:
        below |= {Role.TEAM_LEADER}
    return bool(doer & {Role.UNIT_HEAD, Role.TEAM_LEADER}) and target <= below
