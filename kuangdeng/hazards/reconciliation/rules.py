"""The daily reconciliation as tables: what can be wrong, who is told, who sees the account; how it is reckoned. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from kuangdeng.org.api import Role

DAYS = 8
"""So many bulletins are reckoned again each time."""
MOST = 200
"""So many hazards are named at most by one pass; as long as so many are wrong, the first ones lead to the cause."""
EVERY = timedelta(hours=1)


class Kind(StrEnum):
    """What is found wrong."""

    LOST = "lost"
    UNBORN = "unborn"
    STATE = "state"
    UNLISTED = "unlisted"
    UNFOUNDED = "unfounded"
    IMPORT = "import"
    FIGURE = "figure"
    GAP = "gap"


KIND_LABELS: dict[str, object] = {
    Kind.LOST: _("台账上有，隐患表里没有了"),
    Kind.UNBORN: _("隐患表里有，台账上没有来历"),
    Kind.STATE: _("状态和台账不一致"),
    Kind.UNLISTED: _("台账上有，公布里漏了"),
    Kind.UNFOUNDED: _("公布里有，台账上没有"),
    Kind.IMPORT: _("导入的旧台账没有计入公布"),
    Kind.FIGURE: _("公布的数字和台账不一致"),
    Kind.GAP: _("公布自己的账不平"),
}
FIGURES: dict[str, object] = {
    "carried": _("上期未办结"),
    "came": _("新来"),
    "closed": _("销号"),
    "merged": _("合并"),
    "voided": _("作废"),
    "still_open": _("现在未办结"),
}
"""The figures of the account, in the order in which it is read."""
ENDS = ("closed", "merged", "voided")

_SAFETY = frozenset({Role.SAFETY})
MAY: dict[str, frozenset[Role]] = {
    "reconciliation.see": _SAFETY | {Role.MINE_LEADER, Role.GROUP_OFFICE, Role.ADMINISTRATOR},
    "reconciliation.explain": _SAFETY | {Role.ADMINISTRATOR},
}
POWER_LABELS: dict[str, object] = {
    "reconciliation.see": _("看每日对账"),
    "reconciliation.explain": _("说明对账差异"),
}


@dataclass(frozen=True)
class Found:
    """One thing that is wrong. `said` are the words that the sentence is made of."""

    kind: Kind
    label: str
    subject_id: UUID | None = None
    bulletin_id: UUID | None = None
    said: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same finding has the same key, however often it is found."""
        parts = (self.kind, self.subject_id, self.bulletin_id, self.said.get("figure"))
        return ":".join(str(one) for one in parts if one)


@dataclass
class Day:
    """One bulletin: its figures, and which hazards it lists as come and as ended how."""

    id: UUID
    title: str
    since: datetime
    until: datetime
    figures: Mapping[str, int]
    imported: int
    first: bool = False
    came: set[UUID] = field(default_factory=set)
    ended: dict[UUID, str] = field(default_factory=dict)


@dataclass
class Told:
    """What the ledger tells of these days: when each hazard came, when and how it ended, what imports brought.

    `late_imports` is what was imported since the last bulletin; `ended_at_once` are hazards that came in ended, from an
    old ledger; `open_now` is how many have come and not ended.
    """

    came: Mapping[UUID, datetime]
    ended: Mapping[UUID, tuple[datetime, str]]
    imports: Sequence[tuple[datetime, int]]
    ended_at_once: set[UUID]
    never_in: set[UUID]
    open_now: int


@dataclass
class Account:
    """The account of one day by the ledger."""

    day: Day
    came: int
    imported: int
    ended: Counter[str]
    still_open: int = 0


def place_of(at: datetime, days: Sequence[Day], waits: timedelta) -> int | None:
    """In which of the days something that none of them lists belongs by its time.

    `len(days)` when the next bulletin may still take it: it came, or was committed, a moment after the last one's hour.
    None for what lies on the edge of the first day: the one before may have it.
    """
    if at >= days[-1].until - waits:
        return len(days)
    if at < days[0].since + timedelta(minutes=1):
        return None
    return next((number for number, day in enumerate(days) if day.since <= at < day.until), None)


def accounts(days: Sequence[Day], told: Told, waits: timedelta) -> tuple[list[Account], list[Found]]:
    """The account of each day by the ledger, and what is not listed where it belongs or listed without reason.

    A day lists a hazard as come and as ended; the ledger must know of both. Going back from what is open now, each
    day's end is what was open then.
    """
    found: list[Found] = []
    rows = [Account(day, 0, 0, Counter()) for day in days] + [Account(days[-1], 0, 0, Counter())]
    listed_new = {one: number for number, day in enumerate(days) for one in day.came}
    listed_end = {one: number for number, day in enumerate(days) for one in day.ended}
    for one, at in told.came.items():
        number = listed_new.get(one, place_of(at, days, waits))
        if number is None:
            continue
        rows[number].came += 1
        if one not in listed_new and number < len(days):
            found.append(Found(Kind.UNLISTED, "", one, days[number].id, {"figure": "came"}))
    for one, (at, how) in told.ended.items():
        if one in told.never_in:
            continue
        number = listed_end.get(one, place_of(at, days, waits))
        if number is None:
            continue
        rows[number].ended[how] += 1
        if one not in listed_end and number < len(days):
            found.append(Found(Kind.UNLISTED, "", one, days[number].id, {"figure": how}))
    for number, day in enumerate(days):
        for one in day.came - told.came.keys():
            found.append(Found(Kind.UNFOUNDED, "", one, day.id, {"figure": "came"}))
        for one, how in day.ended.items():
            if one in told.ended_at_once:
                rows[number].ended[how] += 1
                rows[number].imported += 1
            elif one not in told.ended or told.ended[one][1] != how:
                found.append(Found(Kind.UNFOUNDED, "", one, day.id, {"figure": how}))
    for at, brought in told.imports:
        number = next((n for n, day in enumerate(days) if day.since <= at < day.until), len(days))
        rows[number].imported += brought
    standing = told.open_now
    for row in reversed(rows):
        row.still_open = standing
        standing += row.ended.total() - row.came - row.imported
    return rows[:-1], found


def compared(rows: Sequence[Account]) -> Iterator[Found]:
    """Where the figures of a bulletin are not those of the ledger.

    What is open is told once, on the day on which the difference begins: a hazard that is missing is missing on every
    day after. The first day is what the others are measured by, unless it is the mine's first bulletin.
    """
    before: Account | None = None
    for row in rows:
        figures = row.day.figures
        ours = {"came": row.came + row.imported, **{how: row.ended[how] for how in ENDS}}
        for name, value in ours.items():
            if figures[name] != value:
                yield _figure(row, name, value)
        off = figures["still_open"] - row.still_open
        was = 0 if before is None and row.day.first else off if before is None else _off(before)
        if off != was:
            yield _figure(row, "still_open", row.still_open)
        if row.day.imported != row.imported:
            said = {"published": row.day.imported, "ledger": row.imported}
            yield Found(Kind.IMPORT, row.day.title, None, row.day.id, said)
        gap = figures["carried"] + figures["came"] - sum(figures[how] for how in ENDS) - figures["still_open"]
        if gap:
            yield Found(Kind.GAP, row.day.title, None, row.day.id, {"gap": gap})
        before = row


def _off(row: Account) -> int:
    return row.day.figures["still_open"] - row.still_open


def _figure(row: Account, name: str, value: int) -> Found:
    said = {"figure": name, "published": row.day.figures[name], "ledger": value}
    return Found(Kind.FIGURE, row.day.title, None, row.day.id, said)
