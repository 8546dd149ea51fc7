"""Reading the talks: who sees which, what is open for whom, what the ladder has to tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from kuangdeng.kernel import clock
from kuangdeng.kernel.errors import NotVisible
from kuangdeng.kernel.gathering import Part, lines, summed
from kuangdeng.kernel.rows import one_of
from kuangdeng.learning.exams.api import ENDED, Exam, Kind, Sat, Sitting
from kuangdeng.learning.exams.api import Status as ExamStatus
from kuangdeng.learning.items.api import ItemVersion
from kuangdeng.learning.standards import api as standards
from kuangdeng.learning.talks import rules
from kuangdeng.learning.talks.models import Retraining, Talk, TalkReminder, TalkRule, TalkStep
from kuangdeng.learning.talks.rules import OPEN, PRESET, PRESET_STEPS, Chances, Status, Terms
from kuangdeng.org.api import Person, Role, Unit, has_power, holders, may, reach

LOOK_BACK = timedelta(days=60)
"""Results that were published longer ago are no matter for a talk any more."""
RELATED = (
    "person__unit__parent",
    "unit__parent",
    "exam",
    "talker",
    "helper",
    "sitting",
    "result",
    "makeup__exam",
    "signed_by",
    "retraining",
)
TALKERS = (Role.BRANCH_SECRETARY, Role.UNIT_HEAD, Role.POLITICAL_WORK, Role.TRAINING_OFFICER, Role.MINE_LEADER)


def rule_on(mine_id: UUID, day: date | None = None) -> TalkRule | None:
    """The rule that holds on a day: the newest that has begun."""
    return TalkRule.objects.filter(mine_id=mine_id, valid_from__lte=day or clock.today()).first()


def terms_on(mine_id: UUID, day: date | None = None) -> Terms:
    """The terms that hold on a day; what ships until the mine sets its own."""
    rule = rule_on(mine_id, day)
    return rule.terms if rule else PRESET


def rules_of(mine_id: UUID) -> list[TalkRule]:
    """All rules of the mine, the latest first."""
    return list(TalkRule.objects.filter(mine_id=mine_id))


def ladder_of(mine_id: UUID) -> list[tuple[int, str]]:
    """Days after the due day → who is told, as the mine has set it."""
    rows = list(TalkStep.objects.filter(mine_id=mine_id).values_list("after_days", "tell"))
    return rows or [(days, str(tell)) for days, tell in PRESET_STEPS]


def visible(person: Person) -> QuerySet[Talk]:
    """One's own, those that one has to hold, and those of the units that one keeps."""
    rows = Talk.objects.filter(mine_id=person.mine_id)
    mine = Q(person=person) | Q(talker=person) | Q(helper=person)
    if not has_power(person, "talk.see"):
        return rows.filter(mine)
    units = reach(person, "talk.see")
    return rows if units is None else rows.filter(mine | Q(unit_id__in=units))


def get_talk(talk_id: UUID, *, by: Person) -> Talk:
    """One talk. NotVisible for who has nothing to do with it: what was said is between few."""
    found = one_of(visible(by).select_related(*RELATED).filter(id=talk_id))
    if found is None:
        raise NotVisible
    return found


def keeps(person: Person, talk: Talk) -> bool:
    """Whether this person may arrange who talks with him: the training section, or in charge of his unit; never he."""
    return may(person, "talk.assign", talk.unit) and person.id != talk.person_id


def offered(talk: Talk, by: Person) -> list[str]:
    """The verbs that this person may use on this talk now."""
    own, talks = by.id == talk.person_id, by.id == talk.talker_id
    allowed = {
        "assign": keeps(by, talk), "record": talks, "rewrite": own or talks, "sign": own,
        "sign_for": has_power(by, "talk.sign_for") and not own, "retrain": has_power(by, "talk.retrain"),
        "drop": has_power(by, "talk.drop") and not own, "reopen": has_power(by, "talk.reopen") and not own,
    }  # fmt: skip
    steps = set(rules.FLOW.from_(talk.status))
    if "sign" in steps:
        steps |= {"sign_for"}
    return [verb for verb, may_do in allowed.items() if may_do and verb in steps]


def candidates(talk: Talk) -> list[Person]:
    """Who may be asked to talk with him: in charge of his unit, political work, training, leaders; not he himself."""
    rows = holders(talk.mine_id, TALKERS, talk.unit).exclude(id=talk.person_id).select_related("unit__parent")
    return _near(rows.order_by("unit__position", "pinyin")[:60], talk.unit)


def talkers(by: Person) -> list[Person]:
    """Whom he may ask to talk with people that he keeps, those of his own unit first."""
    unit = None if reach(by, "talk.assign") is None else by.unit
    rows = holders(by.mine_id, TALKERS, unit).select_related("unit__parent")
    return _near(rows.order_by("unit__position", "pinyin")[:200], by.unit)


def _near(people: Iterable[Person], unit: Unit | None) -> list[Person]:
    """Those of the unit first, then those of the units above it: they are asked nearly always."""
    chain = [unit.id, *reversed(unit.ancestors)] if unit else []
    return sorted(people, key=lambda one: chain.index(one.unit_id) if one.unit_id in chain else len(chain))


def helpers(talk: Talk) -> list[Person]:
    """Fellows of his unit who may help him one to one."""
    rows = Person.objects.filter(mine_id=talk.mine_id, is_active=True, unit=talk.unit).exclude(id=talk.person_id)
    return list(rows.order_by("pinyin")[:200])


def makeups_of(talk: Talk) -> list[Exam]:
    """Make-up exams of this exam that he could still sit."""
    rows = Exam.objects.filter(makeup_of_id=talk.made_up_id, kind=Kind.MAKEUP, closes_at__gt=clock.now())
    return list(rows.exclude(status__in=[ExamStatus.CANCELLED, ExamStatus.CLOSED, ExamStatus.PUBLISHED]))


def chances_after(exam: Exam) -> Chances:
    """The make-ups that the rules of the day of this exam allow, and those that were failed up to it. Two statements."""
    allowed = int(standards.number_on(exam.mine_id, "exam.makeups", clock.local(exam.opens_at).date()))
    if exam.makeup_of_id is None:
        return Chances(allowed, {})
    failed = Sitting.objects.filter(
        exam__makeup_of_id=exam.makeup_of_id, exam__status=ExamStatus.PUBLISHED, exam__opens_at__lte=exam.opens_at,
        status__in=ENDED, passed=False,
    )  # fmt: skip
    used = failed.order_by().values_list("person_id").annotate(n=Count("exam_id", distinct=True))
    return Chances(allowed, dict(used))


def history_of(talk: Talk, *, by: Person) -> list[Talk]:
    """His other talks, as far as this person may see them."""
    rows = visible(by).filter(person_id=talk.person_id).exclude(id=talk.id).select_related("exam", "talker")
    return list(rows.order_by("-since")[:10])


# What is to be done ---------------------------------------------------------------------------------------------------


def exams_to_go_through(mine_id: UUID | None = None) -> list[UUID]:
    """Published exams whose results nobody has gone through yet, or of which sheets were marked anew since."""
    rows = Exam.objects.filter(status=ExamStatus.PUBLISHED, published_at__gt=clock.now() - LOOK_BACK)
    rows = rows.exclude(kind=Kind.PRACTICE)
    if mine_id:
        rows = rows.filter(mine_id=mine_id)
    rows = rows.annotate(marked_at=Max("sittings__result__at"))
    gone = Q(talk_round__isnull=True) | Q(marked_at__gt=F("talk_round__at"))
    return list(rows.filter(gone).order_by("published_at").values_list("id", flat=True))


def sheets_of(exam: Exam) -> list[Sitting]:
    """The sheets of an exam that may need a talk: marked ones, and who never came."""
    rows = Sitting.objects.filter(exam=exam).filter(Q(status__in=ENDED, passed__isnull=False) | Q(status=Sat.ABSENT))
    return list(rows.select_related("person", "unit", "result").order_by("id"))


def topics_of(version_ids: set[str]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Version id → the names of its categories, and its stem."""
    rows = ItemVersion.objects.filter(id__in=version_ids).prefetch_related("item__categories").select_related("item")
    topics, stems = {}, {}
    for one in rows:
        topics[str(one.id)] = [category.name for category in one.item.categories.all()]
        stems[str(one.id)] = one.content["stem"]
    return topics, stems


def _waiting_talk() -> Subquery:
    """The talk that waits for a make-up of which this is a sheet: about the exam itself, or about a make-up before it."""
    before = Q(exam__makeup_of=OuterRef("exam__makeup_of"), exam__opens_at__lt=OuterRef("exam__opens_at"))
    rows = Talk.objects.filter(before | Q(exam=OuterRef("exam__makeup_of")), person=OuterRef("person"))
    return Subquery(rows.filter(status=Status.MAKEUP).values("id")[:1])


def _waited_for() -> QuerySet[Any]:
    """The make-up sheets of whoever waits for one, with their talk (`talk_id`)."""
    waiting = Talk.objects.filter(status=Status.MAKEUP).values("person_id")
    rows: QuerySet[Any] = Sitting.objects.filter(exam__kind=Kind.MAKEUP, person__in=waiting)
    rows = rows.annotate(talk_id=_waiting_talk())
    return rows.filter(talk_id__isnull=False)


def holds_to_lift() -> list[tuple[UUID, UUID]]:
    """Signed talks with the make-up sitting that is still held back."""
    return list(_waited_for().filter(held=True, status=Sat.WAITING).order_by("id").values_list("talk_id", "id"))


def makeups_to_settle() -> list[tuple[UUID, UUID]]:
    """Talks that wait for the make-up exam, with the make-up sheet whose result is published, or of which none comes:
    he was not there, it was declared void, the exam was called off."""
    let_in = Talk.objects.filter(makeup=OuterRef("pk"), id=OuterRef("talk_id"))
    published = Q(exam__status=ExamStatus.PUBLISHED)
    told = published & Q(status__in=ENDED, passed__isnull=False)
    none = published & Q(status__in=[Sat.ABSENT, Sat.VOID]) | Q(exam__status=ExamStatus.CANCELLED)
    over = _waited_for().filter(told | none & Exists(let_in))
    return list(over.order_by("exam__published_at").values_list("talk_id", "id"))


@dataclass(frozen=True)
class Due:
    """A reminder that has come: this open step, so many days over, these are told."""

    talk_id: UUID
    status: str
    since: datetime
    after_days: int
    tells: tuple[str, ...]


def reminders_due() -> list[Due]:
    """Every step of the ladder that has come and was not told yet; of several at once only the highest."""
    now = clock.now()
    found, ladders = [], dict[UUID, list[tuple[int, str]]]()
    rows = list(Talk.objects.filter(status__in=OPEN, due_at__lte=now).order_by("due_at"))
    told = {
        (one.talk_id, one.status, one.since): one.after_days
        for one in TalkReminder.objects.filter(talk__in=rows).order_by("after_days")
    }
    for one in rows:
        assert one.due_at is not None
        ladder = ladders.setdefault(one.mine_id, ladder_of(one.mine_id))
        days = (now - one.due_at).days
        come = [after for after, _tell in ladder if after <= days]
        last = told.get((one.id, one.status, one.since), -1)
        if come and max(come) > last:
            tells = tuple(dict.fromkeys(tell for after, tell in ladder if last < after <= days))
            found.append(Due(one.id, one.status, one.since, max(come), tells))
    return found


# The home page --------------------------------------------------------------------------------------------------------


def waiting_rows(person: Person) -> list[Part]:
    """Talks to hold, a record to sign, the class that retrains him; for who arranges, how many wait (see
    learning.waiting). When a class begins is not his to keep, so that line has no deadline."""
    rows, exam = Talk.objects.filter(mine_id=person.mine_id), "exam__title"
    retrained = rows.filter(person=person, status=Status.RETRAINING, retraining__accepted_at__isnull=False)
    parts = [
        lines(rows.filter(talker=person, status=Status.ASSIGNED), "talk", who="person__name", title=exam, at="due_at"),
        lines(rows.filter(person=person, status=Status.TALKED), "sign", title=exam, at="due_at"),
        lines(retrained, "retrained", who="retraining__where", title=exam),
    ]
    if not has_power(person, "talk.assign"):
        return parts
    units = reach(person, "talk.assign")
    kept = rows.exclude(person=person) if units is None else rows.exclude(person=person).filter(unit_id__in=units)
    kinds = {"assign": Q(status=Status.OWED)}
    if has_power(person, "talk.retrain"):
        kinds |= {
            "arrange": Q(status=Status.MAKEUP, makeup=None),
            "retrain": Q(status=Status.RETRAINING, retraining__accepted_at=None),
        }
    return parts + [summed(kept.filter(which), kind, "due_at") for kind, which in kinds.items()]


# Retraining -----------------------------------------------------------------------------------------------------------


def retraining_owed(mine_id: UUID) -> QuerySet[Retraining]:
    """Who has to be trained again and is in no class yet, the first first; a class takes them in."""
    rows = Retraining.objects.filter(mine_id=mine_id, accepted_at=None, done_at=None, talk__status=Status.RETRAINING)
    return rows.select_related("person__unit__parent", "talk__exam").order_by("since")


def get_retraining(retraining_id: UUID, *, by: Person) -> Retraining:
    """One retraining. NotVisible for who does not look after training."""
    rows = retrainings(by).select_related("person__unit__parent", "talk__exam")
    found = one_of(rows.filter(id=retraining_id))
    if found is None:
        raise NotVisible
    return found


def retrained_in(class_id: UUID) -> list[Retraining]:
    """Who is, or was, trained again in this class."""
    return list(Retraining.objects.filter(class_id=class_id).select_related("talk"))


def retraining_of(talk: Talk) -> Retraining | None:
    """The retraining that came of this talk."""
    return getattr(talk, "retraining", None)


def retrainings(person: Person) -> QuerySet[Retraining]:
    """All retraining that is or was owed, for who looks after training."""
    rows = Retraining.objects.filter(mine_id=person.mine_id)
    return rows if has_power(person, "talk.retrain") else rows.none()
