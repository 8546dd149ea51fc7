"""The verbs of the daily item: answered once, taken late, rated by the house rule, counted honestly."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.items.services import retire, save_category
from kuangdeng.learning.items.services.authoring import classify
from kuangdeng.learning.items.testkit import SHORT, TRUE_FALSE, items_in_use
from kuangdeng.learning.practice import queries, services, taking
from kuangdeng.learning.practice.intake import MistakeFound
from kuangdeng.learning.practice.models import ExamMistake, PracticeAnswer, PracticeCard, PracticeMeeting
from kuangdeng.learning.practice.rules import Reveal, Terms, Way, Why
from kuangdeng.learning.practice.services import AnswerData, MeetingData
from kuangdeng.learning.practice.taking import take_in_new
from kuangdeng.learning.practice.testkit import away, give, held, must_know, singles, turn_of
from kuangdeng.ledger.api import Entry
from kuangdeng.org.api import Person
from kuangdeng.org.models import Shift
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 11, 20, 9, 0, tzinfo=ZONE)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.set_to(MORNING):
        yield


def days_later(days: float) -> object:
    queries.forget_pools()
    return clock.set_to(MORNING + timedelta(days=days))


def test_two_items_a_day_and_then_it_is_done(cast: Cast) -> None:
    singles(cast)
    today = queries.today_of(cast.miner)
    assert [one.why for one in today.turns] == [Why.NEW, Why.NEW] and not today.done
    give(cast.miner, today.turns[0])
    give(cast.miner, today.turns[1])
    after = queries.today_of(cast.miner)
    assert after.done and len(after.answered) == 2
    assert queries.waiting_for(cast.miner) is None


def test_opening_the_queue_writes_nothing_and_asks_the_same_again(cast: Cast) -> None:
    singles(cast)
    first = [one.item.id for one in queries.today_of(cast.miner).turns]
    assert first == [one.item.id for one in queries.today_of(cast.miner).turns]
    assert not PracticeCard.objects.exists()


def test_a_double_tap_and_a_retry_are_one_answer(cast: Cast) -> None:
    singles(cast)
    turn, key = turn_of(cast.miner), uuid7()
    assert give(cast.miner, turn, id=key).outcome == "new"
    assert give(cast.miner, turn, id=key).outcome == "same"
    other = give(cast.miner, turn, right=False)
    assert other.outcome == "same" and other.answer.right
    assert PracticeAnswer.objects.count() == Entry.objects.filter(verb="practice.answer").count() == 1
    assert PracticeCard.objects.get().times == 1


def test_an_id_of_somebody_else_is_not_taken_over(cast: Cast) -> None:
    singles(cast)
    key = uuid7()
    give(cast.miner, id=key)
    with pytest.raises(Refused, match="编号") as refused:
        give(cast.other_miner, id=key)
    assert refused.value.code == "id_taken"


def test_only_what_was_handed_out_is_answered(cast: Cast) -> None:
    singles(cast)
    ticket = turn_of(cast.miner).ticket
    for by, one in ((cast.other_miner, ticket), (cast.miner, ticket[:-3] + "xyz"), (cast.miner, "")):
        with pytest.raises(Refused, match="不是发给您的"):
            services.answer(data=AnswerData(uuid7(), one, {"choice": "c"}), by=by)
    with pytest.raises(Refused, match="还没有作答"):
        services.answer(data=AnswerData(uuid7(), ticket, {"choice": "zz"}), by=cast.miner)
    assert not PracticeAnswer.objects.exists()


def test_wrong_comes_back_tomorrow_before_anything_else(cast: Cast) -> None:
    singles(cast)
    wrong = turn_of(cast.miner).item
    give(cast.miner, right=False)
    give(cast.miner, right=True)
    assert PracticeCard.objects.get(item=wrong).in_book
    with days_later(1):
        first = turn_of(cast.miner)
        assert (first.item.id, first.why) == (wrong.id, Why.MISTAKE)
        give(cast.miner)
    with days_later(4):
        give(cast.miner, next(one for one in queries.today_of(cast.miner).turns if one.item.id == wrong.id))
    card = PracticeCard.objects.get(item=wrong)
    assert (card.in_book, card.wrong, card.streak) == (False, 1, 2)


def test_slow_or_changed_is_hard_and_never_easy(cast: Cast) -> None:
    singles(cast)
    assert give(cast.miner, seconds=31).answer.rating == 2
    assert give(cast.miner, changed=True).answer.rating == 2
    assert give(cast.other_miner, seconds=29).answer.rating == 3


def test_must_knows_of_the_trade_come_before_new_ones(cast: Cast) -> None:
    made = singles(cast, 12)
    must_know(cast, made[7], "瓦检员")
    Person.objects.filter(id=cast.miner.id).update(trade="瓦检员")
    miner = Person.objects.select_related("mine", "unit").get(id=cast.miner.id)
    first = turn_of(miner)
    assert (first.item.id, first.why) == (made[7].id, Why.MUST)
    assert all(one.why == Why.NEW for one in queries.today_of(cast.other_miner).turns)


def test_items_of_another_trade_are_not_asked_and_those_of_the_own_are(cast: Cast) -> None:
    made = singles(cast, 2)
    trade = save_category(kind="trade", name="绞车司机", by=cast.training_officer)
    classify(made[0].id, category_ids=[trade.id], by=cast.teacher)
    queries.forget_pools()
    assert [one.item.id for one in queries.today_of(cast.miner).turns] == [made[1].id]
    cast.miner.trade = "绞车司机"
    assert {one.item.id for one in queries.today_of(cast.miner).turns} == {one.id for one in made}


def test_short_answers_and_retired_items_are_not_asked(cast: Cast) -> None:
    items_in_use(cast, [SHORT, TRUE_FALSE])
    queries.forget_pools()
    turns = queries.today_of(cast.miner).turns
    assert [one.version.type for one in turns] == ["true_false"]
    retire(turns[0].item.id, why="规程已修订", by=cast.training_officer)
    assert queries.today_of(cast.miner).turns == [], "the kept pool still names it, its content is not there any more"
    assert give(cast.miner, turns[0]).outcome == "new", "what was handed out is taken"


def test_an_answer_from_underground_counts_for_the_day_it_was_given(cast: Cast) -> None:
    singles(cast)
    turns = queries.today_of(cast.miner).turns
    with days_later(3):
        said = MORNING + timedelta(hours=2, minutes=5)
        late = give(cast.miner, turns[0], way=Way.OFFLINE, captured_at=said, clock_offset=timedelta(minutes=5)).answer
    assert late.occurred_at == MORNING + timedelta(hours=2)
    assert (late.day, late.for_day, late.received_at) == (MORNING.date(), MORNING.date(), MORNING + timedelta(days=3))
    assert late.first and PracticeCard.objects.get().due_on == MORNING.date() + timedelta(days=2)


def test_a_clock_that_is_wrong_by_days_is_held_between_handing_out_and_receiving(cast: Cast) -> None:
    singles(cast)
    turns = queries.today_of(cast.miner).turns
    early = give(cast.miner, turns[0], captured_at=MORNING - timedelta(days=400)).answer
    future = give(cast.miner, turns[1], captured_at=MORNING + timedelta(days=400)).answer
    assert early.occurred_at == future.occurred_at == MORNING


def test_answers_that_arrive_out_of_order_leave_the_card_as_if_in_order(cast: Cast) -> None:
    singles(cast, 1)
    first = turn_of(cast.miner)
    with days_later(1):
        second = turn_of(cast.miner)
        give(cast.miner, second, right=True)
    with days_later(2):
        give(cast.miner, first, right=False, way=Way.OFFLINE, captured_at=MORNING + timedelta(hours=1))
    card = PracticeCard.objects.get()
    assert (card.times, card.wrong, card.streak, card.in_book) == (2, 1, 1, True)
    assert card.last_at == MORNING + timedelta(days=1)


def test_fourteen_days_are_handed_out_and_answered_day_by_day(cast: Cast) -> None:
    singles(cast, 30)
    days = queries.ahead_of(cast.miner)
    assert [len(turns) for _day, turns in days] == [2] * 14
    assert days[3][0] == MORNING.date() + timedelta(days=3)
    turn = days[3][1][0]
    with days_later(20):
        made = give(cast.miner, turn, way=Way.OFFLINE, captured_at=MORNING + timedelta(days=3)).answer
    assert (made.for_day, made.day) == (days[3][0], days[3][0])
    ahead = give(cast.miner, days[5][1][0]).answer
    assert (ahead.for_day, ahead.day) == (MORNING.date(), MORNING.date()), "answered early it is today's"


def test_the_answers_of_a_night_shift_belong_to_the_day_on_which_it_began(cast: Cast) -> None:
    Shift.objects.filter(name="四点班").update(start="22:00", end="06:00")
    Shift.objects.filter(name="零点班").update(start="06:00", end="14:00")
    Shift.objects.filter(name="八点班").update(start="14:00", end="22:00")
    singles(cast)
    with clock.set_to(MORNING.replace(hour=23)):
        turns = queries.today_of(cast.miner).turns
        assert queries.closes_at(cast.miner, MORNING.date()) == MORNING.replace(hour=6) + timedelta(days=1)
    with clock.set_to(MORNING.replace(hour=3) + timedelta(days=1)):
        assert give(cast.miner, turns[0]).answer.day == MORNING.date()
    with clock.set_to(MORNING.replace(hour=7) + timedelta(days=1)):
        made = give(cast.miner, turns[1]).answer
    assert (made.day, made.for_day) == (MORNING.date() + timedelta(days=1), MORNING.date())


def test_before_it_opens_nothing_is_asked(cast: Cast) -> None:
    singles(cast)
    rule = services.save_rule(
        valid_from=clock.today(), terms=Terms(opens_at=MORNING.replace(hour=10).time()), by=cast.training_officer
    )
    assert rule.terms.opens_at.hour == 10
    today = queries.today_of(cast.miner)
    assert today.turns == [] and today.opens_at == MORNING.replace(hour=10) and not today.done
    assert queries.waiting_for(cast.miner) is None
    with clock.set_to(MORNING.replace(hour=10)):
        assert len(queries.today_of(cast.miner).turns) == 2


def test_a_missed_day_is_made_up_without_a_word_and_leave_is_not_missed(cast: Cast) -> None:
    singles(cast, 20)
    give(cast.miner)
    with days_later(1):
        away(cast, days=2)
    with days_later(5):
        day = MORNING.date()
        assert queries.missed_days(cast.miner) == [day + timedelta(days=3), day + timedelta(days=4)]
        turn = queries.today_of(cast.miner, day=day + timedelta(days=3)).turns[0]
        made = give(cast.miner, turn).answer
        assert made.for_day == day + timedelta(days=3) and made.day == day + timedelta(days=5)
        assert queries.missed_days(cast.miner) == [day + timedelta(days=4)]
        assert len(queries.today_of(cast.miner).turns) == 2, "making up costs nothing of today"
    assert not Entry.objects.filter(verb__startswith="practice", quantity__lt=0).exists()


def test_away_is_entered_by_who_leads_the_person(cast: Cast) -> None:
    day = clock.today()
    for by in (cast.miner, cast.other_head):
        with pytest.raises(Refused, match="没有权限"):
            services.set_away(cast.miner.id, first_day=day, last_day=day, reason="休假", by=by)
    with pytest.raises(Refused, match="原因"):
        services.set_away(cast.miner.id, first_day=day, last_day=day, reason=" ", by=cast.team_leader)
    with pytest.raises(Refused, match="起止"):
        services.set_away(
            cast.miner.id, first_day=day, last_day=day - timedelta(days=1), reason="休假", by=cast.unit_head
        )
    made = away(cast)
    with pytest.raises(NotVisible):
        services.cancel_away(made.id, by=cast.other_head)
    services.cancel_away(made.id, by=cast.unit_head)
    with pytest.raises(Refused, match="已经撤销"):
        services.cancel_away(made.id, by=cast.unit_head)


def test_mistakes_of_exams_come_in_once_and_are_due_today(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = singles(cast, 9)
    at = clock.now() - timedelta(hours=3)
    known = [MistakeFound(f"exam:7:{n}", made[n].current_id, at, "通风考试", {"choice": "a"}) for n in (2, 3)]
    asked: list[object] = []

    def source(person: Person, after: datetime | None) -> list[MistakeFound]:
        asked.append(after)
        return known if person == cast.miner else []

    monkeypatch.setattr(taking, "mistakes_from_exams", source)
    assert take_in_new(cast.miner) == 2
    assert take_in_new(cast.miner) == 0
    assert take_in_new(cast.other_miner) == 0
    assert asked == [None, at, None]
    assert ExamMistake.objects.count() == 2
    assert {one.item.id for one in queries.today_of(cast.miner).turns} == {made[2].id, made[3].id}
    assert Entry.objects.filter(verb="practice.take_in").get().quantity == 2
    lines = queries.wrong_answers(cast.miner, queries.book(cast.miner))
    assert {one.answers[0].title for one in lines} == {"通风考试"}
    give(cast.miner)
    assert queries.book_size(cast.miner) == 2, "once right is not yet known"


def test_a_team_answers_together_by_name(cast: Cast) -> None:
    singles(cast)
    meeting = held(cast, knew=["miner"], missed=["team_leader"])
    assert (meeting.present, meeting.right, meeting.by_name) == (2, 1, True)
    rows = {one.person_id: one for one in PracticeAnswer.objects.all()}
    assert rows[cast.miner.id].rating == 3 and rows[cast.team_leader.id].rating == 1
    assert all(one.way == Way.MEETING and one.first for one in rows.values())
    assert len(queries.today_of(cast.miner).turns) == 1, "it was one of his two"
    assert PracticeCard.objects.get(person=cast.team_leader).in_book
    assert Entry.objects.get(verb="practice.record_meeting").quantity == 2


def test_hands_are_counted_for_the_team_and_nobody_is_named(cast: Cast) -> None:
    singles(cast)
    meeting = held(cast, present=14, right=11)
    assert (meeting.present, meeting.right, meeting.by_name) == (14, 11, False)
    assert not PracticeAnswer.objects.exists()


def test_a_meeting_is_recorded_once_and_only_with_counts_that_can_be(cast: Cast) -> None:
    singles(cast)
    unit = cast.units["mining_team"]
    asked = queries.item_for(unit, by=cast.team_leader)
    assert asked is not None
    for counts, words in (({"present": 0}, "到会人数"), ({"present": 3, "right": 4}, "不能比到会的多")):
        with pytest.raises(Refused, match=words):
            services.record_meeting(unit.id, data=MeetingData(asked.ticket, **counts), by=cast.team_leader)
    with pytest.raises(Refused, match="不在这个班组"):
        strangers = MeetingData(asked.ticket, knew={cast.other_miner.id: True})
        services.record_meeting(unit.id, data=strangers, by=cast.team_leader)
    with pytest.raises(Refused, match="没有权限"):
        services.record_meeting(unit.id, data=MeetingData(asked.ticket, present=3), by=cast.other_head)
    data = MeetingData(asked.ticket, present=3, right=1)
    services.record_meeting(unit.id, data=data, by=cast.team_leader)
    for again in (data, MeetingData(asked.ticket, present=5, right=5)):
        with pytest.raises(Refused, match="已经记过"):
            services.record_meeting(unit.id, data=again, by=cast.team_leader)
    assert PracticeMeeting.objects.get().present == 3
    later = queries.item_for(unit, by=cast.team_leader)
    assert later is not None and later.item.id != asked.item.id, "another item the next time"


def test_the_team_is_asked_what_most_of_it_has_wrong(cast: Cast) -> None:
    singles(cast, 8)
    turn = turn_of(cast.miner)
    give(cast.miner, turn, right=False)
    asked = queries.item_for(cast.units["mining_team"], by=cast.team_leader)
    assert asked is not None and (asked.item.id, asked.wrong) == (turn.item.id, 1)
    second = queries.item_for(cast.units["mining_team"], skip=1, by=cast.team_leader)
    assert second is not None and second.item.id != turn.item.id


def test_who_answered_on_the_phone_is_not_counted_again_at_the_meeting(cast: Cast) -> None:
    singles(cast, 1)
    give(cast.miner, right=False)
    held(cast, knew=["miner", "team_leader"])
    assert PracticeAnswer.objects.filter(person=cast.miner).get().right is False
    assert PracticeAnswer.objects.filter(person=cast.team_leader).get().right is True


def test_participation_is_person_days_without_those_on_leave(cast: Cast) -> None:
    singles(cast, 20)
    give(cast.miner)
    give(cast.miner)
    away(cast, "team_leader", days=1)
    day = MORNING.date()
    with days_later(1):
        give(cast.miner)
        turn = queries.today_of(cast.unit_head, day=day).turns[0]
        give(cast.unit_head, turn)
    found = queries.figures(cast.unit_head, day, day + timedelta(days=1))
    line = found.lines[0]
    assert (line.unit, line.heads) == (cast.units["mining"], 4)
    assert (line.owed, line.done, line.on_day) == (7, 3, 2)
    assert (line.answers, line.right) == (4, 4)
    assert line.taken_part == pytest.approx(300 / 7) and line.retention is None
    assert queries.figures(cast.other_head, day, day).lines[0].done == 0
    assert len(queries.figures(cast.training_officer, day, day).lines) > 5


def test_retention_counts_only_what_came_back_after_thirty_days(cast: Cast) -> None:
    made = singles(cast, 40)
    answers = [
        PracticeAnswer(
            mine=cast.mine, person=cast.miner, unit=cast.miner.unit, item=made[n], version=made[n].current, day=MORNING.date(),
            for_day=MORNING.date(), way="phone", right=n % 10 != 0, rating=1 if n % 10 == 0 else 3, occurred_at=clock.now(),
            gap_days=30 if n < 30 else 29,
        ) for n in range(40)
    ]  # fmt: skip
    PracticeAnswer.objects.bulk_create(answers)
    line = queries.figures(cast.unit_head, MORNING.date(), MORNING.date()).lines[0]
    assert (line.repeated, line.kept, line.retention) == (30, 27, 90.0)
    PracticeAnswer.objects.filter(id=answers[0].id).update(gap_days=3)
    line = queries.figures(cast.unit_head, MORNING.date(), MORNING.date()).lines[0]
    assert (line.repeated, line.retention) == (29, None), "under thirty nothing is said"


def test_the_gap_and_the_prediction_are_kept_with_the_answer(cast: Cast) -> None:
    singles(cast, 1)
    give(cast.miner)
    with days_later(31):
        made = give(cast.miner).answer
    assert made.gap_days == 31 and made.recall is not None and 0 < made.recall < 0.9


def test_a_rule_is_dated_and_kept_in_bounds(cast: Cast) -> None:
    today = clock.today()
    with pytest.raises(Refused, match="过去"):
        services.save_rule(valid_from=today - timedelta(days=1), terms=Terms(), by=cast.training_officer)
    with pytest.raises(Refused, match="1 到 3"):
        services.save_rule(valid_from=today, terms=Terms(per_day=4), by=cast.training_officer)
    with pytest.raises(Refused, match="没有权限"):
        services.save_rule(valid_from=today, terms=Terms(), by=cast.unit_head)
    services.save_rule(
        valid_from=today + timedelta(days=2), terms=Terms(per_day=1, reveal=Reveal.NEXT_DAY), by=cast.training_officer
    )
    assert queries.terms_of(cast.miner).per_day == 2
    with days_later(2):
        assert queries.terms_of(cast.miner).per_day == 1


def test_items_come_from_the_banks_for_practice_alone(cast: Cast) -> None:
    from kuangdeng.learning.items.services import save_bank
    from kuangdeng.learning.items.testkit import SINGLE, item_in

    singles(cast, 3)
    open_bank = save_bank(name="练习题库", by=cast.training_officer)
    own = item_in("in_use", cast, {**SINGLE, "stem": "练习：风筒破口漏风时应当（ ）。"}, bank_id=open_bank.id)  # type: ignore[arg-type]
    services.save_rule(valid_from=clock.today(), terms=Terms(), bank_ids=[open_bank.id], by=cast.training_officer)
    assert [one.item.id for one in queries.today_of(cast.miner).turns] == [own.id]


def test_must_knows_are_one_of_two_and_said_once(cast: Cast) -> None:
    item = singles(cast, 1)[0]
    with pytest.raises(Refused, match="请选一个"):
        services.add_must_know(trade="瓦检员", by=cast.training_officer)
    made = must_know(cast, item, "瓦检员")
    with pytest.raises(Refused, match="已经有了"):
        must_know(cast, item, " 瓦检员 ")
    services.end_must_know(made.id, by=cast.training_officer)
    assert must_know(cast, item, "瓦检员").id != made.id


@pytest.mark.django_db(transaction=True)
def test_one_answer_sent_by_eight_threads_at_once_is_there_once() -> None:
    with clock.set_to(MORNING):
        cast = make_cast()
        singles(cast, 2)
        turn, key, outcomes = turn_of(cast.miner), uuid7(), []

    def send() -> None:
        try:
            with clock.set_to(MORNING):
                outcomes.append(give(cast.miner, turn, id=key).outcome)
        finally:
            connection.close()

    threads = [Thread(target=send) for _one in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["new", *["same"] * 7]
    assert PracticeAnswer.objects.count() == 1 and PracticeCard.objects.get().times == 1
