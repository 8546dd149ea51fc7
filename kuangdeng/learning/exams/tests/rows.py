"""A row in every list of the exams for each number, for the tests that go through all pages."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from kuangdeng.kernel import clock
from kuangdeng.learning.exams import services
from kuangdeng.learning.exams.models import (
    Exam,
    ExamForm,
    Paper,
    PaperLine,
    Pulse,
    Result,
    Sitting,
    SittingLog,
)
from kuangdeng.learning.exams.rules import Kind, Mode, Sat, Status
from kuangdeng.learning.exams.testkit import a_drawn_exam, a_paper, an_exam, begun, handed_in, sitting_of
from kuangdeng.learning.items.models import Item
from kuangdeng.learning.items.testkit import SINGLE, items_in_use
from kuangdeng.org.api import Person
from kuangdeng.org.testkit import Cast

RUNNING, PLANNED, WRITTEN, PAST, DRILL = (
    "防治水轮训结业考试",
    "领导同考（筹备）",
    "纸笔考试",
    "通风知识考试",
    "防治水练习",
)


def exams_for_lists(cast: Cast, numbers: Iterable[int]) -> None:
    """Papers, exams and sittings; the first time one of each kind through the verbs."""
    if not Exam.objects.filter(mine=cast.mine, title=RUNNING).exists():
        _first(cast)
    running = Exam.objects.get(mine=cast.mine, title=RUNNING)
    past = Exam.objects.get(mine=cast.mine, title=PAST)
    for number in numbers:
        _one_more(cast, running, past, number)


def _first(cast: Cast) -> None:
    fixed = a_paper(cast, "防治水结业卷", items=items_in_use(cast, [{**SINGLE, "stem": "透水前的征兆有（ ）。"}]))
    for title, mode in (("防治水结业卷（草稿）", Mode.FIXED), ("通风抽题卷（草稿）", Mode.BLUEPRINT)):
        lines = [services.LineData(Decimal(2), count=1, type="single")] if mode == Mode.BLUEPRINT else [
            services.LineData(Decimal(2), version_id=one.version_id) for one in fixed.lines.all()
        ]  # fmt: skip
        services.write_paper(data=services.PaperData(title, mode, lines), by=cast.teacher)
    an_exam(cast, fixed, title=PLANNED, kind=Kind.LEADERS)
    a_drawn_exam(cast, fixed, title=WRITTEN, kind=Kind.ON_PAPER)
    a_drawn_exam(cast, fixed, [], title=DRILL, kind=Kind.PRACTICE)
    running = a_drawn_exam(cast, fixed, [cast.miner, cast.other_miner], title=RUNNING)
    begun(cast, running)
    past = a_drawn_exam(cast, fixed, [cast.miner, cast.other_miner], title=PAST)
    handed_in(cast, past)
    with clock.set_to(past.closes_at + timedelta(minutes=40)):
        services.close(past.id, by=cast.training_officer)
        services.publish(past.id, by=cast.training_officer)


def _one_more(cast: Cast, running: Exam, past: Exam, number: int) -> None:
    """Written straight into the tables: the pages are counted here, not the verbs."""
    at = clock.now()
    paper = Paper.objects.create(
        mine=cast.mine, title=f"第{number}套安全卷", author=cast.teacher, items_count=1, marks=Decimal(2)
    )
    item = Item.objects.filter(mine=cast.mine, current__isnull=False).first()
    assert item is not None
    for position, mode in enumerate((Mode.FIXED, Mode.BLUEPRINT), 50 + number):
        draft = Paper.objects.get(mine=cast.mine, title__contains="草稿", mode=mode)
        PaperLine.objects.create(
            paper=draft,
            position=position + number,
            marks=Decimal(2),
            version=item.current if mode == Mode.FIXED else None,
        )
    person = Person.objects.get(mine=cast.mine, number=f"7{number:03d}")
    form = ExamForm.objects.get(exam=running)
    sitting = Sitting.objects.create(
        exam=running, person=person, unit=person.unit, form=form, status=Sat.SITTING, started_at=at,
        ends_at=at + timedelta(hours=1),
    )  # fmt: skip
    Pulse.objects.create(sitting=sitting, at=at, device=f"pc-{number}")
    SittingLog.objects.create(sitting=sitting_of(running, cast.miner), kind="left", at=at)
    written = Exam.objects.get(mine=cast.mine, title=WRITTEN)
    Sitting.objects.create(exam=written, person=person, unit=person.unit, form=ExamForm.objects.get(exam=written))
    drill = Exam.objects.get(mine=cast.mine, title=DRILL)
    for status, opens, title in ((Status.PUBLISHED, -30, "季度考试"), (Status.DRAWN, 0, "月度测评")):
        exam = Exam.objects.create(
            mine=cast.mine, title=f"第{number}次{title}", kind=Kind.CLASS, status=status, paper=paper, code=f"{number:05d}{opens % 7}",
            opens_at=at + timedelta(days=opens), closes_at=at + timedelta(days=opens, hours=5), minutes=60, seed="s", pass_percent=80,
            policy={}, created_by=cast.training_officer, drawn_at=at,
        )  # fmt: skip
        own = Sitting.objects.create(exam=exam, person=cast.miner, unit=cast.miner.unit, form=form)
        if status == Status.PUBLISHED:
            _ended(own, form)
    _ended(Sitting.objects.create(exam=past, person=person, unit=person.unit, form=past.forms.get()), past.forms.get())
    Exam.objects.create(
        mine=cast.mine, title=f"第{number}组练习", kind=Kind.PRACTICE, status=Status.DRAWN, paper=paper, seed="s", policy={}, pass_percent=80,
        opens_at=drill.opens_at, closes_at=drill.closes_at, minutes=20, created_by=cast.training_officer, drawn_at=at,
    )  # fmt: skip


def _ended(sitting: Sitting, form: ExamForm) -> None:
    at = clock.now()
    lines = [{"v": name, "m": full, "a": None, "s": "0.00"} for name, full in form.lines]
    result = Result.objects.create(
        sitting=sitting, number=1, score=0, out_of=form.marks, final=True, passed=False, lines=lines, answers_digest="0"
    )
    sitting.status, sitting.started_at, sitting.ends_at, sitting.ended_at = Sat.HANDED_IN, at, at, at
    sitting.result, sitting.score, sitting.out_of, sitting.passed = result, Decimal(0), form.marks, False
    sitting.save()
