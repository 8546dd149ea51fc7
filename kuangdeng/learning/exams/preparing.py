"""筹备考试 as steps, without ledger and without asking for powers: what the verbs of the exams and of the training
classes share when they arrange an exam and put people on its list."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel import words
from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.exams.handing import give_forms
from kuangdeng.learning.exams.models import Exam, Paper, Sitting
from kuangdeng.learning.exams.queries import DRAWN_AT_ONCE
from kuangdeng.learning.exams.rules import FLOW, MOST_MINUTES, SAT_FLOW, Kind, Mode, PaperStatus, Status
from kuangdeng.learning.items.api import policy_of
from kuangdeng.learning.standards import api as standards
from kuangdeng.org.api import Person, Role, Unit, holders

LEADERS = (Role.MINE_LEADER, Role.UNIT_HEAD, Role.BRANCH_SECRETARY)


@dataclass(frozen=True)
class ExamData:
    """What the training officer says of an exam."""

    title: str
    kind: str
    paper_id: UUID
    opens_at: datetime
    closes_at: datetime
    minutes: int
    late_minutes: int | None = None
    pass_percent: Decimal | None = None
    """In percent of the full mark; where nothing is said, what the training rules say on the day of the exam."""
    per_person: bool = False
    mix_items: bool = True
    mix_options: bool = True
    by_sign_in: bool = True
    by_code: bool = True
    shows_score: bool = True
    shows_key: bool = True
    unit_id: UUID | None = None
    place: str = ""
    note: str = ""
    makeup_of: UUID | None = None
    is_sample: bool = False


def need(text: str, message: str, *, field: str, most: int) -> str:
    """Words of one line, with single blanks between them. Refused when there are none or too many."""
    return words.need(" ".join((text or "").split()), message, field=field, most=most)


def new_exam(data: ExamData, by: Person) -> Exam:
    """An exam in preparation, within the verb of whoever arranges it; that verb has asked for the power and writes the ledger."""
    exam = Exam(
        mine_id=by.mine_id,
        created_by=by,
        status=FLOW.target("arrange", None),
        seed=secrets.token_hex(16),
        policy=policy_of(by.mine_id).as_json(),
    )
    put(exam, data, by)
    return exam


def put(exam: Exam, data: ExamData, by: Person) -> None:
    """Write what was said of an exam. Refused without a settled paper, and for times in which nobody could sit it."""
    exam.title = need(data.title, _("请写考试名称。"), field="title", most=80)
    exam.kind = Kind(data.kind)
    paper = one_of(Paper.objects.filter(id=data.paper_id, mine_id=by.mine_id))
    if paper is None or paper.status != PaperStatus.READY:
        raise Refused(_("请选一张已定稿的试卷。"), field="paper")
    exam.paper = paper
    if not 1 <= data.minutes <= MOST_MINUTES:
        raise Refused(_("时长要在 1 到 %(n)d 分钟之间。") % {"n": MOST_MINUTES}, field="minutes")
    if data.closes_at < data.opens_at + timedelta(minutes=1):
        raise Refused(_("结束时间要晚于开考时间。"), field="closes_at")
    if data.kind != Kind.PRACTICE and data.closes_at < data.opens_at + timedelta(minutes=data.minutes):
        said = _("从开考到结束只有 %(have)d 分钟，不够 %(want)d 分钟的时长。请改结束时间或时长。")
        have = int((data.closes_at - data.opens_at).total_seconds() // 60)
        raise Refused(said % {"have": have, "want": data.minutes}, field="closes_at")
    if data.late_minutes is not None and not 0 <= data.late_minutes <= MOST_MINUTES:
        raise Refused(_("迟到时限要在 0 到 %(n)d 分钟之间。") % {"n": MOST_MINUTES}, field="late_minutes")
    exam.pass_percent = _bar(data, by)
    if not 0 <= exam.pass_percent <= 100:
        raise Refused(_("合格线是 0 到 100 之间的百分数。"), field="pass_percent")
    exam.unit = one_of(Unit.objects.filter(id=data.unit_id, mine_id=by.mine_id)) if data.unit_id else None
    exam.makeup_of = _failed_exam(data, by) if exam.kind == Kind.MAKEUP else None
    if exam.makeup_of and paper.mode == Mode.FIXED and exam.makeup_of.paper_id == paper.id:
        raise Refused(_("补考要换题：原来的试卷是固定题目，请另选一张试卷。"), field="paper")
    exam.per_person = data.per_person and paper.mode == Mode.BLUEPRINT
    exam.place, exam.note = data.place.strip()[:80], data.note.strip()[:500]
    for name in ("opens_at", "closes_at", "minutes", "late_minutes", "mix_items", "mix_options",
                 "by_sign_in", "by_code", "shows_score", "shows_key", "is_sample"):  # fmt: skip
        setattr(exam, name, getattr(data, name))
    if not (exam.by_sign_in or exam.by_code) and exam.kind != Kind.ON_PAPER:
        raise Refused(_("手机和考场至少开放一种，否则谁也进不了考试。"), field="by_code")
    exam.save()


def _bar(data: ExamData, by: Person) -> Decimal:
    if data.pass_percent is not None:
        return data.pass_percent
    return standards.number_on(by.mine_id, "exam.pass_mark", local(data.opens_at).date())


def _failed_exam(data: ExamData, by: Person) -> Exam:
    """The exam that is made up: the first one, also where its make-up was failed and is made up once more."""
    rows = Exam.objects.select_related("makeup_of").filter(
        id__in=[data.makeup_of] if data.makeup_of else [], mine_id=by.mine_id
    )
    exam = one_of(rows)
    if exam is None or exam.status not in (Status.CLOSED, Status.PUBLISHED):
        raise Refused(_("请选是哪一场考试的补考：要已经收卷的考试。"), field="makeup_of")
    return exam.makeup_of or exam


def facts_of(exam: Exam) -> dict[str, object]:
    """What the ledger keeps of an exam that is arranged or changed."""
    return {
        "paper": exam.paper.title,
        "opens_at": exam.opens_at.isoformat(),
        "closes_at": exam.closes_at.isoformat(),
        "minutes": exam.minutes,
        "pass_percent": str(exam.pass_percent),
        "makeup_of": str(exam.makeup_of_id or ""),
    }


def put_on_list(exam: Exam, chosen: Sequence[Person]) -> list[Sitting]:
    """Put these people on the list, whoever is on it already once; after the draw they get their papers at once.

    Within the verb of whoever enrols: the exams themselves, or a training class with its roster.
    """
    there = set(exam.sittings.values_list("person_id", flat=True))
    leading = set(holders(exam.mine_id, LEADERS).values_list("id", flat=True))
    held = exam.kind == Kind.MAKEUP
    status = SAT_FLOW.target("await", None)
    rows = [
        Sitting(
            exam=exam, person=one, unit_id=one.unit_id, leader=one.id in leading, held=held, status=status,
        )
        for one in chosen
        if one.id not in there
    ]  # fmt: skip
    Sitting.objects.bulk_create(rows)
    if exam.status == Status.DRAWN:
        _check_few(exam, len(rows))
        give_forms(exam, rows)
    return rows


def check_draw(exam: Exam) -> None:
    """Refused without people (but for a practice), and when it is over; asked before the worker is, too."""
    FLOW.target("draw", exam.status)
    if exam.kind != Kind.PRACTICE and not exam.sittings.exists():
        raise Refused(_("还没有应考人。请先加入应考人。"), code="nobody")
    if exam.closes_at <= now():
        raise Refused(_("结束时间已经过了。请先更改考试时间。"), field="closes_at")


def _check_few(exam: Exam, count: int) -> None:
    """Refused for more newcomers than can be drawn a paper each while a person waits."""
    most = max(1, DRAWN_AT_ONCE // max(1, exam.paper.items_count))
    if exam.per_person and count > most:
        said = _("卷已备好，一次最多再加 %(n)d 人。请分几次加入；人很多的，先退回筹备，加好名单再备卷。")
        raise Refused(said % {"n": most}, field="people")
