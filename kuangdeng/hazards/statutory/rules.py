"""Legal reports as tables: their periods, their states, who may, what a rate is, when they are due. Pure."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.flow import Flow, Step
from kuangdeng.org.api import Role


class Kind(StrEnum):
    """Which report."""

    MONTH = "month"
    QUARTER = "quarter"


KIND_LABELS: dict[str, object] = {
    Kind.MONTH: _("事故隐患排查治理情况统计月报"),
    Kind.QUARTER: _("重大事故隐患排查治理情况季度书面报告"),
}


class Status(StrEnum):
    """Where a report stands."""

    DRAFTED = "drafted"
    SIGNED = "signed"
    PARTLY = "partly"
    SENT = "sent"


STATUS_LABELS: dict[str, object] = {
    Status.DRAFTED: _("待签字"),
    Status.SIGNED: _("已签字，待报送"),
    Status.PARTLY: _("部分报送"),
    Status.SENT: _("已报送"),
}
VERB_LABELS: dict[str, object] = {
    "draft": _("编制"),
    "redraft": _("重新编制"),
    "sign": _("签字"),
    "deliver": _("登记回执"),
    "complete": _("登记最后一份回执"),
    "correct": _("出更正版"),
}
FLOW = Flow(
    [
        Step("draft", None, Status.DRAFTED),
        Step("redraft", Status.DRAFTED, Status.DRAFTED),
        Step("sign", Status.DRAFTED, Status.SIGNED),
        Step("deliver", Status.SIGNED, Status.PARTLY),
        Step("deliver", Status.PARTLY, Status.PARTLY),
        Step("complete", Status.SIGNED, Status.SENT),
        Step("complete", Status.PARTLY, Status.SENT),
        *[Step("correct", state, state) for state in (Status.SIGNED, Status.PARTLY, Status.SENT)],
    ],
    states=STATUS_LABELS,
    verbs=VERB_LABELS,
)
"""A report to two receivers is sent when both have given their receipt. A correction leaves the signed version as it
is and begins the next one."""

_SAFETY, _LEADER = frozenset({Role.SAFETY}), frozenset({Role.MINE_LEADER})
_HEADS = frozenset({Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
_SEERS = _SAFETY | _LEADER | {Role.POLITICAL_WORK}
MAY: dict[str, frozenset[Role]] = {
    "statutory.see": _SEERS,
    "statutory.see_unit": _SEERS | _HEADS,
    **{f"statutory.{verb}": _SAFETY for verb in ("draft", "redraft", "deliver", "complete", "correct")},
    "statutory.prepare": _SAFETY,
    "statutory.sign": _LEADER,
    "statutory.notice": _SAFETY | _HEADS | {Role.POLITICAL_WORK},
    "statutory.export": _SAFETY,
    "statutory.rules": _SAFETY,
}
POWER_LABELS: dict[str, object] = {
    "statutory.see": _("看全矿的法定报表"),
    "statutory.see_unit": _("看本单位在月报里的一行"),
    "statutory.draft": _("编制法定报表"),
    "statutory.redraft": _("重新编制法定报表"),
    "statutory.deliver": _("登记报表回执"),
    "statutory.complete": _("登记报表最后一份回执"),
    "statutory.correct": _("出报表更正版"),
    "statutory.prepare": _("登记双报告、上级挂牌督办，管理报告模板"),
    "statutory.sign": _("签字法定报表"),
    "statutory.notice": _("打印隐患告知书"),
    "statutory.export": _("导出上报数据、管理字段对照表"),
    "statutory.rules": _("设置报送期限和接收部门"),
}


class Level(StrEnum):
    """Who put a hazard under supervision (挂牌督办)."""

    GROUP = "group"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


LEVEL_LABELS: dict[str, object] = {
    Level.GROUP: _("集团级"),
    Level.COUNTY: _("县级"),
    Level.CITY: _("市级"),
    Level.PROVINCE: _("省级"),
    Level.NATION: _("国家级"),
}


class To(StrEnum):
    """To whom a major hazard is reported (双报告)."""

    REGULATOR = "regulator"
    CONGRESS = "congress"


TO_LABELS: dict[str, object] = {To.REGULATOR: _("监管监察部门"), To.CONGRESS: _("职工代表大会")}


# Periods --------------------------------------------------------------------------------------------------------------

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")


@dataclass(frozen=True, order=True)
class Period:
    """A month or a quarter by the mine's calendar: the days from `first` to `last`."""

    first: date
    kind: Kind = Kind.MONTH

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def next(self) -> "Period":
        """The one after it."""
        return Period(_months_later(self.first, self._months), self.kind)

    @property
    def previous(self) -> "Period":
        """The one before it."""
        return Period(_months_later(self.first, -self._months), self.kind)

    @property
    def _months(self) -> int:
        return 1 if self.kind == Kind.MONTH else 3

    @property
    def code(self) -> str:
        """2026-11, or 2026Q4."""
        if self.kind == Kind.MONTH:
            return f"{self.first:%Y-%m}"
        return f"{self.first.year}Q{self.first.month // 3 + 1}"

    @property
    def label(self) -> str:
        """2026年11月, or 2026年第4季度."""
        if self.kind == Kind.MONTH:
            return gettext("%(y)d年%(m)d月") % {"y": self.first.year, "m": self.first.month}
        return gettext("%(y)d年第%(q)d季度") % {"y": self.first.year, "q": self.first.month // 3 + 1}

    def start(self, zone: tzinfo) -> datetime:
        """The instant at which it begins in the mine."""
        return datetime.combine(self.first, time(), zone)

    def end(self, zone: tzinfo) -> datetime:
        """The instant at which the next one begins."""
        return self.next.start(zone)

    def year_start(self, zone: tzinfo) -> datetime:
        """The instant at which its year begins."""
        return datetime.combine(self.first.replace(month=1), time(), zone)


def _months_later(day: date, months: int) -> date:
    at = day.year * 12 + day.month - 1 + months
    return date(at // 12, at % 12 + 1, 1)


def period_of(kind: Kind, day: date) -> Period:
    """The month or quarter in which a day lies."""
    first = day.replace(day=1)
    return Period(first if kind == Kind.MONTH else first.replace(month=(day.month - 1) // 3 * 3 + 1), kind)


def parse_period(text: str) -> Period | None:
    """2026-11 or 2026Q4; None for anything else."""
    if found := _MONTH.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return Period(date(year, month, 1)) if 1950 <= year <= 2200 else None
    if found := _QUARTER.fullmatch(text):
        year, month = int(found[1]), int(found[2]) * 3 - 2
        return Period(date(year, month, 1), Kind.QUARTER) if 1950 <= year <= 2200 else None
    return None


def due_on(period: Period, *, months_after: int, day: int | None) -> date | None:
    """The last day for sending: the `day` of a month after the period, its last day when it has fewer."""
    if day is None:
        return None
    month = _months_later(period.last.replace(day=1), months_after)
    return min(month + timedelta(days=day - 1), _months_later(month, 1) - timedelta(days=1))


# Figures --------------------------------------------------------------------------------------------------------------


class Cell(StrEnum):
    """A figure of the statistics; every one of them is a list of hazards."""

    GENERAL_CARRIED = "general_carried"
    GENERAL_CARRIED_DONE = "general_carried_done"
    GENERAL_FOUND = "general_found"
    GENERAL_DONE = "general_done"
    GENERAL_LEFT = "general_left"
    MAJOR_CARRIED = "major_carried"
    MAJOR_CARRIED_DONE = "major_carried_done"
    MAJOR_FOUND = "major_found"
    MAJOR_DONE = "major_done"
    MAJOR_LEFT = "major_left"
    PLANNED = "planned"
    FIVE = "five"
    SUPERVISED = "supervised"
    PROVINCE = "province"
    FUNDED = "funded"


CELL_LABELS: dict[str, object] = {
    Cell.GENERAL_CARRIED: _("一般隐患：上期结转"),
    Cell.GENERAL_CARRIED_DONE: _("一般隐患：结转的本期已整改"),
    Cell.GENERAL_FOUND: _("一般隐患：排查"),
    Cell.GENERAL_DONE: _("一般隐患：已整改"),
    Cell.GENERAL_LEFT: _("一般隐患：期末未整改"),
    Cell.MAJOR_CARRIED: _("重大隐患：上期结转"),
    Cell.MAJOR_CARRIED_DONE: _("重大隐患：结转的本期已销号"),
    Cell.MAJOR_FOUND: _("重大隐患：排查"),
    Cell.MAJOR_DONE: _("重大隐患：已整改销号"),
    Cell.MAJOR_LEFT: _("重大隐患：期末未销号"),
    Cell.PLANNED: _("列入治理计划的重大隐患"),
    Cell.FIVE: _("其中达到五到位"),
    Cell.SUPERVISED: _("挂牌督办"),
    Cell.PROVINCE: _("其中省级挂牌督办"),
    Cell.FUNDED: _("落实治理资金的隐患"),
}
CARRIED = (Cell.GENERAL_CARRIED, Cell.MAJOR_CARRIED, Cell.GENERAL_FOUND, Cell.MAJOR_FOUND)
"""What makes a unit count among the units (单位数): it had something on hand."""


@dataclass(frozen=True)
class Facts:
    """What decides into which figures a hazard goes. Instants only; void and merged hazards are none."""

    major: bool
    occurred_at: datetime
    accepted_at: datetime | None = None
    closed_at: datetime | None = None
    dispatched_at: datetime | None = None
    funds: Decimal | None = None
    has_plan: bool = False
    five: bool = False
    supervised_at: datetime | None = None
    orders: tuple[tuple[str, date, date | None], ...] = ()
    """Supervision from above: level, from when, until when."""


def cells_of(one: Facts, *, start: datetime, cut: datetime, year: datetime, zone: tzinfo) -> set[Cell]:
    """Into which figures of [start, cut) a hazard goes: the definition, in words that can be read aloud.

    排查: found (发现时间) in the period. 结转: found before, and not done when the period began. 已整改: for a general
    hazard accepted (验收合格), for a major one struck off (销号), before the period's end. 期末: not done at its end.
    """

    def done(at: datetime) -> bool:
        ended = one.closed_at is not None and one.closed_at < at
        return ended or (not one.major and one.accepted_at is not None and one.accepted_at < at)

    cells: set[Cell] = set()
    if one.dispatched_at and one.funds and one.funds > 0 and year <= one.dispatched_at < cut:
        cells.add(Cell.FUNDED)
    found = start <= one.occurred_at < cut
    carried = one.occurred_at < start and not done(start)
    if not (found or carried):
        return cells
    kind = "major" if one.major else "general"
    cells.add(Cell(f"{kind}_{'found' if found else 'carried'}"))
    if done(cut):
        cells.add(Cell(f"{kind}_{'done' if found else 'carried_done'}"))
    else:
        cells.add(Cell(f"{kind}_left"))
    if one.major and one.has_plan:
        cells |= {Cell.PLANNED, Cell.FIVE} if one.five else {Cell.PLANNED}
    first, last = start.astimezone(zone).date(), (cut - timedelta(microseconds=1)).astimezone(zone).date()
    levels = [level for level, since, until in one.orders if since <= last and (until is None or until >= first)]
    if levels or (one.supervised_at is not None and one.supervised_at < cut):
        cells.add(Cell.SUPERVISED)
    if Level.PROVINCE in levels:
        cells.add(Cell.PROVINCE)
    return cells


def rate(done: int, found: int) -> str:
    """A rate with one decimal, from whole numbers. 0 of 0 is no rate; less than all never reads 100 %, some never 0 %."""
    if not found:
        return "—"
    tenths = (done * 2000 + found) // (found * 2)
    if done < found:
        tenths = min(tenths, 999)
    if done > 0:
        tenths = max(tenths, 1)
    return f"{tenths // 10}.{tenths % 10}%"


def ten_thousands(yuan: Decimal) -> str:
    """万元 with two decimals."""
    return f"{(yuan / 10000).quantize(Decimal('0.01'), ROUND_HALF_UP):f}"


WHOLE = "mine"
"""In place of a unit: the row of the whole mine."""


@dataclass
class Line:
    """A unit's row, or the mine's total."""

    unit_id: str
    name: str
    counts: dict[str, int]
    funds: Decimal = Decimal(0)
    units: int = 0

    @property
    def title(self) -> object:
        """The unit's name; the row of the mine, and that of no unit, are said in the reader's language."""
        return self.name or (_("全矿合计") if self.unit_id == WHOLE else _("还没有落实责任单位"))

    def count(self, cell: str) -> int:
        """One figure."""
        return self.counts.get(cell, 0)

    def get_figure(self, column: str) -> str:
        """A column of the form as it is written."""
        match column:
            case "units":
                return str(self.units)
            case "general_rate":
                return rate(self.count("general_done"), self.count("general_found"))
            case "major_rate":
                return rate(self.count("major_done"), self.count("major_found"))
            case "funds":
                return ten_thousands(self.funds)
        return str(self.count(column))

    @property
    def balanced(self) -> bool:
        """结转 − 结转已整改 + 排查 − 已整改 = 期末未整改, for both kinds."""
        return all(
            self.count(f"{kind}_carried") - self.count(f"{kind}_carried_done") + self.count(f"{kind}_found")
            - self.count(f"{kind}_done") == self.count(f"{kind}_left")
            for kind in ("general", "major")
        )  # fmt: skip

    def frozen(self) -> dict[str, object]:
        """As a snapshot keeps it."""
        return {"counts": {key: n for key, n in sorted(self.counts.items()) if n}, "funds": f"{self.funds:.2f}",
                "units": self.units}  # fmt: skip


def total(lines: Iterable[Line]) -> Line:
    """The mine's row."""
    made = Line(WHOLE, "", {})
    for line in lines:
        for key, n in line.counts.items():
            made.counts[key] = made.counts.get(key, 0) + n
        made.funds += line.funds
        made.units += line.units
    return made


@dataclass(frozen=True)
class FormColumn:
    """A column of the paper form; `cell` is the figure behind it, when it leads to hazards."""

    key: str
    label: object
    cell: str = ""


@dataclass(frozen=True)
class FormGroup:
    """Columns under one merged heading; a group of one has its heading over both rows."""

    label: object
    columns: tuple[FormColumn, ...]


FORM: tuple[FormGroup, ...] = (
    FormGroup(_("单位数"), (FormColumn("units", _("单位数")),)),
    FormGroup(
        _("一般隐患"),
        (
            FormColumn("general_found", pgettext_lazy("报表", "排查"), Cell.GENERAL_FOUND),
            FormColumn("general_done", pgettext_lazy("报表", "已整改"), Cell.GENERAL_DONE),
            FormColumn("general_rate", _("整改率")),
        ),
    ),
    FormGroup(
        _("重大隐患"),
        (
            FormColumn("major_found", pgettext_lazy("报表", "排查"), Cell.MAJOR_FOUND),
            FormColumn("major_done", pgettext_lazy("报表", "已整改销号"), Cell.MAJOR_DONE),
            FormColumn("major_rate", _("整改率")),
        ),
    ),
    FormGroup(
        _("列入治理计划的重大隐患"),
        (
            FormColumn("planned", pgettext_lazy("报表", "合计"), Cell.PLANNED),
            FormColumn("five", pgettext_lazy("报表", "其中五到位"), Cell.FIVE),
        ),
    ),
    FormGroup(
        pgettext_lazy("报表", "挂牌督办"),
        (
            FormColumn("supervised", pgettext_lazy("报表", "合计"), Cell.SUPERVISED),
            FormColumn("province", pgettext_lazy("报表", "其中省级"), Cell.PROVINCE),
        ),
    ),
    FormGroup(_("累计落实治理资金（万元）"), (FormColumn("funds", _("累计落实治理资金（万元）"), Cell.FUNDED),)),
)
"""The twelve columns of the form."""
BESIDE: tuple[FormGroup, ...] = (
    FormGroup(
        _("一般隐患衔接"),
        (
            FormColumn("general_carried", _("上期结转"), Cell.GENERAL_CARRIED),
            FormColumn("general_carried_done", _("结转已整改"), Cell.GENERAL_CARRIED_DONE),
            FormColumn("general_left", _("期末未整改"), Cell.GENERAL_LEFT),
        ),
    ),
    FormGroup(
        _("重大隐患衔接"),
        (
            FormColumn("major_carried", _("上期结转"), Cell.MAJOR_CARRIED),
            FormColumn("major_carried_done", _("结转已销号"), Cell.MAJOR_CARRIED_DONE),
            FormColumn("major_left", _("期末未销号"), Cell.MAJOR_LEFT),
        ),
    ),
)
"""What is shown beside the form so that one month can be reconciled with the next."""


def columns(groups: Sequence[FormGroup]) -> list[FormColumn]:
    """All columns of these groups, left to right."""
    return [column for group in groups for column in group.columns]


def digest(value: Mapping[str, object] | Sequence[object]) -> str:
    """The fingerprint of what was signed: SHA-256 over its canonical JSON, 64 hex digits."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
