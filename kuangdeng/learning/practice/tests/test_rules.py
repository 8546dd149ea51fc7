"""Rating, spacing, the day, the queue. The published vectors of FSRS are reproduced by the pinned library."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Rating, Scheduler, State

from kuangdeng.learning.practice import rules
from kuangdeng.learning.practice.rules import Event, Memory, Met, Pool, Terms, Why
from kuangdeng.org.api import ShiftSpan

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TERMS = Terms()


def name(number: int) -> UUID:
    return uuid5(UUID(int=0), str(number))


def test_intervals_of_the_published_example() -> None:
    """The first test vector of py-fsrs: G×6, A, A, G×5 at the due moments."""
    scheduler, card, at = Scheduler(enable_fuzzing=False), Card(card_id=0), datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
    found = []
    for rating in [Rating.Good] * 6 + [Rating.Again] * 2 + [Rating.Good] * 5:
        card, _log = scheduler.review_card(card, rating, at)
        assert card.last_review is not None
        found.append((card.due - card.last_review).days)
        at = card.due
    assert found == [0, 2, 11, 46, 163, 498, 0, 0, 2, 4, 7, 12, 21]


def test_memory_of_the_published_example() -> None:
    """The second one: stability and difficulty after A, G×5 at 0, 0, 1, 3, 8, 21 days."""
    scheduler, card, at = Scheduler(), Card(card_id=0), datetime(2022, 11, 29, 12, 30, tzinfo=UTC)
    for rating, wait in zip([Rating.Again, *[Rating.Good] * 5], [0, 0, 1, 3, 8, 21], strict=True):
        at += timedelta(days=wait)
        card, _log = scheduler.review_card(card, rating, at)
    assert card.stability == pytest.approx(53.62691, abs=1e-4)
    assert card.difficulty == pytest.approx(6.3574867, abs=1e-4)
    assert card.state == State.Review


@pytest.mark.parametrize(
    ("right", "seconds", "changed", "rating"),
    [
        (False, 5, False, Rating.Again), (False, None, True, Rating.Again), (True, 5, False, Rating.Good),
        (True, 30, False, Rating.Good), (True, 31, False, Rating.Hard), (True, 5, True, Rating.Hard),
        (True, None, False, Rating.Good),
    ],
)  # fmt: skip
def test_the_house_rule_of_rating(right: bool, seconds: int | None, changed: bool, rating: Rating) -> None:
    assert rules.rate(right=right, seconds=seconds, changed=changed, terms=TERMS) == rating


def after(*ratings: int) -> list[Memory]:
    """The memories after answers given each on the day when they were due."""
    memory, at, found = Memory(), AT, []
    for rating in ratings:
        memory = rules.review(memory, rating, at, TERMS, ZONE)
        found.append(memory)
        assert memory.due_on is not None
        at = AT + timedelta(days=(memory.due_on - DAY).days)
    return found


def test_what_is_known_comes_back_later_and_later_and_what_is_not_tomorrow() -> None:
    good = after(3, 3, 3, 3)
    gaps = [(b.due_on - a.due_on).days for a, b in pairwise(good) if a.due_on and b.due_on]
    assert good[0].due_on == DAY + timedelta(days=2)
    assert gaps == sorted(gaps) and gaps[-1] > 30
    assert after(1)[0].due_on == DAY + timedelta(days=1)
    slow, known = after(2)[0].due_on, after(3)[0].due_on
    assert slow is not None and known is not None and slow < known


def test_a_mistake_stays_in_the_book_until_it_was_right_twice() -> None:
    found = after(1, 3, 3)
    assert [(one.in_book, one.wrong, one.streak) for one in found] == [(True, 1, 0), (True, 1, 1), (False, 1, 2)]
    assert [one.in_book for one in after(3, 3)] == [False, False]


def test_answers_that_arrive_in_another_order_leave_the_same_memory() -> None:
    events = [Event(AT, 1), Event(AT + timedelta(days=1), 3), Event(AT + timedelta(days=4), None),
              Event(AT + timedelta(days=9), 2)]  # fmt: skip
    kept = rules.replay(events, TERMS, ZONE)
    assert rules.replay(reversed(events), TERMS, ZONE) == kept
    assert kept.in_book and kept.wrong == 2 and kept.times == 3


def test_a_mistake_of_an_exam_is_due_at_once_and_spaces_nothing() -> None:
    memory = after(3, 3, 3)[-1]
    missed = rules.missed_in_exam(memory, AT, ZONE)
    assert (missed.due_on, missed.in_book, missed.stability) == (DAY, True, memory.stability)
    fresh = rules.missed_in_exam(Memory(), AT, ZONE)
    assert rules.recall(fresh, AT, TERMS) is None
    assert rules.review(fresh, 3, AT, TERMS, ZONE).in_book


def test_recall_falls_with_time() -> None:
    memory = after(3)[0]
    values = [rules.recall(memory, AT + timedelta(days=days), TERMS) or 0 for days in (0, 2, 10, 60)]
    assert values[0] == 1 and values == sorted(values, reverse=True) and values[1] == pytest.approx(0.9, abs=0.03)


def span(day: date, start: int, hours: int, label: str = "夜班") -> ShiftSpan:
    begin = datetime(day.year, day.month, day.day, start, tzinfo=ZONE)
    return ShiftSpan(label, day, begin, begin + timedelta(hours=hours))


def test_the_day_ends_at_midnight_or_with_the_night_shift() -> None:
    night = span(DAY, 22, 8)
    at = datetime(2026, 11, 23, 3, 0, tzinfo=ZONE)
    assert rules.day_of(at, night, ZONE, TERMS) == DAY
    assert rules.day_of(at, night, ZONE, Terms(night_until_end=False)) == DAY + timedelta(days=1)
    assert rules.day_of(at, span(DAY + timedelta(days=1), 0, 8), ZONE, TERMS) == DAY + timedelta(days=1)
    assert rules.day_of(at, None, ZONE, TERMS) == DAY + timedelta(days=1)
    assert rules.closes(DAY, night, ZONE, TERMS) == night.end
    assert rules.closes(DAY, None, ZONE, TERMS) == datetime(2026, 11, 23, 0, 0, tzinfo=ZONE)
    assert rules.closes(DAY, span(DAY + timedelta(days=1), 0, 8), ZONE, TERMS).hour == 0


POOL = Pool.of(must=map(name, range(5)), rest=map(name, range(5, 60)))


def picks(cards: list[Met], count: int, pool: Pool = POOL) -> list[tuple[UUID, str]]:
    return [(one.item_id, one.why) for one in rules.queue(cards, pool, day=DAY, count=count, seed="s")]


def test_due_mistakes_first_then_must_knows_then_the_rest() -> None:
    late = DAY - timedelta(days=3)
    cards = [Met(name(50), late, False), Met(name(51), DAY, True), Met(name(1), DAY, False), Met(name(52), late, True)]
    found = picks(cards, 9)
    assert found[:3] == [(name(52), Why.MISTAKE), (name(51), Why.MISTAKE), (name(1), Why.MUST)]
    assert {one for one, why in found[3:7]} == {name(0), name(2), name(3), name(4)}
    assert found[7] == (name(50), Why.REVIEW) and found[8][1] == Why.NEW


def test_what_is_not_due_or_not_asked_any_more_does_not_come() -> None:
    tomorrow = DAY + timedelta(days=1)
    gone = name(900)
    cards = [Met(gone, DAY, True), *(Met(name(number), tomorrow, True) for number in range(60))]
    assert picks(cards, 3) == []


def test_two_people_get_other_items_and_the_same_person_the_same() -> None:
    def of(seed: str) -> list[UUID]:
        return [one.item_id for one in rules.queue([], Pool.of([], map(name, range(400))), day=DAY, count=3, seed=seed)]

    assert of("王") == of("王")
    assert len({tuple(of(str(number))) for number in range(30)}) > 25


def test_true_false_are_taken_less_often_than_they_are_there() -> None:
    ids = [name(number) for number in range(300)]
    coin = frozenset(ids[::2])
    seen = [one for number in range(200) for one in rules.unseen(ids, set(), coin, 2, str(number))]
    assert 0.2 < sum(one in coin for one in seen) / len(seen) < 0.42


def test_fourteen_days_ahead_never_ask_the_same_twice() -> None:
    cards = [Met(name(7), DAY + timedelta(days=3), True)]
    days = rules.ahead(cards, POOL, day=DAY, days=14, per_day=2, seed="s")
    every = [one.item_id for day in days for one in day]
    assert len(every) == len(set(every)) == 28
    assert days[3][0].item_id == name(7) and days[3][0].why == Why.MISTAKE


def test_a_small_pool_runs_out_without_a_fuss() -> None:
    assert [len(one) for one in rules.ahead([], Pool.of([], [name(1)]), day=DAY, days=3, per_day=2, seed="s")] == [
        1,
        0,
        0,
    ]
    assert rules.queue([], Pool(), day=DAY, count=3, seed="s") == []


def test_retention_says_nothing_of_few() -> None:
    assert rules.retained(29, 29) is None
    assert rules.retained(27, 30) == 90.0
    assert rules.share(0, 0) is None
