"""Talks for the tests of this part and of those above: short ways to one in any state, by the verbs."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from kuangdeng.kernel import clock
from kuangdeng.learning.exams.api import Exam, Kind, People, Sitting, arrange, close, draw, enrol, hand_in, publish
from kuangdeng.learning.exams.testkit import a_paper, after, all_right, begun, data_of, give, sitting_of
from kuangdeng.learning.items.testkit import SINGLE, TRUE_FALSE, items_in_use
from kuangdeng.learning.results.testkit import over
from kuangdeng.learning.standards import api as standards
from kuangdeng.learning.talks import services
from kuangdeng.learning.talks.jobs import run_clock
from kuangdeng.learning.talks.models import Retraining, Talk
from kuangdeng.learning.talks.rules import Status
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast

RECORD: dict[str, Any] = {
    "place": "综采一队值班室",
    "reason": "倒班没看书，判断题没弄懂。",
    "measures": "每天跟班前会学一条，班长带着做十道题。",
}


def record_of(exam: Exam) -> services.Record:
    """What a talker writes down an hour after the exam."""
    return services.Record(clock.now() - timedelta(minutes=1), **RECORD)


def owed(cast: Cast, title: str = "防治水轮训结业考试") -> Talk:
    """The miner has failed a published exam, and nobody was asked to talk with him yet."""
    exam = over(cast, title=title)
    services.open_talks(exam.id)
    return talk_of(exam, cast.miner)


def talk_of(exam: Exam, person: Person) -> Talk:
    """This person's talk after this exam, as it stands now."""
    return Talk.objects.select_related("exam", "person").get(exam=exam, person=person)


def talk_in(status: Status, cast: Cast, title: str = "防治水轮训结业考试") -> Talk:
    """The miner's talk in this state."""
    talk = owed(cast, title)
    exam = talk.exam
    if status == Status.DROPPED:
        return services.drop(talk.id, why="调出本矿", by=cast.training_officer)
    if status == Status.OWED:
        return talk
    talk = services.assign(talk.id, talker_id=cast.branch_secretary.id, by=cast.unit_head)
    if status == Status.ASSIGNED:
        return talk
    with after(exam):
        talk = services.record(talk.id, data=record_of(exam), by=cast.branch_secretary)
        if status == Status.TALKED:
            return talk
        talk = services.sign(talk.id, by=cast.miner)
    if status in (Status.RETRAINING, Status.DONE):
        sat = makeup(cast, exam, right=status == Status.DONE)
        services.settle(talk.id, sitting_id=sat.id)
    return talk_of(exam, cast.miner)


def talked(cast: Cast, talk: Talk) -> Talk:
    """The talk was held and both have signed."""
    services.assign(talk.id, talker_id=cast.branch_secretary.id, by=cast.unit_head)
    with after(talk.exam):
        services.record(talk.id, data=record_of(talk.exam), by=cast.branch_secretary)
        return services.sign(talk.id, by=cast.miner)


def allow_makeups(cast: Cast, count: int, day: date | None = None) -> None:
    """The training rules allow so many make-ups, from a day on (long ago where none is given)."""
    standards.save_training_rule(
        key="exam.makeups", valid_from=day or date(2020, 1, 1), value=Decimal(count), source="矿培训管理办法第 6 条",
        confirmed=True, by=cast.training_officer,
    )  # fmt: skip


def makeup_exam(cast: Cast, exam: Exam, title: str = "") -> Exam:
    """A make-up exam of two other items, drawn, with the miner on its list."""
    name = title or f"{exam.title}补考"
    contents = [{**one, "stem": f"{name}：{one['stem']}"} for one in (SINGLE, TRUE_FALSE)]
    paper = a_paper(cast, f"{name}卷", items=items_in_use(cast, contents))
    made = arrange(data=data_of(paper, title=name, kind=Kind.MAKEUP, makeup_of=exam.id), by=cast.training_officer)
    enrol(made.id, people=People(person_ids=[cast.miner.id]), by=cast.training_officer)
    return draw(made.id, by=cast.training_officer)


def makeup(cast: Cast, exam: Exam, *, right: bool, title: str = "") -> Sitting:
    """The miner has sat the make-up exam, all right or all wrong, and its results are published."""
    made = makeup_exam(cast, exam, title)
    run_clock()
    sitting = begun(cast, made, cast.miner)
    give(sitting, all_right(sitting) if right else {})
    hand_in(sitting.id, by=cast.miner)
    with after(made):
        close(made.id, by=cast.training_officer)
        publish(made.id, by=cast.training_officer)
    return sitting_of(made, cast.miner)


def retraining(cast: Cast) -> Retraining:
    """The miner failed the make-up as well."""
    return Retraining.objects.get(talk=talk_in(Status.RETRAINING, cast))
