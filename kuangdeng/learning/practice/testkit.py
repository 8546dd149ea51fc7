"""Short ways to a day of practice, for the tests of this part and of those above."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from kuangdeng.kernel import clock
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.items.api import Item, right_answer
from kuangdeng.learning.items.testkit import SINGLE, items_in_use
from kuangdeng.learning.practice import queries, services
from kuangdeng.learning.practice.models import Away, MustKnow, PracticeMeeting
from kuangdeng.learning.practice.queries import Turn
from kuangdeng.learning.practice.services import AnswerData, MeetingData, Receipt
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast


def singles(cast: Cast, count: int = 6, *, begin: int = 1) -> list[Item]:
    """Items in use, single choice, the third option right."""
    contents = [{**SINGLE, "stem": f"第{number}问：{SINGLE['stem']}"} for number in range(begin, begin + count)]
    made = items_in_use(cast, contents)
    queries.forget_pools()
    return made


def turn_of(person: Person) -> Turn:
    """The next item of his day."""
    return queries.today_of(person).turns[0]


def give(person: Person, turn: Turn | None = None, *, right: bool = True, **more: Any) -> Receipt:
    """Answer the next item, right or wrong."""
    turn = turn or turn_of(person)
    content = turn.version.content
    answer = right_answer(content)
    if not right:
        answer = {"choice": next(one["id"] for one in content["options"] if one["id"] != answer["choice"])}
    data = AnswerData(more.pop("id", None) or uuid7(), turn.ticket, answer, **{"seconds": 12, **more})
    return services.answer(data=data, by=person)


def held(cast: Cast, *, knew: Sequence[str] = (), missed: Sequence[str] = (), **more: Any) -> PracticeMeeting:
    """The mining team answered an item together: by name, or by hands (`present`, `right`)."""
    unit = cast.units["mining_team"]
    asked = queries.item_for(unit, by=cast.team_leader)
    assert asked is not None
    names = {cast.persons[part].id: True for part in knew} | {cast.persons[part].id: False for part in missed}
    data = MeetingData(asked.ticket, knew=names, **more)
    return services.record_meeting(unit.id, data=data, by=cast.team_leader)


def away(cast: Cast, part: str = "miner", *, days: int = 3) -> Away:
    """Somebody is on leave from today on."""
    last = clock.today() + timedelta(days=days - 1)
    return services.set_away(
        cast.persons[part].id, first_day=clock.today(), last_day=last, reason="休假", by=cast.team_leader
    )


def must_know(cast: Cast, item: Item, trade: str = "") -> MustKnow:
    """One item that a trade must know."""
    return services.add_must_know(trade=trade, item_id=item.id, by=cast.training_officer)
