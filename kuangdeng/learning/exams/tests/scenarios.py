"""The moment before each verb of the exams, for the ledger walk."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from kuangdeng.kernel import clock
from kuangdeng.learning.exams import services
from kuangdeng.learning.exams.rules import GRACE, Kind, Mode
from kuangdeng.learning.exams.testkit import (
    a_blueprint,
    a_drawn_exam,
    a_paper,
    after,
    an_exam,
    begun,
    closed,
    data_of,
    give,
    handed_in,
    right,
    sitting_of,
)
from kuangdeng.learning.items.testkit import SHORT, SINGLE, items_in_use
from kuangdeng.org.testkit import Cast

Run = Callable[[], object]


def write_paper(cast: Cast) -> Run:
    lines = [services.LineData(Decimal(2), count=20, type="single")]
    data = services.PaperData("通风安全卷", Mode.BLUEPRINT, lines)
    return lambda: services.write_paper(data=data, by=cast.teacher)


def _draft(cast: Cast) -> services.PaperData:
    items_in_use(cast, [SINGLE])
    return services.PaperData("通风安全卷", Mode.BLUEPRINT, [services.LineData(Decimal(2), count=1, type="single")])


def change_paper(cast: Cast) -> Run:
    data = _draft(cast)
    paper = services.write_paper(data=data, by=cast.teacher)
    return lambda: services.change_paper(paper.id, data=data, by=cast.teacher)


def settle_paper(cast: Cast) -> Run:
    paper = services.write_paper(data=_draft(cast), by=cast.teacher)
    return lambda: services.settle_paper(paper.id, by=cast.teacher)


def reopen_paper(cast: Cast) -> Run:
    paper = a_paper(cast)
    return lambda: services.reopen_paper(paper.id, by=cast.teacher)


def retire_paper(cast: Cast) -> Run:
    paper = a_paper(cast)
    return lambda: services.retire_paper(paper.id, by=cast.teacher)


def arrange(cast: Cast) -> Run:
    paper = a_paper(cast)
    return lambda: services.arrange(data=data_of(paper), by=cast.training_officer)


def change(cast: Cast) -> Run:
    exam = an_exam(cast)
    data = data_of(exam.paper, title="防治水补训考试", minutes=90)
    return lambda: services.change(exam.id, data=data, by=cast.training_officer)


def enrol(cast: Cast) -> Run:
    exam = an_exam(cast, people=[])
    people = services.People(unit_ids=[cast.units["mining"].id], leaders=True)
    return lambda: services.enrol(exam.id, people=people, by=cast.training_officer)


def draw_people(cast: Cast) -> Run:
    exam = an_exam(cast, people=[], kind=Kind.RANDOM)
    people = services.People(unit_ids=[cast.units["mining"].id])
    return lambda: services.draw_people(exam.id, people=people, count=2, by=cast.training_officer)


def strike(cast: Cast) -> Run:
    exam = an_exam(cast)
    ids = [sitting_of(exam, cast.miner).id]
    return lambda: services.strike(exam.id, sitting_ids=ids, by=cast.training_officer)


def draw(cast: Cast) -> Run:
    items_in_use(cast, [SINGLE, {**SINGLE, "stem": "二氧化碳浓度达到（ ）时停止作业。"}])
    exam = an_exam(cast, a_blueprint(cast, count=1), per_person=True)
    return lambda: services.draw(exam.id, by=cast.training_officer)


def undraw(cast: Cast) -> Run:
    exam = a_drawn_exam(cast)
    return lambda: services.undraw(exam.id, by=cast.training_officer)


def new_code(cast: Cast) -> Run:
    exam = a_drawn_exam(cast)
    return lambda: services.new_code(exam.id, by=cast.teacher)


def extend(cast: Cast) -> Run:
    sitting = begun(cast)
    return lambda: services.extend(sitting.exam_id, minutes=10, why="停电十分钟", by=cast.teacher)


def close(cast: Cast) -> Run:
    exam = a_drawn_exam(cast)
    handed_in(cast, exam)

    def run() -> object:
        with after(exam):
            return services.close(exam.id, by=cast.training_officer)

    return run


def publish(cast: Cast) -> Run:
    exam = closed(cast, paper=a_paper(cast, items=items_in_use(cast, [SINGLE])))
    return lambda: services.publish(exam.id, by=cast.training_officer)


def cancel(cast: Cast) -> Run:
    exam = a_drawn_exam(cast)
    return lambda: services.cancel(exam.id, why="当天安排停产检修", by=cast.training_officer)


def start(cast: Cast) -> Run:
    sitting = sitting_of(a_drawn_exam(cast), cast.miner)
    return lambda: services.start(sitting.id, by=cast.miner, device="pc-1", address="10.0.0.7")


def resume(cast: Cast) -> Run:
    sitting = begun(cast)
    return lambda: services.resume(sitting.id, by=cast.miner, device="pc-2", address="10.0.0.8")


def practise(cast: Cast) -> Run:
    exam = a_drawn_exam(cast, people=[], kind=Kind.PRACTICE)
    return lambda: services.practise(exam.id, by=cast.miner)


def hand_in(cast: Cast) -> Run:
    sitting = begun(cast)
    give(sitting, {0: right(sitting, 0)})
    return lambda: services.hand_in(sitting.id, by=cast.miner)


def time_out(cast: Cast) -> Run:
    sitting = begun(cast)

    def run() -> object:
        with clock.set_to(sitting.ends_at + timedelta(seconds=30)):
            return services.time_out(sitting.id, mine_id=cast.mine.id)

    return run


def take_late(cast: Cast) -> Run:
    sitting = begun(cast)
    before = clock.now()
    services.hand_in(sitting.id, by=cast.miner)
    give(sitting, {0: right(sitting, 0)}, at=before)
    return lambda: services.take_late(sitting.id, mine_id=cast.mine.id)


def enter_paper(cast: Cast) -> Run:
    exam = a_drawn_exam(cast, kind=Kind.ON_PAPER)
    sitting = sitting_of(exam, cast.miner)
    answers = {0: right(sitting, 0)}
    return lambda: services.enter_paper(sitting.id, answers=answers, by=cast.teacher)


def mark_line(cast: Cast) -> Run:
    exam = a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, [SHORT])))
    sitting = begun(cast, exam)
    give(sitting, {0: {"text": "现场、设备和隐患当面交清。"}})
    services.hand_in(sitting.id, by=cast.miner)
    return lambda: services.mark_line(sitting.id, line=0, points=Decimal("1.5"), by=cast.teacher)


def admit(cast: Cast) -> Run:
    sitting = sitting_of(a_drawn_exam(cast, late_minutes=5), cast.miner)
    return lambda: services.admit(sitting.id, why="井下交接班耽误", by=cast.teacher)


def release(cast: Cast) -> Run:
    sitting = handed_in(cast)
    return lambda: services.release(sitting.id, why="误点了交卷", by=cast.teacher)


def void(cast: Cast) -> Run:
    sitting = handed_in(cast)
    return lambda: services.void(sitting.id, why="他人代考，已核实", by=cast.training_officer)


def let_in(cast: Cast) -> Run:
    sitting = begun(cast)
    before = clock.now()
    services.hand_in(sitting.id, by=cast.miner)
    with clock.set_to(before + GRACE + timedelta(minutes=5)):
        give(sitting, {0: right(sitting, 0)}, at=before)
    return lambda: services.let_in(sitting.id, why="考场交换机坏了一小时", by=cast.training_officer)


SCENARIOS: dict[str, Callable[[Cast], Run]] = {
    name: scenario
    for name, scenario in list(globals().items())
    if callable(scenario) and name in services.__all__ and not name[0].isupper()
}
