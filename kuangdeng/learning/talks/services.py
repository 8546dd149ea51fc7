"""The verbs of the talks: who failed is listed, talked with, signs, sits again; who fails again is trained again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.kernel.clock import now, today
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.rows import one_of
from kuangdeng.kernel.verbs import verb
from kuangdeng.kernel.words import need
from kuangdeng.learning.asking import refuse_without
from kuangdeng.learning.exams.api import Exam, Kind, Sat, Sitting, lift_hold
from kuangdeng.learning.exams.api import Status as ExamStatus
from kuangdeng.learning.talks import rules
from kuangdeng.learning.talks.models import Retraining, Talk, TalkReminder, TalkRound, TalkRule, TalkStep
from kuangdeng.learning.talks.queries import candidates, chances_after, helpers, keeps, sheets_of, terms_on, topics_of
from kuangdeng.learning.talks.retraining import go, held
from kuangdeng.learning.talks.rules import CAUSE_LABELS, FLOW, OPEN, POWER_LABELS, TELL_LABELS, Cause, Status
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Mine, Person, has_power

DAYS = ("assign_days", "talk_days", "sign_days", "makeup_days", "retrain_days")


# Steps ----------------------------------------------------------------------------------------------------------------


def _demand(by: Person, power: str) -> None:
    refuse_without(has_power(by, power), POWER_LABELS[power])


def _begin(what: str, talk_id: UUID, mine_id: UUID) -> Talk:
    rows = Talk.objects.select_for_update(of=("self",)).select_related("person", "exam", "unit", "talker", "sitting")
    talk = one_of(rows.filter(id=talk_id, mine_id=mine_id))
    if talk is None:
        raise NotVisible
    FLOW.target(what, talk.status)
    return talk


def _enter(what: str, talk: Talk, by: Person | None, payload: Mapping[str, object] | None = None) -> Entry:
    """The line of the ledger. What was said in the talk stays between the two and those who look after it."""
    with in_chinese():
        label = f"{talk.person.name} {talk.exam.title}"
    return post(
        f"talk.{what}", Subject("talk", talk.id, label), mine_id=talk.mine_id, by=by,
        unit=talk.unit,
        payload={"status": str(talk.status), **(payload or {})},
    )  # fmt: skip


# Who needs a talk -----------------------------------------------------------------------------------------------------


@verb
def open_talks(exam_id: UUID, *, by: Person | None = None) -> int:
    """Go through the results of a published exam (列入谈心): who failed, was not there or is under the manager's bar
    gets a talk, with his weak points listed by itself. Returns how many came on the list.

    Done again after sheets were marked anew: who has passed now is taken off, who has failed now comes on. Of a make-up
    come on the list only those who failed it and may sit another by the training rules. Refused before the results are
    published.
    """
    exam = one_of(Exam.objects.select_for_update(of=("self",)).filter(id=exam_id))
    if exam is None or (by is not None and by.mine_id != exam.mine_id):
        raise NotVisible
    if exam.status != ExamStatus.PUBLISHED or exam.kind == Kind.PRACTICE:
        raise Refused(_("成绩公布以后才能列入谈心；练习不用谈心。"), code="not_published")
    counts = _go_through(exam)
    TalkRound.objects.update_or_create(exam=exam, defaults={"at": now()})
    facts = {"people": counts["opened"], "dropped": counts["dropped"], "failed": counts[Cause.FAILED]}
    facts |= {"absent": counts[Cause.ABSENT], "below": counts[Cause.BELOW]}
    post(
        "talk.open", Subject("talk_round", exam.id, exam.title), mine_id=exam.mine_id,
        by=by, payload=facts,
    )  # fmt: skip
    return counts["opened"]


def _go_through(exam: Exam) -> Counter[str]:
    terms = terms_on(exam.mine_id)
    sheets = sheets_of(exam)
    there = {one.person_id: one for one in Talk.objects.select_for_update(of=("self",)).filter(exam=exam)}
    needed = _needed(exam, sheets, terms.bar)
    fresh = [one for one in needed if _is_news(there.get(one[0].person_id), one[0])]
    through = [there[one.person_id] for one, cause in fresh if cause == Cause.BELOW and one.person_id in there]
    asked = {str(row["v"]) for sheet, _cause_ in fresh for row in (sheet.result.lines if sheet.result else ())}
    topics, stems = topics_of(asked) if asked else ({}, {})
    counts = Counter[str]()
    for sheet, cause in fresh:
        known = there.get(sheet.person_id)
        talk = known or Talk(mine_id=exam.mine_id, exam=exam, person=sheet.person)
        talk.sitting, talk.result, talk.unit, talk.cause = sheet, sheet.result, sheet.unit, cause
        talk.weak = (
            rules.weak_points(sheet.result.lines, topics, stems) if sheet.result else {"topics": [], "items": []}
        )
        if known is None or known.status == Status.DROPPED:
            talk.status = Status.DROPPED if known else ""
            talk.status = FLOW.target("reopen" if known else "open", talk.status or None)
            talk.since, talk.ended_at = now(), None
            talk.due_at = rules.due(talk.status, talk.since, terms)
            counts["opened"] += 1
            counts[cause] += 1
        talk.save()
    gone = {one.person_id for one in sheets if one.passed} - {sheet.person_id for sheet, _cause_ in needed}
    through += Talk.objects.filter(makeup__exam=exam, makeup__passed=True, status=Status.RETRAINING)
    counts["dropped"] = sum(_drop_passed(there[key]) for key in gone if key in there)
    counts["dropped"] += sum(_drop_passed(one) for one in through if one.status in (Status.MAKEUP, Status.RETRAINING))
    return counts


def _needed(exam: Exam, sheets: Sequence[Sitting], bar: Decimal | None) -> list[tuple[Sitting, Cause]]:
    """The sheets that call for a talk, and why. Who stayed away from a make-up only needs another one."""
    found = [(sheet, cause) for sheet in sheets if (cause := _cause(sheet, bar)) is not None]
    if exam.kind != Kind.MAKEUP:
        return found
    chances = chances_after(exam)
    return [one for one in found if one[1] == Cause.FAILED and chances.left(one[0].person_id, Cause.FAILED)]


def _cause(sheet: Sitting, bar: Decimal | None) -> Cause | None:
    share = sheet.score * 100 / sheet.out_of if sheet.score is not None and sheet.out_of else None
    return rules.cause_of(absent=sheet.status == Sat.ABSENT, passed=sheet.passed, share=share, bar=bar)


def _is_news(talk: Talk | None, sheet: Sitting) -> bool:
    """Whether there is no talk of this sheet yet, or its result is another one by now; who took it off has decided."""
    if talk is None:
        return True
    decided = talk.status == Status.DONE or (talk.status == Status.DROPPED and talk.end_note != _passed_now())
    return talk.result_id != sheet.result_id and not decided


def _passed_now() -> str:
    with in_chinese():
        return str(_("重判后已经合格"))


def _drop_passed(talk: Talk) -> bool:
    """Whoever has passed now owes neither talk nor make-up."""
    if talk.status not in OPEN:
        return False
    go("drop", talk)
    talk.end_note = _passed_now()
    talk.save()
    Retraining.objects.filter(talk=talk, done_at=None).delete()
    return True


@verb
def drop(talk_id: UUID, *, why: str, by: Person) -> Talk:
    """Take somebody off the list (撤销谈心), with the reason: he has left the mine, is ill for long. Refused for oneself."""
    talk = _begin("drop", talk_id, by.mine_id)
    _demand(by, "talk.drop")
    if talk.person_id == by.id:
        raise Refused(_("自己的谈心不能自己撤销。请由别人办理。"), code="own")
    talk.end_note = need(why, _("请写明为什么撤销。"), field="why")
    go("drop", talk)
    talk.save()
    Retraining.objects.filter(talk=talk, done_at=None).delete()
    _enter("drop", talk, by, {"why": talk.end_note})
    return talk


@verb
def reopen(talk_id: UUID, *, why: str, by: Person) -> Talk:
    """Put somebody back on the list (重新列入), with the reason; the talk begins anew."""
    talk = _begin("reopen", talk_id, by.mine_id)
    _demand(by, "talk.reopen")
    words = need(why, _("请写明为什么重新列入。"), field="why")
    go("reopen", talk)
    talk.talker = talk.helper = talk.talked_at = talk.recorded_at = talk.signed_at = talk.signed_by = None
    talk.ended_at, talk.end_note = None, ""
    talk.save()
    _enter("reopen", talk, by, {"why": words})
    return talk


# The talk -------------------------------------------------------------------------------------------------------------


@verb
def assign(talk_id: UUID, *, talker_id: UUID, by: Person) -> Talk:
    """Ask a named person to talk with him (安排谈话人); another one may be asked as long as the talk was not held.

    Refused for somebody who neither keeps his unit nor looks after training, and for he himself.
    """
    talk = _begin("assign", talk_id, by.mine_id)
    if not keeps(by, talk):
        raise Refused(_("只有本单位负责人、支部书记、培训和政工部门能安排谈话人。"), code="not_allowed")
    talker = next((one for one in candidates(talk) if one.id == talker_id), None)
    if talker is None:
        raise Refused(_("请选本单位负责人、支部书记、培训、政工部门或矿领导中的一位，不能是本人。"), field="talker")
    talk.talker = talker
    go("assign", talk)
    talk.save()
    _enter("assign", talk, by, {"talker": talker.name, "due_at": talk.due_at.isoformat() if talk.due_at else ""})
    return talk


@dataclass(frozen=True)
class Record:
    """What the talker writes down."""

    talked_at: datetime
    place: str
    reason: str
    measures: str
    helper_id: UUID | None = None


@verb
def record(talk_id: UUID, *, data: Record, by: Person) -> Talk:
    """Write the talk down (记录谈心): when, where, why he failed, what will be done; this is the talker's signature.

    Refused for anybody but the talker, for a talk in the future or before the exam, without cause or measures.
    """
    talk = _begin("record", talk_id, by.mine_id)
    if talk.talker_id != by.id:
        raise Refused(_("谈心由安排的谈话人记录。要换人，请先重新安排谈话人。"), code="not_talker")
    if not talk.exam.opens_at <= data.talked_at <= now() + timedelta(minutes=5):
        raise Refused(_("谈话时间要在考试以后，不能晚于现在。"), field="talked_at")
    talk.place = need(data.place, _("请写在哪里谈的。"), field="place", most=80)
    talk.reason = need(data.reason, _("请写没考好的原因。"), field="reason", most=1000)
    talk.measures = need(data.measures, _("请写改进措施：学什么、谁来帮、到什么时候。"), field="measures", most=1000)
    talk.helper = None
    if data.helper_id:
        talk.helper = next((one for one in helpers(talk) if one.id == data.helper_id), None)
        if talk.helper is None:
            raise Refused(_("帮扶人要选本单位在岗的人，不能是本人。"), field="helper")
    talk.talked_at, talk.recorded_at = data.talked_at, now()
    go("record", talk)
    talk.save()
    _enter("record", talk, by, {"talker": by.name, "helper": talk.helper.name if talk.helper else ""})
    return talk


@verb
def rewrite(talk_id: UUID, *, why: str, by: Person) -> Talk:
    """Give the record back (退回重谈): what stands there is not what was said. By him, or by the talker; with a reason."""
    talk = _begin("rewrite", talk_id, by.mine_id)
    if by.id not in (talk.person_id, talk.talker_id):
        raise Refused(_("只有本人和谈话人能退回重谈。"), code="not_allowed")
    words = need(why, _("请写明哪里不对。"), field="why")
    talk.recorded_at = None
    go("rewrite", talk)
    talk.save()
    _enter("rewrite", talk, by, {"why": words})
    return talk


@verb
def sign(talk_id: UUID, *, by: Person) -> Talk:
    """Sign the record (本人签字): from now the make-up exam is open to him, or he owes the retraining where the training
    rules give him no make-up. Refused for anybody but himself."""
    talk = _begin("sign", talk_id, by.mine_id)
    if talk.person_id != by.id:
        raise Refused(_("谈心记录由本人签字。纸上签了的，由培训或政工部门登记。"), code="not_yours")
    _sign(talk, by, "")
    _enter("sign", talk, by)
    return talk


@verb
def sign_for(talk_id: UUID, *, note: str, by: Person) -> Talk:
    """Note that he signed the printed record (登记纸质签字), with where the paper lies. Refused for oneself."""
    talk = _begin("sign", talk_id, by.mine_id)
    _demand(by, "talk.sign_for")
    if talk.person_id == by.id:
        raise Refused(_("自己的记录请直接签字。"), code="own")
    _sign(talk, by, need(note, _("请写明纸质记录存在哪里。"), field="note"))
    _enter("sign_for", talk, by, {"why": talk.sign_note})
    return talk


def _sign(talk: Talk, by: Person, note: str) -> None:
    talk.signed_at, talk.signed_by, talk.sign_note = now(), by, note
    if not talk.owes_exam:
        go("finish", talk)
    elif chances_after(talk.exam).left(talk.person_id, talk.cause):
        go("sign", talk)
    else:
        go("owe_retraining", talk)
    talk.save()
    _owe_retraining(talk)


def _owe_retraining(talk: Talk) -> None:
    """Who has to be trained again stands on the list of the training classes."""
    if talk.status == Status.RETRAINING:
        Retraining.objects.get_or_create(talk=talk, defaults={"mine_id": talk.mine_id, "person": talk.person})


# The make-up exam -----------------------------------------------------------------------------------------------------


@verb
def let_sit(talk_id: UUID, *, sitting_id: UUID) -> Talk:
    """Open the make-up exam to him (放行补考): the talk is signed. By the clock.

    Refused when this sitting is no make-up of that exam, or is not held back any more.
    """
    sitting = one_of(Sitting.objects.select_related("exam").filter(id=sitting_id, exam__kind=Kind.MAKEUP))
    talk = one_of(
        Talk.objects.select_for_update(of=("self",)).select_related("person", "exam", "unit").filter(id=talk_id)
    )
    if talk is None or sitting is None:
        raise NotVisible
    fits = sitting.person_id == talk.person_id and sitting.exam.makeup_of_id == talk.made_up_id
    if talk.status != Status.MAKEUP or not fits or not lift_hold(sitting):
        raise Refused(_("这场补考现在不能放行。"), code="wrong_state")
    talk.makeup = sitting
    talk.save()
    _enter("let_sit", talk, None, {"makeup": sitting.exam.title})
    return talk


_LOST: dict[str, str] = {Sat.ABSENT: "absent", Sat.VOID: "void"}
"""Make-up sheets that come to nothing: he still owes one."""


@verb
def settle(talk_id: UUID, *, sitting_id: UUID) -> Talk:
    """What the make-up exam came to (补考结果): passed, it is over; failed again, retraining is owed, or another talk where
    the training rules of its day allow another make-up; did not come, declared void or called off, another one has to
    be arranged.

    By the clock, once the results are published. Refused before.
    """
    over = [ExamStatus.PUBLISHED, ExamStatus.CANCELLED]
    sitting = one_of(Sitting.objects.select_related("exam").filter(id=sitting_id, exam__status__in=over))
    rows = Talk.objects.select_for_update(of=("self",)).select_related("person", "exam", "unit")
    talk = one_of(rows.filter(id=talk_id))
    if talk is None or sitting is None or sitting.exam.makeup_of_id != talk.made_up_id:
        raise NotVisible
    lost = "cancelled" if sitting.exam.status == ExamStatus.CANCELLED else _LOST.get(sitting.status, "")
    if talk.status != Status.MAKEUP or (sitting.passed is None and not lost):
        raise Refused(_("补考成绩还没有公布。"), code="wrong_state")
    if lost:
        talk.makeup, outcome = None, lost
    else:
        outcome = "pass_makeup" if sitting.passed else _after_failing(talk, sitting.exam)
        talk.makeup = sitting
        go(outcome, talk)
    talk.save()
    _owe_retraining(talk)
    _enter("settle", talk, None, {"outcome": outcome, "makeup": sitting.exam.title})
    return talk


def _after_failing(talk: Talk, makeup: Exam) -> str:
    return "talk_again" if chances_after(makeup).left(talk.person_id, Cause.FAILED) else "fail_makeup"


# Retraining -----------------------------------------------------------------------------------------------------------


@verb
def accept_retraining(retraining_id: UUID, *, where: str, by: Person) -> Retraining:
    """Write down in which class outside the mine he is trained again (列入矿外培训); a class of ours takes him itself.

    Refused when he is in a class of ours: its conclusion settles it.
    """
    found = _by_hand(retraining_id, by)
    found.where = need(where, _("请写明列入哪个班。"), field="where", most=120)
    found.accepted_at, found.accepted_by = now(), by
    found.save()
    _enter("accept_retraining", found.talk, by, {"where": found.where})
    return found


@verb
def finish_retraining(retraining_id: UUID, *, note: str, by: Person) -> Retraining:
    """Say that he was trained again elsewhere and passed (重新培训完成), with where that stands.

    Refused before he was in a class, and when it is one of ours: its conclusion settles it.
    """
    found = _by_hand(retraining_id, by)
    if found.accepted_at is None:
        raise Refused(_("还没有列入培训班。请先写明列入哪个班。"), code="not_accepted")
    words = need(note, _("请写明培训结果：学时、考核成绩。"), field="note")
    found.done_at = now()
    found.save()
    talk = found.talk
    go("retrain", talk)
    talk.end_note = words
    talk.save()
    _enter("finish_retraining", talk, by, {"why": words})
    return found


def _by_hand(retraining_id: UUID, by: Person) -> Retraining:
    found = held(retraining_id, mine_id=by.mine_id)
    _demand(by, "talk.retrain")
    if found.class_id is not None:
        said = _("已列入%s，结业时自动办结。要改到别处，请先在名册里退班。")
        raise Refused(said % found.where, code="in_class")
    return found


# The ladder and the rule ----------------------------------------------------------------------------------------------


@verb
def remind(talk_id: UUID, *, status: str, since: datetime, after_days: int, tells: Sequence[str]) -> TalkReminder:
    """Tell that a step is late (超期提醒), a level higher with each step. By the clock; told once.

    Refused when the step was done meanwhile, or was told already.
    """
    rows = Talk.objects.select_for_update(of=("self",)).select_related("person", "exam", "unit")
    talk = one_of(rows.filter(id=talk_id))
    if talk is None:
        raise NotVisible
    told = TalkReminder.objects.filter(talk=talk, status=status, since=since, after_days__gte=after_days)
    if talk.status != status or talk.since != since or told.exists():
        raise Refused(_("这一步已经办了，或者提醒过了。"), code="done")
    row = TalkReminder.objects.create(talk=talk, status=status, since=since, after_days=after_days, tells=list(tells))
    _enter("remind", talk, None, {"late_days": after_days, "tells": list(tells)})
    return row


@dataclass(frozen=True)
class RuleData:
    """What the mine sets: the manager's bar and the days of each step."""

    valid_from: date
    bar: Decimal | None
    assign_days: int
    talk_days: int
    sign_days: int
    makeup_days: int
    retrain_days: int
    source: str
    confirmed: bool = False


@verb
def save_rule(*, data: RuleData, by: Person) -> TalkRule:
    """Set from which bar and within how many days (谈心办法), from a day on. Refused for a day that is past, for a day
    that has its rule, and without where it is written."""
    _demand(by, "talk.rules")
    Mine.objects.select_for_update(of=("self",), no_key=True).get(id=by.mine_id)
    if data.valid_from < today():
        raise Refused(_("从哪天起不能早于今天：已经发生的按当时的办法算。"), field="valid_from")
    if TalkRule.objects.filter(mine_id=by.mine_id, valid_from=data.valid_from).exists():
        raise Refused(_("这一天已经有一条办法。请改一个日期。"), field="valid_from")
    if data.bar is not None and not 0 < data.bar <= 100:
        raise Refused(_("谈心线是 0 到 100 之间的百分数，不设就空着。"), field="bar")
    for name in DAYS:
        if not 1 <= getattr(data, name) <= 365:
            raise Refused(_("天数要在 1 到 365 之间。"), field=name)
    values = {name: getattr(data, name) for name in DAYS}
    rule = TalkRule.objects.create(
        mine_id=by.mine_id, valid_from=data.valid_from, bar=data.bar, confirmed=data.confirmed,
        source=need(data.source, _("请写明依据：哪份文件，或者谁定的。"), field="source"), **values,
    )  # fmt: skip
    facts = {"valid_from": data.valid_from.isoformat(), "bar": str(data.bar or ""), **values, "source": rule.source}
    _enter_setting("save_rule", by, {**facts, "confirmed": rule.confirmed})
    return rule


@verb
def save_ladder(*, steps: Sequence[tuple[int, str]], by: Person) -> list[TalkStep]:
    """Set who is told after how many days (提醒阶梯). Refused when it is empty: then something could be forgotten."""
    _demand(by, "talk.rules")
    Mine.objects.select_for_update(of=("self",), no_key=True).get(id=by.mine_id)
    wanted = sorted(set(steps))
    if not wanted:
        raise Refused(_("至少要有一级提醒，不然超期没有人知道。"), field="steps")
    for days, tell in wanted:
        if tell not in TELL_LABELS or not 0 <= days <= 365:
            raise Refused(_("超期天数要在 0 到 365 之间，并选好提醒谁。"), field="steps")
    TalkStep.objects.filter(mine_id=by.mine_id).delete()
    rows = TalkStep.objects.bulk_create(TalkStep(mine_id=by.mine_id, after_days=one[0], tell=one[1]) for one in wanted)
    with in_chinese():
        words = "；".join(f"{days} 天 {TELL_LABELS[tell]}" for days, tell in wanted)
    _enter_setting("save_ladder", by, {"steps": words})
    return rows


def _enter_setting(what: str, by: Person, payload: Mapping[str, object]) -> Entry:
    with in_chinese():
        label = _("谈心办法")
    return post(
        f"talk.{what}", Subject("talk_rule", by.mine_id, label), mine_id=by.mine_id, by=by,
        payload=dict(payload),
    )  # fmt: skip


__all__ = [
    "CAUSE_LABELS", "Record", "RuleData", "accept_retraining", "assign", "drop", "finish_retraining", "let_sit", "open_talks",
    "record", "remind", "reopen", "rewrite", "save_ladder", "save_rule", "settle", "sign", "sign_for",
]  # fmt: skip
