"""监考: what a person may do about a sitting, each with a reason that stands in its log."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.exams.marking import write_result
from kuangdeng.learning.exams.models import Sitting
from kuangdeng.learning.exams.preparing import need
from kuangdeng.learning.exams.queries import late_answers
from kuangdeng.learning.exams.rules import ENDED, MOST_MINUTES, SAT_FLOW, Happening, Sat, Status
from kuangdeng.learning.exams.services._steps import (
    demand,
    enter,
    enter_sitting,
    locked_exam,
    locked_sitting,
    note,
    note_all,
)
from kuangdeng.org.api import Person


def _reason(why: str) -> str:
    return need(why, _("请写明原因。"), field="why", most=200)


@verb
def extend(exam_id: UUID, *, minutes: int, why: str, by: Person, sitting_ids: Sequence[UUID] | None = None) -> int:
    """Give more minutes (延长时间) to these, or to all who have not ended; returns to how many.

    For whoever has not begun they are added when he begins. Refused without a reason.
    """
    exam = locked_exam("extend", exam_id, by.mine_id)
    demand(by, "exam.invigilate")
    words = _reason(why)
    if not 1 <= minutes <= 240:
        raise Refused(_("延长的分钟要在 1 到 240 之间。"), field="minutes")
    rows = exam.sittings.select_for_update(of=("self",)).filter(status__in=[Sat.WAITING, Sat.SITTING])
    chosen = list(rows if sitting_ids is None else rows.filter(id__in=list(sitting_ids)))
    if not chosen:
        raise Refused(_("没有可以延长的人：选的人都交卷了。"), code="nobody")
    for one in chosen:
        if one.extra_minutes + minutes > MOST_MINUTES:
            raise Refused(_("一个人最多延长 %(n)d 分钟。") % {"n": MOST_MINUTES}, field="minutes")
        one.extra_minutes += minutes
        one.ends_at = one.ends_at + timedelta(minutes=minutes) if one.ends_at else None
    Sitting.objects.bulk_update(chosen, ["extra_minutes", "ends_at"], batch_size=500)
    note_all(chosen, Happening.EXTENDED, words=_("%(n)d 分钟：%(why)s") % {"n": minutes, "why": words}, by=by)
    enter("extend", exam, by, {"minutes": minutes, "people": len(chosen), "why": words})
    return len(chosen)


@verb
def admit(sitting_id: UUID, *, why: str, by: Person) -> Sitting:
    """Let somebody begin although he is late (准许迟到开考); he gets his own minutes. Refused without a reason."""
    sitting = locked_sitting("start", sitting_id, by.mine_id)
    demand(by, "exam.invigilate")
    words = _reason(why)
    if sitting.exam.status != Status.DRAWN:
        raise Refused(_("这场考试已经收卷。请安排补考。"), code="closed")
    sitting.late_ok = True
    sitting.save()
    note(sitting, Happening.ADMITTED, words=words, by=by)
    enter_sitting("admit", sitting, by, {"why": words})
    return sitting


@verb
def release(sitting_id: UUID, *, why: str, by: Person) -> Sitting:
    """Give a sitting back (放回作答) that was handed in by mistake: with the minutes that were left, no more.

    The result so far stays in its history. Refused when no time was left (then extend first is not possible either: a
    new exam is), without a reason, and after the exam was closed.
    """
    sitting = locked_sitting("release", sitting_id, by.mine_id)
    demand(by, "exam.invigilate")
    words = _reason(why)
    if sitting.exam.status != Status.DRAWN:
        raise Refused(_("这场考试已经收卷。请安排补考。"), code="closed")
    assert sitting.ends_at is not None and sitting.ended_at is not None
    left = sitting.ends_at - sitting.ended_at
    if left < timedelta(minutes=1):
        raise Refused(_("他的时间已经用完，放回也没有时间作答。确有停电等情况，请作废后安排补考。"), code="no_time")
    sitting.status = SAT_FLOW.target("release", sitting.status)
    sitting.ends_at, sitting.ended_at = now() + left, None
    sitting.score = sitting.passed = sitting.out_of = None
    sitting.save()
    note(sitting, Happening.RELEASED, words=words, by=by)
    enter_sitting("release", sitting, by, {"why": words, "seconds_left": int(left.total_seconds())})
    return sitting


@verb
def void(sitting_id: UUID, *, why: str, by: Person) -> Sitting:
    """Void a sitting (作废答卷), with the reason. A person decides this; the log alone fails nobody."""
    sitting = locked_sitting("void", sitting_id, by.mine_id)
    demand(by, "exam.void")
    words = _reason(why)
    if sitting.exam.status == Status.PUBLISHED:
        raise Refused(_("成绩已经公布，不能再作废。"), code="published")
    sitting.status = SAT_FLOW.target("void", sitting.status)
    sitting.score = sitting.passed = sitting.out_of = None
    sitting.save()
    note(sitting, Happening.VOIDED, words=words, by=by)
    enter_sitting("void", sitting, by, {"why": words})
    return sitting


@verb
def let_in(sitting_id: UUID, *, why: str, by: Person) -> Sitting:
    """Count what came in too late to count by itself (准予计入迟到的答案): a machine that was off the net for long.

    Only what was given before the cut-off by our clock counts. Refused when there is nothing of the kind.
    """
    sitting = locked_sitting(None, sitting_id, by.mine_id)
    demand(by, "exam.void")
    words = _reason(why)
    if sitting.status not in ENDED or sitting.exam.status == Status.PUBLISHED:
        raise Refused(_("这份答卷没有收卷，或者成绩已经公布。"), code="wrong_state")
    if sitting.late_counts or not late_answers(sitting).exists():
        raise Refused(_("没有迟到的答案要计入。"), code="nothing_new")
    sitting.late_counts = True
    write_result(sitting, why=words, by_id=by.id)
    sitting.save()
    note(sitting, Happening.LET_IN, words=words, by=by)
    enter_sitting("let_in", sitting, by, {"why": words})
    return sitting
