"""答卷: nothing that was given before the cut-off is lost, and nobody gains time."""

from datetime import timedelta
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.learning.exams import jobs, recording, services
from kuangdeng.learning.exams.forms import DrawPeopleForm
from kuangdeng.learning.exams.models import AnswerGiven, Result, Sitting, SittingLog
from kuangdeng.learning.exams.queries import answers_of
from kuangdeng.learning.exams.rules import GRACE, Happening, Kind, Sat, Status
from kuangdeng.learning.exams.testkit import (
    a_blueprint,
    a_drawn_exam,
    a_paper,
    after,
    all_right,
    an_exam,
    begun,
    closed,
    give,
    handed_in,
    right,
    sitting_of,
)
from kuangdeng.learning.items.testkit import FILL_IN, MULTIPLE, SHORT, SINGLE, TRUE_FALSE, items_in_use
from kuangdeng.ledger.api import Entry
from kuangdeng.org.models import Person
from kuangdeng.org.testkit import Cast, make_cast

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
CHOICES = [SINGLE, MULTIPLE, TRUE_FALSE, FILL_IN]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def counting(sitting: Sitting) -> int:
    """How many answers of a sitting came in time."""
    return AnswerGiven.objects.filter(sitting=sitting, late=False).count()


def test_everything_right_is_full_marks_and_what_a_person_reads_waits(cast: Cast) -> None:
    sitting = begun(cast)
    give(sitting, all_right(sitting) | {6: {"text": "现场、设备、隐患。"}})
    done = services.hand_in(sitting.id, by=cast.miner)
    assert (done.score, done.out_of, done.passed) == (Decimal(12), Decimal(14), None)
    services.mark_line(sitting.id, line=6, points=Decimal(2), by=cast.teacher)
    after_reading = sitting_of(sitting.exam, cast.miner)
    assert (after_reading.score, after_reading.passed, after_reading.result.number) == (Decimal(14), True, 2)
    assert Result.objects.filter(sitting=sitting).count() == 2


def test_the_last_answer_given_counts_whenever_it_comes_in(cast: Cast) -> None:
    """A PC cut off keeps an older answer and sends it after the newer one was given on another PC."""
    sitting = begun(cast, a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, CHOICES))))
    start = clock.now()
    with clock.set_to(start + timedelta(minutes=5)):
        give(sitting, {0: right(sitting, 0)}, device="pc-2")
    with clock.set_to(start + timedelta(minutes=6)):
        give(sitting, {0: {"choice": "Z"}}, at=start + timedelta(minutes=2), device="pc-1")
    assert answers_of(sitting_of(sitting.exam, cast.miner))[0] == right(sitting, 0)


def test_the_same_answer_sent_twice_is_written_once(cast: Cast) -> None:
    sitting = begun(cast)
    row = recording.Given(uuid7(), 0, right(sitting, 0), clock.now())
    first = recording.keep(sitting.id, answers=[row], device="pc-1")
    second = recording.keep(sitting.id, answers=[row], device="pc-1")
    assert first and second
    assert (first.written, second.written, second.changes) == (1, 0, 1)
    assert AnswerGiven.objects.filter(sitting=sitting).count() == 1


def test_a_wrong_clock_on_the_pc_gains_no_time(cast: Cast) -> None:
    """A browser that says tomorrow is taken at the server's now; one that says yesterday at the start."""
    sitting = begun(cast)
    now = clock.now()
    give(sitting, {0: right(sitting, 0)}, at=now + timedelta(days=1))
    give(sitting, {1: right(sitting, 1)}, at=now - timedelta(days=1))
    rows = {row.line: row.at for row in AnswerGiven.objects.filter(sitting=sitting)}
    assert rows[0] <= clock.now()
    assert rows[1] == sitting.started_at


def test_what_was_given_in_time_counts_although_it_comes_after_the_time_is_out(cast: Cast) -> None:
    sitting = begun(cast, a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, CHOICES))))
    assert sitting.ends_at
    with clock.set_to(sitting.ends_at + timedelta(minutes=1)):
        assert jobs.run_clock() == 1
    timed_out = sitting_of(sitting.exam, cast.miner)
    assert (timed_out.status, timed_out.ended_at, timed_out.score) == (Sat.TIMED_OUT, sitting.ends_at, Decimal(0))
    with clock.set_to(sitting.ends_at + timedelta(minutes=10)):
        kept = give(sitting, all_right(sitting), at=sitting.ends_at - SECOND)
        assert (kept.written, counting(sitting), kept.status) == (4, 4, "timed_out")
        services.take_late(sitting.id, mine_id=cast.mine.id)
    done = sitting_of(sitting.exam, cast.miner)
    assert (done.score, done.passed, done.result.number) == (Decimal(8), True, 2)


def test_what_was_given_after_the_cut_off_never_counts(cast: Cast) -> None:
    sitting = begun(cast)
    assert sitting.ends_at
    with clock.set_to(sitting.ends_at + timedelta(minutes=1)):
        kept = give(sitting, all_right(sitting))
        assert (kept.written, counting(sitting)) == (7, 0)
        services.time_out(sitting.id, mine_id=cast.mine.id)
        assert sitting_of(sitting.exam, cast.miner).score == 0
        with pytest.raises(Refused, match="没有迟到的答案"):
            services.let_in(sitting.id, why="试试", by=cast.training_officer)


def test_what_comes_after_the_grace_waits_for_a_person(cast: Cast) -> None:
    sitting = begun(cast, a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, CHOICES))))
    given = clock.now()
    services.hand_in(sitting.id, by=cast.miner)
    with clock.set_to(given + GRACE + timedelta(minutes=1)):
        assert give(sitting, all_right(sitting), at=given).written == 4
        assert counting(sitting) == 0
        with pytest.raises(Refused, match="没有新的答案"):
            services.take_late(sitting.id, mine_id=cast.mine.id)
        services.let_in(sitting.id, why="考场交换机坏了", by=cast.training_officer)
    assert sitting_of(sitting.exam, cast.miner).score == Decimal(8)


@pytest.mark.django_db(transaction=True)
def test_a_hand_in_waits_for_the_answer_that_is_being_written(cast: Cast) -> None:
    """The answer's row lock is held while the hand-in begins: the hand-in sees it once it is committed."""
    sitting = begun(cast, a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, CHOICES))))
    told: list[Decimal | None] = []

    def hand_in() -> None:
        try:
            told.append(services.hand_in(sitting.id, by=cast.miner).score)
        finally:
            connections.close_all()

    other = Thread(target=hand_in)
    with transaction.atomic():
        give(sitting, {0: right(sitting, 0)})
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join(20)
    assert told == [Decimal(2)]


@pytest.mark.django_db(transaction=True)
def test_an_answer_waits_for_the_hand_in_and_is_then_told_that_it_is_over(cast: Cast) -> None:
    sitting = begun(cast)
    told: list[Any] = []

    def answer() -> None:
        try:
            told.append(give(sitting, {0: right(sitting, 0)}, at=clock.now() + timedelta(minutes=1)))
        finally:
            connections.close_all()

    other = Thread(target=answer)
    with transaction.atomic():
        Sitting.objects.select_for_update().get(id=sitting.id)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        Sitting.objects.filter(id=sitting.id).update(ends_at=sitting.started_at)
    other.join(20)
    assert told[0].written == 1
    assert counting(sitting) == 0


def test_a_page_that_flickers_all_day_does_not_fill_the_log(cast: Cast) -> None:
    sitting = begun(cast)
    kinds = [Happening.LEFT, Happening.BACK]
    often = [recording.Happened(kinds[n % 2], clock.now()) for n in range(recording.MOST_HAPPENINGS)]
    for part in (often, often[:1]):
        assert recording.keep(sitting.id, answers=[], device="pc-1", happened=part)
    assert SittingLog.objects.filter(sitting=sitting, kind__in=kinds).count() == recording.MOST_HAPPENINGS
    assert give(sitting, {0: right(sitting, 0)}).written == 1


def test_handing_in_twice_says_so_and_changes_nothing(cast: Cast) -> None:
    sitting = handed_in(cast)
    with pytest.raises(Refused, match="已经交了"):
        services.hand_in(sitting.id, by=cast.miner)
    assert Result.objects.filter(sitting=sitting).count() == 1


def test_late_starts(cast: Cast) -> None:
    exam = a_drawn_exam(cast, late_minutes=5)
    sitting = sitting_of(exam, cast.miner)
    with pytest.raises(Refused, match="迟到超过了时限"):
        services.start(sitting.id, by=cast.miner)
    services.admit(sitting.id, why="井下交接班耽误", by=cast.teacher)
    begun_now = services.start(sitting.id, by=cast.miner)
    assert begun_now.ends_at == begun_now.started_at + timedelta(minutes=60)


def test_who_starts_late_ends_with_the_exam(cast: Cast) -> None:
    exam = a_drawn_exam(cast)
    with clock.set_to(exam.closes_at - timedelta(minutes=20)):
        sitting = services.start(sitting_of(exam, cast.miner).id, by=cast.miner)
    assert sitting.ends_at == exam.closes_at


def test_extra_minutes_and_release_give_back_what_was_left_and_no_more(cast: Cast) -> None:
    sitting = begun(cast)
    services.extend(sitting.exam_id, minutes=10, why="停电", sitting_ids=[sitting.id], by=cast.teacher)
    longer = sitting_of(sitting.exam, cast.miner)
    assert longer.ends_at - sitting.ends_at == timedelta(minutes=10)
    with clock.set_to(sitting.started_at + timedelta(minutes=20)):
        services.hand_in(sitting.id, by=cast.miner)
    with clock.set_to(sitting.started_at + timedelta(minutes=30)):
        back = services.release(sitting.id, why="误点交卷", by=cast.teacher)
        assert back.ends_at == clock.now() + timedelta(minutes=50)
    assert list(SittingLog.objects.filter(sitting=sitting).values_list("kind", flat=True)) == [
        "started", "extended", "handed_in", "released",
    ]  # fmt: skip


def test_who_has_used_his_time_up_is_not_released(cast: Cast) -> None:
    sitting = begun(cast)
    with clock.set_to(sitting.ends_at):
        services.hand_in(sitting.id, by=cast.miner)
    assert sitting_of(sitting.exam, cast.miner).status == Sat.TIMED_OUT
    with pytest.raises(Refused, match="时间已经用完"):
        services.release(sitting.id, why="误点交卷", by=cast.teacher)


def test_nobody_sits_for_another_and_nobody_before_the_talk(cast: Cast) -> None:
    exam = a_drawn_exam(cast)
    sitting = sitting_of(exam, cast.miner)
    with pytest.raises(Refused, match="不是您的答卷"):
        services.start(sitting.id, by=cast.other_miner)
    Sitting.objects.filter(id=sitting.id).update(held=True)
    with pytest.raises(Refused, match="先谈心"):
        services.start(sitting.id, by=cast.miner)


def test_a_makeup_is_for_who_failed_or_missed_it_and_asks_other_items(cast: Cast) -> None:
    items = items_in_use(cast, [{**SINGLE, "stem": f"第{n}题：停止作业的甲烷浓度是（ ）。"} for n in range(6)])
    assert len(items) == 6
    first = a_drawn_exam(cast, a_blueprint(cast), people=[cast.miner, cast.other_miner, cast.team_leader])
    handed_in(cast, first, cast.miner, lines=1)
    handed_in(cast, first, cast.team_leader, lines=3)
    with after(first):
        services.close(first.id, by=cast.training_officer)
        again = an_exam(cast, first.paper, [], kind=Kind.MAKEUP, makeup_of=first.id, title="补考", opens_at=clock.now())
        with pytest.raises(Refused, match="李大山 不用补考"):
            people = services.People(person_ids=[cast.team_leader.id])
            services.enrol(again.id, people=people, by=cast.training_officer)
        failed = services.People(person_ids=[cast.miner.id, cast.other_miner.id])
        assert services.enrol(again.id, people=failed, by=cast.training_officer) == 2
        services.draw(again.id, by=cast.training_officer)
    old, new = first.forms.get(), again.forms.get()
    assert not {line[0] for line in old.lines} & {line[0] for line in new.lines}
    assert sitting_of(again, cast.miner).held


def test_random_tests_draw_people_by_a_seed_that_is_on_record(cast: Cast) -> None:
    exam = an_exam(cast, people=[], kind=Kind.RANDOM)
    people = services.People(unit_ids=[cast.units["mining"].id])
    found = services.draw_people(exam.id, people=people, count=2, by=cast.training_officer)
    exam.refresh_from_db()
    assert exam.drawing["drawn"] == [str(one.id) for one in found]
    entry = Entry.objects.get(verb="exam.draw_people")
    assert entry.payload["seed"] == exam.drawing["seed"]
    with pytest.raises(Refused, match="可抽的有 2 人，要抽 5 人"):
        services.draw_people(exam.id, people=people, count=5, by=cast.training_officer)


def test_who_works_one_shift_is_drawn_by_his_team(cast: Cast) -> None:
    """按班次抽人: a team is the crew of one shift; the rest of its unit is not in the pool."""
    exam = an_exam(cast, people=[], kind=Kind.RANDOM)
    team = cast.units["mining_team"]
    Person.objects.filter(id=cast.miner.id).update(unit=team)
    form = DrawPeopleForm({"teams": [str(team.id)], "count": "1"}, by=cast.training_officer)
    assert form.is_valid(), form.errors
    assert (team.parent.name, [(str(team.id), team.name)]) in form.fields["teams"].choices
    pool = set(Person.objects.filter(unit=team, is_active=True).values_list("id", flat=True))
    with pytest.raises(Refused, match=f"可抽的有 {len(pool)} 人"):
        services.draw_people(exam.id, people=form.people(), count=len(pool) + 1, by=cast.training_officer)
    [found] = services.draw_people(exam.id, people=form.people(), count=1, by=cast.training_officer)
    assert found.id in pool


def test_the_seed_of_the_papers_is_on_the_ledger_only_after_the_papers_are_in(cast: Cast) -> None:
    exam = closed(cast)
    told = {entry.verb: json_of(entry) for entry in Entry.objects.filter(subject_id=str(exam.id))}
    assert exam.seed in told["exam.close"]
    assert not any(exam.seed in text for verb, text in told.items() if verb != "exam.close")


def json_of(entry: Entry) -> str:
    return str(entry.payload)


def test_an_exam_closes_when_nobody_sits_any_more(cast: Cast) -> None:
    exam = a_drawn_exam(cast, people=[cast.miner, cast.other_miner])
    sitting = begun(cast, exam)
    with pytest.raises(Refused, match="1 人在作答"):
        services.close(exam.id, by=cast.training_officer)
    services.hand_in(sitting.id, by=cast.miner)
    with pytest.raises(Refused, match="1 人没有来"):
        services.close(exam.id, by=cast.training_officer)
    with after(exam):
        jobs.run_clock()
    exam.refresh_from_db()
    assert exam.status == Status.CLOSED
    assert sitting_of(exam, cast.other_miner).status == Sat.ABSENT


def test_who_was_let_in_late_stays_on_the_list(cast: Cast) -> None:
    exam = a_drawn_exam(cast, people=[cast.miner, cast.other_miner])
    both = [sitting_of(exam, one).id for one in (cast.miner, cast.other_miner)]
    services.admit(both[0], why="井下交接班耽误", by=cast.teacher)
    with pytest.raises(Refused, match=f"^{cast.miner.name} 已经有考场记录"):
        services.strike(exam.id, sitting_ids=both, by=cast.training_officer)
    assert services.strike(exam.id, sitting_ids=both[1:], by=cast.training_officer) == 1


def test_who_can_no_longer_come_does_not_hold_the_papers_up(cast: Cast) -> None:
    exam = a_drawn_exam(cast, people=[cast.miner, cast.other_miner], late_minutes=15)
    handed_in(cast, exam)
    services.admit(sitting_of(exam, cast.other_miner).id, why="井下交接班耽误", by=cast.teacher)
    with clock.set_to(exam.opens_at + timedelta(minutes=16)), pytest.raises(Refused, match="1 人没有来"):
        services.close(exam.id, by=cast.training_officer)
    Sitting.objects.filter(exam=exam, person=cast.other_miner).update(late_ok=False)
    with clock.set_to(exam.opens_at + timedelta(minutes=16)):
        services.close(exam.id, by=cast.training_officer)
    assert sitting_of(exam, cast.other_miner).status == Sat.ABSENT


def test_the_database_refuses_to_change_what_was_answered_and_marked(cast: Cast) -> None:
    sitting = handed_in(cast)
    for rows in (AnswerGiven.objects.filter(sitting=sitting), Result.objects.filter(sitting=sitting)):
        with pytest.raises(Exception, match="Cannot"), transaction.atomic():
            rows.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(id=sitting.id).update(result=None)
    with pytest.raises(Exception, match="Cannot update"), connection.cursor() as cursor:
        cursor.execute("UPDATE learning_result SET score = 100")


def test_papers_entered_by_hand(cast: Cast) -> None:
    exam = a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, CHOICES)), kind=Kind.ON_PAPER)
    sitting = sitting_of(exam, cast.miner)
    with pytest.raises(Refused, match="第 1 题没有这样的选项"):
        services.enter_paper(sitting.id, answers={0: {"choice": "Z"}}, by=cast.teacher)
    services.enter_paper(sitting.id, answers={0: right(sitting, 0)}, by=cast.teacher)
    with pytest.raises(Refused, match="写明为什么"):
        services.enter_paper(sitting.id, answers=all_right(sitting), by=cast.teacher)
    done = services.enter_paper(sitting.id, answers=all_right(sitting), why="漏录第二面", by=cast.teacher)
    assert (done.score, done.result.number) == (Decimal(8), 2)


def test_bad_bodies_are_no_answers() -> None:
    for body in (b"", b"[]", b"{", b'{"answers": 5}', b'{"answers": [{"line": 1}]}', b'{"answers":[{"line":-1}]}',
                 b"\xff", b'{"answers":[{"key":"x","line":1,"at":1}]}', b"[" * 100_000):  # fmt: skip
        assert recording.read(body) is None
    assert recording.read(b"{}") == ([], [])


def test_a_void_sheet_with_a_short_answer_does_not_hold_the_results_up(cast: Cast) -> None:
    exam = a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, [SHORT])), people=[cast.miner, cast.other_miner])
    for person in (cast.miner, cast.other_miner):
        sitting = begun(cast, exam, person)
        give(sitting, {0: {"text": "现场和设备"}})
        services.hand_in(sitting.id, by=person)
    services.void(sitting_of(exam, cast.other_miner).id, why="替考", by=cast.training_officer)
    with after(exam):
        services.close(exam.id, by=cast.training_officer)
        with pytest.raises(Refused, match="1 份答卷的简答题没有阅完"):
            services.publish(exam.id, by=cast.training_officer)
        services.mark_line(sitting_of(exam, cast.miner).id, line=0, points=Decimal(2), by=cast.teacher)
        assert services.publish(exam.id, by=cast.training_officer).status == Status.PUBLISHED


def test_short_answers_are_read_by_others(cast: Cast) -> None:
    exam = a_drawn_exam(cast, a_paper(cast, items=items_in_use(cast, [SHORT])), people=[cast.teacher])
    sitting = begun(cast, exam, cast.teacher)
    give(sitting, {0: {"text": "现场和设备"}})
    services.hand_in(sitting.id, by=cast.teacher)
    with pytest.raises(Refused, match="不能阅自己的卷"):
        services.mark_line(sitting.id, line=0, points=Decimal(2), by=cast.teacher)
    with pytest.raises(Refused, match="0 到"):
        services.mark_line(sitting.id, line=0, points=Decimal(3), by=cast.training_officer)
