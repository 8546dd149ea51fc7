"""每日一题 as rules: how an answer is rated, when an item comes back, whose turn is next, when a day ends. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from fsrs import Card as FsrsCard
from fsrs import Rating, Scheduler, State

from kuangdeng.org.api import Role, ShiftSpan

_EVERYBODY = frozenset(Role)
_LEADERS = frozenset({Role.TEAM_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY})
_OFFICER = frozenset({Role.TRAINING_OFFICER})
MAY: dict[str, frozenset[Role]] = {
    "practice.answer": _EVERYBODY,
    "practice.lead": _LEADERS,
    "practice.see": _LEADERS | _OFFICER | {Role.MINE_LEADER},
    "practice.away": _LEADERS | _OFFICER,
    "practice.settings": _OFFICER,
}
POWER_LABELS: dict[str, object] = {
    "practice.answer": _("做每日一题、看自己的错题本"),
    "practice.lead": _("在班前会上组织每日一题"),
    "practice.see": _("看本单位每日一题的参与和巩固情况"),
    "practice.away": _("登记不在岗，不计每日一题"),
    "practice.settings": _("设置每日一题和工种必会题"),
}


class Way(StrEnum):
    """Where an answer was given."""

    PHONE = "phone"
    OFFLINE = "offline"
    MEETING = "meeting"
    BOOK = "book"


WAY_LABELS: dict[str, object] = {
    Way.PHONE: _("自己作答"),
    Way.OFFLINE: _("离线作答"),
    Way.MEETING: _("班前会"),
    Way.BOOK: _("错题本"),
}


class Reveal(StrEnum):
    """When the right answer is shown."""

    AT_ONCE = "at_once"
    NEXT_DAY = "next_day"


REVEAL_LABELS: dict[str, object] = {Reveal.AT_ONCE: _("答完就公布"), Reveal.NEXT_DAY: _("第二天公布")}


class Why(StrEnum):
    """Why an item is in today's queue."""

    MISTAKE = "mistake"
    MUST = "must"
    REVIEW = "review"
    NEW = "new"


WHY_LABELS: dict[str, object] = {
    Why.MISTAKE: _("错题重做"),
    Why.MUST: _("工种必会"),
    Why.REVIEW: _("到期复习"),
    Why.NEW: _("新题"),
}


@dataclass(frozen=True)
class Terms:
    """每日一题规则 of one day: the mine's own house rule, no law."""

    per_day: int = 2
    opens_at: time = time(0, 0)
    night_until_end: bool = True
    reveal: str = Reveal.AT_ONCE
    slow_after: int = 30
    retention: Decimal = Decimal("0.90")
    clear_after: int = 2
    catch_up_days: int = 7
    catch_up_most: int = 3


DEFAULT_SOURCE = "系统预设，请按本矿制度修改"
MOST_PER_DAY = 3
AHEAD_DAYS = 14
"""So many days of his queue a device takes with it."""
RETAINED_AFTER = 30
"""巩固率: an item that comes back after at least so many days."""
FEW = 30
"""A share of fewer repetitions than this says nothing and is not printed."""

# Rating and spacing ---------------------------------------------------------------------------------------------------


def rate(*, right: bool, seconds: int | None, changed: bool, terms: Terms) -> int:
    """How well it was known: wrong → Again, right but slow or changed → Hard, right → Good.

    Never Easy: with four options every fourth guess is right.
    """
    if not right:
        return int(Rating.Again)
    slow = seconds is not None and seconds > terms.slow_after
    return int(Rating.Hard if slow or changed else Rating.Good)


@dataclass(frozen=True)
class Memory:
    """What is known of one person and one item: how firmly it sits, when it is due, whether it is in his mistake book."""

    stability: float | None = None
    difficulty: float | None = None
    last_at: datetime | None = None
    due_on: date | None = None
    times: int = 0
    wrong: int = 0
    streak: int = 0
    in_book: bool = False


@lru_cache(maxsize=16)
def scheduler(retention: float) -> Scheduler:
    """FSRS with its published parameters, in days only: an item comes back on another day, not in ten minutes."""
    return Scheduler(desired_retention=retention, learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def _card(memory: Memory) -> FsrsCard:
    # Its own card id would make it sleep a millisecond.
    if memory.last_at is None:
        return FsrsCard(card_id=0)
    return FsrsCard(
        card_id=0,
        state=State.Review,
        stability=memory.stability,
        difficulty=memory.difficulty,
        last_review=memory.last_at.astimezone(UTC),
    )


def recall(memory: Memory, at: datetime, terms: Terms) -> float | None:
    """The predicted chance that it is still known at `at`; None for what was never answered."""
    if memory.last_at is None:
        return None
    return float(scheduler(float(terms.retention)).get_card_retrievability(_card(memory), at.astimezone(UTC)))


def review(memory: Memory, rating: int, at: datetime, terms: Terms, zone: tzinfo) -> Memory:
    """The memory after an answer. A wrong one puts it into the mistake book, enough right ones take it out again."""
    card, _log = scheduler(float(terms.retention)).review_card(_card(memory), Rating(rating), at.astimezone(UTC))
    right = rating != Rating.Again
    streak = memory.streak + 1 if right else 0
    return replace(
        memory,
        stability=card.stability,
        difficulty=card.difficulty,
        last_at=at,
        due_on=card.due.astimezone(zone).date(),
        times=memory.times + 1,
        wrong=memory.wrong + (not right),
        streak=streak,
        in_book=(memory.in_book and streak < terms.clear_after) if right else True,
    )


def missed_in_exam(memory: Memory, at: datetime, zone: tzinfo) -> Memory:
    """The memory after a mistake in an exam: it is in the book and due the same day, its spacing untouched."""
    return replace(memory, wrong=memory.wrong + 1, streak=0, in_book=True, due_on=at.astimezone(zone).date())


@dataclass(frozen=True)
class Event:
    """One thing that happened to a memory: an answer with its rating, or a mistake in an exam (no rating)."""

    at: datetime
    rating: int | None


def replay(events: Iterable[Event], terms: Terms, zone: tzinfo) -> Memory:
    """The memory that these events leave, in the order in which they happened: an answer may arrive days late."""
    memory = Memory()
    for one in sorted(events, key=lambda event: event.at):
        memory = (
            missed_in_exam(memory, one.at, zone)
            if one.rating is None
            else review(memory, one.rating, one.at, terms, zone)
        )
    return memory


# The day --------------------------------------------------------------------------------------------------------------


def day_of(at: datetime, span: ShiftSpan | None, zone: tzinfo, terms: Terms) -> date:
    """To which day an answer belongs: the calendar day, or the day of a night shift that still runs after midnight."""
    day = at.astimezone(zone).date()
    return span.day if terms.night_until_end and span is not None and span.day < day else day


def opens(day: date, zone: tzinfo, terms: Terms) -> datetime:
    """When the items of a day are there."""
    return datetime.combine(day, terms.opens_at, zone)


def closes(day: date, over_midnight: ShiftSpan | None, zone: tzinfo, terms: Terms) -> datetime:
    """When a day ends: at 24:00, or with the shift of that day that runs over midnight."""
    midnight = datetime.combine(day + timedelta(days=1), time(0), zone)
    if terms.night_until_end and over_midnight is not None and over_midnight.day == day:
        return max(midnight, over_midnight.end)
    return midnight


# The queue ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """One card, as the queue needs it."""

    item_id: UUID
    due_on: date
    in_book: bool


@dataclass(frozen=True)
class Pool:
    """What may be asked of one trade: must-knows, the rest, and which of both are true/false."""

    must: tuple[UUID, ...] = ()
    rest: tuple[UUID, ...] = ()
    coin: frozenset[UUID] = frozenset()
    must_set: frozenset[UUID] = field(default_factory=frozenset)
    every: frozenset[UUID] = field(default_factory=frozenset)

    @classmethod
    def of(cls, must: Iterable[UUID], rest: Iterable[UUID], coin: Iterable[UUID] = ()) -> "Pool":
        """In an order that is the same every time."""
        first = tuple(sorted(set(must)))
        known = frozenset(first)
        others = tuple(sorted(set(rest) - known))
        return cls(first, others, frozenset(coin), known, known | frozenset(others))

    @property
    def size(self) -> int:
        """How many items there are."""
        return len(self.every)


@dataclass(frozen=True)
class Pick:
    """One item of a queue and why it is there."""

    item_id: UUID
    why: str


WINDOW = 12
"""Of so many unseen items side by side the luckiest is taken; true/false have half the weight, a coin knows them too."""


def _luck(seed: str, item_id: UUID, coin: bool) -> float:
    number = int.from_bytes(sha256(f"{seed}\x1e{item_id.hex}".encode()).digest()[:6], "big") / (1 << 48)
    return number**2 if coin else number


def unseen(ids: Sequence[UUID], seen: Collection[UUID], coin: Collection[UUID], count: int, seed: str) -> list[UUID]:
    """`count` items that the person has not met, in his own order; the same seed picks the same."""
    if not ids or count <= 0:
        return []
    start = int.from_bytes(sha256(seed.encode()).digest()[:6], "big") % len(ids)
    found: list[UUID] = []
    for step in range(len(ids)):
        one = ids[(start + step) % len(ids)]
        if one not in seen:
            found.append(one)
            if len(found) >= max(WINDOW, count):
                break
    return sorted(found, key=lambda one: (-_luck(seed, one, one in coin), one))[:count]


def queue(cards: Sequence[Met], pool: Pool, *, day: date, count: int, seed: str) -> list[Pick]:
    """What one person is asked on a day: due mistakes, then the must-knows of his trade, then the rest; in each of
    them what is due before what is new."""
    due = sorted((one for one in cards if one.due_on <= day and one.item_id in pool.every), key=_due_first)
    seen = {one.item_id for one in cards}
    mistakes = [Pick(one.item_id, Why.MISTAKE) for one in due if one.in_book]
    known = [one.item_id for one in due if not one.in_book]
    picks = [*mistakes, *(Pick(one, Why.MUST) for one in known if one in pool.must_set)]
    if len(picks) < count:
        wanted = unseen(pool.must, seen, pool.coin, count - len(picks), seed)
        picks += [Pick(one, Why.MUST) for one in wanted]
    picks += [Pick(one, Why.REVIEW) for one in known if one not in pool.must_set]
    if len(picks) < count:
        wanted = unseen(pool.rest, seen, pool.coin, count - len(picks), seed)
        picks += [Pick(one, Why.NEW) for one in wanted]
    return picks[:count]


def _due_first(one: Met) -> tuple[date, UUID]:
    return one.due_on, one.item_id


def ahead(cards: Sequence[Met], pool: Pool, *, day: date, days: int, per_day: int, seed: str) -> list[list[Pick]]:
    """The queues of the next days, for a device without a network: nothing comes twice, later answers change it."""
    rest = list(cards)
    found = []
    for number in range(days):
        that = day + timedelta(days=number)
        picks = queue(rest, pool, day=that, count=per_day, seed=f"{seed}\x1e{that}")
        gone = {one.item_id for one in picks}
        never = day + timedelta(days=days + 1)
        rest = [one for one in rest if one.item_id not in gone] + [Met(one, never, False) for one in gone]
        found.append(picks)
    return found


# Figures --------------------------------------------------------------------------------------------------------------


def share(part: int, whole: int) -> float | None:
    """A share in percent; None of nothing."""
    return 100 * part / whole if whole else None


def retained(right: int, n: int) -> float | None:
    """巩固率 in percent; None when there were too few repetitions to say anything."""
    return share(right, n) if n >= FEW else None
