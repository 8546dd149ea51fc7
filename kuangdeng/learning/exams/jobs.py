"""What the exams do aside: whose time is out is handed in, an exam that is over is closed, a mass exam is drawn."""

from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django import app

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errands import carry_out, hand_over
from kuangdeng.kernel.errors import Refused
from kuangdeng.learning.exams.models import Exam
from kuangdeng.learning.exams.queries import overdue, to_close
from kuangdeng.learning.exams.services import close, draw, time_out
from kuangdeng.org.api import Person

LEEWAY = timedelta(seconds=20)
"""The page hands in by itself when the time is out; the clock waits so long for it."""


def run_clock() -> int:
    """Time out who is overdue, close what is over; returns how many. May run as often as one likes."""
    done = 0
    for sitting_id, mine_id in overdue(now() - LEEWAY):
        done += _quietly(lambda key=sitting_id, mine=mine_id: time_out(key, mine_id=mine))
    for exam_id in to_close(now()):
        done += _quietly(lambda key=exam_id: close(key, by=None))
    return done


def _quietly(step: object) -> bool:
    """A person may have done it in the same moment; then there is nothing left to do."""
    try:
        step()  # type: ignore[operator]
    except Refused:
        return False
    return True


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="learning.exams", lock="learning.exams", name="learning.exams")
def tend_exams(timestamp: int) -> int:
    """Every minute: 到时收卷. Late or twice does no harm: what counts is when an answer was given."""
    return run_clock()


def drawing_of(exam_id: UUID) -> str:
    """The name of an exam's drawing among the errands."""
    return f"exam_draw:{exam_id}"


@app.task(queue="imports", name="learning.draw_exam")
def draw_exam(exam_id: str) -> bool:
    """Draw the papers of a mass exam (抽题备卷), in the name of who asked for it."""
    key = UUID(exam_id)
    return carry_out(drawing_of(key), lambda by_id: draw(key, by=Person.objects.get(id=by_id)))


def ask_draw(exam: Exam, by: Person) -> None:
    """Let the worker draw them. Refused while it does."""
    hand_over(drawing_of(exam.id), lambda: draw_exam.defer(exam_id=str(exam.id)), by_id=by.id)
