"""Today's queue of one person: a handful of statements, nothing written.

What may be asked of a trade is the same for everybody of it, so it is kept in this process for half a minute; an item
that was retired meanwhile is left out when its content is fetched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from time import monotonic
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.items.api import Item, ItemType, ItemVersion, Kind, pool, sortings
from kuangdeng.learning.practice import rules, tickets
from kuangdeng.learning.practice.models import Away, MustKnow, PracticeAnswer, PracticeCard
from kuangdeng.learning.practice.queries.settings import held_rule
from kuangdeng.learning.practice.rules import Met, Pick, Pool, Terms
from kuangdeng.org.api import Person, shift_name_at

KEPT = 30.0
ASKED_TYPES = tuple(one for one in ItemType if one != ItemType.SHORT_ANSWER)
"""A short answer needs a person to mark it."""
_kept: dict[tuple[UUID, str, date], tuple[float, Terms, Pool]] = {}


def forget_pools() -> None:
    """Drop what is kept, after a change in this process and between tests."""
    _kept.clear()


def zone_of(person: Person) -> tzinfo:
    """The wall clock of his mine."""
    return ZoneInfo(person.mine.timezone)


def _known(person: Person) -> tuple[Terms, Pool]:
    key = (person.mine_id, person.trade, clock.today())
    kept = _kept.get(key)
    if kept is None or monotonic() - kept[0] > KEPT:
        if len(_kept) > 500:
            _kept.clear()
        rule = held_rule(person.mine_id)
        banks = [one.id for one in rule.banks.all()] if rule else []
        kept = _kept[key] = (
            monotonic(), rule.terms if rule else Terms(), _read_pool(person.mine_id, person.trade, banks)
        )  # fmt: skip
    return kept[1], kept[2]


def _read_pool(mine_id: UUID, trade: str, banks: Sequence[UUID]) -> Pool:
    """Items in use of the banks for practice; what is sorted under other trades only is not for this one."""
    rows = list(pool(mine_id, banks=banks, types=ASKED_TYPES).order_by().values_list("id", "type"))
    every = {item_id for item_id, _type in rows}
    by_category, trades = sortings(mine_id, Kind.TRADE)
    own = {item_id for item_id, names in trades.items() if trade not in names}
    must: set[UUID] = set()
    wanted = MustKnow.objects.filter(mine_id=mine_id, ended_at=None, trade__in=["", trade])
    for category_id, item_id in wanted.values_list("category_id", "item_id"):
        must |= by_category.get(category_id, set()) if category_id else {item_id}
    coin = {item_id for item_id, kind in rows if kind == ItemType.TRUE_FALSE}
    return Pool.of(must & every, every - own, coin)


def terms_of(person: Person) -> Terms:
    """The rule of today."""
    return _known(person)[0]


def pool_of(person: Person) -> Pool:
    """What may be asked of this person's trade."""
    return _known(person)[1]


def day_now(person: Person, at: datetime | None = None) -> date:
    """To which day an answer given at `at` (now) belongs."""
    when = at or clock.now()
    return rules.day_of(when, shift_name_at(person.mine, person.unit, when), zone_of(person), terms_of(person))


def is_open(person: Person, day: date) -> bool:
    """Whether the items of the day are there already."""
    return clock.now() >= rules.opens(day, zone_of(person), terms_of(person))


@dataclass(frozen=True)
class Turn:
    """One item put before one person: its version, why, and the ticket with which he answers."""

    version: ItemVersion
    item: Item
    why: str
    day: date
    ticket: str

    @property
    def why_label(self) -> object:
        """Why it is there, in words."""
        return rules.WHY_LABELS[self.why]

    @property
    def seed(self) -> str:
        """By which its options are mixed: otherwise every time it comes back."""
        return tickets.seed_for(self.version.id, self.day)


@dataclass(frozen=True)
class Today:
    """A person's day: what he answered, what is still to be answered."""

    day: date
    terms: Terms
    answered: list[PracticeAnswer]
    turns: list[Turn]
    opens_at: datetime | None = None
    """When it opens, while it has not."""

    @property
    def done(self) -> bool:
        """Whether there is nothing more to answer for this day."""
        return not self.turns and self.opens_at is None


def _cards(person: Person) -> list[Met]:
    rows = PracticeCard.objects.filter(person=person).values_list("item_id", "due_on", "in_book")
    return [Met(*row) for row in rows]


def turns_of(person: Person, picks: Sequence[tuple[date, Pick]], most: int | None = None) -> list[Turn]:
    """The picks with their content, each with its ticket; what is not in use any more is left out."""
    ids = [pick.item_id for _day, pick in picks]
    items = {one.id: one for one in Item.objects.filter(id__in=ids, current__isnull=False).select_related("current")}
    found: list[Turn] = []
    for day, pick in picks:
        item = items.get(pick.item_id)
        if item is not None and item.current is not None and (most is None or len(found) < most):
            ticket = tickets.issue(person.id, item.current.id, day, pick.why)
            found.append(Turn(item.current, item, pick.why, day, ticket))
    return found


def answered_on(person: Person, day: date) -> list[PracticeAnswer]:
    """What he answered for a day, the oldest first."""
    rows = PracticeAnswer.objects.filter(person=person, for_day=day).select_related("item", "version")
    return list(rows.order_by("occurred_at", "id"))


def last_answers(person: Person, before: date) -> list[PracticeAnswer]:
    """What he answered on the last day before this one on which he did."""
    rows = PracticeAnswer.objects.filter(person=person, day__lt=before, day__gte=before - timedelta(days=60))
    day = rows.order_by("-day").values_list("day", flat=True).first()
    if day is None:
        return []
    return list(rows.filter(day=day).select_related("item", "version").order_by("occurred_at", "id"))


def due_of(person: Person, item_id: UUID) -> date | None:
    """When an item comes back to this person."""
    rows = PracticeCard.objects.filter(person=person, item_id=item_id)
    return next(iter(rows.values_list("due_on", flat=True)[:1]), None)


SPARE = 3
"""So many more are picked than are needed, in case one has been retired this minute."""


def today_of(person: Person, *, day: date | None = None) -> Today:
    """Today's queue, or that of a missed day: due mistakes, must-knows, due reviews, new ones."""
    now_day = day_now(person)
    day = day or now_day
    terms = terms_of(person)
    if day == now_day and not is_open(person, day):
        return Today(day, terms, [], [], rules.opens(day, zone_of(person), terms))
    answered = answered_on(person, day)
    own = [one for one in answered if one.way != rules.Way.BOOK]
    left = (terms.per_day if day == now_day else min(terms.per_day, terms.catch_up_most)) - len(own)
    if left <= 0:
        return Today(day, terms, answered, [])
    picks = _picks(person, now_day, left + SPARE, seed=f"{person.id.hex}\x1e{day}")
    return Today(day, terms, answered, turns_of(person, [(day, pick) for pick in picks], left))


def _picks(person: Person, day: date, count: int, seed: str) -> list[Pick]:
    """What is his turn now; what he answered today does not come a second time."""
    cards = _cards(person)
    done = PracticeAnswer.objects.filter(person=person, day=day).values_list("item_id", flat=True)
    gone = set(done)
    never = day + timedelta(days=1)
    rest = [Met(one.item_id, never, False) if one.item_id in gone else one for one in cards]
    return rules.queue(rest, pool_of(person), day=day, count=count, seed=seed)


def book_turns(person: Person, most: int) -> list[Turn]:
    """Items of his mistake book to go through now, the most often wrong first; not those answered today."""
    day = day_now(person)
    done = PracticeAnswer.objects.filter(person=person, day=day).values("item_id")
    rows = PracticeCard.objects.filter(person=person, in_book=True).exclude(item_id__in=done)
    ids = list(rows.order_by("-wrong", "due_on", "id").values_list("item_id", flat=True)[: most + SPARE])
    return turns_of(person, [(day, Pick(one, rules.Why.MISTAKE)) for one in ids], most)


def ahead_of(person: Person, days: int = rules.AHEAD_DAYS) -> list[tuple[date, list[Turn]]]:
    """The queues of today and the days after it, for a device that goes where there is no network."""
    first, terms = day_now(person), terms_of(person)
    now_left = max(0, terms.per_day - len([one for one in answered_on(person, first) if one.way != rules.Way.BOOK]))
    done = set(PracticeAnswer.objects.filter(person=person, day=first).values_list("item_id", flat=True))
    cards = [
        Met(one.item_id, first + timedelta(days=1), False) if one.item_id in done and one.due_on <= first else one
        for one in _cards(person)
    ]
    planned = rules.ahead(
        cards, pool_of(person), day=first, days=days, per_day=terms.per_day, seed=f"{person.id.hex}"
    )  # fmt: skip
    planned[0] = planned[0][:now_left]
    dated = [(first + timedelta(days=number), pick) for number, picks in enumerate(planned) for pick in picks]
    turns = turns_of(person, dated)
    return [
        (first + timedelta(days=number), [one for one in turns if one.day == first + timedelta(days=number)])
        for number in range(days)
    ]


def missed_days(person: Person) -> list[date]:
    """The days that may be caught up: not answered, not away. Nobody is punished for them; the oldest first."""
    terms, today = terms_of(person), day_now(person)
    first = today - timedelta(days=terms.catch_up_days)
    begun = PracticeAnswer.objects.filter(person=person).order_by("for_day").values_list("for_day", flat=True)[:1]
    started = next(iter(begun), None)
    if started is None:
        return []
    done = set(
        PracticeAnswer.objects.filter(person=person, for_day__gte=first, for_day__lt=today).values_list(
            "for_day", flat=True
        )
    )
    days = [first + timedelta(days=number) for number in range((today - first).days)]
    away = _away_days(person, first, today)
    return [one for one in days if one >= started and one not in done and one not in away]


def may_catch_up(person: Person, day: date) -> bool:
    """Whether this day may be caught up: it was missed, or he is at it today."""
    begun = PracticeAnswer.objects.filter(person=person, for_day=day, day=day_now(person)).exclude(for_day=F("day"))
    return day in missed_days(person) or begun.exists()


def _away_days(person: Person, first: date, last: date) -> set[date]:
    rows = Away.objects.filter(person=person, cancelled_at=None, last_day__gte=first, first_day__lte=last)
    return {
        one.first_day + timedelta(days=number)
        for one in rows
        for number in range(min((one.last_day - one.first_day).days, 400) + 1)
    }


def get_answer(answer_id: UUID, *, by: Person) -> PracticeAnswer:
    """One answer of one's own. NotVisible for anybody else's."""
    rows = PracticeAnswer.objects.select_related("item", "version")
    found = one_of(rows.filter(id=answer_id, person=by))
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True)
class Waiting:
    """That today's items wait for a person."""

    left: int
    day: date
    closes_at: datetime


def waiting_for(person: Person) -> Waiting | None:
    """How many of today's items this person has not answered; None when there is nothing to answer."""
    terms, items = _known(person)
    if not items.size:
        return None
    day = day_now(person)
    if not is_open(person, day):
        return None
    done = PracticeAnswer.objects.filter(person=person, for_day=day).exclude(way=rules.Way.BOOK).count()
    if done >= min(terms.per_day, items.size):
        return None
    return Waiting(min(terms.per_day, items.size) - done, day, closes_at(person, day))


def closes_at(person: Person, day: date) -> datetime:
    """When the items of the day are over for this person."""
    zone = zone_of(person)
    midnight = rules.closes(day, None, zone, terms_of(person))
    return rules.closes(day, shift_name_at(person.mine, person.unit, midnight), zone, terms_of(person))
