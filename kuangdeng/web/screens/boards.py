"""The boards that a screen can show: a registry, and those that exist already.

A board is built from the mine alone: no person looks at a wall, so nothing depends on who may see what, and no name
of a person is on it. `build` returns None when it has nothing to say, and is passed over then.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kuangdeng.hazards import api as hazards
from kuangdeng.kernel import clock, timetext
from kuangdeng.learning.api import campaigns
from kuangdeng.learning.api import garden as learning


@dataclass(frozen=True)
class Figure:
    """One large number with its word."""

    label: str
    value: str
    tone: str = ""


@dataclass(frozen=True)
class Row:
    """One line: who or which in front, what in the middle, how long or how much at the end."""

    lead: str
    text: str = ""
    end: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Face:
    """What a board says: one message as its title, then figures, rows, or running words. Long ones page themselves."""

    title: str
    figures: Sequence[Figure] = ()
    rows: Sequence[Row] = ()
    words: str = ""
    note: str = ""


@dataclass(frozen=True)
class Request:
    """For whom a board is built."""

    mine_id: UUID
    at: datetime
    options: Mapping[str, str]


Build = Callable[[Request], Face | None]


@dataclass(frozen=True)
class Board:
    """One kind of board."""

    key: str
    label: object
    build: Build


BOARDS: dict[str, Board] = {}
NOTICE = "notice"
"""Filled from the notices that run now; `feed` puts them in."""


def declare_board(key: str, label: object, build: Build) -> None:
    """Add a board, or put a real one in the place of one that showed nothing yet."""
    BOARDS[key] = Board(key, label, build)


def board_label(key: str) -> str:
    """What a board is called; empty for one that does not exist any more."""
    return str(BOARDS[key].label) if key in BOARDS else ""


# The boards of the hazard loop ----------------------------------------------------------------------------------------

MOST_LINES = 16
FEW = 5
"""A share of fewer than this says nothing: such a unit stands at the end without a place."""


def overdue(asked: Request) -> Face | None:
    """超期: how many, which units, and the lines that are late the longest."""
    late = hazards.late_board(asked.mine_id, most=MOST_LINES)
    if not late.count:
        return Face(_("没有超期的隐患"), words=_("所有已下达的隐患都在期限之内。"))
    units = [Row(unit, "", _("%(n)d 条") % {"n": n}, "late") for unit, n in late.units]
    oldest = [
        Row(one.unit_name, _said(one.text), timetext.clock(one.due_at or asked.at, asked.at), "late")
        for one in late.oldest
    ]
    worst = late.units[0][0]
    return Face(
        _("超期 %(n)d 条，%(unit)s最多") % {"n": late.count, "unit": worst},
        rows=[*units[:MOST_LINES], *oldest],
        note=_("先是各单位超期条数，后是超期最久的"),
    )


def timely(asked: Request) -> Face | None:
    """按期整改率: units side by side, with how many each share is made of."""
    lines = [line for line in hazards.mine_summary(asked.mine_id) if line.finished]
    if not lines:
        return None
    ranked = sorted(
        (line for line in lines if line.finished >= FEW),
        key=lambda line: (-line.timely / line.finished, -line.finished),
    )
    few = [line for line in lines if line.finished < FEW]
    rows = [_share(line, _("第 %(n)d") % {"n": place}) for place, line in enumerate(ranked, 1)]
    rows += [_share(line, _("不足 %(n)d 条，不排") % {"n": FEW}) for line in few]
    return Face(_("近 30 天按期整改率"), rows=rows, note=_("括号内是按期条数和整改完成条数"))


def _share(line: hazards.UnitLine, place: str) -> Row:
    share = _("%(rate)d%%（%(timely)d/%(all)d）") % {
        "rate": line.timely_rate or 0, "timely": line.timely, "all": line.finished,
    }  # fmt: skip
    return Row(line.unit.name, place, share)


def today(asked: Request) -> Face | None:
    """今日隐患: what came in and what was closed today, the newest lines first."""
    day = hazards.day_board(asked.mine_id, most=MOST_LINES)
    figures = [
        Figure(_("今天上报"), str(day.reported)),
        Figure(_("今天销号"), str(day.closed), "done"),
        Figure(_("未办结"), str(day.open)),
        Figure(_("其中超期"), str(day.late), "late" if day.late else ""),
    ]
    rows = [
        Row(one.place.name if one.place else one.place_text, _said(one.text), str(one.get_status_display()),
            "late" if one.is_major else "")
        for one in day.newest
    ]  # fmt: skip
    title = _("%(day)s隐患") % {"day": timetext.full(clock.local(asked.at).date())}
    return Face(title, figures=figures, rows=rows)


def bulletin(asked: Request) -> Face | None:
    """每日公布: the latest issue's figures, then its accidents, major hazards, questions and late ones."""
    last = hazards.bulletins.latest(asked.mine_id)
    if last is None:
        return None
    counts = last.figures.get("counts", {})
    named = [
        ("accident", _("事故"), "late"), ("new", _("新上报"), ""), ("closed", _("已销号"), "done"),
        ("overdue", _("超期"), "late"), ("open", _("未办结"), ""),
    ]  # fmt: skip
    figures = [Figure(label, str(counts.get(key, 0)), tone if counts.get(key) else "") for key, label, tone in named]
    part = hazards.bulletins.Part
    first = [part.ACCIDENT, part.NEAR_MISS, part.MAJOR, part.QUESTION, part.OVERDUE]
    items = last.items.filter(part__in=first).order_by("position")[:MOST_LINES]
    rows = [
        Row(item.line.get("unit") or item.line.get("asker", ""), _said(item.text), str(IN_SHORT[item.part]),
            "late" if item.part in (part.ACCIDENT, part.OVERDUE) else "")
        for item in items
    ]  # fmt: skip
    note = _("每日公布 %(day)s，%(issue)s") % {"day": timetext.full(last.day), "issue": last.title}
    return Face(_message(counts), figures=figures, rows=rows, note=note)


IN_SHORT: dict[str, object] = {
    hazards.bulletins.Part.ACCIDENT: gettext_lazy("事故"),
    hazards.bulletins.Part.NEAR_MISS: gettext_lazy("未遂"),
    hazards.bulletins.Part.MAJOR: gettext_lazy("重大隐患"),
    hazards.bulletins.Part.QUESTION: gettext_lazy("等答复"),
    hazards.bulletins.Part.OVERDUE: gettext_lazy("超期"),
}
"""Why a line of the bulletin stands on the wall."""


def _message(counts: Mapping[str, int]) -> str:
    """What the bulletin says in one line: what hurts most first."""
    told = [
        (_("事故 %(n)d 起"), counts.get("accident", 0)),
        (_("超期 %(n)d 条"), counts.get("overdue", 0)),
        (_("追问未答 %(n)d 条"), counts.get("question", 0)),
    ]
    said = [words % {"n": n} for words, n in told if n][:2]
    return "，".join(said) if said else _("没有事故、没有超期，未办结 %(n)d 条") % {"n": counts.get("open", 0)}


def waiting_questions(asked: Request) -> Face | None:
    """等答复的追问: who owes an answer, the longest first; passed over when nobody does."""
    every = hazards.questions.unanswered(asked.mine_id, asked.at)
    waiting = list(every[:MOST_LINES])
    if not waiting:
        return None
    count, late = every.count(), every.filter(due_at__lt=asked.at).count()
    rows = [
        Row(one.holder.name if one.holder else _("安监部门"), _said(one.text), timetext.clock(one.due_at, asked.at),
            "late" if one.due_at < asked.at else "")
        for one in waiting
    ]  # fmt: skip
    title = _("%(n)d 条追问超时未答") % {"n": late} if late else _("%(n)d 条追问等答复") % {"n": count}
    return Face(title, rows=rows, note=_("共 %(n)d 条等答复，左边是要答复的单位") % {"n": count})


def unheard(asked: Request) -> Face | None:
    """班前会签认: which units have not acknowledged what the groups fed back; passed over when all have."""
    rows = hazards.groups.late_by_unit(asked.mine_id)
    if not rows:
        return None
    late = [name for name, _n, over, _since in rows if over]
    shown = [
        Row(name, _("%(n)d 条没有签认") % {"n": n}, timetext.clock(since, asked.at), "late" if over else "")
        for name, n, over, since in rows[:MOST_LINES]
    ]
    if late:
        title = _("%(units)d 个单位签认超时") % {"units": len(late)}
    else:
        title = _("%(units)d 个单位还有反馈没签认") % {"units": len(rows)}
    return Face(title, rows=shown, note=_("班前会上学习签认小组的反馈"))


def safe_days(asked: Request) -> Face | None:
    """安全生产天数: days since somebody was hurt last; passed over in a mine where no accident was ever recorded."""
    last = hazards.accidents.last_injury(asked.mine_id)
    if last is None:
        return None
    days = (clock.local(asked.at).date() - clock.local(last).date()).days
    title = _("连续 %(n)d 天没有人受伤") % {"n": days} if days else _("今天有人受伤，安全天数从头算起")
    return Face(title, figures=[Figure(_("天"), str(days), "done" if days else "late")], note=_("从上一次伤人事故算起"))


def garden(asked: Request) -> Face | None:
    """学习园地: one branch after the other, five minutes each: its notices, what it read, answered, looked into.

    Nobody's name is on it; what a branch wrote in its notices is its own responsibility and moderated.
    """
    branches = learning.branches(asked.mine_id)
    turn = _turn(asked, len(branches))
    gardens = (learning.garden_of(one, clock.local(asked.at).date()) for one in [*branches[turn:], *branches[:turn]])
    one = next((found for found in gardens if found.notices or found.sections), None)
    if one is None:
        return None
    figures = [Figure(label, value) for part in one.sections for label, value in part.section.figures][:4]
    rows = [Row(_("通知"), _said(f"{notice.title}：{notice.text}")) for notice in one.notices]
    rows += [Row(_("推荐"), _said(one.line.nameless)) for one in one.picks]
    rows += [Row(str(part.label), _said(line.nameless)) for part in one.sections for line in part.section.lines]
    title = _("%(branch)s的学习园地") % {"branch": one.branch.name}
    return Face(title, figures=figures, rows=rows[:MOST_LINES], note=one.page.motto if one.page else "")


TURN = 300
"""So many seconds a wall stays with one branch, one campaign."""


def _turn(asked: Request, count: int) -> int:
    """Whose turn it is now of so many."""
    return int(asked.at.timestamp()) // TURN % max(1, count)


def campaign(asked: Request) -> Face | None:
    """百日墙: how far the mine's campaign has come, branch by branch; several take turns. Numbers only, nobody's name.

    A branch of which one person takes part would name him: such ones stand together. One that is far behind is marked,
    unless so few take part that everybody knew who is meant. What a single unit holds for itself is on no wall.
    """
    running = campaigns.on_walls(asked.mine_id)
    if not running:
        return None
    one = running[_turn(asked, len(running))]
    wall = campaigns.wall(one)
    if wall.whole is None or wall.whole.rate is None:
        return None
    now = wall.whole.cells[wall.today - 1]
    figures = [
        Figure(_("完成"), f"{wall.whole.rate}%"),
        Figure(_("今天打卡（人）"), _("休息") if now.rest else f"{now.done}/{now.expected}"),
        Figure(_("补学（人次）"), str(wall.whole.later)),
    ]
    many = [line for line in wall.rows if line.people > 1 and line.owed]
    rows = [
        Row(line.name or _("没有支部的单位"), "", _of_days(line.done, line.owed),
            "late" if line.people >= FEW and 100 * line.done < BEHIND * line.owed else "")
        for line in many
    ]  # fmt: skip
    done, owed = wall.whole.done - sum(line.done for line in many), wall.whole.owed - sum(line.owed for line in many)
    if owed:
        rows.append(Row(_("只有一人参加的单位"), "", _of_days(done, owed)))
    title = _("第 %(n)d 天：%(title)s") % {"title": one.title, "n": wall.today}
    return Face(title, figures=figures, rows=rows, note=_("共 %(n)d 天，括号内是完成和应打卡的人次") % {"n": one.days})


def _of_days(done: int, owed: int) -> str:
    """A share with what it is made of."""
    return _("%(rate)d%%（%(done)d/%(owed)d）") % {"rate": 100 * done // owed, "done": done, "owed": owed}


BEHIND = 80
"""A branch that has done less than so many percent of its days is behind."""


def _said(text: str) -> str:
    return " ".join(text.split())


def nothing_yet(_asked: Request) -> Face | None:
    """A board whose part of the system is not there yet: passed over."""
    return None


declare_board(NOTICE, gettext_lazy("通知"), nothing_yet)
declare_board("today", gettext_lazy("今日隐患"), today)
declare_board("overdue", gettext_lazy("超期隐患"), overdue)
declare_board("timely", gettext_lazy("按期整改率"), timely)
declare_board("bulletin", gettext_lazy("每日公布"), bulletin)
declare_board("questions", gettext_lazy("等答复的追问"), waiting_questions)
declare_board("unheard", gettext_lazy("班前会签认"), unheard)
declare_board("safe_days", gettext_lazy("安全生产天数"), safe_days)
declare_board("garden", gettext_lazy("学习园地"), garden)
declare_board("campaign", gettext_lazy("百日集中学习"), campaign)
declare_board("role_models", gettext_lazy("先锋人物和功勋班组"), nothing_yet)

DEFAULT_PLAYLIST = (
    NOTICE,
    "bulletin",
    "today",
    "overdue",
    "questions",
    "unheard",
    "timely",
    "safe_days",
    "campaign",
    "garden",
    "role_models",
)
