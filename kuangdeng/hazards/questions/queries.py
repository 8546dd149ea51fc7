"""Reading questions: which wait for whom, one thread, the list."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from kuangdeng.hazards.bulletins.models import BulletinItem
from kuangdeng.hazards.bulletins.rules import Status as Published
from kuangdeng.hazards.questions.models import Question, QuestionRule, QuestionUnit, Turn, TurnPhoto
from kuangdeng.hazards.questions.rules import DEFAULT_CLOCKS, FLOW, LEVELS, Status
from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.org.api import Person, Role, has_power, may, reach, roles_of, same_unit


def visible(person: Person) -> QuerySet[Question]:
    """Everybody of the mine sees what is asked and what is answered: it is on what was published to all."""
    return Question.objects.filter(mine_id=person.mine_id)


def late() -> Q:
    """The answer did not come in time."""
    return Q(status=Status.ASKED, due_at__lt=clock.now())


def is_late(question: Question) -> bool:
    """Whether the answer is owed and did not come in time."""
    return question.status == Status.ASKED and question.due_at < clock.now()


def get_item(item_id: int, *, by: Person) -> BulletinItem:
    """A published line. NotVisible when it is none of this mine's."""
    found = (
        BulletinItem.objects.select_related("bulletin", "unit")
        .filter(id=item_id, bulletin__mine_id=by.mine_id, bulletin__status=Published.PUBLISHED)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def open_on(subject_id: UUID, mine_id: UUID) -> list[Question]:
    """What is asked on this already and not settled."""
    rows = Question.objects.filter(mine_id=mine_id, subject_id=subject_id).exclude(status=Status.SETTLED)
    return list(rows.select_related("asker_unit").order_by("asked_at"))


def get_question(question_id: UUID, *, by: Person) -> Question:
    """One question with its thread. NotVisible when there is none in this mine."""
    turns = Turn.objects.select_related("by").prefetch_related("photos")
    found = (
        visible(by)
        .select_related("mine", "item__bulletin", "asker", "asker_unit", "holder")
        .prefetch_related(Prefetch("turns", turns), Prefetch("units", QuestionUnit.objects.select_related("unit")))
        .filter(id=question_id)
        .first()
    )
    if found is None:
        raise NotVisible
    return found


def main_unit_id(person: Person) -> UUID | None:
    """The unit for which somebody asks: a team asks for its unit."""
    unit = person.unit
    return unit.parent_id if unit is not None and unit.kind == "team" and unit.parent_id else person.unit_id


def offered(question: Question, by: Person) -> list[str]:
    """The verbs that this person may use on this question now."""
    unit_id = main_unit_id(by)
    asks = any(one.unit_id == unit_id for one in question.units.all())
    holds = question.holder is not None and same_unit(by.unit, question.holder)
    power = "question.answer" if question.holder else "question.answer_unheld"
    able = {
        "answer": may(by, power, question.holder),
        "press": asks
        and may(by, "question.press", by.unit)
        and (question.status == Status.ANSWERED or is_late(question)),
        "settle": asks and may(by, "question.settle", by.unit),
        "join": unit_id is not None and not asks and not holds and may(by, "question.join", by.unit),
    }
    return [verb for verb in dict.fromkeys(FLOW.from_(question.status)) if able.get(verb)]


@dataclass
class Waiting:
    """A question that waits for this person."""

    question: Question
    verb: str
    late: bool = field(default=False)


def waiting_for(person: Person, limit: int = 20) -> list[Waiting]:
    """What this person owes an answer to, or has to settle; the nearest clock first. One statement."""
    mine = Q(mine_id=person.mine_id)
    wanted = Q(pk__in=[])
    held = {one.role for one in roles_of(person)}
    if has_power(person, "question.answer"):
        units = reach(person, "question.answer") or []
        owes = Q(level__gte=0) if Role.UNIT_HEAD in held else Q(level__gte=LEVELS.index(Role.BRANCH_SECRETARY))
        wanted |= Q(status=Status.ASKED, holder_id__in=units) & owes
    if has_power(person, "question.answer_unheld"):
        wanted |= Q(status=Status.ASKED, holder=None)
    if Role.MINE_LEADER in held:
        wanted |= Q(status=Status.ASKED, level__gte=LEVELS.index(Role.MINE_LEADER))
    if has_power(person, "question.settle") and (unit_id := main_unit_id(person)):
        wanted |= Q(status=Status.ANSWERED, asker_unit_id=unit_id)
    rows = (
        Question.objects.filter(mine & wanted).select_related("item", "asker_unit", "holder").order_by("due_at")[:limit]
    )
    return [Waiting(one, "settle" if one.status == Status.ANSWERED else "answer", is_late(one)) for one in rows]


def unanswered(mine_id: UUID, at: datetime) -> QuerySet[Question]:
    """What had no answer at that moment."""
    silent = Q(answered_at=None) | Q(answered_at__gt=at)
    rows = Question.objects.filter(silent, mine_id=mine_id, asked_at__lt=at).exclude(status=Status.SETTLED)
    return rows.select_related("item", "asker_unit", "holder").order_by("due_at")


def clocks(mine_id: UUID) -> dict[bool, tuple[str, int]]:
    """How soon an answer is owed: for major hazards (True) and for the others."""
    rows = {rule.major: (rule.kind, rule.amount) for rule in QuestionRule.objects.filter(mine_id=mine_id)}
    return {**DEFAULT_CLOCKS, **rows}


def get_photo(question_id: UUID, sha256: str, *, by: Person) -> TurnPhoto:
    """A photo of an answer. NotVisible for whoever may not see the question."""
    rows = TurnPhoto.objects.filter(turn__question__mine_id=by.mine_id, turn__question_id=question_id, file_id=sha256)
    found = rows.first()
    if found is None:
        raise NotVisible
    return found


def photos_in_use(names: Iterable[str]) -> set[str]:
    """Which of these stored files an answer shows; the sweeper keeps them."""
    return set(TurnPhoto.objects.filter(file_id__in=list(names)).values_list("file_id", flat=True))
