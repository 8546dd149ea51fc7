"""安排考试: an exam is arranged, people are enrolled or drawn, papers are drawn, and it is closed and published."""

import secrets
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import Refused
from kuangdeng.kernel.verbs import verb
from kuangdeng.learning.exams.handing import give_forms
from kuangdeng.learning.exams.models import Exam, Sitting
from kuangdeng.learning.exams.preparing import LEADERS, ExamData, check_draw, facts_of, need, new_exam, put, put_on_list
from kuangdeng.learning.exams.queries import may_still_come, unread
from kuangdeng.learning.exams.rules import (
    CODE_DIGITS,
    FLOW,
    GRACE,
    MOST_PEOPLE,
    SAT_FLOW,
    Kind,
    Sat,
    Status,
    digest,
)
from kuangdeng.learning.exams.services._steps import demand, enter, locked_exam
from kuangdeng.learning.items.api import draw as lot
from kuangdeng.org.api import Person, below, holders


@dataclass(frozen=True)
class People:
    """Whom an exam concerns: named persons, whole units with what is below them, and their leaders."""

    person_ids: Collection[UUID] = field(default_factory=tuple)
    unit_ids: Collection[UUID] = field(default_factory=tuple)
    trades: Collection[str] = field(default_factory=tuple)
    leaders: bool = False


@verb
def arrange(*, data: ExamData, by: Person) -> Exam:
    """Arrange an exam (安排考试). Refused without a settled paper, and for times in which nobody could sit it."""
    demand(by, "exam.arrange")
    exam = new_exam(data, by)
    enter("arrange", exam, by, facts_of(exam))
    return exam


@verb
def change(exam_id: UUID, *, data: ExamData, by: Person) -> Exam:
    """Change an exam that is still being prepared (更改考试). Refused once its papers are drawn."""
    exam = locked_exam("change", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    put(exam, data, by)
    enter("change", exam, by, facts_of(exam))
    return exam


@verb
def enrol(exam_id: UUID, *, people: People, by: Person) -> int:
    """Put people on the list (加入应考人); who is on it already stays once. Returns how many came on.

    After the papers were drawn the newcomers get theirs at once. Whoever sits a make-up exam must have failed or
    missed the exam before it, and waits until the talk with him is recorded (谈心).
    """
    exam = locked_exam("enrol", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    chosen = _chosen(exam, people)
    if not chosen:
        raise Refused(_("没有选到人。请选单位或人员。"), field="people")
    if exam.kind == Kind.MAKEUP:
        _check_makeup(exam, chosen)
    added = put_on_list(exam, chosen)
    enter("enrol", exam, by, {"people": len(added), "already": len(chosen) - len(added)})
    return len(added)


def _chosen(exam: Exam, people: People) -> list[Person]:
    units = below(people.unit_ids)
    wanted = Q(id__in=list(people.person_ids))
    if units:
        whole = Q(unit_id__in=units)
        wanted |= whole & Q(trade__in=list(people.trades)) if people.trades else whole
    rows = Person.objects.filter(wanted, mine_id=exam.mine_id, is_active=True, left_on=None)
    if people.leaders:
        leading = holders(exam.mine_id, LEADERS).filter(unit_id__in=units) if units else Person.objects.none()
        rows = Person.objects.filter(Q(id__in=rows.values("id")) | Q(id__in=leading.values("id")))
    found = list(rows.order_by("pinyin", "number")[: MOST_PEOPLE + 1])
    if len(found) > MOST_PEOPLE:
        raise Refused(_("一场考试最多 %(n)d 人。请分成几场。") % {"n": MOST_PEOPLE}, field="people")
    return found


def _check_makeup(exam: Exam, chosen: Sequence[Person]) -> None:
    owed = Q(passed=False) | Q(status=Sat.ABSENT)
    rows = Sitting.objects.filter(Q(exam=exam.makeup_of) | Q(exam__makeup_of=exam.makeup_of))
    through = rows.filter(passed=True, exam__status=Status.PUBLISHED).values_list("person_id", flat=True)
    may = set(rows.filter(owed, exam=exam.makeup_of).values_list("person_id", flat=True)) - set(through)
    wrong = [one.name for one in chosen if one.id not in may]
    if wrong:
        said = _("%(names)s 不用补考：没有参加「%(exam)s」，或者已经合格。请从名单里去掉。")
        assert exam.makeup_of is not None
        raise Refused(said % {"names": "、".join(wrong[:5]), "exam": exam.makeup_of.title}, field="people")


@verb
def draw_people(exam_id: UUID, *, people: People, count: int, by: Person) -> list[Person]:
    """Draw people by lot (随机抽人) from units and trades, in front of everybody; all set as likely.

    The seed, the pool's fingerprint and the order of the draw are on record, so that anybody can draw it again. Who is
    on the list already is not in the pool. Refused when the pool is smaller than what is to be drawn.
    """
    exam = locked_exam("draw_people", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    there = set(exam.sittings.values_list("person_id", flat=True))
    pool = sorted((one for one in _chosen(exam, people) if one.id not in there), key=lambda one: one.id)
    if not 1 <= count <= len(pool):
        said = _("可抽的有 %(have)d 人，要抽 %(want)d 人。请改人数或放宽范围。")
        raise Refused(said % {"have": len(pool), "want": count}, field="count")
    seed = secrets.token_hex(8)
    found = lot(pool, count, seed)
    put_on_list(exam, found)
    exam.drawing = {
        "seed": seed,
        "pool": len(pool),
        "pool_digest": digest([str(one.id) for one in pool]),
        "units": [str(one) for one in people.unit_ids],
        "trades": list(people.trades),
        "drawn": [str(one.id) for one in found],
        "at": now().isoformat(),
        "by": by.name,
    }
    exam.save()
    enter("draw_people", exam, by, {"seed": seed, "pool": len(pool), "people": len(found)})
    return found


@verb
def strike(exam_id: UUID, *, sitting_ids: Sequence[UUID], by: Person) -> int:
    """Take people off the list (移出应考人). Refused for whoever has begun: his sitting can only be voided.

    Refused as well for who was let in late, got time, or was sent here by a talk: that is on record and stays; when
    the papers are collected he is absent.
    """
    exam = locked_exam("strike", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    rows = list(exam.sittings.select_for_update(of=("self",)).filter(id__in=list(sitting_ids)).select_related("person"))
    begun = [one.person.name for one in rows if one.status != Sat.WAITING]
    if begun:
        raise Refused(_("%(names)s 已经开考，不能移出。") % {"names": "、".join(begun[:5])}, code="begun")
    names = [one.person.name for one in rows]
    try:
        exam.sittings.filter(id__in=[one.id for one in rows]).delete()
    except ProtectedError as error:
        held = {getattr(one, name, None) for one in error.protected_objects for name in ("sitting_id", "makeup_id")}
        said = _("%(names)s 已经有考场记录或者谈心后的放行，不能移出。人不来的，收卷时记缺考。")
        noted = [one.person.name for one in rows if one.id in held]
        raise Refused(said % {"names": "、".join(noted[:5])}, code="noted") from None
    enter("strike", exam, by, {"people": len(rows), "names": "、".join(names[:50])})
    return len(rows)


@verb
def draw(exam_id: UUID, *, by: Person) -> Exam:
    """Draw the papers before it opens (抽题备卷): one for all, or one for each.

    What is drawn stays: whoever sits down finds it ready, and a mass exam costs no drawing at its start. Refused
    without people (but for a practice), and when the bank is too small by now.
    """
    exam = locked_exam("draw", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    check_draw(exam)
    sittings = list(exam.sittings.all())
    forms = give_forms(exam, sittings)
    exam.status, exam.drawn_at, exam.code = FLOW.target("draw", exam.status), now(), _free_code(exam)
    exam.save()
    easiest, hardest = max(one.expected for one in forms), min(one.expected for one in forms)
    facts = {"forms": len(forms), "people": len(sittings), "expected": f"{hardest:.1f}-{easiest:.1f}"}
    enter("draw", exam, by, {**facts, "seed_digest": digest(exam.seed)})
    return exam


def _free_code(exam: Exam) -> str:
    used = set(Exam.objects.filter(mine_id=exam.mine_id, status=Status.DRAWN).values_list("code", flat=True))
    while True:
        code = "".join(secrets.choice("0123456789") for _n in range(CODE_DIGITS))
        if code not in used:
            return code


@verb
def undraw(exam_id: UUID, *, by: Person) -> Exam:
    """Take an exam back into preparation (退回筹备); its papers are thrown away. Refused once somebody has begun."""
    exam = locked_exam("undraw", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    if exam.sittings.exclude(status=Sat.WAITING).exists():
        raise Refused(_("已经有人开考，不能退回。"), code="begun")
    exam.sittings.update(form=None)
    exam.forms.all().delete()
    exam.status, exam.drawn_at, exam.code = FLOW.target("undraw", exam.status), None, ""
    exam.seed = secrets.token_hex(16)
    exam.save()
    enter("undraw", exam, by)
    return exam


@verb
def new_code(exam_id: UUID, *, by: Person) -> Exam:
    """Change the hall's code (换考场码), when it has got out. Who is sitting is not disturbed."""
    exam = locked_exam("new_code", exam_id, by.mine_id)
    demand(by, "exam.invigilate")
    exam.code = _free_code(exam)
    exam.save()
    enter("new_code", exam, by)
    return exam


@verb
def close(exam_id: UUID, *, by: Person | None) -> Exam:
    """Collect the papers (收卷): who has not come is absent. `by` is None when the clock does it.

    Refused while somebody is sitting, and while somebody may still come: before the end, until it is too late to begin.
    """
    exam = locked_exam("close", exam_id, by.mine_id if by else None)
    if by is not None:
        demand(by, "exam.publish")
    states = Counter(exam.sittings.values_list("status", flat=True))
    if states[Sat.SITTING]:
        raise Refused(
            _("还有 %(n)d 人在作答，不能收卷。请等他们交卷或到时。") % {"n": states[Sat.SITTING]}, code="sitting"
        )
    coming = may_still_come(exam, states[Sat.WAITING])
    if coming:
        said = _("还有 %(n)d 人没有来，考试 %(at)s 才结束。请等到结束，或者把不来的人移出名单。")
        raise Refused(said % {"n": coming, "at": f"{local(exam.closes_at):%H:%M}"}, code="waiting")
    exam.sittings.filter(status=Sat.WAITING).update(status=SAT_FLOW.target("miss", Sat.WAITING))
    exam.status, exam.closed_at = FLOW.target("close", exam.status), now()
    exam.save()
    facts = {"absent": states[Sat.WAITING], "handed_in": states[Sat.HANDED_IN] + states[Sat.TIMED_OUT]}
    enter("close", exam, by, {**facts, "void": states[Sat.VOID], "seed": exam.seed})
    return exam


@verb
def publish(exam_id: UUID, *, by: Person) -> Exam:
    """Publish the results (公布成绩): everybody may see his own. Refused while an answer waits to be marked by hand,
    and while answers that a cut line held back may still come in by themselves."""
    exam = locked_exam("publish", exam_id, by.mine_id)
    demand(by, "exam.publish")
    waiting = unread(exam)
    if waiting:
        raise Refused(_("还有 %(n)d 份答卷的简答题没有阅完。请先阅卷。") % {"n": waiting}, code="unmarked")
    ended = exam.sittings.filter(status=Sat.TIMED_OUT, ended_at__gt=now() - GRACE).count()
    if ended:
        said = _("%(n)d 份答卷刚到时收卷，断网的电脑上可能还有答案没有传来。请 %(m)d 分钟后再公布。")
        raise Refused(said % {"n": ended, "m": int(GRACE.total_seconds() // 60)}, code="grace")
    exam.status, exam.published_at = FLOW.target("publish", exam.status), now()
    exam.save()
    enter("publish", exam, by, {"passed": exam.sittings.filter(passed=True).count(),
                                "failed": exam.sittings.filter(passed=False).count()})  # fmt: skip
    return exam


@verb
def cancel(exam_id: UUID, *, why: str, by: Person) -> Exam:
    """Call an exam off (取消考试). Refused once somebody has begun, and without a reason."""
    exam = locked_exam("cancel", exam_id, by.mine_id)
    demand(by, "exam.arrange")
    words = need(why, _("请写明为什么取消。"), field="why", most=200)
    if exam.sittings.exclude(status=Sat.WAITING).exists():
        raise Refused(_("已经有人开考，不能取消。请收卷。"), code="begun")
    exam.status = FLOW.target("cancel", exam.status)
    exam.save()
    enter("cancel", exam, by, {"why": words})
    return exam
