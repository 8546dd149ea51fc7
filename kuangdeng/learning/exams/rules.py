"""考试 as tables: states, kinds, who may, and the clock of a sitting. Pure."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role

GRACE = timedelta(minutes=30)
"""How long after the cut-off an answer that was given before it may still come in by itself. What comes later is kept
too, but counts only once an invigilator has let it in."""
"""The bar that a new exam proposes (安全生产资格考试: 满分100分，80分及以上合格), to be set per exam."""
MOST_ITEMS, MOST_PEOPLE, MOST_MINUTES = 300, 5000, 600
CODE_DIGITS = 6


class PaperStatus(StrEnum):
    """Where a paper stands."""

    DRAFTED = "drafted"
    READY = "ready"
    RETIRED = "retired"


PAPER_STATUS_LABELS: dict[str, object] = {
    PaperStatus.DRAFTED: _("草稿"),
    PaperStatus.READY: _("已定稿"),
    PaperStatus.RETIRED: _("停用"),
}
PAPER_VERB_LABELS: dict[str, object] = {
    "write_paper": _("组卷"),
    "change_paper": _("修改试卷"),
    "settle_paper": _("定稿"),
    "reopen_paper": _("退回修改"),
    "retire_paper": _("停用试卷"),
}
PAPER_FLOW = Flow(
    [
        Step("write_paper", None, PaperStatus.DRAFTED),
        Step("change_paper", PaperStatus.DRAFTED, PaperStatus.DRAFTED),
        Step("settle_paper", PaperStatus.DRAFTED, PaperStatus.READY),
        Step("reopen_paper", PaperStatus.READY, PaperStatus.DRAFTED),
        Step("retire_paper", PaperStatus.DRAFTED, PaperStatus.RETIRED),
        Step("retire_paper", PaperStatus.READY, PaperStatus.RETIRED),
    ],
    states=PAPER_STATUS_LABELS,
    verbs=PAPER_VERB_LABELS,
)


class Mode(StrEnum):
    """How a paper comes to its items."""

    FIXED = "fixed"
    BLUEPRINT = "blueprint"


MODE_LABELS: dict[str, object] = {Mode.FIXED: _("固定题目"), Mode.BLUEPRINT: _("按蓝图抽题")}


class Kind(StrEnum):
    """What an exam is for."""

    CLASS = "class"
    LEADERS = "leaders"
    RANDOM = "random"
    MAKEUP = "makeup"
    PRACTICE = "practice"
    ON_PAPER = "on_paper"


KIND_LABELS: dict[str, object] = {
    Kind.CLASS: _("结业考试"),
    Kind.LEADERS: _("领导同考"),
    Kind.RANDOM: _("随机测评"),
    Kind.MAKEUP: _("补考"),
    Kind.PRACTICE: _("练习"),
    Kind.ON_PAPER: _("纸笔考试"),
}


class Status(StrEnum):
    """Where an exam stands. Whether it is open at this moment follows from its times."""

    DRAFTED = "drafted"
    DRAWN = "drawn"
    CLOSED = "closed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


STATUS_LABELS: dict[str, object] = {
    Status.DRAFTED: _("筹备"),
    Status.DRAWN: _("卷已备好"),
    Status.CLOSED: _("已收卷"),
    Status.PUBLISHED: _("已公布"),
    Status.CANCELLED: _("取消"),
}
VERB_LABELS: dict[str, object] = {
    "arrange": _("安排考试"),
    "change": _("更改考试"),
    "enrol": _("加入应考人"),
    "draw_people": _("随机抽人"),
    "strike": _("移出应考人"),
    "draw": _("抽题备卷"),
    "undraw": _("退回筹备"),
    "new_code": _("换考场码"),
    "extend": _("延长时间"),
    "close": _("收卷"),
    "publish": _("公布成绩"),
    "cancel": _("取消考试"),
}
FLOW = Flow(
    [
        Step("arrange", None, Status.DRAFTED),
        Step("change", Status.DRAFTED, Status.DRAFTED),
        Step("enrol", Status.DRAFTED, Status.DRAFTED),
        Step("draw_people", Status.DRAFTED, Status.DRAFTED),
        Step("strike", Status.DRAFTED, Status.DRAFTED),
        Step("enrol", Status.DRAWN, Status.DRAWN),
        Step("strike", Status.DRAWN, Status.DRAWN),
        Step("draw", Status.DRAFTED, Status.DRAWN),
        Step("undraw", Status.DRAWN, Status.DRAFTED),
        Step("new_code", Status.DRAWN, Status.DRAWN),
        Step("extend", Status.DRAWN, Status.DRAWN),
        Step("close", Status.DRAWN, Status.CLOSED),
        Step("publish", Status.CLOSED, Status.PUBLISHED),
        Step("cancel", Status.DRAFTED, Status.CANCELLED),
        Step("cancel", Status.DRAWN, Status.CANCELLED),
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)


class Sat(StrEnum):
    """Where one person's sitting (答卷) stands."""

    WAITING = "waiting"
    SITTING = "sitting"
    HANDED_IN = "handed_in"
    TIMED_OUT = "timed_out"
    ABSENT = "absent"
    VOID = "void"


SAT_LABELS: dict[str, object] = {
    Sat.WAITING: _("未开考"),
    Sat.SITTING: _("作答中"),
    Sat.HANDED_IN: _("已交卷"),
    Sat.TIMED_OUT: _("到时收卷"),
    Sat.ABSENT: _("缺考"),
    Sat.VOID: _("作废"),
}
SAT_VERB_LABELS: dict[str, object] = {
    "await": _("应考"),
    "start": _("开考"),
    "hand_in": _("交卷"),
    "time_out": _("到时收卷"),
    "enter_paper": _("录入纸卷"),
    "release": _("放回作答"),
    "void": _("作废答卷"),
    "miss": _("记缺考"),
}
SAT_FLOW = Flow(
    [
        Step("await", None, Sat.WAITING),
        Step("start", Sat.WAITING, Sat.SITTING),
        Step("hand_in", Sat.SITTING, Sat.HANDED_IN),
        Step("time_out", Sat.SITTING, Sat.TIMED_OUT),
        Step("enter_paper", Sat.WAITING, Sat.HANDED_IN),
        Step("enter_paper", Sat.HANDED_IN, Sat.HANDED_IN),
        Step("release", Sat.HANDED_IN, Sat.SITTING),
        Step("release", Sat.TIMED_OUT, Sat.SITTING),
        Step("void", Sat.WAITING, Sat.VOID),
        Step("void", Sat.SITTING, Sat.VOID),
        Step("void", Sat.HANDED_IN, Sat.VOID),
        Step("void", Sat.TIMED_OUT, Sat.VOID),
        Step("miss", Sat.WAITING, Sat.ABSENT),
    ],
    states=SAT_LABELS,
    verbs=SAT_VERB_LABELS,
)
ENDED = (Sat.HANDED_IN, Sat.TIMED_OUT)
"""States in which a sitting has a result."""


class Happening(StrEnum):
    """What the integrity log (考场记录) of a sitting tells. It informs; it fails nobody by itself."""

    STARTED = "started"
    RESUMED = "resumed"
    LEFT = "left"
    BACK = "back"
    CUT = "cut"
    SECOND_DEVICE = "second_device"
    LATE_ANSWERS = "late_answers"
    HANDED_IN = "handed_in"
    EXTENDED = "extended"
    RELEASED = "released"
    ADMITTED = "admitted"
    LET_IN = "let_in"
    VOIDED = "voided"


HAPPENING_LABELS: dict[str, object] = {
    Happening.STARTED: _("开考"),
    Happening.RESUMED: _("接着答"),
    Happening.LEFT: _("离开页面"),
    Happening.BACK: _("回到页面"),
    Happening.CUT: _("断网后恢复"),
    Happening.SECOND_DEVICE: _("换了一台设备"),
    Happening.LATE_ANSWERS: _("收卷后收到之前的答案"),
    Happening.HANDED_IN: _("交卷"),
    Happening.EXTENDED: _("延长时间"),
    Happening.RELEASED: _("放回作答"),
    Happening.ADMITTED: _("准许迟到开考"),
    Happening.LET_IN: _("准予计入迟到的答案"),
    Happening.VOIDED: _("作废"),
}
FROM_THE_PAGE = (Happening.LEFT, Happening.BACK, Happening.CUT)
"""What the browser may write into the log; everything else the server writes itself."""


@dataclass(frozen=True)
class Times:
    """The times of an exam that decide about one sitting."""

    opens_at: datetime
    closes_at: datetime
    minutes: int
    late_minutes: int | None
    """How long after the opening one may still start; None: until it closes."""

    def last_start(self) -> datetime:
        """The last moment to start."""
        if self.late_minutes is None:
            return self.closes_at
        return min(self.closes_at, self.opens_at + timedelta(minutes=self.late_minutes))

    def ends_at(self, started_at: datetime, extra: int, *, let_in: bool = False) -> datetime:
        """When a sitting begun at `started_at` ends: its own minutes, never past the closing, plus what was granted.

        Who starts late does not get the lost minutes back once the exam closes, unless an invigilator has let him in
        (准许迟到); granted minutes (延时) are his own and reach past the closing.
        """
        own = started_at + timedelta(minutes=self.minutes)
        return (own if let_in else min(own, self.closes_at)) + timedelta(minutes=extra)


def given_at(said: datetime, *, started_at: datetime, received_at: datetime) -> datetime:
    """When an answer was given: what the browser says by the server's clock, never before the start or after now."""
    return max(started_at, min(said, received_at))


def counts(at: datetime, received_at: datetime, cut_off: datetime) -> bool:
    """Whether an answer counts by itself: given before the cut-off and come in before the grace is over."""
    return at <= cut_off and received_at <= cut_off + GRACE


def passed(score: Decimal, out_of: Decimal, bar: Decimal) -> bool:
    """Whether `score` of `out_of` reaches `bar` percent, exactly: 79.99 is not 80."""
    return out_of > 0 and score * 100 >= bar * out_of


def percent(score: Decimal, out_of: Decimal) -> Decimal:
    """The score in percent, to a tenth; never rounded up to a bar that was not reached is the page's to say."""
    return (score * 100 / out_of).quantize(Decimal("0.1"), ROUND_HALF_UP) if out_of else Decimal(0)


def digest(value: object) -> str:
    """The fingerprint of plain data, the same for the same data."""
    return sha256(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()


_OFFICER = frozenset({Role.TRAINING_OFFICER})
_TEACHERS = _OFFICER | {Role.TEACHER}
MAY: dict[str, frozenset[Role]] = {
    "exam.sit": frozenset(Role),
    "exam.see": _TEACHERS | {Role.MINE_LEADER, Role.SAFETY},
    "exam.write_paper": _TEACHERS,
    "exam.arrange": _OFFICER,
    "exam.invigilate": _TEACHERS,
    "exam.void": _OFFICER,
    "exam.mark": _TEACHERS,
    "exam.publish": _OFFICER,
}
POWER_LABELS: dict[str, object] = {
    "exam.sit": _("参加考试、练习"),
    "exam.see": _("看考试和成绩"),
    "exam.write_paper": _("组卷"),
    "exam.arrange": _("安排考试、备卷"),
    "exam.invigilate": _("监考、录入纸卷"),
    "exam.void": _("作废答卷"),
    "exam.mark": _("阅简答题"),
    "exam.publish": _("收卷、公布成绩"),
}
