"""答卷: a person begins, hands in, is timed out; what came late is marked too; paper sheets are entered."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from kuangdeng.kernel import timetext
from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import plain
from kuangdeng.learning.exams.handing import give_forms
from kuangdeng.learning.exams.marking import options_seed, write_result
from kuangdeng.learning.exams.models import AnswerGiven, HandMark, Pulse, Result, Sitting
from kuangdeng.learning.exams.queries import versions_of
from kuangdeng.learning.exams.rules import ENDED, SAT_FLOW, Happening, Kind, Sat, Status
from kuangdeng.learning.exams.services._steps import demand, enter_sitting, locked_exam, locked_sitting, note
from kuangdeng.learning.items.api import is_marked_by_person, unmask
from kuangdeng.org.api import Person


@verb
def start(sitting_id: UUID, *, by: Person, device: str = "", address: str = "") -> Sitting:
    """Begin (开考): from now the server's clock runs for this person.

    Refused before it opens and after the last moment to start, unless an invigilator lets him in (准许迟到), while the
    talk before a make-up exam is not recorded, and for anybody but himself.
    """
    sitting = locked_sitting("start", sitting_id, by.mine_id)
    _check_start(sitting, by)
    _begin(sitting, device, address)
    enter_sitting("start", sitting, by, {"ends_at": sitting.ends_at.isoformat() if sitting.ends_at else ""})
    return sitting


def _begin(sitting: Sitting, device: str, address: str) -> None:
    at = now()
    sitting.status = SAT_FLOW.target("start", sitting.status)
    sitting.started_at = at
    sitting.ends_at = sitting.exam.times.ends_at(at, sitting.extra_minutes, let_in=sitting.late_ok)
    sitting.save()
    Pulse.objects.bulk_create(
        [Pulse(sitting=sitting, at=at, device=device[:36], address=address[:45])],
        update_conflicts=True, unique_fields=["sitting"], update_fields=["at", "device", "address"],
    )  # fmt: skip
    note(sitting, Happening.STARTED, words=address)


@verb
def resume(sitting_id: UUID, *, by: Person, device: str = "", address: str = "") -> Sitting:
    """Go on (接着答) after a reload, on another PC or on the phone; the clock has run on, no minute is given or taken.

    That it was another device stands in the log, to inform the invigilator. Refused when nobody is sitting.
    """
    sitting = locked_sitting(None, sitting_id, by.mine_id)
    if sitting.person_id != by.id:
        raise Refused(_("这不是您的答卷。请用自己的工号进入考试。"), code="not_yours")
    if sitting.status != Sat.SITTING:
        raise Refused(_("这份答卷现在不能接着答。请刷新页面。"), code="wrong_state")
    other = bool(sitting.pulse.device) and sitting.pulse.device != device[:36]
    Pulse.objects.filter(sitting=sitting).update(device=device[:36], address=address[:45])
    note(sitting, Happening.SECOND_DEVICE if other else Happening.RESUMED, words=address)
    enter_sitting("resume", sitting, by, {"other_device": other})
    return sitting


def _check_start(sitting: Sitting, by: Person) -> None:
    exam, at = sitting.exam, now()
    if sitting.person_id != by.id:
        raise Refused(_("这不是您的答卷。请用自己的工号进入考试。"), code="not_yours")
    if exam.status != Status.DRAWN or exam.kind == Kind.ON_PAPER:
        raise Refused(_("这场考试现在不能在这里答。请问监考。"), code="not_open")
    if sitting.held:
        raise Refused(_("补考前要先谈心。谈心记录完成后才能开考，请找安排给您的谈话人。"), code="held")
    if at < exam.opens_at:
        said = _("还没到开考时间：%(at)s 开考。到时这里会出现“开始答题”。")
        raise Refused(said % {"at": timetext.said(exam.opens_at, at)}, code="early")
    if at >= exam.closes_at and not sitting.late_ok:
        raise Refused(_("考试已经结束。没有考成的，由培训科安排补考。"), code="over")
    if at > exam.times.last_start() and not sitting.late_ok:
        raise Refused(_("迟到超过了时限，不能自己开考。请监考准许后再进入。"), code="late")


@verb
def practise(exam_id: UUID, *, by: Person, device: str = "", address: str = "") -> Sitting:
    """Begin a practice (练习), as often as one likes; another draw each time when each has his own paper."""
    exam = locked_exam("enrol", exam_id, by.mine_id)
    at = now()
    if exam.kind != Kind.PRACTICE or exam.status != Status.DRAWN or not exam.opens_at <= at < exam.closes_at:
        raise Refused(_("这个练习现在不开放。"), code="not_open")
    own = exam.sittings.filter(person=by)
    if own.filter(status=Sat.SITTING).exists():
        raise Refused(_("您有一份练习还没有交。请先接着做完。"), code="sitting")
    attempt = (own.aggregate(most=Max("attempt"))["most"] or 0) + 1
    sitting = Sitting(exam=exam, person=by, unit=by.unit, attempt=attempt, status=SAT_FLOW.target("await", None))
    sitting.save(force_insert=True)
    give_forms(exam, [sitting])
    _begin(sitting, device, address)
    enter_sitting("practise", sitting, by, {"attempt": attempt})
    return sitting


@verb
def hand_in(sitting_id: UUID, *, by: Person) -> Sitting:
    """Hand in (交卷): every answer that was given is marked, and their fingerprint stands on the ledger.

    Handing in after the time is out is being timed out: what was given before it counts. Handing in twice is the same
    as once. Refused for anybody but himself.
    """
    sitting = locked_sitting(None, sitting_id, by.mine_id)
    if sitting.person_id != by.id:
        raise Refused(_("这不是您的答卷。请用自己的工号进入考试。"), code="not_yours")
    if sitting.status in ENDED:
        raise Refused(_("这份答卷已经交了，不用再交。"), code="handed_in")
    SAT_FLOW.target("hand_in", sitting.status)
    _end(sitting)
    enter_sitting("hand_in", sitting, by, _sealed(sitting))
    return sitting


@verb
def time_out(sitting_id: UUID, *, mine_id: UUID) -> Sitting:
    """The time is out (到时收卷): the clock hands in what was given. Refused while there is time left."""
    sitting = locked_sitting("time_out", sitting_id, mine_id)
    assert sitting.ends_at is not None
    if now() < sitting.ends_at:
        raise Refused(_("还没有到时间。"), code="early")
    _end(sitting)
    enter_sitting("time_out", sitting, None, _sealed(sitting))
    return sitting


def _end(sitting: Sitting) -> None:
    at = now()
    assert sitting.ends_at is not None
    over = at >= sitting.ends_at
    sitting.status = SAT_FLOW.target("time_out" if over else "hand_in", sitting.status)
    sitting.ended_at = sitting.ends_at if over else at
    write_result(sitting)
    sitting.save()
    note(sitting, Happening.HANDED_IN, words=str(_("到时")) if over else "")


def _sealed(sitting: Sitting) -> dict[str, object]:
    assert sitting.result is not None and sitting.ended_at is not None
    answered = sum(one["a"] is not None for one in sitting.result.lines)
    return {
        "answered": answered,
        "items": len(sitting.result.lines),
        "answers_digest": sitting.result.answers_digest,
        "form_digest": sitting.form.digest if sitting.form else "",
        "ended_at": sitting.ended_at.isoformat(),
    }


@verb
def take_late(sitting_id: UUID, *, mine_id: UUID) -> Sitting:
    """Mark again what a cut line held back (收卷后收到之前的答案): it was given before the cut-off, so it counts.

    The result before stays. Refused when nothing has come since the last marking.
    """
    sitting = locked_sitting(None, sitting_id, mine_id)
    before = sitting.result
    if sitting.status not in ENDED or before is None:
        raise Refused(_("这份答卷没有收卷。"), code="not_ended")
    result = write_result(sitting, why=_("收卷后收到断网期间的答案"))
    if result.answers_digest == before.answers_digest:
        raise Refused(_("没有新的答案。"), code="nothing_new")
    sitting.save()
    note(sitting, Happening.LATE_ANSWERS)
    enter_sitting("take_late", sitting, None, _sealed(sitting))
    return sitting


@verb
def enter_paper(
    sitting_id: UUID, *, answers: Mapping[int, Mapping[str, Any] | None], why: str = "", by: Person
) -> Sitting:
    """Enter a sheet that was written by hand (录入纸卷): answers in the letters of the printed sheet.

    The sheet of somebody may be entered again to put right a slip, with the reason; the entry before stays. Refused for
    an answer that the sheet does not offer.
    """
    sitting = locked_sitting("enter_paper", sitting_id, by.mine_id)
    demand(by, "exam.invigilate")
    again = sitting.status == Sat.HANDED_IN
    if sitting.exam.kind != Kind.ON_PAPER or sitting.form is None or sitting.exam.status != Status.DRAWN:
        raise Refused(_("这不是在考的纸笔考试，不能录入。"), code="not_on_paper")
    if again and not why.strip():
        raise Refused(_("这份纸卷录过了。要改请写明为什么。"), field="why")
    _check_sheet(sitting, answers)
    at = now()
    sitting.started_at = sitting.started_at or sitting.exam.opens_at
    sitting.ends_at = sitting.ends_at or sitting.exam.closes_at
    sitting.ended_at = at
    AnswerGiven.objects.bulk_create(
        AnswerGiven(
            sitting=sitting, line=line, answer=answer, at=at, received_at=at, key=uuid7(), device="paper"
        )
        for line, answer in sorted(answers.items())
    )  # fmt: skip
    sitting.status = SAT_FLOW.target("enter_paper", sitting.status)
    write_result(sitting, why=why.strip(), by_id=by.id)
    sitting.save()
    enter_sitting("enter_paper", sitting, by, {**_sealed(sitting), "why": why.strip()})
    return sitting


def _check_sheet(sitting: Sitting, answers: Mapping[int, Mapping[str, Any] | None]) -> None:
    """Refused, naming the item, for an answer that the printed sheet does not offer."""
    assert sitting.form is not None
    versions = versions_of([UUID(name) for name, _full in sitting.form.lines])
    for line, answer in answers.items():
        if not 0 <= line < len(sitting.form.lines):
            raise Refused(_("这份卷子没有第 %(n)d 题。") % {"n": line + 1}, field=f"line-{line}")
        version_id = UUID(sitting.form.lines[line][0])
        content = versions[version_id].content
        if answer and not unmask(content, options_seed(sitting.exam, sitting.id, version_id), answer):
            raise Refused(_("第 %(n)d 题没有这样的选项。请对照纸卷再录。") % {"n": line + 1}, field=f"line-{line}")


@verb
def mark_line(sitting_id: UUID, *, line: int, points: Decimal, remark: str = "", by: Person) -> Result:
    """Give the points of an answer that only a person can mark (阅简答题); the result is written anew.

    Refused for a line that rules mark, for more than its mark, for one's own answers, and once the exam is published.
    """
    sitting = locked_sitting(None, sitting_id, by.mine_id)
    demand(by, "exam.mark")
    if sitting.person_id == by.id:
        raise Refused(_("不能阅自己的卷。请别人阅。"), code="own")
    if sitting.status not in ENDED or sitting.form is None or sitting.exam.status == Status.PUBLISHED:
        raise Refused(_("这份答卷现在不能阅：还没有收卷，或者成绩已经公布。"), code="wrong_state")
    if not 0 <= line < len(sitting.form.lines):
        raise Refused(_("没有这道题。请刷新页面。"), field="line")
    name, full = sitting.form.lines[line]
    if not is_marked_by_person(versions_of([UUID(name)])[UUID(name)].content):
        raise Refused(_("这道题由系统判分，不用人阅。"), field="line")
    if not points.is_finite() or not 0 <= points <= Decimal(full) or points != round(points, 2):
        raise Refused(_("分数要在 0 到 %(most)s 之间，最多两位小数。") % {"most": plain(Decimal(full))}, field="points")
    HandMark.objects.create(sitting=sitting, line=line, points=points, remark=remark.strip()[:200], by=by)
    result = write_result(sitting, why=_("阅卷"), by_id=by.id)
    sitting.save()
    enter_sitting("mark_line", sitting, by, {"line": line + 1, "points": str(points)})
    return result
