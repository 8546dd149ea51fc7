"""The moment before each verb of the daily item, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.practice import queries, services
from kuangdeng.learning.practice.intake import MistakeFound
from kuangdeng.learning.practice.rules import Terms
from kuangdeng.learning.practice.services import AnswerData, MeetingData
from kuangdeng.learning.practice.testkit import away, must_know, singles, turn_of
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def answer(cast: Cast) -> Run:
    singles(cast, 2)
    data = AnswerData(uuid7(), turn_of(cast.miner).ticket, {"choice": "c"}, seconds=9)
    return lambda: services.answer(data=data, by=cast.miner)


def take_in_mistakes(cast: Cast) -> Run:
    item = singles(cast, 1)[0]
    found = [MistakeFound("exam:1", item.current_id, clock.now() - timedelta(hours=1), "一通三防考试", {"choice": "a"})]
    return lambda: services.take_in_mistakes(person=cast.miner, found=found)


def record_meeting(cast: Cast) -> Run:
    singles(cast, 2)
    unit = cast.units["mining_team"]
    asked = queries.item_for(unit, by=cast.team_leader)
    assert asked is not None
    data = MeetingData(asked.ticket, knew={cast.miner.id: True, cast.team_leader.id: False})
    return lambda: services.record_meeting(unit.id, data=data, by=cast.team_leader)


def save_rule(cast: Cast) -> Run:
    return lambda: services.save_rule(
        valid_from=clock.today(), terms=Terms(per_day=3), source="培训制度第 8 条", by=cast.training_officer
    )


def add_must_know(cast: Cast) -> Run:
    item = singles(cast, 1)[0]
    return lambda: services.add_must_know(trade="瓦检员", item_id=item.id, source="岗位规程", by=cast.training_officer)


def end_must_know(cast: Cast) -> Run:
    must = must_know(cast, singles(cast, 1)[0])
    return lambda: services.end_must_know(must.id, by=cast.training_officer)


def set_away(cast: Cast) -> Run:
    day = clock.today()
    return lambda: services.set_away(cast.miner.id, first_day=day, last_day=day, reason="休假", by=cast.team_leader)


def cancel_away(cast: Cast) -> Run:
    made = away(cast)
    return lambda: services.cancel_away(made.id, by=cast.team_leader)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    one.__name__: one
    for one in (
        add_must_know, answer, cancel_away, end_must_know, record_meeting, save_rule, set_away, take_in_mistakes,
    )
}  # fmt: skip
