"""The moment before each verb of a question, for the ledger walk; and short ways to one."""

from collections.abc import Callable

from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.bulletins.services import publish
from kuangdeng.hazards.bulletins.tests.scenarios import compiled
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions import services
from kuangdeng.hazards.questions.models import Question
from kuangdeng.hazards.rules import Status
from kuangdeng.hazards.testkit import hazard_in
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def published_line(cast: Cast) -> BulletinItem:
    """A hazard that the mining unit works on, in a published bulletin."""
    hazard: Hazard = hazard_in(Status.RECTIFYING, cast)
    publish(compiled(cast).id, by=cast.safety)
    return BulletinItem.objects.get(subject_id=hazard.id, part="new")


def asked(cast: Cast) -> Question:
    """The tunnel unit asks the mining unit."""
    return services.ask(published_line(cast).id, text="什么时候换完？", by=cast.other_head)


def answered(cast: Cast) -> Question:
    """The mining unit has answered."""
    return services.answer(asked(cast).id, text="今天夜班换完。", by=cast.unit_head)


def ask(cast: Cast) -> Run:
    line = published_line(cast)
    return lambda: services.ask(line.id, text="什么时候换完？", by=cast.other_head)


def answer(cast: Cast) -> Run:
    question = asked(cast)
    return lambda: services.answer(question.id, text="今天夜班换完。", by=cast.unit_head)


def press(cast: Cast) -> Run:
    question = answered(cast)
    return lambda: services.press(question.id, text="昨天也这么说。", by=cast.other_head)


def join(cast: Cast) -> Run:
    question = asked(cast)
    return lambda: services.join(question.id, by=cast.electric_head)


def settle(cast: Cast) -> Run:
    question = answered(cast)
    return lambda: services.settle(question.id, by=cast.other_head)


def save_rules(cast: Cast) -> Run:
    major, other = services.Clock("end_of_shift", 0), services.Clock("hours", 12)
    return lambda: services.save_rules(major=major, other=other, by=cast.safety)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    "answer": answer,
    "ask": ask,
    "join": join,
    "press": press,
    "save_rules": save_rules,
    "settle": settle,
}
