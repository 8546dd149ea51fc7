"""The verbs of a question: 追问、答复、再追问、同问、认可答复, and the clocks of the mine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kuangdeng.hazards.accidents.models import Accident
from kuangdeng.hazards.accidents.queries import without_the_hurt
from kuangdeng.hazards.accidents.rules import Status as AccidentStatus
from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.bulletins.rules import Status as Published
from kuangdeng.hazards.models import Hazard
from kuangdeng.hazards.questions.models import KINDS, Question, QuestionRule, QuestionUnit, Turn, TurnPhoto
from kuangdeng.hazards.questions.rules import DEFAULT_CLOCKS, FLOW, LEVELS, VERB_LABELS, Status
from kuangdeng.hazards.rules import ENDED, owed_by
from kuangdeng.hazards.services._steps import arrived, need
from kuangdeng.kernel.clock import local, now
from kuangdeng.kernel.errors import NotVisible, Refused
from kuangdeng.kernel.language import in_chinese
from kuangdeng.kernel.verbs import verb
from kuangdeng.ledger.api import Entry, Subject, post
from kuangdeng.org.api import Mine, Person, Unit, may, same_unit, timetable_of


@verb
def ask(item_id: int, *, text: str, by: Person) -> Question:
    """Ask on a published line (追问): the unit that holds it owes an answer by the mine's clock.

    Only on what was published, because that is what everybody has read. Refused without words, by who asks for no
    unit, on what one's own unit has to do, and on what has ended meanwhile.
    """
    item = BulletinItem.objects.select_related("bulletin__mine").filter(id=item_id).first()
    if item is None or item.bulletin.mine_id != by.mine_id or item.bulletin.status != Published.PUBLISHED:
        raise NotVisible
    unit = _asking_unit("ask", by)
    subject = _subject(item)
    if subject.ended:
        raise Refused(_("这一条已经办结，不能再追问。还有问题的，请重新上报。"), code="ended")
    if subject.holder is not None and same_unit(unit, subject.holder):
        raise Refused(_("这一条由本单位办理，不能追问自己。"), code="own_unit")
    words = _said_of(item, need(text, _("请写明要追问什么。"), field="text"))
    at = now()
    question = Question.objects.create(
        mine_id=by.mine_id, item=item, subject_kind=item.subject_kind, subject_id=item.subject_id, text=words,
        asker=by, asker_unit=unit, holder=subject.holder, asked_at=at,
        due_at=_due(item.bulletin.mine, subject.holder, subject.urgent, at),
    )  # fmt: skip
    QuestionUnit.objects.create(question=question, unit=unit, joined_at=at)
    turn = _turn(question, "ask", by, words)
    _enter("ask", question, by, {"text": words, "due_at": question.due_at.isoformat(), "on": item.text}, turn)
    return question


@verb
def answer(
    question_id: UUID, *, text: str, by: Person, promised_on: date | None = None, photos: Sequence[str] = ()
) -> Question:
    """Answer a question (答复), with photos and the day by which it is promised; that day is no deadline.

    Refused for who does not head the unit that was asked, without words, and with a promised day in the past.
    """
    question = _begin("answer", question_id)
    power = "question.answer" if question.holder else "question.answer_unheld"
    if by.mine_id != question.mine_id or not may(by, power, question.holder):
        raise Refused(_("只有被追问单位的区队长、支部书记能答复；没有责任单位的由安监部门答复。"), code="not_allowed")
    words = _said_of(question.item, need(text, _("请写明答复。"), field="text"))
    if promised_on is not None and promised_on < local().date():
        raise Refused(_("承诺日期已经过去。请填写今天或以后的日期。"), field="promised_on")
    question.answered_at, question.promised_on = now(), promised_on
    question.status = FLOW.target("answer", question.status)
    question.save()
    turn = _turn(question, "answer", by, words, promised_on)
    kept = _attach(turn, photos, by)
    payload = {"text": words, "promised_on": promised_on.isoformat() if promised_on else None, "photos": kept}
    _enter("answer", question, by, payload, turn)
    return question


@verb
def press(question_id: UUID, *, text: str, by: Person) -> Question:
    """Press again (再追问): the answer is not enough, or did not come in time. One level higher owes it from now on.

    Refused for who did not ask, without words, and while the first answer is not due yet.
    """
    question = _begin("press", question_id)
    unit = _asking_unit("press", by, question)
    if question.status == Status.ASKED and question.due_at > now():
        raise Refused(
            _("答复时限还没有到（%(due)s）。到时还没有答复，再追问。") % {"due": _said(question.due_at)}, code="early"
        )
    words = _said_of(question.item, need(text, _("请写明还要追问什么。"), field="text"))
    question.status = FLOW.target("press", question.status)
    question.level, question.presses = min(question.level + 1, len(LEVELS) - 1), question.presses + 1
    question.due_at = _due(question.mine, question.holder, _subject(question.item).urgent, now())
    question.answered_at = None
    question.save()
    turn = _turn(question, "press", by, words, unit=unit)
    payload = {"text": words, "level": question.level, "due_at": question.due_at.isoformat()}
    _enter("press", question, by, payload, turn)
    return question


@verb
def join(question_id: UUID, *, by: Person) -> Question:
    """Have the same question (同问): the unit hears the answer too, and may press and settle like the first.

    Refused for the unit that has to answer, and when the unit asks already.
    """
    question = _begin("join", question_id)
    if by.mine_id != question.mine_id:
        raise NotVisible
    unit = _asking_unit("join", by)
    if question.holder is not None and same_unit(unit, question.holder):
        raise Refused(_("这条追问要由本单位答复，不能同问。"), code="own_unit")
    _row, new = QuestionUnit.objects.get_or_create(question=question, unit=unit, defaults={"joined_at": now()})
    if not new:
        raise Refused(_("本单位已经在追问这一条了。"), code="again")
    _enter("join", question, by, {"text": question.text}, _turn(question, "join", by, "", unit=unit))
    return question


@verb
def settle(question_id: UUID, *, by: Person) -> Question:
    """Be content with the answer (认可答复): the question is settled. Refused for who did not ask, and unanswered."""
    question = _begin("settle", question_id)
    unit = _asking_unit("settle", by, question)
    question.status, question.settled_at = FLOW.target("settle", question.status), now()
    question.save()
    _enter("settle", question, by, {}, _turn(question, "settle", by, "", unit=unit))
    return question


@dataclass(frozen=True)
class Clock:
    """How soon an answer is owed."""

    kind: str
    amount: int


@verb
def save_rules(*, major: Clock, other: Clock, by: Person) -> list[QuestionRule]:
    """Say how soon an answer is owed (追问时限), from the next question on. Refused for hours that are none."""
    if not may(by, "question.rules"):
        raise Refused(_("您没有权限设置追问时限。请联系安监部门或系统管理员。"), code="not_allowed")
    rows = []
    for is_major, clock in ((True, major), (False, other)):
        if clock.kind not in dict(KINDS) or (clock.kind == "hours" and not 1 <= clock.amount <= 240):
            raise Refused(
                _("请选择算法；按小时算的，填 1 到 240。"), field="major_amount" if is_major else "other_amount"
            )
        amount = clock.amount if clock.kind == "hours" else 0
        row, _new = QuestionRule.objects.update_or_create(
            mine_id=by.mine_id, major=is_major, defaults={"kind": clock.kind, "amount": amount}
        )
        rows.append(row)
    with in_chinese():
        label = _("追问时限")
    post(
        "question.rules",
        Subject("question_rule", by.mine_id, label),
        mine_id=by.mine_id,
        by=by,
        payload={"major_kind": major.kind, "major_hours": major.amount, "kind": other.kind, "hours": other.amount},
    )
    return rows


def _said_of(item: BulletinItem, words: str) -> str:
    """What is asked and answered about an accident names none of the hurt."""
    return without_the_hurt(item.subject_id, words) if item.subject_kind == "accident" else words


@dataclass(frozen=True)
class _Subject:
    """What is asked about: who holds it now, whether it has ended, whether its clock is the short one."""

    holder: Unit | None
    ended: bool
    urgent: bool


def _subject(item: BulletinItem) -> _Subject:
    """A published hazard or accident as it stands now. NotVisible for other lines."""
    if item.subject_kind == "accident":
        accident = Accident.objects.select_related("unit").filter(id=item.subject_id).first()
        if accident is not None:
            return _Subject(accident.unit, accident.status in (AccidentStatus.CLOSED, AccidentStatus.VOID), True)
    elif item.subject_kind == "hazard":
        hazard = Hazard.objects.select_related("unit").filter(id=item.subject_id).first()
        if hazard is not None:
            return _Subject(hazard.unit, hazard.status in ENDED, hazard.is_major)
    raise NotVisible


def _begin(what: str, question_id: UUID) -> Question:
    question = (
        Question.objects.select_for_update(of=("self",))
        .select_related("mine", "holder", "asker_unit", "item")
        .filter(id=question_id)
        .first()
    )
    if question is None:
        raise NotVisible
    FLOW.target(what, question.status)
    return question


def _asking_unit(what: str, by: Person, question: Question | None = None) -> Unit:
    """The unit for which `by` asks: his own, a team's main unit. With a question given, one of those that ask it."""
    unit = by.unit
    if unit is not None and unit.kind == "team" and unit.parent:
        unit = unit.parent
    if unit is None or not may(by, f"question.{what}", by.unit):
        raise Refused(
            _("您没有权限「%(verb)s」。请由班组长、区队长或支部书记办理。") % {"verb": VERB_LABELS[what]},
            code="not_allowed",
        )
    if question is not None:
        if by.mine_id != question.mine_id:
            raise NotVisible
        if not QuestionUnit.objects.filter(question=question, unit=unit).exists():
            raise Refused(_("这条不是本单位追问的。有同样的问题，请先点「同问」。"), code="not_asker")
    return unit


def _due(mine: Mine, holder: Unit | None, major: bool, at: datetime) -> datetime:
    rule = QuestionRule.objects.filter(mine=mine, major=major).first()
    kind, amount = (rule.kind, rule.amount) if rule else DEFAULT_CLOCKS[major]
    ends = timetable_of(mine, holder).ends_after(at, 2)
    return owed_by(kind, amount, at=at, shift_ends=ends)


def _said(at: datetime) -> str:
    return f"{local(at):%m-%d %H:%M}"


def _turn(
    question: Question, what: str, by: Person, text: str, promised_on: date | None = None, *, unit: Unit | None = None
) -> Turn:
    unit = unit or by.unit
    return Turn.objects.create(
        question=question, verb=what, by=by, unit=unit, unit_name=unit.name if unit else "", at=now(), text=text,
        promised_on=promised_on, level=question.level,
    )  # fmt: skip


def _attach(turn: Turn, sha256s: Sequence[str], by: Person) -> list[str]:
    """Photos that this person sent before, tied to his answer. Refused when one is not there."""
    files = arrived(sha256s, by) if sha256s else []
    TurnPhoto.objects.bulk_create([TurnPhoto(turn=turn, file_id=file) for file in files])
    return files


def _enter(what: str, question: Question, by: Person, payload: Mapping[str, object], turn: Turn) -> Entry:
    number = question.item.line.get("number", "")
    return post(
        f"question.{what}",
        Subject("question", question.id, f"{number} {question.text}".strip()),
        mine_id=question.mine_id,
        by=by,
        unit=question.holder,
        payload={"status": str(question.status), "asker_unit": turn.unit_name, **payload},
    )
